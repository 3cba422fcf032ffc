"""Query tests: a query is evaluated, or its syntax is accepted or refused; over HTTP, and by the engine alone for comparison."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import urljoin

import pyoxigraph as ox
from rdflib import RDF, Graph, Literal, Namespace, URIRef
from rdflib.term import Node

from benchmarks.conformance.compare import as_written, difference, graph_difference
from benchmarks.conformance.dataset import Dataset, from_file
from benchmarks.conformance.manifest import MF, Case, place
from benchmarks.conformance.results import Result, Solutions, Term, Unreadable, literal, read
from benchmarks.conformance.service import Reply, Service
from benchmarks.conformance.verdict import PASSED, Verdict, failed

QT = Namespace("http://www.w3.org/2001/sw/DataAccess/tests/test-query#")
RS = Namespace("http://www.w3.org/2001/sw/DataAccess/tests/result-set#")
MEDIA_TYPES = {
    "srx": "application/sparql-results+xml",
    "srj": "application/sparql-results+json",
    "csv": "text/csv",
    "tsv": "text/tab-separated-values",
    "ttl": "text/turtle",
}
TURTLE, PROBLEM = "text/turtle", "application/problem+json"
UNEVALUATED = "the query cannot be evaluated"  # as graph.store says it
_RELATIVE = re.compile(r"<[^\s<>\"{}|^`\\:]*>")
_FROM = re.compile(r"\bfrom\s+(?:named\s+)?<([^>]*)>", re.IGNORECASE)
_HIDDEN = re.compile(r"#[^\n]*|\"(?:[^\"\\\n]|\\.)*\"|'(?:[^'\\\n]|\\.)*'")
_IRI = re.compile(r"<[^\s<>\"{}|^`\\]*>")


@dataclass(frozen=True)
class Query:
    """Hold a query test.

    :param iri: of the file of the query, which is the base of its relative IRIs.
    :param expected: None for a test of syntax.
    :param asked: the media type that the answer is asked for in; empty for a test of syntax.
    """

    case: Case
    iri: str
    text: str
    dataset: Dataset
    expected: Result | Graph | None
    asked: str

    def sent(self) -> str:
        """Return the query as it is sent: the protocol has no field for a base, so one is declared where the query needs it."""
        return f"BASE <{self.iri}>\n{self.text}" if _RELATIVE.search(self.text) else self.text


@dataclass(frozen=True)
class Answer:
    """Hold what the app or the engine makes of a query.

    :param outcome: answered, rejected (it does not parse), unevaluated (it parses, and the engine has no answer), or failed.
    """

    outcome: str
    body: bytes = b""
    media_type: str = ""
    detail: str = ""


def query_of(case: Case) -> Query:
    """Read a query test."""
    action = case.graph.value(case.node, MF.action)
    query = str(case.graph.value(action, QT.query) or action)
    text = case.read(query).decode("utf-8")
    graphs = {"": tuple(from_file(case.read(str(iri)), str(iri)) for iri in case.graph.objects(action, QT.data))}
    named = [str(iri) for iri in case.graph.objects(action, QT.graphData)]
    for iri in [*named, *(urljoin(query, each) for each in _FROM.findall(_HIDDEN.sub(" ", _unfragmented(text))))]:
        # A graph that FROM names and the suite has no file for is an empty one.
        there = iri.startswith("http") and place(case.root, iri).is_file()
        graphs[iri] = (from_file(case.read(iri), iri),) if there else ()
    result = str(case.graph.value(case.node, MF.result) or "")
    return Query(case, query, text, Dataset(tuple(sorted(graphs.items()))), *_expected(case, result))


def _expected(case: Case, result: str) -> tuple[Result | Graph | None, str]:
    """Return the expected result, and the media type to ask for: its own, and that of XML where it is a table told in RDF."""
    if not result:
        return None, ""
    body, kind = case.read(result), MEDIA_TYPES[result.rpartition(".")[2]]
    if kind != TURTLE:
        return read(body, kind), kind
    graph = rdf(body, kind, result)
    table = graph.value(None, RDF.type, RS.ResultSet)
    return (graph, TURTLE) if table is None else (_told_in_rdf(graph, table), MEDIA_TYPES["srx"])


def _told_in_rdf(graph: Graph, table: Node) -> Solutions:
    if (None, RS["index"], None) in graph or (table, RS.boolean, None) in graph:
        raise Unreadable("a table in RDF with an order, or of an ASK, which is not read here")
    rows = []
    for solution in graph.objects(table, RS.solution):
        cells = graph.objects(solution, RS.binding)
        rows.append({str(graph.value(cell, RS.variable)): _term(graph.value(cell, RS.value)) for cell in cells})
    return Solutions(tuple(str(each) for each in graph.objects(table, RS.resultVariable)), tuple(rows))


def _term(node: Node | None) -> Term:
    if isinstance(node, Literal):
        return literal(str(node), str(node.datatype or ""), node.language or "")
    return Term("iri" if isinstance(node, URIRef) else "bnode", str(node))


def _unfragmented(text: str) -> str:
    """Keep a # in an IRI from being taken for a comment."""
    return _IRI.sub(lambda found: found[0].replace("#", "%23"), text)


