"""The alignments as they are kept: SSSOM tables, with predicate, justification and confidence of each match."""

from __future__ import annotations

from functools import partial
from typing import BinaryIO

import pyoxigraph as ox

from graph import alignments
from graph.alignments import Mapping, MappingSet
from graph.exports.base import Export, File, Source

MEDIA_TYPE = "text/tab-separated-values"
PROFILE = "https://w3id.org/sssom/"


def files(source: Source) -> list[File]:
    """Return one file for each mapping set."""
    return [
        File(f"sssom/{each.name}{alignments.SUFFIX}", MEDIA_TYPE, partial(_write, source, each), profile=PROFILE)
        for each in alignments.sets(source.names)
    ]


def _write(source: Source, mapping_set: MappingSet, out: BinaryIO) -> None:
    out.write(mapping_set.head.encode())
    for mapping in mapping_set.mappings:
        if _published(source, mapping):
            out.write(f"{mapping.text}\n".encode())


def _published(source: Source, mapping: Mapping) -> bool:
    """Tell whether the snapshot has a match: the tables may know more by now, or things that were removed."""
    triple = mapping.triple
    graph = ox.NamedNode(source.names.graph("alignment"))
    return ox.Quad(triple.subject, triple.predicate, triple.object, graph) in source.store


EXPORTS = (Export("sssom", files),)
