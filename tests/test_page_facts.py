"""Pages known by address and facts alone: what a table's rows become, and what a row may not say."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from page_factory import lexicon, save

from graph import pipeline, records
from graph.checking import check_target
from graph.errors import RecordError
from graph.files import read_table
from graph.names import Names
from graph.page_facts import COLUMNS, read_facts
from graph.settings import ROOT, Settings

HEADER = ",".join(COLUMNS)
PLACE = "https://example.org/fi/toimintamalli"
ROW = f'{PLACE}/tiimimalli-kainuu,toimintamalli,"Tiimimalli, Kainuun hva (RRP, P4, I1)",Kainuu,Kunta; STM,Koehanke,2024-05-17,2025-02-06'
SHIPPED = ROOT / "data" / "records" / "innokyla"


def table(folder: Path, *rows: str) -> Path:
    path = folder / "sivut.csv"
    path.write_text("\n".join([HEADER, *rows, ""]), encoding="utf-8")
    return path


def made(folder: Path, *rows: str) -> list[dict[str, Any]]:
    return [record["contents"] for record in read_facts(table(folder, *rows), lexicon())]


def row(**given: str) -> str:
    facts = {"url": f"{PLACE}/koe", "type": "toimintamalli", "name": "Koemalli", **given}
    return ",".join(f'"{facts.get(column, "")}"' for column in COLUMNS)


def test_a_row_becomes_a_record_with_its_address(tmp_path: Path) -> None:
    assert made(tmp_path, ROW) == [
        {
            "id": "page/tiimimalli-kainuu",
            "type": "ModelPage",
            "label": {"fi": "Tiimimalli, Kainuun hva (RRP, P4, I1)"},
            "address": f"{PLACE}/tiimimalli-kainuu",
            "created": "2024-05-17",
            "modified": "2025-02-06",
            "region": ["region/kainuu"],
            "model": "model/tiimimalli",
            "funder": ["organisation/sosiaali-ja-terveysministerio"],
            "fundingSource": ["Kunta"],
            "parent": ["Koehanke"],
        }
    ]


def test_a_project_of_which_nothing_else_is_known_is_named(tmp_path: Path) -> None:
    (found,) = made(tmp_path, row(type="kokonaisuus", name="Tiimimalli"))
    assert found == {
        "id": "page/koe", "type": "ProjectPage", "label": {"fi": "Tiimimalli"}, "address": f"{PLACE}/koe",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("cell", "regions", "places"),
    [
        ("Kainuu; Lappi", ["region/kainuu", "region/lappi"], []),
        ("Uusimaa; Helsinki", ["region/helsinki"], ["area/uusimaa"]),
        ("Valtakunnallinen; Lappi", ["region/lappi"], ["area/suomi"]),
        ("Itä-Suomen yhteistyöalue", [], ["area/ita-suomen-yhteistyoalue"]),
        ("Etelä-Suomen yhteistoiminta-alue", [], ["area/etela-suomen-yhteistoiminta-alue"]),
        ("", [], []),
    ],
)
def test_regions_are_counties_and_wider_areas_are_places(
    tmp_path: Path, cell: str, regions: list[str], places: list[str]
) -> None:
    (found,) = made(tmp_path, row(regions=cell))
    assert found.get("region", []) == regions
    assert [place if isinstance(place, str) else place["id"] for place in found.get("place", [])] == places


@pytest.mark.parametrize(
    ("cell", "parents"),
    [
        ("Koehanke", ["Koehanke"]),
        ("Koehanke (tekstissä)", ["Koehanke"]),
        ("Koehanke (hanke, tekstissä)", ["Koehanke"]),
        ("Koehanke 2 (nimessä), Koeohjelma", ["Koehanke 2", "Koeohjelma"]),
        ("Koehanke (tekstissä), alku toisessa hankkeessa", ["Koehanke"]),
        ("koestrategia; Koelaajennus", ["koestrategia", "Koelaajennus"]),
        ("Koeohjelma (KOE-ohjelma)", ["Koeohjelma (KOE-ohjelma)"]),
        ("(kenttä täytetty, nimi ei tallenteessa)", []),
    ],
)
def test_a_note_in_a_cell_is_no_part_of_a_parents_name(tmp_path: Path, cell: str, parents: list[str]) -> None:
    (found,) = made(tmp_path, row(parent=cell))
    assert found.get("parent", []) == parents


@pytest.mark.parametrize(
    ("wrong", "what"),
    [
        ({"url": "innokyla.fi/koe"}, "no address of a page"),
        ({"url": "https://example.org"}, "no address of a page"),
        ({"url": "https://nimi@example.org/koe"}, "no address of a page"),
        ({"type": "hanke"}, "type is 'hanke'"),
        ({"name": ""}, "it has no name"),
        ({"regions": "Kainu"}, "'Kainu', which is no region"),
        ({"created": "17.05.2024"}, "'17.05.2024' is no date"),
        ({"modified": "2024-02-30"}, "'2024-02-30' is no date"),
        ({"url": f"{PLACE}/tiimimalli-kainuu"}, "stands on line 2 too"),
    ],
)
def test_a_row_that_cannot_be_used_is_told_with_its_line(tmp_path: Path, wrong: dict[str, str], what: str) -> None:
    path = table(tmp_path, ROW, row(**wrong))
    with pytest.raises(RecordError) as caught:
        list(read_facts(path, lexicon()))
    assert caught.value.where == f"{path}:3"
    assert what in caught.value.what
    assert caught.value.hint


def test_a_misspelt_region_is_told_with_the_one_that_it_looks_like(tmp_path: Path) -> None:
    with pytest.raises(RecordError) as caught:
        made(tmp_path, row(regions="Pohjois-Karjla"))
    assert "Pohjois-Karjala" in caught.value.hint


# ---- In a folder of records ----


def folder(tmp_path: Path) -> Path:
    for record in read_facts(table(tmp_path, ROW, row(type="kokonaisuus", regions="Valtakunnallinen")), lexicon()):
        records.write_record(tmp_path / "records" / "innokyla", record)
    return tmp_path / "records"


def test_records_in_folders_inside_are_built_and_counted(tmp_path: Path) -> None:
    inside = folder(tmp_path)
    assert [path.name for path in records.record_paths(inside)] == ["koe.json", "tiimimalli-kainuu.json"]
    made_ = pipeline.build(Settings(snapshots=tmp_path / "snapshots"), folder=inside, exports=False, say=lambda _: None)
    counts = made_.manifest["counts"]
    assert (counts["pages"], counts["known_pages"], counts["claims"]) == (0, 2, 0)
    before = pipeline.inputs(inside)
    (inside / "innokyla" / "koe.json").unlink()
    assert pipeline.inputs(inside) != before


def test_a_page_of_the_same_name_gets_no_quotes(tmp_path: Path) -> None:
    inside = folder(tmp_path)
    save(tmp_path, "Toimintamallin nimi\nTiimimalli\n", "tiimimalli-kainuu")
    pipeline.build(
        Settings(snapshots=tmp_path / "snapshots"), folder=inside, pages=tmp_path, exports=False, say=lambda _: None
    )


def test_a_mistake_in_a_folder_inside_is_told_with_file_and_line(tmp_path: Path) -> None:
    inside = folder(tmp_path)
    path = inside / "innokyla" / "koe.json"
    path.write_text(path.read_text(encoding="utf-8").replace("https://example", "ftp://example"), encoding="utf-8")
    line = next(number for number, text in enumerate(path.read_text(encoding="utf-8").splitlines(), 1) if "ftp" in text)
    report = check_target(inside, Names())
    assert [finding.source for finding in report.findings] == ["data/records/innokyla/koe.json"]
    assert f"data/records/innokyla/koe.json:{line}  page/koe  address is" in report.text(inside)


def test_two_records_of_one_page_are_refused(tmp_path: Path) -> None:
    inside = folder(tmp_path)
    (inside / "koe.json").write_bytes((inside / "innokyla" / "koe.json").read_bytes())
    with pytest.raises(RecordError, match="is of the same page as"):
        records.record_paths(inside)


# ---- The shipped records ----


def test_the_shipped_pages_are_those_of_the_table(pages: Path) -> None:
    facts = pages.parent / "facts" / "innokyla_pages.csv"
    assert len(list(read_table(facts, COLUMNS, RecordError))) == 142
    for record in read_facts(facts, lexicon()):
        path = SHIPPED / f"{record['contents']['id'].removeprefix('page/')}.json"
        assert records.read_record(path) == record
    assert len(list(SHIPPED.iterdir())) == 142


def test_the_shipped_pages_cover_the_country() -> None:
    shipped = [records.read_record(path)["contents"] for path in SHIPPED.glob("*.json")]
    kinds = [contents["type"] for contents in shipped]
    assert (kinds.count("ModelPage"), kinds.count("ProjectPage")) == (121, 21)
    regions = {
        region for contents in shipped if contents["type"] == "ModelPage" for region in contents.get("region", [])
    }
    assert len(regions) == 20
    assert {contents.get("model") for contents in shipped} >= {
        "model/omaolo",
        "model/omatiimi",
        "model/lapset-puheeksi",
    }


def test_the_context_of_a_shipped_page_is_found_from_where_it_lies() -> None:
    for path in SHIPPED.glob("*.json"):
        named = json.loads(path.read_text(encoding="utf-8"))["@context"][0]
        assert (path.parent / named).resolve() == ROOT / "mappings" / "context.jsonld"
