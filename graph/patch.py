"""What differs between two releases as an RDF Patch (afs.github.io/rdf-delta/rdf-patch): applied to one, it gives the other."""

from __future__ import annotations

import uuid
from collections.abc import Iterator

from graph.changes import compared
from graph.snapshot import Snapshot

MEDIA_TYPE = "application/rdf-patch"


def patch(old: Snapshot, new: Snapshot) -> Iterator[str]:
    """Yield the lines of the patch that makes one release of another, in memory that does not grow.

    The identifiers of its header are those of the releases: the patches between releases in a row are a patch log.

    :raises CallError: they have different bases.
    :raises SnapshotError: retention has taken the graph of one of them.
    """
    lines = compared(old, new)
    yield f"H id <{_identifier(new)}> .\n"
    yield f"H prev <{_identifier(old)}> .\n"
    yield "TX .\n"
    for mark, line in lines:
        if mark != " ":
            yield f"{'A' if mark == '+' else 'D'} {line}"
    yield "TC .\n"


def _identifier(release: Snapshot) -> str:
    return uuid.uuid5(uuid.NAMESPACE_URL, f"{release.base}release/{release.name}").urn
