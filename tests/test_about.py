"""The page on the data: its counts are the graph's, its holes are told, its figures are those that `make eval` finds."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

import pytest
from app_factory import making
from conftest import shared
from flask import Flask
from flask.testing import FlaskClient

from benchmarks import evaluate
from graph import about_view
from graph.names import Names
from graph.settings import Settings
from graph.snapshot import Snapshot
from graph.store import Engine

HTML = {"Accept": "text/html"}


@pytest.fixture(scope="module")
def app(settings: Settings, snapshot: Snapshot) -> Iterator[Flask]:
    assert snapshot.base
    chosen = replace(settings, client_requests=100_000, publisher_name="Koejulkaisija", contact_email="koe@example.org")
    with making(chosen) as app:
        yield app


def one(engine: Engine, query: str) -> int:
    return int(engine.select(f"SELECT (COUNT(DISTINCT ?x) AS ?n) {{ {query} }}").rows[0]["n"].value)


def test_counts_are_those_of_the_graph(engine: Engine) -> None:
    data = about_view.about(engine, "en")
    claims = one(engine, "?x a lev:Claim")
    assert data.counts["Claim"] == claims > 0
    for shares in (data.periods, data.reviews, data.statuses):
        assert sum(each.claims for each in shares) == claims
    assert sum(each.claims for each in data.regions) == one(engine, "?x a lev:Claim ; lev:region ?region")
    assert data.reported == one(engine, "?a a lev:Adoption ; lev:model ?x")
    assert data.read == one(engine, "?c a lev:Claim ; lev:source ?x")


def test_holes_are_told_and_a_region_without_a_claim_is_not_a_zero(engine: Engine, client: FlaskClient) -> None:
    data = about_view.about(engine, "en")
    assert {each.iri for each in data.silent} == {
        row["x"].value
        for row in engine.select(
            "SELECT ?x { ?x a lev:Region FILTER NOT EXISTS { ?c a lev:Claim ; lev:region ?x } }"
        ).rows
    }
    assert 0 < data.known < 100
    page = client.get("/en/about", headers=HTML).text
    assert page.count("nothing known") == len(data.silent) > 0
    assert f"Of {len(data.regions)} regions {len(data.silent)} have not a single claim." in page
    for shown in (data.counts["Claim"], data.pairs, data.known):
        assert f"{shown:,}" in page


@pytest.mark.parametrize(("language", "figure"), [("fi", "0,962"), ("sv", "0,962"), ("en", "0.962")])
def test_it_stands_in_three_languages_and_writes_numbers_as_they_do(
    client: FlaskClient, language: str, figure: str
) -> None:
    answer = client.get(f"/{language}/about", headers=HTML)
    assert answer.status_code == 200
    assert figure in answer.text
    assert "Koejulkaisija" in answer.text
    assert "mailto:koe@example.org" in answer.text
    assert not re.search(r"\{\w+\}|Undefined|None", answer.text)
    anchors = set(re.findall(r' id="([\w-]+)"', answer.text))
    assert set(re.findall(r'href="#([\w-]+)"', answer.text)) <= anchors


def test_it_can_be_cited_by_the_release(client: FlaskClient, snapshot: Snapshot) -> None:
    page = client.get("/en/about", headers=HTML).text
    cited = re.search(r'<p class="cite">(.*?)</p>', page, re.DOTALL)
    assert cited
    assert f"release/{snapshot.name}" in cited[1]


def test_an_empty_graph_has_a_page_too(
    snapshot: Snapshot, settings: Settings, names: Names, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = Engine(snapshot.store_path(), settings, names)  # of which nothing is known yet
    found = engine.select("SELECT ?none { ?none a lev:None }")
    monkeypatch.setattr(Engine, "select", lambda *_, **__: found)
    data = about_view.about(engine, "fi")
    assert (data.known, data.silent, data.example, data.days) == (0, (), "", ("", ""))
    assert about_view.ontology_version(engine) == ""
    engine.close()


def test_every_set_has_its_words_and_its_row(client: FlaskClient) -> None:
    assert [each.name for each in about_view.quality()] == list(evaluate.KEYS.values())
    page = client.get("/en/about", headers=HTML).text
    assert page.count("Rules were mended on these.") == 2
    assert page.count("on which nothing was mended") == 1


@pytest.mark.parametrize("name", evaluate.SETS)
def test_the_quality_shown_is_what_the_reading_is_measured_at(name: str) -> None:
    if evaluate.KEYS[name] == "gold":
        shared("eval")
    measured = evaluate.whole(*evaluate.SETS[name], say=lambda _: None)
    key = evaluate.KEYS[name]
    assert evaluate.table()[key] == evaluate.row(key, measured), "data/quality.csv is old: run make eval"
