"""The map and the timeline: what is counted, what is drawn, what is refused, and that the files have the rows of the view."""

from __future__ import annotations

import csv
import gzip
import io
import json
import re
from itertools import pairwise
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from flask import Flask
from flask.testing import FlaskClient
from page_outline import BROWSER, outline

from graph import spread, spread_queries, tile_map
from graph.charts import HEIGHT, LABEL_GAP, LEFT, RIGHT, WIDTH, step_chart
from graph.errors import OntologyError
from graph.names import Names
from graph.settings import ROOT
from graph.site import day
from graph.spread import Course, Known, curve, known, shades, state, years_between
from graph.spread_pages import lag_text
from graph.store import Engine
from graph.views import REACH, SPREAD, STATUSES, labels

NAMES = Names()
MODEL = NAMES.thing("model", "tiimimalli")
PAGES = ["/map", "/map?model=tiimimalli", "/map?model=tiimimalli&year=2021", "/timeline", "/timeline?model=tiimimalli"]
HOSTILE = ["x> } DROP ALL #", "<urn:x>", "..", "../../etc/passwd", "tiimimalli\n} #", "%3E", "a" * 5000, "ei-ole"]


@pytest.fixture
def all_of(engine: Engine) -> Known:
    return known(engine)


def made(*courses: tuple[str, str, list[tuple[str, str]]]) -> Known:
    """Return what is known where these (model, region, reports) are all that was reported, of regions a to d."""
    found: dict[str, dict[str, Course]] = {}
    for model, region, reports in courses:
        found.setdefault(model, {})[region] = Course(f"{model}-{region}", model, region, tuple(reports))
    return Known(("a", "b", "c", "d"), found)


SMALL = made(
    ("m", "a", [("2019-12-31", "planned"), ("2021-06-30", "adopted"), ("2023-12-31", "discontinued")]),
    ("m", "b", [("2020-12-31", "piloted"), ("2022-12-31", "scaled")]),
    ("m", "c", [("2021-01-01", "not-started")]),
    ("n", "a", [("2022-12-31", "established")]),
)


# ---- the status as of a year ----


def test_at_the_last_year_every_status_is_the_current_one(engine: Engine, all_of: Known) -> None:
    query = """SELECT DISTINCT ?model ?region ?status ?last ?adoption { ?adoption a lev:Adoption ; lev:model ?model ;
        lev:region ?region ; lev:currentStatus/skos:notation ?status ; lev:lastReported ?last }"""
    current = {
        (row["model"].value, row["region"].value): spread.Place(
            row["status"].value, row["last"].value, row["adoption"].value
        )
        for row in engine.select(query).rows
    }
    last = all_of.years[-1]
    ours = {
        (model, region): place
        for model in all_of.courses
        for region, place in state(all_of, last, model).places.items()
        if place.status
    }
    assert ours == current
    assert len(ours) > 50


def test_spread_and_reach_are_those_of_the_graph(engine: Engine, all_of: Known) -> None:
    rows = engine.select("SELECT DISTINCT ?model ?spread ?reach { ?model lev:spread ?spread ; lev:reach ?reach }").rows
    said = {row["model"].value: (int(row["spread"].value), int(row["reach"].value)) for row in rows}
    assert {each: (all_of.spread(each), all_of.spread(each, REACH)) for each in all_of.courses} == said


def test_the_order_of_the_statuses_is_that_of_their_strength(engine: Engine) -> None:
    rows = engine.select(
        "SELECT DISTINCT ?name ?strength { ?status lev:strength ?strength ; skos:notation ?name }"
    ).rows
    strength = {row["name"].value: int(row["strength"].value) for row in rows}
    assert [strength[each] for each in STATUSES] == [1, 2, 3, 4, 5, 6, 7, 0, 0]
    assert max("discontinued", "not-started", key=spread._RANK.__getitem__) == "discontinued"


