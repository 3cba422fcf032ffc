"""Every export format, and the writing of their files: into a release when it is built, or where a user wants them."""

from __future__ import annotations

import gzip
import io
from dataclasses import replace
from pathlib import Path
from typing import BinaryIO

from graph.errors import CallError
from graph.exports import alignments, catalogue, ckan, codes, neo4j, networks, rdf, services, skos, tables, terms_sheet
from graph.exports.base import Export, File, Source
from graph.files import digest_of
from graph.snapshot import Written

EXPORTS: dict[str, Export] = {
    each.name: each
    for each in (
        *rdf.EXPORTS,
        *tables.EXPORTS,
        *networks.EXPORTS,
        *neo4j.EXPORTS,
        *skos.EXPORTS,
        *codes.EXPORTS,
        *terms_sheet.EXPORTS,
        *alignments.EXPORTS,
        *services.EXPORTS,
        *catalogue.EXPORTS,
        *ckan.EXPORTS,
    )
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
        # All read from one source; what describes the files has to know of those before it.
        told = replace(source, written=tuple(done)) if export.last else source
        done += write_files_of(export, told, folder)
    return tuple(done)


def write_files_of(export: Export, source: Source, folder: Path) -> list[Written]:
    """Write the files of one format, each at its own path in the folder."""
    return [_into_folder(export.name, file, folder) for file in export.files(source)]


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
