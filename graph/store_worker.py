"""The process that runs queries, so that one can be killed: `python -P store_worker.py FD STORE MEMORY SERVICES`.

graph.store_pool starts it. Little is imported beside the engine, so that it is ready at once. Jobs come over the socket FD as
dicts. The answer goes back in messages: `+` and a piece of it, any number of times, then `.` and a JSON object that says
how it ended: `{"outcome": "done", "rows": 12}`.
"""

from __future__ import annotations

import json
import signal
import sys
from collections.abc import Iterable, Iterator
from contextlib import suppress
from multiprocessing.connection import Connection
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import pyoxigraph as ox

from graph.counting import Rows
from graph.seal import seal, seal_but

if TYPE_CHECKING:
    from graph.forward import Forwarder

GRACE_SECONDS = 1.0
PIECE = 65_536
T = TypeVar("T")


class TooManyRows(Exception):
    """More rows, or triples, than an answer may have."""


class Output:
    """Send an answer piece by piece; the engine writes to it as to a file.

    :param form: how the engine calls the format of rows; empty for triples.
    :param limit: rows or triples that the answer may have.
    """

    def __init__(self, connection: Connection[Any, Any], form: str, limit: int) -> None:
        self._connection, self._limit = connection, limit
        self._held, self._sent = bytearray(), False
        self._rows = Rows(form) if form else None
        self.rows = 0

    def write(self, data: bytes) -> int:
        """Take bytes; send them when they are worth a message."""
        self._held += data
        # The first bytes go out at once: a query that answers is dealt with otherwise than one that is silent.
        if len(self._held) >= PIECE or not self._sent:
            self.flush()
        return len(data)

    def flush(self) -> None:
        """Send what is held.

        :raises TooManyRows: the rows in it are more than the answer may have.
        """
        piece = bytes(self._held)
        self._held.clear()
        if piece and self._rows:
            self._reached(self._rows.add(piece))
        if piece:
            self._connection.send_bytes(b"+" + piece)
            self._sent = True

    def counted(self, items: Iterable[T]) -> Iterator[T]:
        """Yield the items of a graph while they are not too many."""
        for number, item in enumerate(items, 1):
            self._reached(number)
            yield item

    def _reached(self, rows: int) -> None:
        self.rows = rows
        if rows > self._limit:
            raise TooManyRows


