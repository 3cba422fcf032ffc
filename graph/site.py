"""What every page shares: its language and words, its ways to other pages, links, and the snapshot that it shows."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from babel.dates import format_date
from babel.numbers import format_decimal
from flask import current_app, g, request, url_for

from graph import views
from graph.dataset import licence
from graph.errors import LevikkiError
from graph.exchange import exchange
from graph.names import last_part
from graph.snapshot import Snapshot
from graph.store import Engine, Term
from graph.translations import texts

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

ROWS_SHOWN = 1000
LOCALES = {"fi": "fi_FI", "sv": "sv_FI", "en": "en_GB"}  # whose numbers and dates a language writes
LANGUAGE_OF_PATH, MOUNTED_AT = "levikki.language", "levikki.mounted_at"
MACHINE_ROUTES = (
    "static",
    "watch.",
    "downloads.file",
    "feed.",
    "archive.file",
    "questions.examples",
)  # what they answer has no language

# The ways that every page offers: endpoint and key of its words. One whose endpoint the app lacks is left out.
NAVIGATION = (
    ("site.home", "nav_home"),
    ("spread.map", "shell_nav_map"),
    ("spread.timeline", "shell_nav_timeline"),
    ("network.network", "shell_nav_network"),
    ("compare.compare", "shell_nav_compare"),
    ("questions.list_questions", "nav_questions"),
    ("site.sparql", "nav_sparql"),
)
ALSO = (("downloads.list_files", "nav_data"), ("about.about", "shell_nav_about"))
FOOTER = (
    ("about.about", "shell_nav_about"),
    ("about.about#privacy", "shell_nav_privacy"),
    ("downloads.list_files", "data_title"),
    ("catalogue.catalogue", "nav_catalogue"),
    ("changes.page", "nav_changes"),
    ("archive.list_releases", "releases_title"),
    ("things.ontology", "nav_ontology"),
)
# Where a page that could not be shown leads.
WAYS_ON = (
    ("site.home", "shell_on_home"),
    ("search.search", "shell_on_search"),
    ("questions.list_questions", "shell_on_questions"),
    ("changes.page", "shell_on_changes"),
    ("downloads.list_files", "shell_on_data"),
)
_SLUG, _PLAIN = "a-slug", re.compile(r"[A-Za-z0-9-]+(?:[./_][A-Za-z0-9-]+)*")  # one that an address has as it is
WAYS = {"navigation": NAVIGATION, "also": ALSO, "footer": FOOTER, "ways_on": WAYS_ON}


@dataclass(frozen=True)
class Way:
    """Hold a way to another page.

    :param text: key of its words.
    :param current: what `aria-current` says where the page is shown, or one below it.
    """

    endpoint: str
    anchor: str
    text: str
    current: str


def engine() -> Engine:
    """Return the engine of this request."""
    return served()[1]


def served() -> tuple[Snapshot, Engine]:
    """Return snapshot and engine of this request, which sees one snapshot from beginning to end.

    :raises SnapshotError: there is none.
    """
    if "served" not in g:
        g.served = exchange().take()
    pair: tuple[Snapshot, Engine] = g.served
    return pair


class LanguagePaths:
    """Let every page stand below /fi, /sv and /en too: what is below is asked for in that language, and links stay there.

    The first part of the path moves to where the app is mounted, so that `url_for` writes it before every address.

    :param inner: the app.
    """

    def __init__(self, inner: WSGIApplication) -> None:
        self._inner = inner

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer a request."""
        first, _, rest = environ.get("PATH_INFO", "").removeprefix("/").partition("/")
        if first in views.LANGUAGES:
            root = environ.get("SCRIPT_NAME", "")
            environ = {
                **environ, "PATH_INFO": f"/{rest}", "SCRIPT_NAME": f"{root}/{first}",
                LANGUAGE_OF_PATH: first, MOUNTED_AT: root,
            }  # fmt: skip
        return self._inner(environ, start_response)


def mounted_at() -> str:
    """Return the path that the service is mounted at, without the language of this request's address."""
    return str(request.environ.get(MOUNTED_AT, request.script_root))


def service_root() -> str:
    """Return the address of the service's first page, without a language."""
    return f"{request.host_url.rstrip('/')}{mounted_at()}/"


def published_root() -> str:
    """Return the address that the publisher gives the service, without a slash at its end; that of this request where none is set."""
    return (exchange().settings.address or service_root()).rstrip("/")


def public_address(endpoint: str, **values: Any) -> str:
    """Return the whole address of a route without the language of this request: what programs are told."""
    return service_root() + url_for(endpoint, **{"lang": None, **values}).removeprefix(f"{request.script_root}/")


def language() -> str:
    """Return the language of the page: of its address (/sv/…), of `?lang=`, what the browser prefers, or Finnish."""
    asked = request.environ.get(LANGUAGE_OF_PATH) or request.args.get("lang", "")
    if asked in views.LANGUAGES:
        return str(asked)
    # The most wanted one that we have: Swedish as in Finland (sv-FI) is Swedish.
    wanted = (tag.partition("-")[0].lower() for tag, quality in request.accept_languages if quality > 0)
    return next((each for each in wanted if each in views.LANGUAGES), views.LANGUAGES[0])


