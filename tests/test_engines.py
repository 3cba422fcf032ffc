"""Any engine: every question has the same answer everywhere, under the same limits, and no secret is ever shown.

Virtuoso's tests are skipped by name where it is not installed; `LEVIKKI_ENGINES=virtuoso` makes that a failure, as in CI.
"""

from __future__ import annotations

import json
import os
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pyoxigraph as ox
import pytest
from local_server import listening

from benchmarks import running
from benchmarks.running import Running
from graph import matrix, ontology_docs, questions, store_output, store_remote
from graph.clauses import bind, cut, foreign_function, move_values
from graph.current import Current, target
from graph.description import describe
from graph.errors import (
    AnswerTooLarge,
    CallError,
    LevikkiError,
    QueryError,
    QueryForbidden,
    QueryTimeout,
    SnapshotError,
)
from graph.formats import GRAPH_FORMATS, SELECT_FORMATS
from graph.loading import holds, put
from graph.matrix_choice import Choice
from graph.names import Names
from graph.settings import ROOT, Settings
from graph.snapshot import Snapshot
from graph.store import Engine, Term
from graph.store_address import PASSWORD, USER, Login, Remote, remote
from graph.translations import texts
from server import create_app

NAMES = Names()
QUESTIONS = questions.load(NAMES)
DERIVED = NAMES.graph("derived")
RUNAWAY = "SELECT (COUNT(*) AS ?n) { ?a ?p ?b . ?c ?q ?d . ?e ?r ?f FILTER(STR(?a) < STR(?d) && STR(?f) < STR(?c)) }"
SECRET = "salainen-sana"  # noqa: S105 - it has to be found nowhere
XSD = "http://www.w3.org/2001/XMLSchema#"


@dataclass(frozen=True)
class Elsewhere:
    """Hold an engine that runs, with the snapshot in it, and what asks it."""

    running: Running
    engine: Engine
    settings: Settings


@contextmanager
def environment(login: Login) -> Iterator[None]:
    """Let processes that start meanwhile find who asks."""
    before = {name: os.environ.get(name) for name in (USER, PASSWORD)}
    os.environ.update({USER: login.user, PASSWORD: login.password})
    yield
    for name, value in before.items():
        os.environ.pop(name) if value is None else os.environ.update({name: value})


