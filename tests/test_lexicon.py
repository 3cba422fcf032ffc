"""The tables of mappings/lexicon: whole, in step with each other, and mistakes in them told by file and line."""

from __future__ import annotations

import csv
import re
import shutil
from collections import Counter
from pathlib import Path

import pytest
from conftest import shared
from page_factory import lexicon

from graph import cues
from graph.errors import LexiconError
from graph.lexicon import FOLDER, Entry, Finder, Mention, entries, load, split
from graph.names import slug

LANGUAGES = {"fi", "sv", "en"}
MODELS = lexicon().models


@pytest.fixture
def tables(tmp_path: Path) -> Path:
    """Return a copy of the tables that a test may spoil."""
    return shutil.copytree(FOLDER, tmp_path / "lexicon")


def spoil(path: Path, old: str, new: str) -> int:
    """Replace a piece of a table; return the line that it stands in."""
    text = path.read_text(encoding="utf-8")
    assert text.count(old) == 1
    path.write_text(text.replace(old, new), encoding="utf-8")
    return text[: text.index(old)].count("\n") + 1


def test_every_table_has_rows_of_one_width() -> None:
    for path in sorted(FOLDER.glob("*.csv")):
        rows = list(csv.reader(path.read_text(encoding="utf-8").splitlines()))
        assert len(rows) > 1, path.name
        assert {len(row) for row in rows} == {len(rows[0])}, path.name


def test_each_model_has_a_label_in_three_languages_and_a_kind() -> None:
    assert len(MODELS) > 300
    assert not [entry.id for entry in MODELS.values() if set(entry.labels) != LANGUAGES]
    assert {entry.more["kind"] for entry in MODELS.values()} == {"practice-model", "method", "digital-service"}


def test_the_id_of_a_model_is_the_slug_of_its_name() -> None:
    assert not [entry.id for entry in MODELS.values() if entry.id != f"model/{slug(entry.label)}"]


def test_every_id_is_a_type_and_a_slug() -> None:
    known = lexicon()
    ids = [*known.models, *known.places, *known.organisations, *known.projects]
    assert not [id_ for id_ in ids if not re.fullmatch(r"[a-z]+/(?:\*-)?[a-z0-9]+(?:-[a-z0-9]+)*", id_)]
    assert {id_.partition("/")[0] for id_ in known.places} == {"region", "municipality", "area"}
    assert {id_.partition("/")[0] for id_ in known.projects} == {"programme", "project"}
    assert {id_.partition("/")[0] for id_ in known.organisations} == {"organisation"}


def test_a_family_is_a_model_and_no_model_is_its_own_ancestor() -> None:
    for entry in MODELS.values():
        line = [entry.id]
        while family := MODELS[line[-1]].more.get("family"):
            assert f"model/{family}" in MODELS, line
            assert f"model/{family}" not in line, line
            line.append(f"model/{family}")


def test_all_counties_helsinki_and_aland_have_their_code_and_three_names() -> None:
    regions = lexicon().regions()
    assert sorted(entry.more["code"] for entry in regions) == [*(f"{number:02}" for number in range(1, 22)), "90", "91"]
    assert not [entry.id for entry in regions if set(entry.labels) != LANGUAGES]
    assert {entry.more["code"]: entry.label for entry in regions}["03"] == "Länsi-Uusimaa"
    assert not [entry.id for entry in regions if entry.more["organiser"] not in lexicon().organisations]


def test_all_municipalities_have_their_code_a_finnish_and_a_swedish_name_and_a_county() -> None:
    known = lexicon()
    municipalities = [entry for entry in known.places.values() if entry.id.startswith("municipality/")]
    codes = [entry.more["code"] for entry in municipalities]
    assert len(codes) == len(set(codes)) == 309
    assert not [code for code in codes if not re.fullmatch(r"\d{3}", code)]
    assert not [entry.id for entry in municipalities if not {"fi", "sv"} <= set(entry.labels)]
    assert {entry.more["within"] for entry in municipalities} == {entry.id for entry in known.regions()}


