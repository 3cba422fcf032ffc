"""What is made once, made beforehand, and measured: no page computes it twice, and nothing waits for it that does not need it."""

from __future__ import annotations

import gc
import threading
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from weakref import ref

import pytest
from flask import Flask

from graph import matrix_data, warm
from graph.adoptions import adoptions, regions
from graph.errors import SnapshotError
from graph.names import Names
from graph.once import once
from graph.settings import ROOT, Settings
from graph.snapshot import Snapshot
from graph.store import Engine
from graph.views import LANGUAGES, all_labels, labels
from server import create_app

HTML = {"Accept": "text/html"}


@pytest.fixture
def fresh(snapshot: Snapshot, settings: Settings, names: Names) -> Iterator[Engine]:
    """Return an engine of which nothing has been read."""
    engine = Engine(snapshot.store_path(), settings, names)
    yield engine
    engine.close()


@pytest.fixture
def app(settings: Settings, snapshot: Snapshot) -> Iterator[Flask]:
    assert snapshot.path.exists()
    app = create_app(replace(settings, client_requests=100_000))
    yield app
    app.extensions["levikki"].retire()


# ---- once ----


def test_who_comes_while_it_is_made_waits_for_it(engine: Engine) -> None:
    made = []

    @once
    def slow(_engine: Engine, language: str) -> str:
        time.sleep(0.05)
        made.append(language)
        return f"{language} {len(made)}"

    with ThreadPoolExecutor(8) as pool:
        found = set(pool.map(lambda _: slow(engine, "fi"), range(8)))
    assert found == {"fi 1"}
    assert slow(engine, "sv") == "sv 2"
    assert made == ["fi", "sv"]


def test_one_thing_does_not_wait_for_another(engine: Engine) -> None:
    may_end, began = threading.Event(), threading.Event()

    @once
    def made(_engine: Engine, language: str) -> str:
        if language == "fi":
            began.set()
            assert may_end.wait(10)
        return language

    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(made, engine, "fi")
        assert began.wait(10)
        assert made(engine, "sv") == "sv"
        may_end.set()
        assert waiting.result() == "fi"


def test_what_failed_is_tried_again(engine: Engine) -> None:
    tries = Counter[str]()

    @once
    def made(_engine: Engine) -> int:
        tries["made"] += 1
        if tries["made"] == 1:
            raise SnapshotError("the store cannot be read")
        return tries["made"]

    with pytest.raises(SnapshotError):
        made(engine)
    assert (made(engine), made(engine)) == (2, 2)


def test_what_was_made_goes_with_its_engine(snapshot: Snapshot, settings: Settings, names: Names) -> None:
    engine = Engine(snapshot.store_path(), settings, names)
    warmed, table = ref(engine), ref(matrix_data.table(engine))
    engine.close()
    del engine
    gc.collect()
    assert (warmed(), table()) == (None, None)


# ---- what is read ----


def test_adoptions_are_those_of_the_graph_from_both_sides(engine: Engine) -> None:
    found = adoptions(engine)
    rows = engine.select(
        "SELECT DISTINCT ?adoption ?model ?region ?status ?first ?last { ?adoption a lev:Adoption ; lev:model ?model ; lev:region ?region ;"
        " lev:currentStatus/skos:notation ?status ; lev:firstReported ?first ; lev:lastReported ?last }"
    ).rows
    ours = {tuple(each[:6]) for of in found.of_model.values() for each in of.values()}
    assert ours == {
        tuple(row[name].value for name in ("adoption", "model", "region", "status", "first", "last")) for row in rows
    }
    assert {each for of in found.of_region.values() for each in of.values()} == {
        each for of in found.of_model.values() for each in of.values()
    }
    claims = engine.select("SELECT (COUNT(DISTINCT ?claim) AS ?n) { ?adoption a lev:Adoption ; lev:claim ?claim }").rows
    assert sum(each.claims for of in found.of_model.values() for each in of.values()) == int(claims[0]["n"].value)


def test_regions_come_in_the_order_of_their_codes_those_without_one_last(engine: Engine) -> None:
    codes = list(regions(engine).values())
    with_code = [each for each in codes if each]
    assert with_code == sorted(with_code) == codes[: len(with_code)]