@pytest.mark.parametrize(
    ("year", "statuses"),
    [
        (2018, ["", "", "", ""]),
        (2019, ["planned", "", "", ""]),
        (2020, ["planned", "piloted", "", ""]),
        (2021, ["adopted", "piloted", "not-started", ""]),
        (2022, ["adopted", "scaled", "not-started", ""]),
        (2023, ["discontinued", "scaled", "not-started", ""]),
    ],
)
def test_the_status_as_of_a_year_is_that_of_the_latest_report(year: int, statuses: list[str]) -> None:
    found = state(SMALL, year, "m")
    assert [found.places[region].status for region in "abcd"] == statuses
    assert found.count("") == statuses.count("")
    assert found.count(*SPREAD) == sum(each in SPREAD for each in statuses)


def test_of_all_models_unknown_differs_from_none_in_use() -> None:
    places = state(SMALL, 2022).places
    assert [(places[each].in_use, places[each].reported) for each in "abcd"] == [(2, 2), (1, 1), (0, 1), (0, 0)]


def test_the_scale_has_every_count_once() -> None:
    for most in range(40):
        classes = shades(most)
        assert len(classes) <= spread.SHADES
        assert [each for least, top in classes for each in range(least, top + 1)] == list(range(1, most + 1))


# ---- the curve ----


def test_a_curve_counts_first_reports_and_tells_who_dropped() -> None:
    found = curve(SMALL, "m")
    assert SMALL.years == range(2019, 2024)
    assert found.counts == {"planned": (1, 2, 2, 2, 2), "piloted": (0, 1, 2, 2, 2), "in-use": (0, 0, 1, 2, 2)}
    assert found.in_use == (0, 0, 1, 2, 1)
    assert [each.course.region for each in found.arrivals] == ["a", "b", "c"]
    assert [each.lag for each in found.arrivals] == [0.0, 1.5, None]
    assert [each.course.region for each in found.first] == ["a"]
    assert [found.lag(each) for each in (1, 2, 3)] == [0.0, 1.5, None]


def test_levels_are_nested_and_end_where_the_graph_says(all_of: Known) -> None:
    for model in all_of.courses:
        found = curve(all_of, model)
        for planned, piloted, used in zip(*found.counts.values(), strict=True):
            assert planned >= piloted >= used
        assert found.in_use[-1] == all_of.spread(model) <= found.counts["in-use"][-1]


def test_lengths_of_time() -> None:
    assert years_between("2020-12-31", "2023-06-30") == 2.5
    assert years_between("", "2023-06-30") is None


def test_nothing_known_is_no_error() -> None:
    empty = Known(("a",), {})
    assert list(empty.years) == []
    assert curve(empty, "m").counts == {"planned": (), "piloted": (), "in-use": ()}
    assert state(empty, 2020, "m").places == {"a": spread.Place()}


# ---- the chart ----


def test_a_chart_steps_at_the_years_in_which_the_count_changes() -> None:
    chart = step_chart({"one": [0, 2, 2, 4]}, 2019, 4)
    (line,) = chart.lines
    assert [(each.year, each.count) for each in line.points] == [(2020, 2), (2022, 4)]
    assert re.fullmatch(r"M\S+ \S+V\S+H\S+V\S+H\d+", line.path)
    assert [year for _, year in chart.years] == [2019, 2020, 2021, 2022]
    assert [count for _, count in chart.counts] == [0, 1, 2, 3, 4]
    assert line.points[1].y == chart.counts[-1][0]
    assert line.last == 4


def test_a_line_of_nothing_is_not_drawn() -> None:
    assert [(each.path, each.points) for each in step_chart({"none": [0, 0]}, 2020, 1).lines] == [("", ())]
    assert step_chart({"none": []}, 2020, 1).years == ()


@pytest.mark.parametrize("ends", [[5, 5, 5], [0, 0, 0], [22, 21, 20], [1, 0, 0], [22, 22, 0], [9, 10, 11]])
def test_labels_never_overlap_nor_leave_the_chart(ends: list[int]) -> None:
    chart = step_chart({str(place): [0, end] for place, end in enumerate(ends)}, 2020, max(*ends, 1))
    places = sorted(line.label_y for line in chart.lines)
    assert all(after - before >= LABEL_GAP for before, after in pairwise(places))
    assert places[0] >= 0
    assert places[-1] <= HEIGHT


