"""Reading many pages: the same records whatever reads them, only what changed, one bad page or dead process costs one page."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import Any, cast

import pytest
from html_factory import drupal
from page_factory import dated, lexicon, page_text, save

from benchmarks import make_pages
from graph import bulk, cluster, pipeline, reader, review, workers
from graph.bulk import STATE, Summary, page_paths, progress, read_many
from graph.errors import CallError, LexiconError, PageError
from graph.lexicon import load
from graph.reader import Outcome
from graph.records import record_paths, write_record
from graph.review import COLUMNS, Decision
from graph.settings import ROOT
from graph.workers import Place, Task, local, outcomes

MODELS = ("Tiimimalli", "IPC", "CoolKids", "Perhekeskus")


def make(folder: Path, count: int) -> list[Path]:
    """Write small pages, each with claims of its own."""
    folder.mkdir(exist_ok=True)
    pages = []
    for number in range(count):
        said = f"{MODELS[number % 4]} otettiin käyttöön {number + 2} toimipisteessä. {MODELS[(number + 1) % 4]} on suunnitteilla."
        text = page_text(title=f"Kainuu: koehanke {number}", results=dated(said))
        pages.append(save(folder, text, f"koe-{number:03}"))
    return pages


def bytes_of(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.glob("*.json")}


def spoil(page: Path) -> None:
    page.write_bytes(page.read_bytes() + b"\n\xff")


@pytest.fixture
def pages(tmp_path: Path) -> list[Path]:
    return make(tmp_path / "sivut", 6)


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return tmp_path / "tietueet"


# the same records


@pytest.fixture(scope="module")
def one_by_one(tmp_path_factory: pytest.TempPathFactory) -> tuple[list[Path], dict[str, bytes]]:
    """Return pages and their records, each read by itself."""
    folder = tmp_path_factory.mktemp("yksitellen")
    pages = make(folder / "sivut", 13)
    for page in pages:
        write_record(folder, pipeline.record_of(pipeline.read(page, lexicon()), lexicon()))
    return pages, bytes_of(folder)


@pytest.mark.parametrize("jobs", [1, 2, 3])
def test_records_are_the_same_whatever_the_number_of_jobs(
    one_by_one: tuple[list[Path], dict[str, bytes]], out: Path, jobs: int
) -> None:
    pages, expected = one_by_one
    summary = read_many(pages, out, jobs=jobs)
    assert (summary.read, summary.unchanged, summary.failed, summary.left) == (13, 0, (), 0)
    assert bytes_of(out) == expected
    assert summary.claims == sum(record.count(b'"type": "Claim"') for record in expected.values()) > 13


CLI = "from graph.cli import main; main()"


def test_records_are_the_same_whatever_the_order_of_a_set(tmp_path: Path) -> None:
    """Hash seeds differ from run to run: what depends on a set's order would differ, too."""
    # Pages on which cues that begin at the same word compete: 4, 20 and 34 were read in two ways.
    for number in (4, 20, 34, 175, 200, 204):
        name, text = make_pages.page(number)
        (tmp_path / name).write_text(text, encoding="utf-8", newline="")
    records = []
    for seed in ("1", "2", "3"):
        out = tmp_path / seed
        command = [sys.executable, "-c", CLI, "read", str(tmp_path), "--out", str(out), "--jobs", "1"]
        environment = {**os.environ, "PYTHONHASHSEED": seed}
        subprocess.run(command, check=True, capture_output=True, cwd=ROOT, env=environment)
        records.append({path.name: path.read_bytes() for path in out.glob("*.json")})
    assert len(records[0]) == 6
    assert records[0] == records[1] == records[2]


def test_what_each_page_brought_is_told(pages: list[Path], out: Path) -> None:
    told: list[Outcome] = []
    read_many(pages, out, jobs=1, tell=told.append)
    assert sorted(each.path for each in told) == sorted(pages)  # in the order in which they end
    assert all(each.claims == 2 and len(each.differences) == 2 and each.record is None for each in told)


def test_a_folder_is_its_pages_and_a_page_given_twice_is_read_once(pages: list[Path], out: Path) -> None:
    folder = pages[0].parent
    (folder / "README.md").write_text("ei sivu", encoding="utf-8")
    assert page_paths([folder]) == pages
    assert read_many([pages[3], folder, pages[0]], out, jobs=1).read == 6


