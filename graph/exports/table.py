"""The tables of the exports: what mappings/tables says of each, and its rows.

A table is a query (`<table>.rq`, whose header names its key and what it is of) over columns that `columns.csv` defines once for all
tables. CSV, CSVW, Parquet and the files for Neo4j are made from this alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import islice

from graph.errors import DataError, OntologyError
from graph.exports.base import Source
from graph.files import read_table, read_text
from graph.names import Names
from graph.settings import ROOT

FOLDER = ROOT / "mappings" / "tables"
NAMES = "regions models adoptions claims measures projects programmes organisations pages places statuses".split()
LANGUAGES = ("fi", "sv", "en")
SEPARATOR = "|"
# Subjects of one query: enough to make its parsing cheap, few enough to keep its answer small.
_BLOCK = 500
_HEADER = re.compile(r"^#\+ ([a-z-]+): (.*)$", re.MULTILINE)
_SELECTED = re.compile(r"^SELECT DISTINCT ([^{]*?)\s*WHERE \{", re.MULTILINE)
Cell = str | list[str] | None


@dataclass(frozen=True)
class Column:
    """Describe a column.

    :param datatype: string, integer, decimal, date, year, boolean, anyURI, or count: how many values the query gives.
    :param many: a cell holds several values.
    :param space: what stands in an IRI between the base and the cell; empty where the cell is no name.
    :param refers_to: table whose key the values are.
    :param term: prefixed name, `@` and a language behind it; empty where the graph has no such statement.
    :param about: the IRI, below the base, of what it is a property of; empty for what the row is about.
    :param title: language -> name.
    :param description: language -> what the values mean.
    :param required: no row is without a value.
    """

    name: str
    datatype: str
    many: bool
    space: str
    refers_to: str
    term: str
    about: str
    title: dict[str, str]
    description: dict[str, str]
    required: bool = False

    @property
    def language(self) -> str:
        """Return the language of the values; empty where they have none."""
        return self.term.partition("@")[2]

    @property
    def variable(self) -> str:
        """Return the variable of the query that gives the values: `label` for `label_fi`."""
        return self.name.removesuffix(f"_{self.language}") if self.language else self.name


@dataclass(frozen=True)
class Table:
    """Describe a table.

    :param key: name of the column that tells its rows apart, the first one.
    :param rows: pattern of a query that gives the key of each row.
    :param query: gives the cells; several solutions of one key are one row.
    """

    name: str
    key: str
    rows: str
    query: str
    columns: tuple[Column, ...]
    title: dict[str, str]
    description: dict[str, str]

    @property
    def space(self) -> str:
        """Return what stands between the base and the key in the IRI of a row."""
        return self.columns[0].space


def tables(source: Source) -> tuple[Table, ...]:
    """Return the tables, with titles and descriptions in three languages.

    :raises OntologyError: a definition is wrong.
    """
    return source.once(_tables)


def _tables(source: Source) -> tuple[Table, ...]:
    known = _columns(source)
    return tuple(_table(name, known, source.names) for name in NAMES)


def rows(source: Source, table: Table) -> Iterator[tuple[Cell, ...]]:
    """Yield the rows of a table by their keys; memory grows with the number of rows alone, not with what is in them.

    Of several values of a cell that holds one, the smallest counts: the earliest day.

    :raises DataError: a value of a cell of several holds what separates them.
    """
    found = source.select(f"SELECT DISTINCT ?{table.key} {{ {table.rows} }} ORDER BY STR(?{table.key})")
    keys = iter([row[table.key].value for row in found])
    while block := list(islice(keys, _BLOCK)):
        values = " ".join(f"<{iri}>" for iri in block)
        query = table.query.replace("WHERE {", f"WHERE {{ VALUES ?{table.key} {{ {values} }}", 1)
        cells: dict[str, list[set[str]]] = {iri: [set() for _ in table.columns] for iri in block}
        for solution in source.select(query):
            for held, column in zip(cells[solution[table.key].value], table.columns, strict=True):
                term = solution.get(column.variable)
                if term and (not column.language or column.language == getattr(term, "language", "")):
                    held.add(term.value)
        for iri, row in cells.items():
            row[1] = {iri}
            yield tuple(_cell(column, held, source.names) for column, held in zip(table.columns, row, strict=True))


def _cell(column: Column, values: set[str], names: Names) -> Cell:
    if column.datatype == "count":
        return str(len(values))
    short = sorted(value.removeprefix(names.base + column.space) if column.space else value for value in values)
    if not column.many:
        return short[0] if short else None
    for value in short:
        if SEPARATOR in value:
            raise DataError(
                f"{value!r} holds {SEPARATOR}, which separates values", column.name, "write the name without it"
            )
    return short


def _table(name: str, known: Mapping[str, Column], names: Names) -> Table:
    path = FOLDER / f"{name}.rq"
    text = names.rebase(read_text(path, OntologyError))
    head, selected = dict(_HEADER.findall(text)), _SELECTED.search(text)
    if not selected or not {"key", "rows", "title-en", "description-en"} <= head.keys():
        raise OntologyError(
            "is no table", f"tables/{path.name}", "it needs key, rows, titles and SELECT DISTINCT … WHERE {"
        )
    named = [each.removeprefix("?") for each in selected[1].split()]
    by_variable: dict[str, list[Column]] = {}
    for each in known.values():
        if not each.language or each.language in head.get("languages", "fi sv en"):
            by_variable.setdefault(each.variable, []).append(each)
    unknown = [each for each in named if each not in by_variable]
    if unknown or named[0] != head["key"]:
        raise OntologyError(
            f"columns {', '.join(unknown) or named[0]} are not known", f"tables/{path.name}", "add them to columns.csv"
        )
    key = replace(known[named[0]], description=known["key"].description, term="")
    required = {head["key"], "iri", *head.get("required", "").split()}
    columns = [key, known["iri"], *(column for each in named[1:] for column in by_variable[each])]
    return Table(
        name,
        head["key"],
        head["rows"],
        text,
        tuple(replace(each, required=each.name in required or each.datatype == "count") for each in columns),
        {language: head[f"title-{language}"] for language in LANGUAGES},
        {language: head[f"description-{language}"] for language in LANGUAGES},
    )


def _columns(source: Source) -> dict[str, Column]:
    """Return the columns by name, their texts from the ontology where the table gives none."""
    of_terms = _texts(source)
    found: dict[str, Column] = {}
    for line, row in read_table(FOLDER / "columns.csv", ["name", "datatype", "space", "property"], OntologyError):
        term = of_terms.get(row["property"], {})
        texts = {
            what: {language: row[f"{what}_{language}"] or term.get((what, language), "") for language in LANGUAGES}
            for what in ("title", "description")
        }
        if not all(texts["title"].values()) and row["name"] != "key":
            raise OntologyError(
                f"{row['name']} has no title", f"tables/columns.csv:{line}", "write one in fi, sv and en"
            )
        datatype = row["datatype"].removesuffix("[]")
        found[row["name"]] = Column(
            row["name"], datatype, row["datatype"] != datatype, row["space"], row["refers_to"], row["property"],
            row["about"], texts["title"], texts["description"],
        )  # fmt: skip
    return found


def _texts(source: Source) -> dict[str, dict[tuple[str, str], str]]:
    """Return the labels and definitions of the ontology's terms: `lev:spread` -> (title or description, language)."""
    query = """SELECT ?term ?label ?definition { ?term rdfs:isDefinedBy ?ontology ; rdfs:label ?label ;
        skos:definition ?definition FILTER(LANG(?label) = LANG(?definition)) } ORDER BY STR(?term) ?label ?definition"""
    found: dict[str, dict[tuple[str, str], str]] = {}
    for row in source.select(query):
        texts = found.setdefault(f"lev:{row['term'].value.removeprefix(source.names.ontology)}", {})
        for what in ("label", "definition"):
            term = row[what]
            texts["title" if what == "label" else "description", getattr(term, "language", "") or ""] = term.value
    return found
