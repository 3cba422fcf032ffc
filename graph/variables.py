"""The words of the variables of questions: those of mappings/tables/columns.csv, and of variables.csv for what no table has.

`firstReported` and `firstReportedLabel` are called what the tables call `first_reported`. A row of variables.csv gives a variable
words of its own, or the column whose words it has; `models-by-goal/regions` is of one question alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache

from graph.errors import OntologyError
from graph.exports.table import FOLDER
from graph.files import read_table
from graph.store import Engine
from graph.views import LANGUAGES, labels

LABEL = "Label"
_TITLES = [f"title_{each}" for each in LANGUAGES]
_CAPITAL = re.compile(r"(?<=[a-z0-9])([A-Z])")


def words(engine: Engine, question: str, variables: Iterable[str], language: str) -> dict[str, str]:
    """Return what a page calls each variable of a question; its own name where no table knows it.

    :param question: name of the question.
    :param variables: without `?`; `xLabel` has the words of `x`.
    """
    found = {each: _row(question, each.removesuffix(LABEL)) for each in variables}
    terms = {name: _iri(engine, row["property"]) for name, row in found.items() if row and not row[f"title_{language}"]}
    named = labels(engine, terms.values(), language)
    of_terms = {name: named[iri].label for name, iri in terms.items() if named[iri].language == language}
    written = {name: (row[f"title_{language}"] if row else "") or of_terms.get(name, "") for name, row in found.items()}
    return {name: text[:1].upper() + text[1:] or name for name, text in written.items()}


def _row(question: str, variable: str) -> dict[str, str] | None:
    own, columns = _tables()
    row = own.get(f"{question}/{variable}") or own.get(variable)
    if row and not row["column"]:
        return {**row, "property": ""}
    return columns.get(row["column"] if row else _CAPITAL.sub(r"_\1", variable).lower())


@cache
def _tables() -> tuple[dict[str, dict[str, str]], dict[str, dict[str, str]]]:
    """Return the rows of variables.csv and of columns.csv, by name.

    :raises OntologyError: a variable has neither words in three languages nor a column that there is.
    """
    columns = {row["name"]: row for _, row in read_table(FOLDER / "columns.csv", ["name", "property"], OntologyError)}
    own: dict[str, dict[str, str]] = {}
    path = FOLDER / "variables.csv"
    for line, row in read_table(path, ["variable", "column", *_TITLES], OntologyError):
        given = [bool(row[each]) for each in _TITLES]
        if row["column"] not in columns if row["column"] else not all(given):
            hint = "give it titles in fi, sv and en, or the name of a column of columns.csv"
            raise OntologyError(f"{row['variable']} has no words", f"tables/variables.csv:{line}", hint)
        own[row["variable"]] = row
    return own, columns


def _iri(engine: Engine, prefixed: str) -> str:
    prefix, _, local = prefixed.partition("@")[0].partition(":")
    return engine.names.prefixes().get(prefix, "") + local
