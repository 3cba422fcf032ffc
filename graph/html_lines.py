"""Turn the markup of a saved page into its lines of text, each with what it stands in.

lxml parses, and tells of tags as it meets them: no tree is built, so nesting costs no stack and a page of 10 MB no more memory
than its text. docs/design-notes.md says what it was chosen over.
"""

from __future__ import annotations

import re
import time
from dataclasses import dataclass, field

from lxml import etree  # type: ignore[import-untyped]

from graph.errors import PageError

SECONDS = 30.0
CHUNK = 16_384
# The indent of a list's item grows to this depth: further ones would make a text longer than its markup.
DEEPEST = 12
# Nothing in these is text of the page.
DROPPED = frozenset({
    "audio", "canvas", "datalist", "embed", "iframe", "input", "map", "math", "meta", "noembed", "noframes",
    "noscript", "object", "script", "select", "style", "svg", "template", "textarea", "title", "video",
})  # fmt: skip
HEADINGS = frozenset({"button", "caption", "dt", "h1", "h2", "h3", "h4", "h5", "h6", "legend", "summary", "th"})
# With a blank line before and after them, as browsers show them.
SPACED = frozenset({
    "article", "blockquote", "dl", "fieldset", "figure", "h1", "h2", "h3", "h4", "h5", "h6", "ol", "p", "pre",
    "section", "table", "ul",
})  # fmt: skip
BLOCKS = HEADINGS | SPACED | frozenset({
    "address", "aside", "body", "center", "dd", "details", "dialog", "div", "figcaption", "footer", "form", "header",
    "hr", "html", "label", "li", "main", "menu", "nav", "option", "search", "tbody", "td", "tfoot", "thead", "tr",
})  # fmt: skip
NOISE = frozenset({"aside", "button", "dialog", "footer", "form", "header", "nav", "search"})
NOISE_ROLES = frozenset({
    "alert", "alertdialog", "banner", "complementary", "contentinfo", "dialog", "navigation", "search",
})  # fmt: skip
NOISE_WORDS = frozenset({
    "addthis", "addtoany", "breadcrumb", "breadcrumbs", "comments", "consent", "cookie", "cookiebot", "cookies",
    "cybotcookiebotdialog", "didomi", "footer", "gdpr", "klaro", "menu", "navbar", "newsletter", "onetrust", "pager",
    "pagination", "popup", "share", "sharethis", "sharing", "sidebar", "usercentrics",
})  # fmt: skip
_SOCIAL = frozenset({"buttons", "icons", "links", "media", "share"})
_WORD = re.compile(r"[^a-z0-9]+")
# What a line of text cannot hold: the other signs that end lines would shift every line number behind them.
_SPACE = re.compile(r"[\x00-\x20\x7f\x85\u2028\u2029]+")
CONTENT = frozenset({"article", "main", "section"})


@dataclass(slots=True)
class Line:
    """Hold one line of a page's text.

    :param text: the text, space collapsed as browsers do; a no-break space stays.
    :param mark: bullet or number of the list item that it begins, with its indent; else empty.
    :param element: number of the element that it stands in, in the order of their start tags.
    :param noise: number of the innermost part of a page around it that may be no content (navigation, footer …), or -1.
    :param main: number of the element `main` around it, or -1.
    :param linked: all of it is a link.
    :param heading: it is a heading, or of a class that says label.
    :param spaced: a blank line goes before it.
    """

    text: str
    mark: str
    element: int
    noise: int
    main: int
    linked: bool
    heading: bool
    spaced: bool


@dataclass(slots=True)
class Noise:
    """Hold a part of a page that may be no content.

    :param outer: number of the element of this kind around it, or -1.
    :param strict: navigation or a page's footer: a label of the template makes it no content.
    """

    outer: int
    strict: bool


@dataclass(slots=True)
class Markup:
    """Hold what the markup of a page says.

    :param parents: parent of each element, -1 at the top.
    :param last: number of the last element inside each element, or its own.
    :param address: the address that the page gives as its own (`link rel=canonical`), or None.
    """

    lines: list[Line] = field(default_factory=list)
    parents: list[int] = field(default_factory=list)
    last: list[int] = field(default_factory=list)
    noise: dict[int, Noise] = field(default_factory=dict)
    address: str | None = None


@dataclass(slots=True)
class _Open:
    """Hold an element whose end has not come."""

    tag: str
    number: int
    block: bool
    noise: int
    main: int
    content: bool
    link: bool
    heading: bool


