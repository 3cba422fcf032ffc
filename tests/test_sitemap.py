"""The sitemap: every page that it lists is there, and every thing that has a page is listed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from urllib.parse import urlsplit

import pytest
from app_factory import making
from flask.testing import FlaskClient
from lxml import etree  # type: ignore[import-untyped]

from graph.settings import Settings
from graph.snapshot import Snapshot
from graph.store import Engine

SPACES = {"s": "http://www.sitemaps.org/schemas/sitemap/0.9", "x": "http://www.w3.org/1999/xhtml"}
ADDRESS = "https://example.org/levikki"


@pytest.fixture(scope="module")
def client(settings: Settings, snapshot: Snapshot) -> Iterator[FlaskClient]:
    assert snapshot.path.exists()
    with making(replace(settings, address=f"{ADDRESS}/", client_requests=1_000_000)) as app:
        yield app.test_client()


@pytest.fixture(scope="module")
def addresses(client: FlaskClient) -> list[str]:
    answer = client.get("/sitemap.xml")
    assert answer.content_type == "application/xml; charset=utf-8"
    return [each.text or "" for each in etree.fromstring(answer.data).iterfind(".//s:loc", SPACES)]


def test_every_view_and_thing_is_listed_once_in_each_language(addresses: list[str], engine: Engine) -> None:
    assert len(addresses) == len(set(addresses))
    for language in ("fi", "sv", "en"):
        assert f"{ADDRESS}/{language}/" in addresses
        assert f"{ADDRESS}/{language}/timeline" in addresses
        assert f"{ADDRESS}/{language}/doc/region/helsinki" in addresses
        assert f"{ADDRESS}/{language}/doc/page/helsinki" in addresses
    rows = engine.select("SELECT DISTINCT ?thing { ?thing a lev:PracticeModel }").rows
    assert sum("/fi/doc/model/" in each for each in addresses) == len(rows)
    assert not [each for each in addresses if "/doc/claim/" in each or not each.startswith(f"{ADDRESS}/")]


def test_what_is_listed_is_there(addresses: list[str], client: FlaskClient) -> None:
    seen = set[str]()
    for each in addresses:
        language, _, page = each.removeprefix(f"{ADDRESS}/").partition("/")
        kind = f"{language} {page.rpartition('/')[0] or page}"
        if kind in seen:
            continue
        seen.add(kind)
        path = urlsplit(each).path.removeprefix("/levikki")
        assert client.get(path, headers={"Accept": "text/html"}).status_code == 200, each
    assert len(seen) > 30


def test_an_entry_names_its_twins(client: FlaskClient) -> None:
    entries = etree.fromstring(client.get("/sitemap.xml").data).iterfind("s:url", SPACES)
    entry = next(each for each in entries if each.findtext("s:loc", "", SPACES) == f"{ADDRESS}/sv/doc/model/ipc")
    twins = {each.get("hreflang"): each.get("href") for each in entry.iterfind("x:link", SPACES)}
    assert twins == {each: f"{ADDRESS}/{each}/doc/model/ipc" for each in ("fi", "sv", "en")}


def test_crawlers_are_told_of_it_and_kept_from_queries(client: FlaskClient) -> None:
    lines = client.get("/robots.txt").text.splitlines()
    assert f"Sitemap: {ADDRESS}/sitemap.xml" in lines
    assert {"Disallow: /sparql", "Disallow: /*/sparql"} <= set(lines)
