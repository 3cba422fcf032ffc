"""The commands that read pages and put a steward's decisions on what was read."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

import click

from graph import lexicon, pipeline, records, review, steward
from graph.anchors import relocate
from graph.cues import NEGATIVE, STRENGTH
from graph.files import write_whole

PATH = click.Path(path_type=Path)
STATUSES = [*STRENGTH, *NEGATIVE]


@click.command()
@click.argument("pages", nargs=-1, required=True, type=PATH)
@click.option("--format", "form", type=click.Choice(["jsonl", "csv"]), default="jsonl", show_default=True)
@click.option("--explain", is_flag=True, help="Say of each claim which rule and which words made it.")
def extract(pages: tuple[Path, ...], form: str, *, explain: bool) -> None:
    """Print the claims of saved pages, as the reader finds them, a JSON object a line."""
    known = lexicon.load()
    lines = []
    for path in pages:
        reading = pipeline.read(path, known)
        if explain:
            click.echo("\n".join(pipeline.explanation(reading, claim, known) for claim in reading.claims))
            continue
        lines += [pipeline.claim_line(reading, claim, known) for claim in reading.claims]
    if form == "csv":
        click.echo(_csv(lines), nl=False)
    else:
        for line in lines:
            click.echo(json.dumps(line, ensure_ascii=False))


@click.command()
@click.argument("pages", nargs=-1, required=True, type=PATH)
@click.option(
    "--out", type=PATH, default=records.RECORDS, show_default="data/records", help="Folder to write the records to."
)
def read(pages: tuple[Path, ...], out: Path) -> None:
    """Read saved pages into records, with the decisions of data/review.csv, and say what the review has not seen."""
    known, decisions = lexicon.load(), review.read_review()
    for path in pages:
        reading = pipeline.read(path, known)
        written = records.write_record(out, pipeline.record_of(reading, known))
        open_questions = review.differences(reading.claims, decisions, reading.page.slug)
        click.echo(f"{written.name}: {len(reading.claims)} claims read, {len(open_questions)} differ from the review")
        for line in open_questions:
            click.echo(f"  {line}")


@click.command("review")
@click.argument("page", type=PATH)
@click.option("--out", "target", type=PATH, help="Write what is open to this table, to be filled in, and ask nothing.")
@click.option("--in", "source", type=PATH, help="Take the decisions of a filled-in table.")
@click.option(
    "--table", "path", type=PATH, default=review.REVIEW, show_default="data/review.csv", help="The review table."
)
def review_(page: Path, target: Path | None, source: Path | None, path: Path) -> None:
    """Decide on the claims of a page that the review has not settled: new, changed, vanished and lost ones.

    Each answer is kept at once, so that a walk can be broken off and taken up again. The table that --out writes holds words of
    the page: keep it to yourself.
    """
    reading = pipeline.read(page)
    if source:
        rows = steward.from_csv(source, reading.page, reading.sections)
        steward.settle(path, rows)
        click.echo(f"{len(rows)} decisions taken from {source}")
    now = relocate(review.read_review(path), reading.page, reading.sections)
    open_cases = steward.cases(reading.page, reading.sections, reading.claims, now)
    click.echo(_state(open_cases, len(now.moved)))
    if target:
        write_whole(target, steward.as_csv(open_cases))
    elif not source:
        _walk(open_cases, path)


def _state(open_cases: list[steward.Case], moved: int) -> str:
    counts = [f"{sum(case.kind == kind for case in open_cases)} {kind}" for kind in steward.KINDS]
    return f"open: {', '.join(counts)}; moved with their text, nothing to do: {moved}"


def _walk(open_cases: list[steward.Case], path: Path) -> None:
    for number, case in enumerate(open_cases, 1):
        row = case.row
        click.echo(f"\n{number}/{len(open_cases)}  {case.kind}: {steward.KINDS[case.kind]}")
        click.echo(
            f"  {row['period']}  {row['model']}  {row['place']}  decided: {row['status']}  read: {case.read or 'nothing'}"
        )
        click.echo(f"  line {row['line']}: {' '.join(case.quote.split())}")
        answer = click.prompt(
            "  accept, correct, reject, skip or quit",
            type=click.Choice(["accept", "correct", "reject", "skip", "quit"]),
        )
        if answer == "quit":
            return
        if answer != "skip":
            status = click.prompt("  status", type=click.Choice(STATUSES)) if answer == "correct" else ""
            reason = click.prompt("  reason", default="", show_default=False)
            steward.settle(path, [steward.decided(case, answer, reason, status)])


def _csv(lines: list[dict[str, Any]]) -> str:
    out = io.StringIO()
    if lines:
        writer = csv.DictWriter(out, list(lines[0]), lineterminator="\n")
        writer.writeheader()
        for line in lines:
            writer.writerow(
                {
                    key: json.dumps(value, ensure_ascii=False) if isinstance(value, list) else value
                    for key, value in line.items()
                }
            )
    return out.getvalue()