def test_codes_names_and_counties_are_the_confirmed_ones() -> None:
    known = lexicon()
    regions = {entry.more["code"]: entry for entry in known.regions()}
    rows = csv.DictReader((shared("facts") / "municipalities_all.csv").read_text(encoding="utf-8").splitlines())
    confirmed = {
        (row["code"], row["name_fi"].strip(), row["name_sv"].strip(), row["county_code"] or None) for row in rows
    }
    municipalities = [entry for entry in known.places.values() if entry.id.startswith("municipality/")]
    codes = {entry.id: code for code, entry in regions.items()}
    ours = {
        (entry.more["code"], entry.labels["fi"], entry.labels["sv"], codes[entry.more["within"]])
        for entry in municipalities
    }
    assert {each[:3] for each in ours} == {each[:3] for each in confirmed}
    # The facts name no county for Helsinki and Åland: what they name is as ours.
    counties = {each for each in confirmed if each[3] in regions}
    assert counties <= ours
    assert len(counties) > 290


def test_identifiers_of_organisations_are_confirmed_ones() -> None:
    rows = csv.DictReader((shared("facts") / "organisations.csv").read_text(encoding="utf-8").splitlines())
    confirmed = {row["identifier"] for row in rows if row["identifier"]}
    ours = {entry.more["identifier"] for entry in lexicon().organisations.values() if entry.more.get("identifier")}
    assert ours <= confirmed


def test_an_area_of_any_region_is_labelled_by_its_ending() -> None:
    assert lexicon().place_label("area/kainuu-itainen-alue") == "itäinen alue"
    assert lexicon().place_label("region/kainuu") == "Kainuu"
    assert lexicon().place_label("area/tuntematon") == "area/tuntematon"


WHOLE_NAMES = [
    (kind, entry.id, name.lstrip("^"))
    for kind in ("models", "organisations", "projects")
    for entry in getattr(lexicon(), kind).values()
    for name in entry.all_names()
    # A sign between two words of a name ends the name: such names are found by the other ones of their row.
    if not re.search(r"[.,&/!]", name)
]


def test_every_name_is_found_as_its_thing_whole() -> None:
    wrong = []
    for kind, id_, name in WHOLE_NAMES:
        finder: Finder = getattr(lexicon(), f"find_{kind}")
        if [(each.entry.id, each.start, each.end) for each in finder.find(name)] != [(id_, 0, len(name))]:
            wrong.append((id_, name))
    assert len(WHOLE_NAMES) > 1000
    assert wrong == []


def test_every_place_is_found_by_its_name() -> None:
    known = lexicon()
    found = {id_: known.find_places.find(entry.label) for id_, entry in known.places.items() if "*" not in id_}
    wrong = {id_ for id_, mentions in found.items() if [each.entry.id for each in mentions] != [id_]}
    # Helsinki the municipality is Helsinki the region: a claim on it is on the region.
    assert wrong == {"municipality/helsinki"}


def only(mentions: list[Mention]) -> Mention:
    (mention,) = mentions
    return mention


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("Hangossa", "municipality/hanko"),
        ("Kauniaisissa", "municipality/kauniainen"),
        ("Pihtiputaalla", "municipality/pihtipudas"),
        ("Iin", "municipality/ii"),
        ("Iitin", "municipality/iitti"),
        ("Kemissä", "municipality/kemi"),
        ("Kemijärvellä", "municipality/kemijarvi"),
        ("Eurajoella", "municipality/eurajoki"),
        ("Helsingin", "region/helsinki"),
        ("Pohjanmaalla", "region/pohjanmaa"),
        ("Pohjois-Pohjanmaalla", "region/pohjois-pohjanmaa"),
        ("Länsi-Uudellamaalla", "region/lansi-uusimaa"),
        ("Uudellamaalla", "area/uusimaa"),
        ("Vantaan ja Keravan alueella", "region/vantaa-kerava"),
        ("Kainuun hyvinvointialueella", "region/kainuu"),
        ("Ahvenanmaan", "region/ahvenanmaa"),
        ("itäisellä alueella", "area/*-itainen-alue"),
    ],
)
def test_a_place_is_found_in_its_cases_and_the_longest_name_counts(text: str, place: str) -> None:
    mention = only(lexicon().find_places.find(text))
    assert (mention.entry.id, mention.start) == (place, 0)


