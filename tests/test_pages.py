"""Reading a saved page: its fields by offsets into the unchanged text, and what is no page."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from page_factory import AUTUMN, FIELDS, SLUG, TITLE, dated, labels, page_text, save

from graph.errors import PageError
from graph.files import sha256
from graph.pages import Page, read_page
from graph.template import template

DAMAGE: dict[str, tuple[Callable[[str], bytes], str, str]] = {
    "nothing in it": (lambda _: b"", "", "is empty"),
    "only space": (lambda _: b" \n\t\n", "", "is empty"),
    "no label of a name": (
        lambda text: text.replace("Kokonaisuuden nimi", "Nimi").encode(),
        ":1",
        "is not a project page",
    ),
    "no section": (lambda text: text[: text.index("Lyhyt kuvaus")].encode(), ":1", "is not a project page"),
    "another page of the web": (lambda _: b"<html><body>Kirjaudu</body></html>", ":1", "is not a project page"),
    "no name": (lambda text: text.replace(TITLE, "").encode(), ":3", "lacks its name"),
    "a placeholder for its name": (lambda text: text.replace(TITLE, "Hanke täyttää").encode(), ":3", "lacks its name"),
    "Latin-1": (lambda text: text.encode("latin-1", "replace"), ":4", "byte 0xe4 is not UTF-8"),
    "a byte of its own": (
        lambda text: text.encode() + b"\n\xff",
        f":{page_text().count(chr(10)) + 2}",
        "byte 0xff is not UTF-8",
    ),
}


@pytest.mark.parametrize("damage", DAMAGE)
def test_what_is_no_page_is_told_with_file_and_line(tmp_path: Path, damage: str) -> None:
    spoil, line, what = DAMAGE[damage]
    path = tmp_path / "rikki.txt"
    path.write_bytes(spoil(page_text()))
    with pytest.raises(PageError) as caught:
        read_page(path)
    assert caught.value.where == f"{path}{line}"
    assert what in caught.value.what
    assert caught.value.hint


def test_a_page_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(PageError, match="cannot be read"):
        read_page(tmp_path / "puuttuu.txt")


def whole(folder: Path) -> Page:
    return read_page(
        save(folder, page_text(results=dated("Eka.\u00a0Toka.\n\n• kohta – ”ääkköset” 😀"), topics="Äitiys\nÖljy"))
    )


def test_the_text_and_its_hash_are_those_of_the_file(tmp_path: Path) -> None:
    page = whole(tmp_path)
    raw = page.path.read_bytes()
    assert page.text.encode() == raw
    assert page.sha256 == sha256(raw)
    assert page.slug == SLUG


def test_a_field_is_what_stands_between_its_label_and_the_next(tmp_path: Path) -> None:
    page = whole(tmp_path)
    assert [field.key for field in page.fields] == list(FIELDS)
    for field, later in zip(page.fields, [*page.fields[1:], None], strict=True):
        label = labels()[field.key]
        assert page.text.split("\n")[field.line - 1] == label
        assert page.text[: field.start].endswith(f"{label}\n")
        assert page.text[field.end :].startswith(labels()[later.key] if later else "")
    results = page.field("results")
    assert results is not None
    assert page.text[results.start : results.end].strip() == f"{AUTUMN}\n\nEka.\u00a0Toka.\n\n• kohta – ”ääkköset” 😀"


def test_lines_are_counted_from_one_in_the_unchanged_text(tmp_path: Path) -> None:
    page = whole(tmp_path)
    lines = page.text.split("\n")
    for offset in range(len(page.text)):
        number = page.line(offset)
        assert (
            sum(len(line) + 1 for line in lines[: number - 1]) <= offset < sum(len(line) + 1 for line in lines[:number])
        )


@pytest.mark.parametrize("value", ["", "Hanke täyttää", "HANKE TÄYTTÄÄ", "  Hanke täyttää.\n", "\u00a0"])
def test_a_placeholder_is_an_absent_value(tmp_path: Path, value: str) -> None:
    assert read_page(save(tmp_path, page_text(span=value))).value("span") == ""


def test_a_field_that_the_page_lacks_is_an_absent_value(tmp_path: Path) -> None:
    page = read_page(save(tmp_path, page_text(span=None)))
    assert page.field("span") is None
    assert page.value("span") == ""
    assert page.value("created") == "01.02.2021"


def test_a_label_before_the_name_opens_no_field(tmp_path: Path) -> None:
    menu = "Tuotokset ja tulokset\nTiimimalli\n\n"
    page = read_page(save(tmp_path, menu + page_text()))
    assert [field.key for field in page.fields] == list(FIELDS)


def test_a_label_counts_only_as_a_line_of_its_own(tmp_path: Path) -> None:
    page = read_page(save(tmp_path, page_text(description="Hankkeen Toimijat ovat kunnat.\nToimijat ja muut")))
    assert page.value("description") == "Hankkeen Toimijat ovat kunnat.\nToimijat ja muut"


def test_space_around_a_label_is_no_part_of_it(tmp_path: Path) -> None:
    page = read_page(save(tmp_path, page_text().replace("\nToimiaika\n", "\n  Toimiaika \u00a0\n")))
    assert page.value("span") == "2020–2022"


@pytest.mark.parametrize("end", ["\r\n"])
def test_other_line_ends_are_read_unchanged(tmp_path: Path, end: str) -> None:
    path = save(tmp_path, page_text().replace("\n", end))
    page = read_page(path)
    assert page.text.encode() == path.read_bytes()
    assert page.value("title") == TITLE
    assert page.value("span") == "2020–2022"


def test_every_field_has_a_part_and_a_key_of_one_part() -> None:
    parts = {key: {part for other, part in template().values() if other == key} for key, _ in template().values()}
    assert {part for found in parts.values() for part in found} == {"header", "plan", "result"}
    assert all(len(found) == 1 for found in parts.values())
    assert {"title", "purpose", "aim", "expected", "results", "impact", "background", "topics", "phenomena"} <= set(
        parts
    )
