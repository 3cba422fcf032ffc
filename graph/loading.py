"""Load a snapshot into an engine elsewhere: each graph of it, and the union of the open ones as a graph of its own.

What the engine holds stands in one more graph: the hash of the snapshot, once all of it is there, and the names of its graphs.
Nothing else in the engine is read or changed. Terms are sent as the embedded engine gives them, so that every engine has
the same ones.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import islice

import pyoxigraph as ox

from graph.errors import CallError, LevikkiError, SnapshotError
from graph.settings import Settings
from graph.snapshot import Snapshot
from graph.store_address import PASSWORD, USER, Login, Remote
from graph.store_client import Client
from graph.store_output import EngineProblem
from graph.store_remote import IDENTIFIER, PART, Elsewhere

LOAD_SECONDS = 600.0  # for one graph
TRIPLES_AT_ONCE = 1_000


def holds(at: Remote, login: Login, seconds: float) -> bool:
    """Tell whether an engine holds the snapshot that it has to hold.

    :param seconds: how long to wait for its word.
    :raises SnapshotError: it does not answer, or lets nobody in.
    """
    try:
        return Elsewhere(at, login, seconds).held() == at.digest
    except EngineProblem as problem:
        raise _unusable(problem, at.query) from None


def put(
    snapshot: Snapshot, at: Remote, settings: Settings, login: Login, say: Callable[[str], None] = lambda _: None
) -> None:
    """Put a snapshot in the place of the one that an engine holds.

    :param say: is told how far it is.
    :raises CallError: there is no address to load by.
    :raises SnapshotError: the engine does not answer, lets nobody in, or does not take it.
    """
    if not (at.update or at.graph_store):
        what = "the engine does not hold this snapshot, and there is no address to load it by"
        raise CallError(what, "store", "give --store-graph (Graph Store Protocol) or --store-update (SPARQL Update)")
    address = at.graph_store or at.update
    try:
        _put(snapshot, at, settings, login, say)
    except EngineProblem as problem:
        raise _unusable(problem, address) from None


def _put(snapshot: Snapshot, at: Remote, settings: Settings, login: Login, say: Callable[[str], None]) -> None:
    store = ox.Store.read_only(str(snapshot.store_path(show_quotes=settings.show_quotes)))
    names = sorted(str(graph.value) for graph in store.named_graphs())
    writer = _Writer(at, login, LOAD_SECONDS)
    asked = Elsewhere(at, login, LOAD_SECONDS)
    asked.held()
    stale = sorted(set(asked.graphs) - set(names))
    writer.put(at.marker, _marker(at, [*names, *stale], ""))  # from here on it holds no snapshot
    for name in names:
        writer.put(name, (quad.triple for quad in store.quads_for_pattern(None, None, None, ox.NamedNode(name))))
    for name in stale:
        writer.put(name, ())
    writer.put(at.union, (quad.triple for quad in store.quads_for_pattern(None, None, None, ox.DefaultGraph())))
    writer.put(at.marker, _marker(at, names, at.digest))
    say(f"loaded {len(names)} graphs of {snapshot.path.name}, and their union")


def _marker(at: Remote, graphs: Iterable[str], digest: str) -> Iterator[ox.Triple]:
    subject = ox.NamedNode(at.union)
    for graph in graphs:
        yield ox.Triple(subject, ox.NamedNode(PART), ox.NamedNode(graph))
    if digest:
        yield ox.Triple(subject, ox.NamedNode(IDENTIFIER), ox.Literal(digest))


class _Writer:
    """Put graphs into an engine: whole by the Graph Store Protocol, or in parts by updates."""

    def __init__(self, at: Remote, login: Login, seconds: float) -> None:
        self._whole = bool(at.graph_store)
        self._client = Client(at.graph_store or at.update, login, seconds)

    def put(self, graph: str, triples: Iterable[ox.Triple]) -> None:
        """Put triples in the place of whatever a graph holds."""
        if self._whole:
            self._client.put(graph, _lines(triples))
            return
        self._client.update(f"DROP SILENT GRAPH <{graph}>")
        left = iter(triples)
        while some := list(islice(left, TRIPLES_AT_ONCE)):
            self._client.update(f"INSERT DATA {{ GRAPH <{graph}> {{\n{_lines(some).decode('utf-8')}}} }}")


def _lines(triples: Iterable[ox.Triple]) -> bytes:
    return bytes(ox.serialize(triples, format=ox.RdfFormat.N_TRIPLES) or b"")


def _unusable(problem: EngineProblem, address: str) -> LevikkiError:
    if problem.outcome == "entry":
        hint = f"set {USER} and {PASSWORD} in the environment to those of a user who may"
        return SnapshotError("the engine lets this user do nothing here", address, hint)
    if problem.outcome == "refused":
        return SnapshotError(f"the engine refuses: {problem.detail}", address, "see what its log says")
    hint = "check the address, and that the engine runs"
    return SnapshotError(f"the engine does not answer as it should: {problem.detail}", address, hint)
