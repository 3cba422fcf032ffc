"""The tables as CSV, CSVW and Parquet: read back, joined, and compared with the graph that they are of."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from rdflib import Dataset

from graph import pipeline
from graph.errors import DataError, OntologyError
from graph.exports import table as definitions
from graph.exports import tables
from graph.exports.base import Source
from graph.exports.registry import find
from graph.settings import Settings
from graph.snapshot import Snapshot

Rows = list[dict[str, str]]
LANGUAGES = {"fi", "sv", "en"}
# What each table has a row of.
COUNTED = {
    "regions": "?x a lev:Region",
    "models": "?x a lev:PracticeModel",
    "adoptions": "?x a lev:Adoption",
    "claims": "?x a lev:Claim",
    "measures": "?x a lev:Measure",
    "projects": "?x a lev:Project",
    "programmes": "?x a lev:Programme",
    "organisations": "?x a lev:Organisation",
    "pages": "?x a ?page . FILTER(?page IN (lev:SourcePage, lev:ModelPage, lev:ProjectPage))",
    "places": "?x a ?place . FILTER(?place IN (lev:Region, lev:Municipality, lev:Area))",
    "statuses": "?x lev:strength ?rank",
}
TYPES = {
    ("claims", "as_of"): pa.date32(), ("claims", "start"): pa.int32(), ("claims", "partners"): pa.list_(pa.string()),
    ("measures", "value"): pa.float64(), ("statuses", "in_spread"): pa.bool_(), ("projects", "start_year"): pa.int16(),
    ("models", "claims"): pa.int32(), ("adoptions", "adoption"): pa.string(), ("regions", "code"): pa.string(),
}  # fmt: skip


@pytest.fixture(scope="module")
def source(snapshot: Snapshot, settings: Settings) -> Source:
    return Source(snapshot, settings)


@pytest.fixture(scope="module")
def known(source: Source) -> dict[str, definitions.Table]:
    return {each.name: each for each in definitions.tables(source)}


@pytest.fixture(scope="module")
def read(snapshot: Snapshot) -> dict[str, Rows]:
    return {name: rows_of(snapshot.path / "data" / "csv" / f"{name}.csv") for name in definitions.NAMES}


def rows_of(path: Path) -> Rows:
    with path.open(encoding="utf-8", newline="") as text:
        return list(csv.DictReader(text))


def cells(row: dict[str, str], column: definitions.Column) -> list[str]:
    text = row[column.name]
    return text.split(definitions.SEPARATOR) if column.many and text else [text] if text else []


# ---- definitions ----


def test_every_column_has_title_and_description_in_three_languages(known: dict[str, definitions.Table]) -> None:
    for each in known.values():
        assert set(each.title) == set(each.description) == LANGUAGES
        for column in each.columns:
            texts = [*column.title.values(), *column.description.values()]
            assert all(texts), f"{each.name}.{column.name}"
            assert len(texts) == 6
            assert re.fullmatch(r"[a-z][a-z0-9_]*", column.name)


def test_no_column_is_defined_that_no_table_has(known: dict[str, definitions.Table]) -> None:
    used = {column.name for each in known.values() for column in each.columns}
    with (definitions.FOLDER / "columns.csv").open(encoding="utf-8", newline="") as text:
        assert {row["name"] for row in csv.DictReader(text)} - used == {"key"}
    assert {path.stem for path in definitions.FOLDER.glob("*.rq")} == set(known) == set(COUNTED)


def test_a_table_whose_column_is_not_known_is_refused(
    source: Source, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for path in definitions.FOLDER.iterdir():
        text = path.read_text(encoding="utf-8")
        (tmp_path / path.name).write_text(text.replace("?in_reach\n", "?in_reech\n"), encoding="utf-8")
    monkeypatch.setattr(definitions, "FOLDER", tmp_path)
    fresh = Source(source.snapshot, source.settings)  # a source reads its tables once
    with pytest.raises(OntologyError, match="in_reech"):
        definitions.tables(fresh)


def test_a_value_that_holds_the_separator_is_refused(known: dict[str, definitions.Table], source: Source) -> None:
    column = next(each for each in known["models"].columns if each.name == "alt_labels_fi")
    assert definitions._cell(column, {"b", "a"}, source.names) == ["a", "b"]
    with pytest.raises(DataError, match="alt_labels_fi"):
        definitions._cell(column, {"a|b"}, source.names)


# ---- CSV ----


@pytest.mark.parametrize("name", definitions.NAMES)
def test_a_table_has_a_row_for_each_thing_of_its_kind(name: str, read: dict[str, Rows], source: Source) -> None:
    counted = source.select(f"SELECT (COUNT(DISTINCT ?x) AS ?count) {{ {COUNTED[name]} }}")
    assert len(read[name]) == int(str(counted[0]["count"].value)) > 0


@pytest.mark.parametrize("name", definitions.NAMES)
def test_rows_are_ordered_whole_and_not_twice_there(
    name: str, read: dict[str, Rows], known: dict[str, definitions.Table], source: Source
) -> None:
    table = known[name]
    keys = [row[table.key] for row in read[name]]
    assert keys == sorted(set(keys))
    for row in read[name]:
        assert row["iri"] == f"{source.names.base}{table.space}{row[table.key]}"
        assert all(row[column.name] for column in table.columns if column.required)
        assert not [cell for cell in row.values() if cell and "\n" in cell]


@pytest.mark.parametrize("name", definitions.NAMES)
def test_what_a_row_refers_to_is_there(name: str, read: dict[str, Rows], known: dict[str, definitions.Table]) -> None:
    for column in known[name].columns[1:]:
        if not column.refers_to:
            continue
        target = known[column.refers_to]
        keys = {row[target.key] for row in read[target.name]}
        assert {cell for row in read[name] for cell in cells(row, column)} <= keys, column.name


def test_a_column_that_is_a_reference_is_filled_somewhere(
    read: dict[str, Rows], known: dict[str, definitions.Table]
) -> None:
    """Else the test above would hold of nothing."""
    empty = {
        f"{name}.{column.name}"
        for name, each in known.items()
        for column in each.columns
        if not any(row[column.name] for row in read[name])
    }
    assert empty == {"claims.page_address"}  # the five pages were given as files, without addresses


def test_counts_agree_with_the_tables_that_they_count(read: dict[str, Rows]) -> None:
    in_spread = {row["status"] for row in read["statuses"] if row["in_spread"] == "true"}
    in_reach = {row["status"] for row in read["statuses"] if row["in_reach"] == "true"}
    assert in_spread < in_reach
    for row in read["models"]:
        mine = [each for each in read["adoptions"] if each["model"] == row["model"]]
        assert int(row["regions_reported"]) == len(mine)
        assert int(row["claims"]) == sum(each["model"] == row["model"] for each in read["claims"])
        assert row["first_reported_anywhere"] == min((each["first_reported"] for each in mine), default="")
        spread, reach = (sum(each["current_status"] in these for each in mine) for these in (in_spread, in_reach))
        assert (row["spread"], row["reach"]) == ((str(spread), str(reach)) if mine else ("", ""))
    for row in read["regions"]:
        mine = [each for each in read["adoptions"] if each["region"] == row["region"]]
        counted = [
            len(mine),
            *(sum(each["current_status"] in these for each in mine) for these in (in_spread, in_reach)),
        ]
        assert [int(row[f"models_{each}"]) for each in ("reported", "in_use", "in_reach")] == counted


def test_csv_is_rfc_4180(snapshot: Snapshot) -> None:
    for path in (snapshot.path / "data" / "csv").glob("*.csv"):
        content = path.read_bytes()
        assert not content.startswith(b"\xef\xbb\xbf")
        lines = content.decode("utf-8").splitlines(keepends=True)
        assert all(line.endswith("\r\n") for line in lines)
        assert len({len(row) for row in csv.reader(lines)}) == 1


# ---- CSVW ----


def described(source: Source, snapshot: Snapshot) -> Iterator[tuple[str, str, str, str]]:
    """Yield (subject, predicate, value, language) of every cell, as CSVW's rules for RDF make them of the description."""
    for table in tables.metadata(source)["tables"]:
        schema = table["tableSchema"]
        for row in rows_of(snapshot.path / "data" / "csv" / table["url"]):
            for column in schema["columns"]:
                text = row[column["name"]]
                if column.get("suppressOutput") or not text:
                    continue
                about = expanded(column.get("aboutUrl", schema["aboutUrl"]), row)
                for value in text.split(column["separator"]) if "separator" in column else [text]:
                    url = column.get("valueUrl")
                    made = expanded(url, {**row, column["name"]: value}) if url else value
                    yield about, column["propertyUrl"], made, column.get("lang", "")


