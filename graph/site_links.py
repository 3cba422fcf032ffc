"""Links of a page, a style sheet or a script: found, and led to the files of a written site."""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

# Pages are of our own templates: an attribute's value stands in double quotes, and holds no `>`.
_TAG = re.compile(r"<(a|area|audio|iframe|image|img|link|script|source|use|video)\b[^>]*>", re.IGNORECASE)
_LINK = re.compile(r'\s(href|src|poster|xlink:href)="([^"]*)"')
_DATA = re.compile(r'\s(data-[\w-]+)="((?:/|https?://)[^"]*)"')
_ANY_TAG = re.compile(r"<[a-z][^>]*\sdata-[^>]*>", re.IGNORECASE)
_FORM = re.compile(r"<form\b([^>]*)>.*?</form>", re.IGNORECASE | re.DOTALL)
_STYLE = re.compile(r"""(?:url\(\s*|@import\s+)["']?([^"')\s;]+)""")
_SCRIPT = re.compile(
    r"""(?:\bfrom\s*|\bimport\s*\(?\s*|new URL\(\s*)["'](\.{0,2}/[^"'\s]+|[\w./-]+(?=["'],\s*import\.meta))["']"""
)
_ANCHOR = re.compile(r'\s(?:id|name)="([^"]+)"')
_OWN = re.compile(r'(<meta property="og:url" content=")([^"]*)(">)')
_TITLE = re.compile(r"<title>(.*?)</title>", re.DOTALL)
_HEADER = re.compile(r'<([^>]*)>\s*;\s*rel="([^"]*)"(?:\s*;\s*type="([^"]*)")?')
_OUTSIDE = ("#", "mailto:", "data:", "javascript:", "tel:")

Lead = Callable[[str], str | None]  # link -> where it leads; itself where it leaves the site; None where nowhere


def links(text: str, media_type: str) -> Iterator[str]:
    """Yield what a page, a style sheet or a script links to or is made of."""
    if media_type == "text/css":
        yield from _STYLE.findall(text)
    elif media_type in {"text/javascript", "application/javascript"}:
        yield from _SCRIPT.findall(text)
    elif media_type == "text/html":
        for tag in _TAG.finditer(text):
            yield from (value for _, value in _LINK.findall(tag[0]) if not value.startswith(_OUTSIDE))
        for tag in _ANY_TAG.finditer(text):
            yield from (value for _, value in _DATA.findall(tag[0]))


def anchors(text: str) -> set[str]:
    """Return the anchors of a page."""
    return {html.unescape(each) for each in _ANCHOR.findall(text)}


def title(text: str) -> str:
    """Return the title of a page, as it stands in HTML."""
    found = _TITLE.search(text)
    return found[1].strip() if found else ""


def header_links(header: str) -> list[tuple[str, str, str]]:
    """Return the links of a header `Link`: address, relation, media type or empty."""
    return _HEADER.findall(header)


@dataclass
class Led:
    """Hold a page whose links lead to files.

    :param text: its HTML.
    :param dropped: links that lead to what is no file.
    :param forms: how many forms were taken out, for they need a server.
    """

    text: str
    dropped: list[str] = field(default_factory=list)
    forms: int = 0


def led(text: str, lead: Lead, named: Lead, note: str) -> Led:
    """Let the links of a page lead to files; where there is none, the words stay and the link goes.

    :param named: the same for what the page's head says of the page itself, in whole addresses.
    :param note: what stands in place of a form, as HTML. One with `data-static="keep"` works without a server.
    """
    page = Led(text)

    def form(found: re.Match[str]) -> str:
        if 'data-static="keep"' in found[1]:
            return found[0]
        if 'role="search"' in found[1]:  # the head of every page has it: a note on each would be noise
            return ""
        page.forms += 1
        return note

    def tag(found: re.Match[str]) -> str:
        kind = found[1].lower()
        return _led(found[0], kind, named if kind == "link" and 'href="http' in found[0] else lead, page.dropped)

    def data(found: re.Match[str]) -> str:
        return _DATA.sub(lambda each: f' {each[1]}="{html.escape(lead(each[2]) or each[2])}"', found[0])

    def own(found: re.Match[str]) -> str:
        return f"{found[1]}{html.escape(named(found[2]) or found[2])}{found[3]}"

    text = _OWN.sub(own, text)
    page.text = _ANY_TAG.sub(data, _TAG.sub(tag, _FORM.sub(form, text)))
    return page


def _led(tag: str, name: str, lead: Lead, dropped: list[str]) -> str:
    for attribute, value in _LINK.findall(tag):
        if value.startswith(_OUTSIDE):
            continue
        to = lead(value)
        if to is None:
            dropped.append(value)
            # What leads nowhere is still read as a link, which cannot be followed.
            return '<a role="link" aria-disabled="true">' if name == "a" else ""
        if to != value:
            tag = tag.replace(f' {attribute}="{value}"', f' {attribute}="{html.escape(to)}"')
    return tag
