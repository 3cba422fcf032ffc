"""Routes of the network: its page with the table, and what its picture is drawn from."""

from __future__ import annotations

import json

from flask import Blueprint, Response, render_template, request, url_for

from graph import network_view
from graph.bundles import bundle, keep_hashed
from graph.names import last_part
from graph.protocol import kept
from graph.site import language, served
from graph.views import STATUSES

network = Blueprint("network", __name__)
network.app_context_processor(lambda: {"bundle": bundle})
network.after_app_request(keep_hashed)
_SLUG = "a-slug"


@network.get("/network", endpoint="network")
def show_network() -> str:
    """Show which region has which model: a table, and a picture where there is a script for it."""
    held, asked = served()
    found = network_view.load(asked, language())
    given = {name: values for name, values in request.args.lists() if name != "lang"}
    view = network_view.wanted(given, found)
    return render_template(
        "network.html",
        view=view,
        table=network_view.table(asked, found, view),
        regions=[(last_part(iri), found.names[iri]) for iri in found.regions],
        kinds=[(each, found.names[asked.names.thing("scheme", f"model-kind/{each}")]) for each in network_view.KINDS],
        statuses={each: found.names[asked.names.thing("scheme", f"status/{each}")] for each in STATUSES},
        names=found.names,
        sorts=network_view.SORTS,
        query=network_view.query(asked, view, language()),
        files=[each.path for each in held.files if each.path.startswith("networks/region-model.")],
    )


@network.get("/network.json")
def graph() -> Response:
    """Give the whole network with the places of its nodes."""
    found = network_view.load(served()[1], language())
    paths = {
        kind: url_for("things.document", kind=kind, slug=_SLUG).replace(_SLUG, "{slug}") for kind in ("region", "model")
    }
    body = json.dumps(
        {"paths": paths, **network_view.picture(found)}, ensure_ascii=False, separators=(",", ":"), sort_keys=True
    )
    response = kept(Response(body, content_type="application/json"))
    response.vary.add("Accept-Language")
    return response
