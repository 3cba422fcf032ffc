"""What a client is told when something went wrong: RFC 9457, for every error alike."""

from __future__ import annotations

from dataclasses import dataclass, field
from http import HTTPStatus

from flask import current_app
from werkzeug.exceptions import HTTPException, MethodNotAllowed, RequestEntityTooLarge, UnsupportedMediaType

from graph.errors import RETRY_SECONDS, CallError, LimitReached, QueryError, SnapshotError

FORM, QUERY, UPDATE = "application/x-www-form-urlencoded", "application/sparql-query", "application/sparql-update"


@dataclass(frozen=True)
class Problem:
    """Hold what a client is told when something went wrong."""

    status: int
    detail: str
    where: str = ""
    hint: str = ""
    line: int | None = None
    column: int | None = None
    limit: str = ""
    value: float | None = None
    link: str = ""
    headers: dict[str, str] = field(default_factory=dict)

    @property
    def title(self) -> str:
        """Return the phrase of the status."""
        known = {status.value: status.phrase for status in HTTPStatus}
        return known.get(self.status, "Client Closed Request")

    def members(self) -> dict[str, str | float]:
        """Return the members of the problem+json object, those alone that have a value."""
        known: dict[str, str | float | None] = {
            "type": "about:blank", "title": self.title, "status": self.status, "detail": self.detail,
            "where": self.where, "hint": self.hint, "line": self.line, "column": self.column,
            "limit": self.limit, "value": self.value, "link": self.link,
        }  # fmt: skip
        return {name: value for name, value in known.items() if value is not None and value != ""}


def problem_of(error: Exception) -> Problem | None:
    """Say of an error what is the client's business; None of one that is the server's own."""
    if isinstance(error, RequestEntityTooLarge):
        most = current_app.config["MAX_CONTENT_LENGTH"]
        what = f"the request has more than {most} bytes, the limit (request_bytes)"
        return Problem(413, what, "body", "shorten the query", limit="request_bytes", value=most)
    if isinstance(error, HTTPException):
        return Problem(error.code or 500, error.description or error.name, headers=_headers(error))
    if not isinstance(error, QueryError | CallError | SnapshotError):
        return None
    limit, value, retry = "", None, RETRY_SECONDS if error.http_status == HTTPStatus.SERVICE_UNAVAILABLE else None
    if isinstance(error, LimitReached):
        limit, value, retry = error.limit, error.value, error.retry_seconds
    headers = {"Retry-After": str(retry)} if retry else {}
    link = getattr(error, "link", "")
    where = "" if isinstance(error, SnapshotError) else error.where
    line, column = getattr(error, "line", None), getattr(error, "column", None)
    return Problem(error.http_status, error.what, where, error.hint, line, column, limit, value, link, headers)


def _headers(error: HTTPException) -> dict[str, str]:
    if isinstance(error, MethodNotAllowed):
        return {"Allow": ", ".join(sorted(error.valid_methods or ()))}
    if isinstance(error, UnsupportedMediaType):
        return {"Accept-Post": f"{FORM}, {QUERY}"}
    return {}
