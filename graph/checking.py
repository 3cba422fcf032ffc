"""Check whatever a steward points at: a folder of records, one record, a snapshot or an RDF file."""

from __future__ import annotations

from pathlib import Path

import pyoxigraph as ox

from graph import lexicon, records, vocabulary
from graph.errors import CallError, DataError
from graph.files import read_text
from graph.names import Names
from graph.pipeline import graph_of
from graph.report import Report
from graph.validation import validate

RDF_SUFFIXES = {
    ".nq": ox.RdfFormat.N_QUADS,
    ".trig": ox.RdfFormat.TRIG,
    ".ttl": ox.RdfFormat.TURTLE,
    ".nt": ox.RdfFormat.N_TRIPLES,
}


def check_target(target: Path, names: Names) -> Report:
    """Hold a target against every shape and check.

    :param target: a folder of records, a snapshot folder, a record (`.json`) or an RDF file (`.nq .trig .ttl .nt`).
    :raises CallError: it is none of these.
    :raises DataError: it cannot be read.
    """
    if (target / "graph.nq").exists():
        return validate(_rdf(target / "graph.nq"), names)
    if target.is_dir():
        documents = [(path, records.read_record(path)) for path in records.record_paths(target)]
        return validate(graph_of(documents, names), names, target)
    if target.suffix == ".json":
        return validate(graph_of([(target, records.read_record(target))], names), names, target.parent)
    if target.suffix in RDF_SUFFIXES:
        # An RDF file on its own speaks of things that the vocabulary holds.
        known = [] if target.suffix == ".nq" else [*vocabulary.vocabulary(lexicon.load(), [], names)]
        return validate([*_rdf(target), *known], names)
    raise CallError(
        f"cannot check {target.name!r}",
        str(target),
        "name a folder of records, a snapshot, a record.json, an RDF file, or a .csv or .xlsx for a registry",
    )


def _rdf(path: Path) -> list[ox.Quad]:
    try:
        return list(ox.parse(read_text(path), RDF_SUFFIXES[path.suffix]))
    except SyntaxError as problem:
        raise DataError(f"does not parse: {problem.msg}", f"{path}:{problem.lineno}", "mend the file there") from None
