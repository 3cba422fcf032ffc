"""The whole graph in the RDF formats: with its named graphs (nq trig jsonld), or their union (nt ttl rdfxml)."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from itertools import groupby
from typing import BinaryIO

import pyoxigraph as ox

from graph.errors import CallError
from graph.exports.base import Export, File, Source

# Name -> Oxigraph's format, file suffix, and whether it keeps the named graphs.
FORMATS: dict[str, tuple[ox.RdfFormat, str, bool]] = {
    "nq": (ox.RdfFormat.N_QUADS, "nq", True),
    "trig": (ox.RdfFormat.TRIG, "trig", True),
    "jsonld": (ox.RdfFormat.JSON_LD, "jsonld", True),
    "nt": (ox.RdfFormat.N_TRIPLES, "nt", False),
    "ttl": (ox.RdfFormat.TURTLE, "ttl", False),
    "rdfxml": (ox.RdfFormat.RDF_XML, "rdf", False),
}
_WITH_PREFIXES = frozenset({ox.RdfFormat.TRIG, ox.RdfFormat.TURTLE, ox.RdfFormat.RDF_XML})


def files(name: str, source: Source) -> list[File]:
    """Return the one file of a format, which holds the whole open graph."""
    form, suffix, _ = FORMATS[name]
    path = f"levikki.{suffix}"
    return [File(path, form.media_type, lambda out: write(source, name, out), compressed=True)]


def write(source: Source, name: str, out: BinaryIO, graph: str = "") -> None:
    """Write the open graph, or one graph of it, in memory that does not grow with it.

    :param name: a key of `FORMATS`.
    :param graph: IRI of a named graph; all of them where left out.
    :raises CallError: no such graph.
    """
    form, _, keeps_graphs = FORMATS[name]
    quads = source.quads() if not graph else _of_graph(source, graph)
    items = quads if keeps_graphs else _triples(quads)
    prefixes = source.names.prefixes() if form in _WITH_PREFIXES else None
    ox.serialize(items, out, format=form, prefixes=prefixes)


def _of_graph(source: Source, graph: str) -> Iterator[ox.Quad]:
    if not source.store.contains_named_graph(ox.NamedNode(graph)):
        known = sorted(source.names.graph_name(each.value) for each in source.store.named_graphs())
        some = ", ".join(name for name in known if not name.startswith("page/"))
        hint = f"name one of {some}, page/<slug>, or leave --graph out"
        raise CallError(f"no graph <{graph}> in the snapshot", "--graph", hint)
    return (quad for quad in source.quads() if quad.graph_name == ox.NamedNode(graph))


def _triples(quads: Iterator[ox.Quad]) -> Iterator[ox.Triple]:
    """Yield the triples of all graphs, each once: the quads are sorted, so what is twice there has one subject."""
    for _, same in groupby(quads, key=lambda quad: quad.subject):
        yield from dict.fromkeys(quad.triple for quad in same)


def of_graph(name: str, graph: str) -> Export:
    """Return the export of one named graph.

    :param name: a key of `FORMATS`.
    :param graph: its IRI, or what stands in it behind `{base}graph/`.
    """

    def files(source: Source) -> list[File]:
        iri = graph if "://" in graph else source.names.graph(graph)
        form, suffix, _ = FORMATS[name]
        path = f"{source.names.graph_name(iri).replace('/', '-')}.{suffix}"
        return [File(path, form.media_type, lambda out: write(source, name, out, iri))]

    return Export(name, files)


EXPORTS = tuple(Export(name, partial(files, name)) for name in FORMATS)
