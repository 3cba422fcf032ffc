"""Read and write files so that an error names file and line, and a write is whole or not there."""

from __future__ import annotations

import csv
import hashlib
import os
from collections.abc import Iterator
from pathlib import Path

from graph.errors import DataError, LevikkiError


def read_bytes(path: Path, error: type[LevikkiError] = DataError) -> bytes:
    """Read a file's bytes.

    :param error: the exception that the caller's data should raise.
    :raises LevikkiError: of the kind asked for: the file cannot be read.
    """
    try:
        return path.read_bytes()
    except OSError as problem:
        raise error(f"cannot be read: {problem.strerror}", str(path), "check the path and its permissions") from None


def read_text(path: Path, error: type[LevikkiError] = DataError) -> str:
    """Read a UTF-8 text unchanged, line ends included.

    :param path: the file.
    :param error: the exception that the caller's data should raise.
    :raises LevikkiError: of the kind asked for: the file is missing, or a byte is not UTF-8 (its line is named).
    """
    raw = read_bytes(path, error)
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError as problem:
        line = raw.count(b"\n", 0, problem.start) + 1
        raise error(
            f"byte 0x{raw[problem.start]:02x} is not UTF-8", f"{path}:{line}", "save the file as UTF-8 and try again"
        ) from None


def read_table(
    path: Path, columns: list[str], error: type[DataError] = DataError
) -> Iterator[tuple[int, dict[str, str]]]:
    """Yield the rows of a comma-separated table with their line numbers.

    :param path: the file, UTF-8, with a header line.
    :param columns: the columns that the header must have; others are passed on too.
    :returns: (1-based line, {column: text without outer space}) per row.
    :raises DataError: a missing column, or a row with too few or too many cells.
    """
    reader = csv.reader(read_text(path, error).splitlines())
    header = next(reader, [])
    missing = [name for name in columns if name not in header]
    if missing:
        raise error(f"no column {', '.join(missing)}", f"{path}:1", f"the header needs {','.join(columns)}")
    for cells in reader:
        if not cells:
            continue
        if len(cells) != len(header):
            raise error(
                f"{len(cells)} cells where the header has {len(header)}",
                f"{path}:{reader.line_num}",
                "add the missing commas, or quote a cell that holds one",
            )
        yield reader.line_num, {name: cell.strip() for name, cell in zip(header, cells, strict=True)}


def write_whole(path: Path, content: str | bytes) -> None:
    """Write a file so that a reader sees the old content or the new, never a part.

    :param path: the file; its folder is made where missing.
    :raises DataError: it cannot be written.
    """
    part = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        part.write_bytes(content.encode("utf-8") if isinstance(content, str) else content)
        part.replace(path)
    except OSError as problem:
        raise DataError(
            f"cannot be written: {problem.strerror}", str(path), "check the folder and its permissions"
        ) from None


def sha256(content: bytes) -> str:
    """Return the SHA-256 of bytes as 64 hexadecimal digits."""
    return hashlib.sha256(content).hexdigest()


def digest_of(path: Path) -> str:
    """Return the SHA-256 of a file as hexadecimal text, in memory that does not grow with it."""
    with path.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()


def tree_hash(paths: list[Path], root: Path) -> str:
    """Return one SHA-256 over names and contents of files, whatever order they come in.

    :param root: the folder that the names are taken relative to.
    """
    whole = hashlib.sha256()
    for path in sorted(paths):
        whole.update(f"{path.relative_to(root).as_posix()} {sha256(path.read_bytes())}\n".encode())
    return whole.hexdigest()
