"""Make one HTTP request whose host, time and size are held to limits.

The standard library's `http.client` is enough: a redirect is seen before it is followed, and a whole answer can be timed.
"""

from __future__ import annotations

import re
import socket
import ssl
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException, HTTPMessage, HTTPSConnection
from urllib.parse import SplitResult, quote, urljoin, urlsplit

from graph.errors import AnswerTooLong, AnswerTooSlow, CallError, DataError
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
        try:
            return urljoin(self.url, place) if place else None
        except ValueError:
            return place  # which is no address, and is not asked


def address(url: str, hosts: str) -> SplitResult:
    """Return the parts of a URL whose host may be asked, without its fragment.

    :param hosts: the hosts that are allowed, `host` or `host:port` with commas between.
    :raises CallError: it is no such URL, or its host is not allowed.
    """
    parts = parts_of(url)
    if not is_listed(parts, hosts):
        hint = f"add it to {variable('fetch_hosts')}, which is {hosts!r}, if its owner allows it"
        raise CallError(f"the host {parts.netloc} is not allowed", url, hint)
    return parts


def parts_of(url: str) -> SplitResult:
    """Return the parts of an absolute http(s) URL, without its fragment.

    :raises CallError: it is none, or has a name or a password in it.
    """
    try:
        parts = urlsplit(url)._replace(fragment="")
        port = parts.port
    except ValueError:
        parts, port = SplitResult("", "", "", "", ""), None
    unfit = "@" in parts.netloc or re.search(r"[\x00-\x20\x7f\\]", url) or port == 0
    if parts.scheme not in _PORTS or not parts.hostname or unfit:
        raise CallError("is no address of a page", url, "write it as https://host/path, without a name or password")
    return parts


def port_of(parts: SplitResult) -> int:
    """Return the port of a URL, which it need not name."""
    return parts.port or _PORTS[parts.scheme]


def is_listed(parts: SplitResult, hosts: str, host: str | None = None) -> bool:
    """Tell whether the host of a URL stands in a list, with its port where that is not the usual one.

    :param hosts: `host` or `host:port`, with commas between.
    :param host: stands in for the URL's own: an address that it has.
    """
    host, port = host or parts.hostname or "", port_of(parts)
    named = {f"{host}:{port}"} | ({host} if port == _PORTS[parts.scheme] else set())
    return bool(named & {each.strip().lower().replace("[", "").replace("]", "") for each in hosts.split(",")})


def ask(
    parts: SplitResult,
    headers: Mapping[str, str],
    *,
    seconds: float,
    limit: int,
    body: bytes | None = None,
    addresses: tuple[str, ...] = (),
) -> Answer:
    """Make one request: a GET, or a POST where there is a body.

    :param parts: of a URL that `address` let through.
    :param seconds: time that the whole answer may take, from the connection to its last byte.
    :param limit: bytes that its body may have.
    :param addresses: of the host, tried in turn; its name is not looked up where there are some.
    :raises AnswerTooSlow: it takes too long.
    :raises AnswerTooLong: it sends too much.
    :raises DataError: the host cannot be reached or breaks off.
    """
    url = parts.geturl()
    try:
        with _opened(parts, seconds, addresses) as connection:
            path = quote(parts.path or "/", safe="/%:@!$&'()*+,;=~-._")
            query = f"?{quote(parts.query, safe='/%:@!$&()*+,;=~-._?')}" if parts.query else ""
            method = "GET" if body is None else "POST"
            connection.request(method, path + query, body, headers={"Accept-Encoding": "identity", **headers})
            with connection.getresponse() as response:
                length = int(response.headers.get("Content-Length") or 0)
                content = b"" if length > limit else response.read(limit + 1)
    except TimeoutError:
        what = f"takes longer than {seconds:g} seconds"
        raise AnswerTooSlow(what, url, f"try again later, or raise {variable('fetch_seconds')}") from None
    except (OSError, HTTPException, ValueError) as problem:
        what = f"cannot be fetched: {problem or type(problem).__name__}"
        raise DataError(what, url, "check the address and the connection, and try again") from None
    if max(length, len(content)) > limit:
        raise AnswerTooLong(f"has more than {limit} bytes", url, f"raise {variable('fetch_bytes')} if it is a page")
    if len(content) < length and response.status != 304:
        raise DataError("broke off before its end", url, "try again later")
    return Answer(url, response.status, response.headers, content)


@contextmanager
def _opened(parts: SplitResult, seconds: float, addresses: tuple[str, ...]) -> Iterator[HTTPConnection]:
    """Open a connection that is cut when the time is over, however slowly the answer drips.

    :raises TimeoutError: it was cut.
    """
    kind = HTTPSConnection if parts.scheme == "https" else HTTPConnection
    connection, late = kind(parts.hostname or "", parts.port, timeout=seconds), threading.Event()
    # The connection forgets its socket where the answer is to close it: the one to cut is kept here.
    end = time.monotonic() + seconds
    opened = _connected(parts, end, addresses)

    def cut() -> None:
        late.set()
        with suppress(OSError):
            opened.shutdown(socket.SHUT_RDWR)

    timer = threading.Timer(max(0.0, end - time.monotonic()), cut)
    timer.daemon = True
    timer.start()
    try:
        if isinstance(opened, ssl.SSLSocket):
            opened.do_handshake()
        connection.sock = opened
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


def _connected(parts: SplitResult, end: float, addresses: tuple[str, ...]) -> socket.socket:
    """Connect to the first of the addresses that answers; a handshake of TLS is left to be made."""
    tried: OSError | None = None
    for host in addresses or (parts.hostname or "",):
        try:
            opened = socket.create_connection((host, port_of(parts)), timeout=max(0.001, end - time.monotonic()))
        except OSError as problem:
            tried = problem
            continue
        if parts.scheme == "http":
            return opened
        context = ssl.create_default_context()
        return context.wrap_socket(opened, server_hostname=parts.hostname, do_handshake_on_connect=False)
    raise tried or OSError("no address")
