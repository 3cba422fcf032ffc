"""What is taken out for good stays out: of the records, however often a page is read, and of every build, with what stands on it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from shutil import copytree

import pyoxigraph as ox
import pytest
from click.testing import CliRunner
from page_factory import dated, page_text
from test_records import SENTENCES, claims_of

from graph import lexicon, pipeline, records, removals
from graph.cli import main
from graph.errors import RecordError
from graph.exports.base import Source
from graph.names import Names
from graph.reader import read_page_file, reader
from graph.records import Node, read_record
from graph.settings import Settings
from graph.snapshot import Snapshot

NAMES = Names()
DAY = date(2026, 1, 2)
CLAIM = "claim/keski-pohjanmaa-baseline-tiimimalli-kokkola"


@pytest.fixture(autouse=True)
def table(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Put an empty table in the place of the shipped one."""
    path = tmp_path / "removals.csv"
    monkeypatch.setattr(removals, "TABLE", path)
    return path


def contents(path: Path) -> Node:
    found: Node = read_record(path)["contents"]
    return found


@dataclass
class Place:
    """Hold a folder of records of its own and what is built of it."""

    folder: Path
    settings: Settings

    def build(self) -> Source:
        snapshot: Snapshot = pipeline.build(self.settings, folder=self.folder, exports=False, say=lambda _: None)
        return Source(snapshot, self.settings)

    def record(self, page: str) -> Node:
        return contents(self.folder / f"{page}.json")


@pytest.fixture
def place(tmp_path: Path) -> Place:
    copytree(records.RECORDS, tmp_path / "records")
    return Place(tmp_path / "records", Settings(snapshots=tmp_path / "snapshots"))


def graph(source: Source) -> str:
    """Return all that a snapshot publishes as text: the graph and its exports."""
    data = source.snapshot.path / "data"
    plain = [path for path in data.rglob("*") if path.is_file() and path.suffix not in {".gz", ".xlsx", ".parquet"}]
    whole = [path.read_text(encoding="utf-8") for path in plain]
    return (source.snapshot.path / "graph.nq").read_text(encoding="utf-8") + "".join(whole)


def described(source: Source, name: str) -> bool:
    return any(source.store.quads_for_pattern(ox.NamedNode(NAMES.relative(name)), None, None, None))


# ---- builds ----


def test_nothing_changes_where_nothing_was_taken_out(place: Place, snapshot: Snapshot) -> None:
    assert place.build().snapshot.manifest["graph_sha256"] == snapshot.manifest["graph_sha256"]


