"""The command that writes the whole site as files, for a publisher without a server: `levikki export site`."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit

import click

from graph.errors import CallError
from graph.settings import Settings
from graph.site_write import write_site
from graph.snapshot import latest
from graph.workers import cores


def export_site(target: Path, address: str, live: str, jobs: int | None) -> None:
    """Write the site of the latest release into a folder.

    :param address: at which it will stand; LEVIKKI_ADDRESS where empty.
    :param live: address of the service that answers what files cannot; empty where there is none.
    :param jobs: processes; as many as there are cores where None.
    :raises CallError: no address is known, or one is of the wrong form.
    """
    settings = Settings.from_environment()
    address = _checked(address, "--address") or settings.address
    if not address:
        hint = "give --address https://example.org/levikki/, or http://127.0.0.1:8000/ to try it on this machine"
        raise CallError("it is not known where the site will stand", "--address", hint)
    settings = replace(settings, address=address, base=latest(settings.snapshots).base)
    # The server's own module stands at the top level, and makes the app that is asked for its pages.
    from server import create_app  # noqa: PLC0415

    shown = sys.stderr.isatty()
    written = write_site(
        settings,
        create_app,
        target,
        jobs=jobs or cores(),
        live=_checked(live, "--live"),
        say=_progress if shown else _quiet,
    )
    if shown:
        click.echo("\r\x1b[K", nl=False, err=True)
    click.echo("\n".join(written.lines()))


def _checked(address: str, option: str) -> str:
    """Return the address with a slash at its end."""
    if not address:
        return ""
    whole = address if address.endswith("/") else f"{address}/"
    parts = urlsplit(whole)
    if parts.scheme not in {"http", "https"} or not parts.netloc or parts.query or parts.fragment or " " in whole:
        raise CallError(f"no address: {address!r}", option, "for example https://example.org/levikki/")
    return whole


def _progress(line: str) -> None:
    click.echo(f"\r{line}\x1b[K", nl=False, err=True)


def _quiet(_line: str) -> None:
    return