def test_saved_html_and_a_models_own_page_are_read_too(out: Path, tmp_path: Path) -> None:
    folder = tmp_path / "sivut"
    text = make(folder, 1)[0].read_text(encoding="utf-8")
    (folder / "html.html").write_text(drupal(text), encoding="utf-8")
    save(folder, "Toimintamallin nimi\nTiimimalli\nLyhyt kuvaus\nTiimi vastaa.\n", "malli")
    for jobs in (1, 2):
        summary = read_many([folder], out, jobs=jobs, force=True)
        assert (summary.read, summary.failed, summary.claims) == (3, (), 4)
    assert read_many([folder], out).unchanged == 3
    record = out / "innokyla" / "malli.json"
    assert b'"type": "ModelPage"' in record.read_bytes()
    save(folder, "Toimintamallin nimi\nTerapianavigaattori\nLyhyt kuvaus\nTiimi vastaa.\n", "malli")
    assert read_many([folder], out).read == 1
    assert "Terapianavigaattori" in record.read_text(encoding="utf-8")
    record.unlink()
    assert read_many([folder], out).read == 1


def test_two_pages_of_one_name_are_refused(pages: list[Path], out: Path, tmp_path: Path) -> None:
    other = save(tmp_path, page_text(), pages[2].stem)
    with pytest.raises(CallError, match="has the name of another page"):
        read_many([*pages, other], out)
    assert not out.exists()


def test_a_folder_without_a_page_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CallError, match="holds no saved page"):
        page_paths([tmp_path])


def test_jobs_are_at_least_one(pages: list[Path], out: Path) -> None:
    with pytest.raises(CallError, match="--jobs is -1"):
        read_many(pages, out, jobs=-1)


# one bad page


@pytest.mark.parametrize("jobs", [1, 2])
def test_a_bad_page_is_told_with_file_and_line_and_the_others_are_kept(pages: list[Path], out: Path, jobs: int) -> None:
    spoil(pages[1])
    missing = pages[0].with_name("puuttuu.txt")
    summary = read_many([*pages, missing], out, jobs=jobs)
    assert (summary.read, summary.left) == (5, 0)
    lines = page_text(results=dated("x")).count("\n") + 2
    assert [problem.where for problem in summary.failed] == [f"{pages[1]}:{lines}", str(missing)]
    assert [type(problem) for problem in summary.failed] == [PageError, PageError]
    assert sorted(bytes_of(out)) == sorted(f"{page.stem}.json" for page in pages if page != pages[1])


def test_a_bad_page_is_tried_again_and_its_older_record_stays(pages: list[Path], out: Path) -> None:
    read_many(pages, out, jobs=1)
    before, text = bytes_of(out), pages[1].read_bytes()
    spoil(pages[1])
    for _ in range(2):
        assert len(read_many(pages, out, jobs=1).failed) == 1
        assert bytes_of(out) == before
    pages[1].write_bytes(text)
    assert read_many(pages, out, jobs=1).unchanged == 6


def run(place: Place, *calls: Callable[[], Any]) -> dict[int, Outcome | Exception]:
    """Run calls as if they read pages; return what each brought by its number."""
    tasks = [Task(Path(f"{number}.txt"), "", call) for number, call in enumerate(calls)]
    found = outcomes(place, iter(tasks), threading.Event())
    return {int(task.path.stem): outcome for task, outcome in found}


def fine(number: int) -> Callable[[], Outcome]:
    return partial(Outcome, Path(f"{number}.txt"), number, ())


def test_a_process_that_dies_costs_one_page() -> None:
    found = run(local(2), *map(fine, range(10)), partial(os._exit, 3), *map(fine, range(11, 30)))
    dead = found.pop(10)
    assert isinstance(dead, PageError)
    assert (dead.what, dead.where) == ("ended the process that read it", "10.txt:1")
    assert found == {number: fine(number)() for number in range(30) if number != 10}


@pytest.mark.parametrize("jobs", [1, 2])
def test_an_error_of_the_reader_itself_costs_one_page_and_names_the_code(jobs: int) -> None:
    found = run(local(jobs), fine(0), partial(pipeline.read, cast("Path", "not a path")), fine(2))
    broken = found[1]
    assert isinstance(broken, PageError)
    assert broken.what.startswith("the reader broke on it: AttributeError: ")
    assert broken.where == "1.txt:1"
    assert "at graph/" in broken.hint
    assert (found[0], found[2]) == (fine(0)(), fine(2)())


