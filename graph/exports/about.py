"""What each export format is called and made for: mappings/exports.csv."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from graph.errors import OntologyError
from graph.files import read_table
from graph.settings import ROOT

TABLE = ROOT / "mappings" / "exports.csv"


@dataclass(frozen=True)
class About:
    """Hold what mappings/exports.csv says of a format.

    :param title: language (fi, sv, en) -> what it is.
    :param made_for: the tool or registry that takes it.
    :param opened_by: what opens it in a test.
    :param checked_by: the test's file.
    """

    name: str
    title: dict[str, str]
    made_for: str
    opened_by: str
    checked_by: str


@cache
def table() -> dict[str, About]:
    """Return what is known of each format, in the order of the table.

    :raises OntologyError: the table cannot be read.
    """
    columns = ["name", "title_fi", "title_sv", "title_en", "made_for", "opened_by", "checked_by"]
    return {
        row["name"]: About(
            row["name"],
            {language: row[f"title_{language}"] for language in ("fi", "sv", "en")},
            row["made_for"],
            row["opened_by"],
            row["checked_by"],
        )
        for _, row in read_table(TABLE, columns, OntologyError)
    }
