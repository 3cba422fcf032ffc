"""What is served now: the newest snapshot and its engine; a newer one takes its place without a restart."""

from __future__ import annotations

from collections.abc import Callable
from threading import Lock

from graph.names import Names
from graph.settings import Settings
from graph.snapshot import Snapshot, latest
from graph.store import Asked, Engine


class Current:
    """Hold the engine of the newest snapshot; a newer one takes its place when it is next asked for.

    :param settings: where the snapshots are, and the limits of queries.
    :param observe: is told how each query went.
    """

    def __init__(self, settings: Settings, observe: Callable[[Asked], None]) -> None:
        self.settings, self._observe = settings, observe
        self._lock = Lock()
        self._held: tuple[Snapshot, Engine] | None = None

    def take(self) -> tuple[Snapshot, Engine]:
        """Return the newest snapshot and its engine; queries that run on the one before it go on.

        :raises SnapshotError: there is none.
        """
        with self._lock:
            newest = latest(self.settings.snapshots)
            if self._held is None or self._held[0].path != newest.path:
                self.retire()
                store = newest.store_path(show_quotes=self.settings.show_quotes)
                self._held = newest, Engine(store, self.settings, Names(newest.base), self._observe)
            return self._held

    def retire(self) -> None:
        """Let go of the engine, after the queries that it runs."""
        if self._held:
            self._held[1].retire()
