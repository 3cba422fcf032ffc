"""Translate terms and graphs between pyoxigraph and rdflib: the one place that does."""

from __future__ import annotations

import logging
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TypeAlias

import pyoxigraph as ox
from rdflib import BNode, Graph, Literal, URIRef
from rdflib.term import Node

STRING = "http://www.w3.org/2001/XMLSchema#string"
Thing: TypeAlias = ox.NamedNode | ox.BlankNode
Term: TypeAlias = Thing | ox.Literal


def to_rdflib(term: object) -> Node:
    """Return the rdflib term, its lexical form unchanged.

    >>> to_rdflib(ox.Literal("Kokkola", language="fi"))
    rdflib.term.Literal('Kokkola', lang='fi')
    """
    if isinstance(term, ox.NamedNode):
        return URIRef(term.value)
    if isinstance(term, ox.Literal):
        datatype = None if term.language or term.datatype.value == STRING else URIRef(term.datatype.value)
        return Literal(term.value, lang=term.language, datatype=datatype, normalize=False)
    return BNode(str(term).removeprefix("_:"))


def to_oxigraph(term: Node) -> Term:
    """Return the pyoxigraph term.

    >>> to_oxigraph(Literal("Kokkola", lang="fi"))
    <Literal value=Kokkola language=fi>
    """
    if not isinstance(term, Literal):
        return to_thing(term)
    datatype = ox.NamedNode(str(term.datatype)) if term.datatype and not term.language else None
    return ox.Literal(str(term), language=term.language, datatype=datatype)


def to_thing(node: Node) -> Thing:
    """Return the pyoxigraph node of an rdflib IRI or blank node."""
    return ox.BlankNode(str(node)) if isinstance(node, BNode) else ox.NamedNode(str(node))


def written(graph: Graph, form: ox.RdfFormat) -> bytes:
    """Return a graph in a format, the same bytes for the same triples in every process, with the prefixes that it uses.

    Triples are ordered by how they are written: rdflib's own order of literals is not total, and its serializers follow sets.
    """
    triples = sorted(graph, key=lambda each: [term.n3() for term in each])
    said = [ox.Triple(to_thing(s), ox.NamedNode(str(p)), to_oxigraph(o)) for s, p, o in triples]
    lines = (ox.serialize(said, format=ox.RdfFormat.N_TRIPLES) or b"").decode()
    prefixes = {prefix: str(space) for prefix, space in graph.namespaces() if prefix and f"<{space}" in lines}
    return ox.serialize(said, format=form, prefixes=prefixes) or b""


@contextmanager
def quiet() -> Iterator[None]:
    """Keep rdflib from writing a traceback for each literal of the wrong form: a finding says it better."""
    logger = logging.getLogger("rdflib.term")
    level = logger.level
    logger.setLevel(logging.ERROR)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            yield
        finally:
            logger.setLevel(level)