def main(descriptor: int, path: str, memory: int, services: str = "") -> None:
    """Answer jobs until the other end of the socket is closed.

    :param descriptor: number of the socket.
    :param path: folder of the store.
    :param memory: bytes that a query may take beside what an idle process has.
    :param services: JSON of the hosts that queries may ask by SERVICE, with their limits; empty for none.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the server decides when its workers end,
    signal.signal(signal.SIGTERM, signal.SIG_IGN)  # so that a graceful stop lets queries finish
    connection: Connection[Any, Any] = Connection(descriptor)
    forwarder = _way_out(services)  # before the store is opened: what the engine starts then is held, too
    try:
        store = ox.Store.read_only(path)
    except (OSError, ValueError) as problem:
        _end(connection, outcome="broken", detail=str(problem))
        return
    # A store whose default graph holds something has its union there; one that has not gets it from the engine.
    union = next(store.quads_for_pattern(None, None, None, ox.DefaultGraph()), None) is None
    _cap_memory(memory)
    _end(connection, outcome="ready", graphs=[str(graph.value) for graph in store.named_graphs()])
    try:
        while True:
            _serve(connection, store, forwarder, union=union)
    except (EOFError, OSError):
        return


def _way_out(services: str) -> Forwarder | None:
    """Leave the engine one way to other hosts where the publisher lists some, and none where not."""
    if not services:
        seal()
        return None
    from graph.forward import Forwarder  # noqa: PLC0415 - most endpoints ask no other host

    forwarder = Forwarder(**json.loads(services))
    seal_but(forwarder.port)
    return forwarder


def _cap_memory(more: int) -> None:
    """Let the process grow by so many bytes and no more: an allocation beyond them ends it, and nothing else."""
    with suppress(ImportError, OSError, ValueError):  # where the system has no such limit
        import resource  # noqa: PLC0415 - not on every system

        status = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text("ascii").splitlines())
        now = int(status["VmData"].split()[0]) * 1024
        resource.setrlimit(resource.RLIMIT_DATA, (now + more, now + more))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _serve(connection: Connection[Any, Any], store: ox.Store, forwarder: Forwarder | None, *, union: bool) -> None:
    job = connection.recv()
    # Where the server itself is gone, nobody kills this process: then the alarm does.
    signal.setitimer(signal.ITIMER_REAL, job["seconds"] + GRACE_SECONDS)
    job["union"] = union
    output = Output(connection, job["format"] if job["form"] == "SELECT" else "", job["rows"])
    outcome, detail = (
        forwarder.run(job, lambda changed: _run(store, changed, output)) if forwarder else _run(store, job, output)
    )
    _end(connection, outcome=outcome, detail=detail, rows=output.rows)
    signal.setitimer(signal.ITIMER_REAL, 0)


def _end(connection: Connection[Any, Any], **members: Any) -> None:
    connection.send_bytes(b"." + json.dumps(members).encode())


def _run(store: ox.Store, job: dict[str, Any], output: Output) -> tuple[str, str]:
    try:
        if job["form"] == "GRAPH":
            _dump(store, job, output)
        else:
            _query(store, job, output)
        output.flush()
    except TooManyRows:
        return "rows", ""
    except SyntaxError as problem:
        return "syntax", str(problem)
    except (RuntimeError, ValueError) as problem:
        return "refused", str(problem)
    except MemoryError:
        return "memory", ""
    except BrokenPipeError:
        raise  # nobody is there to be told
    except OSError as problem:
        return "broken", str(problem)
    return "done", ""


def _dump(store: ox.Store, job: dict[str, Any], output: Output) -> None:
    if not job["graph"] and job["union"]:
        union: Any = store.query("CONSTRUCT WHERE { ?s ?p ?o }", use_default_graph_as_union=True)
        _serialise(union, job, output)
        return
    graph = ox.NamedNode(job["graph"]) if job["graph"] else ox.DefaultGraph()
    quads = store.quads_for_pattern(None, None, None, graph)
    form = getattr(ox.RdfFormat, job["format"])
    as_quads = form.supports_datasets and job["format"] != "JSON_LD"
    _serialise(quads if as_quads else (quad.triple for quad in quads), job, output)


def _query(store: ox.Store, job: dict[str, Any], output: Output) -> None:
    result = store.query(
        job["query"],
        base_iri=job["base"],
        prefixes=job["prefixes"],
        substitutions={ox.Variable(name): _term(*term) for name, term in job["bindings"].items()} or None,
        **_dataset(job),
    )
    if isinstance(result, ox.QueryTriples):
        _serialise(result, job, output)
    else:
        result.serialize(output, format=getattr(ox.QueryResultsFormat, job["format"]))  # type: ignore[arg-type]


def _dataset(job: dict[str, Any]) -> dict[str, Any]:
    if job["default_graphs"] or job["named_graphs"]:
        return {
            "default_graph": [ox.NamedNode(graph) for graph in job["default_graphs"]],
            "named_graphs": [ox.NamedNode(graph) for graph in job["named_graphs"]],
        }
    # The union would take the place of the graphs that FROM names.
    return {"use_default_graph_as_union": job["union"] and not job["has_dataset"]}


def _serialise(items: Iterable[Any], job: dict[str, Any], output: Output) -> None:
    form = getattr(ox.RdfFormat, job["format"])
    if form == ox.RdfFormat.JSON_LD and job["context"]:
        _compact(output.counted(items), job["context"], output)
    else:
        ox.serialize(output.counted(items), output, format=form, prefixes=job["prefixes"])  # type: ignore[arg-type]


def _compact(triples: Iterable[ox.Triple], context: dict[str, Any], output: Output) -> None:
    """Write JSON-LD in the terms of a context, which the engine cannot."""
    from rdflib import Graph  # noqa: PLC0415 - takes longer than most queries: only where it is needed

    lines = ox.serialize(triples, format=ox.RdfFormat.N_TRIPLES) or b""
    graph = Graph(bind_namespaces="none").parse(data=lines, format="nt")
    output.write(graph.serialize(format="json-ld", context=context, encoding="utf-8", indent=1))


def _term(kind: str, value: str, language: str, datatype: str) -> ox.NamedNode | ox.Literal:
    if kind == "iri":
        return ox.NamedNode(value)
    if language:
        return ox.Literal(value, language=language)
    return ox.Literal(value, datatype=ox.NamedNode(datatype)) if datatype else ox.Literal(value)


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2], int(sys.argv[3]), *sys.argv[4:])