@pytest.mark.parametrize("top", [1, 2, 7, 22, 23, 99, 1000])
@pytest.mark.parametrize("length", [1, 2, 7, 40])
def test_axes_hold_what_is_drawn_and_stay_readable(top: int, length: int) -> None:
    chart = step_chart({"one": [*range(length - 1), top]}, 1990, max(top, length))
    assert 2 <= len(chart.counts) <= 6
    assert 1 <= len(chart.years) <= 6
    assert chart.years[-1][1] == 1989 + length
    assert all(LEFT <= x <= WIDTH - RIGHT for x, _ in chart.years)
    assert chart.counts[-1][1] >= top


# ---- the tiles ----


def test_the_map_has_the_22_areas_and_aland_apart(all_of: Known) -> None:
    inside = [each.region for each in tile_map.tiles() if not each.outside]
    assert len(inside) == 22
    assert [each.region for each in tile_map.tiles() if each.outside] == ["ahvenanmaa"]
    assert {NAMES.thing("region", each.region) for each in tile_map.tiles()} == set(all_of.regions)


@pytest.mark.parametrize("language", tile_map.LANGUAGES)
def test_a_tile_has_the_name_of_its_region(engine: Engine, all_of: Known, language: str) -> None:
    named = labels(engine, all_of.regions, language)
    for each in tile_map.tiles():
        written = each.names[language].replace("\N{SOFT HYPHEN}", "")
        assert written == named[NAMES.thing("region", each.region)].label
        assert "".join(each.words(language)) == each.names[language]


@pytest.mark.parametrize(
    ("north", "south"),
    [
        ("lappi", "pohjois-pohjanmaa"),
        ("kainuu", "pohjois-savo"),
        ("keski-suomi", "paijat-hame"),
        ("vantaa-kerava", "helsinki"),
    ],
)
def test_neighbours_are_neighbours(north: str, south: str) -> None:
    place = {each.region: (each.column, each.row) for each in tile_map.tiles()}
    column, row = place[north]
    assert place[south] == (column, row + 1)


@pytest.mark.parametrize(
    ("rows", "problem"),
    [("a,9,1", "no place"), ("a,1,x", "no place"), ("a,1,1;b,1,1", "already"), ("a,1,1;a,2,1", "already")],
)
def test_a_layout_that_cannot_be_used_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, rows: str, problem: str
) -> None:
    path = tmp_path / "tiles.csv"
    lines = ["region,column,row,outside,name_fi,name_sv,name_en", *(f"{each},,A,A,A" for each in rows.split(";"))]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    monkeypatch.setattr(tile_map, "TABLE", path)
    with pytest.raises(OntologyError, match=problem):
        tile_map.tiles.__wrapped__()


# ---- the files have the rows of the view ----


def read(client: FlaskClient, address: str) -> list[dict[str, str]]:
    answer = client.get(address)
    assert answer.status_code == 200, answer.text
    assert answer.mimetype == "text/csv"
    return list(csv.DictReader(io.StringIO(answer.text)))


def test_the_file_of_a_models_map_says_the_same(client: FlaskClient, all_of: Known) -> None:
    for model in all_of.courses:
        for year in all_of.years:
            rows = read(client, f"/map.csv?model={model.rpartition('/')[2]}&year={year}")
            said = {row["region"]: spread.Place(row["status"], row["asOf"], row["adoption"]) for row in rows}
            assert said == state(all_of, year, model).places
            assert len(rows) == len(said)


def test_the_file_of_the_whole_map_says_the_same(client: FlaskClient, all_of: Known) -> None:
    for year in all_of.years:
        rows = read(client, f"/map.csv?year={year}")
        said = {row["region"]: (int(row["modelsInUse"] or 0), int(row["modelsReported"] or 0)) for row in rows}
        ours = {region: (each.in_use, each.reported) for region, each in state(all_of, year).places.items()}
        assert said == ours


