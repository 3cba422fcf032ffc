"""Read mappings/alignments/*.sssom.tsv (SSSOM 1.0): the links to vocabularies of others, each with its ground.

A file is a mapping set: lines of `#` with its metadata, in which `curie_map` names every prefix, then a table. Subjects are
things of ours, objects things of others, both written as CURIEs.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import cast

import pyoxigraph as ox

from graph.errors import LexiconError
from graph.files import read_text
from graph.names import Names
from graph.settings import ROOT

FOLDER = ROOT / "mappings" / "alignments"
SUFFIX = ".sssom.tsv"
LABEL = ox.NamedNode("http://www.w3.org/2000/01/rdf-schema#label")
METADATA = ("curie_map", "license", "mapping_set_id", "mapping_set_title", "mapping_set_version", "subject_source")
COLUMNS = (
    "subject_id subject_label predicate_id object_id object_label object_source mapping_justification confidence comment"
).split()
PREDICATES = frozenset(f"skos:{kind}Match" for kind in ("exact", "close", "broad", "narrow", "related"))
# A match is signed by whoever looked at both things, or says that only their labels are alike.
JUSTIFICATIONS = frozenset({"semapv:ManualMappingCuration", "semapv:LexicalMatching"})
_METADATA_LINE = re.compile(r"#(\s*)([\w-]+):\s*(.*?)\s*")
_IRI = re.compile(r"https?://[^\s<>\"{}|^`\\]+")


@dataclass(frozen=True)
class Mapping:
    """Hold one row.

    :param where: `file:line`.
    :param text: the row as written.
    :param triple: subject, predicate and object as IRIs.
    :param labels: of the object, in those languages that its vocabulary gives.
    """

    where: str
    text: str
    triple: ox.Triple
    labels: tuple[ox.Literal, ...]


@dataclass(frozen=True)
class MappingSet:
    """Hold one file.

    :param head: its metadata and the names of its columns, as written but for the base IRI.
    """

    name: str
    head: str
    mappings: tuple[Mapping, ...]


def sets(names: Names, folder: Path = FOLDER) -> Iterator[MappingSet]:
    """Yield every mapping set of a folder.

    :raises LexiconError: a rule that a file breaks, with its line.
    """
    for path in sorted(folder.glob(f"*{SUFFIX}")):
        yield read(path, names)


def alignments(names: Names, folder: Path = FOLDER) -> Iterator[ox.Quad]:
    """Yield the graph `alignment`: each row as a `skos:*Match`, and what its vocabulary calls the thing matched.

    :raises LexiconError: a rule that a file breaks, with its line.
    """
    graph = ox.NamedNode(names.graph("alignment"))
    for each in sets(names, folder):
        for mapping in each.mappings:
            match = mapping.triple
            yield ox.Quad(match.subject, match.predicate, match.object, graph)
            yield from (ox.Quad(cast("ox.NamedNode", match.object), LABEL, label, graph) for label in mapping.labels)


def read(path: Path, names: Names) -> MappingSet:
    """Read one mapping set.

    :raises LexiconError: a rule that it breaks, with its line.
    """
    lines = names.rebase(read_text(path, LexiconError)).splitlines()
    length = next((place for place, line in enumerate(lines) if not line.startswith("#")), len(lines))
    prefixes = _prefixes(lines[:length], path)
    if lines[length : length + 1] != ["\t".join(COLUMNS)]:
        hint = f"write the columns {', '.join(COLUMNS)}, with a tab between them"
        raise LexiconError("the columns are not those of the other files", f"{path}:{length + 1}", hint)
    found: dict[tuple[str, str], Mapping] = {}
    for number, text in enumerate(lines[length + 1 :], length + 2):
        mapping = _mapping(text, f"{path}:{number}", prefixes, names)
        key = str(mapping.triple.subject), str(mapping.triple.object)
        if key in found:
            earlier = found[key].where.rpartition(":")[2]
            raise LexiconError("the same two things are matched twice", mapping.where, f"keep this or line {earlier}")
        found[key] = mapping
    head = "\n".join(lines[: length + 1]) + "\n"
    return MappingSet(path.name.removesuffix(SUFFIX), head, tuple(found.values()))


def _prefixes(lines: list[str], path: Path) -> dict[str, str]:
    """Return prefix -> namespace of the metadata, having looked whether the rest of it is there."""
    top: list[str] = []
    prefixes: dict[str, str] = {}
    for number, line in enumerate(lines, 1):
        found = _METADATA_LINE.fullmatch(line)
        if not found:
            raise LexiconError(f"not a line of metadata: {line}", f"{path}:{number}", 'write `#key: "value"`')
        indent, key, value = found.groups()
        if not indent:
            top.append(key)
        elif top[-1:] == ["curie_map"]:
            prefixes[key] = value.strip('"')
    missing = [key for key in METADATA if key not in top]
    if missing:
        raise LexiconError(f"no {', '.join(missing)} in its metadata", f"{path}:1", "see the other files beside it")
    return prefixes


def _mapping(text: str, where: str, prefixes: dict[str, str], names: Names) -> Mapping:
    cells = text.split("\t")
    if len(cells) != len(COLUMNS):
        what = f"{len(cells)} cells where the header has {len(COLUMNS)}"
        raise LexiconError(what, where, "put a tab between the cells, and keep empty ones")
    row = dict(zip(COLUMNS, cells, strict=True))
    _refuse_unfounded(row, where)
    subject, predicate, object_ = (
        _iri(row[column], prefixes, where) for column in ("subject_id", "predicate_id", "object_id")
    )
    _iri(row["object_source"], prefixes, where)
    if not names.local(subject) or object_.startswith(names.base):
        hint = "write one of our things as subject, and a concept of another vocabulary as object"
        raise LexiconError("does not lead from a thing of ours to one of others", where, hint)
    triple = ox.Triple(ox.NamedNode(subject), ox.NamedNode(predicate), ox.NamedNode(object_))
    # As kept: Finnish, Swedish and English in this order, as far as there are any.
    labels = [label for label in row["object_label"].split(" / ") if label]
    return Mapping(where, text, triple, tuple(map(_literal, labels, ("fi", "sv", "en"))))


def _literal(label: str, language: str) -> ox.Literal:
    return ox.Literal(label, language=language)


def _refuse_unfounded(row: dict[str, str], where: str) -> None:
    """Refuse a row that does not say how two things match, and on what ground."""
    predicate, justification = row["predicate_id"], row["mapping_justification"]
    if predicate not in PREDICATES:
        hint = f"write one of {', '.join(sorted(PREDICATES))}"
        raise LexiconError(f"{predicate or 'nothing'} is no predicate of a match", where, hint)
    if justification not in JUSTIFICATIONS:
        hint = f"write one of {', '.join(sorted(JUSTIFICATIONS))}"
        raise LexiconError(f"{justification or 'nothing'} justifies no match", where, hint)
    if not re.fullmatch(r"0\.\d*[1-9]\d*|1\.0+|1", row["confidence"]):
        what = f"confidence is {row['confidence'] or 'left out'}"
        raise LexiconError(what, where, "write a number above 0 and not above 1")
    if not row["subject_label"]:
        raise LexiconError("the subject has no label", where, "write its Finnish label")
    if justification == "semapv:LexicalMatching" and not row["comment"]:
        raise LexiconError("a match by label needs a comment", where, "say which labels are alike")
    if predicate == "skos:exactMatch" and (justification == "semapv:LexicalMatching" or not row["comment"]):
        hint = "say in the comment what else shows that the two are one, or write skos:closeMatch"
        raise LexiconError("an exact match needs more than a label", where, hint)


def _iri(curie: str, prefixes: dict[str, str], where: str) -> str:
    prefix, colon, local = curie.partition(":")
    if not colon or prefix not in prefixes:
        hint = f"write prefix:name; the prefixes of this file are {', '.join(sorted(prefixes))}"
        raise LexiconError(f"{curie or 'nothing'} is no CURIE of this file", where, hint)
    iri = prefixes[prefix] + local
    if not local or not _IRI.fullmatch(iri):
        raise LexiconError(f"{curie} stands for no IRI: <{iri}>", where, "mend it, or its prefix in curie_map")
    return iri
