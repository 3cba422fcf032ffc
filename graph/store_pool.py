"""Keep the processes that run queries: start them, lend them to threads, kill the one whose time is over."""

from __future__ import annotations

import logging
import os
import subprocess
import sys
import weakref
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from multiprocessing import Pipe
from pathlib import Path
from threading import BoundedSemaphore, Lock
from typing import Any

from graph.errors import QueryError, QueryTimeout, SnapshotError

WORKER = Path(__file__).with_name("store_worker.py")
START_SECONDS = 15.0
_log = logging.getLogger(__name__)


class QueryBusy(QueryTimeout):
    """A query for which no process became free."""


class QueryFailed(QueryError):
    """A query whose process ended while it ran, of too much memory or depth."""

    http_status = 503


class Pool:
    """Lend processes to threads, at most `size` at a time; start one when it is first needed.

    A process that is forked off (a gunicorn worker) begins with an empty pool of its own.

    :param start: makes a process.
    :param size: processes that run at the same time.
    :param wait: seconds that a thread waits for a free one.
    """

    def __init__(self, start: Callable[[], Worker], size: int, wait: float) -> None:
        self._start, self._size, self._wait = start, size, wait
        self._all: set[Worker] = set()
        self._reset()
        _pools.add(self)

    def _reset(self) -> None:
        for worker in self._all:
            worker.forget()
        self._all, self._idle = set(), list[Worker]()
        self._lock, self._free = Lock(), BoundedSemaphore(self._size)
        self._keeps, self._open = True, True

    @contextmanager
    def worker(self) -> Iterator[Worker]:
        """Lend a process.

        :raises QueryBusy: none became free in time.
        """
        if not self._free.acquire(timeout=self._wait):
            raise QueryBusy(
                f"{self._size} queries run, the limit (query_processes), and none ended in {self._wait:g} seconds",
                hint="try again in a moment",
            )
        try:
            worker = self._take()
            try:
                yield worker
            finally:
                self._give_back(worker)
        finally:
            self._free.release()

    def _take(self) -> Worker:
        with self._lock:
            self._refuse_when_closed()
            while self._idle:
                worker = self._idle.pop()
                if worker.alive():
                    return worker
                self._drop(worker)
        worker = self._start()
        with self._lock:
            self._all.add(worker)
            if not self._open:
                self._drop(worker)
            self._refuse_when_closed()
        return worker

    def _refuse_when_closed(self) -> None:
        if not self._open:
            raise SnapshotError("the store is closed", hint="try again in a moment")

    def _give_back(self, worker: Worker) -> None:
        with self._lock:
            if worker.usable and self._keeps and self._open:
                self._idle.append(worker)
            else:
                self._drop(worker)

    def _drop(self, worker: Worker) -> None:
        worker.end()
        self._all.discard(worker)

    def retire(self) -> None:
        """End the processes that wait, and each other one after its query."""
        with self._lock:
            self._keeps = False
            while self._idle:
                self._drop(self._idle.pop())

    def close(self) -> None:
        """End every process now, and start no more."""
        with self._lock:
            self._open = False
            self._idle.clear()
            for worker in tuple(self._all):
                self._drop(worker)


class Worker:
    """Hold one process that runs queries.

    A process of multiprocessing would first run the server's main module again; this one imports the engine alone.
    """

    def __init__(self, store_path: Path) -> None:
        self._connection, theirs = Pipe()
        command = [sys.executable, "-P", str(WORKER), str(theirs.fileno()), str(store_path)]
        with theirs:
            self._process = subprocess.Popen(command, pass_fds=[theirs.fileno()], stdin=subprocess.DEVNULL)
        self.usable = True
        outcome, detail = self._hello()
        if outcome != "ready":
            self.end()
            _log.error("the store cannot be opened: %s", detail)
            raise SnapshotError("the snapshot's store cannot be opened", hint="build the snapshot again")
        self.graphs = frozenset(detail)

    def _hello(self) -> tuple[str, Any]:
        try:
            return self._connection.recv() if self._connection.poll(START_SECONDS) else ("broken", "no answer")
        except (EOFError, OSError) as problem:
            return "broken", str(problem)

    def ask(self, job: dict[str, Any]) -> tuple[str, str, bytes]:
        """Run a job; after an exception the process is of no more use.

        :raises QueryTimeout: the job's seconds are over.
        :raises QueryFailed: the process ended.
        """
        self.usable = False
        try:
            self._connection.send(job)
            if not self._connection.poll(job["seconds"]):
                raise QueryTimeout(
                    f"the query ran longer than {job['seconds']:g} seconds, the limit (query_seconds), and was stopped",
                    hint="narrow it: more triple patterns that share variables, fewer groups, a LIMIT",
                )
            outcome, detail = self._connection.recv()
            body = self._connection.recv_bytes() if outcome == "done" else b""
        except (EOFError, OSError):
            raise failed() from None
        self.usable = outcome not in {"broken", "memory"}
        return outcome, detail, body

    def alive(self) -> bool:
        """Tell whether the process, which has nothing to do, still waits for a job."""
        # A socket that can be read has been closed: nothing else comes unasked.
        return self._process.poll() is None and not self._connection.poll(0)

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


def failed() -> QueryFailed:
    """Return the error for a process that ended while it ran a query."""
    return QueryFailed(
        "the process that ran the query ended before it answered: the query needs more memory or depth than there is",
        hint="ask for fewer rows, fewer groups, or less deeply nested parts",
    )


_pools: weakref.WeakSet[Pool] = weakref.WeakSet()


def _after_fork() -> None:
    for pool in _pools:
        pool._reset()  # noqa: SLF001


os.register_at_fork(after_in_child=_after_fork)
