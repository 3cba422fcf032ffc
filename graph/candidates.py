"""List the terms of pages that look like practice models and stand in no table, with counts and places.

A candidate is a question to the steward, never a claim: nothing of it enters records or graph before graph.newrows gives it a
row in mappings/lexicon/models.csv. A candidate says where it stands; no sentence of a page is kept.
"""

from __future__ import annotations

import difflib
from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field, replace
from math import log2
from typing import Any

from graph.baseforms import base_form
from graph.cues import find as find_cues
from graph.header import read_header
from graph.heads import load_heads, places
from graph.lexicon import Entry, Lexicon, load
from graph.newnames import Term, find_terms
from graph.pages import Page
from graph.sections import Passage, order, read_sections
from graph.sentences import clauses, sentences
from graph.words import lower

POSITIONS = 5  # mentions of a candidate whose place is kept
SURE_PAGES = 3  # so many pages make up for what is doubtful in each mention
NEAR = 0.85  # difflib's ratio from which a name of the lexicon is near
SHORTLIST = 12  # names of the lexicon that are compared with a candidate, those with most letter triples in common


@dataclass(frozen=True)
class Position:
    """Say where a candidate is mentioned.

    :param line: 1-based line of the page.
    :param start: offset of its first character.
    :param end: offset behind it.
    """

    page: str
    line: int
    start: int
    end: int


@dataclass(frozen=True)
class Candidate:
    """Hold what is known of a term that may be a practice model.

    :param name: its base form.
    :param kind: the model kind that its head suggests.
    :param mentions: how often it is mentioned.
    :param pages: on how many pages.
    :param periods: the reporting periods in which, in order of time.
    :param places: relative names of the places of its sentences, the most frequent first; the page's region where one names none.
    :param cued: in how many mentions a cue of a status stands in the same clause.
    :param proper: it has a mark of a proper name.
    :param rules: which rules found it.
    :param near: a name of the lexicon that it is close to, or None: perhaps another spelling.
    :param positions: up to five of its mentions.
    """

    name: str
    kind: str
    mentions: int
    pages: int
    periods: tuple[str, ...]
    places: tuple[str, ...]
    cued: int
    proper: bool
    rules: tuple[str, ...]
    positions: tuple[Position, ...]
    near: str | None = None

    @property
    def score(self) -> float:
        """Return how much speaks for it: mentions, pages (twofold), the share with a cue (twofold), a proper name's marks."""
        counts = log2(1 + self.mentions) + 2 * log2(1 + self.pages)
        return round(counts + 2 * self.cued / self.mentions + 1.5 * self.proper, 1)

    def line(self) -> dict[str, Any]:
        """Return it as plain data, for JSON and tables."""
        data = {"name": self.name, "score": self.score, **asdict(self)}
        return {key: list(value) if isinstance(value, tuple) else value for key, value in data.items()}


@dataclass
class _Group:
    """Gather the mentions of one candidate."""

    names: Counter[str] = field(default_factory=Counter)
    kinds: Counter[str] = field(default_factory=Counter)
    rules: Counter[str] = field(default_factory=Counter)
    periods: Counter[str] = field(default_factory=Counter)
    places: Counter[str] = field(default_factory=Counter)
    pages: set[str] = field(default_factory=set)
    positions: list[Position] = field(default_factory=list)
    mentions: int = 0
    cued: int = 0
    sure: int = 0
    proper: int = 0
    bare: int = 0

    def take_in(self, other: _Group) -> None:
        """Add the mentions of another."""
        for mine, theirs in zip(self._counters(), other._counters(), strict=True):
            mine.update(theirs)
        self.pages |= other.pages
        self.positions = [*self.positions, *other.positions][:POSITIONS]
        self.mentions, self.cued = self.mentions + other.mentions, self.cued + other.cued
        self.sure, self.proper, self.bare = self.sure + other.sure, self.proper + other.proper, self.bare + other.bare

    def _counters(self) -> tuple[Counter[str], ...]:
        return self.names, self.kinds, self.rules, self.periods, self.places

    @property
    def name(self) -> str:
        """Return the most frequent name, one with its head (Virta-malli) before the bare one (Virta), of equals the shortest."""
        return min(self.names, key=lambda name: ("-" not in name, -self.names[name], len(name), name))


def candidates(pages: Iterable[Page], known: Lexicon | None = None) -> list[Candidate]:
    """Return the candidates of pages, the highest score first.

    :param pages: read one by one; none is kept.
    :param known: the tables; what they name is no candidate.
    :raises PageError: a page that names no region.
    """
    tally = Tally(known or load())
    for page in pages:
        tally.add(page)
    return tally.candidates()


