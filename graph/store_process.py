"""One process that runs queries: give it a job, take its answer, and end it when a limit is reached or nobody waits any more."""

from __future__ import annotations

import json
import logging
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing import Pipe
from multiprocessing.connection import wait
from typing import Any

from graph.errors import (
    RETRY_SECONDS,
    AnswerTooLarge,
    ClientGone,
    LevikkiError,
    QueryTimeout,
    QueryTooHeavy,
    SnapshotError,
)
from graph.settings import CODE
from graph.spool import Spool

# Without the modules of a site, and whatever they start, a process is ready in half the time; where ours are, it is told.
START = """import sys
sys.path[:0] = {paths!r}
from graph.store_worker import main
main(int(sys.argv[1]), sys.argv[2], int(sys.argv[3]), sys.argv[4])
"""
START_SECONDS = 15.0
LOOK_SECONDS = 0.02
# Rows leave a set of the engine in an order, and JSON-LD a set of rdflib: the same in every process, with this.
_ENVIRONMENT = {**os.environ, "PYTHONHASHSEED": "0"}
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Limits:
    """Hold what one query may take.

    :param seconds: from its start to the last byte of its answer.
    :param quick_seconds: of work, after which it takes one of the places for long queries.
    :param rows: rows, or triples, of its answer.
    :param bytes: of its answer.
    :param memory: bytes, beside what an idle process has.
    """

    seconds: float
    quick_seconds: float
    rows: int
    bytes: int
    memory: int


class Process:
    """Hold one process that runs queries.

    A process of multiprocessing would first run the server's main module again; this one imports the engine alone.

    :param source: what the worker opens: the folder of a store, or an engine as `graph.store_address.Remote` describes it.
    :param services: JSON of the hosts that its queries may ask by SERVICE, with their limits; empty for none.
    :raises SnapshotError: it cannot be opened.
    """

    def __init__(self, source: str, limits: Limits, services: str = "") -> None:
        self.limits = limits
        self._connection, theirs = Pipe()
        code = START.format(paths=[str(CODE), *(path for path in sys.path if path.endswith("-packages"))])
        arguments = [str(theirs.fileno()), source, str(limits.memory), services]
        command = [sys.executable, "-S", "-P", "-c", code, *arguments]
        with theirs:
            self._process = subprocess.Popen(
                command, pass_fds=[theirs.fileno()], stdin=subprocess.DEVNULL, env=_ENVIRONMENT
            )
        self.usable, self.answering = True, False
        self._niced, self._spent = False, 0.0
        # Linux counts the time of another process under a clock of its own; an engine elsewhere works in a process that is not ours.
        own = sys.platform.startswith("linux") and not source.startswith("{")
        self._clock_id = ~self._process.pid << 3 | 2 if own else time.CLOCK_MONOTONIC
        told = self._hello()
        if told["outcome"] != "ready":
            self.end()
            _log.error("the store cannot be opened: %s", told.get("detail"))
            raise unusable(told["outcome"], "opened", is_elsewhere=source.startswith("{"))
        self.graphs = frozenset(told["graphs"])

    def _hello(self) -> dict[str, Any]:
        try:
            if not self._connection.poll(START_SECONDS):
                return {"outcome": "broken", "detail": "no answer"}
            return dict(json.loads(self._connection.recv_bytes()[1:]))
        except (EOFError, OSError) as problem:
            return {"outcome": "broken", "detail": str(problem)}

    def ask(
        self, job: dict[str, Any], spool: Spool, lengthen: Callable[[], None], client: socket.socket | None = None
    ) -> dict[str, Any]:
        """Run a job; after an exception the process is of no more use.

        :param spool: takes the answer.
        :param lengthen: is called once the query is no quick one any more; may raise.
        :param client: connection of whoever waits for the answer.
        :returns: how the worker says that it ended.
        :raises LimitReached: a limit of the query was reached.
        :raises ClientGone: nobody waits any more.
        """
        self.usable = self.answering = False
        try:
            whole = {**job, "seconds": self.limits.seconds, "rows": self.limits.rows}
            self._connection.send_bytes(json.dumps(whole).encode())
            self._spent = self._clock()
            told = self._answer(spool, lengthen, [client] if client else [])
        except (EOFError, OSError):
            raise self._ended() from None
        if told["outcome"] == "rows":
            raise _too_many_rows(self.limits.rows)
        if told["outcome"] == "memory":
            raise self._ended()
        if told["outcome"] == "time":
            raise _too_slow(self.limits.seconds)
        self.usable = told["outcome"] not in {"broken", "entry"} and not self._niced
        return told

    def _answer(self, spool: Spool, lengthen: Callable[[], None], client: list[socket.socket]) -> dict[str, Any]:
        start, is_long = time.monotonic(), False
        look = start + min(self.limits.quick_seconds, self.limits.seconds)
        while True:
            now = time.monotonic()
            if now - start >= self.limits.seconds:
                raise _too_slow(self.limits.seconds)
            if not is_long and now >= look:
                # What it has worked counts, not how long it had to wait for the others.
                left = self.limits.quick_seconds - (self._clock() - self._spent)
                is_long, look = left <= 0, now + max(left, LOOK_SECONDS)
                if is_long:
                    lengthen()
            until = start + self.limits.seconds if is_long else min(look, start + self.limits.seconds)
            ready = wait([self._connection, *client], until - now)
            if any(each in ready and gone(each) for each in client):
                raise ClientGone("the client went away")
            # One that has more to say keeps it: it is none of this query's business.
            client = [each for each in client if each not in ready]
            if self._connection in ready:
                message = self._connection.recv_bytes()
                if message[:1] == b".":
                    return dict(json.loads(message[1:]))
                self.answering = True
                spool.write(message[1:])

    def _clock(self) -> float:
        """Return the seconds that the process has worked; the time that passes where that cannot be known."""
        try:
            return time.clock_gettime(self._clock_id)
        except OSError:
            return time.monotonic()

    def _ended(self) -> LevikkiError:
        """Return the error for a process that ended while it ran a query."""
        return QueryTooHeavy(
            f"the query needs more memory than {self.limits.memory} bytes, the limit (query_memory_bytes), or more depth "
            "than its process has; its process ended before it answered",
            "ask for fewer rows, fewer groups, or less deeply nested parts",
            limit="query_memory_bytes",
            value=self.limits.memory,
            retry_seconds=RETRY_SECONDS,
        )

    def step_back(self, priority: int) -> None:
        """Let every other process go first from now on; what has stepped back cannot step forward again."""
        self._niced = True
        with suppress(OSError, AttributeError):
            os.setpriority(os.PRIO_PROCESS, self._process.pid, priority)

    def alive(self) -> bool:
        """Tell whether the process, which has nothing to do, still waits for a job."""
        # A socket that can be read has been closed: nothing else comes unasked.
        return self._process.poll() is None and not self._connection.poll(0)

    def kill(self) -> None:
        """Kill the process; whoever waits for its answer, in another thread, sees its end of the socket close."""
        self._process.kill()

    def end(self) -> None:
        """Kill the process, and wait so that no zombie is left."""
        self._process.kill()
        self._process.wait()
        self._connection.close()

    def forget(self) -> None:
        """Let go of a process that belongs to the process this one was forked from."""
        self._process.returncode = 0  # not our child: nothing to wait for
        with suppress(OSError):
            self._connection.close()


