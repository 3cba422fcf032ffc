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
KIND = "practice-model"  # the kind that a head without one suggests
ATTRIBUTES = 6  # words before a head that may belong to its name
NAME_WORDS = 4  # words of a proper name before "-malli"
QUOTED_WORDS = 6  # words of a name in quotation marks or parentheses
_WORD = re.compile(r"[\w&]+(?:[-–’':]\w+)*-?")
_QUOTED = re.compile(r"[\"”“»]([^\"”“»\n]{2,60})[\"”“»]")
_BRACKETED = re.compile(r"\(([^()\n]{2,80})\)")
_ITEM = re.compile(r"(?:^|,\s*|\s(?:ja|sekä|tai)\s+|/\s*)([^\s,/][^,/]*?)(?=,|/|\s(?:ja|sekä|tai)\s|$)")
_SHORT = re.compile(r"[ \u00a0]?\(((?=\w*[A-ZÅÄÖ]\w*[A-ZÅÄÖ])[A-ZÅÄÖ]\w{1,7})\)")
_CAMEL = re.compile(r"[^\W\d_]*[a-zåäö][A-ZÅÄÖ][^\W\d_]{2,}")
_DASHES = "-–—"
_SPACE = " \u00a0"
_JOINS = frozenset({"ja", "sekä", "tai"})


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

    :param name: the name, in its base form as far as the rule knows it.
    :param key: what the mentions of one name have in common.
    :param rule: which rule found it.
    :param kind: the model kind that its head suggests.
    :param proper: it has a mark of a proper name: a capital inside the sentence, quotation marks, an abbreviation.
    :param doubt: why this mention alone is not enough: `plural`, `capital` (it begins the sentence), `cue` (nothing speaks of a status).
    :param bare: the name has the form of the text; its base form is still to be guessed.
    :param alias: the key of its abbreviation.
    """

    name: str
    key: str
    start: int
    end: int
    rule: str
    kind: str = KIND
    proper: bool = False
    doubt: str = ""
    bare: bool = False
    alias: str = ""


@dataclass(frozen=True)
class _Head:
    """Hold the head that a word ends in, the base form of the word, and the case and number that it has."""

    word: str
    base: str
    case: str
    plural: bool


@cache
def load_heads(folder: Path = FOLDER) -> Heads:
    """Read candidate-heads.csv.

    :raises LexiconError: an unknown role, or a word that has two rows of a role.
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
        if row["kind"]:
            kinds[word] = row["kind"]
    return Heads({role: frozenset(words) for role, words in roles.items()}, kinds)


@lru_cache(CACHE)
def _among(low: str, words: frozenset[str]) -> bool:
    """Tell whether a word is a form of one of a set."""
    return low in words or any(each[:2] == low[:2] and is_form(low, each) for each in words)


@lru_cache(CACHE)
def _head(low: str, heads: frozenset[str]) -> _Head | None:
    """Return the longest head that a word ends in; what stands before it has three letters or none."""
    for head in sorted(heads, key=lambda each: (-len(each), each)):
        at = low.rfind(head[:3])
        if (at == 0 or at > 2) and is_form(low[at:], head):
            return _Head(head, low[:at] + head, *grammar(low[at:], head))
    return None


def find_terms(text: str, start: int, end: int, lexicon: Lexicon, heads: Heads) -> list[Term]:
    """Return the terms of a sentence that look like a model's name, in order, without overlap.

    :param lexicon: what its tables name (models, places, organisations, projects) is none.
    """
    sentence = _Sentence(text, start, end, lexicon, heads)
    kept: list[Term] = []
    for term in sentence.terms() if sentence.promising() else ():
        if not any(term.start < other.end and other.start < term.end for other in kept):
            kept.append(term)
    return sorted(kept, key=lambda term: term.start)


