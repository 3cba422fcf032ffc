"""Every setting, its default and the environment variable that changes it; and where the files stand that code reads and writes.

In a checkout all of it stands at the top. A wheel has one copy of what is read, in graph/shipped (setup.py puts it there), which is
never written: what commands write goes below data/ of the working directory. The records and tables of data/ are read there too,
where they are there, and from the shipped copy where not (`to_read`).
"""

from __future__ import annotations

import math
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from graph.errors import CallError

CODE = Path(__file__).resolve().parent.parent  # of the package and of server.py
# Read only: ontology, mappings, templates, static, translations, data.
ROOT = CODE if (CODE / "ontology" / "levikki.ttl").exists() else CODE / "graph" / "shipped"
IS_INSTALLED = ROOT != CODE
# Written: snapshots, cache, records, and the tables of review and removals.
DATA = Path("data") if IS_INSTALLED else ROOT / "data"
DEFAULT_BASE = "https://w3id.org/levikki/"
MAY_BE_ZERO = frozenset(
    {"LEVIKKI_CACHE_BYTES", "LEVIKKI_CACHE_SECONDS", "LEVIKKI_RELEASES_KEPT", "LEVIKKI_TRUSTED_PROXIES"}
)
# Settings that hold the address of something on the web, and those of them that other addresses begin with.
IRIS = frozenset(f"LEVIKKI_{name}" for name in "BASE ADDRESS LICENCE PUBLISHER_IRI PUBLISHER_TYPE CONTACT_PAGE".split())
BEGINNINGS = frozenset({"LEVIKKI_BASE", "LEVIKKI_ADDRESS"})


@dataclass(frozen=True)
class Settings:
    """Hold what a publisher may choose; `Settings.from_environment()` reads it.

    :param base: IRI that every IRI of a build begins with (`LEVIKKI_BASE`); ends with `/`.
    :param snapshots: folder of the built snapshots (`LEVIKKI_SNAPSHOTS`).
    :param releases_kept: releases that stay readable; a build takes away older ones; 0 keeps all (`LEVIKKI_RELEASES_KEPT`).
    :param address: where the service is reached, as links in catalogues and exports give it; the base IRI where empty
        (`LEVIKKI_ADDRESS`); ends with `/`.
    :param licence: IRI of the licence of the facts (`LEVIKKI_LICENCE`).
    :param publisher_name: who publishes, an organisation (`LEVIKKI_PUBLISHER_NAME`).
    :param publisher_iri: its IRI; one of ours where empty (`LEVIKKI_PUBLISHER_IRI`).
    :param publisher_type: what it is, a concept of ADMS's publisher types; left out where empty (`LEVIKKI_PUBLISHER_TYPE`).
    :param contact_page: address of a page where it is reached; its IRI where empty (`LEVIKKI_CONTACT_PAGE`).
    :param contact_email: mailbox of the organisation, never of a person; left out where empty (`LEVIKKI_CONTACT_EMAIL`).
    :param host: address that the server listens on (`HOST`).
    :param port: port that the server listens on (`PORT`).
    :param query_seconds: seconds that one query may take (`LEVIKKI_QUERY_SECONDS`).
    :param query_characters: characters that a query may have (`LEVIKKI_QUERY_CHARACTERS`).
    :param request_bytes: bytes that the body of a request may have; a character of a query may be twelve of a form
        (`LEVIKKI_REQUEST_BYTES`).
    :param query_memory_bytes: bytes of memory that a query may take (`LEVIKKI_QUERY_MEMORY_BYTES`).
    :param query_processes: queries that run at the same time (`LEVIKKI_QUERY_PROCESSES`).
    :param query_long_processes: how many of them may run longer than `query_quick_seconds` (`LEVIKKI_QUERY_LONG_PROCESSES`).
    :param query_quick_seconds: seconds of work after which a query counts as a long one (`LEVIKKI_QUERY_QUICK_SECONDS`).
    :param query_wait_seconds: seconds that a query waits for a free process (`LEVIKKI_QUERY_WAIT_SECONDS`).
    :param answer_rows: rows, or triples, that an answer may have (`LEVIKKI_ANSWER_ROWS`).
    :param answer_bytes: bytes that an answer may have (`LEVIKKI_ANSWER_BYTES`).
    :param client_requests: requests that one client may make in a minute (`LEVIKKI_CLIENT_REQUESTS`).
    :param client_seconds: seconds of processing that one client may use in a minute (`LEVIKKI_CLIENT_SECONDS`).
    :param cache_bytes: bytes of answers that are kept in memory to be given again (`LEVIKKI_CACHE_BYTES`).
    :param cache_seconds: seconds that a client or proxy may keep an answer without asking again (`LEVIKKI_CACHE_SECONDS`).
    :param trusted_proxies: proxies in front of the server whose `X-Forwarded-*` headers are believed (`LEVIKKI_TRUSTED_PROXIES`).
    :param access_log: write a line of JSON for each request to standard error (`LEVIKKI_ACCESS_LOG`, 0 or 1).
    :param log_queries: write the text of queries into it, too (`LEVIKKI_LOG_QUERIES`, 0 or 1).
    :param service_hosts: hosts that a query's SERVICE may ask, with commas between, `host` or `host:port`; none where empty
        (`LEVIKKI_SERVICE_HOSTS`).
    :param service_seconds: seconds that one such answer may take (`LEVIKKI_SERVICE_SECONDS`).
    :param service_bytes: bytes that one such answer may have (`LEVIKKI_SERVICE_BYTES`).
    :param store: address of another engine to ask, `sparql+http://…` or `sparql+https://…`; empty for the snapshot's own store
        (`LEVIKKI_STORE`).
    :param store_update: address at which that engine takes updates (`LEVIKKI_STORE_UPDATE`).
    :param store_graph: address of its Graph Store Protocol, which loads faster (`LEVIKKI_STORE_GRAPH`).
    :param show_quotes: serve the quote graphs, where the build has them (`LEVIKKI_SHOW_QUOTES`, 0 or 1).
    :param fetch_hosts: hosts that `levikki fetch` may ask, with commas between, `host` or `host:port`; none where empty
        (`LEVIKKI_FETCH_HOSTS`).
    :param fetch_contact: address or mailbox of whoever fetches, told to every host in the User-Agent (`LEVIKKI_FETCH_CONTACT`).
    :param fetch_delay_seconds: seconds between two requests; a host that asks for more gets more (`LEVIKKI_FETCH_DELAY_SECONDS`).
    :param fetch_seconds: seconds that one answer may take (`LEVIKKI_FETCH_SECONDS`).
    :param fetch_bytes: bytes that one answer may have (`LEVIKKI_FETCH_BYTES`).
    :param fetch_cache: folder of what was fetched (`LEVIKKI_FETCH_CACHE`).
    """

    base: str = DEFAULT_BASE
    snapshots: Path = DATA / "snapshots"
    releases_kept: int = 30
    address: str = ""
    licence: str = "https://creativecommons.org/licenses/by/4.0/"
    publisher_name: str = "Levikki"
    publisher_iri: str = ""
    publisher_type: str = ""
    contact_page: str = ""
    contact_email: str = ""
    host: str = "127.0.0.1"
    port: int = 8000
    query_seconds: float = 10.0
    query_characters: int = 100_000
    request_bytes: int = 1_210_000
    query_memory_bytes: int = 512_000_000
    query_processes: int = 8
    query_long_processes: int = 4
    query_quick_seconds: float = 0.1
    query_wait_seconds: float = 5.0
    answer_rows: int = 1_000_000
    answer_bytes: int = 200_000_000
    client_requests: int = 3_000
    client_seconds: float = 60.0
    cache_bytes: int = 64_000_000
    cache_seconds: int = 60
    trusted_proxies: int = 0
    access_log: bool = True
    log_queries: bool = False
    service_hosts: str = ""
    service_seconds: float = 5.0
    service_bytes: int = 10_000_000
    store: str = ""
    store_update: str = ""
    store_graph: str = ""
    show_quotes: bool = False
    fetch_hosts: str = ""
    fetch_contact: str = ""
    fetch_delay_seconds: float = 5.0
    fetch_seconds: float = 30.0
    fetch_bytes: int = 10_000_000
    fetch_cache: Path = DATA / "cache"

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] | None = None) -> Settings:
        """Read the settings from environment variables.

        :param environment: the variables; the process's own where left out.
        :raises CallError: a variable whose value is of the wrong form.
        """
        given = os.environ if environment is None else environment
        chosen: dict[str, Any] = {}
        for field in fields(cls):
            name = variable(field.name)
            if given.get(name):
                chosen[field.name] = _read(name, given[name], type(field.default))
        return cls(**chosen)


