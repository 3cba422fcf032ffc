"""Snapshots: the same input gives the same bytes, and a reader sees the old one or the new one, never a part."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pyoxigraph as ox
import pytest
from page_factory import dated, lexicon, reading
from rdflib import Graph

from graph import pipeline, records
from graph import snapshot as snapshots
from graph.errors import PageError, SnapshotError
from graph.files import sha256
from graph.settings import DEFAULT_BASE, Settings
from graph.snapshot import Snapshot

OTHER = "https://example.org/leviaminen/"
PASSAGE = "Kajaanissa otettiin käyttöön tiimimalli.\n\nIPC-koulutuksesta valmistui 27 osaajaa – äiti\u00a0hyvä 😀."


def quiet(_: str) -> None:
    """Say nothing."""


def quad(name: str) -> ox.Quad:
    return ox.Quad(
        ox.NamedNode(f"{DEFAULT_BASE}id/model/{name}"),
        ox.NamedNode(f"{DEFAULT_BASE}ontology#x"),
        ox.Literal(name),
        ox.NamedNode("x:g"),
    )


def write(folder: Path, *names: str, quotes: tuple[str, ...] = ()) -> Snapshot:
    return snapshots.write(folder, map(quad, names), map(quad, quotes), "# report\n", {"base": DEFAULT_BASE})


@pytest.fixture(scope="module")
def invented(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with an invented page and, in `records`, its record."""
    folder = tmp_path_factory.mktemp("invented")
    records.write_record(folder / "records", pipeline.record_of(reading(folder, results=dated(PASSAGE)), lexicon()))
    return folder