@pytest.mark.parametrize(
    "text",
    [
        "Hanke etenee",
        "Perheet",
        "hangossa",
        "Suuntaan",
        "Perheiden palvelut",
        "Vaikutukset",
        "Lahdenperä",
        "Raahelaiset",
    ],
)
def test_another_word_is_no_place(text: str) -> None:
    assert lexicon().find_places.find(text) == []


@pytest.mark.parametrize(
    ("text", "model", "name", "bare"),
    [
        ("uuden tiimimallin osaajat", "model/tiimimalli", "tiimimallin", "tiimimallin"),
        ("IPC-koulutukset alkoivat", "model/ipc", "IPC-koulutukset", "IPC"),
        ("Lapset puheeksi -menetelmää", "model/lapset-puheeksi", "Lapset puheeksi -menetelmää", None),
        ("Lapset puheeksi –menetelmää", "model/lapset-puheeksi", "Lapset puheeksi –menetelmää", None),
        ("Voimaperheet-toimintamalliin", "model/voimaperheet", "Voimaperheet-toimintamalliin", None),
        ("Hygga-vastaanotolla", "model/hygga", "Hygga-vastaanotolla", "Hygga"),
        ("PTT-mallin", "model/paljon-palveluja-tarvitsevat-ppt", "PTT-mallin", None),
        ("etsivää lähityötä", "model/etsiva-lahityo", "etsivää lähityötä", None),
        ("Cool Kids ja", "model/coolkids", "Cool Kids", "Cool Kids"),
        ("Perhepolku-ryhmät", "model/perhepolku-ryhmaneuvola", "Perhepolku-ryhmät", None),
    ],
)
def test_a_mention_covers_the_name_and_the_heads_behind_it(text: str, model: str, name: str, bare: str | None) -> None:
    mention = only(lexicon().find_models.find(text))
    assert mention.entry.id == model
    assert text[mention.start : mention.end] == name
    assert bare is None or text[mention.start : mention.bare] == bare


@pytest.mark.parametrize(
    "text",
    [
        "suuntaan",
        "tiimi",
        "oma tiimi on",
        "perhe",
        "ipc",
        "rai",
        "avaimet",
        "lapset\npuheeksi",
        "Hanke etenee",
        "palvelutarjonta",
    ],
)
def test_another_word_is_no_model(text: str) -> None:
    assert [each.entry.id for each in lexicon().find_models.find(text) if each.entry.id != "model/omatiimi"] == []


def test_a_finder_keeps_to_its_stretch_and_to_the_order_of_the_text() -> None:
    text = "Tiimimalli, IPC ja tiimimalli."
    found = lexicon().find_models.find(text, 5)
    assert [(each.entry.id, each.start) for each in found] == [("model/ipc", 12), ("model/tiimimalli", 19)]


def test_names_leave_parentheses_out_and_keep_the_abbreviation() -> None:
    entry = Entry("model/x", {"fi": "Hoidon välitön vireillepano (VIPA)"}, ("vireillepano (uusi)",), ("vireilepano",))
    assert entry.all_names() == ("Hoidon välitön vireillepano", "vireillepano", "vireilepano", "VIPA")


def test_a_cell_of_several_values() -> None:
    assert split(" a | b||c ") == ("a", "b", "c")
    assert split("") == ()