class Tally:
    """Count terms page by page; what it holds grows with the number of different terms.

    :param lexicon: the tables.
    """

    def __init__(self, lexicon: Lexicon) -> None:
        self.lexicon, self.heads = lexicon, load_heads()
        self._groups: dict[str, _Group] = {}
        self._aliases: dict[str, str] = {}

    def add(self, page: Page) -> None:
        """Count the terms of a page.

        :raises PageError: it names no region.
        """
        region = read_header(page, self.lexicon).region
        for passage in read_sections(page).passages:
            for start, end in sentences(page.text, passage.start, passage.end):
                terms = find_terms(page.text, start, end, self.lexicon, self.heads)
                if terms:
                    where = self._places(page.text, start, end, region)
                    for term in terms:
                        self._count(page, passage, term, where, cued=_has_cue(page.text, start, end, term))

    def _places(self, text: str, start: int, end: int, region: Entry) -> list[str]:
        own = region.id.partition("/")[2]
        found = [mention.entry.id.replace("*", own) for mention in places(text, start, end, self.lexicon)]
        return list(dict.fromkeys(found)) or [region.id]

    def _count(self, page: Page, passage: Passage, term: Term, where: list[str], *, cued: bool) -> None:
        group = _Group(Counter([term.name]), Counter([term.kind]), Counter([term.rule]), Counter([passage.period]))
        group.places, group.pages = Counter(where), {page.slug}
        group.positions = [Position(page.slug, page.line(term.start), term.start, term.end)]
        group.mentions, group.cued, group.proper, group.bare = 1, int(cued), int(term.proper), int(term.bare)
        group.sure = int(not term.doubt or (term.doubt == "cue" and cued))
        self._groups.setdefault(term.key, _Group()).take_in(group)
        if term.alias:
            self._aliases[term.alias] = term.key

    def candidates(self) -> list[Candidate]:
        """Return what has been counted, the highest score first."""
        groups = _folded(_with_bases(_renamed(self._groups, self._aliases)))
        nearest = _Nearest(self.lexicon)
        listed = [group for group in groups.values() if group.sure or len(group.pages) >= SURE_PAGES]
        found = [_candidate(group) for group in listed if not self._is_known(group.name)]
        found = [replace(each, near=nearest.of(each.name)) for each in found]
        return sorted(found, key=lambda each: (-each.score, lower(each.name)))

    def _is_known(self, name: str) -> bool:
        """Tell whether the tables name the whole of it, in whatever form."""
        return any(each.start == 0 and each.end == len(name) for each in self.lexicon.find_models.find(name))


def _has_cue(text: str, start: int, end: int, term: Term) -> bool:
    """Tell whether a word of a status or an action stands in the term's clause, outside the term."""
    parts = [part for part in clauses(text, start, end) if part[0] < term.end and term.start < part[1]]
    return any(
        (each.cue.status or each.cue.stage) and not (term.start <= each.start and each.end <= term.end)
        for part in parts
        for each in find_cues(text, *part)
    )


def _renamed(groups: dict[str, _Group], names: dict[str, str]) -> dict[str, _Group]:
    """Return the groups under other keys; those that get one key become one."""
    found: dict[str, _Group] = {}
    for key, group in groups.items():
        found.setdefault(names.get(key, key), _Group()).take_in(group)
    return found


def _with_bases(groups: dict[str, _Group]) -> dict[str, _Group]:
    """Give the names that stand as the text has them their base form: one that occurs, else the likeliest."""
    seen = {key: group.mentions for key, group in groups.items()}
    names: dict[str, str] = {}
    for key, group in groups.items():
        if group.bare < group.mentions:
            continue
        name, bracket, short = group.name.partition(" (")
        start, space, last = name.rpartition(" ")
        before = lower(start + space)
        base = base_form(last, {word[len(before) :]: count for word, count in seen.items() if word.startswith(before)})
        group.names = Counter({start + space + base + bracket + short: group.mentions})
        names[key] = key if bracket else before + lower(base)
    return _renamed(groups, names)


def _folded(groups: dict[str, _Group]) -> dict[str, _Group]:
    """Put a compound with attributes to the compound alone, where the pages have that too."""
    alone = {key: last for key in groups if " " in key and (last := key.rpartition(" ")[2]) in groups}
    for key, last in alone.items():
        groups[key].names = Counter({groups[last].name: groups[key].mentions})
    return _renamed(groups, alone)


def _candidate(group: _Group) -> Candidate:
    return Candidate(
        group.name,
        group.kinds.most_common(1)[0][0],
        group.mentions,
        len(group.pages),
        tuple(sorted(group.periods, key=order)),
        tuple(sorted(group.places, key=lambda place: (-group.places[place], place))),
        group.cued,
        group.proper > 0,
        tuple(sorted(group.rules)),
        tuple(group.positions),
    )


class _Nearest:
    """Find the name of the lexicon that is closest to another."""

    def __init__(self, lexicon: Lexicon) -> None:
        self._names: dict[str, set[str]] = {}
        for entry in lexicon.models.values():
            for name in entry.all_names():
                for triple in _triples(name):
                    self._names.setdefault(triple, set()).add(name)

    def of(self, name: str) -> str | None:
        """Return the name that is near enough, None where there is none."""
        shared = Counter(each for triple in _triples(name) for each in self._names.get(triple, ()))
        likely = {
            lower(each): each for each, _ in sorted(shared.items(), key=lambda pair: (-pair[1], pair[0]))[:SHORTLIST]
        }
        found = difflib.get_close_matches(lower(name), likely, 1, NEAR)
        return likely[found[0]] if found else None


def _triples(name: str) -> set[str]:
    low = f" {lower(name)} "
    return {low[at : at + 3] for at in range(len(low) - 2)}
