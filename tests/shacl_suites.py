"""Other people's SHACL shapes of ../shared/suites, read once, and what pySHACL finds by them."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pyshacl
from conftest import shared
from rdflib import RDF, SH, Graph, term
from rdflib.term import Node

from graph.settings import ROOT

INFERENCES = ("none", "rdfs")
# Shapes, and an ontology that their publisher says to validate with.
SUITES: dict[str, tuple[tuple[str, ...], str]] = {
    "dcat-ap": (("dcat-ap/3.0.1/shacl/dcat-ap-SHACL.ttl", "dcat-ap/3.0.1/shacl/ranges.ttl"), ""),
    "recommended": (("dcat-ap/3.0.1/html/shacl/shapes_recommended.ttl",), ""),
    "deprecated": (("dcat-ap/3.0.1/html/shacl/deprecateduris.ttl",), ""),
    "avoindata": (("avoindata/avoindata_dcat-ap_shacl.ttl",), "avoindata/FOAF.ttl"),
    "cpsv-ap": (("cpsv-ap/3.2.0/shacl/cpsv-ap-SHACL.ttl",), ""),
    "own": ((), ""),
}
# Property shapes that DCAT-AP's files name and none of them defines: pySHACL would stop there.
UNDEFINED = {"dcat-ap": 5}
Finding = tuple[str, str]


@cache
def shapes(suite: str) -> Graph:
    """Return the shapes of a suite, without what they name and do not define."""
    graph = Graph()
    for name in SUITES[suite][0]:
        graph.parse(shared("suites") / name)
    if suite == "own":
        graph.parse(ROOT / "ontology" / "catalogue" / "catalogue.ttl")
    undefined = [pair for pair in graph.subject_objects(SH.property) if (pair[1], None, None) not in graph]
    assert len(undefined) == UNDEFINED.get(suite, 0)
    for shape, part in undefined:
        graph.remove((shape, SH.property, part))
    return graph


def findings(graph: Graph, suite: str, inference: str = "none") -> list[tuple[Finding, Node | None, Node | None]]:
    """Return what a suite finds: constraint and path by their last words, the value, and the class that was asked for."""
    ontology: Path | None = shared("suites") / SUITES[suite][1] if SUITES[suite][1] else None
    data = Graph()
    for triple in graph:
        data.add(triple)
    before = dict(term._toPythonMapping)
    _, report, _ = pyshacl.validate(
        data, shacl_graph=shapes(suite), ont_graph=Graph().parse(ontology) if ontology else None, inference=inference
    )
    # The reasoner has rdflib read some literals, years among them, in its own way from then on: in this whole process.
    term._toPythonMapping.clear()
    term._toPythonMapping.update(before)
    found = []
    for each in report.subjects(RDF.type, SH.ValidationResult):
        constraint = _last(report.value(each, SH.sourceConstraintComponent)).removesuffix("ConstraintComponent")
        path, shape = report.value(each, SH.resultPath), report.value(each, SH.sourceShape)
        wanted = shapes(suite).value(shape, SH["class"]) if shape else None
        found.append(((constraint, _last(path)), report.value(each, SH.value), wanted))
    return found


def _last(node: Node | None) -> str:
    return str(node or "").rpartition("#")[2].rpartition("/")[2]
