"""The pages of things, Compare and Search in a real browser: by keyboard, without scripts, narrow, dark, and as axe sees them."""

from __future__ import annotations

import re
from urllib.parse import quote

import pytest
from browser import Site, site

PAGES = {
    "model": "/doc/model/tiimimalli", "model-ipc": "/doc/model/ipc", "region": "/doc/region/keski-pohjanmaa",
    "region-unknown": "/doc/region/kainuu", "claim": "/doc/claim/keski-pohjanmaa-baseline-tiimimalli-kokkola",
    "project": "/doc/project/keski-pohjanmaa-tulevaisuuden-sote-keskus", "organisation": "/doc/organisation/hus",
    "goal": "/doc/scheme/programme-goal/saatavuus", "page": "/doc/page/keski-pohjanmaa",
    "compare": "/compare?region=keski-pohjanmaa&region=ita-uusimaa&region=helsinki", "search": "/search?q=tiimimallia",
}  # fmt: skip


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize("language", ["fi", "sv", "en"])
def test_axe_finds_nothing_and_360_pixels_are_enough(site: Site, name: str, language: str) -> None:
    page = site.page(width=360, dark=language == "sv", language=language)
    page.goto(f"/{language}{PAGES[name]}")
    assert site.axe(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    site.shot(page, f"pages-{name}-{language}-360")


@pytest.mark.parametrize("name", PAGES)
def test_every_page_says_the_same_without_scripts(site: Site, name: str) -> None:
    said = []
    for javascript in (True, False):
        page = site.page(javascript=javascript)
        page.goto(PAGES[name])
        said.append(page.locator("main h1, main h2, main td, main dd").all_inner_texts())
    assert said[0] == said[1]
    assert said[0]
    site.shot(page, f"pages-{name}")


def test_from_a_model_to_its_evidence_is_one_click(site: Site) -> None:
    page = site.page(javascript=False)
    page.goto("/fi/doc/model/ipc")
    page.locator(".evidence a").first.click()
    assert "/fi/doc/claim/" in page.url
    assert page.get_by_role("heading", name="Mistä tämä tiedetään").is_visible()
    assert re.search(r"rivi \d+, merkit \d+–\d+", page.locator("#evidence + p").inner_text())


def test_regions_are_chosen_and_compared_by_keyboard_without_scripts(site: Site) -> None:
    page = site.page(javascript=False, language="en")
    page.goto("/en/compare")
    for name in ("Helsinki", "East Uusimaa"):
        page.get_by_role("checkbox", name=name).focus()
        page.keyboard.press("Space")
    page.keyboard.press("Enter")
    page.wait_for_url("**/compare?*")
    assert page.locator("table.compare thead th").count() == 4
    assert "region=helsinki" in page.url


def test_suggestions_work_by_keyboard(site: Site) -> None:
    page = site.page(language="fi")
    page.goto("/fi/search")
    field = page.locator("#search-query")
    field.focus()
    page.keyboard.type("tiimimal", delay=20)
    listed = page.locator("[role=listbox]:not([hidden]) [role=option]")
    listed.first.wait_for()
    assert field.get_attribute("aria-expanded") == "true"
    page.keyboard.press("ArrowDown")
    assert field.get_attribute("aria-activedescendant") == listed.first.get_attribute("id")
    assert listed.first.get_attribute("aria-selected") == "true"
    assert site.axe(page) == []
    site.shot(page, "pages-search-suggestions")
    page.keyboard.press("Escape")
    assert field.get_attribute("aria-expanded") == "false"
    assert page.locator("#search-query").input_value() == "tiimimal"
    page.keyboard.press("ArrowDown")
    listed.first.wait_for()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_url("**/fi/doc/model/tiimimalli")


def test_a_search_goes_on_without_a_suggestion_and_without_scripts(site: Site) -> None:
    for javascript in (True, False):
        page = site.page(javascript=javascript)
        page.goto("/sv/search")
        page.locator("#search-query").fill("västra nyland")
        page.keyboard.press("Enter")
        page.wait_for_url(f"**/sv/search?q={quote('västra')}+nyland")
        assert page.get_by_role("link", name="Västra Nyland", exact=True).is_visible()
