"""A wheel, installed far from the checkout, without Node and without a network: it holds all that the code reads, and does its work."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import sysconfig
import tarfile
import time
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.error import URLError
from urllib.parse import quote
from urllib.request import Request, urlopen

import pytest
from page_factory import page_text

from benchmarks.running import free_port
from graph.files import tree_hash
from graph.settings import ROOT

FOLDERS = {"data", "mappings", "ontology", "static", "templates", "translations"}
NOT_SHIPPED = {".ci", "benchmarks", "deploy", "docs", "frontend", "graph", "tests"}
BUNDLES = ROOT / "static" / "build"
WITHIN = "graph/shipped/"
LANGUAGES = {
    "fi": "Mitkä toimintamallit leviävät alueelta toiselle",
    "sv": "Vilka verksamhetsmodeller sprids från område till område",
    "en": "Which practice models spread from region to region",
}


def needed(here: object, what: str) -> None:
    """Skip by name where something is missing; fail where it has to be there."""
    if not here:
        if os.environ.get("CI") or os.environ.get("LEVIKKI_TOOLS"):
            pytest.fail(f"a wheel has to be tested here, which needs {what}")
        pytest.skip(f"needs {what}")


def run(folder: Path, *command: str | Path, code: int = 0) -> str:
    """Run a command in a folder as somebody would who has no checkout; return all that it says."""
    done = subprocess.run(
        command, cwd=folder, env=clean(), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False
    )
    assert done.returncode == code, done.stdout
    return done.stdout


def clean(**more: str) -> dict[str, str]:
    """Return the environment without what points at the checkout, or sets Levikki."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("LEVIKKI_", "PYTHON"))}
    return {**kept, **more}


def build(folder: Path, kind: str, out: Path, *, code: int = 0) -> str:
    """Build a wheel, an sdist or an editable wheel with the setuptools of this environment; return what was said."""
    hook = f"from setuptools import build_meta; build_meta.build_{kind}({str(out)!r})"
    out.mkdir(exist_ok=True)
    return run(folder, sys.executable, "-c", hook, code=code)


@pytest.fixture(scope="module")
def tracked() -> list[str]:
    """Return the paths of all files that git tracks."""
    done = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False)
    needed(done.returncode == 0, "git, which knows the files")
    return [path for path in done.stdout.split("\0") if path and (ROOT / path).exists()]


@dataclass
class Built:
    """Hold what was built, from a copy of the files that git tracks.

    :param checkout: that copy.
    :param bare: what each build says without the bundles.
    """

    checkout: Path
    bare: dict[str, str]
    editable: Path
    wheel: Path
    sdist: Path


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory, tracked: list[str]) -> Built:
    needed((BUNDLES / "manifest.json").exists(), "static/build: make frontend")
    folder, out = tmp_path_factory.mktemp("checkout"), tmp_path_factory.mktemp("dist")
    for path in tracked:
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / path, folder / path)
    build(folder, "editable", out / "editable")
    bare = {kind: build(folder, kind, out, code=1) for kind in ("wheel", "sdist")}
    shutil.copytree(BUNDLES, folder / "static" / "build")
    for stray in ("data/open.csv", "data/snapshots/x/manifest.json", "static/build.new/x.js", "templates/.hidden"):
        (folder / stray).parent.mkdir(parents=True, exist_ok=True)
        (folder / stray).write_text("words of a page\n", encoding="utf-8")
    stale = folder / "build" / "lib" / "graph" / "shipped" / "mappings" / "stale.csv"
    stale.parent.mkdir(parents=True)
    stale.write_text("of an earlier build\n", encoding="utf-8")
    build(folder, "wheel", out)
    build(folder, "sdist", out)
    return Built(folder, bare, next((out / "editable").iterdir()), next(out.glob("*.whl")), next(out.glob("*.tar.gz")))


