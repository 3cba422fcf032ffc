"""The shell that every page stands in, in a real browser."""

from __future__ import annotations

import pytest
from browser import Site, site


def test_the_first_page_opens(site: Site) -> None:
    page = site.page()
    page.goto("/")
    assert page.locator("h1").count() == 1


def test_a_request_to_another_host_is_trouble(site: Site) -> None:
    page = site.page()
    page.goto("/about:blank")
    page.evaluate("() => fetch('http://127.0.0.1:9/').catch(() => 0)")
    assert any("another host" in each or "console says" in each for each in site.troubles)
    site.troubles.clear()


def test_a_part_that_is_missing_is_trouble(site: Site) -> None:
    page = site.page()
    page.goto("/")
    page.evaluate("() => fetch('/static/none.js')")
    with pytest.raises(AssertionError, match="404"):
        site.settle()
