"""Things and their documents: every format, links for machines, pages of references, what is gone, any base and any mount."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from app_factory import making
from flask.testing import FlaskClient
from page_outline import BROWSER, outline
from rdflib import DCTERMS, FOAF, RDF, RDFS, SKOS, Graph, Namespace, URIRef
from test_server import NAMES, make_snapshot, problem

from graph import description
from graph.description import describe
from graph.errors import SnapshotError
from graph.formats import GRAPH_FORMATS, HTML, PLAIN
from graph.names import Names
from graph.settings import Settings
from graph.snapshot import Snapshot, latest
from graph.store import Engine
from graph.thing_data import plain, triples, written

LEV, HYDRA = Namespace(NAMES.ontology), Namespace("http://www.w3.org/ns/hydra/core#")
READERS = {"ttl": "turtle", "jsonld": "json-ld", "rdf": "xml", "nt": "nt"}
REGION = "region/keski-pohjanmaa"
CLAIM = "claim/keski-pohjanmaa-baseline-tiimimalli-kokkola"


@pytest.fixture
def small(tmp_path: Path) -> Iterator[FlaskClient]:
    """Serve a few invented facts, and know of a thing that is gone."""
    make_snapshot(tmp_path, "first")
    gone = {"gone": {"model/koe": "2026-01-02T030405Z-0a1b2c3d"}}
    (tmp_path / "first" / "gone.json").write_text(json.dumps(gone))
    with making(Settings(snapshots=tmp_path)) as app:
        yield app.test_client()


def iri(name: str) -> URIRef:
    return URIRef(NAMES.relative(name))


def read(client: FlaskClient, path: str, **more: Any) -> Graph:
    answer = client.get(path, **more)
    assert answer.status_code == 200, answer.text
    return Graph().parse(data=answer.data, format=READERS[next(k for k in READERS if f".{k}" in path)])


def links(header: str) -> list[tuple[str, str, str]]:
    """Return target, relation and type of each link of a header."""
    found = re.findall(r'<([^>]*)>; rel="([^"]*)"(?:; type="([^"]*)")?', header)
    assert header == ", ".join(f'<{to}>; rel="{rel}"' + (f'; type="{kind}"' if kind else "") for to, rel, kind in found)
    return found


# ---- formats ----


@pytest.mark.parametrize("name", [REGION, CLAIM, "model/tiimimalli", "scheme/status/adopted", "page/helsinki"])
def test_every_rdf_format_says_the_same(client: FlaskClient, name: str) -> None:
    said = {suffix: set(read(client, f"/doc/{name}.{suffix}")) for suffix in READERS}
    assert said["ttl"] == said["nt"] == said["rdf"] == said["jsonld"]
    assert (iri(name), RDF.type, None) in read(client, f"/doc/{name}.nt")


@pytest.mark.parametrize(
    ("accept", "media_type"),
    [
        ("text/turtle", "text/turtle"),
        ("application/json", "application/json"),
        ("application/ld+json, application/json;q=0.5", "application/ld+json"),
        ("application/rdf+xml;q=0.9, text/html;q=0.1", "application/rdf+xml"),
        ("application/xml;q=0.9, text/html", "text/html"),
        ("*/*", "text/html"),
    ],
)
def test_the_accept_header_chooses(client: FlaskClient, accept: str, media_type: str) -> None:
    answer = client.get(f"/doc/{CLAIM}", headers={"Accept": accept})
    assert (answer.status_code, answer.mimetype) == (200, media_type)
    assert "Accept" in answer.vary


def test_a_media_type_that_is_not_there_is_a_406(client: FlaskClient) -> None:
    told = problem(client.get(f"/doc/{CLAIM}", headers={"Accept": "image/png"}))
    assert told["status"] == 406
    assert "application/json" in told["hint"]


@pytest.mark.parametrize("form", [HTML, *GRAPH_FORMATS, PLAIN], ids=lambda form: form.name)
def test_every_format_has_a_strong_validator_of_its_own(client: FlaskClient, form: Any) -> None:
    first = client.get(f"/doc/{CLAIM}.{form.name}")
    etag = first.headers["ETag"]
    assert not etag.startswith("W/")
    again = client.get(f"/doc/{CLAIM}.{form.name}", headers={"If-None-Match": etag})
    assert (again.status_code, again.data) == (304, b"")
    others = [client.get(f"/doc/{CLAIM}.{each.name}") for each in (HTML, *GRAPH_FORMATS, PLAIN) if each != form]
    assert etag not in {other.headers["ETag"] for other in others}


def test_the_same_snapshot_gives_the_same_bytes(engine: Engine) -> None:
    for form in (*GRAPH_FORMATS, PLAIN):
        one, other = (describe(engine, NAMES.relative(REGION)) for _ in range(2))
        assert one
        assert other
        assert written(one, "urn:l", form) == written(other, "urn:l", form)


# ---- what a description says ----


def test_a_description_holds_all_that_the_graph_says_of_a_thing_and_its_parts(
    client: FlaskClient, engine: Engine
) -> None:
    found = read(client, f"/doc/{CLAIM}.nt")
    for part in ("", "#evidence", "#position"):
        whole = engine.construct(
            "CONSTRUCT { ?thing ?p ?o } { ?thing ?p ?o }", GRAPH_FORMATS[1], thing=f"{iri(CLAIM)}{part}"
        )
        assert whole
        assert set(Graph().parse(data=whole, format="nt")) <= set(found)


@pytest.mark.parametrize("name", [REGION, CLAIM, "model/tiimimalli", "adoption/tiimimalli-lansi-uusimaa"])
def test_whatever_is_pointed_to_has_its_labels_in_every_language(
    client: FlaskClient, engine: Engine, name: str
) -> None:
    found = read(client, f"/doc/{name}.nt")
    things = {str(each) for each in found.objects(iri(name)) if str(each).startswith(NAMES.relative(""))}
    assert things
    for each in things:
        rows = engine.select("SELECT ?thing ?label { ?thing skos:prefLabel ?label }", thing=each).rows
        labels = {(row["label"].value, row["label"].language) for row in rows}
        assert {(str(label), label.language) for label in found.objects(URIRef(each), SKOS.prefLabel)} == labels  # type: ignore[attr-defined]


@pytest.mark.parametrize("name", [REGION, "model/tiimimalli", "adoption/tiimimalli-lansi-uusimaa", CLAIM])
def test_every_claim_shows_its_graph_its_review_and_its_evidence(
    client: FlaskClient, engine: Engine, name: str
) -> None:
    found = read(client, f"/doc/{name}.ttl")
    claims = set(found.subjects(RDF.type, LEV.Claim)) & set(found.subjects(LEV.status))
    assert claims
    for claim in claims:
        (graph,) = found.objects(claim, DCTERMS.isPartOf)
        query = "SELECT ?claim ?graph { GRAPH ?graph { ?claim a lev:Claim } }"
        assert [row["graph"].value for row in engine.select(query, claim=str(claim)).rows] == [str(graph)]
        assert list(found.objects(claim, LEV.reviewState))
        (evidence,) = found.objects(claim, LEV.evidence)
        assert list(found.objects(evidence, LEV.line))


def test_a_region_shows_all_its_adoptions_with_their_claims_on_the_first_page(
    client: FlaskClient, engine: Engine
) -> None:
    query = "SELECT ?region ?adoption ?claim { ?adoption a lev:Adoption ; lev:region ?region ; lev:claim ?claim }"
    rows = engine.select(query, region=str(iri(REGION))).rows
    found = read(client, f"/doc/{REGION}.ttl")
    assert len(rows) > 50
    assert {row["adoption"].value for row in rows} == {str(each) for each in found.subjects(LEV.currentStatus)}
    assert {row["claim"].value for row in rows} <= {str(each) for each in found.subjects(LEV.status)}


def test_a_document_says_what_it_is(client: FlaskClient) -> None:
    found = read(client, "/doc/model/tiimimalli.ttl")
    document = URIRef(f"{NAMES.base}doc/model/tiimimalli")
    assert found.value(document, FOAF.primaryTopic) == iri("model/tiimimalli")
    assert found.value(document, DCTERMS.license) == URIRef(Settings().licence)
    assert {str(each) for each in found.objects(document, DCTERMS.source)} == {
        NAMES.graph("alignment"), NAMES.graph("derived"), NAMES.graph("vocabulary"),
    }  # fmt: skip
    assert not list(found.objects(document, HYDRA.view))  # all is on one page


def test_nothing_is_said_of_the_terms_of_the_ontology(client: FlaskClient) -> None:
    assert not list(read(client, f"/doc/{CLAIM}.ttl").triples((LEV.model, RDFS.label, None)))


# ---- pages of references ----


def test_references_come_in_pages_each_once(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(description, "LINKS", 20)
    first = client.get("/doc/scheme/status.json").get_json()
    total, pages = first["backlinks"]["total"], first["backlinks"]["pages"]
    assert pages == -(-total // 20)
    monkeypatch.setattr(description, "LINKS", 4)
    items, page, address = [], 1, "/doc/scheme/status.json"
    while address:
        held = client.get(address).get_json()["backlinks"]
        assert held["page"] == page
        items += [(each["id"], each["property"]) for each in held["items"]]
        address, page = held.get("next", "").replace(NAMES.base, "/"), page + 1
    assert len(items) == len(set(items)) == total
    assert items == sorted(items)


def test_very_many_references_come_unordered_each_once(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(description, "ORDERED", 3)
    monkeypatch.setattr(description, "LINKS", 7)
    pages = [client.get(f"/doc/scheme/review-state.json?page={page}").get_json()["backlinks"] for page in (1, 2)]
    items = [(each["id"], each["property"]) for page in pages for each in page["items"]]
    assert len(items) == len(set(items)) == pages[0]["total"] > 7


def test_pages_are_linked_in_header_page_and_rdf(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(description, "LINKS", 4)
    answer = client.get("/doc/scheme/status.ttl?page=2")
    there = {rel: to for to, rel, _ in links(answer.headers["Link"])}
    assert (there["first"], there["prev"], there["next"]) == (
        "/doc/scheme/status.ttl", "/doc/scheme/status.ttl", "/doc/scheme/status.ttl?page=3",
    )  # fmt: skip
    assert there["canonical"] == f"{NAMES.base}doc/scheme/status?page=2"
    found = Graph().parse(data=answer.data, format="turtle")
    document = f"{NAMES.base}doc/scheme/status"
    view = URIRef(f"{document}?page=2")
    assert found.value(URIRef(document), HYDRA.view) == view
    assert found.value(view, HYDRA.next) == URIRef(f"{document}?page=3")
    assert found.value(view, HYDRA.previous) == URIRef(document)
    page = outline(client.get("/doc/scheme/status?page=2", headers=BROWSER).text)
    assert {each.get("rel"): each["href"] for each in page.all("a")}["next"] == "/doc/scheme/status?page=3"


@pytest.mark.parametrize(("page", "status"), [("0", 400), ("x", 400), ("-1", 400), ("²", 400), ("9999", 404)])
def test_a_page_that_is_not_there_is_refused(client: FlaskClient, page: str, status: int) -> None:
    assert problem(client.get(f"/doc/{CLAIM}.ttl?page={page}"))["status"] == status


# ---- plain JSON ----


def test_plain_json_has_the_shape_that_the_docs_tell(client: FlaskClient) -> None:
    claim = client.get(f"/doc/{CLAIM}.json").get_json()
    assert set(claim) == {
        "id", "type", "label", "properties", "graph", "parts", "adoptions", "claims", "backlinks", "document",
    }  # fmt: skip
    assert (claim["id"], claim["type"], claim["label"]["en"]) == (
        str(iri(CLAIM)),
        ["Claim"],
        "Team model, Kokkola, baseline",
    )
    properties = claim["properties"]
    assert [each["label"]["sv"] for each in properties["model"]] == ["Teammodell"]
    assert properties["periodLabel"] == ["baseline"]
    assert properties["reviewNote"] == {"en": ["measures set by the steward"]}
    assert claim["graph"] == NAMES.graph("page/keski-pohjanmaa")
    (evidence,) = (part for part in claim["parts"] if part["id"].endswith("#evidence"))
    assert evidence["properties"]["line"] == [152]
    assert claim["backlinks"]["items"][0]["type"] == ["Adoption"]
    assert claim["document"]["graphs"] == [NAMES.graph("derived"), NAMES.graph("page/keski-pohjanmaa")]


def test_plain_json_of_a_region_has_its_adoptions_and_claims(client: FlaskClient) -> None:
    region = client.get(f"/doc/{REGION}.json").get_json()
    assert region["properties"]["code"] == ["18"]
    adoption = next(each for each in region["adoptions"] if each["id"].endswith("tiimimalli-keski-pohjanmaa"))
    held = {each["id"]: each for each in region["claims"]}
    for each in adoption["properties"]["claim"]:
        claim = held[each["id"]]
        assert claim["graph"] == NAMES.graph("page/keski-pohjanmaa")
        assert claim["properties"]["reviewState"]
        assert [part["id"].partition("#")[2] for part in claim["parts"]] == ["evidence", "position"]


def test_plain_json_and_rdf_say_the_same_of_a_thing(engine: Engine) -> None:
    held = describe(engine, str(iri("measure/ita-uusimaa-2022-autumn-ipc-ita-uusimaa-1")))
    assert held
    told = plain(held, "urn:l")
    (value,) = told["properties"]["value"]
    (there,) = {t.object.value for t in triples(held, "urn:l") if str(t.predicate.value).endswith("hasSimpleResult")}  # type: ignore[union-attr]
    assert value == float(there)


# ---- links for machines ----


def test_a_page_is_signposted(client: FlaskClient) -> None:
    answer = client.get(f"/doc/{REGION}", headers=BROWSER)
    found = links(answer.headers["Link"])
    of: dict[str, set[str]] = {}
    for to, rel, _ in found:
        of.setdefault(rel, set()).add(to)
    assert of["cite-as"] == {str(iri(REGION))}
    assert of["type"] == {"https://schema.org/AboutPage", str(LEV.Region)}
    assert of["license"] == {Settings().licence}
    assert of["collection"] == {f"{NAMES.base}dataset"}
    assert of["canonical"] == {f"{NAMES.base}doc/{REGION}"}
    assert of["describes"] == {str(iri(REGION))}
    assert of["describedby"] == of["alternate"]
    for to, rel, kind in found:
        if rel == "describedby":
            assert client.get(to).mimetype == kind


@pytest.mark.parametrize("suffix", [*READERS, "json"])
def test_a_description_leads_back_to_its_page(client: FlaskClient, suffix: str) -> None:
    found = links(client.get(f"/doc/{REGION}.{suffix}").headers["Link"])
    assert (f"/doc/{REGION}", "describes", "text/html") in found
    assert not [each for each in found if each[1] in {"cite-as", "describedby"}]
    others = {to.rpartition(".")[2] for to, rel, _ in found if rel == "alternate"}
    assert others == {"html", *READERS, "json"} - {suffix}


def test_scripts_of_other_sites_see_the_links(client: FlaskClient) -> None:
    answer = client.get(f"/doc/{CLAIM}.json")
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert "Link" in answer.headers["Access-Control-Expose-Headers"]


# ---- what is not there, and what is gone ----


@pytest.mark.parametrize(
    "path", ["/doc/model/none", "/doc/model/none.ttl", "/doc/model/none.json", "/doc/x/y", "/id/x/y"]
)
def test_what_was_never_there_is_a_404_for_programs_and_people(small: FlaskClient, path: str) -> None:
    told = problem(small.get(path, headers={"Accept": "text/turtle"}))
    assert told["status"] == 404
    page = small.get(path, headers=BROWSER)
    assert (page.status_code, page.mimetype) == (404, "text/html")


@pytest.mark.parametrize("path", ["/doc/model/koe", "/doc/model/koe.ttl", "/doc/model/koe.json", "/doc/model/koe.html"])
def test_what_an_earlier_release_had_is_gone_and_says_where_it_was(small: FlaskClient, path: str) -> None:
    there = "/release/2026-01-02T030405Z-0a1b2c3d/doc/model/koe"
    told = problem(small.get(path, headers={"Accept": "application/ld+json"}))
    assert (told["status"], told["title"], told["link"]) == (410, "Gone", there)
    assert "2026-01-02T030405Z-0a1b2c3d" in told["detail"]
    page = small.get(f"{path}?lang=en", headers=BROWSER)
    assert (page.status_code, page.mimetype) == (410, "text/html")
    assert there in {each["href"] for each in outline(page.text).all("a")}
    assert small.get("/id/model/koe").status_code == 303


def test_a_thing_that_came_back_is_not_gone(small: FlaskClient, tmp_path: Path) -> None:
    gone = {"gone": {"model/hygga": "2026-01-02T030405Z-0a1b2c3d"}}
    (tmp_path / "first" / "gone.json").write_text(json.dumps(gone))
    assert small.get("/doc/model/hygga.ttl").status_code == 200


@pytest.mark.parametrize("text", ["[]", "{}", "nonsense", '{"gone": 3}'])
def test_a_list_of_gone_things_that_cannot_be_read_says_so(tmp_path: Path, text: str) -> None:
    make_snapshot(tmp_path, "first")
    assert latest(tmp_path).gone == {}
    (tmp_path / "first" / "gone.json").write_text(text)
    with pytest.raises(SnapshotError, match="gone"):
        assert latest(tmp_path).gone


def test_a_hostile_name_finds_nothing(client: FlaskClient) -> None:
    for name in ("a> ?p ?o } #", "a%3E%20?p", "a\nb", 'a"b', "a{}", "%00", "ä", "x" * 5000):
        assert client.get(f"/doc/model/{name}", headers={"Accept": "text/turtle"}).status_code in {400, 404}


# ---- any base, any mount ----


def test_a_foreign_base_answers_with_its_own_iris(tmp_path: Path) -> None:
    names = Names("https://data.example.org/levinneisyys/")
    make_snapshot(tmp_path, "own", names)
    with making(Settings(snapshots=tmp_path, address="https://www.example.org/l/")) as app:
        client = app.test_client()
        assert client.get("/id/model/hygga").headers["Location"] == "/doc/model/hygga"
        answer = client.get("/doc/model/hygga.ttl", base_url="http://elsewhere/")
        assert names.relative("model/hygga") in Graph().parse(data=answer.data).serialize(format="nt")
        assert NAMES.base not in answer.text
        assert NAMES.base not in answer.headers["Link"]
        there = {rel: to for to, rel, _ in links(answer.headers["Link"])}
        assert there["canonical"] == "https://www.example.org/l/doc/model/hygga"
        told = client.get("/doc/model/hygga.json")
        assert NAMES.base not in told.text
        page = client.get("/ontology", headers=BROWSER)
        assert f"{names.ontology}Adoption" in page.text
        assert NAMES.base not in page.text


MOUNTS: list[tuple[int, dict[str, Any]]] = [
    (0, {"environ_overrides": {"SCRIPT_NAME": "/levikki"}}),
    (1, {"headers": {**BROWSER, "X-Forwarded-Prefix": "/levikki", "X-Forwarded-Host": "data.example.org"}}),
]


@pytest.mark.parametrize(("proxies", "how"), MOUNTS, ids=["script-name", "proxy"])
@pytest.mark.parametrize(
    "path",
    ["/", f"/doc/{CLAIM}", f"/doc/{REGION}?lang=sv", "/ontology", "/data/", "/questions", "/sparql", "/doc/model/none"],
)
def test_every_link_of_a_page_stays_below_its_mount(
    snapshot: Snapshot, settings: Settings, path: str, proxies: int, how: dict[str, Any]
) -> None:
    assert snapshot.path.parent == settings.snapshots
    with making(Settings(snapshots=settings.snapshots, trusted_proxies=proxies)) as app:
        answer = app.test_client().get(path, **({"headers": BROWSER} | how))
        page = outline(answer.text)
        found = [str(each.get(name)) for _, each in page.tags for name in ("href", "action", "src") if name in each]
        ours = [each for each in found if each.startswith("/")]
        assert ours
        assert [each for each in ours if not each.startswith("/levikki/")] == []
        assert [each for each in found if "127.0.0.1" in each or "localhost" in each] == []
        ours = [to for to, _, _ in links(answer.headers.get("Link", "")) if to.startswith("/")]
        assert [each for each in ours if not each.startswith("/levikki/")] == []


@pytest.mark.parametrize(("proxies", "how"), MOUNTS, ids=["script-name", "proxy"])
def test_a_thing_below_a_mount_sends_to_its_document_there(
    snapshot: Snapshot, settings: Settings, proxies: int, how: dict[str, Any]
) -> None:
    assert snapshot.path.parent == settings.snapshots
    with making(Settings(snapshots=settings.snapshots, trusted_proxies=proxies)) as app:
        answer = app.test_client().get("/id/model/tiimimalli", **how)
        assert (answer.status_code, answer.headers["Location"]) == (303, "/levikki/doc/model/tiimimalli")


def test_a_prefix_that_nobody_vouches_for_is_not_believed(client: FlaskClient) -> None:
    answer = client.get("/id/model/tiimimalli", headers={"X-Forwarded-Prefix": "/evil"})
    assert answer.headers["Location"] == "/doc/model/tiimimalli"
