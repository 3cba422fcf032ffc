"""Start real engines for tests and benchmarks: on free ports of this machine, in a folder that may go afterwards."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import urlopen

from graph.settings import Settings
from graph.store_address import Login

START_SECONDS = 60
# What Virtuoso's administrator is called, and his password, until somebody changes it: this one listens to this machine alone.
FIRST = "dba"
CONFIGURATION = """
[Database]
DatabaseFile = virtuoso.db
ErrorLogFile = virtuoso.log
LockFile = virtuoso.lck
TransactionFile = virtuoso.trx
xa_persistent_file = virtuoso.pxa
[TempDatabase]
DatabaseFile = virtuoso-temp.db
TransactionFile = virtuoso-temp.trx
[Parameters]
ServerPort = 127.0.0.1:{sql}
DisableUnixSocket = 1
MaxClientConnections = 40
DirsAllowed = .
NumberOfBuffers = 20000
MaxDirtyBuffers = 12000
[HTTPServer]
ServerPort = 127.0.0.1:{http}
ServerRoot = .
ServerThreads = 40
MaxClientConnections = 40
Charset = UTF-8
[SPARQL]
ResultSetMaxRows = {rows}
MaxQueryExecutionTime = 60
[Plugins]
LoadPath = .
"""


@dataclass(frozen=True)
class Running:
    """Hold an engine that runs.

    :param process: its number.
    """

    name: str
    query: str
    update: str
    graph_store: str
    login: Login
    process: int

    def chosen(self, settings: Settings, *, by_update: bool = False) -> Settings:
        """Return settings that choose it.

        :param by_update: load by updates, not by the Graph Store Protocol.
        """
        settings = replace(settings, store=f"sparql+{self.query}")
        return (
            replace(settings, store_update=self.update)
            if by_update
            else replace(settings, store_graph=self.graph_store)
        )


def oxigraph_binary() -> Path:
    """Return the server of the wheel `oxigraph`."""
    return Path(sys.executable).with_name("oxigraph")


def virtuoso_binary() -> Path | None:
    """Return Virtuoso's server, if there is one on the path."""
    found = shutil.which("virtuoso-t")
    return Path(found) if found else None


@contextmanager
def oxigraph(folder: Path) -> Iterator[Running]:
    """Run `oxigraph serve`.

    :param folder: for its data.
    """
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    command = [str(oxigraph_binary()), "serve", "--location", str(folder / "data"), "--bind", f"127.0.0.1:{port}"]
    with started(command, folder, f"{address}/") as process:
        yield Running("oxigraph", f"{address}/query", f"{address}/update", f"{address}/store", Login(), process)


@contextmanager
def virtuoso(folder: Path, rows: int = 2_000_000) -> Iterator[Running]:
    """Run Virtuoso.

    :param folder: for its configuration and its data.
    :param rows: those that an answer may have before it is cut off.
    """
    http, sql = free_port(), free_port()
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "virtuoso.ini").write_text(CONFIGURATION.format(http=http, sql=sql, rows=rows), encoding="utf-8")
    address = f"http://127.0.0.1:{http}"
    command = [str(virtuoso_binary()), "+foreground", "+configfile", "virtuoso.ini"]
    with started(command, folder, f"{address}/sparql?query=ASK%7B%7D") as process:
        update, store = f"{address}/sparql-auth", f"{address}/sparql-graph-crud-auth"
        yield Running("virtuoso", f"{address}/sparql", update, store, Login(FIRST, FIRST), process)


@contextmanager
def started(command: list[str], folder: Path, address: str, **variables: str) -> Iterator[int]:
    """Start a server, wait until it answers, and end it by its number, which is yielded.

    :param folder: where it runs, and what it says is kept.
    :param address: that answers once it has started.
    :param variables: of its environment, beside ours.
    :raises RuntimeError: it does not start; with what it said.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "output.txt").open("wb") as output:
        process = subprocess.Popen(
            command,
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            env=os.environ | variables,
        )
    try:
        _wait(process, folder, address)
        yield process.pid
    finally:
        process.terminate()
        try:
            process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _wait(process: subprocess.Popen[bytes], folder: Path, address: str) -> None:
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end and process.poll() is None:
        try:
            urlopen(address, timeout=5).close()  # noqa: S310 - this machine
        except HTTPError:
            return
        except OSError:
            time.sleep(0.1)
        else:
            return
    said = (folder / "output.txt").read_text(encoding="utf-8", errors="replace")[-2000:]
    raise RuntimeError(f"{process.args!r} did not start:\n{said}")


def free_port() -> int:
    """Return a port of this machine on which nobody listens."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])
