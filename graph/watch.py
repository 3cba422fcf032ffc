"""Routes for machines that watch: does the server live, is it ready, what has it done; and what crawlers should leave alone."""

from __future__ import annotations

import json

from flask import Blueprint, Response

from graph import observe
from graph.exchange import exchange
from graph.site import published_root, served

watch = Blueprint("watch", __name__)


@watch.get("/health")
def health() -> Response:
    """Say that the server lives."""
    return Response(json.dumps({"status": "ok"}) + "\n", content_type="application/json")


@watch.get("/ready")
def ready() -> Response:
    """Say what is served, once a query has been answered.

    :raises SnapshotError: nothing is.
    """
    held, asked = served()
    asked.answer("ASK { }")
    state = {"status": "ready", "snapshot": held.path.name, "quads": held.manifest.get("quads")}
    return Response(json.dumps(state) + "\n", content_type="application/json")


@watch.get("/metrics")
def metrics() -> Response:
    """Count what was asked and what became of it, in the text format of Prometheus.

    :raises SnapshotError: nothing is served.
    """
    held, asked = served()
    counted = exchange().metrics
    counted.running.set(asked.running)
    counted.remembered.set(asked.remembered)
    counted.snapshot_age.set(observe.age(held.manifest["made"]))
    counted.snapshot_quads.set(held.manifest["quads"])
    return Response(counted.text(), content_type="text/plain; version=0.0.4; charset=utf-8")


@watch.get("/robots.txt")
def robots() -> Response:
    """Keep crawlers from asking queries, and tell them where the pages are."""
    rules = f"User-agent: *\nDisallow: /sparql\nDisallow: /*/sparql\nSitemap: {published_root()}/sitemap.xml\n"
    return Response(rules, content_type="text/plain; charset=utf-8")
