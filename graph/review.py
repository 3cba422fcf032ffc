"""Put a steward's decisions (data/review.csv) on extracted claims.

One row a claim, told by page, period, model and place. `accept` and `correct` say what the claim is to be, whatever the reader
finds; `add` a claim that it does not find; `reject` one that is none. What no row speaks of stays as read, unreviewed.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from graph.claims import Claim
from graph.cues import NEGATIVE, STRENGTH
from graph.errors import RecordError
from graph.files import read_table
from graph.lexicon import split
from graph.measures import Measure
from graph.relations import Relations
from graph.settings import DATA, to_read

REVIEW = DATA / "review.csv"
DECISIONS = {"accept": "accepted", "correct": "corrected", "add": "added", "reject": "rejected"}
KEY = ("page", "period", "model", "place")
COLUMNS = [
    *KEY,
    "decision",
    "status",
    "start",
    "end",
    "line",
    "section",
    "goal",
    "origin",
    "partner",
    "continues",
    "measures",
    "repeats",
    "rule",
    "near",
    "at",
    "reason",
]


@dataclass(frozen=True)
class Decision:
    """Hold one row of the review table.

    :param line: 1-based line of the table.
    :param row: its cells.
    """

    line: int
    row: dict[str, str]

    @property
    def key(self) -> tuple[str, str, str, str]:
        """Return what the decision is on: page, period, model, place."""
        return self.row["page"], self.row["period"], self.row["model"], self.row["place"]


def read_review(path: Path = REVIEW) -> list[Decision]:
    """Read and check the review table; an absent file is an empty table.

    :raises RecordError: an unknown decision or status, offsets that are no numbers, or two decisions on one claim.
    """
    path = to_read(path)
    if not path.exists():
        return []
    decisions: dict[tuple[str, str, str, str], Decision] = {}
    for line, row in read_table(path, COLUMNS, RecordError):
        decision = Decision(line, row)
        _check(decision, f"{path}:{line}")
        if decision.key in decisions:
            hint = f"keep one of the two rows (the other is line {decisions[decision.key].line})"
            raise RecordError("decides twice on one claim", f"{path}:{line}", hint)
        decisions[decision.key] = decision
    return list(decisions.values())


def by_page(decisions: Iterable[Decision]) -> dict[str, list[Decision]]:
    """Return the decisions of each page."""
    found: dict[str, list[Decision]] = {}
    for decision in decisions:
        found.setdefault(decision.row["page"], []).append(decision)
    return found


def _check(decision: Decision, where: str) -> None:
    row = decision.row
    if row["decision"] not in DECISIONS:
        raise RecordError(f"decision is {row['decision']!r}", where, f"use one of: {', '.join(DECISIONS)}")
    if row["decision"] == "reject":
        return
    if row["status"] not in {*STRENGTH, *NEGATIVE}:
        raise RecordError(f"status is {row['status']!r}", where, f"use one of: {', '.join([*STRENGTH, *NEGATIVE])}")
    for name in ("start", "end", "line"):
        if not row[name].isdigit():
            raise RecordError(
                f"{name} is {row[name]!r}, not a number", where, "give the offsets and the line on the page"
            )


def reviewed(
    claims: Iterable[Claim],
    decisions: Iterable[Decision],
    page: str,
    region: str,
    lost: frozenset[tuple[str, str, str, str]] = frozenset(),
) -> list[tuple[Claim, str, str]]:
    """Return the claims of a page as decided, each with its review state and the steward's reason, in the order of the text.

    :param claims: what the reader found.
    :param decisions: the review table.
    :param page: slug of the page.
    :param region: the page's region, for claims that are added.
    :param lost: decisions whose text has gone: they stand where the reader still finds the claim, and wait for the steward elsewhere.
    """
    decided = {decision.key: decision for decision in decisions if decision.row["page"] == page}
    found = {(claim.page, *claim.key): claim for claim in claims}
    result = [(claim, "unreviewed", "") for key, claim in found.items() if key not in decided]
    for key, decision in decided.items():
        row, read = decision.row, found.get(key)
        if row["decision"] == "reject" or (key in lost and read is None):
            continue
        if key in lost and read is not None:
            row = {**row, "start": str(read.start), "end": str(read.end), "line": str(read.line)}
        result.append((_decided(read, row, region), DECISIONS[row["decision"]], row["reason"]))
    return sorted(result, key=lambda pair: (pair[0].start, pair[0].id))


def _decided(found: Claim | None, row: dict[str, str], region: str) -> Claim:
    base = found or Claim(
        row["page"],
        row["model"],
        row["place"],
        region,
        row["period"],
        row["status"],
        0,
        0,
        0,
        row["section"],
        "steward",
    )
    relations = Relations(row["origin"] or None, split(row["partner"]), split(row["continues"]))
    return replace(
        base,
        status=row["status"],
        start=int(row["start"]),
        end=int(row["end"]),
        line=int(row["line"]),
        goal=row["goal"] or None,
        relations=relations,
        measures=tuple(_measure(cell) for cell in split(row["measures"])),
        repeats=row["repeats"] or None,
        rule=row["rule"] or (base.rule if row["status"] == base.status and found else "steward"),
    )


def _measure(cell: str) -> Measure:
    what, value, unit, direction, qualifier = [*cell.split(";"), "", "", "", ""][:5]
    return Measure(what, value or None, unit or None, direction or None, qualifier or None)


def row_of(claim: Claim, decision: str, reason: str = "") -> dict[str, str]:
    """Return the row that decides on a claim as it is.

    :param decision: accept, correct, add or reject.
    """
    relations = claim.relations
    measures = "|".join(
        ";".join(part or "" for part in (m.what, m.value, m.unit, m.direction, m.qualifier)) for m in claim.measures
    )
    return {
        "page": claim.page,
        "period": claim.period,
        "model": claim.model,
        "place": claim.place,
        "decision": decision,
        "status": claim.status,
        "start": str(claim.start),
        "end": str(claim.end),
        "line": str(claim.line),
        "section": claim.section,
        "goal": claim.goal or "",
        "origin": relations.origin or "",
        "partner": "|".join(relations.partners),
        "continues": "|".join(relations.continues),
        "measures": measures,
        "repeats": claim.repeats or "",
        "rule": claim.rule,
        "reason": reason,
    }


def table(rows: Iterable[dict[str, str]]) -> str:
    """Return rows as the text of a review table."""
    return "".join(_lines(rows))


def _lines(rows: Iterable[dict[str, str]]) -> Iterator[str]:
    for row in [dict(zip(COLUMNS, COLUMNS, strict=True)), *rows]:
        cell = io.StringIO()
        csv.writer(cell, lineterminator="\n").writerow([row.get(column, "") for column in COLUMNS])
        yield cell.getvalue()


def differences(claims: Iterable[Claim], decisions: Iterable[Decision], page: str) -> list[str]:
    """Say where the reader and the review disagree: statuses that differ, claims that vanished, claims that nobody has seen."""
    decided = {decision.key: decision for decision in decisions if decision.row["page"] == page}
    found = {(claim.page, *claim.key): claim for claim in claims}
    lines = []
    for key in sorted({*decided, *found}):
        row, claim = decided[key].row if key in decided else None, found.get(key)
        name = " ".join(key)
        if row is None and claim is not None:
            lines.append(f"new       {name}: {claim.status}, line {claim.line}")
        elif row is not None and claim is None and row["decision"] in {"accept", "correct"}:
            lines.append(f"vanished  {name}: was {row['status']}, line {row['line']}")
        elif row is not None and claim is not None and row["decision"] == "accept" and claim.status != row["status"]:
            lines.append(f"changed   {name}: {row['status']} was accepted, the reader says {claim.status}")
    return lines
