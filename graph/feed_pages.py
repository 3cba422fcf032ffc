"""Routes of the event stream (LDES 1.0): its root, a node for each release, and pages of members that never change."""

from __future__ import annotations

import gzip
from collections.abc import Iterable, Iterator

import pyoxigraph as ox
from flask import Blueprint, Response, redirect, request, url_for
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response as BaseResponse

from graph.changes import changes_of
from graph.exchange import exchange
from graph.feed import AS, DATE_TIME, DCT, TREE, TYPE, VERBS, index, page_of, page_quads, stream
from graph.formats import DATASET_FORMATS, GRAPH_FORMATS, Format, by_name
from graph.names import Names
from graph.protocol import data, kept, wanted
from graph.releases import following, whole
from graph.site import public_address, served
from graph.snapshot import Snapshot
from graph.translations import texts

feed = Blueprint("feed", __name__)
LDES, XSD = "https://w3id.org/ldes#", "http://www.w3.org/2001/XMLSchema#"
FORMATS = (DATASET_FORMATS[1], DATASET_FORMATS[0], GRAPH_FORMATS[2])  # TriG first: it shows the members' graphs best
YEAR = 31_536_000


def followed() -> list[Snapshot]:
    """Return the releases that the feed is made of, the oldest first, as far as the one that is served."""
    held, _ = served()
    return [each for each in following(exchange().settings.snapshots, held.base) if each.name <= held.name]


def release_called(name: str) -> Snapshot:
    """Return a release of the feed.

    :raises NotFound: it is none.
    """
    found = next((each for each in followed() if each.name == name), None)
    if found is None:
        raise NotFound(f"no release {name!r} in the feed; /feed lists them")
    return found


@feed.get("/feed", defaults={"suffix": ""})
@feed.get("/feed.<suffix>")
def root(suffix: str) -> Response:
    """Describe the event stream, and lead to the node of each release."""
    node, held = public_address("feed.root", suffix=""), followed()
    quads = list(_stream(served()[0].base, node))
    if held and (changes_of(held[0]) or {}).get("begins"):
        quads += _retention(node, held[0])
    for each in held:
        quads += _relation(node, public_address("feed.release", name=each.name), each)
    return kept(_answer(quads, suffix))


@feed.get("/feed/<name>")
def release(name: str) -> Response:
    """Lead to the pages of a release.

    :raises NotFound: there is no such release.
    """
    name, _, suffix = name.partition(".")
    held = release_called(name)
    node = public_address("feed.release", name=name)
    quads = list(_node(node, immutable=True))
    for number in range(1, len(index(held)["pages"]) + 1):
        quads += _relation(node, public_address("feed.page", name=name, number=number), held)
    return _for_ever(_answer(quads, suffix))


@feed.get("/feed/<name>/<number>")
def page(name: str, number: str) -> Response:
    """Return a page of members.

    :raises NotFound: there is no such page.
    """
    held = release_called(name)
    number, _, suffix = number.partition(".")
    if number not in map(str, range(1, len(index(held)["pages"]) + 1)):
        raise NotFound(f"release {name} has {len(index(held)['pages'])} pages")
    node = public_address("feed.page", name=name, number=number)
    return _for_ever(_answer([*_node(node, immutable=True), *page_quads(held, int(number))], suffix))


@feed.get("/version/<name>/<path:local>")
def member(name: str, local: str) -> BaseResponse:
    """Send from a version of a thing to what was said of it then, or to the page of the feed that has it.

    :raises NotFound: no release has this version.
    """
    held = release_called(name)
    iri = f"{held.base}version/{name}/{local}"
    number = page_of(held, iri)
    if number is None:
        raise NotFound("the feed has no such version of a thing")
    kind, _, slug = local.removeprefix("id/").partition("/")
    gone = local.removeprefix("id/") in held.gone
    if local.startswith("id/") and whole(held) and not gone:
        return redirect(url_for("archive.document", name=name, kind=kind, slug=slug), 303)
    return redirect(url_for("feed.page", name=name, number=number), 303)


