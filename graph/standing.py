"""Which model stands where, for all regions at once: who resembles whom, and what others have that one has no claim on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from graph.adoptions import Adoption, adoptions
from graph.lookup import Lookup
from graph.once import once
from graph.store import Engine
from graph.views import REACH, Named

Standing = dict[str, dict[str, str]]


@dataclass(frozen=True)
class Alike:
    """Hold something that resembles another.

    :param shared: how much they have in common.
    :param percent: of all that either has.
    """

    named: Named
    shared: int
    percent: int


@dataclass(frozen=True)
class Elsewhere:
    """Hold a model that others have."""

    model: Named
    regions: tuple[Named, ...]


@once
def standing(engine: Engine, of: str) -> Standing:
    """Return one thing -> the other -> notation of the current status.

    :param of: `region` gives region -> model, `model` turns it around.
    """
    known = adoptions(engine)
    sides: Mapping[str, Mapping[str, Adoption]] = known.of_model if of == "model" else known.of_region
    return {iri: {other: each.status for other, each in found.items()} for iri, found in sides.items()}


def in_reach(known: Mapping[str, str]) -> set[str]:
    """Return what is at least piloted."""
    return {iri for iri, status in known.items() if status in REACH}


def alike(lookup: Lookup, all_of: Standing, iri: str, most: int, *, least: int = 1) -> tuple[Alike, ...]:
    """Return what resembles something, by the share that is piloted at least in both (the Jaccard index).

    :param most: how many.
    :param least: what it must have in common.
    """
    mine, found = in_reach(all_of.get(iri, {})), []
    for other, known in all_of.items():
        theirs = in_reach(known)
        shared = len(mine & theirs)
        if shared >= least and other != iri:
            found.append((-shared / len(mine | theirs), -shared, other))
    return tuple(
        Alike(lookup.name(other), -shared, round(-100 * share)) for share, shared, other in sorted(found)[:most]
    )


def unknown_here(
    lookup: Lookup, all_of: Standing, iri: str, others: tuple[Alike, ...], most: int
) -> tuple[Elsewhere, ...]:
    """Return models that regions like one have in use or try, and of which nothing is known in that one.

    :param others: those regions.
    :param most: how many models.
    """
    known, found = all_of.get(iri, {}), dict[str, list[Named]]()
    for other in others:
        for model in in_reach(all_of[other.named.iri]) - known.keys():
            found.setdefault(model, []).append(other.named)
    first = sorted(found, key=lambda model: (-len(found[model]), model))[:most]
    rows = [Elsewhere(lookup.name(model), tuple(found[model])) for model in first]
    return tuple(sorted(rows, key=lambda row: (-len(row.regions), row.model.label.casefold())))
