"""What every route shares: requests read, formats and language chosen, answers and errors (RFC 9457) given their form."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from functools import cache
from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode

from flask import Response, current_app, g, request, url_for
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import HTTPException, MethodNotAllowed, UnsupportedMediaType
from werkzeug.wrappers import Request

from graph import views
from graph.errors import CallError, QueryError, QueryForbidden, SnapshotError
from graph.files import read_text
from graph.formats import Format, by_name, negotiate
from graph.query import READ_ONLY, READ_ONLY_HINT
from graph.settings import ROOT
from graph.snapshot import Snapshot
from graph.store import Engine

FORM, QUERY, UPDATE = "application/x-www-form-urlencoded", "application/sparql-query", "application/sparql-update"
RETRY_SECONDS = 5
ROWS_SHOWN = 1000
SECURITY = {
    "Content-Security-Policy": (
        "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; object-src 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}
# Routes that a script of any site may read.
OPEN_ROUTES = frozenset(
    f"site.{name}" for name in ("sparql", "thing", "document", "graph", "ontology", "question", "health")
)


@dataclass(frozen=True)
class Asked:
    """Hold what a request asks for.

    :param query: None where it has none.
    :param format: name or media type of `format`, empty where it has none.
    """

    query: str | None
    format: str
    default_graphs: tuple[str, ...]
    named_graphs: tuple[str, ...]


@dataclass(frozen=True)
class Problem:
    """Hold what a client is told when something went wrong."""

    status: int
    detail: str
    where: str = ""
    hint: str = ""
    line: int | None = None
    column: int | None = None
    headers: dict[str, str] = field(default_factory=dict)

    @property
    def title(self) -> str:
        """Return the phrase of the status."""
        return HTTPStatus(self.status).phrase

    def members(self) -> dict[str, str | int]:
        """Return the members of the problem+json object, those alone that have a value."""
        known: dict[str, str | int | None] = {
            "type": "about:blank", "title": self.title, "status": self.status, "detail": self.detail,
            "where": self.where, "hint": self.hint, "line": self.line, "column": self.column,
        }  # fmt: skip
        return {name: value for name, value in known.items() if value is not None and value != ""}


def read_request(sent: Request) -> Asked:
    """Read a request in any of the protocol's three forms.

    :raises QueryForbidden: an update.
    :raises UnsupportedMediaType: a POST of another type.
    :raises CallError: no query in a POST, several queries, or one that is not UTF-8.
    """
    fields = _posted(sent) if sent.method == "POST" else MultiDict(sent.args)
    if "update" in fields or "update" in sent.args:
        raise _read_only()
    queries = fields.getlist("query")
    if len(queries) > 1:
        raise CallError(f"{len(queries)} queries in one request", "query", "send one at a time")
    if sent.method == "POST" and not queries:
        raise CallError("no query in the request", "query", "send it as the field `query` of a form")
    return Asked(
        queries[0] if queries else None,
        fields.get("format") or sent.args.get("format", ""),
        tuple(fields.getlist("default-graph-uri")),
        tuple(fields.getlist("named-graph-uri")),
    )


def _posted(sent: Request) -> MultiDict[str, str]:
    if sent.mimetype == UPDATE:
        raise _read_only()
    charset = sent.mimetype_params.get("charset", "utf-8").lower()
    if sent.mimetype not in {FORM, QUERY} or charset not in {"utf-8", "utf8"}:
        raise UnsupportedMediaType(f"a query is sent as {FORM} or {QUERY}, in UTF-8")
    if sent.mimetype == FORM:
        return MultiDict(sent.form)
    try:
        text = sent.get_data().decode("utf-8")
    except UnicodeDecodeError:
        raise CallError("the query is not UTF-8", "body", "send it in UTF-8") from None
    return MultiDict([*sent.args.items(multi=True), ("query", text)])


def _read_only() -> QueryForbidden:
    return QueryForbidden(READ_ONLY, hint=READ_ONLY_HINT)


def problem_of(error: Exception) -> Problem | None:
    """Say of an error what is the client's business; None of one that is the server's own."""
    if isinstance(error, HTTPException):
        return Problem(error.code or 500, error.description or error.name, headers=_headers(error))
    if not isinstance(error, QueryError | CallError | SnapshotError):
        return None
    headers = {"Retry-After": str(RETRY_SECONDS)} if error.http_status == HTTPStatus.SERVICE_UNAVAILABLE else {}
    where = "" if isinstance(error, SnapshotError) else error.where
    line, column = getattr(error, "line", None), getattr(error, "column", None)
    return Problem(error.http_status, error.what, where, error.hint, line, column, headers)


def _headers(error: HTTPException) -> dict[str, str]:
    if isinstance(error, MethodNotAllowed):
        return {"Allow": ", ".join(sorted(error.valid_methods or ()))}
    if isinstance(error, UnsupportedMediaType):
        return {"Accept-Post": f"{FORM}, {QUERY}"}
    return {}


def engine() -> Engine:
    """Return the engine of this request."""
    return served()[1]


def served() -> tuple[Snapshot, Engine]:
    """Return snapshot and engine of this request, which sees one snapshot from beginning to end.

    :raises SnapshotError: there is none.
    """
    if "served" not in g:
        g.served = current_app.extensions["levikki"].take()
    pair: tuple[Snapshot, Engine] = g.served
    return pair


@cache
def texts() -> dict[str, dict[str, Any]]:
    """Return the words of the pages: language -> key -> text."""
    return dict(json.loads(read_text(ROOT / "templates" / "texts.json")))


def language() -> str:
    """Return the language of the page: `?lang=`, else what the browser prefers, else Finnish."""
    asked = request.args.get("lang", "")
    return asked if asked in views.LANGUAGES else request.accept_languages.best_match(views.LANGUAGES, "fi") or "fi"


def wanted(offered: tuple[Format, ...]) -> Format:
    """Choose a format by `?format=`, else by the Accept header.

    :raises NotAcceptable: none of the offered ones is wanted.
    """
    name = request.args.get("format", "")
    return by_name(name, offered) if name else negotiate(request.headers.get("Accept", ""), offered)


def prefers_html() -> bool:
    """Tell whether a person in front of a browser asks, rather than a program."""
    accepts = request.accept_mimetypes
    return not request.args.get("format") and accepts["text/html"] > accepts["application/json"]


def data(body: bytes | str, chosen: Format) -> Response:
    """Return an answer in a format, with UTF-8 named where the type is text."""
    charset = "; charset=utf-8" if chosen.media_type.startswith("text/") else ""
    return Response(body, content_type=f"{chosen.media_type}{charset}")


def keep_language(endpoint: str, values: dict[str, Any]) -> None:
    """Carry a chosen language from page to page."""
    if endpoint.startswith("site.") and request.args.get("lang") in views.LANGUAGES:
        values.setdefault("lang", request.args["lang"])


def page_values() -> dict[str, Any]:
    """Return what every template knows: words, language, links."""
    chosen = language()
    others = {each: f"{request.path}?{urlencode([*_without_language(), ('lang', each)])}" for each in views.LANGUAGES}
    return {
        "language": chosen,
        "t": texts()[chosen],
        "language_links": others,
        "language_names": {each: texts()[each]["language_name"] for each in views.LANGUAGES},
        "href": href,
        "rows_shown": ROWS_SHOWN,
        "query_seconds": current_app.extensions["levikki"].settings.query_seconds,
    }


def _without_language() -> list[tuple[str, str]]:
    return [pair for pair in request.args.items(multi=True) if pair[0] != "lang"]


def href(iri: str) -> str:
    """Return the address to link to for an IRI: on this server for our own, at whatever host it answers."""
    names = engine().names
    path, _, anchor = iri.partition("#")
    local = names.local(path)
    if local and "/" in local:
        kind, _, slug = local.partition("/")
        return url_for("site.document", kind=kind, slug=slug, _anchor=anchor or None)
    if path == names.ontology[:-1]:
        return url_for("site.ontology", _anchor=anchor or None)
    if path.startswith(names.graph("")):
        return url_for("site.graph", name=path.removeprefix(names.graph("")))
    return iri if iri.startswith(("http://", "https://")) else ""


def add_headers(response: Response) -> Response:
    """Add security headers, and leave to read data to scripts of every site."""
    response.headers.update(SECURITY)
    if request.endpoint in OPEN_ROUTES:
        response.headers["Access-Control-Allow-Origin"] = "*"
        response.vary.update(["Accept", "Accept-Language"])
        if request.method == "OPTIONS":
            response.headers["Access-Control-Allow-Methods"] = response.headers.get("Allow", "GET")
            response.headers["Access-Control-Allow-Headers"] = "Accept, Accept-Language, Content-Type"
    return response
