"""Run one task a page in an executor: a bounded number in flight, a process that dies costs one page, a signal ends it cleanly."""

from __future__ import annotations

import multiprocessing
import os
import re
import signal
import threading
import traceback
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import (
    FIRST_COMPLETED,
    BrokenExecutor,
    Executor,
    Future,
    ProcessPoolExecutor,
    ThreadPoolExecutor,
    wait,
)
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from graph.errors import DataError, LevikkiError, PageError
from graph.reader import Outcome

AHEAD = 4  # tasks in flight for each process: it never waits for the next, and few pages are held


@dataclass(frozen=True)
class Task:
    """Hold a page to read.

    :param path: the page.
    :param digest: hash of its bytes.
    :param call: reads it; of module level, so that it can be sent to another process.
    """

    path: Path
    digest: str
    call: Callable[[], Outcome]


@dataclass(frozen=True)
class Place:
    """Say where tasks run.

    :param start: starts an executor; once more where a process of the one before has died.
    :param window: tasks that may be in flight.
    """

    start: Callable[[], Executor]
    window: int


def cores() -> int:
    """Return how many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def local(jobs: int) -> Place:
    """Return this machine as the place: so many processes, or, for one, this process."""
    if jobs == 1:
        return Place(lambda: ThreadPoolExecutor(1), AHEAD)
    # Spawned, not forked: the same on every system, and safe whatever threads the caller has.
    context = multiprocessing.get_context("spawn")
    return Place(lambda: _Pool(jobs, context, _begin), jobs * AHEAD)


class _Pool(ProcessPoolExecutor):
    """Start processes that no Ctrl-C reaches, not even while they start: what a process blocks, those it starts block too."""

    def submit(self, *given: Any, **named: Any) -> Future[Any]:  # where a process is started if one more is needed
        if not hasattr(signal, "pthread_sigmask"):
            return super().submit(*given, **named)
        before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
        try:
            return super().submit(*given, **named)
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _begin() -> None:
    """Prepare a process: a Ctrl-C is its parent's to handle, and it does not outlive its parent."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent:
        parent.join()
        os._exit(1)


@contextmanager
def stoppable() -> Iterator[threading.Event]:
    """Yield an event that Ctrl-C, or SIGTERM, sets; a second one ends the process as ever."""
    stop = threading.Event()
    if threading.current_thread() is not threading.main_thread():
        yield stop
        return

    def ask(number: int, _frame: object) -> None:
        stop.set()
        signal.signal(number, before[signal.Signals(number)])

    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    for number in before:
        signal.signal(number, ask)
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def outcomes(
    place: Place, tasks: Iterable[Task], stop: threading.Event
) -> Iterator[tuple[Task, Outcome | LevikkiError]]:
    """Run tasks; yield each with what it brought or the error that ended it, in the order in which they end.

    :param tasks: are taken only when there is room for them.
    :param stop: once set, what has not begun is left out.
    :raises LevikkiError: an error that is not one page's: another page would not do better.
    """
    ahead, again = iter(tasks), True
    while again:
        lost: list[Task] = []
        with place.start() as executor:
            for task, future in _in_window(executor, ahead, place.window, stop):
                if future.cancelled() and not stop.is_set():
                    raise DataError(
                        "the cluster went away", "--dask", "what was read is kept: give the same command again"
                    )
                if not future.cancelled() and isinstance(future.exception(), BrokenExecutor):
                    lost.append(task)
                elif not future.cancelled():
                    yield task, _outcome(task, future)
        # Any of the pages in flight may have ended the process: each is read once more, in a process of its own.
        for task in lost if not stop.is_set() else ():
            with place.start() as executor:
                yield task, _outcome(task, executor.submit(task.call))
        again = bool(lost) and not stop.is_set()


def _in_window(
    executor: Executor, tasks: Iterator[Task], size: int, stop: threading.Event
) -> Iterator[tuple[Task, Future[Outcome]]]:
    running: dict[Future[Outcome], Task] = {}
    for task in tasks:
        while len(running) >= size:
            yield from _ended(running)
        if stop.is_set():
            break
        try:
            running[executor.submit(task.call)] = task
        except BrokenExecutor as problem:
            broken: Future[Outcome] = Future()
            broken.set_exception(problem)
            yield task, broken
            break
    while running:
        for future in [each for each in running if stop.is_set() and each.cancel()]:
            del running[future]
        yield from _ended(running)


def _ended(running: dict[Future[Outcome], Task]) -> Iterator[tuple[Task, Future[Outcome]]]:
    for future in wait(running, return_when=FIRST_COMPLETED).done:
        yield running.pop(future), future


def _outcome(task: Task, future: Future[Outcome]) -> Outcome | LevikkiError:
    problem = future.exception()
    if problem is None:
        return future.result()
    if isinstance(problem, BrokenExecutor):
        hint = "it may need more memory than there is; leave it out and report it"
        return PageError("ended the process that read it", f"{task.path}:1", hint)
    if isinstance(problem, LevikkiError) and not isinstance(problem, PageError):
        raise problem
    return problem if isinstance(problem, PageError) else _bug(task, problem)


def _bug(task: Task, problem: BaseException) -> PageError:
    """Return the error of a page on which the reader itself broke, with the line of code."""
    told = "".join(traceback.format_exception(problem))
    lines = re.findall(r'(graph/\w+\.py)", line (\d+)', told.replace(os.sep, "/"))
    where = ":".join(lines[-1]) if lines else "outside graph/"
    hint = f"that is an error of Levikki, at {where}, not of the page: report it with the page"
    return PageError(f"the reader broke on it: {type(problem).__name__}: {problem}", f"{task.path}:1", hint)
