"""What the endpoint says of itself: SPARQL 1.1 Service Description and VoID, from what is really served."""

from __future__ import annotations

from collections.abc import Iterator

from rdflib import DCTERMS, FOAF, OWL, RDF, RDFS, VOID, XSD, Graph, Literal, Namespace, URIRef
from rdflib.term import Node

from graph.formats import GRAPH_FORMATS, SELECT_FORMATS
from graph.snapshot import Snapshot
from graph.store import Engine

SD = Namespace("http://www.w3.org/ns/sparql-service-description#")
FORMATS = Namespace("http://www.w3.org/ns/formats/")
GRAPH_FORMAT_NAMES = {"ttl": "Turtle", "nt": "N-Triples", "jsonld": "JSON-LD", "rdf": "RDF_XML"}


# How the union of the named graphs is described: what a client sees that names no graph.
TOTALS = {
    VOID.triples: "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }",
    VOID.entities: "SELECT (COUNT(DISTINCT ?s) AS ?n) { ?s a ?c }",
    VOID.distinctSubjects: "SELECT (COUNT(DISTINCT ?s) AS ?n) { ?s ?p ?o }",
    VOID.distinctObjects: "SELECT (COUNT(DISTINCT ?o) AS ?n) { ?s ?p ?o }",
    VOID.properties: "SELECT (COUNT(DISTINCT ?p) AS ?n) { ?s ?p ?o }",
    VOID.classes: "SELECT (COUNT(DISTINCT ?c) AS ?n) { ?s a ?c }",
}
CLASSES = "SELECT ?c (COUNT(DISTINCT ?s) AS ?n) { ?s a ?c } GROUP BY ?c ORDER BY STR(?c)"
PROPERTIES = "SELECT ?p (COUNT(*) AS ?n) { ?s ?p ?o } GROUP BY ?p ORDER BY STR(?p)"
GRAPHS = "SELECT ?g (COUNT(*) AS ?n) { GRAPH ?g { ?s ?p ?o } } GROUP BY ?g ORDER BY STR(?g)"


def service_description(engine: Engine, endpoint: str) -> Graph:
    """Return what an endpoint can do, in the terms of SPARQL 1.1 Service Description.

    :param endpoint: IRI at which the engine is asked.
    """
    described = Graph(bind_namespaces="none")
    for prefix, space in (("sd", SD), ("formats", FORMATS), ("void", VOID), ("graph", engine.names.graph(""))):
        described.bind(prefix, space)
    service, dataset, default = (URIRef(endpoint + part) for part in ("#service", "#dataset", "#default-graph"))
    described.add((service, RDF.type, SD.Service))
    described.add((service, SD.endpoint, URIRef(endpoint)))
    described.add((service, SD.supportedLanguage, SD.SPARQL11Query))
    described.add((service, SD.feature, SD.UnionDefaultGraph))
    if engine.settings.service_hosts:
        described.add((service, SD.feature, SD.BasicFederatedQuery))
    results = [f"SPARQL_Results_{form.name.upper()}" for form in SELECT_FORMATS]
    for name in (*results, *(GRAPH_FORMAT_NAMES[form.name] for form in GRAPH_FORMATS)):
        described.add((service, SD.resultFormat, FORMATS[name]))
    described.add((service, SD.defaultDataset, dataset))
    described.add((dataset, RDF.type, SD.Dataset))
    described.add((dataset, SD.defaultGraph, default))
    described.add((default, RDF.type, SD.Graph))
    described.add((default, VOID.triples, _number(engine, TOTALS[VOID.triples])))
    for number, (graph, triples) in enumerate(_counted(engine, GRAPHS, "g"), 1):
        node, content = URIRef(f"{endpoint}#graph-{number}"), URIRef(f"{endpoint}#graph-{number}-content")
        described.add((dataset, SD.namedGraph, node))
        described.add((node, RDF.type, SD.NamedGraph))
        described.add((node, SD.name, graph))
        described.add((node, SD.graph, content))
        described.add((content, RDF.type, SD.Graph))
        described.add((content, VOID.triples, triples))
    return described


def void_description(snapshot: Snapshot, engine: Engine, address: str, endpoint: str) -> Graph:
    """Return what the dataset holds, in the terms of VoID, counted in the data.

    :param address: IRI of the description.
    :param endpoint: IRI at which the dataset is asked.
    """
    void = Graph(bind_namespaces="none")
    for prefix, space in (
        *engine.names.prefixes().items(),
        ("void", VOID),
        ("foaf", FOAF),
        ("dct", DCTERMS),
        ("owl", OWL),
    ):
        void.bind(prefix, space)
    dataset = URIRef(f"{address}#dataset")
    void.add((URIRef(address), RDF.type, VOID.DatasetDescription))
    void.add((URIRef(address), FOAF.primaryTopic, dataset))
    void.add((URIRef(address), RDFS.seeAlso, URIRef(f"{snapshot.base}catalog")))
    void.add((dataset, RDF.type, VOID.Dataset))
    void.add((dataset, OWL.sameAs, URIRef(f"{snapshot.base}dataset")))
    void.add((dataset, DCTERMS.title, Literal("Levikki")))
    void.add((dataset, DCTERMS.modified, Literal(snapshot.manifest["made"], datatype=XSD.dateTime)))
    void.add((dataset, VOID.sparqlEndpoint, URIRef(endpoint)))
    void.add((dataset, VOID.uriSpace, Literal(snapshot.base)))
    void.add((dataset, VOID.vocabulary, URIRef(engine.names.ontology)))
    for form in GRAPH_FORMATS:
        void.add((dataset, VOID.feature, FORMATS[GRAPH_FORMAT_NAMES[form.name]]))
    for triple in statistics(engine, dataset, address):
        void.add(triple)
    return void


def statistics(engine: Engine, dataset: URIRef, address: str) -> Iterator[tuple[URIRef, URIRef, Node]]:
    """Yield the counts of VoID: of triples, entities and terms, and of each class and property.

    :param dataset: what is counted.
    :param address: IRI that those of the parts begin with.
    """
    for total, query in TOTALS.items():
        yield dataset, total, _number(engine, query)
    parts = (
        (CLASSES, "c", VOID.classPartition, VOID["class"], VOID.entities),
        (PROPERTIES, "p", VOID.propertyPartition, VOID.property, VOID.triples),
    )
    for query, variable, partition, of, count in parts:
        for number, (thing, counted) in enumerate(_counted(engine, query, variable), 1):
            part = URIRef(f"{address}#{of.fragment}-{number}")
            yield dataset, partition, part
            yield part, of, thing
            yield part, count, counted


def _number(engine: Engine, query: str) -> Literal:
    return Literal(int(engine.select(query).rows[0]["n"].value))


def _counted(engine: Engine, query: str, variable: str) -> list[tuple[URIRef, Literal]]:
    rows = engine.select(query).rows
    return [(URIRef(row[variable].value), Literal(int(row["n"].value))) for row in rows if variable in row]
