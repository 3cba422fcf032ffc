"""The commands that list releases, clear old ones, and tell what differs between two."""

from __future__ import annotations

import json
import sys
from typing import Any

import click

from graph import history
from graph.changes import KINDS_OF_CHANGE, changes_of, summary
from graph.columns import columns
from graph.names import last_part
from graph.patch import patch
from graph.releases import find, releases, whole
from graph.settings import Settings
from graph.snapshot import Snapshot


@click.command("releases")
@click.option(
    "--prune", is_flag=True, help="Take from old releases all but what changed in them (LEVIKKI_RELEASES_KEPT)."
)
def releases_(*, prune: bool) -> None:
    """List the releases, the oldest first: what each holds, and what it changed."""
    settings = Settings.from_environment()
    if prune:
        taken = history.prune(settings.snapshots, settings.releases_kept)
        click.echo(f"kept of {len(taken)} old releases only what changed in them", err=True)
    rows = [_row(each) for each in releases(settings.snapshots)]
    click.echo(columns(["release", "made", "quads", "claims", "changes", "kept"], rows))


def _row(release: Snapshot) -> list[str]:
    known = release.manifest
    claims = str(known.get("counts", {}).get("claims", ""))
    made, quads = str(known.get("made", "")), str(known.get("quads", ""))
    return [release.name, made, quads, claims, _in_short(release), "whole" if whole(release) else "changes"]


def _in_short(release: Snapshot) -> str:
    said = changes_of(release)
    if said is None:
        return ""
    if not said["previous"]:
        return "begins" if said.get("begins") else "first"
    claims = said["counts"].get("claim", dict.fromkeys(KINDS_OF_CHANGE, 0))
    counted = f"quads +{said['quads']['added']} -{said['quads']['removed']}"
    told = f"claims +{claims['added']} -{claims['removed']} ~{claims['changed']}"
    return f"{counted}, {told}, moved {len(said['moved'])}" if any(said["quads"].values()) else "none"


@click.command()
@click.argument("old", default="previous")
@click.argument("new", default="latest")
@click.option("--format", "form", type=click.Choice(["text", "json", "rdfp"]), default="text", show_default=True)
def diff(old: str, new: str, form: str) -> None:
    """Tell what differs between two releases: OLD (default: previous) and NEW (default: latest).

    A release is named by its name, a beginning of it that no other has (such as a date), latest, previous, or its folder. The
    format rdfp is an RDF Patch that makes OLD into NEW.
    """
    snapshots = Settings.from_environment().snapshots
    before, after = find(snapshots, old), find(snapshots, new)
    if form == "rdfp":
        for line in patch(before, after):
            sys.stdout.write(line)
        return
    found = summary(before, after)
    click.echo(json.dumps(found, ensure_ascii=False, indent=1) if form == "json" else in_words(found))


def in_words(found: dict[str, Any]) -> str:
    """Return a summary of changes as text."""
    quads = found["quads"]
    parts = [f"{found['previous']} -> {found['release']}", f"quads: {quads['added']} added, {quads['removed']} removed"]
    if not any(quads.values()):
        return "\n".join([parts[0], "nothing differs"])
    counts = [[kind, *(str(counted[each]) for each in KINDS_OF_CHANGE)] for kind, counted in found["counts"].items()]
    parts += ["", columns(["things", *KINDS_OF_CHANGE], counts)]
    if found["moved"]:
        moved = [
            [_end(row["model"]), _end(row["region"]), row["from"] or "-", row["to"] or "-"] for row in found["moved"]
        ]
        parts += ["", "statuses that moved", columns(["model", "region", "from", "to"], moved)]
    rows = [
        [change, kind, row["iri"].partition("/id/")[2].partition("/")[2] or row["iri"], ", ".join(map(_end, row.get("properties", [])))]
        for kind, changes in found["things"].items()
        for change, all_ in changes.items()
        for row in all_
    ]  # fmt: skip
    return "\n".join([*parts, "", columns(["change", "kind", "thing", "in"], rows)])


def _end(iri: str) -> str:
    return last_part(iri.rpartition("#")[2])
