"""The matrix in a real browser: by keys alone, without JavaScript, narrow, dark, in each language; and the way to the evidence."""

from __future__ import annotations

import re
from typing import Any

import pytest
from browser import Site, site

__all__ = ["site"]
LANGUAGES = ("fi", "sv", "en")
WIDE = "status=adopted&status=scaled&status=established&regions=2"


def settled(page: Any) -> None:
    """Wait until a choice has been fetched and shown."""
    page.wait_for_function("!document.getElementById('matrix').hasAttribute('aria-busy')")


def count(page: Any) -> int:
    return int(page.locator(".grid tbody tr").count())


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (1280, "dark"), (360, "light")])
def test_axe_finds_nothing_and_nothing_sticks_out(site: Site, language: str, width: int, scheme: str) -> None:
    page = site.page(width=width, dark=scheme == "dark", language=language)
    for asked in ("", f"?{WIDE}&group=family", "?county=kainuu"):
        page.goto(f"/{language}/{asked}")
        assert site.axe(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        if not asked:
            site.shot(page, f"matrix-{language}-{width}-{scheme}")


def test_without_javascript_the_form_and_the_heads_do_it_all(site: Site) -> None:
    page = site.page(javascript=False, language="en")
    page.goto("/en/")
    every = count(page)
    page.get_by_text("More filters").click()
    page.get_by_role("checkbox", name="discontinued").check()
    page.get_by_role("button", name="Show").first.click()
    page.wait_for_url(lambda address: address.endswith("/en/?status=discontinued"))
    assert 0 < count(page) < every
    assert page.get_by_role("checkbox", name="discontinued").is_checked()
    page.get_by_role("columnheader", name="Claims").get_by_role("link").click()
    page.wait_for_url(lambda address: address.endswith("/en/?status=discontinued&sort=claims"))
    page.get_by_role("columnheader", name="Claims").get_by_role("link").click()
    page.wait_for_url(lambda address: address.endswith("/en/?status=discontinued&sort=claims&order=asc"))
    assert page.get_by_role("columnheader", name="Claims").get_attribute("aria-sort") == "ascending"
    page.get_by_role("link", name="Remove the filters").click()
    page.wait_for_url("**/en/")
    assert count(page) == every


def test_by_keys_alone_a_filter_is_set_and_a_cell_is_opened(site: Site) -> None:
    page = site.page(language="en")
    page.goto("/en/")
    page.get_by_role("searchbox", name="In the model's name").focus()
    page.keyboard.type("team model")
    page.wait_for_url("**/en/?q=team+model")
    settled(page)
    rows = count(page)
    assert 0 < rows < 30
    assert page.locator(".matrix-data [role=status]").inner_text().startswith(f"In view: models {rows},")
    for _ in range(25):
        page.keyboard.press("Tab")
        if page.evaluate("!!document.activeElement.closest('.grid')"):
            break
    else:
        pytest.fail("the Tab key does not reach the grid")
    place = "[document.activeElement.closest('tr').rowIndex, document.activeElement.closest('td, th').cellIndex]"
    page.keyboard.press("Control+Home")
    assert page.evaluate(place) == [0, 0]
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowRight")
    assert page.evaluate(place) == [1, 1]
    page.keyboard.press("End")
    assert page.evaluate(place)[1] == page.locator(".grid thead th").count() - 1
    page.keyboard.press("Home")
    assert page.evaluate(place) == [1, 0]
    page.keyboard.press("Control+End")
    assert page.evaluate(place) == [rows, page.locator(".grid thead th").count() - 1]
    assert page.evaluate("document.querySelectorAll('.grid [tabindex=\"0\"]').length") == 1
    page.keyboard.press("Tab")
    assert not page.evaluate("!!document.activeElement.closest('.grid')")
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Home")
    page.keyboard.press("Enter")
    page.wait_for_url("**/en/doc/model/**")


def test_choosing_changes_the_address_without_a_new_page(site: Site) -> None:
    page = site.page(language="sv")
    page.goto("/sv/")
    page.evaluate("window.same = true")
    page.locator(".matrix-form summary").click()
    page.locator("input[name=status][value=discontinued]").check()
    page.wait_for_url("**/sv/?status=discontinued")
    settled(page)
    shown = page.locator(".grid").inner_text()
    assert page.locator(".matrix-data a", has_text="CSV").get_attribute("href") == "/sv/?status=discontinued&format=csv"
    assert page.locator("a[hreflang=en]").first.get_attribute("href") == "/en/?status=discontinued"
    page.locator(".grid thead th.n a").last.click()
    page.wait_for_url("**/sv/?status=discontinued&sort=claims")
    assert page.locator("select[name=sort]").input_value() == "claims"
    assert page.evaluate("window.same") is True
    page.goto("/sv/?status=discontinued")
    assert page.locator(".grid").inner_text() == shown


def test_on_a_narrow_screen_the_table_comes_first(site: Site) -> None:
    page = site.page(width=360)
    page.goto("/sv/")
    choices = page.locator(".matrix-form")
    assert not choices.is_visible()
    page.locator(".matrix-choices > summary").press("Enter")
    assert choices.is_visible()
    page.goto("/sv/?status=discontinued")
    assert choices.is_visible()  # what narrows the view is seen
    bare = site.page(width=360, javascript=False)
    bare.goto("/sv/")
    assert bare.locator(".matrix-form").is_visible()


def test_heads_stay_in_sight_while_the_cells_move(site: Site) -> None:
    page = site.page(width=700, language="fi")
    page.goto("/fi/")
    box = page.locator(".matrix-scroll")
    before = [page.locator(each).first.bounding_box() for each in (".grid thead th.n", ".grid tbody th")]
    box.evaluate("box => box.scrollTo(250, 900)")
    page.wait_for_timeout(100)
    view = box.bounding_box()
    head = page.locator(".grid thead th").first.bounding_box()
    assert abs(head["y"] - view["y"]) <= 2
    assert abs(head["x"] - view["x"]) <= 2
    row = page.locator(".grid tbody th").nth(25).bounding_box()
    assert abs(row["x"] - view["x"]) <= 2
    assert page.locator(".grid thead th.n").first.bounding_box()["x"] < before[0]["x"] - 200
    assert page.locator(".grid tbody th").first.bounding_box()["y"] < before[1]["y"] - 700


def test_from_the_first_page_to_the_evidence_of_ipc_in_three_clicks(site: Site) -> None:
    page = site.page(language="en", javascript=False)
    page.goto("/en/")
    row = page.locator(".grid tbody tr", has=page.locator("a[href$='/doc/model/ipc']"))
    assert row.count() == 1
    row.locator("td:not(.n):not(.u) a").first.click()
    assert re.search(r"/en/doc/adoption/ipc-[a-z-]+$", page.url)
    page.locator("a[href*='/doc/claim/']").first.click()
    assert "/doc/claim/" in page.url
    told = page.locator("main").inner_text()
    source = page.locator("main a[href*='/doc/page/']").first
    assert source.is_visible()
    offsets = page.evaluate("document.querySelector('main').textContent")
    assert re.search(r"\b\d{3,}\b", offsets)
    assert told
    source.click()
    assert "/doc/page/" in page.url


def test_paper_takes_the_whole_table(site: Site) -> None:
    page = site.page()
    page.goto("/fi/")
    page.emulate_media(media="print")
    box = page.locator(".matrix-scroll")
    assert box.evaluate("box => box.scrollHeight - box.clientHeight") <= 1
    assert page.locator(".matrix-form").is_hidden()
