"""Header facts of invented pages: times, places, organisations with their roles, goals, sub-projects, topics."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest
from page_factory import ADDRESS, PERSON, TITLE, dated, lexicon, page_text, reading, save

from graph import pipeline
from graph.errors import PageError
from graph.header import Header, Participation, read_header
from graph.pages import read_page

STM, HUS, COUNTY = (
    "organisation/sosiaali-ja-terveysministerio",
    "organisation/hus",
    "organisation/kainuun-hyvinvointialue",
)


def header(folder: Path, **given: str | None) -> Header:
    return read_header(read_page(save(folder, page_text(**given))), lexicon())


@pytest.mark.parametrize(
    ("span", "years", "days"),
    [
        ("2020-2022", (2020, 2022), None),
        ("2020–2022", (2020, 2022), None),
        ("Hanke toteutetaan vuosina 2020-2021", (2020, 2021), None),
        ("1/2020 – 12/2022", (2020, 2022), None),
        ("Vuosi 2021", (2021, 2021), None),
        ("29.6.2020-31.12.2023", (2020, 2023), (date(2020, 6, 29), date(2023, 12, 31))),
        ("Hankkeen toteutusaika: 1. 9. 2020–30. 6. 2022.", (2020, 2022), (date(2020, 9, 1), date(2022, 6, 30))),
        ("31.12.2023 mennessä, alkaen 29.6.2020", (2020, 2023), (date(2020, 6, 29), date(2023, 12, 31))),
        ("31.2.2020–31.12.2022", (2020, 2022), None),
        ("Numero 12020 ja 19999", None, None),
        ("toistaiseksi", None, None),
        ("Hanke täyttää", None, None),
        ("", None, None),
    ],
)
def test_a_time_span_is_read_in_its_forms(
    tmp_path: Path, span: str, years: tuple[int, int] | None, days: tuple[date, date] | None
) -> None:
    found = header(tmp_path, span=span)
    assert (found.years, found.dates) == (years, days)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("01.02.2021", date(2021, 2, 1)),
        ("1.2.2021", date(2021, 2, 1)),
        ("31.2.2021", None),
        ("tänään", None),
        ("Hanke täyttää", None),
        (None, None),
    ],
)
def test_days_of_the_page_are_read_or_absent(tmp_path: Path, text: str | None, day: date | None) -> None:
    found = header(tmp_path, created=text, modified=text)
    assert (found.created, found.modified) == (day, day)


def test_the_title_is_its_first_line(tmp_path: Path) -> None:
    assert header(tmp_path, title=f"\n  {TITLE}  \nToinen rivi").title == TITLE


@pytest.mark.parametrize(
    ("given", "region"),
    [
        ({"title": "Kainuu: koehanke"}, "region/kainuu"),
        ({"title": "Pohjois-Pohjanmaan koehanke"}, "region/pohjois-pohjanmaa"),
        ({"title": "Sotkamon koehanke"}, "region/kainuu"),
        ({"title": "Helsingin koehanke"}, "region/helsinki"),
        ({"title": "Koehanke", "contact_organisation": "Kuhmon kaupunki"}, "region/kainuu"),
        ({"title": "Koehanke", "contact_organisation": "", "purpose": "Lapissa kokeillaan."}, "region/lappi"),
        (
            {"title": "Koehanke", "contact_organisation": "", "description": "", "actors": "Turku ja Salo"},
            "region/varsinais-suomi",
        ),
        ({"title": "Lapin koehanke", "contact_organisation": "Kuhmon kaupunki"}, "region/lappi"),
    ],
)
def test_the_region_is_the_one_that_is_named_first(tmp_path: Path, given: dict[str, str], region: str) -> None:
    assert header(tmp_path, **given).region.id == region


def test_a_page_of_no_region_is_told_with_the_line_of_its_name(tmp_path: Path) -> None:
    with pytest.raises(PageError, match="names no wellbeing services county") as caught:
        header(tmp_path, title="Koehanke", description="Kokeillaan.", contact_organisation="Keksitty Oy")
    path, _, line = caught.value.where.rpartition(":")
    assert Path(path).read_text(encoding="utf-8").split("\n")[int(line) - 1] == "Koehanke"


@pytest.mark.parametrize(
    ("given", "programme"),
    [
        ({"title": "Kainuu: tulevaisuuden sote-keskus"}, "programme/tulevaisuuden-sosiaali-ja-terveyskeskus"),
        ({"description": "Hanke on osa sosiaali- ja terveydenhuollon rakenneuudistusta."}, "programme/rakenneuudistus"),
        ({"purpose": "Hanke kuuluu Suomen kestävän kasvun ohjelmaan."}, "programme/suomen-kestavan-kasvun-ohjelma"),
        ({"purpose": "Hanke tekee yhteistyötä RRP-hankkeen kanssa."}, None),
        ({}, None),
    ],
)
def test_the_programme_is_read_where_one_is_named(tmp_path: Path, given: dict[str, str], programme: str | None) -> None:
    found = header(tmp_path, **given).programme
    assert (found.id if found else None) == programme


def test_member_municipalities_are_those_of_the_region_each_once(tmp_path: Path) -> None:
    actors = "Mukana ovat Kajaani, Kuhmo ja Sotkamo. Kajaani vetää työtä. Tuusulan malli on esikuva."
    found = header(tmp_path, actors=actors, aim="Kajaanissa ja Puolangalla kokeillaan.")
    assert found.municipalities == tuple(f"municipality/{name}" for name in ("kajaani", "kuhmo", "sotkamo", "puolanka"))


def roles(found: Header) -> set[tuple[str, str]]:
    return {(each.agent, each.role) for each in found.participations}


def test_organisations_have_their_roles(tmp_path: Path) -> None:
    actors = (
        "Kainuun hyvinvointialue hallinnoi hanketta. Kehittämiseen osallistuu HUS. Yhteistyötä tehdään Kelan kanssa."
    )
    found = header(tmp_path, actors=actors)
    assert roles(found) == {
        (STM, "funder"),
        (COUNTY, "contact"),
        (COUNTY, "administrator"),
        (HUS, "participant"),
        ("organisation/kansanelakelaitos", "partner"),
    }


def test_an_administrator_has_the_years_that_its_sentence_names(tmp_path: Path) -> None:
    actors = "Hanketta hallinnoi vuosina 2020–2022 HUS. Vuosina 2023-2024 hankkeen hakija on Kainuun hyvinvointialue."
    years = {
        each.agent: (each.start_year, each.end_year)
        for each in header(tmp_path, actors=actors).participations
        if each.role == "administrator"
    }
    assert years == {HUS: (2020, 2022), COUNTY: (2023, 2024)}


def test_an_administrator_without_years_has_none(tmp_path: Path) -> None:
    found = header(tmp_path, actors="Hanketta hallinnoi HUS. Työ alkoi 2020.")
    assert Participation(HUS, "administrator") in found.participations


def test_the_strongest_role_of_an_actor_counts(tmp_path: Path) -> None:
    found = header(
        tmp_path, actors="Yhteistyötä tehdään HUSin kanssa. Kokeiluun osallistuu HUS. Hanketta hallinnoi HUS."
    )
    assert [each.role for each in found.participations if each.agent == HUS] == ["administrator"]


def test_several_funders_are_read(tmp_path: Path) -> None:
    found = header(tmp_path, funder="Sosiaali- ja terveysministeriö (STM), Kela")
    assert [each.agent for each in found.participations if each.role == "funder"] == [
        STM,
        "organisation/kansanelakelaitos",
    ]


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("Keksilän kaupunki", "city"),
        ("Keksilän kunta", "municipality"),
        ("Keksilän kuntayhtymä", "joint-authority"),
        ("Keksilän hyvinvointialue", "wellbeing-services-county"),
        ("Keksilän sairaanhoitopiiri", "hospital-district"),
        ("Keksilän Palvelut Oy", "company"),
        ("Keksilän omaiset ry", "association"),
        ("Keksilän työpaja", "other"),
    ],
)
def test_an_unknown_contact_organisation_is_made_from_its_name(tmp_path: Path, name: str, kind: str) -> None:
    found = [
        each for each in header(tmp_path, contact_organisation=f"{name}\nPL 1").participations if each.role == "contact"
    ]
    assert [(each.label, each.kind) for each in found] == [(name, kind)]
    record = pipeline.record_of(reading(tmp_path, contact_organisation=name), lexicon())
    (contact,) = [each for each in record["contents"]["describes"]["associations"] if each["role"].endswith("/contact")]
    assert contact["agent"] == {
        "id": found[0].agent,
        "type": "Organisation",
        "label": {"fi": name},
        "organisationKind": f"scheme/organisation-kind/{kind}",
    }


@pytest.mark.parametrize("key", ["actors", "funder", "contact_organisation"])
def test_a_placeholder_names_no_organisation(tmp_path: Path, key: str) -> None:
    role = {"actors": "participant", "funder": "funder", "contact_organisation": "contact"}[key]
    for value in ("Hanke täyttää", "", None):
        assert role not in {each.role for each in header(tmp_path, **{key: value}).participations}


def goals(folder: Path, **given: str | None) -> list[tuple[str, str, str | None]]:
    """Return notation, the goal's line as written, and the programme goal above it."""
    read = reading(folder, **given)
    lines = read.page.text.split("\n")
    return [(each.notation, lines[each.line - 1], each.broader) for each in read.header.goals]


