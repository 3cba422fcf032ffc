"""What is served now: the newest snapshot and its engine; a newer one takes its place without a restart."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from pathlib import Path
from threading import Lock

from graph.files import sha256
from graph.names import Names
from graph.settings import Settings
from graph.snapshot import Snapshot, latest
from graph.store import Asked, Engine
from graph.store_address import Login, Remote, remote
from graph.store_output import EngineProblem
from graph.store_remote import Elsewhere

# How terms are written for an engine elsewhere: part of what makes one load the same as another.
FORM = "1"
LOOK_SECONDS = 5.0
_log = logging.getLogger(__name__)


def target(settings: Settings, snapshot: Snapshot) -> Remote | None:
    """Return the engine elsewhere that the settings name, and what it has to hold; None where the store is embedded.

    :raises CallError: an address that cannot be used.
    """
    if not settings.store:
        return None
    digest = f"{FORM}:{snapshot.manifest['graph_sha256']}"
    if snapshot.store_path(show_quotes=settings.show_quotes) != snapshot.store_path():
        digest += f":{sha256((snapshot.path / 'quotes.nq').read_bytes())}"
    return remote(settings, snapshot.base, digest)


class Current:
    """Hold the engine of the newest snapshot; a newer one takes its place when it is next asked for.

    An engine elsewhere goes on with the snapshot that it holds until the newer one has been loaded into it.

    :param settings: where the snapshots are, and the limits of queries.
    :param observe: is told how each query went.
    """

    def __init__(self, settings: Settings, observe: Callable[[Asked], None]) -> None:
        self.settings, self._observe = settings, observe
        self._lock = Lock()
        self._held: tuple[Snapshot, Engine] | None = None
        self._looked = 0.0

    def take(self) -> tuple[Snapshot, Engine]:
        """Return the newest snapshot and its engine; queries that run on the one before it go on.

        :raises SnapshotError: there is none.
        """
        with self._lock:
            newest = latest(self.settings.snapshots)
            if self._held is None or (self._held[0].path != newest.path and self._is_there(newest)):
                self.retire()
                self._held = newest, Engine(self._source(newest), self.settings, Names(newest.base), self._observe)
            return self._held

    def _source(self, snapshot: Snapshot) -> Path | Remote:
        return target(self.settings, snapshot) or snapshot.store_path(show_quotes=self.settings.show_quotes)

    def _is_there(self, newest: Snapshot) -> bool:
        """Tell whether the newest snapshot can be asked, looking now and then where it has to be loaded first."""
        if not self.settings.store:
            return True
        now = time.monotonic()
        if now < self._looked + LOOK_SECONDS:
            return False
        self._looked = now
        at = target(self.settings, newest)
        if at is None:
            return True
        try:
            return Elsewhere(at, Login.from_environment(), LOOK_SECONDS).held() == at.digest
        except EngineProblem as problem:
            _log.warning("the engine does not say which snapshot it holds: %s", problem.detail)
            return False

    def retire(self) -> None:
        """Let go of the engine, after the queries that it runs."""
        if self._held:
            self._held[1].retire()