class _Reader:
    """Follow the parser through a page: it calls `start`, `end`, `data` and `close`."""

    def __init__(self) -> None:
        self.markup = Markup()
        self.stack = [_Open("", -1, block=True, noise=-1, main=-1, content=False, link=False, heading=False)]
        self.skipped = 0
        self.lists: list[int | None] = []
        self.pieces: list[str] = []
        self.context: _Open | None = None
        self.linked, self.spaced, self.mark = True, False, ""

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        if tag == "link":
            self._canonical(attributes)
        if self.skipped or tag in DROPPED:
            self.skipped += 1
            return
        words = set(_WORD.split(f"{attributes.get('class', '')} {attributes.get('id', '')}".lower()))
        labelled = tag == "label" or "label" in words
        # A field's parts stand on lines of their own, whatever elements a theme makes of them.
        block = tag in BLOCKS or labelled or "field" in words
        if block or tag == "br":
            self._flush()
        if tag == "br":
            self.stack.append(self.stack[-1])
            return
        if tag in SPACED and (tag not in {"ol", "ul"} or not self.lists):
            self.spaced = True
        self.stack.append(self._opened(tag, attributes, words, block=block, labelled=labelled))
        self._list(tag, attributes)

    def _opened(self, tag: str, attributes: dict[str, str], words: set[str], *, block: bool, labelled: bool) -> _Open:
        outer, number = self.stack[-1], len(self.markup.parents)
        self.markup.parents.append(outer.number)
        self.markup.last.append(number)
        role = attributes.get("role", "").strip().lower()
        noise = outer.noise
        if _is_noise(tag, role, words):
            footer = tag == "footer" or role == "contentinfo" or "footer" in words
            strict = tag == "nav" or role == "navigation" or (footer and not outer.content)
            self.markup.noise[number] = Noise(outer.noise, strict)
            noise = number
        main = number if tag == "main" or role == "main" else outer.main
        content = outer.content or tag in CONTENT or role == "main"
        heading = (outer.heading and not block) or labelled or tag in HEADINGS
        return _Open(tag, number, block, noise, main, content, outer.link or tag == "a", heading)

    def _list(self, tag: str, attributes: dict[str, str]) -> None:
        if tag in {"ul", "menu"}:
            self.lists.append(None)
        elif tag == "ol":
            self.lists.append(_number(attributes.get("start", ""), 1))
        elif tag == "li":
            indent, count = "  " * min(max(1, len(self.lists)), DEEPEST), self.lists[-1] if self.lists else None
            if count is None:
                self.mark = f"{indent}• "
            else:
                count = _number(attributes.get("value", ""), count)
                self.lists[-1] = count + 1
                self.mark = f"{indent}{count}. "

    def end(self, _tag: str) -> None:
        if self.skipped:
            self.skipped -= 1
            return
        closed = self.stack.pop() if len(self.stack) > 1 else self.stack[0]
        if closed is self.stack[-1]:
            return  # a line break, which is no element here
        self.markup.last[closed.number] = len(self.markup.parents) - 1
        if closed.block:
            self._flush()
        if closed.tag in {"ol", "ul", "menu"} and self.lists:
            self.lists.pop()
        if closed.tag == "li":
            self.mark = ""
        if closed.tag in SPACED and not self.lists:
            self.spaced = True

    def data(self, text: str) -> None:
        if self.skipped:
            return
        if self.stack[-1].tag == "pre":
            *lines, text = text.split("\n")
            for line in lines:
                self._text(line)
                self._flush()
        self._text(text)

    def _text(self, text: str) -> None:
        if text.strip():
            self.context = self.context or self.stack[-1]
            self.linked = self.linked and self.stack[-1].link
        self.pieces.append(text)

    def _flush(self) -> None:
        context, text = self.context, _SPACE.sub(" ", "".join(self.pieces)).strip(" ")
        if context is not None and text:
            line = Line(
                text, self.mark, context.number, context.noise, context.main, self.linked, context.heading, self.spaced
            )
            self.markup.lines.append(line)
            self.spaced, self.mark = False, ""
        self.pieces, self.context, self.linked = [], None, True

    def close(self) -> Markup:
        self._flush()
        return self.markup

    def _canonical(self, attributes: dict[str, str]) -> None:
        given = attributes.get("href", "").strip()
        if attributes.get("rel", "").strip().lower() == "canonical" and re.fullmatch(r"https?://[^\s@]+", given):
            self.markup.address = self.markup.address or given


def read_lines(text: str, where: str) -> Markup:
    """Read the lines of a page's markup.

    :param text: the page, decoded.
    :param where: what an error calls the page: its file.
    :raises PageError: there is no markup in it, or reading it takes longer than any page of people does.
    """
    if not text.strip():
        return Markup()
    parser = etree.HTMLParser(target=_Reader(), encoding="utf-8", huge_tree=True)
    raw, until = text.replace("\0", "").encode("utf-8", "replace"), time.monotonic() + SECONDS
    try:
        for start in range(0, len(raw), CHUNK):
            parser.feed(raw[start : start + CHUNK])
            if time.monotonic() > until:
                line = raw.count(b"\n", 0, start) + 1
                what = (
                    f"its markup is not read within {SECONDS:.0f} seconds: too many elements are opened and not closed"
                )
                raise PageError(what, f"{where}:{line}", "save the page again, as a browser shows it")
        markup = parser.close()
    except etree.LxmlError as problem:
        raise PageError(f"is no HTML: {problem}", f"{where}:1", "save the page again, or save it as text") from None
    assert isinstance(markup, Markup)  # noqa: S101 (what _Reader.close returns)
    return markup


def _is_noise(tag: str, role: str, words: set[str]) -> bool:
    """Tell whether an element may be no content, by its tag, role or class; a template's field always may be."""
    if tag in NOISE or role in NOISE_ROLES:
        return True
    named = words & NOISE_WORDS or ("social" in words and words & _SOCIAL)
    return bool(named) and "field" not in words and tag not in {"html", "body"}


def _number(text: str, otherwise: int) -> int:
    return int(text) if re.fullmatch(r"\d{1,4}", text.strip()) else otherwise
