"""Cut a page into passages, each with its section, reporting period and programme goal.

A passage is a paragraph or a bullet: one non-empty line of the saved text. Periods follow DESIGN section 3: `plan`, `baseline`,
`YYYY`, `YYYY-spring`, `YYYY-autumn`, `final`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache

from graph.errors import LexiconError
from graph.files import read_table
from graph.pages import PLACEHOLDER, Page
from graph.settings import ROOT
from graph.words import lower, pattern

_ASSESSMENT = re.compile(r"oma-?\s?arvio|itsearvio|väliarvio|loppuarvio|väliraport|loppuraport|vuosiraport|alkuarvio")
_BASELINE = re.compile(r"lähtötilan|lähtötaso|alkukartoit|alkutilan|alkuarvio")
_YEAR = re.compile(r"(?<![\d.])(20\d\d)(?![\d-])")
_FULL_DATE = re.compile(r"(\d{1,2})\.\s?(\d{1,2})\.\s?(20\d\d)")
_SEASONS = (("spring", re.compile(r"kevä|kevää|talvi")), ("autumn", re.compile(r"syksy|syys|loppuvuo|kesä")))
_SEASON_ONLY = re.compile(
    r"(?:kevät|kevään|syksy|syksyn|vuosi|vuonna|vuoden|raportti|tilanne|[\s:–-])*20\d\d(?:kevät|syksy|tilanne|raportti|[\s:–-])*"
)
_BULLET = re.compile(r"\s*(?:[•◦▪*·o–-]\s+)+")
_MARK = re.compile(r"\s*(?:[•◦▪*·–-]\s*)*(?:(\d{1,2}|[A-ZÅÄÖ])[.)]\s*)?")
HEADING_LENGTH = 170


@dataclass(frozen=True)
class Passage:
    """Hold one paragraph or bullet.

    :param start: offset of its first character behind bullet and numbering.
    :param end: offset behind its last character.
    :param line: 1-based line.
    :param section: key of the template's field that it stands in.
    :param period: `plan`, `baseline`, `YYYY`, `YYYY-spring`, `YYYY-autumn` or `final`.
    :param goal: programme goal whose heading it stands under, or None.
    :param bullet: it is an item of a list.
    """

    start: int
    end: int
    line: int
    section: str
    period: str
    goal: str | None
    bullet: bool


@dataclass(frozen=True)
class Assessment:
    """Hold one dated self-assessment of a page.

    :param period: its period.
    :param line: 1-based line of its heading.
    :param has_content: something stands under it beside headings.
    """

    period: str
    line: int
    has_content: bool = False


@dataclass(frozen=True)
class Sections:
    """Hold what a page's text consists of."""

    passages: tuple[Passage, ...]
    assessments: tuple[Assessment, ...]


@dataclass
class _Reader:
    """Walk the lines of a page and keep where it is."""

    page: Page
    period: str | None = None
    goal: str | None = None

    def __post_init__(self) -> None:
        self.passages: list[Passage] = []
        self.assessments: list[Assessment] = []

    def line(self, start: int, end: int, section: str, part: str) -> None:
        raw = self.page.text[start:end]
        if not raw.strip() or lower(raw.strip()).startswith(PLACEHOLDER):
            return
        period = period_of_heading(raw) if part == "result" else None
        if period:
            self._assess(period, self.page.line(start))
        elif part == "result" and self._is_subheading(raw):
            return
        elif (goal := goal_of_heading(raw)) is not None:
            self.goal = goal
            self._add(start, raw, section, part, heading=True)
        else:
            self._add(start, raw, section, part, heading=False)

    def _assess(self, period: str, line: int) -> None:
        self.period, self.goal = period, None
        self.assessments.append(Assessment(period, line))

    def _is_subheading(self, raw: str) -> bool:
        """Tell a bare date such as "Oma-arviointi 30.11.2020" right below a dated heading: it opens no period of its own."""
        return bool(self.assessments and not self.assessments[-1].has_content and _is_assessment_heading(raw))

    def _add(self, start: int, raw: str, section: str, part: str, *, heading: bool) -> None:
        mark = _MARK.match(raw)
        skip = mark.end() if mark else 0
        if heading and part == "result":
            return
        if part == "result" and self.assessments and section == "results":
            self.assessments[-1] = replace(self.assessments[-1], has_content=True)
        body = raw.rstrip()
        period = "plan" if part == "plan" else (self.period or "final")
        bullet = bool(_BULLET.match(raw))
        place = (start + min(skip, len(body)), start + len(body), self.page.line(start))
        self.passages.append(Passage(*place, section, period, self.goal, bullet))


