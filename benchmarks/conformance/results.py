"""Read query results in their four formats, by readers of our own: the engine's would not notice what its writer gets wrong."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from lxml import etree  # type: ignore[import-untyped]

XSD = "http://www.w3.org/2001/XMLSchema#"
_SPACE = "{http://www.w3.org/2005/sparql-results#}"
_LANGUAGE = "{http://www.w3.org/XML/1998/namespace}lang"
_TSV = re.compile(
    r"""<(?P<iri>[^>]*)> | _:(?P<bnode>\S+)
    | "(?P<text>(?:[^"\\]|\\.)*)"(?:@(?P<language>[A-Za-z0-9-]+)|\^\^<(?P<datatype>[^>]*)>)?
    | (?P<double>[+-]?(?:\d+\.?\d*|\.\d+)[eE][+-]?\d+) | (?P<decimal>[+-]?\d*\.\d+) | (?P<integer>[+-]?\d+)
    | (?P<boolean>true|false)""",
    re.VERBOSE,
)
_ESCAPE = re.compile(r"\\(?:u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|(.))")
_ESCAPED = {"t": "\t", "n": "\n", "r": "\r", "b": "\b", "f": "\f"}


@dataclass(frozen=True)
class Term:
    """Hold an RDF term.

    :param kind: iri, bnode, literal, or text: a cell of CSV, which says no more.
    :param datatype: of a literal, xsd:string among them; empty where it has a language.
    """

    kind: str
    value: str
    datatype: str = ""
    language: str = ""


@dataclass(frozen=True)
class Solutions:
    """Hold the answer of a SELECT, unbound variables left out of a row."""

    variables: tuple[str, ...]
    rows: tuple[dict[str, Term], ...]


Result = Solutions | bool


class Unreadable(ValueError):
    """A body that is not of the format that it should be of."""


def read(body: bytes, media_type: str) -> Result:
    """Read the answer of a SELECT or an ASK.

    :raises Unreadable: it is not of this format, or the format is none of results.
    """
    if media_type not in READERS:
        raise Unreadable(f"{media_type or 'no media type'} is no format of results")
    try:
        return READERS[media_type](body)
    except (ValueError, KeyError, TypeError, AttributeError, StopIteration, etree.XMLSyntaxError) as problem:
        raise Unreadable(f"the body is no {media_type}: {problem!r}") from None


def literal(value: str, datatype: str = "", language: str = "") -> Term:
    """Return a literal; one without datatype and language is a string, and language tags know no case."""
    return Term("literal", value, "" if language else datatype or f"{XSD}string", language.lower())


def _xml(body: bytes) -> Result:
    root = etree.fromstring(body, etree.XMLParser(resolve_entities=False, no_network=True))
    if root.tag != f"{_SPACE}sparql":
        raise ValueError(root.tag)
    boolean = root.find(f"{_SPACE}boolean")
    if boolean is not None:
        return _boolean((boolean.text or "").strip())
    variables = tuple(str(each.get("name")) for each in root.iterfind(f"{_SPACE}head/{_SPACE}variable"))
    found = root.find(f"{_SPACE}results")
    if found is None:
        raise ValueError("neither results nor boolean")
    rows = ({str(cell.get("name")): _xml_term(cell[0]) for cell in row} for row in found.iterfind(f"{_SPACE}result"))
    return Solutions(variables, tuple(rows))


def _xml_term(node: Any) -> Term:
    kind, text = node.tag.removeprefix(_SPACE), node.text or ""
    if kind == "literal":
        return literal(text, node.get("datatype", ""), node.get(_LANGUAGE, ""))
    return Term({"uri": "iri", "bnode": "bnode"}[kind], text)


def _json(body: bytes) -> Result:
    found = json.loads(body)
    if "boolean" in found:
        return _boolean(found["boolean"])
    rows = ({name: _json_term(cell) for name, cell in row.items()} for row in found["results"]["bindings"])
    return Solutions(tuple(found["head"]["vars"]), tuple(rows))


def _json_term(cell: dict[str, str]) -> Term:
    if cell["type"] in {"literal", "typed-literal"}:
        return literal(cell["value"], cell.get("datatype", ""), cell.get("xml:lang", ""))
    return Term({"uri": "iri", "bnode": "bnode"}[cell["type"]], cell["value"])


def _boolean(value: Any) -> bool:
    if value not in {True, False, "true", "false"}:
        raise ValueError(f"{value!r} is no boolean")
    return value in {True, "true"}


def _csv(body: bytes) -> Solutions:
    header, *lines = csv.reader(io.StringIO(body.decode("utf-8"), newline=""), strict=True)
    rows = []
    for cells in lines:
        # A row with one unbound variable is an empty line.
        pairs = zip(header, cells or [""], strict=True)
        rows.append({name: _csv_term(cell) for name, cell in pairs if cell})
    return Solutions(tuple(header), tuple(rows))


def _csv_term(cell: str) -> Term:
    return Term("bnode", cell[2:]) if cell.startswith("_:") else Term("text", cell)


def _tsv(body: bytes) -> Solutions:
    header, *lines = body.decode("utf-8").removesuffix("\n").split("\n")
    names = [cell.removeprefix("?") for cell in header.rstrip("\r").split("\t")] if header.strip() else []
    rows = []
    for line in lines:
        pairs = zip(names, line.rstrip("\r").split("\t"), strict=True) if names else ()
        rows.append({name: _tsv_term(cell) for name, cell in pairs if cell})
    return Solutions(tuple(names), tuple(rows))


def _tsv_term(cell: str) -> Term:
    found = _TSV.fullmatch(cell)
    if not found:
        raise ValueError(f"{cell!r} is no term")
    if found["iri"] is not None or found["bnode"] is not None:
        return Term("iri", found["iri"]) if found["bnode"] is None else Term("bnode", found["bnode"])
    if found["text"] is not None:
        return literal(_ESCAPE.sub(_unescaped, found["text"]), found["datatype"] or "", found["language"] or "")
    kind = next(kind for kind in ("double", "decimal", "integer", "boolean") if found[kind] is not None)
    return literal(cell, XSD + kind)


def _unescaped(found: re.Match[str]) -> str:
    digits = found[1] or found[2]
    return chr(int(digits, 16)) if digits else _ESCAPED.get(found[3], found[3])


READERS: dict[str, Callable[[bytes], Result]] = {
    "application/sparql-results+xml": _xml,
    "application/sparql-results+json": _json,
    "text/csv": _csv,
    "text/tab-separated-values": _tsv,
}
