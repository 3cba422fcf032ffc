"""Finnish words: tokens with offsets, inflected and compound forms of a name, and the pattern language of the tables.

A name is matched word by word. A word fits when it is the name's own form, when the lexicon gave that form, or when it is
a stem of the name (consonant gradation and vowel changes, Iso suomen kielioppi sections 40-100) with a case ending. That is
wider than the language, on purpose: names are long enough that a wrong form hardly ever is another word.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import NamedTuple

VOWELS = "aeiouyäö"
_TOKEN = re.compile(r"\w+")
# Case, possessive and clitic endings behind stem and vowels.
_ENDING = (
    r"(?:(?:n|t|seen|siin|h[aeiouyäö]n|[ei]n|den|tten|ten|ine)"
    r"|(?:(?<=[aeiouyäöj])[aä]|ss[aä]|st[aä]|ll[aä]|lt[aä]|lle|n[aä]|kse|tt[aä]|t[aä])(?:ni|si|mme|nne|ns[aä]|[aä]n|en)?"
    r"|ksi|(?<=[aeiouyäö])(?:ni|si|mme|nne|ns[aä]))?"
    r"(?:kin|k[aä][aä]n|k[oö]|h[aä]n|p[aä])?"
)
# Which vowels may stand between a stem and an ending, by the vowel that the word has there: mall-i-n, mall-ei-ssa, mall-ej-a.
_AFTER = {
    "a": "aa?|oi|oj|i|ie|ei", "ä": "ää?|öi|öj|i|ie|ei", "e": "ee?|i|ie|ei", "i": "ii?|e|ei|ej|ie", "o": "oo?|oi|oj", "u": "uu?|ui|uj",
    "y": "yy?|yi|yj", "ö": "öö?|öi|öj",
}  # fmt: skip
_E_STEM = "ee?|i|ie|ii"
_FOREIGN = "i|ii|e|ei|ej|ie"
_GRADES = (
    ("nk", "ng"),
    ("mp", "mm"),
    ("nt", "nn"),
    ("lt", "ll"),
    ("rt", "rr"),
    ("ht", "hd"),
    ("kk", "k"),
    ("pp", "p"),
    ("tt", "t"),
    ("lk", "l"),
    ("rk", "r"),
    ("k", ""),
    ("p", "v"),
    ("t", "d"),
)
MOST_BETWEEN = 4  # characters between two words of a name
WORDS_KEPT = 1 << 14  # words whose answer is kept: most are seen again, and memory stays bounded
SHORT = 6  # an acronym of up to so many letters is told by its capitals


class Token(NamedTuple):
    """Hold one word of a text.

    :param text: the word as written.
    :param low: the word in lower case, of the same length.
    :param start: offset of its first character.
    :param end: offset behind its last character.
    """

    text: str
    low: str
    start: int
    end: int


def tokens(text: str, start: int = 0, end: int | None = None) -> list[Token]:
    """Return the words of text[start:end], with offsets into the whole text."""
    return [
        Token(found.group(), lower(found.group()), found.start(), found.end())
        for found in _TOKEN.finditer(text, start, len(text) if end is None else end)
    ]


def lower(text: str) -> str:
    """Put a text in lower case without moving a character."""
    low = text.lower()
    return low if len(low) == len(text) else "".join(c.lower() if len(c.lower()) == 1 else c for c in text)


@cache
def stems(word: str) -> frozenset[tuple[str, str]]:  # noqa: PLR0911 - one return a class of words
    """Return what the inflected forms of a word begin with, each with the vowels that may follow.

    :param word: a noun or adjective in its base form, lower case.

    >>> sorted(stems("hanko"))
    [('hang', 'oo?|oi|oj'), ('hank', 'oo?|oi|oj')]
    """
    last, body = word[-1], word[:-1]
    if word.endswith("nen"):
        return frozenset({(word[:-3] + "s", _E_STEM), (word[:-3] + "s", "")})
    if word.endswith(("us", "ys")):
        return frozenset({(body + end, _E_STEM) for end in ("ks", "d", "t", "ts", "s")} | {(word, "")})
    if last == "s":
        vowel = body[-1:] if body[-1:] in VOWELS else "i"
        return frozenset(
            {
                (body + "ks", _E_STEM),
                (word, "i|"),
                *((stem, f"{_AFTER[vowel]}|{vowel}i") for stem in _grades(body[:-1])),
            }
        )
    if last == "n":
        return frozenset({(word, "i|"), *((stem + body[-1] + "m", _E_STEM) for stem in _grades(body[:-1]))})
    if last == "t" and word[-2:-1] in VOWELS:
        bare = body.rstrip(VOWELS)
        return frozenset({(word, _FOREIGN), *((stem, _AFTER[body[-1]] + "|ie|i") for stem in _grades(bare))})
    if word.endswith("si"):
        return frozenset(
            {(body, _AFTER["i"]), (body[:-1] + "d", _E_STEM), (body[:-1] + "t", _E_STEM), (body[:-1] + "t", "")}
        )
    if last in VOWELS:
        bare = body.rstrip(last)
        return frozenset((stem, _AFTER[last]) for stem in (_grades(bare) if bare == body else {bare}))
    return frozenset({(word, _FOREIGN)})


def _grades(stem: str) -> set[str]:
    """Return a stem in both grades of its last consonants (Iso suomen kielioppi, section 41)."""
    found = {stem}
    for strong, weak in _GRADES:
        if stem.endswith(strong) and (weak or stem[-2:-1] in VOWELS + "lrh"):
            found.add(stem[: -len(strong)] + weak)
        if weak and stem.endswith(weak):
            found.add(stem[: -len(weak)] + strong)
    return {each for each in found if len(each) > 1}


@cache
def _behind(after: str) -> re.Pattern[str]:
    """Return the expression that stands behind a stem: one for all stems alike, for an expression is slow to make."""
    return re.compile(rf"(?:{after}){'?' if after else ''}{_ENDING}")


@lru_cache(maxsize=WORDS_KEPT)
def _is_form(low: str, word: str) -> bool:
    shortest = min(3, len(word) - 2)
    return low == word or any(
        len(stem) >= shortest and low.startswith(stem) and _behind(after).fullmatch(low, len(stem)) is not None
        for stem, after in stems(word)
    )


@dataclass(frozen=True)
class Name:
    """Hold one name of a thing, ready to be looked for.

    :param words: its words in lower case.
    :param acronym: told by capitals alone (IPC, RAI): lower case counts only before a hyphen.
    :param proper: counts only where the text writes it with a capital, as a place's name.
    """

    words: tuple[str, ...]
    acronym: bool = False
    proper: bool = False

    @classmethod
    def of(cls, label: str, *, proper: bool = False) -> Name:
        """Make a name of a label such as `Lapset puheeksi` or `AVAIN-mittari`.

        :param proper: a label with a capital is a proper name, so its forms have a capital too; `^` before a label says so.
        """
        proper = proper or label.startswith("^")
        label = label.lstrip("^")
        words = tuple(token.low for token in tokens(label))
        return cls(
            words,
            len(words) == 1 and sum(map(str.isupper, label)) > 1 and len(label) <= SHORT,
            proper and label[:1].isupper(),
        )

    @property
    def key(self) -> str:
        """Return the letters by which a text's word finds the names that may begin with it."""
        return self.words[0][:2]

    def begins(self, low: str, heads: frozenset[str]) -> bool:
        """Tell whether the name may begin with a word, whatever stands around it."""
        return _is_form(low, self.words[0]) or (len(self.words) == 1 and _compound(low, self.words[0], heads))

    def fits(self, text: str, words: list[Token], at: int, heads: frozenset[str]) -> int:
        """Return behind which word the name ends that begins at words[at], or 0.

        :param heads: second parts of a compound that leave the model's name standing ("-koulutus", "-verkosto").
        """
        last = at + len(self.words)
        if last > len(words) or (self.proper and not words[at].text[:1].isupper()):
            return 0
        for offset, word in enumerate(self.words):
            token = words[at + offset]
            if offset and not joined(text, words[at + offset - 1], token):
                return 0
            if _is_form(token.low, word) and not (offset == len(self.words) - 1 and self._unlike(text, token)):
                continue
            if offset < len(self.words) - 1 or not _compound(token.low, word, heads):
                return 0
        return last

    def bare_end(self, token: Token) -> int:
        """Return where the name ends in its last word: before the second part of a compound."""
        return token.end if _is_form(token.low, self.words[-1]) else token.start + len(self.words[-1])

    def _unlike(self, text: str, token: Token) -> bool:
        return (
            self.acronym and sum(map(str.isupper, token.text)) < 2 and text[token.end : token.end + 1] not in {"-", "–"}
        )


