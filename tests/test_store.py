"""The query service: what it answers, what it refuses, and that no query harms another."""

from __future__ import annotations

import csv
import io
import json
import os
import socket
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from xml.etree import ElementTree as ET

import pyoxigraph as ox
import pytest
from rdflib import Graph

from graph.errors import (
    Busy,
    QueryError,
    QueryForbidden,
    QuerySyntaxError,
    QueryTimeout,
    QueryTooHeavy,
    QueryTooLong,
    SnapshotError,
)
from graph.formats import DATASET_FORMATS, GRAPH_FORMATS, SELECT_FORMATS, Format, NotAcceptable
from graph.names import Names
from graph.query import check
from graph.settings import Settings
from graph.store import Engine, Term

NAMES = Names()
PAGE, VOCABULARY = NAMES.graph("page/koe"), NAMES.graph("vocabulary")
RDFLIB_NAMES = ("turtle", "nt", "json-ld", "xml")
CLAIMS = 3000
# Every claim with every other one: far more pairs than half a second can count.
RUNAWAY = "SELECT (COUNT(*) AS ?n) { ?a ?p ?b . ?c ?q ?d . FILTER(STR(?a) < STR(?d)) }"


@pytest.fixture(scope="module")
def store_path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("snapshot") / "store"
    turtle = "".join(f"<{NAMES.thing('claim', str(n))}> lev:model model:tiimimalli .\n" for n in range(CLAIMS))
    prefixes = "".join(f"@prefix {name}: <{space}> .\n" for name, space in NAMES.prefixes().items())
    vocabulary = 'model:tiimimalli a lev:PracticeModel ; skos:prefLabel "Tiimimalli"@fi, "Team, \\"model\\""@en .'
    store = ox.Store(str(path))
    for graph, text in ((PAGE, turtle), (VOCABULARY, vocabulary)):
        store.bulk_load(prefixes + text, format=ox.RdfFormat.TURTLE, to_graph=ox.NamedNode(graph))
    store.flush()
    del store
    return path


@pytest.fixture
def engine(store_path: Path) -> Iterator[Engine]:
    engine = Engine(store_path, Settings(query_seconds=20, query_processes=2), NAMES)
    yield engine
    engine.close()


@pytest.fixture
def hasty(store_path: Path) -> Iterator[Engine]:
    engine = Engine(store_path, Settings(query_seconds=0.5, query_processes=2, query_wait_seconds=0.2), NAMES)
    yield engine
    engine.close()


def processes(engine: Engine) -> set[int]:
    """Return the processes that an engine holds."""
    return {worker._process.pid for worker in engine._pool._all}


def exists(process: int) -> bool:
    """Tell whether there is such a process, be it a zombie."""
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True


# ---- answers ----


def test_default_graph_is_the_union_of_named_graphs(engine: Engine) -> None:
    rows = engine.select("SELECT ?label { ?c lev:model ?m . ?m skos:prefLabel ?label } LIMIT 1").rows
    assert rows[0]["label"].kind == "literal"


def test_a_triple_of_two_graphs_counts_once_where_the_store_holds_its_union(tmp_path: Path) -> None:
    store = ox.Store(str(tmp_path / "store"))
    s, p, o = (ox.NamedNode(f"urn:{part}") for part in "spo")
    for graph in (ox.NamedNode("urn:g1"), ox.NamedNode("urn:g2"), ox.DefaultGraph()):
        store.add(ox.Quad(s, p, o, graph))
    store.flush()
    del store
    engine = Engine(tmp_path / "store", Settings(), NAMES)
    try:
        assert engine.select("SELECT (COUNT(*) AS ?n) { ?s ?p ?o }").rows[0]["n"].value == "1"
        assert len(engine.select("SELECT ?s FROM <urn:g1> { ?s ?p ?o }").rows) == 1
    finally:
        engine.close()


