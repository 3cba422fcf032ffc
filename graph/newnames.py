"""Find terms of a sentence that look like the name of a practice model and stand in no table; graph.heads has the words."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import pairwise, takewhile

from graph.baseforms import adjective, grammar, is_genitive
from graph.heads import JOINS, KIND, NAME_WORDS, SPACE, Head, Heads, Sentence
from graph.lexicon import Lexicon
from graph.words import Token, lower

ATTRIBUTES = 8  # words before a head that may belong to its name
QUOTED_WORDS = 6  # words of a name in quotation marks
_QUOTED = re.compile(r"[\"”“»]([^\"”“»\n]{2,60})[\"”“»]")
_BRACKETED = re.compile(r"\(([^()\n]{2,80})\)")
_ITEM = re.compile(r"(?:^|,\s*|\s(?:ja|sekä|tai)\s+|/\s*)([^\s,/][^,/]*?)(?=,|/|\s(?:ja|sekä|tai)\s|$)")
_SHORT = re.compile(r"[ \u00a0]?\(((?=\w*[A-ZÅÄÖ]\w*[A-ZÅÄÖ])[A-ZÅÄÖ]\w{1,7})\)")
_CAMEL = re.compile(r"\b[^\W\d_]*[a-zåäö][A-ZÅÄÖ][^\W\d_]{2,}\b")


@dataclass(frozen=True)
class Term:
    """Say that text[start:end] may name a model that no table holds.

    :param name: the name, in its base form as far as the rule knows it.
    :param key: what the mentions of one name have in common.
    :param rule: which rule found it.
    :param kind: the model kind that its head suggests.
    :param proper: it has a mark of a proper name: a capital inside the sentence, quotation marks, an abbreviation.
    :param doubt: why this mention alone is not enough: `plural`, `capital` (begins the sentence), `cue` (is to be lifted by one).
    :param bare: the last word has the form of the text; its base form is still to be guessed.
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


def find_terms(text: str, start: int, end: int, lexicon: Lexicon, heads: Heads) -> list[Term]:
    """Return the terms of a sentence that look like a model's name, in order, without overlap.

    :param lexicon: what its tables name (models, places, organisations, projects) is none.
    """
    sentence = Sentence(text, start, end, heads)
    if not _terms(sentence):
        return []
    sentence.look_up(lexicon)  # costs most, and only takes terms away
    return sorted(_terms(sentence), key=lambda term: term.start)


def _terms(sentence: Sentence) -> list[Term]:
    """Return what the rules find, the surest rule first: what it covers is no later one's."""
    kept: list[Term] = []
    for rule in (_quoted, _hyphened, _compounds, _bracketed, _beside, _camel):
        for term in rule(sentence):
            if not any(term.start < other.end and other.start < term.end for other in kept):
                kept.append(term)
    return kept


def abbreviates(short: str, name: str) -> bool:
    """Tell whether a name begins like an abbreviation and has its letters in that order.

    >>> abbreviates("VTR", "varhaisen tuen ryhmä"), abbreviates("COCI", "hoidon jatkuvuus")
    (True, False)
    """
    letters, low = iter(lower(name)), lower(short)
    return lower(name)[:1] == low[:1] and all(letter in letters for letter in low)


def _quoted(it: Sentence) -> Iterator[Term]:
    """Yield ”Sisukas arki” -malli, and Sisukas arki of: malli nimeltä ”Sisukas arki”."""
    for found in _QUOTED.finditer(it.text, it.start, it.end):
        name, (start, end) = found.group(1).strip(), found.span(1)
        if len(name.split()) > QUOTED_WORDS or it.known(start, end):
            continue
        after = next((word for word in it.words if word.start >= found.end()), None)
        gap = it.text[found.end() : after.start] if after else "."
        head = it.head(after) if after and not gap.strip(SPACE + "-–—") else None
        before = it.before(found.start())
        if after and head and gap.strip(SPACE):
            yield _proper(it, name, head, start, after.end, "quotes")
        elif name[:1].isupper() and (head or (before and (it.head(before) or it.is_(before, "naming")))):
            yield Term(name, lower(name), start, end, "quotes", it.heads.kind(head), proper=True)


