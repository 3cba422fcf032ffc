"""Read the rows of another engine so that they are written as ours would be.

SPARQL results in XML are what engines get right most often: Virtuoso writes `"1"^^xsd:boolean` in JSON, and no valid TSV.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from functools import lru_cache
from http.client import HTTPException
from io import RawIOBase
from typing import Any, Protocol
from xml.parsers import expat

import pyoxigraph as ox

from graph.store_output import EngineProblem

XSD = "http://www.w3.org/2001/XMLSchema#"
# Terms whose form an engine chooses; every other one is kept as it was written.
_NUMBERS = frozenset(
    XSD + name
    for name in "decimal double float integer int long short byte nonNegativeInteger positiveInteger nonPositiveInteger "
    "negativeInteger unsignedInt unsignedLong unsignedShort unsignedByte".split()
)
_RECAST = _NUMBERS | {XSD + name for name in ("boolean", "dateTime", "date", "time")}
_NODE = "nodeID://"
_PIECE = 65_536
_EMPTY = ox.Store()
Term = ox.NamedNode | ox.BlankNode | ox.Literal
Row = dict[str, Term]


class Source(Protocol):
    """Give bytes."""

    def read(self, size: int, /) -> bytes:
        """Return the next bytes, none at the end."""


class _Reader:
    """Take the events of an XML parser and collect rows.

    :ivar rows: those that are complete and not taken yet.
    """

    def __init__(self) -> None:
        self.rows: list[Row] = []
        self._row: Row = {}
        self._name = ""
        self._text: list[str] = []
        self._attributes: dict[str, str] = {}

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        """Begin an element."""
        self._text = []
        if tag == "result":
            self._row = {}
        elif tag == "binding":
            self._name = attributes["name"]
        else:
            self._attributes = attributes

    def data(self, text: str) -> None:
        """Take text."""
        self._text.append(text)

    def end(self, tag: str) -> None:
        """End an element."""
        text = "".join(self._text)
        if tag == "result":
            self.rows.append(self._row)
        elif tag == "uri":
            self._row[self._name] = ox.NamedNode(text)
        elif tag == "bnode":
            self._row[self._name] = ox.BlankNode(text.removeprefix(_NODE))
        elif tag == "literal":
            self._row[self._name] = literal(
                text, self._attributes.get("xml:lang", ""), self._attributes.get("datatype", "")
            )


def literal(text: str, language: str, datatype: str) -> ox.Literal:
    """Return a literal; a number, a truth value or a date in the form that our engine gives it."""
    if language:
        return ox.Literal(text, language=language)
    if datatype in _RECAST:
        return _recast(text, datatype)
    return ox.Literal(text, datatype=ox.NamedNode(datatype)) if datatype else ox.Literal(text)


def recast(term: Any) -> Any:
    """Return an object of a triple as our engine would give it."""
    if isinstance(term, ox.Literal) and term.datatype.value in _RECAST:
        return _recast(term.value, term.datatype.value)
    return term


def kind(term: Term) -> str:
    """Return what a term has to share with another one for the two to have an order."""
    if not isinstance(term, ox.Literal):
        return type(term).__name__
    return "number" if term.datatype.value in _NUMBERS else term.language or term.datatype.value


@lru_cache(maxsize=65_536)
def _recast(text: str, datatype: str) -> ox.Literal:
    term = ox.Literal(text, datatype=ox.NamedNode(datatype))
    solutions: Any = _EMPTY.query(f"SELECT ?x {{ VALUES ?x {{ {term} }} }}")
    return next(iter(solutions))[0]  # type: ignore[no-any-return]


def read(source: Source) -> Iterator[Row]:
    """Read the rows of an answer in XML as they come.

    :raises EngineProblem: it is no such answer, or it ends before its end.
    """
    reader, parser = _Reader(), expat.ParserCreate()
    parser.StartElementHandler, parser.EndElementHandler = reader.start, reader.end
    parser.CharacterDataHandler = reader.data
    parser.buffer_text = True
    more = True
    while more:
        try:
            piece = source.read(_PIECE)
            parser.Parse(piece, not piece)
        except HTTPException as problem:
            raise EngineProblem("broken", f"the engine's answer ends too early: {problem}") from None
        except (expat.ExpatError, KeyError, ValueError) as problem:
            raise EngineProblem("broken", f"the engine's answer is no SPARQL results: {problem}") from None
        yield from reader.rows
        reader.rows = []
        more = bool(piece)


class Stream(RawIOBase):
    """Give rows as SPARQL results in JSON, piece by piece: what our engine's own reader takes, so that it writes the answer."""

    def __init__(self, variables: Iterable[str], rows: Iterable[Row]) -> None:
        super().__init__()
        self._pieces = _lines(list(variables), rows)
        self._rest = b""

    def readable(self) -> bool:
        """Tell that it can be read."""
        return True

    def read(self, size: int = -1) -> bytes:
        """Return the next bytes, none at the end."""
        while size < 0 or len(self._rest) < size:
            piece = next(self._pieces, b"")
            if not piece:
                break
            self._rest += piece
        size = len(self._rest) if size < 0 else size
        taken, self._rest = self._rest[:size], self._rest[size:]
        return taken


def _lines(variables: list[str], rows: Iterable[Row]) -> Iterator[bytes]:
    yield f'{{"head":{{"vars":{json.dumps(variables)}}},"results":{{"bindings":['.encode()
    before = ""
    for row in rows:
        cells = {name: _cell(term) for name, term in row.items()}
        yield (before + json.dumps(cells)).encode()
        before = ","
    yield b"]}}"


def _cell(term: Term) -> dict[str, str]:
    if isinstance(term, ox.NamedNode):
        return {"type": "uri", "value": term.value}
    if isinstance(term, ox.BlankNode):
        return {"type": "bnode", "value": term.value}
    if term.language:
        return {"type": "literal", "value": term.value, "xml:lang": term.language}
    return {"type": "literal", "value": term.value, "datatype": term.datatype.value}
