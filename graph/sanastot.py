"""The rules by which Sanastot, the Finnish terminology service, imports its simple Excel."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from graph.spreadsheet import Row, Table, text
from graph.tabular import LANGUAGE, Finding, cells_of, doubled, finding

STATUSES = ("INCOMPLETE", "DRAFT", "SUGGESTED", "VALID", "SUPERSEDED", "RETIRED", "INVALID")
COLUMNS = {
    **dict.fromkeys(("prefLabel", "altLabel", "notRecommendedSynonym", "definition", "note", "example"), True),
    **dict.fromkeys(("status", "related"), False),
}  # name -> whether it needs a language


def check_terms(table: Table) -> list[Finding]:
    """Hold the first sheet of a workbook against the rules of the simple Excel of Sanastot."""
    place, found = table.place, []
    names = [name.replace("\u00a0", "").strip() for name in table.header]
    for name in names:
        found += [replace(each, place=place) for each in _term_column(name)]
    found += doubled(place, names)
    labels = [name for name in names if name.startswith("prefLabel_")]
    if not labels:
        hint = "add prefLabel_fi, prefLabel_sv or prefLabel_en"
        found.append(Finding("header", place, 1, "prefLabel", "no column of a preferred term", hint))
    if found:
        return found
    clean = replace(table, header=tuple(names))
    for row in table.rows:
        found += _term(clean, row, cells_of(clean, row), labels)
    return found


def _term_column(name: str) -> Iterator[Finding]:
    column, *rest = name.split("_")
    if column not in COLUMNS:
        hint = f"use one of: {', '.join(COLUMNS)}; a language stands behind _"
        yield Finding("column", "", 1, name, "no column of this name is taken", hint)
    elif COLUMNS[column] and len(rest) != 1:
        yield Finding("column-language", "", 1, name, "the column has no language", f"write {column}_fi or the like")
    elif rest and not LANGUAGE.fullmatch(rest[0]):
        yield Finding("language", "", 1, name, f"{rest[0]!r} is no language code", f"write {column}_fi or the like")


def _term(table: Table, row: Row, cells: dict[str, str], labels: list[str]) -> Iterator[Finding]:
    for name, cell in zip(table.header, row.cells, strict=False):
        if cell is not None and not isinstance(cell, str):
            yield finding("text", table, row, name, f"{text(cell)} is no text", "format the cell as text")
    if not any(cells[name].replace("\u00a0", "").strip() for name in labels):
        yield finding("label", table, row, labels[0], "no preferred term in any language", "name the concept")
    for name in labels:
        if "\n" in cells[name].strip():
            hint = "leave one there and put the others into altLabel"
            yield finding("one-label", table, row, name, "two preferred terms in a cell would become one", hint)
    status = cells.get("status", "")
    if status and status.upper() not in STATUSES:
        hint = f"use one of: {', '.join(STATUSES)}"
        yield finding("status", table, row, "status", f"{status!r} would be taken as DRAFT", hint)
