"""The words of the pages: a catalogue of gettext for each language, translations/<language>/LC_MESSAGES/levikki.po.

A message is called by its key, not by its English text: the same English word may be two in Finnish. Babel reads the catalogues
as they are, so that a translator's tool writes what the server shows, with nothing to compile.
"""

from __future__ import annotations

from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any

from babel.messages.pofile import PoFileError, read_po

from graph.errors import OntologyError
from graph.files import read_bytes
from graph.settings import ROOT

FOLDER = ROOT / "translations"
LANGUAGES = ("fi", "sv", "en")


def path_of(language: str) -> Path:
    """Return the catalogue of a language."""
    return FOLDER / language / "LC_MESSAGES" / "levikki.po"


@cache
def texts() -> dict[str, dict[str, Any]]:
    """Return the words of the pages: language -> key -> text, or what is below the key.

    :raises OntologyError: a catalogue cannot be read.
    """
    return {language: _nested(messages(path_of(language))) for language in LANGUAGES}


def messages(path: Path) -> dict[str, str]:
    """Return a catalogue: key -> text. A part of a key that is a number is a place in a list.

    :raises OntologyError: it cannot be read; its line is named where it has one.
    """
    try:
        catalogue = read_po(BytesIO(read_bytes(path, OntologyError)), abort_invalid=True)
    except PoFileError as problem:
        where = f"{path}:{(problem.lineno or 0) + 1}"
        raise OntologyError(f"is no catalogue of gettext: {problem.args[0]}", where, "mend the line") from None
    return {str(each.id): str(each.string) for each in catalogue if each.id}


def _nested(flat: dict[str, str]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, text in flat.items():
        *above, last = key.split(".")
        inner = found
        for part in above:
            inner = inner.setdefault(part, {})
        inner[last] = text
    return {key: _listed(value) for key, value in found.items()}


def _listed(value: Any) -> Any:
    """Turn what is numbered into a list."""
    if not isinstance(value, dict):
        return value
    inner = {key: _listed(each) for key, each in value.items()}
    numbered = all(key.isdigit() for key in inner) and set(inner) == {str(place) for place in range(len(inner))}
    return [inner[str(place)] for place in range(len(inner))] if numbered else inner
