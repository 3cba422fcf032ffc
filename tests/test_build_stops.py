"""One broken record stops the build: the message says which record, which field and what is allowed, and nothing is published."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from graph import records
from graph.cli import main

BROKEN = "ita-uusimaa"
Document = dict[str, Any]
Change = Callable[[Document], object]


def project(record: Document) -> Document:
    return dict.__getitem__(record["contents"], "describes")  # type: ignore[no-any-return]


def claim(record: Document) -> Document:
    return record["contents"]["claims"][3]  # type: ignore[no-any-return]


def rename(node: Document, old: str, new: str) -> None:
    node[new] = node.pop(old)


def without(node: Document, key: str) -> None:
    del node[key]


# What a steward did -> how, and words that the message must have: record, field, value, what is allowed.
MISTAKES: dict[str, tuple[Change, list[str]]] = {
    "a county code of one digit": (lambda record: project(record)["region"].update(code="3"), ["region/ita-uusimaa", "code", '"3"', "two digits"]),
    "a code of another county": (lambda record: project(record)["region"].update(code="04"), ["region/", "code", "04"]),
    "a status of no scheme": (
        lambda record: claim(record).update(status="scheme/status/rooted"),
        ["claim/ita-uusimaa", "status", "rooted", "established", "not-started"],
    ),
    "an e-mail in a label": (
        lambda record: project(record).update(label={"fi": "Koehanke, kysy: joku@example.org"}),
        ["project/ita-uusimaa", "label", "e-mail"],
    ),
    "a model that is not there": (lambda record: claim(record).update(model="model/tiimimali"), ["claim/ita-uusimaa", "model", "tiimimali"]),
    "a place that is not there": (lambda record: claim(record).update(place="municipality/keksila"), ["claim/ita-uusimaa", "place", "keksila"]),
    "a place of another county": (lambda record: claim(record).update(place="municipality/kajaani"), ["claim/ita-uusimaa", "place", "kajaani"]),
    "a misspelt key": (lambda record: rename(claim(record), "status", "statsu"), ["statsu", "did you mean 'status'"]),
    "a missing field": (lambda record: without(claim(record), "model"), ["claim/ita-uusimaa", "model"]),
    "a missing name": (lambda record: without(claim(record), "id"), ["id"]),
    "a period of no form": (
        lambda record: claim(record).update(period="scheme/period/kesa-2022", periodLabel="kesä 2022"),
        ["claim/ita-uusimaa", "period", "kesä 2022", "YYYY"],
    ),
    "offsets the wrong way round": (
        lambda record: claim(record)["evidence"]["selector"].update(start=90, end=80),
        ["claim/ita-uusimaa", "start", "90"],
    ),
    "evidence behind the page's end": (
        lambda record: claim(record)["evidence"]["selector"].update(end=10**7),
        ["claim/ita-uusimaa", "end", "10000000"],
    ),
    "a day that no calendar has": (lambda record: record["contents"].update(created="2021-02-30"), ["page/ita-uusimaa", "created", "2021-02-30"]),
    "a sentence of a page": (
        lambda record: project(record).update(label={"fi": "yksi kaksi kolme neljä viisi kuusi seitsemän kahdeksan yhdeksän kymmenen " * 3}),
        ["project/ita-uusimaa", "label"],
    ),
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a copy of the shipped records that a test may break."""
    return shutil.copytree(records.RECORDS, tmp_path / "records")


def build(folder: Path) -> Result:
    return CliRunner().invoke(main, ["build", "--records", str(folder), "--out", str(folder.parent / "out")])


def stopped(result: Result, folder: Path) -> str:
    """Return the message of a build that stopped as it should: exit code 1, no traceback, nothing published."""
    assert result.exit_code == 1
    assert isinstance(result.exception, SystemExit)
    assert "Traceback" not in result.output
    out = folder.parent / "out"
    assert not out.exists() or not list(out.iterdir())
    assert "published" not in result.output
    return result.stderr


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_stops_the_build_and_is_told_with_record_field_and_what_is_allowed(folder: Path, mistake: str) -> None:
    change, words = MISTAKES[mistake]
    path = folder / f"{BROKEN}.json"
    record = records.read_record(path)
    change(record)
    records.write_record(folder, record)
    message = stopped(build(folder), folder)
    assert f"{BROKEN}.json" in message
    assert [word for word in words if word not in message] == []


