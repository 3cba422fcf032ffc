"""Which view and which template show a thing of a type; and the short addresses of things (/model/…, /region/…)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Blueprint, redirect, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from graph import claim_view, model_view, project_view, region_view
from graph.description import Description
from graph.lookup import Lookup
from graph.store import Engine

thing_pages = Blueprint("thing_pages", __name__)
View = Callable[[Lookup, str], Any]
GOALS = "programme-goal/"
VIEWS: dict[str, View] = {
    "model": model_view.load,
    "region": region_view.load,
    "project": project_view.project,
    "organisation": project_view.organisation,
    "programme": project_view.programme,
    "goal": claim_view.goal,
    "page": claim_view.page,
    "claim": claim_view.claim,
    "adoption": claim_view.adoption,
}
ALL = "all"  # value of `view=` for the page that shows every property


@thing_pages.get("/<any(model, region, project, organisation, programme, goal, page):kind>/<path:slug>")
def short(kind: str, slug: str) -> BaseResponse:
    """Send from a short address to the document about a thing."""
    chosen = request.args.get("format")
    return redirect(url_for("things.document", kind=kind, slug=slug, format=chosen), code=303)


def view_of(kind: str, slug: str, page: int) -> str:
    """Return which of the views shows a thing; none where the general page does.

    :param page: of the links to it.
    """
    kind = "goal" if kind == "scheme" and slug.startswith(GOALS) else kind
    return "" if kind not in VIEWS or page > 1 or request.args.get("view") == ALL else kind


def shown(engine: Engine, description: Description, address: tuple[str, str], language: str) -> tuple[str, Any]:
    """Return the template that shows a thing, and its view; the general one, and None, for a type without a page of its own.

    :param address: type and slug.
    """
    kind = view_of(*address, description.page)
    if not kind:
        return "thing.html", None
    return f"things/{kind}.html", VIEWS[kind](Lookup(engine, language), description.iri)
