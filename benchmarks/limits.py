"""Trip every limit of the endpoint, one after the other, and print what it answers: `python -m benchmarks.limits [--markdown FILE]`.

Each limit is lowered, so that the whole takes seconds; the default is printed beside it. Exit 1 where a limit does not hold, or where the
answer does not name it, or the next query is not answered.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from flask.testing import FlaskClient

from graph import pipeline
from graph.columns import columns
from graph.settings import Settings, variable
from server import create_app

RUNAWAY = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l FILTER(STR(?a) < STR(?l)) }"
EVERYTHING = "SELECT * { ?s ?p ?o }"
SORTED = "SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i } ORDER BY ?c ?f ?i"
HEADER = ("limit", "default", "tried with", "by", "answer", "the next query", "tests")
PAGE = """# The limits, tripped

Written by `.venv/bin/python -m benchmarks.limits --markdown docs/limits.md`, which lowers each limit, goes beyond it, and
asks another query right after. The tests are in `tests/`. What the limits mean, and how a client is told of them:
[endpoint.md](endpoint.md#limits).

"""
LIMITS, HTTP = "test_limits.py", "test_exchange.py"


@dataclass(frozen=True)
class Trial:
    """Hold how a limit is tripped.

    :param lowered: settings to try it with, the limit's own first.
    :param by: what is asked, in words.
    :param queries: sent at the same time; one of them at least has to be refused.
    :param status: of the refusal.
    :param tests: where the tests stand that trip it.
    """

    lowered: dict[str, float]
    by: str
    queries: tuple[str, ...]
    status: int
    tests: str = f"{LIMITS}, {HTTP}"


TRIALS = (
    Trial({"query_seconds": 1.0}, "a runaway query", (RUNAWAY,), 503),
    Trial({"query_memory_bytes": 100_000_000}, "sorting a product", (SORTED,), 503),
    Trial(
        {"query_long_processes": 1, "query_seconds": 2.0},
        "two runaway queries at once",
        (RUNAWAY, f"{RUNAWAY} #"),
        503,
        LIMITS,
    ),
    Trial(
        {"query_processes": 1, "query_wait_seconds": 0.2, "query_seconds": 1.5},
        "two runaway queries at once",
        (RUNAWAY, f"{RUNAWAY} #"),
        503,
        "test_store.py",
    ),
    Trial({"query_characters": 100}, "a query of 200 characters", (f"{EVERYTHING}{'#' * 180}",), 413),
    Trial({"request_bytes": 1_000}, "a form of 2 000 bytes", (f"{EVERYTHING}{'#' * 2000}",), 413),
    Trial({"answer_rows": 1_000}, "all triples", (EVERYTHING,), 413),
    Trial({"answer_bytes": 100_000}, "all triples", (EVERYTHING,), 413),
    Trial(
        {"client_requests": 2}, "three requests of one client", ("ASK { }", "ASK { ?s ?p ?o }", "ASK { ?a ?b 1 }"), 429
    ),
    Trial({"client_seconds": 0.2, "query_seconds": 0.4}, "a runaway query, then another", (RUNAWAY, "ASK { }"), 429),
)


@contextmanager
def client(snapshots: Path, lowered: dict[str, float]) -> Iterator[FlaskClient]:
    """Yield a client of an app with lowered limits."""
    app = create_app(replace(Settings(snapshots=snapshots, access_log=False), **lowered))  # type: ignore[arg-type]
    yield app.test_client()
    app.extensions["levikki"].retire()


def tried(snapshots: Path, trial: Trial) -> tuple[list[str], bool]:
    """Trip one limit.

    :returns: a row of the table, and whether the limit held.
    """
    limit, value = next(iter(trial.lowered.items()))
    with client(snapshots, trial.lowered) as asking:

        def ask(query: str) -> tuple[int, dict[str, object], str]:
            answer = asking.application.test_client().post(
                "/sparql", data={"query": query}, headers={"Accept": "text/csv"}
            )
            told = json.loads(answer.data) if answer.status_code >= 400 else {}
            return answer.status_code, told, answer.headers.get("Retry-After", "")

        at_once = len(trial.queries) if limit.startswith("query_") else 1
        with ThreadPoolExecutor(at_once) as threads:
            answers = list(threads.map(ask, trial.queries))
        refused = [answer for answer in answers if answer[1].get("limit") == limit]
        other = {"REMOTE_ADDR": "192.0.2.1"}
        after = asking.post("/sparql", data={"query": "ASK { }"}, environ_base=other, headers={"Accept": "text/csv"})
    holds = any(status == trial.status and told["value"] == value for status, told, _ in refused)
    retry = f", Retry-After: {refused[0][2]}" if refused and refused[0][2] else ""
    answered = (
        f"{trial.status}, limit: {limit}{retry}" if holds else f"not refused: {[answer[0] for answer in answers]}"
    )
    following = "answered" if after.data == b"true" else f"status {after.status_code}"
    row = [
        f"`{variable(limit)}`",
        f"{getattr(Settings(), limit):,}",
        f"{value:,}",
        trial.by,
        answered,
        following,
        trial.tests,
    ]
    return row, holds and after.data == b"true"


def main() -> None:
    """Print the table."""
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--markdown", type=Path, metavar="FILE")
    given = arguments.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        pipeline.build(Settings(snapshots=Path(folder)), say=lambda _: None)
        found = [tried(Path(folder), trial) for trial in TRIALS]
    rows = [row for row, _ in found]
    print(columns(list(HEADER), rows))
    if given.markdown:
        lines = [f"| {' | '.join(row)} |" for row in (HEADER, ["---"] * len(HEADER), *rows)]
        given.markdown.write_text(PAGE + "\n".join(lines) + "\n", encoding="utf-8")
    sys.exit(0 if all(holds for _, holds in found) else 1)


if __name__ == "__main__":
    main()
