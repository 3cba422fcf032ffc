"""What the data hold and what they do not, counted in the graph, and how well claims are read, for the page that says so."""

from __future__ import annotations

import csv
from collections import Counter
from dataclasses import dataclass

from graph.adoptions import regions
from graph.errors import OntologyError
from graph.files import read_text
from graph.once import once
from graph.settings import ROOT
from graph.store import Engine
from graph.views import STATUSES, Named, iri_list, labels

QUALITY = ROOT / "data" / "quality.csv"
KINDS = "PracticeModel Region Claim Adoption Project Organisation Measure SourcePage ModelPage ProjectPage".split()


@dataclass(frozen=True)
class Share:
    """Hold how many claims have something in common.

    :param notation: of a status; empty for anything else.
    """

    named: Named
    claims: int
    notation: str = ""


@dataclass(frozen=True)
class About:
    """Hold what the data hold and what they do not.

    :param counts: name of a class -> how many things it has.
    :param regions: every region with the number of its claims, those without any last.
    :param periods: periods with their claims, the most first; `reviews` and `statuses` likewise.
    :param reported: models that any region is known to have reported.
    :param read: pages that claims were read from.
    :param days: the first and the last day that a claim speaks of, empty where there is none.
    :param example: a claim to look at, where there is one.
    """

    counts: dict[str, int]
    regions: tuple[Share, ...]
    periods: tuple[Share, ...]
    reviews: tuple[Share, ...]
    statuses: tuple[Share, ...]
    reported: int
    read: int
    days: tuple[str, str]
    example: str

    @property
    def silent(self) -> tuple[Named, ...]:
        """Return the regions without a claim."""
        return tuple(each.named for each in self.regions if not each.claims)

    @property
    def pairs(self) -> int:
        """Return how many pairs of a model and a region there are: what could be known."""
        return self.counts["PracticeModel"] * self.counts["Region"]

    @property
    def known(self) -> float:
        """Return of how many of them in a hundred anything is known."""
        return round(100 * self.counts["Adoption"] / max(1, self.pairs), 1)


@dataclass(frozen=True)
class Quality:
    """Hold how well a set of pages is read, as `make eval` measured it.

    :param name: key of the set.
    :param core: claims that have to be found.
    :param known: F1 where a table names the model.
    """

    name: str
    pages: int
    core: int
    precision: float
    recall: float
    f1: float
    known: float


@dataclass(frozen=True)
class Counted:
    """Hold what was counted, in no language.

    :param counts: name of a class -> how many things it has.
    :param sums: what claims are counted by -> IRI -> claims.
    :param rest: models reported, pages read, first and last day, a claim to look at.
    """

    counts: dict[str, int]
    regions: tuple[str, ...]
    sums: dict[str, Counter[str]]
    rest: dict[str, str]


@once
def counted(engine: Engine) -> Counted:
    """Count what the data hold: every claim is looked at."""
    groups = engine.select(
        "SELECT ?region ?period ?status ?review (COUNT(DISTINCT ?claim) AS ?claims) { ?claim a lev:Claim ; lev:status ?status ;"
        " lev:period ?period ; lev:reviewState ?review . OPTIONAL { ?claim lev:region ?region } }"
        " GROUP BY ?region ?period ?status ?review"
    ).rows
    sums: dict[str, Counter[str]] = {name: Counter() for name in ("region", "period", "status", "review")}
    for row in groups:
        for name, counter in sums.items():
            if name in row:
                counter[row[name].value] += int(row["claims"].value)
    return Counted(_counts(engine), tuple(regions(engine)), sums, _rest(engine))


def about(engine: Engine, language: str) -> About:
    """Return what the data hold and what they do not.

    :param language: preferred language of the labels.
    """
    known = counted(engine)
    sums, rest = known.sums, known.rest
    statuses = {engine.names.thing("scheme", f"status/{each}"): each for each in STATUSES}
    named = labels(
        engine, [*known.regions, *statuses, *(iri for counter in sums.values() for iri in counter)], language
    )
    found = [Share(named[iri], sums["region"][iri]) for iri in known.regions]
    return About(
        known.counts,
        tuple(sorted(found, key=lambda each: (-each.claims, each.named.label.casefold()))),
        _shares(sums["period"], named),
        _shares(sums["review"], named),
        tuple(Share(named[iri], sums["status"][iri], each) for iri, each in statuses.items()),
        int(rest.get("models", "0")),
        int(rest.get("pages", "0")),
        (rest.get("first", ""), rest.get("last", "")),
        rest.get("example", ""),
    )


def quality() -> list[Quality]:
    """Return what `make eval` measured last.

    :raises OntologyError: the table cannot be read.
    """
    rows = csv.DictReader(read_text(QUALITY, OntologyError).splitlines())
    return [
        Quality(
            row["set"], int(row["pages"]), int(row["core"]),
            *(float(row[name]) for name in ("precision", "recall", "f1", "f1_known")),
        )
        for row in rows
    ]  # fmt: skip


def ontology_version(engine: Engine) -> str:
    """Return the version that the ontology in the data says of itself."""
    query = f"SELECT ?version {{ VALUES ?ontology {{ {iri_list([engine.names.ontology[:-1]])} }} ?ontology owl:versionInfo ?version }}"
    return next((row["version"].value for row in engine.select(query).rows), "")


def _counts(engine: Engine) -> dict[str, int]:
    classes = {f"{engine.names.ontology}{name}": name for name in KINDS}
    query = (
        f"SELECT ?class (COUNT(DISTINCT ?thing) AS ?things) {{ VALUES ?class {{ {iri_list(classes)} }} ?thing a ?class }}"
        " GROUP BY ?class"
    )
    found = {classes[row["class"].value]: int(row["things"].value) for row in engine.select(query).rows}
    return {name: found.get(name, 0) for name in KINDS}


def _rest(engine: Engine) -> dict[str, str]:
    """Return what one row tells: models reported, pages read, first and last day, a claim to look at."""
    queries = (
        "SELECT (COUNT(DISTINCT ?model) AS ?models) { ?adoption a lev:Adoption ; lev:model ?model }",
        "SELECT (COUNT(DISTINCT ?page) AS ?pages) (MIN(STR(?claim)) AS ?example) { ?claim a lev:Claim ; lev:source ?page }",
        "SELECT (MIN(STR(?day)) AS ?first) (MAX(STR(?day)) AS ?last) { ?claim lev:asOf ?day }",
    )
    return {
        name: cell.value for query in queries for row in engine.select(query).rows[:1] for name, cell in row.items()
    }


def _shares(counter: Counter[str], named: dict[str, Named]) -> tuple[Share, ...]:
    return tuple(Share(named[iri], claims) for iri, claims in counter.most_common())
