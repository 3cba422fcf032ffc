"""The tables and their description, checked by csvwvalidate of the csvw package."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest
from conftest import tool

from graph.exports.tables import METADATA
from graph.snapshot import Snapshot

MISTAKES = {
    "a reference to nothing": ("claims.csv", ",tiimimalli,", ",tiimimali,"),
    "no date": ("adoptions.csv", ",2023-12-31,", ",31.12.2023,"),
    "no number": ("statuses.csv", ",5,true", ",five,true"),
    "a key twice": ("regions.csv", "\nkainuu,", "\nkymenlaakso,"),
    "no header": ("models.csv", "label_sv", "nimi"),
    "a value that is required": ("measures.csv", ",helsinki-final-vastuuparimalli-helsinki,", ",,"),
}


def validated(folder: Path) -> subprocess.CompletedProcess[str]:
    command = [str(tool("csvwvalidate")), "--verbose", str(folder / METADATA)]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)


def test_csvwvalidate_finds_nothing(snapshot: Snapshot) -> None:
    found = validated(snapshot.path / "data" / "csv")
    assert (found.returncode, found.stdout.strip()) == (0, "OK"), found.stdout + found.stderr


@pytest.mark.parametrize(("name", "old", "new"), MISTAKES.values(), ids=MISTAKES.keys())
def test_csvwvalidate_finds_a_mistake(name: str, old: str, new: str, snapshot: Snapshot, tmp_path: Path) -> None:
    folder = shutil.copytree(snapshot.path / "data" / "csv", tmp_path / "csv")
    text = (folder / name).read_bytes().decode("utf-8")
    assert old in text
    (folder / name).write_bytes(text.replace(old, new, 1).encode("utf-8"))
    found = validated(folder)
    assert found.returncode != 0 or "OK" not in found.stdout