@pytest.fixture(scope="module")
def built(invented: Path, tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    """Return a snapshot of the invented page, with quotes, under another publisher's base."""
    settings = Settings(base=OTHER, snapshots=tmp_path_factory.mktemp("other"))
    return pipeline.build(settings, folder=invented / "records", pages=invented, exports=False, say=quiet)


def test_a_snapshot_holds_graph_store_report_and_manifest(snapshot: Snapshot) -> None:
    assert sorted(path.name for path in snapshot.path.iterdir()) == [
        "changes.json", "data", "data.json", "feed", "graph.nq", "manifest.json", "report.ttl", "store"
    ]  # fmt: skip
    lines = (snapshot.path / "graph.nq").read_bytes()
    assert snapshot.manifest["graph_sha256"] == sha256(lines)
    assert snapshot.manifest["quads"] == lines.count(b"\n") > 10_000
    assert snapshot.manifest["base"] == snapshot.base == DEFAULT_BASE
    assert snapshot.manifest["counts"]["pages"] == 5
    assert snapshot.manifest["quotes"] is False
    assert "true" in (snapshot.path / "report.ttl").read_text(encoding="utf-8")


def test_the_graph_is_sorted_and_has_no_blank_node_and_no_quote(snapshot: Snapshot) -> None:
    lines = (snapshot.path / "graph.nq").read_text(encoding="utf-8").splitlines(keepends=True)
    assert lines == sorted(set(lines))
    assert not [line for line in lines if line.startswith("_:") or " _:" in line]
    assert not [line for line in lines if "/graph/quote/" in line or "TextQuoteSelector>" in line.split(" ")[2]]


def test_a_literal_may_hold_what_looks_like_the_end_of_a_line() -> None:
    odd = [
        ox.Quad(
            ox.NamedNode(f"x:{name}"), ox.NamedNode("x:p"), ox.Literal(f"{name}\u2028\u0085\n!"), ox.NamedNode("x:g")
        )
        for name in "ba"
    ]
    lines = snapshots.nquads(odd)
    assert lines.count("\n") == 2
    assert [quad.subject.value for quad in ox.parse(lines, format=ox.RdfFormat.N_QUADS)] == ["x:a", "x:b"]


def test_the_report_is_rdf_that_conforms(snapshot: Snapshot) -> None:
    report = Graph().parse(snapshot.path / "report.ttl", format="turtle")
    assert [str(value) for value in report.objects(None, None) if str(value) == "true"]


def test_the_same_records_give_the_same_bytes(snapshot: Snapshot, tmp_path: Path) -> None:
    again = pipeline.build(Settings(snapshots=tmp_path), exports=False, say=quiet)
    assert (again.path / "graph.nq").read_bytes() == (snapshot.path / "graph.nq").read_bytes()
    assert again.manifest["inputs"] == snapshot.manifest["inputs"]
    assert (again.path / "report.ttl").read_bytes() == (snapshot.path / "report.ttl").read_bytes()


def test_the_store_holds_the_quads_of_the_dump(snapshot: Snapshot) -> None:
    store = ox.Store.read_only(str(snapshot.store_path()))
    named = [each for each in store if not isinstance(each.graph_name, ox.DefaultGraph)]
    # The engine keeps every kind of integer as xsd:integer.
    dump = re.sub(
        r"(\^\^<[^>]+#)(?:positive|nonNegative)Integer>",
        r"\1integer>",
        (snapshot.path / "graph.nq").read_text(encoding="utf-8"),
    )
    assert snapshots.nquads(named) == "".join(sorted(dump.splitlines(keepends=True)))


def test_another_base_changes_every_iri(built: Snapshot) -> None:
    for name in ("graph.nq", "quotes.nq"):
        text = (built.path / name).read_text(encoding="utf-8")
        assert DEFAULT_BASE not in text
        assert f"<{OTHER}id/" in text
        assert f"<{OTHER}graph/" in text
    text = (built.path / "graph.nq").read_text(encoding="utf-8")
    assert f"<{OTHER}ontology#currentStatus>" in text
    assert f"<{OTHER}id/adoption/tiimimalli-kainuu>" in text
    assert built.base == OTHER


def test_another_base_gives_the_same_facts(built: Snapshot, invented: Path, tmp_path: Path) -> None:
    ours = pipeline.build(Settings(snapshots=tmp_path), folder=invented / "records", exports=False, say=quiet)
    theirs = (built.path / "graph.nq").read_text(encoding="utf-8").replace(OTHER, DEFAULT_BASE)
    assert sorted(theirs.splitlines()) == sorted((ours.path / "graph.nq").read_text(encoding="utf-8").splitlines())


def test_quotes_are_kept_apart_and_are_the_words_of_the_page(built: Snapshot, invented: Path) -> None:
    quotes = [
        each
        for each in ox.parse(path=str(built.path / "quotes.nq"), format=ox.RdfFormat.N_QUADS)
        if each.predicate.value.endswith("#exact")
    ]
    page = next(invented.glob("*.txt")).read_text(encoding="utf-8")
    words = {each.object.value for each in quotes if isinstance(each.object, ox.Literal)}
    assert "otettiin käyttöön tiimimalli" in words
    assert all(text in page for text in words)
    assert {str(each.graph_name) for each in quotes} == {f"<{OTHER}graph/quote/kainuun-koehanke>"}
    assert not [text for text in words if text in (built.path / "graph.nq").read_text(encoding="utf-8")]
    assert built.manifest["quotes"] is True


def test_quotes_are_served_only_where_they_are_turned_on(built: Snapshot) -> None:
    assert built.store_path() == built.path / "store"
    assert built.store_path(show_quotes=True) == built.path / "store-quotes"
    asked = f"ASK {{ GRAPH ?g {{ ?s ?p ?o }} FILTER(STRSTARTS(STR(?g), '{OTHER}graph/quote/')) }}"
    assert not ox.Store.read_only(str(built.store_path())).query(asked)
    assert ox.Store.read_only(str(built.store_path(show_quotes=True))).query(asked)


def test_a_snapshot_without_quotes_serves_none(snapshot: Snapshot) -> None:
    assert snapshot.store_path(show_quotes=True) == snapshot.path / "store"


def test_a_page_that_has_changed_gives_no_quotes(invented: Path, tmp_path: Path) -> None:
    page = next(invented.glob("*.txt"))
    changed = tmp_path / page.name
    changed.write_text(page.read_text(encoding="utf-8") + "\nLisäys.\n", encoding="utf-8")
    with pytest.raises(PageError, match="is not the text that the record was made from") as caught:
        pipeline.build(
            Settings(snapshots=tmp_path / "out"), folder=invented / "records", pages=tmp_path, exports=False, say=quiet
        )
    assert caught.value.where == str(changed)
    assert not (tmp_path / "out").exists()


def test_latest_is_a_link_that_goes_with_the_folder(tmp_path: Path) -> None:
    made = write(tmp_path / "a", "x")
    link = tmp_path / "a" / "latest"
    assert link.is_symlink()
    assert not Path(link.readlink()).is_absolute()
    moved = (tmp_path / "a").rename(tmp_path / "b")
    assert snapshots.latest(moved).path == (moved / made.path.name).resolve()


def test_latest_is_swapped_in_one_step_when_all_is_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = write(tmp_path, "x")
    seen: list[Path] = []
    replace = Path.replace

    def look_first(path: Path, target: Path) -> Path:
        if target.name == "latest":
            new = tmp_path / path.readlink()
            assert {each.name for each in new.iterdir()} == {"graph.nq", "manifest.json", "report.ttl", "store"}
            seen.append(snapshots.latest(tmp_path).path)
        return replace(path, target)

    monkeypatch.setattr(Path, "replace", look_first)
    second = write(tmp_path, "x", "y")
    assert seen == [first.path.resolve()]
    assert snapshots.latest(tmp_path).path == second.path.resolve()
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(["latest", first.path.name, second.path.name])


def test_a_write_that_fails_keeps_the_last_good_snapshot(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = write(tmp_path, "x")

    def fail(*_: object) -> None:
        raise OSError(28, "no space left")

    monkeypatch.setattr(snapshots, "_store", fail)
    with pytest.raises(OSError, match="no space"):
        write(tmp_path, "x", "y")
    assert snapshots.latest(tmp_path).path == first.path.resolve()
    assert (first.path / "graph.nq").read_text(encoding="utf-8").count("\n") == 1


def test_a_build_knows_whether_its_inputs_have_changed(invented: Path, tmp_path: Path) -> None:
    folder = shutil.copytree(invented / "records", tmp_path / "records")
    settings = Settings(snapshots=tmp_path / "out")
    assert not pipeline.current(settings, folder)
    pipeline.build(settings, folder=folder, exports=False, say=quiet)
    assert pipeline.current(settings, folder)
    assert not pipeline.current(Settings(base=OTHER, snapshots=settings.snapshots), folder)
    (path,) = records.record_paths(folder)
    path.write_text(path.read_text(encoding="utf-8") + "\n", encoding="utf-8")
    assert not pipeline.current(settings, folder)


def test_a_manifest_that_cannot_be_read_is_no_current_snapshot(tmp_path: Path) -> None:
    made = write(tmp_path, "x")
    (made.path / "manifest.json").write_text("{", encoding="utf-8")
    assert not pipeline.current(Settings(snapshots=tmp_path))


def test_without_a_snapshot_the_error_says_what_to_run(tmp_path: Path) -> None:
    with pytest.raises(SnapshotError, match="no snapshot has been built") as caught:
        snapshots.latest(tmp_path)
    assert caught.value.hint == "run: levikki build"
    assert str(tmp_path) not in str(caught.value)


def test_quads_are_written_sorted_and_once() -> None:
    assert snapshots.nquads([quad("b"), quad("a"), quad("b")]).splitlines() == [
        str(quad("a")) + " .",
        str(quad("b")) + " .",
    ]
    assert snapshots.nquads([]) == ""
