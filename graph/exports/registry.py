"""Every export format, and the writing of their files: into a release when it is built, or where a user wants them."""

from __future__ import annotations

import gzip
import io
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import BinaryIO

from graph.errors import CallError, OntologyError
from graph.exports import alignments, rdf
from graph.exports.base import Export, File, Source
from graph.files import digest_of, read_table
from graph.settings import ROOT
from graph.snapshot import Written

TABLE = ROOT / "mappings" / "exports.csv"
EXPORTS: dict[str, Export] = {each.name: each for each in (*rdf.EXPORTS, *alignments.EXPORTS)}


@dataclass(frozen=True)
class About:
    """Hold what mappings/exports.csv says of a format.

    :param title: language (fi, sv, en) -> what it is.
    :param made_for: the tool or registry that takes it.
    :param opened_by: what opens it in a test.
    """

    name: str
    title: dict[str, str]
    made_for: str
    opened_by: str


@cache
def table() -> dict[str, About]:
    """Return what is known of each format, in the order of the table.

    :raises OntologyError: the table cannot be read.
    """
    columns = ["name", "title_fi", "title_sv", "title_en", "made_for", "opened_by"]
    return {
        row["name"]: About(
            row["name"],
            {language: row[f"title_{language}"] for language in ("fi", "sv", "en")},
            row["made_for"],
            row["opened_by"],
        )
        for _, row in read_table(TABLE, columns, OntologyError)
    }


def find(name: str) -> Export:
    """Return a format.

    :raises CallError: there is none of this name.
    """
    if name not in EXPORTS:
        raise CallError(f"no export format {name!r}", "export", f"use one of: {', '.join(EXPORTS)}")
    return EXPORTS[name]


def write_all(source: Source, folder: Path) -> tuple[Written, ...]:
    """Write the files of every format, those that describe the others last.

    :param folder: is made; each file lies in it at its own path.
    :returns: what was written, in the order of the formats.
    """
    done: list[Written] = []
    for export in sorted(EXPORTS.values(), key=lambda each: each.last):
        known = replace(source, written=tuple(done))
        done += [_into_folder(export.name, file, folder) for file in export.files(known)]
    return tuple(done)


def write_to(export: Export, source: Source, output: Path) -> list[Path]:
    """Write a format where a user wants it, uncompressed unless the name ends with `.gz`.

    :param output: the file, where the format has one; else the folder of its files.
    :returns: the files written.
    """
    found = export.files(source)
    paths = [output] if len(found) == 1 else [output / Path(each.path).name for each in found]
    for file, path in zip(found, paths, strict=True):
        path.parent.mkdir(parents=True, exist_ok=True)
        part = path.with_name(f".{path.name}.part")
        try:
            with part.open("wb") as out:
                _write(file, out, compressed=path.suffix == ".gz")
            part.replace(path)
        finally:
            part.unlink(missing_ok=True)
    return paths


def _into_folder(name: str, file: File, folder: Path) -> Written:
    path = folder / (f"{file.path}.gz" if file.compressed else file.path)
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as out:
        _write(file, out, compressed=file.compressed)
    relative = path.relative_to(folder).as_posix()
    return Written(
        name, relative, file.media_type, path.stat().st_size, digest_of(path), file.profile, compressed=file.compressed
    )


def _write(file: File, out: BinaryIO, *, compressed: bool) -> None:
    if not compressed:
        file.write(out)
        return
    # Neither time nor name in the header: the same content gives the same bytes.
    with gzip.GzipFile(filename="", mode="wb", fileobj=out, mtime=0) as packed, io.BufferedWriter(packed) as buffered:
        file.write(buffered)
