"""schema.org in the pages: what a search engine reads, whole, safely written, and in the terms of schema.org alone."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from app_factory import making
from flask import Flask
from page_outline import BROWSER
from rdflib import RDF, Graph, Namespace, URIRef
from test_server import NAMES, make_snapshot

from graph.settings import Settings
from graph.snapshot import Snapshot

SCHEMA = Namespace("https://schema.org/")
# Terms of schema.org that the pages use; each was looked up there.
TYPES = set(
    "DataCatalog Dataset DataDownload Organization GovernmentOrganization Country WebPage AdministrativeArea Place Project "
    "DefinedTerm DefinedTermSet Claim Thing".split()
)
PROPERTIES = set(
    "name alternateName description identifier url license publisher creator dataset distribution contentUrl encodingFormat "
    "contentSize sha256 inLanguage isAccessibleForFree spatialCoverage version dateModified isPartOf about containedInPlace "
    "areaServed appearance contentLocation mainEntity sameAs termCode inDefinedTermSet hasDefinedTerm".split()
)
START = '<script type="application/ld+json">'


def block(text: str) -> str:
    """Return what a browser takes for the content of the one data block: all up to the first end tag of a script."""
    assert text.count(START) == 1
    return text.partition(START)[2].partition("</script")[0]


def graph(text: str) -> Graph:
    """Return a page's data block as RDF, with a context of our own in the place of the one on the web."""
    told = json.loads(block(text))
    assert told["@context"] == "https://schema.org"
    links = ("url", "license", "contentUrl")
    told["@context"] = {"@vocab": str(SCHEMA), **{name: {"@type": "@id"} for name in links}}
    return Graph().parse(data=json.dumps(told), format="json-ld")


PAGES = {
    "region/keski-pohjanmaa": "AdministrativeArea",
    "municipality/kokkola": "AdministrativeArea",
    "area/lestijokilaakso": "Place",
    "organisation/keski-pohjanmaan-hyvinvointialue": "GovernmentOrganization",
    "project/keski-pohjanmaa-tulevaisuuden-sote-keskus": "Project",
    "programme/tulevaisuuden-sosiaali-ja-terveyskeskus": "Project",
    "model/tiimimalli": "DefinedTerm",
    "scheme/programme-goal/saatavuus": "DefinedTerm",
    "scheme/status": "DefinedTermSet",
    "scheme/status/adopted": "DefinedTerm",
    "claim/keski-pohjanmaa-baseline-tiimimalli-kokkola": "Claim",
    "page/keski-pohjanmaa": "WebPage",
    "adoption/tiimimalli-lansi-uusimaa": "Thing",
    "measure/ita-uusimaa-2022-autumn-ipc-ita-uusimaa-1": "Thing",
}


@pytest.mark.parametrize("language", ["fi", "sv", "en"])
@pytest.mark.parametrize(("name", "kind"), PAGES.items())
def test_a_thing_is_what_schema_org_calls_it(app: Flask, name: str, kind: str, language: str) -> None:
    found = graph(app.test_client().get(f"/doc/{name}?lang={language}", headers=BROWSER).text)
    thing, document = URIRef(NAMES.relative(name)), URIRef(f"{NAMES.base}doc/{name}")
    assert found.value(thing, RDF.type) == SCHEMA[kind]
    assert str(found.value(thing, SCHEMA.name))
    assert found.value(document, SCHEMA.about) == thing
    assert found.value(document, SCHEMA.license) == URIRef(Settings().licence)
    assert str(found.value(document, SCHEMA.inLanguage)) == language


@pytest.mark.parametrize("path", ["/", *(f"/doc/{name}" for name in PAGES)])
def test_only_terms_of_schema_org_are_used(app: Flask, path: str) -> None:
    found = graph(app.test_client().get(path, headers=BROWSER).text)
    assert {str(each).removeprefix(str(SCHEMA)) for each in found.objects(predicate=RDF.type)} <= TYPES
    assert {str(each).removeprefix(str(SCHEMA)) for each in found.predicates() if each != RDF.type} <= PROPERTIES


def test_what_stands_in_it_is_what_the_graph_says(app: Flask) -> None:
    client = app.test_client()

    def of(name: str, prop: str) -> set[str]:
        found = graph(client.get(f"/doc/{name}?lang=en", headers=BROWSER).text)
        return {str(each) for each in found.objects(URIRef(NAMES.relative(name)), SCHEMA[prop])}

    assert of("model/tiimimalli", "name") == {"Team model"}
    assert {"Tiimimalli", "Teammodell", "monialainen tiimimalli"} <= of("model/tiimimalli", "alternateName")
    assert of("model/tiimimalli", "inDefinedTermSet") == {NAMES.relative("scheme/model")}
    assert of("scheme/status/adopted", "termCode") == {"adopted"}
    assert of("municipality/kokkola", "containedInPlace") == {NAMES.relative("region/keski-pohjanmaa")}
    claim = "claim/keski-pohjanmaa-baseline-tiimimalli-kokkola"
    assert of(claim, "about") == {NAMES.relative("model/tiimimalli")}
    assert of(claim, "appearance") == {NAMES.relative("page/keski-pohjanmaa")}
    assert len(of("scheme/status", "hasDefinedTerm")) == 9


def test_the_first_page_is_a_catalogue_of_the_dataset_and_its_files(app: Flask, snapshot: Snapshot) -> None:
    found = graph(app.test_client().get("/?lang=en", headers=BROWSER).text)
    dataset = URIRef(f"{NAMES.base}dataset")
    (catalogue,) = found.subjects(RDF.type, SCHEMA.DataCatalog)
    assert found.value(catalogue, SCHEMA.dataset) == dataset
    assert 50 <= len(str(found.value(dataset, SCHEMA.description))) <= 5000  # what Google's Dataset Search asks for
    assert str(found.value(dataset, SCHEMA.version)) == snapshot.name
    files = {
        (str(found.value(each, SCHEMA.contentUrl)), str(found.value(each, SCHEMA.sha256)))
        for each in found.objects(dataset, SCHEMA.distribution)
    }
    assert files == {(f"{NAMES.base}data/{each.path}", each.sha256) for each in snapshot.files}
    assert files


def test_a_label_cannot_end_the_block(tmp_path: Path) -> None:
    hostile = "</script><script>alert(1)</script><!-- ]]> & ' \u2028"
    make_snapshot(tmp_path, "first")
    with making(Settings(snapshots=tmp_path, publisher_name=hostile)) as app:
        text = app.test_client().get("/", headers=BROWSER).text
        assert "<script>" not in text
        told: Any = json.loads(block(text))
        assert told["publisher"]["name"] == hostile
        page = app.test_client().get("/doc/model/hygga", headers=BROWSER).text  # its label has <b> in it
        assert "<b>" not in page
        assert [each["name"] for each in json.loads(block(page))["@graph"]] == ["Hygga <b>"] * 2
