"""Routes of the search: results as a page and as JSON, suggestions while somebody types, and the description for browsers."""

from __future__ import annotations

import json
from typing import Any

from flask import Blueprint, Response, render_template, request, url_for

from graph.errors import CallError
from graph.formats import PLAIN, Format
from graph.names import last_part
from graph.protocol import data, kept
from graph.search_index import KINDS, NEAR, Hit, Index, grouped, index
from graph.site import engine, href, language, public_address
from graph.translations import texts

search = Blueprint("search", __name__)
SHOWN, ALL_SHOWN, SUGGESTED, LONGEST = 6, 300, 8, 200
SUGGESTIONS = Format("suggestions", "application/x-suggestions+json")
DESCRIPTION = Format("description", "application/opensearchdescription+xml")


@search.get("/search", endpoint="search")
def page() -> Response:
    """Show what a query finds, by kind.

    :raises CallError: a parameter that is not understood.
    """
    query, kind, form = _query(), request.args.get("type", ""), request.args.get("format", "")
    if kind and kind not in KINDS:
        raise CallError(f"no type {kind[:40]!r}", "type", f"the types are: {', '.join(KINDS)}")
    if form not in {"", "html", "json"}:
        raise CallError(f"no format {form[:40]!r} of a search", "format", "give json, or leave it out")
    known = index(engine())
    hits = [hit for hit in known.find(query, language()) if kind in {"", hit.entry.kind}]
    if form == "json":
        return data(
            _json({"query": query, "count": len(hits), "results": [_plain(known, hit) for hit in hits[:ALL_SHOWN]]}),
            PLAIN,
        )
    most = ALL_SHOWN if kind else SHOWN
    groups = [(each, len(those), [_shown(known, hit) for hit in those[:most]]) for each, those in grouped(hits)]
    is_near = bool(hits) and hits[0].fit == NEAR
    return Response(
        render_template("search.html", query=query, kind=kind, groups=groups, count=len(hits), is_near=is_near)
    )


@search.get("/search/suggest")
def suggest() -> Response:
    """Suggest names: as OpenSearch asks for it, or with `format=json` in the form that our own page uses."""
    query, known, words = _query(), index(engine()), texts()[language()]
    hits = known.find(query, language())[:SUGGESTED]
    shown = [_shown(known, hit) for hit in hits]
    if request.args.get("format") == "json":
        told = {
            "label": words["search_suggestions"],
            "status": words["search_suggested"].format(count=len(shown)) if shown else words["search_none"],
            "suggestions": shown,
        }
        return kept(data(_json(told), PLAIN))
    names = [each["label"] for each in shown]
    addresses = [f"{request.host_url.rstrip('/')}{each['address']}" for each in shown]
    return kept(data(_json([query, names, [each["fact"] for each in shown], addresses]), SUGGESTIONS))


@search.get("/search/description.xml")
def description() -> Response:
    """Describe the search to browsers (OpenSearch 1.1)."""
    page = public_address("search.search", q="QUERY").replace("QUERY", "{searchTerms}")
    more = public_address("search.suggest", q="QUERY").replace("QUERY", "{searchTerms}")
    text = render_template(
        "opensearch.xml", page=page, suggest=more, types=(SUGGESTIONS.media_type, DESCRIPTION.media_type)
    )
    return kept(Response(text, content_type=f"{DESCRIPTION.media_type}; charset=utf-8"))


def _query() -> str:
    given = request.args.getlist("q")
    if len(given) > 1:
        raise CallError("the parameter 'q' is there twice", "q", "give one value")
    query = " ".join("".join(given).split())
    if len(query) > LONGEST:
        raise CallError(f"the search has {len(query)} characters, at most {LONGEST} are taken", "q", "shorten it")
    return query


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False) + "\n"


def _shown(known: Index, hit: Hit) -> dict[str, str]:
    """Return a hit as the page and the suggestions show it."""
    named = known.named(hit.entry.iri, language())
    return {
        "label": named.label,
        "language": named.language,
        "kind": texts()[language()]["search_kinds"][hit.entry.kind],
        "address": _address(hit),
        "matched": hit.name if hit.name != named.label else "",
        "matched_language": hit.language,
        "fact": _fact(known, hit),
    }


def _address(hit: Hit) -> str:
    if hit.entry.kind == "question":
        return url_for("questions.question", name=last_part(hit.entry.iri))
    return href(hit.entry.iri)


def _fact(known: Index, hit: Hit) -> str:
    """Return a few words on a thing: its spread, or what it belongs to."""
    words, entry = texts()[language()], hit.entry
    if entry.kind in {"model", "region"}:
        key = f"search_fact_{entry.kind}" if entry.counts else f"search_fact_{entry.kind}_unknown"
        use, reported = entry.counts or (0, 0)
        return str(words[key]).format(spread=use, reported=reported)
    return known.named(entry.about, language()).label if entry.about else ""


def _plain(known: Index, hit: Hit) -> dict[str, Any]:
    entry, named = hit.entry, known.named(hit.entry.iri, language())
    found: dict[str, Any] = {
        "id": entry.iri, "type": entry.kind, "label": named.label, "language": named.language,
        "matched": {"name": hit.name, "language": hit.language}, "address": _address(hit),
    }  # fmt: skip
    if entry.counts:
        found["counts"] = dict(zip(("in_use", "reported"), entry.counts, strict=True))
    return found
