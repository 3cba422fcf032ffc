"""Tests that are told as HTTP exchanges: requests in order, each with the answer that is expected."""

from __future__ import annotations

from dataclasses import dataclass
from email import message_from_bytes
from email.message import Message
from urllib.parse import parse_qs, urlsplit

from rdflib import Graph, Literal, Namespace
from rdflib.term import Node

from benchmarks.conformance.dataset import Part
from benchmarks.conformance.manifest import MF, Case
from benchmarks.conformance.queries import PROBLEM
from benchmarks.conformance.service import Reply
from graph.names import Names

HT = Namespace("http://www.w3.org/2011/http#")
CNT = Namespace("http://www.w3.org/2011/content#")
CODES = {"OK": 200, "Created": 201, "NoContent": 204, "NotFound": 404}
# The graph that a POST to the graph store itself would make; the suite leaves its name to the server.
NEW_GRAPH = "http://www.example/gsp/new"


@dataclass(frozen=True)
class Expected:
    """Hold what the answer to a request should be.

    :param statuses: names of the suite, such as StatusCode4xx or Created; one of them.
    :param boolean: of an ASK; None where the test says nothing.
    :param kind: boolean, tabular or RDF; empty where the test says nothing.
    :param body: Turtle of the graph that is to come; None where the test says nothing.
    """

    statuses: frozenset[str]
    boolean: bool | None
    kind: str
    body: str | None
    content_type: str

    def fits(self, status: int) -> bool:
        """Tell whether a status is one of those that are expected."""
        return any(CODES.get(name, 0) == status or name == f"StatusCode{status // 100}xx" for name in self.statuses)


@dataclass(frozen=True)
class Request:
    """Hold a request of a test, its path as the suite writes it."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes | None
    expected: Expected

    def header(self, name: str) -> str:
        """Return a header's value; empty where it has none."""
        return self.headers.get(name, "")


def requests_of(case: Case) -> list[Request]:
    """Read the requests of a test, in their order."""
    graph = case.graph
    action = graph.value(case.node, MF.action)
    return [_request(graph, node) for node in graph.items(graph.value(action, HT.requests))]  # type: ignore[arg-type]


def _request(graph: Graph, node: Node) -> Request:
    answer = graph.value(node, HT.resp)
    text, encoding = _content(graph, node)
    told = graph.value(answer, MF.expectedBoolean)
    expected = Expected(
        frozenset(str(each).rpartition("#")[2] for each in graph.objects(answer, MF.expectedStatus)),
        bool(told.toPython()) if isinstance(told, Literal) else None,
        str(graph.value(answer, MF.expectedFormat) or ""),
        _content(graph, answer)[0],
        _headers(graph, answer).get("content-type", ""),
    )
    body = None if text is None else text.encode(encoding)
    path, method = (str(graph.value(node, each)) for each in (HT.absolutePath, HT.methodName))
    return Request(method, path, _headers(graph, node), body, expected)


def _content(graph: Graph, node: Node | None) -> tuple[str | None, str]:
    body = graph.value(node, HT.body)
    chars = graph.value(body, CNT.chars)
    return None if chars is None else str(chars), str(graph.value(body, CNT.characterEncoding) or "utf-8")


def _headers(graph: Graph, node: Node | None) -> dict[str, str]:
    first = graph.value(node, HT.headers)
    if first is None:
        return {}
    return {
        str(graph.value(each, HT.fieldName)).lower(): str(graph.value(each, HT.fieldValue))
        for each in graph.items(first)
    }


def unclean(reply: Reply, statuses: frozenset[int] = frozenset({403})) -> str:
    """Say why an answer is no clean refusal; nothing where it is one."""
    if reply.status not in statuses:
        return f"not refused with {'/'.join(map(str, sorted(statuses)))}: {reply.short()}"
    return "" if reply.media_type == PROBLEM else f"refused in {reply.media_type or 'no type'}, not in {PROBLEM}"


def other_type(expected: str, found: str) -> str:
    """Say how a Content-Type differs from the expected one; nothing where media type and charset are the same."""
    wanted, given = _message(expected), _message(found)
    same = wanted.get_content_type() == given.get_content_type()
    charset = (given.get_content_charset() or "utf-8") == (wanted.get_content_charset() or "utf-8")
    return "" if same and charset and found else f"Content-Type {found!r} where {expected!r} is expected"


def _message(content_type: str) -> Message:
    return message_from_bytes(f"Content-Type: {content_type}\r\n\r\n".encode())


# ---- graph stores ----


def address(path: str) -> tuple[str, str]:
    """Return where the app has a graph of the suite's graph store, and the graph's name (empty for the default graph).

    :param path: as the suite writes it: /gsp?graph=IRI, /gsp?default, /gsp/person/1.ttl or /gsp.
    """
    parts = urlsplit(path.replace("$LOCATION$", NEW_GRAPH))
    direct = parts.path.removeprefix("/gsp/")
    if direct != parts.path:
        return f"/graph/{direct}", Names().graph(direct)
    given = parse_qs(parts.query, keep_blank_values=True)
    name = "" if "default" in given else given.get("graph", [NEW_GRAPH])[0]
    return f"/graph-store?{parts.query}" if parts.query else "/graph-store", name


def written(graphs: dict[str, tuple[Part, ...]], request: Request) -> dict[str, tuple[Part, ...]]:
    """Return what a store would hold after a write that this app refuses."""
    name = address(request.path)[1]
    after = dict(graphs)
    if request.method == "DELETE":
        after.pop(name, None)
        return after
    before = after.get(name, ()) if request.method == "POST" else ()
    after[name] = (*before, *_parts(request, name))
    return after


def _parts(request: Request, base: str) -> tuple[Part, ...]:
    content_type = request.header("content-type")
    whole = message_from_bytes(f"Content-Type: {content_type}\r\n\r\n".encode() + (request.body or b""))
    pieces = [each for each in whole.walk() if not each.is_multipart()]
    return tuple(Part(_bytes(each), base or NEW_GRAPH, each.get_content_type()) for each in pieces)


def _bytes(message: Message) -> bytes:
    content = message.get_payload(decode=True)
    assert isinstance(content, bytes)  # noqa: S101
    return content
