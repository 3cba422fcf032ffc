"""The runner of W3C's suites: what it compares can differ, what it reads can be broken, and what fails is told."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from email.message import Message
from pathlib import Path

import pyoxigraph as ox
import pytest
from conftest import shared
from rdflib import Graph, URIRef

from benchmarks.conformance import __main__ as runner
from benchmarks.conformance import manifest, protocols, queries, report, verdict
from benchmarks.conformance.compare import difference, graph_difference
from benchmarks.conformance.dataset import Dataset, Part
from benchmarks.conformance.exchanges import Expected, Request, address, other_type, unclean, written
from benchmarks.conformance.results import Result, Solutions, Term, Unreadable, literal, read
from benchmarks.conformance.service import Reply, Service
from graph.errors import CallError, DataError

XSD = "http://www.w3.org/2001/XMLSchema#"
XML, JSON, CSV, TSV = (queries.MEDIA_TYPES[suffix] for suffix in ("srx", "srj", "csv", "tsv"))
LAHTI, OULU = Term("iri", "http://example.org/lahti"), Term("iri", "http://example.org/oulu")
DESCRIBED = """
@prefix sd: <http://www.w3.org/ns/sparql-service-description#> .
<#service> a sd:Service ; sd:endpoint <http://example.org/sparql> ; sd:supportedLanguage sd:SPARQL11Query ; sd:defaultDataset <#all> .
<#all> a sd:Dataset ; sd:defaultGraph <#default> ; sd:namedGraph <#one> .
<#default> a sd:Graph .
<#one> a sd:NamedGraph ; sd:name <http://example.org/graph/one> .
"""


def rows(*cells: tuple[Term | None, ...], names: str = "a b") -> Solutions:
    found = tuple({name: cell for name, cell in zip(names.split(), row, strict=True) if cell} for row in cells)
    return Solutions(tuple(names.split()), found)


def blank(name: str) -> Term:
    return Term("bnode", name)


def number(text: str, kind: str = "decimal") -> Term:
    return literal(text, XSD + kind)


# ---- comparing ----


def test_rows_are_a_multiset() -> None:
    wanted = rows((LAHTI, OULU), (LAHTI, OULU), (OULU, None))
    assert difference(wanted, rows((OULU, None), (LAHTI, OULU), (LAHTI, OULU))) == ""
    assert "other rows" in difference(wanted, rows((OULU, None), (OULU, None), (LAHTI, OULU)))
    assert "2 rows where 3" in difference(wanted, rows((OULU, None), (LAHTI, OULU)))
    assert "other rows" in difference(wanted, rows((LAHTI, OULU), (LAHTI, OULU), (OULU, LAHTI)))


def test_order_counts_where_the_query_orders() -> None:
    wanted, turned = rows((LAHTI, OULU), (OULU, LAHTI)), rows((OULU, LAHTI), (LAHTI, OULU))
    assert difference(wanted, wanted, ordered=True) == ""
    assert difference(wanted, turned) == ""
    assert "another order" in difference(wanted, turned, ordered=True)


def test_blank_nodes_have_no_name_but_are_told_apart() -> None:
    wanted = rows((blank("x"), blank("y")), (blank("y"), LAHTI))
    assert difference(wanted, rows((blank("q"), LAHTI), (blank("p"), blank("q")))) == ""
    assert difference(wanted, rows((blank("p"), blank("q")), (blank("p"), LAHTI))) != ""
    assert difference(wanted, rows((blank("p"), blank("p")), (blank("p"), LAHTI))) != ""
    assert difference(wanted, rows((blank("p"), blank("q")), (LAHTI, LAHTI))) != ""
    same = rows((blank("x"), None), (blank("x"), None))
    assert difference(same, rows((blank("p"), None), (blank("q"), None)), ordered=True) != ""


def test_every_naming_of_blank_nodes_is_tried() -> None:
    wanted = rows((blank("x"), blank("y")), (blank("y"), blank("z")), (blank("z"), LAHTI))
    found = rows((blank("z"), blank("x")), (blank("x"), blank("y")), (blank("y"), LAHTI))
    assert difference(wanted, found) == ""


@pytest.mark.parametrize(
    ("wanted", "given"),
    [
        (number("2.0"), number("2.00")),
        (number("1E3", "double"), number("1000", "double")),
        (number("01", "integer"), number("1", "integer")),
        (literal("0", f"{XSD}boolean"), literal("false", f"{XSD}boolean")),
    ],
)
def test_numbers_may_be_written_otherwise_where_values_count(wanted: Term, given: Term) -> None:
    assert difference(rows((wanted, None)), rows((given, None))) != ""
    assert difference(rows((wanted, None)), rows((given, None)), by_value=True) == ""


@pytest.mark.parametrize(
    ("wanted", "given"),
    [
        (number("2.0"), number("2.1")),
        (number("2", "integer"), number("2")),
        (literal("2.0"), literal("2.00")),
        (literal("koti", language="fi"), literal("koti", language="sv")),
        (literal("koti", language="fi"), literal("koti")),
        (literal("yes", f"{XSD}boolean"), literal("true", f"{XSD}boolean")),
        (Term("iri", "http://example.org/1"), literal("http://example.org/1")),
    ],
)
def test_what_differs_in_more_than_form_differs(wanted: Term, given: Term) -> None:
    assert difference(rows((wanted, None)), rows((given, None)), by_value=True) != ""


def test_variables_and_kinds_of_answers_count() -> None:
    assert "?a ?c" in difference(rows((LAHTI, OULU)), rows((LAHTI, OULU), names="a c"))
    yes, no = read(b'{"boolean": true}', JSON), read(b'{"boolean": false}', JSON)
    assert difference(yes, yes) == ""
    assert difference(yes, no) == "false where true is expected"
    assert difference(yes, rows()) == "a table where true is expected"


def test_graphs_are_compared_up_to_isomorphism() -> None:
    def turtle(text: str) -> Graph:
        return queries.rdf(text.encode(), "text/turtle", "http://example.org/")

    wanted = turtle('<a> <p> [ <q> 1.0 ] , [ <q> "x" ] .')
    assert graph_difference(wanted, turtle('_:y <q> "x" . _:x <q> 1.0 . <a> <p> _:x, _:y .')) == ""
    assert graph_difference(wanted, turtle('_:x <q> "x", 1.0 . <a> <p> _:x .')) != ""
    other = turtle('<a> <p> [ <q> 1.00 ] , [ <q> "x" ] .')
    assert graph_difference(wanted, other) != ""
    assert graph_difference(wanted, other, by_value=True) == ""


# ---- reading ----

TABLE = rows((LAHTI, literal('ko"ti', language="fi")), (blank("n"), number("-1.50")), (None, literal("")))
BODIES = {
    XML: """<sparql xmlns="http://www.w3.org/2005/sparql-results#"><head><variable name="a"/><variable name="b"/></head><results>
