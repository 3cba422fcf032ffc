"""The alignments, looked at by sssom-py: every file holds, as kept and as exported, and a broken one does not."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from conftest import tool

from graph.alignments import FOLDER
from graph.snapshot import Snapshot

FILES = sorted(FOLDER.glob("*.sssom.tsv"))
CHECKS = ("JsonSchema", "PrefixMapCompleteness", "StrictCurieFormat")


def validate(path: Path, *checks: str) -> subprocess.CompletedProcess[str]:
    chosen = [part for check in checks or CHECKS for part in ("-V", check)]
    command = [str(tool("sssom")), "validate", *chosen, str(path)]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name.partition(".")[0])
def test_sssom_finds_a_file_valid(path: Path) -> None:
    told = validate(path)
    assert told.returncode == 0, told.stderr


def test_sssom_finds_the_exported_files_valid(snapshot: Snapshot) -> None:
    paths = [snapshot.path / "data" / each.path for each in snapshot.files if each.format == "sssom"]
    assert len(paths) == len(FILES)
    for path in paths:
        told = validate(path)
        assert told.returncode == 0, told.stderr


# A missing licence or justification, or a name that is no CURIE, passes sssom-py: graph/alignments.py refuses each.
@pytest.mark.parametrize(
    ("right", "wrong"),
    [("\t0.85\t", "\t1.85\t"), ('#  yso: "http://www.yso.fi/onto/yso/"\n', "")],
    ids=["confidence above one", "prefix unknown"],
)
def test_sssom_finds_a_broken_copy_invalid(tmp_path: Path, right: str, wrong: str) -> None:
    text = (FOLDER / "goals.sssom.tsv").read_text(encoding="utf-8")
    assert right in text
    path = tmp_path / "broken.sssom.tsv"
    path.write_text(text.replace(right, wrong), encoding="utf-8")
    assert validate(path).returncode != 0
