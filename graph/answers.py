"""An answer, whole, and a bounded memory of answers: within a snapshot the same query has the same answer."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Hashable, Iterator
from dataclasses import dataclass, replace
from threading import Lock

from graph.formats import Format
from graph.spool import IN_MEMORY, Spool


@dataclass(frozen=True)
class Answer:
    """Hold a complete answer.

    :param form: SELECT, ASK, CONSTRUCT or DESCRIBE; GRAPH for a whole graph.
    :param content: the bytes; a spool, which can be read once, where they are many.
    :param size: bytes.
    :param digest: hash of the bytes.
    :param rows: rows of a SELECT, triples of a graph.
    :param seconds: time from the query's start in its process to the last byte.
    :param volatile: the query may have another answer the next time, of the same snapshot.
    :param cached: no query was run for it.
    """

    form: str
    format: Format
    content: bytes | Spool
    size: int
    digest: str
    rows: int
    seconds: float
    volatile: bool = False
    cached: bool = False

    @property
    def body(self) -> bytes:
        """Return the bytes as a whole; of a large answer once."""
        return self.content if isinstance(self.content, bytes) else self.content.take()

    def pieces(self) -> Iterator[bytes]:
        """Yield the bytes; of a large answer once."""
        if isinstance(self.content, bytes):
            yield self.content
        else:
            yield from self.content.pieces()

    @property
    def etag(self) -> str:
        """Return a strong validator: of the bytes and the format, so that two formats never share one."""
        return f"{self.digest}-{self.format.name}"


class Answers:
    """Remember answers, those asked for last, in so many bytes.

    :param limit: bytes of all that is remembered; 0 remembers nothing.
    """

    def __init__(self, limit: int) -> None:
        self._limit, self._size = limit, 0
        self._lock = Lock()
        self._held: OrderedDict[Hashable, Answer] = OrderedDict()

    @property
    def size(self) -> int:
        """Return the bytes of all that is remembered."""
        return self._size

    def get(self, key: Hashable) -> Answer | None:
        """Return the answer of a key, if it is remembered."""
        with self._lock:
            if key not in self._held:
                return None
            self._held.move_to_end(key)
            return self._held[key]

    def put(self, key: Hashable, answer: Answer) -> None:
        """Remember an answer that may be given again; a large or volatile one is not."""
        weight = answer.size + _OVERHEAD
        if answer.volatile or not isinstance(answer.content, bytes) or weight > self._limit:
            return
        with self._lock:
            if key not in self._held:
                self._size += weight
            self._held[key] = replace(answer, seconds=0.0, cached=True)
            self._held.move_to_end(key)
            while self._size > self._limit:
                _, oldest = self._held.popitem(last=False)
                self._size -= oldest.size + _OVERHEAD


# What a key and the objects around an answer take, roughly.
_OVERHEAD = 1_000


def whole(spool: Spool) -> bytes | Spool:
    """Return the bytes of a spool where they are few, else the spool."""
    return spool.take() if spool.size <= IN_MEMORY else spool
