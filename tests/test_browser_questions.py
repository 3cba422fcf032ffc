"""The pages of questions in a real browser: chosen from by name, without a script, narrow, dark, and clean by axe."""

from __future__ import annotations

import pytest
from browser import Site, site

from graph import questions
from graph.names import Names

KNOWN = sorted(questions.load(Names()))


@pytest.mark.parametrize(("language", "width", "dark"), [("sv", 1280, False), ("en", 360, True)])
@pytest.mark.parametrize("name", KNOWN)
def test_axe_finds_nothing_in_an_answer(site: Site, name: str, language: str, width: int, dark: bool) -> None:  # noqa: FBT001 - of a parametrized test
    page = site.page(width=width, dark=dark, language=language)
    page.goto(f"/{language}/questions/{name}")
    assert [f"{each['id']}: {each['nodes'][0]['html'][:200]}" for each in site.axe(page)] == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize(
    "name", ["models-of-region", "models-by-region-count", "timeline-of-first-reports", "regions-alike"]
)
def test_an_answer_is_seen_whole_on_a_desk(site: Site, name: str) -> None:
    page = site.page()
    page.goto(f"/fi/questions/{name}")
    assert page.evaluate("(each => each.scrollWidth - each.clientWidth)(document.querySelector('.scroll'))") <= 0
    site.shot(page, f"question-{name}")


def test_the_first_column_stays_in_sight_on_a_telephone(site: Site) -> None:
    page = site.page(width=360)
    page.goto("/fi/questions/models-of-region")
    first = page.locator("table.answer tbody tr").first.locator("td").first
    before = first.bounding_box()
    page.evaluate("document.querySelector('.scroll').scrollLeft = 400")
    assert first.bounding_box()["x"] == before["x"]
    assert before["width"] <= 160
    site.shot(page, "question-narrow")


def test_a_region_is_chosen_from_a_list_without_a_script(site: Site) -> None:
    page = site.page(javascript=False)
    page.goto("/sv/questions/models-of-region")
    page.get_by_label("Välfärdsområde").select_option("Västra Nyland")
    page.locator(".parameters button").click()
    assert page.url == f"{site.address}/sv/questions/models-of-region?region=lansi-uusimaa"
    assert page.locator("#parameter-region option:checked").text_content() == "Västra Nyland"
    page.get_by_label("Välfärdsområde").select_option("Kajanaland")
    page.locator(".parameters button").click()
    assert "Det betyder inte" in page.locator(".empty").text_content()


def test_a_model_is_typed_by_its_name_without_a_script(site: Site) -> None:
    page = site.page(javascript=False)
    page.goto("/en/questions/measures-of-model")
    assert page.get_by_label("Practice model").input_value() == "IPC (interpersonal counselling)"
    page.get_by_label("Practice model").fill("team model")
    page.locator(".parameters button").click()
    assert page.url == f"{site.address}/en/questions/measures-of-model?model=tiimimalli"
    assert page.get_by_label("Practice model").input_value() == "Team model"
    page.get_by_role("link", name="Svenska").click()
    assert page.url == f"{site.address}/sv/questions/measures-of-model?model=tiimimalli"
    assert page.get_by_label("Verksamhetsmodell").input_value() == "Teammodell"
