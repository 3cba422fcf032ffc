"""What goes around each answer: validators, limits told, rates, logs and counts; and the protocols' corners."""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from app_factory import making
from flask import Flask
from flask.testing import FlaskClient
from page_outline import BROWSER
from rdflib import RDF, VOID, Graph, Literal, URIRef
from test_server import CONSTRUCT, GRAPHS, NAMES, RUNAWAY, SELECT, make_snapshot, problem

import server
from graph.formats import GRAPH_FORMATS
from graph.service import SD
from graph.settings import Settings

VOCABULARY = NAMES.graph("vocabulary")
SPARQL_JSON = "application/sparql-results+json"


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    yield from serving(tmp_path_factory.mktemp("snapshots"))


def serving(snapshots: Path, **chosen: Any) -> Iterator[Flask]:
    make_snapshot(snapshots, "first")
    with making(Settings(snapshots=snapshots, **chosen)) as app:
        yield app


# ---- validators and caches ----


@pytest.mark.parametrize(
    "path",
    [
        f"/sparql?query={SELECT}",
        f"/sparql?query={SELECT}&format=csv",
        f"/sparql?query={CONSTRUCT}&format=jsonld",
        "/sparql",
        "/graph/vocabulary",
        "/graph-store?default",
        "/.well-known/void",
        "/doc/model/hygga.ttl",
        "/ontology.ttl",
        "/questions/models-by-region-count?format=csv",
    ],
)
def test_data_has_a_strong_validator_and_is_not_sent_twice(client: FlaskClient, path: str) -> None:
    first = client.get(path)
    assert first.status_code == 200
    etag = first.headers["ETag"]
    assert not etag.startswith("W/")
    assert first.cache_control.max_age == Settings().cache_seconds
    assert first.cache_control.public
    again = client.get(path, headers={"If-None-Match": etag})
    assert (again.status_code, again.data, again.headers["ETag"]) == (304, b"", etag)
    assert client.get(path, headers={"If-None-Match": '"other"'}).data == first.data


def test_pages_are_asked_for_again_and_answered_by_304(client: FlaskClient) -> None:
    first = client.get("/", headers=BROWSER)
    assert first.cache_control.no_cache
    assert client.get("/", headers={**BROWSER, "If-None-Match": first.headers["ETag"]}).status_code == 304
    assert {"Accept-Language"} <= set(first.vary)


def test_each_variant_has_a_validator_of_its_own(client: FlaskClient) -> None:
    answers = [client.get(f"/sparql?query=ASK%7B%7D&format={name}") for name in ("json", "xml", "csv", "tsv")]
    assert len({answer.headers["ETag"] for answer in answers}) == 4
    assert all("Accept" in answer.vary for answer in answers)


def test_an_answer_that_changes_by_itself_is_not_stored(client: FlaskClient) -> None:
    answer = client.get("/sparql?query=SELECT (RAND() AS ?x) { }")
    assert answer.cache_control.no_store
    assert "ETag" not in answer.headers


def test_an_error_is_not_stored(client: FlaskClient) -> None:
    assert client.get("/sparql?query=nonsense").headers["Cache-Control"] == "no-store"


def test_head_has_the_headers_of_get(client: FlaskClient) -> None:
    for path in (f"/sparql?query={SELECT}", "/graph-store?default", "/doc/model/hygga.ttl"):
        head, got = client.head(path), client.get(path)
        assert head.data == b""
        for name in ("Content-Type", "Content-Length", "ETag", "Cache-Control", "Vary"):
            assert head.headers.get(name) == got.headers.get(name), name
        assert int(got.headers["Content-Length"]) == len(got.data)


# ---- limits, told and held ----


def test_limits_are_told_with_every_answer(client: FlaskClient) -> None:
    headers = client.get("/sparql?query=ASK%7B%7D").headers
    assert "query_seconds=10.0" in headers["Levikki-Limits"]
    assert "answer_rows=1000000" in headers["Levikki-Limits"]
    assert headers["RateLimit-Policy"].startswith('"requests";q=3000;w=60')
    assert headers["Levikki-Snapshot"] == "first"


