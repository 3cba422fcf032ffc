"""Ask every question of several engines: whether the rows are the same, and how long each takes.

`python -m benchmarks.engines` compares the embedded engine with `oxigraph serve`; `--virtuoso` adds Virtuoso, which has to be
installed. `--markdown docs/engines.md` writes the table into that file.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks import running
from benchmarks.running import Running
from graph import pipeline, questions
from graph.columns import columns
from graph.current import target
from graph.formats import SELECT_FORMATS
from graph.loading import put
from graph.names import Names
from graph.settings import Settings
from graph.snapshot import Snapshot
from graph.store import Engine, Term
from graph.store_address import PASSWORD, USER

ROUNDS = 7
START, END = "<!-- table of engines -->", "<!-- end of the table -->"
Bindings = Mapping[str, str | Term]


@dataclass(frozen=True)
class Measured:
    """Hold how one engine answers one question.

    :param same: every format has the bytes that the embedded engine gives.
    :param seconds: the median of several rounds.
    """

    same: bool
    seconds: float


def bodies(engine: Engine, query: str, bindings: Bindings) -> list[bytes]:
    """Return the answer in every format."""
    return [engine.answer(query, name=form.name, bindings=bindings).body for form in SELECT_FORMATS]


def measure(engine: Engine, query: str, bindings: Bindings, wanted: list[bytes]) -> Measured:
    """Ask a question several times.

    :param wanted: what the embedded engine answers.
    """
    same = bodies(engine, query, bindings) == wanted
    taken = []
    for _ in range(ROUNDS):
        start = time.perf_counter()
        engine.answer(query, name="json", bindings=bindings)
        taken.append(time.perf_counter() - start)
    return Measured(same, statistics.median(taken))


@contextmanager
def loaded(started: Running, snapshot: Snapshot, settings: Settings) -> Iterator[Engine]:
    """Load a snapshot into an engine that runs, and ask it."""
    chosen = started.chosen(settings)
    at = target(chosen, snapshot)
    if at is None:
        raise ValueError(started.name)
    start = time.perf_counter()
    put(snapshot, at, chosen, started.login)
    print(f"loaded into {started.name} in {time.perf_counter() - start:.1f} s")
    os.environ.update({USER: started.login.user, PASSWORD: started.login.password})
    engine = Engine(at, chosen, Names(snapshot.base))
    yield engine
    engine.close()


def compare(folder: Path, names: list[str]) -> tuple[list[str], list[list[str]]]:
    """Measure every question on every engine.

    :param folder: for the engines' data.
    :param names: of the engines beside the embedded one.
    :returns: the heading of a table, and its rows.
    """
    settings = Settings(snapshots=folder / "snapshots", cache_bytes=0, query_seconds=60)
    snapshot = pipeline.build(settings, say=print)
    rows = []
    with ExitStack() as stack:
        ours = Engine(snapshot.store_path(), settings, Names(snapshot.base))
        stack.callback(ours.close)
        others = []
        for name in names:
            started = stack.enter_context(getattr(running, name)(folder / name))
            others.append(stack.enter_context(loaded(started, snapshot, settings)))
        for name, question in questions.load(Names(snapshot.base)).items():
            given = question.bindings({}, Names(snapshot.base))
            wanted = bodies(ours, question.query, given)
            first = measure(ours, question.query, given, wanted)
            rows.append([name, f"{first.seconds * 1000:.0f} ms"])
            for other in others:
                found = measure(other, question.query, given, wanted)
                same = "same" if found.same else "DIFFERENT"
                rows[-1] += [same, f"{found.seconds * 1000:.0f} ms", f"{found.seconds / first.seconds:.1f}"]
    heading = ["question", "embedded"]
    for name in names:
        heading += [name, "time", "ratio"]
    return heading, rows


def write(path: Path, heading: list[str], rows: list[list[str]]) -> None:
    """Write the table between the two marks of a file."""
    lines = [heading, ["---"] * len(heading), *([f"`{row[0]}`", *row[1:]] for row in rows)]
    table = "\n".join(f"| {' | '.join(line)} |" for line in lines)
    before, _, rest = path.read_text(encoding="utf-8").partition(START)
    after = rest.partition(END)[2]
    path.write_text(f"{before}{START}\n{table}\n{END}{after}", encoding="utf-8")


def main() -> None:
    """Print the table, and write it where that is asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--virtuoso", action="store_true", help="compare Virtuoso, too")
    parser.add_argument("--markdown", type=Path, help="write the table into this file, between its marks")
    given = parser.parse_args()
    with TemporaryDirectory() as folder:
        heading, rows = compare(Path(folder), ["oxigraph", *(["virtuoso"] if given.virtuoso else [])])
    print(columns(heading, rows))
    if given.markdown:
        write(given.markdown, heading, rows)
    if any("DIFFERENT" in row for row in rows):
        sys.exit("an engine gives other rows")


if __name__ == "__main__":
    main()
