"""The HTTP service: what each address answers, to whom, in which form."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote
from xml.etree import ElementTree as ET

import pyoxigraph as ox
import pytest
from app_factory import answering, making
from flask import Flask
from flask.testing import FlaskClient
from page_outline import BROWSER, outline
from rdflib import DCTERMS, Dataset, Graph, URIRef
from SPARQLWrapper import CSV, JSON, TURTLE, SPARQLWrapper
from SPARQLWrapper.SPARQLExceptions import QueryBadFormed
from werkzeug.test import TestResponse

import server
from graph import description, matrix_data, questions
from graph.names import Names
from graph.serving import Gunicorn
from graph.settings import Settings

NAMES = Names()
SELECT = "SELECT ?model { ?model a lev:PracticeModel } ORDER BY ?model"
CONSTRUCT = "CONSTRUCT WHERE { model:tiimimalli ?p ?o }"
RUNAWAY = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l FILTER(STR(?a) < STR(?l)) }"
QUESTION = """#+ summary-fi: Mitä malleja alueella on
#+ summary-sv: Vilka modeller har området
#+ summary-en: Which models has the region
#+ tags: models
#+ parameter: region iri region:lansi-uusimaa
PREFIX lev: <https://w3id.org/levikki/ontology#>
SELECT ?region ?model WHERE { ?adoption lev:region ?region ; lev:model ?model } ORDER BY ?model
"""
GRAPHS = {
    "vocabulary": """
lev:Adoption a owl:Class ; rdfs:label "käyttöönotto"@fi, "adoption"@en ; rdfs:isDefinedBy <{base}ontology> .
lev:region a owl:ObjectProperty ; rdfs:label "alue"@fi, "region"@en ; rdfs:isDefinedBy <{base}ontology> .
<{base}ontology> a owl:Ontology .
region:lansi-uusimaa a lev:Region ; skos:notation "06" ; skos:prefLabel "Länsi-Uusimaa"@fi, "Västra Nyland"@sv .
region:ita-uusimaa a lev:Region ; skos:notation "03" ; skos:prefLabel "Itä-Uusimaa"@fi, "Östra Nyland"@sv .
region:ahvenanmaa a lev:Region ; skos:notation "21" ; skos:prefLabel "Ahvenanmaa"@fi, "Åland"@sv .
model:tiimimalli a lev:PracticeModel ; skos:prefLabel "Tiimimalli"@fi, "Team model"@en .
model:hygga a lev:PracticeModel ; skos:prefLabel "Hygga <b>"@fi .
status:adopted skos:notation "adopted" ; skos:prefLabel "käytössä"@fi, "i bruk"@sv, "adopted"@en .
status:discontinued skos:notation "discontinued" ; skos:prefLabel "lopetettu"@fi, "avvecklad"@sv, "discontinued"@en .
""",
    "page/koe": """
claim:koe-1 a lev:Claim ; lev:model model:tiimimalli ; lev:evidence claim:koe-1\\#evidence .
claim:koe-1\\#evidence a oa:SpecificResource ; lev:line 12 ; oa:hasSelector claim:koe-1\\#position .
claim:koe-1\\#position a oa:TextPositionSelector ; oa:start 100 ; oa:end 180 .
""",
    "derived": """
adoption:a1 a lev:Adoption ; lev:model model:tiimimalli ; lev:region region:lansi-uusimaa ; lev:claim claim:koe-1 ;
  lev:currentStatus status:adopted ; lev:firstReported "2021-05-01"^^xsd:date ; lev:lastReported "2021-05-01"^^xsd:date .
adoption:a2 a lev:Adoption ; lev:model model:hygga ; lev:region region:ita-uusimaa ; lev:claim claim:koe-2 ;
  lev:currentStatus status:discontinued ; lev:firstReported "2022-01-31"^^xsd:date ; lev:lastReported "2022-01-31"^^xsd:date .
