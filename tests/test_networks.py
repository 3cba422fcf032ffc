"""The networks: read back by networkx, and their weights and days counted once more in another way."""

from __future__ import annotations

import csv
import gzip
import io
import json
from itertools import combinations
from typing import Any

import networkx as nx
import pytest
from lxml import etree  # type: ignore[import-untyped]

from graph.exports import network as networks
from graph.exports.base import Source
from graph.exports.networks import GEXF, GRAPHML, STATUS_OVER_TIME
from graph.settings import Settings
from graph.snapshot import Snapshot

RANKS = {
    "planned": "1", "piloted": "3", "adopted": "5", "discontinued": "0", "not-started": "0",
}  # fmt: skip
STATUSES: dict[str, dict[str, Any]] = {name: {"strength": rank} for name, rank in RANKS.items()}
SPELLS = {
    "one claim has no end": ([("2021-12-31", "planned")], [("planned", "2021-12-31", "")]),
    "until the day before the next": (
        [("2022-06-30", "adopted"), ("2020-01-01", "planned")],
        [("planned", "2020-01-01", "2022-06-29"), ("adopted", "2022-06-30", "")],
    ),
    "the strongest of a day": (
        [("2022-06-30", "piloted"), ("2022-06-30", "adopted"), ("2022-06-30", "planned")],
        [("adopted", "2022-06-30", "")],
    ),
    "discontinued before not started": (
        [("2022-06-30", "discontinued"), ("2022-06-30", "not-started")],
        [("discontinued", "2022-06-30", "")],
    ),
    "the same again is one spell": (
        [("2020-12-31", "piloted"), ("2021-12-31", "piloted"), ("2022-12-31", "discontinued")],
        [("piloted", "2020-12-31", "2022-12-30"), ("discontinued", "2022-12-31", "")],
    ),
}
# Sets of regions as bits, and the edges that may be kept -> the smallest weight.
BOUNDS = {
    "all fit": ({"a": 0b111, "b": 0b011, "c": 0b001}, 3, 1),
    "the lightest go": ({"a": 0b111, "b": 0b011, "c": 0b001}, 1, 2),
    "a weight goes whole": ({"a": 0b111, "b": 0b111, "c": 0b001, "d": 0b001}, 3, 2),
    "too many of the greatest": ({"a": 0b11, "b": 0b11, "c": 0b11}, 2, 2),
    "none shares": ({"a": 0b01, "b": 0b10}, 1, 1),
    "nothing": ({}, 1, 1),
}


@pytest.fixture(scope="module")
def source(snapshot: Snapshot, settings: Settings) -> Source:
    return Source(snapshot, settings)


@pytest.fixture(scope="module")
def adoptions(snapshot: Snapshot) -> list[dict[str, str]]:
    with (snapshot.path / "data" / "csv" / "adoptions.csv").open(encoding="utf-8", newline="") as text:
        return list(csv.DictReader(text))


@pytest.fixture(scope="module")
def counted(snapshot: Snapshot) -> dict[str, set[str]]:
    with (snapshot.path / "data" / "csv" / "statuses.csv").open(encoding="utf-8", newline="") as text:
        rows = list(csv.DictReader(text))
    return {name: {row["status"] for row in rows if row[f"in_{name}"] == "true"} for name in ("reach", "spread")}


def content(snapshot: Snapshot, name: str) -> bytes:
    return gzip.decompress((snapshot.path / "data" / "networks" / f"{name}.gz").read_bytes())


def opened(snapshot: Snapshot, name: str, suffix: str) -> nx.Graph:
    data = io.BytesIO(content(snapshot, f"{name}.{suffix}"))
    return nx.read_gexf(data) if suffix == "gexf" else nx.read_graphml(data)


# ---- read back ----


@pytest.mark.parametrize("suffix", ["gexf", "graphml"])
@pytest.mark.parametrize("name", networks.NAMES)
def test_networkx_reads_nodes_edges_and_attributes(name: str, suffix: str, snapshot: Snapshot, source: Source) -> None:
    made, found = networks.network(networks.load(source), name), opened(snapshot, name, suffix)
    assert not found.is_directed()
    assert not found.is_multigraph()
    assert set(found) == {node.id for node in made.nodes}
    assert found.number_of_edges() == len(made.edges) > 5
    for node in made.nodes:
        held = found.nodes[node.id]
        assert held["label"] == node.label
        assert {name: held[name] for name in node.more} == node.more
        assert {"kind", "slug", "iri", "label_fi", "label_sv", "label_en", "first_reported"} <= node.more.keys()
    for edge in made.edges:
        held = found.edges[edge.source, edge.target]
        assert held["weight"] == edge.weight
        assert {name: held[name] for name in edge.more} == edge.more


@pytest.mark.parametrize("name", networks.NAMES)
def test_cytoscape_json_holds_the_same(name: str, snapshot: Snapshot, source: Source) -> None:
    made, found = networks.network(networks.load(source), name), json.loads(content(snapshot, f"{name}.cyjs"))
    assert found["data"]["edges"] == len(made.edges) == len(found["elements"]["edges"])
    ids = [each["data"]["id"] for each in found["elements"]["nodes"] + found["elements"]["edges"]]
    assert len(ids) == len(set(ids)) == len(made.nodes) + len(made.edges)
    ends = {each["data"][end] for each in found["elements"]["edges"] for end in ("source", "target")}
    assert ends <= {node.id for node in made.nodes}


# ---- the dynamics of GEXF ----


