"""Requests of the SPARQL 1.1 Protocol and the Graph Store HTTP Protocol: read, and answered in the form that the client likes."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit

import pyoxigraph as ox
from flask import Response, current_app, request
from rdflib import DCAT, RDF, VOID, Graph
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import UnsupportedMediaType
from werkzeug.wrappers import Request

from graph.answers import Answer
from graph.errors import CallError, QueryForbidden
from graph.exchange import exchange
from graph.formats import GRAPH_FORMATS, Format, by_name, negotiate
from graph.problems import FORM, QUERY, UPDATE
from graph.query import READ_ONLY, READ_ONLY_HINT
from graph.terms import written

AS_FILES = "LEVIKKI_AS_FILES"  # of the app's configuration: it is asked so as to write a site of files


@dataclass(frozen=True)
class Asked:
    """Hold what a request asks for.

    :param query: None where it has none.
    :param format: name or media type of `format`, empty where it has none.
    """

    query: str | None
    format: str
    default_graphs: tuple[str, ...]
    named_graphs: tuple[str, ...]


def read_request(sent: Request) -> Asked:
    """Read a request in any of the protocol's three forms.

    :raises QueryForbidden: an update.
    :raises UnsupportedMediaType: a POST of another type.
    :raises CallError: no query in a POST, several queries, or one that is not UTF-8.
    """
    fields = _posted(sent) if sent.method == "POST" else MultiDict(sent.args)
    if "update" in fields or "update" in sent.args:
        raise read_only()
    queries = fields.getlist("query")
    if sent.method == "POST" and sent.mimetype == FORM:
        queries += sent.args.getlist("query") if queries else []
    if len(queries) > 1:
        raise CallError(f"{len(queries)} queries in one request", "query", "send one at a time")
    if sent.method == "POST" and not queries:
        raise CallError("no query in the request", "query", "send it as the field `query` of a form")
    return Asked(
        queries[0] if queries else None,
        fields.get("format") or sent.args.get("format", ""),
        tuple(fields.getlist("default-graph-uri")),
        tuple(fields.getlist("named-graph-uri")),
    )


def _posted(sent: Request) -> MultiDict[str, str]:
    if sent.mimetype == UPDATE:
        raise read_only()
    charset = sent.mimetype_params.get("charset", "utf-8").lower()
    if sent.mimetype not in {FORM, QUERY} or charset not in {"utf-8", "utf8"}:
        raise UnsupportedMediaType(f"a query is sent as {FORM} or {QUERY}, in UTF-8")
    if sent.mimetype == FORM:
        return MultiDict(sent.form)
    try:
        text = sent.get_data().decode("utf-8")
    except UnicodeDecodeError:
        raise CallError("the query is not UTF-8", "body", "send it in UTF-8") from None
    return MultiDict([*sent.args.items(multi=True), ("query", text)])


def read_graph_name(sent: Request) -> str:
    """Read which graph a request to the graph store is about (SPARQL 1.1 Graph Store HTTP Protocol, section 4.2).

    :returns: its IRI; empty for the default graph.
    :raises CallError: it names none, or more than one.
    """
    graphs, default = sent.args.getlist("graph"), "default" in sent.args
    if len(graphs) + default != 1:
        raise CallError("the request does not name one graph", "graph", "send ?default, or ?graph= with one IRI")
    if graphs and not urlsplit(graphs[0]).scheme:
        raise CallError(f"no absolute IRI: {graphs[0]!r}", "graph", "send ?graph= with the IRI of a named graph")
    return graphs[0] if graphs else ""


def read_only() -> QueryForbidden:
    """Return the refusal of whatever would change the graph."""
    return QueryForbidden(READ_ONLY, hint=READ_ONLY_HINT)


def wanted(offered: tuple[Format, ...]) -> Format:
    """Choose a format by `?format=`, else by the Accept header.

    :raises NotAcceptable: none of the offered ones is wanted.
    """
    name = request.args.get("format", "")
    return by_name(name, offered) if name else negotiate(request.headers.get("Accept", ""), offered)


def prefers_html() -> bool:
    """Tell whether a person in front of a browser asks, rather than a program."""
    accepts = request.accept_mimetypes
    return not request.args.get("format") and accepts["text/html"] > accepts["application/json"]


def deliver(answer: Answer) -> Response:
    """Return an answer with its validator; a large one in pieces, which take no memory."""
    response = data(b"", answer.format)
    response.response = answer.pieces()
    response.content_length = answer.size
    if answer.volatile:
        response.cache_control.no_store = True
        return response
    response.set_etag(answer.etag)
    return kept(response)


def kept(response: Response) -> Response:
    """Let clients and proxies keep what a snapshot says, for the time that the publisher set."""
    response.cache_control.public = True
    response.cache_control.max_age = exchange().settings.cache_seconds
    return response


def described(graph: Graph, chosen: Format | None = None) -> Response:
    """Return a small graph of our making.

    :param chosen: its format; the one that the client likes best where left out.
    """
    chosen = chosen or wanted(GRAPH_FORMATS)
    if current_app.config.get(AS_FILES):
        _without_services(graph)
    body = written(graph, getattr(ox.RdfFormat, chosen.engine))
    return kept(data(body, chosen))


def _without_services(graph: Graph) -> None:
    """Take out of a description what a site of files does not do: answer queries."""
    for service in set(graph.subjects(RDF.type, DCAT.DataService)):
        graph.remove((service, None, None))
        graph.remove((None, None, service))
    graph.remove((None, VOID.sparqlEndpoint, None))


def data(body: bytes | str, chosen: Format) -> Response:
    """Return an answer in a format, with UTF-8 named where the type is text."""
    charset = "; charset=utf-8" if chosen.media_type.startswith("text/") else ""
    return Response(body, content_type=f"{chosen.media_type}{charset}")
