"""What a release says of those before it: what changed, what is gone, its part of the feed; and what is left of old releases."""

from __future__ import annotations

import fcntl
import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from graph import feed
from graph.changes import LISTED, Group, Summary, compared, grouped, triples
from graph.feed import FeedWriter
from graph.files import write_whole
from graph.names import Names
from graph.releases import following, releases, whole
from graph.snapshot import LATEST, Snapshot

# What retention leaves of an old release: what changed in it, for people and for harvesters.
LEFT = frozenset({"manifest.json", "changes.json", "feed"})


@contextmanager
def alone(snapshots: Path) -> Iterator[None]:
    """Let one build at a time write its release: each is compared with the one that was published before it."""
    snapshots.mkdir(parents=True, exist_ok=True)
    folder = os.open(snapshots, os.O_RDONLY)
    try:
        fcntl.flock(folder, fcntl.LOCK_EX)
        yield
    finally:
        os.close(folder)


def before(snapshots: Path, base: str) -> Snapshot | None:
    """Return the release that a new one follows on: the newest of its base whose graph is still there."""
    return next((each for each in reversed(following(snapshots, base)) if whole(each)), None)


def write(made: Snapshot, previous: Snapshot | None, snapshots: Path, *, forget: bool) -> None:
    """Write what a release that is not published yet says of those before it.

    :param forget: the history begins anew with it.
    """
    if forget:
        write_beginning(made, snapshots)
    else:
        write_history(made, previous)


def write_history(made: Snapshot, previous: Snapshot | None) -> None:
    """Write changes.json, gone.json and the feed of a release that is not published yet.

    :param previous: the release that it follows on; None where it is the first of its base.
    """
    summary, writer = Summary(Names(made.base), LISTED if previous else 0), FeedWriter(made)
    gone = dict(previous.gone) if previous else {}
    for group in grouped(compared(previous, made)):
        summary.add(group)
        _announce(writer, group)
        local = summary.names.local(group.thing)
        if local and group.new:
            gone.pop(local, None)
        elif local and previous:
            gone[local] = previous.name
    writer.close()
    _write(made, previous.name if previous else "", summary, gone)


def write_beginning(made: Snapshot, snapshots: Path) -> None:
    """Write the same for a release with which the history begins anew.

    Its feed has every thing, and a Delete, which holds no more than an address, of each that earlier feeds told of: a harvester that
    has followed them takes it out.

    :param snapshots: folder of the releases that will be forgotten.
    """
    old = {thing for each in following(snapshots, made.base) for thing in feed.announced(each)}
    summary, writer = Summary(Names(made.base), 0), FeedWriter(made)
    for group in grouped(compared(None, made)):
        summary.add(group)
        _announce(writer, group)
        old.discard(group.thing)
    for thing in sorted(old):
        writer.add("Delete", thing, [])
    writer.close()
    locals_ = [local for thing in sorted(old) if (local := summary.names.local(thing))]
    # No release has them any more: this one stands in the place of the last that had.
    _write(made, "", summary, dict.fromkeys(locals_, made.name), begins=True)


def _announce(writer: FeedWriter, group: Group) -> None:
    """Add a thing to the feed where what the union of the graphs says of it has changed."""
    old, new = triples(group.old), triples(group.new)
    if old != new:
        writer.add(feed.VERBS["changed" if old and new else group.change], group.thing, new)


def _write(made: Snapshot, previous: str, summary: Summary, gone: dict[str, str], *, begins: bool = False) -> None:
    known: dict[str, Any] = {"release": made.name, "made": made.manifest["made"], "previous": previous}
    if begins:
        known["begins"] = True
    for name, content in (("changes", {**known, **summary.members()}), ("gone", {"gone": gone})):
        if name == "changes" or gone:
            text = json.dumps(content, ensure_ascii=False, indent=1, sort_keys=True)
            write_whole(made.path / f"{name}.json", text + "\n")


def clear(snapshots: Path, newest: Snapshot, kept: int, *, forget: bool) -> str:
    """Take away what is not kept of older releases, now that a new one is published.

    :param forget: take them all away.
    :returns: what was done, in words; empty where nothing was.
    """
    if forget:
        return f"forgot {len(forget_others(snapshots, newest))} earlier releases"
    taken = prune(snapshots, kept)
    return f"kept of {len(taken)} old releases only what changed in them" if taken else ""


def prune(snapshots: Path, kept: int) -> list[str]:
    """Take from old releases all but what changed in them.

    The release that `latest` leads to stays as it is, and so does the newest of each base: the next one is compared with it.

    :param kept: releases that stay whole; 0 keeps all.
    :returns: the names of those from which something was taken.
    """
    known = releases(snapshots)
    spared = {each.base: each.path.name for each in known if whole(each)}
    stay = {(snapshots / LATEST).resolve().name, *spared.values(), *(each.path.name for each in known[-kept:])}
    return [each.name for each in known if kept and each.path.name not in stay and _strip(each.path)]


def _strip(folder: Path) -> bool:
    """Take away all but what is left of a release, its graph first: without that it counts as stripped."""
    found = sorted(
        (each for each in folder.iterdir() if each.name not in LEFT), key=lambda each: each.name != "graph.nq"
    )
    for each in found:
        shutil.rmtree(each) if each.is_dir() else each.unlink()
    return bool(found)


def forget_others(snapshots: Path, newest: Snapshot) -> list[str]:
    """Delete every release but one, feeds and all.

    :returns: the names of those that are gone.
    """
    names = [each.name for each in releases(snapshots) if each.name != newest.name]
    for name in names:
        shutil.rmtree(snapshots / name)
    return names
