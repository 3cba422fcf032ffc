"""Routes for the catalogue: DCAT-AP for programs, the same as a page for people."""

from __future__ import annotations

from http import HTTPStatus

from flask import Blueprint, Response, redirect, render_template, request, url_for
from rdflib import OWL, RDF, RDFS, VOID, Graph, URIRef
from werkzeug.wrappers import Response as BaseResponse

from graph.catalogue import describe, for_avoindata, period, releases
from graph.dataset import Publication, licence, texts
from graph.errors import CallError, LimitReached
from graph.exchange import exchange
from graph.exports.about import table
from graph.formats import GRAPH_FORMATS, HTML, by_name
from graph.protocol import described, wanted
from graph.service import statistics
from graph.site import served, service_root

pages = Blueprint("catalogue", __name__)
PROFILES = ("dcat-ap", "avoindata")


@pages.get("/catalog", defaults={"suffix": ""})
@pages.get("/catalog.<suffix>")
def catalogue(suffix: str) -> Response | str:
    """Describe the dataset, its releases, its files and the ways to ask it, by DCAT-AP or as avoindata.fi takes it.

    :raises CallError: `?profile=` names none that is known.
    """
    offered = (*GRAPH_FORMATS, HTML)
    chosen = by_name(suffix, offered) if suffix else wanted(offered)
    profile = request.args.get("profile", PROFILES[0])
    if profile not in PROFILES:
        raise CallError(f"no profile {profile!r}", "profile", f"use one of: {', '.join(PROFILES)}")
    if chosen == HTML:
        return _page()
    graph = _graph()
    return described(for_avoindata(graph) if profile == "avoindata" else graph, chosen)


@pages.get("/dataset")
def dataset() -> BaseResponse:
    """Send from the dataset to what describes it."""
    return redirect(url_for("catalogue.catalogue", format=request.args.get("format")), code=HTTPStatus.SEE_OTHER)


def _about() -> Publication:
    return Publication(served()[1].names, exchange().settings, service_root())


def _graph() -> Graph:
    held, asked = served()
    about = _about()
    days = period(lambda query: asked.select(query).rows)
    titles = {name: each.title for name, each in table().items()}
    graph = describe(about, releases(about, held), days, titles)
    own, void = URIRef(about.dataset), f"{about.address}.well-known/void"
    graph.add((own, RDF.type, VOID.Dataset))
    graph.add((own, OWL.sameAs, URIRef(f"{void}#dataset")))
    graph.add((own, RDFS.seeAlso, URIRef(void)))
    graph.add((own, VOID.sparqlEndpoint, URIRef(f"{about.address}sparql")))
    try:
        counted = list(statistics(asked, own, about.catalogue))
    except LimitReached:  # of a very large graph the counts are left out: a harvester needs the rest
        counted = []
    for triple in counted:
        graph.add(triple)
    return graph


def _page() -> str:
    held, asked = served()
    about = _about()
    return render_template(
        "catalog.html",
        about=about,
        said=texts(),
        licence=licence(about.settings.licence),
        releases=releases(about, held),
        days=period(lambda query: asked.select(query).rows),
        snapshot=held,
        formats=GRAPH_FORMATS,
        titles=table(),
    )
