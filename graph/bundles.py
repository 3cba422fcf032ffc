"""The bundles of others' code that `make` builds for some pages: their addresses, where they were built."""

from __future__ import annotations

import json
from functools import lru_cache
from pathlib import Path

from flask import Response, request

from graph.settings import ROOT
from graph.site import mounted_at

FOLDER = ROOT / "static" / "build"
_YEAR = 31_536_000


def bundle(name: str) -> str:
    """Return the address of a bundle; empty where it was not built, and the page goes without.

    :param name: `network.js`.
    """
    path = FOLDER / "manifest.json"
    try:
        known = _manifest(path, path.stat().st_mtime_ns)
    except FileNotFoundError:
        return ""
    return f"{mounted_at()}/static/build/{known[name]['file']}" if name in known else ""


@lru_cache(maxsize=1)
def _manifest(path: Path, _changed: int) -> dict[str, dict[str, str]]:
    return dict(json.loads(path.read_text(encoding="utf-8")))


def keep_hashed(response: Response) -> Response:
    """Let browsers keep a bundle: its name changes with its content."""
    file = request.path.removeprefix("/static/build/")
    if file != request.path and file.endswith((".js", ".css")) and response.status_code in {200, 304}:
        response.headers["Cache-Control"] = f"public, max-age={_YEAR}, immutable"
    return response
