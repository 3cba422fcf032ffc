"""Read a saved page of Innokylä: its text and the fields of its template.

A page is saved as text, which is read unchanged, or as HTML, whose text graph/html_text.py finds: offsets, lines and hash are then
those of that text. The template and its labels: mappings/lexicon/template.csv. A field begins on the line behind its label and ends
before the next label. The placeholder "Hanke täyttää" is an absent value.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from graph import html_text
from graph.errors import PageError
from graph.files import read_text, sha256
from graph.template import MODEL_NAME, PROJECT_NAME, template

PLACEHOLDER = "hanke täyttää"
# What a saved page's file may end with; of several files of one page, the first of these counts.
SUFFIXES = (".txt", *sorted(html_text.SUFFIXES))


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
    :param text: the whole text, unchanged, or the text of its HTML; every offset counts its characters.
    :param fields: the template's fields, in the page's order.
    :param model: it is a practice model's own page, not a project's.
    :param address: the address that its HTML gives as its own, or None.
    """

    slug: str
    path: Path
    text: str
    fields: tuple[Field, ...]
    model: bool = False
    address: str | None = None

    @property
    def sha256(self) -> str:
        """Return the hash of the text's bytes: of the file's, where it was saved as text."""
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

    :param path: a UTF-8 text, or an HTML file (`.html`, `.htm`, `.xhtml`), as saved.
    :raises PageError: not UTF-8, empty, not such a page, or without a name; with file and line.
    """
    page = open_page(path)
    if page.model:
        raise PageError(
            "is a practice model's own page: it describes, and no claim follows from it",
            _where(page),
            "make its record: levikki read PAGE",
        )
    if not any(field.part != "header" for field in page.fields):
        raise _no_page(path)
    return _named(page)


def open_page(path: Path) -> Page:
    """Read a saved page of a project or, `model` then being true, of a practice model.

    :param path: a UTF-8 text, or an HTML file, as saved.
    :raises PageError: not UTF-8, empty, or neither of the two, with file and line; or a model's page without a name.
    """
    html = path.suffix.lower() in html_text.SUFFIXES
    text, address = html_text.read(path) if html else (read_text(path, PageError), None)
    if not text.strip():
        raise PageError("is empty", str(path), "save the page again, as text or as HTML")
    fields = tuple(_fields(text))
    if not fields:
        raise _no_page(path)
    label = text.split("\n")[fields[0].line - 1].strip()
    page = Page(path.stem, path, text, fields, label == MODEL_NAME, address)
    return _named(page) if page.model else page


def _named(page: Page) -> Page:
    if not page.value("title"):
        raise PageError("lacks its name", _where(page), f"write the name on the line below {_label(page)!r}")
    return page


def _label(page: Page) -> str:
    return MODEL_NAME if page.model else PROJECT_NAME


def _no_page(path: Path) -> PageError:
    return PageError(
        f"is not a project page of Innokylä: it lacks the label {PROJECT_NAME!r} or every section",
        f"{path}:1",
        "save the whole page, from its first heading to its last, as text or as HTML",
    )


def _where(page: Page) -> str:
    """Return file:line of the label of a page's name; in HTML that is a line of its markup."""
    html = page.path.suffix.lower() in html_text.SUFFIXES
    return f"{page.path}:{html_text.line_of(page.path, _label(page)) if html else page.fields[0].line}"


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
