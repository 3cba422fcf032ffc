"""The spread as networks: which region has which model, and what two models or two regions have in common.

Two models share a region, and two regions a model, where the model's current status in the region counts in its reach (piloted at least).
A pair that shares nothing has no edge. Nodes are those of which something is reported: the rest is unknown.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import combinations, groupby, islice, pairwise
from operator import attrgetter

from graph.exports.base import Source
from graph.exports.table import Cell, rows, tables
from graph.names import last_part

NAMES = ("region-model", "model-model", "region-region")
# Edges of a network of pairs beyond which the weakest are left out: as many as a program on a desk still draws.
MOST_EDGES = 20_000
Value = str | int | float
_Record = dict[str, Cell]


@dataclass(frozen=True)
class Node:
    """Describe a region or a model.

    :param id: `model/tiimimalli`.
    :param label: its Finnish name.
    :param start: the first day that anything is reported of it.
    """

    id: str
    label: str
    start: str
    more: dict[str, Value]


@dataclass(frozen=True)
class Edge:
    """Describe an adoption, or what two nodes have in common.

    :param start: the first day on which both its ends are reported.
    :param statuses: (notation, first day, last day or nothing) in order, where it is an adoption.
    """

    id: str
    source: str
    target: str
    weight: int
    start: str
    more: dict[str, Value]
    statuses: tuple[tuple[str, str, str], ...] = ()


@dataclass(frozen=True)
class Network:
    """Hold nodes and edges.

    :param minimum: the smallest weight that an edge has.
    :param left_out: weaker edges are left out, since there are more than `MOST_EDGES`.
    """

    name: str
    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]
    minimum: int = 1
    left_out: bool = False


@dataclass(frozen=True)
class _Adoption:
    slug: str
    iri: str
    region: str
    model: str
    status: str
    first: str
    last: str
    days: list[tuple[str, str]] = field(default_factory=list)


@dataclass(frozen=True)
class Known:
    """Hold what networks are made of.

    :param records: rows of the tables of regions, models and statuses by their keys.
    """

    records: dict[str, dict[str, _Record]]
    adoptions: list[_Adoption]


def load(source: Source) -> Known:
    """Return what all networks are made of."""
    return Known({each: _records(source, each) for each in ("regions", "models", "statuses")}, _adoptions(source))


def network(known: Known, name: str) -> Network:
    """Return a network.

    :param name: one of `NAMES`.
    """
    if name == "region-model":
        edges = tuple(_adopted(each, known.records["statuses"]) for each in known.adoptions)
        return Network(name, tuple(_nodes(known.records, known.adoptions)), edges)
    ends = ("model", "region") if name == "model-model" else ("region", "model")
    return _in_common(name, known, ends)


# ---- what the graph says ----


def _records(source: Source, name: str) -> dict[str, _Record]:
    table = next(each for each in tables(source) if each.name == name)
    names = [column.name for column in table.columns]
    return {str(row[0]): dict(zip(names, row, strict=True)) for row in rows(source, table)}


def _adoptions(source: Source) -> list[_Adoption]:
    query = """SELECT ?adoption ?region ?model ?status ?first ?last ?day ?then ?claim { ?adoption a lev:Adoption ;
        lev:region ?region ; lev:model ?model ; lev:currentStatus ?status ; lev:firstReported ?first ;
        lev:lastReported ?last ; lev:claim ?claim . ?claim lev:asOf ?day ; lev:status ?then }"""
    found: dict[str, _Adoption] = {}
    for row in source.select(query):
        iri = row["adoption"].value
        region, model, status, then = (last_part(row[each].value) for each in ("region", "model", "status", "then"))
        if iri not in found:
            first, last = row["first"].value, row["last"].value
            found[iri] = _Adoption(last_part(iri), iri, region, model, status, first, last)
        found[iri].days.append((row["day"].value, then))
    return sorted(found.values(), key=attrgetter("slug"))


def _nodes(records: Mapping[str, Mapping[str, _Record]], adoptions: Iterable[_Adoption]) -> Iterator[Node]:
    """Yield the regions and models of adoptions."""
    for kind in ("region", "model"):
        by_slug = attrgetter(kind)
        for slug, of in groupby(sorted(adoptions, key=by_slug), key=by_slug):
            record = records[f"{kind}s"][slug]
            start = min(each.first for each in of)
            known: dict[str, Cell] = {"kind": kind, "slug": slug, **record, "first_reported": start}
            names = "kind slug iri label_fi label_sv label_en code model_kind spread reach models_in_use models_in_reach first_reported"
            more = {each: _value(each, str(known[each])) for each in names.split() if known.get(each)}
            yield Node(f"{kind}/{slug}", str(record["label_fi"]), start, more)


def _value(name: str, text: str) -> Value:
    return int(text) if name in {"spread", "reach", "models_in_use", "models_in_reach"} else text


# ---- adoptions ----


def _adopted(adoption: _Adoption, statuses: Mapping[str, _Record]) -> Edge:
    labels = {
        f"status_{language}": str(statuses[adoption.status][f"label_{language}"]) for language in ("fi", "sv", "en")
    }
    more: dict[str, Value] = {
        "iri": adoption.iri,
        "status": adoption.status,
        **labels,
        "first_reported": adoption.first,
        "last_reported": adoption.last,
        "first_year": int(adoption.first[:4]),
        "claims": len(adoption.days),
    }
    ends = f"region/{adoption.region}", f"model/{adoption.model}"
    spells = tuple(_spells(adoption.days, statuses))
    return Edge(f"adoption/{adoption.slug}", *ends, len(adoption.days), adoption.first, more, spells)


def _spells(days: Iterable[tuple[str, str]], statuses: Mapping[str, _Record]) -> Iterator[tuple[str, str, str]]:
    """Yield each status with the days that it holds: from its report to the day before the next one.

    Of claims of the same day the strongest counts, as in mappings/rules/current-status.rq.
    """
    ordered = sorted(
        days, key=lambda each: (each[0], int(str(statuses[each[1]]["strength"])), each[1] != "not-started")
    )
    strongest = [list(same)[-1] for _, same in groupby(ordered, key=lambda each: each[0])]
    changes = [next(same) for _, same in groupby(strongest, key=lambda each: each[1])]
    for (start, status), (following, _) in pairwise(changes):
        yield status, start, (date.fromisoformat(following) - timedelta(days=1)).isoformat()
    start, status = changes[-1]
    yield status, start, ""


# ---- pairs ----


def _in_common(name: str, known: Known, ends: tuple[str, str]) -> Network:
    """Return the network of pairs of one kind, by what they have of the other.

    :param ends: the kind of the nodes, and of what they share.
    """
    (kind, other), statuses = ends, known.records["statuses"]
    counted = [each for each in known.adoptions if statuses[each.status]["in_reach"] == "true"]
    bits = {slug: 1 << place for place, slug in enumerate(sorted({getattr(each, other) for each in counted}))}
    reach, spread, first = dict[str, int](), dict[str, int](), dict[tuple[str, int], str]()
    for each in counted:
        slug, bit = getattr(each, kind), bits[getattr(each, other)]
        reach[slug], first[slug, bit] = reach.get(slug, 0) | bit, each.first
        if statuses[each.status]["in_spread"] == "true":
            spread[slug] = spread.get(slug, 0) | bit
    sets = dict(sorted(reach.items()))
    minimum = _minimum(sets)
    pairs = heapq.nsmallest(MOST_EDGES, _pairs(sets, minimum), key=lambda pair: _order(sets, *pair))
    edges = []
    for one, two in sorted(pairs):
        shared, either = sets[one] & sets[two], sets[one] | sets[two]
        start = min(max(first[one, bit], first[two, bit]) for bit in bits.values() if bit & shared)
        more: dict[str, Value] = {
            "shared_reach": shared.bit_count(),
            "shared_spread": (spread.get(one, 0) & spread.get(two, 0)).bit_count(),
            "jaccard": round(shared.bit_count() / either.bit_count(), 4),
            "first_reported": start,
            "first_year": int(start[:4]),
        }
        edges.append(Edge(f"{one}--{two}", f"{kind}/{one}", f"{kind}/{two}", shared.bit_count(), start, more))
    nodes = tuple(node for node in _nodes(known.records, counted) if node.id.startswith(f"{kind}/"))
    left_out = sum(1 for _ in islice(_pairs(sets, 1), MOST_EDGES + 1)) > MOST_EDGES
    return Network(name, nodes, tuple(edges), minimum, left_out)


def _pairs(sets: Mapping[str, int], minimum: int) -> Iterator[tuple[str, str]]:
    """Yield the pairs of sets, each the bits of a number, that have so many in common."""
    wide = [(slug, bits) for slug, bits in sets.items() if bits.bit_count() >= minimum]
    return ((one, two) for (one, a), (two, b) in combinations(wide, 2) if (a & b).bit_count() >= minimum)


def _minimum(sets: Mapping[str, int]) -> int:
    """Return the smallest weight of which, and above, there are no more than `MOST_EDGES` pairs.

    Where too many have the greatest weight that there is, return that: only some of them can be kept.
    """
    any_above = False
    for weight in range(max((bits.bit_count() for bits in sets.values()), default=1), 0, -1):
        # Counting ends where there are too many, long before all pairs have been looked at.
        count = sum(1 for _ in islice(_pairs(sets, weight), MOST_EDGES + 1))
        if count > MOST_EDGES:
            return weight + 1 if any_above else weight
        any_above = any_above or count > 0
    return 1


def _order(sets: Mapping[str, int], one: str, two: str) -> tuple[int, float, str, str]:
    shared = (sets[one] & sets[two]).bit_count()
    return -shared, -shared / (sets[one] | sets[two]).bit_count(), one, two