@pytest.fixture(scope="session", params=["oxigraph", "virtuoso"])
def started(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    if request.param == "virtuoso" and running.virtuoso_binary() is None:
        missing = "virtuoso-t is not installed (Debian: virtuoso-opensource-7)"
        if "virtuoso" in os.environ.get("LEVIKKI_ENGINES", ""):
            pytest.fail(missing)
        pytest.skip(f"needs Virtuoso: {missing}")
    start: Callable[[Path], object] = getattr(running, request.param)
    with start(tmp_path_factory.mktemp(request.param)) as found:  # type: ignore[attr-defined]
        yield found


@pytest.fixture(scope="session")
def elsewhere(started: Running, snapshot: Snapshot, settings: Settings) -> Iterator[Elsewhere]:
    chosen = started.chosen(replace(settings, query_seconds=30))
    at = target(chosen, snapshot)
    assert at
    put(snapshot, at, chosen, started.login)
    assert holds(at, started.login, 5)
    engine = Engine(at, chosen, NAMES)
    yield Elsewhere(started, engine, chosen)
    engine.close()


def asked(engine: Engine, settings: Settings, **changed: float) -> Engine:
    """Return another engine over the same store, with other limits."""
    return Engine(engine._source, replace(settings, **changed), NAMES)  # type: ignore[arg-type]


# ---- the same answers ----


@pytest.mark.parametrize("name", sorted(QUESTIONS))
def test_a_question_has_the_same_answer(elsewhere: Elsewhere, engine: Engine, name: str) -> None:
    question = QUESTIONS[name]
    for form in SELECT_FORMATS:
        given = question.bindings({}, NAMES)
        ours = engine.answer(question.query, name=form.name, bindings=given)
        theirs = elsewhere.engine.answer(question.query, name=form.name, bindings=given)
        assert theirs.body == ours.body
        assert (theirs.etag, theirs.rows) == (ours.etag, ours.rows)
    assert elsewhere.engine.answer(question.query, name="csv").body == engine.answer(question.query, name="csv").body


QUERIES = {
    "every triple": "SELECT * { ?s ?p ?o }",
    "every triple, by graph": "SELECT * { GRAPH ?g { ?s ?p ?o } }",
    "triples of each graph": "SELECT ?g (COUNT(*) AS ?n) { GRAPH ?g { ?s ?p ?o } } GROUP BY ?g ORDER BY ?g",
    "one graph": f"SELECT (COUNT(*) AS ?n) FROM <{DERIVED}> {{ ?s ?p ?o }}",
    "two graphs and a named one": f"SELECT ?g FROM <{DERIVED}> FROM <{NAMES.graph('vocabulary')}> FROM NAMED <{DERIVED}>"
    " { ?m lev:spread 2 GRAPH ?g { ?m lev:spread 2 } } ORDER BY ?m",
    "nothing named beside FROM": f"SELECT (COUNT(*) AS ?n) FROM <{DERIVED}> {{ GRAPH ?g {{ ?s ?p ?o }} }}",
    "nothing by default beside FROM NAMED": f"SELECT (COUNT(*) AS ?n) FROM NAMED <{DERIVED}> {{ ?s ?p ?o }}",
    "languages and unbound": "SELECT ?m ?l { ?m a lev:PracticeModel OPTIONAL { ?m skos:prefLabel ?l"
    ' FILTER(LANG(?l) = "sv") } } ORDER BY ?l ?m',
    "years": f"SELECT ?s ?y {{ ?s ?p ?y FILTER(DATATYPE(?y) = <{XSD}gYear>) }} ORDER BY ?y ?s",
    "dates": f'SELECT ?c ?d {{ ?c lev:asOf ?d FILTER(?d > "2021-06-30"^^<{XSD}date>) }} ORDER BY ?d ?c',
    "truth values": "SELECT ?s ?b { ?s lev:hasContent ?b } ORDER BY ?b ?s",
    "decimals": "SELECT (SUM(?v) AS ?sum) (MIN(?v) AS ?least) (MAX(?v) AS ?most)"
    " { ?x <http://www.w3.org/ns/sosa/hasSimpleResult> ?v }",
    "numbers of every kind": "SELECT ?s ?n { ?s lev:line|lev:spread|lev:periodStart ?n } ORDER BY ?n ?s",
    "texts put together": "SELECT ?m (GROUP_CONCAT(STR(?l); SEPARATOR='|') AS ?all)"
    " { ?m a lev:PracticeModel ; skos:prefLabel ?l FILTER(LANG(?l) = 'fi') } GROUP BY ?m ORDER BY ?m",
    "texts with an ä": "SELECT ?l { ?m a lev:PracticeModel ; skos:prefLabel ?l FILTER(LANG(?l) = 'fi') } ORDER BY LCASE(STR(?l)) ?m",
    "a part in order": "SELECT DISTINCT ?l { ?m skos:prefLabel ?l FILTER(LANG(?l) = 'fi') } ORDER BY DESC(STR(?l)) LIMIT 9 OFFSET 5",
    "VALUES at the end": "SELECT ?m ?l { ?m skos:prefLabel ?l FILTER(LANG(?l) = 'fi') } ORDER BY ?m"
    " VALUES ?m { model:ipc model:hygga }",
    "VALUES behind a group": "SELECT ?m (COUNT(?l) AS ?n) { ?m skos:prefLabel ?l } GROUP BY ?m ORDER BY ?m"
    " VALUES ?m { model:ipc model:hygga }",
    "groups by size": "SELECT ?r { ?a a lev:Adoption ; lev:region ?r ; lev:model ?m } GROUP BY ?r ORDER BY DESC(COUNT(DISTINCT ?m)) ?r",
    "a path": "SELECT DISTINCT ?b { model:tiimimalli lev:family* ?b } ORDER BY ?b",
    "not there": "SELECT ?m { ?m a lev:PracticeModel FILTER NOT EXISTS { ?c lev:model ?m } } ORDER BY ?m",
    "a base": "SELECT ?l { <id/model/ipc> skos:prefLabel ?l FILTER(LANG(?l) = 'en') }",
    "a prefix of its own": "PREFIX lev: <http://www.w3.org/2004/02/skos/core#> SELECT ?l { model:ipc lev:prefLabel ?l } ORDER BY STR(?l)",
    "yes": "ASK { ?s a lev:PracticeModel }",
    "no": "ASK { ?s a lev:Nothing }",
}  # fmt: skip


@pytest.mark.parametrize("name", QUERIES)
def test_a_query_has_the_same_rows(elsewhere: Elsewhere, engine: Engine, name: str) -> None:
    query = QUERIES[name]
    found = [each.answer(query, name="json").body for each in (engine, elsewhere.engine)]
    if "ORDER BY" in query or query.startswith("ASK") or "GROUP" not in query:
        rows = [json.loads(body).get("results", {}).get("bindings", body.decode()) for body in found]
        assert rows[0]
        assert len(rows[0]) == len(rows[1])
    if "ORDER BY" in query or query.startswith("ASK"):
        assert found[0] == found[1]
    else:
        bags = [Counter(json.dumps(row, sort_keys=True) for row in json.loads(b)["results"]["bindings"]) for b in found]
        assert bags[0] == bags[1]


# What Virtuoso 7.2.5 does in its own way, and we cannot mend: docs/engines.md tells each of them.
DIFFERENCES = {
    "whole numbers are divided without a rest": "SELECT (1 / 3 AS ?x) {}",
    "averages have 15 digits": "SELECT (AVG(?n) AS ?x) { ?m lev:spread ?n }",
    "doubles have 6 digits": "SELECT (1e0 / 3 AS ?x) {}",
    "a truth value that is computed is 0 or 1": "SELECT (CONTAINS('abc', 'b') AS ?x) {}",
    "a truth value is a number": "SELECT (COUNT(*) AS ?x) { ?s lev:hasContent ?n FILTER(ISNUMERIC(?n)) }",
    "a text is more than a number": "SELECT (COUNT(*) AS ?x) { ?s ?p ?n FILTER(?n > 0) }",
    "2.0 in a pattern finds 2": "SELECT (COUNT(*) AS ?x) { ?m lev:spread 2.0 }",
    "a path needs one end": "SELECT (COUNT(*) AS ?x) { ?a lev:family+ ?b }",
    "BNODE is not there": "SELECT (BNODE() AS ?x) {}",
    "CONCAT of a label and a variable with an ä": "SELECT ?x { model:ipc skos:prefLabel ?l . region:lansi-uusimaa skos:prefLabel ?r"
    ' FILTER(LANG(?r) = "fi") BIND("ä" AS ?k) BIND(CONCAT(STR(?r), " – ", ?k) AS ?x) }',
    "GROUP_CONCAT loses the language": "SELECT (GROUP_CONCAT(?l) AS ?x)"
    ' { model:ipc skos:prefLabel ?l FILTER(LANG(?l) = "en") }',
}


@pytest.mark.parametrize("name", DIFFERENCES)
def test_a_difference_that_the_texts_tell_of_is_there(elsewhere: Elsewhere, engine: Engine, name: str) -> None:
    assert f"| {name} |" in (ROOT / "docs" / "engines.md").read_text(encoding="utf-8")
    ours = engine.answer(DIFFERENCES[name], name="json").body
    try:
        theirs = elsewhere.engine.answer(DIFFERENCES[name], name="json").body
    except QueryError:
        theirs = b"an error"
    assert (ours != theirs) == (elsewhere.running.name == "virtuoso" or "BNODE" in DIFFERENCES[name])


GRAPH_QUERIES = (
    "CONSTRUCT { ?m skos:prefLabel ?l } WHERE { ?m a lev:PracticeModel ; skos:prefLabel ?l }",
    "CONSTRUCT WHERE { ?m lev:spread 2 ; skos:prefLabel ?l }",
    "DESCRIBE model:tiimimalli region:helsinki",
    "DESCRIBE ?m { ?m lev:spread 2 }",
    f"DESCRIBE ?m FROM <{DERIVED}> WHERE {{ ?m lev:spread 2 }}",
)


@pytest.mark.parametrize("query", GRAPH_QUERIES)
def test_a_graph_has_the_same_triples(elsewhere: Elsewhere, engine: Engine, query: str) -> None:
    found = [sorted(each.answer(query, name="nt").body.splitlines()) for each in (engine, elsewhere.engine)]
    assert found[0]
    assert found[0] == found[1]
    for form in GRAPH_FORMATS:
        assert elsewhere.engine.answer(query, name=form.name).size


def test_a_whole_graph_is_the_same(elsewhere: Elsewhere, engine: Engine) -> None:
    nt = next(form for form in GRAPH_FORMATS if form.name == "nt")
    for graph in (DERIVED, ""):
        bodies = [each.dump(graph, nt).body for each in (engine, elsewhere.engine)]
        assert sorted(bodies[0].splitlines()) == sorted(bodies[1].splitlines())


def test_the_graphs_are_those_of_the_snapshot(elsewhere: Elsewhere, engine: Engine) -> None:
    assert elsewhere.engine.graphs() == engine.graphs()
    for name in ("union", "loaded", "nothing"):
        assert not elsewhere.engine.select(f"SELECT ?s {{ GRAPH <{NAMES.graph(name)}> {{ ?s ?p ?o }} }} LIMIT 1").rows
        with pytest.raises(QueryForbidden):
            elsewhere.engine.answer(f"SELECT ?s FROM <{NAMES.graph(name)}> {{ ?s ?p ?o }}")


def test_a_request_names_its_graphs_and_from_does_not_count(elsewhere: Elsewhere, engine: Engine) -> None:
    query = f"SELECT (COUNT(*) AS ?n) FROM <{DERIVED}> {{ ?s ?p ?o }}"
    other = (NAMES.graph("alignment"),)
    found = [each.answer(query, default_graphs=other).body for each in (engine, elsewhere.engine)]
    assert found[0] == found[1] != engine.answer(query).body


def test_pages_show_the_same(elsewhere: Elsewhere, engine: Engine) -> None:
    model = NAMES.thing("model", "tiimimalli")
    described = [describe(each, model) for each in (engine, elsewhere.engine)]
    assert described[0]
    assert described[0] == described[1]
    assert matrix.view(elsewhere.engine, Choice(), "sv") == matrix.view(engine, Choice(), "sv")
    words = texts()["en"]
    pages = [ontology_docs.load(each, "en", words) for each in (engine, elsewhere.engine)]
    # Any thing of a class is an example of it.
    terms = [[replace(each, example=None) for group in page.groups.values() for each in group] for page in pages]
    assert terms[0] == terms[1]
    assert pages[0].schemes == pages[1].schemes


def test_a_binding_is_a_value_and_never_code(elsewhere: Elsewhere) -> None:
    query = "SELECT ?label ?thing { ?thing skos:prefLabel ?label }"
    hostile = Term("literal", '" } # \\ \n <http://example.org/> { ')
    assert not elsewhere.engine.select(query, label=hostile).rows
    found = elsewhere.engine.select(query, label=Term("literal", "Tiimimalli", language="fi")).rows
    assert NAMES.thing("model", "tiimimalli") in {row["thing"].value for row in found}


@pytest.mark.parametrize(
    "query",
    [
        "SELECT ?x { ?x lev:spread }",
        "SELECT (<bif:http_get>('http://127.0.0.1/') AS ?x) {}",
        "DEFINE get:soft 'replace' SELECT * { ?s ?p ?o }",
        "SELECT * { ?s nope:x ?o }",
        "INSERT DATA { <urn:a> <urn:b> <urn:c> }",
    ],
)
def test_what_is_refused_is_refused_in_the_same_words(elsewhere: Elsewhere, engine: Engine, query: str) -> None:
    said = []
    for each in (engine, elsewhere.engine):
        with pytest.raises(QueryError) as caught:
            each.answer(query)
        said.append(str(caught.value))
    assert said[0] == said[1]


# ---- the same limits ----


def test_a_query_that_takes_too_long_is_stopped(elsewhere: Elsewhere) -> None:
    hasty = asked(elsewhere.engine, elsewhere.settings, query_seconds=1)
    start = time.monotonic()
    with pytest.raises(QueryTimeout):
        hasty.answer(RUNAWAY)
    assert time.monotonic() - start < 5
    assert hasty.answer("ASK { ?s a lev:Claim }", name="csv").body == b"true"
    hasty.close()


def test_rows_and_bytes_are_limited(elsewhere: Elsewhere) -> None:
    for query in ("SELECT * { ?s ?p ?o }", "SELECT * { ?s ?p ?o } ORDER BY ?s", "CONSTRUCT WHERE { ?s ?p ?o }"):
        few = asked(elsewhere.engine, elsewhere.settings, answer_rows=100)
        with pytest.raises(AnswerTooLarge, match="answer_rows"):
            few.answer(query)
        few.close()
        small = asked(elsewhere.engine, elsewhere.settings, answer_bytes=1000)
        with pytest.raises(AnswerTooLarge, match="answer_bytes"):
            small.answer(query)
        small.close()


def test_an_answer_that_the_engine_cuts_off_is_an_error(tmp_path: Path, snapshot: Snapshot, settings: Settings) -> None:
    if running.virtuoso_binary() is None:
        pytest.skip("needs Virtuoso, which is not installed")
    with running.virtuoso(tmp_path, rows=1000) as started:
        chosen = started.chosen(settings)
        at = target(chosen, snapshot)
        assert at
        put(snapshot, at, chosen, started.login)
        engine = Engine(at, chosen, NAMES)
        assert len(engine.select("SELECT * { ?s ?p ?o } LIMIT 999").rows) == 999
        with pytest.raises(SnapshotError):
            engine.answer("SELECT * { ?s ?p ?o }")
        engine.close()


# ---- loading ----


def test_updates_load_the_same_as_whole_graphs(
    started: Running, elsewhere: Elsewhere, engine: Engine, snapshot: Snapshot
) -> None:
    chosen = started.chosen(elsewhere.settings, by_update=True)
    at = target(replace(chosen, store_graph=""), snapshot)
    assert at
    put(snapshot, at, chosen, started.login)
    query = "SELECT ?g (COUNT(*) AS ?n) { GRAPH ?g { ?s ?p ?o } } GROUP BY ?g ORDER BY ?g"
    fresh = Engine(at, chosen, NAMES)
    assert fresh.answer(query).body == engine.answer(query).body
    assert len(fresh.select("SELECT ?s ?p ?o { ?s ?p ?o }").rows) == len(
        engine.select("SELECT ?s ?p ?o { ?s ?p ?o }").rows
    )
    fresh.close()


def test_an_engine_that_holds_another_snapshot_is_not_asked(elsewhere: Elsewhere) -> None:
    source = elsewhere.engine._source
    assert isinstance(source, Remote)
    other = Engine(replace(source, digest="another"), elsewhere.settings, NAMES)
    with pytest.raises(SnapshotError, match="levikki load") as caught:
        other.answer("ASK {}")
    assert "127.0.0.1" not in str(caught.value)
    assert caught.value.http_status == 503


def test_a_graph_that_is_no_longer_there_is_emptied(
    started: Running, elsewhere: Elsewhere, snapshot: Snapshot, tmp_path: Path
) -> None:
    at = replace(target(elsewhere.settings, snapshot) or Remote(""), base="https://example.org/toinen/", digest="1")
    first, second = tmp_path / "first", tmp_path / "second"
    for folder, names in ((first, "ab"), (second, "b")):
        folder.mkdir()
        store = ox.Store(str(folder / "store"))
        for name in names:
            node = ox.NamedNode(f"urn:{name}")
            store.add(ox.Quad(node, node, node, ox.NamedNode(f"{at.base}graph/{name}")))
            store.add(ox.Quad(node, node, node))
        store.flush()
        del store
        put(Snapshot(folder), at, elsewhere.settings, started.login)
    engine = Engine(at, elsewhere.settings, Names(at.base))
    assert engine.graphs() == {f"{at.base}graph/b"}
    assert len(engine.select("SELECT ?s { ?s ?p ?o }").rows) == 1
    engine.close()
    assert holds(target(elsewhere.settings, snapshot) or at, started.login, 5)  # what is not ours is left as it is


def test_the_app_serves_from_it(started: Running, elsewhere: Elsewhere, engine: Engine) -> None:
    with environment(started.login):
        client = create_app(elsewhere.settings).test_client()
        for name in ("models-by-region-count", "measures-of-model"):
            answer = client.get(f"/questions/{name}?format=csv")
            given = QUESTIONS[name].bindings({}, NAMES)
            assert answer.data == engine.answer(QUESTIONS[name].query, name="csv", bindings=given).body
        for route in (
            "/",
            "/health",
            "/doc/model/tiimimalli",
            "/doc/model/tiimimalli.ttl",
            "/ontology",
            "/graph/derived",
        ):
            assert client.get(route).status_code == 200


def test_a_newer_snapshot_is_served_once_it_is_loaded(
    elsewhere: Elsewhere, snapshot: Snapshot, monkeypatch: pytest.MonkeyPatch
) -> None:
    current = Current(elsewhere.settings, lambda _: None)
    assert current.take()[0] == snapshot
    newer = Snapshot(snapshot.path.with_name("newer"))
    monkeypatch.setattr("graph.current.latest", lambda _: newer)
    assert isinstance(elsewhere.engine._source, Remote)
    other = replace(elsewhere.engine._source, digest="another")
    monkeypatch.setattr("graph.current.target", lambda *_: other)
    assert current.take()[0] == snapshot
    current.retire()


# ---- what goes wrong ----


@pytest.mark.parametrize(
    ("store", "graph", "said"),
    [
        ("http://127.0.0.1:1/query", "", "sparql+http://"),
        (f"sparql+http://maija:{SECRET}@127.0.0.1:1/", "", "LEVIKKI_STORE_USER"),
        ("sparql+http:///query", "", "is no http"),
        ("sparql+http://127.0.0.1:1/query", "file:///etc/passwd", "store_graph"),
        ("", "http://127.0.0.1:1/store", "--store"),
    ],
)
def test_an_address_that_cannot_be_used_is_told(store: str, graph: str, said: str) -> None:
    with pytest.raises(CallError) as caught:
        remote(Settings(store=store, store_graph=graph), NAMES.base, "1")
    assert said in str(caught.value)
    assert SECRET not in str(caught.value)


def test_an_engine_that_is_not_there_is_told(snapshot: Snapshot, settings: Settings) -> None:
    chosen = replace(settings, store="sparql+http://127.0.0.1:1/query", store_graph="http://127.0.0.1:1/store")
    at = target(chosen, snapshot)
    assert at
    with pytest.raises(SnapshotError, match=r"127\.0\.0\.1:1"):
        holds(at, Login(), 2)
    engine = Engine(at, chosen, NAMES)
    with pytest.raises(SnapshotError) as caught:
        engine.answer("ASK {}")
    assert "127.0.0.1" not in str(caught.value)


def test_wrong_credentials_are_told_and_never_shown(
    started: Running, elsewhere: Elsewhere, snapshot: Snapshot, capfd: pytest.CaptureFixture[str]
) -> None:
    at = target(elsewhere.settings, snapshot)
    assert at
    told = ""
    if started.name == "oxigraph":  # asks nobody who he is
        put(snapshot, at, elsewhere.settings, Login("dba", SECRET))
    else:
        with pytest.raises(LevikkiError, match=PASSWORD) as caught:
            put(snapshot, at, elsewhere.settings, Login("dba", SECRET))
        told = str(caught.value)
    assert SECRET not in told + str(capfd.readouterr()) + repr(Login("dba", SECRET)) + at.described()
    put(snapshot, at, elsewhere.settings, started.login)


@pytest.fixture
def impostor() -> Iterator[tuple[str, list[tuple[str, str]]]]:
    """Return the address of a server that answers as no engine does, and what it was told."""
    heard: list[tuple[str, str]] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            heard.append((self.path, self.headers.get("Authorization") or ""))
            self.rfile.read(int(self.headers["Content-Length"]))
            body = b'<sparql xmlns="http://www.w3.org/2005/sparql-results#"><head/><results><result>'
            self.send_response(302 if self.path == "/moved" else 200)
            self.send_header("Location", "/elsewhere")
            self.send_header("Content-Length", str(len(body) + 100 * (self.path == "/short")))
            self.end_headers()
            self.wfile.write(body)

        do_GET = do_HEAD = do_POST  # noqa: N815 - so the server finds them

        def log_message(self, *_: object) -> None:
            return

    with listening(Handler) as port:
        yield f"http://127.0.0.1:{port}", heard


@pytest.mark.parametrize("path", ["/moved", "/cut", "/short"])
def test_half_an_answer_is_an_error_and_a_redirect_is_not_followed(
    impostor: tuple[str, list[tuple[str, str]]], path: str
) -> None:
    address, heard = impostor
    with pytest.raises(SnapshotError):
        holds(Remote(address + path, base=NAMES.base, digest="1"), Login(), 2)
    assert {where for where, _ in heard} == {path}


# ---- a query in parts ----


@pytest.mark.parametrize(
    "query",
    [
        "SELECT ?s { ?s ?p ?o FILTER(false && <bif:f>(?o)) }",
        "SELECT ?s { ?s ?p ?o FILTER(false && <b\\u0069f:f> # (\n (?o)) }",
        "PREFIX x: <http://www.op> SELECT ?s { ?s ?p ?o FILTER(true || x:enlinksw.com\\/schemas\\/bif\\#f (?o)) }",
        "BASE <http://www.openlinksw.com/schemas/> SELECT ?s { VALUES ?s {} FILTER(<bif#f>(?s)) }",
        "PREFIX : <bif:> SELECT ?s { ?s ?p ?o } ORDER BY :f(?o)",
    ],
)
def test_a_function_of_an_engines_own_is_never_sent(elsewhere: Elsewhere, query: str) -> None:
    with pytest.raises(QueryError, match="custom function"):
        elsewhere.engine.answer(query)


@pytest.mark.parametrize("query", [*QUERIES.values(), *GRAPH_QUERIES, *(each.query for each in QUESTIONS.values())])
def test_a_function_of_sparql_is_none_of_an_engines_own(query: str) -> None:
    assert foreign_function(query, NAMES.prefixes(), NAMES.base) == ""
    assert (
        foreign_function(
            "SELECT (xsd:integer('7') AS ?x) { ?s lev:family/(lev:family|^lev:model) ?o }", NAMES.prefixes()
        )
        == ""
    )


@pytest.mark.parametrize("query", ["SELECT * { SERVICE <urn:x> { ?s ?p ?o } }", "ASK { FILTER(trueSERVICEex:x{}) }"])
def test_a_request_to_another_host_is_never_sent_to_an_engine(query: str) -> None:
    remote_engine = store_remote.Elsewhere(Remote("http://127.0.0.1:1/", base=NAMES.base), Login(), 1)
    job = {"query": query, "form": "SELECT", "seconds": 1.0}
    with pytest.raises(RuntimeError, match="SERVICE"):
        remote_engine.query(job, store_output.Output(None, "", 1))  # type: ignore[arg-type]


def test_values_take_the_place_of_variables_in_the_patterns_alone() -> None:
    query = 'SELECT ?x ?y # ?x {\nWHERE { ?x <urn:p> ?y . FILTER("?x" != STR($x)) } ORDER BY ?x'
    text = bind(cut(query, {}), {"x": "<urn:a>"}).text
    assert '<urn:a> <urn:p> ?y . FILTER("?x" != STR(<urn:a>))' in text
    assert "BIND(<urn:a> AS ?x)" in text
    ox.Store().query(text)


@pytest.mark.parametrize("query", [*QUERIES.values(), *GRAPH_QUERIES, *(each.query for each in QUESTIONS.values())])
def test_a_query_that_is_cut_and_put_together_says_the_same(snapshot: Snapshot, query: str) -> None:
    store = ox.Store.read_only(str(snapshot.store_path()))
    prefixes = NAMES.prefixes()
    parts = move_values(cut(query, prefixes, NAMES.base))
    found = []
    for text in (query, parts.text):
        result = store.query(text, prefixes=prefixes, base_iri=NAMES.base)
        found.append(bool(result) if isinstance(result, ox.QueryBoolean) else Counter(map(str, result)))
    assert found[0] == found[1]


# ---- replicas ----


def test_two_replicas_of_one_snapshot_give_the_same_bytes_and_validators(
    snapshot: Snapshot, settings: Settings
) -> None:
    assert snapshot.path.parent == settings.snapshots
    clients = [create_app(replace(settings, cache_bytes=0)).test_client() for _ in range(2)]
    routes = [f"/questions/{name}?format={form}" for name in QUESTIONS for form in ("json", "xml", "csv", "tsv")]
    routes += [f"/doc/model/tiimimalli.{form.name}" for form in GRAPH_FORMATS]
    routes += [f"/sparql?query={query}&format=csv" for query in ("SELECT * { ?s ?p ?o } LIMIT 100", "ASK {}")]
    for route in routes:
        one, other = (client.get(route) for client in clients)
        assert one.status_code == 200
        assert one.data == other.data
        assert one.headers["ETag"] == other.headers["ETag"]
        again = clients[1].get(route, headers={"If-None-Match": one.headers["ETag"]})
        assert again.status_code == 304