@pytest.mark.parametrize(
    ("setting", "value", "query", "status", "retries"),
    [
        ("query_seconds", 0.3, RUNAWAY, 503, 1),
        ("answer_rows", 3, "SELECT * { ?s ?p ?o }", 413, 0),
        ("answer_bytes", 300, "SELECT * { ?s ?p ?o }", 413, 0),
        ("query_characters", 30, "SELECT * { ?s ?p ?o } # " + "x" * 30, 413, 0),
        (
            "query_memory_bytes",
            40_000_000,
            "SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l } ORDER BY ?a ?l",
            503,
            True,
        ),
        ("client_requests", 1, SELECT, 429, 1),
    ],
)
def test_a_limit_is_named_with_its_value_and_what_to_do(
    tmp_path: Path, setting: str, value: float, query: str, status: int, retries: int
) -> None:
    for app in serving(tmp_path, **{setting: value}):
        client = app.test_client()
        client.get("/questions")  # takes the one request
        answer = client.post("/sparql", data={"query": query})
        told = problem(answer)
        assert (told["status"], told["limit"], told["value"]) == (status, setting, value)
        assert told["hint"]
        assert ("Retry-After" in answer.headers) is bool(retries)


def test_a_body_that_is_too_large_is_a_413_with_its_limit(tmp_path: Path) -> None:
    for app in serving(tmp_path, request_bytes=1000):
        answer = app.test_client().post("/sparql", data=b"#" * 2000, content_type="application/sparql-query")
        told = problem(answer)
        assert (told["status"], told["limit"], told["value"]) == (413, "request_bytes", 1000)


def test_processing_time_is_counted_by_client(tmp_path: Path) -> None:
    for app in serving(tmp_path, client_seconds=0.5, query_seconds=0.6):
        client = app.test_client()
        assert client.post("/sparql", data={"query": RUNAWAY}).status_code == 503
        answer = client.post("/sparql", data={"query": SELECT})
        assert problem(answer)["limit"] == "client_seconds"
        assert 1 <= int(answer.headers["Retry-After"]) <= 60
        other = {"REMOTE_ADDR": "192.0.2.9"}
        assert client.post("/sparql", data={"query": SELECT}, environ_base=other).status_code == 200
        # Machines that watch are answered, and so is what costs nothing.
        assert client.get("/ready").status_code == client.get("/metrics").status_code == 200


def test_forwarded_addresses_count_only_behind_a_trusted_proxy(tmp_path: Path) -> None:
    for trusted, statuses in ((0, [200, 429]), (1, [200, 200])):
        for app in serving(tmp_path / str(trusted), client_requests=1, trusted_proxies=trusted):
            client = app.test_client()
            asked = [client.get("/robots.txt", headers={"X-Forwarded-For": f"192.0.2.{n}"}) for n in (1, 2)]
            assert all(answer.status_code == 200 for answer in asked)
            found = [client.get("/questions", headers={"X-Forwarded-For": f"192.0.2.{n}"}).status_code for n in (1, 2)]
            assert found == statuses


def test_behind_a_trusted_proxy_addresses_are_those_of_the_outside(tmp_path: Path) -> None:
    outside = {"X-Forwarded-Proto": "https", "X-Forwarded-Host": "levikki.example.org", "X-Forwarded-Prefix": "/graafi"}
    for trusted, start in ((1, "https://levikki.example.org/graafi/"), (0, "http://localhost/")):
        for app in serving(tmp_path / str(trusted), trusted_proxies=trusted):
            text = (
                app.test_client().get("/.well-known/void", headers={**outside, "Accept": "application/n-triples"}).text
            )
            assert f"<{start}sparql>" in text


# ---- protocols ----


def test_options_tells_methods_and_types(client: FlaskClient) -> None:
    answer = client.options(
        "/sparql", headers={"Origin": "https://example.org", "Access-Control-Request-Method": "POST"}
    )
    assert answer.status_code == 200
    assert {"GET", "HEAD", "POST", "OPTIONS"} <= set(answer.headers["Allow"].split(", "))
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert "Access-Control-Allow-Credentials" not in answer.headers
    assert "application/sparql-query" in answer.headers["Accept-Post"]


def test_a_query_in_the_address_and_in_the_form_is_two_queries(client: FlaskClient) -> None:
    assert client.post(f"/sparql?query={SELECT}", data={"query": SELECT}).status_code == 400


