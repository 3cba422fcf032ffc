"""Passages of a page: section, reporting period, programme goal, bullets, and the self-assessments that are there."""

from __future__ import annotations

from pathlib import Path

import pytest
from page_factory import AUTUMN, dated, page_text, save

from graph.pages import read_page
from graph.sections import Passage, Sections, goal_of_heading, order, period_of_heading, read_sections


def sections(folder: Path, **given: str | None) -> tuple[str, Sections]:
    page = read_page(save(folder, page_text(**given)))
    return page.text, read_sections(page)


def passage(folder: Path, opening: str, **given: str | None) -> Passage:
    """Return the passage that begins with some words."""
    text, found = sections(folder, **given)
    return next(each for each in found.passages if text.startswith(opening, each.start))


@pytest.mark.parametrize(
    ("heading", "period"),
    [
        ("Tiivistelmä oma-arvioinnista, syksy 2022", "2022-autumn"),
        ("TIIVISTELMÄ OMA-ARVIOINNISTA, KEVÄT 2021", "2021-spring"),
        ("Tiivistelmä oma-arvioinnista 2023", "2023"),
        ("Tiivistelmä oma-arvioinnista (syksy 2022)", "2022-autumn"),
        ("  Oma-arviointi, syksy 2022\u00a0 ", "2022-autumn"),
        ("Omaarviointi keväällä 2022", "2022-spring"),
        ("Syksyn 2021 oma-arviointi", "2021-autumn"),
        ("Itsearviointi 2021", "2021"),
        ("Väliarviointi, talvi 2022", "2022-spring"),
        ("Loppuraportti, loppuvuosi 2023", "2023-autumn"),
        ("Vuosiraportti 2022", "2022"),
        ("Tiivistelmä oma-arvioinnista 30.11.2022", "2022-autumn"),
        ("Tiivistelmä oma-arvioinnista 1. 6. 2022", "2022-spring"),
        ("Tiivistelmä lähtötilanteen oma-arvioinnista", "baseline"),
        ("Lähtötilanteen oma-arviointi, syksy 2020", "baseline"),
        ("Alkuarviointi 2020", "baseline"),
        ("Syksy 2022", "2022-autumn"),
        ("Kevät 2021", "2021-spring"),
        ("Vuosi 2022", "2022"),
        ("2022", "2022"),
    ],
)
def test_a_dated_heading_opens_its_period(tmp_path: Path, heading: str, period: str) -> None:
    assert period_of_heading(heading) == period
    _, found = sections(tmp_path, results=dated("Työ eteni.", heading))
    assert [(each.period, each.has_content) for each in found.assessments] == [(period, True)]
    assert [each.period for each in found.passages] == [period]


@pytest.mark.parametrize(
    "line",
    [
        "",
        "Oma-arviointi",
        "Oma-arviointi 30.11.2020",
        "Teimme oma-arvioinnin syksyllä 2022.",
        "Oma-arvioinnissa 2022 todettua,",
        "Hankesuunnitelma 2022",
        "Syksyllä 2022 otettiin tiimimalli käyttöön ja työ jatkuu",
        "Kokeilu alkoi syksy 2022",
        "Oma-arviointi " + "ja pitkä selitys " * 8 + "2022",
    ],
)
def test_any_other_line_opens_none(line: str) -> None:
    assert period_of_heading(line) is None


def test_a_period_holds_until_the_next_heading(tmp_path: Path) -> None:
    results = dated("Uudempi.", "Oma-arviointi 2022") + dated("Vanhempi.\n\nToinen.", "Oma-arviointi 2021")
    text, found = sections(tmp_path, results=results)
    assert [(text[each.start : each.end], each.period) for each in found.passages] == [
        ("Uudempi.", "2022"),
        ("Vanhempi.", "2021"),
        ("Toinen.", "2021"),
    ]


def test_results_without_a_dated_heading_are_final(tmp_path: Path) -> None:
    assert passage(tmp_path, "Työ eteni", results="Työ eteni.").period == "final"


def test_results_before_the_first_dated_heading_are_final(tmp_path: Path) -> None:
    results = "Johdanto.\n\n" + dated("Työ eteni.")
    assert passage(tmp_path, "Johdanto", results=results).period == "final"


def test_a_heading_without_content_is_an_assessment_without_content(tmp_path: Path) -> None:
    results = (
        dated("Hanke täyttää", "Oma-arviointi 2023")
        + dated("Saatavuus ja jatkuvuus", "Oma-arviointi 2022")
        + dated("Työ eteni.")
    )
    _, found = sections(tmp_path, results=results)
    assert [(each.period, each.has_content) for each in found.assessments] == [
        ("2023", False),
        ("2022", False),
        ("2022-autumn", True),
    ]


def test_an_assessment_knows_the_line_of_its_heading(tmp_path: Path) -> None:
    text, found = sections(tmp_path, results=dated("Työ eteni."))
    assert text.split("\n")[found.assessments[0].line - 1] == AUTUMN


def test_a_bare_date_below_a_dated_heading_opens_no_period(tmp_path: Path) -> None:
    results = "Tiivistelmä lähtötilanteen oma-arvioinnista\n\nOma-arviointi 30.11.2020\n\nTyö alkoi.\n"
    _, found = sections(tmp_path, results=results)
    assert [each.period for each in found.assessments] == ["baseline"]
    assert [each.period for each in found.passages] == ["baseline"]


@pytest.mark.parametrize("key", ["purpose", "background", "aim", "expected"])
def test_goals_and_background_are_the_plan(tmp_path: Path, key: str) -> None:
    results = dated("Työ eteni.")
    found = passage(tmp_path, "Aiomme", results=results, **{key: "Aiomme kehittää työtä.\n\nSyksy 2022\n"})
    assert (found.period, found.section) == ("plan", key)


