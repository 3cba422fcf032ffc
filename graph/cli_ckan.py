"""The command that tells a CKAN portal of the latest release."""

from __future__ import annotations

import json
import os

import click

from graph.ckan_api import Portal, token_of
from graph.exports.base import Source
from graph.exports.ckan import package
from graph.settings import Settings
from graph.snapshot import latest
from graph.web import parts_of


@click.command("push-ckan")
@click.argument("address")
@click.option("--owner-org", default="", help="Organisation of the portal that owns the package: its name or id.")
@click.option("--dry-run", is_flag=True, help="Print the package, and send nothing.")
def push_ckan(address: str, owner_org: str, *, dry_run: bool) -> None:
    """Create or update the dataset's package at a CKAN portal, such as https://www.avoindata.fi/data.

    The account's token is read from the environment alone: LEVIKKI_CKAN_TOKEN.
    """
    settings = Settings.from_environment()
    host = parts_of(address).netloc
    held = latest(settings.snapshots)
    made = package(Source(held, settings, held.files))
    if owner_org:
        made["owner_org"] = owner_org
    if dry_run:
        click.echo(json.dumps(made, ensure_ascii=False, indent=1))
        return
    done = Portal(address, token_of(os.environ), settings).push(made)
    click.echo(f"{done} {made['name']} of release {held.name} at {host}")
