"""The command that takes something out for good."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path

import click

from graph import records, removals
from graph.cli_options import folder_of_records
from graph.errors import CallError
from graph.names import Names
from graph.settings import Settings, to_read


@click.command()
@click.argument("thing", required=False)
@click.option(
    "--text",
    help="Take out a text, such as a keyword or a name, wherever it is a whole value; - reads it from standard input.",
)
@click.option("--ground", type=click.Choice(list(removals.GROUNDS)), default="request", show_default=True)
@folder_of_records
def remove(thing: str | None, text: str | None, ground: str, folder: Path) -> None:
    """Take a thing, or a text, out for good: out of the records now, and out of all that is read or built later.

    THING is a name such as page/helsinki, its IRI, or the address of its page.
    """
    if (thing is None) == (text is None):
        raise CallError("needs a THING or --text, and not both", "remove", "levikki remove claim/<slug>")
    kind = "thing" if thing else "text"
    what = _name(thing) if thing else sys.stdin.read() if text == "-" else str(text)
    new = removals.add(kind, what, ground, datetime.now(UTC).date())
    click.echo(f"data/removals.csv {'has a new row' if new else 'has the row already'}")
    for line in _rewrite(folder):
        click.echo(line)
    click.echo("now: levikki build --forget; docs/privacy.md says what else may hold it")


def _name(thing: str) -> str:
    """Return the relative name in an IRI, or in the address of a page."""
    name = Names(Settings.from_environment().base).local(thing) or thing
    for start in ("/id/", "/doc/"):
        name = name.rpartition(start)[2]
    return name.partition("#")[0]


def _rewrite(folder: Path) -> list[str]:
    """Write the records anew that hold what was taken out, and say which."""
    if to_read(folder) != folder:
        return ["the records that were installed stay as they are; no build from them has it any more"]
    known, told = removals.load(), []
    for path in records.record_paths(folder):
        document = records.read_record(path)
        left = known.record(document)
        if left is None:
            path.unlink()
            told.append(f"{path.name}: deleted, its page was taken out")
        elif left != document:
            records.write_record(path.parent, left)
            told.append(f"{path.name}: written without it")
    return told
