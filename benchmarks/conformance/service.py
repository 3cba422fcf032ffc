"""The app as it is run: `python server.py` in a process of its own, over scratch snapshots that hold a test's data."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException, HTTPMessage
from pathlib import Path
from types import TracebackType
from typing import Self

import pyoxigraph as ox

from benchmarks.conformance.dataset import Dataset
from benchmarks.running import free_port
from graph.errors import DataError
from graph.names import Names
from graph.settings import ROOT
from graph.snapshot import LATEST

HOST = "127.0.0.1"
START_SECONDS, ANSWER_SECONDS = 60, 30


@dataclass(frozen=True)
class Reply:
    """Hold an HTTP answer."""

    status: int
    headers: HTTPMessage
    body: bytes

    @property
    def media_type(self) -> str:
        """Return the type of its body, without parameters."""
        return self.headers.get_content_type() if "Content-Type" in self.headers else ""

    def short(self) -> str:
        """Return the status and the beginning of the body, for a report."""
        try:
            text = str(json.loads(self.body)["detail"])
        except (ValueError, KeyError, TypeError):
            text = self.body.decode("utf-8", "replace")
        return " ".join(f"{self.status} {text}".split())[:160]


class Service:
    """Run the app; use it as a context manager.

    :param folder: an empty folder, for snapshots and what the process says.
    """

    def __init__(self, folder: Path) -> None:
        self.snapshots, self.log = folder / "snapshots", folder / "server.log"
        self.snapshots.mkdir()
        self._made: dict[Dataset, str] = {}
        self._process: subprocess.Popen[bytes] | None = None
        self.port = free_port()

    @property
    def endpoint(self) -> str:
        """Return the IRI of the SPARQL endpoint."""
        return f"http://{HOST}:{self.port}/sparql"

    def __enter__(self) -> Self:
        self.lay(Dataset())
        kept = {name: value for name, value in os.environ.items() if not name.startswith("LEVIKKI_")}
        ours = {"HOST": HOST, "PORT": str(self.port), "LEVIKKI_SNAPSHOTS": str(self.snapshots)}
        with self.log.open("wb") as log:
            command = [sys.executable, str(ROOT / "server.py")]
            self._process = subprocess.Popen(command, cwd=ROOT, env=kept | ours, stdout=log, stderr=log)
        try:
            self._wait()
        except BaseException:
            self.__exit__(None, None, None)
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._process is None:
            return
        self._process.terminate()
        try:
            self._process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def _wait(self) -> None:
        end = time.monotonic() + START_SECONDS
        while time.monotonic() < end and self._process is not None and self._process.poll() is None:
            try:
                if self.send("GET", "/health").status == 200:
                    return
            except (OSError, HTTPException):
                time.sleep(0.1)
        said = self.log.read_text(encoding="utf-8", errors="replace")[-2000:]
        raise DataError(f"the app does not start:\n{said}", "server.py", "see that make serve works")

    def lay(self, dataset: Dataset) -> None:
        """Publish a snapshot that holds a dataset; one that was written before is published anew."""
        if dataset not in self._made:
            self._made[dataset] = self._write(dataset, f"data-{len(self._made)}")
        link = self.snapshots / f".{LATEST}"
        link.symlink_to(self._made[dataset])
        link.replace(self.snapshots / LATEST)

    def _write(self, dataset: Dataset, name: str) -> str:
        folder = self.snapshots / name
        folder.mkdir()
        store = dataset.fill(ox.Store(str(folder / "store")))
        store.flush()
        members = {"base": Names().base, "quads": len(store), "counts": {}}
        (folder / "manifest.json").write_text(json.dumps(members), encoding="utf-8")
        return name

    def send(
        self, method: str, path: str, headers: Mapping[str, str] | None = None, body: bytes | None = None
    ) -> Reply:
        """Send one request as it is: no header is added but Host, Content-Length and Accept-Encoding.

        :raises OSError: there is no answer.
        """
        connection = HTTPConnection(HOST, self.port, timeout=ANSWER_SECONDS)
        try:
            connection.request(method, path, body, dict(headers or {}))
            answer = connection.getresponse()
            return Reply(answer.status, answer.headers, answer.read())
        finally:
            connection.close()