@pytest.mark.parametrize("key", ["description", "span", "actors", "funder", "contact_name", "topics"])
def test_header_fields_hold_no_passage(tmp_path: Path, key: str) -> None:
    text, found = sections(tmp_path, results=dated("Työ eteni."), **{key: "Tiimimalli otettiin käyttöön."})
    assert [text[each.start : each.end] for each in found.passages] == ["Työ eteni."]


@pytest.mark.parametrize(
    ("results", "period"),
    [
        (dated("Uusin.", "Oma-arviointi 2023") + dated("Vanha.", "Oma-arviointi 2021"), "2023"),
        (dated("Vanha.", "Oma-arviointi 2021") + dated("Uusin.", "Oma-arviointi 2023"), "2023"),
        (
            dated("Hanke täyttää", "Oma-arviointi 2023")
            + dated("Syksy.")
            + dated("Kevät.", "Oma-arviointi, kevät 2022"),
            "2022-autumn",
        ),
        (dated("Vuosi.", "Oma-arviointi 2022") + dated("Syksy."), "2022"),
        (dated("Alku.", "Lähtötilanteen oma-arviointi"), "baseline"),
        ("Undated.", "final"),
        ("Hanke täyttää", "final"),
    ],
)
def test_the_impact_is_as_of_the_latest_assessment_with_content(tmp_path: Path, results: str, period: str) -> None:
    found = passage(tmp_path, "Vaikutus", results=results, impact="Vaikutus on hyvä.")
    assert (found.period, found.section) == (period, "impact")


@pytest.mark.parametrize(
    ("heading", "goal"),
    [
        ("1.      Palveluiden yhdenvertaisen saatavuuden parantaminen", "saatavuus"),
        ("Oikea-aikaisuus", "saatavuus"),
        ("2. Toiminnan painotuksen siirtäminen ehkäisevään työhön", "ennaltaehkaisy"),
        ("Laatu ja vaikuttavuus:", "laatu"),
        ("4) Monialaisuus ja yhteentoimivuus", "monialaisuus"),
        ("KUSTANNUSTEN NOUSUN HILLINTÄ", "kustannukset"),
        ("Saatavuus, laatu ja palvelujen laadun mittaaminen", "laatu"),
    ],
)
def test_a_heading_names_the_goal_that_follows_it(tmp_path: Path, heading: str, goal: str) -> None:
    assert goal_of_heading(heading) == goal
    text, found = sections(tmp_path, results=dated(f"Alku.\n\n{heading}\n\nTyö eteni.\n\n• Kohta."))
    assert [(text[each.start : each.end], each.goal) for each in found.passages] == [
        ("Alku.", None),
        ("Työ eteni.", goal),
        ("Kohta.", goal),
    ]


@pytest.mark.parametrize(
    "line",
    [
        "",
        "• Saatavuus",
        "- Saatavuus",
        "Saatavuus on parantunut.",
        "Saatavuus,",
        "Digipalvelut",
        "Saatavuus " + "ja muut hyvät asiat " * 5,
        "x" * 171,
    ],
)
def test_any_other_line_names_no_goal(line: str) -> None:
    assert goal_of_heading(line) is None


def test_a_goal_ends_with_its_assessment_and_its_field(tmp_path: Path) -> None:
    results = (
        dated("Saatavuus\n\nEka.")
        + dated("Toka.", "Oma-arviointi 2021\n\nLaatu")
        + dated("Kolmas.", "Oma-arviointi 2020")
    )
    text, found = sections(tmp_path, results=results, impact="Neljäs.")
    assert [(text[each.start : each.end], each.goal) for each in found.passages] == [
        ("Eka.", "saatavuus"),
        ("Toka.", "laatu"),
        ("Kolmas.", None),
        ("Neljäs.", None),
    ]


@pytest.mark.parametrize(
    ("line", "body", "bullet"),
    [
        ("• Tiimimalli", "Tiimimalli", True),
        ("  •  Tiimimalli  ", "Tiimimalli", True),
        ("◦ Tiimimalli", "Tiimimalli", True),
        ("- Tiimimalli", "Tiimimalli", True),
        ("– Tiimimalli", "Tiimimalli", True),
        ("•\u00a0Tiimimalli\u00a0", "Tiimimalli", True),
        ("1. Tiimimalli", "Tiimimalli", False),
        ("A) Tiimimalli", "Tiimimalli", False),
        ("• 2) Tiimimalli", "Tiimimalli", True),
        ("Tiimimalli", "Tiimimalli", False),
        ("2022 alkoi tiimimalli", "2022 alkoi tiimimalli", False),
    ],
)
def test_a_passage_begins_behind_bullet_and_number(tmp_path: Path, line: str, body: str, *, bullet: bool) -> None:
    text, found = sections(tmp_path, results=dated(line))
    assert [(text[each.start : each.end], each.bullet) for each in found.passages] == [(body, bullet)]


def test_offsets_count_characters_of_the_unchanged_text(tmp_path: Path) -> None:
    text, found = sections(tmp_path, aim="Äiti\u00a0ja isä.\u00a0\n\n😀 Öljyä.\n", results=dated("•\u00a0 Hyvä – työ!"))
    assert [text[each.start : each.end] for each in found.passages] == ["Äiti\u00a0ja isä.", "😀 Öljyä.", "Hyvä – työ!"]
    lines = text.split("\n")
    assert all(text[each.start : each.end] in lines[each.line - 1] for each in found.passages)


def test_periods_sort_in_time() -> None:
    periods = ["final", "2022-spring", "2021", "2021-autumn", "2021-spring", "2020", "baseline", "plan"]
    assert sorted(periods, key=order) == periods[::-1]
