"""What comes of a test, and the list of those whose failing is known."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from graph.errors import DataError
from graph.files import read_table

KNOWN = Path(__file__).with_name("known.csv")
PASSED, REFUSED, FAILED = "passed", "refused", "failed"
EXCEPTION, RECOVERED = "known exception", "passes though listed"


@dataclass(frozen=True)
class Verdict:
    """Hold what came of a test.

    :param outcome: one of the words above; "refused" is a write that was refused cleanly, the test's reading part as expected.
    :param detail: what differed, or what was refused; empty where there is nothing to say.
    :param by_value: numbers are equal in value, but written otherwise than in the expected result.
    """

    outcome: str
    detail: str = ""
    by_value: bool = False


def failed(detail: str) -> Verdict:
    """Return the verdict on a test whose answer differs from the expected one."""
    return Verdict(FAILED, detail)


def read_known(path: Path = KNOWN) -> dict[str, str]:
    """Return the known exceptions: tail of the test's IRI -> reason.

    :raises DataError: a row without a reason, or a test listed twice.
    """
    known: dict[str, str] = {}
    for line, row in read_table(path, ["test", "reason"]):
        if not row["reason"] or row["test"] in known:
            raise DataError(
                "a test without a reason, or listed twice", f"{path.name}:{line}", "one row a test, with a reason"
            )
        known[row["test"]] = row["reason"]
    return known


def weigh(verdict: Verdict, reason: str | None, alone: Verdict | None) -> Verdict:
    """Hold a verdict against the list of known exceptions.

    :param reason: why the test is known to fail; None where it is not listed.
    :param alone: what came of the test in the engine alone; None where the engine cannot run it.
    """
    if reason is None:
        return verdict
    if verdict.outcome != FAILED:
        return replace(verdict, outcome=RECOVERED)
    # An exception covers what the engine does, and nothing that the app gets wrong beside it.
    covered = alone is None or (alone.outcome == FAILED and alone.detail == verdict.detail)
    return replace(verdict, outcome=EXCEPTION) if covered else verdict