def test_select_in_every_format_has_the_same_value(engine: Engine) -> None:
    query = 'SELECT ?label { model:tiimimalli skos:prefLabel ?label FILTER(LANG(?label) = "en") }'
    label = 'Team, "model"'
    found = {form.name: engine.answer(query, name=form.name).body for form in SELECT_FORMATS}
    assert json.loads(found["json"])["results"]["bindings"][0]["label"] == {
        "type": "literal", "value": label, "xml:lang": "en",
    }  # fmt: skip
    assert list(csv.reader(io.StringIO(found["csv"].decode())))[1] == [label]
    assert found["tsv"].decode().splitlines() == ["?label", '"Team, \\"model\\""@en']
    assert "".join(ET.fromstring(found["xml"]).itertext()).strip() == label  # noqa: S314 - our own output


@pytest.mark.parametrize(("form", "reader"), list(zip(GRAPH_FORMATS, RDFLIB_NAMES, strict=True)))
def test_construct_in_every_format_is_read_by_rdflib(engine: Engine, form: Format, reader: str) -> None:
    answer = engine.answer("CONSTRUCT WHERE { model:tiimimalli ?p ?o }", name=form.name)
    assert len(Graph().parse(data=answer.body, format=reader)) == 3


def test_turtle_has_our_prefixes(engine: Engine) -> None:
    assert b"model:tiimimalli" in engine.answer("DESCRIBE model:tiimimalli").body


def test_ask_in_csv_is_the_bare_word(engine: Engine) -> None:
    assert engine.answer("ASK { ?s a lev:PracticeModel }", name="csv").body == b"true"
    assert engine.answer("ASK { ?s a lev:Nothing }", accept="text/tab-separated-values").body == b"false"


def test_a_format_that_does_not_fit_the_form_is_refused(engine: Engine) -> None:
    with pytest.raises(NotAcceptable, match="csv"):
        engine.answer("DESCRIBE model:tiimimalli", name="csv")
    with pytest.raises(NotAcceptable):
        engine.answer("SELECT * { ?s ?p ?o } LIMIT 1", accept="text/turtle")


def test_bindings_are_values_and_never_code(engine: Engine) -> None:
    query = "SELECT ?label ?thing { ?thing skos:prefLabel ?label }"
    found = engine.select(query, label=Term("literal", "Tiimimalli", language="fi")).rows
    assert found[0]["thing"].value == NAMES.thing("model", "tiimimalli")
    assert not engine.select(query, label=Term("literal", '" } # SERVICE <http://example.org/> { ')).rows
    assert len(engine.select(query, thing=NAMES.thing("model", "tiimimalli")).rows) == 2


def test_a_dump_holds_one_named_graph(engine: Engine) -> None:
    quads = engine.dump(VOCABULARY, DATASET_FORMATS[0]).body.decode().splitlines()
    assert len(quads) == 3
    assert all(line.endswith(f"<{VOCABULARY}> .") for line in quads)
    assert len(Graph().parse(data=engine.dump(VOCABULARY, GRAPH_FORMATS[0]).body, format="turtle")) == 3


# ---- datasets ----


def test_from_narrows_the_default_graph(engine: Engine) -> None:
    count = "SELECT (COUNT(*) AS ?n) {clause} {{ ?s ?p ?o }}"
    assert engine.select(count.format(clause=f"FROM <{VOCABULARY}>")).rows[0]["n"].value == "3"
    prologue = f"PREFIX g: <{NAMES.graph('')}> "
    assert engine.select(prologue + count.format(clause="FROM g:vocabulary")).rows[0]["n"].value == "3"
    assert engine.select(count.format(clause=f"FROM NAMED <{VOCABULARY}>")).rows[0]["n"].value == "0"


def test_graphs_of_the_protocol_narrow_it_too(engine: Engine) -> None:
    count = "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }"
    body = engine.answer(count, name="csv", default_graphs=(VOCABULARY,)).body
    assert body.split() == [b"n", b"3"]
    with pytest.raises(QueryForbidden, match="urn:elsewhere"):
        engine.answer(count, default_graphs=("urn:elsewhere",))


