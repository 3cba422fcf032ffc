"""The command that reads pages into records: one, or many on all cores or on a Dask cluster."""

from __future__ import annotations

import sys
from dataclasses import dataclass, field
from pathlib import Path

import click

from graph import bulk, records
from graph.cli_options import PATH
from graph.reader import Outcome

FEW = 12  # pages up to which each is told, with all that the review has not seen


@click.command()
@click.argument("pages", nargs=-1, required=True, type=PATH, metavar="PAGE|FOLDER...")
@click.option(
    "--out", type=PATH, default=records.RECORDS, show_default="data/records", help="Folder to write the records to."
)
@click.option("--jobs", type=click.IntRange(min=1), show_default="all cores", help="Processes that read.")
@click.option(
    "--dask", metavar="ADDRESS", help="Read on a Dask cluster instead: its scheduler, such as tcp://10.0.0.5:8786."
)
@click.option("--force", is_flag=True, help="Read unchanged pages too.")
@click.pass_context
def read(
    ctx: click.Context, pages: tuple[Path, ...], out: Path, jobs: int | None, dask: str | None, *, force: bool
) -> None:
    """Read saved pages into records, with the decisions of data/review.csv, and say what the review has not seen.

    Only what changed since it was last read is read. A page that cannot be read is told at the end, and the others are kept:
    exit code 1. Ctrl-C keeps what is done: exit code 130.
    """
    report = _Report(few=len(bulk.page_paths(pages)) <= FEW)
    say = _progress if sys.stderr.isatty() else None
    summary = bulk.read_many(pages, out, jobs=jobs, dask=dask, say=say, tell=report.add, force=force)
    _progress_end(shown=say is not None)
    for problem in summary.failed:
        click.echo(str(problem), err=True)
    click.echo("\n".join([*report.lines(), _summary(summary)]), err=bool(summary.failed) and not summary.read)
    if summary.left:
        click.echo(f"stopped; the same command reads the {summary.left} pages that are left", err=True)
    ctx.exit(130 if summary.left else 1 if summary.failed else 0)


@dataclass
class _Report:
    """Keep of many outcomes what is worth a line.

    :param few: every page is told, with each difference from the review; else only pages that the review knows otherwise.
    """

    few: bool
    told: dict[str, list[str]] = field(default_factory=dict)
    counts: dict[str, int] = field(default_factory=lambda: {"new": 0, "changed": 0, "vanished": 0})

    def add(self, outcome: Outcome) -> None:
        for line in outcome.differences:
            self.counts[line.split()[0]] += 1
        open_ = [line for line in outcome.differences if self.few or not line.startswith("new")]
        if self.few or open_:
            name = f"{outcome.path.stem}.json"
            self.told[name] = [
                f"{name}: {outcome.claims} claims read, {len(outcome.differences)} differ from the review",
                *(f"  {line}" for line in (open_ if self.few else ())),
            ]

    def lines(self) -> list[str]:
        names = sorted(self.told)
        told = [line for name in names[:FEW] for line in self.told[name]]
        more = [f"… and {len(names) - FEW} more pages with a claim that changed or vanished"] if names[FEW:] else []
        counts = [] if self.few else [", ".join(f"{count} claims {kind}" for kind, count in self.counts.items())]
        return [*told, *more, *counts]


def _summary(summary: bulk.Summary) -> str:
    rate = f" in {summary.seconds:.1f} s, {summary.read / summary.seconds:.1f} pages/s" if summary.read else ""
    failed = f", {len(summary.failed)} could not be read" if summary.failed else ""
    pages = "1 page" if summary.read == 1 else f"{summary.read} pages"
    return f"{pages} read ({summary.claims} claims){rate}, {summary.unchanged} unchanged{failed}"


def _progress(line: str) -> None:
    click.echo(f"\r{line}\x1b[K", nl=False, err=True)


def _progress_end(*, shown: bool) -> None:
    if shown:
        click.echo("\r\x1b[K", nl=False, err=True)
