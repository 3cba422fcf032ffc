"""No export holds an e-mail address, a person of the pages or a sentence of theirs: every file is unpacked and looked through."""

from __future__ import annotations

import csv
import gzip
import html
import io
import json
import re
import subprocess
import sys
import zipfile
from pathlib import Path
from shutil import copytree, ignore_patterns

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from conftest import shared

from graph.files import read_text
from graph.names import slug
from graph.snapshot import Snapshot

EMAIL = re.compile(r"[\w.+-]+@[\w-]+\.[A-Za-z]{2,}")
ESCAPED = re.compile(r"\\u([0-9A-Fa-f]{4})")


def texts(name: str, content: bytes) -> dict[str, str]:
    """Return the texts in a file, by name: of what it is packed of, without escapes."""
    if name.endswith(".gz"):
        return texts(name.removesuffix(".gz"), gzip.decompress(content))
    if zipfile.is_zipfile(io.BytesIO(content)):
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            inside = [(each, packed.read(each)) for each in packed.namelist()]
        return {key: text for each, part in inside for key, text in texts(f"{name}/{each}", part).items()}
    if name.endswith(".parquet"):
        rows = pq.read_table(io.BytesIO(content)).to_pylist()
        content = json.dumps(rows, ensure_ascii=False, default=str).encode()
    text = content.decode("utf-8")  # a new binary format has to be unpacked here first
    text = ESCAPED.sub(lambda found: chr(int(found[1], 16)), text)
    if name.endswith(".csv"):
        # Cells are facts of their own: two names side by side are no sentence, though a page may have them in that order.
        text = "\n".join(" nextcell ".join(row) for row in csv.reader(text.splitlines()))
    return {name: html.unescape(text)}


def unpack(source: Path, folder: Path) -> list[str]:
    """Write the texts of every file of a folder into another one, and return them."""
    found: list[str] = []
    for path in sorted(path for path in source.rglob("*") if path.is_file()):
        for name, text in texts(path.relative_to(source).as_posix(), path.read_bytes()).items():
            target = folder / f"{len(found):04}-{slug(name)}.txt"
            target.write_text(f"{name}\n{text}", encoding="utf-8")
            found.append(text)
    return found


def leaks(folder: Path, pages: Path) -> list[str]:
    """Return what the shared scan finds in a folder."""
    script = shared("tools") / "page_leaks.py"
    command = [sys.executable, str(script), str(folder), "--pages", str(pages)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=300)
    assert done.returncode in {0, 1}, done.stderr
    return done.stdout.splitlines()


@pytest.fixture(scope="module")
def unpacked(snapshot: Snapshot, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[str]]:
    """Return all that a snapshot publishes as text files in one folder: its exports, and what lies beside them."""
    folder, published = tmp_path_factory.mktemp("unpacked"), tmp_path_factory.mktemp("published")
    copytree(snapshot.path, published, dirs_exist_ok=True, ignore=ignore_patterns("store", "store-quotes"))
    found = unpack(published, folder)
    assert len(found) >= len(snapshot.files)
    return folder, found


def people(pages: Path) -> set[str]:
    """Return the persons whom the pages name, as written and as in an address."""
    named = {
        name.strip()
        for path in pages.glob("*.txt")
        for name in re.findall(r"Yhteyshenkilön nimi\n(.+)", read_text(path))
    }
    return named | {slug(name) for name in named}


def test_no_export_holds_a_person_an_address_or_a_sentence_of_a_page(
    unpacked: tuple[Path, list[str]], pages: Path
) -> None:
    assert leaks(unpacked[0], pages) == []


def test_no_export_holds_an_email_address_at_all(unpacked: tuple[Path, list[str]]) -> None:
    assert [EMAIL.findall(text) for text in unpacked[1] if EMAIL.search(text)] == []


def test_no_export_holds_a_name_in_any_writing(unpacked: tuple[Path, list[str]], pages: Path) -> None:
    named = people(pages)
    assert named
    assert [text[:80] for text in unpacked[1] for name in named if name.casefold() in text.casefold()] == []


def pack(kind: str, text: str, path: Path) -> None:
    """Write a text as an export would."""
    if kind == "gz":
        path.write_bytes(gzip.compress(text.encode()))
    elif kind == "xlsx":
        with zipfile.ZipFile(path, "w") as packed:
            packed.writestr("xl/sharedStrings.xml", f"<sst><si><t>{html.escape(text)}</t></si></sst>")
    elif kind == "parquet":
        pq.write_table(pa.table({"label": [text]}), path)
    elif kind == "json":
        path.write_text(json.dumps({"label": text}), encoding="utf-8")
    else:
        path.write_text(text, encoding="utf-8")


@pytest.mark.parametrize("what", ["person", "address", "sentence"])
@pytest.mark.parametrize("kind", ["gz", "xlsx", "parquet", "json", "csv"])
def test_what_is_planted_is_found_in_every_kind_of_file(tmp_path: Path, pages: Path, kind: str, what: str) -> None:
    text = read_text(pages / "helsinki.txt")
    found = {
        "person": re.findall(r"Yhteyshenkilön nimi\n(.+)", text),
        "address": EMAIL.findall(text),
        "sentence": re.findall(r"(?:[\w-]+ ){13}[\w-]+", text),
    }[what]
    planted, folder = tmp_path / "exports", tmp_path / "unpacked"
    planted.mkdir()
    folder.mkdir()
    pack(kind, found[0], planted / f"table.{kind}")
    assert unpack(planted, folder)
    assert leaks(folder, pages) != []


def test_a_binary_format_that_nobody_unpacks_stops_the_scan(tmp_path: Path) -> None:
    (tmp_path / "graph.bin").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(UnicodeDecodeError):
        unpack(tmp_path, tmp_path)
