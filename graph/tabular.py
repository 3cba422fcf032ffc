"""What checks of tables share: a finding, and the rules of a header and of its rows."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from graph.spreadsheet import Row, Table, text

LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z]{2,4})?")


@dataclass(frozen=True)
class Finding:
    """Hold what a registry would not take, or would take otherwise than it was meant.

    :param rule: short name of the rule.
    :param place: the file, and the sheet of a workbook.
    :param row: line of the file or row of the sheet; 1 is the header.
    :param column: its header; empty where it is the whole row.
    """

    rule: str
    place: str
    row: int
    column: str
    what: str
    hint: str

    def __str__(self) -> str:
        column = f" {self.column}:" if self.column else ""
        return f"{self.place}:{self.row}:{column} {self.what}\n  what to do: {self.hint}"


def finding(rule: str, table: Table, row: Row, column: str, what: str, hint: str) -> Finding:
    """Return a finding at a row."""
    return Finding(rule, table.place, row.number, column, what, hint)


def cells_of(table: Table, row: Row) -> dict[str, str]:
    """Return the cells of a row as text, by their headers."""
    padded = (*row.cells, *[None] * len(table.header))
    return {name: text(cell) for name, cell in zip(table.header, padded, strict=False)}


def header(table: Table, *needed: str) -> list[Finding]:
    """Return what is wrong with a header: columns that it lacks, or has twice."""
    # A sheet may have columns without a header; CSV may not.
    found = doubled(table.place, [name for name in table.header if name or not table.sheet])
    hint = "add it, in capitals"
    if len(table.header) == 1 and re.search("[;\t]", table.header[0]):
        hint = "save the file with commas between the cells (CSV UTF-8, comma delimited)"
    for name in needed:
        if name not in table.header:
            found.append(Finding("header", table.place, 1, name, "the column is missing", hint))
    return found


def doubled(place: str, names: list[str]) -> list[Finding]:
    """Return the columns that are there twice."""
    twice = dict.fromkeys(name for name in names if names.count(name) > 1)
    what, hint = "the column is there twice", "leave one of them out"
    return [Finding("duplicate-header", place, 1, name, what, hint) for name in twice]


def whole_rows(table: Table, found: list[Finding]) -> Iterator[tuple[Row, dict[str, str]]]:
    """Yield the rows that have all their cells; the others are findings."""
    for row in table.rows:
        if table.sheet or len(row.cells) >= len(table.header):
            yield row, cells_of(table, row)
            continue
        what = f"{len(row.cells)} cells where the header has {len(table.header)}" if row.cells else "the line is blank"
        found.append(finding("cells", table, row, "", what, "add the missing commas" if row.cells else "delete it"))
