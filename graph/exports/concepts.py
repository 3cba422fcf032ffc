"""The concept schemes of a snapshot, each concept with its labels and notes by language: what the vocabulary exports share."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

import pyoxigraph as ox

from graph.exports.base import Source
from graph.names import last_part
from graph.terms import Term

SKOS = "http://www.w3.org/2004/02/skos/core#"
MATCHES = ("exactMatch", "closeMatch", "broadMatch", "narrowMatch", "relatedMatch")
_USUAL = "fi sv en"
_LAST = 1_000_000  # a concept without a rank, or of rank 0, stands behind the others

Text = dict[str, str]
Texts = dict[str, tuple[str, ...]]
Facts = dict[str, list[Term]]


@dataclass(frozen=True)
class Concept:
    """Hold a concept.

    :param notation: its code; the end of its IRI where it has none.
    :param preferred: language -> label; in none of the other labels of that language.
    :param other: language -> further labels.
    :param slips: language -> labels that are mistakes, good for searching only.
    :param note: language -> when to use it, where the definition does not say.
    :param broader: IRI of a broader concept of the scheme; empty at the top. There are no cycles.
    :param kind: IRI of the concept that says what kind it is; empty where none does.
    :param matches: (name of a SKOS mapping property, IRI elsewhere).
    """

    iri: str
    notation: str
    preferred: Text
    other: Texts
    slips: Texts
    definition: Text
    note: Text
    kind: str
    matches: tuple[tuple[str, str], ...]
    rank: int
    broader: str = ""


@dataclass(frozen=True)
class Scheme:
    """Hold a concept scheme.

    :param slug: the end of its IRI, such as `status`.
    :param concepts: in the order of their rank where they have one, then of their notation.
    """

    iri: str
    slug: str
    title: Text
    definition: Text
    note: Text
    concepts: tuple[Concept, ...]

    @property
    def languages(self) -> tuple[str, ...]:
        """Return the languages of its labels: Finnish, Swedish and English first."""
        found = {language for each in self.concepts for language in (*each.preferred, *each.other)} | {*self.title}
        return tuple(sorted(found, key=lambda one: (one not in _USUAL, _USUAL.find(one), one)))


def schemes(source: Source) -> tuple[Scheme, ...]:
    """Return the concept schemes of a snapshot that have concepts, by their IRIs."""
    return source.once(_schemes)


def _schemes(source: Source) -> tuple[Scheme, ...]:
    found = _facts(source.select("SELECT ?s ?p ?o { ?s a skos:ConceptScheme ; ?p ?o }"))
    made = (_scheme(source, iri, facts) for iri, facts in sorted(found.items()))
    return tuple(scheme for scheme in made if scheme.concepts)


def _scheme(source: Source, iri: str, facts: Facts) -> Scheme:
    members = _facts(source.select("SELECT ?scheme ?s ?p ?o { ?s skos:inScheme ?scheme ; ?p ?o }", scheme=iri))
    ontology = source.names.ontology
    concepts = [_concept(each, known, ontology) for each, known in sorted(members.items())]
    parents = {
        each: [term.value for term in (*known.get(f"{ontology}family", ()), *known.get(f"{SKOS}broader", ()))]
        for each, known in sorted(members.items())
    }
    return Scheme(
        iri,
        last_part(iri),
        _first(facts, "prefLabel"),
        _first(facts, "definition"),
        _first(facts, "scopeNote"),
        tuple(sorted(hierarchy(concepts, parents), key=lambda each: (each.rank, each.notation))),
    )


def _facts(rows: Iterable[dict[str, Term]]) -> dict[str, Facts]:
    found: dict[str, Facts] = {}
    for row in rows:
        found.setdefault(row["s"].value, {}).setdefault(row["p"].value, []).append(row["o"])
    return found


def _concept(iri: str, facts: Facts, ontology: str) -> Concept:
    preferred, named = _first(facts, "prefLabel"), _texts(facts, "prefLabel", "altLabel")
    other = {language: _without(values, preferred.get(language, "")) for language, values in named.items()}
    slips = {
        language: _without(values, preferred.get(language, ""), *other.get(language, ()))
        for language, values in _texts(facts, "hiddenLabel").items()
    }
    ranks = [int(term.value) for term in facts.get(f"{ontology}strength", ())]
    kinds = sorted(term.value for term in facts.get(f"{ontology}modelKind", ()))
    return Concept(
        iri,
        _plain(facts, "notation") or last_part(iri),
        preferred,
        {language: values for language, values in other.items() if values},
        {language: values for language, values in slips.items() if values},
        _first(facts, "definition"),
        _first(facts, "scopeNote"),
        "".join(kinds[:1]),
        tuple((name, iri) for name in MATCHES for iri in sorted(each.value for each in facts.get(SKOS + name, ()))),
        max(ranks, default=0) or _LAST,
    )


def hierarchy(concepts: Iterable[Concept], parents: dict[str, list[str]]) -> list[Concept]:
    """Return concepts with the broader one of each, so that no way upwards comes back to where it began.

    :param parents: IRI -> IRIs of broader concepts; of several the first counts, and one outside the scheme does not.
    """
    held = list(concepts)
    known = {each.iri for each in held}
    accepted: dict[str, str] = {}
    for each in held:
        fitting = sorted(iri for iri in parents.get(each.iri, ()) if iri in known)
        if fitting and each.iri not in _upwards(fitting[0], accepted):
            accepted[each.iri] = fitting[0]
    return [replace(each, broader=accepted.get(each.iri, "")) for each in held]


def _upwards(iri: str, accepted: dict[str, str]) -> list[str]:
    way = [iri]
    while way[-1] in accepted:
        way.append(accepted[way[-1]])
    return way


def _texts(facts: Facts, *names: str) -> Texts:
    """Return the texts of properties by language, without space around or doubled in them."""
    found: dict[str, set[str]] = {}
    for name in names:
        for term in facts.get(SKOS + name, ()):
            if isinstance(term, ox.Literal) and term.value.strip():
                found.setdefault(term.language or "", set()).add(" ".join(term.value.split()))
    return {language: tuple(sorted(values)) for language, values in sorted(found.items())}


def _first(facts: Facts, name: str) -> Text:
    return {language: values[0] for language, values in _texts(facts, name).items()}


def _plain(facts: Facts, name: str) -> str:
    return min((term.value for term in facts.get(SKOS + name, ())), default="")


def _without(values: tuple[str, ...], *taken: str) -> tuple[str, ...]:
    return tuple(value for value in values if value not in taken)