def test_parameters_that_nobody_knows_change_nothing(client: FlaskClient) -> None:
    plain = client.get(f"/sparql?query={SELECT}")
    assert client.get(f"/sparql?query={SELECT}&debug=on&timeout=99999").data == plain.data


@pytest.mark.parametrize(
    "accept", ["text/csv;q=0.5, application/sparql-results+xml;q=0.9", "application/sparql-results+xml"]
)
def test_quality_values_decide(client: FlaskClient, accept: str) -> None:
    answer = client.get(f"/sparql?query={SELECT}", headers={"Accept": accept})
    assert answer.mimetype == "application/sparql-results+xml"


def test_the_graph_store_gives_graphs_directly_and_by_name(client: FlaskClient) -> None:
    nt = {"Accept": "application/n-triples"}
    by_name = client.get("/graph-store", query_string={"graph": VOCABULARY}, headers=nt)
    directly = client.get("/graph/vocabulary", headers=nt)
    assert sorted(by_name.text.splitlines()) == sorted(directly.text.splitlines())
    default = Graph().parse(data=client.get("/graph-store?default", headers=nt).text, format="nt")
    parts = [Graph().parse(data=client.get(f"/graph/{name}", headers=nt).text, format="nt") for name in GRAPHS]
    assert set(default) == set().union(*parts)


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("", 400),
        ("?default&graph=http://example.org/g", 400),
        ("?graph=http://example.org/g&graph=http://example.org/h", 400),
        ("?graph=relative", 400),
        ("?graph=http://example.org/nowhere", 404),
        ("?graph=file:///etc/passwd", 404),
    ],
)
def test_the_graph_store_says_what_is_wrong(client: FlaskClient, query: str, status: int) -> None:
    assert problem(client.get(f"/graph-store{query}"))["status"] == status


@pytest.mark.parametrize("method", ["PUT", "POST", "DELETE", "PATCH"])
@pytest.mark.parametrize(
    "path", ["/graph-store?default", "/graph-store?graph=http://example.org/new", "/graph/vocabulary"]
)
def test_a_write_is_refused_and_told_where_facts_enter(client: FlaskClient, method: str, path: str) -> None:
    told = problem(client.open(path, method=method, data="<a> <b> <c> .", content_type="text/turtle"))
    assert told["status"] == 403
    assert "read-only" in told["detail"]
    assert "records" in told["hint"]


@pytest.mark.parametrize("form", GRAPH_FORMATS, ids=lambda form: form.name)
def test_the_service_description_comes_in_every_format_and_says_what_is_there(client: FlaskClient, form: Any) -> None:
    answer = client.get("/sparql", headers={"Accept": form.media_type})
    found = Graph().parse(data=answer.data, format=form.media_type)
    (service,) = found.subjects(RDF.type, SD.Service)
    assert (service, SD.endpoint, URIRef("http://localhost/sparql")) in found
    assert (service, SD.feature, SD.BasicFederatedQuery) not in found
    counted = {
        str(found.value(node, SD.name)): found.value(found.value(node, SD.graph), VOID.triples)
        for node in found.subjects(RDF.type, SD.NamedGraph)
    }
    for name in GRAPHS:
        body = client.get("/graph-store", query_string={"graph": NAMES.graph(name), "format": "nt"}).data
        assert counted[NAMES.graph(name)] == Literal(len(Graph().parse(data=body, format="nt")))


def test_void_counts_what_is_served(client: FlaskClient) -> None:
    void = Graph().parse(data=client.get("/.well-known/void").data, format="turtle")
    data = Graph().parse(data=client.get("/graph-store?default&format=nt").data, format="nt")
    dataset = URIRef("http://localhost/.well-known/void#dataset")
    assert void.value(dataset, VOID.triples) == Literal(len(data))
    assert void.value(dataset, VOID.distinctSubjects) == Literal(len(set(data.subjects())))
    assert void.value(dataset, VOID.distinctObjects) == Literal(len(set(data.objects())))
    assert void.value(dataset, VOID.properties) == Literal(len(set(data.predicates())))
    classes = {
        void.value(part, VOID["class"]): void.value(part, VOID.entities)
        for part in void.objects(dataset, VOID.classPartition)
    }
    assert classes == {
        kind: Literal(len(set(data.subjects(RDF.type, kind)))) for kind in set(data.objects(None, RDF.type))
    }
    counted = {
        void.value(part, VOID.property): void.value(part, VOID.triples)
        for part in void.objects(dataset, VOID.propertyPartition)
    }
    assert counted == {each: Literal(len(list(data.triples((None, each, None))))) for each in set(data.predicates())}
    assert void.value(dataset, VOID.sparqlEndpoint) == URIRef("http://localhost/sparql")


