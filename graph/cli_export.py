"""The command that writes the latest snapshot for another tool."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import click

from graph.cli_options import PATH
from graph.cli_site import export_site
from graph.errors import CallError
from graph.exports import rdf
from graph.exports.base import File, Source
from graph.exports.registry import EXPORTS, find, write_to
from graph.settings import Settings
from graph.snapshot import latest

SITE = "site"


@click.command("export")
@click.argument("form", metavar="FORMAT", type=click.Choice(sorted([*EXPORTS, SITE])))
@click.argument("folder", required=False, type=PATH)
@click.option(
    "-o",
    "--output",
    type=PATH,
    help="File to write, gzipped where its name ends with .gz; of a format of several files their folder. "
    "Standard output where left out.",
)
@click.option("--graph", default="", help="Only this named graph: vocabulary, derived, page/lansi-uusimaa …")
@click.option("--address", default="", help="With site: where it will stand (LEVIKKI_ADDRESS).")
@click.option("--live", default="", help="With site: address of a service; what files cannot answer leads there.")
@click.option("--jobs", type=click.IntRange(min=1), help="With site: processes (default: all cores).")
def export_(
    form: str, folder: Path | None, output: Path | None, graph: str, address: str, live: str, jobs: int | None
) -> None:
    """Write the latest snapshot in another format, the same files as under /data/.

    The formats: nq trig jsonld (with the named graphs), nt ttl rdfxml (their union), and those of docs/exports.md.
    `levikki export site DIR` writes the whole site as files that any web server can serve: docs/static-site.md.
    """
    if form == SITE:
        if graph or not (output or folder):
            raise CallError("the site is written into a folder, and whole", "site", "levikki export site -o DIR")
        export_site(output or folder or Path(), address, live, jobs)
        return
    if folder or address or live or jobs:
        raise CallError("that is for the site alone", form, f"levikki export {form} -o FILE")
    settings = Settings.from_environment()
    snapshot = latest(settings.snapshots)
    export, source = find(form), Source(snapshot, settings, snapshot.files)
    if graph:
        if form not in rdf.FORMATS:
            raise CallError(f"{form} has no graphs to choose from", "--graph", f"use it with: {', '.join(rdf.FORMATS)}")
        export = rdf.of_graph(form, graph)
    if output:
        write_to(export, source, output)
        return
    files = export.files(source)
    if len(files) > 1:
        names = ", ".join(Path(file.path).name for file in files)
        raise CallError(f"{form} has several files: {names}", "--output", "name a folder for them with -o DIR")
    _print(files[0])


def _print(file: File) -> None:
    if sys.stdout.isatty() and not file.media_type.startswith(("text/", "application/ld+json", "application/n-")):
        raise CallError(f"{file.media_type} is not for a terminal", "--output", "name a file with -o FILE")
    try:
        file.write(sys.stdout.buffer)
        sys.stdout.flush()
    except BrokenPipeError:  # `| head` has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
