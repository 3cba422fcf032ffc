"""The concept schemes as SKOS, a file each, for Skosmos and other vocabulary tools; and the Skosmos configuration for them.

They hold plain SKOS and Dublin Core alone, with every inverse written out, so that a tool has nothing to add or mend.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import BinaryIO

import pyoxigraph as ox

from graph.exports.base import Export, File, Source
from graph.exports.concepts import SKOS, Concept, Scheme, Text, Texts, schemes
from graph.names import last_part

DCT = "http://purl.org/dc/terms/"
OWL = "http://www.w3.org/2002/07/owl#"
XSD = "http://www.w3.org/2001/XMLSchema#"
TURTLE = ox.RdfFormat.TURTLE
PREFIXES = {"dct": DCT, "owl": OWL, "skos": SKOS, "xsd": XSD}
PROFILE = SKOS.rstrip("#")
CONFIGURATION = "skos/skosmos-vocabularies.ttl"
_TYPE = ox.NamedNode("http://www.w3.org/1999/02/22-rdf-syntax-ns#type")
_HEAD = """\
# The concept schemes of Levikki for Skosmos: put this at the end of its config.ttl, with the prefixes that are not there yet.
# Each scheme is a file beside this one, to be loaded into the graph that skosmos:sparqlGraph names.
@prefix dc: <http://purl.org/dc/terms/> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix skosmos: <http://purl.org/net/skosmos#> .
@prefix void: <http://rdfs.org/ns/void#> .
@prefix : <#> .

:levikki-categories a skos:ConceptScheme ;
    skos:prefLabel "Levikki"@en .

:levikki-category a skos:Concept ;
    skos:topConceptOf :levikki-categories ;
    skos:inScheme :levikki-categories ;
    skos:prefLabel "sosiaali- ja terveydenhuollon kehittäminen"@fi,
        "utveckling av social- och hälsovården"@sv,
        "development of social and health care"@en .
