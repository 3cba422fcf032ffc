"""Write a snapshot's graph whole, in an RDF format, the same bytes for the same snapshot."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pyoxigraph as ox

from graph.errors import CallError
from graph.names import Names
from graph.snapshot import Snapshot

# Name -> Oxigraph's format, and whether it keeps the named graphs.
FORMATS: dict[str, tuple[ox.RdfFormat, bool]] = {
    "nq": (ox.RdfFormat.N_QUADS, True),
    "trig": (ox.RdfFormat.TRIG, True),
    "jsonld": (ox.RdfFormat.JSON_LD, True),
    "nt": (ox.RdfFormat.N_TRIPLES, False),
    "ttl": (ox.RdfFormat.TURTLE, False),
    "rdfxml": (ox.RdfFormat.RDF_XML, False),
}


def export(snapshot: Snapshot, name: str, write: Callable[[bytes], object]) -> None:
    """Write the open graph of a snapshot.

    :param name: a key of `FORMATS`; the formats of triples hold the union of all graphs.
    :param write: is given the bytes.
    :raises CallError: no such format.
    """
    if name not in FORMATS:
        raise CallError(f"no export format {name!r}", "export", f"use one of: {', '.join(FORMATS)}")
    form, keeps_graphs = FORMATS[name]
    quads = ox.parse(path=str(_dump(snapshot)), format=ox.RdfFormat.N_QUADS)
    items = quads if keeps_graphs else _union(quads)
    prefixes = (
        Names(snapshot.base).prefixes()
        if form in {ox.RdfFormat.TRIG, ox.RdfFormat.TURTLE, ox.RdfFormat.RDF_XML}
        else None
    )
    write(bytes(ox.serialize(items, format=form, prefixes=prefixes) or b""))


def _dump(snapshot: Snapshot) -> Path:
    return snapshot.path / "graph.nq"


def _union(quads: ox.QuadParser) -> list[ox.Triple]:
    """Return the triples of all graphs, each once, sorted: graph.nq is sorted by subject."""
    return list(dict.fromkeys(quad.triple for quad in quads))
