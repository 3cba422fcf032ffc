"""Keep the processes that run queries: start them, lend them to threads, kill the one whose time is over.

Most queries take milliseconds, and some take all the time that they may. So that the second kind never takes the place of the
first, only some of the processes may run for long, and those run with a low priority of the system.
"""

from __future__ import annotations

import os
import socket
import time
import weakref
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from threading import BoundedSemaphore, Lock, Thread
from typing import Any

from graph.errors import RETRY_SECONDS, Busy, QueryTooHeavy, SnapshotError
from graph.spool import Spool
from graph.store_process import Process

# Of the system's priorities, -20 to 19: a long query steps back behind the quick ones, and one that has answered nothing yet furthest.
ANSWERING_PRIORITY, SILENT_PRIORITY = 10, 19


class Lease:
    """Hold a process for one query.

    :param process: runs it.
    :param lanes: where it goes once it is no quick one any more.
    """

    def __init__(self, process: Process, lanes: Lanes) -> None:
        self.process, self.gave_way, self.has_stepped_back = process, False, False
        self._lanes = lanes
        self._start = time.monotonic()

    def ask(self, job: dict[str, Any], spool: Spool, client: socket.socket | None = None) -> dict[str, Any]:
        """Run a job in the process.

        :raises Busy: it ran for long, and gave way to others.
        :raises LimitReached: another limit of the query was reached.
        """
        try:
            return self.process.ask(job, spool, lambda: self._lanes.enter(self), client)
        except QueryTooHeavy:
            if self.gave_way:
                raise self._lanes.full() from None
            raise

    def step_back(self) -> None:
        """Let the process go behind those of quick queries, once."""
        if not self.has_stepped_back:
            self.has_stepped_back = True
            self.process.step_back(ANSWERING_PRIORITY if self.process.answering else SILENT_PRIORITY)

    def give_way(self) -> None:
        """End the query for the sake of another."""
        self.gave_way = True
        self.process.kill()

    @property
    def weight(self) -> tuple[bool, float]:
        """Return what is compared when one has to give way: whether it has answered nothing yet, and how long it has run."""
        return not self.process.answering, time.monotonic() - self._start


class Lanes:
    """Let so many queries run for long.

    Where one more becomes long, the one that has answered nothing for the longest time gives way. So runaways end each other,
    and neither a quick query nor one that is being answered waits for them.

    :param size: how many.
    :param is_crowded: tells whether other queries run: a process that has stepped back cannot be used again, so none does without need.
    """

    def __init__(self, size: int, is_crowded: Callable[[], bool]) -> None:
        self._size, self._is_crowded = size, is_crowded
        self._held, self._lock = list[Lease](), Lock()

    def enter(self, lease: Lease) -> None:
        """Let a query run for long.

        :raises Busy: it is the one that gives way.
        """
        with self._lock:
            last = max((*self._held, lease), key=lambda each: each.weight) if len(self._held) >= self._size else None
            if last is lease:
                raise self.full()
            if last:
                self._held.remove(last)
                last.give_way()
            self._held.append(lease)
        if self._is_crowded():
            lease.step_back()

    def step_back(self) -> None:
        """Let the long queries step back, now that another one comes."""
        with self._lock:
            held = tuple(self._held)
        for lease in held:
            lease.step_back()

    def leave(self, lease: Lease) -> None:
        """Take a query that has ended from among those that run for long."""
        with self._lock, suppress(ValueError):
            self._held.remove(lease)

    def full(self) -> Busy:
        """Return the error of a query that gave way."""
        return Busy(
            f"more queries than {self._size}, the limit (query_long_processes), ran for long; this one gave way and was stopped",
            "try again in a moment, or narrow the query",
            limit="query_long_processes",
            value=self._size,
            retry_seconds=RETRY_SECONDS,
        )


class Pool:
    """Lend processes to threads, at most `size` at a time; start one when it is first needed.

    A process that is forked off (a gunicorn worker) begins with an empty pool of its own.

    :param start: makes a process.
    :param size: processes that run at the same time.
    :param long: how many of them may run for long.
    :param wait: seconds that a thread waits for a free one.
    """

    def __init__(self, start: Callable[[], Process], size: int, long: int, wait: float) -> None:
        self._start, self._size, self._long_size, self._wait = start, size, min(long, size), wait
        self._all: set[Process] = set()
        self._reset()
        _pools.add(self)

    def _reset(self) -> None:
        for process in self._all:
            process.forget()
        self._all, self._idle = set(), list[Process]()
        self._lock, self._free = Lock(), BoundedSemaphore(self._size)
        self._lanes = Lanes(self._long_size, lambda: self.running > 1)
        self._keeps, self._open = True, True

    @property
    def running(self) -> int:
        """Return how many processes run a query now."""
        with self._lock:
            return len(self._all) - len(self._idle)

    @contextmanager
    def lend(self) -> Iterator[Lease]:
        """Lend a process.

        :raises Busy: none became free in time.
        """
        if not self._free.acquire(timeout=self._wait):
            raise Busy(
                f"{self._size} queries run, the limit (query_processes), and none ended in {self._wait:g} seconds",
                "try again in a moment",
                limit="query_processes",
                value=self._size,
                retry_seconds=RETRY_SECONDS,
            )
        try:
            self._lanes.step_back()
            lease = Lease(self._take(), self._lanes)
            try:
                yield lease
            finally:
                self._lanes.leave(lease)
                self._give_back(lease.process)
        finally:
            self._free.release()

    def _take(self) -> Process:
        with self._lock:
            self._refuse_when_closed()
            while self._idle:
                process = self._idle.pop()
                if process.alive():
                    return process
                self._drop(process)
        process = self._start()
        with self._lock:
            self._all.add(process)
            if not self._open:
                self._drop(process)
            self._refuse_when_closed()
        return process

    def _refuse_when_closed(self) -> None:
        if not self._open:
            raise SnapshotError("the store is closed", hint="try again in a moment")

    def _give_back(self, process: Process) -> None:
        with self._lock:
            if process.usable and self._keeps and self._open and len(self._all) <= self._size:
                self._idle.append(process)
                return
            self._drop(process)
            replaces = self._keeps and self._open and len(self._all) < self._size
        if replaces:
            # So that the next query need not wait until a process has started.
            Thread(target=self._replace, daemon=True).start()

    def _replace(self) -> None:
        with suppress(SnapshotError):
            process = self._start()
            with self._lock:
                if self._keeps and self._open and len(self._all) < self._size:
                    self._all.add(process)
                    self._idle.append(process)
                    return
            process.end()

    def _drop(self, process: Process) -> None:
        process.end()
        self._all.discard(process)

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
            for process in tuple(self._all):
                self._drop(process)


_pools: weakref.WeakSet[Pool] = weakref.WeakSet()


def _after_fork() -> None:
    for pool in _pools:
        pool._reset()  # noqa: SLF001


with suppress(AttributeError):  # where the system cannot fork
    os.register_at_fork(after_in_child=_after_fork)
