"""Give a model that the steward accepts its row in mappings/lexicon/models.csv."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping
from pathlib import Path

from graph.errors import CallError, LexiconError
from graph.files import read_table, read_text, write_whole
from graph.lexicon import FOLDER, LANGUAGES, Entry, load, split
from graph.names import slug
from graph.settings import IS_INSTALLED
from graph.words import Name

KINDS = ("practice-model", "method", "digital-service")
_CALLED = {"fi": "Finnish", "sv": "Swedish", "en": "English"}
COLUMNS = ["id", "kind", "label_fi", "label_sv", "label_en", "names", "hidden"]


def accept(name: str, kind: str, labels: Mapping[str, str], folder: Path = FOLDER) -> str:
    """Write the row of a model in its sorted place; every other byte of the table stays.

    :param name: the candidate's name; it becomes another name of the model where `labels` has a Finnish one that differs.
    :param kind: practice-model, method or digital-service.
    :param labels: language -> preferred label; sv and en are needed, fi is the name with a capital where left out.
    :param folder: where models.csv stands.
    :returns: where the row stands, as file:line.
    :raises CallError: an unknown kind, a label that is missing or cannot stand in a cell, a name that has a row, or a table that came
        with a wheel.
    :raises LexiconError: the table cannot be used.
    """
    if IS_INSTALLED and folder == FOLDER:
        raise CallError(
            "what was installed is not written", str(folder), "accept it in a checkout, and make a wheel of that"
        )
    name = name.strip()
    given = {code: labels.get(code, "").strip() for code in LANGUAGES}
    given["fi"] = given["fi"] or name[:1].upper() + name[1:]
    others = (name,) if _key(name) != _key(given["fi"]) else ()
    _check(kind, given, others)
    path = folder / "models.csv"
    entry = Entry(slug(given["fi"]), given, others)
    after = _refuse_double(path, entry)
    row = {
        "id": entry.id,
        "kind": kind,
        **{f"label_{code}": given[code] for code in LANGUAGES},
        "names": name if others else "",
    }
    write_whole(path, _inserted(read_text(path, LexiconError), row, after))
    load.cache_clear()
    return f"{path}:{after + 1}"


def _check(kind: str, labels: Mapping[str, str], others: tuple[str, ...]) -> None:
    if kind not in KINDS:
        raise CallError(f"unknown kind {kind!r}", "--kind", f"one of {', '.join(KINDS)}")
    for code, label in labels.items():
        if not slug(label):
            raise CallError(
                f"no label in {_CALLED[code]}", f"--{code}", "a model has a label in each of the three languages"
            )
    wrong = next((each for each in (*labels.values(), *others) if "|" in each or len(each.splitlines()) > 1), None)
    if wrong:
        raise CallError(
            f"{wrong!r} holds a vertical bar or a line break", "name", "write it in one line, without the bar"
        )


def _key(name: str) -> tuple[str, ...]:
    return Name.of(name).words


def _rows(path: Path) -> Iterator[tuple[int, Entry]]:
    for line, row in read_table(path, COLUMNS, LexiconError):
        yield line, Entry(row["id"], {"fi": row["label_fi"]}, split(row["names"]), split(row["hidden"]))


def _refuse_double(path: Path, entry: Entry) -> int:
    """Return behind which line the entry's row belongs.

    :raises CallError: its id, or one of its names, has a row; with file and line.
    """
    new = {_key(name) for name in entry.all_names()}
    after = 1
    for line, known in _rows(path):
        double = next((name for name in known.all_names() if _key(name) in new), None)
        if double or known.id == entry.id:
            hint = "add what differs to that row's names, or give the new model another name"
            raise CallError(f"the table has {double or known.label!r} as {known.label!r}", f"{path}:{line}", hint)
        if known.id < entry.id:
            after = line
    return after


def _inserted(text: str, row: Mapping[str, str], after: int) -> str:
    lines = text.splitlines(keepends=True)
    columns = next(csv.reader(lines[:1]))
    end = "\r\n" if lines[0].endswith("\r\n") else "\n"
    cells = io.StringIO()
    csv.writer(cells, lineterminator="").writerow([row.get(column.strip(), "") for column in columns])
    if after == len(lines) and not lines[-1].endswith(("\n", "\r")):
        return text + end + cells.getvalue()
    return "".join([*lines[:after], cells.getvalue() + end, *lines[after:]])
