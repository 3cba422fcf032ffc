"""A snapshot: the folder in which the write side and the read side meet.

graph.nq (sorted, without blank nodes: the same input gives the same bytes) · store/ (Oxigraph on disk) · report.ttl ·
manifest.json · data/ (every export) with its list data.json; quotes.nq and store-quotes/ beside them where the build had the
pages. A build writes a folder of its own and then turns the link `latest` to it in one step, so that a reader sees the old
snapshot or the new one, never a part. A published snapshot is a release: its name begins with its time, and nothing in it changes.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import Any

import pyoxigraph as ox

from graph.errors import SnapshotError
from graph.files import read_text, sha256, write_whole

LATEST = "latest"


@dataclass(frozen=True)
class Written:
    """Hold what is known of a file of an export.

    :param format: name of the export format.
    :param path: under `/data/`.
    :param bytes: its size as it lies there.
    :param sha256: of those bytes.
    :param profile: IRI of the standard that it conforms to; empty where there is none.
    :param compressed: it is gzipped; `media_type` is of what is in it.
    """

    format: str
    path: str
    media_type: str
    bytes: int
    sha256: str
    profile: str = ""
    compressed: bool = False


@dataclass(frozen=True)
class Snapshot:
    """Hold a snapshot.

    :param path: its folder.
    """

    path: Path

    @cached_property
    def manifest(self) -> dict[str, Any]:
        """Return what is in the snapshot: counts, hashes, versions, inputs, time.

        :raises SnapshotError: it cannot be read.
        """
        path = self.path / "manifest.json"
        try:
            return dict(json.loads(read_text(path, SnapshotError)))
        except (ValueError, TypeError):
            raise SnapshotError(
                "is no manifest", f"{self.path.name}/manifest.json", "build again: levikki build"
            ) from None

    @property
    def name(self) -> str:
        """Return the name of the release, which begins with its time: `2026-11-22T000200Z-dd4b4b36`."""
        return str(self.manifest.get("release", self.path.name))

    @cached_property
    def files(self) -> tuple[Written, ...]:
        """Return the files under `data/`.

        :raises SnapshotError: their list cannot be read.
        """
        listed = self.path / "data.json"
        if not listed.exists():  # built without exports
            return ()
        try:
            return tuple(Written(**each) for each in json.loads(read_text(listed, SnapshotError))["files"])
        except (ValueError, TypeError, KeyError):
            what = "is no list of files"
            raise SnapshotError(what, f"{self.path.name}/data.json", "build again: levikki build") from None

    @cached_property
    def gone(self) -> dict[str, str]:
        """Return the things that an earlier release had: type and slug (`model/x`) -> the release in which it was last.

        :raises SnapshotError: their list cannot be read.
        """
        listed = self.path / "gone.json"
        if not listed.exists():
            return {}
        try:
            return dict(json.loads(read_text(listed, SnapshotError))["gone"])
        except (ValueError, TypeError, KeyError):
            what = "is no list of things that are gone"
            raise SnapshotError(what, f"{self.path.name}/gone.json", "build again: levikki build") from None

    @property
    def base(self) -> str:
        """Return the IRI that every IRI of the snapshot begins with."""
        return str(self.manifest["base"])

    def store_path(self, *, show_quotes: bool = False) -> Path:
        """Return the folder of the store to serve.

        :param show_quotes: the one with the quote graphs, where the build has them.
        """
        quotes = self.path / "store-quotes"
        return quotes if show_quotes and quotes.exists() else self.path / "store"


def latest(snapshots: Path) -> Snapshot:
    """Return the newest published snapshot.

    :param snapshots: folder of the snapshots.
    :raises SnapshotError: there is none.
    """
    path = snapshots / LATEST
    if not (path / "manifest.json").exists():
        raise SnapshotError("no snapshot has been built", snapshots.name, "run: levikki build")
    return Snapshot(path.resolve())


def write(
    snapshots: Path,
    quads: Iterable[ox.Quad],
    quotes: Iterable[ox.Quad],
    report: str,
    manifest: dict[str, Any],
    finish: Callable[[Snapshot], None] = lambda _: None,
) -> Snapshot:
    """Write a snapshot and publish it.

    :param snapshots: folder of the snapshots.
    :param quads: the open graph.
    :param quotes: the quote graphs; empty where the build had no pages.
    :param report: the validation report as Turtle.
    :param manifest: what the build knows of its inputs; name, counts, hash and time are added.
    :param finish: adds to the snapshot before it is published, such as its exports.
    """
    lines, quoted = nquads(quads), nquads(quotes)
    digest, made = sha256(lines.encode()), _next(snapshots)
    folder = snapshots / f"{made:%Y-%m-%dT%H%M%S}Z-{digest[:8]}"
    part = snapshots / f".part-{os.getpid()}"
    whole = {
        **manifest,
        "release": folder.name,
        "made": f"{made:%Y-%m-%dT%H:%M:%SZ}",
        "graph_sha256": digest,
        "quads": lines.count("\n"),
    }
    try:
        _fill(part, lines, quoted, report)
        write_whole(part / "manifest.json", json.dumps(whole, ensure_ascii=False, indent=1, sort_keys=True) + "\n")
        finish(Snapshot(part))
        part.rename(folder)
    finally:
        shutil.rmtree(part, ignore_errors=True)
    _publish(snapshots, folder)
    return Snapshot(folder)


def write_files(snapshot: Snapshot, files: Iterable[Written]) -> None:
    """Write the list of a snapshot's files."""
    listed = {"files": [asdict(each) for each in files]}
    write_whole(snapshot.path / "data.json", json.dumps(listed, ensure_ascii=False, indent=1) + "\n")


