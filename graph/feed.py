"""The event stream of the graph (LDES 1.0), as it lies in each release: pages of members, written once and never again.

A member is a version of a thing. Its IRI names the graph of its content, which is all that the open graph says of the thing: who puts
the last version of every thing together has the graph.
"""

from __future__ import annotations

import gzip
import io
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

import pyoxigraph as ox

from graph.errors import SnapshotError
from graph.files import digest_of, read_text, sha256, write_whole
from graph.snapshot import Snapshot

MEMBERS = 250  # on a page
AS, DCT, TREE = "https://www.w3.org/ns/activitystreams#", "http://purl.org/dc/terms/", "https://w3id.org/tree#"
TYPE, DATE_TIME = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type", "http://www.w3.org/2001/XMLSchema#dateTime"
_VERSIONS = "versions.txt"
VERBS = {"added": "Create", "changed": "Update", "removed": "Delete"}


def stream(base: str) -> str:
    """Return the IRI of the event stream."""
    return f"{base}feed#stream"


def version(base: str, release: str, thing: str) -> str:
    """Return the IRI of a thing as it was in a release.

    :param thing: its IRI; of a term of others, of which our graph says something, a hash of it stands in the version's.
    """
    local = thing.removeprefix(base) if thing.startswith(base) else f"term/{sha256(thing.encode())[:16]}"
    return f"{base}version/{release}/{local}"


@dataclass
class FeedWriter:
    """Write the pages of a release.

    :param release: it lies where it is built.
    """

    release: Snapshot
    _lines: list[str] = field(default_factory=list)
    _members: list[str] = field(default_factory=list)
    _pages: list[dict[str, Any]] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Make the folder of the pages."""
        (self.release.path / "feed").mkdir()

    def add(self, verb: str, thing: str, triples: list[str]) -> None:
        """Add a member.

        :param verb: Create, Update or Delete.
        :param triples: its content, `<s> <p> <o>`; empty for a Delete.
        """
        base, made = self.release.base, self.release.manifest["made"]
        member = version(base, self.release.name, thing)
        self._members.append(member)
        self._lines += [
            f"<{stream(base)}> <{TREE}member> <{member}> .\n",
            f"<{member}> <{TYPE}> <{AS}{verb}> .\n",
            f"<{member}> <{DCT}isVersionOf> <{thing}> .\n",
            f'<{member}> <{DCT}created> "{made}"^^<{DATE_TIME}> .\n',
            *(f"{triple} <{member}> .\n" for triple in triples),
        ]
        if len(self._members) == MEMBERS:
            self._end_page()

    def close(self) -> None:
        """Write what is left, and the list of the pages."""
        if self._members:
            self._end_page()
        total = sum(page["members"] for page in self._pages)
        index = {"members": total, "pages": self._pages}
        write_whole(self.release.path / "feed" / "index.json", json.dumps(index, indent=1) + "\n")

    def _end_page(self) -> None:
        path = page_path(self.release, len(self._pages) + 1)
        path.write_bytes(gzip.compress("".join(self._lines).encode(), 6, mtime=0))
        with (self.release.path / "feed" / _VERSIONS).open("a", encoding="utf-8", newline="\n") as out:
            out.writelines(f"{member}\n" for member in self._members)
        self._pages.append({"members": len(self._members), "sha256": digest_of(path)})
        self._lines, self._members = [], []


def page_path(release: Snapshot, number: int) -> Path:
    """Return the file of a page; they are counted from 1."""
    return release.path / "feed" / f"{number}.nq.gz"


@lru_cache(maxsize=64)
def _read_index(path: Path) -> dict[str, Any]:
    try:
        return dict(json.loads(read_text(path, SnapshotError)))
    except (ValueError, TypeError):
        raise SnapshotError("is no list of pages", f"{path.parent.parent.name}/feed", "build again") from None


def index(release: Snapshot) -> dict[str, Any]:
    """Return how many members the feed of a release has, and its pages.

    :raises SnapshotError: it cannot be read.
    """
    return _read_index(release.path / "feed" / "index.json")


def versions(release: Snapshot) -> Iterator[str]:
    """Yield the IRIs of the members of a release, in the order of its pages."""
    path = release.path / "feed" / _VERSIONS
    if path.exists():
        with path.open(encoding="utf-8", newline="\n") as lines:
            yield from (line.removesuffix("\n") for line in lines)


def page_of(release: Snapshot, member: str) -> int | None:
    """Return the number of the page with a member; None where the release has no such member."""
    return next((place // MEMBERS + 1 for place, each in enumerate(versions(release)) if each == member), None)


def page_quads(release: Snapshot, number: int) -> Iterator[ox.Quad]:
    """Yield the quads of a page, as they were written."""
    with gzip.open(page_path(release, number)) as content:
        yield from ox.parse(io.BytesIO(content.read()), format=ox.RdfFormat.N_QUADS)


def announced(release: Snapshot) -> Iterator[str]:
    """Yield the IRIs of the things that the feed of a release has versions of."""
    for number in range(1, len(index(release)["pages"]) + 1):
        with gzip.open(page_path(release, number), "rt", encoding="utf-8", newline="\n") as lines:
            for line in lines:
                _, _, thing = line.partition(f" <{DCT}isVersionOf> <")
                if thing.endswith("> .\n"):
                    yield thing.removesuffix("> .\n")
