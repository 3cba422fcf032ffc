"""Read pages on a Dask cluster: the page's bytes go to a worker, its record comes back; no disk is shared.

The package `distributed` is optional (`pip install levikki[cluster]`) and imported only where a cluster is asked for.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from concurrent.futures import Executor
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import Any

from graph.errors import CallError, PageError
from graph.files import sha256
from graph.reader import Outcome, read_page_file, reader
from graph.review import REVIEW
from graph.settings import to_read

PATIENCE = 10  # seconds in which a scheduler must answer


@contextmanager
def cluster(address: str) -> Iterator[tuple[Executor, int]]:
    """Yield an executor of the cluster's workers, and how many pages they read at the same time.

    :param address: of the scheduler, such as `tcp://10.0.0.5:8786`.
    :raises CallError: Dask is not installed, nothing answers there, or its workers cannot read as this process does.
    """
    try:
        distributed = import_module("distributed")
    except ImportError:
        hint = 'install the optional part: pip install "levikki[cluster]" (in a checkout: .venv/bin/pip install distributed)'
        raise CallError("reading on a cluster needs the package 'distributed'", "--dask", hint) from None
    try:
        client = distributed.Client(address, timeout=PATIENCE, set_as_default=False)
    except (OSError, ValueError) as problem:
        hint = "start one (dask scheduler; dask worker ADDRESS), or leave --dask out to read on this machine"
        raise CallError(f"no Dask scheduler answers: {problem}", address, hint) from None
    with client:
        yield client.get_executor(pure=False), _threads(client, address)


def _threads(client: Any, address: str) -> int:
    """Return the number of threads of the workers, once each is known to read as this process does."""
    threads: dict[str, int] = client.nthreads()
    if not threads:
        raise CallError("the cluster has no worker", address, f"start one: dask worker {address}")
    try:
        found: dict[str, str] = client.run(tables)
    except ImportError as problem:
        hint = "install Levikki on every worker, from the same checkout as here"
        raise CallError(f"a worker of the cluster cannot read pages: {problem}", address, hint) from None
    for worker, other in found.items():
        _same(other, tables(), worker)
    return sum(threads.values())


def tables() -> str:
    """Return one hash over all that a record depends on beside its page: the reader and the steward's decisions."""
    decisions = to_read(REVIEW)
    return reader() + sha256(decisions.read_bytes() if decisions.exists() else b"")


def _same(one: str, other: str, worker: str) -> None:
    if one != other:
        hint = "bring it to the same version, with the same mappings/lexicon and data/review.csv, and start it again"
        raise CallError("a worker reads with other rules than this machine", worker, hint)


def read_sent(path: str, content: bytes, expected: str) -> Outcome:
    """Read a page's bytes on a worker; the record goes back with the outcome.

    :param path: where the page is on the machine that sent it; an error names it so.
    :param expected: the hash `tables()` of that machine; a worker that joined late must have the same.
    :raises PageError: the page cannot be read.
    :raises CallError: this worker reads with other rules.
    """
    _same(tables(), expected, "a worker that joined while reading")
    with tempfile.TemporaryDirectory(prefix="levikki-") as folder:
        copy = Path(folder) / Path(path).name
        copy.write_bytes(content)
        try:
            return read_page_file(copy, Path(path))
        except PageError as problem:
            told = (part.replace(str(copy), path) for part in (problem.what, problem.where, problem.hint))
            raise PageError(*told) from None
