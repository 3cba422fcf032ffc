"""Find terms of a sentence that look like the name of a practice model and stand in no table.

The knowledge is mappings/lexicon/candidate-heads.csv, a word a row, each with a role and an example of ours:

head     ends a compound that may be a model's name ("vastuuhoitajamalli")
named    ends one behind a proper name only ("Virta-sovellus"); so do the heads of heads.csv
generic  says which model only with an attribute ("palvelupolku", "muistipotilaan palvelupolku")
never    looks like a model's name and is none ("roolimalli")
stop     no part of a name: it begins behind such a word ("uusi")
weak     part of a name, but makes none by itself ("monialainen toimintamalli")
prefix   before a hyphen, names something else ("sote-malli")
naming   a name in quotation marks follows ("nimeltä")
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from pathlib import Path

from graph.baseforms import CACHE, adjective, grammar, is_form, is_genitive
from graph.errors import LexiconError
from graph.files import read_table
from graph.lexicon import FOLDER, Lexicon
from graph.words import Token, lower

ROLES = ("head", "named", "generic", "never", "stop", "weak", "prefix", "naming")
ATTRIBUTES = 6  # words before a head that may belong to its name
NAME_WORDS = 4  # words of a name before "-malli", in quotation marks or parentheses
_WORD = re.compile(r"[\w&]+(?:[-–’':]\w+)*-?")
_SPACED_HYPHEN = re.compile(r"[ \u00a0]+[-–—]|[-–—]")
_QUOTED = re.compile(r"[\"”“»]([^\"”“»\n]{2,60})[\"”“»]")
_BRACKETED = re.compile(r"\(([^()\n]{2,60})\)")
_ITEMS = re.compile(r",\s*|\s+(?:ja|sekä|tai)\s+|\s*/\s*")
_CAMEL = re.compile(r"[^\W\d_]*[a-zåäö][A-ZÅÄÖ][^\W\d_]+")
_SPACE = " \u00a0"


@dataclass(frozen=True)
class Heads:
    """Hold candidate-heads.csv.

    :param roles: role -> its words.
    :param kinds: head -> the model kind that it suggests.
    """

    roles: dict[str, frozenset[str]]
    kinds: dict[str, str]


@dataclass(frozen=True)
class Term:
    """Say that text[start:end] may name a model that no table holds.

    :param name: its base form, as far as the rule knows it.
    :param key: what its mentions have in common.
    :param rule: which rule found it.
    :param kind: the model kind that its head suggests.
    :param proper: it has the marks of a proper name: a capital inside the sentence, quotation marks.
    :param sure: enough to list it; a mere plural or the capital that begins a sentence is not.
    :param bare: the name is in the form that the text has it in; its base form is still to be guessed.
    """

    name: str
    key: str
    start: int
    end: int
    rule: str
    kind: str
    proper: bool = False
    sure: bool = True
    bare: bool = False


@cache
def load_heads(folder: Path = FOLDER) -> Heads:
    """Read candidate-heads.csv.

    :raises LexiconError: an unknown role, or a word that has two rows.
    """
    path = folder / "candidate-heads.csv"
    roles: dict[str, set[str]] = {role: set() for role in ROLES}
    kinds: dict[str, str] = {}
    for line, row in read_table(path, ["word", "role", "kind", "example", "gives"], LexiconError):
        if row["role"] not in roles:
            raise LexiconError(f"unknown role {row['role']!r}", f"{path}:{line}", f"roles: {', '.join(ROLES)}")
        if row["word"] in roles[row["role"]]:
            raise LexiconError(f"{row['word']} stands twice as {row['role']}", f"{path}:{line}", "keep one row")
        roles[row["role"]].add(row["word"])
        if row["kind"]:
            kinds[row["word"]] = row["kind"]
    return Heads({role: frozenset(words) for role, words in roles.items()}, kinds)


@lru_cache(CACHE)
def _among(low: str, words: frozenset[str]) -> str | None:
    """Return the word of a set that this one is a form of."""
    return low if low in words else next((each for each in words if each[:2] == low[:2] and is_form(low, each)), None)


@lru_cache(CACHE)
def _head(low: str, heads: frozenset[str]) -> tuple[str, str, str] | None:
    """Return what stands before the head of a compound, the head, and the form that it has; the longest head counts."""
    for head in sorted(heads, key=lambda each: (-len(each), each)):
        at = low.rfind(head[:3])
        if at >= 0 and (at == 0 or at > 2) and is_form(low[at:], head):
            return low[:at], head, low[at:]
    return None


def find_terms(text: str, start: int, end: int, lexicon: Lexicon, heads: Heads) -> list[Term]:
    """Return the terms of a sentence that look like a model's name, in order, without overlap.

    :param lexicon: what a table names (a model, a place, an organisation, a project) is none.
    """
    reader = _Sentence(text, start, end, lexicon, heads)
    kept: list[Term] = []
    for term in reader.terms():
        if not any(term.start < other.end and other.start < term.end for other in kept):
            kept.append(term)
    return sorted(kept, key=lambda term: term.start)


class _Sentence:
    """Read one sentence."""

    def __init__(self, text: str, start: int, end: int, lexicon: Lexicon, heads: Heads) -> None:
        self.text, self.start, self.end, self.lexicon, self.heads = text, start, end, lexicon, heads
        self.words = [
            Token(found.group(), lower(found.group()), found.start(), found.end())
            for found in _WORD.finditer(text, start, end)
        ]
        self.named = heads.roles["head"] | heads.roles["named"] | frozenset(lexicon.heads)
        self.models = [(each.start, each.end) for each in lexicon.find_models.find(text, start, end)]
        self.other: list[tuple[int, int, str]] | None = None

    def terms(self) -> Iterator[Term]:
        """Yield the terms of every rule, those of the surest rule first."""
        rules = (self._quoted, self._hyphened, self._spaced, self._bracketed, self._beside, self._camel, self._compound)
        for rule in rules[:1]:
            yield from self._free(rule())
        for rule in rules[1:]:
            yield from self._free(rule())

    def _free(self, terms: Iterator[Term]) -> Iterator[Term]:
        for term in terms:
            if not any(term.start < end and start < term.end for start, end in self.models):
                yield term