def test_an_error_that_is_not_one_pages_ends_the_run(tmp_path: Path) -> None:
    with pytest.raises(LexiconError, match=r"models\.csv"):
        run(local(1), fine(0), partial(load, tmp_path), fine(2))


# only what changed


def again(pages: list[Path], out: Path, **given: Any) -> tuple[int, int]:
    summary = read_many(pages, out, jobs=1, **given)
    return summary.read, summary.unchanged


def test_unchanged_pages_are_not_read_again(pages: list[Path], out: Path) -> None:
    assert again(pages, out) == (6, 0)
    before = {path: path.stat().st_mtime_ns for path in out.glob("*.json")}
    assert again(pages, out) == (0, 6)
    assert before == {path: path.stat().st_mtime_ns for path in out.glob("*.json")}
    assert again(pages, out, force=True) == (6, 0)


def test_a_changed_page_is_read_again(pages: list[Path], out: Path) -> None:
    again(pages, out)
    pages[2].write_text(pages[2].read_text(encoding="utf-8").replace("otettiin", "otetaan"), encoding="utf-8")
    assert again(pages, out) == (1, 5)
    os.utime(pages[3])
    assert again(pages, out) == (0, 6)


@pytest.mark.parametrize(
    "harm", [Path.unlink, lambda path: path.write_text("{}", encoding="utf-8")], ids=["lost", "edited"]
)
def test_a_page_whose_record_is_not_what_was_written_is_read_again(
    pages: list[Path], out: Path, harm: Callable[[Path], None]
) -> None:
    again(pages, out)
    before = bytes_of(out)
    harm(out / f"{pages[4].stem}.json")
    assert again(pages, out) == (1, 5)
    assert bytes_of(out) == before


@pytest.mark.parametrize("state", [None, b"", b"[1]", b'{"reader": "x"}', b'{"records": 1}', b"\xff"])
def test_without_its_state_file_everything_is_read_again(pages: list[Path], out: Path, state: bytes | None) -> None:
    again(pages, out)
    if state is None:
        (out / STATE).unlink()
    else:
        (out / STATE).write_bytes(state)
    assert again(pages, out) == (6, 0)
    assert again(pages, out) == (0, 6)


