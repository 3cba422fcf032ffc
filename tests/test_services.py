"""Practice models as public services: the shapes of CPSV-AP, and what the file may not claim."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from rdflib import DCTERMS, RDF, SKOS, XSD, BNode, Graph, Literal, Namespace, URIRef
from shacl_suites import INFERENCES, findings
from test_server import NAMES

from graph.exports.base import Source
from graph.snapshot import Snapshot

ADMS, CPSV = Namespace("http://www.w3.org/ns/adms#"), Namespace("http://purl.org/vocab/cpsv#")
CV = Namespace("http://data.europa.eu/m8g/")
SPREAD = {f"{NAMES.base}id/scheme/status/{name}" for name in ("adopted", "scaled", "established")}


@pytest.fixture(scope="module")
def services(snapshot: Snapshot) -> Graph:
    return Graph().parse(snapshot.path / "data" / "cpsv-ap.ttl")


def service(adoption: str) -> URIRef:
    return URIRef(f"{NAMES.thing('adoption', adoption)}#service")


TEAM, APOTTI = service("tiimimalli-lansi-uusimaa"), [service("apotti-helsinki"), service("apotti-vantaa-kerava")]
SCALED = URIRef(NAMES.thing("scheme", "status/scaled"))
COUNTY = URIRef(NAMES.thing("organisation", "lansi-uudenmaan-hyvinvointialue"))


@pytest.mark.parametrize("inference", INFERENCES)
def test_the_services_break_no_shape(services: Graph, inference: str) -> None:
    assert len(list(services.subjects(RDF.type, CPSV.PublicService))) > 50
    assert findings(services, "cpsv-ap", inference) == []


Break = Callable[[Graph], object]


@pytest.mark.parametrize(
    ("spoil", "found"),
    [
        (lambda graph: graph.remove((TEAM, DCTERMS.title, None)), ("MinCount", "title")),
        (lambda graph: graph.set((TEAM, DCTERMS.title, Literal("Tiimimalli"))), ("Datatype", "title")),
        (lambda graph: graph.remove((TEAM, DCTERMS.description, None)), ("MinCount", "description")),
        (lambda graph: graph.remove((TEAM, DCTERMS.identifier, None)), ("MinCount", "identifier")),
        (lambda graph: graph.add((TEAM, DCTERMS.identifier, Literal("toinen"))), ("MaxCount", "identifier")),
        (lambda graph: graph.remove((TEAM, CV.hasCompetentAuthority, None)), ("MinCount", "hasCompetentAuthority")),
        (lambda graph: graph.set((TEAM, CV.hasCompetentAuthority, TEAM)), ("Class", "hasCompetentAuthority")),
        (lambda graph: graph.set((TEAM, DCTERMS.spatial, Literal("Länsi-Uusimaa"))), ("Class", "spatial")),
        (lambda graph: graph.set((TEAM, CV.thematicArea, Literal("terveys"))), ("Class", "thematicArea")),
        (lambda graph: graph.set((TEAM, CV.isClassifiedBy, COUNTY)), ("Class", "isClassifiedBy")),
        (lambda graph: graph.remove((COUNTY, SKOS.prefLabel, None)), ("MinCount", "prefLabel")),
        (lambda graph: graph.remove((COUNTY, DCTERMS.spatial, None)), ("MinCount", "spatial")),
        (lambda graph: graph.add((TEAM, ADMS.status, SCALED)), ("MaxCount", "status")),
    ],
)
@pytest.mark.parametrize("inference", INFERENCES)
def test_a_broken_service_is_found(services: Graph, spoil: Break, found: tuple[str, str], inference: str) -> None:
    broken = Graph()
    for triple in services:
        broken.add(triple)
    spoil(broken)
    assert {finding for finding, *_ in findings(broken, "cpsv-ap", inference)} == {found}


def test_there_is_one_for_each_model_and_county_that_adopted_it(services: Graph, snapshot: Snapshot) -> None:
    counted = Source(snapshot).select(
        "SELECT ?adoption { ?adoption lev:currentStatus/skos:notation ?status"
        ' FILTER(?status IN ("adopted", "scaled", "established")) } ORDER BY STR(?adoption)'
    )
    found = sorted(str(each) for each in services.subjects(RDF.type, CPSV.PublicService))
    assert found == [f"{str(row['adoption'])[1:-1]}#service" for row in counted]
    assert {str(status) for status in services.objects(None, ADMS.status)} <= SPREAD


def test_a_model_in_two_counties_is_two_services(services: Graph) -> None:
    authorities = {str(services.value(each, CV.hasCompetentAuthority)).rpartition("/")[2] for each in APOTTI}
    assert authorities == {"helsingin-kaupunki", "vantaan-ja-keravan-hyvinvointialue"}
    assert {services.value(each, CV.isClassifiedBy) for each in APOTTI} == {URIRef(NAMES.thing("model", "apotti"))}


def test_a_service_says_what_it_is_and_where_that_is_known_from(services: Graph) -> None:
    assert str(services.value(TEAM, DCTERMS.source)) == NAMES.thing("adoption", "tiimimalli-lansi-uusimaa")
    assert services.value(TEAM, CV.hasCompetentAuthority) == COUNTY
    assert services.value(TEAM, DCTERMS.identifier) == Literal(str(TEAM), datatype=XSD.anyURI)
    titles = {str(each) for each in services.objects(TEAM, DCTERMS.title)}
    assert titles == {"Tiimimalli, Länsi-Uusimaa", "Teammodell, Västra Nyland", "Team model, West Uusimaa"}
    for each in services.subjects(RDF.type, CPSV.PublicService):
        told = {text.language: str(text) for text in services.objects(each, DCTERMS.description)}  # type: ignore[attr-defined]
        assert "ei virallinen palvelukuvaus" in told["fi"]
        assert "inte en officiell tjänstebeskrivning" in told["sv"]
        assert "not an official service description" in told["en"]
        assert "{" not in "".join(told.values())
        assert "  " not in "".join(told.values())


def test_what_no_page_tells_is_not_claimed(services: Graph) -> None:
    assert not list(services.subject_objects(DCTERMS.language))  # in which language the service is given
    assert not list(services.subject_objects(CPSV.hasInput))
    assert not [node for triple in services for node in triple if isinstance(node, BNode)]
