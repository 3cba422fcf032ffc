"""The parts of the catalogue, each with its own IRI: what DCAT-AP 3.0.1 asks of dataset, release, file, service, publisher."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from rdflib import DCTERMS, FOAF, RDF, RDFS, SKOS, XSD, Graph, Literal, Namespace, URIRef
from rdflib.term import Node

from graph.dataset import LANGUAGES, Publication, licence, texts
from graph.names import last_part
from graph.snapshot import Written

ADFI = Namespace("http://avoindata.fi/ns#")
DCAT = Namespace("http://www.w3.org/ns/dcat#")  # rdflib's own is of DCAT 2
EU = Namespace("http://publications.europa.eu/resource/authority/")
IANA = Namespace("https://www.iana.org/assignments/media-types/")
SPDX = Namespace("http://spdx.org/rdf/terms#")
VCARD = Namespace("http://www.w3.org/2006/vcard/ns#")
# Of the Publications Office's file types, those that have been seen in use; it has more.
FILE_TYPES = {"text/csv": "CSV", "application/json": "JSON", "text/turtle": "RDF_TURTLE"}
LANGUAGE_CODES = {"fi": "FIN", "sv": "SWE", "en": "ENG"}
HEALTH = {"fi": "Terveys", "sv": "Hälsa", "en": "Health"}
# As CKAN's form of avoindata.fi names it: the profile demands the property and its shapes do not ask for it.
COLLECTION_TYPE = "Open Data"
GRAPH = "nq"  # the format that stands for a release where not all its files are listed
PROTOCOLS = {
    "sparql": "https://www.w3.org/TR/sparql11-protocol/",
    "graph_store": "https://www.w3.org/TR/sparql11-http-rdf-update/",
}

Pairs = Iterable[tuple[URIRef, Node]]


@dataclass(frozen=True)
class Release:
    """Hold what the catalogue says of a release.

    :param made: when, as ISO 8601.
    """

    name: str
    made: str
    files: tuple[Written, ...]


class Parts:
    """Write the parts of a catalogue into a graph.

    :param titles: export format -> language -> title.
    """

    def __init__(self, graph: Graph, about: Publication, titles: Mapping[str, Mapping[str, str]]) -> None:
        self.graph, self.about, self.titles = graph, about, titles
        self.dataset, self.catalogue = URIRef(about.dataset), URIRef(about.catalogue)
        self.publisher, self.contact = URIRef(about.publisher), URIRef(f"{about.catalogue}#contact")
        self.series, self.rights = URIRef(f"{about.catalogue}#series"), URIRef(f"{about.catalogue}#rights")
        self.licence, self.period = URIRef(about.settings.licence), URIRef(f"{about.catalogue}#period")
        self.sparql, self.store = URIRef(f"{about.catalogue}#sparql"), URIRef(f"{about.catalogue}#graph-store")

    def put(self, subject: URIRef, kind: URIRef, pairs: Pairs = ()) -> None:
        """Add a node and what is said of it."""
        self.graph.add((subject, RDF.type, kind))
        for predicate, value in pairs:
            self.graph.add((subject, predicate, value))

    def page(self, address: str) -> URIRef:
        """Add a page and return it."""
        self.put(URIRef(address), FOAF.Document)
        return URIRef(address)

    def add_common(self, days: tuple[str, str]) -> None:
        """Add what more than one part of the catalogue names."""
        settings = self.about.settings
        kind = URIRef(settings.publisher_type) if settings.publisher_type else None
        name = Literal(settings.publisher_name)
        self.put(self.publisher, FOAF.Agent, [(FOAF.name, name), *([(DCTERMS.type, kind)] if kind else [])])
        self.graph.add((self.publisher, RDF.type, FOAF.Organization))
        if kind:
            label = last_part(settings.publisher_type)
            self.put(kind, SKOS.Concept, [(SKOS.prefLabel, Literal(label, lang="en"))])
        self.put(self.contact, VCARD.Organization, [(VCARD.fn, name), (VCARD.hasURL, URIRef(self.about.contact_page))])
        self.graph.add((self.contact, RDF.type, VCARD.Kind))
        if settings.contact_email:
            self.graph.add((self.contact, VCARD.hasEmail, URIRef(f"mailto:{settings.contact_email}")))
        self.put(self.licence, DCTERMS.LicenseDocument, [(DCTERMS.title, Literal(licence(settings.licence).label))])
        self.put(self.rights, DCTERMS.RightsStatement, _said(RDFS.label, "rights"))
        self.put(EU["access-right/PUBLIC"], DCTERMS.RightsStatement)
        self.put(EU["frequency/IRREG"], DCTERMS.Frequency)
        self.put(EU["country/FIN"], DCTERMS.Location)
        self.put(EU["data-theme/HEAL"], SKOS.Concept, _each(SKOS.prefLabel, HEALTH))
        for code in LANGUAGE_CODES.values():
            self.put(EU[f"language/{code}"], DCTERMS.LinguisticSystem)
        if all(days):
            first, last = (Literal(day, datatype=XSD.date) for day in days)
            self.put(self.period, DCTERMS.PeriodOfTime, [(DCAT.startDate, first), (DCAT.endDate, last)])

    def responsible(self) -> list[tuple[URIRef, Node]]:
        """Return who answers for a thing, and where it is."""
        return [
            (DCTERMS.publisher, self.publisher),
            (DCAT.contactPoint, self.contact),
            (DCTERMS.spatial, EU["country/FIN"]),
            *([(DCTERMS.temporal, self.period)] if (self.period, None, None) in self.graph else []),
        ]

    def terms(self) -> list[tuple[URIRef, Node]]:
        """Return under which terms a dataset can be used, and how it is classed."""
        return [
            (DCTERMS.accessRights, EU["access-right/PUBLIC"]),
            (DCTERMS.license, self.licence),
            (DCTERMS.rights, self.rights),
            (DCAT.theme, EU["data-theme/HEAL"]),
            (ADFI.collectionType, Literal(COLLECTION_TYPE)),
            *((DCTERMS.language, EU[f"language/{code}"]) for code in LANGUAGE_CODES.values()),
        ]

    def add_catalogue(self, known: Sequence[Release]) -> None:
        """Add the catalogue itself."""
        listed = [self.dataset, *(URIRef(self.about.release(each.name)) for each in known)]
        self.put(
            self.catalogue,
            DCAT.Catalog,
            [
                *_said(DCTERMS.title, "catalogue"),
                *_said(DCTERMS.description, "catalogue_description"),
                *(pair for pair in self.responsible() if pair[0] != DCAT.contactPoint),
                *((DCTERMS.language, EU[f"language/{code}"]) for code in LANGUAGE_CODES.values()),
                *((DCAT.dataset, each) for each in listed),
                *((DCAT.service, each) for each in (self.sparql, self.store)),
                (DCTERMS.license, self.licence),
                (DCTERMS.rights, self.rights),
                (DCTERMS.modified, _time(known[0].made)),
                (FOAF.homepage, self.page(self.about.address)),
            ],
        )

    def add_dataset(self, known: Sequence[Release], files: Sequence[URIRef]) -> None:
        """Add the dataset, whatever its release, and the series of its releases."""
        pairs = [
            *_said(DCTERMS.title, "title"),
            *_said(DCTERMS.description, "description"),
            *_keywords(),
            *self.responsible(),
            *self.terms(),
            (DCTERMS.identifier, Literal(self.about.dataset)),
            (DCTERMS.accrualPeriodicity, EU["frequency/IRREG"]),
            (DCTERMS.modified, _time(known[0].made)),
            (DCAT.landingPage, self.page(self.about.address)),
            *((DCAT.distribution, each) for each in files),
            *((DCAT.hasVersion, URIRef(self.about.release(each.name))) for each in known),
        ]  # fmt: skip
        self.put(self.dataset, DCAT.Dataset, pairs)
        self.put(
            self.series,
            DCAT.DatasetSeries,
            [
                *_said(DCTERMS.title, "series"),
                *_said(DCTERMS.description, "series_description"),
                *self.responsible(),
                (DCTERMS.accrualPeriodicity, EU["frequency/IRREG"]),
                (DCTERMS.modified, _time(known[0].made)),
            ],
        )

    def add_release(self, release: Release, before: Release | None, files: Sequence[URIRef]) -> None:
        """Add a release: a version of the dataset, which does not change."""
        pairs = [
            *_each(DCTERMS.title, {c: t.format(release=release.name) for c, t in texts()["release"].items()}),
            *_said(DCTERMS.description, "description"),
            *_keywords(),
            *self.responsible(),
            *self.terms(),
            (DCTERMS.issued, _time(release.made)),
            (DCAT.version, Literal(release.name)),
            (DCAT.inSeries, self.series),
            (DCAT.isVersionOf, self.dataset),
            (DCTERMS.isVersionOf, self.dataset),
            *((DCAT.distribution, each) for each in files),
            *([(DCAT.prev, URIRef(self.about.release(before.name)))] if before else []),
        ]
        self.put(URIRef(self.about.release(release.name)), DCAT.Dataset, pairs)

    def add_newest(self, release: Release) -> list[URIRef]:
        """Add the files of a release at the addresses of whatever is newest, and return them."""
        start = f"{self.about.dataset}#file/"
        return [self.add_file(start + each.path, self.about.file(each.path), each, release) for each in release.files]

    def add_kept(self, release: Release, *, whole: bool) -> list[URIRef]:
        """Add files of a release at the addresses where they stay, and return them.

        :param whole: all of them; else the graph alone, of which the others are made.
        """
        start = f"{self.about.release(release.name)}#file/"
        return [
            self.add_file(start + each.path, self.about.kept_file(release.name, each.path), each, release)
            for each in release.files
            if whole or each.format == GRAPH
        ]

    def add_file(self, iri: str, address: str, file: Written, release: Release) -> URIRef:
        """Add a file, and return its distribution."""
        distribution, checksum = URIRef(iri), URIRef(iri.replace("#file/", "#checksum/", 1))
        pairs: list[tuple[URIRef, Node]] = [
            *_each(DCTERMS.title, self.titles.get(file.format, {})),
            (DCTERMS.description, Literal(file.path)),
            (DCAT.accessURL, URIRef(address)),
            (DCAT.downloadURL, URIRef(address)),
            (DCAT.byteSize, Literal(str(file.bytes), datatype=XSD.nonNegativeInteger)),
            (DCAT.mediaType, self.media_type(file.media_type)),
            (SPDX.checksum, checksum),
            (DCTERMS.issued, _time(release.made)),
            (DCTERMS.license, self.licence),
            (DCTERMS.rights, self.rights),
        ]
        if file.compressed:
            pairs.append((DCAT.compressFormat, self.media_type("application/gzip")))
        if file.media_type in FILE_TYPES:
            form = EU[f"file-type/{FILE_TYPES[file.media_type]}"]
            self.put(form, DCTERMS.MediaTypeOrExtent)
            pairs.append((DCTERMS.format, form))
        if file.profile:
            pairs.append((DCTERMS.conformsTo, self.standard(file.profile)))
        self.put(distribution, DCAT.Distribution, pairs)
        self.put(SPDX.checksumAlgorithm_sha256, SPDX.ChecksumAlgorithm)
        value = Literal(file.sha256, datatype=XSD.hexBinary, normalize=False)
        self.put(
            checksum, SPDX.Checksum, [(SPDX.algorithm, SPDX.checksumAlgorithm_sha256), (SPDX.checksumValue, value)]
        )
        return distribution

    def standard(self, iri: str) -> URIRef:
        """Add a standard, and return it."""
        self.put(URIRef(iri), DCTERMS.Standard)
        return URIRef(iri)

    def media_type(self, name: str) -> URIRef:
        """Add a media type, and return it."""
        self.put(IANA[name], DCTERMS.MediaType)
        return IANA[name]

    def add_services(self) -> None:
        """Add the two ways to ask: SPARQL, and named graphs whole."""
        address = self.about.address
        for iri, name, path, described in (
            (self.sparql, "sparql", "sparql", "sparql"),
            (self.store, "graph_store", "graph-store", ".well-known/void"),
        ):
            pairs = [
                *_said(DCTERMS.title, name),
                *_said(DCTERMS.description, f"{name}_description"),
                *(pair for pair in self.responsible() if pair[0] in {DCTERMS.publisher, DCAT.contactPoint}),
                (DCTERMS.accessRights, EU["access-right/PUBLIC"]),
                (DCTERMS.license, self.licence),
                (DCAT.endpointURL, URIRef(f"{address}{path}")),
                (DCAT.endpointDescription, URIRef(f"{address}{described}")),
                (DCAT.servesDataset, self.dataset),
                (DCAT.theme, EU["data-theme/HEAL"]),
                (DCTERMS.conformsTo, self.standard(PROTOCOLS[name])),
                *_keywords(),
            ]
            self.put(iri, DCAT.DataService, pairs)


def _keywords() -> list[tuple[URIRef, Node]]:
    return [(DCAT.keyword, Literal(word, lang=code)) for code in LANGUAGES for word in texts()["keywords"][code]]


def _said(predicate: URIRef, key: str) -> list[tuple[URIRef, Node]]:
    return _each(predicate, texts()[key])


def _each(predicate: URIRef, said: Mapping[str, Any]) -> list[tuple[URIRef, Node]]:
    return [(predicate, Literal(text, lang=code)) for code, text in said.items()]


def _time(made: str) -> Literal:
    return Literal(made, datatype=XSD.dateTime, normalize=False)
