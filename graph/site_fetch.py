"""Ask the app for an address, in this process and without a network, and keep what it answers in the files of a written site."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

from flask import Flask
from werkzeug.test import TestResponse

from graph.errors import DataError
from graph.protocol import AS_FILES
from graph.settings import Settings
from graph.site_addresses import Root, data_file, in_language, language_of, neutral, only_live, page_file
from graph.site_links import header_links, links, title
from graph.views import LANGUAGES

# A browser's wish, as the app sees it; whoever has no page answers in its own first format.
ACCEPT = "text/html,*/*;q=0.1"
TEXTS = frozenset({"text/html", "text/css", "text/javascript", "application/javascript"})
CHOOSER = "js/choose-language.js"
_OF_RELEASE = re.compile(r"/release/([^/]+)/data/")
UNLIMITED = 1_000_000_000


@dataclass(frozen=True)
class Plan:
    """Say what is written and where.

    :param settings: with the address at which the site will stand.
    :param make: makes the app; of module level, so that it can be sent to another process.
    :param folder: where the files are written.
    """

    settings: Settings
    make: Callable[[Settings], Flask]
    folder: Path

    @property
    def root(self) -> Root:
        """Return where the site will stand."""
        return Root(self.settings.address)


@dataclass(frozen=True)
class Visit:
    """Hold what an address answered.

    :param kind: `page`, `choice` (a page without a language), `data`, `redirect`, `left` (to the service) or `missing`.
    :param by_language: data that differs from language to language.
    :param links: addresses that it leads to, each once.
    :param title: of a page, as it stands in its HTML.
    :param relations: its header `Link`: address, relation, media type.
    :param to: where a redirect leads.
    :param release: that was asked.
    """

    address: str
    kind: str
    media_type: str = ""
    by_language: bool = False
    links: tuple[str, ...] = ()
    title: str = ""
    relations: tuple[tuple[str, str, str], ...] = ()
    to: str = ""
    release: str = ""
    status: int = 200

    @property
    def file(self) -> str:
        """Return its file."""
        return data_file(self.address, self.media_type) if self.kind == "data" else page_file(self.address)


def limitless(settings: Settings) -> Settings:
    """Return settings with which a crawler of our own is not held back, and not logged."""
    return replace(
        settings,
        client_requests=UNLIMITED,
        client_seconds=float(UNLIMITED),
        query_seconds=max(60.0, settings.query_seconds),
        access_log=False,
    )


@cache
def app_of(plan: Plan) -> Flask:
    """Return the app of this process."""
    app = plan.make(limitless(plan.settings))
    app.config[AS_FILES] = True
    return app


def seeds(app: Flask) -> list[str]:
    """Return the addresses to begin with: every route that can be asked for without naming anything."""
    rules = (each for each in app.url_map.iter_rules() if "GET" in (each.methods or ()))
    plain = {each.rule for each in rules if "<" not in each.rule}
    plain |= {f"/static/{CHOOSER}"} if "static" in app.view_functions else set()  # of a page that no route makes
    return sorted(each for each in plain if not only_live(each))


def visit(plan: Plan, address: str) -> Visit:
    """Ask for an address; write its file where it has one of its own.

    :raises DataError: the server fails on it: what it says stands in its log.
    """
    root = plan.root
    with app_of(plan).test_client() as client:
        response = client.get(address, base_url=root.address, headers={"Accept": ACCEPT}, buffered=False)
    try:
        return _kept(plan, address, response)
    finally:
        response.close()


def _kept(plan: Plan, address: str, response: TestResponse) -> Visit:
    release = response.headers.get("Levikki-Snapshot", "")
    if 300 <= response.status_code < 400:
        to = plan.root.local(response.headers["Location"], address)
        found = to[0] if to and not only_live(to[0]) else ""
        kind = "redirect" if found else "missing"
        return Visit(address, kind, to=found, links=(found,) if found else (), release=release)
    if response.status_code >= 500:
        raise DataError(f"the server answers {response.status_code}", address, "see its message above, then try again")
    if response.status_code >= 400:
        return Visit(address, "missing", release=release, status=response.status_code)
    of_release = _OF_RELEASE.match(neutral(address))
    if (
        of_release and of_release[1] != release
    ):  # the files of earlier releases would be the site's size once more for each
        return Visit(address, "left", release=release)
    made = Visit(
        address,
        "data",
        media_type=response.mimetype or "",
        by_language="accept-language" in (each.lower() for each in response.vary),
        relations=tuple(header_links(response.headers.get("Link", ""))),
        release=release,
    )
    return _page(plan, made, response) if made.media_type == "text/html" else _data(plan, made, response)


def _page(plan: Plan, made: Visit, response: TestResponse) -> Visit:
    if not language_of(made.address):
        return replace(made, kind="choice", links=tuple(in_language(made.address, each) for each in LANGUAGES))
    text = response.get_data(as_text=True)
    made = replace(made, kind="page", title=title(text), links=_local(plan, made, text))
    _write(plan.folder / made.file, [text.encode()])
    return made


def _data(plan: Plan, made: Visit, response: TestResponse) -> Visit:
    if language_of(made.address) and not made.by_language:
        return made  # what has no language has one file for all
    pieces: Iterator[bytes] | list[bytes] = response.iter_encoded()
    if made.address.partition("/")[2].startswith("feed"):
        pieces, found = _feed(plan, response.get_data(as_text=True), made.file.rpartition(".")[2])
        made = replace(made, links=found)
    elif made.media_type in TEXTS:
        pieces = [response.get_data()]
        made = replace(made, links=_local(plan, made, pieces[0].decode()))
    elif made.by_language and not language_of(made.address):
        made = replace(made, links=tuple(in_language(made.address, each) for each in LANGUAGES))
    _write(plan.folder / made.file, pieces)
    return made


def _feed(plan: Plan, text: str, suffix: str) -> tuple[list[bytes], tuple[str, ...]]:
    """Let the nodes of the event stream lead to each other as files, which have a suffix; return them with what they lead to."""
    node = re.compile(rf"<{re.escape(plan.settings.address)}(feed(?:/[^>#]*)?)(#[^>]*)?>")
    found = tuple(sorted({f"/{each[1]}" for each in node.finditer(text)}))
    text = node.sub(lambda each: f"<{plan.settings.address}{each[1]}.{suffix}{each[2] or ''}>", text)
    return [text.encode()], found


def _local(plan: Plan, made: Visit, text: str) -> tuple[str, ...]:
    """Return the addresses that a text leads to, and the things whose page it is: their IRIs send on to it."""
    there = set(links(text, made.media_type))
    found = {to[0] for each in there if (to := plan.root.local(each, made.address))}
    base = plan.settings.base
    for iri, relation, _ in made.relations:
        if relation == "cite-as" and iri.startswith(base):
            found.add("/" + iri.removeprefix(base).partition("#")[0])
    return tuple(sorted(each for each in found if not only_live(each)))


def _write(path: Path, pieces: Any) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("wb") as file:
            file.writelines(pieces)
    except OSError as problem:
        raise DataError(f"cannot be written: {problem.strerror}", str(path), "check the folder and its space") from None
