"""The words of the pages: every message in every language, used by a page, with the same places to fill in."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from graph.errors import OntologyError
from graph.settings import ROOT
from graph.translations import LANGUAGES, messages, path_of, texts

CATALOGUES = {language: messages(path_of(language)) for language in LANGUAGES}
PLACES = re.compile(r"\{\w*\}")
TEMPLATES = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "templates").rglob("*.*ml"))
CODE = "".join(path.read_text(encoding="utf-8") for path in [ROOT / "server.py", *(ROOT / "graph").rglob("*.py")])


def test_every_language_has_every_message_in_the_same_order() -> None:
    assert list(CATALOGUES["fi"]) == list(CATALOGUES["sv"]) == list(CATALOGUES["en"])
    assert len(CATALOGUES["fi"]) > 500


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_message_is_empty(language: str) -> None:
    assert [key for key, text in CATALOGUES[language].items() if not text.strip()] == []


@pytest.mark.parametrize("key", CATALOGUES["fi"])
def test_a_message_has_the_same_places_to_fill_in_every_language(key: str) -> None:
    places = [sorted(set(PLACES.findall(CATALOGUES[language][key]))) for language in LANGUAGES]
    assert places[0] == places[1] == places[2]


def test_a_page_uses_only_messages_that_there_are() -> None:
    known = {key.partition(".")[0] for key in CATALOGUES["fi"]}
    assert set(re.findall(r"\bt\.(\w+)", TEMPLATES)) - {"get", "items"} <= known


def test_every_message_is_used() -> None:
    """A family of messages may be called by the beginning of their keys."""
    whole = TEMPLATES + CODE
    words = set(re.findall(r"\w+", whole))
    begun = set(re.findall(r"(\w+_)(?=[\"'{~])", whole))
    unused = [
        key
        for key in {key.partition(".")[0] for key in CATALOGUES["fi"]}
        if key not in words and not any(key.startswith(each) for each in begun)
    ]
    assert sorted(unused) == []


def test_keys_with_dots_are_places_below_a_key() -> None:
    for words in texts().values():
        assert words["errors"]["404"]
        assert len(words["about_steps"]) > 3


def test_a_broken_catalogue_is_told_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "levikki.po"
    path.write_text('msgid ""\nmsgstr ""\n\nmsgid "a"\nmsgstr "b"\nnonsense\n', encoding="utf-8")
    with pytest.raises(OntologyError, match="is no catalogue of gettext") as caught:
        messages(path)
    assert re.fullmatch(r".*levikki\.po:\d+", caught.value.where)
