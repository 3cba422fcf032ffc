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
from graph.store_client import Client, Params
from graph.store_output import EngineProblem, Output, serialise, term
from graph.store_rows import Row, Stream, read, recast

XML, JSON, TRIPLES = "application/sparql-results+xml", "application/sparql-results+json", "application/n-triples"
IDENTIFIER = "http://purl.org/dc/terms/identifier"
PART = "http://purl.org/dc/terms/hasPart"
AT_ONCE = 200
_EMPTY = ox.Store()


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
            rows = [(row["p"].value, row["o"].value) for row in read(answer)[1]]
        self.graphs = [value for name, value in rows if name == PART]
        return next((value for name, value in rows if name == IDENTIFIER), "")

    def query(self, job: dict[str, Any], output: Output) -> None:
        """Run a job.

        :raises EngineProblem: the engine does not answer.
        :raises SyntaxError: the query does not parse.
        """
        self._client.seconds = max(1, round(job["seconds"]))
        local: Any = _EMPTY.query(job["query"], prefixes=job["prefixes"])
        values = {name: str(term(*each)) for name, each in job["bindings"].items()}
        asked = clauses.bind(clauses.cut(job["query"], job["prefixes"]), values)
        params = self._dataset(asked, job)
        if job["form"] == "SELECT":
            variables = [each.value for each in local.variables]
            self._select(asked, variables, params, job, output)
        elif job["form"] == "ASK":
            with self._ask(asked.text, "ASK", XML, params) as answer:
                _write(ox.parse_query_results(_boolean(answer), format=ox.QueryResultsFormat.JSON), job, output)
        else:
            texts = [asked.text] if job["form"] == "CONSTRUCT" else self._describing(asked, params)
            serialise(self._triples(texts, params), job, output)

    def dump(self, job: dict[str, Any], output: Output) -> None:
        """Write a whole graph."""
        self._client.seconds = max(1, round(job["seconds"]))
        graph = job["graph"] or self.remote.union
        triples = self._triples(["CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o }"], {"default-graph-uri": [graph]})
        form = getattr(ox.RdfFormat, job["format"])
        if not (form.supports_datasets and job["format"] != "JSON_LD"):
            serialise(triples, job, output)
            return
        name = ox.NamedNode(graph) if job["graph"] else ox.DefaultGraph()
        serialise((ox.Quad(each.subject, each.predicate, each.object, name) for each in triples), job, output)

    def _dataset(self, asked: Clauses, job: dict[str, Any]) -> Params:
        """Return the graphs that a query is asked of; some engines see all that they have where none is named."""
        default, named = [self.remote.union], self.graphs
        if job["default_graphs"] or job["named_graphs"]:
            default, named = list(job["default_graphs"]), list(job["named_graphs"])
        elif asked.default or asked.named:
            default, named = list(asked.default), list(asked.named)
        nothing = [self.remote.nothing]
        params = {"default-graph-uri": default or nothing}
        return params | {"named-graph-uri": named or nothing} if asked.uses_graphs else params

    def _ask(self, text: str, form: str, accept: str, params: Params) -> HTTPResponse:
        more = {"timeout": [str(self._client.seconds * 1000)]} if self.kind == "virtuoso" else {}
        answer = self._client.query(text, form, accept, {**params, **more})
        if "S1TAT" in (answer.headers.get("X-SQL-State") or ""):
            raise EngineProblem("time", "the engine stopped the query and sent a part of its answer")
        most = answer.headers.get("X-SPARQL-MaxRows")
        if most:
            raise EngineProblem("broken", f"the engine cut the answer off at {most} rows: raise its ResultSetMaxRows")
        return answer

    def _select(
        self, asked: Clauses, variables: list[str], params: Params, job: dict[str, Any], output: Output
    ) -> None:
        if self.kind == "oxigraph":
            with self._ask(asked.text, "SELECT", JSON, params) as answer:
                whole: Any = _Whole(answer)
                _write(ox.parse_query_results(whole, format=ox.QueryResultsFormat.JSON), job, output)
            return
        keys = asked.order_variables if asked.order.strip() else None
        if keys is not None and self._sorted(asked, variables, keys, params, job, output):
            return
        with self._ask(clauses.move_values(asked).text, "SELECT", XML, params) as answer:
            stream: Any = Stream(variables, read(answer)[1])
            _write(ox.parse_query_results(stream, format=ox.QueryResultsFormat.JSON), job, output)

    def _sorted(
        self,
        asked: Clauses,
        variables: list[str],
        keys: Iterable[str],
        params: Params,
        job: dict[str, Any],
        output: Output,
    ) -> bool:
        """Let our engine put the rows in order: Virtuoso sorts texts with an ä apart from those without.

        :returns: False where it cannot, since blank nodes are among them.
        """
        more = [name for name in keys if name not in variables]
        sent = clauses.move_values(replace(clauses.select_also(asked, more), order="", part=""))
        with self._ask(sent.text, "SELECT", XML, params) as answer:
            rows = list(output.counted(read(answer)[1]))
        output.rows = 0  # they are counted again as they are written
        if any(isinstance(cell, ox.BlankNode) for row in rows for cell in row.values()):
            return False
        _write(_EMPTY.query(_in_order(asked, variables, more, rows)), job, output)
        return True

    def _describing(self, asked: Clauses, params: Params) -> Iterator[str]:
        """Yield queries for what a DESCRIBE describes: engines differ in what they take that to be."""
        named = clauses.described(asked)
        if asked.where is not None:
            text = replace(asked, head=f"SELECT DISTINCT {named.variables}").text
            with self._ask(text, "SELECT", XML, params) as answer:
                iris = {
                    str(cell): None
                    for row in read(answer)[1]
                    for cell in row.values()
                    if isinstance(cell, ox.NamedNode)
                }
        else:
            iris = {}
        every = [*dict.fromkeys([*named.iris, *iris])]
        for start in range(0, len(every), AT_ONCE):
            some = " ".join(every[start : start + AT_ONCE])
            yield f"{asked.declared}\nCONSTRUCT {{ ?s ?p ?o }} WHERE {{ VALUES ?s {{ {some} }} ?s ?p ?o }}"

    def _triples(self, texts: Iterable[str], params: Params) -> Iterator[ox.Triple]:
        for text in texts:
            with self._ask(text, "CONSTRUCT", TRIPLES, params) as answer:
                try:
                    for each in ox.parse(_Whole(answer), format=ox.RdfFormat.N_TRIPLES):  # type: ignore[arg-type]
                        yield ox.Triple(each.subject, each.predicate, recast(each.object))
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


def _boolean(answer: HTTPResponse) -> bytes:
    value, _ = read(answer)
    if value is None:
        raise EngineProblem("broken", "the engine's answer to an ASK is no truth value")
    return b'{"head":{},"boolean":true}' if value else b'{"head":{},"boolean":false}'


def _in_order(asked: Clauses, variables: list[str], more: list[str], rows: list[Row]) -> str:
    """Return a query for rows that are there, in the order and the part that another query asks for."""
    names = [*variables, *more]
    lines = "\n".join(f"({' '.join(str(row.get(name, 'UNDEF')) for name in names)})" for row in rows)
    columns = " ".join(f"?{name}" for name in names)
    shown = " ".join(f"?{name}" for name in variables)
    distinct = "DISTINCT" if clauses.is_distinct(asked) else ""
    pattern = f"VALUES ({columns}) {{\n{lines}\n}}"
    return f"{asked.declared}\nSELECT {distinct} {shown} {{ {pattern} }}\n{asked.order}\n{asked.part}"
