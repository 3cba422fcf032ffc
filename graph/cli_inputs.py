"""The commands for other inputs: pages that are known by facts alone, pages of the web, and the text of a page's HTML."""

from __future__ import annotations

from pathlib import Path

import click

from graph import lexicon, model_pages, records
from graph.cli_options import PATH
from graph.errors import LevikkiError
from graph.fetch import Fetcher
from graph.page_facts import read_facts
from graph.pages import open_page
from graph.settings import Settings


@click.command("read-facts")
@click.argument("table", type=PATH)
@click.option(
    "--out",
    type=PATH,
    default=model_pages.FOLDER,
    show_default="data/records/innokyla",
    help="Folder to write the records to.",
)
def read_facts_(table: Path, out: Path) -> None:
    """Make a record of each page in a table of addresses and facts: url,type,name,regions,funders,parent,created,modified."""
    made = list(read_facts(table, lexicon.load()))
    for record in made:
        records.write_record(out, record)
    linked = sum("model" in record["contents"] for record in made)
    click.echo(f"{len(made)} pages, {linked} of them of a model that mappings/lexicon/models.csv knows")


@click.command()
@click.argument("urls", nargs=-1, required=True, metavar="URL...")
@click.option("--out", type=PATH, default=Path("pages"), show_default=True, help="Folder to put the pages into.")
def fetch(urls: tuple[str, ...], out: Path) -> None:
    """Fetch pages politely into a folder, as <slug>.html; only from hosts that LEVIKKI_FETCH_HOSTS names."""
    fetcher = Fetcher(Settings.from_environment(), say=click.echo)
    problems: list[LevikkiError] = []
    for url in urls:
        try:
            page = fetcher.fetch(url)
            click.echo(f"{page.state}: {page.save(out)}")
        except LevikkiError as problem:
            problems.append(problem)
            click.echo(str(problem), err=True)
    if problems:
        click.echo(f"{len(problems)} of {len(urls)} pages were not fetched", err=True)
        raise click.exceptions.Exit(max(problem.exit_code for problem in problems))


@click.command()
@click.argument("page", type=PATH)
def text(page: Path) -> None:
    """Print the text of a saved page, as offsets and lines count it: of its HTML, what was found in it."""
    click.echo(open_page(page).text, nl=False)
