"""Load the tables of mappings/lexicon: what a reader of pages knows of models, places, organisations, projects and goals."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache, cached_property, lru_cache
from pathlib import Path

from graph.errors import LexiconError
from graph.files import read_table
from graph.settings import ROOT
from graph.words import WORDS_KEPT, Name, Token, tokens

FOLDER = ROOT / "mappings" / "lexicon"
LANGUAGES = ("fi", "sv", "en")
_words = lru_cache(maxsize=256)(tokens)  # several finders look through one sentence, again for each model in it


@dataclass(frozen=True)
class Entry:
    """Hold one row of a table.

    :param id: relative name, such as `model/tiimimalli`; an area of any region has `*` for the region's slug.
    :param labels: language -> preferred label.
    :param names: other Finnish names that may be shown.
    :param hidden: spellings that are only for matching.
    :param nots: phrases that hold a name of it and mean something else.
    :param more: the row's remaining cells.
    """

    id: str
    labels: dict[str, str]
    names: tuple[str, ...] = ()
    hidden: tuple[str, ...] = ()
    nots: tuple[str, ...] = ()
    more: dict[str, str] = field(default_factory=dict)

    @property
    def label(self) -> str:
        """Return the Finnish preferred label."""
        return self.labels.get("fi", "")

    def all_names(self) -> tuple[str, ...]:
        """Return all names without what stands in parentheses; an abbreviation there is a name of its own."""
        given = (self.label, *self.names, *self.hidden)
        bare = [re.sub(r"\s*\([^)]*\)", "", name) for name in given]
        return tuple(
            dict.fromkeys([*bare, *(short for name in given for short in re.findall(r"\(([A-ZÅÄÖ]{2,6})\)", name))])
        )


@dataclass(frozen=True)
class Mention:
    """Say that text[start:end] names an entry.

    :param bare: the end of the name without the heads ("-toimintamalli", "-koulutus") that follow it.
    """

    entry: Entry
    start: int
    end: int
    bare: int


class Finder:
    """Find the entries of one table in a text; of names that overlap, the longest counts.

    :param entries: what to look for.
    :param heads: second parts of compounds (mappings/lexicon/heads.csv).
    :param proper: the names are proper names: a form without a capital is another word.
    """

    def __init__(self, entries: Iterable[Entry], heads: frozenset[str], *, proper: bool = False) -> None:
        self._heads = heads
        # A phrase that is not the thing is found like a name, without an entry: being longer, it keeps the name from counting.
        self._names: dict[str, list[tuple[Name, Entry | None]]] = {}
        for entry in entries:
            for label, meant in [
                *((name, entry) for name in entry.all_names()),
                *((phrase, None) for phrase in entry.nots),
            ]:
                name = Name.of(label, proper=proper)
                self._names.setdefault(name.key, []).append((name, meant))
        self._beginning = lru_cache(maxsize=WORDS_KEPT)(self._names_beginning)

    def _names_beginning(self, low: str) -> tuple[tuple[Name, Entry | None], ...]:
        """Return the names that may begin with a word: none for most words, so that a text is read at their speed."""
        return tuple(pair for pair in self._names.get(low[:2], ()) if pair[0].begins(low, self._heads))

    def find(self, text: str, start: int = 0, end: int | None = None) -> list[Mention]:
        """Return the mentions in text[start:end], in order, without overlap."""
        words = _words(text, start, end)
        found, at = [], 0
        while at < len(words):
            if not self._beginning(words[at].low):
                at += 1
                continue
            mention, at = self._at(text, words, at)
            if mention:
                found.append(mention)
        return found

    def _at(self, text: str, words: list[Token], at: int) -> tuple[Mention | None, int]:
        best: tuple[int, int, Name, Entry | None] | None = None
        for name, entry in self._beginning(words[at].low):
            last = name.fits(text, words, at, self._heads)
            rank = (last, len("".join(name.words)))
            if last and (best is None or rank > best[:2]):
                best = (*rank, name, entry)
        if best is None:
            return None, at + 1
        last = best[0]
        if best[3] is None:
            return None, last
        bare = best[2].bare_end(words[last - 1])
        tail = _hyphenated_head(text, words, last, self._heads)
        return Mention(best[3], words[at].start, words[tail - 1].end, bare), tail


def _hyphenated_head(text: str, words: list[Token], last: int, heads: frozenset[str]) -> int:
    """Return behind which word the name's heads end: Lapset puheeksi -menetelmä, ppt-toimintamalli."""
    while last < len(words):
        gap = text[words[last - 1].end : words[last].start]
        if not ("-" in gap or "–" in gap or "—" in gap) or gap.strip(" \u00a0-–—"):
            break
        name = Name((words[last].low,))
        if not any(Name((head,)).fits(text, words, last, frozenset()) for head in heads if head[:2] == name.key):
            break
        last += 1
    return last


