"""Ask the store of a snapshot: every query runs in a process of ours that is killed when its time is over."""

from __future__ import annotations

import json
import logging
import re
import time
import weakref
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import Any

from rdflib import RDF, Graph, Namespace, URIRef

from graph.errors import QueryError, QueryForbidden, QuerySyntaxError, SnapshotError
from graph.formats import GRAPH_FORMATS, SELECT_FORMATS, Format, by_name, negotiate
from graph.names import Names
from graph.query import Checked, QueryTooLong, check, undeclared_prefix
from graph.settings import Settings
from graph.snapshot import Snapshot, latest
from graph.store_pool import Pool, Worker, failed

JSON = SELECT_FORMATS[0]
SD = Namespace("http://www.w3.org/ns/sparql-service-description#")
FORMATS = Namespace("http://www.w3.org/ns/formats/")
# What clients, SPARQLWrapper among them, call a format beside its own name.
CLIENT_NAMES = {"turtle": "ttl", "json-ld": "jsonld", "rdf+xml": "rdf", "ntriples": "nt", "n-triples": "nt"}
CLIENT_GRAPH_NAMES = {**CLIENT_NAMES, "xml": "rdf", "json": "jsonld"}
GRAPH_FORMAT_NAMES = {"ttl": "Turtle", "nt": "N-Triples", "jsonld": "JSON-LD", "rdf": "RDF_XML"}
_log = logging.getLogger(__name__)


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
class Answer:
    """Hold a complete answer.

    :param form: SELECT, ASK, CONSTRUCT or DESCRIBE.
    :param seconds: time from the query's start in its process to the last byte.
    """

    form: str
    format: Format
    body: bytes
    seconds: float


class Engine:
    """Answer queries over one store.

    :param store_path: folder of the store.
    :param settings: how many queries at once, and how long each may take.
    :param names: whose prefixes a query may use without declaring them.
    """

    def __init__(self, store_path: Path, settings: Settings, names: Names) -> None:
        self.settings, self.names = settings, names
        self._prefixes = names.prefixes()
        self._declared = tuple(self._prefixes.items())
        self._graphs: frozenset[str] | None = None
        self._pool = Pool(lambda: Worker(store_path), settings.query_processes, settings.query_wait_seconds)
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
        :raises QueryError: the query does not parse, asks for what is never done, or has no more time.
        :raises NotAcceptable: no format for this form of query is one that the client accepts.
        """
        checked = self.check(query)
        self._known_graphs((*checked.graphs, *default_graphs, *named_graphs))
        offered = GRAPH_FORMATS if checked.form in {"CONSTRUCT", "DESCRIBE"} else SELECT_FORMATS
        # What is no query at all has no format: the engine says what is wrong with it.
        chosen = _choose(name, accept, offered) if checked.form else JSON
        start = time.monotonic()
        body = self._run(checked, chosen, bindings or {}, default_graphs, named_graphs)
        return Answer(checked.form, chosen, body, time.monotonic() - start)

    def check(self, query: str) -> Checked:
        """Read a query and refuse what this endpoint never does.

        :raises QueryTooLong: it has more characters than `query_characters`.
        :raises QueryForbidden: SERVICE anywhere in the query, or an update.
        """
        limit = self.settings.query_characters
        if len(query) > limit:
            what = f"the query has {len(query)} characters, the limit (query_characters) is {limit}"
            raise QueryTooLong(what, "query", "shorten it, or ask in parts")
        return check(query, self._declared)

    def select(self, query: str, /, **bindings: str | Term) -> Rows:
        """Answer a SELECT as rows of terms.

        :param bindings: values (an IRI as plain str) for variables, each of which the query must project.
        """
        return read_rows(self._run(check(query, self._declared), JSON, bindings))

    def construct(self, query: str, chosen: Format, /, **bindings: str | Term) -> bytes:
        """Answer a CONSTRUCT or DESCRIBE in a format of `GRAPH_FORMATS`."""
        return self._run(check(query, self._declared), chosen, bindings)

    def dump(self, graph: str, chosen: Format) -> bytes:
        """Return a named graph in a format of `GRAPH_FORMATS` or `DATASET_FORMATS`."""
        return self._ask({"graph": graph, "format": chosen.engine})

    def graphs(self) -> frozenset[str]:
        """Return the IRIs of the store's named graphs."""
        if self._graphs is None:
            with self._pool.worker() as worker:
                self._graphs = worker.graphs
        return self._graphs

    def retire(self) -> None:
        """Let queries that run finish, and keep no process waiting for the next one."""
        self._pool.retire()

    def close(self) -> None:
        """End every process, also one that runs a query."""
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
    ) -> bytes:
        job = {
            "query": checked.text,
            "has_dataset": bool(checked.graphs),
            "bindings": {name: _plain(value) for name, value in bindings.items()},
            "default_graphs": default_graphs,
            "named_graphs": named_graphs,
            "format": chosen.engine,
        }
        return self._ask(job)

    def _ask(self, job: dict[str, Any]) -> bytes:
        common = {"graph": None, "prefixes": self._prefixes, "seconds": self.settings.query_seconds}
        with self._pool.worker() as worker:
            outcome, detail, body = worker.ask(common | job)
        if outcome == "done":
            return body
        raise self._problem(outcome, detail, job.get("query", ""))

    def _problem(self, outcome: str, detail: str, text: str) -> QueryError | SnapshotError:
        if outcome == "syntax":
            return _syntax_error(detail, text, self._declared)
        if outcome == "refused":
            return QueryError(f"the query cannot be evaluated: {detail}", "query", "mend the query and send it again")
        if outcome == "memory":
            return failed()
        _log.error("the store cannot be read: %s", detail)
        return SnapshotError("the snapshot's store cannot be read", hint="build the snapshot again")


