"""Routes of linked data: things and the documents about them, named graphs, the ontology."""

from __future__ import annotations

from http import HTTPStatus

from flask import Blueprint, Response, redirect, render_template, request, url_for
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response as BaseResponse

from graph import ontology_docs, schema_org, signposting, thing_view
from graph.description import Description, describe
from graph.errors import CallError
from graph.exchange import exchange
from graph.formats import DATASET_FORMATS, GRAPH_FORMATS, HTML, Format, by_name, choose
from graph.names import TYPES
from graph.protocol import data, deliver, kept, read_graph_name, read_only, wanted
from graph.site import engine, language, served
from graph.thing_data import pages, written
from graph.thing_pages import shown as shown_by
from graph.thing_pages import view_of
from graph.translations import texts

WRITING = ["PUT", "POST", "DELETE", "PATCH"]
things = Blueprint("things", __name__)


class ThingGone(CallError):
    """A thing that an earlier release had, and this one has not.

    :param link: address of what that release said of it.
    """

    http_status = HTTPStatus.GONE

    def __init__(self, name: str, release: str, link: str) -> None:
        super().__init__(
            f"the thing {name} is gone: the last release that had it is {release}", name, f"read it there: {link}"
        )
        self.link = link


@things.get("/id/<kind>/<path:slug>")
def thing(kind: str, slug: str) -> BaseResponse:
    """Send from a thing to the document about it.

    :raises NotFound: no thing is of this type.
    """
    if kind not in TYPES:
        raise NotFound(f"no thing is of the type {kind!r}; the types are {', '.join(TYPES)}")
    chosen = request.args.get("format")  # a chosen language is kept on every address
    address = url_for("things.document", kind=kind, slug=slug, format=chosen)
    return redirect(address, code=HTTPStatus.SEE_OTHER)


@things.get("/doc/<kind>/<path:slug>")
def document(kind: str, slug: str) -> Response:
    """Describe a thing, in the format of the suffix or the one that the client likes best.

    :raises NotFound: the graph says nothing of it.
    :raises ThingGone: an earlier release did.
    """
    stem, _, suffix = slug.rpartition(".")
    by_suffix = next((form for form in signposting.FORMATS if form.name == suffix), None)
    chosen = by_suffix or wanted(signposting.FORMATS)
    slug = stem if by_suffix else slug
    # A page with a view of its own reads there what it shows of the things that link to it; a term is described with its scheme.
    is_alone = chosen == HTML and kind != "scheme" and bool(view_of(kind, slug, _page()))
    description = describe(engine(), engine().names.thing(kind, slug), _page(), is_alone=is_alone)
    if description is None:
        raise _missing(kind, slug)
    response = _answer(description, chosen, (kind, slug))
    settings = exchange().settings
    at = settings.address or engine().names.base
    targets = signposting.of_document(
        description,
        chosen,
        lambda suffix, page: _address(kind, slug, suffix, page),
        licence=settings.licence,
        at=at,
        suffix=by_suffix.name if by_suffix else "",
    )
    response.headers["Link"] = signposting.header(targets)
    return response


def _page() -> int:
    given = request.args.get("page", "1")
    if not given.isascii() or not given.isdecimal() or not 0 < int(given) < 10**6:
        raise CallError(f"no page {given!r}", "page", "pages are numbered from 1")
    return int(given)


def _address(kind: str, slug: str, suffix: str, page: int) -> str:
    whole = f"{slug}.{suffix}" if suffix else slug
    return url_for("things.document", kind=kind, slug=whole, page=page if page > 1 else None)


def _missing(kind: str, slug: str) -> NotFound | ThingGone:
    name = f"{kind}/{slug}"
    release = served()[0].gone.get(name)
    if release is None:
        return NotFound(f"nothing is known here of {name}, or it has no such page of links")
    return ThingGone(name, release, f"{request.script_root}/release/{release}/doc/{name}")


def _answer(description: Description, chosen: Format, address: tuple[str, str]) -> Response:
    licence = exchange().settings.licence
    if chosen != HTML:
        return kept(data(written(description, licence, chosen), chosen))
    shown = thing_view.page(description, language())
    template, view = shown_by(engine(), description, address, language())
    body = render_template(
        template,
        view=view,
        everything=url_for("things.document", kind=address[0], slug=address[1], view="all"),
        description=description,
        address=address,
        page=shown,
        pages={name: _address(*address, "", page) for name, page in pages(description).items()},
        formats={each: _address(*address, each.name, description.page) for each in signposting.FORMATS[1:]},
        schema=schema_org.thing(description, shown, language(), licence),
    )
    return Response(body, mimetype=HTML.media_type)


# ---- the ontology ----


@things.get("/ontology", defaults={"suffix": ""})
@things.get("/ontology.<suffix>")
def ontology(suffix: str) -> Response:
    """Document the ontology, or return it as RDF."""
    offered = (*GRAPH_FORMATS, HTML)
    chosen = by_name(suffix, offered) if suffix else wanted(offered)
    if chosen == HTML:
        docs = ontology_docs.load(engine(), language(), texts()[language()])
        response = Response(render_template("ontology.html", docs=docs), mimetype=HTML.media_type)
    else:
        response = kept(data(ontology_docs.as_rdf(engine(), chosen), chosen))
    targets = signposting.of_ontology(
        engine().names.ontology[:-1],
        chosen,
        lambda suffix: url_for("things.ontology", suffix=suffix),
        ontology_docs.licence(engine()),
    )
    response.headers["Link"] = signposting.header(targets)
    return response


# ---- the graph store, for reading ----


@things.route("/graph/<path:name>", methods=["GET", *WRITING])
def graph(name: str) -> Response:
    """Return a named graph, at its own IRI."""
    return _stored(engine().names.graph(name))


@things.route("/graph-store", methods=["GET", *WRITING])
def graph_store() -> Response:
    """Return the graph that `?graph=` names, or `?default`, by the SPARQL 1.1 Graph Store HTTP Protocol."""
    # A write without a graph would make one: that, too, is refused as a write.
    return _stored("" if request.method in WRITING else read_graph_name(request))


def _stored(iri: str) -> Response:
    """Return a graph.

    :param iri: of a named graph; empty for the default graph.
    :raises NotFound: the snapshot has no such graph.
    :raises QueryForbidden: the request would change it.
    """
    if request.method in WRITING:
        raise read_only()
    if iri and iri not in engine().graphs():
        raise NotFound(f"no graph <{iri}> here")
    offered = (*GRAPH_FORMATS, *DATASET_FORMATS) if iri else GRAPH_FORMATS
    chosen = choose(request.args.get("format", ""), request.headers.get("Accept", ""), offered)
    return deliver(engine().dump(iri, chosen))
