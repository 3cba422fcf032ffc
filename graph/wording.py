"""Put what shapes and checks found in the words of the records: which file, which key, what is allowed there."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pyoxigraph as ox
from rdflib import RDF, RDFS, SH, BNode, Graph, Literal, URIRef
from rdflib.collection import Collection

from graph.errors import OntologyError
from graph.files import read_text
from graph.names import Names, last_part
from graph.report import EXACT, TYPE, Finding, Result, fields
from graph.settings import ROOT
from graph.terms import Term, to_oxigraph

CHECKS = ROOT / "ontology" / "checks"
# The file to mend, for what stands in a graph that is no page's.
MENDED_IN = {
    "vocabulary": "mappings/lexicon or ontology/schemes",
    "alignment": "mappings/alignments",
    "derived": "mappings/rules",
}
LONGEST_SHOWN = 80


@dataclass(frozen=True)
class Writer:
    """Put results in the words of the records."""

    names: Names
    shapes: Graph
    plain: Graph
    store: ox.Store

    def findings(self, result: Result) -> Iterator[Finding]:
        """Write one result, once for each file that holds it."""
        value = self.short(result.value) if result.value is not None else self.values(result)
        problem, allowed = self.problem(result), self.allowed(result)
        constraint = f"{SH}{result.constraint}ConstraintComponent"
        for graph in self.graphs(result):
            source = self.source(graph)
            yield Finding(
                source, self.short(result.node), self.field(result), value, problem, allowed, None, constraint, result
            )

    def graphs(self, result: Result) -> list[str]:
        """Name the graphs that hold the mistake; the pages' before others."""
        if result.graph:
            return [result.graph]
        node, path = result.node, result.path
        for way, value in ((path, result.value), (path, None), (TYPE, None), (None, None)):
            found = {quad.graph_name for quad in self.store.quads_for_pattern(node, way, value)}
            graphs = sorted(graph.value for graph in found if isinstance(graph, ox.NamedNode))
            if graphs:
                pages = [graph for graph in graphs if graph.startswith(self.names.graph("page/"))]
                return pages or [graph for graph in graphs if graph != self.names.graph("derived")][:1] or graphs
        return [self.names.graph("dataset")]

    def source(self, graph: str) -> str:
        """Name the file that a graph is made from."""
        kind, _, slug = graph.removeprefix(self.names.graph("")).partition("/")
        if kind == "page" and slug:
            return f"data/records/{slug}.json"
        return MENDED_IN.get(kind, f"graph {kind}/{slug}" if slug else f"graph {kind}")

    def short(self, term: Term) -> str:
        """Write a term as a record does."""
        if isinstance(term, ox.Literal):
            return term.value if len(term.value) <= LONGEST_SHOWN else term.value[:LONGEST_SHOWN] + "…"
        if isinstance(term, ox.BlankNode):
            return "a node without id"
        known = fields(self.names).get(term.value)
        return self.names.local(term.value) or (known[0] if known else self.prefixed(term.value))

    def prefixed(self, iri: str) -> str:
        """Write an IRI with a prefix of ontology/prefixes.ttl, where one fits."""
        spaces = [(space, prefix) for prefix, space in self.names.prefixes().items() if iri.startswith(space)]
        space, prefix = max(spaces, default=("", ""))
        return f"{prefix}:{iri[len(space) :]}" if space else iri

    def values(self, result: Result) -> str:
        """List what stands in a field that is wrong as a whole; a page's own words are never repeated."""
        if result.path is None or result.path == EXACT:
            return ""
        held = (quad.object for quad in self.store.quads_for_pattern(result.node, result.path, None))
        return " and ".join(sorted({self.short(term) for term in held if not isinstance(term, ox.Triple)}))

    def field(self, result: Result) -> str:
        """Name the key of the record."""
        name = self.shapes.value(URIRef(result.shape), SH.name)
        if name is not None or result.path is None:
            return str(name or "")
        known = fields(self.names).get(result.path.value)
        return known[0] if known else self.prefixed(result.path.value)

    def problem(self, result: Result) -> str:
        """Say what is allowed, in English: the shape's or check's message."""
        if result.constraint == "SPARQL":
            return check_header(CHECKS / f"{last_part(result.shape)}.rq")["message"]
        messages = [each for each in self.shapes.objects(URIRef(result.shape), SH.message) if isinstance(each, Literal)]
        english = sorted(str(each) for each in messages if each.language in {"en", None})
        return english[0] if english else f"the shape {result.shape} does not hold"

    def allowed(self, result: Result) -> tuple[str, ...]:
        """List the allowed values in short form; for a link, known names that are like the wrong one."""
        shape, component = URIRef(result.shape), result.constraint
        if component in {"Class", "Or"} and result.value is not None:
            return self.likely(shape, self.short(result.value))
        if component not in {"HasValue", "In", "Pattern", "Datatype", "LanguageIn"}:
            return ()
        parameter = self.shapes.value(shape, SH[component[0].lower() + component[1:]])
        members = list(Collection(self.shapes, parameter)) if isinstance(parameter, BNode) else [parameter]
        short = (self.short(to_oxigraph(each)) for each in members if each is not None)
        return tuple(last_part(each) if each.startswith("scheme/") else each for each in short)

    def likely(self, shape: URIRef, wrong: str) -> tuple[str, ...]:
        """Name up to three known things of the class that a link asks for, by likeness."""
        heads = self.shapes.objects(shape, SH["or"])
        options = [shape, *(option for head in heads for option in Collection(self.shapes, head))]
        above = {kind for option in options for kind in self.shapes.objects(option, SH["class"])}
        kinds = {below for kind in above for below in self.plain.transitive_subjects(RDFS.subClassOf, kind)}
        known = {self.short(to_oxigraph(thing)) for kind in kinds for thing in self.plain.subjects(RDF.type, kind)}
        return tuple(difflib.get_close_matches(wrong, sorted(known), 3))


@cache
def check_header(path: Path) -> dict[str, str]:
    """Read the `#+ key: text` lines of a check.

    :raises OntologyError: the check has no summary or no message.
    """
    header = dict(re.findall(r"^#\+ (\w+): *(.+)$", read_text(path, OntologyError), re.MULTILINE))
    if not {"summary", "message"} <= set(header):
        raise OntologyError("no summary or no message", str(path), "begin it with #+ summary: … and #+ message: …")
    return header
