"""Route of the comparison of regions, as a page, CSV and JSON."""

from __future__ import annotations

import json

from flask import Blueprint, Response, render_template, request, url_for

from graph import compare_view
from graph.errors import CallError
from graph.formats import Format
from graph.names import last_part
from graph.protocol import data
from graph.site import engine, language

compare = Blueprint("compare", __name__)
_CSV = Format("csv", "text/csv")
_JSON = Format("json", "application/json")
DIFFERENCES = "differences"


@compare.get("/compare", endpoint="compare")
def page() -> Response:
    """Show two to five regions side by side.

    :raises CallError: a parameter that is not understood.
    """
    regions, only, form = request.args.getlist("region"), request.args.get("only", ""), request.args.get("format", "")
    if only not in {"", DIFFERENCES}:
        raise CallError(f"no filter {only[:40]!r}", "only", f"leave it out, or give only={DIFFERENCES}")
    if form not in {"", "html", "csv", "json"}:
        raise CallError(f"no format {form[:40]!r} of a comparison", "format", "give csv or json")
    found = compare_view.compare(engine(), language(), regions, only_differences=bool(only))
    if form == "csv":
        return data(compare_view.as_csv(found, engine().names).encode(), _CSV)
    if form == "json":
        return data((json.dumps(compare_view.as_json(found), ensure_ascii=False) + "\n").encode(), _JSON)
    chosen = [last_part(each.iri) for each in found.chosen]
    links = {
        each: url_for("compare.compare", region=chosen, only=only or None, format=each) for each in ("csv", "json")
    }
    return Response(render_template("compare.html", view=found, slugs=chosen, only=only, links=links))
