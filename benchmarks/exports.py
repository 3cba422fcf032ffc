"""Time every export on the shipped records and on a million triples: `python -m benchmarks.exports`.

The large snapshot is made of pages of `benchmarks.make_pages`, read as any page is, and left unvalidated. Each format is written in
a process of its own. `--csv docs/export-sizes.csv` keeps what docs/exports.md shows.
"""

from __future__ import annotations

import argparse
import csv
import json
import multiprocessing
import os
import platform
import resource
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict
from pathlib import Path
from typing import Any

from benchmarks import make_pages
from graph import pipeline, records, snapshot
from graph.bulk import read_many
from graph.exports.base import Source
from graph.exports.registry import EXPORTS, find, write_files_of
from graph.names import Names
from graph.settings import ROOT, Settings
from graph.snapshot import Snapshot, Written

PAGES = 430  # which give a million triples
COLUMNS = ("format", "files", "bytes", "seconds", "large_bytes", "large_seconds", "large_megabytes")


def main() -> None:
    """Measure, print a table, and keep it where asked to."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--pages", type=int, default=PAGES, help="pages of which the large snapshot is made")
    parser.add_argument("--csv", type=Path, help="keep the figures in this table")
    parser.add_argument("--once", nargs=2, metavar=("FORMAT", "SNAPSHOT"), help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.once:
        _once(given.once[0], Path(given.once[1]))
        return
    with tempfile.TemporaryDirectory(prefix="levikki-") as folder:
        small = pipeline.build(Settings(snapshots=Path(folder) / "small"), exports=False, say=_quiet)
        # In a process of its own: those that this one starts are told to have had its memory.
        with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as pool:
            large = pool.submit(_large, Path(folder), given.pages).result()
        print(f"{os.cpu_count()} cores, {platform.machine()}, {platform.system()}, Python {platform.python_version()}")
        print(f"{_triples(small)} and {_triples(large)} triples; seconds include the start of the process")
        print("".join(f"{name:>16}" for name in COLUMNS))
        rows = _measured(small, large)
    if given.csv:
        with given.csv.open("w", encoding="utf-8", newline="") as out:
            csv.writer(out, lineterminator="\n").writerows([COLUMNS, *rows])


def _large(folder: Path, pages: int) -> Snapshot:
    list(make_pages.write(folder / "pages", pages))
    read_many([folder / "pages"], folder / "records", jobs=os.cpu_count() or 1)
    documents = [(path, records.read_record(path)) for path in records.record_paths(folder / "records")]
    quads = pipeline.graph_of(documents, Names())
    return snapshot.write(folder / "large", quads, [], "", {"base": Names().base})


def _quiet(_: str) -> None:
    """Say nothing."""


def _triples(made: Snapshot) -> int:
    return len(Source(made).store) - int(made.manifest["quads"])  # the default graph is the union of the others


def _measured(small: Snapshot, large: Snapshot) -> list[list[object]]:
    """Return a row for each format, those last that describe the files of the others."""
    rows: list[list[object]] = []
    for export in sorted(EXPORTS.values(), key=lambda each: each.last):
        here, there = (_run(export.name, made) for made in (small, large))
        row = [
            export.name, here["files"], here["bytes"], f"{here['seconds']:.1f}",
            there["bytes"], f"{there['seconds']:.1f}", round(there["megabytes"]),
        ]  # fmt: skip
        print("".join(f"{cell:>16}" for cell in row), flush=True)
        rows.append(row)
    return rows


def _run(name: str, made: Snapshot) -> dict[str, Any]:
    """Write a format in a process of its own; what it wrote is known to those that come behind it."""
    command = [sys.executable, "-m", "benchmarks.exports", "--once", name, str(made.path)]
    start = time.perf_counter()
    done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=ROOT)
    seconds = time.perf_counter() - start
    told = json.loads(done.stdout)
    files = [Written(**each) for each in told["files"]]
    snapshot.write_files(made, [*Snapshot(made.path).files, *files])
    return {
        "files": len(files),
        "bytes": sum(each.bytes for each in files),
        "seconds": seconds,
        "megabytes": told["megabytes"],
    }


def _once(name: str, path: Path) -> None:
    made = Snapshot(path)
    files = write_files_of(find(name), Source(made, Settings(), made.files), path / "data")
    print(json.dumps({"files": [asdict(each) for each in files], "megabytes": _peak()}))


def _peak() -> float:
    """Return the most memory that this process has had, in MB."""
    status = Path("/proc/self/status")
    if status.exists():  # what getrusage tells on Linux is at least what the process had that started this one
        return int(status.read_text(encoding="utf-8").partition("VmHWM:")[2].split()[0]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1024 * (1024 if sys.platform == "darwin" else 1))


if __name__ == "__main__":
    main()