def contents(wheel: Path) -> dict[str, int]:
    """Return the names in a wheel with a checksum of each."""
    with zipfile.ZipFile(wheel) as files:
        return {each.filename: each.CRC for each in files.infolist() if not each.is_dir()}


@dataclass
class Installed:
    """Hold an environment with the wheel, which sees the locked packages and no checkout."""

    folder: Path
    levikki: Path

    @property
    def packages(self) -> Path:
        return next(self.folder.glob("lib/python*/site-packages"))

    def digest(self) -> str:
        shipped = self.packages / "graph" / "shipped"
        return tree_hash([path for path in shipped.rglob("*") if path.is_file()], shipped)


@pytest.fixture(scope="module")
def installed(built: Built, tmp_path_factory: pytest.TempPathFactory) -> Installed:
    folder = tmp_path_factory.mktemp("venv")
    run(folder, sys.executable, "-m", "venv", "--without-pip", folder)
    pip: list[str | Path] = [
        sys.executable,
        "-m",
        "pip",
        "--python",
        folder / "bin" / "python",
        "install",
        "--no-index",
        "--no-deps",
    ]
    run(folder, *pip, "--no-compile", "--disable-pip-version-check", built.wheel)
    here = Installed(folder, folder / "bin" / "levikki")
    known = dict.fromkeys(sysconfig.get_path(name) for name in ("purelib", "platlib"))
    (here.packages / "locked.pth").write_text("\n".join(known) + "\n", encoding="utf-8")
    return here


