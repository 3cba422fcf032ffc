"""The pages of things: models, regions, projects, goals, pages, claims; with the evidence, in three languages, and for sparse facts too."""

from __future__ import annotations

import re
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from app_factory import making
from flask.testing import FlaskClient
from page_outline import BROWSER, outline
from test_server import make_snapshot

from graph import model_view, region_view
from graph.lookup import Lookup
from graph.names import Names
from graph.settings import Settings
from graph.standing import Standing, alike, unknown_here
from graph.store import Engine
from graph.views import STATUSES

LANGUAGES = ("fi", "sv", "en")
CLAIM = "claim/keski-pohjanmaa-baseline-tiimimalli-kokkola"
PAGES = [
    "model/tiimimalli", "model/ipc", "model/etakuntoutus", "region/keski-pohjanmaa", "region/kainuu", CLAIM,
    "adoption/tiimimalli-keski-pohjanmaa", "project/keski-pohjanmaa-tulevaisuuden-sote-keskus", "organisation/hus",
    "programme/tulevaisuuden-sosiaali-ja-terveyskeskus", "goal/keski-pohjanmaa-78", "scheme/programme-goal/saatavuus",
    "page/keski-pohjanmaa",
]  # fmt: skip


def text_of(client: FlaskClient, path: str) -> str:
    """Return the words of a page, without its tags."""
    answer = client.get(path, headers=BROWSER)
    assert answer.status_code == 200, answer.text
    main = answer.text[answer.text.index("<main") : answer.text.index("</main>")]
    return re.sub(r" ([,;.])", r"\1", " ".join(re.sub(r"<[^>]+>", " ", main).split()))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", PAGES)
def test_every_thing_has_a_page_in_each_language(client: FlaskClient, name: str, language: str) -> None:
    answer = client.get(f"/{language}/doc/{name}", headers=BROWSER)
    assert answer.status_code == 200
    page = outline(answer.text)
    assert [each["lang"] for each in page.all("html")] == [language]
    assert len(page.all("h1")) == 1
    assert f"/{language}/doc/{name}?view=all" in {each.get("href") for each in page.all("a")}
    ids = re.findall(r' id="([^"]+)"', answer.text)
    assert len(ids) == len(set(ids))
    assert "style=" not in answer.text
    assert 'class="thing"' in answer.text


def test_a_model_tells_where_it_stands_and_how_that_is_known(client: FlaskClient) -> None:
    said = text_of(client, "/en/doc/model/tiimimalli")
    assert "Regions that use it: 2. Regions that report on it: 2." in said
    assert "Of other regions nothing is known; that does not mean that they do not use it." in said
    assert "line 152, characters 11686 – 11743".replace(" – ", "–") in said
    assert "otettu-kayttoon" in said
    assert "Where it came from Tuusula" in said
    page = outline(client.get("/doc/model/tiimimalli", headers=BROWSER).text)
    links = {each.get("href") for each in page.all("a")}
    assert {f"/doc/{CLAIM}", "/doc/page/keski-pohjanmaa", "http://www.yso.fi/onto/yso/p4081"} <= links


def test_a_model_without_a_claim_is_unknown_and_not_unused(client: FlaskClient, engine: Engine, names: Names) -> None:
    silent = engine.select(
        "SELECT DISTINCT ?model { ?model a lev:PracticeModel FILTER NOT EXISTS { ?adoption lev:model ?model ; a lev:Adoption } }"
    ).rows
    name = names.local(silent[0]["model"].value)
    assert "Its spread is not known." in text_of(client, f"/en/doc/{name}")


def test_statuses_and_counts_are_those_of_the_graph(engine: Engine, names: Names) -> None:
    view = model_view.load(Lookup(engine, "fi"), names.thing("model", "perhekeskus"))
    rows = engine.select(
        "SELECT DISTINCT ?model ?claim ?region { ?claim a lev:Claim ; lev:model ?model ; lev:region ?region }",
        model=names.thing("model", "perhekeskus"),
    ).rows
    assert sum(area.count for area in view.areas) == len({row["claim"].value for row in rows})
    assert {area.region.iri for area in view.areas} == {row["region"].value for row in rows}
    assert all(area.claims and area.claims[0].passage.line for area in view.areas)
    order = [*reversed(STATUSES[:-2]), *STATUSES[-2:]]
    assert [area.notation for area in view.areas] == sorted((area.notation for area in view.areas), key=order.index)


