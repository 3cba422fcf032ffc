"""Ask an engine elsewhere what a query asks, and write the answer as the embedded engine would.

The query is first run on an empty store of ours: what our engine does not read, or does not allow, is never sent, and an error
is told in the same words on every engine. Then it is asked of the graphs of the snapshot alone, whatever else the engine
holds: the union of the open graphs, which is a graph of its own there, is the default graph.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from http.client import HTTPException, HTTPResponse
from typing import Any

import pyoxigraph as ox

from graph import clauses
from graph.clauses import Clauses
from graph.store_address import Login, Remote
from graph.store_client import Client
from graph.store_output import EngineProblem, Output, serialise, term
from graph.store_rows import Row, Stream, kind, read, recast

XML, JSON, TRIPLES = "application/sparql-results+xml", "application/sparql-results+json", "application/n-triples"
IDENTIFIER = "http://purl.org/dc/terms/identifier"
PART = "http://purl.org/dc/terms/hasPart"
AT_ONCE = 200
_EMPTY = ox.Store()
_JSON = ox.QueryResultsFormat.JSON


class Elsewhere:
    """Ask the engine at an address.

    :param remote: where it is.
    :param seconds: how long to wait for the engine's next word.
    """

    def __init__(self, remote: Remote, login: Login, seconds: float) -> None:
        self.remote = remote
        self._client = Client(remote.query, login, seconds)
        self.kind = ""  # oxigraph, virtuoso, or empty
        self.graphs: list[str] = []

    def held(self) -> str:
        """Ask what the engine holds; know its graphs from then on.

        :returns: the hash of the snapshot; empty where it holds none, or a part.
        :raises EngineProblem: it does not answer.
        """
        text = f"SELECT ?p ?o {{ GRAPH <{self.remote.marker}> {{ <{self.remote.union}> ?p ?o }} }} ORDER BY ?o"
        with self._client.query(text, "SELECT", XML) as answer:
            self.kind = (answer.headers.get("Server") or "").partition("/")[0].strip().lower()
            rows = [(row["p"].value, row["o"].value) for row in read(answer)]
        self.graphs = [value for name, value in rows if name == PART]
        return next((value for name, value in rows if name == IDENTIFIER), "")

    def query(self, job: dict[str, Any], output: Output) -> None:
        """Run a job.

        :raises EngineProblem: the engine does not answer.
        :raises SyntaxError: the query does not parse.
        """
        self._client.seconds = max(1, round(job["seconds"]))
        if clauses.asks_others(job["query"]):  # the engine would make the request itself, past every check of ours
            raise RuntimeError("SERVICE is not passed on to another engine")
        local: Any = _EMPTY.query(job["query"], base_iri=job["base"], prefixes=job["prefixes"])
        function = clauses.foreign_function(job["query"], job["prefixes"], job["base"])
        if function:
            raise RuntimeError(f"The custom function <{function}> is not supported")
        values = {name: str(term(*each)) for name, each in job["bindings"].items()}
        asked = clauses.bind(self._with_dataset(clauses.cut(job["query"], job["prefixes"], job["base"]), job), values)
        if job["form"] == "SELECT":
            self._select(asked, [each.value for each in local.variables], job, output)
        elif job["form"] == "ASK":
            # Virtuoso answers an ASK with a row of its own invention.
            first = replace(asked, head="SELECT (1 AS ?levikki_found)", part=asked.part or "LIMIT 1")
            found = b"true" if any(True for _ in self._rows(first)) else b"false"
            _write(ox.parse_query_results(b'{"head":{},"boolean":%s}' % found, _JSON), job, output)
        else:
            texts = [asked] if job["form"] == "CONSTRUCT" else self._describing(asked)
            serialise(self._triples(texts), job, output)

    def dump(self, job: dict[str, Any], output: Output) -> None:
        """Write a whole graph."""
        self._client.seconds = max(1, round(job["seconds"]))
        graph = job["graph"] or self.remote.union
        triples = self._triples([Clauses("", "CONSTRUCT { ?s ?p ?o }", (graph,), (), "?s ?p ?o", "", "", "", "")])
        form = getattr(ox.RdfFormat, job["format"])
        if not (form.supports_datasets and job["format"] != "JSON_LD"):
            serialise(triples, job, output)
            return
        name = ox.NamedNode(graph) if job["graph"] else ox.DefaultGraph()
        serialise((ox.Quad(each.subject, each.predicate, each.object, name) for each in triples), job, output)

    def _with_dataset(self, asked: Clauses, job: dict[str, Any]) -> Clauses:
        """Name the graphs that a query is asked of: where none is named, some engines ask all that they have."""
        default: tuple[str, ...] = (self.remote.union,)
        named = tuple(self.graphs)
        if job["default_graphs"] or job["named_graphs"]:
            default, named = tuple(job["default_graphs"]), tuple(job["named_graphs"])
        elif asked.default or asked.named:
            default, named = asked.default, asked.named
        nothing = (self.remote.nothing,)
        return replace(asked, default=default or nothing, named=(named or nothing) if asked.uses_graphs else ())

    def _ask(self, asked: Clauses, form: str, accept: str) -> HTTPResponse:
        limit = {"timeout": [str(self._client.seconds * 1000)]} if self.kind == "virtuoso" else {}
        answer = self._client.query(asked.text, form, accept, limit)
        if "S1TAT" in (answer.headers.get("X-SQL-State") or ""):
            raise EngineProblem("time", "the engine stopped the query and sent a part of its answer")
        most = answer.headers.get("X-SPARQL-MaxRows")
        if most:
            raise EngineProblem("broken", f"the engine cut the answer off at {most} rows: raise its ResultSetMaxRows")
        return answer

    def _rows(self, asked: Clauses) -> Iterator[Row]:
        with self._ask(clauses.move_values(asked), "SELECT", XML) as answer:
            yield from read(answer)

    def _select(self, asked: Clauses, variables: list[str], job: dict[str, Any], output: Output) -> None:
        if self.kind == "oxigraph":
            with self._ask(asked, "SELECT", JSON) as answer:
                source: Any = _Whole(answer)
                _write(ox.parse_query_results(source, _JSON), job, output)
            return
        keys = asked.order_variables if asked.order.strip() else None
        if keys is None or not self._sorted(asked, variables, keys, job, output):
            stream: Any = Stream(variables, self._rows(asked))
            _write(ox.parse_query_results(stream, _JSON), job, output)

    def _sorted(
        self, asked: Clauses, variables: list[str], keys: Iterable[str], job: dict[str, Any], output: Output
    ) -> bool:
        """Let our engine put the rows in order: Virtuoso sorts texts with an ä apart from those without.

        :returns: False where it cannot: terms of several kinds have no order, and it may break down over them.
        """
        keys = list(keys)
        more = [name for name in keys if name not in variables]
        rows = list(output.counted(self._rows(replace(clauses.select_also(asked, more), order="", part=""))))
        output.rows = 0  # they are counted again as they are written
        nodes = any(isinstance(cell, ox.BlankNode) for row in rows for cell in row.values())
        if nodes or any(len({kind(row[name]) for row in rows if name in row}) > 1 for name in keys):
            return False
        _write(_EMPTY.query(_in_order(asked, variables, more, rows)), job, output)
        return True

    def _describing(self, asked: Clauses) -> Iterator[Clauses]:
        """Yield queries for what a DESCRIBE describes: engines differ in what they take that to be."""
        named = clauses.described(asked)
        things = dict.fromkeys(named.iris)
        if asked.where is not None:
            rows = self._rows(replace(asked, head=f"SELECT DISTINCT {named.variables}"))
            things |= {str(cell): None for row in rows for cell in row.values() if isinstance(cell, ox.NamedNode)}
        every = [*things]
        for start in range(0, len(every), AT_ONCE):
            values = f"VALUES ?s {{ {' '.join(every[start : start + AT_ONCE])} }}"
            yield clauses.alone(asked, "CONSTRUCT { ?s ?p ?o }", f"{values} ?s ?p ?o")

    def _triples(self, queries: Iterable[Clauses]) -> Iterator[ox.Triple]:
        for each in queries:
            with self._ask(clauses.move_values(each), "CONSTRUCT", TRIPLES) as answer:
                source: Any = _Whole(answer)
                try:
                    for found in ox.parse(source, format=ox.RdfFormat.N_TRIPLES):
                        yield ox.Triple(found.subject, found.predicate, recast(found.object))
                except SyntaxError as problem:
                    raise EngineProblem("broken", f"the engine's answer is no N-Triples: {problem}") from None


class _Whole:
    """Give the bytes of an answer; end with an error where it ends too early."""

    def __init__(self, answer: HTTPResponse) -> None:
        self._answer = answer

    def read(self, size: int = -1) -> bytes:
        """Return the next bytes, none at the end."""
        try:
            return self._answer.read(size if size >= 0 else None)
        except HTTPException as problem:
            raise OSError(str(problem)) from None


def _write(found: Any, job: Mapping[str, Any], output: Output) -> None:
    try:
        found.serialize(output, format=getattr(ox.QueryResultsFormat, job["format"]))
    except (SyntaxError, ValueError) as problem:
        raise EngineProblem("broken", f"the engine's answer is no SPARQL results: {problem}") from None


def _in_order(asked: Clauses, variables: list[str], more: list[str], rows: list[Row]) -> str:
    """Return a query for rows that are there, in the order and the part that another query asks for."""
    names = [*variables, *more]
    lines = "\n".join(f"({' '.join(str(row.get(name, 'UNDEF')) for name in names)})" for row in rows)
    columns = " ".join(f"?{name}" for name in names)
    shown = " ".join(f"?{name}" for name in variables)
    distinct = "DISTINCT" if clauses.is_distinct(asked) else ""
    pattern = f"VALUES ({columns}) {{\n{lines}\n}}"
    return f"{asked.declared}\nSELECT {distinct} {shown} {{ {pattern} }}\n{asked.order}\n{asked.part}"
