"""The route of the page that says what the data are, what they lack and how good they are."""

from __future__ import annotations

from flask import Blueprint, render_template

from graph import about_view
from graph.dataset import Publication, texts
from graph.exchange import exchange
from graph.site import language, served, service_root

about_pages = Blueprint("about", __name__)
# Limits that somebody who asks the endpoint meets, in the order in which the page tells them.
LIMITS = (
    "query_seconds query_characters query_memory_bytes answer_rows answer_bytes client_requests client_seconds".split()
)


@about_pages.get("/about")
def about() -> str:
    """Say what the data hold and lack, how claims are made, how well, and on what terms all of it is had."""
    held, asked = served()
    settings = exchange().settings
    return render_template(
        "about.html",
        data=about_view.about(asked, language()),
        quality=about_view.quality(),
        snapshot=held,
        said=texts(),
        publication=Publication(asked.names, settings, service_root()),
        settings=settings,
        limits={name: getattr(settings, name) for name in LIMITS},
        ontology=about_view.ontology_version(asked),
    )