def expanded(template: str, row: dict[str, str]) -> str:
    return unquote(re.sub(r"\{\+(\w+)\}", lambda found: row[found[1]], template))


def test_what_the_description_says_in_rdf_is_in_the_graph(source: Source, snapshot: Snapshot) -> None:
    quads = Dataset().parse(snapshot.path / "graph.nq", format="nquads").quads()
    graph = {(str(s), str(p), str(o), getattr(o, "language", None) or "") for s, p, o, _ in quads}
    said = list(described(source, snapshot))
    assert [each for each in said if each not in graph] == []
    assert len(said) > 8000


def test_the_description_tells_who_publishes_what_under_which_licence(source: Source) -> None:
    found = tables.metadata(source)
    assert found["dc:license"] == {"@id": source.settings.licence}
    assert found["dc:publisher"] == source.settings.publisher_name
    assert set(found["dc:title"]) == LANGUAGES
    claims = next(each for each in found["tables"] if each["url"] == "claims.csv")
    targets = {each["columnReference"]: each["reference"]["resource"] for each in claims["tableSchema"]["foreignKeys"]}
    assert targets == {
        "adoption": "adoptions.csv", "model": "models.csv", "region": "regions.csv", "place": "places.csv",
        "project": "projects.csv", "page": "pages.csv", "status": "statuses.csv",
    }  # fmt: skip