def names_in(snapshots: Path) -> list[str]:
    """Return the names of the releases in a folder, the oldest first: they begin with their time."""
    return sorted(path.parent.name for path in snapshots.glob("[0-9]*Z-*/manifest.json"))


def _next(snapshots: Path) -> datetime:
    """Return the time of a new release: now, or a second behind the newest where that is later. No two have the same."""
    now, newest = datetime.now(UTC).replace(microsecond=0), names_in(snapshots)[-1:]
    if not newest:
        return now
    last = datetime.strptime(newest[0][:18], "%Y-%m-%dT%H%M%SZ").replace(tzinfo=UTC)
    return max(now, last + timedelta(seconds=1))


def _fill(part: Path, lines: str, quoted: str, report: str) -> None:
    shutil.rmtree(part, ignore_errors=True)
    write_whole(part / "graph.nq", lines)
    write_whole(part / "report.ttl", report)
    _store(part / "store", lines, lines)
    if quoted:
        write_whole(part / "quotes.nq", quoted)
        _store(part / "store-quotes", lines + quoted, lines)


def nquads(quads: Iterable[ox.Quad]) -> str:
    """Return quads as sorted N-Quads, each once."""
    text = bytes(ox.serialize(quads, format=ox.RdfFormat.N_QUADS) or b"").decode("utf-8")
    return "".join(sorted(set(text.splitlines(keepends=True))))


def _store(path: Path, lines: str, union: str) -> None:
    """Load quads into a store on disk; the union of the open graphs is its default graph.

    The engine could make that union at each query, but counts a triple of two graphs twice, and would take in the quotes.
    """
    store = ox.Store(str(path))
    store.bulk_load(lines.encode("utf-8"), ox.RdfFormat.N_QUADS)
    triples = ox.parse(union.encode("utf-8"), ox.RdfFormat.N_QUADS)
    store.bulk_extend(ox.Quad(each.subject, each.predicate, each.object) for each in triples)
    store.optimize()
    store.flush()


def _publish(snapshots: Path, folder: Path) -> None:
    link = snapshots / f".{LATEST}-{os.getpid()}"
    link.unlink(missing_ok=True)
    link.symlink_to(folder.name)
    link.replace(snapshots / LATEST)
