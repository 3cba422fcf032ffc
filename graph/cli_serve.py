"""The commands that serve a snapshot, and load it into an engine elsewhere."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import click

from graph.current import target
from graph.errors import CallError
from graph.loading import holds, put
from graph.settings import Settings
from graph.snapshot import latest
from graph.store_address import Login

Command = Callable[..., Any]


def _addresses(command: Command) -> Command:
    for name, text in (
        ("--store-graph", "Its address for the Graph Store Protocol, to load by (LEVIKKI_STORE_GRAPH)."),
        ("--store-update", "Its address for updates, to load by (LEVIKKI_STORE_UPDATE)."),
        ("--store", "Address of another engine to ask: sparql+http://… or sparql+https://… (LEVIKKI_STORE)."),
    ):
        command = click.option(name, metavar="ADDRESS", help=text)(command)
    return command


@click.command()
@click.option("--host", help="Address to listen on (default: HOST, or 127.0.0.1).")
@click.option("--port", type=int, help="Port to listen on (default: PORT, or 8000).")
@_addresses
def serve(host: str | None, port: int | None, **addresses: str | None) -> None:
    """Serve the latest snapshot over HTTP; with --store from another engine, into which it is loaded where it is not there."""
    settings = _settings(addresses)
    settings = replace(settings, host=host or settings.host, port=port or settings.port)
    _load(settings)
    # The server's own module stands at the top level and is not the write side's to import before this moment.
    from server import serve as run  # noqa: PLC0415

    run(settings)


@click.command()
@_addresses
@click.option("--again", is_flag=True, help="Load it also where the engine says that it holds it.")
def load(*, again: bool, **addresses: str | None) -> None:
    """Load the latest snapshot into another engine, in the place of the one before it."""
    settings = _settings(addresses)
    if not settings.store:
        raise CallError("no engine is named to load into", "--store", "give --store sparql+http://…")
    if not _load(settings, again=again):
        click.echo("the engine holds the latest snapshot")


def _settings(addresses: dict[str, str | None]) -> Settings:
    given = {name: address for name, address in addresses.items() if address}
    return replace(Settings.from_environment(), **given)  # type: ignore[arg-type]


def _load(settings: Settings, *, again: bool = False) -> bool:
    """Load the latest snapshot where it is not there; tell whether that was so."""
    snapshot, login = latest(settings.snapshots), Login.from_environment()
    at = target(settings, snapshot)
    if at is None or (not again and holds(at, login, settings.query_seconds)):
        return False
    put(snapshot, at, settings, login, click.echo)
    return True
