"""Regions side by side: what is the same, what differs, what is unknown; the same in CSV, JSON and SPARQL; wrong parameters."""

from __future__ import annotations

import csv
import io

import pytest
from flask.testing import FlaskClient
from page_outline import BROWSER, outline

from graph.adoptions import Adoption
from graph.compare_view import Comparison, Row, compare
from graph.names import last_part
from graph.store import Engine
from graph.views import Named

THREE = ("keski-pohjanmaa", "ita-uusimaa", "vantaa-kerava")
ADDRESS = "/compare?" + "&".join(f"region={each}" for each in THREE)


def seen(engine: Engine, *, only_differences: bool = False) -> Comparison:
    return compare(engine, "fi", THREE, only_differences=only_differences)


@pytest.mark.parametrize(
    ("statuses", "verdict"),
    [(("adopted", "adopted"), "same"), (("adopted", "planned"), "differs"), (("adopted", None), "partly"),
     (("adopted", None, "scaled"), "differs"), ((None, "planned", None), "partly")],
)  # fmt: skip
def test_what_is_unknown_neither_agrees_nor_differs(statuses: tuple[str | None, ...], verdict: str) -> None:
    cells = tuple(
        Adoption("urn:a", "urn:m", "urn:r", status, "2020-01-01", "2020-12-31", 1) if status else None
        for status in statuses
    )
    assert Row(Named("urn:m", "m"), cells).verdict == verdict


def test_rows_are_the_models_that_any_of_them_reports(engine: Engine) -> None:
    found = seen(engine)
    rows = engine.select(
        "SELECT DISTINCT ?model ?region { VALUES ?region { region:keski-pohjanmaa region:ita-uusimaa region:vantaa-kerava }"
        " ?adoption a lev:Adoption ; lev:model ?model ; lev:region ?region }"
    ).rows
    assert {row.model.iri for row in found.rows} == {row["model"].value for row in rows}
    assert sum(count for count, _ in found.reported) == len(rows)
    known = [sum(map(bool, row.cells)) for row in found.rows]
    assert known == sorted(known, reverse=True)
    assert sum(alone for _, alone in found.reported) == known.count(1)
    assert found.shared == known.count(3)
    assert found.same == sum(row.is_same for row in found.rows) <= found.shared


def test_before_a_choice_pairs_with_most_in_common_are_offered(engine: Engine, client: FlaskClient) -> None:
    pairs = compare(engine, "fi", (), only_differences=False).pairs
    assert [pair.shared for pair in pairs] == sorted((pair.shared for pair in pairs), reverse=True)
    assert pairs[-1].shared > 0
    slugs = [last_part(each.iri) for each in (pairs[0].one, pairs[0].other)]
    assert compare(engine, "fi", slugs, only_differences=False).shared == pairs[0].shared
    text = client.get("/sv/compare", headers=BROWSER).text
    assert f'<a href="/sv/compare?region={slugs[0]}&amp;region={slugs[1]}">' in text
    assert seen(engine).pairs == ()


def test_the_filter_leaves_out_what_is_the_same(engine: Engine) -> None:
    everything, differences = seen(engine), seen(engine, only_differences=True)
    assert len(differences.rows) == len(everything.rows) - everything.same
    assert (differences.shared, differences.reported) == (everything.shared, everything.reported)


@pytest.mark.parametrize("only", ["", "&only=differences"])
def test_csv_json_and_sparql_give_the_cells_of_the_view(client: FlaskClient, only: str) -> None:
    rows = list(csv.DictReader(io.StringIO(client.get(f"{ADDRESS}{only}&format=csv").text)))
    told = client.get(f"{ADDRESS}{only}&format=json").get_json()
    in_json = {cell["adoption"] for model in told["models"] for cell in model["cells"] if cell}
    asked = client.get("/sparql", query_string={"query": told["query"], "format": "csv"}).text
    in_sparql = {row["adoption"] for row in csv.DictReader(io.StringIO(asked))}
    assert {row["adoption"] for row in rows} == in_json == in_sparql
    assert len(rows) > 50
    page = client.get(f"{ADDRESS}{only}", headers=BROWSER).text
    assert page.count("<tr class=") == len(told["models"])


@pytest.mark.parametrize("language", ["fi", "sv", "en"])
def test_the_page_works_without_scripts(client: FlaskClient, language: str) -> None:
    answer = client.get(f"/{language}{ADDRESS}&only=differences", headers=BROWSER)
    page = outline(answer.text)
    boxes = [each for each in page.all("input") if each.get("type") == "checkbox"]
    assert len(boxes) == 24
    assert {each["value"] for each in boxes if "checked" in each} == {*THREE, "differences"}
    assert [each["action"] for each in page.all("form") if (each.get("action") or "").endswith("/compare")] == [
        f"/{language}/compare"
    ]


def test_fewer_than_two_regions_offer_the_choice(client: FlaskClient) -> None:
    for path in ("/compare", "/compare?region=helsinki", "/compare?region=helsinki&region=helsinki"):
        answer = client.get(path, headers=BROWSER)
        assert answer.status_code == 200
        assert "<table" not in answer.text
    assert client.get("/compare?format=json").get_json()["models"] == []


@pytest.mark.parametrize(
    "asked",
    ["region=nowhere&region=helsinki", "region=helsinki&region=x%3E+%7D+DROP", "only=all", "format=xlsx",
     "&".join(f"region={each}" for each in ("helsinki", "kainuu", "lappi", "satakunta", "pirkanmaa", "etela-savo"))],
)  # fmt: skip
def test_a_wrong_parameter_is_refused_with_what_to_do(client: FlaskClient, asked: str) -> None:
    answer = client.get(f"/compare?{asked}")
    assert (answer.status_code, answer.mimetype) == (400, "application/problem+json")
    assert answer.get_json()["hint"]
    assert client.get(f"/compare?{asked}", headers=BROWSER).status_code == 400
