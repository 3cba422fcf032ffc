"""Query tests: a query is evaluated, or its syntax is accepted or refused; over HTTP, and by the engine alone for comparison."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import urljoin

import pyoxigraph as ox
from rdflib import Graph, Namespace

from benchmarks.conformance.compare import as_written, difference, graph_difference
from benchmarks.conformance.dataset import Dataset, from_file
from benchmarks.conformance.manifest import MF, Case, place
from benchmarks.conformance.results import Unreadable, read
from benchmarks.conformance.service import Reply, Service
from benchmarks.conformance.verdict import PASSED, Verdict, failed

QT = Namespace("http://www.w3.org/2001/sw/DataAccess/tests/test-query#")
# Suffix of an expected result -> the media type that is asked for.
ASKED = {
    "srx": "application/sparql-results+xml",
    "srj": "application/sparql-results+json",
    "csv": "text/csv",
    "tsv": "text/tab-separated-values",
    "ttl": "text/turtle",
}
ENGINE_FORMATS = {
    "srx": ox.QueryResultsFormat.XML,
    "srj": ox.QueryResultsFormat.JSON,
    "csv": ox.QueryResultsFormat.CSV,
    "tsv": ox.QueryResultsFormat.TSV,
}
TURTLE, PROBLEM = "text/turtle", "application/problem+json"
_RELATIVE = re.compile(r"<[^\s<>\"{}|^`\\:]*>")
_FROM = re.compile(r"\bfrom\s+(?:named\s+)?<([^>]*)>", re.IGNORECASE)
_HIDDEN = re.compile(r"#[^\n]*|\"(?:[^\"\\\n]|\\.)*\"|'(?:[^'\\\n]|\\.)*'")
_IRI = re.compile(r"<[^\s<>\"{}|^`\\]*>")


@dataclass(frozen=True)
class Query:
    """Hold a query test.

    :param iri: of the file of the query, which is the base of its relative IRIs.
    :param result: IRI of the file of the expected result; empty for a test of syntax.
    """

    case: Case
    iri: str
    text: str
    dataset: Dataset
    result: str

    @property
    def suffix(self) -> str:
        """Return the suffix of the expected result."""
        return self.result.rpartition(".")[2]

    def sent(self) -> str:
        """Return the query as it is sent: the protocol has no field for a base, so one is declared where the query needs it."""
        return f"BASE <{self.iri}>\n{self.text}" if _RELATIVE.search(self.text) else self.text


@dataclass(frozen=True)
class Answer:
    """Hold what the app or the engine makes of a query.

    :param outcome: answered, rejected (it does not parse), or failed.
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
    dataset = Dataset(tuple(sorted(graphs.items())))
    return Query(case, query, text, dataset, str(case.graph.value(case.node, MF.result) or ""))


def _unfragmented(text: str) -> str:
    """Keep a # in an IRI from being taken for a comment."""
    return _IRI.sub(lambda found: found[0].replace("#", "%23"), text)


def over_http(service: Service, query: Query) -> Verdict:
    """Run a query test against the app."""
    service.lay(query.dataset)
    headers = {"Content-Type": "application/sparql-query", "Accept": ASKED.get(query.suffix, "*/*")}
    return judge(query, _answered(service.send("POST", "/sparql", headers, query.sent().encode())))


def _answered(reply: Reply) -> Answer:
    if reply.status == 200:
        return Answer("answered", reply.body, reply.media_type)
    rejected = reply.status == 400 and reply.media_type == PROBLEM
    return Answer("rejected" if rejected else "failed", detail=reply.short())


def in_engine(query: Query) -> Verdict:
    """Run a query test in the engine alone, without the app."""
    try:
        found = query.dataset.fill(ox.Store()).query(query.text, base_iri=query.iri)
        if isinstance(found, ox.QueryTriples):
            return judge(query, Answer("answered", bytes(ox.serialize(found, format=ox.RdfFormat.TURTLE) or b""), TURTLE))
        form = ENGINE_FORMATS.get(query.suffix, ox.QueryResultsFormat.JSON)
        answer = Answer("answered", bytes(found.serialize(format=form) or b""), ASKED.get(query.suffix, ""))
    except SyntaxError as problem:
        answer = Answer("rejected", detail=f"does not parse: {problem}")
    except (RuntimeError, ValueError, OSError) as problem:
        answer = Answer("failed", detail=str(problem))
    return judge(query, answer)


def judge(query: Query, answer: Answer) -> Verdict:
    """Hold an answer against what the test expects."""
    if query.case.kind.startswith("Negative"):
        if answer.outcome == "rejected":
            return Verdict(PASSED, answer.detail)
        return failed(answer.detail or "answered, though it should not parse")
    if answer.outcome != "answered":
        return failed(answer.detail)
    if not query.result:
        return Verdict(PASSED)
    if answer.media_type != ASKED[query.suffix]:
        return failed(f"answered as {answer.media_type}, not as {ASKED[query.suffix]}")
    try:
        differs, by_value = (_difference(query, answer.body, by_value=loosely) for loosely in (False, True))
    except Unreadable as problem:
        return failed(str(problem))
    return failed(by_value) if by_value else Verdict(PASSED, by_value=bool(differs))


def _difference(query: Query, body: bytes, *, by_value: bool) -> str:
    expected = query.case.read(query.result)
    if query.suffix == "ttl":
        wanted, given = rdf(expected, TURTLE, query.result), rdf(body, TURTLE, query.iri)
        return graph_difference(wanted, given, by_value=by_value)
    kind = ASKED[query.suffix]
    return difference(read(expected, kind), read(body, kind), ordered=is_ordered(query.text), by_value=by_value)


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
