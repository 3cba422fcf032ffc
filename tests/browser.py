"""A real browser over the app: Chromium, headless, on loopback. A page that it opens fails its test on any trouble.

Trouble is an error on the console (a breach of the Content-Security-Policy is one), an exception in a script, a part of a page that
is not there, and a request to any other host.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any, cast
from urllib.parse import urlsplit

import pytest
from app_factory import answering, making
from conftest import tool
from flask import Flask

from graph.settings import ROOT, Settings
from graph.snapshot import Snapshot

OUTPUT = ROOT / "ci-output"
QUIET = "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking".split()
QUIET += ["--disable-component-update", "--disable-sync"]
LANGUAGES = {"fi": "fi-FI", "sv": "sv-FI", "en": "en-GB"}
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


class Site:
    """Hold the app as a browser sees it.

    :param address: where it answers: http://127.0.0.1:PORT.
    :param browser: playwright's.
    """

    def __init__(self, address: str, browser: Any) -> None:
        self.address, self.troubles = address, list[str]()
        self._browser, self._open = browser, list[tuple[str, Any]]()
        self.refusals = set[int]()  # statuses that the test asks for; forgotten at its end

    def page(
        self,
        javascript: bool = True,
        width: int = 1280,
        dark: bool = False,
        language: str = "fi",
        reduced_motion: bool = False,
    ) -> Any:
        """Open an empty page (`page.goto("/…")` goes on); the fixture closes it after the test.

        :param language: what the browser prefers.
        """
        context = self._browser.new_context(
            base_url=self.address,
            java_script_enabled=javascript,
            viewport={"width": width, "height": 900},
            color_scheme="dark" if dark else "light",
            locale=LANGUAGES[language],
            reduced_motion="reduce" if reduced_motion else "no-preference",
        )
        context.set_default_timeout(20_000)
        page = context.new_page()
        page.on("request", lambda each: self._own(page, each.url))
        page.on("response", lambda each: self._there(page, each))
        page.on("pageerror", lambda error: self.trouble(page, f"a script failed: {error}"))
        page.on("console", lambda said: self._heard(page, said))
        self._open.append((os.environ.get("PYTEST_CURRENT_TEST", "").rpartition(" ")[0], context))
        return page

    def axe(self, page: Any) -> list[dict[str, Any]]:
        """Return what axe-core finds against WCAG 2.2 AA and its own best practice."""
        page.evaluate((tool("axe-core") / "axe.min.js").read_text(encoding="utf-8"))
        found = page.evaluate(
            "rules => axe.run(document, {runOnly: rules, resultTypes: ['violations']}).then(all => all.violations)",
            RULES,
        )
        return cast("list[dict[str, Any]]", found)

    def shot(self, page: Any, name: str) -> Path:
        """Keep a picture of the whole page in ci-output/."""
        OUTPUT.mkdir(exist_ok=True)
        path = OUTPUT / f"{name}.png"
        page.screenshot(path=path, full_page=True)
        return path

    def trouble(self, page: Any, what: str) -> None:
        """Remember what is wrong, for the end of the test."""
        self.troubles.append(f"{page.url}: {what}")

    def settle(self) -> None:
        """Close the pages of the test that runs, and fail it where one of them had trouble."""
        test = os.environ.get("PYTEST_CURRENT_TEST", "").rpartition(" ")[0]
        for _, context in [each for each in self._open if each[0] == test]:
            context.close()
        self._open = [each for each in self._open if each[0] != test]
        found, self.troubles = self.troubles, []
        self.refusals.clear()
        assert not found, "\n".join(found)

    def _own(self, page: Any, address: str) -> None:
        parts = urlsplit(address)
        if parts.scheme not in {"data", "blob", "about"} and f"{parts.scheme}://{parts.netloc}" != self.address:
            self.trouble(page, f"asks another host: {address}")

    def _there(self, page: Any, response: Any) -> None:
        asked_for = response.request.is_navigation_request() or response.status in self.refusals
        if response.status >= 400 and not asked_for:
            self.trouble(page, f"{response.status} for {response.url}")

    def _heard(self, page: Any, said: Any) -> None:
        # An answer of 4xx is told here once more, that to the page itself included, which a test may have asked for.
        if said.type == "error" and not said.text.startswith("Failed to load resource"):
            self.trouble(page, f"the console says: {said.text}")


def needed(what: str) -> None:
    """Skip by name where a part of the machinery is missing; fail where LEVIKKI_TOOLS says that it has to be there."""
    if os.environ.get("LEVIKKI_TOOLS"):
        pytest.fail(f"{what} is missing, and the pages have to be tried in a real browser")
    pytest.skip(f"needs {what}, which is not here")


@contextmanager
def chromium() -> Iterator[Any]:
    """Start the machine's Chromium; yield playwright's browser."""
    path = shutil.which("chromium") or shutil.which("chromium-browser")
    if not path:
        needed("Chromium")
    try:
        from playwright.sync_api import sync_playwright  # noqa: PLC0415
    except ImportError:
        needed("playwright")
    with sync_playwright() as machine:
        browser = machine.chromium.launch(executable_path=path, args=QUIET)
        yield browser
        browser.close()


def whole(app: Flask) -> Callable[..., list[bytes]]:
    """Return the app as one that has each answer whole, and its file closed, before a byte is sent.

    A browser that leaves a page lets go of what it has not fetched yet; werkzeug then forgets to close the file that it was sending.
    """

    def answer(environ: dict[str, Any], start: Callable[..., Any]) -> list[bytes]:
        parts = app(environ, start)
        try:
            return list(parts)
        finally:
            getattr(parts, "close", lambda: None)()

    return answer


@contextmanager
def serving(settings: Settings) -> Iterator[str]:
    """Let the app answer on loopback, in threads of its own; yield its address."""
    with making(settings) as app, answering(whole(app)) as address:
        yield address


@pytest.fixture(scope="module")
def site(settings: Settings, snapshot: Snapshot) -> Iterator[Site]:
    """Serve the session's snapshot and open a browser on it."""
    assert snapshot.path.exists()
    quiet = replace(settings, access_log=False, client_requests=1_000_000, client_seconds=100_000.0)
    with serving(quiet) as address, chromium() as browser:
        yield Site(address, browser)
