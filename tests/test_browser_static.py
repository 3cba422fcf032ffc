"""The site as files in a real browser, served by a plain server from a folder of its own: from the first page to the evidence."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from browser import Site, chromium
from local_server import listening
from test_static import write

from graph.settings import Settings
from graph.snapshot import Snapshot


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        return


@pytest.fixture(scope="module")
def written(settings: Settings, snapshot: Snapshot, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """Write the site into the folder `levikki` of another, and open a browser on it."""
    assert snapshot.files
    folder: Path = tmp_path_factory.mktemp("static-browser")
    with listening(partial(Quiet, directory=str(folder))) as port, chromium() as browser:  # type: ignore[arg-type]
        address = f"http://127.0.0.1:{port}"
        write(settings, folder / "levikki", f"{address}/levikki/")
        yield Site(address, browser)


@pytest.fixture(autouse=True)
def _no_trouble(written: Site) -> Iterator[None]:
    yield
    written.settle()


@pytest.mark.parametrize("javascript", [True, False])
def test_a_reader_goes_from_the_first_page_to_the_evidence(written: Site, javascript: bool) -> None:  # noqa: FBT001
    page = written.page(javascript=javascript, language="sv")
    page.goto("/levikki/")
    if not javascript:
        page.click("a[hreflang=sv]")
    page.wait_for_url("**/levikki/sv/")
    page.goto("/levikki/sv/doc/model/omatiimi")
    assert page.locator("html").get_attribute("lang") == "sv"
    for step in ("/doc/adoption/", "/doc/claim/"):
        page.locator(f"main a[href*='{step}']").first.click()
        page.wait_for_url(f"**{step}**")
        assert urlsplit(page.url).path.startswith("/levikki/sv/doc/")
    assert page.locator("link[rel=stylesheet]").count()
    assert page.evaluate("document.styleSheets.length") if javascript else True
    page.locator("a[hreflang=en]").click()
    page.wait_for_url("**/levikki/en/doc/claim/**")


def test_the_address_of_a_thing_leads_to_its_page_in_the_readers_language(written: Site) -> None:
    page = written.page(language="en")
    page.goto("/levikki/id/region/helsinki")
    page.wait_for_url("**/levikki/en/doc/region/helsinki/")


def test_what_a_server_would_do_says_that_it_is_not_there(written: Site) -> None:
    page = written.page()
    page.goto("/levikki/fi/sparql")
    assert page.locator("form").count() == 0
    assert "tiedostoiksi" in page.locator("main").inner_text()
    assert written.axe(page) == []
