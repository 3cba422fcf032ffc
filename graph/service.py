"""What the endpoint says of itself: SPARQL 1.1 Service Description and VoID, from what is really served."""

from __future__ import annotations

from rdflib import RDF, Graph, Namespace, URIRef

from graph.formats import GRAPH_FORMATS, SELECT_FORMATS
from graph.store import Engine

SD = Namespace("http://www.w3.org/ns/sparql-service-description#")
FORMATS = Namespace("http://www.w3.org/ns/formats/")
GRAPH_FORMAT_NAMES = {"ttl": "Turtle", "nt": "N-Triples", "jsonld": "JSON-LD", "rdf": "RDF_XML"}


def service_description(engine: Engine, endpoint: str) -> Graph:
    """Return what an endpoint can do, in the terms of SPARQL 1.1 Service Description.

    :param endpoint: IRI at which the engine is asked.
    """
    described = Graph(bind_namespaces="none")
    for prefix, space in (("sd", SD), ("formats", FORMATS), ("graph", engine.names.graph(""))):
        described.bind(prefix, space)
    service, dataset, default = (URIRef(endpoint + part) for part in ("#service", "#dataset", "#default-graph"))
    described.add((service, RDF.type, SD.Service))
    described.add((service, SD.endpoint, URIRef(endpoint)))
    described.add((service, SD.supportedLanguage, SD.SPARQL11Query))
    described.add((service, SD.feature, SD.UnionDefaultGraph))
    results = [f"SPARQL_Results_{form.name.upper()}" for form in SELECT_FORMATS]
    for name in (*results, *(GRAPH_FORMAT_NAMES[form.name] for form in GRAPH_FORMATS)):
        described.add((service, SD.resultFormat, FORMATS[name]))
    described.add((service, SD.defaultDataset, dataset))
    described.add((dataset, RDF.type, SD.Dataset))
    described.add((dataset, SD.defaultGraph, default))
    described.add((default, RDF.type, SD.Graph))
    for number, graph in enumerate(sorted(engine.graphs()), 1):
        node = URIRef(f"{endpoint}#graph-{number}")
        described.add((dataset, SD.namedGraph, node))
        described.add((node, RDF.type, SD.NamedGraph))
        described.add((node, SD.name, URIRef(graph)))
    return described
