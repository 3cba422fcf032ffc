"""Reading and writing files: an error names file and line, a write is whole."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from graph.errors import DataError, LexiconError, PageError
from graph.files import read_table, read_text, sha256, tree_hash, write_whole


def saved(folder: Path, content: bytes, name: str = "taulu.csv") -> Path:
    path = folder / name
    path.write_bytes(content)
    return path


def test_a_text_comes_back_unchanged(tmp_path: Path) -> None:
    assert read_text(saved(tmp_path, b"eka\r\ntoka\xc2\xa0\n\n")) == "eka\r\ntoka\u00a0\n\n"


def test_a_byte_that_is_not_utf8_is_named_with_its_line(tmp_path: Path) -> None:
    path = saved(tmp_path, "ensimmäinen\ntoinen\n".encode() + b"kolmas \xe4\n")
    with pytest.raises(PageError) as caught:
        read_text(path, PageError)
    assert (caught.value.what, caught.value.where) == ("byte 0xe4 is not UTF-8", f"{path}:3")
    assert "UTF-8" in caught.value.hint


def test_a_missing_file_says_so_without_a_chain_of_exceptions(tmp_path: Path) -> None:
    with pytest.raises(LexiconError, match="cannot be read") as caught:
        read_text(tmp_path / "puuttuu.txt", LexiconError)
    assert caught.value.where == str(tmp_path / "puuttuu.txt")
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="cannot be read"):
        read_text(tmp_path)


def test_rows_come_with_their_lines_and_without_outer_space(tmp_path: Path) -> None:
    path = saved(tmp_path, b'nimi,arvo\n a , 1 \n\n"b, toinen",2\n')
    rows = list(read_table(path, ["nimi"]))
    assert rows == [(2, {"nimi": "a", "arvo": "1"}), (4, {"nimi": "b, toinen", "arvo": "2"})]


def test_a_missing_column_is_named_on_the_first_line(tmp_path: Path) -> None:
    path = saved(tmp_path, b"nimi\nx\n")
    with pytest.raises(DataError, match="no column arvo, laji") as caught:
        list(read_table(path, ["nimi", "arvo", "laji"]))
    assert caught.value.where == f"{path}:1"
    assert caught.value.hint == "the header needs nimi,arvo,laji"


def test_an_empty_table_lacks_its_columns(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="no column nimi"):
        list(read_table(saved(tmp_path, b""), ["nimi"]))


@pytest.mark.parametrize(("row", "cells"), [("yksi", 1), ("yksi,2,kolme", 3)])
def test_a_row_of_another_width_is_named_with_its_line(tmp_path: Path, row: str, cells: int) -> None:
    path = saved(tmp_path, f"nimi,arvo\nhyvä,1\n{row}\n".encode())
    with pytest.raises(LexiconError, match=f"{cells} cells where the header has 2") as caught:
        list(read_table(path, ["nimi"], LexiconError))
    assert caught.value.where == f"{path}:3"


def test_a_write_makes_the_folder_and_replaces_the_file(tmp_path: Path) -> None:
    path = tmp_path / "uusi" / "tiedosto.txt"
    write_whole(path, "äiti\n")
    write_whole(path, b"is\xc3\xa4\n")
    assert path.read_bytes() == "isä\n".encode()
    assert [each.name for each in path.parent.iterdir()] == ["tiedosto.txt"]


def test_a_write_that_fails_leaves_the_old_content(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = saved(tmp_path, b"vanha", "tiedosto.txt")

    def fail(_: Path, content: bytes) -> int:
        raise OSError(28, f"no space for {len(content)} bytes")

    monkeypatch.setattr(Path, "write_bytes", fail)
    with pytest.raises(DataError, match="cannot be written"):
        write_whole(path, "uusi")
    assert path.read_text(encoding="utf-8") == "vanha"


def test_a_reader_never_sees_a_part(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = saved(tmp_path, b"vanha", "tiedosto.txt")
    seen = []
    replace = Path.replace

    def look_first(part: Path, target: Path) -> Path:
        seen.append((part.read_bytes(), target.read_bytes()))
        return replace(part, target)

    monkeypatch.setattr(Path, "replace", look_first)
    write_whole(path, "uusi")
    assert seen == [(b"uusi", b"vanha")]
    assert path.read_bytes() == b"uusi"


def test_a_hash_is_that_of_the_bytes() -> None:
    assert sha256("ä".encode()) == hashlib.sha256(b"\xc3\xa4").hexdigest()


def test_the_hash_of_a_tree_sees_names_and_contents_and_no_order(tmp_path: Path) -> None:
    one, two = saved(tmp_path, b"1", "a"), saved(tmp_path, b"2", "b")
    whole = tree_hash([one, two], tmp_path)
    assert tree_hash([two, one], tmp_path) == whole
    one.write_bytes(b"2")
    two.write_bytes(b"1")
    assert tree_hash([one, two], tmp_path) != whole
    one.write_bytes(b"1")
    two.write_bytes(b"2")
    assert tree_hash([one, two.rename(tmp_path / "c")], tmp_path) != whole


def test_where_the_folder_lies_does_not_change_its_hash(tmp_path: Path) -> None:
    hashes = set()
    for name in ("eka", "toka"):
        (tmp_path / name).mkdir()
        hashes.add(tree_hash([saved(tmp_path / name, b"1", "a")], tmp_path / name))
    assert len(hashes) == 1
