"""Keep the processes that run queries: start them, lend them to threads, kill the one whose time is over.

Most queries take milliseconds, and some take all the time that they may. So that the second kind never takes the place of the
first, only some of the processes may run for long, and those run with the lowest priority of the system.
"""

from __future__ import annotations

import os
import weakref
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from threading import BoundedSemaphore, Lock

from graph.errors import Busy, SnapshotError
from graph.store_process import RETRY_SECONDS, Process

LOWEST_PRIORITY = 19


class Lease:
    """Hold a process for one query.

    :param process: runs it.
    :param long: lets so many queries run for long.
    """

    def __init__(self, process: Process, long: BoundedSemaphore, size: int) -> None:
        self.process, self.is_long = process, False
        self._long, self._size = long, size

    def lengthen(self, quick_seconds: float) -> None:
        """Take one of the places for queries that run for long, and step back behind the quick ones.

        :param quick_seconds: how long this one has run.
        :raises Busy: there is none.
        """
        if not self._long.acquire(blocking=False):
            raise Busy(
                f"the query ran longer than {quick_seconds:g} seconds while {self._size} other long ones ran, "
                "the limit (query_long_processes), and was stopped",
                "try again in a moment, or narrow the query",
                limit="query_long_processes",
                value=self._size,
                retry_seconds=RETRY_SECONDS,
            )
        self.is_long = True
        self.process.step_back(LOWEST_PRIORITY)

    def end(self) -> None:
        """Give the place back."""
        if self.is_long:
            self._long.release()


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
        self._long = BoundedSemaphore(self._long_size)
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
            lease = Lease(self._take(), self._long, self._long_size)
            try:
                yield lease
            finally:
                self._give_back(lease.process)
                lease.end()
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
            if process.usable and self._keeps and self._open:
                self._idle.append(process)
            else:
                self._drop(process)

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