"""


def files(source: Source) -> list[File]:
    """Return a file a scheme, and the Skosmos configuration of them all."""
    found = schemes(source)
    return [
        *(File(_path(scheme), TURTLE.media_type, partial(_write, scheme, source), profile=PROFILE) for scheme in found),
        File(CONFIGURATION, TURTLE.media_type, lambda out: out.write(configuration(found, source).encode())),
    ]


def _path(scheme: Scheme) -> str:
    return f"skos/levikki-{scheme.slug}.ttl"


def _write(scheme: Scheme, source: Source, out: BinaryIO) -> None:
    ox.serialize(triples(scheme, source), out, format=TURTLE, prefixes=PREFIXES)


def triples(scheme: Scheme, source: Source) -> Iterator[ox.Triple]:
    """Yield a scheme and its concepts as SKOS, always in the same order."""
    subject = ox.NamedNode(scheme.iri)
    narrower: dict[str, list[Concept]] = {}
    for each in scheme.concepts:
        narrower.setdefault(each.broader, []).append(each)
    yield ox.Triple(subject, _TYPE, _skos("ConceptScheme"))
    yield from _said(subject, _skos("prefLabel"), scheme.title)
    yield from _said(subject, ox.NamedNode(f"{DCT}title"), scheme.title)
    yield from _said(subject, ox.NamedNode(f"{DCT}description"), scheme.definition)
    yield from _said(subject, _skos("scopeNote"), scheme.note)
    yield from _about_release(subject, source)
    for top in narrower.get("", ()):
        yield ox.Triple(subject, _skos("hasTopConcept"), ox.NamedNode(top.iri))
    for each in scheme.concepts:
        yield from _of_concept(each, subject, narrower.get(each.iri, []))


def _about_release(subject: ox.NamedNode, source: Source) -> Iterator[ox.Triple]:
    made = ox.Literal(source.snapshot.manifest["made"], datatype=ox.NamedNode(f"{XSD}dateTime"))
    yield ox.Triple(subject, ox.NamedNode(f"{DCT}modified"), made)
    yield ox.Triple(subject, ox.NamedNode(f"{OWL}versionInfo"), ox.Literal(source.snapshot.name))
    yield ox.Triple(subject, ox.NamedNode(f"{DCT}license"), ox.NamedNode(source.settings.licence))
    if source.settings.publisher_iri:
        yield ox.Triple(subject, ox.NamedNode(f"{DCT}publisher"), ox.NamedNode(source.settings.publisher_iri))


def _of_concept(concept: Concept, scheme: ox.NamedNode, narrower: list[Concept]) -> Iterator[ox.Triple]:
    subject = ox.NamedNode(concept.iri)
    yield ox.Triple(subject, _TYPE, _skos("Concept"))
    yield ox.Triple(subject, _skos("notation"), ox.Literal(concept.notation))
    yield from _said(subject, _skos("prefLabel"), concept.preferred)
    yield from _all_said(subject, _skos("altLabel"), concept.other)
    yield from _all_said(subject, _skos("hiddenLabel"), concept.slips)
    yield from _said(subject, _skos("definition"), concept.definition)
    yield from _said(subject, _skos("scopeNote"), concept.note)
    if concept.kind:
        yield ox.Triple(subject, ox.NamedNode(f"{DCT}type"), ox.NamedNode(concept.kind))
    if concept.broader:
        yield ox.Triple(subject, _skos("broader"), ox.NamedNode(concept.broader))
    for each in narrower:
        yield ox.Triple(subject, _skos("narrower"), ox.NamedNode(each.iri))
    for name, iri in concept.matches:
        yield ox.Triple(subject, _skos(name), ox.NamedNode(iri))
    yield ox.Triple(subject, _skos("inScheme"), scheme)
    if not concept.broader:
        yield ox.Triple(subject, _skos("topConceptOf"), scheme)


def _said(subject: ox.NamedNode, predicate: ox.NamedNode, texts: Text) -> Iterator[ox.Triple]:
    yield from _all_said(subject, predicate, {language: (text,) for language, text in texts.items()})


def _all_said(subject: ox.NamedNode, predicate: ox.NamedNode, texts: Texts) -> Iterator[ox.Triple]:
    for language, values in texts.items():
        for value in values:
            yield ox.Triple(subject, predicate, ox.Literal(value, language=language or None))


def _skos(name: str) -> ox.NamedNode:
    return ox.NamedNode(SKOS + name)


def configuration(found: tuple[Scheme, ...], source: Source) -> str:
    """Return the blocks that Skosmos needs of the schemes in its config.ttl."""
    return "\n".join([_HEAD, *(_block(scheme, source) for scheme in found)])


def _block(scheme: Scheme, source: Source) -> str:
    """Return one vocabulary. Its IRIs begin like those of its concepts; its graph has the name of the scheme."""
    address = source.settings.address or source.names.base
    beginnings = {each.iri.removesuffix(last_part(each.iri)) for each in scheme.concepts}
    lines = [
        f":levikki-{scheme.slug} a skosmos:Vocabulary, void:Dataset",
        f"dc:title {_literals(scheme.title)}",
        *([f"dc:description {_literals(scheme.definition)}"] if scheme.definition else []),
        "dc:subject :levikki-category",
        f'void:uriSpace "{min(beginnings)}"',
        f"void:dataDump <{address}data/{_path(scheme)}>",
        f"skosmos:language {', '.join(str(ox.Literal(one)) for one in scheme.languages)}",
        f'skosmos:defaultLanguage "{scheme.languages[0]}"',
        f'skosmos:shortName "levikki-{scheme.slug}"',
        'skosmos:showTopConcepts "true"',
        'skosmos:loadExternalResources "false"',
        f"skosmos:mainConceptScheme <{scheme.iri}>",
        f"skosmos:sparqlGraph <{scheme.iri}>",
    ]
    return " ;\n    ".join(lines) + " .\n"


def _literals(texts: Text) -> str:
    return ", ".join(str(ox.Literal(text, language=language)) for language, text in texts.items())


EXPORTS = (Export("skos", files),)
