"""A thing as it was in an earlier release, read from its store by patterns of ours alone: no query of a client gets there."""

from __future__ import annotations

from functools import lru_cache
from itertools import islice
from pathlib import Path
from typing import Any

import pyoxigraph as ox

from graph.formats import Format
from graph.names import Names
from graph.snapshot import Snapshot

QUADS_READ = 2000  # of one subject
PARTS_READ = 200  # of one thing
STORES_OPEN = 4
# Triples of our own graph, whose objects are IRIs and literals.
Said = dict[str, list[Any]]


@lru_cache(maxsize=STORES_OPEN)
def _store(path: Path) -> ox.Store:
    return ox.Store.read_only(str(path))


def describe(release: Snapshot, iri: str) -> Said:
    """Return the triples of a thing and of its parts, subject -> triples, sorted; empty where the release says nothing of it."""
    store = _store(release.store_path())
    said = {iri: _about(store, iri)} if _is_iri(iri) else {}
    if not said.get(iri):
        return {}
    for _ in range(2):  # evidence, and the evidence's position
        objects = {
            each.object.value for all_ in said.values() for each in all_ if isinstance(each.object, ox.NamedNode)
        }
        for part in islice(sorted(each for each in objects - said.keys() if each.startswith(f"{iri}#")), PARTS_READ):
            said[part] = _about(store, part)
    return said


def labels(release: Snapshot, iris: list[str]) -> dict[str, dict[str, str]]:
    """Return what things are called in a release: IRI -> language -> label."""
    store = _store(release.store_path())
    name = ox.NamedNode("http://www.w3.org/2004/02/skos/core#prefLabel")
    found: dict[str, dict[str, str]] = {}
    for iri in iris:
        for quad in store.quads_for_pattern(ox.NamedNode(iri), name, None, ox.DefaultGraph()):
            if isinstance(quad.object, ox.Literal):
                found.setdefault(iri, {})[quad.object.language or ""] = quad.object.value
    return found


def serialized(said: Said, chosen: Format, names: Names) -> bytes:
    """Return triples in a format of RDF."""
    form = getattr(ox.RdfFormat, chosen.engine)
    prefixes = names.prefixes() if chosen.engine in {"TURTLE", "RDF_XML"} else None
    triples = [each for all_ in said.values() for each in all_]
    return ox.serialize(triples, format=form, prefixes=prefixes) or b""


def _about(store: ox.Store, iri: str) -> list[Any]:
    found = store.quads_for_pattern(ox.NamedNode(iri), None, None, ox.DefaultGraph())
    return sorted((quad.triple for quad in islice(found, QUADS_READ)), key=str)


def _is_iri(text: str) -> bool:
    """Tell whether a text that a client sent a part of is an IRI."""
    try:
        ox.NamedNode(text)
    except ValueError:
        return False
    return True
