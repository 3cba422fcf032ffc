"""The answer of a question as a page shows it: one column for a thing and its label, and each value as a person would write it.

The queries write labels in Finnish, so that an answer is the same file for everybody. A page asks for the things themselves too, and
shows their labels in its own language.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

from graph.names import Names
from graph.questions import Question
from graph.store import Rows, Term
from graph.variables import LABEL
from graph.views import STATUSES, Named

XSD = "http://www.w3.org/2001/XMLSchema#"
_KINDS = {
    **dict.fromkeys(
        ("integer", "decimal", "double", "float", "nonNegativeInteger", "positiveInteger", "int"), "number"
    ),
    **dict.fromkeys(("date", "dateTime"), "date"),
    "gYear": "year",
    "boolean": "truth",
    "anyURI": "address",
}
_PROJECTION = re.compile(r"\bSELECT\b(?P<variables>.*?)(?=\s*\bWHERE\b)", re.DOTALL | re.IGNORECASE)
_GROUPS = re.compile(r"^GROUP BY [^\n]*", re.MULTILINE)
_COMMENT = re.compile(r"(?m)(?:^|\s)#\s.*$")  # a # in an IRI has no space around it


@dataclass(frozen=True)
class Column:
    """Hold a column.

    :param kind: of its values: thing, status, number, date, year, truth, address or text.
    """

    name: str
    title: str
    kind: str


@dataclass(frozen=True)
class Cell:
    """Hold a cell.

    :param term: as the query gave it.
    :param named: the thing behind a label or an IRI; None for any other value.
    :param status: notation of the status that it is.
    """

    term: Term
    kind: str
    named: Named | None = None
    status: str = ""

    @property
    def number(self) -> float:
        """Return the value of a number."""
        return float(self.term.value)


@dataclass(frozen=True)
class Answer:
    """Hold an answer.

    :param rows: those that are shown; a cell is None where the query gave no value.
    :param count: how many rows there are.
    """

    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell | None, ...], ...]
    count: int


def widened(question: Question) -> Question:
    """Return a question that gives the thing behind every label too: `?place` beside `?placeLabel`.

    Its other columns and its rows stay the same, for a label belongs to one thing of a row.
    """
    found = _PROJECTION.search(question.query)
    if not found:
        return question
    selected = found["variables"]
    text = _COMMENT.sub("", question.query[found.end() :])
    wanted = [name.removesuffix(LABEL) for name in re.findall(rf"\?(\w+{LABEL})\b", selected)]
    missing = [
        name for name in dict.fromkeys(wanted) if not re.search(rf"\?{name}\b", selected) and _mentions(text, name)
    ]
    if not missing:
        return question
    more = "".join(f" ?{name}" for name in missing)
    query = question.query[: found.end()] + more + question.query[found.end() :]
    groups = list(_GROUPS.finditer(query))
    if groups:
        end = groups[-1].end()
        grouped = "".join(f" ?{name}" for name in missing if not _mentions(groups[-1][0], name))
        query = query[:end] + grouped + query[end:]
    return replace(question, query=query)


def answer(rows: Rows, named: Mapping[str, Named], titles: Mapping[str, str], names: Names, shown: int) -> Answer:
    """Return an answer for a page.

    :param rows: of the widened question.
    :param named: labels of the things in the rows.
    :param titles: variable -> what the page calls it.
    :param shown: how many rows at most.
    """
    pairs = {name: name.removesuffix(LABEL) for name in rows.variables if name.endswith(LABEL)}
    things = {thing for thing in pairs.values() if thing in rows.variables}
    kept = [name for name in rows.variables if name not in things]
    cells = tuple(
        tuple(_cell(row, name, pairs.get(name, ""), named, names) for name in kept) for row in rows.rows[:shown]
    )
    kinds = [next((cell.kind for row in cells if (cell := row[at])), "text") for at in range(len(kept))]
    columns = tuple(Column(name, titles.get(name, name), kind) for name, kind in zip(kept, kinds, strict=True))
    return Answer(columns, cells, len(rows.rows))


def _cell(row: Mapping[str, Term], name: str, thing: str, named: Mapping[str, Named], names: Names) -> Cell | None:
    term = row.get(name)
    if term is None:
        return None
    iri = row.get(thing, term)
    if iri.kind != "iri":
        return Cell(term, _KINDS.get(term.datatype.removeprefix(XSD), "text"))
    found = named.get(iri.value)
    if found and not found.language and term.kind == "literal":
        found = replace(found, label=term.value, language=term.language or "fi")  # what the query made of its IRI
    if found is None or not names.local(iri.value):
        return Cell(iri, "address", found)
    notation = iri.value.removeprefix(names.thing("scheme", "status/"))
    return Cell(term, "status", found, notation) if notation in STATUSES else Cell(term, "thing", found)


def _mentions(text: str, name: str) -> bool:
    return re.search(rf"\?{name}\b", text) is not None