def test_the_file_of_a_timeline_says_the_same(client: FlaskClient, all_of: Known) -> None:
    for model in all_of.courses:
        rows = read(client, f"/timeline.csv?model={model.rpartition('/')[2]}")
        said = {
            row["region"]: (row["plannedBy"], row["pilotedBy"], row["inUseBy"], row["lastReported"], row["status"])
            for row in rows
        }
        ours = {
            each.course.region: (*each.firsts.values(), *each.course.reports[-1])
            for each in curve(all_of, model).arrivals
        }
        assert said == ours


@pytest.mark.parametrize("language", ["fi", "sv", "en"])
@pytest.mark.parametrize(
    "address", ["/map.{}?model=tiimimalli", "/map.{}", "/timeline.{}", "/timeline.{}?model=tiimimalli&model=ipc"]
)
def test_every_file_has_labels_and_the_query_gives_the_same(client: FlaskClient, address: str, language: str) -> None:
    address = f"/{language}{address}"
    answer = client.get(address.format("json")).get_json()
    assert answer["results"]["bindings"]
    assert all(row["regionLabel"]["xml:lang"] == language for row in answer["results"]["bindings"])
    query = client.get(address.format("rq"))
    assert query.mimetype == "application/sparql-query"
    again = client.post("/sparql", data={"query": query.text}, headers={"Accept": "application/sparql-results+json"})
    assert again.get_json() == answer


def test_a_query_has_the_base_of_its_publisher() -> None:
    other = Names("https://example.org/graph/")
    for query in (
        spread_queries.status_by_region(other, other.thing("model", "x"), 2020, "sv"),
        spread_queries.models_by_region(other, 2020, "sv"),
        spread_queries.arrivals(other, [other.thing("model", "x")], "sv"),
    ):
        assert "w3id.org" not in query
        assert other.ontology in query


# ---- the pages ----


@pytest.mark.parametrize("language", ["fi", "sv", "en"])
@pytest.mark.parametrize("path", PAGES)
def test_a_page_is_whole_without_javascript(client: FlaskClient, path: str, language: str) -> None:
    answer = client.get(f"/{language}{path}", headers=BROWSER)
    assert answer.status_code == 200
    page = outline(answer.text)
    assert page.all("html") == [{"lang": language}]
    assert len(page.all("h1")) == 1
    ids = [attributes["id"] for _, attributes in page.tags if "id" in attributes]
    assert len(ids) == len(set(ids))
    assert " style=" not in answer.text
    assert not re.search(r"<script(?![^>]* src=)", answer.text)
    assert re.search(r'href="[^"]*\.csv\?', answer.text)
    assert re.search(r'href="[^"]*/sparql\?query=', answer.text)


def visible(text: str) -> str:
    return re.sub(r"<template.*?</template>", "", text, flags=re.DOTALL)


def test_the_map_shows_what_is_known_and_what_is_not(client: FlaskClient, all_of: Known) -> None:
    for year in all_of.years:
        text = visible(client.get(f"/en/map?model=tiimimalli&year={year}", headers=BROWSER).text)
        found = state(all_of, year, MODEL)
        tiles = re.findall(r'<li class="tile [^"]*?status ([a-z-]+)', text)
        assert sorted(tiles) == sorted(each.status or "unknown" for each in found.places.values())
        cells = re.findall(r'<td class="status ([a-z-]+)">', text)
        assert cells == [each.status or "unknown" for each in found.places.values()]
        assert f"unknown {found.count('')}." in text


def test_every_year_lies_ready_for_the_player(client: FlaskClient, all_of: Known) -> None:
    text = client.get("/en/map?model=tiimimalli", headers=BROWSER).text
    assert [int(each) for each in re.findall(r'<template data-year="(\d+)"', text)] == list(all_of.years)
    for year in all_of.years:
        ready = re.search(rf'<template data-year="{year}">(.*?)</template>', text, re.DOTALL)
        shown = visible(client.get(f"/en/map?model=tiimimalli&year={year}", headers=BROWSER).text)
        assert ready
        assert ready[1].strip() in shown


