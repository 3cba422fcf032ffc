"""Each limit of a query is tripped once: by its error, its name and value, and the next query's answer."""

from __future__ import annotations

import json
import os
import socket
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest

from graph.answers import Answer, Answers
from graph.counting import Rows
from graph.errors import AnswerTooLarge, Busy, ClientGone, LimitReached, QueryTimeout, QueryTooHeavy, TooManyRequests
from graph.formats import SELECT_FORMATS
from graph.names import Names
from graph.rates import CLIENTS, Rates, name_of
from graph.settings import Settings
from graph.spool import IN_MEMORY, Spool
from graph.store import Asked, Engine, waiting

NAMES = Names()
THINGS = 400
CROSS = "SELECT * { ?a ?b ?c . ?d ?e ?f }"
RUNAWAY = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l FILTER(STR(?a) < STR(?l)) }"
HEAVY = "SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i } ORDER BY ?c ?f ?i"
AWKWARD = ("plain", '}},{"', 'x\n\r\n"y"', "[{", "},{", "<result>", "\\", '\\"', '"', "tab\t,;", "\u2028 å")


@pytest.fixture(scope="module")
def store_path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("limits") / "store"
    store = ox.Store(str(path))
    label = ox.NamedNode("http://www.w3.org/2004/02/skos/core#prefLabel")
    graph = ox.NamedNode(NAMES.graph("vocabulary"))
    for number in range(THINGS):
        thing = ox.NamedNode(NAMES.thing("model", str(number)))
        store.add(ox.Quad(thing, label, ox.Literal(AWKWARD[number % len(AWKWARD)] * (number % 3 + 1)), graph))
    store.flush()
    return path


@pytest.fixture
def make(store_path: Path) -> Iterator[Callable[..., Engine]]:
    made: list[Engine] = []

    def engine(**chosen: Any) -> Engine:
        made.append(Engine(store_path, replace(Settings(), **chosen), NAMES))
        return made[-1]

    yield engine
    for each in made:
        each.close()


@pytest.mark.parametrize(
    ("setting", "value", "query", "name", "error"),
    [
        ("query_seconds", 0.4, RUNAWAY, "csv", QueryTimeout),
        ("query_memory_bytes", 60_000_000, HEAVY, "csv", QueryTooHeavy),
        *(("answer_rows", 100, CROSS, form.name, AnswerTooLarge) for form in SELECT_FORMATS),
        ("answer_rows", 100, "CONSTRUCT WHERE { ?s ?p ?o }", "ttl", AnswerTooLarge),
        ("answer_rows", 100, "CONSTRUCT WHERE { ?s ?p ?o }", "jsonld", AnswerTooLarge),
        ("answer_bytes", 50_000, CROSS, "csv", AnswerTooLarge),
    ],
)
def test_a_limit_ends_its_query_and_no_other(
    make: Callable[..., Engine], setting: str, value: float, query: str, name: str, error: type[LimitReached]
) -> None:
    engine = make(**{setting: value})
    with pytest.raises(error) as caught:
        engine.answer(query, name=name)
    assert (caught.value.limit, caught.value.value) == (setting, value)
    assert setting in caught.value.what
    assert engine.answer("ASK { }", name="csv").body == b"true"


@pytest.mark.parametrize("form", SELECT_FORMATS, ids=lambda form: form.name)
def test_an_answer_of_just_so_many_rows_is_whole(make: Callable[..., Engine], form: Any) -> None:
    answer = make(answer_rows=THINGS).answer("SELECT ?s ?o { ?s ?p ?o }", name=form.name)
    assert (answer.rows, len(answer.body)) == (THINGS, answer.size)


def test_a_query_is_stopped_within_a_quarter_of_a_second_of_its_limit(make: Callable[..., Engine]) -> None:
    engine = make(query_seconds=0.6)
    engine.answer("ASK { }")
    start = time.monotonic()
    with pytest.raises(QueryTimeout):
        engine.answer(RUNAWAY)
    assert 0.6 <= time.monotonic() - start < 0.85


def test_long_queries_leave_room_for_quick_ones(make: Callable[..., Engine]) -> None:
    engine = make(query_processes=3, query_long_processes=1, query_quick_seconds=0.2, query_seconds=3)
    with ThreadPoolExecutor(3) as threads:
        runaways = [threads.submit(engine.answer, RUNAWAY) for _ in range(3)]
        wrong = [running.exception() for running in runaways]
    assert sorted(type(each).__name__ for each in wrong) == ["Busy", "Busy", "QueryTimeout"]
    assert {each.limit for each in wrong if isinstance(each, Busy)} == {"query_long_processes"}


