"""The questions and federated examples as RDF, in the form that collections of SPARQL examples share.

Each is a `sh:SPARQLExecutable` (SHACL) with its text as `rdfs:comment`, its tags as `schema:keywords` and the endpoint as
`schema:target`; `spex:federatesWith` marks one that asks other endpoints too. What a caller may choose is a `sh:Parameter`
whose path ends with the name of the variable, as SHACL has it. No node is blank: prefixes have IRIs too.
"""

from __future__ import annotations

from rdflib import RDF, RDFS, SH, XSD, Graph, Literal, Namespace, URIRef

from graph import questions
from graph.names import Names
from graph.questions import Parameter, Question

SCHEMA = Namespace("https://schema.org/")
SPEX = Namespace("https://purl.expasy.org/sparql-examples/ontology#")


def sparql_examples(names: Names, endpoint: str) -> Graph:
    """Return every question and federated example.

    :param endpoint: address at which they are asked.
    """
    graph = Graph(bind_namespaces="none")
    for prefix, space in (*names.prefixes().items(), ("schema", SCHEMA), ("spex", SPEX)):
        graph.bind(prefix, space)
    prefixes = _prefixes(graph, names)
    for each in (*questions.load(names).values(), *questions.load_federated(names).values()):
        node = URIRef(names.base + f"questions/{each.name}")
        graph.add((node, SH.prefixes, prefixes))
        graph.add((node, SCHEMA.target, URIRef(endpoint)))
        graph.add((node, SH.select, Literal(text_of(each, names, endpoint))))
        _describe(graph, node, each)
    return graph


def text_of(question: Question, names: Names, endpoint: str) -> str:
    """Return the text of a query; a federated one asks the endpoint where it is."""
    return question.query.replace(f"SERVICE <{names.base}sparql>", f"SERVICE <{endpoint}>")


def _prefixes(graph: Graph, names: Names) -> URIRef:
    """Add the prefix table, and return the node that has its declarations."""
    table = URIRef(f"{names.base}questions#prefixes")
    for prefix, space in names.prefixes().items():
        declared = URIRef(f"{names.base}questions#prefix-{prefix}")
        graph.add((table, SH.declare, declared))
        graph.add((declared, RDF.type, SH.PrefixDeclaration))
        graph.add((declared, SH.prefix, Literal(prefix)))
        graph.add((declared, SH.namespace, Literal(space, datatype=XSD.anyURI)))
    return table


def _describe(graph: Graph, node: URIRef, question: Question) -> None:
    graph.add((node, RDF.type, SH.SPARQLExecutable))
    graph.add((node, RDF.type, SH.SPARQLSelectExecutable))
    for language, text in question.summary.items():
        graph.add((node, RDFS.comment, Literal(text, lang=language)))
    for tag in question.tags:
        graph.add((node, SCHEMA.keywords, Literal(tag)))
    for service in question.services:
        graph.add((node, SPEX.federatesWith, URIRef(service)))
    for number, each in enumerate(question.parameters):
        _parameter(graph, node, each, number)


def _parameter(graph: Graph, node: URIRef, parameter: Parameter, number: int) -> None:
    """Add what a caller may choose: its name, kind, default and place in the form."""
    named, is_iri = URIRef(f"{node}#{parameter.name}"), parameter.kind == "iri"
    graph.add((node, SH.parameter, named))
    graph.add((named, RDF.type, SH.Parameter))
    graph.add((named, SH.path, named))
    graph.add((named, SH.order, Literal(number)))
    graph.add((named, SH.nodeKind, SH.IRI if is_iri else SH.Literal))
    graph.add((named, SH.defaultValue, URIRef(parameter.default) if is_iri else Literal(parameter.default)))
    for language, label in parameter.label.items():
        graph.add((named, SH.name, Literal(label, lang=language)))
