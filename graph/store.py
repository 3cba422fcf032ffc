"""Ask the store of a snapshot: every query runs in a process of ours that is killed when a limit is reached."""

from __future__ import annotations

import json
import time
import weakref
from collections.abc import Callable, Hashable, Mapping
from contextvars import ContextVar
from dataclasses import dataclass
from pathlib import Path
from socket import socket
from typing import Any

from graph.answers import Answer, Answers, whole
from graph.context import for_answers
from graph.endings import problem
from graph.errors import LevikkiError, QueryForbidden, QueryTooLong
from graph.formats import GRAPH_FORMATS, SELECT_FORMATS, Format, choose
from graph.names import Names
from graph.query import Checked, check
from graph.settings import Settings
from graph.spool import Spool
from graph.store_address import Remote
from graph.store_pool import Pool
from graph.store_process import Limits, Process

JSON = SELECT_FORMATS[0]
# The connection of whoever waits for the answers of this thread: where it closes, its query ends.
waiting: ContextVar[socket | None] = ContextVar("waiting", default=None)


@dataclass(frozen=True)
class Term:
    """Hold one RDF term.

    :param kind: iri, literal or bnode.
    :param datatype: IRI of a literal's datatype; empty for a plain or language-tagged string.
    """

    kind: str
    value: str
    language: str = ""
    datatype: str = ""


@dataclass(frozen=True)
class Rows:
    """Hold the answer of a SELECT: its variables, and a dict for each row, without the unbound ones."""

    variables: tuple[str, ...]
    rows: tuple[dict[str, Term], ...]


@dataclass(frozen=True)
class Asked:
    """Hold how one query went, for whoever counts.

    :param outcome: done, cached, or the name of the limit or error that ended it.
    :param seconds: of processing.
    :param rows: of its answer.
    :param services: how many SERVICE it has.
    """

    outcome: str
    seconds: float
    rows: int = 0
    services: int = 0


def _unobserved(asked: Asked) -> None:
    """Count nothing."""


