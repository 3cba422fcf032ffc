"""The network: places in its picture, its page without a script, its filters, and the query of a view."""

from __future__ import annotations

import json
import math
import re
from itertools import combinations
from typing import Any

import pytest
from flask.testing import FlaskClient

from graph import network_view
from graph.errors import CallError
from graph.layout import GAP, RING, layout
from graph.network_view import Wanted
from graph.store import Engine
from graph.views import STATUSES

HTML = {"Accept": "text/html"}


def page(client: FlaskClient, address: str, status: int = 200) -> str:
    answer = client.get(address, headers=HTML)
    assert answer.status_code == status, answer.text[:500]
    return answer.text


# ---- places ----

EDGES = [("a", "all"), ("b", "all"), ("c", "all"), ("a", "two"), ("b", "two"), *(("c", f"own{n}") for n in range(40))]


def test_the_same_network_has_the_same_places_in_whatever_order_it_comes() -> None:
    assert layout(EDGES) == layout(EDGES[::-1]) == layout(EDGES * 2)


def test_what_all_have_lies_within_and_what_one_has_lies_behind_it() -> None:
    places = layout(EDGES)
    far = {name: math.hypot(*place) for name, place in places.items()}
    assert all(far[each] == pytest.approx(RING, abs=0.1) for each in "abc")
    assert far["all"] < far["two"] < RING
    assert all(far[f"own{n}"] > RING for n in range(40))
    assert all(math.dist(places[f"own{n}"], places["c"]) < math.dist(places[f"own{n}"], places["a"]) for n in range(40))


def test_nodes_do_not_lie_on_each_other() -> None:
    places = layout([(region, f"m{n}") for n in range(60) for region in "abcd"])
    assert min(math.dist(one, two) for one, two in combinations(places.values(), 2)) > GAP / 2


def test_regions_that_share_models_stand_beside_each_other() -> None:
    edges = [(region, f"{pair}{n}") for pair in ("ax", "by") for region in pair for n in range(5)]
    places = layout([*edges, ("a", "one"), ("b", "one")])
    assert math.dist(places["a"], places["x"]) < 2 * RING > math.dist(places["b"], places["y"])


@pytest.mark.parametrize("edges", [[], [("a", "m")]])
def test_a_small_network_has_places_too(edges: list[tuple[str, str]]) -> None:
    assert len(layout(edges)) == 2 * len(edges)


# ---- the page without a script ----


@pytest.mark.parametrize(("language", "title"), [("fi", "verkostona"), ("sv", "nätverk"), ("en", "network")])
def test_the_table_says_what_the_graph_says(client: FlaskClient, engine: Engine, language: str, title: str) -> None:
    body = page(client, f"/{language}/network")
    whole = network_view.load(engine, language)
    assert title in body
    counts = re.search(r"<p>(\d+) \w+, (\d+) \w+, (\d+) \w+\.</p>", body)
    assert counts is not None
    models, regions = {each.model for each in whole.links}, set(whole.regions)
    assert [int(each) for each in counts.groups()] == [len(models), len(regions), len(whole.links)]
    assert f'href="/{language}/doc/adoption/' in body
    assert 'style="' not in body
    assert "<script>" not in body


def test_pages_of_the_table_hold_every_model_once(client: FlaskClient, engine: Engine) -> None:
    found = []
    for number in range(1, 9):
        body = page(client, f"/en/network?sort=name&page={number}")
        rows = re.findall(r'<th scope="row"><a href="/en/doc/model/([^"]+)"', body)
        assert len(rows) <= network_view.ROWS
        found += rows
        if "Next</a>" not in body:
            break
    models = {each.model.rpartition("/")[2] for each in network_view.load(engine, "en").links}
    assert sorted(found) == sorted(models)


def test_a_page_beyond_the_last_is_the_last(engine: Engine) -> None:
    whole = network_view.load(engine, "fi")
    last = network_view.table(engine, whole, Wanted(page=99))
    assert last.page == last.pages
    assert last.rows