@pytest.mark.parametrize(
    ("aim", "expected"),
    [
        ("Tavoitteet ovat:\n1. Eka asia\n2. Toka asia", [("1", "1. Eka asia", None), ("2", "2. Toka asia", None)]),
        ("1) Eka asia\n2) Toka asia", [("1", "1) Eka asia", None), ("2", "2) Toka asia", None)]),
        ("• A. Eka asia\n• B) Toka asia", [("A", "• A. Eka asia", None), ("B", "• B) Toka asia", None)]),
        ("• Eka asia\n  ◦ Toka asia", [("1", "• Eka asia", None), ("2", "  ◦ Toka asia", None)]),
        ("Tekstiä ilman luetteloa.", []),
        ("Vuonna 2021. alkoi jotain", []),
        ("Hanke täyttää", []),
    ],
)
def test_goals_are_numbered_lettered_or_bulleted(
    tmp_path: Path, aim: str, expected: list[tuple[str, str, str | None]]
) -> None:
    assert goals(tmp_path, aim=aim) == expected


def test_a_goal_stands_under_the_programme_goal_of_its_heading(tmp_path: Path) -> None:
    aim = "• Yleinen\n\nSaatavuus ja jatkuvuus\n\n• Digi\n• Aukiolo\n\nLaatu ja vaikuttavuus\n\n• Mittarit"
    assert goals(tmp_path, aim=aim) == [
        ("1", "• Yleinen", None),
        ("2", "• Digi", "saatavuus"),
        ("3", "• Aukiolo", "saatavuus"),
        ("4", "• Mittarit", "laatu"),
    ]


