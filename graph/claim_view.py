"""What the pages of a claim, an adoption, a goal and a source page show."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from graph.evidence import ClaimRow, Measured, claims_of, measured_by, measures_of
from graph.lookup import Fact, Lookup, Shown
from graph.names import last_part
from graph.region_view import Assessment
from graph.store import Term
from graph.views import Named

CLAIMS_SHOWN = 300
NARROWER_SHOWN = 100
_ADOPTION_OF = "SELECT DISTINCT ?claim ?adoption { ?adoption lev:claim ?claim }"
_REPEATED = "SELECT DISTINCT ?claim ?by { ?by lev:repeats ?claim }"
_UNDER_GOAL = """SELECT ?goal ?model (COUNT(DISTINCT ?region) AS ?regions) (COUNT(DISTINCT ?claim) AS ?claims) { ?claim lev:goal ?goal ;
    lev:model ?model ; lev:region ?region } GROUP BY ?goal ?model"""
_NARROWER = "SELECT DISTINCT ?goal ?narrower { ?narrower skos:broader ?goal }"
_PURSUED = "SELECT DISTINCT ?goal ?project { ?project lev:projectGoal ?goal }"
_OF_PAGE = "SELECT DISTINCT ?page ?claim { ?claim a lev:Claim ; lev:source ?page }"


@dataclass(frozen=True)
class ClaimView:
    """Hold what the page of a claim shows.

    :param page: facts of the page that it was read from.
    :param checksum: the page's SHA-256.
    :param changed: the day on which the page had last been changed when it was read.
    """

    row: ClaimRow
    facts: tuple[Fact, ...]
    measures: tuple[Measured, ...]
    notes: tuple[Shown, ...]
    address: str
    checksum: str
    changed: str


@dataclass(frozen=True)
class AdoptionView:
    """Hold what the page of an adoption shows."""

    facts: tuple[Fact, ...]
    model: Named | None
    region: Named | None
    status: Named | None
    notation: str
    claims: tuple[ClaimRow, ...]
    count: int
    measures: tuple[Measured, ...]


@dataclass(frozen=True)
class GoalView:
    """Hold what the page of a goal shows.

    :param models: model, regions and claims that are reported under it.
    """

    facts: tuple[Fact, ...]
    models: tuple[tuple[Named, int, int], ...]
    narrower: tuple[Named, ...]
    narrower_count: int


@dataclass(frozen=True)
class PageView:
    """Hold what the page about a page shows.

    :param is_read: claims were read from it; else it only describes.
    """

    facts: tuple[Fact, ...]
    address: str
    is_read: bool
    assessments: tuple[Assessment, ...]
    claims: tuple[ClaimRow, ...]
    count: int


def claim(lookup: Lookup, iri: str) -> ClaimView:
    """Return what the page of a claim shows."""
    row = claims_of(lookup, [iri])[0]
    source = row.source.iri if row.source else ""
    lookup.load([source])
    adoptions = lookup.sorted(each["adoption"].value for each in lookup.rows(_ADOPTION_OF, claim=iri))
    repeated = lookup.sorted(each["by"].value for each in lookup.rows(_REPEATED, claim=iri))
    facts = lookup.facts(
        iri, model="lev:model", status="lev:status", place="lev:place", region="lev:region", project="lev:project",
        period="lev:period", as_of="lev:asOf", goal="lev:goal", origin="lev:origin", partner="lev:partner",
        continues_in="lev:continuesIn", repeats="lev:repeats",
    )  # fmt: skip
    more = (Fact("repeated_by", repeated), Fact("adoption", adoptions))
    return ClaimView(
        row=row,
        facts=(*facts, *(each for each in more if each.shown)),
        measures=measures_of(lookup, measured_by(lookup, [iri])),
        notes=lookup.shown(iri, "skos:editorialNote"),
        address=lookup.first(source, "lev:address"),
        checksum=lookup.first(source, "lev:sha256"),
        changed=lookup.first(source, "dct:modified") or lookup.first(source, "dct:created"),
    )


def adoption(lookup: Lookup, iri: str) -> AdoptionView:
    """Return what the page of an adoption shows."""
    lookup.load([iri])
    claims = sorted((term.value for term in lookup.values(iri, "lev:claim")), reverse=True)
    rows = claims_of(lookup, claims[:CLAIMS_SHOWN])
    return AdoptionView(
        facts=lookup.facts(
            iri,
            model="lev:model",
            region="lev:region",
            first_reported="lev:firstReported",
            last_reported="lev:lastReported",
        ),
        model=lookup.named(iri, "lev:model"),
        region=lookup.named(iri, "lev:region"),
        status=lookup.named(iri, "lev:currentStatus"),
        notation=last_part(lookup.first(iri, "lev:currentStatus")),
        claims=rows,
        count=len(claims),
        measures=measures_of(lookup, measured_by(lookup, [row.named.iri for row in rows])),
    )


def goal(lookup: Lookup, iri: str) -> GoalView:
    """Return what the page of a goal shows: of a programme, or one that a project has set itself."""
    lookup.load([iri])
    narrower = lookup.sorted(row["narrower"].value for row in lookup.rows(_NARROWER, goal=iri))
    projects = lookup.sorted(row["project"].value for row in lookup.rows(_PURSUED, goal=iri))
    facts = lookup.facts(
        iri,
        names="skos:prefLabel",
        definition="skos:definition",
        code="skos:notation",
        broader="skos:broader",
        line="lev:line",
    )
    models = [
        (lookup.name(row["model"].value), int(row["regions"].value), int(row["claims"].value))
        for row in lookup.rows(_UNDER_GOAL, goal=iri)
        if "model" in row
    ]
    return GoalView(
        facts=(*facts, *([Fact("projects", projects)] if projects else [])),
        models=tuple(sorted(models, key=lambda each: (-each[1], -each[2], each[0].label.casefold()))),
        narrower=narrower[:NARROWER_SHOWN],
        narrower_count=len(narrower),
    )


def page(lookup: Lookup, iri: str) -> PageView:
    """Return what the page about a source page, or a page of a model or project, shows."""
    lookup.load([iri])
    claims = sorted(row["claim"].value for row in lookup.rows(_OF_PAGE, page=iri))
    rows = claims_of(lookup, claims[:CLAIMS_SHOWN])
    is_read = bool(lookup.first(iri, "lev:sha256"))
    return PageView(
        facts=lookup.facts(
            iri, describes="lev:describes", models="lev:model", region="lev:region", place="lev:place", created="dct:created",
            changed="dct:modified", page_language="dct:language", characters="lev:characters", checksum="lev:sha256",
            keywords="dcat:keyword", funder="lev:funder lev:fundingSource", parent="lev:parent",
        ),
        address=lookup.first(iri, "lev:address"),
        is_read=is_read,
        assessments=tuple(_assessments(lookup, iri)),
        claims=tuple(sorted(rows, key=_line)),
        count=len(claims),
    )  # fmt: skip


def _assessments(lookup: Lookup, iri: str) -> Iterable[Assessment]:
    parts = [term.value for term in lookup.values(iri, "lev:selfAssessment")]
    lookup.load(parts)
    for each in sorted(parts, key=lambda part: int(lookup.first(part, "lev:line") or 0)):
        period = lookup.named(each, "lev:period")
        if period:
            has_content = lookup.values(each, "lev:hasContent")[:1] != [_no()]
            yield Assessment(lookup.name(iri), period, has_content, lookup.first(each, "lev:line"))


def _no() -> Term:
    return Term("literal", "false", datatype="http://www.w3.org/2001/XMLSchema#boolean")


def _line(row: ClaimRow) -> tuple[int, str]:
    return int(row.passage.line or 0), row.named.label.casefold()
