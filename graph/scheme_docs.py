"""The SKOS schemes as the ontology's page shows them: each with its first concepts."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from graph.description import ORDERED, SKOS, Statement, Statements, statements
from graph.names import last_part
from graph.store import Engine
from graph.thing_view import Value
from graph.views import Named

CONCEPTS = 60  # of a scheme that are shown: the rest are on its own page
DEFINITION, NOTATION = f"{SKOS}definition", f"{SKOS}notation"
_Name = Callable[[str], Named]


@dataclass(frozen=True)
class Concept:
    """Hold a concept of a scheme."""

    named: Named
    notation: str
    definition: Value | None


@dataclass(frozen=True)
class Scheme:
    """Hold a scheme with its first concepts.

    :param count: how many there are.
    """

    named: Named
    anchor: str
    definition: Value | None
    concepts: tuple[Concept, ...]
    count: int


def concepts(engine: Engine) -> dict[str, Statements]:
    """Return the schemes, each with what is said of it and of its first concepts."""
    query = "SELECT DISTINCT ?scheme { ?scheme a skos:ConceptScheme } ORDER BY STR(?scheme)"
    return {each["scheme"].value: _of(engine, each["scheme"].value) for each in engine.select(query).rows}


def _of(engine: Engine, iri: str) -> Statements:
    order = "ORDER BY STR(?concept)" if _count(engine, iri) <= ORDERED else ""
    query = f"SELECT DISTINCT ?scheme ?concept {{ ?concept skos:inScheme ?scheme }} {order} LIMIT {CONCEPTS}"
    return statements(engine, [iri, *(row["concept"].value for row in engine.select(query, scheme=iri).rows)])


def _count(engine: Engine, iri: str) -> int:
    query = "SELECT ?scheme (COUNT(DISTINCT ?concept) AS ?n) { ?concept skos:inScheme ?scheme } GROUP BY ?scheme"
    rows = engine.select(query, scheme=iri).rows
    return int(rows[0]["n"].value) if rows else 0


def scheme(engine: Engine, iri: str, said: Statements, name: _Name) -> Scheme:
    """Return what the page shows of a scheme.

    :param said: of it and of its first concepts.
    :param name: gives an IRI its label.
    """
    shown = [
        Concept(
            name(each),
            next((value.value for property_, value in about if property_ == NOTATION), ""),
            in_language(about, DEFINITION, name(each).language),
        )
        for each, about in said.items()
        if each != iri
    ]
    definition = in_language(said.get(iri, []), DEFINITION, name(iri).language)
    return Scheme(name(iri), f"scheme-{last_part(iri)}", definition, tuple(shown), _count(engine, iri))


def in_language(said: Iterable[Statement], property_: str, language: str) -> Value | None:
    """Return the value of a property in a language, or any where there is none in it."""
    found = [value for each, value in said if each == property_]
    best = [value for value in found if value.language == language] or found
    return Value(best[0]) if best else None
