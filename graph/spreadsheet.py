"""Read a table as its file holds it, CSV or the sheets of an Excel workbook, for whoever checks it: nothing is mended."""

from __future__ import annotations

import csv
import io
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from zipfile import BadZipFile

from graph.errors import DataError
from graph.files import read_bytes, read_text


@dataclass(frozen=True)
class Row:
    """Hold a row.

    :param number: its line in the file, or its row in the sheet, from 1.
    :param cells: text; a number, date or truth value where a workbook holds one; None where nothing is.
    """

    number: int
    cells: tuple[object, ...]


@dataclass(frozen=True)
class Table:
    """Hold a table.

    :param place: the file, and the sheet of a workbook.
    :param sheet: name of the sheet; empty for CSV.
    :param header: as it stands there.
    """

    place: str
    sheet: str
    header: tuple[str, ...]
    rows: tuple[Row, ...]


def read_csv(path: Path) -> Table:
    """Read a comma-separated file; blank lines are rows without cells.

    :raises DataError: it is missing, or not UTF-8, or not CSV.
    """
    reader = csv.reader(io.StringIO(read_text(path).removeprefix("\ufeff"), newline=""), strict=True)
    try:
        lines = [(reader.line_num, tuple(cells)) for cells in reader]
    except csv.Error as problem:
        where = f"{path}:{reader.line_num}"
        raise DataError(f"is not CSV: {problem}", where, "check the quotation marks around the cells there") from None
    header = lines[0][1] if lines else ()
    return Table(str(path), "", header, tuple(Row(number, cells) for number, cells in lines[1:]))


def read_workbook(path: Path) -> list[Table]:
    """Read the sheets of an Excel workbook, without its blank rows.

    :raises DataError: it is missing, or no workbook.
    """
    import openpyxl  # noqa: PLC0415 - takes a tenth of the time in which any command starts

    content = io.BytesIO(read_bytes(path))
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of what Excel adds beside the cells
            book = openpyxl.load_workbook(content, data_only=True)
    except (BadZipFile, KeyError, ValueError):
        raise DataError("is no Excel workbook", str(path), "save it as .xlsx and try again") from None
    return [
        _table(sheet.title, f"{path} sheet {sheet.title}", sheet.iter_rows(values_only=True))
        for sheet in book.worksheets
    ]


def _table(sheet: str, place: str, lines: Iterator[tuple[object, ...]]) -> Table:
    header = [text(cell) for cell in next(lines, ())]
    while header and not header[-1]:
        header.pop()
    rows = (Row(number, cells) for number, cells in enumerate(lines, 2))
    return Table(
        place, sheet, tuple(header), tuple(row for row in rows if any(text(cell).strip() for cell in row.cells))
    )


def text(cell: object) -> str:
    """Return what a cell shows: a whole number without a point, a date in ISO form with its time, nothing as empty text."""
    if isinstance(cell, datetime | date):
        return cell.isoformat()
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return "" if cell is None else str(cell)
