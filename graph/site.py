"""What every page shares: its language and words, links, and the snapshot that it shows."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any
from urllib.parse import urlencode

from flask import g, request, url_for

from graph import views
from graph.dataset import licence
from graph.exchange import exchange
from graph.files import read_text
from graph.settings import ROOT
from graph.snapshot import Snapshot
from graph.store import Engine, Term

ROWS_SHOWN = 1000
MACHINE_ROUTES = (
    "static",
    "watch.",
    "downloads.file",
    "feed.",
    "archive.file",
    "questions.examples",
)  # what they answer has no language


def engine() -> Engine:
    """Return the engine of this request."""
    return served()[1]


def served() -> tuple[Snapshot, Engine]:
    """Return snapshot and engine of this request, which sees one snapshot from beginning to end.

    :raises SnapshotError: there is none.
    """
    if "served" not in g:
        g.served = exchange().take()
    pair: tuple[Snapshot, Engine] = g.served
    return pair


@cache
def texts() -> dict[str, dict[str, Any]]:
    """Return the words of the pages: language -> key -> text."""
    return dict(json.loads(read_text(ROOT / "templates" / "texts.json")))


def language() -> str:
    """Return the language of the page: `?lang=`, else what the browser prefers, else Finnish."""
    asked = request.args.get("lang", "")
    return asked if asked in views.LANGUAGES else request.accept_languages.best_match(views.LANGUAGES, "fi") or "fi"


def keep_language(endpoint: str, values: dict[str, Any]) -> None:
    """Carry a chosen language from page to page."""
    if not endpoint.startswith(MACHINE_ROUTES) and request.args.get("lang") in views.LANGUAGES:
        values.setdefault("lang", request.args["lang"])


def page_values() -> dict[str, Any]:
    """Return what every template knows: words, language, links."""
    chosen, settings = language(), exchange().settings
    others = {
        each: f"{request.script_root}{request.path}?{urlencode([*_without_language(), ('lang', each)])}"
        for each in views.LANGUAGES
    }
    return {
        "language": chosen,
        "t": texts()[chosen],
        "language_links": others,
        "language_names": {each: texts()[each]["language_name"] for each in views.LANGUAGES},
        "href": href,
        "licence_iri": settings.licence,
        "licence_label": licence(settings.licence).label,
        "rows_shown": ROWS_SHOWN,
        "query_seconds": settings.query_seconds,
    }


def _without_language() -> list[tuple[str, str]]:
    return [pair for pair in request.args.items(multi=True) if pair[0] != "lang"]


def named(rows: Sequence[Mapping[str, Term]]) -> dict[str, views.Named]:
    """Return labels for the things in the rows that a page shows."""
    iris = [cell.value for row in rows[:ROWS_SHOWN] for cell in row.values() if cell.kind == "iri"]
    return views.labels(engine(), iris, language())


def href(iri: str) -> str:
    """Return the address to link to for an IRI: on this server for our own, at whatever host it answers."""
    names = engine().names
    path, _, anchor = iri.partition("#")
    local = names.local(path)
    if local and "/" in local:
        kind, _, slug = local.partition("/")
        return url_for("things.document", kind=kind, slug=slug, _anchor=anchor or None)
    if path == names.ontology[:-1]:
        return url_for("things.ontology", _anchor=anchor or None)
    if path.startswith(names.graph("")):
        return url_for("things.graph", name=path.removeprefix(names.graph("")))
    return iri if iri.startswith(("http://", "https://")) else ""
