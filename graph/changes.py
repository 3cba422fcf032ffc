"""What differs between two releases: their sorted quads side by side, grouped by thing, in memory that does not grow.

A thing is a subject with its parts: `…/claim/x` with `…/claim/x#evidence`. In sorted quads the parts stand before the thing, and what
has a longer name may stand between them; so a group stays open until no line can belong to it any more.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, Literal

import pyoxigraph as ox

from graph.errors import CallError, SnapshotError
from graph.files import read_text
from graph.names import Names, last_part
from graph.releases import whole
from graph.snapshot import Snapshot

Mark = Literal[" ", "-", "+"]
KINDS_OF_CHANGE = ("added", "removed", "changed")
LABELS = ("http://www.w3.org/2004/02/skos/core#prefLabel", "http://www.w3.org/2000/01/rdf-schema#label")
LISTED = 500  # of one kind and change, in the changes.json of a release; its counts are of all


@dataclass(frozen=True)
class Group:
    """Hold the quads of one thing in two releases.

    :param lines: N-Quads, each with its mark: in both (` `), in the old one (`-`), in the new one (`+`).
    """

    thing: str
    lines: list[tuple[Mark, str]]

    @property
    def old(self) -> list[str]:
        """Return the thing's quads in the old release."""
        return [line for mark, line in self.lines if mark != "+"]

    @property
    def new(self) -> list[str]:
        """Return the thing's quads in the new release."""
        return [line for mark, line in self.lines if mark != "-"]

    @property
    def change(self) -> str:
        """Return added, removed or changed; empty where nothing differs."""
        marks = {mark for mark, _ in self.lines}
        if marks == {" "}:
            return ""
        return {"+": "added", "-": "removed"}.get("".join(marks), "changed")


def compared(old: Snapshot | None, new: Snapshot) -> Iterator[tuple[Mark, str]]:
    """Return the quads of two releases with their marks, in their order.

    :param old: None compares with nothing.
    :raises CallError: they have different bases.
    :raises SnapshotError: retention has taken the graph of one of them.
    """
    if old and old.base != new.base:
        what = f"{old.name} has the base {old.base}, {new.name} the base {new.base}"
        raise CallError(what, "releases", "compare two releases of one base: with another one, every IRI differs")
    for each in (old, new):
        if each and not whole(each):
            what = "has no graph any more: only what changed in it is kept"
            raise SnapshotError(what, each.name, "compare newer releases, or raise LEVIKKI_RELEASES_KEPT beforehand")
    return merged(_lines(old) if old else iter(()), _lines(new))


def _lines(release: Snapshot) -> Iterator[str]:
    # Only a line feed ends a line of N-Quads: a literal may hold what else Python takes for an end.
    with (release.path / "graph.nq").open(encoding="utf-8", newline="\n") as lines:
        yield from lines


def merged(old: Iterator[str], new: Iterator[str]) -> Iterator[tuple[Mark, str]]:
    """Yield the lines of two sorted texts with their marks, in order."""
    before, after = next(old, None), next(new, None)
    while before is not None or after is not None:
        if before == after and after is not None:
            yield " ", after
            before, after = next(old, None), next(new, None)
        elif after is None or (before is not None and before < after):
            yield "-", before or ""
            before = next(old, None)
        else:
            yield "+", after
            after = next(new, None)


def grouped(lines: Iterable[tuple[Mark, str]]) -> Iterator[Group]:
    """Yield the things of sorted, marked lines, each once."""
    open_groups: dict[str, Group] = {}
    for mark, line in lines:
        thing = line[1 : line.index(">")].partition("#")[0]
        # What begins with a thing's IRI stands together: a group whose IRI the line does not begin with is complete.
        for done in [each for each in open_groups if not thing.startswith(each)]:
            yield open_groups.pop(done)
        open_groups.setdefault(thing, Group(thing, [])).lines.append((mark, line))
    yield from open_groups.values()


def triples(lines: Iterable[str]) -> list[str]:
    """Return quads without their graphs, sorted and each once: `<s> <p> <o>`."""
    return sorted({line.rpartition(" <")[0] for line in lines})


