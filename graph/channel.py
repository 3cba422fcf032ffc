"""The socket between the server and a process that runs queries, at the end of that process.

It frames messages as `multiprocessing.connection.Connection` does, which the server has at its end: a length of four bytes, or four of -1
and a length of eight, then the bytes. Importing multiprocessing would take this process longer than opening the store.
"""

from __future__ import annotations

import os
import struct

_SHORT, _LONG = struct.Struct("!i"), struct.Struct("!Q")
_MOST = 0x7FFF_FFFF


class Channel:
    """Send and receive messages.

    :param descriptor: number of the socket.
    """

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor

    def send_bytes(self, message: bytes) -> None:
        """Send a message.

        :raises OSError: the other end is closed.
        """
        size = len(message)
        head = _SHORT.pack(size) if size <= _MOST else _SHORT.pack(-1) + _LONG.pack(size)
        rest = memoryview(head + message)
        while rest:
            rest = rest[os.write(self._descriptor, rest) :]

    def recv_bytes(self) -> bytes:
        """Wait for a message.

        :raises EOFError: the other end is closed.
        """
        (size,) = _SHORT.unpack(self._read(_SHORT.size))
        if size < 0:
            (size,) = _LONG.unpack(self._read(_LONG.size))
        return self._read(size)

    def _read(self, size: int) -> bytes:
        pieces = []
        while size:
            piece = os.read(self._descriptor, min(size, 1 << 20))
            if not piece:
                raise EOFError
            pieces.append(piece)
            size -= len(piece)
        return b"".join(pieces)
