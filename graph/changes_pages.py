"""Routes of what changes: a page for people, and an Atom feed (RFC 4287) with an entry for each release that changed something."""

from __future__ import annotations

from itertools import islice
from xml.etree import ElementTree as ET

from flask import Blueprint, Response, render_template, request, url_for
from werkzeug.exceptions import NotFound

from graph.exchange import exchange
from graph.news import News, news, shown
from graph.protocol import kept
from graph.site import language, served
from graph.snapshot import Snapshot
from graph.translations import texts

changes = Blueprint("changes", __name__)
PAGE, ITEMS, ENTRIES = 10, 10, 50
ATOM = "http://www.w3.org/2005/Atom"


@changes.get("/changes")
def page() -> str:
    """Show what each release changed, the newest first.

    :raises NotFound: there is no such page.
    """
    number, held = request.args.get("page", "1"), _of_base()
    last = max(1, -(-len(held) // PAGE))
    if number not in map(str, range(1, last + 1)):
        raise NotFound(f"there are {last} pages of changes")
    here = int(number)
    found = [each for release in held[(here - 1) * PAGE : here * PAGE] if (each := news(release, ITEMS))]
    return render_template("changes.html", news=found, page=here, last=last)


@changes.get("/changes.atom")
def atom() -> Response:
    """Return the newest releases that changed something."""
    held, words = served()[0], texts()[language()]
    found = (each for release in _of_base() if (each := news(release, 0)) and each.any)
    feed = ET.Element("feed", {"xmlns": ATOM, "xml:lang": language()})
    _add(feed, "id", f"{held.base}changes")
    _add(feed, "title", f"Levikki – {words['changes_title']}")
    _add(feed, "updated", str(held.manifest["made"]))
    _add(_add(feed, "author"), "name", exchange().settings.publisher_name)
    _add(feed, "rights", exchange().settings.licence)
    _link(feed, "self", "application/atom+xml", url_for("changes.atom", _external=True))
    _link(feed, "alternate", "text/html", url_for("changes.page", _external=True))
    for each in islice(found, ENTRIES):
        _entry(feed, each)
    ET.indent(feed)
    body = ET.tostring(feed, encoding="utf-8", xml_declaration=True)
    response = Response(body, content_type="application/atom+xml; charset=utf-8")
    response.vary.add("Accept-Language")
    return kept(response)


def _of_base() -> list[Snapshot]:
    """Return the releases of the base that is served, the newest first."""
    return [each for each in shown() if each.base == served()[0].base]


def _entry(feed: ET.Element, each: News) -> None:
    name, words = each.release.name, texts()[language()]
    entry = _add(feed, "entry")
    _add(entry, "id", f"{each.release.base}release/{name}")
    _add(entry, "title", words["release_title" if each.previous else "release_first"].format(name=name))
    _add(entry, "updated", each.made)
    _link(entry, "alternate", "text/html", url_for("archive.release", name=name, _external=True))
    _link(entry, "related", "application/trig", url_for("feed.release", name=name, _external=True))
    _add(entry, "summary", summary(each))


def _add(parent: ET.Element, tag: str, text: str | None = None) -> ET.Element:
    found = ET.SubElement(parent, tag)
    found.text = text
    return found


def _link(parent: ET.Element, relation: str, media_type: str, address: str) -> None:
    ET.SubElement(parent, "link", {"rel": relation, "type": media_type, "href": address})


def summary(each: News) -> str:
    """Return in a few words what a release changed."""
    words = texts()[language()]
    parts = [words["changes_quads"].format(**each.quads)]
    if each.moved:
        parts.append(words["changes_moved_count"].format(count=each.moved))
    parts += [
        words["changes_count"].format(kind=words["kinds"][kind], **counted) for kind, counted in each.counts.items()
    ]
    return "; ".join(parts)
