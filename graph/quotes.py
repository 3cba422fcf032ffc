"""The quotes of a record's claims, from the saved page, as a document for a graph of their own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pyoxigraph as ox

from graph import records, triples
from graph.errors import PageError
from graph.names import Names, last_part
from graph.pages import SUFFIXES, Page, read_page


def quotes_of(document: records.Node, pages: Path, names: Names) -> Iterator[ox.Quad]:
    """Yield the quotes of a record's claims, from the saved page.

    :raises PageError: the page's text is not the one that the record was made from.
    """
    contents = document["contents"]
    slug = last_part(str(contents["id"]))
    path = next((path for suffix in SUFFIXES if (path := pages / f"{slug}{suffix}").exists()), None)
    if path is None or contents.get("type") != "SourcePage":
        return
    page = read_page(path)
    if page.sha256 != contents["sha256"]:
        raise PageError(
            "is not the text that the record was made from", str(path), f"read it again: levikki read {path}"
        )
    yield from triples.quads(_quote_document(contents, page), names, str(path))


def _quote_document(contents: records.Node, page: Page) -> records.Node:
    nodes: list[records.Node] = [
        {
            "id": f"../graph/quote/{page.slug}",
            "rights": {
                "en": "Quoted from the source page; the rights are the source's.",
                "fi": "Lainattu lähdesivulta; oikeudet ovat lähteen.",
                "sv": "Citerat från källsidan; rättigheterna är källans.",
            },
        }
    ]
    for claim in contents.get("claims", []):
        position = claim["evidence"]["selector"]
        exact = page.text[int(position["start"]) : int(position["end"])]
        nodes.append(
            {
                "id": claim["evidence"]["id"],
                "selector": {"id": f"{claim['id']}#quote", "type": "TextQuoteSelector", "exact": exact},
            }
        )
    return {"id": f"../graph/quote/{page.slug}", "contents": nodes}
