"""The catalogue of one release as files: for data.europa.eu (DCAT-AP 3.0.1) and for avoindata.fi.

A release does not change, so its catalogue names no other release; `/catalog` of the service lists all that are kept.
"""

from __future__ import annotations

from functools import partial
from typing import BinaryIO

import pyoxigraph as ox
from rdflib import Graph

from graph.catalogue import describe, for_avoindata, period, release_of
from graph.dataset import Publication
from graph.exports.about import table
from graph.exports.base import Export, File, Source
from graph.terms import written

PROFILE = "https://semiceu.github.io/DCAT-AP/releases/3.0.1"
AVOINDATA = "http://avoindata.fi/ns#"
# What describes the files of the others is not described: it would have to know its own hash.
DESCRIBING = frozenset({"dcat-ap", "ckan"})


def files(source: Source) -> list[File]:
    """Return the catalogue as Turtle and JSON-LD, and as Turtle for avoindata.fi."""
    return [
        File("dcat-ap.ttl", "text/turtle", partial(write, source, ox.RdfFormat.TURTLE), profile=PROFILE),
        File("dcat-ap.jsonld", "application/ld+json", partial(write, source, ox.RdfFormat.JSON_LD), profile=PROFILE),
        File("dcat-ap-avoindata.ttl", "text/turtle", partial(write_for_avoindata, source), profile=AVOINDATA),
    ]


def catalogue(source: Source) -> Graph:
    """Return the catalogue of the one release, with addresses at which its files stay."""
    described = tuple(each for each in source.written if each.format not in DESCRIBING)
    release = release_of(source.snapshot, described)
    about = Publication(source.names, source.settings)
    titles = {name: each.title for name, each in table().items()}
    return describe(about, [release], period(source.select), titles, pinned=True)


def write(source: Source, form: ox.RdfFormat, out: BinaryIO) -> None:
    """Write the catalogue."""
    out.write(written(catalogue(source), form))


def write_for_avoindata(source: Source, out: BinaryIO) -> None:
    """Write the catalogue as Turtle by the profile of avoindata.fi."""
    out.write(written(for_avoindata(catalogue(source)), ox.RdfFormat.TURTLE))


EXPORTS = (Export("dcat-ap", files, last=True),)
