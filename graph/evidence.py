"""Claims as pages show them: what is claimed, and the passage, the rule and the review that it rests on."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from graph.lookup import Lookup, Shown
from graph.names import last_part
from graph.store import Term
from graph.views import Named, iri_list

_PASSAGES = """SELECT DISTINCT ?claim ?line ?start ?end {{ VALUES ?claim {{ {claims} }} ?claim lev:evidence ?evidence .
    OPTIONAL {{ ?evidence lev:line ?line }}
    OPTIONAL {{ ?evidence oa:hasSelector ?selector . ?selector oa:start ?start ; oa:end ?end }} }}"""
# Quotes are in graphs of their own, which no default graph holds.
_QUOTES = """SELECT DISTINCT ?claim ?quote {{ VALUES ?claim {{ {claims} }} ?claim lev:evidence ?evidence .
    GRAPH ?graph {{ ?evidence oa:hasSelector ?selector . ?selector oa:exact ?quote }} }}"""


@dataclass(frozen=True)
class Passage:
    """Hold where on its page a claim stands.

    :param start: number of its first character; empty where it is not known.
    :param end: number of the character behind its last.
    :param quote: its text, where the publisher shows quotes.
    """

    line: str = ""
    start: str = ""
    end: str = ""
    quote: str = ""


@dataclass(frozen=True)
class ClaimRow:
    """Hold one claim.

    :param notation: of the status.
    :param as_of: the day that it is taken to be about.
    :param rule: name of the rule that read its status.
    """

    named: Named
    model: Named | None
    place: Named | None
    region: Named | None
    status: Named | None
    notation: str
    period: Named | None
    as_of: str
    goal: Named | None
    source: Named | None
    passage: Passage
    rule: str
    review: Named | None


@dataclass(frozen=True)
class Measured:
    """Hold a measure.

    :param said: its value or direction, in the order to be shown.
    :param claim: that reports it.
    """

    named: Named
    said: tuple[Shown, ...]
    claim: Named


def claims_of(lookup: Lookup, iris: Iterable[str]) -> tuple[ClaimRow, ...]:
    """Return claims, the newest first; those of one day by their page and line."""
    wanted = list(dict.fromkeys(iris))
    if not wanted:
        return ()
    lookup.load(wanted)
    passages = _passages(lookup, wanted)
    rows = [_claim(lookup, iri, passages.get(iri, Passage())) for iri in wanted]
    rows.sort(key=lambda row: (row.source.label if row.source else "", int(row.passage.line or 0), row.named.iri))
    return tuple(sorted(rows, key=lambda row: row.as_of, reverse=True))


def measures_of(lookup: Lookup, pairs: Iterable[tuple[str, str]]) -> tuple[Measured, ...]:
    """Return measures.

    :param pairs: IRIs of a measure and of the claim that reports it.
    """
    pairs = list(pairs)
    lookup.load(measure for measure, _ in pairs)
    properties = ("lev:qualifier", "sosa:hasSimpleResult", "lev:unit", "lev:direction")
    found = [Measured(lookup.name(each), lookup.shown(each, *properties), lookup.name(claim)) for each, claim in pairs]
    return tuple(sorted(found, key=lambda each: (each.named.label.casefold(), each.claim.label)))


def measured_by(lookup: Lookup, claims: Iterable[str]) -> list[tuple[str, str]]:
    """Return each measure of claims that were loaded, with its claim."""
    return [(value.value, iri) for iri in claims for value in lookup.values(iri, "lev:measure")]


def _passages(lookup: Lookup, claims: list[str]) -> dict[str, Passage]:
    within, quotes = iri_list(claims), dict[str, str]()
    if lookup.engine.settings.show_quotes:
        rows = lookup.rows(_QUOTES.format(claims=within))
        quotes = {row["claim"].value: row["quote"].value for row in rows}
    nothing = Term("literal", "")
    found = {}
    for row in lookup.rows(_PASSAGES.format(claims=within)):
        line, start, end = (row.get(each, nothing).value for each in ("line", "start", "end"))
        found[row["claim"].value] = Passage(line, start, end, quotes.get(row["claim"].value, ""))
    return found


def _claim(lookup: Lookup, iri: str, passage: Passage) -> ClaimRow:
    return ClaimRow(
        named=lookup.name(iri),
        model=lookup.named(iri, "lev:model"),
        place=lookup.named(iri, "lev:place"),
        region=lookup.named(iri, "lev:region"),
        status=lookup.named(iri, "lev:status"),
        notation=last_part(lookup.first(iri, "lev:status")),
        period=lookup.named(iri, "lev:period"),
        as_of=lookup.first(iri, "lev:asOf"),
        goal=lookup.named(iri, "lev:goal"),
        source=lookup.named(iri, "lev:source"),
        passage=passage,
        rule=lookup.first(iri, "lev:rule"),
        review=lookup.named(iri, "lev:reviewState"),
    )
