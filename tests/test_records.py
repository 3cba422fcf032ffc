"""Records: facts without sentences and persons, and the shipped ones hold to their pages."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from page_factory import ADDRESS, PERSON, SLUG, TITLE, dated, lexicon, page_text, reading, save

from graph import pipeline, records
from graph.errors import RecordError
from graph.pages import read_page

SENTENCES = (
    "Kajaanissa otettiin syksyllä käyttöön uusi tiimimalli, joka nopeutti hoitoon pääsyä ja ilahdutti sekä asukkaita että työntekijöitä.",
    "IPC-koulutukseen osallistui 27 uutta osaajaa eri puolilta Kainuuta, ja palaute oli kaikilta osin hyvää sekä kannustavaa.",
)
SHIPPED = sorted(records.RECORDS.glob("*.json"))


def texts(node: object) -> Iterator[str]:
    """Yield every text of a JSON document."""
    if isinstance(node, dict):
        for value in node.values():
            yield from texts(value)
    elif isinstance(node, list):
        for value in node:
            yield from texts(value)
    elif isinstance(node, str):
        yield node


def claims_of(record: dict[str, Any]) -> list[dict[str, Any]]:
    return list(record["contents"].get("claims", []))


@pytest.fixture
def record(tmp_path: Path) -> dict[str, Any]:
    """Return the record of an invented page with two claims."""
    read = reading(tmp_path, results=dated("\n\n".join(SENTENCES)), aim="• Sujuva arki", topics="Arki")
    assert len(read.claims) == 2
    return pipeline.record_of(read, lexicon())


def test_a_record_has_no_sentence_and_no_person(record: dict[str, Any]) -> None:
    whole = json.dumps(record, ensure_ascii=False)
    for sentence in SENTENCES:
        words = re.findall(r"\w+", sentence)
        assert not [run for run in zip(words, words[1:], words[2:], words[3:], strict=False) if " ".join(run) in whole]
    assert not [part for part in (*PERSON.split(), ADDRESS) if part in whole]
    assert max(len(text.split()) for text in texts(record)) < 12


def test_a_record_names_page_project_and_claims(record: dict[str, Any]) -> None:
    contents = record["contents"]
    assert record["id"] == f"../graph/page/{SLUG}"
    assert contents["id"] == f"page/{SLUG}"
    assert contents["describes"]["id"] == "project/kainuu-lahipalvelujen-koehanke"
    assert contents["describes"]["region"] == {"id": "region/kainuu", "code": "20"}
    assert contents["label"] == {"fi": TITLE}
    assert contents["keywords"] == {"fi": ["Arki"]}
    assert [(each["periodLabel"], each["hasContent"]) for each in contents["selfAssessments"]] == [
        ("2022-autumn", True)
    ]
    assert [(claim["model"], claim["status"], claim["place"]) for claim in claims_of(record)] == [
        ("model/tiimimalli", "scheme/status/adopted", "municipality/kajaani"),
        ("model/ipc", "scheme/status/in-introduction", "region/kainuu"),
    ]


def test_a_claim_names_its_evidence_by_offsets(record: dict[str, Any], tmp_path: Path) -> None:
    page = read_page(tmp_path / f"{SLUG}.txt")
    assert (record["contents"]["sha256"], record["contents"]["characters"]) == (page.sha256, len(page.text))
    for claim in claims_of(record):
        selector = claim["evidence"]["selector"]
        assert claim["model"].partition("/")[2] in page.text[selector["start"] : selector["end"]].lower()
        assert claim["evidence"]["evidenceOf"] == f"page/{SLUG}"
        assert page.line(selector["start"]) == claim["evidence"]["line"]


def test_a_measure_is_a_node_of_its_own(record: dict[str, Any]) -> None:
    (measure,) = claims_of(record)[1]["measures"]
    claim = claims_of(record)[1]["id"].partition("/")[2]
    assert measure == {
        "id": f"measure/{claim}-1",
        "type": "Measure",
        "label": {"fi": "koulutetut osaajat"},
        "value": "27",
        "unit": "henkilö",
    }


def test_every_node_has_a_name_that_stands_once(record: dict[str, Any]) -> None:
    def nodes(node: object) -> Iterator[dict[str, Any]]:
        if isinstance(node, dict):
            if "type" in node:
                yield node
            for value in node.values():
                yield from nodes(value)
        elif isinstance(node, list):
            for value in node:
                yield from nodes(value)

    names = [node["id"] for node in nodes(record)]
    assert len(names) == len(set(names)) > 8


def test_an_absent_value_leaves_no_key(record: dict[str, Any]) -> None:
    def empty(node: object) -> bool:
        if isinstance(node, dict):
            return any(value in (None, "", [], {}) or empty(value) for value in node.values())
        return isinstance(node, list) and any(empty(value) for value in node)

    assert not empty(record)
    assert "origin" not in claims_of(record)[0]


def test_an_area_that_is_known_by_its_region_comes_with_its_node(tmp_path: Path) -> None:
    read = reading(tmp_path, results=dated("Tiimimalli on käytössä itäisellä alueella."))
    (claim,) = claims_of(pipeline.record_of(read, lexicon()))
    assert claim["place"] == {
        "id": "area/kainuu-itainen-alue",
        "type": "Area",
        "label": {"fi": "itäinen alue"},
        "within": "region/kainuu",
    }


def test_a_claim_that_nobody_has_seen_is_unreviewed(record: dict[str, Any]) -> None:
    assert {claim["reviewState"] for claim in claims_of(record)} == {"scheme/review-state/unreviewed"}


def test_what_is_written_is_read_back_and_is_the_same_bytes(record: dict[str, Any], tmp_path: Path) -> None:
    path = records.write_record(tmp_path / "tietueet", record)
    assert path.name == f"{SLUG}.json"
    assert records.read_record(path) == record
    first = path.read_bytes()
    records.write_record(tmp_path / "tietueet", records.read_record(path))
    assert path.read_bytes() == first
    assert "ä".encode() in first
    assert first.endswith(b"}\n")


@pytest.mark.parametrize(
    ("content", "line", "what"),
    [
        (b'{\n "id": "x",\n "contents": {,}\n}', 3, "is no JSON"),
        (b'{"id": "x"', 1, "is no JSON"),
        (b"", 1, "is no JSON"),
        (b'{\n "id": "\xe4"}', 2, "is not UTF-8"),
        (b"[]", 1, "is no record"),
        (b'{"id": "x"}', 1, "is no record"),
        (b'"text"', 1, "is no record"),
    ],
)
def test_what_is_no_record_is_told_with_file_and_line(tmp_path: Path, content: bytes, line: int, what: str) -> None:
    path = tmp_path / "rikki.json"
    path.write_bytes(content)
    with pytest.raises(RecordError, match=what) as caught:
        records.read_record(path)
    assert caught.value.where == f"{path}:{line}"
    assert caught.value.hint


def test_a_folder_without_records_is_told(tmp_path: Path) -> None:
    with pytest.raises(RecordError, match="holds no record") as caught:
        records.record_paths(tmp_path)
    assert caught.value.where == str(tmp_path)


def test_records_come_in_the_order_of_their_names(tmp_path: Path) -> None:
    for name in ("b.json", "a.json", "c.txt"):
        (tmp_path / name).write_text("{}", encoding="utf-8")
    assert [path.name for path in records.record_paths(tmp_path)] == ["a.json", "b.json"]


def test_labels_of_goals_are_read_by_page_and_line(tmp_path: Path) -> None:
    path = tmp_path / "goal-labels.csv"
    path.write_text("page,line,label_fi,label_sv,label_en\nx,7,Eka,Etta,One\n", encoding="utf-8")
    assert records.goal_labels(path) == {"x": {7: {"fi": "Eka", "sv": "Etta", "en": "One"}}}
    path.write_text("page,line,label_fi,label_sv,label_en\nx,7,Eka,Etta,One\nx,eka,Eka,Etta,One\n", encoding="utf-8")
    with pytest.raises(RecordError, match="line is 'eka', not a number") as caught:
        records.goal_labels(path)
    assert caught.value.where == f"{path}:3"


def test_a_goal_without_a_label_of_ours_is_named_by_its_number(record: dict[str, Any]) -> None:
    (goal,) = record["contents"]["describes"]["goals"]
    assert goal["label"] == {"fi": "Tavoite 1", "sv": "Mål 1", "en": "Goal 1"}


# The shipped records, with the pages at hand.


@pytest.fixture(scope="session")
def readings(pages: Path) -> dict[str, pipeline.Reading]:
    """Return the real pages as read, by slug."""
    return {path.stem: pipeline.read(path, lexicon()) for path in sorted(pages.glob("*.txt"))}


def test_there_is_a_record_for_each_page(readings: dict[str, pipeline.Reading]) -> None:
    assert sorted(readings) == [path.stem for path in SHIPPED]
    assert len(SHIPPED) == 5


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_a_shipped_record_is_of_the_page_as_it_is(path: Path, readings: dict[str, pipeline.Reading]) -> None:
    contents, page = records.read_record(path)["contents"], readings[path.stem].page
    assert (contents["sha256"], contents["characters"]) == (page.sha256, len(page.text))


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_the_evidence_of_a_shipped_claim_holds_the_models_name(
    path: Path, readings: dict[str, pipeline.Reading]
) -> None:
    page, lost = readings[path.stem].page, []
    for claim in claims_of(records.read_record(path)):
        start, end = claim["evidence"]["selector"]["start"], claim["evidence"]["selector"]["end"]
        named = {mention.entry.id for mention in lexicon().find_models.find(page.text, start, end)}
        if claim["model"] not in named or not page.line(start) <= claim["evidence"]["line"] <= page.line(end):
            lost.append((claim["id"], start, end))
    assert lost == []


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_every_shipped_claim_was_reviewed(path: Path) -> None:
    states = {claim["reviewState"].rpartition("/")[2] for claim in claims_of(records.read_record(path))}
    assert states <= {"accepted", "corrected", "added"}
    assert states


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_reading_the_page_again_gives_the_shipped_bytes(
    path: Path, readings: dict[str, pipeline.Reading], tmp_path: Path
) -> None:
    again = records.write_record(tmp_path, pipeline.record_of(readings[path.stem], lexicon()))
    assert again.read_bytes() == path.read_bytes()


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_a_shipped_record_has_no_sentence_and_no_contact_person(
    path: Path, readings: dict[str, pipeline.Reading]
) -> None:
    document, page = records.read_record(path), readings[path.stem].page
    whole = path.read_text(encoding="utf-8")
    for key in ("contact-name", "contact-address"):
        value = page.value(key)
        assert not value or value not in whole
    assert not re.search(r"[\w.]@[\w-]+\.", whole)
    words = re.findall(r"\w+", page.text.casefold())
    runs = {tuple(words[start : start + 12]) for start in range(len(words) - 11)}
    for text in texts(document):
        ours = re.findall(r"\w+", text.casefold())
        assert not [start for start in range(len(ours) - 11) if tuple(ours[start : start + 12]) in runs]


def test_what_claims_speak_of_is_in_the_tables() -> None:
    known = lexicon()
    for path in SHIPPED:
        for claim in claims_of(records.read_record(path)):
            assert claim["model"] in known.models
            assert claim["region"] in known.places
            assert isinstance(claim["place"], dict) or claim["place"] in known.places
            assert {*claim.get("partner", [])} <= {*known.organisations, *known.projects}
            assert claim.get("origin", "region/kainuu") in {*known.places, *known.organisations, *known.projects}


def test_the_page_text_of_the_factory_is_a_page(tmp_path: Path) -> None:
    assert read_page(save(tmp_path, page_text())).value("title") == TITLE
