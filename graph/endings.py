"""Say how a query ended, from what its process tells, as an error that its author can act on."""

from __future__ import annotations

import json
import logging
import re

from graph.errors import (
    RETRY_SECONDS,
    AnswerTooLarge,
    QueryError,
    QuerySyntaxError,
    QueryTimeout,
    ServiceFailed,
    SnapshotError,
)
from graph.query import undeclared_prefix
from graph.settings import Settings
from graph.store_process import unusable

_log = logging.getLogger(__name__)


def problem(
    outcome: str,
    detail: str,
    text: str,
    prefixes: tuple[tuple[str, str], ...],
    settings: Settings,
    *,
    is_elsewhere: bool = False,
) -> QueryError | SnapshotError:
    """Return the error for an outcome.

    :param detail: words of the engine, or of the process.
    :param text: the query.
    :param prefixes: those that it need not declare.
    :param is_elsewhere: the store is an engine at an address.
    """
    if outcome == "syntax":
        return _syntax_error(detail, text, prefixes)
    if outcome == "refused":
        return QueryError(f"the query cannot be evaluated: {detail}", "query", "mend the query and send it again")
    if outcome == "service":
        return _service_error(json.loads(detail), settings)
    _log.error("the store cannot be read: %s", detail)
    return unusable(outcome, "read", is_elsewhere=is_elsewhere)


def _service_error(told: dict[str, str], settings: Settings) -> QueryError:
    what, limit = told["what"], told["limit"]
    if limit == "service_bytes":
        hint = "ask it for fewer rows: a LIMIT in a sub-select, or a FILTER, inside the SERVICE"
        return AnswerTooLarge(what, hint, limit=limit, value=settings.service_bytes)
    if limit:
        hint = "ask it for less, or try again later"
        value = float(getattr(settings, limit))
        return QueryTimeout(what, hint, limit=limit, value=value, retry_seconds=RETRY_SECONDS)
    return ServiceFailed(what, "SERVICE", "ask that endpoint yourself, try again later, or write SERVICE SILENT")


def _syntax_error(detail: str, text: str, prefixes: tuple[tuple[str, str], ...]) -> QuerySyntaxError:
    unknown = undeclared_prefix(text, prefixes)
    if unknown:
        return QuerySyntaxError(f"the prefix {unknown[0]}: is not declared", unknown[1], unknown[2])
    found = re.fullmatch(r"error at (\d+):(\d+): (.*)", detail, re.DOTALL)
    if not found:
        return QuerySyntaxError(f"the query does not parse: {detail}")
    # Character classes say little to a reader.
    expected = re.sub(r"(?:, )?\[[^\]]*\](?:, )?", "", found[3]).strip()
    says_nothing = expected in {"expected", "expected one of", "expected <unreported>"}
    reason = "something else is expected here" if says_nothing else expected
    return QuerySyntaxError(f"the query does not parse: {reason}", int(found[1]), int(found[2]))
