"""The process that runs queries, so that one can be killed: `python -P store_worker.py FD STORE`.

graph.store_pool starts it. Nothing is imported but the engine, so that it is ready at once. Jobs come over the socket
FD as dicts; the answer is a pair (what happened, detail) and, after "done", the complete bytes.
"""

from __future__ import annotations

import signal
import sys
from multiprocessing.connection import Connection
from typing import Any

import pyoxigraph as ox

GRACE_SECONDS = 1.0


def main(descriptor: int, path: str) -> None:
    """Answer jobs until the other end of the socket is closed.

    :param descriptor: number of the socket.
    :param path: folder of the store.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the server decides when its workers end,
    signal.signal(signal.SIGTERM, signal.SIG_IGN)  # so that a graceful stop lets queries finish
    connection: Connection[Any, Any] = Connection(descriptor)
    try:
        store = ox.Store.read_only(path)
    except (OSError, ValueError) as problem:
        connection.send(("broken", str(problem)))
        return
    # A store whose default graph holds something has its union there; one that has not gets it from the engine.
    union = next(store.quads_for_pattern(None, None, None, ox.DefaultGraph()), None) is None
    connection.send(("ready", [str(graph.value) for graph in store.named_graphs()]))
    try:
        while True:
            _serve(connection, store, union=union)
    except (EOFError, OSError):
        return


def _serve(connection: Connection[Any, Any], store: ox.Store, *, union: bool) -> None:
    job = connection.recv()
    # Where the server itself is gone, nobody kills this process: then the alarm does.
    signal.setitimer(signal.ITIMER_REAL, job["seconds"] + GRACE_SECONDS)
    job["union"] = union
    outcome, detail, body = _run(store, job)
    connection.send((outcome, detail))
    if outcome == "done":
        connection.send_bytes(body)
    signal.setitimer(signal.ITIMER_REAL, 0)


def _run(store: ox.Store, job: dict[str, Any]) -> tuple[str, str, bytes]:
    try:
        body = _dump(store, job) if job["graph"] else _query(store, job)
    except SyntaxError as problem:
        return "syntax", str(problem), b""
    except (RuntimeError, ValueError) as problem:
        return "refused", str(problem), b""
    except MemoryError:
        return "memory", "", b""
    except OSError as problem:
        return "broken", str(problem), b""
    return "done", "", body


def _dump(store: ox.Store, job: dict[str, Any]) -> bytes:
    quads = store.quads_for_pattern(None, None, None, ox.NamedNode(job["graph"]))
    form = getattr(ox.RdfFormat, job["format"])
    items = quads if form.supports_datasets and job["format"] != "JSON_LD" else (quad.triple for quad in quads)
    return _serialise(items, form, job)


def _query(store: ox.Store, job: dict[str, Any]) -> bytes:
    result = store.query(
        job["query"],
        prefixes=job["prefixes"],
        substitutions={ox.Variable(name): _term(*term) for name, term in job["bindings"].items()} or None,
        **_dataset(job),
    )
    if isinstance(result, ox.QueryTriples):
        return _serialise(result, getattr(ox.RdfFormat, job["format"]), job)
    return result.serialize(format=getattr(ox.QueryResultsFormat, job["format"])) or b""


def _dataset(job: dict[str, Any]) -> dict[str, Any]:
    if job["default_graphs"] or job["named_graphs"]:
        return {
            "default_graph": [ox.NamedNode(graph) for graph in job["default_graphs"]],
            "named_graphs": [ox.NamedNode(graph) for graph in job["named_graphs"]],
        }
    # The union would take the place of the graphs that FROM names.
    return {"use_default_graph_as_union": job["union"] and not job["has_dataset"]}


def _serialise(items: Any, form: ox.RdfFormat, job: dict[str, Any]) -> bytes:
    return ox.serialize(items, format=form, prefixes=job["prefixes"]) or b""


def _term(kind: str, value: str, language: str, datatype: str) -> ox.NamedNode | ox.Literal:
    if kind == "iri":
        return ox.NamedNode(value)
    if language:
        return ox.Literal(value, language=language)
    return ox.Literal(value, datatype=ox.NamedNode(datatype)) if datatype else ox.Literal(value)


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2])