def over_http(service: Service, query: Query) -> Verdict:
    """Run a query test against the app."""
    service.lay(query.dataset)
    headers = {"Content-Type": "application/sparql-query", "Accept": query.asked or "*/*"}
    return judge(query, _answered(service.send("POST", "/sparql", headers, query.sent().encode())))


def _answered(reply: Reply) -> Answer:
    if reply.status == 200:
        return Answer("answered", reply.body, reply.media_type)
    if reply.status != 400 or reply.media_type != PROBLEM:
        return Answer("failed", detail=reply.short())
    return Answer("unevaluated" if UNEVALUATED in reply.short() else "rejected", detail=reply.short())


def in_engine(query: Query) -> Verdict:
    """Run a query test in the engine alone, without the app."""
    try:
        found = query.dataset.fill(ox.Store()).query(query.text, base_iri=query.iri)
        if isinstance(found, ox.QueryTriples):
            return judge(
                query, Answer("answered", bytes(ox.serialize(found, format=ox.RdfFormat.TURTLE) or b""), TURTLE)
            )
        form = ox.QueryResultsFormat.from_media_type(query.asked or MEDIA_TYPES["srj"])
        answer = Answer("answered", bytes(found.serialize(format=form) or b""), query.asked)
    except SyntaxError as problem:
        answer = Answer("rejected", detail=f"does not parse: {problem}")
    except (RuntimeError, ValueError, OSError) as problem:
        answer = Answer("unevaluated", detail=f"the query cannot be evaluated: {problem}")
    return judge(query, answer)


def judge(query: Query, answer: Answer) -> Verdict:
    """Hold an answer against what the test expects."""
    if query.case.kind.startswith("Negative"):
        rejected = answer.outcome == "rejected"
        return Verdict(PASSED) if rejected else failed(answer.detail or "answered, though it should not parse")
    if query.expected is None:
        # What parses and cannot be evaluated, a call of an unknown function, is of right syntax all the same.
        parsed = answer.outcome in {"answered", "unevaluated"}
        return Verdict(PASSED) if parsed else failed(answer.detail)
    return _compared(query, answer) if answer.outcome == "answered" else failed(answer.detail)


def _compared(query: Query, answer: Answer) -> Verdict:
    if answer.media_type != query.asked:
        return failed(f"answered as {answer.media_type}, not as {query.asked}")
    try:
        differs, by_value = (_difference(query, answer.body, by_value=loosely) for loosely in (False, True))
    except Unreadable as problem:
        return failed(str(problem))
    return failed(by_value) if by_value else Verdict(PASSED, by_value=bool(differs))


def _difference(query: Query, body: bytes, *, by_value: bool) -> str:
    if isinstance(query.expected, Graph):
        return graph_difference(query.expected, rdf(body, TURTLE, query.iri), by_value=by_value)
    given, ordered = read(body, query.asked), is_ordered(query.text)
    return "" if query.expected is None else difference(query.expected, given, ordered=ordered, by_value=by_value)


def rdf(body: bytes, media_type: str, base: str) -> Graph:
    """Read RDF.

    :raises Unreadable: it is not of this format.
    """
    with as_written():
        try:
            return Graph(bind_namespaces="none").parse(data=body, format=media_type, publicID=base)
        except Exception as problem:  # noqa: BLE001  rdflib's parsers have no error in common
            raise Unreadable(f"the body is no {media_type or 'RDF of a known type'}: {problem!r}"[:160]) from None


def is_ordered(text: str) -> bool:
    """Tell whether a query orders its own solutions, not those of a subquery only."""
    depth, outer = 0, []
    for char in _HIDDEN.sub(" ", _unfragmented(text)):
        depth += (char == "{") - (char == "}")
        outer.append(char if depth == 0 else " ")
    return bool(re.search(r"\border\s+by\b", "".join(outer), re.IGNORECASE))
