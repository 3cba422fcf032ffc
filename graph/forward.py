"""Pass a SERVICE on to the host that it names: the one way out of a process that runs queries.

The engine has no hook for SERVICE: it makes the request itself, to any address, without a limit, and follows redirects. So the
target in a query is replaced by an address of this module, on this machine and not to be guessed, and the host is asked from
here: only if it is listed, only at an address that was checked, and within limits of time and size.
"""

from __future__ import annotations

import ipaddress
import json
import re
import secrets
import socket
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from socketserver import ThreadingTCPServer
from typing import Any
from urllib.parse import SplitResult

import pyoxigraph as ox

from graph import __version__, web
from graph.errors import AnswerTooLong, AnswerTooSlow, CallError, DataError

REDIRECTS = 3
FORMATS = {
    "application/sparql-results+json": ox.QueryResultsFormat.JSON,
    "application/sparql-results+xml": ox.QueryResultsFormat.XML,
}
HEADERS = {
    "Accept": ", ".join(FORMATS),
    "Content-Type": "application/sparql-query",
    "User-Agent": f"Levikki/{__version__}",
}
BROKEN = "cannot be asked, or broke off"
Ending = tuple[str, str]


class Failed(Exception):
    """A service that cannot be asked, or fails.

    :param why: what it does, as a sentence that begins with its name goes on.
    :param limit: name of the setting that it reached, if it is one.
    """

    def __init__(self, why: str, limit: str = "") -> None:
        self.why, self.limit = why, limit
        super().__init__(why)


@dataclass
class _Task:
    """Hold a query that runs.

    :param address: what its targets are replaced by, without their number.
    :param targets: URLs by number.
    :param end: when its time is over.
    :param known: what each service said, or why it failed: the engine asks again for every row of a FILTER EXISTS.
    :param failure: of the service that was asked last.
    """

    address: str
    targets: tuple[str, ...]
    end: float
    known: dict[tuple[str, bytes], tuple[str, bytes] | Failed] = field(default_factory=dict)
    failure: dict[str, str] | None = None


class Forwarder:
    """Pass on what the engine asks while a query runs, one query at a time.

    :param hosts: hosts that may be asked, `host` or `host:port` with commas between.
    :param seconds: time that one answer may take.
    :param limit: bytes that one answer may have.
    """

    def __init__(self, hosts: str, seconds: float, limit: int) -> None:
        self._hosts, self._seconds, self._limit = hosts, seconds, limit
        self._task: _Task | None = None
        self._server = _Server(self)
        self.port = int(self._server.server_address[1])
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def close(self) -> None:
        """Pass nothing on any more."""
        self._server.shutdown()
        self._server.server_close()

    def run(self, job: dict[str, Any], run: Callable[[dict[str, Any]], Ending]) -> Ending:
        """Run a job whose query has its targets replaced.

        :param job: its `services` say where each target begins and ends, and its URL.
        :returns: how it ended, without a word of this module's address.
        """
        services = job.get("services", ())
        if not services:
            return run(job)
        address = f"http://127.0.0.1:{self.port}/{secrets.token_urlsafe(24)}/"
        task = self._task = _Task(address, tuple(url for _, _, url in services), time.monotonic() + job["seconds"])
        text = job["query"]
        for number, (start, end, _) in reversed(list(enumerate(services))):
            text = f"{text[:start]}<{address}{number}>{text[end:]}"
        try:
            outcome, detail = run({**job, "query": text})
        finally:
            self._task = None
        if outcome == "syntax":
            detail = _restored(detail, job["query"], services, len(address))
        if address in detail or (outcome == "broken" and task.failure):
            return "service", json.dumps(task.failure or {"what": f"a service {BROKEN}", "limit": ""})
        return outcome, detail

    def pass_on(self, path: str, body: bytes) -> tuple[str, bytes] | None:
        """Ask the service that a path of this module stands for; ask the same thing of it once in a query.

        :returns: media type and bytes of its answer; None where there is none.
        """
        task = self._task
        place, _, number = path.rpartition("/")
        if not task or not secrets.compare_digest(
            f"http://127.0.0.1:{self.port}{place}/".encode(), task.address.encode()
        ):
            return None
        target = task.targets[int(number)]
        # A SERVICE in a SERVICE is the other host's to ask, by its own name.
        for other, url in enumerate(task.targets):
            body = body.replace(f"<{task.address}{other}>".encode(), f"<{url}>".encode())
        task.failure = {"what": f"the service <{target}> {BROKEN}", "limit": ""}
        said = task.known.get((target, body)) or self._ask(target, body, task.end)
        held = sum(len(each[1]) for each in task.known.values() if not isinstance(each, Failed))
        if isinstance(said, Failed) or held + len(said[1]) <= self._limit:
            task.known[target, body] = said
        if isinstance(said, Failed):
            task.failure = {"what": f"the service <{target}> {said.why}", "limit": said.limit}
            return None
        task.failure = None
        return said

    def _ask(self, url: str, body: bytes, end: float) -> tuple[str, bytes] | Failed:
        left = end - time.monotonic()
        try:
            return _read(self._follow(url, body, min(self._seconds, left)))
        except AnswerTooSlow:
            if left < self._seconds:
                return Failed("took longer than was left of the query's time (query_seconds)", "query_seconds")
            return Failed(f"took longer than {self._seconds:g} seconds, the limit (service_seconds)", "service_seconds")
        except AnswerTooLong:
            return Failed(f"sent more than {self._limit} bytes, the limit (service_bytes)", "service_bytes")
        except DataError:
            return Failed(BROKEN)  # its own words may name an address
        except Failed as failure:
            return failure

    def _follow(self, url: str, body: bytes, seconds: float) -> web.Answer:
        """Ask, and follow redirects; each is checked as the target was."""
        end, content = time.monotonic() + seconds, body
        for _ in range(REDIRECTS + 1):
            try:
                parts = web.parts_of(url)
            except CallError:
                raise Failed("redirects to what is no address of a service") from None
            if not web.is_listed(parts, self._hosts):
                raise Failed("redirects to a host that is not listed")
            addresses = self._addresses(parts, end - time.monotonic())
            left = max(0.001, end - time.monotonic())
            sent: bytes | None = content or None
            answer = web.ask(parts, HEADERS, seconds=left, limit=self._limit, body=sent, addresses=addresses)
            target = answer.target()
            if target is None:
                return answer
            url, content = target, b"" if answer.status == 303 else content
        raise Failed(f"redirects more than {REDIRECTS} times")

    def _addresses(self, parts: SplitResult, seconds: float) -> tuple[str, ...]:
        """Return the addresses of a host, every one of which may be asked."""
        addresses = resolved(parts.hostname or "", web.port_of(parts), seconds)
        if not addresses:
            raise Failed("has no address")
        for address in addresses:
            if not is_public(address) and not web.is_listed(parts, self._hosts, address):
                raise Failed("has an address that is not public")
        return addresses


