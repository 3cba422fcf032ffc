"""Read many pages into records: on all cores or on a Dask cluster, only what changed, in memory that does not grow.

paths -> those that changed -> a window of tasks in flight -> records, each written whole -> one state file beside the records

A page is unchanged when its bytes, the steward's decisions on it, its record and the reader (code and tables) are what they were
when the record was written. The state file holds a mark of that for each page; where it is lost, pages are read again.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

from graph import cluster, lexicon, model_pages, records, review
from graph.errors import CallError, LevikkiError, PageError, RecordError
from graph.files import read_bytes, sha256, write_whole
from graph.pages import SUFFIXES
from graph.reader import Outcome, read_page_file, reader
from graph.workers import Place, Task, cores, local, outcomes, stoppable

STATE = ".reader"  # not .json: what ends so is a record
BREATH = 0.2  # seconds between two progress lines
SAVE = 30.0  # seconds between two writes of the state file

Say = Callable[[str], None]
Call = Callable[[Path, bytes], Callable[[], Outcome]]


@dataclass(frozen=True)
class Summary:
    """Hold what a run did.

    :param read: pages read into records.
    :param unchanged: pages that needed no reading.
    :param failed: one error a page that could not be read, in the order of the pages.
    :param left: pages that were not reached because the run was stopped.
    :param claims: claims of the pages read.
    :param seconds: time that it took.
    """

    read: int
    unchanged: int
    failed: tuple[LevikkiError, ...]
    left: int
    claims: int
    seconds: float


def read_many(
    paths: Iterable[Path],
    out: Path,
    *,
    jobs: int | None = None,
    dask: str | None = None,
    say: Say | None = None,
    tell: Callable[[Outcome], None] | None = None,
    force: bool = False,
) -> Summary:
    """Read pages into records; a page that cannot be read is told in the summary, and the others are kept.

    :param paths: pages, and folders of pages.
    :param out: folder of the records.
    :param jobs: processes; as many as this process has cores where left out.
    :param dask: address of a Dask scheduler whose workers read instead.
    :param say: is told the progress, a line each time.
    :param tell: is told each page's outcome, in the order in which they end.
    :param force: read unchanged pages too.
    :raises CallError: no page, two pages of one name, or a cluster that cannot read.
    """
    pages = page_paths(paths)
    lexicon.load()  # a table that cannot be used is told once, not for each page
    run = _Run(len(pages), out, _Marks(out), say or _quiet, tell or _quiet)
    with stoppable() as stop, _place(min(jobs or cores(), len(pages)), dask, out) as (place, call):
        try:
            for task, outcome in outcomes(place, run.changed(pages, call, force=force), stop):
                run.add(task, outcome)
        finally:
            run.marks.save()
    return run.summary(pages)


def _folder(out: Path, record: records.Node) -> Path:
    """Return where a record belongs: a practice model's own page takes the place of the facts that were known of it."""
    return out / model_pages.FOLDER.name if record["contents"]["type"] == "ModelPage" else out


def _quiet(_: object) -> None:
    """Tell nobody."""


def page_paths(given: Iterable[Path]) -> list[Path]:
    """Return the pages that are meant: each path, and of a folder the saved pages in it, sorted.

    :raises CallError: a folder without a page, or two pages of one name, whose records would be one.
    """
    known: dict[str, Path] = {}
    for path in given:
        inside = sorted(each for each in path.iterdir() if each.suffix.lower() in SUFFIXES) if path.is_dir() else [path]
        if not inside:
            raise CallError(
                "holds no saved page", str(path), f"the name of one ends with one of {', '.join(sorted(SUFFIXES))}"
            )
        for page in inside:
            other = known.setdefault(page.stem, page)
            if other != page and other.resolve() != page.resolve():
                hint = f"a record has its page's name: give this one or {other} another"
                raise CallError("has the name of another page", str(page), hint)
    return list(known.values())


@contextmanager
def _place(jobs: int, dask: str | None, out: Path) -> Iterator[tuple[Place, Call]]:
    """Yield where pages are read, and what makes the call that reads one."""
    if jobs < 1:
        raise CallError(f"--jobs is {jobs}, not above 0", "read", "give the number of processes, such as --jobs 2")
    if dask is None:
        yield local(jobs), lambda path, _: partial(_read_here, path, out)
        return
    with cluster.cluster(dask) as (executor, threads):
        place = Place(lambda: executor, max(threads * 2, 4))
        yield place, lambda path, content: partial(cluster.read_sent, str(path), content, cluster.tables())


def _read_here(path: Path, out: Path) -> Outcome:
    """Read a page and write its record."""
    outcome = read_page_file(path, path)
    if outcome.record is not None:
        records.write_record(_folder(out, outcome.record), outcome.record)
    return replace(outcome, record=None)


