"""The map and the timeline in a real browser: by keyboard, without JavaScript, narrow, dark, in print, and as axe sees them."""

from __future__ import annotations

import re
from typing import Any

import pytest
from browser import Site, site

PAGES = {
    "map": "/map",
    "map-model": "/map?model=tiimimalli",
    "timeline": "/timeline",
    "timeline-model": "/timeline?model=tiimimalli",
}
PLAYED = "/en/map?model=tiimimalli"


def year(page: Any) -> int:
    """Return the year that the map shows."""
    found = re.search(r"\d{4}", page.locator("#spread-view h2").inner_text())
    assert found
    return int(found[0])


def overflow(page: Any) -> int:
    """Return by how many pixels the page is wider than the window."""
    return int(page.evaluate("document.documentElement.scrollWidth - innerWidth"))


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("language", ["fi", "sv", "en"])
@pytest.mark.parametrize("name", PAGES)
def test_axe_finds_nothing_and_nothing_overflows(site: Site, name: str, language: str, dark: bool) -> None:  # noqa: FBT001
    for width in (1280, 360):
        page = site.page(width=width, dark=dark, language=language)
        page.goto(f"{site.address}/{language}{PAGES[name]}")
        assert overflow(page) <= 0
        assert [(each["id"], each["nodes"][0]["html"]) for each in site.axe(page)] == []
        site.shot(page, f"spread-{name}-{language}-{width}-{'dark' if dark else 'light'}")


def test_the_years_play_and_stop_by_keyboard(site: Site) -> None:
    page = site.page()
    page.goto(site.address + PLAYED)
    last = year(page)
    button = page.locator(".player button")
    assert button.inner_text() == "Play the years"
    button.focus()
    page.keyboard.press("Enter")
    assert button.inner_text() == "Stop"
    first = year(page)
    assert first < last  # it begins anew where it was at the end
    page.locator(f".years a[data-year='{first + 1}'][aria-current]").wait_for()
    page.keyboard.press("Escape")
    stopped = year(page)
    page.wait_for_timeout(1600)
    assert year(page) == stopped
    assert button.inner_text() == "Play the years"
    assert f"year={stopped}" in page.url
    assert page.locator("main [role=status]").inner_text().startswith(f"{stopped}: In use in")


def test_playing_ends_at_the_last_year(site: Site) -> None:
    page = site.page()
    page.goto(site.address + PLAYED)
    last = year(page)
    page.goto(f"{site.address}{PLAYED}&year={last - 1}")
    page.locator(".player button").click()
    page.locator(f".years a[data-year='{last}'][aria-current]").wait_for()
    assert page.locator(".player button").inner_text() == "Play the years"


def test_the_slider_shows_what_the_server_shows(site: Site) -> None:
    page, other = site.page(), site.page(javascript=False)
    page.goto(site.address + PLAYED)
    slider = page.locator(".player input")
    slider.focus()
    for _ in range(2):
        page.keyboard.press("ArrowLeft")
        other.goto(f"{site.address}{PLAYED}&year={year(page)}")
        assert page.locator("#spread-view").inner_html().strip() == other.locator("#spread-view").inner_html().strip()
        assert page.locator(".years [aria-current]").inner_text() == str(year(page)) == slider.input_value()
        assert page.locator("header a[hreflang=sv]").get_attribute("href").endswith(f"year={year(page)}")


def test_less_motion_means_one_year_a_press(site: Site) -> None:
    page = site.page(reduced_motion=True)
    page.goto(site.address + PLAYED)
    button = page.locator(".player button")
    assert button.inner_text() == "Next year"
    button.press("Enter")
    first = year(page)
    page.wait_for_timeout(1600)
    assert year(page) == first
    button.press("Enter")
    assert year(page) == first + 1


def test_without_javascript_links_step_through_the_years_and_the_form_chooses(site: Site) -> None:
    page = site.page(javascript=False)
    page.goto(site.address + "/en/map")
    assert not page.locator(".player").is_visible()
    page.locator("#spread-model").fill("Tiimimalli")
    page.locator(".choose button").press("Enter")
    last = year(page)
    page.locator(".years a").first.press("Enter")
    assert year(page) < last
    assert "model=tiimimalli" in page.url
    assert page.locator(".tile").count() == 23
    page.goto(site.address + "/en/timeline")
    assert page.locator("svg.curve").count() == 5
    page.locator("#spread-model").fill("Tiimimalli")
    page.locator(".choose button").press("Enter")
    assert page.locator("svg.curve").count() == 1


def test_tiles_stand_as_finland_does_and_are_read(site: Site) -> None:
    page = site.page(width=360)
    page.goto(site.address + "/fi/map")
    tiles = page.locator(".tile")
    boxes = {}
    for number in range(tiles.count()):
        tile = tiles.nth(number)
        boxes[tile.locator(".name").inner_text().replace("\u00ad", "")] = tile.bounding_box()
        assert tile.evaluate("tile => tile.scrollWidth <= tile.clientWidth + 1")
    assert boxes["Lappi"]["y"] < boxes["Kainuu"]["y"] < boxes["Helsinki"]["y"]
    assert boxes["Pohjanmaa"]["x"] < boxes["Keski-Suomi"]["x"] < boxes["Etelä-Karjala"]["x"]


@pytest.mark.parametrize("name", PAGES)
def test_at_twice_the_size_nothing_is_lost(site: Site, name: str) -> None:
    page = site.page(width=640)  # 1280 at 200 %
    page.goto(site.address + "/sv" + PAGES[name])
    assert overflow(page) <= 0


@pytest.mark.parametrize("name", ["map-model", "timeline"])
def test_print_has_the_facts_without_the_controls(site: Site, name: str) -> None:
    page = site.page()
    page.goto(site.address + "/fi" + PAGES[name])
    page.emulate_media(media="print")
    assert not page.locator(".choose").is_visible()
    assert not page.locator(".player, .years").first.is_visible()
    assert page.locator(".tiles, svg.curve").first.is_visible()
    assert page.locator("table").first.is_visible()
    site.shot(page, f"spread-{name}-print")


def test_a_wrong_address_has_a_page_that_helps(site: Site) -> None:
    page = site.page()
    answer = page.goto(site.address + "/en/map?year=1700")
    assert answer.status == 400
    assert "give one from" in page.inner_text("main")