def test_an_adoption_begins_when_it_is_first_reported(snapshot: Snapshot, adoptions: list[dict[str, str]]) -> None:
    found = opened(snapshot, "region-model", "gexf")
    assert found.graph["mode"] == "dynamic"
    for each in adoptions:
        edge = found.edges[f"region/{each['region']}", f"model/{each['model']}"]
        assert edge["start"] == each["first_reported"] == edge[STATUS_OVER_TIME][0][1]
        assert edge["status"] == each["current_status"] == edge[STATUS_OVER_TIME][-1][0]
        assert edge["first_year"] == int(each["first_reported"][:4])
        assert edge["weight"] == int(each["claims"])
    assert found.number_of_edges() == len(adoptions)
    for _, held in found.nodes(data=True):
        assert held["start"] == held["first_reported"]


def test_some_adoption_changes_its_status_with_time(snapshot: Snapshot) -> None:
    edges = opened(snapshot, "region-model", "gexf").edges(data=True)
    assert sum(len(edge[STATUS_OVER_TIME]) > 1 for _, _, edge in edges) > 5


@pytest.mark.parametrize(("days", "expected"), SPELLS.values(), ids=SPELLS.keys())
def test_a_status_holds_until_the_next(days: list[tuple[str, str]], expected: list[tuple[str, str, str]]) -> None:
    assert list(networks._spells(days, STATUSES)) == expected


@pytest.mark.parametrize("name", networks.NAMES)
def test_gexf_declares_what_it_uses_and_when(name: str, snapshot: Snapshot) -> None:
    root = etree.fromstring(content(snapshot, f"{name}.gexf"))
    assert root.tag == f"{{{GEXF}}}gexf"
    assert root.get("version") == "1.3"
    space = {"g": GEXF}
    assert root.xpath("string(g:meta/@lastmodifieddate)", namespaces=space) == snapshot.manifest["made"][:10]
    for of in ("node", "edge"):
        declared = root.xpath(f"//g:attributes[@class='{of}']/g:attribute/@id", namespaces=space)
        assert len(declared) == len(set(declared))
        assert set(root.xpath(f"//g:{of}/g:attvalues/g:attvalue/@for", namespaces=space)) == set(declared)
        assert len(root.xpath(f"//g:{of}[not(@start)]", namespaces=space)) == 0
    timed = root.xpath("//g:attvalue[@start]", namespaces=space)
    assert {each.get("for") for each in timed} == ({STATUS_OVER_TIME} if name == "region-model" else set())
    assert all(each.get("end", "9999") >= each.get("start") for each in timed)


@pytest.mark.parametrize("name", networks.NAMES)
def test_graphml_declares_each_key_for_its_kind(name: str, snapshot: Snapshot) -> None:
    root, space = etree.fromstring(content(snapshot, f"{name}.graphml")), {"g": GRAPHML}
    keys = {key.get("id"): key.get("for") for key in root.iterfind("g:key", space)}
    used = {(data.get("key"), etree.QName(data.getparent()).localname) for data in root.iter(f"{{{GRAPHML}}}data")}
    assert used == set(keys.items())
    assert [etree.QName(each).localname for each in root][-1] == "graph"


# ---- what is in common ----


@pytest.mark.parametrize(
    ("name", "kind", "other"), [("model-model", "model", "region"), ("region-region", "region", "model")]
)
def test_weights_are_what_two_have_in_common(
    name: str, kind: str, other: str, source: Source, adoptions: list[dict[str, str]], counted: dict[str, set[str]]
) -> None:
    def having(statuses: set[str]) -> dict[str, dict[str, str]]:
        found: dict[str, dict[str, str]] = {}
        for each in adoptions:
            if each["current_status"] in statuses:
                found.setdefault(each[kind], {})[each[other]] = each["first_reported"]
        return found

    reach, spread = having(counted["reach"]), having(counted["spread"])
    expected = {}
    for one, two in combinations(sorted(reach), 2):
        shared = reach[one].keys() & reach[two].keys()
        if shared:
            start = min(max(reach[one][each], reach[two][each]) for each in shared)
            in_spread = len(spread.get(one, {}).keys() & spread.get(two, {}).keys())
            jaccard = round(len(shared) / len(reach[one].keys() | reach[two].keys()), 4)
            expected[f"{kind}/{one}", f"{kind}/{two}"] = (len(shared), start, in_spread, jaccard)
    made = networks.network(networks.load(source), name)
    assert expected == {
        (edge.source, edge.target): (edge.weight, edge.start, edge.more["shared_spread"], edge.more["jaccard"])
        for edge in made.edges
    }
    assert {node.id for node in made.nodes} == {f"{kind}/{slug}" for slug in reach}
    assert (made.minimum, made.left_out) == (1, False)


@pytest.mark.parametrize(("sets", "most", "expected"), BOUNDS.values(), ids=BOUNDS.keys())
def test_the_smallest_weight_rises_with_the_number_of_pairs(
    sets: dict[str, int], most: int, expected: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(networks, "MOST_EDGES", most)
    assert networks._minimum(sets) == expected


@pytest.mark.parametrize("most", [1, 10, 50])
def test_no_more_edges_than_allowed_and_the_strongest(
    most: int, source: Source, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = networks.load(source)
    whole = networks.network(known, "model-model")
    monkeypatch.setattr(networks, "MOST_EDGES", most)
    some = networks.network(known, "model-model")
    assert {each.id for each in some.edges} < {each.id for each in whole.edges}
    assert 0 < len(some.edges) <= most
    assert some.left_out
    assert some.nodes == whole.nodes
    kept = {each.id for each in some.edges}
    assert min(each.weight for each in some.edges) >= max(
        (each.weight for each in whole.edges if each.id not in kept and each.weight < some.minimum), default=0
    )
    assert {each.id for each in whole.edges if each.weight > some.minimum} <= kept