def test_the_map_of_all_models_shows_counts(client: FlaskClient, all_of: Known) -> None:
    text = visible(client.get("/fi/map", headers=BROWSER).text)
    helsinki = state(all_of, all_of.years[-1]).places[NAMES.thing("region", "helsinki")]
    assert re.search(rf'Helsinki</span></span> <span class="what"><strong>{helsinki.in_use}</strong>', text)
    assert len(re.findall(r'<li class="tile [^"]*unknown', text)) == sum(
        not each.reported for each in state(all_of, all_of.years[-1]).places.values()
    )


def test_models_are_offered_by_spread(client: FlaskClient) -> None:
    text = client.get("/fi/map", headers=BROWSER).text
    counts = [int(each) for each in re.findall(r"<option [^>]*>[^<]* (\d+)</option>", text)]
    assert counts == sorted(counts, reverse=True)
    assert len(counts) > 20


def test_the_timeline_draws_a_chart_a_model(client: FlaskClient, all_of: Known) -> None:
    page = client.get("/en/timeline", headers=BROWSER).text
    text = page[page.index("<main") :]
    charts = re.findall(r'<svg class="curve".*?</svg>', text, re.DOTALL)
    assert len(charts) == 5
    for chart in charts:
        drawn = ET.fromstring(chart)  # noqa: S314 - our own
        named = [drawn.find(f"*[@id='{each}']") for each in drawn.attrib["aria-labelledby"].split()]
        assert all(each is not None and each.text for each in named)
        assert len(drawn.findall("text[@class]")) >= 3
    widest = all_of.widest(labels(*_engine_and(client, all_of)))[:5]
    assert [text.index(f"/doc/model/{each.rpartition('/')[2]}") for each in widest] == sorted(
        text.index(f"/doc/model/{each.rpartition('/')[2]}") for each in widest
    )


def _engine_and(client: FlaskClient, all_of: Known) -> tuple[Engine, list[str], str]:
    _, engine = client.application.extensions["levikki"].take()
    return engine, list(all_of.courses), "en"


def test_the_timeline_says_that_dates_are_of_reports(client: FlaskClient) -> None:
    assert "Dates are of reports, not of events" in client.get("/en/timeline", headers=BROWSER).text
    assert "Päivät ovat raporttien" in client.get("/fi/map", headers=BROWSER).text


def test_models_are_added_and_removed_by_links_and_form(client: FlaskClient) -> None:
    text = client.get("/fi/timeline?model=tiimimalli&model=ipc&model=tiimimalli", headers=BROWSER).text
    assert re.findall(r'<input type="hidden" name="model" value="([^"]*)">', text) == ["tiimimalli", "ipc"]
    assert re.findall(r'class="remove" href="([^"]*)"', text) == [
        "/fi/timeline?model=ipc",
        "/fi/timeline?model=tiimimalli",
    ]
    assert '<option value="IPC"' not in text
    assert '<option value="CoolKids"' in text


@pytest.mark.parametrize(
    ("language", "written", "lag"),
    [("fi", "31.12.2020", "0,0 v"), ("sv", "31 dec. 2020", "0,0 år"), ("en", "31 Dec 2020", "0.0 y")],
)
def test_days_and_numbers_are_those_of_the_language(app: Flask, language: str, written: str, lag: str) -> None:
    with app.test_request_context(f"/?lang={language}"):
        assert day("2020-12-31") == written
        assert lag_text(0.0) == lag


def test_a_model_of_which_no_region_has_reported_has_an_empty_state(
    client: FlaskClient, engine: Engine, all_of: Known
) -> None:
    rows = engine.select("SELECT DISTINCT ?model { ?model a lev:PracticeModel }").rows
    silent = next((row["model"].value for row in rows if row["model"].value not in all_of.courses), "")
    if not silent:
        pytest.skip("every model of the shipped data is reported by a region")
    slug = silent.rpartition("/")[2]
    assert "No area has reported on this model" in client.get(f"/en/map?model={slug}", headers=BROWSER).text
    assert "No area has reported on this model" in client.get(f"/en/timeline?model={slug}", headers=BROWSER).text


