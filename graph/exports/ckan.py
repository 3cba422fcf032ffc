"""The dataset as a package of CKAN, with the fields of avoindata.fi, the national catalogue of open data."""

from __future__ import annotations

import json
from typing import Any, BinaryIO

from graph.catalogue import period
from graph.catalogue_parts import COLLECTION_TYPE
from graph.dataset import LANGUAGES, Publication, licence, texts
from graph.exports.about import table
from graph.exports.base import Export, File, Source
from graph.exports.catalogue import DESCRIBING
from graph.snapshot import Written

NAME = "levikki"
# How CKAN's portals call the formats; another type goes by the suffix of its file.
FORMATS = {
    "text/turtle": "TTL",
    "application/ld+json": "JSON-LD",
    "application/rdf+xml": "RDF",
    "application/n-triples": "N-TRIPLES",
    "application/n-quads": "N-QUADS",
    "application/trig": "TRIG",
}


def files(source: Source) -> list[File]:
    """Return the one file, which `levikki push-ckan` sends."""
    return [File("ckan.json", "application/json", lambda out: write(source, out))]


def write(source: Source, out: BinaryIO) -> None:
    """Write the package as JSON."""
    out.write((json.dumps(package(source), ensure_ascii=False, indent=1) + "\n").encode())


def package(source: Source) -> dict[str, Any]:
    """Return the package: what avoindata.fi demands, and what it takes beside that.

    The organisation that owns it there (`owner_org`) is the account's matter: `levikki push-ckan` adds it. A portal that
    demands a mailbox refuses the package where the publisher has set none.
    """
    about, settings, said = Publication(source.names, source.settings), source.settings, texts()
    first, last = period(source.select)
    made = {
        "name": NAME,
        "title": said["title"]["fi"],
        "title_translated": said["title"],
        "notes": said["description"]["fi"],
        "notes_translated": said["description"],
        "keywords": said["keywords"],
        "license_id": licence(settings.licence).ckan,
        "copyright_notice_translated": said["rights"],
        "collection_type": COLLECTION_TYPE,
        "maintainer": settings.publisher_name,
        "maintainer_email": [settings.contact_email] if settings.contact_email else [],
        "maintainer_website": about.contact_page,
        "external_urls": [about.address, f"{about.address}catalog"],
        "valid_from": first,
        "valid_till": last,
        "version": source.snapshot.name,
        "resources": [_resource(about, each) for each in source.written if each.format not in DESCRIBING],
    }
    return {key: value for key, value in made.items() if value not in ("", [])}


def _resource(about: Publication, file: Written) -> dict[str, Any]:
    titles = table()[file.format].title if file.format in table() else dict.fromkeys(LANGUAGES, file.format)
    suffix = file.path.removesuffix(".gz").rpartition(".")[2].upper()
    names = {code: f"{title}: {file.path}" for code, title in titles.items()}
    return {
        "name": names["fi"],
        "name_translated": names,
        "url": about.file(file.path),
        "format": FORMATS.get(file.media_type, suffix),
        "mimetype": "application/gzip" if file.compressed else file.media_type,
        "mimetype_inner": file.media_type,
        "size": file.bytes,
        "hash": file.sha256,
        "maturity": "current",
    }


EXPORTS = (Export("ckan", files, last=True),)