def _stream(base: str, node: str) -> Iterator[ox.Quad]:
    here = stream(base)
    yield _quad(here, TYPE, f"{LDES}EventStream")
    yield _quad(here, f"{TREE}view", node)
    yield _quad(here, f"{DCT}license", exchange().settings.licence)
    yield _quad(here, f"{DCT}isPartOf", f"{base}dataset")
    for language, words in texts().items():
        yield _quad(here, f"{DCT}title", ox.Literal(words["feed_title"], language=language))
    yield _quad(here, f"{LDES}timestampPath", f"{DCT}created")
    yield _quad(here, f"{LDES}versionOfPath", f"{DCT}isVersionOf")
    for verb in VERBS.values():
        yield _quad(here, f"{LDES}version{verb}Object", f"{AS}{verb}")
    yield from _node(node)


def _node(node: str, *, immutable: bool = False) -> Iterator[ox.Quad]:
    yield _quad(node, TYPE, f"{TREE}Node")
    if immutable:
        yield _quad(node, f"{LDES}immutable", ox.Literal("true", datatype=ox.NamedNode(f"{XSD}boolean")))


def _retention(node: str, first: Snapshot) -> Iterator[ox.Quad]:
    """Yield that what was before a release has been forgotten."""
    policy = f"{node}#retention"
    yield _quad(node, f"{LDES}retentionPolicy", policy)
    yield _quad(policy, TYPE, f"{LDES}RetentionPolicy")
    yield _quad(policy, f"{LDES}startingFrom", _time(first))


def _relation(node: str, to: str, release: Snapshot) -> Iterator[ox.Quad]:
    """Yield that all members behind a node have the time of a release: not earlier, and not later."""
    for bound in ("GreaterThanOrEqualTo", "LessThanOrEqualTo"):
        relation = f"{to}#{'from' if bound.startswith('G') else 'until'}"
        yield _quad(node, f"{TREE}relation", relation)
        yield _quad(relation, TYPE, f"{TREE}{bound}Relation")
        yield _quad(relation, f"{TREE}node", to)
        yield _quad(relation, f"{TREE}path", f"{DCT}created")
        yield _quad(relation, f"{TREE}value", _time(release))


def _time(release: Snapshot) -> ox.Literal:
    return ox.Literal(release.manifest["made"], datatype=ox.NamedNode(DATE_TIME))


def _quad(subject: str, predicate: str, value: str | ox.Literal) -> ox.Quad:
    return ox.Quad(
        ox.NamedNode(subject), ox.NamedNode(predicate), ox.NamedNode(value) if isinstance(value, str) else value
    )


def _answer(quads: Iterable[ox.Quad], suffix: str) -> Response:
    chosen = by_name(suffix, FORMATS) if suffix else wanted(FORMATS)
    body, packed = _written(quads, chosen), request.accept_encodings["gzip"] > 0
    response = data(gzip.compress(body, mtime=0) if packed else body, chosen)
    if packed:  # a page repeats its IRIs many times: this makes a twentieth of it
        response.headers["Content-Encoding"] = "gzip"
    response.vary.add("Accept-Encoding")
    return response


def _written(quads: Iterable[ox.Quad], chosen: Format) -> bytes:
    known = {**Names(served()[0].base).prefixes(), "as": AS, "ldes": LDES, "tree": TREE}
    prefixes = known if chosen.engine == "TRIG" else None
    return ox.serialize(quads, format=getattr(ox.RdfFormat, chosen.engine), prefixes=prefixes) or b""


def _for_ever(response: Response) -> Response:
    """Let clients and proxies keep what never changes."""
    response.cache_control.public = True
    response.cache_control.max_age = YEAR
    response.cache_control.immutable = True
    return response
