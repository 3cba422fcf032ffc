"""Say which words make a term look like the name of a practice model, and which keep it from being one: candidate-heads.csv.

A row is a word with a role and an example of ours:

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
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache
from pathlib import Path

from graph.baseforms import CACHE, grammar, is_case, is_form
from graph.errors import LexiconError
from graph.files import read_table
from graph.lexicon import FOLDER, Lexicon, Mention
from graph.words import Token, lower

ROLES = ("head", "named", "generic", "never", "stop", "weak", "prefix", "naming")
KIND = "practice-model"  # what a head without a kind suggests
NAME_WORDS = 4  # words of a proper name before "-malli" or in parentheses
SPACE = " \u00a0"
JOINS = frozenset({"ja", "sekä", "tai"})
_WORD = re.compile(r"[\w&]+(?:[-–’':]\w+)*-?")
# "suunnitel-mallista" is an adjective, no compound.
_FIRST_PART = re.compile(r".{2,}(?<!l)")
_PLACE_CASE = re.compile(r"(?:n|ss[aä]|st[aä]|ll[aä]|lt[aä]|lle|t)$")
_SPACED_HYPHEN = re.compile(r"[ \u00a0]+[-–—]")


@dataclass(frozen=True)
class Head:
    """Hold the head that a word ends in.

    :param word: the head's base form.
    :param base: the base form of the whole word.
    :param case: the case that the word has, as graph.baseforms.grammar tells it.
    :param plural: it is a plural.
    """

    word: str
    base: str
    case: str
    plural: bool


@dataclass(frozen=True)
class Heads:
    """Hold the table.

    :param roles: role -> its words.
    :param kinds: head -> the model kind that it suggests.
    :param others: the heads of heads.csv with their roles.
    """

    roles: Mapping[str, frozenset[str]]
    kinds: Mapping[str, str]
    others: Mapping[str, str]

    @cached_property
    def every(self) -> frozenset[str]:
        """Return all heads, of both tables."""
        return self.roles["head"] | self.roles["named"] | frozenset(self.others)

    def has(self, low: str, role: str) -> bool:
        """Tell whether a lower-case word is a form of one of a role's."""
        return _among(low, self.roles[role])

    def ending(self, low: str, *, bare: bool = False) -> Head | None:
        """Return the head that a lower-case word ends in.

        :param bare: only heads that need no proper name before them.
        """
        return _head(low, self.roles["head"] if bare else self.every)

    def kind(self, head: Head | None) -> str:
        """Return the model kind that a head suggests."""
        return self.kinds.get(head.word, KIND) if head else KIND

    def is_generic(self, head: Head) -> bool:
        """Tell a word that needs an attribute to name a model."""
        return head.base == head.word or head.base in self.roles["generic"]

    def is_activity(self, head: Head) -> bool:
        """Tell a head that says what is done with a model (-koulutus) from one that is part of its name."""
        return head.word not in self.kinds and self.others.get(head.word) == "activity"

    def follows_names(self, head: Head) -> bool:
        """Tell whether a hyphen may join the word to a proper name: any compound of a head, only the bare word of another."""
        return head.word in self.roles["head"] or head.base in self.every

    def names_models(self, head: Head) -> bool:
        """Tell whether what stands beside the head may be a model's name: palvelu SisuTupa."""
        return head.word in self.kinds or self.others.get(head.word) == "name"


@cache
def load_heads(folder: Path = FOLDER) -> Heads:
    """Read and check candidate-heads.csv and heads.csv.

    :raises LexiconError: an unknown role, or a word with two rows of one role.
    """
    path = folder / "candidate-heads.csv"
    roles: dict[str, set[str]] = {role: set() for role in ROLES}
    kinds: dict[str, str] = {}
    for line, row in read_table(path, ["word", "role", "kind", "example", "gives"], LexiconError):
        word, role = row["word"], row["role"]
        if role not in roles or word in roles[role]:
            what = f"{word} stands twice as {role}" if role in roles else f"unknown role {role!r}"
            raise LexiconError(what, f"{path}:{line}", f"one row a word and role; roles: {', '.join(ROLES)}")
        roles[role].add(word)
        if role in {"head", "named"}:
            kinds[word] = row["kind"] or KIND
    rows = read_table(folder / "heads.csv", ["head", "role"], LexiconError)
    others = {row["head"]: row["role"] for _, row in rows if not row["head"].endswith(tuple(roles["head"]))}
    return Heads({role: frozenset(words) for role, words in roles.items()}, kinds, others)


@lru_cache(CACHE)
def _among(low: str, words: frozenset[str]) -> bool:
    return low in words or any(each[:2] == low[:2] and is_form(low, each) for each in words)


@lru_cache(CACHE)
def _head(low: str, heads: frozenset[str]) -> Head | None:
    """Return the longest head that a word ends in; what stands before it can be the first part of a compound, or is nothing."""
    for head in sorted(heads, key=lambda each: (-len(each), each)):
        at = low.rfind(head[:3])
        if (at == 0 or _FIRST_PART.fullmatch(low, 0, at)) and is_case(low[at:], head):
            return Head(head, low[:at] + head, *grammar(low[at:], head))
    return None


