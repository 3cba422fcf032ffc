"""The files for Neo4j, by the rules of `neo4j-admin database import`: no server of it can be had here, so a checker of ours reads them."""

from __future__ import annotations

import csv
import re
import shutil
from collections import Counter
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from graph.exports.table import SEPARATOR
from graph.snapshot import Snapshot

# The import documentation's field types that we use, and how a value of them reads.
READ: dict[str, Callable[[str], object]] = {"string": str, "int": int, "double": float, "date": date.fromisoformat}
FIELD = re.compile(r"(?P<name>[a-z0-9_]*):(?P<type>ID|LABEL|START_ID|END_ID|TYPE|[a-z]+(?:\[\])?)")
MISTAKES = {
    "an id twice": ("models.csv", "model/ipc,", "model/tiimimalli,", "twice"),
    "an end that is not there": ("relationships.csv", ",model/ipc,", ",model/none,", "model/none"),
    "no number": ("claims.csv", "measures:int", "label_x:int", "is no int"),
    "a type that there is not": ("pages.csv", "created:date", "created:day", "day"),
    "no label": ("regions.csv", ":LABEL", "kind:string", "LABEL"),
    "an empty type": ("reported_in.csv", ",REPORTED_IN,", ",,", "TYPE"),
}


def check(folder: Path) -> tuple[Counter[str], Counter[str]]:
    """Return how many nodes of each label and relationships of each type there are.

    :raises ValueError: what the importer would refuse.
    """
    labels, types, ids, ends = Counter[str](), Counter[str](), set[str](), set[str]()
    for path in sorted(folder.glob("*.csv")):
        with path.open(encoding="utf-8", newline="") as text:
            header, *lines = csv.reader(text, strict=True)
        kinds = [kind_of(field, path) for field in header]
        special = [kind for kind in kinds if kind.isupper()]
        if sorted(special) not in (["ID", "LABEL"], ["END_ID", "START_ID", "TYPE"]):
            raise ValueError(f"{path.name} has {special}: nodes need ID and LABEL, relationships TYPE and both ends")
        for line in lines:
            if len(line) != len(header):
                raise ValueError(f"{path.name}: {line} has not {len(header)} fields")
            for kind, cell in zip(kinds, line, strict=True):
                value(kind, cell, path)
            row = dict(zip(kinds, line, strict=True))
            if "ID" in row:
                if row["ID"] in ids:
                    raise ValueError(f"{row['ID']} is twice there")
                ids.add(row["ID"])
                labels.update(row["LABEL"].split(SEPARATOR))
            else:
                ends |= {row["START_ID"], row["END_ID"]}
                types[row["TYPE"]] += 1
    if ends - ids:
        raise ValueError(f"no node {sorted(ends - ids)[:3]}")
    return labels, types


def kind_of(field: str, path: Path) -> str:
    found = FIELD.fullmatch(field)
    if not found or not (found["type"].isupper() or found["type"].removesuffix("[]") in READ):
        raise ValueError(f"{path.name}: {field} is no field of a header")
    return found["type"]


def value(kind: str, cell: str, path: Path) -> None:
    if kind.isupper():
        if not cell:
            raise ValueError(f"{path.name}: {kind} is empty")
        return
    for each in cell.split(SEPARATOR) if kind.endswith("[]") else [cell]:
        try:
            READ[kind.removesuffix("[]")](each) if each else None
        except ValueError:
            raise ValueError(f"{path.name}: {each!r} is no {kind}") from None


@pytest.fixture(scope="module")
def folder(snapshot: Snapshot) -> Path:
    return snapshot.path / "data" / "neo4j"


def test_every_file_is_one_that_the_importer_takes(folder: Path, snapshot: Snapshot) -> None:
    labels, types = check(folder)
    assert labels["Claim"] == types["ADOPTION"] == snapshot.manifest["counts"]["claims"]
    assert labels["Region"] == types["ORGANISER"] == 23
    assert labels["Adoption"] == types["REPORTED_IN"]
    assert labels["Measure"] == types["CLAIM"] > 0
    assert labels["Entity"] == sum(labels[each] for each in labels if each not in {"Entity", "Region"})
    assert {
        "MODEL",
        "REGION",
        "PLACE",
        "PROJECT",
        "SOURCE",
        "WITHIN",
        "CONTINUES_IN",
        "PARTNER",
        "FAMILY",
    } <= types.keys()


@pytest.mark.parametrize(("name", "old", "new", "said"), MISTAKES.values(), ids=MISTAKES.keys())
def test_the_checker_finds_mistakes(name: str, old: str, new: str, said: str, folder: Path, tmp_path: Path) -> None:
    shutil.copytree(folder, tmp_path / "neo4j")
    path = tmp_path / "neo4j" / name
    text = path.read_text(encoding="utf-8")
    changed = text.replace(old, new, 1)
    if said == "is no int":
        changed = re.sub(r",0,Claim\|", ",many,Claim|", text, count=1)
    assert changed != text
    path.write_text(changed, encoding="utf-8")
    with pytest.raises(ValueError, match=said):
        check(tmp_path / "neo4j")


def test_the_script_loads_every_file_and_column(folder: Path) -> None:
    script = (folder / "load.cypher").read_text(encoding="utf-8")
    statements = [each.strip() for each in script.split(";\n") if each.strip()]
    assert statements[0].endswith("CREATE CONSTRAINT entity_id IF NOT EXISTS FOR (n:Entity) REQUIRE n.id IS UNIQUE")
    read: dict[str, set[str]] = {}
    for each in statements[1:]:
        name = re.search(r"FROM 'file:///([a-z_]+\.csv)' AS row\n", each)
        assert name
        assert each.count("(") == each.count(")")
        assert each.count("{") == each.count("}")
        read.setdefault(name[1], set()).update(re.findall(r"row\['([^']+)'\]", each))
    types = set(re.findall(r"WHERE row\[':TYPE'\] = '([A-Z_]+)'", script))
    assert types == set(check(folder)[1]) == set(re.findall(r"-\[:([A-Z_]+)", script))
    for path in folder.glob("*.csv"):
        header = path.read_text(encoding="utf-8").splitlines()[0].split(",")
        assert read[path.name] | {":LABEL"} == set(header) | {":LABEL"}
