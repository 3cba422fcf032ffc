"""The redirects of w3id.org: each leads to a route of the service, and each route of linked data has one."""

from __future__ import annotations

import re

import pytest
from werkzeug.exceptions import HTTPException
from werkzeug.routing import MapAdapter

from graph.settings import ROOT, Settings
from server import create_app

HOST = "https://levikki.example.org"
FOLDER = ROOT / "deploy" / "w3id"
RULES = [
    (match[1], match[2], match[3])
    for match in re.finditer(r"^RewriteRule (\S+) (\S+) \[(\S+)\]$", (FOLDER / ".htaccess").read_text(), re.MULTILINE)
]
# Paths behind https://w3id.org/levikki/ that a client asks for, each of another route.
ASKED = {
    "id/region/lansi-uusimaa": "things.thing",
    "id/scheme/status/adopted": "things.thing",
    "doc/region/lansi-uusimaa": "things.document",
    "doc/scheme/status/adopted.ttl": "things.document",
    "graph/derived": "things.graph",
    "graph/page/lansi-uusimaa": "things.graph",
    "graph-store": "things.graph_store",
    "ontology": "things.ontology",
    "ontology.jsonld": "things.ontology",
    "sparql": "site.sparql",
    "data/": "downloads.list_files",
    "data/levikki.nq": "downloads.file",
    ".well-known/void": "site.void",
    "questions/models-of-region": "questions.question",
    ".well-known/sparql-examples": "questions.examples",
    "dataset": "catalogue.dataset",
    "catalog": "catalogue.catalogue",
    "catalog.ttl": "catalogue.catalogue",
    "release/": "archive.list_releases",
    "release/2026-11-22T000200Z-dd4b4b36": "archive.release",
    "release/2026-11-22T000200Z-dd4b4b36/data/levikki.nq": "archive.file",
    "release/2026-11-22T000200Z-dd4b4b36/doc/model/tiimimalli": "archive.document",
    "version/2026-11-22T000200Z-dd4b4b36/id/model/tiimimalli": "feed.member",
    "feed": "feed.root",
    "feed.ttl": "feed.root",
    "feed/2026-11-22T000200Z-dd4b4b36": "feed.release",
    "feed/2026-11-22T000200Z-dd4b4b36/1": "feed.page",
    "changes": "changes.page",
    "changes.atom": "changes.atom",
    "": "site.home",
}


@pytest.fixture(scope="module")
def routes() -> MapAdapter:
    return create_app(Settings()).url_map.bind("levikki.example.org", url_scheme="https")


def redirected(path: str) -> str:
    """Return where w3id.org sends a path: by the first rule that fits, as Apache reads them."""
    for pattern, target, _ in RULES:
        match = re.match(pattern, path)
        if match:
            return match.expand(target.replace("$", "\\"))
    return ""


@pytest.mark.parametrize(("path", "endpoint"), ASKED.items())
def test_what_is_asked_for_comes_to_its_route(routes: MapAdapter, path: str, endpoint: str) -> None:
    target = redirected(path)
    assert target == f"{HOST}/{path}"
    assert routes.match(target.removeprefix(HOST))[0] == endpoint


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule[0])
def test_each_target_is_a_route(routes: MapAdapter, rule: tuple[str, str, str]) -> None:
    _, target, flags = rule
    path = re.sub(r"\$\d", "ttl", re.sub(r"(catalog|feed|changes)\$1", r"\1", target.removeprefix(HOST)))
    try:
        routes.match(path)
    except HTTPException as error:
        pytest.fail(f"{path}: {error}")
    assert flags == "R=302,L"


def test_each_route_of_linked_data_has_a_redirect() -> None:
    app = create_app(Settings())
    # Pages for people: nothing in the graph or a catalogue names them.
    ours_alone = tuple(
        "static watch. questions.list_questions about. compare. editor. network. search. sitemap. spread. thing_pages.".split()
    )
    endpoints = {rule.endpoint for rule in app.url_map.iter_rules() if not rule.endpoint.startswith(ours_alone)}
    assert endpoints == set(ASKED.values())
    assert len(endpoints) >= 15


def test_no_other_path_is_redirected() -> None:
    assert [path for path in ("idx/region/a", "ontologyx", "metrics", "health", "id/region/") if redirected(path)] == []


def test_what_w3id_asks_for_is_there() -> None:
    readme = (FOLDER / "README.md").read_text()
    assert readme.startswith("# /levikki/\n")
    assert "## Contact" in readme
