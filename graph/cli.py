"""The command `levikki`: DESIGN section 4."""

from __future__ import annotations

import csv
import io
import json
import sys
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from graph import __version__, pipeline, questions, records, registries, remote
from graph.checking import check_target
from graph.cli_ckan import push_ckan
from graph.cli_export import export_
from graph.cli_inputs import fetch, read_facts_, text
from graph.cli_options import PATH, folder_of_records
from graph.cli_pages import candidates_, extract, review_
from graph.cli_read import read
from graph.cli_releases import diff, releases_
from graph.cli_remove import remove
from graph.cli_serve import load, serve
from graph.columns import columns
from graph.errors import CallError, DataError, LevikkiError
from graph.files import read_text
from graph.names import Names
from graph.settings import IS_INSTALLED, ROOT, Settings, to_read
from graph.snapshot import latest
from graph.store import Engine, Rows

QUESTIONS = ROOT / "ontology" / "questions"


class Levikki(click.Group):
    """Show every LevikkiError alike, without a traceback, and exit with its code."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; turn an error into its message and exit code."""
        try:
            return super().invoke(ctx)
        except LevikkiError as problem:
            click.echo(str(problem), err=True)
            ctx.exit(problem.exit_code)


@click.group(cls=Levikki, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="levikki")
def main() -> None:
    """Publish which practice models spread from region to region, and on what evidence."""


for command in (
    candidates_, diff, export_, extract, fetch, load, push_ckan, read, read_facts_, releases_, remove, review_, serve, text
):  # fmt: skip
    main.add_command(command)


@main.command()
@click.option("--pages", type=PATH, help="Folder of the saved pages: adds quotes in graphs of their own.")
@folder_of_records
@click.option("--out", type=PATH, help="Folder of the snapshots (default: data/snapshots, or LEVIKKI_SNAPSHOTS).")
@click.option("--without-exports", is_flag=True, help="Leave out the files under /data/: a large build is done sooner.")
@click.option("--if-changed", is_flag=True, help="Do nothing where the latest snapshot was built from the same inputs.")
@click.option(
    "--forget", is_flag=True, help="Delete all earlier releases with what they say of changes; the feed begins anew."
)
def build(
    pages: Path | None, folder: Path, out: Path | None, *, without_exports: bool, if_changed: bool, forget: bool
) -> None:
    """Build a validated snapshot from the records; refuse to publish what fails a shape."""
    settings = _settings(out)
    if if_changed and not forget and pipeline.current(settings, folder):
        click.echo(f"{latest(settings.snapshots).path.name} is up to date")
        return
    pipeline.build(settings, folder=folder, pages=pages, exports=not without_exports, forget=forget, say=click.echo)


@main.command()
@click.argument("target", required=False, type=PATH)
def check(target: Path | None) -> None:
    """Check records (the default), a snapshot folder, a record or an RDF file against the shapes and checks.

    A table (.csv, .xlsx) is checked by the rules by which Koodistot or Sanastot would import it.
    """
    if target and target.suffix.lower() in registries.SUFFIXES:
        if found := registries.check_file(target):
            raise DataError("\n".join(map(str, found)), "")
        click.echo("the registry's rules hold")
        return
    report = check_target(target or to_read(records.RECORDS), Names(_settings().base))
    if not report.conforms:
        raise DataError(report.text(), "")
    click.echo("every shape and check holds")


@main.command()
@click.argument("what")
@click.option("--format", "form", type=click.Choice(["table", "csv", "json"]), default="table", show_default=True)
@click.option("--set", "given", multiple=True, metavar="NAME=VALUE", help="A parameter of a named question.")
@click.option("--endpoint", help="Ask this SPARQL endpoint instead of the latest snapshot.")
def query(what: str, form: str, given: tuple[str, ...], endpoint: str | None) -> None:
    """Answer a named question, a file of SPARQL, or - for SPARQL from standard input."""
    settings = _settings()
    if endpoint:
        text = _complete(what, _pairs(given), Names(settings.base))
        _print_remote(remote.ask(endpoint, text, settings.query_seconds), form)
        return
    snapshot = latest(settings.snapshots)
    names = Names(snapshot.base)
    engine = Engine(snapshot.store_path(show_quotes=settings.show_quotes), settings, names)
    known = questions.load(names)
    if what in known:
        bindings = known[what].bindings(_pairs(given), names)
        if form == "table":
            click.echo(table(engine.select(known[what].query, **bindings)))
            return
        answer = engine.answer(known[what].query, name=form, bindings=bindings)
    else:
        text = _text_of(what, names)
        if form == "table" and engine.check(text).form == "SELECT":
            click.echo(table(engine.select(text)))
            return
        answer = engine.answer(text, name="" if form == "table" else form)
    sys.stdout.write(answer.body.decode("utf-8"))


@main.command("questions")
@click.option("--answers", is_flag=True, help="Write the expected answers, ontology/questions/*.csv, anew.")
def questions_(*, answers: bool) -> None:
    """List the named questions."""
    settings = _settings()
    if answers:
        if IS_INSTALLED:
            raise CallError("what was installed is not written", str(QUESTIONS), "write the answers in a checkout")
        snapshot = latest(settings.snapshots)
        engine = Engine(snapshot.store_path(), settings, Names(snapshot.base))
        for name, text in questions.answers(engine, Names(snapshot.base)).items():
            (QUESTIONS / f"{name}.csv").write_text(text, encoding="utf-8", newline="")
    for question in questions.load(Names(settings.base)).values():
        click.echo(f"{question.name:32}{question.summary['en']}")


def _settings(out: Path | None = None) -> Settings:
    settings = Settings.from_environment()
    return replace(settings, snapshots=out) if out else settings


def _complete(what: str, given: dict[str, str], names: Names) -> str:
    """Return the SPARQL to send elsewhere: a question with its parameters bound, or the text itself."""
    known = questions.load(names)
    return known[what].complete(given, names) if what in known else _text_of(what, names)


def _text_of(what: str, names: Names) -> str:
    known = questions.load(names)
    if what in known:
        return known[what].query
    if what == "-":
        return sys.stdin.read()
    if not Path(what).exists():
        raise CallError(f"no question and no file {what!r}", "query", f"questions: {', '.join(known)}")
    return read_text(Path(what), CallError)


def _pairs(given: Iterable[str]) -> dict[str, str]:
    pairs = [each.partition("=") for each in given]
    wrong = next((each for each in pairs if not each[1]), None)
    if wrong:
        raise CallError(
            f"--set {wrong[0]} has no value", "query", "write --set NAME=VALUE, for example --set region=ita-uusimaa"
        )
    return {name: value for name, _, value in pairs}


def _print_remote(body: bytes, form: str) -> None:
    found = json.loads(body)
    rows = [
        [row.get(name, {}).get("value", "") for name in found["head"]["vars"]]
        for row in found.get("results", {}).get("bindings", [])
    ]
    if form == "json" or "boolean" in found:
        click.echo(json.dumps(found, ensure_ascii=False, indent=1))
    elif form == "csv":
        out = io.StringIO()
        csv.writer(out, lineterminator="\n").writerows([found["head"]["vars"], *rows])
        click.echo(out.getvalue(), nl=False)
    else:
        click.echo(columns(found["head"]["vars"], rows))


def table(rows: Rows) -> str:
    """Return the rows of an answer as aligned columns."""
    return columns(
        list(rows.variables), [[row[name].value if name in row else "" for name in rows.variables] for row in rows.rows]
    )
