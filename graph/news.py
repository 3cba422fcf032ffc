"""What pages show of a release and of what changed in it: labels in the reader's language, and links to what can be read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import url_for

from graph import views
from graph.changes import KINDS_OF_CHANGE, changes_of
from graph.exchange import exchange
from graph.names import TYPES, Names, last_part
from graph.releases import releases, whole
from graph.site import engine, href, language, served
from graph.snapshot import Snapshot
from graph.views import Named

_MOVES = frozenset({("adoption", "added"), ("adoption", "removed")})


@dataclass(frozen=True)
class Item:
    """Hold a thing that differs.

    :param address: of the thing as it is now, or as it was where it is there no more; empty where neither can be read.
    :param properties: those that changed.
    """

    named: Named
    address: str
    properties: tuple[Named, ...] = ()


@dataclass(frozen=True)
class Move:
    """Hold where the status of a model in a region went; a side is None where nothing is known."""

    adoption: Item
    model: Named
    region: Named
    old: Named | None
    new: Named | None
    statuses: tuple[str, str]


@dataclass(frozen=True)
class Listing:
    """Hold the things of one kind with one kind of change.

    :param count: how many there are, of which `items` may be the first.
    """

    kind: str
    change: str
    count: int
    items: tuple[Item, ...]


@dataclass(frozen=True)
class News:
    """Hold what a release changed.

    :param previous: name of the release before it; empty of the first one.
    :param counts: kind of thing -> kind of change -> how many.
    """

    release: Snapshot
    previous: str
    quads: dict[str, int]
    counts: dict[str, dict[str, int]]
    moves: tuple[Move, ...]
    moved: int
    listings: tuple[Listing, ...]

    @property
    def made(self) -> str:
        """Return when the release was built."""
        return str(self.release.manifest["made"])

    @property
    def any(self) -> bool:
        """Tell whether it changed anything."""
        return any(self.quads.values())


def shown() -> list[Snapshot]:
    """Return the releases of this service, the newest first, from the one that is served on."""
    held, _ = served()
    return [each for each in reversed(releases(exchange().settings.snapshots)) if each.name <= held.name]


def news(release: Snapshot, most: int) -> News | None:
    """Return what a release changed, None where it does not say.

    :param most: things that are shown of each kind and change, and moves.
    """
    said = changes_of(release)
    if said is None:
        return None
    names, moved = Names(release.base), said["moved"]
    labels = views.labels(engine(), _iris(said, names, most), language())
    return News(
        release,
        said["previous"],
        said["quads"],
        {kind: said["counts"][kind] for kind in (*TYPES, "other") if kind in said["counts"]},
        tuple(_move(row, labels, names) for row in moved[:most]),
        len(moved),
        tuple(
            Listing(
                kind,
                change,
                said["counts"][kind][change],
                tuple(_item(row, change, said, labels) for row in rows[:most]),
            )
            for kind in (*TYPES, "other")
            for change in KINDS_OF_CHANGE
            # An adoption that comes or goes is a status that moved.
            if (rows := said["things"].get(kind, {}).get(change)) and (kind, change) not in _MOVES
        ),
    )


def _iris(said: dict[str, Any], names: Names, most: int) -> list[str]:
    """Return what needs a label: properties, models, regions and statuses."""
    rows = [row for kinds in said["things"].values() for rows in kinds.values() for row in rows[:most]]
    iris = [each for row in rows for each in row.get("properties", ())]
    for row in said["moved"][:most]:
        iris += [row["model"], row["region"], *(_status(names, row[each]) for each in ("from", "to") if row[each])]
    return [each for each in iris if each]


def _status(names: Names, notation: str) -> str:
    return names.thing("scheme", f"status/{notation}")


def _move(row: dict[str, Any], labels: dict[str, Named], names: Names) -> Move:
    sides = [labels.get(_status(names, row[each])) if row[each] else None for each in ("from", "to")]
    adoption = Item(_named(row["adoption"], row["label"]), href(row["adoption"]) if row["to"] else "")
    model, region = (labels.get(row[each], Named("", "")) for each in ("model", "region"))
    return Move(adoption, model, region, sides[0], sides[1], (row["from"], row["to"]))


def _item(row: dict[str, Any], change: str, said: dict[str, Any], labels: dict[str, Named]) -> Item:
    iri = row["iri"]
    address = _address_then(iri, said["previous"]) if change == "removed" else href(iri)
    return Item(_named(iri, row["label"]), address, tuple(labels[each] for each in row.get("properties", ())))


def _address_then(iri: str, name: str) -> str:
    """Return the address of a thing as it was in a release, where that can still be read."""
    release = next((each for each in shown() if each.name == name), None)
    local = Names(release.base).local(iri) if release else None
    if not release or not local or not whole(release):
        return ""
    kind, _, slug = local.partition("/")
    return url_for("archive.document", name=name, kind=kind, slug=slug)


def _named(iri: str, known: dict[str, str]) -> Named:
    """Return the label that a list of changes gives to a thing; the end of its IRI where it has none."""
    for each in (language(), "fi", "en", "sv", *sorted(known)):
        if each in known:
            return Named(iri, known[each], each)
    return Named(iri, last_part(iri))
