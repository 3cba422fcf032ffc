"""Take what was removed out of a graph, with everything that cannot stand without it, so that the shapes still hold.

What goes with a removed thing: its parts (`…#evidence`); for a page, all that its graph says; what then loses a property that its
shape requires (a claim its model, an association its agent); a measure or goal that nothing points to any more; and every link to
what nothing describes any more. That is repeated until nothing more goes. A removed text takes along the literals that equal it, and
the thing whose preferred label it is, because the IRI of that thing is made of it.
"""

from __future__ import annotations

from collections.abc import Iterable

import pyoxigraph as ox
from rdflib import SH, Graph, Literal, URIRef

from graph.errors import OntologyError
from graph.files import read_text
from graph.names import Names
from graph.removals import Removals
from graph.settings import ROOT

SHAPES = ROOT / "ontology" / "shapes"
TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"
LABEL = "http://www.w3.org/2004/02/skos/core#prefLabel"


def withdraw(quads: Iterable[ox.Quad], removals: Removals, names: Names) -> list[ox.Quad]:
    """Return quads without what was removed and what depends on it.

    :param quads: the open graph before the rules conclude anything from it.
    """
    quads = list(quads)
    if not removals:
        return quads
    graphs = {ox.NamedNode(names.graph(name)) for name in removals.things if name.startswith("page/")}
    gone = {names.relative(name) for name in removals.things}
    gone |= {_iri(quad) for quad in quads if quad.predicate.value == LABEL and _taken_out(quad, removals)}
    left = [quad for quad in quads if quad.graph_name not in graphs and not _taken_out(quad, removals)]
    before = _Before(quads, names)
    while True:
        left = [quad for quad in left if not _of(gone, _iri(quad)) and not _of(gone, _value(quad))]
        more = before.lost(left) - gone
        if not more:
            return left
        gone |= more


class _Before:
    """Know how the things of ours stood before anything was removed."""

    def __init__(self, quads: list[ox.Quad], names: Names) -> None:
        self._names = names
        self._types = {(_iri(quad), _value(quad)) for quad in quads if quad.predicate.value == TYPE}
        self._described = {iri for quad in quads if names.local(iri := _iri(quad))}
        self._needs = _required(names)
        self._had = self._properties(quads)
        self._pointed_at = {_value(quad) for quad in quads}
        self._dependent = {
            iri for iri, kind in self._types if kind in {f"{names.ontology}Measure", f"{names.ontology}Goal"}
        }

    def lost(self, quads: list[ox.Quad]) -> set[str]:
        """Return the things that cannot stand on what is left."""
        undescribed = self._described - {_iri(quad) for quad in quads}
        starved = {iri for iri, _ in self._had - self._properties(quads)}
        orphans = (self._dependent & self._pointed_at) - {_value(quad) for quad in quads}
        return undescribed | starved | orphans

    def _properties(self, quads: list[ox.Quad]) -> set[tuple[str, str]]:
        """Return the required properties that things have."""
        has = {(_iri(quad), quad.predicate.value) for quad in quads}
        return {(iri, each) for iri, kind in self._types for each in self._needs.get(kind, ()) if (iri, each) in has}


def _required(names: Names) -> dict[str, set[str]]:
    """Return class -> the properties that its shape asks one value of at least."""
    shapes = Graph(bind_namespaces="none")
    for path in sorted(SHAPES.glob("*.ttl")):
        shapes.parse(data=names.rebase(read_text(path, OntologyError)), format="turtle")
    needs: dict[str, set[str]] = {}
    for shape, kind in shapes.subject_objects(SH.targetClass):
        for each in shapes.objects(shape, SH.property):
            named, least = shapes.value(each, SH.path), shapes.value(each, SH.minCount)
            if isinstance(named, URIRef) and isinstance(least, Literal) and int(least) > 0:
                needs.setdefault(str(kind), set()).add(str(named))
    return needs


def _taken_out(quad: ox.Quad, removals: Removals) -> bool:
    return isinstance(quad.object, ox.Literal) and removals.holds(quad.object.value)


def _of(gone: set[str], iri: str) -> bool:
    return iri in gone or iri.partition("#")[0] in gone


def _iri(quad: ox.Quad) -> str:
    return quad.subject.value if isinstance(quad.subject, ox.NamedNode) else ""


def _value(quad: ox.Quad) -> str:
    return quad.object.value if isinstance(quad.object, ox.NamedNode) else ""
