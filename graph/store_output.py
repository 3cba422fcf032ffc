"""What a process that runs queries writes: an answer in pieces, in the format that was asked for, and no more rows than allowed."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from operator import itemgetter
from typing import Any, TypeVar

import pyoxigraph as ox

from graph.channel import Channel
from graph.counting import Rows

PIECE = 65_536
T = TypeVar("T")


class TooManyRows(Exception):
    """More rows, or triples, than an answer may have."""


class EngineProblem(Exception):
    """What an engine elsewhere does not do.

    :param outcome: refused (the request), time (it took too long), entry (the credentials), or broken (anything else).
    :param detail: what the engine says of it, shortened.
    """

    def __init__(self, outcome: str, detail: str) -> None:
        super().__init__(detail)
        self.outcome, self.detail = outcome, detail


class Output:
    """Send an answer piece by piece; the engine writes to it as to a file.

    :param form: how the engine calls the format of rows; empty for triples.
    :param limit: rows or triples that the answer may have.
    """

    def __init__(self, connection: Channel, form: str, limit: int) -> None:
        self._connection, self._limit = connection, limit
        self._held, self._sent = bytearray(), False
        self._rows = Rows(form) if form else None
        self.rows = 0

    def write(self, data: bytes) -> int:
        """Take bytes; send them when they are worth a message."""
        self._held += data
        # The first bytes go out at once: a query that answers is dealt with otherwise than one that is silent.
        if len(self._held) >= PIECE or not self._sent:
            self.flush()
        return len(data)

    def flush(self) -> None:
        """Send what is held.

        :raises TooManyRows: the rows in it are more than the answer may have.
        """
        piece = bytes(self._held)
        self._held.clear()
        if piece and self._rows:
            self._reached(self._rows.add(piece))
        if piece:
            self._connection.send_bytes(b"+" + piece)
            self._sent = True

    def counted(self, items: Iterable[T]) -> Iterator[T]:
        """Yield the items of a graph while they are not too many."""
        for number, item in enumerate(items, 1):
            self._reached(number)
            yield item

    def _reached(self, rows: int) -> None:
        self.rows = rows
        if rows > self._limit:
            raise TooManyRows


def serialise(items: Iterable[Any], job: dict[str, Any], output: Output) -> None:
    """Write triples, or quads, in the format of a job."""
    form = getattr(ox.RdfFormat, job["format"])
    if form == ox.RdfFormat.JSON_LD and job["context"]:
        output.write(compacted(output.counted(items), job["context"]))
    else:
        ox.serialize(output.counted(items), output, format=form, prefixes=job["prefixes"])  # type: ignore[arg-type]


def compacted(triples: Iterable[ox.Triple], context: dict[str, Any]) -> bytes:
    """Return triples as JSON-LD in the terms of a context, which the engine cannot write."""
    # These take longer than most queries: only where they are needed.
    from rdflib import Graph  # noqa: PLC0415
    from rdflib.plugins.serializers.jsonld import from_rdf  # noqa: PLC0415

    lines = ox.serialize(triples, format=ox.RdfFormat.N_TRIPLES) or b""
    graph = Graph(bind_namespaces="none").parse(data=lines, format="nt")
    document = from_rdf(graph, context, use_native_types=True)  # type: ignore[no-untyped-call]
    # rdflib writes nodes in the order of a set, which differs from process to process.
    called = {value: key for key, value in context.items() if isinstance(value, str)}
    nodes = document.get(called.get("@graph", "@graph"), [])
    nodes.sort(key=itemgetter(called.get("@id", "@id")))
    return json.dumps(document, ensure_ascii=False, indent=1, sort_keys=True).encode()


def term(kind: str, value: str, language: str, datatype: str) -> ox.NamedNode | ox.Literal:
    """Return the term of a binding."""
    if kind == "iri":
        return ox.NamedNode(value)
    if language:
        return ox.Literal(value, language=language)
    return ox.Literal(value, datatype=ox.NamedNode(datatype)) if datatype else ox.Literal(value)