def test_a_query_that_answers_does_not_give_way_to_one_that_does_not(make: Callable[..., Engine]) -> None:
    engine = make(query_processes=4, query_long_processes=1, query_quick_seconds=0.05, query_seconds=20)
    slow = "SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i FILTER(STRLEN(STR(?i)) > 0) } LIMIT 600000"
    with ThreadPoolExecutor(3) as threads:
        runaway = threads.submit(engine.answer, RUNAWAY)
        time.sleep(0.3)
        answering = threads.submit(engine.answer, slow, name="csv")
        time.sleep(0.3)
        late = threads.submit(engine.answer, RUNAWAY)
        assert answering.result(20).rows == 600_000
        assert isinstance(runaway.exception(20), Busy)
        engine.close()
        assert late.exception(20) is not None


def test_a_long_query_steps_back_behind_the_others(make: Callable[..., Engine]) -> None:
    engine = make(query_quick_seconds=0.1, query_seconds=5)
    with ThreadPoolExecutor(1) as threads:
        running = threads.submit(engine.answer, RUNAWAY)
        time.sleep(0.5)
        (process,) = engine._pool._all
        assert os.getpriority(os.PRIO_PROCESS, process._process.pid) == 0  # there is nobody to step behind
        engine.answer("ASK { }")
        assert os.getpriority(os.PRIO_PROCESS, process._process.pid) == 19
        engine.close()
        assert running.exception() is not None


def test_a_query_ends_when_its_client_goes_away(make: Callable[..., Engine]) -> None:
    engine = make(query_seconds=20)
    ours, theirs = socket.socketpair()

    def ask() -> BaseException | None:
        waiting.set(ours)
        try:
            engine.answer(RUNAWAY)
        except ClientGone as problem:
            return problem
        return None

    with ours, ThreadPoolExecutor(1) as threads:
        running = threads.submit(ask)
        time.sleep(0.3)
        assert not running.done()
        theirs.close()
        start = time.monotonic()
        assert isinstance(running.result(timeout=5), ClientGone)
        assert time.monotonic() - start < 1
    assert not engine._pool._all


def test_a_client_that_says_more_is_still_there(make: Callable[..., Engine]) -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        theirs.send(b"GET / HTTP/1.1\r\n")
        token = waiting.set(ours)
        try:
            assert make().answer(CROSS, name="csv").rows == THINGS**2
        finally:
            waiting.reset(token)


def test_what_became_of_each_query_is_told(store_path: Path) -> None:
    seen: list[Asked] = []
    engine = Engine(store_path, Settings(answer_rows=10), NAMES, seen.append)
    engine.answer("SELECT * { ?s ?p ?o } LIMIT 3")
    engine.answer("SELECT * { ?s ?p ?o } LIMIT 3")
    with pytest.raises(AnswerTooLarge):
        engine.answer("SELECT * { ?s ?p ?o }")
    engine.close()
    assert [(asked.outcome, asked.rows) for asked in seen] == [("done", 3), ("cached", 3), ("answer_rows", 0)]


# ---- answers, whole and remembered ----


def test_a_large_answer_lies_in_a_file_and_is_read_in_pieces(make: Callable[..., Engine]) -> None:
    answer = make().answer(CROSS, name="tsv")
    assert answer.size > IN_MEMORY
    pieces = list(answer.pieces())
    assert len(pieces) > 10
    assert sum(map(len, pieces)) == answer.size


def test_the_same_query_gets_the_same_bytes_and_validator_from_memory_and_anew(make: Callable[..., Engine]) -> None:
    one, other = make(), make(cache_bytes=0)
    for query in ("SELECT ?o (COUNT(*) AS ?n) { ?s ?p ?o } GROUP BY ?o", "CONSTRUCT WHERE { ?s ?p ?o }"):
        for name in ("json", "csv", "xml", "tsv") if query.startswith("SELECT") else ("ttl", "nt", "rdf", "jsonld"):
            first, again, elsewhere = (each.answer(query, name=name) for each in (one, one, other))
            assert again.cached
            assert not elsewhere.cached
            assert first.body == again.body == elsewhere.body
            assert first.etag == again.etag == elsewhere.etag
    assert not other.answer("ASK { }").cached


@pytest.mark.parametrize(
    "query",
    [
        "SELECT (NOW() AS ?x) { }",
        "SELECT (rand() AS ?x) { }",
        "SELECT (UUID() AS ?x) { }",
        "SELECT (StrUUID () AS ?x) { }",
        "SELECT (BNODE() AS ?x) { }",
        "CONSTRUCT { _:x a ?o } { ?s ?p ?o }",
        "CONSTRUCT { [] a ?o } { ?s ?p ?o }",
    ],
)
def test_an_answer_that_changes_by_itself_is_not_remembered(make: Callable[..., Engine], query: str) -> None:
    engine = make()
    assert engine.answer(query).volatile
    assert not engine.answer(query).cached


