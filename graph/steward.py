"""Walk a steward through what the review has not settled: new, changed, vanished and lost claims of a page."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from graph.anchors import Relocated, anchor
from graph.claims import Claim
from graph.errors import RecordError
from graph.files import read_table, write_whole
from graph.pages import Page
from graph.review import COLUMNS, DECISIONS, KEY, Decision, read_review, row_of, table
from graph.sections import Sections

KINDS = {
    "new": "the reader finds a claim that nobody has decided on",
    "changed": "the reader says another status than was accepted",
    "vanished": "the reader no longer finds a claim that was decided on",
    "lost": "the text of a decided claim has changed or gone",
}
OPEN = ["kind", *COLUMNS, "quote"]


@dataclass(frozen=True)
class Case:
    """Hold one thing to decide.

    :param kind: a key of `KINDS`.
    :param row: the row that would settle it as it stands; for a new claim, as the reader found it.
    :param read: the status that the reader gives; empty where it finds no claim.
    :param quote: the evidence, for the steward's eyes.
    """

    kind: str
    row: dict[str, str]
    read: str
    quote: str


def cases(page: Page, sections: Sections, claims: Iterable[Claim], relocated: Relocated) -> list[Case]:
    """Return what the review of a page leaves open, in the order of the text.

    :param claims: what the reader finds.
    :param relocated: the decisions, at the places of the present text.
    """
    decided = {each.key: each for each in relocated.decisions if each.row["page"] == page.slug}
    found = {(claim.page, *claim.key): claim for claim in claims}
    known = [_case(page, sections, decided.get(key), found.get(key), relocated) for key in sorted({*decided, *found})]
    return sorted((case for case in known if case), key=lambda case: (int(case.row["start"] or 0), case.row["model"]))


def _case(
    page: Page, sections: Sections, decision: Decision | None, claim: Claim | None, relocated: Relocated
) -> Case | None:
    if decision is None and claim is not None:
        return Case(
            "new", anchored(row_of(claim, "accept"), page, sections), claim.status, page.text[claim.start : claim.end]
        )
    if decision is None or decision.row["decision"] == "reject":
        return None
    quote = page.text[int(decision.row["start"]) : int(decision.row["end"])]
    read = claim.status if claim else ""
    if decision.key in relocated.lost:
        return Case("lost", decision.row, read, page.text[claim.start : claim.end] if claim else "")
    if claim is None and decision.row["decision"] != "add":
        return Case("vanished", decision.row, read, quote)
    if claim is not None and decision.row["decision"] == "accept" and read != decision.row["status"]:
        return Case("changed", decision.row, read, quote)
    return None


def anchored(row: dict[str, str], page: Page, sections: Sections) -> dict[str, str]:
    """Return a row with the passage hash by which its text is found again."""
    near, at = anchor(page, sections, int(row["start"]))
    return {**row, "near": near, "at": str(at)}


def as_csv(open_cases: Iterable[Case]) -> str:
    """Return open cases as a table to fill in: set `decision` (and what is to be corrected), give a `reason`."""
    out = io.StringIO()
    writer = csv.DictWriter(out, OPEN, lineterminator="\n", extrasaction="ignore")
    writer.writeheader()
    for case in open_cases:
        quote = " ".join(case.quote.split())
        writer.writerow(
            {**case.row, "kind": case.kind, "decision": "", "status": case.read or case.row["status"], "quote": quote}
        )
    return out.getvalue()


def from_csv(path: Path, page: Page, sections: Sections) -> list[dict[str, str]]:
    """Read a filled-in table; rows without a decision are left open.

    :raises RecordError: a row on another page, or a decision that is none.
    """
    rows = []
    for line, row in read_table(path, [*KEY, "decision", "status", "start", "end", "reason"], RecordError):
        if not row["decision"]:
            continue
        if row["decision"] not in DECISIONS or row["page"] != page.slug:
            allowed = f"decisions: {', '.join(DECISIONS)}; page: {page.slug}"
            raise RecordError(f"decides {row['decision']!r} on page {row['page']!r}", f"{path}:{line}", allowed)
        kept = {column: row.get(column, "") for column in COLUMNS}
        rows.append(anchored({**kept, "line": str(page.line(int(row["start"])))}, page, sections))
    return rows


def settle(path: Path, rows: Iterable[dict[str, str]]) -> None:
    """Put decisions into the review table, in place of earlier ones on the same claim; the file is written whole.

    :raises RecordError: the table would not be one: what is in it stays.
    """
    decided = {decision.key: decision.row for decision in read_review(path)}
    for row in rows:
        decided[row["page"], row["period"], row["model"], row["place"]] = row
    ordered = sorted(
        decided.values(),
        key=lambda row: (row["page"], int(row["start"] or 0), row["model"], row["place"], row["period"]),
    )
    part = path.with_name(f".{path.name}.new")
    write_whole(part, table(ordered))
    try:
        read_review(part)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def decided(case: Case, decision: str, reason: str, status: str = "") -> dict[str, str]:
    """Return the row of a steward's answer to a case.

    :param decision: accept, correct or reject.
    :param status: the status that is right; for `correct`.
    """
    row = {**case.row, "decision": decision, "reason": reason}
    if decision == "accept":
        row["status"] = case.read or case.row["status"]
    return {**row, "status": status, "rule": "steward"} if status else row
