"""Where the graph is when it is not embedded: the addresses of an engine elsewhere, and who asks it.

A user and a password come from the environment alone: what is given on a command line is seen by every user of the machine.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from urllib.parse import urlsplit

from graph.errors import CallError
from graph.settings import Settings

SCHEME = "sparql+"
USER, PASSWORD = "LEVIKKI_STORE_USER", "LEVIKKI_STORE_PASSWORD"


@dataclass(frozen=True)
class Login:
    """Hold who asks; never shown.

    :param user: empty where nobody is named.
    """

    user: str = ""
    password: str = field(default="", repr=False)

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] | None = None) -> Login:
        """Read user and password from `LEVIKKI_STORE_USER` and `LEVIKKI_STORE_PASSWORD`."""
        given = os.environ if environment is None else environment
        return cls(given.get(USER, ""), given.get(PASSWORD, ""))


@dataclass(frozen=True)
class Remote:
    """Hold where an engine is and what it has to hold.

    :param query: address of its SPARQL 1.1 Protocol query service.
    :param update: address for updates; empty where there is none.
    :param graph_store: address of its Graph Store Protocol service; empty where there is none.
    :param base: IRI that every IRI of the snapshot begins with.
    :param digest: hash of what it has to hold; empty while nobody knows.
    """

    query: str
    update: str = ""
    graph_store: str = ""
    base: str = ""
    digest: str = ""

    # As graph.names mints them, which a process that runs queries does not import: it would take longer than a query.
    @property
    def union(self) -> str:
        """Return the IRI of the graph that holds the union of the open graphs."""
        return f"{self.base}graph/union"

    @property
    def marker(self) -> str:
        """Return the IRI of the graph that says what the engine holds."""
        return f"{self.base}graph/loaded"

    @property
    def nothing(self) -> str:
        """Return the IRI of a graph that never holds anything."""
        return f"{self.base}graph/nothing"

    def described(self) -> str:
        """Return all of it as one word of a command line; there is no secret in it."""
        return json.dumps(asdict(self))


def remote(settings: Settings, base: str, digest: str) -> Remote | None:
    """Return the engine that the settings name; None where the store is embedded.

    :param base: IRI that every IRI of the snapshot begins with.
    :param digest: hash of what it has to hold.
    :raises CallError: an address that cannot be used.
    """
    if not settings.store:
        _refuse_without_store(settings)
        return None
    if not settings.store.startswith((f"{SCHEME}http://", f"{SCHEME}https://")):
        what = "the store's address does not begin with sparql+http:// or sparql+https://"
        raise CallError(what, "store", f"for example {SCHEME}http://127.0.0.1:7878/query")
    query = settings.store.removeprefix(SCHEME)
    for name, address in (
        ("store", query),
        ("store_update", settings.store_update),
        ("store_graph", settings.store_graph),
    ):
        if address:
            _refuse_address(name, address)
    return Remote(query, settings.store_update, settings.store_graph, base, digest)


def _refuse_without_store(settings: Settings) -> None:
    for name in ("store_update", "store_graph"):
        if getattr(settings, name):
            raise CallError(f"{name} is given, and no store", name, "give the address for queries, too: --store")


def _refuse_address(name: str, address: str) -> None:
    parts = urlsplit(address)
    if "@" in parts.netloc:  # the address itself is not shown
        what = "the address holds a user or a password"
        raise CallError(what, name, f"leave it out, and set {USER} and {PASSWORD} in the environment")
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise CallError("is no http(s) address", name, "for example http://127.0.0.1:7878/query")