@dataclass(frozen=True)
class Lexicon:
    """Hold every table, keyed by relative name, and a finder for each."""

    models: dict[str, Entry]
    places: dict[str, Entry]
    organisations: dict[str, Entry]
    projects: dict[str, Entry]
    heads: dict[str, str]
    find_models: Finder
    find_places: Finder
    find_organisations: Finder
    find_projects: Finder

    @cached_property
    def ancestors(self) -> dict[str, frozenset[str]]:
        """Return for each model the wider ones that it is a variant or part of."""
        return {id_: frozenset(self._wider(id_)) for id_ in self.models}

    def _wider(self, model: str) -> Iterator[str]:
        family = self.models[model].more.get("family")
        while family:
            yield f"model/{family}"
            family = self.models[f"model/{family}"].more.get("family")

    def regions(self) -> list[Entry]:
        """Return the counties, Helsinki and Åland."""
        return [entry for id_, entry in self.places.items() if id_.startswith("region/")]

    def place_label(self, place: str) -> str:
        """Return the Finnish label of a place, also of an area that is known relative to its region."""
        if place in self.places:
            return self.places[place].label
        wild = (
            entry for entry in self.places.values() if "*" in entry.id and place.endswith(entry.id.partition("*")[2])
        )
        return next((entry.label for entry in wild), place)


@cache
def load(folder: Path = FOLDER) -> Lexicon:
    """Read and check all tables.

    :param folder: where the tables are.
    :raises LexiconError: a row that cannot be used, with file and line.
    """
    models = entries(folder / "models.csv", "model/")
    places, organisations = entries(folder / "places.csv"), entries(folder / "organisations.csv")
    projects = entries(folder / "projects.csv")
    head_roles = {
        row["head"]: row["role"] for _, row in read_table(folder / "heads.csv", ["head", "role"], LexiconError)
    }
    heads = frozenset(head_roles)
    return Lexicon(
        models,
        places,
        organisations,
        projects,
        head_roles,
        Finder(models.values(), heads),
        Finder(places.values(), frozenset(), proper=True),
        Finder(organisations.values(), heads, proper=True),
        Finder(projects.values(), heads),
    )


def entries(path: Path, prefix: str = "") -> dict[str, Entry]:
    """Read one table of things.

    :param prefix: what the ids of the table leave out, such as `model/`.
    :raises LexiconError: an id or a name that stands in two rows, or a row without a Finnish label.
    """
    table: dict[str, Entry] = {}
    seen: dict[str, str] = {}
    for line, row in read_table(path, ["id", "label_fi", "label_sv", "label_en", "names"], LexiconError):
        where = f"{path}:{line}"
        entry = _entry(prefix + row.pop("id"), row)
        if not entry.label or entry.id in table:
            raise LexiconError(
                f"{entry.id} stands twice or has no label_fi", where, "give every row its own id and a Finnish label"
            )
        for name in entry.all_names() if prefix else ():
            key = " ".join(Name.of(name).words)
            if seen.setdefault(key, entry.id) != entry.id:
                raise LexiconError(
                    f"the name {name!r} is also one of {seen[key]}", where, "keep it in one of the two rows"
                )
        table[entry.id] = entry
    return table


def _entry(id_: str, row: dict[str, str]) -> Entry:
    labels = {code: row.pop(f"label_{code}") for code in LANGUAGES if row.get(f"label_{code}")}
    return Entry(
        id_,
        labels,
        split(row.pop("names")),
        split(row.pop("hidden", "")),
        split(row.pop("not", "")),
        {k: v for k, v in row.items() if v},
    )


def split(cell: str) -> tuple[str, ...]:
    """Return the parts of a cell that holds several values with `|` between."""
    return tuple(part.strip() for part in cell.split("|") if part.strip())
