"""Count and log what the server does: Prometheus metrics, and a line of JSON for each request."""

from __future__ import annotations

import json
import logging
import time
from datetime import UTC, datetime
from typing import Any

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

from graph.store import Asked

access = logging.getLogger("levikki.access")
SECONDS = (0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0, 30.0)
# Outcomes that ended the process of a query.
KILLS = frozenset("query_seconds query_long_processes query_memory_bytes answer_rows answer_bytes ClientGone".split())


class Metrics:
    """Count requests, queries and what became of them, for one app."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()

        def counter(name: str, text: str, *labels: str) -> Counter:
            return Counter(f"levikki_{name}", text, labels, registry=self.registry)

        self.requests = counter("http_requests", "Requests answered", "route", "method", "status")
        self.request_seconds = Histogram(
            "levikki_http_request_seconds",
            "Time to answer a request",
            ["route"],
            buckets=SECONDS,
            registry=self.registry,
        )
        self.queries = counter(
            "queries", "Queries by outcome: done, cached, or the limit or error that ended it", "outcome"
        )
        self.query_seconds = Histogram(
            "levikki_query_seconds", "Time that a query ran", buckets=SECONDS, registry=self.registry
        )
        self.kills = counter("query_kills", "Query processes killed or broken, by reason", "reason")
        self.services = counter("query_services", "SERVICE clauses of queries that ran")
        self.refusals = counter(
            "refusals", "Requests refused, by status and limit or kind of error", "status", "reason"
        )
        self.cache = counter("answer_cache", "Queries that found their answer in memory, or not", "result")
        self.running = self._gauge("queries_running", "Queries that run now")
        self.remembered = self._gauge("answer_cache_bytes", "Bytes of the answers kept in memory")
        self.snapshot_age = self._gauge("snapshot_age_seconds", "Age of the snapshot that is served")
        self.snapshot_quads = self._gauge("snapshot_quads", "Quads of the snapshot that is served")

    def _gauge(self, name: str, text: str) -> Gauge:
        return Gauge(f"levikki_{name}", text, registry=self.registry)

    def query(self, asked: Asked) -> None:
        """Count a query."""
        self.queries.labels(asked.outcome).inc()
        self.cache.labels("hit" if asked.outcome == "cached" else "miss").inc()
        if asked.outcome != "cached":
            self.query_seconds.observe(asked.seconds)
        self.services.inc(asked.services)
        if asked.outcome in KILLS:
            self.kills.labels(asked.outcome).inc()

    def text(self) -> bytes:
        """Return everything in the text format of Prometheus."""
        return generate_latest(self.registry)


def log_access(members: dict[str, Any]) -> None:
    """Write one line of JSON; nothing in it names a person: no address of a client, no query unless the publisher wants it."""
    access.info("%s", json.dumps({"time": now(), **members}, ensure_ascii=False))


def now() -> str:
    """Return the time, in UTC."""
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def age(made: str) -> float:
    """Return the seconds since a time of a manifest."""
    return time.time() - datetime.fromisoformat(made).timestamp()
