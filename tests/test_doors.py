"""Closed doors: whatever a query says, nothing of this machine or of its network is reached, and no error tells of it."""

from __future__ import annotations

import re
import shutil
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pyoxigraph as ox
import pytest
from app_factory import making
from flask.testing import FlaskClient
from service_factory import Trap, trap
from test_server import NAMES, make_snapshot
from werkzeug.test import TestResponse

import server
from graph.errors import QueryError, QueryForbidden, SnapshotError
from graph.query import Checked, check
from graph.seal import seal, seal_but
from graph.settings import Settings
from graph.store import JSON, Engine

LISTED = "sparql.example.org, other.example.org:8080"
CONTENT = "the-secret-of-a-local-file"
SERVICES = {
    "plain": "SELECT * { SERVICE <URL> { ?s ?p ?o } }",
    "silent": "SELECT * { SERVICE SILENT <URL> { ?s ?p ?o } }",
    "small letters": "select * { service silent <URL> { ?s ?p ?o } }",
    "sub-select": "SELECT * { ?s a ?c { SELECT ?s { { SELECT ?s { SERVICE <URL> { ?s ?p ?o } } } } } }",
    "exists": "SELECT * { ?s a ?c FILTER EXISTS { SERVICE <URL> { ?s ?p ?o } } }",
    "not exists": "SELECT * { ?s a ?c FILTER NOT EXISTS { SERVICE <URL> { ?s ?p ?o } } }",
    "exists in bind": "SELECT * { ?s a ?c BIND(EXISTS { SERVICE <URL> { ?s ?p ?o } } AS ?e) }",
    "exists in having": "SELECT ?s { ?s a ?c } GROUP BY ?s HAVING(EXISTS { SERVICE <URL> { ?s ?p ?o } })",
    "exists in order": "SELECT ?s { ?s a ?c } ORDER BY (EXISTS { SERVICE <URL> { ?s ?p ?o } })",
    "optional": "SELECT * { ?s a ?c OPTIONAL { SERVICE <URL> { ?s ?p ?o } } }",
    "union": "SELECT * { { ?s a ?c } UNION { SERVICE <URL> { ?s ?p ?o } } }",
    "graph": "SELECT * { GRAPH ?g { SERVICE <URL> { ?s ?p ?o } } }",
    "minus": "SELECT * { ?s a ?c MINUS { SERVICE <URL> { ?s ?p ?o } } }",
    "lateral": "SELECT * { ?s a ?c LATERAL { SERVICE <URL> { ?s ?p ?o } } }",
    "nested": "SELECT * { SERVICE <URL> { SERVICE <URL> { ?s ?p ?o } } }",
    "construct": "CONSTRUCT { ?s ?p ?o } WHERE { SERVICE <URL> { ?s ?p ?o } }",
    "describe": "DESCRIBE ?s WHERE { SERVICE <URL> { ?s ?p ?o } }",
    "ask": "ASK { SERVICE <URL> { ?s ?p ?o } }",
    "short escape": r"SELECT * { \u0053ERVICE <URL> { ?s ?p ?o } }",
    "long escape": r"SELECT * { \U00000053ERV\u0049CE <URL> { ?s ?p ?o } }",
    "escaped silent": r"SELECT * { SERVICE \u0053ILENT <URL> { ?s ?p ?o } }",
    "escaped brace": r"SELECT * { SERVICE <URL> \u007b ?s ?p ?o } }",
    "comments": "SELECT * { SERVICE#x\n#'\nSILENT#{ \n<URL>#y\n{ ?s ?p ?o } }",
    "comment with an end": "SELECT * { # }\nSERVICE <URL> { ?s ?p ?o } }",
    "no space": "SELECT*{SERVICE<URL>{?s ?p ?o}}",
    "no space before": "SELECT*{?s ?p true.SERVICE<URL>{?s ?p ?o}}",
    "no space at all": "PREFIX x:<URL>SELECT*{?s ?p trueSERVICEx:{?s ?p ?o}}",
    "prefixed": "PREFIX x: <URL> SELECT * { SERVICE x:sparql { ?s ?p ?o } }",
    "default prefix": "PREFIX : <URL> SELECT * { SERVICE SILENT : { ?s ?p ?o } }",
    "prefix of the same name": "PREFIX service: <URL> SELECT * { SERVICE service:x { ?s ?p ?o } }",
    "prefix silent": "PREFIX : <URL> PREFIX silent: <urn:x> SELECT * { SERVICE silent:x { ?s ?p ?o } }",
    "escaped local name": r"PREFIX x: <URL> SELECT * { SERVICE x:a\-b { ?s ?p ?o } }",
    "relative": "BASE <URL> SELECT * { SERVICE <sparql> { ?s ?p ?o } }",
    "empty": "BASE <URL> SELECT * { SERVICE <> { ?s ?p ?o } }",
    "variable": "SELECT * { VALUES ?u { <URL> } SERVICE ?u { ?s ?p ?o } }",
    "bound variable": "SELECT * { BIND(IRI('URL') AS ?u) SERVICE SILENT ?u { ?s ?p ?o } }",
    "after a string": """SELECT * { ?s ?p '''#'a''', "\\"" SERVICE <URL> { ?s ?p ?o } }""",
    "after a doubtful iri": "SELECT * { <urn:o'x> ?p ?o . SERVICE <URL> { ?s ?p ?o } FILTER(<urn:o'x> = ?s) }",
    "among updates": "SELECT * { SERVICE <URL> { ?s ?p ?o } } ; LOAD <URL>",
}
# With a listed host beside it: one that may be asked opens no door for another.
BESIDE = "SERVICE <http://sparql.example.org/> { ?far ?away ?x } "
UPDATES = [
    "LOAD <URL>",
    "LOAD SILENT <URL> INTO GRAPH <urn:g>",
    "LOAD <file:///etc/passwd>",
    r"\u004cOAD <URL>",
    "#\nLOAD <URL>",
    "PREFIX x: <URL> LOAD x:data",
    "INSERT DATA { <urn:a> <urn:b> <urn:c> }",
    "DELETE DATA { <urn:a> <urn:b> <urn:c> }",
    "DELETE WHERE { ?s ?p ?o }",
    "DELETE { ?s ?p ?o } INSERT { ?s ?p 1 } WHERE { SERVICE <URL> { ?s ?p ?o } }",
    "WITH <urn:g> DELETE { ?s ?p ?o } WHERE { ?s ?p ?o }",
    "CLEAR ALL",
    "DROP SILENT DEFAULT",
    "CREATE GRAPH <urn:g>",
    "COPY DEFAULT TO <urn:g>",
    "MOVE <urn:g> TO DEFAULT",
    "ADD <urn:g> TO DEFAULT",
]
PLACES = [
    "FILE",
    "URLdata.ttl",
    "ftp://127.0.0.1/data.ttl",
    "data:text/turtle,<urn:a><urn:b><urn:c>.",
    "data.ttl",
    "../x",
]
FUNCTIONS = [
    "java:java.lang.Runtime.exec",
    "http://jena.apache.org/ARQ/function#sysinfo",
    "http://jena.apache.org/ARQ/js#run",
    "http://www.w3.org/2005/xpath-functions#doc",
    "http://www.w3.org/2005/xpath-functions#unparsed-text",
    "http://www.w3.org/2005/xpath-functions#environment-variable",
    "http://www.openlinksw.com/schemas/bif#http_get",
    "http://oxigraph.org/function#load",
    "http://marklogic.com/xdmp#eval",
    "FILE",
    "URL",
]
# What an error must not tell: a path of this machine, an address of its network, the inside of the program.
TELLING = re.compile(r"/(?:tmp|home|usr|work|srv|proc)/|site-packages|Traceback|\.py\b|127\.0\.0\.1|\b10\.0\.0\.|::1")


