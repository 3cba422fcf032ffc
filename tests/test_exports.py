"""Exports: each listed, documented and measured; the same bytes again; served whole, packed or unpacked as a client can take them."""

from __future__ import annotations

import gzip
from dataclasses import replace
from functools import cached_property
from pathlib import Path

import pyoxigraph as ox
import pytest
from app_factory import making
from flask.testing import FlaskClient
from markupsafe import escape
from rdflib import Dataset

from graph import pipeline
from graph.errors import CallError
from graph.exports.about import table
from graph.exports.base import Source
from graph.exports.concepts import schemes
from graph.exports.rdf import FORMATS, of_graph
from graph.exports.registry import EXPORTS, find, write_all, write_to
from graph.files import read_table, sha256
from graph.settings import ROOT, Settings
from graph.snapshot import Snapshot

SIZES = {row["format"]: row for _, row in read_table(ROOT / "docs" / "export-sizes.csv", ["format"])}


@pytest.fixture(scope="module")
def again(snapshot: Snapshot, settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder into which everything has been written a second time."""
    folder = tmp_path_factory.mktemp("again")
    write_all(Source(snapshot, settings), folder)
    return folder


class Counting(Source):
    """A source that counts how often somebody opens its store."""

    opened = 0

    @cached_property
    def store(self) -> ox.Store:
        Counting.opened += 1
        return super().store


def test_the_exports_share_one_open_store(snapshot: Snapshot, settings: Settings, tmp_path: Path) -> None:
    describing = [each for each in EXPORTS.values() if each.last]
    write_all(Counting(snapshot, settings), tmp_path)
    assert 1 <= Counting.opened <= 1 + len(describing)


def test_what_several_exports_want_is_read_once(snapshot: Snapshot, settings: Settings) -> None:
    source = Source(snapshot, settings)
    assert schemes(source) is schemes(source)
    assert schemes(source) == schemes(Source(snapshot, settings))


# the list


def test_each_format_has_its_row_and_each_row_its_format() -> None:
    assert list(table()) == list(EXPORTS)


@pytest.mark.parametrize("name", EXPORTS)
def test_a_row_says_what_a_user_asks(name: str) -> None:
    about = table()[name]
    assert all(about.title[language] for language in ("fi", "sv", "en"))
    assert len(set(about.title.values())) == 3
    assert about.made_for
    assert about.opened_by
    test = ROOT / about.checked_by
    assert name in test.read_text(encoding="utf-8"), f"{about.checked_by} says nothing of {name}"


@pytest.mark.parametrize("name", EXPORTS)
def test_the_documented_size_is_about_that_of_the_shipped_data(name: str, snapshot: Snapshot) -> None:
    size = sum(each.bytes for each in snapshot.files if each.format == name)
    assert int(SIZES[name]["bytes"]) == pytest.approx(size, rel=0.1)
    assert int(SIZES[name]["large_bytes"]) > 0
    assert float(SIZES[name]["seconds"]) > 0


def test_an_unknown_format_names_those_that_there_are() -> None:
    with pytest.raises(CallError, match="no export format 'pdf'") as caught:
        find("pdf")
    assert "ttl" in caught.value.hint


# the files


def test_every_file_is_listed_with_its_size_and_hash(snapshot: Snapshot) -> None:
    folder = snapshot.path / "data"
    there = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    assert {each.path for each in snapshot.files} == there
    assert {each.format for each in snapshot.files} == set(EXPORTS)
    for each in snapshot.files:
        content = (folder / each.path).read_bytes()
        assert (each.bytes, each.sha256) == (len(content), sha256(content))
        assert each.media_type


def test_the_same_snapshot_gives_the_same_bytes(snapshot: Snapshot, again: Path) -> None:
    different = [
        each.path
        for each in snapshot.files
        if (again / each.path).read_bytes() != (snapshot.path / "data" / each.path).read_bytes()
    ]
    assert different == []


@pytest.mark.parametrize(
    ("name", "reader"),
    [("nq", "nquads"), ("trig", "trig"), ("jsonld", "json-ld"), ("nt", "nt"), ("ttl", "turtle"), ("rdfxml", "xml")],
)
def test_an_independent_reader_finds_the_same(name: str, reader: str, snapshot: Snapshot) -> None:
    suffix = FORMATS[name][1]
    content = gzip.decompress((snapshot.path / "data" / f"levikki.{suffix}.gz").read_bytes())
    ours = {quad.triple for quad in Source(snapshot).quads()}
    theirs = Dataset(default_union=True).parse(data=content, format=reader)
    assert len(set(theirs.triples((None, None, None)))) == len(ours)


def test_a_quote_is_in_no_export_though_the_build_had_the_pages(snapshot: Snapshot) -> None:
    packed = [each.path for each in snapshot.files if each.compressed]
    assert packed
    for path in packed:
        assert b"graph/quote/" not in gzip.decompress((snapshot.path / "data" / path).read_bytes())


def test_a_format_of_one_file_is_packed_where_its_name_says_so(snapshot: Snapshot, tmp_path: Path) -> None:
    plain = write_to(find("nt"), Source(snapshot), tmp_path / "a" / "kanta.nt")
    packed = write_to(find("nt"), Source(snapshot), tmp_path / "kanta.nt.gz")
    assert gzip.decompress(packed[0].read_bytes()) == plain[0].read_bytes()
    assert sorted(path.name for path in tmp_path.rglob("*.*")) == ["kanta.nt", "kanta.nt.gz"]


def test_a_build_can_leave_them_out(tmp_path: Path) -> None:
    made = pipeline.build(Settings(snapshots=tmp_path), exports=False, say=lambda _: None)
    assert made.files == ()
    with making(Settings(snapshots=tmp_path)) as app:
        assert app.test_client().get("/data/", headers={"Accept": "text/html"}).status_code == 200


# over HTTP


def test_a_file_is_served_as_it_lies_there(client: FlaskClient, snapshot: Snapshot) -> None:
    for each in snapshot.files:
        answer = client.get(f"/data/{each.path}", buffered=True)
        assert answer.status_code == 200
        assert sha256(answer.data) == each.sha256
        assert answer.headers["ETag"] == f'"{each.sha256}"'
        assert answer.mimetype == ("application/gzip" if each.compressed else each.media_type)
        assert answer.headers["Access-Control-Allow-Origin"] == "*"


@pytest.mark.parametrize("name", ["levikki.nt", "levikki.nt.gz", "ckan.json"])
def test_a_folder_of_snapshots_may_be_relative(
    settings: Settings, snapshot: Snapshot, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(settings.snapshots.parent)
    assert snapshot.files
    with making(replace(settings, snapshots=Path(settings.snapshots.name))) as app:
        for encoding in ("gzip", "identity"):
            answer = app.test_client().get(f"/data/{name}", headers={"Accept-Encoding": encoding}, buffered=True)
            assert answer.status_code == 200
            assert len(answer.data) > 1000


def test_a_packed_file_is_served_unpacked_too(client: FlaskClient, snapshot: Snapshot) -> None:
    packed = (snapshot.path / "data" / "levikki.nt.gz").read_bytes()
    plain = client.get("/data/levikki.nt", headers={"Accept-Encoding": "identity"}, buffered=True)
    assert plain.data == gzip.decompress(packed)
    assert plain.mimetype == "application/n-triples"
    on_its_way = client.get("/data/levikki.nt", headers={"Accept-Encoding": "gzip"}, buffered=True)
    assert on_its_way.headers["Content-Encoding"] == "gzip"
    assert on_its_way.data == packed
    assert plain.headers["ETag"] != on_its_way.headers["ETag"]
    assert "Accept-Encoding" in plain.headers["Vary"]


@pytest.mark.parametrize("path", ["levikki.nt.gz", "levikki.nt"])
def test_what_a_client_has_is_not_sent_again(client: FlaskClient, path: str) -> None:
    etag = client.get(f"/data/{path}", buffered=True).headers["ETag"]
    answer = client.get(f"/data/{path}", headers={"If-None-Match": etag}, buffered=True)
    assert (answer.status_code, answer.data) == (304, b"")


def test_a_download_that_broke_off_goes_on(client: FlaskClient, snapshot: Snapshot) -> None:
    whole = (snapshot.path / "data" / "levikki.nt.gz").read_bytes()
    answer = client.get("/data/levikki.nt.gz", headers={"Range": "bytes=1000-"}, buffered=True)
    assert answer.status_code == 206
    assert answer.data == whole[1000:]


@pytest.mark.parametrize(
    "path", ["nothing.ttl", "../manifest.json", "..%2fmanifest.json", "levikki.gz", "levikki.ttl.gz.gz", "/etc/passwd"]
)
def test_nothing_else_is_served(client: FlaskClient, path: str) -> None:
    answer = client.get(f"/data/{path}", buffered=True)
    assert answer.status_code in {308, 404}
    assert b"graph_sha256" not in answer.data


@pytest.mark.parametrize(("language", "word"), [("fi", "Aineistot"), ("sv", "Data"), ("en", "exports")])
def test_the_list_is_a_page_in_three_languages(client: FlaskClient, language: str, word: str) -> None:
    page = client.get(f"/data/?lang={language}", headers={"Accept": "text/html"}).text
    assert word in page
    for about in table().values():
        assert str(escape(about.title[language])) in page


def test_every_named_graph_can_be_had_alone(snapshot: Snapshot, tmp_path: Path) -> None:
    [path] = write_to(of_graph("nq", "derived"), Source(snapshot), tmp_path / "derived.nq")
    graphs = {quad.graph_name for quad in ox.parse(path=str(path), format=ox.RdfFormat.N_QUADS)}
    assert graphs == {ox.NamedNode(f"{snapshot.base}graph/derived")}
