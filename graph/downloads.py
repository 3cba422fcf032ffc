"""Routes for the files of a snapshot: its exports, whole, in parts or compressed, as their client can take them."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from pathlib import Path

from flask import Blueprint, Response, render_template, request, send_file
from werkzeug.exceptions import NotFound

from graph.exports.about import table
from graph.protocol import kept
from graph.site import served
from graph.snapshot import Snapshot, Written

downloads = Blueprint("downloads", __name__)
_PIECE = 65_536


@downloads.get("/data/")
def list_files() -> str:
    """List the formats in which the graph can be had, and their files."""
    held, _ = served()
    of_format: dict[str, list[Written]] = {}
    for each in held.files:
        of_format.setdefault(each.format, []).append(each)
    return render_template("data.html", snapshot=held, formats=table(), files=of_format)


@downloads.get("/data/<path:path>")
def file(path: str) -> Response:
    """Return a file of an export; one that lies compressed also as it was before.

    :raises NotFound: there is none.
    """
    return sent(served()[0], path)


def sent(held: Snapshot, path: str) -> Response:
    """Return a file of a snapshot, with its hash as validator.

    :raises NotFound: the snapshot has no such file.
    """
    for each in held.files:
        if path == each.path:
            return kept(_whole(held, each))
        if each.compressed and f"{path}.gz" == each.path:
            return kept(_unpacked(held, each))
    raise NotFound(f"no file {path!r} in this release; /data/ lists what there is")


def _whole(held: Snapshot, each: Written) -> Response:
    media_type = "application/gzip" if each.compressed else each.media_type
    return send_file(_path(held, each), mimetype=media_type, etag=each.sha256, last_modified=None, max_age=0)


def _unpacked(held: Snapshot, each: Written) -> Response:
    """Return the content of a compressed file: packed for the way where the client can unpack it, else unpacked here."""
    path = _path(held, each)
    if request.accept_encodings["gzip"] > 0:
        response = send_file(path, mimetype=each.media_type, etag=f"{each.sha256}-gzip", conditional=False, max_age=0)
        response.headers["Content-Encoding"] = "gzip"
    else:
        response = Response(_pieces(path), mimetype=each.media_type)
        response.set_etag(each.sha256)
    response.vary.add("Accept-Encoding")
    return response


def _path(held: Snapshot, each: Written) -> Path:
    """Return where a file stands, in full: Flask would look for a relative path beside server.py."""
    return (held.path / "data" / each.path).absolute()


def _pieces(path: Path) -> Iterator[bytes]:
    with gzip.open(path) as content:
        while piece := content.read(_PIECE):
            yield piece
