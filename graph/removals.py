"""What was taken out for good: data/removals.csv, put before every record that is written and every graph that is built.

A row names a thing by its relative name, such as `page/…` or `organisation/…`, or a text by its SHA-256, so that the table does
not publish what it takes out.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from graph.errors import RecordError
from graph.files import read_bytes, read_table, read_text, sha256, write_whole
from graph.names import TYPES, folded
from graph.settings import DATA, shipped

TABLE = DATA / "removals.csv"
COLUMNS = ["kind", "what", "date", "ground"]
GROUNDS = {
    "person": "it is about a person, or names one",
    "request": "who it is about asked for it",
    "rights": "somebody has a right to it",
    "error": "it is wrong",
}
# What is concluded, or what all else stands on, cannot be taken out alone.
_KINDS = frozenset(TYPES) - {"adoption", "scheme"}
_THING = re.compile(r"([a-z]+)/[a-z0-9]+(?:-[a-z0-9]+)*")
_DIGEST = re.compile(r"[0-9a-f]{64}")
# A node of these types that loses one of these keys says nothing any more.
_NEEDS = {
    "Association": {"agent"},
    "Claim": {"model", "place", "region", "project"},
    "Project": {"region"},
    "SourcePage": {"describes"},
}

Node = dict[str, Any]


def key(text: str) -> str:
    """Return what the table holds of a text: its SHA-256, whatever its case, spaces and composition.

    >>> key("Example  Person") == key(" example person")
    True
    """
    return sha256(folded(text).encode())


@dataclass(frozen=True)
class Removals:
    """Hold what was taken out.

    :param things: relative names.
    :param texts: keys of texts.
    """

    things: frozenset[str] = frozenset()
    texts: frozenset[str] = frozenset()

    def __bool__(self) -> bool:
        """Tell whether there is anything."""
        return bool(self.things or self.texts)

    def names(self, name: str) -> bool:
        """Tell whether a relative name is of a removed thing, or of a part of one (`…#evidence`)."""
        return name.partition("#")[0] in self.things

    def holds(self, text: str) -> bool:
        """Tell whether a text was taken out."""
        return bool(self.texts) and key(text) in self.texts

    def record(self, document: Node) -> Node | None:
        """Return a record without what was taken out; None where its page was.

        :param document: is not changed.
        """
        if not self:
            return document
        contents = self._node(document["contents"])
        return None if contents is None else {**document, "contents": contents}

    def _node(self, node: Node) -> Node | None:
        """Return a node without what was taken out; None where it is, or says nothing any more."""
        if self.names(str(node.get("id", ""))) or self._is_named(node):
            return None
        kept = {name: left for name, value in node.items() if (left := self._value(value)) is not None}
        lost = set(node) - set(kept)
        return None if lost & _NEEDS.get(str(node.get("type")), set()) else kept

    def _is_named(self, node: Node) -> bool:
        """Tell whether a removed text is what a node is called: its IRI is made of that name, too."""
        label = node.get("label")
        return isinstance(label, dict) and any(isinstance(text, str) and self.holds(text) for text in label.values())

    def _value(self, value: Any) -> Any:
        if isinstance(value, dict):
            return self._node(value) or None
        if isinstance(value, list):
            return [left for each in value if (left := self._value(each)) is not None] or None
        gone = isinstance(value, str) and (self.names(value) or self.holds(value))
        return None if gone else value


def load(path: Path | None = None) -> Removals:
    """Read the table; nothing was taken out where there is none.

    :param path: `TABLE`, and the one that was shipped, where left out.
    :raises RecordError: a row that cannot be used, with its line.
    """
    known: dict[str, set[str]] = {"thing": set(), "text": set()}
    for table in _tables(path):
        for line, row in read_table(table, COLUMNS, RecordError):
            _check(row, f"{table}:{line}")
            known[row["kind"]].add(row["what"])
    return Removals(frozenset(known["thing"]), frozenset(known["text"]))


def _tables(path: Path | None) -> list[Path]:
    """Return the tables that are there. What was out when a wheel was made stays out beside a table of one's own."""
    return [table for table in ([path] if path else dict.fromkeys([shipped(TABLE), TABLE])) if table.exists()]


def _check(row: dict[str, str], where: str) -> None:
    if row["kind"] not in {"thing", "text"}:
        raise RecordError(f"kind is {row['kind']!r}", where, "write thing or text")
    if row["ground"] not in GROUNDS:
        raise RecordError(f"ground is {row['ground']!r}", where, f"write one of {', '.join(GROUNDS)}")
    if row["kind"] == "thing":
        _refuse_no_thing(row["what"], where)
    elif not _DIGEST.fullmatch(row["what"]):
        raise RecordError("a text is not given by its SHA-256", where, "let `levikki remove --text` write the row")


def digest(path: Path | None = None) -> str:
    """Return a hash of the table, of an empty one where there is none.

    :param path: `TABLE`, and the one that was shipped, where left out.
    """
    return sha256(b"".join(read_bytes(table, RecordError) for table in _tables(path)))


def add(kind: str, what: str, ground: str, day: date, path: Path | None = None) -> bool:
    """Add a row; tell whether it is new.

    :param kind: thing or text.
    :param what: the relative name of a thing; of a text, the text itself, which is not written.
    :raises RecordError: the table cannot be used, or the name is none of a thing that can be taken out.
    """
    known, path = load(path), path or TABLE
    if kind == "thing":
        _refuse_no_thing(what, "remove")
    elif not what.strip():
        raise RecordError("the text is empty", "remove", "give the text that is to go")
    value = what if kind == "thing" else key(what)
    if value in (known.things if kind == "thing" else known.texts):
        return False
    table = read_text(path, RecordError) if path.exists() else ",".join(COLUMNS) + "\n"
    write_whole(path, table + ("" if table.endswith("\n") else "\n") + f"{kind},{value},{day},{ground}\n")
    return True


def _refuse_no_thing(name: str, where: str) -> None:
    found = _THING.fullmatch(name)
    if not found or found[1] not in _KINDS:
        hint = f"write <type>/<slug>, the type one of {', '.join(sorted(_KINDS))}"
        if name.startswith("adoption/"):
            hint = "an adoption follows from claims: take out those, or the model"
        raise RecordError(f"{name!r} is no name of a thing that can be taken out", where, hint)
