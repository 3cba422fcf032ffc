"""The releases of a folder of snapshots: all of them, one by its name, and those that follow on each other."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from graph.errors import CallError
from graph.snapshot import LATEST, Snapshot, latest, names_in

PREVIOUS = "previous"


def releases(snapshots: Path) -> list[Snapshot]:
    """Return the releases in a folder, the oldest first; of those that retention has stripped, what is left."""
    return [_opened(snapshots / name) for name in names_in(snapshots)]


@lru_cache(maxsize=4096)
def _opened(path: Path) -> Snapshot:
    """Return a release, whose manifest is read once: it never changes."""
    return Snapshot(path)


def whole(release: Snapshot) -> bool:
    """Tell whether a release still has its graph: retention takes it from old ones."""
    return (release.path / "graph.nq").exists()


def following(snapshots: Path, base: str) -> list[Snapshot]:
    """Return the releases of one base that a harvester can follow: those with a feed, the oldest first.

    :param base: the IRI that every IRI of them begins with.
    """
    return [each for each in releases(snapshots) if each.base == base and (each.path / "feed" / "index.json").exists()]


def find(snapshots: Path, name: str) -> Snapshot:
    """Return a release.

    :param name: its name or a beginning of it that no other has, such as a date; `latest`, `previous`; or a folder.
    :raises CallError: none is called so, or several are.
    :raises SnapshotError: `latest` is asked for, and there is none.
    """
    if name == LATEST:
        return latest(snapshots)
    if name == PREVIOUS:
        return _previous(snapshots)
    if "/" in name or (Path(name) / "manifest.json").exists():
        return _folder(Path(name))
    found = [each for each in names_in(snapshots) if name and each.startswith(name)]
    if len(found) != 1:
        known = ", ".join(names_in(snapshots)[-5:]) or "none"
        what = f"{len(found)} releases begin with {name!r}" if found else f"no release begins with {name!r}"
        raise CallError(what, "release", f"write more of its name; the newest are: {', '.join(found[-5:]) or known}")
    return _opened(snapshots / found[0])


def _previous(snapshots: Path) -> Snapshot:
    newest = latest(snapshots)
    same_base = [each for each in releases(snapshots) if each.name < newest.name and each.base == newest.base]
    earlier = next((each for each in reversed(same_base) if whole(each)), None)
    if earlier is None:
        hint = "build again when the records change; raise LEVIKKI_RELEASES_KEPT where old releases have to stay whole"
        raise CallError("no release before the latest one has its graph", PREVIOUS, hint)
    return earlier


def _folder(path: Path) -> Snapshot:
    if not (path / "manifest.json").exists():
        raise CallError("is no folder of a release", str(path), "name one that has a manifest.json")
    return Snapshot(path.resolve())