adoption:a3 a lev:Adoption ; lev:model model:tiimimalli ; lev:region region:ita-uusimaa ; lev:claim claim:koe-3 ;
  lev:currentStatus status:adopted ; lev:firstReported "2019-12-31"^^xsd:date ; lev:lastReported "2019-12-31"^^xsd:date .
""",
}


def make_snapshot(snapshots: Path, name: str, names: Names = NAMES) -> None:
    """Write a snapshot folder as a build does, with a few invented facts, and publish it."""
    folder = snapshots / name
    folder.mkdir(parents=True)
    store = ox.Store(str(folder / "store"))
    prefixes = "".join(f"@prefix {prefix}: <{space}> .\n" for prefix, space in names.prefixes().items())
    for graph, text in GRAPHS.items():
        turtle = prefixes + text.replace("{base}", names.base)
        store.bulk_load(turtle, format=ox.RdfFormat.TURTLE, to_graph=ox.NamedNode(names.graph(graph)))
    store.flush()
    del store
    manifest = {
        "base": names.base,
        "made": "2026-01-31T12:00:00Z",
        "quads": 42,
        "counts": {"models": 2, "regions": 3, "claims": 1, "pages": 1},
    }
    (folder / "manifest.json").write_text(json.dumps(manifest))
    (snapshots / f"link-{name}").symlink_to(name)
    (snapshots / f"link-{name}").replace(snapshots / "latest")


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    snapshots = tmp_path_factory.mktemp("snapshots")
    make_snapshot(snapshots, "first")
    with making(Settings(snapshots=snapshots, query_seconds=1, query_characters=5000, query_processes=2)) as app:
        yield app


@pytest.fixture
def one_question(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Put one question in the place of the shipped ones: the models of a region."""
    path = tmp_path / "models-of-region.rq"
    path.write_text(QUESTION, encoding="utf-8")
    question = questions.read(path, NAMES)
    monkeypatch.setattr(questions, "load", lambda _names: {question.name: question})


def ask(client: FlaskClient, query: str, **more: Any) -> TestResponse:
    return client.get(f"/sparql?query={quote(query)}", **more)


# ---- the SPARQL protocol ----


def test_the_three_ways_to_ask_get_the_same_answer(client: FlaskClient) -> None:
    direct = {"data": SELECT.encode(), "content_type": "application/sparql-query; charset=UTF-8"}
    answers = [ask(client, SELECT), client.post("/sparql", data={"query": SELECT}), client.post("/sparql", **direct)]
    assert {answer.status_code for answer in answers} == {200}
    assert {answer.mimetype for answer in answers} == {"application/sparql-results+json"}
    (body,) = {answer.data for answer in answers}
    found = [row["model"]["value"] for row in json.loads(body)["results"]["bindings"]]
    assert found == [NAMES.thing("model", "hygga"), NAMES.thing("model", "tiimimalli")]


@pytest.mark.parametrize("by", ["accept", "format"])
def test_rows_come_in_the_format_asked_for(client: FlaskClient, by: str) -> None:
    types = {"csv": "text/csv", "tsv": "text/tab-separated-values", "xml": "application/sparql-results+xml"}
    found = {}
    for name, media_type in types.items():
        headers = {"Accept": media_type} if by == "accept" else BROWSER
        suffix = "&format=" + name if by == "format" else ""
        answer = client.get(f"/sparql?query={quote(SELECT)}{suffix}", headers=headers)
        assert answer.mimetype == media_type
        found[name] = answer.text
    iri = NAMES.thing("model", "hygga")
    assert next(iter(csv.DictReader(io.StringIO(found["csv"]))))["model"] == iri
    assert found["tsv"].splitlines()[1] == f"<{iri}>"
    assert iri in "".join(ET.fromstring(found["xml"]).itertext())  # noqa: S314 - our own output


