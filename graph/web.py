"""Make one HTTP request whose host, time and size are held to limits.

The standard library's `http.client` is enough: a redirect is seen before it is followed, and a whole answer can be timed.
"""

from __future__ import annotations

import re
import socket
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException, HTTPMessage, HTTPSConnection
from urllib.parse import SplitResult, quote, urljoin, urlsplit

from graph.errors import CallError, DataError
from graph.settings import variable

_PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True)
class Answer:
    """Hold what a host answered."""

    url: str
    status: int
    headers: HTTPMessage
    body: bytes

    def target(self) -> str | None:
        """Return where the answer redirects to, None where it does not."""
        place = self.headers.get("Location", "") if self.status in {301, 302, 303, 307, 308} else ""
        return urljoin(self.url, place) if place else None


def address(url: str, hosts: str) -> SplitResult:
    """Return the parts of a URL whose host may be asked, without its fragment.

    :param hosts: the hosts that are allowed, `host` or `host:port` with commas between.
    :raises CallError: it is no such URL, or its host is not allowed.
    """
    try:
        parts = urlsplit(url)._replace(fragment="")
        port = parts.port
    except ValueError:
        parts, port = SplitResult("", "", "", "", ""), None
    if parts.scheme not in _PORTS or not parts.hostname or "@" in parts.netloc or re.search(r"[\x00-\x20\x7f]", url):
        raise CallError("is no address of a page", url, "write it as https://host/path, without a name or password")
    usual = _PORTS[parts.scheme]
    named = {f"{parts.hostname}:{port or usual}"} | ({parts.hostname} if port in {None, usual} else set())
    if not named & {each.strip().lower() for each in hosts.split(",")}:
        hint = f"add it to {variable('fetch_hosts')}, which is {hosts!r}, if its owner allows it"
        raise CallError(f"the host {parts.netloc} is not allowed", url, hint)
    return parts


def ask(parts: SplitResult, headers: Mapping[str, str], *, seconds: float, limit: int) -> Answer:
    """Make one GET request.

    :param parts: of a URL that `address` let through.
    :param seconds: time that the whole answer may take, from the connection to its last byte.
    :param limit: bytes that its body may have.
    :raises DataError: the host cannot be reached, takes too long, sends too much or breaks off.
    """
    url = parts.geturl()
    try:
        with _opened(parts, seconds) as connection:
            path = quote(parts.path or "/", safe="/%:@!$&'()*+,;=~-._")
            query = f"?{quote(parts.query, safe='/%:@!$&()*+,;=~-._?')}" if parts.query else ""
            connection.request("GET", path + query, headers={"Accept-Encoding": "identity", **headers})
            with connection.getresponse() as response:
                length = int(response.headers.get("Content-Length") or 0)
                body = b"" if length > limit else response.read(limit + 1)
    except TimeoutError:
        what = f"takes longer than {seconds:g} seconds"
        raise DataError(what, url, f"try again later, or raise {variable('fetch_seconds')}") from None
    except (OSError, HTTPException, ValueError) as problem:
        what = f"cannot be fetched: {problem or type(problem).__name__}"
        raise DataError(what, url, "check the address and the connection, and try again") from None
    if max(length, len(body)) > limit:
        raise DataError(f"has more than {limit} bytes", url, f"raise {variable('fetch_bytes')} if it is a page")
    if len(body) < length and response.status != 304:
        raise DataError("broke off before its end", url, "try again later")
    return Answer(url, response.status, response.headers, body)


@contextmanager
def _opened(parts: SplitResult, seconds: float) -> Iterator[HTTPConnection]:
    """Open a connection that is cut when the time is over, however slowly the answer drips.

    :raises TimeoutError: it was cut.
    """
    kind = HTTPSConnection if parts.scheme == "https" else HTTPConnection
    connection, late = kind(parts.hostname or "", parts.port, timeout=seconds), threading.Event()
    connection.connect()
    # The connection forgets its socket where the answer is to close it: the one to cut is kept here.
    opened = connection.sock

    def cut() -> None:
        late.set()
        with suppress(OSError):
            opened.shutdown(socket.SHUT_RDWR)

    timer = threading.Timer(seconds, cut)
    timer.daemon = True
    timer.start()
    try:
        yield connection
    except (OSError, HTTPException):
        if not late.is_set():
            raise
    finally:
        timer.cancel()
        connection.close()
        opened.close()
    if late.is_set():
        raise TimeoutError