@pytest.mark.parametrize("mistake", ["a county code of one digit", "a status of no scheme", "a misspelt key", "an e-mail in a label"])
def test_a_mistake_is_told_with_the_line_where_it_stands(folder: Path, mistake: str) -> None:
    change, _ = MISTAKES[mistake]
    path = folder / f"{BROKEN}.json"
    before = path.read_text(encoding="utf-8").splitlines()
    record = records.read_record(path)
    change(record)
    records.write_record(folder, record)
    after = path.read_text(encoding="utf-8").splitlines()
    told = [int(number) for number in re.findall(rf"{BROKEN}\.json:(\d+)", stopped(build(folder), folder))]
    assert [number for number in told if after[number - 1] not in before]


def test_an_e_mail_is_not_repeated_in_the_message(folder: Path) -> None:
    record = records.read_record(folder / f"{BROKEN}.json")
    MISTAKES["an e-mail in a label"][0](record)
    records.write_record(folder, record)
    assert "joku@example.org" not in build(folder).output


def test_broken_json_is_told_with_its_line(folder: Path) -> None:
    path = folder / f"{BROKEN}.json"
    lines = path.read_text(encoding="utf-8").split("\n")
    lines[9] = lines[9].rstrip(",") + ",,"
    path.write_text("\n".join(lines), encoding="utf-8")
    message = stopped(build(folder), folder)
    assert f"{path}:10: is no JSON" in message
    assert "what to do:" in message


def test_a_record_that_is_not_utf8_is_told_with_its_line(folder: Path) -> None:
    path = folder / f"{BROKEN}.json"
    path.write_bytes(path.read_bytes().replace("ä".encode(), b"\xe4", 1))
    message = stopped(build(folder), folder)
    assert "byte 0xe4 is not UTF-8" in message
    assert re.search(rf"{BROKEN}\.json:\d+:", message)


def test_a_folder_without_records_is_told(tmp_path: Path) -> None:
    (tmp_path / "records").mkdir()
    message = stopped(build(tmp_path / "records"), tmp_path / "records")
    assert "holds no record" in message
    assert "levikki read" in message


def test_a_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    message = stopped(build(tmp_path / "records"), tmp_path / "records")
    assert str(tmp_path / "records") in message


def test_a_record_that_links_to_a_missing_one_is_told(folder: Path) -> None:
    record = records.read_record(folder / f"{BROKEN}.json")
    claim(record)["repeats"] = "claim/helsinki-final-olematon-helsinki"
    records.write_record(folder, record)
    message = stopped(build(folder), folder)
    assert f"{BROKEN}.json" in message
    assert "repeats" in message


def test_every_mistake_of_several_records_is_told_at_once(folder: Path) -> None:
    for slug, code in (("ita-uusimaa", "3"), ("helsinki", "9")):
        record = records.read_record(folder / f"{slug}.json")
        project(record)["region"]["code"] = code
        records.write_record(folder, record)
    message = stopped(build(folder), folder)
    assert "ita-uusimaa.json" in message
    assert "helsinki.json" in message


def test_a_build_that_stops_leaves_what_was_published(folder: Path) -> None:
    shutil.copy(folder / "helsinki.json", folder.parent / "one.json")
    single = folder.parent / "single"
    single.mkdir()
    shutil.copy(folder / "helsinki.json", single / "helsinki.json")
    good = build(single)
    assert good.exit_code == 0
    out = folder.parent / "out"
    before = {path.name: path.is_symlink() and path.readlink() for path in out.iterdir()}
    record = records.read_record(single / "helsinki.json")
    record["contents"]["claims"][0]["status"] = "scheme/status/rooted"
    (single / "helsinki.json").write_text(json.dumps(record), encoding="utf-8")
    assert build(single).exit_code == 1
    assert {path.name: path.is_symlink() and path.readlink() for path in out.iterdir()} == before
