"""Languages: by the address, by what the browser prefers, and kept from page to page; programs are told addresses without one."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from app_factory import making
from flask.testing import FlaskClient

from graph.settings import Settings

LANGUAGES = ("fi", "sv", "en")
HTML = {"Accept": "text/html"}


def language_of(page: str) -> str:
    found = re.search(r'<html lang="(\w+)"', page)
    assert found
    return found[1]


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_address_has_its_language_whatever_the_browser_prefers(client: FlaskClient, language: str) -> None:
    other = {"fi": "sv", "sv": "en", "en": "fi"}[language]
    for path in ("/", "/questions", "/doc/region/ita-uusimaa", "/data/", "/catalog", "/changes"):
        answer = client.get(f"/{language}{path}", headers={**HTML, "Accept-Language": other})
        assert (answer.status_code, language_of(answer.text)) == (200, language)


def test_without_one_the_browser_decides_and_finnish_is_what_is_left(client: FlaskClient) -> None:
    assert language_of(client.get("/", headers={**HTML, "Accept-Language": "sv-FI, en;q=0.5"}).text) == "sv"
    assert language_of(client.get("/", headers={**HTML, "Accept-Language": "de"}).text) == "fi"
    assert language_of(client.get("/?lang=en", headers=HTML).text) == "en"


def test_links_of_a_page_stay_in_its_language(client: FlaskClient) -> None:
    page = client.get("/sv/doc/region/ita-uusimaa", headers=HTML).text
    body = page[page.index("<main") :]
    local = re.findall(r'href="(/[^"]*)"', body)
    assert len(local) > 20
    assert [link for link in local if not link.startswith("/sv/")] == []


def test_the_switch_leads_to_the_same_page_with_what_was_asked(client: FlaskClient) -> None:
    page = client.get("/sv/questions/models-of-region?region=ita-uusimaa", headers=HTML).text
    for each in LANGUAGES:
        assert f'href="/{each}/questions/models-of-region?region=ita-uusimaa"' in page


@pytest.mark.usefixtures("snapshot")
def test_a_language_stands_behind_the_path_that_the_service_is_mounted_at(settings: Settings) -> None:
    with making(replace(settings, trusted_proxies=1)) as app:
        headers = {**HTML, "X-Forwarded-Prefix": "/levikki", "X-Forwarded-For": "192.0.2.1"}
        page = app.test_client().get("/en/questions", headers=headers).text
        assert 'href="/levikki/sv/questions"' in page
        assert 'href="/levikki/en/questions/models-of-region"' in page


@pytest.mark.parametrize(
    "path", ["/sparql", "/.well-known/void", "/feed", "/catalog.ttl", "/.well-known/sparql-examples"]
)
def test_programs_are_told_addresses_without_a_language(client: FlaskClient, path: str) -> None:
    plain = client.get(path, headers={"Accept": "text/turtle, application/trig;q=0.5"})
    below = client.get(f"/sv{path}", headers={"Accept": "text/turtle, application/trig;q=0.5"})
    assert plain.status_code == below.status_code == 200
    assert below.data == plain.data


def test_what_only_begins_like_a_language_is_none(client: FlaskClient) -> None:
    assert client.get("/fin", headers=HTML).status_code == 404
    assert client.get("/de/", headers=HTML).status_code == 404
    assert client.get("/fi/fi/", headers=HTML).status_code == 404