def resolved(host: str, port: int, seconds: float) -> tuple[str, ...]:
    """Return the addresses of a host, none where it has none.

    :raises AnswerTooSlow: they cannot be found in time.
    """
    found: list[str] = []

    def look_up() -> None:
        try:
            known = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError):
            return
        found.extend(dict.fromkeys(str(each[4][0]) for each in known))

    # The system's resolver cannot be told how long to look.
    thread = threading.Thread(target=look_up, daemon=True)
    thread.start()
    thread.join(max(0.0, seconds))
    if thread.is_alive():
        raise AnswerTooSlow("its name cannot be resolved in time", host)
    return tuple(found)


def is_public(text: str) -> bool:
    """Tell whether an address is one of the whole Internet, and leads to no other one."""
    address = ipaddress.ip_address(text)
    if isinstance(address, ipaddress.IPv6Address) and (
        address.ipv4_mapped or address.sixtofour or address.teredo or address.is_site_local
    ):
        return False
    inner = address.is_private or address.is_loopback or address.is_link_local or address.is_unspecified
    return address.is_global and not (inner or address.is_multicast or address.is_reserved)


def _read(answer: web.Answer) -> tuple[str, bytes]:
    """Return the media type and the bytes of an answer that the engine can read to its end.

    A mistake that the engine finds half-way would end the query also where the SERVICE is SILENT.
    """
    media = answer.headers.get_content_type()
    if answer.status != 200:
        raise Failed(f"answers with status {answer.status}")
    if media not in FORMATS or answer.headers.get("Content-Encoding", "identity").lower() != "identity":
        raise Failed("answers with what are no SPARQL results in JSON or XML")
    try:
        rows = ox.parse_query_results(answer.body, format=FORMATS[media])
        if isinstance(rows, ox.QueryBoolean):
            raise Failed("answers with true or false, not with rows")
        for _ in rows:
            pass
    except (SyntaxError, ValueError, OSError, RuntimeError):
        raise Failed("answers with what cannot be read") from None
    return media, answer.body


def _restored(detail: str, text: str, services: tuple[tuple[int, int, str], ...], length: int) -> str:
    """Return the words of a syntax error with the column that it has in the text as it was."""
    found = re.match(r"error at (\d+):(\d+)", detail)
    if not found:
        return detail
    line, column = int(found[1]), int(found[2])
    for number, (start, end, _) in enumerate(services):
        place = start - text.rfind("\n", 0, start)
        if text.count("\n", 0, start) + 1 == line and column > place:
            longer = length + len(f"<{number}>") - (end - start)
            column = max(place, column - longer)
    return f"error at {line}:{column}{detail[found.end() :]}"


class _Server(ThreadingTCPServer):
    """Listen on this machine; a connection that says nothing holds up no other."""

    daemon_threads = True

    def __init__(self, forwarder: Forwarder) -> None:
        self.forwarder = forwarder
        super().__init__(("127.0.0.1", 0), _Handler)

    def handle_error(self, *_: object) -> None:
        """Say nothing: the engine's request fails, and with it the query."""


class _Handler(BaseHTTPRequestHandler):
    """Answer the engine."""

    timeout = 30
    server: _Server

    def do_POST(self) -> None:
        """Pass a query on, and its answer back."""
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        said = self.server.forwarder.pass_on(self.path, body)
        media, content = said or ("text/plain", b"")
        self.send_response(200 if said else 502)
        self.send_header("Content-Type", media)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: object) -> None:
        """Say nothing."""
