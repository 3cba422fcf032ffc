"""Find the text of a decision again when a page's text has moved: by the hash of the passage that it stands in."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from graph.files import sha256
from graph.pages import Page
from graph.review import Decision
from graph.sections import Passage, Sections

DIGITS = 12


@dataclass(frozen=True)
class Relocated:
    """Hold the decisions on a page with the offsets that they have in its present text.

    :param decisions: all decisions, those of other pages unchanged.
    :param moved: the keys of those whose passage stands elsewhere now.
    :param lost: the keys of those whose passage has changed or gone: a steward has to look.
    """

    decisions: list[Decision]
    moved: frozenset[tuple[str, str, str, str]]
    lost: frozenset[tuple[str, str, str, str]]


def passage_hash(page: Page, passage: Passage) -> str:
    """Return the hash of a passage's words, whatever the spaces between them."""
    words = " ".join(page.text[passage.start : passage.end].split()).casefold()
    return sha256(words.encode("utf-8"))[:DIGITS]


def anchor(page: Page, sections: Sections, start: int) -> tuple[str, int]:
    """Return the hash of the passage around an offset, and how far into it the offset is; ("", 0) outside any."""
    inside = next((each for each in sections.passages if each.start <= start < each.end), None)
    return (passage_hash(page, inside), start - inside.start) if inside else ("", 0)


def relocate(decisions: Iterable[Decision], page: Page, sections: Sections) -> Relocated:
    """Give the decisions on a page the offsets that their passages have now.

    A decision without a passage hash keeps its offsets.
    """
    known: dict[str, list[Passage]] = {}
    for passage in sections.passages:
        known.setdefault(passage_hash(page, passage), []).append(passage)
    result, moved, lost = [], set(), set()
    for decision in decisions:
        mine = decision.row["page"] == page.slug and decision.row["decision"] != "reject" and decision.row.get("near")
        here = _here(decision, known) if mine else None
        if mine and here is None:
            lost.add(decision.key)
        elif here is not None and here.start + int(decision.row["at"]) != int(decision.row["start"]):
            moved.add(decision.key)
            decision = _shifted(decision, here, page)  # noqa: PLW2901 - the decision, at its new place
        result.append(decision)
    return Relocated(result, frozenset(moved), frozenset(lost))


def _here(decision: Decision, known: dict[str, list[Passage]]) -> Passage | None:
    """Return the passage of a decision: of several alike, the one under the same period, nearest to where it was."""
    alike = known.get(decision.row["near"], [])
    same = [each for each in alike if each.period == decision.row["period"]] or alike
    return min(same, key=lambda each: abs(each.start - int(decision.row["start"])), default=None)


def _shifted(decision: Decision, passage: Passage, page: Page) -> Decision:
    start = passage.start + int(decision.row["at"])
    end = start + int(decision.row["end"]) - int(decision.row["start"])
    return Decision(
        decision.line, {**decision.row, "start": str(start), "end": str(end), "line": str(page.line(start))}
    )