@pytest.mark.parametrize(
    ("media_type", "reader"),
    [
        ("text/turtle", "turtle"),
        ("application/n-triples", "nt"),
        ("application/ld+json", "json-ld"),
        ("application/rdf+xml", "xml"),
    ],
)
@pytest.mark.parametrize("query", [CONSTRUCT, "DESCRIBE model:tiimimalli"])
def test_graphs_come_in_the_format_asked_for(client: FlaskClient, query: str, media_type: str, reader: str) -> None:
    answer = ask(client, query, headers={"Accept": media_type})
    assert answer.mimetype == media_type
    assert len(Graph().parse(data=answer.data, format=reader)) == 3


def test_a_true_answer_is_true_in_every_format(client: FlaskClient) -> None:
    found = {name: client.get(f"/sparql?query=ASK%7B%7D&format={name}").data for name in ("json", "xml", "csv", "tsv")}
    assert json.loads(found["json"])["boolean"] is True
    assert b"<boolean>true</boolean>" in found["xml"]
    assert found["csv"] == found["tsv"] == b"true"


def test_graphs_can_be_named_in_the_request(client: FlaskClient) -> None:
    count = quote("SELECT (COUNT(*) AS ?n) { ?s a lev:Adoption }")
    graph = quote(NAMES.graph("vocabulary"))
    assert client.get(f"/sparql?query={count}&format=csv").text.split() == ["n", "3"]
    assert client.get(f"/sparql?query={count}&format=csv&default-graph-uri={graph}").text.split() == ["n", "0"]
    assert client.get(f"/sparql?query={count}&default-graph-uri=http://127.0.0.1:9/x.ttl").status_code == 403


def test_head_has_the_headers_and_no_body(client: FlaskClient) -> None:
    answer = client.head(f"/sparql?query={quote(SELECT)}")
    assert (answer.status_code, answer.mimetype, answer.data) == (200, "application/sparql-results+json", b"")


def test_scripts_of_other_sites_may_ask(client: FlaskClient) -> None:
    allowed = client.options("/sparql", headers={"Origin": "https://example.org"})
    assert {"GET", "HEAD", "POST", "OPTIONS"} <= set(allowed.headers["Access-Control-Allow-Methods"].split(", "))
    assert "Content-Type" in allowed.headers["Access-Control-Allow-Headers"]
    for answer in (allowed, ask(client, SELECT), client.get("/id/model/hygga"), ask(client, "SELECT nonsense")):
        assert answer.headers["Access-Control-Allow-Origin"] == "*"
        assert "Access-Control-Allow-Credentials" not in answer.headers


def test_without_a_query_the_service_describes_itself(client: FlaskClient) -> None:
    sd = "http://www.w3.org/ns/sparql-service-description#"
    for name, reader in {"ttl": "turtle", "nt": "nt", "jsonld": "json-ld", "rdf": "xml"}.items():
        answer = client.get(f"/sparql?format={name}")
        graph = Graph().parse(data=answer.data, format=reader)
        assert str(next(graph.objects(predicate=URIRef(f"{sd}endpoint")))) == "http://localhost/sparql"
        assert {str(name) for name in graph.objects(predicate=URIRef(f"{sd}name"))} == {
            NAMES.graph(name) for name in GRAPHS
        }


# ---- refusals ----


def problem(answer: TestResponse) -> dict[str, Any]:
    assert answer.mimetype == "application/problem+json"
    told = json.loads(answer.data)
    assert told["status"] == answer.status_code
    assert told["title"]
    assert told["detail"]
    return dict(told)


def test_a_parse_error_is_a_400_with_line_and_column(client: FlaskClient) -> None:
    told = problem(ask(client, "SELECT * {\n ?s nix:label ?o }"))
    assert (told["status"], told["line"], told["column"]) == (400, 2, 5)
    assert "nix" in told["detail"]


