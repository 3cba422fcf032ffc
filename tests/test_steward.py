"""A steward's decisions: what is open, how it is settled, and what becomes of it when the page's text moves or changes."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
from click.testing import CliRunner
from page_factory import dated, page_text, reading, save

from graph import steward
from graph.anchors import Relocated, relocate
from graph.cli import main
from graph.errors import RecordError
from graph.pipeline import Reading
from graph.review import Decision, read_review, reviewed, row_of, table

TEAM = "Tiimimalli otettiin käyttöön kahdella asemalla."
NURSE = "Etsivä lähityö käynnistettiin Kuhmossa."


def settled(read: Reading, decision: str = "accept", **changed: str) -> list[Decision]:
    rows = [{**steward.anchored(row_of(claim, decision), read.page, read.sections), **changed} for claim in read.claims]
    return [Decision(number, row) for number, row in enumerate(rows, 2)]


def open_of(read: Reading, decisions: list[Decision]) -> tuple[list[steward.Case], Relocated]:
    now = relocate(decisions, read.page, read.sections)
    return steward.cases(read.page, read.sections, read.claims, now), now


def test_what_nobody_has_decided_on_is_new(tmp_path: Path) -> None:
    cases, _ = open_of(reading(tmp_path, results=dated(TEAM)), [])
    assert [(case.kind, case.row["model"], case.read) for case in cases] == [("new", "model/tiimimalli", "adopted")]
    assert "Tiimimalli" in cases[0].quote


def test_what_is_settled_is_not_open(tmp_path: Path) -> None:
    read = reading(tmp_path, results=dated(TEAM))
    for decision in ("accept", "correct", "reject"):
        assert open_of(read, settled(read, decision))[0] == []


def test_another_status_than_was_accepted_is_a_change(tmp_path: Path) -> None:
    read = reading(tmp_path, results=dated(TEAM))
    cases, _ = open_of(read, settled(read, status="piloted"))
    assert [(case.kind, case.row["status"], case.read) for case in cases] == [("changed", "piloted", "adopted")]


def test_a_decision_follows_its_passage_to_another_place(tmp_path: Path) -> None:
    before = reading(tmp_path, results=dated(f"{TEAM}\n\n{NURSE}"))
    after = reading(tmp_path, results=dated(f"Vuosi oli pitkä ja raskas.\n\n{NURSE}\n\n{TEAM}"))
    cases, now = open_of(after, settled(before))
    assert (cases, len(now.moved), now.lost) == ([], 2, frozenset())
    claims = reviewed(after.claims, now.decisions, after.page.slug, after.header.region.id, now.lost)
    named = {claim.model: after.page.text[claim.start : claim.end].split()[0] for claim, _, _ in claims}
    assert named == {"model/tiimimalli": "Tiimimalli", "model/etsiva-lahityo": "Etsivä"}
    assert {state for _, state, _ in claims} == {"accepted"}


def test_a_changed_passage_waits_for_the_steward_and_keeps_its_claim(tmp_path: Path) -> None:
    before = reading(tmp_path, results=dated(TEAM))
    after = reading(tmp_path, results=dated("Tiimimalli otettiin käyttöön jo viidellä asemalla."))
    cases, now = open_of(after, settled(before))
    assert [case.kind for case in cases] == ["lost"]
    ((claim, state, _),) = reviewed(after.claims, now.decisions, after.page.slug, after.header.region.id, now.lost)
    assert (after.page.text[claim.start : claim.end].startswith("Tiimimalli"), state) == (True, "accepted")


def test_a_claim_whose_text_has_gone_is_shown_and_not_published(tmp_path: Path) -> None:
    before, after = reading(tmp_path, results=dated(f"{TEAM}\n\n{NURSE}")), reading(tmp_path, results=dated(NURSE))
    cases, now = open_of(after, settled(before))
    assert [(case.kind, case.row["model"]) for case in cases] == [("lost", "model/tiimimalli")]
    claims = reviewed(after.claims, now.decisions, after.page.slug, after.header.region.id, now.lost)
    assert [claim.model for claim, _, _ in claims] == ["model/etsiva-lahityo"]


def test_a_table_goes_out_and_its_decisions_come_back(tmp_path: Path) -> None:
    path, review = save(tmp_path, page_text(results=dated(f"{TEAM}\n\n{NURSE}"))), tmp_path / "review.csv"
    target = tmp_path / "open.csv"
    assert CliRunner().invoke(main, ["review", str(path), "--out", str(target), "--table", str(review)]).exit_code == 0
    rows = list(csv.DictReader(io.StringIO(target.read_text(encoding="utf-8"))))
    assert [row["decision"] for row in rows] == ["", ""]
    rows[0] |= {"decision": "correct", "status": "scaled", "reason": "said so by the county"}
    out = io.StringIO()
    writer = csv.DictWriter(out, list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    target.write_text(out.getvalue(), encoding="utf-8")
    done = CliRunner().invoke(main, ["review", str(path), "--in", str(target), "--table", str(review)])
    assert (done.exit_code, "1 decisions taken" in done.output, "1 new" in done.output) == (0, True, True)
    (decision,) = read_review(review)
    assert (decision.row["status"], decision.row["decision"], decision.row["reason"]) == (
        "scaled",
        "correct",
        "said so by the county",
    )
    assert "quote" not in decision.row


def test_a_walk_can_be_broken_off_and_taken_up_again(tmp_path: Path) -> None:
    path, review = save(tmp_path, page_text(results=dated(f"{TEAM}\n\n{NURSE}"))), tmp_path / "review.csv"
    first = CliRunner().invoke(main, ["review", str(path), "--table", str(review)], input="accept\n\nquit\n")
    assert (first.exit_code, len(read_review(review))) == (0, 1)
    second = CliRunner().invoke(
        main, ["review", str(path), "--table", str(review)], input="correct\npiloted\nonly tried\n"
    )
    assert (second.exit_code, [each.row["decision"] for each in read_review(review)]) == (0, ["accept", "correct"])
    assert "0 new" in CliRunner().invoke(main, ["review", str(path), "--table", str(review)]).output


def test_a_wrong_table_changes_nothing(tmp_path: Path) -> None:
    read = reading(tmp_path, results=dated(TEAM))
    path, filled = tmp_path / "review.csv", tmp_path / "filled.csv"
    path.write_text(table(decision.row for decision in settled(read)), encoding="utf-8")
    kept = path.read_bytes()
    filled.write_text(table([{**settled(read)[0].row, "decision": "approve"}]), encoding="utf-8")
    with pytest.raises(RecordError, match="approve"):
        steward.from_csv(filled, read.page, read.sections)
    with pytest.raises(RecordError, match="rooted"):
        steward.settle(path, [{**settled(read)[0].row, "status": "rooted"}])
    assert (path.read_bytes(), [each.name for each in tmp_path.glob(".review*")]) == (kept, [])
