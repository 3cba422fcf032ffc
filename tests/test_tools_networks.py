"""The networks, opened by the JavaScript libraries that draw them: graphology (sigma, Gephi Lite) and cytoscape.js."""

from __future__ import annotations

import gzip
import json
import subprocess
from pathlib import Path
from typing import Any

import pytest
from conftest import tool

from graph.exports.network import NAMES
from graph.snapshot import Snapshot

# The options are those with which Gephi Lite reads GEXF.
GRAPHOLOGY = """
const gexf = require('graphology-gexf'), Graph = require('graphology'), fs = require('fs');
const options = {allowUndeclaredAttributes: true, addMissingNodes: false};
const graph = gexf.parse(Graph, fs.readFileSync(process.argv[1], 'utf8'), options);
console.log(JSON.stringify({nodes: graph.order, edges: graph.size, type: graph.type,
  node: graph.getNodeAttributes(graph.nodes()[0]), edge: graph.getEdgeAttributes(graph.edges()[0])}));
"""
CYTOSCAPE = """
const cytoscape = require('cytoscape'), fs = require('fs');
const cy = cytoscape({headless: true, ...JSON.parse(fs.readFileSync(process.argv[1], 'utf8'))});
console.log(JSON.stringify({nodes: cy.nodes().length, edges: cy.edges().length,
  node: cy.nodes()[0].data(), edge: cy.edges()[0].data(), heaviest: cy.edges().max(edge => edge.data('weight')).value}));
"""


def run(script: str, package: str, name: str, snapshot: Snapshot, tmp_path: Path) -> dict[str, Any]:
    modules = tool(package).parent
    path = tmp_path / name
    path.write_bytes(gzip.decompress((snapshot.path / "data" / "networks" / f"{name}.gz").read_bytes()))
    command = ["node", "-e", script, str(path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=modules.parent, timeout=60)
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def expected(name: str, snapshot: Snapshot) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(
        gzip.decompress((snapshot.path / "data" / "networks" / f"{name}.cyjs.gz").read_bytes())
    )
    return found


@pytest.mark.parametrize("name", NAMES)
def test_graphology_opens_the_gexf(name: str, snapshot: Snapshot, tmp_path: Path) -> None:
    found, same = run(GRAPHOLOGY, "graphology-gexf", f"{name}.gexf", snapshot, tmp_path), expected(name, snapshot)
    assert (found["nodes"], found["edges"]) == (same["data"]["nodes"], same["data"]["edges"])
    assert found["type"] == "undirected"
    for kind in ("node", "edge"):
        first = same["elements"][f"{kind}s"][0]["data"]
        held = {key: value for key, value in first.items() if key not in {"id", "source", "target"}}
        assert {key: found[kind][key] for key in held} == held  # the types with them


@pytest.mark.parametrize("name", NAMES)
def test_cytoscape_opens_the_json(name: str, snapshot: Snapshot, tmp_path: Path) -> None:
    found, same = run(CYTOSCAPE, "cytoscape", f"{name}.cyjs", snapshot, tmp_path), expected(name, snapshot)
    assert (found["nodes"], found["edges"]) == (same["data"]["nodes"], same["data"]["edges"])
    assert found["node"] == same["elements"]["nodes"][0]["data"]
    assert found["edge"] == same["elements"]["edges"][0]["data"]
    assert found["heaviest"] == max(each["data"]["weight"] for each in same["elements"]["edges"])
