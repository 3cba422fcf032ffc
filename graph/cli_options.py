"""What commands share: kinds of arguments, and options that several have."""

from __future__ import annotations

from pathlib import Path

import click

from graph import records

PATH = click.Path(path_type=Path)
folder_of_records = click.option(
    "--records",
    "folder",
    type=PATH,
    default=records.RECORDS,
    show_default="data/records",
    help="Folder of the records.",
)
