"""What the pages of a project, an organisation and a programme show: who does what, where, and which claims come of it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from graph.evidence import ClaimRow, claims_of
from graph.lookup import Fact, Lookup
from graph.store import Term
from graph.views import Named, iri_list

CLAIMS_SHOWN = 200
_ROLES = """SELECT DISTINCT ?project ?agent ?role {{ VALUES ?project {{ {projects} }} ?project prov:qualifiedAssociation ?association .
    ?association prov:agent ?agent ; prov:hadRole ?role }}"""
_OF_AGENT = """SELECT DISTINCT ?agent ?project ?role { ?association prov:agent ?agent ; prov:hadRole ?role .
    ?project prov:qualifiedAssociation ?association }"""
_CLAIMS = "SELECT DISTINCT ?project ?claim { ?claim a lev:Claim ; lev:project ?project }"
_DESCRIBED = "SELECT DISTINCT ?project ?page { ?page lev:describes ?project }"
_MENTIONS = """SELECT DISTINCT ?thing ?way ?claim { VALUES ?way { lev:origin lev:partner lev:continuesIn } ?claim ?way ?thing ;
    a lev:Claim }"""
_FUNDED = "SELECT (COUNT(DISTINCT ?page) AS ?pages) ?thing { ?page lev:funder ?thing } GROUP BY ?thing"
_REGIONS = "SELECT DISTINCT ?thing ?region { ?region lev:organiser ?thing }"
_OF_PROGRAMME = "SELECT DISTINCT ?programme ?project { ?project lev:programme ?programme }"


@dataclass(frozen=True)
class ProjectRow:
    """Hold one project of a list.

    :param years: first and last, as far as they are known.
    """

    named: Named
    regions: tuple[Named, ...]
    programmes: tuple[Named, ...]
    years: tuple[str, str]


@dataclass(frozen=True)
class Actor:
    """Hold an organisation with a role in projects."""

    named: Named
    role: Named
    projects: tuple[Named, ...]


@dataclass(frozen=True)
class Mention:
    """Hold claims that name a thing as origin, partner, or as what goes on with the work.

    :param key: origin, partner or continuesIn.
    """

    key: str
    claims: tuple[ClaimRow, ...]


@dataclass(frozen=True)
class ProjectView:
    """Hold what the page of a project, an organisation or a programme shows.

    :param count: of the claims, of which the newest are shown.
    :param funded: pages that name it as funder.
    """

    facts: tuple[Fact, ...]
    actors: tuple[Actor, ...]
    projects: tuple[ProjectRow, ...]
    goals: tuple[Named, ...]
    pages: tuple[Named, ...]
    claims: tuple[ClaimRow, ...]
    count: int
    mentions: tuple[Mention, ...]
    funded: int = 0


def project(lookup: Lookup, iri: str) -> ProjectView:
    """Return what the page of a project shows."""
    lookup.load([iri])
    claims = sorted(row["claim"].value for row in lookup.rows(_CLAIMS, project=iri))
    return ProjectView(
        facts=lookup.facts(
            iri, names="skos:prefLabel", other_names="skos:altLabel", programme="lev:programme", region="lev:region",
            municipalities="lev:municipality", began="lev:startDate lev:startYear", ended="lev:endDate lev:endYear",
            part_of="dct:isPartOf", parts="dct:hasPart",
        ),
        actors=actors_of(lookup, [iri]),
        projects=(),
        goals=lookup.sorted(term.value for term in lookup.values(iri, "lev:projectGoal")),
        pages=lookup.sorted(row["page"].value for row in lookup.rows(_DESCRIBED, project=iri)),
        claims=claims_of(lookup, claims[:CLAIMS_SHOWN]),
        count=len(claims),
        mentions=_mentions(lookup, iri),
    )  # fmt: skip


def organisation(lookup: Lookup, iri: str) -> ProjectView:
    """Return what the page of an organisation shows."""
    lookup.load([iri])
    roles = [(row["role"].value, row["project"].value) for row in lookup.rows(_OF_AGENT, agent=iri)]
    actors = [
        Actor(lookup.name(iri), role, lookup.sorted(project for each, project in roles if each == role.iri))
        for role in lookup.sorted(role for role, _ in roles)
    ]
    organises = lookup.sorted(row["region"].value for row in lookup.rows(_REGIONS, thing=iri))
    funded = [int(row["pages"].value) for row in lookup.rows(_FUNDED, thing=iri) if "thing" in row]
    facts = lookup.facts(
        iri, kind="lev:organisationKind", names="skos:prefLabel", other_names="skos:altLabel", business_id="dct:identifier",
        within="lev:within",
    )  # fmt: skip
    return ProjectView(
        facts=(*facts, *([Fact("organises", organises)] if organises else [])),
        actors=tuple(actors), projects=(), goals=(), pages=(), claims=(), count=0,
        mentions=_mentions(lookup, iri), funded=sum(funded),
    )  # fmt: skip


def programme(lookup: Lookup, iri: str) -> ProjectView:
    """Return what the page of a programme shows."""
    lookup.load([iri])
    projects = [row["project"].value for row in lookup.rows(_OF_PROGRAMME, programme=iri)]
    return ProjectView(
        facts=lookup.facts(iri, names="skos:prefLabel", other_names="skos:altLabel"),
        actors=(), projects=projects_of(lookup, projects), goals=(), pages=(), claims=(), count=0,
        mentions=_mentions(lookup, iri),
    )  # fmt: skip


def projects_of(lookup: Lookup, projects: Iterable[str]) -> tuple[ProjectRow, ...]:
    """Return projects as a list shows them, in the order of their names."""
    wanted = list(dict.fromkeys(projects))
    lookup.load(wanted)
    return tuple(_project(lookup, named) for named in lookup.sorted(wanted))


def actors_of(lookup: Lookup, projects: Iterable[str]) -> tuple[Actor, ...]:
    """Return who has which role in projects."""
    within = iri_list(projects)
    found: dict[tuple[str, str], list[str]] = {}
    for row in lookup.rows(_ROLES.format(projects=within)) if within else ():
        found.setdefault((row["agent"].value, row["role"].value), []).append(row["project"].value)
    rows = [
        Actor(lookup.name(agent), lookup.name(role), lookup.sorted(those)) for (agent, role), those in found.items()
    ]
    return tuple(sorted(rows, key=lambda row: (row.named.label.casefold(), row.role.label.casefold())))


def _project(lookup: Lookup, named: Named) -> ProjectRow:
    def year(*properties: str) -> str:
        return next((first[:4] for each in properties if (first := lookup.first(named.iri, each))), "")

    return ProjectRow(
        named,
        lookup.sorted(term.value for term in lookup.values(named.iri, "lev:region")),
        lookup.sorted(term.value for term in lookup.values(named.iri, "lev:programme")),
        (year("lev:startDate", "lev:startYear"), year("lev:endDate", "lev:endYear")),
    )


def _mentions(lookup: Lookup, iri: str) -> tuple[Mention, ...]:
    found: dict[str, list[str]] = {}
    for row in sorted(lookup.rows(_MENTIONS, thing=iri), key=_claim):
        found.setdefault(row["way"].value.rpartition("#")[2], []).append(row["claim"].value)
    return tuple(Mention(way, claims_of(lookup, claims[:CLAIMS_SHOWN])) for way, claims in sorted(found.items()))


def _claim(row: dict[str, Term]) -> str:
    return row["claim"].value
