"""The data of a test: files of the suite, or bodies of its requests, as graphs of one dataset."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pyoxigraph as ox

SUFFIXES = {"ttl": "text/turtle", "rdf": "application/rdf+xml", "nt": "application/n-triples"}


@dataclass(frozen=True)
class Part:
    """Hold an RDF document.

    :param base: the IRI that its relative IRIs are resolved against.
    """

    content: bytes
    base: str
    media_type: str = "text/turtle"

    def quads(self, graph: str) -> Iterator[ox.Quad]:
        """Yield its triples in a graph; the default graph where the name is empty."""
        name = ox.NamedNode(graph) if graph else ox.DefaultGraph()
        form = ox.RdfFormat.from_media_type(self.media_type)
        # Blank nodes of two documents are never the same.
        for quad in ox.parse(self.content, form, base_iri=self.base, rename_blank_nodes=True):
            yield ox.Quad(quad.subject, quad.predicate, quad.object, name)


@dataclass(frozen=True)
class Dataset:
    """Hold graphs by name; the default graph has the empty name, and a graph without parts is there and empty."""

    graphs: tuple[tuple[str, tuple[Part, ...]], ...] = ()

    def fill(self, store: ox.Store) -> ox.Store:
        """Put the graphs in a store, and return it."""
        for name, parts in self.graphs:
            if name:
                store.add_graph(ox.NamedNode(name))
            for part in parts:
                store.extend(part.quads(name))
        return store


def from_file(content: bytes, iri: str) -> Part:
    """Return a file of the suite as a part."""
    return Part(content, iri, SUFFIXES[iri.rpartition(".")[2]])
