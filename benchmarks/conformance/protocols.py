"""Tests of the query protocol, the graph store protocol and the service description, run against the app."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import parse_qsl, urlsplit

from rdflib import RDF, Graph, Namespace, URIRef
from rdflib.term import Node

from benchmarks.conformance.compare import graph_difference
from benchmarks.conformance.dataset import Dataset, Part, from_file
from benchmarks.conformance.exchanges import Request, address, other_type, requests_of, unclean, written
from benchmarks.conformance.manifest import Case
from benchmarks.conformance.queries import MEDIA_TYPES, rdf
from benchmarks.conformance.results import Unreadable, read
from benchmarks.conformance.service import Reply, Service
from benchmarks.conformance.verdict import PASSED, REFUSED, Verdict, failed

UT = Namespace("http://www.w3.org/2009/sparql/tests/test-update#")
SD = Namespace("http://www.w3.org/ns/sparql-service-description#")
LABEL = URIRef("http://www.w3.org/2000/01/rdf-schema#label")
KINDS = {
    "boolean": {MEDIA_TYPES["srx"], MEDIA_TYPES["srj"]},
    "tabular": {MEDIA_TYPES["srx"], MEDIA_TYPES["srj"], MEDIA_TYPES["csv"], MEDIA_TYPES["tsv"]},
    "RDF": {"application/rdf+xml", "text/turtle", "application/n-triples", "text/html"},
}
# Lies in the store while updates are sent, each of which begins by clearing it or writes beside it.
MARK = ("urn:levikki:mark", Part(b"<urn:levikki:mark> <urn:levikki:is> <urn:levikki:here> .", "urn:levikki:mark"))
IS_MARKED = b"ASK { GRAPH <urn:levikki:mark> { <urn:levikki:mark> <urn:levikki:is> <urn:levikki:here> } }"
READING = frozenset({"GET", "HEAD"})
# Property of the vocabulary -> class of its subjects; where an IRI has to name the object, it may be no blank node.
SCHEMA = {
    SD.endpoint: SD.Service, SD.feature: SD.Service, SD.defaultEntailmentRegime: SD.Service,
    SD.defaultSupportedEntailmentProfile: SD.Service, SD.extensionFunction: SD.Service, SD.extensionAggregate: SD.Service,
    SD.languageExtension: SD.Service, SD.supportedLanguage: SD.Service, SD.propertyFeature: SD.Service,
    SD.defaultDataset: SD.Service, SD.availableGraphs: SD.Service, SD.resultFormat: SD.Service, SD.inputFormat: SD.Service,
    SD.defaultGraph: SD.Dataset, SD.namedGraph: SD.GraphCollection, SD.name: SD.NamedGraph,
    SD.entailmentRegime: SD.NamedGraph, SD.supportedEntailmentProfile: SD.NamedGraph, SD.graph: SD.NamedGraph,
}  # fmt: skip
CLASSES = {
    SD[name]
    for name in """Service Language Function Aggregate EntailmentRegime EntailmentProfile Feature
    GraphCollection Dataset Graph NamedGraph""".split()
}
OBJECTS = {SD.defaultDataset: SD.Dataset, SD.defaultGraph: SD.Graph, SD.namedGraph: SD.NamedGraph, SD.graph: SD.Graph}
IRIS = {SD.endpoint, SD.feature, SD.supportedLanguage, SD.resultFormat, SD.inputFormat, SD.name, SD.languageExtension}


# ---- protocol ----


def protocol(service: Service, case: Case) -> Verdict:
    """Run a test of the protocol; one whose updates should be done must see them refused, and nothing changed."""
    requests = requests_of(case)
    service.lay(_protocol_data(case, requests))
    writes = any(is_update(each) and not each.expected.fits(400) for each in requests)
    for request in requests:
        reply = service.send(
            request.method, request.path.replace("/sparql/", "/sparql", 1), request.headers, request.body
        )
        problem = _undone(service, request, reply) if writes else _unexpected(request, reply)
        if problem:
            return failed(f"{request.method}: {problem}")
    return Verdict(REFUSED, "the update is refused with 403, and nothing is changed") if writes else Verdict(PASSED)


def _protocol_data(case: Case, requests: list[Request]) -> Dataset:
    graphs: dict[str, tuple[Part, ...]] = {MARK[0]: (MARK[1],)} if any(is_update(each) for each in requests) else {}
    for node in case.graph.objects(case.node, UT.graphData):
        iri = str(case.graph.value(node, UT.graph))
        graphs[str(case.graph.value(node, LABEL))] = (from_file(case.read(iri), iri),)
    for request in requests:
        for field, value in parse_qsl(urlsplit(request.path).query):
            if field in {"default-graph-uri", "named-graph-uri"}:
                graphs.setdefault(value, ())  # one that the suite has no data for is there, and empty
    return Dataset(tuple(sorted(graphs.items())))


def is_update(request: Request) -> bool:
    """Tell whether a request asks for an update, whatever is wrong with it."""
    text = (request.body or b"").replace(b"\0", b"")
    fields = urlsplit(request.path).query.startswith("update=") or text.startswith(b"update=")
    return fields or "sparql-update" in request.header("content-type") or b"CLEAR" in text


def _undone(service: Service, request: Request, reply: Reply) -> str:
    """Say what is wrong with the answer to an update, or to a query that looks for the effect of one."""
    if is_update(request):
        problem = unclean(reply)
        asked = service.send("POST", "/sparql", {"Content-Type": "application/sparql-query"}, IS_MARKED)
        return problem or _boolean_problem(asked, expected=True)
    return _boolean_problem(reply, expected=False)


def _unexpected(request: Request, reply: Reply) -> str:
    if not request.expected.fits(reply.status):
        return f"answered {reply.short()}, where {', '.join(sorted(request.expected.statuses))} is expected"
    if is_update(request):
        # The suite is content with any refusal; ours has to be told apart from a fault.
        return unclean(reply, frozenset({400, 403, 405, 415}))
    if request.expected.kind and reply.media_type not in KINDS[request.expected.kind]:
        return f"answered as {reply.media_type}, which is not {request.expected.kind}"
    if request.expected.boolean is not None:
        return _boolean_problem(reply, expected=request.expected.boolean)
    try:
        if request.expected.kind == "tabular":
            read(reply.body, reply.media_type)
        elif request.expected.kind == "RDF":
            rdf(reply.body, reply.media_type, "http://www.example/sparql/")
    except Unreadable as problem:
        return str(problem)
    return ""


def _boolean_problem(reply: Reply, *, expected: bool) -> str:
    try:
        found = read(reply.body, reply.media_type) if reply.status == 200 else reply.short()
    except Unreadable as problem:
        return str(problem)
    return "" if found is expected else f"answered {found}, where {expected} is expected"


# ---- graph store protocol ----


def graph_store(service: Service, case: Case) -> Verdict:
    """Run a test of the graph store protocol.

    Every write must be refused cleanly; every read must answer as the suite says, from a snapshot that holds what the writes
    before it would have left.
    """
    graphs: dict[str, tuple[Part, ...]] = {}
    wrong, writes = [], 0
    for number, request in enumerate(requests_of(case), 1):
        service.lay(Dataset(tuple(sorted(graphs.items()))))
        path = address(request.path)[0]
        reply = service.send(request.method, path, request.headers, request.body)
        if request.method in READING:
            problem = _misread(request, reply)
        else:
            problem, graphs, writes = unclean(reply), written(graphs, request), writes + 1
        if problem:
            wrong.append(f"request {number}, {request.method} {path}: {problem}")
    if wrong:
        return failed("; ".join(wrong))
    return Verdict(REFUSED, "writes are refused with 403; its reads are as expected") if writes else Verdict(PASSED)


def _misread(request: Request, reply: Reply) -> str:
    expected = request.expected
    if not expected.fits(reply.status):
        return f"answered {reply.short()}, where {', '.join(sorted(expected.statuses))} is expected"
    if request.method == "HEAD" and reply.body:
        return "the answer to HEAD has a body"
    if expected.content_type:
        problem = other_type(expected.content_type, reply.headers.get("Content-Type", ""))
        if problem or expected.body is None:
            return problem
    if expected.body is None:
        return ""
    try:
        given = rdf(reply.body, reply.media_type, "http://www.example/gsp")
    except Unreadable as problem:
        return str(problem)
    return graph_difference(rdf(expected.body.encode(), "text/turtle", "http://www.example/gsp"), given)


# ---- service description ----


def description(service: Service, case: Case) -> Verdict:
    """Run a test of the service description."""
    name = case.iri.rpartition("#")[2]
    service.lay(Dataset(((MARK[0], (MARK[1],)),)))
    replies = [service.send("GET", "/sparql", {"Accept": each} if each else {}) for each in ("", "application/rdf+xml")]
    for reply in replies:
        if reply.status != 200 or reply.media_type not in KINDS["RDF"]:
            return failed(f"answered {reply.status} as {reply.media_type}")
        try:
            graph = rdf(reply.body, reply.media_type, service.endpoint)
        except Unreadable as problem:
            return failed(str(problem))
        problem_found = _described(name, graph, service.endpoint)
        if problem_found:
            return failed(problem_found)
    return Verdict(PASSED)


def _described(name: str, graph: Graph, endpoint: str) -> str:
    if name == "has-endpoint-triple":
        there = (None, SD.endpoint, URIRef(endpoint)) in graph
        return "" if there else f"no sd:endpoint that is {URIRef(endpoint).n3()}"
    return "; ".join(breaches(graph)) if name == "conforms-to-schema" else "" if len(graph) else "an empty graph"


def breaches(graph: Graph) -> list[str]:
    """Say what of a service description is not as its vocabulary (SPARQL 1.1 Service Description, section 3) says."""
    found = [] if (None, RDF.type, SD.Service) in graph else ["nothing is a sd:Service"]
    services = graph.subjects(RDF.type, SD.Service)
    if any(len(set(graph.objects(each, SD.endpoint))) != 1 for each in services):
        found.append("a service without one sd:endpoint")
    types = {target for target in graph.objects(None, RDF.type) if str(target).startswith(SD)}
    found += [f"no class of the vocabulary: {each}" for each in types - CLASSES]
    for subject, predicate, target in graph:
        if str(predicate).startswith(SD):
            found += _breaches_of_triple(graph, subject, URIRef(str(predicate)), target)
    return sorted(set(found))


def _breaches_of_triple(graph: Graph, subject: Node, predicate: URIRef, target: Node) -> Iterator[str]:
    name = predicate.removeprefix(SD)
    if predicate not in SCHEMA:
        yield f"no property of the vocabulary: {predicate}"
    elif not _is(graph, subject, SCHEMA[predicate]):
        yield f"the subject of sd:{name} is no {SCHEMA[predicate]}"
    if predicate in OBJECTS and not _is(graph, target, OBJECTS[predicate]):
        yield f"the object of sd:{name} is no {OBJECTS[predicate]}"
    if predicate in IRIS and not isinstance(target, URIRef):
        yield f"the object of sd:{name} is no IRI"


def _is(graph: Graph, node: Node, kind: URIRef) -> bool:
    """Tell whether a node has a class or a class below it."""
    below = {SD.GraphCollection: {SD.Dataset}, SD.Graph: {SD.NamedGraph}}.get(kind, set())
    return bool({kind, *below} & set(graph.objects(node, RDF.type)))