class Current:
    """Hold the engine of the newest snapshot; a newer one takes its place when it is next asked for.

    :param settings: where the snapshots are, and the limits of queries.
    """

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self._lock = Lock()
        self._held: tuple[Snapshot, Engine] | None = None

    def take(self) -> tuple[Snapshot, Engine]:
        """Return the newest snapshot and its engine; queries that run on the one before it go on.

        :raises SnapshotError: there is none.
        """
        with self._lock:
            newest = latest(self.settings.snapshots)
            if self._held is None or self._held[0].path != newest.path:
                self.retire()
                store = newest.store_path(show_quotes=self.settings.show_quotes)
                self._held = newest, Engine(store, self.settings, Names(newest.base))
            return self._held

    def retire(self) -> None:
        """Let go of the engine, after the queries that it runs."""
        if self._held:
            self._held[1].retire()


def read_rows(body: bytes) -> Rows:
    """Read the answer of a SELECT in SPARQL results JSON."""
    found = json.loads(body)
    rows = tuple({name: _term(cell) for name, cell in row.items()} for row in found["results"]["bindings"])
    return Rows(tuple(found["head"]["vars"]), rows)


def service_description(engine: Engine, endpoint: str) -> Graph:
    """Return what an endpoint can do, in the terms of SPARQL 1.1 Service Description.

    :param endpoint: IRI at which the engine is asked.
    """
    described = Graph(bind_namespaces="none")
    for prefix, space in (("sd", SD), ("formats", FORMATS), ("graph", engine.names.graph(""))):
        described.bind(prefix, space)
    service, dataset, default = (URIRef(endpoint + part) for part in ("#service", "#dataset", "#default-graph"))
    described.add((service, RDF.type, SD.Service))
    described.add((service, SD.endpoint, URIRef(endpoint)))
    described.add((service, SD.supportedLanguage, SD.SPARQL11Query))
    described.add((service, SD.feature, SD.UnionDefaultGraph))
    results = [f"SPARQL_Results_{form.name.upper()}" for form in SELECT_FORMATS]
    for name in (*results, *(GRAPH_FORMAT_NAMES[form.name] for form in GRAPH_FORMATS)):
        described.add((service, SD.resultFormat, FORMATS[name]))
    described.add((service, SD.defaultDataset, dataset))
    described.add((dataset, RDF.type, SD.Dataset))
    described.add((dataset, SD.defaultGraph, default))
    described.add((default, RDF.type, SD.Graph))
    for number, graph in enumerate(sorted(engine.graphs()), 1):
        node = URIRef(f"{endpoint}#graph-{number}")
        described.add((dataset, SD.namedGraph, node))
        described.add((node, RDF.type, SD.NamedGraph))
        described.add((node, SD.name, URIRef(graph)))
    return described


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


def _choose(name: str, accept: str, offered: tuple[Format, ...]) -> Format:
    if not name:
        return negotiate(accept, offered)
    names = CLIENT_GRAPH_NAMES if offered is GRAPH_FORMATS else CLIENT_NAMES
    return by_name(names.get(name, name), offered)


def _plain(value: str | Term) -> tuple[str, str, str, str]:
    term = Term("iri", value) if isinstance(value, str) else value
    return term.kind, term.value, term.language, term.datatype


def _term(cell: dict[str, str]) -> Term:
    kind = {"uri": "iri", "bnode": "bnode"}.get(cell["type"], "literal")
    return Term(kind, cell["value"], cell.get("xml:lang", ""), cell.get("datatype", ""))