@pytest.mark.parametrize(
    ("query", "word"),
    [
        ("SELECT * { { SELECT * { SERVICE SILENT <http://127.0.0.1:9/> { ?s ?p ?o } } } }", "SERVICE"),
        ("LOAD <http://127.0.0.1:9/>", "read-only"),
        ("SELECT * FROM <file:///etc/hostname> { ?s ?p ?o }", "file:///etc/hostname"),
    ],
)
def test_what_is_never_done_is_a_403(client: FlaskClient, query: str, word: str) -> None:
    told = problem(ask(client, query))
    assert told["status"] == 403
    assert word in told["detail"]


def test_an_update_is_a_403_that_says_where_facts_enter(client: FlaskClient) -> None:
    insert = "INSERT DATA { <urn:a> <urn:b> <urn:c> }"
    answers = [
        client.post("/sparql", data={"update": insert}),
        client.post("/sparql", data=insert, content_type="application/sparql-update"),
        client.get(f"/sparql?update={quote(insert)}"),
        ask(client, insert),
    ]
    for told in map(problem, answers):
        assert told["status"] == 403
        assert "review" in told["hint"]


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        ({"data": SELECT, "content_type": "text/plain"}, 415),
        ({"data": SELECT}, 415),
        ({"data": SELECT.encode("utf-16"), "content_type": "application/sparql-query"}, 400),
        ({"data": SELECT.encode("utf-16"), "content_type": "application/sparql-query; charset=utf-16"}, 415),
        ({"data": {}, "content_type": "application/x-www-form-urlencoded"}, 400),
        ({"data": {"query": [SELECT, SELECT]}}, 400),
        ({"data": {"query": "#" * 5001}}, 413),
        ({"data": b"#" * 100_000, "content_type": "application/sparql-query"}, 413),
    ],
)
def test_a_post_that_cannot_be_read_says_why(client: FlaskClient, sent: dict[str, Any], status: int) -> None:
    assert problem(client.post("/sparql", **sent))["status"] == status


def test_a_format_that_is_not_there_is_a_406_that_lists_what_is(client: FlaskClient) -> None:
    assert "text/csv" in problem(ask(client, SELECT, headers={"Accept": "image/png"}))["hint"]
    told = problem(client.get(f"/sparql?query={quote(CONSTRUCT)}&format=csv"))
    assert (told["status"], "ttl" in told["hint"]) == (406, True)


def test_other_methods_are_a_405_that_lists_the_allowed_ones(client: FlaskClient) -> None:
    answer = client.delete("/sparql")
    assert problem(answer)["status"] == 405
    assert "POST" in answer.headers["Allow"]


def test_a_runaway_query_is_a_503_and_the_next_one_is_answered(client: FlaskClient) -> None:
    answer = ask(client, RUNAWAY)
    assert "query_seconds" in problem(answer)["detail"]
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
    assert ask(client, SELECT).status_code == 200