@dataclass
class Summary:
    """Count and list what differs between two releases.

    :param names: mints the IRIs of both.
    :param listed: things that are listed of each kind and change; None lists all.
    """

    names: Names
    listed: int | None = None
    quads: Counter[str] = field(default_factory=Counter)
    counts: dict[str, Counter[str]] = field(default_factory=dict)
    things: dict[str, dict[str, list[dict[str, Any]]]] = field(default_factory=dict)
    moved: list[dict[str, Any]] = field(default_factory=list)

    def add(self, group: Group) -> None:
        """Take in a thing."""
        change = group.change
        if not change:
            return
        marks = Counter(mark for mark, _ in group.lines)
        self.quads.update({"added": marks["+"], "removed": marks["-"]})
        kind = (self.names.local(group.thing) or "other").partition("/")[0]
        counted = self.counts.setdefault(kind, Counter())
        counted[change] += 1
        if self.listed is None or counted[change] <= self.listed:
            self.things.setdefault(kind, {}).setdefault(change, []).append(_row(group))
        if kind == "adoption" and (self.listed is None or len(self.moved) < self.listed):
            self.moved += _moved(group, self.names)

    def members(self) -> dict[str, Any]:
        """Return it for JSON."""
        return {
            "quads": {each: self.quads[each] for each in ("added", "removed")},
            "counts": {
                kind: {each: counted[each] for each in KINDS_OF_CHANGE} for kind, counted in sorted(self.counts.items())
            },
            "moved": sorted(self.moved, key=lambda row: str(row["adoption"])),
            "things": {
                kind: {each: sorted(rows[each], key=lambda row: str(row["iri"])) for each in KINDS_OF_CHANGE if each in rows}
                for kind, rows in sorted(self.things.items())
            },
        }  # fmt: skip


def summary(old: Snapshot, new: Snapshot) -> dict[str, Any]:
    """Return all that differs between two releases.

    :raises CallError: they have different bases.
    :raises SnapshotError: retention has taken the graph of one of them.
    """
    found = Summary(Names(new.base))
    for group in grouped(compared(old, new)):
        found.add(group)
    return {"previous": old.name, "release": new.name, **found.members()}


def changes_of(release: Snapshot) -> dict[str, Any] | None:
    """Return what a release says of itself and the one before it, as it was built; None where it says nothing.

    :raises SnapshotError: its file cannot be read.
    """
    path = release.path / "changes.json"
    if not path.exists():
        return None
    try:
        return dict(json.loads(read_text(path, SnapshotError)))
    except (ValueError, TypeError):
        raise SnapshotError("is no list of changes", f"{release.name}/changes.json", "build again") from None


def _row(group: Group) -> dict[str, Any]:
    """Return a thing that differs: IRI, labels, and where it changed, the properties that did."""
    quads = _quads(group.old if group.change == "removed" else group.new)
    found: dict[str, str] = {}
    for quad in quads:
        if quad.subject.value == group.thing and quad.predicate.value in LABELS:
            found[str(quad.object.language or "")] = str(quad.object.value)
    row = {"iri": group.thing, "label": dict(sorted(found.items()))}
    if group.change != "changed":
        return row
    differing = _quads(line for mark, line in group.lines if mark != " ")
    return {**row, "properties": sorted({quad.predicate.value for quad in differing})}


def _moved(group: Group, names: Names) -> list[dict[str, Any]]:
    """Return where the status of an adoption came from and went to, both empty where the adoption is not there."""
    sides = [_values(_quads(lines), group.thing) for lines in (group.old, group.new)]
    statuses = [last_part(side.get(f"{names.ontology}currentStatus", "")) for side in sides]
    if statuses[0] == statuses[1]:
        return []
    known = {**sides[0], **sides[1]}
    row = {"adoption": group.thing, "label": _row(group)["label"], "from": statuses[0], "to": statuses[1]}
    return [{**row, **{each: known.get(f"{names.ontology}{each}", "") for each in ("model", "region")}}]


def _values(quads: list[Any], thing: str) -> dict[str, str]:
    return {quad.predicate.value: quad.object.value for quad in quads if quad.subject.value == thing}


def _quads(lines: Iterable[str]) -> list[Any]:
    """Parse N-Quads; of our own graph, in which every subject has an IRI and no object is a triple."""
    return list(ox.parse("".join(lines), format=ox.RdfFormat.N_QUADS))
