"""Measure the reading of many pages: `python -m benchmarks.reading [--pages 500]`.

Makes pages (benchmarks.make_pages) in a temporary folder and reads them with one and two processes, each run in a process of its own;
then says how the memory grows with the number of pages, and where the time of one process goes.
"""

from __future__ import annotations

import argparse
import cProfile
import json
import multiprocessing
import platform
import pstats
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

from benchmarks.make_pages import write
from graph import lexicon, pipeline, records
from graph.bulk import read_many
from graph.files import tree_hash
from graph.settings import ROOT
from graph.workers import cores

RUNS = 3
COUNTED = 5_000_000  # numbers
SAMPLE = 30  # pages that are profiled
STAGES = {
    "pages": "sections",
    "html_text": "sections",
    "html_lines": "sections",
    "sections": "sections",
    "words": "words and names",
    "lexicon": "words and names",
    "cues": "cues",
    "scope": "scope",
    "statements": "scope",
    "measures": "measures",
    "relations": "relations",
    "header": "header",
    "claims": "claims",
    "baseforms": "words and names",
}


def main() -> None:
    """Measure and print, or run once for a measurement."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pages", type=int, default=500, help="how many (default: 500)")
    parser.add_argument("--once", nargs=3, metavar=("PAGES", "OUT", "JOBS"), help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.once:
        _once(Path(given.once[0]), Path(given.once[1]), int(given.once[2]))
        return
    print(f"{_machine()}\n")
    with tempfile.TemporaryDirectory(prefix="levikki-") as folder:
        _measure(Path(folder), max(given.pages, 4))


def _machine() -> str:
    return f"{cores()} cores, {platform.machine()}, {platform.system()}, Python {platform.python_version()}"


def _measure(folder: Path, count: int) -> None:
    pages = list(write(folder / "pages", count))
    quarter = folder / "quarter"
    quarter.mkdir()
    for page in pages[: count // 4]:
        (quarter / page.name).hardlink_to(page)
    size = sum(page.stat().st_size for page in pages)
    print(f"{count} pages, {size / 1e6:.1f} MB; median of {RUNS} runs, each with its start")
    runs = {jobs: [_run(folder / "pages", folder / f"out{jobs}", jobs) for _ in range(RUNS)] for jobs in (1, 2)}
    rates = {jobs: count / statistics.median(run["seconds"] for run in found) for jobs, found in runs.items()}
    print("jobs  pages/s   MB/s  compared with one  CPU ms a page")
    for jobs, rate in rates.items():
        cpu = 1000 * statistics.median(run["cpu"] for run in runs[jobs]) / count
        print(f"{jobs:>4}  {rate:>7.1f}  {rate * size / count / 1e6:>5.2f}  {rate / rates[1]:>17.2f}  {cpu:>13.1f}")
    print(f"two processes that only count get {_ceiling():.2f} times as much done as one, here and now")
    same = _hash(folder / "out1") == _hash(folder / "out2")
    print(f"records of both: {'byte-identical' if same else 'DIFFERENT'}\n")
    _memory(quarter, folder)
    _time_shares(pages[:SAMPLE])


def _count(numbers: int) -> float:
    started = time.perf_counter()
    sum(len(str(number)) for number in range(numbers))
    return time.perf_counter() - started


def _ceiling() -> float:
    """Return how much more two processes that only count get done than one: what else runs here takes its share."""
    with ProcessPoolExecutor(2, multiprocessing.get_context("spawn")) as pool:
        list(pool.map(_count, [1, 1]))
        alone = pool.submit(_count, COUNTED).result()
        return 2 * alone / max(pool.map(_count, [COUNTED] * 2))


def _run(pages: Path, out: Path, jobs: int) -> dict[str, Any]:
    command = [sys.executable, "-m", "benchmarks.reading", "--once", str(pages), str(out), str(jobs)]
    done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=ROOT)
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def _once(pages: Path, out: Path, jobs: int) -> None:
    """Read once; print seconds, CPU seconds, and the largest memory of this process and of any that it started, in MB."""
    summary = read_many([pages], out, jobs=jobs, force=True)
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    unit = 1024 * (1024 if sys.platform == "darwin" else 1)
    found = {
        "seconds": summary.seconds,
        "pages": summary.read,
        "cpu": sum(each.ru_utime + each.ru_stime for each in used),
    }
    print(json.dumps({**found, "peaks": [each.ru_maxrss / unit for each in used]}))


def _hash(folder: Path) -> str:
    # No record is kept here: a process that is started is told to have had this one's memory.
    return tree_hash(list(folder.glob("*.json")), folder)


def _memory(quarter: Path, folder: Path) -> None:
    print("peak memory with two jobs, MB\npages   parent  largest child")
    for pages in (quarter, folder / "pages"):
        run = _run(pages, folder / "out-memory", 2)
        print(f"{run['pages']:>5}  {run['peaks'][0]:>7.1f}  {run['peaks'][1]:>13.1f}")
    print()


def _time_shares(pages: list[Path]) -> None:
    """Print where the time of one process goes that has read these pages before."""
    known = lexicon.load()
    profile = cProfile.Profile()
    for measured in (False, True):
        with tempfile.TemporaryDirectory(prefix="levikki-") as folder:
            if measured:
                profile.enable()
            for page in pages:
                records.write_record(Path(folder), pipeline.record_of(pipeline.read(page, known), known))
            profile.disable()
    shares = _by_stage(pstats.Stats(profile))
    print(
        f"where the time goes, {len(pages)} pages in one process, profiled (many small calls weigh more than they do)"
    )
    for stage, seconds in shares.most_common():
        print(f"{stage:<18}{seconds / shares.total():>6.1%}")


def _by_stage(stats: pstats.Stats) -> Counter[str]:
    """Return seconds a stage; what a module outside graph/ does counts for those that call it."""
    table: dict[Any, Any] = vars(stats)["stats"]
    found: Counter[str] = Counter()
    for function, (_, _, own, _, callers) in table.items():
        for stage, share in _stages(function, callers, table, depth=4).items():
            found[stage] += own * share
    return found


def _stages(function: Any, callers: Any, table: Any, depth: int) -> dict[str, float]:
    path = Path(function[0])
    if path.parent.name == "graph":
        return {STAGES.get(path.stem, "records and review"): 1.0}
    if path.parent.name == "json":
        return {"JSON": 1.0}
    whole = sum(times[2] for times in callers.values())
    if not depth or not whole:
        return {"other": 1.0}
    found: Counter[str] = Counter()
    for caller, times in callers.items():
        for stage, share in _stages(caller, table[caller][4], table, depth - 1).items():
            found[stage] += share * times[2] / whole
    return dict(found)


if __name__ == "__main__":
    main()
