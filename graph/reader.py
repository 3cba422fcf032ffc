"""Read one page file into its record, on whatever machine, and name the reader: what decides how a page is read."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

from graph import lexicon, pipeline, records, removals, review
from graph.files import read_bytes, sha256, tree_hash
from graph.model_pages import known_address, model_record
from graph.pages import open_page
from graph.settings import CODE, ROOT, to_read

_NAMED = re.compile(r"\bgraph\.(\w+)|\bfrom graph import (?:\(([^)]*)\)|([^\n]*))")


@dataclass(frozen=True)
class Outcome:
    """Hold what reading one page brought.

    :param path: the page.
    :param claims: how many claims the reader found.
    :param differences: where reader and review disagree: lines of `graph.review.differences`.
    :param record: the record, where it is still to be written.
    """

    path: Path
    claims: int
    differences: tuple[str, ...]
    record: records.Node | None = None


def read_page_file(path: Path, original: Path) -> Outcome:
    """Read a page into its record: a project's with the steward's decisions, a practice model's own with its facts.

    :param path: the file to read.
    :param original: the path that the page is known by.
    :raises PageError: the page cannot be read.
    """
    known, page = lexicon.load(), open_page(path)
    if page.model:
        return Outcome(original, 0, (), model_record(page, known, known_address(page.slug)))
    reading = pipeline.read(path, known)
    path = to_read(review.REVIEW)
    table = path.stat() if path.exists() else None
    decisions = _decisions(table and (table.st_mtime_ns, table.st_size)).get(reading.page.slug, [])
    differences = review.differences(reading.claims, decisions, reading.page.slug)
    return Outcome(original, len(reading.claims), tuple(differences), pipeline.record_of(reading, known, decisions))


@lru_cache(maxsize=1)
def _decisions(_version: object) -> dict[str, list[review.Decision]]:
    """Return the review table by page; read once, for it grows with the pages that are reviewed."""
    return review.by_page(review.read_review())


@cache
def reader() -> str:
    """Return one hash over what decides how a page is read, but for the steward's decisions: modules, tables, removals."""
    tables = [path for path in lexicon.FOLDER.iterdir() if path.is_file()]
    labels = sha256(read_bytes(to_read(records.GOAL_LABELS)))
    return sha256(f"{tree_hash(modules(), CODE)} {tree_hash(tables, ROOT)} {labels} {removals.digest()}".encode())


def modules() -> list[Path]:
    """Return the files of this module, of what it imports, and of what they import."""
    found: set[Path] = set()
    ahead = [CODE / "graph" / "reader.py"]
    while ahead:
        path = ahead.pop()
        if path in found or not path.exists():
            continue
        found.add(path)
        named = (" ".join(parts) for parts in _NAMED.findall(path.read_text(encoding="utf-8")))
        ahead += [path.with_name(f"{word}.py") for words in named for word in re.findall(r"\w+", words)]
    return sorted(found)
