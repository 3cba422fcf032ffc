"""What the page of a practice model shows: its spread with the evidence, where it came from, where it went on, what it is related to."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from graph.evidence import ClaimRow, Measured, claims_of, measures_of
from graph.lookup import Fact, Lookup, number
from graph.names import last_part
from graph.standing import Alike, alike, standing
from graph.store import Term
from graph.views import FURTHEST_FIRST, SPREAD, STATUSES, Named

CLAIMS_SHOWN = 5  # of one area, the newest; its adoption has them all
RELATED = 8
MEASURES = 100
_ADOPTIONS = """SELECT DISTINCT ?model ?adoption ?region ?status ?first ?last { ?adoption a lev:Adoption ; lev:model ?model ;
    lev:region ?region ; lev:currentStatus ?status ; lev:firstReported ?first . OPTIONAL { ?adoption lev:lastReported ?last } }"""
_CLAIMS = """SELECT DISTINCT ?model ?adoption ?claim ?day { ?adoption a lev:Adoption ; lev:model ?model ; lev:claim ?claim .
    OPTIONAL { ?claim lev:asOf ?day } }"""
_GOALS = """SELECT ?model ?goal (COUNT(DISTINCT ?region) AS ?regions) { ?claim lev:model ?model ; lev:goal ?goal ;
    lev:region ?region } GROUP BY ?model ?goal"""
_ROUTE = """SELECT DISTINCT ?model ?way ?end ?region { VALUES ?way { lev:origin lev:continuesIn lev:partner }
    ?claim lev:model ?model ; ?way ?end ; lev:region ?region }"""
_MEASURES = "SELECT DISTINCT ?model ?measure ?claim { ?claim lev:model ?model ; lev:measure ?measure }"
_PAGES = """SELECT DISTINCT ?model ?page ?address ?created { ?page lev:model ?model ; a lev:ModelPage .
    OPTIONAL { ?page lev:address ?address } OPTIONAL { ?page dct:created ?created } }"""
_FAMILY = "SELECT DISTINCT ?family ?member { ?member lev:family ?family }"
MATCHES = ("exactMatch", "closeMatch", "broadMatch", "narrowMatch", "relatedMatch")


@dataclass(frozen=True)
class Area:
    """Hold where the model stands in one region.

    :param claims: the newest that say so.
    :param count: of all of them.
    """

    region: Named
    adoption: Named
    status: Named
    notation: str
    first: str
    last: str
    claims: tuple[ClaimRow, ...]
    count: int


@dataclass(frozen=True)
class Stop:
    """Hold something that the model came from, was run together with, or went on in.

    :param regions: whose claims say so.
    """

    named: Named
    regions: tuple[Named, ...]


@dataclass(frozen=True)
class Description:
    """Hold a page that describes the model.

    :param address: empty where it is not known.
    """

    named: Named
    address: str
    created: str


@dataclass(frozen=True)
class ModelView:
    """Hold what the page shows.

    :param in_use: regions in which it is adopted, scaled or established.
    :param statuses: notation -> regions.
    :param goals: programme goal -> regions.
    :param matches: kinship with a concept of others -> these concepts.
    """

    facts: tuple[Fact, ...]
    in_use: int
    areas: tuple[Area, ...]
    statuses: tuple[tuple[str, int], ...]
    goals: tuple[tuple[Named, int], ...]
    origins: tuple[Stop, ...]
    partners: tuple[Stop, ...]
    follow_ons: tuple[Stop, ...]
    measures: tuple[Measured, ...]
    descriptions: tuple[Description, ...]
    family: tuple[Named, ...]
    related: tuple[Alike, ...]
    matches: tuple[tuple[Named, tuple[Named, ...]], ...]


def load(lookup: Lookup, iri: str) -> ModelView:
    """Return what the page of a model shows."""
    lookup.load([iri])
    areas = _areas(lookup, iri)
    goals = [(row["goal"].value, int(row["regions"].value)) for row in lookup.rows(_GOALS, model=iri)]
    ways = _ways(lookup, iri)
    counted = {name: sum(area.notation == name for area in areas) for name in STATUSES}
    return ModelView(
        facts=(*_facts(lookup, iri), *_numbers(areas)),
        in_use=sum(area.notation in SPREAD for area in areas),
        areas=areas,
        statuses=tuple((name, count) for name, count in counted.items() if count),
        goals=tuple(sorted(((lookup.name(goal), count) for goal, count in goals), key=lambda each: -each[1])),
        origins=ways["origin"],
        partners=ways["partner"],
        follow_ons=ways["continuesIn"],
        measures=_measures(lookup, iri),
        descriptions=_descriptions(lookup, iri),
        family=_family(lookup, iri),
        related=alike(lookup, standing(lookup.engine, "model"), iri, RELATED, least=2),
        matches=matches(lookup, iri),
    )


def matches(lookup: Lookup, iri: str) -> tuple[tuple[Named, tuple[Named, ...]], ...]:
    """Return what other vocabularies have for a thing that was loaded, by how well it fits."""
    space = lookup.engine.names.prefixes()["skos"]
    found = ((f"{space}{name}", lookup.values(iri, f"skos:{name}")) for name in MATCHES)
    return tuple((lookup.name(way), lookup.sorted(term.value for term in terms)) for way, terms in found if terms)


def _facts(lookup: Lookup, iri: str) -> tuple[Fact, ...]:
    return lookup.facts(
        iri, kind="lev:modelKind", names="skos:prefLabel", other_names="skos:altLabel", family="lev:family"
    )


def _numbers(areas: tuple[Area, ...]) -> Iterable[Fact]:
    if areas:
        first = min(area.first for area in areas)
        yield Fact("first_reported", (Term("literal", first, datatype="http://www.w3.org/2001/XMLSchema#date"),))
        yield Fact("claims", (number(sum(area.count for area in areas)),))


def _areas(lookup: Lookup, iri: str) -> tuple[Area, ...]:
    by_adoption = dict[str, list[tuple[str, str]]]()
    for row in lookup.engine.select(_CLAIMS, model=iri).rows:
        day = row["day"].value if "day" in row else ""
        by_adoption.setdefault(row["adoption"].value, []).append((day, row["claim"].value))
    newest = {each: sorted(claims, reverse=True)[:CLAIMS_SHOWN] for each, claims in by_adoption.items()}
    rows = lookup.rows(_ADOPTIONS, model=iri)
    shown = claims_of(lookup, [claim for each in newest.values() for _, claim in each])
    of = {claim: each for each, claims in newest.items() for _, claim in claims}
    found = []
    for row in rows:
        adoption, status = row["adoption"].value, row["status"].value
        claims = tuple(each for each in shown if of[each.named.iri] == adoption)
        first = row["first"].value
        last = row["last"].value if "last" in row else first
        found.append(
            Area(
                lookup.name(row["region"].value), lookup.name(adoption), lookup.name(status), last_part(status),
                first, last, claims, len(by_adoption.get(adoption, ())),
            )
        )  # fmt: skip
    # The furthest first; dropped and not begun last, where they can be seen.
    return tuple(sorted(found, key=lambda area: (_rank(area.notation), area.region.label.casefold())))


def _rank(status: str) -> int:
    """Return the place of a status in a list that begins with the furthest, dropped and not begun at the end."""
    return FURTHEST_FIRST.index(status) if status in FURTHEST_FIRST else len(FURTHEST_FIRST)


def _ways(lookup: Lookup, iri: str) -> dict[str, tuple[Stop, ...]]:
    found: dict[str, dict[str, list[str]]] = {"origin": {}, "partner": {}, "continuesIn": {}}
    for row in lookup.rows(_ROUTE, model=iri):
        way = row["way"].value.rpartition("#")[2]
        found[way].setdefault(row["end"].value, []).append(row["region"].value)
    return {
        way: tuple(Stop(named, lookup.sorted(ends[named.iri])) for named in lookup.sorted(ends))
        for way, ends in found.items()
    }


def _measures(lookup: Lookup, iri: str) -> tuple[Measured, ...]:
    rows = lookup.engine.select(_MEASURES, model=iri).rows
    pairs = sorted((row["measure"].value, row["claim"].value) for row in rows)
    return measures_of(lookup, pairs[:MEASURES])


def _descriptions(lookup: Lookup, iri: str) -> tuple[Description, ...]:
    found = [
        Description(
            lookup.name(row["page"].value),
            row["address"].value if "address" in row else "",
            row["created"].value if "created" in row else "",
        )
        for row in lookup.rows(_PAGES, model=iri)
    ]
    return tuple(sorted(found, key=lambda each: each.named.label.casefold()))


def _family(lookup: Lookup, iri: str) -> tuple[Named, ...]:
    """Return the members of the model's family: its own variants, and those of the family that it is of."""
    families = [iri, *(term.value for term in lookup.values(iri, "lev:family"))]
    members = [row["member"].value for family in families for row in lookup.rows(_FAMILY, family=family)]
    return lookup.sorted(each for each in members if each != iri)
