"""The shell that every page stands in, in a real browser: axe, keyboard, no script, narrow, dark, large, on paper, no other host."""

from __future__ import annotations

import re
from itertools import combinations
from typing import Any

import pytest
from browser import Site, site

CLAIM = "/doc/claim/keski-pohjanmaa-baseline-tiimimalli-kokkola"
THINGS = (
    "/doc/model/tiimimalli /doc/region/keski-pohjanmaa /doc/project/keski-pohjanmaa-tulevaisuuden-sote-keskus /doc/goal/helsinki-86"
    " /doc/organisation/hus /doc/municipality/kokkola /doc/page/keski-pohjanmaa /doc/scheme/status"
    " /doc/measure/keski-pohjanmaa-baseline-tiimimalli-kokkola-1"
).split()
SHELL = (
    "/ /about /questions /questions/models-of-region?region=ita-uusimaa /questions/evidence-of-claim /questions/lineage-of-model"
    " /questions/dropped-or-never-begun /sparql /data/ /catalog /changes /release/ /ontology"
).split()
FAILED = ["/nothing", "/doc/model/none", "/questions/models-of-region?region=none", "/doc/model/tiimimalli.pdf"]
STATUSES = "planned prepared piloted in-introduction adopted scaled established discontinued not-started".split()


def found(site: Site, page: Any) -> list[str]:
    return [f"{each['id']}: {each['nodes'][0]['html'][:200]}" for each in site.axe(page)]


def test_a_request_to_another_host_is_trouble(site: Site) -> None:
    page = site.page()
    page.goto("/nothing")
    page.evaluate("() => fetch('http://127.0.0.1:9/').catch(() => 0)")
    assert any("another host" in each or "console says" in each for each in site.troubles)
    site.troubles.clear()


def test_a_part_that_is_missing_is_trouble(site: Site) -> None:
    page = site.page()
    page.goto("/")
    page.evaluate("() => fetch('/static/none.js')")
    with pytest.raises(AssertionError, match="404"):
        site.settle()


@pytest.mark.parametrize("path", [*SHELL, CLAIM, *THINGS, *FAILED])
def test_axe_finds_nothing_and_nobody_else_is_asked(site: Site, path: str) -> None:
    page = site.page()
    page.goto(f"/fi{path}")
    assert found(site, page) == []


@pytest.mark.parametrize("language", ["sv", "en"])
@pytest.mark.parametrize("path", ["/", "/about", "/questions", CLAIM, "/nothing"])
def test_axe_finds_nothing_in_the_other_languages(site: Site, path: str, language: str) -> None:
    page = site.page(language=language)
    page.goto(path)
    assert page.locator("html").get_attribute("lang") == language
    assert found(site, page) == []


@pytest.mark.parametrize("path", ["/", "/about", CLAIM, "/questions", "/sparql", "/nothing", "/ontology"])
def test_axe_finds_nothing_in_the_dark_on_a_narrow_screen(site: Site, path: str) -> None:
    page = site.page(dark=True, width=360)
    page.goto(f"/fi{path}")
    assert found(site, page) == []


@pytest.mark.parametrize("path", [*SHELL, CLAIM, *THINGS, "/nothing"])
def test_no_page_is_wider_than_a_small_telephone(site: Site, path: str) -> None:
    page = site.page(width=320, javascript=False)  # what WCAG 2.2 asks for (1.4.10)
    page.goto(f"/fi{path}")
    assert page.evaluate("document.documentElement.scrollWidth") <= 320


@pytest.mark.parametrize(
    "path", ["/", "/map?model=tiimimalli", "/doc/model/tiimimalli", "/questions/models-of-region", "/about"]
)
def test_twice_as_large_letters_stay_on_the_page(site: Site, path: str) -> None:
    page = site.page(width=640)  # 1280 wide at 200 %
    page.goto(f"/fi{path}")
    page.evaluate("document.documentElement.classList.add('large')")
    page.locator("html").evaluate("each => { each.style.fontSize = '200%' }")
    assert page.evaluate("document.documentElement.scrollWidth") <= 640
    site.shot(page, f"shell-large-{path.strip('/').replace('/', '-').partition('?')[0] or 'home'}")


