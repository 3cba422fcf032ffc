"""The commands that read pages and put a steward's decisions on what was read."""

from __future__ import annotations

import json
from pathlib import Path

import click

from graph import lexicon, pipeline, review, steward
from graph.anchors import relocate
from graph.candidates import Candidate, candidates
from graph.cli_options import PATH
from graph.columns import columns, csv_text
from graph.cues import NEGATIVE, STRENGTH
from graph.errors import CallError
from graph.files import write_whole
from graph.newrows import KINDS, accept
from graph.pages import read_page

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
        click.echo(csv_text(lines), nl=False)
    else:
        for line in lines:
            click.echo(json.dumps(line, ensure_ascii=False))


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


@click.command("candidates")
@click.argument("pages", nargs=-1, type=PATH)
@click.option("--format", "form", type=click.Choice(["table", "csv", "json"]), default="table", show_default=True)
@click.option("--accept", "name", metavar="NAME", help="Write this candidate's row into mappings/lexicon/models.csv.")
@click.option("--kind", type=click.Choice(KINDS), help="With --accept: what the model is.")
@click.option("--sv", default="", help="With --accept: its Swedish label.")
@click.option("--en", default="", help="With --accept: its English label.")
@click.option("--fi", default="", help="With --accept: its Finnish label (default: the name with a capital).")
def candidates_(
    pages: tuple[Path, ...], form: str, name: str | None, kind: str | None, sv: str, en: str, fi: str
) -> None:
    """List terms of saved pages that look like practice models and are not in the lexicon; or accept one."""
    if bool(name) == bool(pages):
        raise CallError("needs pages to read, or --accept NAME, and not both", "candidates", "levikki candidates PAGE…")
    if name:
        click.echo(f"{accept(name, kind or '', {'fi': fi, 'sv': sv, 'en': en})}: {fi or name} has its row")
        return
    found = candidates(read_page(path) for path in pages)
    if form == "json":
        click.echo(json.dumps([each.line() for each in found], ensure_ascii=False, indent=1))
    elif form == "csv":
        click.echo(csv_text([each.line() for each in found]), nl=False)
    else:
        click.echo(columns(_CANDIDATE, [_candidate_cells(each) for each in found]))


_CANDIDATE = ["score", "candidate", "kind", "mentions", "pages", "with a cue", "periods", "places", "near", "first at"]


def _candidate_cells(each: Candidate) -> list[str]:
    first = each.positions[0]
    return [
        f"{each.score:.1f}",
        each.name,
        each.kind,
        str(each.mentions),
        str(each.pages),
        str(each.cued),
        " ".join(each.periods),
        " ".join(place.partition("/")[2] for place in each.places),
        each.near or "",
        f"{first.page}:{first.line}",
    ]
