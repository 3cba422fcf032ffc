"""Turn documents and tables into quads, all through the one mapping, mappings/context.jsonld."""

from __future__ import annotations

import difflib
import json
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pyoxigraph as ox

from graph.context import context
from graph.errors import OntologyError, RecordError
from graph.files import read_text
from graph.names import Names
from graph.settings import ROOT

RULES = ROOT / "mappings" / "rules"


def quads(document: dict[str, Any], names: Names, where: str) -> list[ox.Quad]:
    """Map one JSON-LD document to quads.

    :param document: a record, or a document of the same keys; its `id` names the graph, its `contents` are the nodes.
    :param where: what an error calls the document: a file.
    :raises RecordError: the document is no JSON-LD, has a key that is unknown, or a node without `id`.
    """
    _refuse_unknown_keys(document, context(names), where)
    whole = json.dumps({**document, "@context": context(names)}, ensure_ascii=False)
    try:
        found = list(ox.parse(whole, ox.RdfFormat.JSON_LD))
    except (SyntaxError, ValueError) as problem:
        raise RecordError(f"is no JSON-LD: {problem}", where, "compare it with data/records") from None
    blank = next(
        (quad for quad in found if isinstance(quad.subject, ox.BlankNode) or isinstance(quad.object, ox.BlankNode)),
        None,
    )
    if blank is not None:
        raise RecordError(f"a node at {blank.predicate} has no id", where, 'give every node an "id"')
    return found


def _refuse_unknown_keys(node: object, known: dict[str, Any], where: str) -> None:
    """Refuse a key that the context does not map: JSON-LD would drop it, and its fact, without a word.

    :raises RecordError: the key, and the known one that it looks like.
    """
    if isinstance(node, list):
        for each in node:
            _refuse_unknown_keys(each, known, where)
    if not isinstance(node, dict):
        return
    for key, value in node.items():
        if key not in known and key != "@context":
            like = difflib.get_close_matches(key, known, 1)
            hint = f"did you mean {like[0]!r}?" if like else "see the keys in mappings/context.jsonld"
            raise RecordError(f"{node.get('id', 'a node')} has an unknown key {key!r}", _line_of(key, where), hint)
        if not _is_language_map(known.get(key)):
            _refuse_unknown_keys(value, known, where)


def _line_of(key: str, where: str) -> str:
    """Return file:line of the first place that a document's file has a key; the file alone where it is none on disk."""
    path = Path(where)
    lines = read_text(path, RecordError).splitlines() if path.is_file() else []
    return next((f"{where}:{number}" for number, line in enumerate(lines, 1) if f'"{key}"' in line), where)


def _is_language_map(term: object) -> bool:
    return isinstance(term, dict) and term.get("@container") == "@language"


def turtle(path: Path, names: Names, graph: ox.NamedNode) -> Iterator[ox.Quad]:
    """Yield the triples of a Turtle file of ours in a named graph.

    :raises OntologyError: the file does not parse; the line is named.
    """
    try:
        for quad in ox.parse(names.rebase(read_text(path, OntologyError)), ox.RdfFormat.TURTLE):
            yield ox.Quad(quad.subject, quad.predicate, quad.object, graph)
    except SyntaxError as problem:
        raise OntologyError(
            f"does not parse: {problem.msg}", f"{path}:{problem.lineno}", "mend the Turtle there"
        ) from None


def derived(known: Iterable[ox.Quad], names: Names) -> list[ox.Quad]:
    """Return the graph `derived`: what the rules of mappings/rules conclude from the rest, in the order that they need.

    :param known: every quad but the derived ones.
    :raises OntologyError: a rule that does not parse, or that needs one that is not there.
    """
    store = ox.Store()
    store.bulk_extend(known)
    graph, found = ox.NamedNode(names.graph("derived")), []
    for path in _rules():
        try:
            triples = store.query(names.rebase(read_text(path, OntologyError)), use_default_graph_as_union=True)
        except SyntaxError as problem:
            raise OntologyError(f"does not parse: {problem}", str(path), "mend the rule") from None
        assert isinstance(triples, ox.QueryTriples)  # noqa: S101 (every rule is a CONSTRUCT: tests/test_triples.py)
        new = [ox.Quad(triple.subject, triple.predicate, triple.object, graph) for triple in triples]
        store.extend(new)
        found += new
    return found


def _rules() -> list[Path]:
    """Return the rules so that each comes behind the one it needs."""
    needs = {path.stem: _needs(path) for path in sorted(RULES.glob("*.rq"))}
    ordered: list[str] = []
    while len(ordered) < len(needs):
        ready = [name for name, wanted in needs.items() if name not in ordered and wanted <= set(ordered)]
        if not ready:
            raise OntologyError(
                "its rules need each other, or one that is not there", str(RULES), "mend the lines '#+ needs:'"
            )
        ordered += ready
    return [RULES / f"{name}.rq" for name in ordered]


def _needs(path: Path) -> set[str]:
    found = re.search(r"^#\+ needs: (.+)$", read_text(path, OntologyError), re.MULTILINE)
    return {name.strip() for name in found.group(1).split(",")} if found else set()
