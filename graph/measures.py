"""Read the figures and directions that a sentence tells of a model: "27 osaajaa", "yli 70 %", "vähentyi noin puolella"."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from graph.errors import LexiconError
from graph.files import read_table
from graph.scope import Scope
from graph.settings import ROOT
from graph.words import lower, pattern

_NUMBER = re.compile(r"(?<![\w.,/-])(\d{1,3}(?:[ \u00a0]\d{3})+|\d+(?:,\d+)?)(?=\s*%|(?![\w/.:]|\s?-\s?\d|,\d))")
_QUALIFIERS = (
    ("over", re.compile(r"(?:yli|vähintään|ainakin)\s*$")),
    ("under", re.compile(r"(?:alle|enintään)\s*$")),
    ("about", re.compile(r"(?:noin|n\.|keskimäärin|lähes|arviolta)\s*$")),
)
_NOUN_REACH = 5
_HALF = re.compile(r"(noin\s+)?puolella\b")


@dataclass(frozen=True)
class Measure:
    """Hold one figure or direction said of a model.

    :param what: what is measured, in short Finnish words of ours (measures.csv, indicators.csv).
    :param value: the figure as a decimal in text, None where only a direction is told.
    :param unit: its unit, None without a figure.
    :param direction: up, down, improved, worsened, unchanged or None.
    :param qualifier: over, about, under or None.
    """

    what: str
    value: str | None = None
    unit: str | None = None
    direction: str | None = None
    qualifier: str | None = None


@cache
def _table(name: str, *columns: str) -> tuple[tuple[dict[str, str], re.Pattern[str]], ...]:
    rows = read_table(ROOT / "mappings" / "lexicon" / f"{name}.csv", [*columns, "pattern", "example"], LexiconError)
    return tuple((row, pattern(row["pattern"].replace("%|", ""))) for _, row in rows)


def read_measures(text: str, scope: Scope) -> tuple[Measure, ...]:
    """Return the figures and directions of the scope's clause, and of the clause of its cues.

    :param text: the page.
    :param scope: the part of the sentence that speaks of the model.
    """
    cues = [cue for group in scope.cues for cue in group]
    start = min([scope.clause[0], *(cue.start for cue in cues)])
    end = max([scope.clause[1], *(cue.end for cue in cues)])
    low = lower(text[start:end])
    return tuple(dict.fromkeys([*_figures(low), *_directions(low)]))


def _figures(low: str) -> Iterator[Measure]:
    for found in _NUMBER.finditer(low):
        value = re.sub(r"[ \u00a0]", "", found.group(1)).replace(",", ".")
        kind = _unit(low[found.end() : found.end() + 80])
        if kind and not (kind["unit"] != "%" and re.fullmatch(r"(?:19|20)\d\d", value)):
            qualifier = next((name for name, words in _QUALIFIERS if words.search(low[: found.start()])), None)
            yield Measure(kind["what"], value, kind["unit"], None, qualifier)


def _unit(after: str) -> dict[str, str] | None:
    """Return the row of measures.csv whose noun stands within five words behind a number."""
    if re.match(r"\s*(?:%|prosent)", after):
        return next(row for row, _ in _table("measures", "what", "unit") if row["unit"] == "%")
    words = re.findall(r"[\w-]+", re.split(r"[.;(]", after)[0])[:_NOUN_REACH]
    for word in words:
        for row, noun in _table("measures", "what", "unit"):
            if noun.fullmatch(word):
                return row
    return None


def _directions(low: str) -> Iterator[Measure]:
    ways = [row["direction"] for row, words in _table("directions", "direction") if words.search(low)]
    if not ways:
        return
    half = _HALF.search(low)
    for what in (row["what"] for row, words in _table("indicators", "what") if words.search(low)):
        about = "about" if half and half.group(1) else None
        yield Measure(what, "50" if half else None, "%" if half else None, ways[0], about)
