"""What pages share, as plain values: the statuses in order, and the labels of things."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from graph.names import Names
from graph.once import once
from graph.store import Engine

LANGUAGES = ("fi", "sv", "en")
# From intention to sustained use, then the two that are no step on that way.
_STEPS = ("planned", "prepared", "piloted", "in-introduction", "adopted", "scaled", "established")
STATUSES = (*_STEPS, "discontinued", "not-started")
FURTHEST_FIRST = (*reversed(_STEPS), *STATUSES[len(_STEPS) :])
SPREAD = frozenset({"adopted", "scaled", "established"})
REACH = SPREAD | {"piloted", "in-introduction"}
LABELS_KEPT = 10_000  # things whose labels are kept: those of models and regions are on most pages
LONGEST_KEPT = 400  # characters of their IRIs: the rows of a client's query may name anything
Labels = Mapping[str, str]
_NONE: Labels = {}


@dataclass(frozen=True)
class Named:
    """Hold a thing with its label.

    :param language: the label's language, empty where the label is only the end of the IRI.
    """

    iri: str
    label: str
    language: str = ""


def labels(engine: Engine, iris: Iterable[str], language: str) -> dict[str, Named]:
    """Return a label for each IRI: in the language asked for, in Finnish, English, Swedish, any, or the IRI's end.

    :param iris: IRIs out of the store; other strings get themselves as label.
    """
    wanted = dict.fromkeys(iris)
    known = all_labels(engine, wanted)
    return {iri: named_in(engine.names, iri, known.get(iri, _NONE), language) for iri in wanted}


def all_labels(engine: Engine, iris: Iterable[str]) -> dict[str, Labels]:
    """Return language -> label for each IRI; those without a label have none, or are left out.

    :param iris: IRIs out of the store; other strings have none.
    """
    wanted, kept = tuple(iris), _labels_kept(engine)
    known = {iri: found for iri in wanted if (found := kept.get(iri)) is not None}
    values = iri_list(iri for iri in wanted if iri not in known)
    if not values:
        return known
    query = f"SELECT ?thing ?label {{ VALUES ?thing {{ {values} }} ?thing skos:prefLabel|rdfs:label ?label }}"
    read: dict[str, dict[str, str]] = {}
    for row in engine.select(query).rows:
        read.setdefault(row["thing"].value, {}).setdefault(row["label"].language, row["label"].value)
    for iri in wanted:  # what has none is not asked again
        if iri not in known and len(iri) <= LONGEST_KEPT:
            read.setdefault(iri, {})
    if len(kept) + len(read) > LABELS_KEPT:
        kept.clear()
    if len(read) <= LABELS_KEPT:
        kept.update(read)
    return known | read


@once
def _labels_kept(_engine: Engine) -> dict[str, Labels]:
    return {}


def iri_list(iris: Iterable[str]) -> str:
    """Return IRIs as a VALUES block takes them.

    These come from the store, which holds only IRIs that parse: nothing of a client is put in a query.
    """
    return " ".join(f"<{iri}>" for iri in iris if "://" in iri and not set(iri) & set(' <>"{}|^`\\\n\t'))


def named_in(names: Names, iri: str, known: Mapping[str, str], language: str) -> Named:
    """Return an IRI with the label that a page in a language shows.

    :param known: language -> label.
    """
    for each in (language, "fi", "en", "sv", *sorted(known)):
        if each in known:
            return Named(iri, known[each], each)
    return Named(iri, short(names, iri))


def short(names: Names, iri: str) -> str:
    """Return the end of one of our own IRIs, or an IRI of others with its prefix."""
    local = names.local(iri)
    if local:
        return local
    spaces = sorted(names.prefixes().items(), key=lambda pair: len(pair[1]))
    prefix, space = next((pair for pair in reversed(spaces) if iri.startswith(pair[1])), ("", ""))
    return f"{prefix}:{iri[len(space) :]}" if space else iri