@pytest.mark.parametrize("by", ["records", "graph"])
@pytest.mark.parametrize(
    ("name", "goes", "stays"),
    [
        (CLAIM, [f"{CLAIM}#evidence", f"{CLAIM}#position", "measure/keski-pohjanmaa-baseline-tiimimalli-kokkola-1"], ["model/tiimimalli"]),
        ("organisation/sonet-botnia", ["project/keski-pohjanmaa-tulevaisuuden-sote-keskus#contact-sonet-botnia"],
         ["project/keski-pohjanmaa-tulevaisuuden-sote-keskus", CLAIM]),
        ("model/tiimimalli", [CLAIM, "adoption/tiimimalli-keski-pohjanmaa"], ["region/keski-pohjanmaa"]),
        ("page/keski-pohjanmaa", [CLAIM, "project/keski-pohjanmaa-tulevaisuuden-sote-keskus", "goal/keski-pohjanmaa-78"],
         ["region/keski-pohjanmaa", "page/helsinki"]),
        ("project/keski-pohjanmaa-tulevaisuuden-sote-keskus", [CLAIM, "goal/keski-pohjanmaa-78", "page/keski-pohjanmaa"],
         ["region/keski-pohjanmaa"]),
        ("municipality/kokkola", [CLAIM], ["model/tiimimalli", "region/keski-pohjanmaa"]),
    ],
)  # fmt: skip
def test_a_removed_thing_goes_with_what_stands_on_it(
    place: Place, name: str, goes: list[str], stays: list[str], by: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = place.build()
    assert all(described(before, each) for each in [name, *stays] + [each for each in goes if "adoption" not in each])
    removals.add("thing", name, "request", DAY)
    if by == "graph":  # what the records still hold, such as after a reader elsewhere wrote them
        monkeypatch.setattr(removals.Removals, "record", lambda _, document: document)
    source = place.build()
    assert not [each for each in [name, *goes] if described(source, each)]
    assert [each for each in stays if not described(source, each)] == []
    assert f"<{NAMES.relative(name)}>" not in graph(source)
    assert f"{name.replace('/', ':')}\t" not in graph(source)  # in an SSSOM table
    assert not [row for row in source.select(DANGLING) if NAMES.local(row["o"].value)]


# A claim, a measure or an evidence that points to something of ours which nothing describes.
DANGLING = """SELECT DISTINCT ?o { { ?s a lev:Claim } UNION { ?s a lev:Adoption } UNION { ?s a prov:Association }
    ?s ?p ?o FILTER(ISIRI(?o)) FILTER NOT EXISTS { ?o ?any ?thing } } ORDER BY ?o"""


@pytest.mark.parametrize("text", ["Sosiaali- ja terveyskeskukset", "  sosiaali- JA\u00a0terveyskeskukset "])
def test_a_removed_keyword_goes_and_its_page_stays(place: Place, text: str) -> None:
    assert "Sosiaali- ja terveyskeskukset" in graph(place.build())
    removals.add("text", text, "person", DAY)
    source = place.build()
    assert '"Sosiaali- ja terveyskeskukset"' not in graph(source)
    assert described(source, "page/keski-pohjanmaa")


def test_a_removed_name_takes_the_thing_along_whose_address_is_made_of_it(place: Place) -> None:
    removals.add("text", "Pohjanmaan maakuntien sosiaalialan osaamiskeskus, Sonet Botnia", "person", DAY)
    source = place.build()
    assert "sonet-botnia" not in graph(source)
    assert described(source, "project/keski-pohjanmaa-tulevaisuuden-sote-keskus")


def test_the_counts_of_a_build_are_without_it(place: Place) -> None:
    before = place.build().snapshot.manifest
    removals.add("thing", "page/keski-pohjanmaa", "request", DAY)
    after = place.build().snapshot.manifest
    assert after["counts"]["pages"] == before["counts"]["pages"] - 1
    assert after["inputs"] != before["inputs"]


def test_a_new_row_makes_the_latest_snapshot_an_old_one(place: Place) -> None:
    place.build()
    assert pipeline.current(place.settings, place.folder)
    removals.add("text", "Example Person", "person", DAY)
    assert not pipeline.current(place.settings, place.folder)


# ---- reading again ----


@pytest.fixture
def page(tmp_path: Path) -> Path:
    path = tmp_path / "pages" / "koesivu.txt"
    path.parent.mkdir()
    path.write_text(page_text(results=dated("\n\n".join(SENTENCES)), topics="Arki"), encoding="utf-8")
    return path


def read_again(page: Path, out: Path) -> Node:
    outcome = read_page_file(page, page)
    assert outcome.record is not None
    return contents(records.write_record(out, outcome.record))


def test_a_removed_claim_does_not_come_back_when_its_page_is_read_again(page: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    first = read_again(page, out)
    (claim, *_) = claims_of({"contents": first})
    removals.add("thing", claim["id"], "error", DAY)
    again = read_again(page, out)
    assert claim["id"] not in [each["id"] for each in again.get("claims", [])]
    assert claim["id"] not in json.dumps(again)
    assert {**again, "claims": None} == {**first, "claims": None}


def test_a_removed_header_fact_does_not_come_back(page: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    first = read_again(page, out)
    project = first["describes"]
    agents = [each["agent"] for each in project["associations"]]
    name = agents[0] if isinstance(agents[0], str) else agents[0]["id"]
    word = first["keywords"]["fi"][0]
    removals.add("thing", name, "person", DAY)
    removals.add("text", word.upper(), "person", DAY)
    again = read_again(page, out)
    assert word not in again.get("keywords", {}).get("fi", [])
    left = again["describes"].get("associations", [])
    assert len(left) == len(agents) - 1
    assert name.partition("/")[2] not in json.dumps(left)


def test_a_removed_page_is_not_written_again(page: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    read_again(page, out)
    removals.add("thing", "page/koesivu", "request", DAY)
    with pytest.raises(RecordError, match="was taken out for good") as caught:
        read_again(page, out)
    assert caught.value.where == "page/koesivu"


def test_a_new_row_has_pages_read_again(page: Path, tmp_path: Path) -> None:
    before = reader()
    removals.add("thing", "page/koesivu", "request", DAY)
    reader.cache_clear()
    assert reader() != before
    done = CliRunner().invoke(main, ["read", str(page), "--out", str(tmp_path / "out")])
    assert done.exit_code == 1
    assert "was taken out for good" in done.output
    assert not list((tmp_path / "out").glob("koesivu.json"))
    reader.cache_clear()


def test_a_record_without_removals_is_the_same_object() -> None:
    document = {"id": "../graph/page/x", "contents": {"id": "page/x"}}
    assert removals.load().record(document) is document


# ---- the command ----


def run(*arguments: str, text: str | None = None) -> tuple[int, str]:
    done = CliRunner().invoke(main, ["remove", *arguments], input=text)
    return done.exit_code, done.output


@pytest.mark.parametrize(
    "given", [CLAIM, f"{NAMES.relative(CLAIM)}", f"https://levikki.example.org/doc/{CLAIM}", f"{CLAIM}#evidence"]
)
def test_the_command_takes_a_claim_out_of_its_record(place: Place, table: Path, given: str) -> None:
    code, told = run(given, "--ground", "error", "--records", str(place.folder))
    assert code == 0
    assert "keski-pohjanmaa.json: written without it" in told
    assert "levikki build" in told
    assert "levikki build --forget" in told
    assert CLAIM not in json.dumps(place.record("keski-pohjanmaa"))
    kind, what, day, ground = table.read_text(encoding="utf-8").splitlines()[1].split(",")
    assert (kind, what, ground) == ("thing", CLAIM, "error")
    assert date.fromisoformat(day)
    assert "has the row already" in run(given, "--records", str(place.folder))[1]


@pytest.mark.parametrize("by", ["argument", "standard input"])
def test_the_command_never_writes_a_text(place: Place, table: Path, by: str) -> None:
    word = "Sosiaali- ja terveyskeskukset"
    arguments, text = (["--text", word], None) if by == "argument" else (["--text", "-"], word)
    code, told = run(*arguments, "--records", str(place.folder), text=text)
    assert code == 0
    assert word not in table.read_text(encoding="utf-8")
    assert word not in told
    assert removals.load().holds(word)
    assert word not in json.dumps(place.record("keski-pohjanmaa"), ensure_ascii=False)


def test_the_command_deletes_the_record_of_a_page(place: Place) -> None:
    assert "helsinki.json: deleted" in run("page/helsinki", "--records", str(place.folder))[1]
    assert not (place.folder / "helsinki.json").exists()
    assert not described(place.build(), "page/helsinki")


@pytest.mark.parametrize(
    ("arguments", "code", "told"),
    [
        ([], 2, "needs a THING or --text"),
        (["page/x", "--text", "x"], 2, "needs a THING or --text"),
        (["helsinki"], 1, "is no name of a thing"),
        (["adoption/tiimimalli-helsinki"], 1, "an adoption follows from claims"),
        (["scheme/status/adopted"], 1, "is no name of a thing"),
        (["page/../x"], 1, "is no name of a thing"),
        (["--text", "  "], 1, "the text is empty"),
        (["page/x", "--ground", "mood"], 2, "mood"),
    ],
)
def test_a_wrong_call_is_told_and_writes_nothing(table: Path, arguments: list[str], code: int, told: str) -> None:
    done = run(*arguments)
    assert done[0] == code
    assert told in done[1]
    assert not table.exists()


# ---- the table ----


@pytest.mark.parametrize(
    ("row", "what"),
    [
        ("page,page/x,2026-01-02,error", "kind is 'page'"),
        ("thing,page/x,2026-01-02,", "ground is ''"),
        ("thing,person/x,2026-01-02,error", "is no name of a thing"),
        ("text,Example Person,2026-01-02,person", "a text is not given by its SHA-256"),
        ("thing,page/x,2026-01-02", "3 cells where the header has 4"),
    ],
)
def test_a_row_that_cannot_be_used_stops_a_build(table: Path, row: str, what: str, place: Place) -> None:
    table.write_text(f"kind,what,date,ground\n{row}\n", encoding="utf-8")
    with pytest.raises(RecordError, match=what) as caught:
        place.build()
    assert caught.value.where == f"{table}:2"


def test_the_shipped_table_can_be_used() -> None:
    assert isinstance(removals.load(records.RECORDS.parent / "removals.csv"), removals.Removals)
    assert lexicon.load()
