"""Invented project pages in the template of Innokylä, in words of ours: no project, place of work or person here is real."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from graph import pipeline
from graph.claims import Claim
from graph.files import read_table
from graph.lexicon import Lexicon, load
from graph.settings import ROOT

SLUG = "kainuun-koehanke"
TITLE = "Kainuu: lähipalvelujen koehanke"
PERSON = "Tuulikki Keksitty"
ADDRESS = "tuulikki.keksitty@example.org"
AUTUMN = "Tiivistelmä oma-arvioinnista, syksy 2022"
PLACEHOLDER = "Hanke täyttää"
FIELDS = {
    "title": TITLE,
    "description": "Hanke uudistaa Kainuun lähipalveluja.",
    "purpose": PLACEHOLDER,
    "span": "2020–2022",
    "actors": PLACEHOLDER,
    "funder": "Sosiaali- ja terveysministeriö (STM)",
    "contact-name": PERSON,
    "contact-organisation": "Kainuun hyvinvointialue",
    "contact-address": ADDRESS,
    "created": "01.02.2021",
    "modified": "03.04.2023",
    "background": PLACEHOLDER,
    "aim": PLACEHOLDER,
    "expected": PLACEHOLDER,
    "results": PLACEHOLDER,
    "impact": PLACEHOLDER,
    "topics": "Ei liity mihinkään aihealueeseen",
    "phenomena": PLACEHOLDER,
}


@cache
def labels() -> dict[str, str]:
    """Return key -> label of the template, the first one where a key has several."""
    rows = read_table(ROOT / "mappings" / "lexicon" / "template.csv", ["key", "label_fi"])
    found: dict[str, str] = {}
    for _, row in rows:
        found.setdefault(row["key"], row["label_fi"])
    return found


def lexicon() -> Lexicon:
    """Return the real tables."""
    return load()


def page_text(**given: str | None) -> str:
    """Return a page's text.

    :param given: a field's text by its key, with `_` for `-`; None leaves the field out with its label.
    """
    fields: dict[str, str | None] = {**FIELDS, **{key.replace("_", "-"): text for key, text in given.items()}}
    parts = [f"{labels()[key]}\n{text}\n" for key, text in fields.items() if text is not None]
    return "Kuvake Perustiedot\n\n" + "\n".join(parts)


def dated(text: str, heading: str = AUTUMN) -> str:
    """Return a self-assessment: a dated heading and what stands under it."""
    return f"{heading}\n\n{text}\n"


def save(folder: Path, text: str, slug: str = SLUG) -> Path:
    """Write a page as if saved from Innokylä; return its path."""
    path = folder / f"{slug}.txt"
    path.write_text(text, encoding="utf-8", newline="")
    return path


def reading(folder: Path, **given: str | None) -> pipeline.Reading:
    """Read an invented page with the real tables."""
    return pipeline.read(save(folder, page_text(**given)), lexicon())


def claims(folder: Path, passage: str, **given: str | None) -> list[Claim]:
    """Return the claims of a page whose one self-assessment, of autumn 2022, holds a passage."""
    return reading(folder, results=dated(passage), **given).claims