def read_sections(page: Page) -> Sections:
    """Cut a page into passages and dated self-assessments.

    :param page: a page as read; only fields of the parts `plan` and `result` hold passages.
    """
    reader = _Reader(page)
    for field in page.fields:
        if field.part == "header":
            continue
        reader.goal = None
        if field.key == "impact":
            reader.period = _latest_with_content(reader.assessments)
        for start, end in _lines(page.text, field.start, field.end):
            reader.line(start, end, field.key, field.part)
    return Sections(tuple(reader.passages), tuple(reader.assessments))


def _lines(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    while start < end:
        stop = text.find("\n", start, end)
        stop = end if stop < 0 else stop
        yield start, stop
        start = stop + 1


def _latest_with_content(assessments: list[Assessment]) -> str | None:
    """Return the latest period that has content: an undated section on impact reports as of then."""
    known = [each.period for each in assessments if each.has_content]
    return max(known, key=order) if known else None


def order(period: str) -> tuple[int, int]:
    """Return a key that sorts periods in time; plan comes first and final last."""
    if period in {"plan", "baseline", "final"}:
        return {"plan": (0, 0), "baseline": (1, 0), "final": (9999, 9)}[period]
    year, _, season = period.partition("-")
    return int(year), {"spring": 1, "autumn": 2, "": 3}[season]


def _is_assessment_heading(line: str) -> bool:
    text = lower(line.strip())
    return len(text) <= 110 and not text.endswith((".", ",")) and bool(_ASSESSMENT.search(text))


def period_of_heading(line: str) -> str | None:
    """Return the period that a dated heading opens, None for any other line.

    >>> period_of_heading("Tiivistelmä oma-arvioinnista, syksy 2022")
    '2022-autumn'
    """
    text = lower(line.strip())
    if not _is_assessment_heading(line) and not (len(text) <= 40 and _SEASON_ONLY.fullmatch(text)):
        return None
    if _BASELINE.search(text):
        return "baseline"
    date = _FULL_DATE.search(text)
    if date and not text.startswith("tiivistelmä"):
        return None
    if date:
        return f"{date.group(3)}-{'spring' if int(date.group(2)) <= 6 else 'autumn'}"
    year = _YEAR.search(text)
    if not year:
        return None
    season = next((name for name, words in _SEASONS if words.search(text)), None)
    return f"{year.group(1)}-{season}" if season else year.group(1)


def goal_of_heading(line: str) -> str | None:
    """Return the programme goal that a heading names, None for a line that is no such heading."""
    text = line.strip()
    if not text or len(text) > HEADING_LENGTH or text[-1] in ".,;" or _BULLET.match(line):
        return None
    hits = [(found.start(), goal) for goal, words in goal_words() if (found := words.search(lower(text)))]
    if not hits or len(text.split()) > 16:
        return None
    return _by_count(lower(text)) or min(hits)[1]


def _by_count(text: str) -> str | None:
    counts = {goal: len(words.findall(text)) for goal, words in goal_words()}
    best = max(counts.values())
    winners = [goal for goal, count in counts.items() if count == best]
    return winners[0] if len(winners) == 1 else None


@cache
def goal_words() -> tuple[tuple[str, re.Pattern[str]], ...]:
    """Return (programme goal, the words that a heading names it by).

    :raises LexiconError: the table cannot be used.
    """
    rows = read_table(ROOT / "mappings" / "lexicon" / "goals.csv", ["goal", "pattern"], LexiconError)
    return tuple((row["goal"], pattern(row["pattern"])) for _, row in rows)
