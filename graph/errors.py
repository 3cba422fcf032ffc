"""The one exception tree of Levikki.

LevikkiError                 what went wrong, where, and what to do next
├── CallError                the call is wrong: exit code 2
├── DataError                the data is wrong: exit code 1
│   ├── PageError            a source page that cannot be read
│   ├── LexiconError         a table of mappings/lexicon that cannot be used
│   ├── RecordError          a record, or the review table, that cannot be used
│   ├── OntologyError        a file of ontology/ or mappings/ that cannot be used
│   ├── ShapesError          a graph that breaks a shape or a check
│   ├── SnapshotError        no snapshot, or one that cannot be opened
│   ├── AnswerTooSlow        another host that takes longer than it may
│   └── AnswerTooLong        another host that sends more than it may
└── QueryError               a query that is refused: 400
    ├── QuerySyntaxError     it does not parse; knows line and column
    ├── QueryForbidden       it asks for what this endpoint never does: 403
    ├── ClientGone           nobody waits for its answer any more
    ├── ServiceFailed        a SERVICE that it asks cannot be asked, or fails: 502
    └── LimitReached         it goes beyond a limit, which has a name and a value
        ├── QueryTooLong     its characters: 413
        ├── AnswerTooLarge   the rows or bytes of its answer: 413
        ├── QueryTimeout     its time: 503
        ├── QueryTooHeavy    its memory: 503
        ├── Busy             the queries that run at once: 503
        └── TooManyRequests  the requests, or the processing time, of one client: 429

The command line and the HTTP service show every one of them alike, from `what`, `where` and `hint`.
"""

from __future__ import annotations

from typing import ClassVar

RETRY_SECONDS = 5  # after which what was busy may not be


class LevikkiError(Exception):
    """Say what went wrong, where, and what to do next.

    :param what: one sentence without a full stop at the end.
    :param where: a file, `file:line`, a query or a field; empty where there is no place to name.
    :param hint: what the reader can do next.
    """

    exit_code: ClassVar[int] = 1
    http_status: ClassVar[int] = 500

    def __init__(self, what: str, where: str = "", hint: str = "") -> None:
        self.what, self.where, self.hint = what, where, hint
        super().__init__(what, where, hint)

    @property
    def reason(self) -> str:
        """Return what this is counted under: its kind, or the limit that was reached."""
        return type(self).__name__

    def __str__(self) -> str:
        place = f"{self.where}: " if self.where else ""
        return f"{place}{self.what}" + (f"\n  what to do: {self.hint}" if self.hint else "")


class CallError(LevikkiError):
    """A command or request that asks for something that does not exist."""

    exit_code = 2
    http_status = 400


class DataError(LevikkiError):
    """Data that cannot be used as it is."""


class PageError(DataError):
    """A source page that cannot be read."""


class LexiconError(DataError):
    """A table of mappings/lexicon that cannot be used."""


class RecordError(DataError):
    """A record, or the review table, that cannot be used."""


class OntologyError(DataError):
    """A file of ontology/ or mappings/ that cannot be used."""


class ShapesError(DataError):
    """A graph that breaks a shape or a check; `what` is the whole report."""


class SnapshotError(DataError):
    """No snapshot, or one that cannot be opened."""

    http_status = 503


class AnswerTooSlow(DataError):
    """Another host that takes longer than it may."""


class AnswerTooLong(DataError):
    """Another host that sends more than it may."""


class QueryError(LevikkiError):
    """A query that this service does not answer."""

    http_status = 400


class QuerySyntaxError(QueryError):
    """A query that does not parse.

    :param line: 1-based line of the first character that does not fit, where known.
    :param column: 1-based column of it.
    """

    def __init__(self, what: str, line: int | None = None, column: int | None = None) -> None:
        self.line, self.column = line, column
        where = f"line {line}, column {column}" if line is not None else "query"
        super().__init__(what, where, "mend the query there and send it again")


class QueryForbidden(QueryError):
    """A query that asks for what this endpoint never does."""

    http_status = 403


class ClientGone(QueryError):
    """A query that was stopped because its client went away; no one reads this."""

    http_status = 499  # as nginx logs it


class ServiceFailed(QueryError):
    """A SERVICE of a query that cannot be asked, or fails."""

    http_status = 502


class LimitReached(QueryError):
    """A query, or a client, that goes beyond a limit of this service.

    :param limit: name of the setting.
    :param value: its value.
    :param retry_seconds: after which time the same request may do better; None where it will not.
    """

    def __init__(
        self, what: str, hint: str = "", *, limit: str, value: float, retry_seconds: int | None = None, where: str = ""
    ) -> None:
        super().__init__(what, where or "query", hint)
        self.limit, self.value, self.retry_seconds = limit, value, retry_seconds

    @property
    def reason(self) -> str:
        """Return the limit."""
        return self.limit


class QueryTooLong(LimitReached):
    """A query with more characters than this service reads."""

    http_status = 413


class AnswerTooLarge(LimitReached):
    """An answer with more rows or bytes than this service sends."""

    http_status = 413


class QueryTimeout(LimitReached):
    """A query whose time is over."""

    http_status = 503


class QueryTooHeavy(LimitReached):
    """A query that needs more memory, or depth, than its process may have."""

    http_status = 503


class Busy(LimitReached):
    """A query for which there is no room beside those that run."""

    http_status = 503


class TooManyRequests(LimitReached):
    """A client that asked too often, or used too much processing time."""

    http_status = 429