class _Sentence:
    """Read one sentence; a method a rule."""

    def __init__(self, text: str, start: int, end: int, lexicon: Lexicon, heads: Heads) -> None:
        self.text, self.start, self.end, self.lexicon, self.heads = text, start, end, lexicon, heads
        found = _WORD.finditer(text, start, end)
        self.words = [Token(each.group(), lower(each.group()), each.start(), each.end()) for each in found]
        self.all_heads = heads.roles["head"] | heads.roles["named"] | frozenset(lexicon.heads)
        self.known: list[tuple[int, int, str]] = []

    def promising(self) -> bool:
        """Tell whether any rule can find something; only then are the names of the tables looked for."""
        if not any(self._head(word) or _SHORT.match(self.text, word.end) for word in self.words) and not any(
            rule.search(self.text, self.start, self.end) for rule in (_QUOTED, _CAMEL)
        ):
            return False
        finders = (
            self.lexicon.find_models,
            self.lexicon.find_places,
            self.lexicon.find_organisations,
            self.lexicon.find_projects,
        )
        for finder in finders:
            for mention in finder.find(self.text, self.start, self.end):
                self.known.append((mention.start, mention.end, mention.entry.id.partition("/")[0]))
        return True

    def terms(self) -> Iterator[Term]:
        """Yield what the rules find, the surest rule first."""
        for rule in (self._in_quotes, self._before_hyphen, self._compounds, self._in_brackets, self._beside, self._camel):
            yield from rule()

    def _in_quotes(self) -> Iterator[Term]:
        """Yield ”Sisukas arki” -malli, and Sisukas arki of: malli nimeltä ”Sisukas arki”."""
        for found in _QUOTED.finditer(self.text, self.start, self.end):
            name, (start, end) = found.group(1).strip(), found.span(1)
            if len(name.split()) > QUOTED_WORDS or self._known(start, end):
                continue
            after = next((word for word in self.words if word.start >= found.end()), None)
            head = self._head(after) if after and self._close(found.end(), after.start) else None
            if after and head and self.text[found.end() : after.start].strip(_SPACE):
                yield self._proper(name, head, start, after.end, "quoted")
            elif name[:1].isupper() and (head or self._announced(found.start())):
                yield Term(name, lower(name), start, end, "quoted", self._kind(head), proper=True)

    def _announced(self, at: int) -> bool:
        """Tell whether a model word, or a word such as "nimeltä", stands right before an offset."""
        before = self._before(at)
        return before is not None and bool(self._head(before) or self._is(before, "naming"))

    def _before_hyphen(self) -> Iterator[Term]:
        """Yield Virta-malli, Sujuva arki -malli and, where the head says so, hybridi-malli."""
        for at, word in enumerate(self.words):
            first, hyphen, last = word.text.replace("–", "-").rpartition("-")
            if hyphen and last:
                inner = Token(first, lower(first), word.start, word.start + len(first))
                head, words = self._head(_tail(word, len(last))), [*self._capitals(at), inner]
            else:
                head = self._head(word) if at and self._spaced_hyphen(at) else None
                words = self._name_before(at) if head else []
            if head and words and not self._named_otherwise(words):
                yield from self._named(words, head, word.end)

    def _named(self, words: list[Token], head: _Head, end: int) -> Iterator[Term]:
        """Yield the term of a name before a head; without capitals only behind a head that needs none."""
        term = self._proper(" ".join(word.text.rstrip("-") for word in words), head, words[0].start, end, "named")
        if any(self._has_capital(word) for word in words):
            yield term
        elif head.word in self.heads.roles["head"] and len(words) == 1:
            if head.base not in self.heads.roles["never"]:
                low = replace(term, name=self._lowered(words[0]).rstrip("-") + f"-{head.base}")
                yield replace(low, proper=False, doubt="plural" if head.plural else "")
        elif words[0].text[:1].isupper():
            yield replace(term, proper=False, doubt="capital")

    def _proper(self, name: str, head: _Head, start: int, end: int, rule: str) -> Term:
        """Return the term of a proper name before a head; before "-koulutus" the name stands by itself."""
        activity = self.lexicon.heads.get(head.word) == "activity" and head.word not in self.heads.kinds
        whole = name if activity else f"{name}{' ' if ' ' in name else ''}-{head.base}"
        return Term(whole, lower(name), start, end, rule, self._kind(head), proper=True)

    def _compounds(self) -> Iterator[Term]:
        """Yield vastuuhoitajamalli and, with what says which, generic words: muistipotilaan palvelupolku."""
        roles = self.heads.roles
        for at, word in enumerate(self.words):
            head = _head(word.low, roles["head"])
            if not head or "-" in word.text or head.base in roles["never"] or self._known(word.start, word.end):
                continue
            attributes = self._attributes(at, head)
            generic = head.base in roles["generic"]
            if generic and (head.plural or all(self._is(each, "weak") for each, _ in attributes)):
                continue
            name = " ".join([*(base for _, base in attributes), head.base])
            short, end = self._abbreviation(name, word.end)
            start = attributes[0][0].start if attributes else word.start
            proper = bool(short) or any(self._has_capital(each) for each, _ in attributes)
            whole = f"{name} ({short})" if short else name
            term = Term(whole, lower(name), start, end, "compound", self._kind(head), proper, alias=lower(short))
            yield replace(term, doubt="plural" if head.plural and not short else "")

    def _attributes(self, at: int, head: _Head) -> list[tuple[Token, str]]:
        """Return the words before a head that belong to its name, each with its base form."""
        found: list[tuple[Token, str]] = []
        while 0 < at and len(found) < ATTRIBUTES:
            word = self.words[at - 1]
            if self.text[word.end : self.words[at].start].strip(_SPACE) or self._is(word, "stop"):
                break
            known = self._known(word.start, word.end)
            if known == "municipality" and not found and head.base == "malli":
                return [(word, word.text)]
            if word.low in _JOINS and at > 1 and self._joins(self.words[at - 2], found):
                found += [(word, word.low), (self.words[at - 2], self._lowered(self.words[at - 2]))]
                at -= 2
                continue
            base = None if known else self._attribute(word, head, found)
            if base is None:
                break
            found.append((word, base))
            at -= 1
        return found[::-1]

    def _joins(self, word: Token, found: list[tuple[Token, str]]) -> bool:
        """Tell whether a word before "ja" goes on the name: "hoito- ja", "lasten ja" before a genitive."""
        fits = word.text.endswith("-") or bool(found and is_genitive(found[-1][0].low) and is_genitive(word.low))
        return fits and not self._known(word.start, word.end) and not self._is(word, "stop")

    def _attribute(self, word: Token, head: _Head, found: list[tuple[Token, str]]) -> str | None:
        """Return the base form of an attribute: an adjective in the head's case, or a genitive."""
        base = adjective(word.low)
        # Before another genitive, "monialaisen" goes with that one: monialaisen arvioinnin malli.
        free = head.case != "n" or not found or adjective(found[-1][0].low) is not None
        if base and free and grammar(word.low, base) == (head.case, head.plural):
            return base
        return self._lowered(word) if is_genitive(word.low) else None

    def _abbreviation(self, name: str, end: int) -> tuple[str, int]:
        """Return the abbreviation in parentheses behind a name that has its letters in this order, and where it ends."""
        found = _SHORT.match(self.text, end, self.end)
        if not found or not abbreviates(found.group(1), name):
            return "", end
        return found.group(1), found.end()

    def _in_brackets(self) -> Iterator[Term]:
        """Yield Virta of: toimintamalli (Virta); and an abbreviation with its words: varhaisen tuen ryhmä (VTR)."""
        for found in _BRACKETED.finditer(self.text, self.start, self.end):
            before = self._before(found.start())
            if before is None:
                continue
            head = self._head(before)
            short = _SHORT.match(self.text, before.end, self.end)
            words = self._expansion(before, short.group(1)) if short else []
            if short and words:
                name = " ".join([self._lowered(words[0]), *(word.text for word in words[1:])])
                doubt = "" if head else "cue"
                yield Term(
                    f"{name} ({short.group(1)})", lower(short.group(1)), words[0].start, short.end(), "abbreviation",
                    self._kind(head), proper=True, doubt=doubt, bare=True,
                )  # fmt: skip
            elif head and self._names_models(head):
                yield from self._items(found.start(1), found.group(1), head)

    def _items(self, at: int, text: str, head: _Head) -> Iterator[Term]:
        for item in _ITEM.finditer(text):
            name, start, end = item.group(1), at + item.start(1), at + item.end(1)
            words = [word for word in self.words if start <= word.start < end]
            if words and name[:1].isupper() and len(words) <= NAME_WORDS and not self._named_otherwise(words):
                if len(words) == 1 or not _is_person(words):
                    yield Term(name, lower(name), start, end, "bracket", self._kind(head), proper=True, bare=True)

    def _expansion(self, last: Token, short: str) -> list[Token]:
        """Return the words that an abbreviation behind them stands for: each letter in order, the first at the beginning."""
        at = self.words.index(last)
        for first in range(at, max(-1, at - len(short) - 1), -1):
            words = self.words[first : at + 1]
            if any(self.text[one.end : two.start].strip(_SPACE) for one, two in zip(words, words[1:], strict=False)):
                break
            if self._known(words[0].start, last.end) or self._is(words[0], "stop"):
                break
            if len(words) > 1 and abbreviates(short, " ".join(word.low for word in words), initials=True):
                return words
        return []

    def _beside(self) -> Iterator[Term]:
        """Yield SisuTupa of: palvelu SisuTupa."""
        for at, word in enumerate(self.words[:-1]):
            head = self._head(word)
            if not head or head.plural or not self._names_models(head):
                continue
            names: list[Token] = []
            for one, other in zip(self.words[at:], self.words[at + 1 :], strict=False):
                if self.text[one.end : other.start].strip(_SPACE) or not other.text[:1].isupper():
                    break
                names.append(other)
            if names and not self._named_otherwise(names) and (len(names) == 1 or not _is_person(names)):
                name = " ".join(each.text for each in names)
                start, end = names[0].start, names[-1].end
                yield Term(name, lower(name), start, end, "beside", self._kind(head), proper=True, bare=True)

    def _camel(self) -> Iterator[Term]:
        """Yield SisuTiimi; without a head only where a cue speaks of it."""
        for word in self.words:
            if _CAMEL.fullmatch(word.text) and not self._named_otherwise([word]):
                head = self._head(word)
                name = word.text[: len(head.base) - len(head.word)] + word.text[-1:][:0] if head else word.text
                name = _with_head(word.text, head) if head else word.text
                doubt = "" if head else "cue"
                yield Term(name, lower(name), word.start, word.end, "camel", self._kind(head), True, doubt, bare=not head)