class _Marks:
    """Know which pages are as they were when their record was written.

    :param folder: the records; the state file stands beside them.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._decided = review.by_page(review.read_review())
        self._known = self._read()

    def _read(self) -> dict[str, str]:
        """Return the marks of the state file; none where it cannot be used or another reader wrote it."""
        try:
            state = json.loads((self._folder / STATE).read_bytes())
        except (OSError, ValueError):
            return {}
        usable = isinstance(state, dict) and state.get("reader") == reader() and isinstance(state.get("records"), dict)
        return dict(state["records"]) if usable else {}

    def unchanged(self, path: Path, digest: str) -> bool:
        """Tell whether a page whose bytes have this hash needs no reading."""
        mark = self._mark(path.stem, digest)
        return mark is not None and self._known.get(path.stem) == mark

    def put(self, path: Path, digest: str) -> None:
        """Mark a page whose record was just written."""
        mark = self._mark(path.stem, digest)
        if mark is not None:
            self._known[path.stem] = mark

    def _mark(self, name: str, digest: str) -> str | None:
        """Return the mark of a page, None where it has no record that can be read."""
        folders = (self._folder, self._folder / model_pages.FOLDER.name)
        path = next((path for folder in folders if (path := folder / f"{name}.json").exists()), None)
        try:
            record = path.read_bytes() if path else None
        except OSError:
            record = None
        if record is None:
            return None
        rows = [decision.row for decision in self._decided[name]] if name in self._decided else None
        return sha256(json.dumps([digest, rows, sha256(record)]).encode())[:32]

    def save(self) -> None:
        """Write the state file."""
        state = {"reader": reader(), "records": dict(sorted(self._known.items()))}
        write_whole(self._folder / STATE, json.dumps(state, indent=0) + "\n")


@dataclass
class _Run:
    """Count what is done, tell the progress, and keep the state file."""

    total: int
    out: Path
    marks: _Marks
    say: Say
    tell: Callable[[Outcome], None]
    read: int = 0
    unchanged: int = 0
    claims: int = 0
    failed: dict[Path, LevikkiError] = field(default_factory=dict)
    started: float = field(default_factory=time.monotonic)
    said: float = 0.0
    saved: float = field(default_factory=time.monotonic)

    def changed(self, pages: Sequence[Path], call: Call, *, force: bool) -> Iterator[Task]:
        """Yield a task for each page that is to be read."""
        for path in pages:
            try:
                content = read_bytes(path, PageError)
            except PageError as problem:
                self._fail(path, problem)
                continue
            digest = sha256(content)
            if not force and self.marks.unchanged(path, digest):
                self.unchanged += 1
                self._progress()
            else:
                yield Task(path, digest, call(path, content))

    def add(self, task: Task, outcome: Outcome | LevikkiError) -> None:
        """Take what a page brought, or the error that kept it from being read."""
        if isinstance(outcome, LevikkiError):
            self._fail(task.path, outcome)
            return
        if outcome.record is not None:
            try:
                records.write_record(_folder(self.out, outcome.record), outcome.record)
            except RecordError as problem:  # its page was taken out
                self._fail(task.path, problem)
                return
        self.marks.put(task.path, task.digest)
        self.read += 1
        self.claims += outcome.claims
        self.tell(outcome)
        self._progress()

    def _fail(self, path: Path, problem: LevikkiError) -> None:
        self.failed[path] = problem
        self._progress()

    def _progress(self) -> None:
        now, done = time.monotonic(), self.read + self.unchanged + len(self.failed)
        if now - self.said >= BREATH or done == self.total:
            self.said = now
            self.say(progress(done, self.total, now - self.started, len(self.failed)))
        if now - self.saved >= SAVE:
            self.saved = now
            self.marks.save()

    def summary(self, pages: Sequence[Path]) -> Summary:
        """Return what the run did."""
        failed = tuple(self.failed[path] for path in pages if path in self.failed)
        left = self.total - self.read - self.unchanged - len(failed)
        return Summary(self.read, self.unchanged, failed, left, self.claims, time.monotonic() - self.started)


def progress(done: int, total: int, seconds: float, failed: int = 0) -> str:
    """Return the progress line.

    >>> progress(1200, 5000, 60.0)
    '1200/5000 pages, 20.0 pages/s, 3:10 left'
    """
    rate = done / seconds if seconds > 0 else 0.0
    left = round((total - done) / rate) if rate else 0
    told = f"{done}/{total} pages, {rate:.1f} pages/s, {left // 60}:{left % 60:02} left"
    return told + (f", {failed} failed" if failed else "")
