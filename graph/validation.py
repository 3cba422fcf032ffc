"""Hold a dataset against the shapes and checks of ontology/.

pySHACL reads ontology/shapes over one plain graph, the union of all named graphs but the quotes; pyoxigraph asks
ontology/checks of the dataset. What merely follows from another mistake is left out: one mistake is one finding.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pyshacl
from rdflib import RDF, RDFS, SH, Graph
from rdflib.collection import Collection
from rdflib.term import Node

from graph.errors import OntologyError
from graph.files import read_text
from graph.names import Names
from graph.report import EXACT, TYPE, Report, Result
from graph.settings import ROOT
from graph.terms import quiet, to_oxigraph, to_rdflib, to_thing
from graph.triples import turtle
from graph.wording import CHECKS, MENDED_IN, Writer

ONTOLOGY, SHAPES = ROOT / "ontology" / "levikki.ttl", ROOT / "ontology" / "shapes"
TARGETS = (SH.targetClass, SH.targetObjectsOf, SH.targetSubjectsOf)
# Where several constraints are broken by one value, the first of these says most about it; others come after them.
MOST_TELLING = ("HasValue", "In", "Pattern", "Datatype", "LanguageIn", "UniqueLang", "SPARQL", "Class", "Or")


def validate(quads: Iterable[ox.Quad], names: Names, records: Path | None = None) -> Report:
    """Hold a dataset against every shape and every check.

    :param quads: the whole dataset, quote graphs included.
    :param records: folder of the records, to name lines.
    :raises OntologyError: the ontology, a shape or a check cannot be used.
    """
    dataset = list(quads)
    shapes, plain, store = load_shapes(names), plain_graph(dataset, names), ox.Store()
    store.extend(dataset)
    checks = [check_results(store, path, names) for path in sorted(CHECKS.glob("*-violation.rq"))]
    results = collapse([*shape_results(plain, shapes), *(result for found in checks for result in found)])
    writer = Writer(names, shapes, plain, store)
    findings = [finding for result in results for finding in writer.findings(result)]
    # A derived fact is wrong because a record is: it counts only where nothing else is to blame.
    blamed = [each for each in findings if each.source != MENDED_IN["derived"]] or findings
    report = Report(names, tuple(sorted(blamed, key=lambda each: each.order)))
    return report.located(records) if records else report


@cache
def load_shapes(names: Names, path: Path | None = None) -> Graph:
    """Read the shapes, with this publisher's base.

    :param path: one file of shapes; all of ontology/shapes where left out.
    :raises OntologyError: a file cannot be read or parsed.
    """
    shapes = Graph(bind_namespaces="none")
    for each in [path] if path else sorted(SHAPES.glob("*.ttl")):
        _add(shapes, turtle(each, names, ox.NamedNode(names.graph("shapes"))))
    return shapes


def plain_graph(quads: Iterable[ox.Quad], names: Names) -> Graph:
    """Make one rdflib graph of all named graphs but the quotes, with the class hierarchy that `sh:class` needs.

    Only what stands between the ontology's own classes is added: a project's goal is no concept of a scheme.
    """
    quotes = f"<{names.graph('quote/')}"
    plain = Graph(bind_namespaces="none")
    _add(plain, (quad for quad in quads if not str(quad.graph_name).startswith(quotes)))
    _add(plain, _hierarchy(names))
    return plain


def shape_results(plain: Graph, shapes: Graph) -> list[Result]:
    """Run pySHACL over one graph.

    A thing that has no triples is not blamed for what it lacks: the link to it is, by its `sh:class`.

    :param plain: the data, with the class hierarchy that `sh:class` needs.
    """
    with quiet():
        report = pyshacl.validate(plain, shacl_graph=batched(shapes), inference="none", inplace=True)[1]
    found = ((node, report.value(node, SH.focusNode)) for node in report.subjects(RDF.type, SH.ValidationResult))
    return [_result(report, node, focus) for node, focus in found if focus is not None and (focus, None, None) in plain]


def batched(shapes: Graph) -> Graph:
    """Return a copy of the shapes in which each property shape has the targets of its node shape.

    They say the same, but pySHACL then looks at one field of all things at once, not at each thing by itself: four
    times as fast, measured on 14 000 triples. A closed shape keeps the paths of its fields as ignored ones.
    """
    copy = Graph(bind_namespaces="none")
    for triple in shapes:
        copy.add(triple)
    for owner, field in shapes.subject_objects(SH.property):
        copy.remove((owner, SH.property, field))
        for target in TARGETS:
            for wanted in shapes.objects(owner, target):
                copy.add((field, target, wanted))
        ignored, path = shapes.value(owner, SH.ignoredProperties), shapes.value(field, SH.path)
        if ignored is not None and path is not None:
            Collection(copy, ignored).append(path)
    return copy


def check_results(store: ox.Store, path: Path, names: Names) -> list[Result]:
    """Ask one check of a dataset.

    :param path: the `.rq` file.
    :raises OntologyError: it cannot be read or parsed.
    """
    shape = f"{names.base}ontology/checks/{path.stem}"
    try:
        rows = store.query(names.rebase(read_text(path, OntologyError)), use_default_graph_as_union=True)
    except SyntaxError as problem:
        raise OntologyError(f"not SPARQL: {problem}", str(path), "mend the query") from None
    if not isinstance(rows, ox.QuerySolutions):
        raise OntologyError("not a SELECT", str(path), "let it select ?focus ?path ?value")
    told = [variable.value for variable in rows.variables]
    return [_row({name: row[name] for name in told}, shape) for row in rows]


def collapse(results: Iterable[Result]) -> list[Result]:
    """Keep the most telling result of each mistake."""
    best: dict[tuple[object, ...], Result] = {}
    for each in sorted(results, key=_telling):
        best.setdefault((each.node, each.path, each.value, each.graph), each)
    valued = {(each.node, each.path) for each in best.values() if each.path and each.value is not None}
    mistyped = {each.node for each in best.values() if each.path == TYPE and each.constraint == "HasValue"}
    return [
        each
        for each in best.values()
        if not (each.value is None and (each.node, each.path) in valued)
        and not (each.constraint in {"Class", "Or"} and each.value in mistyped)
    ]


def _telling(result: Result) -> tuple[int, str]:
    known = result.constraint in MOST_TELLING
    return MOST_TELLING.index(result.constraint) if known else len(MOST_TELLING), result.shape


@cache
def _hierarchy(names: Names) -> list[ox.Quad]:
    ontology = turtle(ONTOLOGY, names, ox.NamedNode(names.graph("vocabulary")))
    below = (quad for quad in ontology if quad.predicate.value == str(RDFS.subClassOf))
    return [quad for quad in below if str(quad.object).startswith(f"<{names.ontology}")]


def _add(graph: Graph, quads: Iterable[ox.Quad]) -> None:
    with quiet():
        for quad in quads:
            graph.add((to_rdflib(quad.subject), to_rdflib(quad.predicate), to_rdflib(quad.object)))


def _row(row: dict[str, Any], shape: str) -> Result:
    path, graph = row.get("path"), row.get("graph")
    value = None if path == EXACT else row.get("value")
    return Result(row["focus"], path, value, "SPARQL", shape, graph.value if graph else "")


def _result(report: Graph, node: Node, focus: Node) -> Result:
    path, value, component, shape = (
        report.value(node, key) for key in (SH.resultPath, SH.value, SH.sourceConstraintComponent, SH.sourceShape)
    )
    name = str(component).removeprefix(str(SH)).removesuffix("ConstraintComponent")
    way = None if path is None else ox.NamedNode(str(path))
    # Without a path the value is the focus itself: nothing that stands in a field.
    held = None if value is None or way in {None, EXACT} else to_oxigraph(value)
    return Result(to_thing(focus), way, held, name, str(shape))
