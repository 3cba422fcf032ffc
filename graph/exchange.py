"""What happens around every request: who may ask now, who waits, what is counted and logged, and which headers go out."""

from __future__ import annotations

import time
import uuid
from hashlib import blake2b
from http import HTTPStatus

from flask import Flask, Response, current_app, g, has_request_context, request
from werkzeug.middleware.proxy_fix import ProxyFix

from graph import compression, observe
from graph.current import Current
from graph.errors import LevikkiError
from graph.observe import Metrics
from graph.problems import FORM, QUERY
from graph.rates import Rates, name_of
from graph.settings import Settings
from graph.snapshot import Snapshot
from graph.store import Asked, Engine, waiting

SECURITY = {
    "Content-Security-Policy": (
        "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; object-src 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Cross-Origin-Opener-Policy": "same-origin",
}
STRICT_TRANSPORT = "max-age=31536000"
# Routes that a script of any site may read.
OPEN_ROUTES = frozenset(
    "site.sparql site.void questions.question questions.examples things.thing things.document things.graph things.graph_store "
    "things.ontology archive.document archive.file archive.list_releases archive.release catalogue.catalogue changes.atom downloads.file "
    "feed.member feed.page feed.release feed.root watch.health watch.ready "
    "spread.map_file spread.timeline_file".split()
)
# Routes that cost next to nothing and that machines must reach however much their client has asked.
UNCOUNTED_ROUTES = frozenset({"static", "watch.health", "watch.ready", "watch.metrics", "watch.robots"})
EXPOSED = "Allow, ETag, Levikki-Limits, Levikki-Snapshot, Link, RateLimit, RateLimit-Policy, Retry-After, X-Request-Id"
REPORTED = "query_seconds query_characters query_memory_bytes answer_rows answer_bytes".split()
METHODS = frozenset("GET HEAD POST OPTIONS PUT DELETE PATCH".split())


class Exchange:
    """Hold what the requests of one app share.

    :param settings: limits among them.
    """

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.metrics = Metrics()
        self.rates = Rates(settings.client_requests, settings.client_seconds)
        self.current = Current(settings, self._observe)

    def join(self, app: Flask) -> None:
        """Let every request of an app pass through."""
        if self.settings.trusted_proxies:
            count = self.settings.trusted_proxies
            fixed = ProxyFix(app.wsgi_app, x_for=count, x_proto=count, x_host=count, x_prefix=count)
            app.wsgi_app = fixed  # type: ignore[method-assign]
        app.extensions["levikki"] = self
        app.before_request(self._begin)
        app.after_request(self._end)
        app.teardown_request(self._forget)

    def take(self) -> tuple[Snapshot, Engine]:
        """Return the newest snapshot and its engine.

        :raises SnapshotError: there is none.
        """
        return self.current.take()

    def retire(self) -> None:
        """Let go of the engine, after the queries that it runs."""
        self.current.retire()

    def _observe(self, asked: Asked) -> None:
        self.metrics.query(asked)
        if has_request_context():
            g.asked.append(asked)

    def _begin(self) -> None:
        g.start, g.asked, g.reason, g.query = time.perf_counter(), [], "", ""
        g.request_id = (self.settings.trusted_proxies and request.headers.get("X-Request-Id")) or uuid.uuid4().hex
        g.client = name_of(request.remote_addr)
        waiting.set(request.environ.get("gunicorn.socket"))
        if request.endpoint not in UNCOUNTED_ROUTES:
            self.rates.admit(g.client)

    def _end(self, response: Response) -> Response:
        seconds = sum(asked.seconds for asked in g.asked)
        self.rates.charge(g.client, seconds)
        if request.method in {"GET", "HEAD"} and response.status_code == HTTPStatus.OK:
            response = _validated(response)
        self._add_headers(response)
        self._count(response)
        return response

    def _add_headers(self, response: Response) -> None:
        headers = response.headers
        headers.update(SECURITY)
        headers["Cross-Origin-Resource-Policy"] = "cross-origin" if request.endpoint in OPEN_ROUTES else "same-origin"
        if request.is_secure:  # as a trusted proxy says; over plain http a browser would not heed it
            headers["Strict-Transport-Security"] = STRICT_TRANSPORT
        headers["X-Request-Id"] = g.request_id
        if response.status_code >= HTTPStatus.BAD_REQUEST:
            headers["Cache-Control"] = "no-store"
        if request.endpoint not in UNCOUNTED_ROUTES:
            requests, seconds = self.rates.left(g.client)
            policy = (
                f'"requests";q={self.settings.client_requests};w=60, "seconds";q={self.settings.client_seconds:g};w=60'
            )
            headers["RateLimit-Policy"] = policy
            headers["RateLimit"] = f'"requests";r={requests}, "seconds";r={seconds:.0f}'
        if request.endpoint in {"site.sparql", "things.graph_store"}:
            headers["Levikki-Limits"] = ", ".join(f"{name}={getattr(self.settings, name)}" for name in REPORTED)
        if "served" in g:
            headers["Levikki-Snapshot"] = g.served[0].path.name
        if request.endpoint in OPEN_ROUTES:
            headers["Access-Control-Allow-Origin"] = "*"
            headers["Access-Control-Expose-Headers"] = EXPOSED
            response.vary.add("Accept")
            if request.method == "OPTIONS":
                headers["Access-Control-Allow-Methods"] = headers.get("Allow", "GET")
                headers["Access-Control-Allow-Headers"] = "Accept, Accept-Language, Content-Type, If-None-Match"
                headers["Access-Control-Max-Age"] = "86400"
        if request.method == "OPTIONS" and request.endpoint == "site.sparql":
            headers["Accept-Post"] = f"{FORM}, {QUERY}"
        if response.mimetype == "text/html":
            response.vary.add("Accept-Language")

    def _count(self, response: Response) -> None:
        seconds = time.perf_counter() - g.start
        route = (request.endpoint or "none").rpartition(".")[2]
        method = request.method if request.method in METHODS else "other"
        self.metrics.requests.labels(route, method, response.status_code).inc()
        self.metrics.request_seconds.labels(route).observe(seconds)
        if response.status_code >= HTTPStatus.BAD_REQUEST:
            self.metrics.refusals.labels(response.status_code, g.reason or "other").inc()
        if not self.settings.access_log:
            return
        query = g.query
        observe.log_access({
            "id": g.request_id, "method": request.method, "path": request.path, "route": route,
            "status": response.status_code, "milliseconds": round(1000 * seconds, 1),
            "bytes": response.content_length, "rows": sum(asked.rows for asked in g.asked),
            "query_id": blake2b(query.encode(), digest_size=6).hexdigest() if query else None,
            "queries": len(g.asked), "cached": sum(asked.outcome == "cached" for asked in g.asked),
            "reason": g.reason or None,
            **({"query": query} if self.settings.log_queries and query else {}),
        })  # fmt: skip

    def _forget(self, _problem: BaseException | None) -> None:
        waiting.set(None)


def exchange() -> Exchange:
    """Return what the requests of this app share."""
    shared: Exchange = current_app.extensions["levikki"]
    return shared


def note(error: Exception) -> None:
    """Remember why a request was refused, for the counts and the log: the limit's name, or the kind of error."""
    g.reason = error.reason if isinstance(error, LevikkiError) else type(error).__name__


def _validated(response: Response) -> Response:
    """Give a response a validator where it has none, and answer 304 where the client has it already."""
    if request.endpoint in UNCOUNTED_ROUTES - {"static"}:
        return response
    if request.endpoint != "static":
        _mark(response)
    if compression.packs(response):
        response.make_conditional(request)
        if response.status_code == HTTPStatus.OK:
            compression.pack(response)
    elif request.endpoint != "static":
        response.make_conditional(request)
    return response


def _mark(response: Response) -> None:
    """Give a response a validator, and say how long it may be kept."""
    if "ETag" not in response.headers and not response.is_streamed and not response.cache_control.no_store:
        response.add_etag()
    if not response.cache_control.max_age and not response.cache_control.no_store:
        response.cache_control.no_cache = True