def test_among_expected_results_only_a_list_behind_the_word_goal_counts(tmp_path: Path) -> None:
    expected = (
        "Tuotokset:\n• Ei tavoite\n\nTavoitteina ovat:\n• Eka asia\n• Toka asia\n\nMuuta tekstiä.\n• Ei tavoite sekään"
    )
    assert [line for _, line, _ in goals(tmp_path, expected=expected)] == ["• Eka asia", "• Toka asia"]


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (
            {"purpose": "Hankkeen projektit:\n• Eka projekti\n• Toka projekti\n\nMuuta.\n• Ei projekti"},
            ("Eka projekti", "Toka projekti"),
        ),
        ({"purpose": "Osahankkeet ovat:\n\n1. Eka\n2. Toka"}, ("Eka", "Toka")),
        ({"aim": "Kehittämiskärjet ovat:\n• Digi\n• Lapset"}, ("Digi", "Lapset")),
        ({"aim": "Osa-alue 1: Saatavuus\nOsa-alue 2 – Laatu: paljon tekstiä"}, ("1 Saatavuus", "2 Laatu")),
        ({"aim": "Työpaketti 3. Kolmas\n\nTyöpaketti 3. Kolmas"}, ("3 Kolmas",)),
        ({"aim": "• Tavoite"}, ()),
    ],
)
def test_sub_projects_are_read_from_their_lists(
    tmp_path: Path, given: dict[str, str], expected: tuple[str, ...]
) -> None:
    found = header(tmp_path, **given)
    assert found.subprojects == expected


def test_a_sub_project_is_no_goal(tmp_path: Path) -> None:
    assert goals(tmp_path, aim="Kehittämiskärjet ovat:\n• Digi\n• Lapset\n\nTavoitteet ovat:\n• Eka") == [
        ("1", "• Eka", None)
    ]


def test_topics_are_lines_without_placeholders(tmp_path: Path) -> None:
    found = header(tmp_path, topics="Lapset\n\n Digitalisaatio \nHanke täyttää", phenomena="Ei liity ilmiöön")
    assert found.topics == ("Lapset", "Digitalisaatio")


def test_no_person_and_no_address_is_kept(tmp_path: Path) -> None:
    read = reading(
        tmp_path,
        results=dated("Tiimimalli otettiin käyttöön."),
        actors=f"Hanketta hallinnoi HUS. Yhteyshenkilö on {PERSON} ({ADDRESS}).",
    )
    assert PERSON in read.page.text
    assert ADDRESS in read.page.text
    kept = json.dumps(pipeline.record_of(read, lexicon()), ensure_ascii=False) + repr(read.header) + repr(read.claims)
    assert not [part for part in (*PERSON.split(), ADDRESS, "@example") if part in kept]