def _compound(low: str, word: str, heads: frozenset[str]) -> bool:
    """Tell whether a word is the name with a known second part: tiimimalliverkosto."""
    opening = word[:-3] + "s" if word.endswith("nen") else word
    if not low.startswith(opening):
        return False
    rest = low[len(opening) :]
    return any(
        _is_form(part, head) for part in (rest, rest.removeprefix("n")) for head in heads if part[:3] == head[:3]
    )


def joined(text: str, one: Token, other: Token) -> bool:
    """Tell whether two words stand side by side: only spaces, hyphens, quotation marks and the signs of a name between them."""
    between = text[one.end : other.start]
    sign = between.strip(" \t\u00a0-–—\"'”“’»")
    inside = sign in {"", "&", "/", "!"} or (sign == "." and between == ".")
    return len(between) <= MOST_BETWEEN and inside


def pattern(text: str) -> re.Pattern[str]:
    """Turn a pattern of the tables into a regular expression over lower-case text.

    Words are separated by spaces; `*` stands for the rest (or the beginning) of a word, `|` stands between words that may stand
    for each other, ` ; ` between whole patterns, `...` for up to six words without a comma.

    >>> bool(pattern("otettiin|otettu ... käyttöön").search("tiimimalli otettiin laajasti käyttöön"))
    True
    """
    return re.compile("|".join(f"(?:{_phrase(part)})" for part in lower(text).split(" ; ")))


def _phrase(text: str) -> str:
    expression, glue = "", ""
    for word in text.split():
        if word == "...":
            glue = r"(?:[^\w.;,]+[\w-]+){0,6}?[^\w.;,]+"
            continue
        choices = "|".join(re.escape(each).replace(r"\*", r"[\w-]*") for each in word.split("|"))
        expression += rf"{glue}(?<!\w)(?:{choices})(?!\w)"
        glue = r"[\s\u00a0,–-]+"
    return expression
