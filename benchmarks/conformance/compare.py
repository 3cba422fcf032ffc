"""Compare answers with expected ones: solutions as multisets up to the names of blank nodes, graphs up to isomorphism.

Terms are compared as they are written; `by_value` lets numbers and booleans of one datatype be written in other ways (2.0 and 2.00,
0 and false), for the suite does not ask for one form of them. What passes in that way alone is named in the report.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from decimal import Decimal, InvalidOperation

import rdflib
from rdflib import BNode, Graph, Literal, URIRef
from rdflib.compare import isomorphic
from rdflib.term import Node

from benchmarks.conformance.results import XSD, Result, Solutions, Term

INTEGERS = {
    XSD + name
    for name in """integer long int short byte nonNegativeInteger positiveInteger nonPositiveInteger negativeInteger
    unsignedLong unsignedInt unsignedShort unsignedByte""".split()
}
FLOATS = {f"{XSD}double", f"{XSD}float"}
BOOLEANS = {"0": "false", "1": "true"}
_NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?")
_SHOWN = 3
Row = tuple[Term | None, ...]


def difference(expected: Result, found: Result, *, ordered: bool = False, by_value: bool = False) -> str:
    """Say how an answer differs from the expected one; nothing where it does not.

    :param ordered: the rows have to come in the same order.
    :param by_value: see above.
    """
    if isinstance(expected, bool) or isinstance(found, bool):
        return "" if expected is found else f"{_kind(found)} where {_kind(expected)} is expected"
    if set(expected.variables) != set(found.variables):
        return f"variables {_listed(found.variables)} where {_listed(expected.variables)} are expected"
    if len(expected.rows) != len(found.rows):
        return f"{len(found.rows)} rows where {len(expected.rows)} are expected"
    names = sorted(expected.variables)
    wanted, given = _rows(expected, names, by_value=by_value), _rows(found, names, by_value=by_value)
    if ordered:
        return "" if _in_order(wanted, given) else f"other rows, or another order: {_shown(wanted, given)}"
    return "" if _same_rows(wanted, given) else f"other rows: {_shown(wanted, given)}"


def graph_difference(expected: Graph, found: Graph, *, by_value: bool = False) -> str:
    """Say how a graph differs from the expected one; nothing where they are isomorphic."""
    if by_value:
        expected, found = _valued(expected), _valued(found)
    if isomorphic(expected, found):
        return ""
    return f"another graph: {len(found)} triples where {len(expected)} are expected, or others"


@contextmanager
def as_written() -> Iterator[None]:
    """Let rdflib keep literals as they are written, where it would write 01 as 1."""
    before, rdflib.NORMALIZE_LITERALS = rdflib.NORMALIZE_LITERALS, False
    try:
        yield
    finally:
        rdflib.NORMALIZE_LITERALS = before


def value(text: str, datatype: str) -> str:
    """Return a number or boolean in one form for all that have its value; what is none of the datatype as it is."""
    try:
        if datatype in INTEGERS and re.fullmatch(r"[+-]?\d+", text):
            return str(int(text))
        if datatype == f"{XSD}decimal":
            return f"{Decimal(text).normalize():f}"
        if datatype == f"{XSD}boolean":
            return BOOLEANS.get(text, text)
        return repr(float(text)) if datatype in FLOATS else text
    except (ValueError, InvalidOperation):
        return text


def _kind(answer: Result) -> str:
    return str(answer).lower() if isinstance(answer, bool) else "a table"


def _listed(names: Sequence[str]) -> str:
    return " ".join(f"?{name}" for name in names) or "none"


def _rows(solutions: Solutions, names: list[str], *, by_value: bool) -> list[Row]:
    return [tuple(_term(row.get(name), by_value=by_value) for name in names) for row in solutions.rows]


def _term(term: Term | None, *, by_value: bool) -> Term | None:
    if term is None or not by_value:
        return term
    if term.kind == "text" and _NUMBER.fullmatch(term.value):
        return replace(term, value=value(term.value, f"{XSD}double"))
    return replace(term, value=value(term.value, term.datatype)) if term.kind == "literal" else term


def _same_rows(wanted: list[Row], given: list[Row]) -> bool:
    ground, other = (Counter(row for row in rows if not _blank(row)) for rows in (wanted, given))
    if ground != other:
        return False
    left = [row for row in given if _blank(row)]
    return _matched([row for row in wanted if _blank(row)], left, {})


def _blank(row: Row) -> bool:
    return any(term is not None and term.kind == "bnode" for term in row)


def _matched(wanted: list[Row], given: list[Row], names: dict[str, str]) -> bool:
    """Tell whether blank nodes can be named so that the rows are the same; every way is tried."""
    if not wanted:
        return not given
    for place, row in enumerate(given):
        more = _named(wanted[0], row, names)
        if more is not None and _matched(wanted[1:], given[:place] + given[place + 1 :], more):
            return True
    return False


def _named(wanted: Row, given: Row, names: dict[str, str]) -> dict[str, str] | None:
    """Return the names of blank nodes with those that make two rows the same, None where nothing does."""
    more = dict(names)
    for left, right in zip(wanted, given, strict=True):
        if left is None or right is None or left.kind != "bnode" or right.kind != "bnode":
            if left != right:
                return None
        elif left.value not in more and right.value not in more.values():
            more[left.value] = right.value
        elif more.get(left.value) != right.value:
            return None
    return more


def _in_order(wanted: list[Row], given: list[Row]) -> bool:
    names: dict[str, str] = {}
    for left, right in zip(wanted, given, strict=True):
        more = _named(left, right, names)
        if more is None:
            return False
        names = more
    return True


def _shown(wanted: list[Row], given: list[Row]) -> str:
    lacking = _texts(row for row in wanted if row not in given)
    surplus = _texts(row for row in given if row not in wanted)
    return f"lacks {lacking}, has {surplus}"


def _texts(rows: Iterable[Row]) -> str:
    """Return some rows as text, the same at every run: in an order of their own, and without names of blank nodes."""
    texts = sorted(" | ".join(_text(term) for term in row) for row in rows)
    return "; ".join(texts[:_SHOWN]) or "nothing"


def _text(term: Term | None) -> str:
    if term is None or term.kind == "bnode":
        return "-" if term is None else "_:"
    kind = term.datatype.removeprefix(XSD)
    mark = f"@{term.language}" if term.language else "" if kind in {"", "string"} else f"^^{kind}"
    return term.value + mark


def _valued(graph: Graph) -> Graph:
    valued = Graph()
    with as_written():
        for subject, predicate, each in graph:
            valued.add((subject, predicate, _valued_term(each)))
    return valued


def _valued_term(term: Node) -> Node:
    if isinstance(term, Literal) and term.datatype:
        return Literal(value(str(term), str(term.datatype)), datatype=term.datatype)
    assert isinstance(term, BNode | URIRef | Literal)  # noqa: S101
    return term