def test_json_ld_is_in_the_terms_of_our_context(client: FlaskClient) -> None:
    answer = client.get(f"/sparql?query={CONSTRUCT}&format=jsonld")
    told = json.loads(answer.data)
    assert told["id"] == NAMES.thing("model", "tiimimalli")
    assert told["label"] == {"fi": "Tiimimalli", "en": "Team model"}
    nt = client.get(f"/sparql?query={CONSTRUCT}&format=nt")
    assert set(Graph().parse(data=answer.data, format="json-ld")) == set(Graph().parse(data=nt.data, format="nt"))


# ---- for machines that watch ----


def test_health_lives_without_a_snapshot_and_ready_does_not(tmp_path: Path) -> None:
    client = server.create_app(Settings(snapshots=tmp_path / "none")).test_client()
    assert client.get("/health").json == {"status": "ok"}
    assert client.get("/ready").status_code == 503


def test_metrics_count_requests_queries_and_refusals(tmp_path: Path) -> None:
    for app in serving(tmp_path, query_seconds=0.3):
        client = app.test_client()
        for query in (SELECT, SELECT, "nonsense", RUNAWAY):
            client.post("/sparql", data={"query": query})
        text = client.get("/metrics").text
    assert 'levikki_queries_total{outcome="done"} 1.0' in text
    assert 'levikki_answer_cache_total{result="hit"} 1.0' in text
    assert 'levikki_query_kills_total{reason="query_seconds"} 1.0' in text
    assert 'levikki_refusals_total{reason="query_seconds",status="503"} 1.0' in text
    assert 'levikki_refusals_total{reason="QuerySyntaxError",status="400"} 1.0' in text
    assert 'levikki_http_requests_total{method="POST",route="sparql",status="200"} 2.0' in text
    age = next(float(line.split()[1]) for line in text.splitlines() if line.startswith("levikki_snapshot_age_seconds "))
    assert age > 0


def test_a_line_is_logged_for_each_request_and_tells_nothing_of_a_person(
    client: FlaskClient, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO, "levikki.access"):
        answer = client.post("/sparql", data={"query": f"{SELECT} # Matti"}, headers={"X-Request-Id": "mine"})
    (line,) = [json.loads(record.message) for record in caplog.records if record.name == "levikki.access"]
    assert line["id"] == answer.headers["X-Request-Id"] != "mine"
    assert (line["route"], line["status"], line["rows"], line["queries"]) == ("sparql", 200, 2, 1)
    assert line["bytes"] == len(answer.data)
    assert line["query_id"]
    assert "Matti" not in caplog.text
    assert "127.0.0.1" not in json.dumps(line)


def test_queries_are_logged_where_the_publisher_says_so(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    for app in serving(tmp_path, log_queries=True), serving(tmp_path / "none", access_log=False):
        for each in app:
            with caplog.at_level(logging.INFO, "levikki.access"):
                each.test_client().post("/sparql", data={"query": SELECT})
    lines = [json.loads(record.message) for record in caplog.records if record.name == "levikki.access"]
    assert [line["query"] for line in lines] == [SELECT]


def test_a_new_snapshot_has_new_answers_and_validators(tmp_path: Path) -> None:
    for app in serving(tmp_path):
        client = app.test_client()
        query = "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }"
        before = client.get("/sparql", query_string={"query": query}, headers={"Accept": SPARQL_JSON})
        time.sleep(0.01)
        make_snapshot(tmp_path, "second")
        after = client.get("/sparql", query_string={"query": query}, headers={"If-None-Match": before.headers["ETag"]})
        assert before.headers["Levikki-Snapshot"] == "first"
        assert after.headers["Levikki-Snapshot"] == "second"
