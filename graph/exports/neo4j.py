"""The tables as a property graph: nodes and relationships for `neo4j-admin database import`, and a script for LOAD CSV.

Every node has the label Entity and an `id` that no other has, which is the end of its IRI (`model/tiimimalli`). A column that names another
thing is a relationship; the others are properties. A status is a property, since it says how and not what.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator
from functools import partial
from typing import BinaryIO

from graph.exports.base import Export, File, Source
from graph.exports.table import SEPARATOR, Cell, Column, Table, rows, tables

LABELS = {
    "regions": "Region|Place",
    "models": "PracticeModel",
    "adoptions": "Adoption",
    "claims": "Claim",
    "measures": "Measure",
    "projects": "Project",
    "programmes": "Programme",
    "organisations": "Organisation",
    "pages": "Page",
    "places": "Place",
}
_TYPES = {"integer": "int", "count": "int", "year": "int", "decimal": "double", "date": "date", "boolean": "boolean"}
_READ = {"int": "toInteger({})", "double": "toFloat({})", "date": "date({})", "boolean": "toBoolean({})"}
_REPORTED = "current_status first_reported last_reported claims pages".split()


def files(source: Source) -> list[File]:
    """Return a file of nodes for each table, two of relationships, and the script that loads them."""
    nodes = [File(f"neo4j/{name}.csv", "text/csv", partial(_nodes, source, name)) for name in LABELS]
    return [
        *nodes,
        File("neo4j/relationships.csv", "text/csv", partial(_relationships, source)),
        File("neo4j/reported_in.csv", "text/csv", partial(_reported_in, source)),
        File("neo4j/load.cypher", "application/x-cypher-query", partial(_script, source)),
    ]


def _tables(source: Source) -> Iterator[Table]:
    return (each for each in tables(source) if each.name in LABELS)


def _find(source: Source, name: str) -> Table:
    return next(each for each in _tables(source) if each.name == name)


def _links(column: Column) -> bool:
    return column.space.startswith("id/") and not column.space.startswith("id/scheme/")


def _properties(table: Table) -> list[Column]:
    return [column for column in table.columns[1:] if not _links(column)]


def _header(column: Column) -> str:
    return f"{column.name}:{_TYPES.get(column.datatype, 'string')}{'[]' if column.many else ''}"


def _named(space: str, cell: str) -> str:
    return space.removeprefix("id/") + cell


def _type(column: Column) -> str:
    """Return the type of a relationship: the property's name, or the column's where the graph has none."""
    local = column.term.partition(":")[2] or column.name
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", local).upper()


def _write(out: BinaryIO, lines: Iterable[Iterable[Cell]]) -> None:
    text = io.TextIOWrapper(out, encoding="utf-8", newline="", write_through=True)
    writer = csv.writer(text, lineterminator="\n")
    for line in lines:
        writer.writerow(SEPARATOR.join(cell) if isinstance(cell, list) else cell for cell in line)
    text.detach()


# ---- files ----


def _nodes(source: Source, name: str, out: BinaryIO) -> None:
    table = _find(source, name)
    kept = [column in _properties(table) for column in table.columns]

    def lines() -> Iterator[list[Cell]]:
        yield ["id:ID", *(_header(column) for column in _properties(table)), ":LABEL"]
        for row in rows(source, table):
            node = _named(table.space, str(row[0]))
            if name == "places" and node.startswith("region/"):  # is in regions.csv
                continue
            cells = [cell for cell, keep in zip(row, kept, strict=True) if keep]
            yield [node, *cells, f"{LABELS[name]}|Entity"]

    _write(out, lines())


def _relationships(source: Source, out: BinaryIO) -> None:
    def lines() -> Iterator[list[Cell]]:
        yield [":START_ID", ":END_ID", ":TYPE"]
        for table in _tables(source):
            for row in rows(source, table):
                start = _named(table.space, str(row[0]))
                if table.name == "places" and start.startswith("region/"):
                    continue
                for column, cell in zip(table.columns[1:], row[1:], strict=True):
                    if _links(column) and cell:
                        ends = cell if isinstance(cell, list) else [cell]
                        for end in ends:
                            yield [start, _named(column.space, end), _type(column)]

    _write(out, lines())


def _reported_in(source: Source, out: BinaryIO) -> None:
    """Write a relationship from model to region for each adoption, so that a question of both needs one step."""
    table = _find(source, "adoptions")
    place = {column.name: number for number, column in enumerate(table.columns)}

    def lines() -> Iterator[list[Cell]]:
        yield [
            ":START_ID",
            ":END_ID",
            ":TYPE",
            "adoption:string",
            *(_header(table.columns[place[each]]) for each in _REPORTED),
        ]
        for row in rows(source, table):
            ends = f"model/{row[place['model']]}", f"region/{row[place['region']]}"
            yield [*ends, "REPORTED_IN", row[0], *(row[place[each]] for each in _REPORTED)]

    _write(out, lines())


# ---- LOAD CSV ----


def _script(source: Source, out: BinaryIO) -> None:
    found = list(_tables(source))
    types = sorted({_type(column) for table in found for column in table.columns[1:] if _links(column)})
    reported = _find(source, "adoptions").columns
    parts = [
        "// Load the CSV files of this folder, put into Neo4j's import folder, into an empty database.",
        "CREATE CONSTRAINT entity_id IF NOT EXISTS FOR (n:Entity) REQUIRE n.id IS UNIQUE;",
        *(_create_nodes(table) for table in found),
        *(_create_relationships("relationships.csv", each, "") for each in types),
        _create_relationships(
            "reported_in.csv",
            "REPORTED_IN",
            ", ".join(
                ["adoption: row['adoption:string']", *(_read(each) for each in reported if each.name in _REPORTED)]
            ),
        ),
    ]
    out.write(("\n\n".join(parts) + "\n").encode())


def _create_nodes(table: Table) -> str:
    values = ", ".join(["id: row['id:ID']", *(_read(column) for column in _properties(table))])
    labels = ":".join([*LABELS[table.name].split("|"), "Entity"])
    return f"LOAD CSV WITH HEADERS FROM 'file:///{table.name}.csv' AS row\nCREATE (:{labels} {{{values}}});"


def _read(column: Column) -> str:
    cell = f"row['{_header(column)}']"
    if column.many:
        return f"{column.name}: split({cell}, '{SEPARATOR}')"
    return f"{column.name}: {_READ.get(_TYPES.get(column.datatype, ''), '{}').format(cell)}"


def _create_relationships(file: str, kind: str, values: str) -> str:
    properties = f" {{{values}}}" if values else ""
    return (
        f"LOAD CSV WITH HEADERS FROM 'file:///{file}' AS row\nWITH row WHERE row[':TYPE'] = '{kind}'\n"
        "MATCH (source:Entity {id: row[':START_ID']}), (target:Entity {id: row[':END_ID']})\n"
        f"CREATE (source)-[:{kind}{properties}]->(target);"
    )


EXPORTS = (Export("neo4j", files),)
