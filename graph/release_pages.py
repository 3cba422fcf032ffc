"""Routes of the releases: which there are, what each holds and changed, and its files and things as they were."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from typing import Any

import pyoxigraph as ox
from flask import Blueprint, Response, redirect, render_template, url_for
from werkzeug.exceptions import Gone, NotFound
from werkzeug.http import http_date
from werkzeug.wrappers import Response as BaseResponse

from graph import views
from graph.archive import Said, describe, labels, serialized
from graph.changes import changes_of
from graph.description import TYPE
from graph.downloads import sent
from graph.formats import GRAPH_FORMATS, HTML, Format
from graph.names import TYPES, Names
from graph.news import news, shown
from graph.protocol import data, kept, wanted
from graph.releases import whole
from graph.site import engine, href, language, public_address
from graph.snapshot import Snapshot

archive = Blueprint("archive", __name__)
JSON = Format("json", "application/json")
ITEMS = 200


def called(name: str) -> Snapshot:
    """Return a release by its whole name: nothing else of an address becomes a path.

    :raises NotFound: there is none.
    """
    found = next((each for each in shown() if each.name == name), None)
    if found is None:
        raise NotFound(f"no release {name!r}; /release/ lists them")
    return found


def readable(name: str) -> Snapshot:
    """Return a release that can still be read.

    :raises NotFound: there is none.
    :raises Gone: it is older than what is kept.
    """
    found = called(name)
    if not whole(found):
        raise Gone(f"release {name} is older than what is kept: only what changed in it is left, at /release/{name}")
    return found


@archive.get("/release/")
def list_releases() -> str | Response:
    """List the releases, the newest first."""
    found = shown()
    if wanted((HTML, JSON)) == HTML:
        return render_template("releases.html", releases=[(each, whole(each)) for each in found])
    return _json({"releases": [{**each.manifest, "readable": whole(each)} for each in found]})


@archive.get("/release/<name>")
def release(name: str) -> str | Response | BaseResponse:
    """Show a release: what it holds, what it changed, its files. A date leads to the last release of that day.

    :raises NotFound: there is none.
    """
    if re.fullmatch(r"\d{4}-\d\d-\d\d", name):
        newest = next((each.name for each in shown() if each.name.startswith(name)), None)
        if newest is None:
            raise NotFound(f"no release was made on {name}; /release/ lists them")
        return redirect(url_for("archive.release", name=newest), 303)
    found = called(name)
    if wanted((HTML, JSON)) == HTML:
        page = render_template("release.html", release=found, news=news(found, ITEMS), readable=whole(found))
        return _linked(Response(page, mimetype="text/html"), found)
    known = {**found.manifest, "readable": whole(found), "changes": changes_of(found)}
    files = [
        {"path": each.path, "media_type": each.media_type, "bytes": each.bytes, "sha256": each.sha256}
        for each in found.files
    ]
    return _linked(_json({**known, "files": files if whole(found) else []}), found)


@archive.get("/release/<name>/data/<path:path>")
def file(name: str, path: str) -> Response:
    """Return a file of a release.

    :raises NotFound: there is no such file, or no such release.
    :raises Gone: the release is older than what is kept.
    """
    return sent(readable(name), path)


@archive.get("/release/<name>/doc/<kind>/<path:slug>")
def document(name: str, kind: str, slug: str) -> str | Response:
    """Describe a thing as it was in a release, in the format of the suffix or the one that the client likes best.

    :raises NotFound: the release says nothing of it.
    :raises Gone: it is older than what is kept.
    """
    held = readable(name)
    stem, _, suffix = slug.rpartition(".")
    by_suffix = next((form for form in (HTML, *GRAPH_FORMATS) if form.name == suffix), None)
    chosen, slug = by_suffix or wanted((HTML, *GRAPH_FORMATS)), stem if by_suffix else slug
    names = Names(held.base)
    said = describe(held, names.thing(kind, slug)) if kind in TYPES else {}
    if not said:
        raise NotFound(f"release {name} says nothing of {kind}/{slug}")
    body = _page(held, said, (kind, slug)) if chosen == HTML else serialized(said, chosen, names)
    response = kept(data(body, chosen))
    made = datetime.strptime(held.manifest["made"], "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
    response.headers["Memento-Datetime"] = http_date(made)
    now = public_address("things.document", kind=kind, slug=slug)
    response.headers.add("Link", f'<{now}>; rel="original latest-version"')
    return response


def _page(held: Snapshot, said: Said, address: tuple[str, str]) -> str:
    """Return the page of a thing as it was, with the names that things had then; terms have those of now."""
    triples = [each for all_ in said.values() for each in all_]
    iris = {each.object.value for each in triples if isinstance(each.object, ox.NamedNode)}
    ours = {iri for iri in iris if Names(held.base).local(iri)}
    terms = views.labels(engine(), (iris - ours) | {each.predicate.value for each in triples}, language())
    then = labels(held, sorted({*ours, *said}))

    def name(iri: str) -> views.Named:
        known = then.get(iri, {})
        chosen = next((each for each in (language(), "fi", "en", "sv") if each in known), None)
        if chosen:
            return views.Named(iri, known[chosen], chosen)
        return terms.get(iri) or views.Named(iri, iri.partition("#")[2] or iri.removeprefix(f"{held.base}id/"))

    def address_then(iri: str) -> str:
        thing, _, part = iri.partition("#")
        kind, _, slug = (Names(held.base).local(thing) or "").partition("/")
        if not slug:
            return href(iri)
        return url_for("archive.document", name=held.name, kind=kind, slug=slug, _anchor=part or None)

    return render_template(
        "archive.html", release=held, said=said, address=address, properties=terms,
        name=name, address_then=address_then, rdf_type=TYPE, formats=GRAPH_FORMATS,
    )  # fmt: skip


def _linked(response: Response, held: Snapshot) -> Response:
    """Add links to the releases before and behind, and to the newest (RFC 5829)."""
    found = [each.name for each in shown() if each.base == held.base]
    here = found.index(held.name) if held.name in found else None
    if here is not None:
        sides = {"latest-version": found[0], "successor-version": found[here - 1] if here else ""}
        sides["predecessor-version"] = found[here + 1] if here + 1 < len(found) else ""
        for relation, name in sides.items():
            if name:
                address = public_address("archive.release", name=name)
                response.headers.add("Link", f'<{address}>; rel="{relation}"')
    return response


def _json(content: dict[str, Any]) -> Response:
    return kept(Response(json.dumps(content, ensure_ascii=False, indent=1) + "\n", content_type=JSON.media_type))