# ---- Parquet ----


@pytest.mark.parametrize("name", definitions.NAMES)
def test_parquet_holds_the_same_rows(
    name: str, read: dict[str, Rows], known: dict[str, definitions.Table], snapshot: Snapshot
) -> None:
    found = pq.read_table(snapshot.path / "data" / "parquet" / f"{name}.parquet")
    texts = [{column: as_text(value) for column, value in row.items()} for row in found.to_pylist()]
    assert texts == [
        {column.name: as_text(number(row[column.name], column)) for column in known[name].columns} for row in read[name]
    ]
    for field in found.schema:
        assert field.metadata[b"description_sv"]
        assert field.nullable is not next(each for each in known[name].columns if each.name == field.name).required
    assert found.schema.metadata[b"title_fi"].decode() == known[name].title["fi"]


def as_text(value: Any) -> str:
    if isinstance(value, list):
        return definitions.SEPARATOR.join(value)
    return "" if value is None else str(value).lower() if isinstance(value, bool) else str(value)


def number(text: str, column: definitions.Column) -> object:
    return float(text) if column.datatype == "decimal" and text else text


@pytest.mark.parametrize(
    ("place", "kind"), TYPES.items(), ids=lambda value: ".".join(value) if isinstance(value, tuple) else ""
)
def test_parquet_has_types(place: tuple[str, str], kind: pa.DataType, snapshot: Snapshot) -> None:
    schema = pq.read_schema(snapshot.path / "data" / "parquet" / f"{place[0]}.parquet")
    assert schema.field(place[1]).type == kind


def test_parquet_is_written_in_row_groups(source: Source, monkeypatch: pytest.MonkeyPatch, snapshot: Snapshot) -> None:
    monkeypatch.setattr(tables, "_ROW_GROUP", 100)
    out = io.BytesIO()
    next(each for each in find("parquet").files(source) if each.path.endswith("/claims.parquet")).write(out)
    file = pq.ParquetFile(io.BytesIO(out.getvalue()))
    assert [file.metadata.row_group(place).num_rows for place in range(file.num_row_groups)] == [100, 100, 32]
    assert file.read() == pq.read_table(snapshot.path / "data" / "parquet" / "claims.parquet")


# ---- both ----


def test_blocks_of_subjects_change_nothing(
    source: Source, monkeypatch: pytest.MonkeyPatch, known: dict[str, definitions.Table]
) -> None:
    whole = list(definitions.rows(source, known["claims"]))
    monkeypatch.setattr(definitions, "_BLOCK", 7)
    assert list(definitions.rows(source, known["claims"])) == whole


def test_another_base_changes_the_iris_alone(snapshot: Snapshot, tmp_path: Path) -> None:
    other = pipeline.build(Settings(base="https://example.org/leviaminen/", snapshots=tmp_path), say=lambda _: None)
    for name in ("claims", "adoptions", "models", "regions"):
        mine, theirs = (rows_of(each.path / "data" / "csv" / f"{name}.csv") for each in (snapshot, other))
        assert all(row.pop("iri").startswith("https://example.org/leviaminen/id/") for row in theirs)
        assert theirs == [{key: value for key, value in row.items() if key != "iri"} for row in mine]
