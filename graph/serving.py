"""The production server: gunicorn, configured by our settings alone.

One process answers all requests, in threads: the work of a query is done in processes of its own, and what must be counted once (the
rate of a client, the queries that run, the answers in memory) is counted in one place. Several machines stand behind a proxy instead.
"""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable
from typing import Any

from gunicorn.app.base import BaseApplication

from graph.observe import access
from graph.settings import Settings

THREADS = 48  # a thread waits for its query or for a slow client most of the time


class Gunicorn(BaseApplication):  # type: ignore[misc]
    """Run an app in gunicorn.

    :param settings: host and port among them.
    :param make: makes the app, in the process that answers requests.
    """

    def __init__(self, settings: Settings, make: Callable[[Settings], Any]) -> None:
        self.settings, self._make = settings, make
        super().__init__()

    def load_config(self) -> None:
        """Set what differs from gunicorn's defaults; the access log is ours."""
        host = f"[{self.settings.host}]" if ":" in self.settings.host else self.settings.host
        chosen = {
            "bind": f"{host}:{self.settings.port}",
            "worker_class": "gthread",
            "threads": THREADS,
            "worker_connections": 1000,
            "graceful_timeout": int(self.settings.query_seconds) + 5,
            "limit_request_line": 8190,
            "control_socket_disable": True,  # of newer releases
        }
        for key in chosen.keys() & self.cfg.settings.keys():
            self.cfg.set(key, chosen[key])

    def load(self) -> Any:
        """Make the app."""
        handler = logging.StreamHandler(sys.stderr)
        handler.setFormatter(logging.Formatter("%(message)s"))
        access.handlers, access.propagate = [handler], False
        access.setLevel(logging.INFO)
        return self._make(self.settings)
