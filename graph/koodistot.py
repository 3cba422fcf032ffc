"""The rules by which Koodistot, the Finnish code list service, imports code lists and codes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from uuid import UUID

from graph.spreadsheet import Row, Table
from graph.tabular import LANGUAGE, Finding, finding, header, whole_rows

STATUSES = ("INCOMPLETE", "DRAFT", "SUBMITTED", "VALID", "SUPERSEDED", "RETIRED", "INVALID")
_CODE_VALUE = re.compile(r"[a-zA-Z0-9_\-.+&#*]*")
_SCHEME_VALUE = re.compile(r"[a-zA-Z0-9_\-]*")
_TOP_CLASS = re.compile(r"P([1-9]|1\d|2[0-7])", re.IGNORECASE)
_NUMBER = re.compile(r"[+-]?\d+")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


def check_schemes(table: Table) -> list[Finding]:
    """Hold a table of code lists against the rules of Koodistot."""
    found = header(table, "CODEVALUE", "INFORMATIONDOMAIN", "STATUS")
    labels = [name for name in table.header if name.startswith("PREFLABEL_")]
    if not labels:
        hint = "add PREFLABEL_FI, PREFLABEL_SV or PREFLABEL_EN"
        found.append(Finding("header", table.place, 1, "PREFLABEL_", "no column of a label", hint))
    if found:  # no row can be read reliably
        return found
    taken: set[str] = set()
    for row, cells in whole_rows(table, found):
        found += _coded(table, row, cells, _SCHEME_VALUE, "letters, digits, _ and -", taken)
        if not any(cells[name] for name in labels):
            found.append(finding("label", table, row, labels[0], "no label in any language", "name the list"))
        found += _domains(table, row, cells["INFORMATIONDOMAIN"])
        for code in filter(None, cells.get("LANGUAGECODE", "").split(";")):
            if not LANGUAGE.fullmatch(code):
                hint = "write codes such as fi;sv;en"
                found.append(finding("language", table, row, "LANGUAGECODE", f"{code!r} is no language code", hint))
        found += _identified(table, row, "ORGANIZATION", cells.get("ORGANIZATION", "").split(";"))
    return found


def check_codes(table: Table) -> list[Finding]:
    """Hold a table of codes against the rules of Koodistot."""
    found = header(table, "CODEVALUE", "STATUS")
    if found:
        return found
    taken: set[str] = set()
    orders: set[int] = set()
    rows = list(whole_rows(table, found))
    for row, cells in rows:
        found += _coded(table, row, cells, _CODE_VALUE, "letters, digits and _-.+&#*", taken)
        found += _numbered(table, row, cells, orders)
    return found + list(_broader(table, rows))


def _coded(
    table: Table, row: Row, cells: dict[str, str], allowed: re.Pattern[str], letters: str, taken: set[str]
) -> Iterator[Finding]:
    code, status = cells["CODEVALUE"].strip(), cells["STATUS"]
    if not code:
        yield finding("code-missing", table, row, "CODEVALUE", "no code", "give the row a code")
    elif not allowed.fullmatch(code):
        yield finding("code", table, row, "CODEVALUE", f"{code!r} is no valid code", f"use only {letters}")
    elif code.lower() in taken:
        what, hint = f"{code!r} is there already, capitals aside", "give every row a code of its own"
        yield finding("duplicate-code", table, row, "CODEVALUE", what, hint)
    taken.add(code.lower())
    if status not in STATUSES:
        what = f"{status!r} is no status that can be imported" if status else "no status"
        yield finding("status", table, row, "STATUS", what, f"use one of: {', '.join(STATUSES)}")
    yield from _dated(table, row, cells)
    yield from _identified(table, row, "ID", [cells.get("ID", "")])


def _dated(table: Table, row: Row, cells: dict[str, str]) -> Iterator[Finding]:
    days: list[date] = []
    for name in ("STARTDATE", "ENDDATE"):
        if value := cells.get(name, ""):
            try:
                days.append(
                    date.fromisoformat(value) if len(value) == len("2026-01-31") else date.max.replace(month=13)
                )
            except ValueError:
                hint = "write it as text: 2026-01-31"
                yield finding("date", table, row, name, f"{value!r} is no date", hint)
    if len(days) > 1 and days[1] < days[0]:
        yield finding("dates", table, row, "ENDDATE", "it ends before it starts", "mend one of the dates")


def _is_day(value: str) -> bool:
    try:
        return bool(_DAY.fullmatch(value) and date.fromisoformat(value))
    except ValueError:
        return False


def _identified(table: Table, row: Row, column: str, values: list[str]) -> Iterator[Finding]:
    for value in filter(None, values):
        try:
            UUID(value)
        except ValueError:
            hint = "leave it empty, or write the identifier that the registry gave"
            yield finding("identifier", table, row, column, f"{value!r} is no UUID", hint)


def _domains(table: Table, row: Row, value: str) -> Iterator[Finding]:
    hint = "use top classes of the service catalogue, P1 to P27, with ; between them"
    if not value:
        yield finding("domain", table, row, "INFORMATIONDOMAIN", "no information domain", hint)
    for code in filter(None, value.split(";")):
        if not _TOP_CLASS.fullmatch(code.strip()):
            yield finding("domain", table, row, "INFORMATIONDOMAIN", f"{code!r} is no top class", hint)


def _numbered(table: Table, row: Row, cells: dict[str, str], orders: set[int]) -> Iterator[Finding]:
    for name in ("ORDER", *(["HIERARCHYLEVEL"] if "BROADER" not in cells else [])):
        value = cells.get(name, "")
        if value and not _NUMBER.fullmatch(value):
            yield finding("number", table, row, name, f"{value!r} is no whole number", "write digits only")
        elif value and name == "ORDER":
            if int(value) in orders:
                what, hint = f"{value} is there already", "give every row a number of its own, or none"
                yield finding("duplicate-order", table, row, name, what, hint)
            orders.add(int(value))


def _broader(table: Table, rows: list[tuple[Row, dict[str, str]]]) -> Iterator[Finding]:
    above = {cells["CODEVALUE"].strip().lower(): cells.get("BROADER", "").lower() for _, cells in rows}
    for row, cells in rows:
        code, broader = cells["CODEVALUE"].strip().lower(), cells.get("BROADER", "")
        if not broader:
            continue
        if broader.lower() not in above:
            what, hint = f"no code {broader!r} in the list", "name a code of this table, or none"
            yield finding("broader", table, row, "BROADER", what, hint)
        elif code in _way(broader.lower(), above):
            what, hint = f"{broader!r} is below this code, or is it", "name a code that is above it, or none"
            yield finding("broader-cycle", table, row, "BROADER", what, hint)


def _way(code: str, above: dict[str, str]) -> list[str]:
    way: list[str] = []
    while code in above and code not in way:
        way.append(code)
        code = above[code]
    return way
