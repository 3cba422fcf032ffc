"""A description of a thing as its page shows it, in one language: facts, parts, and tables of adoptions and claims."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from graph.description import LABEL, TYPE, Description, Statement
from graph.names import last_part
from graph.store import Term
from graph.views import LANGUAGES, Named, named_in

_Name = Callable[[str], Named]


@dataclass(frozen=True)
class Value:
    """Hold a value of a property; `named` where it is a thing."""

    term: Term
    named: Named | None = None


@dataclass(frozen=True)
class Property:
    """Hold a property and its values."""

    named: Named
    values: tuple[Value, ...]


@dataclass(frozen=True)
class Part:
    """Hold a thing, or a part of one (`…#evidence`), with its own properties."""

    named: Named
    types: tuple[Named, ...]
    properties: tuple[Property, ...]


@dataclass(frozen=True)
class AdoptionRow:
    """Hold one line of the table of adoptions.

    :param notation: of the current status.
    """

    named: Named
    model: Named
    region: Named
    status: Named
    notation: str
    first: str
    last: str
    claims: int


@dataclass(frozen=True)
class ClaimRow:
    """Hold one line of the table of claims.

    :param line: of its page, on which the evidence stands; empty where it is not known.
    :param graph: IRI of its named graph.
    """

    named: Named
    status: Named
    notation: str
    review: Named
    source: Named
    line: str
    graph: str


@dataclass(frozen=True)
class Page:
    """Hold what the page about a thing shows.

    :param incoming: the other things that link to it, by property.
    """

    thing: Part
    parts: tuple[Part, ...]
    adoptions: tuple[AdoptionRow, ...]
    claims: tuple[ClaimRow, ...]
    incoming: tuple[Property, ...]


def page(description: Description, language: str) -> Page:
    """Return what the page about a thing shows.

    :param language: preferred language of the labels.
    """

    def name(iri: str) -> Named:
        return named_in(description.names, iri, description.labels.get(iri, {}), language)

    said = [part(name, iri, each) for iri, each in description.said.items()]
    adoptions = [_adoption(description, name, each) for each in description.of_kind("adoption")]
    claims = [_claim(description, name, each) for each in description.of_kind("claim")]
    in_tables = {each.named.iri for each in adoptions} | {each.named.iri for each in claims}
    links = [(each.property, Term("iri", each.thing)) for each in description.links if each.thing not in in_tables]
    return Page(
        said[0],
        tuple(said[1:]),
        tuple(each for each in adoptions if each.named.iri != description.iri),
        tuple(sorted(claims, key=lambda each: each.named.label.casefold())),
        grouped(name, links),
    )


def part(name: _Name, iri: str, said: Iterable[Statement]) -> Part:
    """Return a thing with its types and its other properties.

    :param name: gives an IRI its label.
    """
    statements = list(said)
    types = tuple(name(value.value) for each, value in statements if each == TYPE)
    return Part(name(iri), types, grouped(name, (each for each in statements if each[0] != TYPE)))


def grouped(name: _Name, said: Iterable[Statement]) -> tuple[Property, ...]:
    """Return statements by property: the label first, the others by their names.

    :param name: gives an IRI its label.
    """
    values: dict[str, list[Value]] = {}
    for property_, value in said:
        values.setdefault(property_, []).append(Value(value, name(value.value) if value.kind == "iri" else None))
    found = [Property(name(iri), tuple(sorted(each, key=_value_order))) for iri, each in values.items()]
    return tuple(sorted(found, key=lambda each: (each.named.iri != LABEL, each.named.label.casefold())))


def _value_order(value: Value) -> tuple[int, str]:
    language = value.term.language
    place = LANGUAGES.index(language) if language in LANGUAGES else len(LANGUAGES)
    return place, value.named.label.casefold() if value.named else value.term.value


def _adoption(description: Description, name: _Name, iri: str) -> AdoptionRow:
    status = _first(description, iri, "lev:currentStatus")
    return AdoptionRow(
        name(iri),
        name(_first(description, iri, "lev:model")),
        name(_first(description, iri, "lev:region")),
        name(status),
        last_part(status),
        _first(description, iri, "lev:firstReported"),
        _first(description, iri, "lev:lastReported"),
        len(description.values(iri, "lev:claim")),
    )


def _claim(description: Description, name: _Name, iri: str) -> ClaimRow:
    status, evidence = _first(description, iri, "lev:status"), _first(description, iri, "lev:evidence")
    return ClaimRow(
        name(iri),
        name(status),
        last_part(status),
        name(_first(description, iri, "lev:reviewState")),
        name(_first(description, iri, "lev:source")),
        _first(description, evidence, "lev:line"),
        description.graph_of.get(iri, ""),
    )


def _first(description: Description, iri: str, property_: str) -> str:
    values = description.values(iri, property_)
    return values[0].value if values else ""