@pytest.fixture(scope="module")
def snapshots(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("snapshots")
    make_snapshot(path, "first")
    return path


@pytest.fixture(scope="module", params=["", LISTED], ids=["no host listed", "others listed"])
def settings(request: pytest.FixtureRequest, snapshots: Path) -> Settings:
    return Settings(snapshots=snapshots, service_hosts=request.param, query_processes=2, query_seconds=5)


@pytest.fixture(scope="module")
def engine(settings: Settings) -> Iterator[Engine]:
    engine = Engine(settings.snapshots / "first" / "store", settings, NAMES)
    yield engine
    engine.close()


@pytest.fixture(scope="module")
def client(settings: Settings) -> Iterator[FlaskClient]:
    with making(settings) as app:
        yield app.test_client()


@pytest.fixture(scope="module")
def snare() -> Iterator[Trap]:
    with trap() as made:
        yield made


@pytest.fixture(scope="module")
def secret(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("secret") / "data.ttl"
    path.write_text(f'<urn:a> <urn:b> "{CONTENT}" .')
    return path


def ask(client: FlaskClient, query: str) -> TestResponse:
    return client.post("/sparql", data={"query": query})


# ---- SERVICE ----


@pytest.mark.parametrize("query", SERVICES.values(), ids=SERVICES)
def test_service_is_refused_by_the_engine(engine: Engine, snare: Trap, query: str) -> None:
    with pytest.raises(QueryForbidden, match="SERVICE") as caught:
        engine.answer(query.replace("URL", snare.url))
    names_hosts = "sparql.example.org" in caught.value.hint or "means less than" in caught.value.hint
    assert names_hosts == bool(engine.settings.service_hosts)
    assert not snare.sprung()


@pytest.mark.parametrize("query", SERVICES.values(), ids=SERVICES)
def test_service_is_refused_over_http(client: FlaskClient, snare: Trap, query: str) -> None:
    text = query.replace("URL", snare.url)
    answers = [
        ask(client, text),
        client.get(f"/sparql?query={quote(text)}"),
        client.post("/sparql", data=text.encode(), content_type="application/sparql-query"),
        client.post("/sparql", data={"query": text}, headers={"Accept": "text/html"}),
    ]
    assert {answer.status_code for answer in answers} == {403}
    assert not snare.sprung()


@pytest.mark.parametrize("query", SERVICES.values(), ids=SERVICES)
def test_a_listed_host_beside_it_opens_no_door(query: str) -> None:
    mixed = query.replace("{", "{ " + BESIDE, 1)
    with pytest.raises(QueryForbidden, match="SERVICE"):
        check(mixed.replace("URL", "http://127.0.0.1:9/"), hosts=LISTED)


@pytest.mark.parametrize(
    "target",
    [
        "file:///etc/passwd",
        "ftp://sparql.example.org/",
        "//sparql.example.org/",
        "http://user:password@sparql.example.org/",
        "http://sparql.example.org@127.0.0.1/",
        "http://127.0.0.1#sparql.example.org/",
        "http://sparql.example.org.evil.example/",
        "http://evil.sparql.example.org/",
        "http://sparql.example.org:81/",
        "http://sparql.example.org:0/",
        "http://sparql.example.org:99999/",
        "http://other.example.org/",
        r"http://evil.example\u002f@sparql.example.org/",
        "http://[::1]/",
        "http://2130706433/",
        "http://0x7f.1/",
        "urn:sparql.example.org",
    ],
)
def test_a_target_that_is_not_listed_is_refused(target: str) -> None:
    with pytest.raises(QueryForbidden, match="SERVICE") as caught:
        check(f"SELECT * {{ SERVICE <{target}> {{ ?s ?p ?o }} }}", hosts=LISTED)
    assert "sparql.example.org, other.example.org:8080" in caught.value.hint


def test_the_targets_of_a_query_are_found() -> None:
    query = (
        "BASE <http://sparql.example.org/base/> PREFIX x: <http://other.example.org:8080/>\n"
        "SELECT * { SERVICE <HTTPS://Sparql.Example.ORG/a?b=c> { ?s ?p ?o } OPTIONAL { service SILENT x:y{?s ?p ?o } }"
        "# SERVICE <http://127.0.0.1/> {\nSERVICE<z>{ ?s ?p 'SERVICE <http://127.0.0.1/> {' } }"
    )
    found = check(query, hosts=LISTED)
    assert [query[start:end] for start, end, _ in found.services] == [
        "<HTTPS://Sparql.Example.ORG/a?b=c>",
        "x:y",
        "<z>",
    ]
    assert [url for _, _, url in found.services] == [
        "HTTPS://Sparql.Example.ORG/a?b=c",
        "http://other.example.org:8080/y",
        "http://sparql.example.org/base/z",
    ]
    assert found.volatile


def test_a_query_asks_few_services() -> None:
    with pytest.raises(QueryForbidden, match="this one has 11"):
        check("SELECT * { " + "SERVICE <http://sparql.example.org/> { ?s ?p ?o } " * 11 + "}", hosts=LISTED)


# ---- where reading the query fails, the system refuses ----


@pytest.mark.skipif(sys.platform != "linux", reason="Linux alone")
def test_a_process_cannot_connect_to_a_host_by_itself(engine: Engine, snare: Trap) -> None:
    if engine.settings.service_hosts and not in_thread(lambda: seal_but(9)):
        pytest.skip("needs Linux 6.7 with Landlock")
    unread = Checked(f"ASK {{ SERVICE <{snare.url}> {{ ?s ?p ?o }} }}", "ASK")
    with pytest.raises((QueryError, SnapshotError)):
        engine._run(unread, JSON, {})
    assert not snare.sprung()
    assert engine.answer("ASK { }", name="csv").body == b"true"


@pytest.mark.skipif(sys.platform != "linux", reason="Linux alone")
def test_a_sealed_thread_opens_no_socket() -> None:
    with trap() as first, trap() as second:

        def both() -> tuple[bool, bool]:
            return asked_by_the_engine(first.url), asked_by_the_engine(second.url)

        port = int(first.name.rpartition(":")[2])
        assert in_thread(seal)
        assert in_thread(lambda: (seal(), *both())) == (True, False, False)
        assert (first.sprung(), second.sprung()) == (False, False)
        if in_thread(lambda: seal_but(port)):
            assert in_thread(lambda: (seal_but(port), asked_by_the_engine(second.url))) == (True, False)
            assert not second.sprung()


def asked_by_the_engine(url: str) -> bool:
    """Tell whether the engine gets as far as an answer."""
    try:
        ox.Store().query(f"ASK {{ SERVICE <{url}> {{ }} }}")
    except OSError:
        return False
    return True


def in_thread(run: Callable[[], Any]) -> Any:
    """Return what a thread of its own finds: a seal cannot be taken off again."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(run).result()


# ---- LOAD, FROM, functions ----


@pytest.mark.parametrize("update", UPDATES)
def test_updates_are_refused(engine: Engine, client: FlaskClient, snare: Trap, update: str) -> None:
    text = update.replace("URL", snare.url)
    with pytest.raises(QueryForbidden):
        engine.answer(text)
    answers = [
        ask(client, text),
        client.post("/sparql", data={"update": text}),
        client.post("/sparql", data=text.encode(), content_type="application/sparql-update"),
        client.get(f"/sparql?update={quote(text)}"),
    ]
    assert {answer.status_code for answer in answers} == {403}
    assert not snare.sprung()


@pytest.mark.parametrize("place", PLACES)
def test_from_fetches_nothing(engine: Engine, client: FlaskClient, snare: Trap, secret: Path, place: str) -> None:
    iri = place.replace("URL", snare.url).replace("FILE", secret.as_uri())
    queries = [
        f"SELECT ?s\nFROM <{iri}> {{ ?s ?p ?o }}",
        f"SELECT ?g\nFROM NAMED <{iri}> {{ GRAPH ?g {{ ?s ?p ?o }} }}",
        f"CONSTRUCT {{ ?s ?p ?o }} FROM <{iri}> WHERE {{ ?s ?p ?o }}",
        f"DESCRIBE ?s FROM <{iri}> {{ ?s ?p ?o }}",
        f"BASE <{secret.parent.as_uri()}/> ASK FROM <data.ttl> {{ ?s ?p ?o }}",
    ]
    for query in queries:
        with pytest.raises(QueryError):  # one with < in it is no IRI, and does not parse
            engine.answer(query)
        answer = ask(client, query)
        assert answer.status_code in {400, 403}
        assert CONTENT not in answer.text
    for field in ("default-graph-uri", "named-graph-uri"):
        answer = client.post("/sparql", data={"query": "SELECT * { ?s ?p ?o }", field: iri})
        assert answer.status_code == 403
        assert CONTENT not in answer.text
    assert client.get(f"/graph-store?graph={quote(iri)}").status_code in {400, 404}
    inside = engine.answer(f"SELECT * {{ GRAPH <{secret.as_uri()}> {{ ?s ?p ?o }} }}", name="csv").body
    assert len(inside.split()) == 1  # the names of the variables
    assert not snare.sprung()


@pytest.mark.parametrize("function", FUNCTIONS)
def test_no_function_reaches_anything(
    engine: Engine, client: FlaskClient, snare: Trap, secret: Path, function: str
) -> None:
    iri = function.replace("URL", snare.url).replace("FILE", secret.as_uri())
    for argument in (secret.as_uri(), snare.url, "HOME"):
        query = f"SELECT ?x {{ BIND(<{iri}>('{argument}') AS ?x) }}"
        with pytest.raises(QueryError, match="cannot be evaluated"):
            engine.answer(query)
        answer = ask(client, query)
        assert answer.status_code == 400
        assert CONTENT not in answer.text
    aggregate = f"SELECT (<{iri}>(DISTINCT ?s) AS ?x) {{ ?s ?p ?o }}"
    assert ask(client, aggregate).status_code == 400
    assert not snare.sprung()


# ---- errors ----


@pytest.mark.parametrize(
    "query",
    [
        "SELECT",
        "SELECT * { ?s ?p",
        "SELECT * { ?s nix:label ?o }",
        "LOAD <file:///data>",
        "SELECT * FROM <urn:elsewhere> { ?s ?p ?o }",
        "SELECT * { SERVICE <http://sparql.example.net/> { } }",
        "SELECT (<urn:f>(1) AS ?x) { }",
        "SELECT * { FILTER(" + "(" * 30_000 + "1" + ")" * 30_000 + ") }",
        "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l . ?m ?n ?o . ?p ?q ?r . ?t ?u ?v }",
    ],
)
def test_no_error_tells_of_this_machine(client: FlaskClient, query: str) -> None:
    for headers in ({}, {"Accept": "text/html"}):
        answer = client.post("/sparql", data={"query": query}, headers=headers)
        assert answer.status_code >= 400
        assert not TELLING.search(answer.text.replace(query, ""))


def test_a_broken_store_tells_nothing_of_its_place(tmp_path: Path) -> None:
    make_snapshot(tmp_path, "first")
    shutil.rmtree(tmp_path / "first" / "store")
    app = server.create_app(Settings(snapshots=tmp_path))
    for headers in ({}, {"Accept": "text/html"}):
        answer = app.test_client().post("/sparql", data={"query": "ASK { }"}, headers=headers)
        assert answer.status_code == 503
        assert not TELLING.search(answer.text)
        assert str(tmp_path) not in answer.text