def places(text: str, start: int, end: int, lexicon: Lexicon) -> list[Mention]:
    """Return the places named in text[start:end]; "Virta", which is close to a form of Virrat, is none."""
    return [
        place
        for place in lexicon.find_places.find(text, start, end)
        if text[place.start : place.end] in place.entry.all_names() or _PLACE_CASE.search(text[place.start : place.end])
    ]


class Sentence:
    """Hold the words of a sentence, hyphened ones whole, and what the tables name in it."""

    def __init__(self, text: str, start: int, end: int, heads: Heads) -> None:
        self.text, self.start, self.end, self.heads = text, start, end, heads
        found = _WORD.finditer(text, start, end)
        self.words = [Token(each.group(), lower(each.group()), each.start(), each.end()) for each in found]
        self.taken: list[tuple[int, int, str]] = []

    def look_up(self, lexicon: Lexicon) -> None:
        """Mark what the tables name."""
        finders = (lexicon.find_models, lexicon.find_organisations, lexicon.find_projects)
        found = [mention for finder in finders for mention in finder.find(self.text, self.start, self.end)]
        found += places(self.text, self.start, self.end, lexicon)
        self.taken = [(each.start, each.end, each.entry.id.partition("/")[0]) for each in found]

    def head(self, word: Token) -> Head | None:
        """Return the head that a word ends in."""
        return None if word.text.endswith("-") else self.heads.ending(word.low)

    def is_(self, word: Token, role: str) -> bool:
        """Tell whether a word is a form of one of a role's; "EU:n" is one of "eu"."""
        return self.heads.has(word.low.partition(":")[0].rstrip("-"), role)

    def known(self, start: int, end: int) -> str:
        """Return the type of what the tables name in a stretch, empty for nothing."""
        return next((kind for one, other, kind in self.taken if one < end and start < other), "")

    def otherwise(self, words: list[Token], head: Head | None = None) -> bool:
        """Tell whether words name something else than a model.

        :param head: what follows them behind a hyphen: "sote-malli" is no model's name, "sote-vastaanottomalli" may be one.
        """
        prefix = head is None or self.heads.is_generic(head)
        return bool(
            self.known(words[0].start, words[-1].end) or (prefix and any(self.is_(word, "prefix") for word in words))
        )

    def may_be_name(self, words: list[Token]) -> bool:
        """Tell whether words may be a model's proper name; two plain capitalised words may be a person's."""
        if not words or not words[0].text[0].isupper() or words[-1].text.endswith("-") or self.otherwise(words):
            return False
        return len(words) == 1 or not all(word.text.istitle() for word in words)

    def adjacent(self, one: Token, other: Token) -> bool:
        """Tell whether only space stands between two words."""
        return not self.text[one.end : other.start].strip(SPACE)

    def before(self, at: int) -> Token | None:
        """Return the word right before an offset."""
        words = [word for word in self.words if word.end <= at]
        return words[-1] if words and not self.text[words[-1].end : at].strip(SPACE) else None

    def has_capital(self, word: Token) -> bool:
        """Tell a capital that no beginning explains: that of the sentence, of what follows a colon, or of an item."""
        before = self.text[self.start : word.start].rstrip(SPACE)
        first = 1 if word.start == self.words[0].start or before.endswith((":", ";", "•")) else 0
        return any(letter.isupper() for letter in word.text[first:])

    def lowered(self, word: Token) -> str:
        """Return a word without the capital that begins the sentence."""
        return word.text if self.has_capital(word) else word.low

    def capitals(self, at: int) -> list[Token]:
        """Return the capitalised words that stand right before one."""
        first = at
        while first and self.adjacent(self.words[first - 1], self.words[first]):
            word = self.words[first - 1]
            if not self.has_capital(word) or self.known(word.start, word.end):
                break
            first -= 1
        return self.words[first:at]

    def spaced_hyphen(self, at: int) -> bool:
        """Tell whether a hyphen behind a space, or the slip of a space behind a hyphen, joins a word to the one before."""
        if not at:
            return False
        before, gap = self.words[at - 1], self.text[self.words[at - 1].end : self.words[at].start]
        if before.low in JOINS:
            return False
        return bool(_SPACED_HYPHEN.fullmatch(gap)) or (before.text.endswith("-") and not gap.strip(SPACE))

    def name_before(self, at: int) -> list[Token]:
        """Return the proper name before " -malli": from its last capitalised word on, else the one word."""
        first = at - 1
        while first and at - first < NAME_WORDS and not self.has_capital(self.words[first]):
            word = self.words[first - 1]
            stops = self.known(word.start, word.end) or (word.text.islower() and self.is_(word, "stop"))
            if stops or not self.adjacent(word, self.words[first]):
                break
            first -= 1
        if self.has_capital(self.words[first]):
            return [*self.capitals(first), *self.words[first:at]]
        return self.words[first:at] if first == 0 and self.words[0].text[:1].isupper() else self.words[at - 1 : at]