def _hyphened(it: Sentence) -> Iterator[Term]:
    """Yield Virta-malli, Sujuva arki -malli and, where the head needs no proper name, hybridi-malli."""
    for at, word in enumerate(it.words):
        first, hyphen, last = word.text.replace("–", "-").rpartition("-")
        if hyphen and last:
            head = it.heads.ending(lower(last))
            words = [*it.capitals(at), Token(first, lower(first), word.start, word.start + len(first))]
        elif it.spaced_hyphen(at):
            head, words = it.head(word), it.name_before(at)
        else:
            continue
        if head and it.heads.follows_names(head) and not it.otherwise(words, head):
            yield from _named(it, words, head, word.end)


def _named(it: Sentence, words: list[Token], head: Head, end: int) -> Iterator[Term]:
    name = " ".join(word.text.rstrip("-") for word in words)
    term = _proper(it, name, head, words[0].start, end, "hyphen")
    if any(it.has_capital(word) for word in words):
        yield term
    elif head.base in it.heads.roles["never"]:
        return
    elif len(words) == 1 and head.word in it.heads.roles["head"]:
        yield replace(term, name=f"{lower(name)}-{head.base}", proper=False, doubt="plural" if head.plural else "")
    elif words[0].text[:1].isupper():
        yield replace(term, proper=False, doubt="" if head.word in it.heads.roles["head"] else "capital")


def _proper(it: Sentence, name: str, head: Head, start: int, end: int, rule: str) -> Term:
    """Return the term of a proper name before a head; before "-koulutus" the name stands by itself."""
    joined = f"{name} -{head.base}" if " " in name else f"{name}-{head.base}"
    whole = name if it.heads.is_activity(head) else joined
    return Term(whole, lower(name), start, end, rule, it.heads.kind(head), proper=True)


def _compounds(it: Sentence) -> Iterator[Term]:
    """Yield vastuuhoitajamalli and, with what says which, generic words: muistipotilaan palvelupolku."""
    for at, word in enumerate(it.words):
        head = it.heads.ending(word.low, bare=True)
        if not head or "-" in word.text or head.base in it.heads.roles["never"] or it.known(word.start, word.end):
            continue
        attributes = _attributes(it, at, head)
        telling = any(not it.is_(each, "weak") and each.low not in JOINS for each, _ in attributes)
        if it.heads.is_generic(head) and (head.plural or not telling):
            continue
        name = " ".join([*(base for _, base in attributes), head.base])
        start = attributes[0][0].start if attributes else word.start
        term = Term(name, lower(name), start, word.end, "compound", it.heads.kind(head))
        short = _SHORT.match(it.text, word.end, it.end)
        if short and abbreviates(short.group(1), name):
            whole, alias = f"{name} ({short.group(1)})", lower(short.group(1))
            yield replace(term, name=whole, end=short.end(), proper=True, alias=alias)
        else:
            proper = any(it.has_capital(each) for each, _ in attributes)
            yield replace(term, proper=proper, doubt="plural" if head.plural else "")


def _attributes(it: Sentence, at: int, head: Head) -> list[tuple[Token, str]]:
    """Return the words before a head that belong to its name, each with its base form."""
    found: list[tuple[Token, str]] = []
    while at > 0 and len(found) < ATTRIBUTES:
        word = it.words[at - 1]
        if not it.adjacent(word, it.words[at]) or it.is_(word, "stop"):
            break
        known = it.known(word.start, word.end)
        if known == "municipality" and not found and head.base == "malli":
            return [(word, word.text)]
        if word.low in JOINS and at > 1 and _goes_on(it, it.words[at - 2], found):
            before = it.words[at - 2]
            found += [(word, word.low), (before, _attribute(it, before, head, found) or it.lowered(before))]
            at -= 2
            continue
        base = None if known else _attribute(it, word, head, found)
        if base is None:
            break
        found.append((word, base))
        at -= 1
    return found[::-1]