class Engine:
    """Answer queries over one store.

    :param source: folder of the store, or the engine elsewhere that holds the snapshot.
    :param settings: how many queries at once, and what each may take.
    :param names: whose prefixes a query may use without declaring them.
    :param observe: is told how each query went.
    """

    def __init__(
        self, source: Path | Remote, settings: Settings, names: Names, observe: Callable[[Asked], None] = _unobserved
    ) -> None:
        self.settings, self.names, self._source = settings, names, source
        self._observe = observe
        self._prefixes = names.prefixes()
        self._declared = tuple(self._prefixes.items())
        self._graphs: frozenset[str] | None = None
        self._answers = Answers(settings.cache_bytes)
        limits = Limits(
            settings.query_seconds,
            settings.query_quick_seconds,
            settings.answer_rows,
            settings.answer_bytes,
            settings.query_memory_bytes,
        )
        opened = source.described() if isinstance(source, Remote) else str(source)
        # Another engine would ask the hosts of SERVICE itself: it is sent none.
        allowed = "" if isinstance(source, Remote) else services(settings)
        self._pool = Pool(
            lambda: Process(opened, limits, allowed),  # without this engine, which goes when nobody asks it any more
            settings.query_processes,
            settings.query_long_processes,
            settings.query_wait_seconds,
        )
        weakref.finalize(self, self._pool.close)

    def answer(
        self,
        query: str,
        accept: str = "",
        name: str = "",
        *,
        bindings: Mapping[str, str | Term] | None = None,
        default_graphs: tuple[str, ...] = (),
        named_graphs: tuple[str, ...] = (),
    ) -> Answer:
        """Answer a query in the format that the client likes best.

        An ASK in CSV or TSV, which no specification gives a form, is the bare word `true` or `false`.

        :param accept: an Accept header; everything where empty.
        :param name: name or media type of a format; comes before `accept`.
        :param bindings: values (an IRI as plain str) for variables, each of which a SELECT must project.
        :param default_graphs: graphs in place of the union; with either list, FROM does not count.
        :param named_graphs: graphs that GRAPH sees.
        :raises QueryError: the query does not parse, asks for what is never done, or reaches a limit.
        :raises NotAcceptable: no format for this form of query is one that the client accepts.
        """
        checked = self.check(query)
        self._known_graphs((*checked.graphs, *default_graphs, *named_graphs))
        offered = GRAPH_FORMATS if checked.form in {"CONSTRUCT", "DESCRIBE"} else SELECT_FORMATS
        # What is no query at all has no format: the engine says what is wrong with it.
        chosen = choose(name, accept, offered) if checked.form else JSON
        return self._run(checked, chosen, bindings or {}, default_graphs, named_graphs)

    def check(self, query: str) -> Checked:
        """Read a query and refuse what this endpoint never does.

        :raises QueryTooLong: it has more characters than `query_characters`.
        :raises QueryForbidden: SERVICE of a host that the publisher does not list, or an update.
        """
        limit = self.settings.query_characters
        if len(query) > limit:
            what = f"the query has {len(query)} characters, the limit (query_characters) is {limit}"
            raise QueryTooLong(what, "shorten it, or ask in parts", limit="query_characters", value=limit)
        return check(query, self._declared, self.names.base, self.settings.service_hosts)

    def select(self, query: str, /, **bindings: str | Term) -> Rows:
        """Answer a SELECT as rows of terms.

        :param bindings: values (an IRI as plain str) for variables, each of which the query must project.
        """
        return read_rows(self._run(check(query, self._declared, self.names.base), JSON, bindings).body)

    def construct(self, query: str, chosen: Format, /, **bindings: str | Term) -> bytes:
        """Answer a CONSTRUCT or DESCRIBE in a format of `GRAPH_FORMATS`."""
        return self._run(check(query, self._declared, self.names.base), chosen, bindings).body

    def dump(self, graph: str, chosen: Format) -> Answer:
        """Return a graph in a format of `GRAPH_FORMATS` or `DATASET_FORMATS`.

        :param graph: IRI of a named graph; empty for the default graph.
        """
        return self._ask({"form": "GRAPH", "graph": graph}, chosen)

    def graphs(self) -> frozenset[str]:
        """Return the IRIs of the store's named graphs."""
        if self._graphs is None:
            with self._pool.lend() as lease:
                self._graphs = lease.process.graphs
        return self._graphs

    @property
    def running(self) -> int:
        """Return how many queries run now."""
        return self._pool.running

    @property
    def remembered(self) -> int:
        """Return the bytes of the answers that are kept in memory."""
        return self._answers.size

    def retire(self) -> None:
        """Let queries that run finish, and keep no process waiting for the next one."""
        self._pool.retire()

    def close(self) -> None:
        """End every process, also one that runs a query."""
        self._answers = Answers(0)
        self._pool.close()

    def _known_graphs(self, wanted: tuple[str, ...]) -> None:
        for graph in wanted:
            if graph not in self.graphs():
                raise QueryForbidden(
                    f"no graph <{graph}> here, and this endpoint fetches none",
                    "FROM",
                    "name one that `SELECT DISTINCT ?g { GRAPH ?g { ?s ?p ?o } }` lists",
                )

    def _run(
        self,
        checked: Checked,
        chosen: Format,
        bindings: Mapping[str, str | Term],
        default_graphs: tuple[str, ...] = (),
        named_graphs: tuple[str, ...] = (),
    ) -> Answer:
        job = {
            "form": checked.form,
            "query": checked.text,
            "services": checked.services,
            "has_dataset": bool(checked.graphs),
            "bindings": {name: _plain(value) for name, value in bindings.items()},
            "default_graphs": default_graphs,
            "named_graphs": named_graphs,
        }
        return self._ask(job, chosen, volatile=checked.volatile)

    def _ask(self, job: dict[str, Any], chosen: Format, *, volatile: bool = False) -> Answer:
        key = _key(job, chosen)
        known = self._answers.get(key)
        if known:
            self._observe(Asked("cached", 0.0, known.rows))
            return known
        start, asked = time.monotonic(), len(job.get("services", ()))
        try:
            answer = self._ask_process(job, chosen, volatile=volatile)
        except LevikkiError as error:
            self._observe(Asked(error.reason, time.monotonic() - start, services=asked))
            raise
        self._observe(Asked("done", answer.seconds, answer.rows, asked))
        self._answers.put(key, answer)
        return answer

    def _ask_process(self, job: dict[str, Any], chosen: Format, *, volatile: bool) -> Answer:
        compacts = chosen.name == "jsonld"
        common = {
            "format": chosen.engine,
            "base": self.names.base,
            "prefixes": self._prefixes,
            "context": for_answers(self.names) if compacts else None,
        }
        spool = Spool(self.settings.answer_bytes)
        with self._pool.lend() as lease:
            start = time.monotonic()
            told = lease.ask(common | job, spool, waiting.get())
        if told["outcome"] != "done":
            raise problem(
                told["outcome"],
                told["detail"],
                job.get("query", ""),
                self._declared,
                self.settings,
                is_elsewhere=isinstance(self._source, Remote),
            )
        seconds, size, digest = time.monotonic() - start, spool.size, spool.digest
        return Answer(job["form"], chosen, whole(spool), size, digest, told["rows"], seconds, volatile=volatile)


def read_rows(body: bytes) -> Rows:
    """Read the answer of a SELECT in SPARQL results JSON."""
    found, named = json.loads(body), dict[str, Term]()
    rows = tuple({name: _term(cell, named) for name, cell in row.items()} for row in found["results"]["bindings"])
    return Rows(tuple(found["head"]["vars"]), rows)


def services(settings: Settings) -> str:
    """Return what the processes are told of the hosts that SERVICE may ask; nothing where there are none."""
    hosts = settings.service_hosts.strip(" ,")
    limits = {"hosts": hosts, "seconds": settings.service_seconds, "limit": settings.service_bytes}
    return json.dumps(limits) if hosts else ""


def _key(job: dict[str, Any], chosen: Format) -> Hashable:
    bindings = tuple(sorted(job.get("bindings", {}).items()))
    return chosen.name, *(value for name, value in job.items() if name != "bindings"), bindings


def _plain(value: str | Term) -> tuple[str, str, str, str]:
    term = Term("iri", value) if isinstance(value, str) else value
    return term.kind, term.value, term.language, term.datatype


def _term(cell: dict[str, str], named: dict[str, Term]) -> Term:
    """Return the term of a cell.

    :param named: those of IRIs that were read before: the same few properties, types and things stand in most rows.
    """
    kind, value = cell["type"], cell["value"]
    if kind == "uri":
        found = named.get(value)
        if found is None:
            found = named[value] = Term("iri", value)
        return found
    return Term("bnode" if kind == "bnode" else "literal", value, cell.get("xml:lang", ""), cell.get("datatype", ""))