def test_another_reader_reads_everything_again(pages: list[Path], out: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    again(pages, out)
    monkeypatch.setattr(bulk, "reader", lambda: "another")
    assert again(pages[:2], out) == (2, 0)
    assert again(pages, out) == (4, 2)


def test_a_decision_of_the_steward_has_its_page_read_again(
    pages: list[Path], out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    again(pages, out)
    row = dict.fromkeys(COLUMNS, "") | {"page": pages[5].stem, "decision": "reject"}
    monkeypatch.setattr(review, "read_review", lambda: [Decision(2, row)])
    assert again(pages, out) == (1, 5)


def test_the_state_file_is_no_record(pages: list[Path], out: Path) -> None:
    again(pages, out)
    assert (out / STATE).exists()
    assert [path.stem for path in record_paths(out)] == [page.stem for page in pages]


def test_the_reader_is_its_modules_and_tables() -> None:
    names = {path.stem for path in reader.modules()}
    assert {
        "pipeline",
        "pages",
        "sections",
        "header",
        "claims",
        "cues",
        "scope",
        "words",
        "lexicon",
        "review",
        "records",
    } <= names
    assert names.isdisjoint({"cli", "store", "questions", "views", "bulk"})
    assert reader.reader() == reader.reader()


# a bounded window


class Counting(Executor):
    """Count the tasks that were submitted and have not ended."""

    def __init__(self) -> None:
        self.inner = ThreadPoolExecutor(2)
        self.lock = threading.Lock()
        self.now = self.most = self.all = 0

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        with self.lock:
            self.now, self.all = self.now + 1, self.all + 1
            self.most = max(self.most, self.now)
        future = self.inner.submit(fn, *args, **kwargs)
        future.add_done_callback(self._ended)
        return future

    def _ended(self, _: Future[Any]) -> None:
        with self.lock:
            self.now -= 1

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:  # noqa: FBT001, FBT002
        self.inner.shutdown(wait, cancel_futures=cancel_futures)


def test_few_pages_are_in_flight_however_many_there_are(
    tmp_path: Path, out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    counting = Counting()
    monkeypatch.setattr(bulk, "local", lambda jobs: Place(lambda: counting, jobs * workers.AHEAD))
    summary = read_many(make(tmp_path / "sivut", 300), out, jobs=2)
    assert (summary.read, counting.all) == (300, 300)
    assert 2 <= counting.most <= 2 * workers.AHEAD


def test_pages_are_opened_only_when_there_is_room() -> None:
    taken = 0

    def tasks() -> Iterator[Task]:
        nonlocal taken
        for number in range(50):
            taken += 1
            yield Task(Path(f"{number}.txt"), "", fine(number))

    for ended, _ in enumerate(outcomes(Place(lambda: ThreadPoolExecutor(2), 5), tasks(), threading.Event())):
        assert taken - ended <= 6  # five in flight, and the one that waits to be
    assert taken == 50


# progress and stopping


def test_progress_is_told_and_nothing_is_printed(
    pages: list[Path], out: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    spoil(pages[0])
    lines: list[str] = []
    read_many(pages, out, jobs=1, say=lines.append)
    assert lines[-1].startswith("6/6 pages, ")
    assert lines[-1].endswith(" pages/s, 0:00 left, 1 failed")
    read_many(pages, out, jobs=2, force=True)
    assert capfd.readouterr() == ("", "")


def test_the_progress_line_tells_pace_and_time_left() -> None:
    assert progress(1200, 5000, 60.0) == "1200/5000 pages, 20.0 pages/s, 3:10 left"
    assert progress(0, 5000, 0.0) == "0/5000 pages, 0.0 pages/s, 0:00 left"
    assert progress(3, 4, 1.5, 1) == "3/4 pages, 2.0 pages/s, 0:00 left, 1 failed"


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_the_run_and_what_is_done_is_kept(tmp_path: Path, out: Path, number: signal.Signals) -> None:
    pages, before = make(tmp_path / "sivut", 40), signal.getsignal(number)
    seen: list[Path] = []

    def tell(outcome: Outcome) -> None:
        seen.append(outcome.path)
        if len(seen) == 5:
            os.kill(os.getpid(), number)

    summary = read_many(pages, out, jobs=1, tell=tell)
    assert 5 <= summary.read <= 5 + workers.AHEAD
    assert (summary.left, summary.failed) == (40 - summary.read, ())
    assert len(bytes_of(out)) == summary.read
    assert signal.getsignal(number) is before
    rest = read_many(pages, out, jobs=1)
    assert (rest.read, rest.unchanged) == (summary.left, summary.read)


@pytest.fixture
def interruptible() -> Iterator[None]:
    """Let Ctrl-C interrupt, as in a terminal: what a shell starts in the background ignores it."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("interruptible")
def test_a_second_ctrl_c_ends_it_at_once(pages: list[Path], out: Path) -> None:
    def tell(_: Outcome) -> None:
        os.kill(os.getpid(), signal.SIGINT)
        os.kill(os.getpid(), signal.SIGINT)

    with pytest.raises(KeyboardInterrupt):
        read_many(pages, out, jobs=1, tell=tell)
    assert (out / STATE).exists()


SCRIPT = """
import sys
from pathlib import Path
from graph.bulk import read_many
if __name__ == "__main__":
    say = lambda line: print(line, flush=True)
    summary = read_many([Path(sys.argv[1])], Path(sys.argv[2]), jobs=2, say=say)
    print("end", summary.read, summary.unchanged, summary.left, len(summary.failed))
"""


def test_ctrl_c_in_a_terminal_ends_the_processes_too(tmp_path: Path, out: Path) -> None:
    make(tmp_path / "sivut", 400)
    script = tmp_path / "lue.py"
    script.write_text(SCRIPT, encoding="utf-8")
    command = [sys.executable, str(script), str(tmp_path / "sivut"), str(out)]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True, cwd=ROOT
    ) as process:
        assert process.stdout
        process.stdout.readline()
        os.killpg(process.pid, signal.SIGINT)  # as a terminal does: to the parent and its processes
        try:
            printed, complaint = process.communicate(timeout=60)
        finally:
            if process.poll() is None:  # or leaving `with` would wait for it for ever
                os.killpg(process.pid, signal.SIGKILL)
    end = printed.splitlines()[-1].split()
    read, unchanged, left, failed = map(int, end[1:])
    assert (process.returncode, complaint, unchanged, failed) == (0, "", 0, 0)
    assert (read + left, left > 0) == (400, True)
    assert len(bytes_of(out)) == read


# a Dask cluster


def test_without_dask_the_error_says_how_to_install_it(
    pages: list[Path], out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def absent(name: str) -> None:
        raise ModuleNotFoundError(name)

    monkeypatch.setattr(cluster, "import_module", absent)
    with pytest.raises(CallError) as caught:
        read_many(pages, out, dask="tcp://127.0.0.1:8786")
    assert "needs the package 'distributed'" in caught.value.what
    assert 'pip install "levikki[cluster]"' in caught.value.hint


def needs_dask() -> None:
    """Skip where dask is not installed; under CI that is a failure."""
    if not os.environ.get("CI"):
        pytest.importorskip("distributed", reason="needs the package distributed: pip install distributed")


@pytest.fixture(scope="module")
def scheduler(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Start a scheduler and two workers on the loopback; yield the address."""
    needs_dask()
    folder = tmp_path_factory.mktemp("dask")
    with ExitStack() as running:
        told = start(running, folder, "scheduler", "Scheduler at:", "--host", "127.0.0.1", "--port", "0")
        address = told.split()[-1]
        for number in range(2):
            start(running, folder / str(number), "worker", "Registered to:", address, "--nthreads", "1", "--no-nanny")
        yield address


def start(running: ExitStack, folder: Path, part: str, sign: str, *words: str) -> str:
    """Start a part of a cluster; return the line by which it says that it is ready."""
    folder.mkdir(exist_ok=True)
    command = [sys.executable, "-m", f"distributed.cli.dask_{part}", *words, "--no-dashboard"]
    process = running.enter_context(subprocess.Popen(command, stderr=subprocess.PIPE, text=True, cwd=folder))
    assert process.stderr
    ready = next(line for line in process.stderr if sign in line)
    drain = threading.Thread(target=process.stderr.read)
    drain.start()
    running.callback(drain.join)
    running.callback(process.terminate)
    return ready


def read_on(scheduler: str, pages: list[Path], out: Path, **given: Any) -> Summary:
    return read_many(pages, out, dask=scheduler, **given)


def test_a_cluster_of_two_workers_gives_the_same_records(
    one_by_one: tuple[list[Path], dict[str, bytes]], out: Path, scheduler: str
) -> None:
    pages, expected = one_by_one
    summary = read_on(scheduler, pages, out)
    assert (summary.read, summary.failed, summary.left) == (13, (), 0)
    assert bytes_of(out) == expected
    assert read_on(scheduler, pages, out).unchanged == read_many(pages, out, jobs=1).unchanged == 13


def test_a_bad_page_on_a_cluster_is_told_by_its_path_here(pages: list[Path], out: Path, scheduler: str) -> None:
    spoil(pages[1])
    summary = read_on(scheduler, pages, out)
    assert summary.read == 5
    assert [problem.where.rpartition(":")[0] for problem in summary.failed] == [str(pages[1])]


def test_workers_with_other_rules_are_refused(
    pages: list[Path], out: Path, scheduler: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cluster, "tables", lambda: "another")
    with pytest.raises(CallError, match="a worker reads with other rules"):
        read_on(scheduler, pages, out)


def test_where_no_scheduler_answers_the_error_names_the_address(
    pages: list[Path], out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    needs_dask()
    monkeypatch.setattr(cluster, "PATIENCE", 1)
    with pytest.raises(CallError, match=r"tcp://127\.0\.0\.1:9: no Dask scheduler answers"):
        read_on("tcp://127.0.0.1:9", pages, out)


# the pages that are made for measuring


def test_made_pages_depend_on_seed_and_number_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(ROOT)  # benchmarks are not installed
    from benchmarks import make_pages  # noqa: PLC0415

    made = list(make_pages.write(tmp_path, 3, seed=7))
    assert [path.name for path in made] == [make_pages.page(number, 7)[0] for number in (1, 2, 3)]
    assert made[2].read_text(encoding="utf-8") == make_pages.page(3, 7)[1] != make_pages.page(3, 8)[1]
    assert all(19_000 < path.stat().st_size < 26_000 for path in made)


def test_made_pages_hold_claims_of_several_periods_and_models(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(ROOT)
    from benchmarks import make_pages  # noqa: PLC0415

    for path in make_pages.write(tmp_path, 3):
        claims = pipeline.read(path, lexicon()).claims
        assert len({claim.model for claim in claims}) >= 10
        assert len({claim.period for claim in claims}) >= 4
        assert len({claim.status for claim in claims}) >= 5
