"""Text answers travel compressed to clients that take them so; each encoding has a validator of its own (RFC 9110, 8.8.3.3)."""

from __future__ import annotations

import gzip
from http import HTTPStatus

from flask import Response, request

SMALLEST, LARGEST = 1_024, 8_000_000  # bytes that are worth it, and that a request may hold
_LEVEL = 6
_TYPES = frozenset({"application/json", "application/javascript", "application/ld+json", "image/svg+xml"})


def packs(response: Response) -> bool:
    """Tell whether an answer is of those that are compressed, and say so to caches; its validator becomes that of the encoding.

    A stream, and whatever has an encoding already, goes out as it is.
    """
    if not _fits(response):
        return False
    response.vary.add("Accept-Encoding")
    if request.accept_encodings["gzip"] <= 0:
        return False
    etag, is_weak = response.get_etag()
    if etag:
        response.set_etag(f"{etag}-gzip", bool(is_weak))
    return True


def pack(response: Response) -> None:
    """Compress an answer."""
    response.direct_passthrough = False
    response.set_data(gzip.compress(response.get_data(), _LEVEL, mtime=0))
    response.headers["Content-Encoding"] = "gzip"


def _fits(response: Response) -> bool:
    """Tell whether an answer is whole, of text, and of a size that is worth it.

    Of what goes to the client straight from a file, the small files of `static` alone are.
    """
    kind = response.mimetype or ""
    is_text = kind.startswith("text/") or kind in _TYPES
    if response.status_code != HTTPStatus.OK or not is_text or "Content-Encoding" in response.headers:
        return False
    if response.is_streamed and request.endpoint != "static":
        return False
    size = response.content_length or response.calculate_content_length() or 0
    return SMALLEST < size <= LARGEST