@pytest.fixture(scope="module")
def work(installed: Installed, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder that was empty, in which the wheel has built a snapshot of the records that it brought."""
    folder = tmp_path_factory.mktemp("empty")
    assert "published" in run(folder, installed.levikki, "build")
    return folder


# ---- what it holds ----


def test_a_folder_is_shipped_or_known_not_to_be(tracked: list[str]) -> None:
    assert {path.partition("/")[0] for path in tracked if "/" in path} == FOLDERS | NOT_SHIPPED


def test_the_code_reads_no_other_folder() -> None:
    code = "\n".join(path.read_text(encoding="utf-8") for path in [*(ROOT / "graph").rglob("*.py"), ROOT / "server.py"])
    assert set(re.findall(r'\bROOT / "(\w+)"', code)) == FOLDERS


def test_a_wheel_holds_every_file_of_those_folders_and_no_other(built: Built, tracked: list[str]) -> None:
    held = {name.removeprefix(WITHIN) for name in contents(built.wheel) if name.startswith(WITHIN)}
    bundles = {f"static/build/{path.name}" for path in BUNDLES.iterdir() if path.name != "ready"}
    assert held == {path for path in tracked if path.partition("/")[0] in FOLDERS} | bundles
    assert {path for path in held if path.endswith(".po")} == {
        f"translations/{language}/LC_MESSAGES/levikki.po" for language in LANGUAGES
    }


def test_beside_them_it_holds_the_code(built: Built, tracked: list[str]) -> None:
    rest = {name for name in contents(built.wheel) if not name.startswith(WITHIN)}
    code = {path for path in tracked if path.startswith("graph/")} | {"server.py"}
    assert {name for name in rest if ".dist-info/" not in name} == code


def test_a_source_distribution_builds_the_same_wheel(built: Built, tmp_path: Path) -> None:
    with tarfile.open(built.sdist) as files:
        files.extractall(tmp_path, filter="data")
    unpacked = next(tmp_path.iterdir())
    assert not (unpacked / "tests").exists()
    build(unpacked, "wheel", tmp_path / "again")
    assert contents(next((tmp_path / "again").iterdir())) == contents(built.wheel)


@pytest.mark.parametrize("kind", ["wheel", "sdist"])
def test_without_bundles_nothing_is_built_and_it_is_said_why(built: Built, kind: str) -> None:
    assert "error: static/build is missing, and a wheel ships it: run make frontend first" in built.bare[kind]


def test_an_editable_install_needs_no_bundles_and_copies_nothing(built: Built) -> None:
    assert not any("shipped" in name for name in contents(built.editable))


# ---- that it works ----


def test_it_is_the_wheel_that_runs(installed: Installed, tmp_path: Path) -> None:
    code = "import graph, server, sys; print(graph.__file__, server.__file__, *sys.path, sep='\\n')"
    told = run(tmp_path, installed.folder / "bin" / "python", "-P", "-c", code).splitlines()
    assert told[:2] == [str(installed.packages / name) for name in ("graph/__init__.py", "server.py")]
    assert str(ROOT) not in told[2:]


def test_it_builds_from_what_the_checkout_holds(built: Built, work: Path) -> None:
    code = "from graph import pipeline, records; print(pipeline.inputs(records.RECORDS))"
    inputs = run(built.checkout, sys.executable, "-c", code).strip()
    snapshot = next((work / "data" / "snapshots").glob("*Z-*"))
    assert json.loads((snapshot / "manifest.json").read_bytes())["inputs"] == inputs
    assert {path.name for path in (snapshot / "data").iterdir()} > {"csv", "levikki.ttl.gz", "neo4j", "sanastot"}


def test_it_checks_the_records_that_it_brought(installed: Installed, tmp_path: Path) -> None:
    assert run(tmp_path, installed.levikki, "check") == "every shape and check holds\n"
    assert list(tmp_path.iterdir()) == []


def test_it_builds_nothing_anew_where_nothing_changed(installed: Installed, work: Path) -> None:
    assert "is up to date" in run(work, installed.levikki, "build", "--if-changed")


@contextmanager
def serving(installed: Installed, work: Path, log: Path) -> Iterator[str]:
    port = free_port()
    base = f"http://127.0.0.1:{port}"
    with log.open("wb") as out:
        process = subprocess.Popen([installed.levikki, "serve"], cwd=work, env=clean(PORT=str(port)), stderr=out)
    try:
        end = time.monotonic() + 20
        while not ready(base):
            assert time.monotonic() < end, log.read_text(encoding="utf-8")
            time.sleep(0.05)
        yield base
    finally:
        process.terminate()
        process.wait(30)


def ready(base: str) -> bool:
    try:
        return get(f"{base}/ready")[0] == 200
    except URLError:
        return False


def get(address: str, accept: str = "text/html") -> tuple[int, str, str]:
    """Return status, media type and text of an answer."""
    with urlopen(Request(address, headers={"Accept": accept}), timeout=30) as answer:
        return answer.status, answer.headers.get_content_type(), answer.read().decode("utf-8")


@pytest.fixture(scope="module")
def base(installed: Installed, work: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with serving(installed, work, tmp_path_factory.mktemp("log") / "log") as address:
        yield address


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_home_page_is_served_with_its_style_and_scripts(base: str, language: str) -> None:
    status, _, page = get(f"{base}/{language}")
    assert status == 200
    assert f'<html lang="{language}"' in page
    assert f">{LANGUAGES[language]}<" in page
    assert "/doc/model/tiimimalli" in page
    files = re.findall(r'(?:href|src)="(/[^"]+\.(?:css|js|svg))"', page)
    assert {path.rpartition(".")[2] for path in files} == {"css", "js", "svg"}
    assert [path for path in files if get(base + path)[0] != 200] == []


@pytest.mark.parametrize(("page", "bundles"), [("network", {"network.js"}), ("sparql", {"sparql.js", "sparql.css"})])
def test_the_bundles_are_served(base: str, page: str, bundles: set[str]) -> None:
    found = re.findall(r'"(/static/build/[^"]+)"', get(f"{base}/fi/{page}")[2])
    assert {re.sub(r"-\w+\.", ".", path.rpartition("/")[2]) for path in found} >= bundles
    for path in found:
        status, kind, text = get(base + path)
        assert (status, kind) == (200, "text/css" if path.endswith(".css") else "text/javascript")
        assert text.encode() == (BUNDLES / path.rpartition("/")[2]).read_bytes()


@pytest.mark.parametrize("path", ["about", "map", "questions", "changes", "ontology", "data", "doc/model/tiimimalli"])
def test_other_pages_are_served(base: str, path: str) -> None:
    status, kind, page = get(f"{base}/sv/{path}")
    assert (status, kind) == (200, "text/html")
    assert '<html lang="sv"' in page


@pytest.mark.parametrize(
    "path", ["data/csv/claims.csv", "data/levikki.ttl", "data/sssom/models.sssom.tsv", "catalog.ttl"]
)
def test_files_are_served(base: str, path: str) -> None:
    status, _, text = get(f"{base}/{path}", "*/*")
    assert status == 200
    assert len(text) > 1000


def test_a_query_is_answered(base: str) -> None:
    question = (ROOT / "ontology" / "questions" / "models-by-region-count.rq").read_text(encoding="utf-8")
    status, kind, rows = get(f"{base}/sparql?query={quote(question)}", "text/csv")
    assert (status, kind) == (200, "text/csv")
    expected = (ROOT / "ontology" / "questions" / "models-by-region-count.csv").read_text(encoding="utf-8")
    assert rows.splitlines()[0].startswith("modelLabel,spread")
    assert len(rows.splitlines()) == len(expected.splitlines())


# ---- what it writes ----


def test_a_page_is_read_below_the_working_directory(installed: Installed, tmp_path: Path) -> None:
    before = installed.digest()
    (tmp_path / "koesivu.txt").write_text(page_text(), encoding="utf-8")
    assert "1 page read" in run(tmp_path, installed.levikki, "read", "koesivu.txt")
    assert (tmp_path / "data" / "records" / "koesivu.json").exists()
    # Records of one's own stand in the place of those that came with the wheel.
    code = "from graph import records, settings; print(*records.record_paths(settings.to_read(records.RECORDS)))"
    assert run(tmp_path, installed.folder / "bin" / "python", "-c", code) == "data/records/koesivu.json\n"
    assert installed.digest() == before


def test_what_is_removed_stays_out_though_the_records_stay(installed: Installed, tmp_path: Path) -> None:
    before = installed.digest()
    told = run(tmp_path, installed.levikki, "remove", "page/helsinki", "--ground", "error")
    assert "the records that were installed stay as they are" in told
    assert (tmp_path / "data" / "removals.csv").read_text(encoding="utf-8").count("\n") == 2
    shipped = installed.packages / "graph" / "shipped" / "data" / "records"
    count = len(list(shipped.rglob("*.json")))
    assert f"read {count - 1} records" in run(tmp_path, installed.levikki, "build", "--without-exports")
    assert installed.digest() == before


def test_decisions_go_beside_those_that_were_shipped(installed: Installed, tmp_path: Path) -> None:
    before = installed.digest()
    code = (
        "from graph import review, steward;"
        "known = review.read_review(); print(len(known));"
        "steward.settle(review.REVIEW, [{**known[0].row, 'reason': 'anew'}])"
    )
    count = int(run(tmp_path, installed.folder / "bin" / "python", "-c", code))
    assert count > 100
    rows = (tmp_path / "data" / "review.csv").read_text(encoding="utf-8").splitlines()
    assert len(rows) == count + 1
    assert rows[1].endswith(",anew")
    assert installed.digest() == before


@pytest.mark.parametrize(
    "arguments",
    [
        ("candidates", "--accept", "virtamalli", "--kind", "method", "--sv", "Strömmodell", "--en", "Stream model"),
        ("questions", "--answers"),
    ],
    ids=lambda arguments: arguments[0],
)
def test_tables_that_were_installed_are_not_written(
    installed: Installed, tmp_path: Path, arguments: tuple[str, ...]
) -> None:
    before = installed.digest()
    told = run(tmp_path, installed.levikki, *arguments, code=2)
    assert "what was installed is not written" in told
    assert "checkout" in told
    assert installed.digest() == before