def test_labels_are_asked_once_also_where_there_are_none(fresh: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    model, other = fresh.names.thing("model", "hygga"), "urn:of-nobody"
    first = labels(fresh, [model, other, "no address"], "fi")
    assert (first[model].language, first[other].language, first["no address"].language) == ("fi", "", "")
    monkeypatch.setattr(Engine, "select", lambda *_, **__: pytest.fail("asked again"))
    assert labels(fresh, [other, model], "fi") == {other: first[other], model: first[model]}
    assert all_labels(fresh, [model])[model]["fi"] == first[model].label


# ---- beforehand ----


def test_once_prepared_the_first_pages_ask_nothing_of_all_adoptions(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = app.extensions["levikki"].take()[1]
    warm.prepare(app, engine)
    asked: list[str] = []
    plain = Engine._ask_process

    def ask(self: Engine, job: dict[str, str], *args: object, **named: bool) -> object:
        asked.append(job.get("query", ""))
        return plain(self, job, *args, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(Engine, "_ask_process", ask)
    client = app.test_client()
    for language in LANGUAGES:
        for page in (
            "",
            "map",
            "timeline",
            "network",
            "network.json",
            "search?q=malli",
            "compare?region=lappi&region=kainuu",
        ):
            assert client.get(f"/{language}/{page}", headers=HTML).status_code == 200
    assert asked == []


def test_a_new_engine_is_prepared_and_the_same_one_is_not(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    prepared = []
    monkeypatch.setattr(warm, "prepare", lambda _, engine: prepared.append(engine))
    ready = warm.look(app, None)
    assert ready is not None
    assert ready() is app.extensions["levikki"].take()[1]
    assert warm.look(app, ready) == ready
    app.extensions["levikki"].current._held = None  # as if a newer release had come
    again = warm.look(app, ready)
    assert again is not None
    assert [each is again() for each in prepared] == [False, True]


def test_whatever_happens_beforehand_nobody_fails(app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    empty = create_app(Settings(snapshots=tmp_path / "none"))
    assert warm.look(empty, None) is None

    def fail(*_: object) -> None:
        raise OSError("no place left")

    monkeypatch.setattr(warm, "prepare", fail)
    assert warm.look(app, None) is None
    assert app.test_client().get("/", headers=HTML).status_code == 200


def test_an_app_that_nobody_serves_prepares_nothing(app: Flask) -> None:
    assert app.test_client().get("/health").status_code == 200
    assert "warm" not in {thread.name for thread in threading.enumerate()}


def test_serving_prepares_in_a_thread_that_ends_with_the_process(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    looked, stop = threading.Event(), threading.Event()
    monkeypatch.setattr(warm, "look", lambda *_: looked.set())
    thread = warm.begin(app, stop)
    assert looked.wait(10)
    assert thread.daemon
    stop.set()
    thread.join(10)
    assert not thread.is_alive()


# ---- the benchmark ----


def test_the_queries_of_the_benchmark_are_of_every_kind(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(ROOT)  # benchmarks are not installed
    from benchmarks import pages  # noqa: PLC0415

    asked = pages.queries(["Perhekeskus", "Päihdepalvelujen chat"])
    assert len(asked) == len(set(asked))
    assert {"a", "ö", "pe", "perhekeskus", "perhekeskusssa", "päihdepalvelujen chat", "paihdepalvelujen chat"} <= set(
        asked
    )
    assert {"perekeskus", "rheke", "chat", "a b c d e f g h"} <= set(asked)


def test_the_benchmark_names_views_of_the_snapshot_and_measures_them(
    settings: Settings, snapshot: Snapshot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(ROOT)
    from benchmarks import pages  # noqa: PLC0415

    monkeypatch.setattr(pages, "ROUNDS", 1)
    monkeypatch.setattr(pages, "MORE", 1)
    assert snapshot.path.exists()
    with pages.started(settings) as (_, engine):
        addresses = pages.views(engine)
    assert all(each.startswith("/") for each in addresses.values())
    found = pages.measure(settings, "map", addresses["map of a model"])
    assert found.cells()[:1] == ["map"]
    assert found.size > found.sent > 1000
    with pytest.raises(ValueError, match="404"):
        pages.measure(settings, "none", "/doc/model/of-nobody")
