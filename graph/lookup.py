"""Read for one page: rows and statements of the engine, and then, at once, a label for each thing that they name."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from graph.description import Statements, statements
from graph.store import Engine, Term
from graph.views import Named, labels

XSD = "http://www.w3.org/2001/XMLSchema#"
Shown = Named | Term


@dataclass(frozen=True)
class Fact:
    """Hold one line of facts.

    :param key: of its name among the texts, behind `things_`.
    """

    key: str
    shown: tuple[Shown, ...]


class Lookup:
    """Read what one page needs.

    :param language: preferred language of the labels.
    """

    def __init__(self, engine: Engine, language: str) -> None:
        self.engine, self.language = engine, language
        self._said: Statements = {}
        self._wanted: dict[str, None] = {}
        self._named: dict[str, Named] = {}
        self._prefixes = engine.names.prefixes()

    def rows(self, query: str, **bindings: str | Term) -> tuple[dict[str, Term], ...]:
        """Return the rows of a SELECT; whatever they name gets its label with the others.

        :param bindings: values for variables that the query projects.
        """
        found = self.engine.select(query, **bindings).rows
        self._wanted.update((term.value, None) for row in found for term in row.values() if term.kind == "iri")
        return found

    def load(self, iris: Iterable[str]) -> None:
        """Read all that is said of things."""
        found = statements(self.engine, dict.fromkeys(iris))
        self._said |= found
        self._wanted.update((term.value, None) for said in found.values() for _, term in said if term.kind == "iri")
        self._wanted.update(dict.fromkeys(found))

    def values(self, iri: str, prefixed: str) -> list[Term]:
        """Return the values of a property of a thing that was loaded.

        :param prefixed: the property, such as `lev:model`.
        """
        prefix, _, local = prefixed.partition(":")
        wanted = f"{self._prefixes[prefix]}{local}"
        return [value for each, value in self._said.get(iri, ()) if each == wanted]

    def first(self, iri: str, prefixed: str) -> str:
        """Return the first value of a property; empty where there is none."""
        return next((each.value for each in self.values(iri, prefixed)), "")

    def name(self, iri: str) -> Named:
        """Return a thing with its label."""
        if iri not in self._named:
            self._wanted[iri] = None
            missing = [each for each in self._wanted if each not in self._named]
            self._named |= labels(self.engine, missing, self.language)
        return self._named[iri]

    def named(self, iri: str, prefixed: str) -> Named | None:
        """Return the first value of a property as a thing; None where there is none."""
        value = self.first(iri, prefixed)
        return self.name(value) if value else None

    def shown(self, iri: str, *prefixed: str) -> tuple[Shown, ...]:
        """Return the values of properties, things with their labels; those with a language in the page's first."""
        found = [value for each in prefixed for value in self.values(iri, each)]
        found.sort(key=lambda term: (term.language not in {"", self.language}, term.language))
        return tuple(self.name(each.value) if each.kind == "iri" else each for each in found)

    def sorted(self, iris: Iterable[str]) -> tuple[Named, ...]:
        """Return things, each once, in the order of their labels."""
        return tuple(sorted(map(self.name, dict.fromkeys(iris)), key=lambda each: each.label.casefold()))

    def facts(self, iri: str, **properties: str) -> tuple[Fact, ...]:
        """Return lines of facts of a thing; what it has nothing of is left out.

        :param properties: key of the line -> properties, such as `lev:startDate lev:startYear`.
        """
        found = (Fact(key, self.shown(iri, *each.split())) for key, each in properties.items())
        return tuple(each for each in found if each.shown)


def number(value: int) -> Term:
    """Return a number as a fact shows it."""
    return Term("literal", str(value), datatype=f"{XSD}integer")