<result><binding name="a"><uri>http://example.org/lahti</uri></binding>
<binding name="b"><literal xml:lang="FI">ko"ti</literal></binding></result>
<result><binding name="a"><bnode>n</bnode></binding>
<binding name="b"><literal datatype="http://www.w3.org/2001/XMLSchema#decimal">-1.50</literal></binding></result>
<result><binding name="b"><literal></literal></binding></result></results></sparql>""",
    JSON: json.dumps({
        "head": {"vars": ["a", "b"]},
        "results": {"bindings": [
            {"a": {"type": "uri", "value": LAHTI.value}, "b": {"type": "literal", "value": 'ko"ti', "xml:lang": "fi"}},
            {"a": {"type": "bnode", "value": "n"}, "b": {"type": "literal", "value": "-1.50", "datatype": f"{XSD}decimal"}},
            {"b": {"type": "literal", "value": ""}},
        ]},
    }),
    TSV: '?a\t?b\n<http://example.org/lahti>\t"ko\\"ti"@fi\n_:n\t-1.50\n\t""\n',
}  # fmt: skip


@pytest.mark.parametrize("kind", BODIES)
def test_a_table_is_read_from_every_format(kind: str) -> None:
    assert read(BODIES[kind].encode(), kind) == TABLE


def test_csv_loses_what_it_has_no_place_for() -> None:
    found = read(b'a,b\r\nhttp://example.org/lahti,"ko""ti"\r\n_:n,-1.5\r\n,\r\n', CSV)
    text = Term("text", 'ko"ti')
    assert found == rows((Term("text", LAHTI.value), text), (blank("n"), Term("text", "-1.5")), (None, None))
    numbers = [read(f"b\r\n{each}\r\n".encode(), CSV) for each in ("1.0E6", "1000000", "1000001")]
    assert difference(numbers[0], numbers[1], by_value=True) == ""
    assert difference(numbers[0], numbers[2], by_value=True) != ""


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"<sparql/>", XML),
        (b"not xml", XML),
        (b"{}", JSON),
        (b'{"boolean": "maybe"}', JSON),
        (b"?a\nlahti\n", TSV),
        (b"?a\t?b\n<http://example.org/>\n", TSV),
        (b"a,b\r\n1\r\n", CSV),
        (b"true", "text/html"),
    ],
)
def test_what_is_not_of_its_format_is_not_read(body: bytes, kind: str) -> None:
    with pytest.raises(Unreadable):
        read(body, kind)


@pytest.mark.parametrize(
    ("query", "ordered"),
    [
        ("SELECT * { ?s ?p ?o } ORDER BY ?s", True),
        ("SELECT * { { SELECT * { ?s ?p ?o } ORDER BY ?s } }", False),
        ('SELECT * { ?s ?p "} ORDER BY" } # ORDER BY ?s', False),
        ("PREFIX : <http://example.org/#> SELECT * { ?s ?p ?o } order\nby ?s", True),
    ],
)
def test_a_query_orders_its_own_solutions_or_not(query: str, *, ordered: bool) -> None:
    assert queries.is_ordered(query) is ordered


# ---- judging ----


def query_case(kind: str, expected: Result | None = None, asked: str = "") -> queries.Query:
    case = manifest.Case(f"{manifest.BASE}x/manifest#one", kind, "query", Path(), Graph(), URIRef("x"))
    return queries.Query(case, f"{manifest.BASE}x/one.rq", "ASK { <a> ?p ?o }", Dataset(), expected, asked)


@pytest.mark.parametrize(
    ("kind", "answer", "outcome"),
    [
        ("PositiveSyntaxTest11", "answered", "passed"),
        ("PositiveSyntaxTest11", "unevaluated", "passed"),
        ("PositiveSyntaxTest11", "rejected", "failed"),
        ("PositiveSyntaxTest11", "failed", "failed"),
        ("NegativeSyntaxTest11", "rejected", "passed"),
        ("NegativeSyntaxTest11", "answered", "failed"),
        ("NegativeSyntaxTest11", "unevaluated", "failed"),
        ("NegativeSyntaxTest11", "failed", "failed"),
    ],
)
def test_a_test_of_syntax_can_fail(kind: str, answer: str, outcome: str) -> None:
    assert queries.judge(query_case(kind), queries.Answer(answer)).outcome == outcome


def test_a_test_of_evaluation_can_fail() -> None:
    query = query_case("QueryEvaluationTest", expected=True, asked=JSON)
    answer = queries.Answer("answered", b'{"head": {}, "boolean": true}', JSON)
    assert queries.judge(query, answer).outcome == "passed"
    for worse in (
        replace(answer, body=b'{"head": {}, "boolean": false}'),
        replace(answer, body=b"{}"),
        replace(answer, media_type=XML),
        replace(answer, outcome="unevaluated"),
    ):
        assert queries.judge(query, worse).outcome == "failed"


def test_a_query_is_sent_with_a_base_where_it_needs_one() -> None:
    query = query_case("QueryEvaluationTest")
    assert query.sent() == f"BASE <{query.iri}>\n{query.text}"
    assert replace(query, text="ASK { <urn:a> ?p ?o }").sent() == "ASK { <urn:a> ?p ?o }"


def reply(status: int, media_type: str, body: bytes = b"{}") -> Reply:
    headers = Message()
    headers["Content-Type"] = media_type
    return Reply(status, headers, body)  # type: ignore[arg-type]


def test_a_refusal_is_clean_or_not() -> None:
    assert unclean(reply(403, queries.PROBLEM)) == ""
    assert "not refused" in unclean(reply(204, queries.PROBLEM))
    assert "405" in unclean(reply(405, queries.PROBLEM))
    assert "text/html" in unclean(reply(403, "text/html"))


def test_content_types_are_compared_with_their_charset() -> None:
    assert other_type("text/turtle; charset=utf-8", "text/turtle;charset=UTF-8") == ""
    assert other_type("text/turtle; charset=utf-8", "text/turtle; charset=latin-1") != ""
    assert other_type("text/turtle; charset=utf-8", "application/n-triples") != ""


def test_a_status_is_expected_by_class_or_by_name() -> None:
    expected = Expected(frozenset({"StatusCode2xx", "NotFound"}), None, "", None, "")
    assert [status for status in (200, 204, 303, 400, 404, 500) if expected.fits(status)] == [200, 204, 404]


def test_a_graph_of_the_graph_store_is_found_by_either_name() -> None:
    assert address("/gsp/person/1.ttl") == ("/graph/person/1.ttl", "https://w3id.org/levikki/graph/person/1.ttl")
    assert address("/gsp?default") == ("/graph-store?default", "")
    assert address("/gsp?graph=http://www.example/%2531") == (
        "/graph-store?graph=http://www.example/%2531",
        "http://www.example/%31",
    )


def test_refused_writes_are_laid_into_the_snapshot_instead() -> None:
    expected = Expected(frozenset({"Created"}), None, "", None, "")
    piece = b'--cut\r\nContent-Type: text/turtle\r\n\r\n<a> <p> "%d" .\r\n'
    body = piece % 1 + piece % 2 + b"--cut--\r\n"
    put = Request("PUT", "/gsp?graph=urn:g", {"content-type": "text/turtle"}, b'<a> <p> "0" .', expected)
    post = replace(put, method="POST", headers={"content-type": "multipart/form-data; boundary=cut"}, body=body)
    after = written(written({}, put), post)
    store = Dataset(tuple(after.items())).fill(ox.Store())
    assert sorted(quad.object.value for quad in store) == ["0", "1", "2"]
    assert len(written(after, put)["urn:g"]) == 1
    assert written(after, replace(put, method="DELETE")) == {}


def described(old: str = "", new: str = "") -> list[str]:
    assert old in DESCRIBED
    text = DESCRIBED.replace(old, new).encode()
    return protocols.breaches(queries.rdf(text, "text/turtle", "http://example.org/sparql"))


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("a sd:Service", "a sd:Dataset", "nothing is a sd:Service"),
        ("sd:endpoint <http://example.org/sparql> ;", "", "a service without one sd:endpoint"),
        ("a sd:NamedGraph", "a sd:NamedGrape", "no class of the vocabulary"),
        ("sd:supportedLanguage", "sd:language", "no property of the vocabulary"),
        ("<#default> a sd:Graph .", "", "the object of sd:defaultGraph is no"),
        ("sd:name <http://example.org/graph/one>", 'sd:name "one"', "the object of sd:name is no IRI"),
        ("<#all> a sd:Dataset ;", "<#all>", "the subject of sd:defaultGraph is no"),
    ],
)
def test_a_service_description_can_break_its_vocabulary(old: str, new: str, problem: str) -> None:
    assert described() == []
    assert any(each.startswith(problem) for each in described(old, new))


# ---- exchanges, with an app that answers as it is told ----

EXCHANGES = """
@prefix mf: <http://www.w3.org/2001/sw/DataAccess/tests/test-manifest#> .
@prefix ht: <http://www.w3.org/2011/http#> .
@prefix hts: <http://www.w3.org/2011/http-statusCodes#> .
@prefix cnt: <http://www.w3.org/2011/content#> .
<update> mf:action [ ht:requests (
  [ ht:methodName "POST" ; ht:absolutePath "/sparql/" ; ht:body [ cnt:chars "update=DROP+ALL" ] ; ht:headers () ;
    ht:resp [ mf:expectedStatus hts:StatusCode2xx ] ]
  [ ht:methodName "GET" ; ht:absolutePath "/sparql/?query=ASK%7B%7D" ;
    ht:resp [ mf:expectedStatus hts:StatusCode2xx ; mf:expectedBoolean true ; mf:expectedFormat "boolean" ] ] ) ] .
