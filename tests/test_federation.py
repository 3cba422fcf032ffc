"""SERVICE where the publisher lists hosts: those answer, within limits, and nothing else is reached through them."""

from __future__ import annotations

import json
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest
from app_factory import making
from flask.testing import FlaskClient
from service_factory import Remote, Trap, remote, trap
from test_server import NAMES, make_snapshot

import server
from graph import forward
from graph.errors import AnswerTooLarge, LimitReached, QueryForbidden, QuerySyntaxError, QueryTimeout, ServiceFailed
from graph.forward import Forwarder, is_public
from graph.settings import Settings
from graph.store import Asked, Engine

FAR = "SELECT ?s ?v { SERVICE <URL> { ?s <urn:p> ?v } } ORDER BY ?v"
SILENT = "SELECT ?s { SERVICE SILENT <URL> { ?s ?p ?o } }"
MODEL = NAMES.thing("model", "hygga")


@pytest.fixture(scope="module")
def snapshots(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("snapshots")
    make_snapshot(path, "first")
    return path


@pytest.fixture
def far() -> Iterator[Remote]:
    with remote() as made:
        yield made


@pytest.fixture
def snare() -> Iterator[Trap]:
    with trap() as made:
        yield made


@pytest.fixture
def settings(snapshots: Path, far: Remote) -> Settings:
    return Settings(snapshots=snapshots, service_hosts=f"sparql.example.org, {far.name}", query_processes=1)


@pytest.fixture
def make(settings: Settings) -> Iterator[Callable[..., Engine]]:
    made: list[Engine] = []

    def engine(observe: Callable[[Asked], None] = lambda _: None, **chosen: Any) -> Engine:
        made.append(Engine(settings.snapshots / "first" / "store", replace(settings, **chosen), NAMES, observe))
        return made[-1]

    yield engine
    for each in made:
        each.close()


@pytest.fixture
def client(settings: Settings) -> Iterator[FlaskClient]:
    with making(settings) as app:
        yield app.test_client()


def lines(engine: Engine, query: str) -> list[str]:
    """Return the rows of a SELECT as lines of CSV, without the head."""
    return engine.answer(query, name="csv").body.decode().split("\r\n")[1:-1]


# ---- answers ----


def test_a_listed_host_answers(make: Callable[..., Engine], far: Remote) -> None:
    assert lines(make(), FAR.replace("URL", far.url())) == ["urn:a,1", "urn:b,2", "urn:c,3"]
    ((method, path, headers, query),) = far.asked
    assert (method, path) == ("POST", "/sparql")
    assert query.endswith("SELECT * WHERE { ?s <urn:p> ?v . }")
    assert headers["User-Agent"].startswith("Levikki/")
    assert headers["Content-Type"] == "application/sparql-query"
    assert headers["Host"] == far.name
    assert not {"Cookie", "Authorization", "Referer"} & set(headers)


@pytest.mark.parametrize(
    ("query", "rows"),
    [
        ("SELECT ?s WHERE { SERVICE <URL> { ?s <urn:p> 2 } }", ["urn:b"]),
        ("SELECT?s{SERVICE<URL>{?s<urn:p>2}}", ["urn:b"]),
        ("PREFIX x: <HOST/> SELECT ?s { SERVICE x:sparql { ?s <urn:p> 2 } }", ["urn:b"]),
        ("BASE <HOST/> SELECT ?s { service silent <sparql>#{\n{ ?s <urn:p> 2 } }", ["urn:b"]),
        (r"SELECT ?s { S\u0045RVICE <URL> { ?s <urn:p> 2 } }", ["urn:b"]),
        ("SELECT ?m { ?m a lev:PracticeModel FILTER EXISTS { SERVICE <URL> { ?s <urn:p> 2 } } } ORDER BY ?m LIMIT 1", [MODEL]),
        ("SELECT ?m { ?m a lev:PracticeModel FILTER NOT EXISTS { SERVICE <URL> { ?s <urn:p> 2 } } }", []),
        ("SELECT ?m { ?m a lev:PracticeModel MINUS { SERVICE <URL> { ?m <urn:p> 2 } } } ORDER BY ?m LIMIT 1", [MODEL]),
        ("SELECT ?s { { SELECT ?s { SERVICE <URL> { ?s <urn:p> ?v FILTER(?v > 2) } } } }", ["urn:c"]),
        ("SELECT ?s { BIND(1 AS ?x) OPTIONAL { SERVICE <URL> { ?s <urn:p> 2 } } }", ["urn:b"]),
        ("SELECT ?s { { SERVICE <URL> { ?s <urn:p> 1 } } UNION { SERVICE <URL> { ?s <urn:p> 2 } } } ORDER BY ?s", ["urn:a", "urn:b"]),
        ("SELECT (SUM(?v) AS ?n) { SERVICE <URL> { ?s <urn:p> ?v } }", ["6"]),
    ],
)  # fmt: skip
def test_service_stands_wherever_it_may(make: Callable[..., Engine], far: Remote, query: str, rows: list[str]) -> None:
    assert lines(make(), query.replace("URL", far.url()).replace("HOST", f"http://{far.name}")) == rows
    assert {path for _, path, _, _ in far.asked} == {"/sparql"}


def test_graphs_and_truths_are_made_of_what_it_says(make: Callable[..., Engine], far: Remote) -> None:
    engine = make()
    made = engine.answer(f"CONSTRUCT {{ ?s a ?v }} WHERE {{ SERVICE <{far.url()}> {{ ?s <urn:p> ?v }} }}", name="nt")
    assert (made.body.count(b"\n"), made.volatile) == (3, True)
    assert engine.answer(f"ASK {{ SERVICE <{far.url()}> {{ ?s <urn:p> 2 }} }}", name="csv").body == b"true"
    assert engine.answer(f"DESCRIBE ?s {{ SERVICE <{far.url()}> {{ ?s <urn:p> 2 }} }}", name="nt").body == b""


def test_the_same_thing_is_asked_once_in_a_query(make: Callable[..., Engine], far: Remote) -> None:
    engine = make()
    lines(engine, f"SELECT * {{ ?s ?p ?o FILTER EXISTS {{ SERVICE <{far.url()}> {{ ?a <urn:p> ?b }} }} }}")
    assert len(far.asked) == 1
    lines(engine, f"SELECT * {{ ?s ?p ?o FILTER EXISTS {{ SERVICE <{far.url()}> {{ ?a <urn:p> ?b }} }} }}")
    assert len(far.asked) == 2


def test_a_service_in_a_service_goes_on_by_its_own_name(make: Callable[..., Engine], far: Remote) -> None:
    inner = "http://sparql.example.org/inner"
    lines(make(), f"SELECT * {{ SERVICE <{far.url('/rows')}> {{ SERVICE <{inner}> {{ ?s <urn:p> 2 }} }} }}")
    ((_, _, _, query),) = far.asked
    assert f"SERVICE <{inner}>" in query
    assert "127.0.0.1" not in query


def test_the_service_description_says_so(client: FlaskClient) -> None:
    assert "BasicFederatedQuery" in client.get("/sparql", headers={"Accept": "text/turtle"}).text


def test_an_answer_is_not_kept_and_counted(client: FlaskClient, far: Remote) -> None:
    for number in (1, 2):
        answer = client.post("/sparql", data={"query": FAR.replace("URL", far.url())})
        assert answer.status_code == 200
        assert answer.headers["Cache-Control"] == "no-store"
        assert "ETag" not in answer.headers
        assert len(far.asked) == number
    assert "levikki_query_services_total 2.0" in client.get("/metrics").text


def test_a_syntax_error_has_its_place_in_the_text_as_it_was(make: Callable[..., Engine], far: Remote) -> None:
    query = (
        f"SELECT * {{\n SERVICE <{far.url()}> {{ ?s ?p ?o }} SERVICE <{far.url('/x')}> {{ ?s ?p ?o }} ?s nonsense }}"
    )
    places = []
    for text in (query, query.replace("SERVICE", "GRAPH  ")):
        with pytest.raises(QuerySyntaxError) as caught:
            make().answer(text)
        places.append((caught.value.line, caught.value.column))
    assert places[0] == places[1]
    assert not far.asked


# ---- redirects and addresses ----


def test_a_redirect_to_a_listed_host_is_followed(make: Callable[..., Engine], far: Remote) -> None:
    far.places |= {"/one": (307, "/two"), "/two": (301, far.url("/three")), "/three": (308, "sparql")}
    assert len(lines(make(), FAR.replace("URL", far.url("/one")))) == 3
    assert [(method, path) for method, path, _, _ in far.asked] == [
        ("POST", "/one"), ("POST", "/two"), ("POST", "/three"), ("POST", "/sparql"),
    ]  # fmt: skip
    far.places["/other"] = (303, "/rows")
    assert lines(make(), "SELECT ?s { SERVICE <URL> { ?s ?p ?o } }".replace("URL", far.url("/other"))) == ["urn:far"]
    assert far.asked[-1][0] == "GET"


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize(
    "place", ["TRAP", "http://localhost:PORT/", "http://u:p@127.0.0.1:PORT/", "file:///etc/passwd", "//[", "LOOP"]
)
def test_no_redirect_leads_to_an_unlisted_host(
    make: Callable[..., Engine], far: Remote, snare: Trap, place: str, status: int
) -> None:
    port = snare.name.rpartition(":")[2]
    far.places["/away"] = (status, place.replace("TRAP", snare.url).replace("PORT", port).replace("LOOP", "/away"))
    engine = make()
    with pytest.raises(ServiceFailed, match="redirects") as caught:
        engine.answer(FAR.replace("URL", far.url("/away")))
    assert port not in str(caught.value)
    assert lines(engine, SILENT.replace("URL", far.url("/away"))) == [""]
    assert not snare.sprung()
    assert len(far.asked) <= 8


def test_a_listed_name_that_leads_inside_is_refused(make: Callable[..., Engine], far: Remote) -> None:
    engine = make(service_hosts=f"localhost:{far.port}")
    target = f"http://localhost:{far.port}/sparql"
    with pytest.raises(ServiceFailed, match="has an address that is not public") as caught:
        engine.answer(FAR.replace("URL", target))
    assert not {"127.0.0.1", "::1"} & set(str(caught.value).split())
    assert lines(engine, SILENT.replace("URL", target)) == [""]
    assert not far.asked


@pytest.mark.parametrize(
    "address",
    """127.0.0.1 127.8.8.8 0.0.0.0 10.1.2.3 172.16.0.1 192.168.1.1 169.254.169.254 100.64.0.1 192.0.2.1 198.18.0.1 224.0.0.1
    239.1.2.3 240.0.0.1 255.255.255.255 :: ::1 ::7f00:1 ::ffff:127.0.0.1 ::ffff:8.8.8.8 fe80::1 fe80::1%lo fec0::1 fc00::1
    fd12::1 ff02::1 ff0e::1 2001:db8::1 2002:7f00:1:: 2001:0:7f00:1:: 64:ff9b::7f00:1 100::1""".split(),
)
def test_an_inner_address_is_not_public(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", ["8.8.8.8", "193.166.3.2", "2a00:1450:4026:804::200e"])
def test_an_address_of_the_internet_is_public(address: str) -> None:
    assert is_public(address)


def passed_on(hosts: str, target: str) -> tuple[str, str, str]:
    """Run a query through a forwarder of this process; return how it ends, and the rows."""
    query = f"SELECT ?s {{ SERVICE <{target}> {{ ?s ?p ?o }} }}"
    start = query.index("<")
    job = {"query": query, "services": ((start, start + len(target) + 2, target),), "seconds": 5.0}
    rows: list[str] = []

    def run(changed: dict[str, Any]) -> tuple[str, str]:
        try:
            rows.extend(str(row["s"]) for row in ox.Store().query(changed["query"]))  # type: ignore[union-attr]
        except OSError as problem:
            return "broken", str(problem)
        return "done", ""

    with closing(Forwarder(hosts, 2.0, 100_000)) as forwarder:
        return *forwarder.run(job, run), " ".join(rows)


@pytest.mark.parametrize("inner", ["127.0.0.1", "::1", "::ffff:127.0.0.1", "169.254.169.254"])
def test_one_inner_address_among_others_is_enough(monkeypatch: pytest.MonkeyPatch, far: Remote, inner: str) -> None:
    monkeypatch.setattr(forward, "resolved", lambda *_: ("193.166.3.2", inner))
    outcome, detail, _ = passed_on(f"sparql.example.org:{far.port}", f"http://sparql.example.org:{far.port}/rows")
    assert outcome == "service"
    assert "not public" in json.loads(detail)["what"]
    assert inner not in detail
    assert not far.asked


def test_the_address_that_was_checked_is_the_one_that_is_asked(monkeypatch: pytest.MonkeyPatch, far: Remote) -> None:
    name, asked = f"sparql.example.org:{far.port}", []
    look_up = socket.getaddrinfo

    def changing(host: str, *rest: Any, **more: Any) -> Any:
        asked.append(host)
        return look_up("127.0.0.1" if host == "sparql.example.org" else host, *rest, **more)

    monkeypatch.setattr(socket, "getaddrinfo", changing)
    outcome, _, rows = passed_on(f"{name},{far.name}", f"http://{name}/rows")  # the very address is listed, too
    assert (outcome, rows) == ("done", "<urn:far>")
    assert far.asked[0][2]["Host"] == name
    assert asked.count("sparql.example.org") == 1
    assert set(asked) == {"sparql.example.org", "127.0.0.1"}
    assert passed_on(name, f"http://{name}/rows")[0] == "service"


def test_a_name_that_has_no_address_or_takes_long_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    def none(*_: Any, **__: Any) -> Any:
        raise socket.gaierror

    monkeypatch.setattr(socket, "getaddrinfo", none)
    assert "has no address" in passed_on("sparql.example.org", "http://sparql.example.org/")[1]

    def slow(*_: Any, **__: Any) -> list[Any]:
        time.sleep(3)
        return []

    monkeypatch.setattr(socket, "getaddrinfo", slow)
    start = time.monotonic()
    assert "service_seconds" in passed_on("sparql.example.org", "http://sparql.example.org/")[1]
    assert time.monotonic() - start < 3


def test_nobody_else_is_passed_on(far: Remote) -> None:
    with closing(Forwarder(far.name, 2.0, 1000)) as forwarder:
        assert forwarder.pass_on("/0", b"ASK { }") is None

        def run(changed: dict[str, Any]) -> tuple[str, str]:
            assert forwarder.pass_on("/guessed/0", b"ASK { }") is None
            token = changed["query"].split("/")[3]
            assert forwarder.pass_on(f"/{token}/0", b"ASK { }") is not None
            return "done", ""

        forwarder.run({"query": "X", "services": ((0, 1, far.url("/rows")),), "seconds": 5.0}, run)
    assert len(far.asked) == 1


# ---- limits and failures ----


def test_a_slow_drip_is_cut(make: Callable[..., Engine], far: Remote) -> None:
    engine, start = make(service_seconds=0.4), time.monotonic()
    with pytest.raises(QueryTimeout, match=r"longer than 0\.4 seconds, the limit \(service_seconds") as caught:
        engine.answer(FAR.replace("URL", far.url("/drip")))
    assert (caught.value.limit, caught.value.value) == ("service_seconds", 0.4)
    assert lines(engine, SILENT.replace("URL", far.url("/drip"))) == [""]
    assert time.monotonic() - start < 4


def test_a_handshake_that_never_ends_is_cut(make: Callable[..., Engine], snare: Trap) -> None:
    engine, start = make(service_seconds=0.4, service_hosts=snare.name), time.monotonic()
    with pytest.raises(QueryTimeout, match="service_seconds"):
        engine.answer(FAR.replace("URL", f"https://{snare.name}/"))
    assert time.monotonic() - start < 3
    assert snare.sprung()


def test_a_host_that_speaks_no_tls_is_not_asked_without(make: Callable[..., Engine], far: Remote) -> None:
    with pytest.raises(ServiceFailed, match="cannot be asked"):
        make().answer(FAR.replace("URL", f"https://{far.name}/rows"))
    assert not far.asked


def test_too_large_an_answer_is_cut(make: Callable[..., Engine], far: Remote) -> None:
    engine = make(service_bytes=10_000)
    with pytest.raises(AnswerTooLarge, match=r"more than 10000 bytes, the limit \(service_bytes") as caught:
        engine.answer(FAR.replace("URL", far.url("/large")))
    assert (caught.value.limit, caught.value.value) == ("service_bytes", 10_000)
    assert lines(engine, SILENT.replace("URL", far.url("/large"))) == [""]
    assert lines(engine, SILENT.replace("URL", far.url("/rows"))) == ["urn:far"]


@pytest.mark.parametrize("silent", ["", "SILENT "])
def test_the_time_of_the_query_ends_it_all_the_same(make: Callable[..., Engine], far: Remote, silent: str) -> None:
    engine, start = make(query_seconds=0.6, service_seconds=30), time.monotonic()
    with pytest.raises(QueryTimeout) as caught:
        engine.answer(f"SELECT * {{ SERVICE {silent}<{far.url('/hang')}> {{ ?s ?p ?o }} }}")
    assert caught.value.limit == "query_seconds"
    assert time.monotonic() - start < 3
    assert engine.answer("ASK { }", name="csv").body == b"true"


FAILURES = {
    "/error": "answers with status 500",
    "/html": "no SPARQL results",
    "/boolean": "true or false",
    "/torn": "cannot be read",
    "closed": "cannot be asked",
}


@pytest.mark.parametrize("path", FAILURES)
def test_a_service_that_fails_is_named_and_nothing_else(
    make: Callable[..., Engine], client: FlaskClient, settings: Settings, far: Remote, path: str
) -> None:
    told: list[Asked] = []
    target = far.url(path)
    if path == "closed":
        with socket.create_server(("127.0.0.1", 0)) as listener:
            name = f"127.0.0.1:{listener.getsockname()[1]}"
        target = f"http://{name}/"
        settings = replace(settings, service_hosts=name)
        client = server.create_app(settings).test_client()
    engine = make(told.append, service_hosts=settings.service_hosts)
    with pytest.raises(ServiceFailed, match=FAILURES[path]) as caught:
        engine.answer(FAR.replace("URL", target))
    assert caught.value.http_status == 502
    assert f"<{target}>" in caught.value.what
    assert lines(engine, SILENT.replace("URL", target)) == [""]
    assert [(each.outcome, each.services) for each in told] == [("ServiceFailed", 1), ("done", 1)]
    for headers in ({}, {"Accept": "text/html"}):
        answer = client.post("/sparql", data={"query": FAR.replace("URL", target)}, headers=headers)
        assert answer.status_code == 502
        told_of = answer.text.replace(target, "")
        assert not {word for word in ("127.0.0.1", "10.0.0.7", "/srv", "passwd", "Traceback") if word in told_of}


def test_one_that_fails_silently_leaves_the_other_ones_rows(make: Callable[..., Engine], far: Remote) -> None:
    query = f"SELECT ?s ?t {{ SERVICE SILENT <{far.url('/torn')}> {{ ?t ?p ?o }} SERVICE <{far.url('/rows')}> {{ ?s ?q ?o }} }}"
    assert lines(make(), query) == ["urn:far,"]


def test_other_targets_are_refused_before_anything_is_asked(
    make: Callable[..., Engine], far: Remote, snare: Trap
) -> None:
    with pytest.raises(QueryForbidden, match="its host is not listed") as caught:
        make().answer(
            f"SELECT * {{ SERVICE <{far.url()}> {{ ?s ?p ?o }} SERVICE SILENT <{snare.url}> {{ ?s ?p ?o }} }}"
        )
    assert far.name in caught.value.hint
    assert not far.asked
    assert not snare.sprung()


def test_a_limit_has_its_name_over_http(settings: Settings, far: Remote) -> None:
    with making(replace(settings, service_bytes=1000)) as app:
        answer = app.test_client().post("/sparql", data={"query": FAR.replace("URL", far.url("/large"))})
        assert (answer.status_code, answer.json["limit"], answer.json["value"]) == (413, "service_bytes", 1000)  # type: ignore[index]
    assert issubclass(AnswerTooLarge, LimitReached)
