"""Run W3C's SPARQL 1.1 suites over HTTP against the app: `python -m benchmarks.conformance`, or `make conformance`.

Exits with 1 where a test fails that is not in known.csv, or one passes that is; with 2 where the suites are not there.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.conformance import manifest, protocols, queries, report
from benchmarks.conformance.manifest import Case
from benchmarks.conformance.report import BAD, Line
from benchmarks.conformance.service import Service
from benchmarks.conformance.verdict import Verdict, read_known, weigh
from graph.errors import CallError, DataError, LevikkiError
from graph.files import write_whole
from graph.settings import ROOT

SUITES = ROOT.parent / "shared" / "suites"
EXCHANGES = {
    "protocol": protocols.protocol,
    "graph store protocol": protocols.graph_store,
    "service description": protocols.description,
}


def run(service: Service, case: Case) -> tuple[Verdict, Verdict | None]:
    """Run a test; return what came of it, and what came of it in the engine alone, None where the engine cannot run it."""
    if case.suite in EXCHANGES:
        return EXCHANGES[case.suite](service, case), None
    query = queries.query_of(case)
    return queries.over_http(service, query), queries.in_engine(query)


def run_all(cases: list[Case], known: dict[str, str]) -> Iterator[Line]:
    """Run tests against an app that is started for them, and ended after them."""
    with tempfile.TemporaryDirectory(prefix="levikki-") as folder, Service(Path(folder)) as service:
        for case in cases:
            verdict, alone = run(service, case)
            reason = known.get(case.tail)
            yield Line(case, weigh(verdict, reason, alone), alone, reason or "")


def chosen(root: Path, only: str) -> tuple[list[Case], dict[str, str]]:
    """Return the tests to run and the exceptions that are known.

    :param only: part of the name of a suite or a test; everything where empty.
    :raises CallError: there is no such test.
    :raises DataError: an exception is listed that is no test.
    """
    cases, known = manifest.cases(root), read_known()
    unknown = sorted(known.keys() - {case.tail for case in cases})
    if unknown:
        raise DataError(
            f"no such test: {', '.join(unknown)}", "known.csv", "write the end of the test's IRI as the table does"
        )
    picked = [case for case in cases if only in case.tail or only == case.suite]
    if not picked:
        raise CallError(
            f"no test of this name: {only}", "--only", f"part of a test's name, or one of: {', '.join(manifest.SUITES)}"
        )
    return picked, known


def main(arguments: list[str] | None = None) -> int:
    """Run the suites and print what came of them."""
    parser = argparse.ArgumentParser(prog="benchmarks.conformance", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument(
        "--suites", type=Path, default=SUITES, help="folder that holds rdf-tests (default: ../shared/suites)"
    )
    parser.add_argument("--earl", type=Path, help="write an EARL report (Turtle) there")
    parser.add_argument("--markdown", type=Path, help="write the page of the docs there")
    parser.add_argument("--only", default="", metavar="NAME", help="a suite, or tests whose name holds this")
    given = parser.parse_args(arguments)
    start = time.monotonic()
    try:
        cases, known = chosen(manifest.sparql11(given.suites), given.only)
        lines = list(run_all(cases, known))
        print(report.table(lines))
        print(f"\n{len(lines)} tests in {time.monotonic() - start:.0f} s")
        if given.earl:
            write_whole(given.earl, report.earl(lines, datetime.now(UTC).date()))
        if given.markdown:
            write_whole(given.markdown, report.page(lines))
    except LevikkiError as problem:
        print(problem, file=sys.stderr)
        return problem.exit_code
    return 1 if any(line.verdict.outcome in BAD for line in lines) else 0


if __name__ == "__main__":
    sys.exit(main())