def shipped(path: Path) -> Path:
    """Return what was shipped in the place of a file or folder below `DATA`; in a checkout, and elsewhere, the path itself."""
    return ROOT / "data" / path.relative_to(DATA) if path.is_relative_to(DATA) else path


def to_read(path: Path) -> Path:
    """Return where to read a file or folder of the data: at its path, or as it was shipped where nothing is there yet."""
    return path if path.exists() else shipped(path)


def variable(setting: str) -> str:
    """Name the environment variable of a setting: HOST and PORT as they are, the others with LEVIKKI_ before."""
    name = setting.upper()
    return name if name in {"HOST", "PORT"} else f"LEVIKKI_{name}"


def _read(name: str, text: str, kind: type[Any]) -> Any:
    if kind is bool:
        if text not in {"0", "1"}:
            raise CallError(f"{name} is {text!r}, not 0 or 1", hint=f"set {name}=1 to turn it on")
        return text == "1"
    if name in IRIS and not re.fullmatch(r"https?://[^\s<>\"{}|^`\\]+" + ("/" if name in BEGINNINGS else ""), text):
        ending = " that ends with /" if name in BEGINNINGS else ""
        raise CallError(f"{name} is {text!r}, not an http(s) IRI{ending}", hint=f"for example {DEFAULT_BASE}")
    try:
        value = Path(text) if issubclass(kind, Path) else kind(text)
    except ValueError:
        raise CallError(
            f"{name} is {text!r}, not of the form {kind.__name__}", hint=f"set {name} to a {kind.__name__}"
        ) from None
    if isinstance(value, int | float) and (value < 0 or (value == 0 and name not in MAY_BE_ZERO) or math.isnan(value)):
        least = "0 or more" if name in MAY_BE_ZERO else "above 0"
        raise CallError(f"{name} is {text}, not {least}", hint=f"set {name} to a larger number")
    return value