<query> mf:action [ ht:requests (
  [ ht:methodName "GET" ; ht:absolutePath "/sparql/?query=ASK%7B%7D" ;
    ht:resp [ mf:expectedStatus hts:StatusCode2xx ; mf:expectedBoolean true ; mf:expectedFormat "boolean" ] ] ) ] .
<store> mf:action [ ht:requests (
  [ ht:methodName "PUT" ; ht:absolutePath "/gsp?graph=urn:g" ; ht:body [ cnt:chars "<urn:a> <urn:p> 1 ." ] ;
    ht:headers ([ ht:fieldName "Content-Type" ; ht:fieldValue "text/turtle" ]) ; ht:resp [ mf:expectedStatus hts:Created ] ]
  [ ht:methodName "GET" ; ht:absolutePath "/gsp?graph=urn:g" ;
    ht:resp [ mf:expectedStatus hts:OK ; ht:body [ cnt:chars "<urn:a> <urn:p> 1 ." ] ;
      ht:headers ([ ht:fieldName "content-type" ; ht:fieldValue "text/turtle; charset=utf-8" ]) ] ] ) ] .
"""
REFUSAL = reply(403, queries.PROBLEM)
YES, NO = (reply(200, JSON, body) for body in (b'{"boolean": true}', b'{"boolean": false}'))
ONE, TWO = (reply(200, "text/turtle; charset=utf-8", body) for body in (b"<urn:a> <urn:p> 1 .", b"<urn:a> <urn:p> 2 ."))


class Scripted(Service):
    """Answer what the test says, in its order."""

    def __init__(self, *answers: Reply) -> None:
        self.answers = list(answers)

    def lay(self, dataset: Dataset) -> None:
        assert len(dataset.fill(ox.Store())) <= 1

    def send(self, *_: object) -> Reply:
        return self.answers.pop(0)


def exchange(name: str) -> manifest.Case:
    graph = Graph().parse(data=EXCHANGES, format="turtle", publicID="http://example.org/x")
    return manifest.Case(name, "ProtocolTest", "protocol", Path(), graph, URIRef(f"http://example.org/{name}"))


@pytest.mark.parametrize(
    ("name", "answers", "outcome"),
    [
        ("update", [REFUSAL, YES, NO], "refused"),
        ("update", [reply(204, ""), YES], "failed"),
        ("update", [reply(403, "text/html"), YES], "failed"),
        ("update", [REFUSAL, NO], "failed"),
        ("update", [REFUSAL, YES, YES], "failed"),
        ("query", [YES], "passed"),
        ("query", [NO], "failed"),
        ("query", [REFUSAL], "failed"),
        ("query", [reply(200, "text/html", b"true")], "failed"),
    ],
)
def test_a_test_of_the_protocol_can_fail(name: str, answers: list[Reply], outcome: str) -> None:
    assert protocols.protocol(Scripted(*answers), exchange(name)).outcome == outcome


@pytest.mark.parametrize(
    ("answers", "outcome"),
    [
        ([REFUSAL, ONE], "refused"),
        ([reply(201, ""), ONE], "failed"),
        ([REFUSAL, TWO], "failed"),
        ([REFUSAL, reply(404, queries.PROBLEM)], "failed"),
        ([REFUSAL, reply(200, "application/n-triples", ONE.body)], "failed"),
        ([REFUSAL, reply(200, "text/turtle", b"no turtle")], "failed"),
    ],
)
def test_a_test_of_the_graph_store_can_fail(answers: list[Reply], outcome: str) -> None:
    assert protocols.graph_store(Scripted(*answers), exchange("store")).outcome == outcome


# ---- exceptions and reports ----


def test_a_known_exception_is_told_apart_from_a_failure() -> None:
    wrong, right = verdict.failed("other rows"), verdict.Verdict("passed")
    assert verdict.weigh(wrong, None, wrong).outcome == "failed"
    assert verdict.weigh(wrong, "the engine cannot", wrong).outcome == "known exception"
    assert verdict.weigh(wrong, "the engine cannot", None).outcome == "known exception"
    assert verdict.weigh(right, "the engine cannot", wrong).outcome in report.BAD
    assert verdict.weigh(right, None, wrong) == right


@pytest.mark.parametrize("alone", [verdict.Verdict("passed"), verdict.failed("another difference")])
def test_an_exception_does_not_cover_what_the_app_gets_wrong(alone: verdict.Verdict) -> None:
    assert verdict.weigh(verdict.failed("500 the server failed"), "the engine cannot", alone).outcome == "failed"


@pytest.mark.parametrize("text", ["test,reason\na#b,\n", "test,reason\na#b,why\na#b,why\n"])
def test_an_exception_needs_a_reason_and_stands_once(tmp_path: Path, text: str) -> None:
    path = tmp_path / "known.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(DataError):
        verdict.read_known(path)


def lines() -> list[report.Line]:
    case = query_case("QueryEvaluationTest").case
    return [
        report.Line(case, verdict.Verdict("passed", by_value=True), verdict.Verdict("passed")),
        report.Line(case, verdict.failed("1 rows | where 2"), verdict.failed("1 rows")),
    ]


def test_the_reports_tell_what_failed_and_what_the_engine_did() -> None:
    assert report.counts(lines())[1:] == [(name, "2", "1", "0", "0", "1", "0") for name in ("query", "all")]
    assert "x/manifest#one: 1 rows | where 2\n    the engine alone: failed: 1 rows" in report.table(lines())
    assert "| `x/manifest#one` | failed | 1 rows / where 2 | failed: 1 rows |" in report.page(lines())
    graph = Graph().parse(data=report.earl(lines(), date(2026, 1, 2)), format="turtle")
    outcomes = sorted(str(each).rpartition("#")[2] for each in graph.objects(None, report.EARL.outcome))
    assert outcomes == ["failed", "passed"]


def test_missing_suites_are_told_of(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert runner.main(["--suites", str(tmp_path)]) == 2
    assert "what to do: take the folder" in capsys.readouterr().err


# ---- against the app ----


@pytest.fixture(scope="module")
def suites() -> Path:
    return shared("suites")


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    with Service(tmp_path_factory.mktemp("service")) as running:
        yield running


def test_every_suite_has_as_many_tests_as_it_says(suites: Path) -> None:
    cases, known = runner.chosen(manifest.sparql11(suites), "")
    assert len({case.iri for case in cases}) == sum(count for _, count in manifest.SUITES.values())
    assert known.keys() <= {case.tail for case in cases}
    with pytest.raises(CallError):
        runner.chosen(manifest.sparql11(suites), "no-such-test")


@pytest.mark.parametrize(
    ("tail", "outcome"),
    [
        ("bind/manifest#bind01", "passed"),
        ("exists/manifest#exists03", "passed"),
        ("construct/manifest#constructwhere04", "passed"),
        ("construct/manifest#constructwhere05", "passed"),
        ("csv-tsv-res/manifest#csv01", "passed"),
        ("functions/manifest#bnode01", "failed"),
        ("protocol/manifest#query_dataset_full", "passed"),
        ("protocol/manifest#bad_query_non_utf8", "passed"),
        ("protocol/manifest#update_post_form", "refused"),
        ("service-description/manifest#has-endpoint-triple", "passed"),
    ],
)
def test_the_app_is_held_to_the_suite(suites: Path, service: Service, tail: str, outcome: str) -> None:
    (case,) = (case for case in manifest.cases(manifest.sparql11(suites)) if case.tail == tail)
    assert runner.run(service, case)[0].outcome == outcome


def test_another_expectation_fails_on_the_same_app(suites: Path, service: Service) -> None:
    (case,) = (case for case in manifest.cases(manifest.sparql11(suites)) if case.tail == "bind/manifest#bind01")
    query = queries.query_of(case)
    assert queries.over_http(service, query).outcome == "passed"
    assert queries.over_http(service, replace(query, dataset=Dataset())).outcome == "failed"
    assert isinstance(query.expected, Solutions)
    fewer = replace(query, expected=replace(query.expected, rows=query.expected.rows[1:]))
    assert queries.over_http(service, fewer).outcome == "failed"


def test_a_dataset_is_published_without_a_restart(service: Service) -> None:
    one = Dataset((("urn:one", (Part(b"<urn:a> <urn:p> <urn:b> .", "urn:base"),)),))
    asked = b"ASK { GRAPH <urn:one> { ?s ?p ?o } }"
    answers = []
    for dataset in (one, Dataset(), one):
        service.lay(dataset)
        answers.append(service.send("POST", "/sparql", {"Content-Type": "application/sparql-query"}, asked).body)
    assert [read(body, JSON) for body in answers] == [True, False, True]
