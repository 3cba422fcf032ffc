"""What every page's head and foot say, and the headers that keep other sites out."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

import pytest
from app_factory import making
from flask import Flask
from flask.testing import FlaskClient
from page_outline import BROWSER, outline

from graph import site
from graph.problems import Problem
from graph.settings import ROOT, Settings
from graph.snapshot import Snapshot
from graph.translations import texts

CODES = ("400", "403", "404", "405", "406", "410", "413", "415", "429", "500", "503")


@pytest.fixture(scope="module")
def app(settings: Settings, snapshot: Snapshot) -> Iterator[Flask]:
    assert snapshot.base
    with making(replace(settings, client_requests=100_000, address="https://data.example.org/levikki/")) as app:
        yield app


def test_a_page_names_itself_in_every_language(client: FlaskClient) -> None:
    page = outline(client.get("/sv/questions/models-of-region?region=ita-uusimaa&lang=en", headers=BROWSER).text)
    found = {each["hreflang"]: each["href"] for each in page.all("link") if "hreflang" in each}
    path = "/questions/models-of-region?region=ita-uusimaa"
    root = "https://data.example.org/levikki"
    assert found == {**{each: f"{root}/{each}{path}" for each in ("fi", "sv", "en")}, "x-default": f"{root}{path}"}
    assert [each["href"] for each in page.all("link") if each.get("rel") == "canonical"] == [f"{root}/sv{path}"]


def test_a_page_tells_what_it_is_about_as_plain_text(client: FlaskClient) -> None:
    page = outline(client.get("/sv/about", headers=BROWSER).text)
    told = {each.get("property") or each.get("name"): each.get("content") for each in page.all("meta")}
    assert told["og:title"] == "Om uppgifterna"
    assert told["og:locale"] == "sv_FI"
    assert told["og:url"] == "https://data.example.org/levikki/sv/about"
    assert told["description"] == told["og:description"]
    assert len(str(told["description"])) > 50


def test_an_error_is_no_page_to_find_again(client: FlaskClient) -> None:
    page = client.get("/fi/doc/model/none", headers=BROWSER).text
    assert "canonical" not in page
    assert 'hreflang="x-default"' not in page


def test_only_ways_that_the_app_has_are_offered(app: Flask, client: FlaskClient) -> None:
    page = client.get("/en/", headers=BROWSER).text
    head = page[page.index("<header") : page.index("</header>")]
    words = texts()["en"]
    for endpoint, text in (*site.NAVIGATION, *site.ALSO):
        assert (f">{words[text]}</a>" in head) == (endpoint in app.view_functions)
    assert ('role="search"' in head) == ("search.search" in app.view_functions)


def test_every_way_has_words_in_every_language() -> None:
    for words in texts().values():
        assert {text for offered in site.WAYS.values() for _, text in offered} <= set(words)


def test_the_foot_says_which_release_this_is(client: FlaskClient, snapshot: Snapshot) -> None:
    page = client.get("/fi/sparql", headers=BROWSER).text
    foot = page[page.index("<footer") :]
    assert f"/fi/release/{snapshot.name}" in foot
    assert re.search(r"<time datetime=\"\d{4}-[^\"]+\">\d+\.\d+\.\d{4}</time>", foot)


def test_a_page_stands_where_nothing_is_served(tmp_path_factory: pytest.TempPathFactory) -> None:
    with making(Settings(snapshots=tmp_path_factory.mktemp("empty"))) as app:
        answer = app.test_client().get("/en/", headers=BROWSER)
        assert answer.status_code == 503
        assert "Error 503" in answer.text
        assert "Try again in" in answer.text


@pytest.mark.parametrize("code", CODES)
def test_every_error_has_words_that_help_in_every_language(app: Flask, code: str) -> None:
    for language, words in texts().items():
        assert words["errors"][code]
        with app.test_request_context(f"/{language}/x"):
            app.preprocess_request()
            problem = Problem(int(code), "the <b> failed", headers={"Retry-After": "7"})
            page = app.jinja_env.get_template("error.html")
            text = page.render(**site.page_values() | words_of(language), problem=problem, url_for=app.url_for)
        assert words["shell_help"][code] in text.replace("&#39;", "'")
        assert words["shell_retry"].format(seconds=7) in text
        assert "<b>" not in text


def words_of(language: str) -> dict[str, object]:
    return {"t": texts()[language], "language": language}


def test_numbers_and_days_are_written_as_the_language_does(app: Flask) -> None:
    written = {}
    for language in ("fi", "sv", "en"):
        with app.test_request_context(f"/?lang={language}"):
            written[language] = (site.number(18768), site.number(0.8, 3), site.day("2026-03-07T01:02:03Z"))
    assert written == {
        "fi": ("18\u00a0768", "0,800", "7.3.2026"),
        "sv": ("18\u00a0768", "0,800", "7 mars 2026"),
        "en": ("18,768", "0.800", "7 Mar 2026"),
    }


def test_other_sites_may_read_data_and_not_pages(client: FlaskClient) -> None:
    page, data = client.get("/en/about", headers=BROWSER), client.get("/doc/model/tiimimalli.ttl")
    assert page.headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert data.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert page.headers["Cross-Origin-Opener-Policy"] == "same-origin"


def test_transport_is_held_secure_where_it_is(client: FlaskClient) -> None:
    assert "Strict-Transport-Security" not in client.get("/en/about").headers
    secure = client.get("/en/about", base_url="https://localhost")
    assert secure.headers["Strict-Transport-Security"].startswith("max-age=")


def test_the_sign_of_the_site_and_the_shapes_are_our_own() -> None:
    for path in (ROOT / "static" / "favicon.svg", ROOT / "templates" / "marks.html"):
        text = path.read_text(encoding="utf-8")
        assert "style=" not in text
        assert "<script" not in text
    shapes = (ROOT / "templates" / "marks.html").read_text(encoding="utf-8")
    drawn = re.findall(r'<symbol id="mark-([\w-]+)"[^>]*>(.*?)</symbol>', shapes)
    assert len({shape for _, shape in drawn}) == len(drawn) == 10
