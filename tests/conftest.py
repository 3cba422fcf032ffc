"""Fixtures that tests share: one snapshot of the shipped records, built once, and an engine over it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from app_factory import making
from flask import Flask
from flask.testing import FlaskClient

from graph import pipeline
from graph.names import Names
from graph.settings import ROOT, Settings
from graph.snapshot import Snapshot
from graph.store import Engine

SHARED = ROOT.parent / "shared"


@pytest.fixture(scope="session")
def names() -> Names:
    return Names()


@pytest.fixture(scope="session")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    return Settings(snapshots=tmp_path_factory.mktemp("snapshots"))


@pytest.fixture(scope="session")
def snapshot(settings: Settings) -> Snapshot:
    return pipeline.build(settings, say=lambda _: None)


@pytest.fixture(scope="session")
def engine(snapshot: Snapshot, settings: Settings, names: Names) -> Iterator[Engine]:
    engine = Engine(snapshot.store_path(), settings, names)
    yield engine
    engine.close()


@pytest.fixture(scope="module")
def app(settings: Settings, snapshot: Snapshot) -> Iterator[Flask]:
    """Make the app over the shipped snapshot; no number of requests is too many for it."""
    assert snapshot.path.parent == settings.snapshots
    with making(replace(settings, client_requests=100_000, client_seconds=100_000.0)) as app:
        yield app


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture(autouse=True)
def quiet_pages(request: pytest.FixtureRequest) -> Iterator[None]:
    """Fail a test whose pages had trouble in the browser (tests/browser.py), and close them."""
    site = request.getfixturevalue("site") if "site" in request.fixturenames else None
    yield
    settle = getattr(site, "settle", None)  # other tests may call another thing a site
    if settle:
        settle()


@pytest.fixture(scope="session")
def pages() -> Path:
    """Return the folder of the five real pages, which the project does not ship; under CI it has to be there."""
    return shared("pages")


def shared(name: str) -> Path:
    """Return a folder of the shared material; skip by name where it is missing, fail under CI."""
    folder = SHARED / name
    if not folder.exists():
        if os.environ.get("CI"):
            pytest.fail(f"{name}: the shared folder is missing, and CI has to run this test")
        pytest.skip(f"needs ../shared/{name}, which is not here")
    return folder


def tool(name: str) -> Path:
    """Return the path of a reader of tests/tools (`make tools`): a command, or a package of npm.

    Skip by name where it is missing; fail where LEVIKKI_TOOLS says that it has to be there, as .ci/run does.
    """
    for path in (ROOT / ".tools" / "bin" / name, ROOT / "tests" / "tools" / "node_modules" / name):
        if path.exists():
            return path
    if os.environ.get("LEVIKKI_TOOLS"):
        pytest.fail(f"{name} is missing: run make tools")
    pytest.skip(f"needs {name}: make tools")