def test_the_keyboard_goes_from_the_skip_link_through_the_ways_to_the_content(site: Site) -> None:
    page = site.page()
    page.goto("/en/about")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    assert page.locator(".skip").bounding_box()["x"] >= 0
    texts = []
    while not page.evaluate("document.activeElement.closest('main')"):
        page.keyboard.press("Tab")
        texts.append(page.evaluate("document.activeElement.textContent"))
        outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
        assert outline == "solid", f"the focus does not show at {texts[-1]}"
    assert {"Levikki", "Svenska", "Spread", "Questions", "SPARQL", "Data", "About the data"} <= set(texts)


def test_the_skip_link_leads_to_the_content(site: Site) -> None:
    page = site.page()
    page.goto("/en/about")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "content"
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('main') !== null")


def test_language_and_ways_work_without_a_script(site: Site) -> None:
    page = site.page(javascript=False)
    page.goto("/fi/about")
    page.get_by_role("link", name="Svenska").click()
    assert page.url == f"{site.address}/sv/about"
    page.get_by_role("navigation", name="Huvudmeny").get_by_role("link", name="Frågor").click()
    assert page.url == f"{site.address}/sv/questions"
    assert page.locator("nav [aria-current=page]").first.text_content() == "Frågor"


def luminance(colour: str) -> float:
    parts = [int(each) / 255 for each in re.findall(r"\d+", colour)[:3]]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_each_status_reads_well_and_has_a_colour_and_a_shape_of_its_own(site: Site, dark: bool) -> None:  # noqa: FBT001
    page = site.page(dark=dark)
    page.goto("/en/about")
    shown = page.evaluate(
        "() => [...document.querySelectorAll('#statuses-caption ~ tbody .chip')].map(each => ["
        "getComputedStyle(each).backgroundColor, getComputedStyle(each.querySelector('a')).color,"
        "document.querySelector(each.querySelector('use').getAttribute('href')).innerHTML])"
    )
    assert len(shown) == len(STATUSES)
    assert [each for each in shown if contrast(each[0], each[1]) < 4.5] == []
    for one, other in combinations(shown, 2):
        assert one[0] != other[0]
        assert one[2] != other[2]
    site.shot(page, f"shell-about-{'dark' if dark else 'light'}")


def test_motion_stops_where_it_is_not_wanted(site: Site) -> None:
    page = site.page(reduced_motion=True)
    page.goto("/en/about")
    page.locator("main").evaluate("each => each.insertAdjacentHTML('beforeend', '<p class=waiting>…</p>')")
    name = page.evaluate("getComputedStyle(document.querySelector('.waiting'), '::before').animationName")
    assert name == "none"


def test_paper_has_the_content_and_no_ways(site: Site) -> None:
    page = site.page(dark=True)
    page.goto("/en/about")
    page.emulate_media(media="print", color_scheme="dark")
    assert not page.get_by_role("navigation", name="Main menu").is_visible()
    assert page.locator("h1").is_visible()
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    site.shot(page, "shell-about-print")


def test_colours_of_the_system_keep_the_shapes(site: Site) -> None:
    page = site.page()
    page.goto("/en/about")
    page.emulate_media(forced_colors="active")
    assert page.locator(".chip .mark").first.is_visible()
    assert page.evaluate("getComputedStyle(document.querySelector('.chip')).borderTopStyle") == "solid"


@pytest.mark.parametrize("path", FAILED)
def test_an_error_says_what_helps_and_leads_on(site: Site, path: str) -> None:
    page = site.page(language="sv")
    answer = page.goto(f"/sv{path}")
    assert answer.status >= 400
    assert page.locator(".code").text_content() == f"Fel {answer.status}"
    assert len(page.locator(".lead").text_content()) > 40
    page.locator("main ul a").first.click()
    assert page.url == f"{site.address}/sv/"
