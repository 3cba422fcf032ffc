"""Hosts of our own on this machine: a trap that must never be reached, and a small SPARQL server with bad habits."""

from __future__ import annotations

import contextlib
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler

import pyoxigraph as ox
from local_server import listening

RESULTS = "application/sparql-results+json"
ROWS = b'{"head":{"vars":["s"]},"results":{"bindings":[{"s":{"type":"uri","value":"urn:far"}}]}}'
REMOTE = "<urn:a> <urn:p> 1 . <urn:b> <urn:p> 2 . <urn:c> <urn:p> 3 ."


@dataclass
class Trap:
    """Hold a socket that listens, and whether anybody came."""

    listener: socket.socket

    @property
    def name(self) -> str:
        return f"127.0.0.1:{self.listener.getsockname()[1]}"

    @property
    def url(self) -> str:
        return f"http://{self.name}/"

    def sprung(self) -> bool:
        """Tell whether a connection has arrived since the last look."""
        try:
            self.listener.accept()[0].close()
        except TimeoutError:
            return False
        return True


@contextmanager
def trap() -> Iterator[Trap]:
    """Listen, and answer nothing."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(0.005)
        yield Trap(listener)


@dataclass
class Remote:
    """Hold a SPARQL server: where it redirects to, and what it was asked.

    :param places: by path, to where it redirects, and with which status.
    :param asked: method, path, headers and body of each request.
    """

    port: int = 0
    places: dict[str, tuple[int, str]] = field(default_factory=dict)
    asked: list[tuple[str, str, dict[str, str], str]] = field(default_factory=list)

    @property
    def name(self) -> str:
        return f"127.0.0.1:{self.port}"

    def url(self, path: str = "/sparql") -> str:
        return f"http://{self.name}{path}"

    def answer(self, path: str, query: str) -> tuple[int, str, bytes]:
        """Return status, media type and bytes for a query."""
        fixed = {
            "/rows": (200, RESULTS, ROWS),
            "/large": (200, RESULTS, ROWS + b" " * 50_000),
            "/boolean": (200, RESULTS, b'{"head":{},"boolean":true}'),
            "/html": (200, "text/html", b"<h1>/etc/passwd 10.0.0.7</h1>"),
            "/error": (500, "text/plain", b"Traceback: /srv/secret at 10.0.0.7"),
            "/torn": (200, RESULTS, ROWS[:-4]),
        }
        if path in fixed:
            return fixed[path]
        store = ox.Store()
        store.load(REMOTE.encode(), format=ox.RdfFormat.TURTLE)
        found = store.query(query)
        assert isinstance(found, ox.QuerySolutions)
        return 200, RESULTS, found.serialize(format=ox.QueryResultsFormat.JSON) or b""


@contextmanager
def remote() -> Iterator[Remote]:
    """Serve on a port of this machine."""
    known = Remote()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            query = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
            known.asked.append((self.command, self.path, dict(self.headers.items()), query))
            if self.path in {"/drip", "/hang"}:
                self.drip()
                return
            status, place = known.places.get(self.path, (0, ""))
            status, media, body = (status, "text/plain", b"") if place else known.answer(self.path, query)
            self.send_response(status)
            for name, value in (("Location", place), ("Content-Type", media), ("Content-Length", str(len(body)))):
                if value:
                    self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        do_GET = do_POST  # noqa: N815 - called so by the library

        def drip(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", RESULTS)
            self.end_headers()
            with contextlib.suppress(OSError):
                for _ in range(200):
                    self.wfile.write(b" ")
                    self.wfile.flush()
                    time.sleep(0.05)

        def log_message(self, *_: object) -> None:
            return

    with listening(Handler) as known.port:
        yield known