def test_the_copied_tables_load_as_the_real_ones(tables: Path) -> None:
    assert load(tables).models == MODELS


@pytest.mark.parametrize(
    ("table", "old", "new", "what"),
    [
        ("models.csv", "\ntiimimalli,practice-model,", "\nvoimaperheet,practice-model,", "stands twice"),
        (
            "models.csv",
            ",Zekki,Zekki,Zekki,,,",
            ",Zekki,Zekki,Zekki,Voimaperheet,,",
            "the name 'Voimaperheet' is also one of",
        ),
        (
            "models.csv",
            ",Zekki,Zekki,Zekki,,,",
            ",Zekki,Zekki,Zekki,,Voimaperheet-toimintamalli,",
            "is also one of model/",
        ),
        ("models.csv", ",Zekki,Zekki,Zekki,,,", ",Zekki,Zekki,Zekki,,", "cells where the header has"),
        ("models.csv", "label_sv", "label_se", "no column label_sv"),
        ("places.csv", "municipality/kuhmo,", "municipality/kajaani,", "stands twice"),
        ("organisations.csv", "organisation/hus,", "organisation/digifinland,", "stands twice"),
        ("projects.csv", "project/rrp,", "project/enter,", "stands twice"),
        ("heads.csv", "head,role,", "head,roole,", "no column role"),
    ],
)
def test_a_wrong_table_is_told_with_file_and_line(tables: Path, table: str, old: str, new: str, what: str) -> None:
    line = spoil(tables / table, old, new) + old.count("\n")
    with pytest.raises(LexiconError) as caught:
        load(tables)
    assert what in caught.value.what
    where, _, told = caught.value.where.rpartition(":")
    assert where == str(tables / table)
    # Of two rows with the same id or name, the later one is told.
    assert int(told) >= line
    assert caught.value.hint


def test_a_row_that_stands_twice_is_told_by_the_later_line(tmp_path: Path) -> None:
    path = tmp_path / "models.csv"
    path.write_text("id,label_fi,label_sv,label_en,names\na,A,A,A,\nb,B,B,B,\na,C,C,C,\n", encoding="utf-8")
    with pytest.raises(LexiconError) as caught:
        entries(path, "model/")
    assert caught.value.where == f"{path}:4"


def test_a_table_that_is_missing_is_told(tables: Path) -> None:
    (tables / "organisations.csv").unlink()
    with pytest.raises(LexiconError, match="cannot be read") as caught:
        load(tables)
    assert caught.value.where == str(tables / "organisations.csv")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("\nkaytossa,adopted,", "\nkaytossa,rooted,"),
        ("\npilotti,,pilot,", "\npilotti,,pilott,"),
        ("\nkaynnistetty,adopted,,ongoing,", "\nkaynnistetty,adopted,,soon,"),
        (",Tiimimalli on käytössä kaikilla asemilla,adopted", ",Tiimimalli on käytössä kaikilla asemilla,"),
    ],
)
def test_a_wrong_cue_is_told_with_what_is_allowed(tables: Path, old: str, new: str) -> None:
    line = spoil(tables / "cues.csv", old, new) + old.count("\n")
    with pytest.raises(LexiconError, match="unknown status, stage or phase") as caught:
        cues.load(tables)
    assert caught.value.where == f"{tables / 'cues.csv'}:{line}"
    assert all(name in caught.value.hint for name in ("not-started", "pilot", "preparing"))


def test_stages_have_a_status_for_each_phase() -> None:
    statuses = {*cues.STRENGTH, *cues.NEGATIVE}
    for stage, row in cues.stages().items():
        assert set(row) == {"none", *cues.PHASES}, stage
        assert {status for phase, status in row.items() if (stage, phase) != ("unnamed", "none")} <= statuses, stage


def test_names_of_cues_are_slugs_and_stand_once() -> None:
    names = Counter(cue.name for cue in cues.load())
    assert [name for name, count in names.items() if count > 1 or name != slug(name)] == []
