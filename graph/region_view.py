"""What the page of a region shows: its models by status and goal, what it dropped, whom it resembles, and how well it is known."""

from __future__ import annotations

from dataclasses import dataclass

from graph.adoptions import Adoption, adoptions
from graph.lookup import Fact, Lookup
from graph.model_view import matches
from graph.names import last_part
from graph.project_view import Actor, ProjectRow, actors_of, projects_of
from graph.standing import Alike, Elsewhere, Standing, alike, standing, unknown_here
from graph.views import FURTHEST_FIRST, Named, labels

ALIKE, UNKNOWN = 5, 30
_GOALS = "SELECT DISTINCT ?region ?goal ?model { ?claim lev:region ?region ; lev:goal ?goal ; lev:model ?model }"
_PROJECTS = "SELECT DISTINCT ?region ?project { ?project a lev:Project ; lev:region ?region }"
_OWN_GOALS = """SELECT DISTINCT ?region ?goal ?broader { ?project lev:region ?region ; lev:projectGoal ?goal .
    OPTIONAL { ?goal skos:broader ?broader } }"""
_ASSESSMENTS = """SELECT DISTINCT ?region ?page ?period ?content ?line { ?project lev:region ?region . ?page lev:describes ?project ;
    lev:selfAssessment ?assessment . ?assessment lev:period ?period ; lev:hasContent ?content .
    OPTIONAL { ?assessment lev:line ?line } }"""
_REVIEWED = """SELECT ?region ?state (COUNT(DISTINCT ?claim) AS ?claims) { ?claim lev:region ?region ;
    lev:reviewState ?state } GROUP BY ?region ?state"""
_PAGES = "SELECT DISTINCT ?region ?page { ?claim lev:region ?region ; lev:source ?page }"


@dataclass(frozen=True)
class ModelRow:
    """Hold one model of the region."""

    model: Named
    adoption: Adoption
    status: Named


@dataclass(frozen=True)
class Assessment:
    """Hold one self-assessment of a page.

    :param has_content: there is text under its heading.
    """

    page: Named
    period: Named
    has_content: bool
    line: str


@dataclass(frozen=True)
class Coverage:
    """Hold how well the region is known.

    :param reviews: state of review -> claims.
    """

    pages: tuple[Named, ...]
    claims: int
    reviews: tuple[tuple[Named, int], ...]


@dataclass(frozen=True)
class RegionView:
    """Hold what the page shows.

    :param groups: notation -> models, the furthest status first.
    :param goals: programme goal -> models that are reported under it.
    :param unknown: models that like regions have, and of which nothing is known here.
    """

    facts: tuple[Fact, ...]
    groups: tuple[tuple[str, tuple[ModelRow, ...]], ...]
    goals: tuple[tuple[Named, tuple[Named, ...]], ...]
    alike: tuple[Alike, ...]
    unknown: tuple[Elsewhere, ...]
    projects: tuple[ProjectRow, ...]
    actors: tuple[Actor, ...]
    own_goals: tuple[tuple[Named | None, tuple[Named, ...]], ...]
    assessments: tuple[Assessment, ...]
    coverage: Coverage
    matches: tuple[tuple[Named, tuple[Named, ...]], ...]

    @property
    def models(self) -> int:
        """Return how many models are reported."""
        return sum(len(rows) for _, rows in self.groups)


def load(lookup: Lookup, iri: str) -> RegionView:
    """Return what the page of a region shows."""
    lookup.load([iri])
    all_of: Standing = standing(lookup.engine, "region")
    similar = alike(lookup, all_of, iri, ALIKE)
    projects = [row["project"].value for row in lookup.rows(_PROJECTS, region=iri)]
    goals = [(row["goal"].value, row["model"].value) for row in lookup.rows(_GOALS, region=iri)]
    return RegionView(
        facts=lookup.facts(
            iri, names="skos:prefLabel", code="skos:notation", organiser="lev:organiser", within="lev:within"
        ),
        groups=_groups(lookup, iri),
        goals=tuple((goal, models) for goal, models in _by(lookup, goals) if goal),
        alike=similar,
        unknown=unknown_here(lookup, all_of, iri, similar, UNKNOWN),
        projects=projects_of(lookup, projects),
        actors=actors_of(lookup, projects),
        own_goals=_own_goals(lookup, iri),
        assessments=_assessments(lookup, iri),
        coverage=_coverage(lookup, iri),
        matches=matches(lookup, iri),
    )


def _groups(lookup: Lookup, iri: str) -> tuple[tuple[str, tuple[ModelRow, ...]], ...]:
    found = adoptions(lookup.engine).of_region.get(iri, {})
    statuses = {each: lookup.engine.names.thing("scheme", f"status/{each}") for each in FURTHEST_FIRST}
    named = labels(lookup.engine, [*found, *statuses.values()], lookup.language)
    rows = [
        ModelRow(named[model], each, named[statuses[each.status]])
        for model, each in found.items()
        if each.status in statuses
    ]
    rows.sort(key=lambda row: (row.model.label.casefold(), row.model.iri))
    # Dropped and not begun stand after the steps, in groups of their own.
    grouped = ((status, tuple(row for row in rows if row.adoption.status == status)) for status in FURTHEST_FIRST)
    return tuple((status, group) for status, group in grouped if group)


def _by(lookup: Lookup, pairs: list[tuple[str, str]]) -> list[tuple[Named | None, tuple[Named, ...]]]:
    """Return pairs by their first; an empty one stands last, as None."""
    grouped: dict[str, list[str]] = {}
    for first, second in pairs:
        grouped.setdefault(first, []).append(second)
    heads = [*lookup.sorted(each for each in grouped if each), *([None] if "" in grouped else [])]
    return [(head, lookup.sorted(grouped[head.iri if head else ""])) for head in heads]


def _own_goals(lookup: Lookup, iri: str) -> tuple[tuple[Named | None, tuple[Named, ...]], ...]:
    rows = lookup.rows(_OWN_GOALS, region=iri)
    return tuple(_by(lookup, [(row["broader"].value if "broader" in row else "", row["goal"].value) for row in rows]))


def _assessments(lookup: Lookup, iri: str) -> tuple[Assessment, ...]:
    found = [
        Assessment(
            lookup.name(row["page"].value),
            lookup.name(row["period"].value),
            row["content"].value in {"true", "1"},
            row["line"].value if "line" in row else "",
        )
        for row in lookup.rows(_ASSESSMENTS, region=iri)
    ]
    return tuple(sorted(found, key=lambda each: (each.page.label.casefold(), last_part(each.period.iri))))


def _coverage(lookup: Lookup, iri: str) -> Coverage:
    rows = [row for row in lookup.rows(_REVIEWED, region=iri) if "state" in row]
    reviews = [(lookup.name(row["state"].value), int(row["claims"].value)) for row in rows]
    pages = lookup.sorted(row["page"].value for row in lookup.rows(_PAGES, region=iri))
    return Coverage(pages, sum(count for _, count in reviews), tuple(sorted(reviews, key=lambda each: -each[1])))