@pytest.mark.parametrize(
    "query",
    [
        "SELECT * FROM <http://127.0.0.1:9/data.ttl> { ?s ?p ?o }",
        "SELECT * FROM NAMED <file:///etc/hostname> { GRAPH ?g { ?s ?p ?o } }",
        "BASE <http://127.0.0.1:9/> ASK FROM <data.ttl> { ?s ?p ?o }",
        "PREFIX x: <http://127.0.0.1:9/> CONSTRUCT { ?s ?p ?o } FROM NAMEDx:data.ttl WHERE { ?s ?p ?o }",
        "DESCRIBE <urn:x> FROM <http://127.0.0.1:9/data.ttl>",
    ],
)
def test_from_of_a_graph_that_is_not_here_is_refused_by_name(engine: Engine, query: str) -> None:
    with pytest.raises(QueryForbidden, match=r"data\.ttl|hostname"):
        engine.answer(query)


# ---- refusals ----

SERVICES = [
    "SELECT * { SERVICE <URL> { ?s ?p ?o } }",
    "SELECT * { service silent <URL> { ?s ?p ?o } }",
    "SELECT * { { SELECT ?s { SERVICE <URL> { ?s ?p ?o } } } }",
    "ASK { FILTER EXISTS { SERVICE <URL> { ?s ?p ?o } } }",
    "ASK { ?s ?p ?o MINUS { SERVICE ?s { ?s ?p ?o } } }",
    "ASK { ?s ?p ?o . LATERAL { SERVICE <URL> { ?s ?p ?o } } }",
    "CONSTRUCT { ?s ?p ?o } WHERE { OPTIONAL { SERVICE <URL> { ?s ?p ?o } } }",
    r"SELECT * { \u0053ERVICE <URL> { ?s ?p ?o } }",
    r"SELECT * { S\U00000045RVICE <URL> { ?s ?p ?o } }",
    "SELECT * { SERVICE# } '\n<URL>#{\n{ ?s ?p ?o } }",
    "SELECT * { # '\nSERVICE <URL> { ?s ?p ?o } } # '",
    "SELECT * { ?s ?p '#' SERVICE <URL> { ?s ?p ?o } }",
    r"SELECT * { ?s ?p '\'' . SERVICE <URL> { ?s ?p ?o } FILTER('' = '') }",
    "SELECT * { ?s ?p '''a'b''' . SERVICE <URL> { ?s ?p ?o } FILTER('''''' = '') }",
    "SELECT * { ?s ?p trueSERVICE<URL>{ ?s ?p ?o } }",
    "PREFIX ex: <URL> SELECT * { SERVICEex:x{ ?s ?p ?o } }",
    "PREFIX ex: <URL> SELECT * { SERVICESILENTex:x{ ?s ?p ?o } }",
    "PREFIX SERVICE: <URL> SELECT * { SERVICE:x{ ?s ?p ?o } }",
    "PREFIX ex: <URL> SELECT * { ?s ?p ex:.SERVICE<URL>{ ?s ?p ?o } }",
    r"PREFIX ex: <URL> SELECT * { ?s ?p ex:a\'.SERVICE<URL>{ ?s ?p ?o } FILTER('' = '') }",
    "PREFIX : <URL> SELECT * { FILTER('a'<'b>c')SERVICE:x{ ?s ?p ?o }FILTER('z'=?a) }",
    "PREFIX : <URL> PREFIX b: <urn:b> SELECT * { FILTER(?a<b:c#>'''\n)SERVICE:x{ ?s ?p ?o }FILTER(1>2) } #'''",
    "SELECT * { <urn:o'x> ?p ?o . SERVICE <URL> { ?s ?p ?o } FILTER(<urn:o'x> = ?s) }",
]


@pytest.mark.parametrize("query", SERVICES)
def test_service_is_refused_wherever_it_hides(query: str) -> None:
    with pytest.raises(QueryForbidden, match="SERVICE"):
        check(query.replace("URL", "http://127.0.0.1:9/"))


