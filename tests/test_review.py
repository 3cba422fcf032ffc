"""The steward's decisions: they win over the reader, and what differs is reported."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from page_factory import SLUG, dated, reading

from graph.claims import Claim
from graph.errors import RecordError
from graph.measures import Measure
from graph.relations import Relations
from graph.review import COLUMNS, DECISIONS, REVIEW, Decision, differences, read_review, reviewed, row_of, table

REGION = "region/kainuu"
CLAIM = Claim(
    SLUG, "model/tiimimalli", "municipality/kajaani", REGION, "2022-autumn", "adopted", 10, 40, 3, "results",
    "otettu-kayttoon", "saatavuus", (Measure("osuus", "70", "%", None, "over"), Measure("käyttö", None, None, "up")),
    Relations("municipality/tuusula", ("organisation/hus",), ("project/rrp", "project/enter")), "claim/aiempi",
)  # fmt: skip


def decision(claim: Claim, name: str, line: int = 2, **changed: str) -> Decision:
    return Decision(line, {**row_of(claim, name), **changed})


def told(read: Sequence[Claim], *decisions: Decision) -> list[tuple[Claim, str]]:
    """Return the claims as decided, each with its review state."""
    return [(claim, state) for claim, state, _ in reviewed(read, decisions, SLUG, REGION)]


def saved(folder: Path, *rows: dict[str, str]) -> Path:
    path = folder / "review.csv"
    path.write_text(table(rows), encoding="utf-8")
    return path


def test_a_row_of_a_claim_says_all_of_it(tmp_path: Path) -> None:
    (read,) = read_review(saved(tmp_path, row_of(CLAIM, "accept", "luettu, ja oikein")))
    assert read.row["reason"] == "luettu, ja oikein"
    assert told([], read) == [(CLAIM, "accepted")]
    assert told([CLAIM], read) == [(CLAIM, "accepted")]


def test_the_columns_of_the_table_are_those_of_a_row(tmp_path: Path) -> None:
    header = saved(tmp_path).read_text(encoding="utf-8")
    assert header == ",".join(COLUMNS) + "\n"
    assert set(row_of(CLAIM, "add")) <= set(COLUMNS)


def test_what_no_row_speaks_of_stays_as_read_unreviewed() -> None:
    elsewhere = decision(replace(CLAIM, page="muu-sivu"), "reject")
    assert told([CLAIM], elsewhere) == [(CLAIM, "unreviewed")]


def test_an_accepted_claim_stays_when_the_reader_changes_its_mind_and_that_is_reported() -> None:
    accepted = decision(CLAIM, "accept")
    read = replace(
        CLAIM,
        status="planned",
        start=5,
        end=50,
        line=9,
        goal=None,
        measures=(),
        relations=Relations(),
        rule="tarkoitus",
        repeats=None,
    )
    assert told([read], accepted) == [(CLAIM, "accepted")]
    (line,) = differences([read], [accepted], SLUG)
    assert (
        line.split()
        == f"changed {SLUG} 2022-autumn model/tiimimalli municipality/kajaani: adopted was accepted, the reader says planned".split()
    )


def test_an_accepted_claim_stays_when_the_reader_loses_it_and_that_is_reported() -> None:
    accepted = decision(CLAIM, "accept")
    assert [state for _, state in told([], accepted)] == ["accepted"]
    (line,) = differences([], [accepted], SLUG)
    assert line.startswith("vanished")
    assert "was adopted, line 3" in line


def test_a_claim_that_nobody_has_seen_is_reported() -> None:
    (line,) = differences([CLAIM], [], SLUG)
    assert line.startswith("new")
    assert "adopted, line 3" in line


def test_where_reader_and_review_agree_nothing_is_reported() -> None:
    other = replace(CLAIM, model="model/ipc")
    added, rejected = replace(CLAIM, model="model/zekki"), replace(CLAIM, model="model/chat")
    decisions = [
        decision(CLAIM, "accept"),
        decision(other, "correct", status="planned"),
        decision(added, "add"),
        decision(rejected, "reject"),
    ]
    assert differences([CLAIM, other, rejected], decisions, SLUG) == []
    assert differences([], decisions, "muu-sivu") == []


def test_a_corrected_claim_says_what_the_steward_says() -> None:
    corrected = decision(
        CLAIM, "correct", rule="", status="piloted", goal="", measures="", origin="", partner="", continues=""
    )
    ((claim, state),) = told([CLAIM], corrected)
    assert (claim.status, claim.rule, claim.goal, claim.measures, claim.relations) == (
        "piloted",
        "steward",
        None,
        (),
        Relations(),
    )
    assert state == "corrected"


def test_an_added_claim_stands_though_no_reader_found_it() -> None:
    added = decision(replace(CLAIM, start=99, end=120), "add", rule="")
    found = told([replace(CLAIM, model="model/ipc")], added)
    assert [(claim.model, claim.start, claim.region, claim.rule, state) for claim, state in found] == [
        ("model/ipc", 10, REGION, "otettu-kayttoon", "unreviewed"),
        ("model/tiimimalli", 99, REGION, "steward", "added"),
    ]


def test_the_reason_of_a_decision_goes_with_its_claim() -> None:
    found = reviewed([CLAIM], [decision(CLAIM, "correct", reason="vasta kokeilu")], SLUG, REGION)
    assert [(state, reason) for _, state, reason in found] == [("corrected", "vasta kokeilu")]


def test_a_decision_whose_text_has_gone_stands_where_the_reader_still_finds_the_claim() -> None:
    accepted, moved = decision(CLAIM, "accept"), replace(CLAIM, start=500, end=540, line=30)
    lost = frozenset({accepted.key})
    ((claim, state, _),) = reviewed([moved], [accepted], SLUG, REGION, lost)
    assert ((claim.start, claim.end, claim.line), state) == ((500, 540, 30), "accepted")
    assert reviewed([], [accepted], SLUG, REGION, lost) == []


def test_a_rejected_claim_is_none() -> None:
    assert told([CLAIM], decision(CLAIM, "reject")) == []
    assert told([], decision(CLAIM, "reject")) == []


def test_claims_come_in_the_order_of_the_text() -> None:
    late, early = replace(CLAIM, start=30, model="model/ipc"), decision(replace(CLAIM, start=1), "accept")
    assert [claim.start for claim, _ in told([late], early)] == [1, 30]


def test_a_decision_is_on_one_place_and_one_period() -> None:
    others = [replace(CLAIM, place="region/kainuu"), replace(CLAIM, period="2023"), replace(CLAIM, model="model/ipc")]
    assert [state for _, state in told(others, decision(CLAIM, "reject"))] == ["unreviewed"] * 3


def test_decisions_on_an_invented_page(tmp_path: Path) -> None:
    read = reading(tmp_path, results=dated("Tiimimalli otettiin käyttöön.\n\nIPC-koulutus alkoi."))
    team, ipc = read.claims
    found = told(read.claims, decision(team, "reject"), decision(ipc, "accept"))
    assert [(claim.model, state) for claim, state in found] == [("model/ipc", "accepted")]


@pytest.mark.parametrize(
    ("changed", "what"),
    [
        ({"decision": "approve"}, "decision is 'approve'"),
        ({"decision": ""}, "decision is ''"),
        ({"status": "rooted"}, "status is 'rooted'"),
        ({"status": ""}, "status is ''"),
        ({"start": ""}, "start is '', not a number"),
        ({"end": "-4"}, "end is '-4', not a number"),
        ({"line": "kolme"}, "line is 'kolme', not a number"),
    ],
)
def test_a_wrong_row_is_told_with_its_line_and_what_is_allowed(
    tmp_path: Path, changed: dict[str, str], what: str
) -> None:
    path = saved(tmp_path, row_of(replace(CLAIM, model="model/ipc"), "accept"), {**row_of(CLAIM, "accept"), **changed})
    with pytest.raises(RecordError) as caught:
        read_review(path)
    assert (caught.value.what, caught.value.where) == (what, f"{path}:3")
    allowed = {"decision": list(DECISIONS), "status": ["planned", "established", "discontinued", "not-started"]}
    assert all(word in caught.value.hint for word in allowed.get(next(iter(changed)), ["offsets"]))


def test_a_rejection_needs_neither_status_nor_offsets(tmp_path: Path) -> None:
    (read,) = read_review(
        saved(tmp_path, {**row_of(CLAIM, "reject"), "status": "", "start": "", "end": "", "line": ""})
    )
    assert read.row["decision"] == "reject"


def test_two_decisions_on_one_claim_are_told_with_both_lines(tmp_path: Path) -> None:
    path = saved(
        tmp_path, row_of(CLAIM, "accept"), row_of(replace(CLAIM, model="model/ipc"), "accept"), row_of(CLAIM, "reject")
    )
    with pytest.raises(RecordError, match="decides twice on one claim") as caught:
        read_review(path)
    assert caught.value.where == f"{path}:4"
    assert "line 2" in caught.value.hint


def test_an_absent_table_is_an_empty_one(tmp_path: Path) -> None:
    assert read_review(tmp_path / "review.csv") == []


def test_a_table_without_a_column_is_told(tmp_path: Path) -> None:
    path = tmp_path / "review.csv"
    path.write_text("page,period,model\nx,y,z\n", encoding="utf-8")
    with pytest.raises(RecordError, match="no column place, decision"):
        read_review(path)


def test_the_shipped_table_can_be_read_and_gives_reasons_for_what_it_changes() -> None:
    decisions = read_review()
    assert REVIEW.exists()
    assert len(decisions) > 200
    assert {each.row["decision"] for each in decisions} == set(DECISIONS)
    assert not [
        each.line for each in decisions if each.row["decision"] in {"reject", "correct"} and not each.row["reason"]
    ]
    assert not [each.line for each in decisions if len(each.row["reason"].split()) > 15]
