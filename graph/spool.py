"""Hold an answer until it is whole: in memory while it is small, in a file without a name once it is large."""

from __future__ import annotations

import hashlib
import weakref
from collections.abc import Iterator
from tempfile import SpooledTemporaryFile

from graph.errors import AnswerTooLarge

IN_MEMORY = 1_000_000
PIECE = 65_536


class Spool:
    """Take an answer piece by piece.

    :param limit: bytes that it may have.
    """

    def __init__(self, limit: int) -> None:
        self._file = SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115 - lives as long as the answer
        weakref.finalize(self, self._file.close)
        self._digest = hashlib.blake2b(digest_size=16)
        self._limit = limit
        self.size = 0

    def write(self, piece: bytes) -> None:
        """Take the next piece.

        :raises AnswerTooLarge: more bytes than the limit.
        """
        self.size += len(piece)
        if self.size > self._limit:
            raise AnswerTooLarge(
                f"the answer has more than {self._limit} bytes, the limit (answer_bytes)",
                "ask for fewer columns or rows: a LIMIT with an OFFSET, or parts by a FILTER",
                limit="answer_bytes",
                value=self._limit,
            )
        self._digest.update(piece)
        self._file.write(piece)

    @property
    def digest(self) -> str:
        """Return a hash of the bytes."""
        return self._digest.hexdigest()

    def pieces(self) -> Iterator[bytes]:
        """Yield the bytes from the beginning, then let go of them; once."""
        with self._file:
            self._file.seek(0)
            while piece := self._file.read(PIECE):
                yield piece

    def take(self) -> bytes:
        """Return the bytes as a whole, and let go of them; once."""
        return b"".join(self.pieces())