def keep_language(endpoint: str, values: dict[str, Any]) -> None:
    """Carry a chosen language from page to page."""
    if not endpoint.startswith(MACHINE_ROUTES) and request.args.get("lang") in views.LANGUAGES:
        values.setdefault("lang", request.args["lang"])


def page_values() -> dict[str, Any]:
    """Return what every template knows: words, language, links."""
    chosen, settings = language(), exchange().settings
    asked = f"?{urlencode(_without_language())}" if _without_language() else ""
    others = {each: f"{mounted_at()}/{each}{request.path}{asked}" for each in views.LANGUAGES}
    # Whole addresses only where the publisher says which: a host behind a proxy is nobody's business.
    root = settings.address.rstrip("/") or mounted_at()
    pages = {each: f"{root}/{each}{request.path}{asked}" for each in views.LANGUAGES}
    return {
        **{name: ways(each) for name, each in WAYS.items()},
        "searchable": "search.search" in current_app.view_functions,
        "language_pages": {**pages, "x-default": f"{root}{request.path}{asked}"},
        "canonical": pages[chosen] if request.endpoint else "",
        "served_release": _release(),
        "day": day,
        "number": number,
        "last_part": last_part,
        "language": chosen,
        "t": texts()[chosen],
        "language_links": others,
        "language_names": {each: texts()[each]["language_name"] for each in views.LANGUAGES},
        "href": href,
        "licence_iri": settings.licence,
        "licence_label": licence(settings.licence).label,
        "rows_shown": ROWS_SHOWN,
        "query_seconds": settings.query_seconds,
    }


def ways(offered: Iterable[tuple[str, str]]) -> list[Way]:
    """Return the ways to other pages, those alone that the app has."""
    found = []
    for address, text in offered:
        endpoint, _, anchor = address.partition("#")
        below = endpoint.partition(".")[0] == request.blueprint not in {"site", "spread", "about", "things"}
        current = "page" if endpoint == request.endpoint else "true" if below else ""
        if endpoint in current_app.view_functions:
            found.append(Way(endpoint, anchor, text, "" if anchor else current))
    return found


def number(value: float, decimals: int | None = None) -> str:
    """Write a number as the language of the page writes it: 18 768, 18,768; 0,84, 0.84.

    :param decimals: how many; as many as it has where left out.
    """
    pattern = "#,##0.###" if decimals is None else "#,##0" + ("." + "0" * decimals if decimals else "")
    return format_decimal(value, format=pattern, locale=LOCALES[language()])


def day(moment: str) -> str:
    """Write the day of a moment (2026-11-22T…) as the language of the page writes it."""
    return _written(moment[:10], LOCALES[language()])


@lru_cache(maxsize=4096)
def _written(moment: str, locale: str) -> str:
    return format_date(date.fromisoformat(moment), format="medium", locale=locale)


def _release() -> dict[str, str] | None:
    """Return name and moment of what is served; a page that says that nothing is has neither."""
    try:
        held, _ = served()
    except LevikkiError:
        return None
    return {"name": held.path.name, "made": str(held.manifest["made"])}


def _without_language() -> list[tuple[str, str]]:
    return [pair for pair in request.args.items(multi=True) if pair[0] != "lang"]


def named(rows: Sequence[Mapping[str, Term]]) -> dict[str, views.Named]:
    """Return labels for the things in the rows that a page shows."""
    iris = [cell.value for row in rows[:ROWS_SHOWN] for cell in row.values() if cell.kind == "iri"]
    return views.labels(engine(), iris, language())


def _documents(kind: str) -> tuple[str, str]:
    """Return what stands around the slug in the addresses of a type's documents: pages link to thousands of them."""
    known: dict[str, tuple[str, str]] = g.setdefault("documents", {})
    if kind not in known:
        before, _, after = url_for("things.document", kind=kind, slug=_SLUG).partition(_SLUG)
        known[kind] = before, after
    return known[kind]


def href(iri: str) -> str:
    """Return the address to link to for an IRI: on this server for our own, at whatever host it answers."""
    names = engine().names
    path, _, anchor = iri.partition("#")
    local = names.local(path)
    if local and "/" in local:
        kind, _, slug = local.partition("/")
        if not _PLAIN.fullmatch(slug) or anchor:
            return url_for("things.document", kind=kind, slug=slug, _anchor=anchor or None)
        before, after = _documents(kind)
        return f"{before}{slug}{after}"
    if path == names.ontology[:-1]:
        return url_for("things.ontology", _anchor=anchor or None)
    if path.startswith(names.graph("")):
        return url_for("things.graph", name=path.removeprefix(names.graph("")))
    return iri if iri.startswith(("http://", "https://")) else ""