def test_words_in_strings_make_no_answer_volatile(make: Callable[..., Engine]) -> None:
    assert not make().answer('SELECT * { ?s ?p "now() [" } # rand()').volatile


def test_the_memory_of_answers_forgets_those_not_asked_for() -> None:
    held = Answers(9_000)

    def answer(size: int, *, volatile: bool = False) -> Answer:
        return Answer("SELECT", SELECT_FORMATS[0], b"x" * size, size, "d", 1, 0.1, volatile=volatile)

    for key in range(4):
        held.put(key, answer(1_500))
        assert held.get(0)  # asked for each time
    assert [held.get(key) is not None for key in range(4)] == [True, False, True, True]
    assert held.size == 3 * 2_500
    held.put("large", answer(20_000))
    held.put("volatile", answer(10, volatile=True))
    assert held.get("large") is None
    assert held.get("volatile") is None


def test_a_spool_refuses_more_than_its_limit() -> None:
    spool = Spool(10)
    spool.write(b"12345")
    with pytest.raises(AnswerTooLarge):
        spool.write(b"678901")


# ---- rows are counted as they pass ----


@pytest.mark.parametrize("form", ["JSON", "XML", "CSV", "TSV"])
@pytest.mark.parametrize("size", [1, 2, 7, 64, 100_000])
@pytest.mark.parametrize(
    "query",
    [
        "SELECT * { ?s ?p ?o }",
        "SELECT ?o { ?s ?p ?o }",
        "SELECT ?nothing { ?s ?p ?o }",
        "SELECT * { ?s ?p ?o } LIMIT 0",
        "SELECT * { ?s ?p ?o } LIMIT 1",
        "SELECT * { }",
    ],
)
def test_rows_are_counted_whatever_stands_in_them(store_path: Path, form: str, size: int, query: str) -> None:
    store = ox.Store.read_only(str(store_path))
    asked: Any = {"use_default_graph_as_union": True}
    found: Any = [store.query(query, **asked) for _ in range(2)]
    expected, body = len(list(found[0])), found[1].serialize(format=getattr(ox.QueryResultsFormat, form))
    rows = Rows(form)
    for start in range(0, len(body), size):
        rows.add(body[start : start + size])
    assert rows.number == expected


def test_json_of_a_triple_term_counts_as_one_row() -> None:
    term = {
        "type": "triple",
        "value": {part: {"type": "uri", "value": "x"} for part in ("subject", "predicate", "object")},
    }
    body = json.dumps({"head": {"vars": ["t"]}, "results": {"bindings": [{"t": term}, {"t": term}]}}).encode()
    rows = Rows("JSON")
    rows.add(body)
    assert rows.number == 2


# ---- rates ----


class Clock:
    """Tell the time that a test sets."""

    def __init__(self) -> None:
        self.time = 0.0

    def __call__(self) -> float:
        return self.time


def test_a_client_has_so_many_requests_a_minute_and_another_its_own() -> None:
    clock = Clock()
    rates = Rates(60, 100, clock)
    for _ in range(60):
        rates.admit("a")
    with pytest.raises(TooManyRequests) as caught:
        rates.admit("a")
    assert (caught.value.limit, caught.value.value, caught.value.retry_seconds) == ("client_requests", 60, 1)
    rates.admit("b")
    clock.time = 1
    rates.admit("a")


def test_a_client_has_so_many_seconds_of_processing_a_minute() -> None:
    clock = Clock()
    rates = Rates(1000, 30, clock)
    rates.admit("a")
    rates.charge("a", 45)
    with pytest.raises(TooManyRequests) as caught:
        rates.admit("a")
    assert (caught.value.limit, caught.value.retry_seconds) == ("client_seconds", 30)
    clock.time = 30.1
    rates.admit("a")


def test_what_is_left_is_told_and_never_more_than_the_share() -> None:
    clock = Clock()
    rates = Rates(10, 5, clock)
    rates.admit("a")
    rates.charge("a", 2)
    assert rates.left("a") == (9, 3.0)
    clock.time = 1000
    assert rates.left("a") == (10, 5.0)


def test_no_more_clients_are_remembered_than_fit() -> None:
    rates = Rates(10, 5)
    for number in range(CLIENTS + 10):
        rates.admit(str(number))
    assert len(rates._shares) == CLIENTS


@pytest.mark.parametrize(
    ("address", "name"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("unknown", "unknown"),
        (None, ""),
    ],
)
def test_a_client_is_its_address_or_its_network(address: str | None, name: str) -> None:
    assert name_of(address) == name


def test_threads_count_together() -> None:
    rates = Rates(1000, 5, Clock())

    def ask() -> None:
        for _ in range(100):
            rates.admit("a")

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert rates.left("a")[0] == 200
