"""Read a saved page of Innokylä: its unchanged text and the fields of its template.

The template and its labels: mappings/lexicon/template.csv. A field begins on the line behind its label and ends before the next
label. The placeholder "Hanke täyttää" is an absent value.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

from graph.errors import LexiconError, PageError
from graph.files import read_table, read_text, sha256
from graph.settings import ROOT

PLACEHOLDER = "hanke täyttää"


@dataclass(frozen=True)
class Field:
    """Say where a field of the template stands.

    :param key: its key in template.csv.
    :param part: `header`, `plan` or `result`: what its text is about.
    :param start: offset of the first character behind the label's line.
    :param end: offset of the next label's line, or of the page's end.
    :param line: 1-based line of the label.
    """

    key: str
    part: str
    start: int
    end: int
    line: int


@dataclass(frozen=True)
class Page:
    """Hold a page as read.

    :param slug: the file's name without suffix; names records and graphs.
    :param path: where it was read from.
    :param text: the whole text, unchanged; every offset counts its characters.
    :param fields: the template's fields, in the page's order.
    """

    slug: str
    path: Path
    text: str
    fields: tuple[Field, ...]

    @property
    def sha256(self) -> str:
        """Return the hash of the file's bytes."""
        return sha256(self.text.encode("utf-8"))

    @cached_property
    def _line_starts(self) -> list[int]:
        return [0, *(found.end() for found in re.finditer("\n", self.text))]

    def line(self, offset: int) -> int:
        """Return the 1-based line of an offset."""
        return bisect_right(self._line_starts, offset)

    def field(self, key: str) -> Field | None:
        """Return the first field of a key."""
        return next((field for field in self.fields if field.key == key), None)

    def value(self, key: str) -> str:
        """Return a field's text without outer space; empty where it is absent or the placeholder."""
        field = self.field(key)
        text = self.text[field.start : field.end].strip() if field else ""
        return "" if text.casefold().startswith(PLACEHOLDER) else text


def read_page(path: Path) -> Page:
    """Read a saved project page.

    :param path: a UTF-8 text, as saved.
    :raises PageError: not UTF-8, empty, not such a page, or without a name; with file and line.
    """
    text = read_text(path, PageError)
    if not text.strip():
        raise PageError("is empty", str(path), "save the page again, as text")
    page = Page(path.stem, path, text, tuple(_fields(text)))
    title = page.field("title")
    if title is None or not any(field.part != "header" for field in page.fields):
        raise PageError(
            "is not a project page of Innokylä: it lacks the label 'Kokonaisuuden nimi' or every section",
            f"{path}:1",
            "save the whole page as text, from its first heading to its last",
        )
    if not page.value("title"):
        raise PageError(
            "lacks its name", f"{path}:{title.line}", "write the name on the line below 'Kokonaisuuden nimi'"
        )
    return page


@cache
def template() -> dict[str, tuple[str, str]]:
    """Return label -> (key, part) of the template's fields.

    :raises LexiconError: the table cannot be used.
    """
    rows = read_table(ROOT / "mappings" / "lexicon" / "template.csv", ["key", "part", "label_fi"], LexiconError)
    return {row["label_fi"]: (row["key"], row["part"]) for _, row in rows}


def _fields(text: str) -> list[Field]:
    """Return the fields; only what follows the heading "Perustiedot", where there is one, counts."""
    labels = template()
    found: list[tuple[str, str, int, int, int]] = []
    offset, seen_name = 0, False
    for number, line in enumerate(re.split(r"(?<=\n)", text), 1):
        label = line.strip()
        if label in labels and (seen_name or labels[label][0] == "title"):
            seen_name = True
            found.append((*labels[label], offset, offset + len(line), number))
        offset += len(line)
    ends = [start for _, _, start, _, _ in found[1:]] + [len(text)] * bool(found)
    return [
        Field(key, part, after, end, number) for (key, part, _, after, number), end in zip(found, ends, strict=True)
    ]
