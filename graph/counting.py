"""Count the rows of a SELECT's answer as its bytes pass, so that an answer that is too long is stopped early.

The engine writes the answer itself, and much faster than a loop over its rows would. What separates two rows cannot stand within
a cell: `<result>` is escaped in XML, a line feed in TSV; in JSON and CSV, strings are taken out before anything is counted.
"""

from __future__ import annotations

import re

_JSON_STRING = re.compile(rb'"[^"\\]*(?:\\.[^"\\]*)*"', re.DOTALL)
_JSON_OPEN = re.compile(rb'"[^"\\]*(?:\\.[^"\\]*)*\\?\Z', re.DOTALL)
_CSV_STRING = re.compile(rb'"[^"]*"')


class Rows:
    """Count rows.

    :param form: how the engine calls the format: JSON, XML, CSV or TSV.
    """

    def __init__(self, form: str) -> None:
        self._count = {"JSON": self._json, "XML": self._xml, "CSV": self._csv, "TSV": self._tsv}[form]
        self._rest = b""
        self._separators = 0
        self.number = 0

    def add(self, piece: bytes) -> int:
        """Take the next piece of the answer.

        :returns: rows so far.
        """
        self._count(piece)
        return self.number

    def _json(self, piece: bytes) -> None:
        code, self._rest = _split(self._rest + piece, _JSON_STRING, _JSON_OPEN)
        # Members of one row are parted by `},:{` once their names are gone; only rows by `},{`.
        code = b"".join(code.split())
        self._separators += code.count(b"},{") + code.count(b"[{")
        # What may be the first half of a separator is looked at again with its second half.
        tail = re.search(rb"\},?\Z|\[\Z", code)
        self._rest = (tail[0] if tail else b"") + self._rest
        self.number = self._separators

    def _xml(self, piece: bytes) -> None:
        whole = self._rest + piece
        self.number += whole.count(b"<result>")
        self._rest = whole[-len(b"<result>") + 1 :]

    def _tsv(self, piece: bytes) -> None:
        self._separators += piece.count(b"\n")
        self.number = max(0, self._separators - 1)  # the first line names the variables

    def _csv(self, piece: bytes) -> None:
        whole = self._rest + piece
        start = whole.rfind(b'"') if whole.count(b'"') % 2 else len(whole)
        self._rest = whole[start:]
        self._separators += _CSV_STRING.sub(b"", whole[:start]).count(b"\n")
        self.number = max(0, self._separators - 1)


def _split(text: bytes, string: re.Pattern[bytes], opened: re.Pattern[bytes]) -> tuple[bytes, bytes]:
    """Return the text without its strings, and a string at its end that is not closed yet."""
    code = string.sub(b"", text)
    start = code.find(b'"')
    if start < 0:
        return code, b""
    found = opened.search(code, start)
    return code[:start], found[0] if found else code[start:]
