"""A broken record stops the build: the message says which record, which field and what is allowed, and nothing is published."""

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
    return record["contents"]["describes"]  # type: ignore[no-any-return]


def claim(record: Document, number: int = 3) -> Document:
    return record["contents"]["claims"][number]  # type: ignore[no-any-return]


def selector(record: Document, number: int) -> Document:
    return claim(record, number)["evidence"]["selector"]  # type: ignore[no-any-return]


def rename(node: Document, old: str, new: str) -> None:
    node[new] = node.pop(old)


# What a steward did -> how, and words that the message must have: thing, field, value, what is allowed.
ALONE: dict[str, tuple[Change, list[str]]] = {
    "a county code of one digit": (
        lambda record: project(record)["region"].update(code="3"),
        ["region/ita-uusimaa", "code", '"3"', "two digits"],
    ),
    "a status of no scheme": (
        lambda record: claim(record).update(status="scheme/status/rooted"),
        ["claim/ita-uusimaa", "status", "rooted", "established", "not-started"],
    ),
    "an e-mail in a label": (
        lambda record: project(record).update(label={"fi": "Koehanke, kysy: joku@example.org"}),
        ["project/ita-uusimaa", "label", "no e-mail address may stand in the graph"],
    ),
    "a misspelt key": (lambda record: rename(claim(record), "status", "statsu"), ["statsu", "did you mean 'status'"]),
    "a missing name": (lambda record: claim(record).pop("id"), ['give every node an "id"']),
}
# The same in one record together, each in a claim of its own: (number of the claim, how, words of its finding).
TOGETHER: dict[str, tuple[int, Callable[[Document, int], object], list[str]]] = {
    "a model that is not there": (
        2,
        lambda record, number: claim(record, number).update(model="model/tiimimali"),
        ["model", "tiimimali", "model/tiimimalli"],
    ),
    "a place that is not there": (
        4,
        lambda record, number: claim(record, number).update(place="municipality/keksila"),
        ["place", "keksila"],
    ),
    "a place of another county": (
        5,
        lambda record, number: claim(record, number).update(place="municipality/kajaani"),
        ["kajaani"],
    ),
    "a missing field": (6, lambda record, number: claim(record, number).pop("status"), ["status"]),
    "a period of no form": (
        7,
        lambda record, number: claim(record, number).update(period="scheme/period/kesa", periodLabel="kesä 2022"),
        ["periodLabel", "kesä 2022", "YYYY-spring"],
    ),
    "offsets the wrong way round": (
        8,
        lambda record, number: selector(record, number).update(start=90, end=80),
        ["start", "90"],
    ),
    "evidence behind the page's end": (
        9,
        lambda record, number: selector(record, number).update(end=10**7),
        ["number of characters"],
    ),
    "a line of letters": (
        10,
        lambda record, number: claim(record, number)["evidence"].update(line="kolme"),
        ["line", "kolme"],
    ),
    "a goal of no scheme": (
        11,
        lambda record, number: claim(record, number).update(goal="scheme/programme-goal/nopeus"),
        ["goal", "nopeus", "saatavuus"],
    ),
    "a claim repeated that is not there": (
        12,
        lambda record, number: claim(record, number).update(repeats="claim/olematon"),
        ["repeats", "olematon"],
    ),
    "another county than the project's": (
        13,
        lambda record, number: claim(record, number).update(region="region/kainuu"),
        ["region", "kainuu"],
    ),
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a copy of two shipped records that a test may break; the test of mistakes together has all of them."""
    copied = tmp_path / "records"
    copied.mkdir()
    for slug in (BROKEN, "helsinki"):
        shutil.copy(records.RECORDS / f"{slug}.json", copied)
    return copied


def spoil(folder: Path, change: Change, slug: str = BROKEN) -> Path:
    record = records.read_record(folder / f"{slug}.json")
    change(record)
    return records.write_record(folder, record)


def build(folder: Path) -> Result:
    return CliRunner().invoke(main, ["build", "--records", str(folder), "--out", str(folder.parent / "out")])


def stopped(folder: Path) -> str:
    """Build, hold that it stopped as it should (exit code 1, no traceback, nothing published), and return the message."""
    result = build(folder)
    assert result.exit_code == 1
    assert isinstance(result.exception, SystemExit)
    assert "Traceback" not in result.output
    assert "published" not in result.output
    out = folder.parent / "out"
    assert not out.exists() or not list(out.iterdir())
    return result.stderr


@pytest.mark.parametrize("mistake", ALONE)
def test_a_mistake_stops_the_build_and_says_where_what_and_what_is_allowed(folder: Path, mistake: str) -> None:
    change, words = ALONE[mistake]
    before = (folder / f"{BROKEN}.json").read_text(encoding="utf-8").splitlines()
    after = spoil(folder, change).read_text(encoding="utf-8").splitlines()
    message = stopped(folder)
    assert [word for word in words if word not in message] == []
    assert f"{BROKEN}.json" in message
    if mistake != "a missing name":
        # The line of the field; its value may be on the next one.
        told = {int(number) for number in re.findall(rf"{BROKEN}\.json:(\d+)", message)}
        changed = {number for number, line in enumerate(after, 1) if line not in before}
        assert {*told, *(number + 1 for number in told)} & changed


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> tuple[Document, str]:
    """Return a record with a mistake in each of several claims, and what the build says of it."""
    folder = shutil.copytree(records.RECORDS, tmp_path_factory.mktemp("together") / "records")
    record = records.read_record(folder / f"{BROKEN}.json")
    for number, change, _ in TOGETHER.values():
        change(record, number)
    records.write_record(folder, record)
    spoil(folder, lambda other: project(other)["region"].update(code="9"), "helsinki")
    return record, stopped(folder)


@pytest.mark.parametrize("mistake", TOGETHER)
def test_each_of_several_mistakes_is_told_with_its_claim(report: tuple[Document, str], mistake: str) -> None:
    record, message = report
    number, _, words = TOGETHER[mistake]
    name = claim(record, number)["id"]
    findings = [part for part in message.split("\n\n") if re.search(rf"{re.escape(name)}(?![\w-])", part)]
    assert [part for part in findings if all(word in part for word in words)], findings
    assert all(part.startswith("data/records/ita-uusimaa.json") for part in findings)


def test_mistakes_of_several_records_are_told_at_once(report: tuple[Document, str]) -> None:
    _, message = report
    assert "ita-uusimaa.json" in message
    assert re.search(r"helsinki\.json:\d+  region/helsinki  code is \"9\"", message)
    assert re.search(r"(?m)^\d+ findings in .*helsinki\.json", message)


@pytest.mark.parametrize(
    ("spoiled", "line", "what"),
    [
        (lambda text: text.replace('"language": "fi",', '"language": "fi",,').encode(), None, "is no JSON"),
        (
            lambda text: text.replace("ä", "\ufffe", 1).encode().replace("\ufffe".encode(), b"\xe4"),
            None,
            "byte 0xe4 is not UTF-8",
        ),
        (lambda _: b"", 1, "is no JSON"),
        (lambda _: b"[]\n", 1, "is no record"),
    ],
    ids=["broken JSON", "Latin-1", "empty", "a list"],
)
def test_a_file_that_cannot_be_read_is_told_with_its_line(
    folder: Path, spoiled: Callable[[str], bytes], line: int | None, what: str
) -> None:
    path = folder / f"{BROKEN}.json"
    content = spoiled(path.read_text(encoding="utf-8"))
    path.write_bytes(content)
    broken = next(
        (
            place
            for place, raw in enumerate(content.split(b"\n"), 1)
            if b",," in raw or b"\xe4n" in raw or raw.count(b"\xe4")
        ),
        line,
    )
    message = stopped(folder)
    assert f"{path}:{line or broken}: {what}" in message
    assert "what to do:" in message


def test_a_folder_without_records_is_told(tmp_path: Path) -> None:
    (tmp_path / "records").mkdir()
    message = stopped(tmp_path / "records")
    assert "holds no record" in message
    assert "levikki read" in message


def test_a_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    assert str(tmp_path / "records") in stopped(tmp_path / "records")


def test_what_a_record_links_to_and_is_missing_is_told(folder: Path) -> None:
    """A record is deleted: what others say of its claims or projects hangs in the air."""
    spoil(folder, lambda record: claim(record).update(continuesIn=["project/helsingin-rakenneuudistus"]))
    (folder / "helsinki.json").unlink()
    message = stopped(folder)
    assert "project/helsingin-rakenneuudistus" in message
    assert "continuesIn" in message


def test_a_build_that_stops_leaves_what_was_published(tmp_path: Path) -> None:
    single, out = tmp_path / "single", tmp_path / "out"
    single.mkdir()
    path = shutil.copy(records.RECORDS / "helsinki.json", single)
    assert build(single).exit_code == 0
    before = {each.name: each.is_symlink() and each.readlink() for each in out.iterdir()}
    record = records.read_record(Path(path))
    claim(record, 0)["status"] = "scheme/status/rooted"
    Path(path).write_text(json.dumps(record), encoding="utf-8")
    failed = build(single)
    assert failed.exit_code == 1
    assert "the last good snapshot stays in use" in failed.stderr
    assert {each.name: each.is_symlink() and each.readlink() for each in out.iterdir()} == before
