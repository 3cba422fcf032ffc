"""Hold each client to its share of a minute: so many requests, and so many seconds of processing."""

from __future__ import annotations

import ipaddress
import math
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from threading import Lock

from graph.errors import TooManyRequests

MINUTE = 60.0
CLIENTS = 10_000  # remembered at a time; who asked longest ago is forgotten first, and begins anew
IPV6_NETWORK = 64  # one client of IPv6 has a network of addresses


@dataclass
class _Share:
    """Hold what a client has left, as of a time."""

    requests: float
    seconds: float
    time: float


class Rates:
    """Count requests and processing time by client, each in a bucket that fills up again within a minute.

    :param requests: that a client may make in a minute.
    :param seconds: of processing that a client may use in a minute; the query that goes beyond them is the last for a while.
    :param clock: seconds from any point in time.
    """

    def __init__(self, requests: int, seconds: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._requests, self._seconds, self._clock = requests, seconds, clock
        self._shares: OrderedDict[str, _Share] = OrderedDict()
        self._lock = Lock()

    def admit(self, client: str) -> None:
        """Count one request.

        :param client: as `name_of` calls it.
        :raises TooManyRequests: nothing is left of the client's share; says when there will be.
        """
        with self._lock:
            share = self._share(client)
            if share.requests < 1:
                raise _too_many("client_requests", "requests", self._requests, 1 - share.requests)
            if share.seconds <= 0:
                raise _too_many("client_seconds", "seconds of processing", self._seconds, -share.seconds)
            share.requests -= 1

    def charge(self, client: str, seconds: float) -> None:
        """Take processing time from a client's share, also more than is left of it."""
        with self._lock:
            self._share(client).seconds -= seconds

    def left(self, client: str) -> tuple[int, float]:
        """Return how many requests and seconds a client has left."""
        with self._lock:
            share = self._share(client)
            return int(share.requests), max(0.0, share.seconds)

    def _share(self, client: str) -> _Share:
        now = self._clock()
        share = self._shares.get(client)
        if share is None:
            share = self._shares[client] = _Share(self._requests, self._seconds, now)
            if len(self._shares) > CLIENTS:
                self._shares.popitem(last=False)
        passed = (now - share.time) / MINUTE
        share.requests = min(self._requests, share.requests + passed * self._requests)
        share.seconds = min(self._seconds, share.seconds + passed * self._seconds)
        share.time = now
        self._shares.move_to_end(client)
        return share


def name_of(address: str | None) -> str:
    """Return what a client is counted under: its address, or its network where that is of IPv6."""
    try:
        parsed = ipaddress.ip_address(address or "")
    except ValueError:
        return address or ""
    if isinstance(parsed, ipaddress.IPv6Address):
        return str(parsed.ipv4_mapped or ipaddress.ip_network((parsed, IPV6_NETWORK), strict=False))
    return str(parsed)


def _too_many(limit: str, what: str, value: float, missing: float) -> TooManyRequests:
    wait = max(1, math.ceil(missing * MINUTE / value))
    return TooManyRequests(
        f"this client has used its {value:g} {what} a minute, the limit ({limit})",
        f"wait {wait} seconds; to ask much, run an endpoint of your own: the README says how",
        limit=limit,
        value=value,
        retry_seconds=wait,
        where="client",
    )