def test_a_failure_of_the_server_tells_nothing_of_its_inside(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise OSError("/srv/secret/path")

    monkeypatch.setattr(matrix_data, "table", fail)
    assert problem(client.get("/"))["status"] == 500
    assert "secret" not in client.get("/").text + client.get("/", headers=BROWSER).text


def test_without_a_snapshot_every_page_is_a_503_that_says_what_to_run(tmp_path: Path) -> None:
    client = server.create_app(Settings(snapshots=tmp_path / "none")).test_client()
    for path in ("/ready", "/", "/sparql?query=ASK%7B%7D", "/doc/model/hygga"):
        answer = client.get(path)
        assert problem(answer)["status"] == 503
        assert str(tmp_path) not in answer.text
        assert "levikki build" in answer.text
    assert client.get("/", headers=BROWSER).status_code == 503


# ---- linked data ----


def test_a_thing_sends_to_its_document(client: FlaskClient) -> None:
    answer = client.get("/id/scheme/status/adopted")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/doc/scheme/status/adopted")
    assert client.get("/id/model/hygga?kind=x&lang=sv").headers["Location"] == "/doc/model/hygga?lang=sv"
    assert client.get("/id/nonsense/x").status_code == 404


@pytest.mark.parametrize(("suffix", "reader"), [("ttl", "turtle"), ("jsonld", "json-ld"), ("rdf", "xml"), ("nt", "nt")])
def test_a_document_comes_by_suffix_and_by_accept(client: FlaskClient, suffix: str, reader: str) -> None:
    by_suffix = client.get(f"/doc/claim/koe-1.{suffix}", headers=BROWSER)
    by_accept = client.get("/doc/claim/koe-1", headers={"Accept": by_suffix.mimetype})
    assert by_suffix.data == by_accept.data
    found = Graph().parse(data=by_suffix.data, format=reader)
    # The claim, its evidence and the evidence's position.
    claim = NAMES.thing("claim", "koe-1")
    assert {f"{claim}{part}" for part in ("", "#evidence", "#position")} <= {str(each) for each in found.subjects()}
    assert (URIRef(claim), DCTERMS.isPartOf, URIRef(NAMES.graph("page/koe"))) in found


def test_a_browser_gets_a_page(client: FlaskClient) -> None:
    for path in ("/doc/claim/koe-1?view=all", "/doc/claim/koe-1.html?view=all"):
        answer = client.get(path, headers=BROWSER)
        assert answer.mimetype == "text/html"
        assert {"Accept", "Accept-Language"} <= set(answer.headers["Vary"].split(", "))
        assert 'href="/doc/model/tiimimalli"' in answer.text
        assert 'id="position"' in answer.text


def test_a_page_lists_what_links_to_its_thing(client: FlaskClient) -> None:
    text = client.get("/doc/model/tiimimalli", headers=BROWSER).text
    assert {"/doc/adoption/a1", "/doc/adoption/a3", "/doc/claim/koe-1"} <= set(re.findall('href="([^"]+)"', text))


def test_incoming_links_are_bounded_and_counted(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(description, "LINKS", 1)
    assert (
        "This page shows 1 of 3 references."
        in client.get("/doc/model/tiimimalli?view=all&lang=en", headers=BROWSER).text
    )


@pytest.mark.parametrize(
    "path", ["/doc/model/none", "/doc/model/none.ttl", "/doc/model/hygga.pdf", "/graph/none", "/x"]
)
def test_what_is_not_there_is_a_404(client: FlaskClient, path: str) -> None:
    assert problem(client.get(path))["status"] == 404
    page = client.get(path, headers=BROWSER)
    assert (page.status_code, page.mimetype) == (404, "text/html")


def test_the_ontology_is_turtle_for_programs_and_a_list_for_browsers(client: FlaskClient) -> None:
    answer = client.get("/ontology")
    assert answer.mimetype == "text/turtle"
    found = Graph().parse(data=answer.data, format="turtle")
    assert {str(term) for term in found.subjects()} == {
        f"{NAMES.base}ontology", f"{NAMES.ontology}Adoption", f"{NAMES.ontology}region",
    }  # fmt: skip
    assert client.get("/ontology.nt").mimetype == "application/n-triples"
    page = client.get("/ontology?lang=en", headers=BROWSER).text
    assert 'id="Adoption"' in page
    assert "adoption" in page


def test_a_named_graph_comes_whole(client: FlaskClient) -> None:
    turtle = client.get("/graph/page/koe")
    assert len(Graph().parse(data=turtle.data, format=turtle.mimetype)) == 9
    quads = client.get("/graph/page/koe?format=nq")
    (graph,) = {str(quad[3]) for quad in Dataset().parse(data=quads.data, format="nquads").quads()}
    assert graph == NAMES.graph("page/koe")


def test_the_base_is_the_snapshots_and_the_host_any(tmp_path: Path) -> None:
    names = Names("https://data.example.org/levinneisyys/")
    make_snapshot(tmp_path, "own", names)
    with making(Settings(snapshots=tmp_path)) as app:
        client = app.test_client()
        assert names.thing("model", "hygga") in client.get("/doc/model/hygga.nt", base_url="http://elsewhere/").text
        assert 'href="/doc/model/hygga"' in client.get("/", headers=BROWSER).text


def test_a_new_snapshot_is_served_without_a_restart(tmp_path: Path) -> None:
    make_snapshot(tmp_path, "first")
    with making(Settings(snapshots=tmp_path)) as app:
        client = app.test_client()
        before = client.get("/ready").json
        make_snapshot(tmp_path, "second")
        assert ask(client, SELECT).status_code == 200
        assert before == {"status": "ready", "snapshot": "first", "quads": 42}
        assert client.get("/ready").json == {"status": "ready", "snapshot": "second", "quads": 42}


# ---- pages ----

PAGES = [
    "/", "/questions", "/questions/models-of-region", "/sparql", f"/sparql?query={quote(SELECT)}",
    f"/sparql?query={quote(CONSTRUCT)}", "/sparql?query=ASK%7B%7D", "/sparql?query=nonsense", "/ontology",
    "/doc/model/tiimimalli", "/doc/claim/koe-1", "/doc/region/ahvenanmaa", "/nowhere",
]  # fmt: skip


@pytest.mark.usefixtures("one_question")
@pytest.mark.parametrize("language", ["fi", "sv", "en"])
@pytest.mark.parametrize("path", PAGES)
def test_every_page_is_whole_in_every_language(client: FlaskClient, path: str, language: str) -> None:
    answer = client.get(path, headers={**BROWSER, "Accept-Language": f"{language};q=0.9, de"})
    page = outline(answer.text)
    assert answer.mimetype == "text/html"
    assert page.all("html") == [{"lang": language}]
    assert page.title.endswith(" – Levikki")
    assert page.title != " – Levikki"
    assert len(page.all("h1")) == 1
    assert next(each["href"] for each in page.all("a")) == "#content"
    assert {each["id"] for each in page.all("main")} == {"content"}
    ids = [attributes["id"] for _, attributes in page.tags if "id" in attributes]
    assert len(ids) == len(set(ids))


@pytest.mark.usefixtures("one_question")
@pytest.mark.parametrize("path", PAGES)
def test_no_page_loads_anything_from_elsewhere(client: FlaskClient, path: str) -> None:
    answer = client.get(path, headers=BROWSER)
    page = outline(answer.text)
    loaded = [each.get("src") for _, each in page.tags if "src" in each]
    loaded += [each["href"] for each in page.all("link") if each.get("rel") == "stylesheet"]
    assert loaded
    assert all(address and address.startswith("/") for address in loaded)
    blocks = {each.get("type") for each in page.all("script") if "src" not in each}
    assert blocks <= {"application/ld+json"}  # data, which is never run
    assert not [tag for tag, each in page.tags if tag == "style" or "style" in each]
    assert "default-src 'self'" in answer.headers["Content-Security-Policy"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_the_stylesheet_is_there_and_loads_nothing(client: FlaskClient) -> None:
    answer = client.get("/static/levikki.css")
    text = answer.text
    answer.close()
    assert "@import" not in text
    assert "url(" not in text


def test_the_home_page_tells_status_by_word_and_unknown_from_no(client: FlaskClient) -> None:
    text = client.get("/?lang=en").text
    row = re.search(r'<th scope="row"><a href="/doc/model/tiimimalli\?lang=en">.*?</tr>', text, re.DOTALL)
    hygga = re.search(r'<th scope="row"><a href="/doc/model/hygga\?lang=en">.*?</tr>', text, re.DOTALL)
    assert row
    assert hygga
    assert row[0].count("<span>adopted</span>") == 2
    assert "</span> 2019 <" in row[0]
    assert "<span>discontinued</span>" in hygga[0]
    assert "unknown" in hygga[0]
    assert text.index("/doc/region/ita-uusimaa") < text.index("/doc/region/lansi-uusimaa")
    assert "not in these data:" in text
    assert row.start() < hygga.start()


def test_labels_of_another_language_say_so_and_are_escaped(client: FlaskClient) -> None:
    text = client.get("/?lang=sv").text
    assert '<span lang="fi">Hygga &lt;b&gt;</span>' in text
    assert "Östra Nyland</a>" in text


def test_a_chosen_language_is_kept(client: FlaskClient) -> None:
    page = outline(client.get("/?lang=sv", headers={"Accept-Language": "en"}).text)
    assert page.all("html") == [{"lang": "sv"}]
    assert "/questions?lang=sv" in [each["href"] for each in page.all("a")]
    assert outline(client.get("/?lang=de").text).all("html") == [{"lang": "fi"}]


@pytest.mark.usefixtures("one_question")
def test_a_question_is_a_page_with_its_query_and_its_data(client: FlaskClient) -> None:
    text = client.get("/questions/models-of-region?lang=en").text
    assert "Team model" in text
    assert "?adoption lev:region ?region" in text
    data = client.get("/questions/models-of-region?format=csv&region=ita-uusimaa")
    assert data.mimetype == "text/csv"
    assert [row["model"] for row in csv.DictReader(io.StringIO(data.text))] == [
        NAMES.thing("model", "hygga"), NAMES.thing("model", "tiimimalli"),
    ]  # fmt: skip
    assert client.get("/questions/none").status_code == 404
    told = problem(client.get("/questions/models-of-region?region=nowhere"))
    assert "nowhere" in told["detail"]


def test_the_form_shows_rows_and_what_is_wrong(client: FlaskClient) -> None:
    assert "Team model" in client.get(f"/sparql?query={quote(SELECT)}&lang=en", headers=BROWSER).text
    wrong = client.get(f"/sparql?query={quote('SELECT <script>')}", headers=BROWSER)
    assert wrong.status_code == 400
    assert 'role="alert"' in wrong.text
    assert "<script>" not in wrong.text


def test_robots_keep_away_from_queries(client: FlaskClient) -> None:
    assert "Disallow: /sparql" in client.get("/robots.txt").text


# ---- real clients ----


@pytest.fixture(scope="module")
def address(app: Flask) -> Iterator[str]:
    with answering(app) as address:
        yield address


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_sparqlwrapper_asks_and_reads(address: str, method: str) -> None:
    wrapper = SPARQLWrapper(f"{address}/sparql")
    wrapper.setMethod(method)
    wrapper.setQuery(SELECT)
    wrapper.setReturnFormat(JSON)
    found: Any = wrapper.queryAndConvert()
    assert len(found["results"]["bindings"]) == 2
    wrapper.setReturnFormat(CSV)
    rows: Any = wrapper.queryAndConvert()
    assert rows.split()[0] == b"model"
    wrapper.setQuery(CONSTRUCT)
    wrapper.setReturnFormat(TURTLE)
    turtle: Any = wrapper.queryAndConvert()
    assert len(Graph().parse(data=turtle, format="turtle")) == 3


def test_sparqlwrapper_sees_a_parse_error(address: str) -> None:
    wrapper = SPARQLWrapper(f"{address}/sparql")
    wrapper.setQuery("SELECT * { ?s ?p }")
    with pytest.raises(QueryBadFormed):
        wrapper.query()


def test_rdflib_follows_a_thing_to_its_document(address: str) -> None:
    found = Graph().parse(f"{address}/id/claim/koe-1")
    assert (URIRef(NAMES.thing("claim", "koe-1")), None, URIRef(NAMES.thing("model", "tiimimalli"))) in found


# ---- the production server ----


def test_gunicorn_takes_host_and_port_from_the_settings() -> None:
    config = Gunicorn(Settings(host="::1", port=8123), server.create_app).cfg
    assert config.address == [("::1", 8123)]
    assert (config.worker_class_str, config.accesslog, config.control_socket_disable) == ("gthread", None, True)
