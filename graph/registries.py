"""Check tables for the Finnish registries Koodistot and Sanastot as their importers would, before a person uploads them.

A finding is what an importer would refuse, or would silently take otherwise than it was meant (docs/vocabularies.md).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

from graph.errors import CallError
from graph.koodistot import check_codes, check_schemes
from graph.sanastot import COLUMNS, check_terms
from graph.spreadsheet import Table, read_csv, read_workbook
from graph.tabular import Finding, cells_of

SUFFIXES = frozenset({".csv", ".xlsx"})
_ONLY_SCHEMES = frozenset(
    "INFORMATIONDOMAIN ORGANIZATION LANGUAGECODE VERSION SOURCE LEGALBASE GOVERNANCEPOLICY CODESSHEET CUMULATIVE".split()
)


def check_file(path: Path) -> list[Finding]:
    """Hold a table against the rules of the registry that it is for, which its columns tell.

    :param path: CSV for Koodistot; a workbook for Koodistot or Sanastot.
    :raises CallError: neither registry has such columns.
    :raises DataError: the file cannot be read.
    """
    tables = [read_csv(path)] if path.suffix.lower() == ".csv" else read_workbook(path)
    if path.suffix.lower() == ".xlsx" and {"CodeSchemes", "Codes"} & {each.sheet for each in tables}:
        return check_workbook(tables)
    check = _check_for(tables[0]) if tables else None
    if not check:
        hint = "Koodistot takes columns such as CODEVALUE and STATUS, Sanastot prefLabel_fi and status"
        raise CallError("is no table for Koodistot or Sanastot", str(path), hint)
    found = check(tables[0])
    if check is check_terms and not tables[0].sheet:
        hint = "save it as an Excel workbook (.xlsx)"
        found.append(Finding("workbook", tables[0].place, 1, "", "Sanastot takes no CSV", hint))
    return found


def _check_for(table: Table) -> Callable[[Table], list[Finding]] | None:
    names = {name for cell in table.header for name in re.split(r"[;\t]", cell)}
    if any(name.strip().partition("_")[0] in COLUMNS for name in names):
        return check_terms
    if names & _ONLY_SCHEMES:
        return check_schemes
    coded = names & {"CODEVALUE", "BROADER", "STATUS"} or any(name.startswith("PREFLABEL_") for name in names)
    return check_codes if coded else None


def check_workbook(tables: list[Table]) -> list[Finding]:
    """Hold a workbook with the sheets CodeSchemes and Codes, or one of them, against the rules of Koodistot."""
    sheets = {each.sheet: each for each in tables}
    first = tables[0] if _check_for(tables[0]) is check_schemes else None
    schemes = sheets.get("CodeSchemes") or first
    if not schemes:
        return check_codes(sheets["Codes"])
    found, named = check_schemes(schemes), {}
    for row in schemes.rows:
        if name := cells_of(schemes, row).get("CODESSHEET"):
            named[name] = row.number
    for name, number in (named or {"Codes": 1}).items():
        table = sheets.get(name) or sheets.get("Codes")  # the importer falls back so, too
        if table:
            found += check_codes(table)
        elif named:
            what = f"no sheet {name!r} in the workbook"
            found.append(
                Finding("codes-sheet", schemes.place, number, "CODESSHEET", what, "name a sheet that is there")
            )
    return found
