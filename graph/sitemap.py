"""The sitemap (sitemaps.org 0.9): every page that people look for, in each language. Claims are reached from these."""

from __future__ import annotations

from xml.sax.saxutils import escape

from flask import Blueprint, Response, request, url_for

from graph.protocol import kept
from graph.site import ALSO, NAVIGATION, engine, published_root
from graph.views import LANGUAGES

sitemap = Blueprint("sitemap", __name__)
MOST = 50_000  # addresses that one sitemap may have
_CLASSES = "Region PracticeModel Goal Programme Project Organisation SourcePage ProjectPage ModelPage".split()
_SPACES = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:xhtml="http://www.w3.org/1999/xhtml"'


@sitemap.get("/sitemap.xml")
def listed() -> Response:
    """List the views and the things that have a page; where they are too many, regions and models come first."""
    root = published_root()
    pages = [url_for(name, lang=None).removeprefix(request.script_root) for name, _ in (*NAVIGATION, *ALSO)]
    pages += _things()
    entries = [_entry(root, page, language) for page in pages for language in LANGUAGES][:MOST]
    body = f'<?xml version="1.0" encoding="UTF-8"?>\n<urlset {_SPACES}>\n{"".join(entries)}</urlset>\n'
    return kept(Response(body, content_type="application/xml; charset=utf-8"))


def _things() -> list[str]:
    names, found = engine().names, dict[str, str]()
    for name in _CLASSES:
        rows = engine().select(f"SELECT DISTINCT ?thing {{ ?thing a lev:{name} }} ORDER BY STR(?thing)").rows
        found |= {row["thing"].value: f"/doc/{names.local(row['thing'].value)}" for row in rows}
    return list(found.values())


def _entry(root: str, page: str, language: str) -> str:
    twins = "".join(
        f'<xhtml:link rel="alternate" hreflang="{each}" href="{escape(f"{root}/{each}{page}")}"/>' for each in LANGUAGES
    )
    return f"<url><loc>{escape(f'{root}/{language}{page}')}</loc>{twins}</url>\n"