def test_only_the_newest_claims_of_an_area_are_shown(
    engine: Engine, names: Names, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(model_view, "CLAIMS_SHOWN", 1)
    view = model_view.load(Lookup(engine, "en"), names.thing("model", "tiimimalli"))
    assert [len(area.claims) for area in view.areas] == [1, 1]
    assert [area.count for area in view.areas] == [4, 2]
    assert view.areas[1].claims[0].as_of == "2023-12-31"


def test_a_region_shows_what_it_dropped_and_what_is_unknown(client: FlaskClient, engine: Engine, names: Names) -> None:
    view = region_view.load(Lookup(engine, "en"), names.thing("region", "ita-uusimaa"))
    groups = dict(view.groups)
    assert [name for name, _ in view.groups][-1] in {"discontinued", "not-started"}
    assert groups["discontinued"][0].model.label == "Hygga"
    known = {row.model.iri for _, rows in view.groups for row in rows}
    assert view.unknown
    assert not known & {each.model.iri for each in view.unknown}
    said = text_of(client, "/en/doc/region/ita-uusimaa")
    assert "There is no claim on them here: that means unknown, not no." in said
    assert "a heading without content" in said + text_of(client, "/en/doc/region/keski-pohjanmaa")


def test_a_region_of_which_nothing_was_read_says_so(client: FlaskClient) -> None:
    assert "it is not known which models it uses" in text_of(client, "/en/doc/region/kainuu")


def test_likeness_is_the_share_of_what_both_have(engine: Engine) -> None:
    all_of: Standing = {
        "urn:a": {"urn:1": "adopted", "urn:2": "piloted", "urn:3": "planned"},
        "urn:b": {"urn:1": "adopted", "urn:4": "scaled", "urn:3": "adopted"},
        "urn:c": {"urn:3": "discontinued"},
    }
    lookup = Lookup(engine, "fi")
    found = alike(lookup, all_of, "urn:a", 5)
    assert [(each.named.iri, each.shared, each.percent) for each in found] == [("urn:b", 1, 25)]
    assert alike(lookup, all_of, "urn:a", 5, least=2) == ()
    # The planned one is known here, so it is not unknown; of 4 nothing is known.
    assert [each.model.iri for each in unknown_here(lookup, all_of, "urn:a", found, 9)] == ["urn:4"]


def test_a_claim_begins_with_its_evidence(client: FlaskClient) -> None:
    said = text_of(client, f"/en/doc/{CLAIM}")
    assert said.index("How this is known") < said.index("Practice model Team model")
    assert "Read from the page Keski-Pohjanmaa: tulevaisuuden sote-keskus, as it stood on 29 Apr 2021; line 152" in said
    assert "corrected" in said
    assert "The text of the page is not published here." in said


def test_quotes_are_shown_where_the_publisher_turns_them_on(settings: Settings, pages: Path, tmp_path: Path) -> None:
    from graph import pipeline  # noqa: PLC0415 - only this test builds

    folder = tmp_path / "snapshots"
    own = replace(settings, snapshots=folder)
    pipeline.build(own, pages=pages, say=lambda _: None)
    for shows in (False, True):
        with making(replace(own, show_quotes=shows)) as app:
            text = app.test_client().get(f"/doc/{CLAIM}", headers=BROWSER).text
            assert ('<blockquote class="quote" lang="fi">' in text) is shows
    shutil.rmtree(folder)


@pytest.mark.parametrize("kind", ["model", "region", "project", "organisation", "goal", "page", "programme"])
def test_short_addresses_lead_to_the_document(client: FlaskClient, kind: str) -> None:
    answer = client.get(f"/sv/{kind}/x?format=ttl")
    assert (answer.status_code, answer.headers["Location"]) == (303, f"/sv/doc/{kind}/x?format=ttl")


def test_all_properties_are_one_link_away(client: FlaskClient) -> None:
    assert "Mistä tähän viitataan" in text_of(client, "/doc/model/tiimimalli?view=all")
    assert 'class="properties"' in client.get("/doc/municipality/tuusula", headers=BROWSER).text


def test_a_page_that_only_describes_says_so(client: FlaskClient, engine: Engine, names: Names) -> None:
    row = engine.select("SELECT DISTINCT ?page { ?page a lev:ModelPage }").rows[0]
    assert "No claim follows from it." in text_of(client, f"/en/doc/{names.local(row['page'].value)}")


def test_sparse_facts_make_a_page_too(tmp_path: Path) -> None:
    make_snapshot(tmp_path, "first")
    with making(Settings(snapshots=tmp_path)) as app:
        for name in (
            "model/tiimimalli",
            "model/hygga",
            "region/ita-uusimaa",
            "region/ahvenanmaa",
            "claim/koe-1",
            "adoption/a1",
        ):
            answer = app.test_client().get(f"/doc/{name}?lang=en", headers=BROWSER)
            assert answer.status_code == 200, answer.text
            assert "<b>" not in answer.text