def test_an_empty_graph_has_pages_too(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("graph.spread_pages.known", lambda _: Known((), {}))
    for path in ("/en/map", "/en/timeline", "/en/map?year=2020"):
        answer = client.get(path, headers=BROWSER)
        assert answer.status_code == 200
        assert "<h1>" in answer.text
        assert answer.text.count("<svg") == answer.text.count('class="mark"') + 1  # the shapes of statuses alone


# ---- a model by its name ----


@pytest.mark.parametrize("typed", ["Tiimimalli", " TIIMIMALLI ", "Team model", "Teammodell", "tiimiterveysasema"])
def test_a_typed_name_leads_to_the_address_of_the_model(client: FlaskClient, typed: str) -> None:
    answer = client.get("/sv/map", query_string={"model": typed, "year": "2021"}, headers=BROWSER)
    assert (answer.status_code, answer.location) == (303, "/sv/map?model=tiimimalli&year=2021")
    answer = client.get("/timeline", query_string={"model": ["ipc", typed]}, headers=BROWSER)
    assert (answer.status_code, answer.location) == (303, "/timeline?model=ipc&model=tiimimalli")
    assert client.get("/map.csv", query_string={"model": typed}).text == client.get("/map.csv?model=tiimimalli").text


def test_a_part_of_a_name_offers_the_models_that_have_it(client: FlaskClient) -> None:
    answer = client.get("/en/map?model=tiimi&year=2021", headers=BROWSER)
    assert answer.status_code == 400
    assert "No model is called “tiimi”" in answer.text
    assert '<a href="/en/map?model=omatiimi&amp;year=2021">' in answer.text
    answer = client.get("/en/timeline?model=ipc&model=tiimi", headers=BROWSER)
    assert '<a href="/en/timeline?model=ipc&amp;model=omatiimi">' in answer.text


def test_a_name_that_nothing_has_leads_to_the_search(client: FlaskClient) -> None:
    text = client.get("/fi/map?model=Zorgon%20%26%20<b>", headers=BROWSER).text
    assert '<a href="/fi/search?q=Zorgon+%26+%3Cb%3E">' in text
    assert "<b>”" not in text


# ---- what is refused ----


@pytest.mark.parametrize("value", HOSTILE)
@pytest.mark.parametrize("path", ["/map", "/map.csv", "/map.rq", "/timeline", "/timeline.json"])
def test_a_wrong_model_is_refused_with_help(client: FlaskClient, path: str, value: str) -> None:
    answer = client.get(path, query_string={"model": value}, headers={"Accept": "application/problem+json"})
    assert answer.status_code == 400
    problem = json.loads(answer.text)
    assert problem["where"] == "model"
    assert "/map" in problem["hint"]
    shown = client.get(path, query_string={"model": value}, headers=BROWSER)
    assert shown.status_code == 400
    assert "<h1>" in shown.text
    assert "Traceback" not in shown.text


@pytest.mark.parametrize("year", ["1900", "9999", "x", "2020-01-01", "-1", "２０２０", '2020"', " 2020", "1e3"])
def test_a_wrong_year_is_refused_with_help(client: FlaskClient, year: str) -> None:
    answer = client.get("/map", query_string={"year": year}, headers={"Accept": "application/problem+json"})
    assert answer.status_code == 400
    assert re.search(r"from \d{4} to \d{4}", json.loads(answer.text)["hint"])


def test_other_wrong_addresses(client: FlaskClient, all_of: Known) -> None:
    assert client.get("/map?year=2021&year=2022").status_code == 400
    assert client.get("/map?model=tiimimalli&model=ipc").status_code == 400
    assert client.get("/map.exe").status_code == 404
    assert client.get("/timeline.html").status_code == 404
    six = [each.rpartition("/")[2] for each in list(all_of.courses)[:6]]
    assert client.get("/timeline", query_string={"model": six}).status_code == 400


# ---- size ----


@pytest.mark.parametrize("path", PAGES)
def test_pages_are_small(client: FlaskClient, path: str) -> None:
    assert len(gzip.compress(client.get(path, headers=BROWSER).data)) < 25_000


def test_the_script_is_small() -> None:
    assert len(gzip.compress((ROOT / "static" / "js" / "spread.js").read_bytes())) < 2_000
