"""Make the graphs that no page tells: the vocabulary of the tables and schemes, the dataset itself."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

import pyoxigraph as ox

from graph.dataset import texts
from graph.lexicon import Entry, Lexicon
from graph.names import Names
from graph.sections import order
from graph.settings import ROOT, Settings
from graph.triples import quads, turtle

ONTOLOGY = ROOT / "ontology"
_SEASONS = {
    "spring": {"fi": "kevät", "sv": "våren", "en": "spring"},
    "autumn": {"fi": "syksy", "sv": "hösten", "en": "autumn"},
}
_UNDATED = {
    "plan": {"fi": "suunnitelma", "sv": "plan", "en": "plan"},
    "baseline": {"fi": "lähtötilanne", "sv": "utgångsläge", "en": "baseline"},
    "final": {"fi": "lopputulokset", "sv": "slutresultat", "en": "final results"},
}


def vocabulary(lexicon: Lexicon, periods: Iterable[str], names: Names) -> Iterator[ox.Quad]:
    """Yield the graph `vocabulary`: ontology, schemes, and the tables of places, organisations, projects and models.

    :param periods: the periods that claims use, which become concepts.
    """
    graph = ox.NamedNode(names.graph("vocabulary"))
    for path in [ONTOLOGY / "levikki.ttl", *sorted((ONTOLOGY / "schemes").glob("*.ttl"))]:
        yield from turtle(path, names, graph)
    nodes = [*_places(lexicon), *_organisations(lexicon), *_projects(lexicon), *_models(lexicon), *_periods(periods)]
    yield from quads({"id": "../graph/vocabulary", "contents": nodes}, names, "mappings/lexicon")


def _node(entry: Entry, class_: str, **more: object) -> dict[str, Any]:
    node: dict[str, Any] = {"id": entry.id, "type": class_, "label": entry.labels, **more}
    if entry.names:
        node["altLabel"] = {
            "fi": [bare for name in entry.names if (bare := name.lstrip("^")) not in entry.labels.values()]
        }
    if entry.hidden:
        node["hiddenLabel"] = {"fi": list(entry.hidden)}
    return {key: value for key, value in node.items() if value}


def _places(lexicon: Lexicon) -> Iterator[dict[str, Any]]:
    kinds = {"region": "Region", "municipality": "Municipality", "area": "Area"}
    for entry in lexicon.places.values():
        if "*" not in entry.id:
            more = entry.more
            # A place's names are inflected forms for matching (Uudellamaalla): they are no labels.
            bare = Entry(entry.id, entry.labels)
            yield _node(
                bare,
                kinds[entry.id.partition("/")[0]],
                code=more.get("code"),
                within=more.get("within"),
                organiser=more.get("organiser"),
            )


def _organisations(lexicon: Lexicon) -> Iterator[dict[str, Any]]:
    for entry in lexicon.organisations.values():
        kind = f"scheme/organisation-kind/{entry.more['kind']}"
        yield _node(
            entry,
            "Organisation",
            organisationKind=kind,
            identifier=entry.more.get("identifier"),
            within=entry.more.get("within"),
        )


def _projects(lexicon: Lexicon) -> Iterator[dict[str, Any]]:
    for entry in lexicon.projects.values():
        kind = "Programme" if entry.id.startswith("programme/") else "Project"
        yield _node(entry, kind, programme=entry.more.get("part_of"))


def _models(lexicon: Lexicon) -> Iterator[dict[str, Any]]:
    labels = {"fi": "Toimintamallit", "sv": "Verksamhetsmodeller", "en": "Practice models"}
    yield {"id": "scheme/model", "type": "ConceptScheme", "label": labels}
    for entry in lexicon.models.values():
        family = f"model/{entry.more['family']}" if entry.more.get("family") else None
        yield _node(
            entry,
            "PracticeModel",
            kind=f"scheme/model-kind/{entry.more['kind']}",
            family=family,
            inScheme="scheme/model",
        )


def _periods(periods: Iterable[str]) -> Iterator[dict[str, Any]]:
    labels = {"fi": "Raportointikaudet", "sv": "Rapporteringsperioder", "en": "Reporting periods"}
    yield {"id": "scheme/period", "type": "ConceptScheme", "label": labels}
    for period in sorted(set(periods), key=order):
        yield {
            "id": f"scheme/period/{period}",
            "type": ["Concept", "ProperInterval"],
            "notation": period,
            "label": period_labels(period),
            "inScheme": "scheme/period",
            "topConceptOf": "scheme/period",
        }


def is_period(label: str) -> bool:
    """Tell whether a text is a period's notation: plan, baseline, final, YYYY, YYYY-spring or YYYY-autumn."""
    return label in _UNDATED or re.fullmatch(r"\d{4}(-(?:spring|autumn))?", label) is not None


def period_labels(period: str) -> dict[str, str]:
    """Return a period's labels: `2022-autumn` is syksy 2022, hösten 2022, autumn 2022."""
    year, _, season = period.partition("-")
    if period in _UNDATED:
        return _UNDATED[period]
    return (
        {code: f"{word} {year}" for code, word in _SEASONS[season].items()}
        if season
        else dict.fromkeys(("fi", "sv", "en"), year)
    )


def dataset(names: Names, licence: str = Settings().licence) -> Iterator[ox.Quad]:
    """Yield the graph `dataset`: what this dataset is, under which licence (DCAT 3), as the catalogue says it too.

    :param licence: its IRI, as the publisher set it.
    """
    graph, subject = ox.NamedNode(names.graph("dataset")), ox.NamedNode(f"{names.base}dataset")
    dct, dcat = "http://purl.org/dc/terms/", "http://www.w3.org/ns/dcat#"
    rdf_type = ox.NamedNode("http://www.w3.org/1999/02/22-rdf-syntax-ns#type")
    yield ox.Quad(subject, rdf_type, ox.NamedNode(f"{dcat}Dataset"), graph)
    for key in ("title", "description"):
        for code, text in texts()[key].items():
            yield ox.Quad(subject, ox.NamedNode(f"{dct}{key}"), ox.Literal(text, language=code), graph)
    yield ox.Quad(subject, ox.NamedNode(f"{dct}license"), ox.NamedNode(licence), graph)