@pytest.mark.parametrize("query", SERVICES)
def test_no_service_reaches_another_host(engine: Engine, query: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(0.01)
        with pytest.raises(QueryError):
            engine.answer(query.replace("URL", f"http://127.0.0.1:{listener.getsockname()[1]}/"))
        with pytest.raises(TimeoutError):
            listener.accept()


@pytest.mark.parametrize(
    "query",
    [
        'SELECT * { ?service skos:prefLabel "SERVICE <http://127.0.0.1/> { }" } # SERVICE <http://127.0.0.1/> { }',
        "SELECT * { ?s a <http://example.org/service#PublicService> FILTER(1 < 2) OPTIONAL { ?s ?p ?o } }",
        "PREFIX cpsv: <http://purl.org/vocab/cpsv#> SELECT * { ?s a cpsv:PublicService { ?s ?p ?service } }",
        "SELECT * { ?s skos:notation ?load } ORDER BY ?load",
        "SELECT ?from { ?from prov:from <http://127.0.0.1/> }",
        "PREFIX from: <http://127.0.0.1/> SELECT * { GRAPH ?service { ?s from:x ?o } }",
    ],
)
def test_the_words_are_free_where_they_are_no_keywords(engine: Engine, query: str) -> None:
    assert not engine.select(query).rows


@pytest.mark.parametrize(
    "query",
    [
        "LOAD <http://127.0.0.1:9/data.ttl>",
        "PREFIX ex: <urn:x> INSERT DATA { ex:a ex:b ex:c }",
        "# a comment\nDELETE WHERE { ?s ?p ?o }",
        "DROP ALL",
        r"\u004cOAD <http://127.0.0.1:9/data.ttl>",
    ],
)
def test_an_update_is_refused_and_told_where_facts_enter(engine: Engine, query: str) -> None:
    with pytest.raises(QueryForbidden, match="read-only by design") as caught:
        engine.answer(query)
    assert "review" in caught.value.hint


def test_codepoint_escapes_are_read_as_the_specification_says(engine: Engine) -> None:
    query = r"S\u0045LECT ?\u0061 { ?a a lev:\u0050racticeModel ; skos:prefLabel 'Tiimi\u006dalli'@fi }"
    assert engine.select(query).rows[0]["a"].value == NAMES.thing("model", "tiimimalli")
    assert engine.select(r"SELECT ('a\u0022\u000Ab' AS ?x) { }").rows[0]["x"].value == 'a"\nb'


@pytest.mark.parametrize(
    ("query", "line", "column"),
    [
        ("SELECT * {\n  ?s ?p\n}", 3, 2),
        ("SELECT * { ?s nix:label ?o }", 1, 15),
        ("SELECT * {\n\n ?s a a a }", 3, 10),
        ("", 1, 1),
    ],
)
def test_a_parse_error_has_line_and_column(engine: Engine, query: str, line: int, column: int) -> None:
    with pytest.raises(QuerySyntaxError) as caught:
        engine.answer(query)
    assert (caught.value.line, caught.value.column) == (line, column)
    assert caught.value.what


def test_an_undeclared_prefix_is_named(engine: Engine) -> None:
    with pytest.raises(QuerySyntaxError, match="prefix nix: is not declared"):
        engine.answer("SELECT * { ?s nix:label 'other:thing' }")


def test_a_query_that_is_too_long_names_the_limit(store_path: Path) -> None:
    engine = Engine(store_path, Settings(query_characters=20), NAMES)
    with pytest.raises(QueryTooLong, match=r"query_characters\) is 20"):
        engine.answer("SELECT * { ?s ?p ?o }")


def test_reading_a_query_takes_no_more_than_linear_time() -> None:
    # Each takes minutes or an overflow where reading is not linear.
    for query in ("'''" * 30_000, "service" * 14_000, "SELECT * {?s ?p " + "1," * 45_000, "(" * 90_000, "<a#" * 30_000):
        check(query)


# ---- processes ----


def test_a_runaway_query_is_killed_and_the_next_one_answered(hasty: Engine) -> None:
    hasty.answer("ASK { }")
    (killed,) = processes(hasty)
    with pytest.raises(QueryTimeout, match=r"0\.5 seconds"):
        hasty.answer(RUNAWAY)
    assert not exists(killed)
    assert hasty.answer("ASK { ?s a lev:PracticeModel }", name="csv").body == b"true"
    assert len(processes(hasty)) <= 2  # one may have started ahead of the query


def test_other_queries_go_on_while_one_is_killed(hasty: Engine) -> None:
    with ThreadPoolExecutor(2) as threads:
        runaway = threads.submit(hasty.answer, RUNAWAY)
        answers = [hasty.select("SELECT ?m { ?m a lev:PracticeModel }").rows for _ in range(20)]
        assert isinstance(runaway.exception(), QueryTimeout)
    assert all(len(rows) == 1 for rows in answers)


def test_a_query_for_which_no_process_is_free_is_told_so(store_path: Path) -> None:
    engine = Engine(store_path, Settings(query_seconds=2, query_processes=1, query_wait_seconds=0.05), NAMES)
    with ThreadPoolExecutor(1) as threads:
        running = threads.submit(engine.answer, RUNAWAY)
        while not running.running():
            time.sleep(0.01)
        with pytest.raises(Busy, match="query_processes"):
            engine.answer("ASK { }")
        engine.close()
        assert isinstance(running.exception(), QueryTooHeavy | SnapshotError)
    assert not processes(engine)


def test_a_query_that_breaks_its_process_gets_an_error_and_the_next_an_answer(engine: Engine) -> None:
    deep = "SELECT * { FILTER(" + "(" * 30_000 + "1" + ")" * 30_000 + ") }"
    with pytest.raises(QueryTooHeavy, match="ended before it answered"):
        engine.answer(deep)
    assert engine.answer("ASK { }", name="csv").body == b"true"
    assert len(processes(engine)) <= 2


def test_a_process_that_died_while_idle_is_replaced(engine: Engine) -> None:
    engine.answer("ASK { }")
    (idle,) = engine._pool._all
    os.kill(idle._process.pid, 9)
    assert idle._connection.poll(5)  # its end of the socket is closed
    assert engine.answer("ASK { }", name="csv").body == b"true"
    assert not exists(idle._process.pid)


def test_threads_share_the_processes(engine: Engine) -> None:
    with ThreadPoolExecutor(8) as threads:
        values = list(threads.map(lambda n: engine.select(f"SELECT ({n} AS ?n) {{ }}").rows[0]["n"].value, range(100)))
    assert values == [str(n) for n in range(100)]
    assert 1 <= len(processes(engine)) <= 2


def test_close_leaves_no_process(engine: Engine) -> None:
    engine.answer("ASK { }")
    (process,) = processes(engine)
    engine.close()
    assert not exists(process)
    with pytest.raises(SnapshotError):
        engine.answer("ASK { }")


def test_a_retired_engine_answers_and_keeps_no_process(engine: Engine) -> None:
    engine.answer("ASK { }")
    (process,) = processes(engine)
    engine.retire()
    assert not exists(process)
    assert engine.answer("ASK { }", name="csv").body == b"true"
    assert not processes(engine)


def test_a_forked_process_gets_a_pool_of_its_own(engine: Engine) -> None:
    engine.answer("ASK { }")
    child = os.fork()
    if child == 0:
        body = engine.answer("ASK { }", name="csv").body
        engine.close()
        os._exit(0 if body == b"true" else 1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    assert engine.answer("ASK { }", name="csv").body == b"true"


def test_a_store_that_cannot_be_opened_is_an_error_without_its_path(tmp_path: Path) -> None:
    engine = Engine(tmp_path / "nowhere", Settings(), NAMES)
    with pytest.raises(SnapshotError, match="cannot be opened") as caught:
        engine.answer("ASK { }")
    assert str(tmp_path) not in str(caught.value)
    assert not processes(engine)
