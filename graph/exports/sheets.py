"""Write a table of text as CSV or as sheets of an Excel workbook, the same bytes for the same rows."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import partial
from typing import BinaryIO, TypeAlias

import xlsxwriter

from graph.exports.base import File, Source

CSV = "text/csv"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_WIDTH = 30

Cells: TypeAlias = Sequence[Sequence[str]]


def csv_file(path: str, cells: Cells) -> File:
    """Return a table as a file of comma-separated values in UTF-8.

    :param cells: the header, then the rows.
    """
    return File(path, CSV, partial(_write_csv, cells))


def _write_csv(cells: Cells, out: BinaryIO) -> None:
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\n").writerows(cells)
    out.write(text.getvalue().encode("utf-8"))


def workbook(path: str, sheets: dict[str, Cells], source: Source) -> File:
    """Return tables as the sheets of a workbook. Every cell is text, and it was made when the snapshot was.

    :param sheets: name of a sheet -> the header, then the rows.
    """
    return File(path, XLSX, partial(_write_workbook, sheets, source.snapshot.manifest["made"]))


def _write_workbook(sheets: dict[str, Cells], made: str, out: BinaryIO) -> None:
    book = xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    book.set_properties({"created": datetime.strptime(made, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)})
    bold = book.add_format({"bold": True})
    wrapped = book.add_format({"text_wrap": True, "valign": "top"})
    for name, cells in sheets.items():
        sheet = book.add_worksheet(name)
        sheet.freeze_panes(1, 0)
        sheet.set_column(0, len(cells[0]) - 1, _WIDTH)
        for row, line in enumerate(cells):
            for column, value in enumerate(line):
                if value:  # a cell that holds an empty text is not empty for every reader
                    sheet.write_string(row, column, value, wrapped if row else bold)
    book.close()
