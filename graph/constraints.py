"""What the SHACL shapes ask of each class, property by property: how many values, and of which kind."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from rdflib import RDF, SH, Graph, URIRef
from rdflib.collection import Collection
from rdflib.term import Node

from graph.files import read_text
from graph.names import Names
from graph.settings import ROOT

SHAPES = ROOT / "ontology" / "shapes"
_KINDS = (SH["class"], SH.datatype)


@dataclass(frozen=True)
class Constraint:
    """Hold what a shape asks of one property of one class.

    :param least: values that there must be.
    :param most: values that there may be; None where any number may.
    :param kinds: IRIs of the classes or datatypes that a value is of one of.
    :param values: IRIs, or texts, that a value is one of; empty where it may be any.
    """

    of: str
    property: str
    least: int = 0
    most: int | None = None
    kinds: tuple[str, ...] = ()
    values: tuple[str, ...] = ()


@cache
def load(names: Names) -> tuple[Constraint, ...]:
    """Return the constraints of all shapes, one for each class and property."""
    graph = Graph(bind_namespaces="none")
    for path in sorted(SHAPES.glob("*.ttl")):
        graph.parse(data=names.rebase(read_text(path)), format="turtle")
    found: dict[tuple[str, str], Constraint] = {}
    for each in _read(graph):
        place = each.of, each.property
        found[place] = _both(found[place], each) if place in found else each
    return tuple(found[place] for place in sorted(found))


def _read(graph: Graph) -> Iterator[Constraint]:
    for shape, target in graph.subject_objects(SH.targetClass):
        for property_ in graph.objects(shape, SH.property):
            path = graph.value(property_, SH.path)
            if isinstance(path, URIRef):
                yield _constraint(graph, property_, str(target), str(path))


def _constraint(graph: Graph, shape: Node, of: str, path: str) -> Constraint:
    least, most = graph.value(shape, SH.minCount), graph.value(shape, SH.maxCount)
    choice = graph.value(shape, SH["or"])
    alternatives = list(Collection(graph, choice)) if choice is not None else []
    kinds = {str(kind) for each in (shape, *alternatives) for name in _KINDS for kind in graph.objects(each, name)}
    if any(graph.objects(shape, SH.languageIn)):
        kinds.add(str(RDF.langString))
    listed = graph.value(shape, SH["in"])
    values = [str(each) for each in Collection(graph, listed)] if listed is not None else []
    values += [str(each) for each in graph.objects(shape, SH.hasValue)]
    return Constraint(
        of, path, int(str(least or 0)), None if most is None else int(str(most)), tuple(sorted(kinds)), tuple(values)
    )


def _both(one: Constraint, other: Constraint) -> Constraint:
    """Return what two shapes for the same property ask together."""
    most = [each.most for each in (one, other) if each.most is not None]
    return Constraint(
        one.of,
        one.property,
        max(one.least, other.least),
        min(most) if most else None,
        tuple(sorted({*one.kinds, *other.kinds})),
        one.values or other.values,
    )
