"""The SKOS schemes as the ontology's page shows them: each with its first concepts."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from graph.description import SKOS, Statement, Statements, statements
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
    schemes = [row["scheme"].value for row in engine.select(query).rows]
    first = f"""SELECT DISTINCT ?scheme ?concept {{ ?concept skos:inScheme ?scheme }}
        ORDER BY STR(?concept) LIMIT {CONCEPTS}"""
    return {
        iri: statements(engine, [iri, *(row["concept"].value for row in engine.select(first, scheme=iri).rows)])
        for iri in schemes
    }


def scheme(engine: Engine, iri: str, said: Statements, name: _Name) -> Scheme:
    """Return what the page shows of a scheme.

    :param said: of it and of its first concepts.
    :param name: gives an IRI its label.
    """
    count = "SELECT ?scheme (COUNT(DISTINCT ?concept) AS ?n) { ?concept skos:inScheme ?scheme } GROUP BY ?scheme"
    rows = engine.select(count, scheme=iri).rows
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
    number = int(rows[0]["n"].value) if rows else 0
    return Scheme(name(iri), f"scheme-{iri.rpartition('/')[2]}", definition, tuple(shown), number)


def in_language(said: Iterable[Statement], property_: str, language: str) -> Value | None:
    """Return the value of a property in a language, or any where there is none in it."""
    found = [value for each, value in said if each == property_]
    best = [value for value in found if value.language == language] or found
    return Value(best[0]) if best else None