def _goes_on(it: Sentence, word: Token, found: list[tuple[Token, str]]) -> bool:
    """Tell whether a word before "ja" belongs to the name: "hoito- ja", "lasten ja" before a genitive."""
    fits = word.text.endswith("-") or bool(found and is_genitive(found[-1][0].low) and is_genitive(word.low))
    return fits and not it.known(word.start, word.end) and not it.is_(word, "stop")


def _attribute(it: Sentence, word: Token, head: Head, found: list[tuple[Token, str]]) -> str | None:
    """Return the base form of an attribute: an adjective in the head's case, or a genitive."""
    base = adjective(word.low)
    # Before another genitive "monialaisen" goes with that one: monialaisen arvioinnin malli.
    free = head.case != "n" or not found or adjective(found[-1][0].low) is not None
    if base and free and grammar(word.low, base) == (head.case, head.plural):
        return base
    return it.lowered(word) if is_genitive(word.low) else None


def _bracketed(it: Sentence) -> Iterator[Term]:
    """Yield Virta of: toimintamalli (Virta); and an abbreviation with its words: varhaisen tuen ryhmä (VTR)."""
    for found in _BRACKETED.finditer(it.text, it.start, it.end):
        before = it.before(found.start())
        if before is None:
            continue
        head = it.head(before)
        short = _SHORT.match(it.text, before.end, it.end)
        words = _expansion(it, before, short.group(1)) if short else []
        if short and words:
            name = " ".join([it.lowered(words[0]), *(word.text for word in words[1:])])
            key, kind = lower(short.group(1)), it.heads.kind(head)
            term = Term(
                f"{name} ({short.group(1)})", key, words[0].start, short.end(), "abbreviation", kind, proper=True
            )
            yield replace(term, doubt="" if head else "cue", bare=True)
        elif head and it.heads.names_models(head):
            yield from _items(it, found, head)


def _items(it: Sentence, brackets: re.Match[str], head: Head) -> Iterator[Term]:
    for item in _ITEM.finditer(brackets.group(1)):
        start, end = brackets.start(1) + item.start(1), brackets.start(1) + item.end(1)
        words = [word for word in it.words if start <= word.start < end]
        if len(words) <= NAME_WORDS and it.may_be_name(words):
            name = item.group(1)
            yield Term(name, lower(name), start, end, "brackets", it.heads.kind(head), proper=True, bare=True)


def _expansion(it: Sentence, last: Token, short: str) -> list[Token]:
    """Return the words right before an abbreviation that it stands for, the fewest."""
    at = it.words.index(last)
    for first in range(at, max(-1, at - len(short) - 1), -1):
        words = it.words[first : at + 1]
        whole = all(it.adjacent(*pair) for pair in pairwise(words))
        if not whole or it.known(words[0].start, last.end) or it.is_(words[0], "stop"):
            break
        if len(words) > 1 and abbreviates(short, " ".join(word.low for word in words)):
            return words
    return []


def _beside(it: Sentence) -> Iterator[Term]:
    """Yield SisuTupa of: palvelu SisuTupa."""
    for at, word in enumerate(it.words):
        head = it.head(word)
        if not head or head.plural or not it.heads.names_models(head):
            continue
        pairs = pairwise(it.words[at:])
        names = [two for _, two in takewhile(lambda pair: it.adjacent(*pair) and pair[1].text[0].isupper(), pairs)]
        if it.may_be_name(names) and not it.heads.has(names[-1].low.rpartition("-")[2], "stop"):
            start, end = names[0].start, names[-1].end
            name = it.text[start:end]
            yield Term(name, lower(name), start, end, "beside", it.heads.kind(head), proper=True, bare=True)


def _camel(it: Sentence) -> Iterator[Term]:
    """Yield SisuTiimi; a name without a head only where a cue speaks of it."""
    for word in it.words:
        if not _CAMEL.fullmatch(word.text) or it.otherwise([word]):
            continue
        head = it.head(word)
        before = len(head.base) - len(head.word) if head else 0
        name = word.text[: before + 1] + head.word[1:] if head else word.text
        term = Term(name, lower(name), word.start, word.end, "capitals", it.heads.kind(head), proper=True)
        yield replace(term, doubt="" if head else "cue", bare=not head)
