"""Know the labels of Innokylä's two page templates, a project's and a practice model's: mappings/lexicon/template.csv."""

from __future__ import annotations

from functools import cache

from graph.errors import LexiconError
from graph.files import read_table
from graph.settings import ROOT

PROJECT_NAME, MODEL_NAME = "Kokonaisuuden nimi", "Toimintamallin nimi"


@cache
def template() -> dict[str, tuple[str, str]]:
    """Return label -> (key, part) of the template's fields.

    :raises LexiconError: the table cannot be used.
    """
    rows = read_table(ROOT / "mappings" / "lexicon" / "template.csv", ["key", "part", "label_fi"], LexiconError)
    return {row["label_fi"]: (row["key"], row["part"]) for _, row in rows}
