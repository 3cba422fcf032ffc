"""The process that runs queries, so that one can be killed: `main(FD, STORE, MEMORY, SERVICES)`.

graph.store_pool starts it. Little is imported beside the engine, so that it is ready at once. Jobs come over the socket FD as
dicts. The answer goes back in messages: `+` and a piece of it, any number of times, then `.` and a JSON object that says
how it ended: `{"outcome": "done", "rows": 12}`.
"""

from __future__ import annotations

import json
import signal
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Protocol

import pyoxigraph as ox

from graph.channel import Channel
from graph.seal import seal, seal_but
from graph.store_output import EngineProblem, Output, TooManyRows, serialise, term

if TYPE_CHECKING:
    from graph.forward import Forwarder

GRACE_SECONDS = 1.0
OPEN_SECONDS = 10.0


class Embedded:
    """Ask a store on disk.

    :param path: its folder.
    """

    def __init__(self, path: str) -> None:
        self._store = store = ox.Store.read_only(path)
        # A store whose default graph holds something has its union there; one that has not gets it from the engine.
        self._union = next(store.quads_for_pattern(None, None, None, ox.DefaultGraph()), None) is None
        self.graphs = [str(graph.value) for graph in store.named_graphs()]

    def query(self, job: dict[str, Any], output: Output) -> None:
        """Run a job."""
        result = self._store.query(
            job["query"],
            base_iri=job["base"],
            prefixes=job["prefixes"],
            substitutions={ox.Variable(name): term(*each) for name, each in job["bindings"].items()} or None,
            **self._dataset(job),
        )
        if isinstance(result, ox.QueryTriples):
            serialise(result, job, output)
        else:
            result.serialize(output, format=getattr(ox.QueryResultsFormat, job["format"]))  # type: ignore[arg-type]

    def dump(self, job: dict[str, Any], output: Output) -> None:
        """Write a whole graph."""
        if not job["graph"] and self._union:
            union: Any = self._store.query("CONSTRUCT WHERE { ?s ?p ?o }", use_default_graph_as_union=True)
            serialise(union, job, output)
            return
        graph = ox.NamedNode(job["graph"]) if job["graph"] else ox.DefaultGraph()
        quads = self._store.quads_for_pattern(None, None, None, graph)
        form = getattr(ox.RdfFormat, job["format"])
        as_quads = form.supports_datasets and job["format"] != "JSON_LD"
        serialise(quads if as_quads else (quad.triple for quad in quads), job, output)

    def _dataset(self, job: dict[str, Any]) -> dict[str, Any]:
        if job["default_graphs"] or job["named_graphs"]:
            return {
                "default_graph": [ox.NamedNode(graph) for graph in job["default_graphs"]],
                "named_graphs": [ox.NamedNode(graph) for graph in job["named_graphs"]],
            }
        # The union would take the place of the graphs that FROM names.
        return {"use_default_graph_as_union": self._union and not job["has_dataset"]}


class Store(Protocol):
    """Answer jobs."""

    graphs: list[str]

    def query(self, job: dict[str, Any], output: Output, /) -> None:
        """Run a query."""

    def dump(self, job: dict[str, Any], output: Output, /) -> None:
        """Write a whole graph."""


def main(descriptor: int, source: str, memory: int, services: str = "") -> None:
    """Answer jobs until the other end of the socket is closed.

    :param descriptor: number of the socket.
    :param source: folder of the store, or where the engine is, as `graph.store_address.Remote` writes it.
    :param memory: bytes that a query may take beside what an idle process has.
    :param services: JSON of the hosts that queries may ask by SERVICE, with their limits; empty for none.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the server decides when its workers end,
    signal.signal(signal.SIGTERM, signal.SIG_IGN)  # so that a graceful stop lets queries finish
    connection = Channel(descriptor)
    # Before the store is opened: what the engine starts then is held, too. An engine elsewhere has to be asked: there, the words of
    # a query are all that holds.
    forwarder = None if source.startswith("{") else _way_out(services)
    try:
        store = _open(source)
    except (OSError, ValueError) as problem:
        _end(connection, outcome="broken", detail=str(problem))
        return
    except EngineProblem as problem:
        _end(connection, outcome=problem.outcome, detail=problem.detail)
        return
    _cap_memory(memory)
    _end(connection, outcome="ready", graphs=store.graphs)
    try:
        while True:
            _serve(connection, store, forwarder)
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


def _open(source: str) -> Store:
    if not source.startswith("{"):
        return Embedded(source)
    from graph.store_address import Login, Remote  # noqa: PLC0415 - only where they are needed
    from graph.store_remote import Elsewhere  # noqa: PLC0415

    remote = Remote(**json.loads(source))
    store = Elsewhere(remote, Login.from_environment(), OPEN_SECONDS)
    if store.held() != remote.digest:
        raise EngineProblem("other", "the engine holds another snapshot, or none")
    return store


def _cap_memory(more: int) -> None:
    """Let the process grow by so many bytes and no more: an allocation beyond them ends it, and nothing else."""
    with suppress(ImportError, OSError, ValueError):  # where the system has no such limit
        import resource  # noqa: PLC0415 - not on every system

        with open("/proc/self/status", encoding="ascii") as lines:  # noqa: PTH123 - pathlib takes long to import
            status = dict(line.split(":", 1) for line in lines)
        now = int(status["VmData"].split()[0]) * 1024
        resource.setrlimit(resource.RLIMIT_DATA, (now + more, now + more))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _serve(connection: Channel, store: Store, forwarder: Forwarder | None) -> None:
    job = json.loads(connection.recv_bytes())
    # Where the server itself is gone, nobody kills this process: then the alarm does.
    signal.setitimer(signal.ITIMER_REAL, job["seconds"] + GRACE_SECONDS)
    output = Output(connection, job["format"] if job["form"] == "SELECT" else "", job["rows"])
    outcome, detail = (
        forwarder.run(job, lambda changed: _run(store, changed, output)) if forwarder else _run(store, job, output)
    )
    _end(connection, outcome=outcome, detail=detail, rows=output.rows)
    signal.setitimer(signal.ITIMER_REAL, 0)


def _end(connection: Channel, **members: Any) -> None:
    connection.send_bytes(b"." + json.dumps(members).encode())


def _run(store: Store, job: dict[str, Any], output: Output) -> tuple[str, str]:
    try:
        if job["form"] == "GRAPH":
            store.dump(job, output)
        else:
            store.query(job, output)
        output.flush()
    except TooManyRows:
        return "rows", ""
    except EngineProblem as problem:
        return problem.outcome, problem.detail
    except SyntaxError as problem:
        return "syntax", str(problem)
    except (RuntimeError, ValueError) as problem:
        return "refused", str(problem)
    except BrokenPipeError:
        raise  # nobody is there to be told
    except (MemoryError, OSError) as problem:
        return "memory" if isinstance(problem, MemoryError) else "broken", str(problem)
    return "done", ""
