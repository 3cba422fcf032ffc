"""The catalogue: what registries demand of it, and broken ones that must not pass."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import pyoxigraph as ox
import pytest
from conftest import shared
from flask.testing import FlaskClient
from markupsafe import escape
from rdflib import DCTERMS, FOAF, OWL, RDF, RDFS, VOID, XSD, BNode, Graph, Literal, URIRef
from rdflib.compare import isomorphic
from shacl_suites import INFERENCES, findings
from test_server import NAMES, make_snapshot

from graph import catalogue, catalogue_pages, pipeline
from graph.catalogue_parts import ADFI, DCAT, EU, FILE_TYPES, SPDX, VCARD, Release
from graph.dataset import LANGUAGES, Publication, licence, texts
from graph.errors import QueryTimeout
from graph.exports.about import table
from graph.exports.base import Source
from graph.exports.catalogue import DESCRIBING
from graph.exports.catalogue import catalogue as of_release
from graph.exports.registry import find
from graph.settings import Settings
from graph.snapshot import Snapshot, Written

FILE = Written("ttl", "levikki.ttl.gz", "text/turtle", 109, "ab" * 32, "https://example.org/profile", compressed=True)
FILES = (FILE, replace(FILE, format="nq", path="levikki.nq.gz", media_type="application/n-quads", profile=""))
RELEASES = [Release("2026-02-02T000000Z-bbbbbbbb", "2026-02-02T00:00:00Z", FILES),
            Release("2026-01-01T000000Z-aaaaaaaa", "2026-01-01T00:00:00Z", FILES)]  # fmt: skip
PUBLISHER = Settings(
    address="https://data.example.org/levikki/",
    publisher_name="Esimerkkikunta",
    publisher_iri="https://example.org/kunta",
    publisher_type="http://purl.org/adms/publishertype/LocalAuthority",
    contact_page="https://example.org/yhteys",
    contact_email="kirjaamo@example.org",
)
ABOUT = Publication(settings=PUBLISHER)
DATASET, FILE_IRI = URIRef(ABOUT.dataset), URIRef(f"{ABOUT.dataset}#file/levikki.ttl.gz")
# Without inference nothing is a resource: these addresses are none for DCAT-AP's shapes, and that alone may be found.
ADDRESSES = {"accessURL", "downloadURL", "endpointURL", "endpointDescription"}


def made(about: Publication = ABOUT) -> Graph:
    return catalogue.describe(
        about, RELEASES, ("2020-01-01", "2023-12-31"), {name: each.title for name, each in table().items()}
    )


def faults(graph: Graph, suite: str, inference: str) -> set[tuple[str, str]]:
    """Return what a suite finds, but for the one false failure that is known."""
    return {
        finding
        for finding, _, wanted in findings(graph, suite, inference)
        if not (inference == "none" and suite == "dcat-ap" and finding[1] in ADDRESSES and wanted == RDFS.Resource)
    }


# ---- registries take it ----


@pytest.mark.parametrize("inference", INFERENCES)
@pytest.mark.parametrize("suite", ["dcat-ap", "deprecated", "avoindata", "own"])
@pytest.mark.parametrize("about", [ABOUT, Publication()], ids=["publisher", "defaults"])
def test_the_catalogue_breaks_no_shape(about: Publication, suite: str, inference: str) -> None:
    graph = catalogue.for_avoindata(made(about)) if suite == "avoindata" else made(about)
    assert faults(graph, suite, inference) == set()


@pytest.mark.parametrize("suite", ["dcat-ap", "avoindata", "own"])
def test_the_catalogue_of_a_release_breaks_no_shape(snapshot: Snapshot, settings: Settings, suite: str) -> None:
    folder = snapshot.path / "data"
    name = "dcat-ap-avoindata.ttl" if suite == "avoindata" else "dcat-ap.ttl"
    graph = Graph().parse(folder / name)
    assert len(list(graph.subjects(RDF.type, DCAT.Distribution))) > 5
    assert [faults(graph, suite, inference) for inference in INFERENCES] == [set(), set()]
    assert settings.licence in (folder / name).read_text(encoding="utf-8")


def test_the_known_false_failure_is_there_only_without_inference() -> None:
    found = {finding for finding, _, wanted in findings(made(), "dcat-ap") if wanted == RDFS.Resource}
    assert found == {("Class", "endpointURL"), ("Class", "endpointDescription")}
    assert findings(made(), "dcat-ap", "rdfs") == []


def test_one_catalogue_cannot_please_both_profiles() -> None:
    assert faults(made(), "avoindata", "rdfs") == {("Datatype", "byteSize"), ("HasValue", "algorithm")}
    assert faults(catalogue.for_avoindata(made()), "dcat-ap", "rdfs") == {("Datatype", "byteSize")}


def test_what_is_recommended_and_not_there_is_known() -> None:
    assert {finding[1] for finding, *_ in findings(made(), "recommended")} == {
        "availability", "bbox", "centroid", "format", "issued", "themeTaxonomy", "type",
    }  # fmt: skip


Break = Callable[[Graph], object]


def without(subject: URIRef, predicate: URIRef) -> Break:
    return lambda graph: graph.remove((subject, predicate, None))


def put(subject: URIRef, predicate: URIRef, value: URIRef | Literal | BNode) -> Break:
    return lambda graph: graph.set((subject, predicate, value))


CATALOGUE, CHECKSUM = URIRef(ABOUT.catalogue), URIRef(f"{ABOUT.dataset}#checksum/levikki.ttl.gz")
PERIOD, CONTACT = URIRef(f"{ABOUT.catalogue}#period"), URIRef(f"{ABOUT.catalogue}#contact")
SPARQL, PUBLISHED = URIRef(f"{ABOUT.catalogue}#sparql"), URIRef(ABOUT.publisher)


@pytest.mark.parametrize(
    ("suite", "spoil", "found"),
    [
        ("dcat-ap", without(DATASET, DCTERMS.title), ("MinCount", "title")),
        ("dcat-ap", without(DATASET, DCTERMS.description), ("MinCount", "description")),
        ("dcat-ap", without(CATALOGUE, DCTERMS.publisher), ("MinCount", "publisher")),
        ("dcat-ap", put(CATALOGUE, DCTERMS.publisher, Literal("Esimerkkikunta")), ("NodeKind", "publisher")),
        ("dcat-ap", without(PUBLISHED, FOAF.name), ("MinCount", "name")),
        ("dcat-ap", without(FILE_IRI, DCAT.accessURL), ("MinCount", "accessURL")),
        ("dcat-ap", put(FILE_IRI, DCAT.accessURL, Literal("https://example.org/a")), ("NodeKind", "accessURL")),
        ("dcat-ap", put(FILE_IRI, DCAT.byteSize, Literal("109 t")), ("Datatype", "byteSize")),
        ("dcat-ap", put(FILE_IRI, DCAT.mediaType, Literal("text/turtle")), ("NodeKind", "mediaType")),
        ("dcat-ap", put(FILE_IRI, DCTERMS.license, Literal("CC BY 4.0")), ("NodeKind", "license")),
        ("dcat-ap", without(CHECKSUM, SPDX.algorithm), ("MinCount", "algorithm")),
        ("dcat-ap", put(CHECKSUM, SPDX.algorithm, EU["md5"]), ("Class", "algorithm")),
        ("dcat-ap", put(CHECKSUM, SPDX.checksumValue, Literal("abab")), ("Datatype", "checksumValue")),
        ("dcat-ap", put(DATASET, DCAT.theme, EU["data-theme/OTHER"]), ("Class", "theme")),
        ("dcat-ap", without(SPARQL, DCAT.endpointURL), ("MinCount", "endpointURL")),
        ("avoindata", without(DATASET, DCTERMS.title), ("MinCount", "title")),
        ("avoindata", without(CATALOGUE, DCTERMS.publisher), ("MinCount", "publisher")),
        ("avoindata", without(CATALOGUE, DCAT.dataset), ("MinCount", "dataset")),
        ("avoindata", without(FILE_IRI, DCAT.accessURL), ("MinCount", "accessURL")),
        ("avoindata", put(FILE_IRI, DCAT.accessURL, Literal("https://example.org/a")), ("NodeKind", "accessURL")),
        ("avoindata", put(FILE_IRI, DCAT.byteSize, Literal(109)), ("Datatype", "byteSize")),
        ("avoindata", put(CATALOGUE, DCTERMS.modified, Literal("eilen")), ("Node", "modified")),
        ("own", without(DATASET, ADFI.collectionType), ("MinCount", "collectionType")),
        ("own", put(DATASET, ADFI.collectionType, Literal("Avoin data")), ("In", "collectionType")),
        ("own", put(DATASET, DCTERMS.title, Literal("Levikki", lang="fi")), ("MinCount", "title")),
        ("own", put(CHECKSUM, SPDX.algorithm, SPDX.checksumAlgorithm_sha1), ("In", "algorithm")),
        ("own", put(CHECKSUM, SPDX.checksumValue, Literal("ab" * 20)), ("Pattern", "checksumValue")),
        ("own", put(FILE_IRI, DCAT.accessURL, URIRef("file:///srv/levikki.ttl")), ("Pattern", "accessURL")),
        ("own", without(FILE_IRI, DCAT.byteSize), ("MinCount", "byteSize")),
        ("own", put(DATASET, DCTERMS.publisher, BNode()), ("NodeKind", "publisher")),
        ("own", without(DATASET, DCTERMS.license), ("MinCount", "license")),
        ("own", without(CONTACT, VCARD.hasURL), ("MinCount", "hasURL")),
        ("own", put(URIRef("https://example.org/x"), RDF.type, FOAF.Person), ("Not", "")),
    ],
)
@pytest.mark.parametrize("inference", INFERENCES)
def test_a_broken_catalogue_is_found(suite: str, spoil: Break, found: tuple[str, str], inference: str) -> None:
    graph = catalogue.for_avoindata(made()) if suite == "avoindata" else made()
    spoil(graph)
    assert found in faults(graph, suite, inference)


def test_the_shapes_of_avoindata_miss_an_absent_collection_type() -> None:
    graph = catalogue.for_avoindata(made())
    graph.remove((None, ADFI.collectionType, None))
    assert [faults(graph, "avoindata", inference) for inference in INFERENCES] == [set(), set()]


# ---- what it says ----


def test_every_node_has_an_iri_and_no_person_is_named() -> None:
    graph = made()
    assert not [node for triple in graph for node in triple if isinstance(node, BNode)]
    assert not set(graph.objects(None, RDF.type)) & {FOAF.Person, VCARD.Individual}


def test_a_file_is_told_of_in_full() -> None:
    graph = made()
    said = {predicate: graph.value(FILE_IRI, predicate) for predicate in graph.predicates(FILE_IRI)}
    address = URIRef("https://data.example.org/levikki/data/levikki.ttl.gz")
    assert said[DCAT.accessURL] == said[DCAT.downloadURL] == address
    assert said[DCAT.byteSize] == Literal("109", datatype=XSD.nonNegativeInteger)
    assert str(said[DCAT.mediaType]).endswith("/media-types/text/turtle")
    assert str(said[DCAT.compressFormat]).endswith("/media-types/application/gzip")
    assert said[DCTERMS.format] == EU["file-type/RDF_TURTLE"]
    assert said[DCTERMS.conformsTo] == URIRef(FILE.profile)
    assert {title.language for title in graph.objects(FILE_IRI, DCTERMS.title) if isinstance(title, Literal)} == {
        *LANGUAGES
    }
    checksum = graph.value(FILE_IRI, SPDX.checksum)
    assert str(graph.value(checksum, SPDX.checksumValue)) == FILE.sha256
    assert graph.value(checksum, SPDX.algorithm) == SPDX.checksumAlgorithm_sha256


def test_only_the_file_types_of_the_facts_are_named() -> None:
    confirmed = (shared("facts") / "README.md").read_text(encoding="utf-8")
    for media_type, name in FILE_TYPES.items():
        assert name in confirmed, media_type
    files = [replace(FILE, media_type=kind, path=kind) for kind in ("application/ld+json", "application/n-quads")]
    graph = catalogue.describe(ABOUT, [Release("r", "2026-01-01T00:00:00Z", tuple(files))], ("", ""), {})
    assert not list(graph.subject_objects(DCTERMS.format))


def test_a_release_is_a_version_of_the_dataset_in_a_series() -> None:
    graph, newest, oldest = made(), *(URIRef(ABOUT.release(each.name)) for each in RELEASES)
    for release, of in zip((newest, oldest), RELEASES, strict=True):
        assert graph.value(release, DCAT.version) == Literal(of.name)
        assert graph.value(release, DCTERMS.isVersionOf) == graph.value(release, DCAT.isVersionOf) == DATASET
        assert (graph.value(release, DCAT.inSeries), RDF.type, DCAT.DatasetSeries) in graph
        assert str(graph.value(release, DCTERMS.issued)) == of.made
        file = graph.value(release, DCAT.distribution)
        assert str(graph.value(file, DCAT.downloadURL)) == f"{ABOUT.address}release/{of.name}/data/levikki.nq.gz"
    assert set(graph.objects(DATASET, DCAT.hasVersion)) == {newest, oldest}
    assert graph.value(newest, DCAT.prev) == oldest
    assert graph.value(oldest, DCAT.prev) is None


def test_publisher_and_contact_are_those_of_the_settings() -> None:
    graph = made()
    publisher, contact = graph.value(DATASET, DCTERMS.publisher), graph.value(DATASET, DCAT.contactPoint)
    assert publisher == URIRef(PUBLISHER.publisher_iri)
    assert graph.value(publisher, FOAF.name) == Literal("Esimerkkikunta")
    assert graph.value(publisher, DCTERMS.type) == URIRef(PUBLISHER.publisher_type)
    assert graph.value(contact, VCARD.hasURL) == URIRef(PUBLISHER.contact_page)
    assert graph.value(contact, VCARD.hasEmail) == URIRef("mailto:kirjaamo@example.org")
    plain = made(Publication())
    assert not list(plain.objects(None, VCARD.hasEmail))
    assert plain.value(DATASET, DCTERMS.license) == URIRef(Settings().licence)


@pytest.mark.parametrize(
    ("address", "root", "expected"),
    [
        ("https://a.example.org/", "http://b.example.org/", "https://a.example.org/"),
        ("", "http://b.example.org/", "http://b.example.org/"),
        ("", "", NAMES.base),
    ],
)
def test_addresses_are_the_settings_the_requests_or_the_base(address: str, root: str, expected: str) -> None:
    about = Publication(NAMES, Settings(address=address), root)
    assert about.file("a b.csv") == f"{expected}data/a%20b.csv"
    assert about.dataset == f"{NAMES.base}dataset"


def test_without_claims_there_is_no_period() -> None:
    graph = catalogue.describe(ABOUT, RELEASES, ("", ""), {})
    assert not list(graph.subject_objects(DCTERMS.temporal))
    assert catalogue.period(lambda _: [{}]) == ("", "")


def test_the_graph_of_the_dataset_agrees_with_the_catalogue(snapshot: Snapshot, settings: Settings) -> None:
    graph = of_release(Source(snapshot, settings, snapshot.files))
    store = ox.Store.read_only(str(snapshot.store_path()))
    said = {
        (quad.predicate.value, str(quad.object))
        for quad in store.quads_for_pattern(None, None, None, ox.NamedNode(NAMES.graph("dataset")))
    }
    ours = {(str(p), literal(o)) for p, o in graph.predicate_objects(DATASET)}
    assert len(said) == 8
    assert said <= ours


def literal(node: object) -> str:
    return (
        str(ox.Literal(str(node), language=node.language))
        if isinstance(node, Literal) and node.language
        else str(ox.NamedNode(str(node))) if isinstance(node, URIRef) else str(node)
    )  # fmt: skip


def test_another_licence_or_publisher_is_reason_to_build_again(snapshot: Snapshot, settings: Settings) -> None:
    assert snapshot.manifest["publication"] == pipeline.publication(settings)
    assert pipeline.current(settings)
    for other in (
        replace(settings, licence="https://example.org/l"),
        replace(settings, address="https://example.org/"),
        replace(settings, publisher_name="X"),
    ):
        assert not pipeline.current(other)
    assert pipeline.current(replace(settings, port=1))


@pytest.mark.parametrize(
    ("iri", "label", "ckan"),
    [
        ("https://creativecommons.org/licenses/by/4.0/", "CC BY 4.0", "cc-by-4.0"),
        ("http://creativecommons.org/licenses/by/4.0", "CC BY 4.0", "cc-by-4.0"),
        ("https://creativecommons.org/publicdomain/zero/1.0/", "CC0 1.0", "cc-zero-1.0"),
        ("https://example.org/ehdot", "https://example.org/ehdot", "other"),
    ],
)
def test_a_licence_has_a_name(iri: str, label: str, ckan: str) -> None:
    assert (licence(iri).label, licence(iri).ckan) == (label, ckan)


def test_every_text_is_in_three_languages() -> None:
    assert {key: tuple(said) for key, said in texts().items()} == dict.fromkeys(texts(), LANGUAGES)


# ---- the files of a release ----


def test_the_catalogue_of_a_release_names_its_own_files_where_they_stay(snapshot: Snapshot) -> None:
    graph = Graph().parse(snapshot.path / "data" / "dcat-ap.ttl")
    found = {str(url) for url in graph.objects(None, DCAT.downloadURL)}
    start = f"{NAMES.base}release/{snapshot.name}/data/"
    assert found == {f"{start}{each.path}" for each in snapshot.files if each.format not in DESCRIBING}
    assert list(graph.objects(DATASET, DCAT.hasVersion)) == [URIRef(f"{NAMES.base}release/{snapshot.name}")]
    assert isomorphic(graph, Graph().parse(snapshot.path / "data" / "dcat-ap.jsonld"))


@pytest.mark.parametrize("name", ["dcat-ap", "ckan", "cpsv-ap"])
def test_an_export_is_the_same_bytes_later(snapshot: Snapshot, settings: Settings, name: str) -> None:
    for file in find(name).files(Source(snapshot, settings, snapshot.files)):
        out = BytesIO()
        file.write(out)
        assert out.getvalue() == (snapshot.path / "data" / file.path).read_bytes()


# ---- the route ----


@pytest.mark.parametrize(
    ("path", "accept", "media_type"),
    [
        ("/catalog", "text/turtle", "text/turtle"),
        ("/catalog", "application/ld+json", "application/ld+json"),
        ("/catalog", "application/rdf+xml", "application/rdf+xml"),
        ("/catalog", "text/html,*/*;q=0.8", "text/html"),
        ("/catalog.ttl", "text/html", "text/turtle"),
        ("/catalog.jsonld", "", "application/ld+json"),
        ("/catalog.rdf", "", "application/rdf+xml"),
        ("/catalog.nt", "", "application/n-triples"),
    ],
)
def test_it_is_negotiated(client: FlaskClient, path: str, accept: str, media_type: str) -> None:
    answer = client.get(path, headers={"Accept": accept})
    assert (answer.status_code, answer.mimetype) == (200, media_type)
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert client.get(path, headers={"Accept": accept, "If-None-Match": answer.headers["ETag"]}).status_code == 304


def test_every_format_says_the_same(client: FlaskClient) -> None:
    graphs = [
        Graph().parse(data=client.get(f"/catalog.{suffix}").data, format=form)
        for suffix, form in (("ttl", "turtle"), ("nt", "nt"), ("jsonld", "json-ld"), ("rdf", "xml"))
    ]
    assert all(isomorphic(graphs[0], other) for other in graphs[1:])


@pytest.mark.parametrize(("suite", "query"), [("dcat-ap", ""), ("own", ""), ("avoindata", "?profile=avoindata")])
@pytest.mark.parametrize("inference", INFERENCES)
def test_what_is_served_breaks_no_shape(client: FlaskClient, suite: str, query: str, inference: str) -> None:
    graph = Graph().parse(data=client.get(f"/catalog.ttl{query}").data, format="turtle")
    assert faults(graph, suite, inference) == set()


def test_addresses_are_those_at_which_it_is_asked(client: FlaskClient) -> None:
    body = client.get("/catalog.ttl", base_url="https://proxy.example.org/osa/levikki").data
    graph = Graph().parse(data=body, format="turtle")
    files = [str(graph.value(each, DCAT.downloadURL)) for each in graph.objects(DATASET, DCAT.distribution)]
    assert {url.partition("/data/")[0] for url in files} == {"https://proxy.example.org/osa/levikki"}
    endpoint = URIRef("https://proxy.example.org/osa/levikki/sparql")
    assert (SPARQL, DCAT.endpointURL, endpoint) in graph


def test_what_cannot_be_had_is_refused(client: FlaskClient) -> None:
    assert client.get("/catalog.xlsx").status_code == 406
    assert client.get("/catalog", headers={"Accept": "image/png"}).status_code == 406
    answer = client.get("/catalog?profile=dcat-us")
    assert (answer.status_code, json.loads(answer.data)["where"]) == (400, "profile")


def test_each_file_is_where_the_catalogue_says_and_as_it_says(client: FlaskClient) -> None:
    graph = Graph().parse(data=client.get("/catalog.ttl").data, format="turtle")
    found = list(graph.objects(DATASET, DCAT.distribution))
    assert len(found) > 5
    for file in found:
        body = client.get(str(graph.value(file, DCAT.downloadURL)).removeprefix("http://localhost"), buffered=True).data
        assert len(body) == int(str(graph.value(file, DCAT.byteSize)))
        assert hashlib.sha256(body).hexdigest() == str(
            graph.value(graph.value(file, SPDX.checksum), SPDX.checksumValue)
        )
    for service in graph.subjects(RDF.type, DCAT.DataService):
        for predicate in (DCAT.endpointURL, DCAT.endpointDescription):
            path = str(graph.value(service, predicate)).removeprefix("http://localhost")
            assert client.get(path + ("?default" if path == "/graph-store" else "")).status_code == 200


def test_the_statistics_are_those_of_void_and_each_leads_to_the_other(client: FlaskClient) -> None:
    graph = Graph().parse(data=client.get("/catalog.ttl").data, format="turtle")
    void = Graph().parse(data=client.get("/.well-known/void").data, format="turtle")
    counted = URIRef("http://localhost/.well-known/void#dataset")
    for total in (VOID.triples, VOID.entities, VOID.properties, VOID.classes, VOID.distinctSubjects):
        assert graph.value(DATASET, total) == void.value(counted, total) is not None
    assert len(list(graph.objects(DATASET, VOID.classPartition))) == int(str(graph.value(DATASET, VOID.classes)))
    assert (DATASET, OWL.sameAs, counted) in graph
    assert (counted, OWL.sameAs, DATASET) in void


def test_a_catalogue_is_had_also_where_counting_takes_too_long(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def slow(*_: object) -> Iterator[object]:
        raise QueryTimeout("takes too long", limit="query_seconds", value=1)

    monkeypatch.setattr(catalogue_pages, "statistics", slow)
    graph = Graph().parse(data=client.get("/catalog.ttl").data, format="turtle")
    assert graph.value(DATASET, VOID.triples) is None
    assert list(graph.objects(DATASET, DCAT.distribution))


def test_the_dataset_leads_to_its_catalogue(client: FlaskClient) -> None:
    answer = client.get("/dataset", headers={"Accept": "text/turtle"})
    assert (answer.status_code, answer.headers["Location"]) == (303, "/catalog")


@pytest.mark.parametrize("language", LANGUAGES)
def test_people_read_it_in_three_languages(client: FlaskClient, snapshot: Snapshot, language: str) -> None:
    page = client.get(f"/catalog?lang={language}", headers={"Accept": "text/html"}).get_data(as_text=True)
    for text in (texts()["title"][language], texts()["rights"][language], snapshot.name, "CC BY 4.0", "/sparql"):
        assert escape(text) in page
    for file in snapshot.files:
        assert f"/data/{file.path}" in page


def test_releases_of_another_base_and_those_that_vanish_are_left_out(tmp_path: Path) -> None:
    for name in ("first", "second", "third"):
        make_snapshot(tmp_path, name)
    folders = sorted(path for path in tmp_path.iterdir() if not path.is_symlink())
    manifest = folders[0] / "manifest.json"
    manifest.write_text(manifest.read_text().replace(NAMES.base, "https://example.org/"), encoding="utf-8")
    (folders[1] / "manifest.json").write_text("{", encoding="utf-8")
    newest = Snapshot(folders[2])
    assert [each.name for each in catalogue.releases(Publication(NAMES), newest)] == [newest.name]
