"""The tables as CSV with a CSVW description, and as Parquet: each written row by row from its one definition."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterator
from datetime import date
from functools import partial
from itertools import islice
from typing import Any, BinaryIO

from graph.exports.base import Export, File, Source
from graph.exports.table import LANGUAGES, NAMES, SEPARATOR, Cell, Column, Table, rows, tables

CSVW = "http://www.w3.org/ns/csvw"
# The name by which CSVW's rules for finding metadata look for it beside a CSV file.
METADATA = "csv-metadata.json"
_ROW_GROUP = 20_000
_CSVW_TYPES = {"count": "integer", "year": "gYear"}
_READ: dict[str, Callable[[str], object]] = {
    "integer": int, "count": int, "year": int, "decimal": float, "date": date.fromisoformat,
    "boolean": lambda text: text == "true", "string": str, "anyURI": str,
}  # fmt: skip


def csv_files(source: Source) -> list[File]:
    """Return a CSV file for each table, and their description."""
    files = [File(f"csv/{name}.csv", "text/csv", partial(_write_csv, source, name)) for name in NAMES]
    described = File(f"csv/{METADATA}", "application/csvm+json", lambda out: _write_metadata(source, out), profile=CSVW)
    return [*files, described]


def parquet_files(source: Source) -> list[File]:
    """Return a Parquet file for each table."""
    media_type = "application/vnd.apache.parquet"
    return [File(f"parquet/{name}.parquet", media_type, partial(_write_parquet, source, name)) for name in NAMES]


def find(source: Source, name: str) -> Table:
    """Return the table of a name."""
    return next(each for each in tables(source) if each.name == name)


def _write_csv(source: Source, name: str, out: BinaryIO) -> None:
    table = find(source, name)
    text = io.TextIOWrapper(out, encoding="utf-8", newline="", write_through=True)
    writer = csv.writer(text)  # commas, double quotes, CR LF: RFC 4180
    writer.writerow(column.name for column in table.columns)
    for row in rows(source, table):
        writer.writerow(SEPARATOR.join(cell) if isinstance(cell, list) else cell for cell in row)
    text.detach()


# ---- CSVW ----


def _write_metadata(source: Source, out: BinaryIO) -> None:
    out.write(json.dumps(metadata(source), ensure_ascii=False, indent=1).encode() + b"\n")


def metadata(source: Source) -> dict[str, Any]:
    """Return the CSVW description of all tables."""
    known = tables(source)
    settings = source.settings
    return {
        "@context": [CSVW, {"@language": "en"}],
        "dc:title": {"fi": "Levikin taulukot", "sv": "Levikkis tabeller", "en": "Tables of Levikki"},
        "dc:license": {"@id": settings.licence},
        "dc:publisher": settings.publisher_name,
        "dc:issued": {"@value": str(source.snapshot.manifest["made"]), "@type": "xsd:dateTime"},
        "dc:hasVersion": source.snapshot.name,
        "tables": [_described(source, each, known) for each in known],
    }


def _described(source: Source, table: Table, known: tuple[Table, ...]) -> dict[str, Any]:
    keys = {each.name: each.key for each in known}
    references = [column for column in table.columns[1:] if column.refers_to and column.required]
    return {
        "url": f"{table.name}.csv",
        "dc:title": table.title,
        "dc:description": table.description,
        "tableSchema": {
            "aboutUrl": f"{source.names.base}{table.space}{{+{table.key}}}",
            "columns": [_column(source, column) for column in table.columns],
            "primaryKey": table.key,
            "foreignKeys": [
                {
                    "columnReference": column.name,
                    "reference": {"resource": f"{column.refers_to}.csv", "columnReference": keys[column.refers_to]},
                }
                for column in references
            ],
        },
    }


def _column(source: Source, column: Column) -> dict[str, Any]:
    """Return the description of a column; what the graph has no such statement of, a CSVW processor leaves out."""
    term = column.term.partition("@")[0]
    prefix, _, local = term.partition(":")
    found: dict[str, Any] = {
        "name": column.name,
        "titles": {"und": column.name},
        "dc:title": column.title,
        "dc:description": column.description,
        "datatype": _CSVW_TYPES.get(column.datatype, column.datatype),
        "required": column.required,
    }
    if column.many:
        found["separator"] = SEPARATOR
    if column.language:
        found["lang"] = column.language
    if not term:
        return {**found, "suppressOutput": True}
    found["propertyUrl"] = source.names.prefixes()[prefix] + local
    if column.about:
        found["aboutUrl"] = _template(source.names.base + column.about)
    if column.space:
        found["valueUrl"] = f"{source.names.base}{column.space}{{+{column.name}}}"
    return found


def _template(text: str) -> str:
    return text.replace("{", "{+")


# ---- Parquet ----


def _write_parquet(source: Source, name: str, out: BinaryIO) -> None:
    import pyarrow as pa  # noqa: PLC0415 - half a second and 50 MB that the server, which lists exports, does without
    import pyarrow.parquet as pq  # noqa: PLC0415

    table = find(source, name)
    schema = pa.schema(
        [
            pa.field(each.name, _type(pa, each), nullable=not each.required, metadata=_texts(each))
            for each in table.columns
        ],
        metadata={**_texts(table), "licence": source.settings.licence, "release": source.snapshot.name},
    )
    found = rows(source, table)
    with pq.ParquetWriter(out, schema, compression="zstd") as writer:
        while group := list(islice(found, _ROW_GROUP)):
            columns = [
                list(_values(cells, each)) for cells, each in zip(zip(*group, strict=True), table.columns, strict=True)
            ]
            arrays = [pa.array(values, field.type) for values, field in zip(columns, schema, strict=True)]
            writer.write_table(pa.Table.from_arrays(arrays, schema=schema), row_group_size=_ROW_GROUP)


def _type(pa: Any, column: Column) -> Any:
    types = {
        "integer": pa.int32(), "count": pa.int32(), "year": pa.int16(), "decimal": pa.float64(), "date": pa.date32(),
        "boolean": pa.bool_(),
    }  # fmt: skip
    found = types.get(column.datatype, pa.string())
    return pa.list_(found) if column.many else found


def _values(cells: tuple[Cell, ...], column: Column) -> Iterator[object]:
    read = _READ[column.datatype]
    for cell in cells:
        yield [read(each) for each in cell] if isinstance(cell, list) else None if cell is None else read(cell)


def _texts(described: Column | Table) -> dict[str, str]:
    texts = {f"title_{language}": described.title[language] for language in LANGUAGES}
    return texts | {f"description_{language}": described.description[language] for language in LANGUAGES}


EXPORTS = (Export("csv", csv_files), Export("parquet", parquet_files))
