"""Find the text of a page in its saved HTML: the template's fields, without what a site puts around them.

The content is found by the template's labels (mappings/lexicon/template.csv), not by one site's class names: it is the
smallest part of the page, inside `main` where there is one, that holds the page's name and every label behind it.
Of navigation, footers, forms, banners, share buttons and the like, what holds no such label is left out.
"""

from __future__ import annotations

import codecs
import re
from dataclasses import replace
from itertools import dropwhile
from pathlib import Path

from graph.errors import PageError
from graph.files import read_bytes
from graph.html_lines import Line, Markup, read_lines
from graph.template import template

SUFFIXES = frozenset({".html", ".htm", ".xhtml"})
LARGEST = 50_000_000
_DECLARED = re.compile(
    rb"""<(?:meta\b[^>]{0,300}?charset|\?xml\b[^>]{0,100}?encoding)\s*=\s*["']?\s*([A-Za-z0-9_:.-]{1,40})""",
    re.IGNORECASE,
)
# The encodings that pages of the web are in; Latin-1 means Windows-1252 there (WHATWG, Encoding).
_WESTERN = re.compile(r"(iso-?8859-?1|latin-?1|(us-)?ascii|windows-1252|cp1252)")
_READ = re.compile(r"(iso-?8859-\d{1,2}|windows-125\d|cp125\d|macintosh|koi8-[ru])")
_MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))


def text_of(raw: bytes, where: str) -> str:
    """Return the text of a saved HTML page, in the form of the pages that are saved as text.

    A label of the template and a paragraph are a line each, a list's item `  • …` with its depth as indent, a blank line
    between paragraphs. What is no page of the template gives its whole text.

    :param raw: the file's bytes.
    :param where: what an error calls the page: its file.
    :raises PageError: it is too large, not in an encoding that can be read, or no HTML.
    """
    return _written(_content(_markup(raw, where)))


def read(path: Path) -> tuple[str, str | None]:
    """Return the text of a saved HTML page and the address that it gives as its own, or None.

    :raises PageError: the file cannot be read, or its text cannot.
    """
    markup = _markup(read_bytes(path, PageError), str(path))
    return _written(_content(markup)), markup.address


def line_of(path: Path, words: str) -> int:
    """Return the 1-based line of a page's markup on which words first stand; 1 where they do not.

    :raises PageError: the file cannot be read.
    """
    text = decoded(read_bytes(path, PageError), str(path))
    return text.count("\n", 0, max(0, text.find(words))) + 1


def _markup(raw: bytes, where: str) -> Markup:
    if len(raw) > LARGEST:
        what = f"is too large: {len(raw) // 1_000_000} MB, where {LARGEST // 1_000_000} MB are read"
        raise PageError(what, where, "save the page without its pictures")
    return read_lines(decoded(raw, where), where)


def decoded(raw: bytes, where: str) -> str:
    """Decode a page: as UTF-8 where that fits, else as the page declares, else as Windows-1252.

    :raises PageError: a byte that the encoding does not have, with its line; or an encoding that is not read.
    """
    for mark, codec in _MARKS:
        if raw.startswith(mark):
            return _decode(raw, codec, where)
    declared = _DECLARED.search(raw, 0, 8192)
    name = declared.group(1).decode("ascii").lower() if declared else "windows-1252"
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return _decode(raw, _codec(name, where), where)


def _codec(name: str, where: str) -> str:
    if _WESTERN.fullmatch(name):
        return "cp1252"
    if name.startswith("utf"):
        return "utf-8"
    if _READ.fullmatch(name):
        return name
    raise PageError(f"its encoding {name!r} is not read", f"{where}:1", "save the page as UTF-8 and try again")


def _decode(raw: bytes, codec: str, where: str) -> str:
    try:
        return raw.decode(codec)
    except UnicodeDecodeError as problem:
        line = raw.count(b"\n", 0, problem.start) + 1
        what = f"byte 0x{raw[problem.start]:02x} is not {codec.upper()}"
        raise PageError(what, f"{where}:{line}", "save the page as UTF-8 and try again") from None
    except LookupError:
        raise PageError(f"its encoding {codec!r} is not read", f"{where}:1", "save the page as UTF-8") from None


def _content(markup: Markup) -> list[Line]:
    """Return the lines of the page's content, from its name on; all lines that are no navigation where it has no name."""
    found = _labels(markup.lines)
    names = [line for line in found if template()[line.text][0] == "title"]
    name = next((line for line in names if line.main >= 0), names[0] if names else None)
    if name is None:
        kept = _kept(markup, [], None)
        return [line for line in markup.lines if line.noise not in kept or kept[line.noise]]
    if name.main >= 0:
        found = [line for line in found if line.main == name.main]
    kept = _kept(markup, found, name)
    found = [line for line in found if line.noise < 0 or kept[line.noise]]
    top = _around(markup, name.element, found[-1].element)
    labels = {id(line) for line in found}
    return [
        replace(line, mark="") if id(line) in labels else line
        for line in dropwhile(lambda each: each is not name, markup.lines)
        if (top < 0 or top <= line.element <= markup.last[top])
        and (line.noise < 0 or kept[line.noise])
        and (id(line) in labels or line.mark or line.text not in template())
    ]


def _labels(lines: list[Line]) -> list[Line]:
    """Return the lines that are labels of the template; a link is one only where its words stand nowhere else."""
    known = template()
    for line in lines:
        bare = line.text.removesuffix(":").rstrip()
        if line.heading and bare in known:
            line.text = bare
    found = [line for line in lines if line.text in known and (line.heading or not line.mark)]
    plain = {line.text for line in found if not line.linked}
    return [line for line in found if not line.linked or line.text not in plain]


def _kept(markup: Markup, labels: list[Line], name: Line | None) -> dict[int, bool]:
    """Return for each part of the page that may be no content whether it is content: it holds a label.

    Navigation and the page's footer are content only where they hold the page's name.
    """
    labelled: set[int] = set()
    for line in labels:
        at = line.noise
        while at >= 0 and at not in labelled:
            labelled.add(at)
            at = markup.noise[at].outer
    around: set[int] = set()
    at = name.noise if name else -1
    while at >= 0:
        around.add(at)
        at = markup.noise[at].outer
    kept: dict[int, bool] = {}
    for number, noise in markup.noise.items():
        inside = noise.outer < 0 or kept[noise.outer]
        kept[number] = inside and (number in around or (number in labelled and not noise.strict))
    return kept


def _around(markup: Markup, one: int, other: int) -> int:
    """Return the innermost element around two, -1 for the whole page."""
    while one >= 0 and not one <= other <= markup.last[one]:
        one = markup.parents[one]
    return one


def _written(lines: list[Line]) -> str:
    found: list[str] = []
    for line in lines:
        if line.spaced and found and not line.mark:
            found.append("")
        found.append(f"{line.mark}{line.text}")
    return "\n".join([*found, ""]) if found else ""