def unusable(outcome: str, what: str, *, is_elsewhere: bool) -> SnapshotError:
    """Return the error for a store that cannot be read; it names no address, since the public reads it.

    :param outcome: how the worker says that it ended.
    :param what: what cannot be done with a store of ours: opened or read.
    :param is_elsewhere: the store is an engine at an address.
    """
    if not is_elsewhere:
        return SnapshotError(f"the snapshot's store cannot be {what}", hint="build the snapshot again")
    if outcome == "other":
        return SnapshotError("the engine does not hold the newest snapshot", hint="load it: levikki load")
    if outcome == "entry":
        return SnapshotError("the engine that holds the snapshot refuses this server", hint="set its user and password")
    return SnapshotError(
        "the engine that holds the snapshot does not answer as it should", hint="try again in a moment"
    )


def gone(client: socket.socket) -> bool:
    """Tell whether the other end of a connection that can be read has been closed."""
    try:
        return client.recv(1, socket.MSG_PEEK | socket.MSG_DONTWAIT) == b""
    except BlockingIOError:
        return False
    except OSError:
        return True


def _too_slow(seconds: float) -> QueryTimeout:
    return QueryTimeout(
        f"the query ran longer than {seconds:g} seconds, the limit (query_seconds), and was stopped",
        "narrow it: more triple patterns that share variables, fewer groups, a LIMIT",
        limit="query_seconds",
        value=seconds,
        retry_seconds=RETRY_SECONDS,
    )


def _too_many_rows(rows: int) -> AnswerTooLarge:
    return AnswerTooLarge(
        f"the answer has more than {rows} rows, the limit (answer_rows)",
        "ask for fewer: a LIMIT with an OFFSET, or parts by a FILTER",
        limit="answer_rows",
        value=rows,
    )
