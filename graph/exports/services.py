"""Practice models as public services of the county that adopted them, by CPSV-AP 3.2.0.

A service here is what the page of a project reports, with the adoption as its source: no official service description.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, BinaryIO

import pyoxigraph as ox

from graph.dataset import LANGUAGES, Publication, texts
from graph.exports.base import Export, File, Row, Source

PROFILE = "https://semiceu.github.io/CPSV-AP/releases/3.2.0"
LOCAL = {"cpsv": "http://purl.org/vocab/cpsv#", "cv": "http://data.europa.eu/m8g/", "void": "http://rdfs.org/ns/void#"}
HEALTH = "http://publications.europa.eu/resource/authority/data-theme/HEAL"
RDF_TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"
# Only what counts as spread: a plan or a pilot is no service, and what was dropped is none any more.
ADOPTED = """SELECT ?adoption ?model ?region ?organiser ?status ?last {
    ?adoption a lev:Adoption ; lev:model ?model ; lev:region ?region ; lev:currentStatus ?status ; lev:lastReported ?last .
    ?region lev:organiser ?organiser .
    ?status skos:notation ?notation FILTER(?notation IN ("adopted", "scaled", "established"))
} ORDER BY STR(?adoption)"""
LABELS = """SELECT DISTINCT ?thing ?label { ?thing a ?class ; skos:prefLabel ?label
    FILTER(?class IN (lev:PracticeModel, lev:Region, lev:Organisation, skos:Concept)) } ORDER BY STR(?thing) LANG(?label) STR(?label)"""
CLASSES = """SELECT DISTINCT ?model ?class { ?model a lev:PracticeModel ; ?match ?class
    FILTER(?match IN (skos:exactMatch, skos:closeMatch, skos:broadMatch)
        && STRSTARTS(STR(?class), "http://urn.fi/URN:NBN:fi:au:ptvl:")) } ORDER BY STR(?model) STR(?class)"""

Labels = Mapping[str, Mapping[str, str]]


def files(source: Source) -> list[File]:
    """Return the one file: services, the bodies that answer for them, and their areas."""
    return [File("cpsv-ap.ttl", "text/turtle", lambda out: write(source, out), profile=PROFILE)]


def write(source: Source, out: BinaryIO) -> None:
    """Write the services as Turtle, sorted by their IRIs."""
    prefixes = {**source.names.prefixes(), **LOCAL}
    found = sorted(set(triples(source, prefixes)), key=str)
    ox.serialize(found, out, format=ox.RdfFormat.TURTLE, prefixes=prefixes)


def triples(source: Source, prefixes: Mapping[str, str]) -> Iterator[ox.Triple]:
    """Yield what is said of the services and of what they name; some of it more than once.

    :param prefixes: of the names that are used.
    """
    labels: dict[str, dict[str, str]] = {}
    for row in source.select(LABELS):
        label = row["label"]
        if isinstance(label, ox.Literal) and label.language:
            labels.setdefault(_iri(row, "thing"), {}).setdefault(label.language, label.value)
    classes: dict[str, list[str]] = {}
    for row in source.select(CLASSES):
        classes.setdefault(_iri(row, "model"), []).append(_iri(row, "class"))
    say = _Sayer(prefixes)
    dataset = Publication(source.names, source.settings).dataset
    for row in source.select(ADOPTED):
        yield from _service(say, row, labels, dataset, classes.get(_iri(row, "model"), []))
        yield from _named(say, row, labels)


class _Sayer:
    """Make triples from prefixed names."""

    def __init__(self, prefixes: Mapping[str, str]) -> None:
        self.prefixes = prefixes

    def name(self, short: str) -> ox.NamedNode:
        prefix, _, local = short.partition(":")
        return ox.NamedNode(self.prefixes[prefix] + local)

    def link(self, subject: str, predicate: str, value: str) -> ox.Triple:
        return ox.Triple(ox.NamedNode(subject), self.name(predicate), ox.NamedNode(value))

    def kind(self, subject: str, class_: str) -> ox.Triple:
        return ox.Triple(ox.NamedNode(subject), ox.NamedNode(RDF_TYPE), self.name(class_))

    def texts(self, subject: str, predicate: str, said: Mapping[str, str]) -> Iterator[ox.Triple]:
        for language, text in sorted(said.items()):
            yield ox.Triple(ox.NamedNode(subject), self.name(predicate), ox.Literal(text, language=language))


def _service(say: _Sayer, row: Row, labels: Labels, dataset: str, classes: list[str]) -> Iterator[ox.Triple]:
    adoption, model, region = (_iri(row, name) for name in ("adoption", "model", "region"))
    service = f"{adoption}#service"
    words = {
        code: {name: labels.get(_iri(row, name), {}).get(code, "") for name in ("model", "region", "status")}
        for code in LANGUAGES
    }
    told: dict[str, Any] = texts()["service_description"]
    yield say.kind(service, "cpsv:PublicService")
    identifier = ox.Literal(service, datatype=say.name("xsd:anyURI"))
    yield ox.Triple(ox.NamedNode(service), say.name("dct:identifier"), identifier)
    yield from say.texts(service, "dct:title", {code: f"{of['model']}, {of['region']}" for code, of in words.items()})
    described = {code: told[code].format(**of, last=_iri(row, "last")) for code, of in words.items()}
    yield from say.texts(service, "dct:description", described)
    yield say.link(service, "cv:hasCompetentAuthority", _iri(row, "organiser"))
    yield say.link(service, "cv:isClassifiedBy", model)
    yield say.link(service, "adms:status", _iri(row, "status"))
    yield say.link(service, "dct:spatial", region)
    yield say.link(service, "dct:source", adoption)
    yield say.link(service, "void:inDataset", dataset)
    for each in (HEALTH, *classes):
        yield say.link(service, "cv:thematicArea", each)
        yield say.kind(each, "skos:Concept")


def _named(say: _Sayer, row: Row, labels: Labels) -> Iterator[ox.Triple]:
    """Yield what the service's links lead to, as far as the profile asks for it."""
    organiser, region = _iri(row, "organiser"), _iri(row, "region")
    yield say.kind(organiser, "cv:PublicOrganisation")
    yield say.link(organiser, "dct:spatial", region)
    yield say.kind(region, "dct:Location")
    for concept in (_iri(row, "model"), _iri(row, "status")):
        yield say.kind(concept, "skos:Concept")
    for thing in (organiser, region, _iri(row, "model"), _iri(row, "status")):
        yield from say.texts(thing, "skos:prefLabel", labels.get(thing, {}))


def _iri(row: Row, name: str) -> str:
    term = row[name]
    return term.value if not isinstance(term, ox.BlankNode) else ""


EXPORTS = (Export("cpsv-ap", files),)