@pytest.mark.parametrize("sort", network_view.SORTS)
def test_orders(engine: Engine, sort: str) -> None:
    rows = network_view.table(engine, network_view.load(engine, "fi"), Wanted(sort=sort)).rows
    keys: dict[str, list[Any]] = {
        "spread": [-row.spread for row in rows],
        "name": [row.model.label.casefold() for row in rows],
        "first": [row.first for row in rows],
    }
    assert keys[sort] == sorted(keys[sort])


VIEWS = [Wanted(), Wanted(q="TERAPIA"), Wanted(region="helsinki"), Wanted(status="adopted"), Wanted(kind="method")]
VIEWS += [Wanted(q='"\\}) #'), Wanted(region="vantaa-kerava", status="in-introduction", kind="practice-model")]


@pytest.mark.parametrize("view", VIEWS, ids=str)
def test_the_query_of_a_view_answers_with_exactly_that_view(engine: Engine, view: Wanted) -> None:
    whole = network_view.load(engine, "fi")
    asked = engine.select(network_view.query(engine, view, "fi")).rows
    assert sorted(row["adoption"].value for row in asked) == sorted(
        each.adoption for each in network_view.matching(whole, view)
    )
    assert bool(asked) == (view.q != '"\\}) #')


def test_the_filter_is_the_address(client: FlaskClient) -> None:
    body = page(client, "/en/network?region=helsinki&status=adopted&q=a")
    assert '<option value="helsinki" selected' in body
    assert '<option value="adopted" selected' in body
    assert 'value="a"' in body
    assert "sort=name" in body
    assert "q=a&amp;region=helsinki&amp;status=adopted&amp;sort=name" in body
    nothing = page(client, "/en/network?q=zzzz")
    assert "No model is reported within these filters" in nothing


BAD = ["region=atlantis", "status=ADOPTED", "kind=x", "sort=spread;drop", "page=0", "page=-1", "page=x", "page=%D9%A1"]
BAD += ["page=9999999", "q=" + "a" * 101, "region=helsinki&region=helsinki", "colour=red", "status=%00"]


@pytest.mark.parametrize("query", BAD)
def test_a_wrong_parameter_is_told(client: FlaskClient, query: str) -> None:
    body = page(client, f"/en/network?{query}", 400)
    assert "Traceback" not in body
    assert "<h1>" in body


def test_what_a_client_says_is_text(client: FlaskClient) -> None:
    body = page(client, "/en/network?q=%3Cscript%3Ealert(1)%3C/script%3E")
    assert "<script>alert" not in body
    assert "&lt;script&gt;" in body


def test_wanted_forgets_what_is_empty(engine: Engine) -> None:
    whole = network_view.load(engine, "fi")
    assert network_view.wanted({"q": [" "], "region": [""]}, whole) == Wanted()
    with pytest.raises(CallError, match="there twice"):
        network_view.wanted({"q": ["a", "b"]}, whole)


# ---- the picture ----


def test_the_picture_has_what_the_table_has(client: FlaskClient, engine: Engine) -> None:
    answer = client.get("/sv/network.json")
    drawn = json.loads(answer.text)
    whole = network_view.load(engine, "sv")
    assert len(drawn["links"]) == len(whole.links)
    assert len(drawn["regions"]) + len(drawn["models"]) == len(whole.places)
    assert drawn["paths"] == {"region": "/sv/doc/region/{slug}", "model": "/sv/doc/model/{slug}"}
    first = len(drawn["regions"])
    for region, model, status, year in drawn["links"]:
        assert region < first <= model < first + len(drawn["models"])
        assert status in STATUSES
        assert 1990 < year < 2100
    slug, label, language, x, y, kind = drawn["models"][0]
    assert client.get(f"/sv/doc/model/{slug}", headers=HTML).status_code == 200
    assert label
    assert language == "sv"
    assert max(abs(x), abs(y)) < 3 * RING
    assert kind in network_view.KINDS
    again = client.get("/sv/network.json", headers={"If-None-Match": answer.headers["ETag"]})
    assert again.status_code == 304


def test_what_goes_over_the_wire_is_small(client: FlaskClient) -> None:
    assert len(client.get("/network", headers=HTML).data) < 60_000
    assert len(client.get("/network.json").data) < 30_000
