"""Tell case and number of a Finnish word whose base form is known, and guess base forms where it is not.

Terms that no table knows have to be told apart and written in their base form: "vastuuhoitajamalleja" is one more mention of
"vastuuhoitajamalli". Rules after Iso suomen kielioppi, sections 40-100; graph.words says which stems a word has.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache

from graph.words import VOWELS, Name, Token

CACHE = 65_536
_TAIL = re.compile(r"(?:kin|k[aä][aä]n|h[aä]n)$|(?:ns[aä]|mme|nne)$")
_INNER = re.compile(r"(?:(ss|st|ll|lt|n)[aä]|(lle|ksi))$")
_INTO = re.compile(r"(?:seen|([aeiouyäö])\1n|h[aeiouyäö]n)$")
_PLURAL_GENITIVE = re.compile(r"(?:ien|jen|iden|itten|sten)$")
_PLURAL_PARTITIVE = re.compile(r"(?:[ij][aä]|it[aä])$")
# Adjectives that agree with their noun: -inen, and the participles -va and -ttu.
_INEN = re.compile(
    r"(\w{2,}i)(?:nen|se(?:n|en|t|ksi|lle|(?:ss|st|ll|lt|n)[aä])|st[aä]|sten|sien|si(?:in|ksi|lle|[aä]|(?:ss|st|ll|lt|n)[aä]))"
)
_VA = re.compile(r"(\w{3,}[aeiouyäö]v)([aä])(?:n|t|[aä]n?|ksi|lle|(?:ss|st|ll|lt|n)[aä])?")
_TU = re.compile(r"(\w{3,}?)(tt|t|d|ll|rr|nn)([uy])(n|t|[uy]n|[aä]|ksi|lle|(?:ss|st|ll|lt|n)[aä])?")
_NOUNS_IN_VA = re.compile(r"päiv[aä]|kuv[aä]|turv[aä]|lav[aä]|rav[aä]")
_STRONG = {"ll": "lt", "rr": "rt", "nn": "nt", "d": "t"}
# Genitives that look like the illative: asiakas, asiakkaan; and words in -n that are none.
_LONG_GENITIVE = re.compile(r"(?:kkaan|\bsuun|potilaan|oppilaan|sairaan|vapaan|vieraan|(?<!s)(?<!uut)(?<!yyt)een)$")
_NO_GENITIVE = re.compile(r"(?:nen|[aä]en|mmin|(?<!vanh)[aeo]mm[aä]n|tiin|(?:[td]|ll|nn|rr)(?:aan|ään)|ihin|siin)$")
_BACK = {
    "ng": "nk", "mm": "mp", "nn": "nt", "ll": "lt", "rr": "rt", "hd": "ht",
    "d": "t", "v": "p", "k": "kk", "p": "pp", "t": "tt", "l": "lk", "r": "rk",
}  # fmt: skip


@lru_cache(CACHE)
def is_form(low: str, base: str) -> bool:
    """Tell whether a lower-case word is a form of another.

    >>> is_form("mallien", "malli"), is_form("mallinen", "malli")
    (True, False)
    """
    if low.endswith("nen") and not base.endswith("nen"):
        return False
    return bool(Name((base,)).fits(low, [Token(low, low, 0, len(low))], 0, frozenset()))


@lru_cache(CACHE)
def is_case(low: str, base: str) -> bool:
    """Tell whether a word is a form of another with no less than its stem before the ending: stricter than `is_form`.

    >>> is_case("mallille", "malli"), is_case("malle", "malli")
    (True, False)
    """
    if not is_form(low, base):
        return False
    inner = _INNER.search(low)
    return low == base or len(low[: inner.start()] if inner else low[:-1]) >= len(base) - 1


@lru_cache(CACHE)
def grammar(low: str, base: str) -> tuple[str, bool]:
    """Return the case of a form (its ending; `` for the nominative) and whether it is a plural.

    :param low: a form of the base, lower case.

    >>> grammar("malleissa", "malli"), grammar("mallia", "malli"), grammar("polun", "polku")
    (('ss', True), ('a', False), ('n', False))
    """
    form = low if low == base else _TAIL.sub("", low)
    kept = base.endswith("i") or base[-1] not in VOWELS + "sn"  # the stem's own i: malli-ssa, malle-i-ssa
    if form == base:
        return "", False
    if form.endswith("t"):
        return "", True
    if form in {base + "a", base + "ä", *(stem + end for stem in (base, base[:-3] + "s") for end in ("ta", "tä"))}:
        return "a", False
    if inner := _INNER.search(form):
        before = form[: inner.start()]
        return inner.group(1) or inner.group(2), before.endswith("ei" if kept else "i")
    if form.endswith("n"):
        return _of_or_into(form, base, kept=kept)
    return "a", bool(_PLURAL_PARTITIVE.search(form))


def _of_or_into(form: str, base: str, *, kept: bool) -> tuple[str, bool]:
    if _PLURAL_GENITIVE.search(form) and form != base + "n":
        return "n", True
    if form.endswith("ein" if kept else "in") and not _INTO.search(form):
        return "in", True
    genitive = base.endswith("e") and form.endswith("een") and not form.endswith("seen")
    if _INTO.search(form) and not genitive:
        return "Vn", form.endswith(("ihin", "siin")) or (form.endswith("iin") and not kept)
    return "n", False


@lru_cache(CACHE)
def adjective(low: str) -> str | None:
    """Return the base form of an adjective that is told by its ending, None for any other word.

    >>> adjective("monialaisella"), adjective("porrastetun"), adjective("osallistavaa"), adjective("tukemisen")
    ('monialainen', 'porrastettu', 'osallistava', None)
    """
    if (found := _INEN.fullmatch(low)) and not re.search(r"(?<!ee)mi$", found.group(1)):
        return found.group(1) + "nen"
    if (found := _VA.fullmatch(low)) and not _NOUNS_IN_VA.search(low):
        return found.group(1) + found.group(2)
    if not (found := _TU.fullmatch(low)):
        return None
    stem, cluster, vowel, ending = found.groups()
    weak = ending not in {None, "a", "ä", "un", "yn"}
    if cluster == "t" and stem[-1] in VOWELS and weak:
        cluster = "tt"
    return stem + (_STRONG.get(cluster, cluster) if weak else cluster) + vowel if weak or cluster[0] == "t" else None


@lru_cache(CACHE)
def is_genitive(low: str) -> bool:
    """Tell whether a word can be the genitive that belongs to the noun behind it.

    >>> [is_genitive(word) for word in ("arvioinnin", "asiakkaan", "alueen", "malliin", "otettiin", "kehittämiseen")]
    [True, True, True, False, False, False]
    """
    if len(low) < 4 or not low.endswith("n") or (_NO_GENITIVE.search(low) and not _LONG_GENITIVE.search(low)):
        return False
    return not _INTO.search(low) or bool(_LONG_GENITIVE.search(low))


def base_form(word: str, seen: Mapping[str, int]) -> str:
    """Guess the base form of a word that no table knows, its own capitals kept.

    :param word: as written, in any case of the singular.
    :param seen: lower-case form -> how often the texts have it; the most frequent form that can be the base counts.

    >>> base_form("SisuTuvalla", {}), base_form("Zekin", {"zekki": 2}), base_form("Luotaimen", {})
    ('SisuTuva', 'Zekki', 'Luotain')
    """
    low = word.lower()
    bases = guesses(low)
    known = [each for each in bases if seen.get(each) and each != low]
    best = max(known, key=lambda each: seen[each]) if known else bases[0]
    same = next((at for at, (one, other) in enumerate(zip(low, best, strict=False)) if one != other), len(best))
    return word[: min(same, len(low))] + best[min(same, len(low)) :]


@lru_cache(CACHE)
def guesses(low: str) -> tuple[str, ...]:
    """Return what the base form of a word may be, the likeliest first; the word itself is among them."""
    if inner := re.search(r"(?<=[aeiouyäö])(?:ss[aä]|st[aä]|ll[aä]|lt[aä]|lle|ksi)$", low):
        found = _of_weak_stem(low[: inner.start()])
    elif into := re.search(r"(?<=e)seen$|(?<=([aeiouyäö]))\1n$", low):
        found = _of_weak_stem(low[: into.start()])
    elif low.endswith("n") and low[-2:-1] in VOWELS:
        found = _of_weak_stem(low[:-1])
    elif re.search(r"([aä])\1$|[eoöuyi](?<!i)[aä]$|[^i]i[aä]$", low) and len(low) > 4:
        found = [low, *_of_weak_stem(low[:-1])] if low[-2] == "i" else [*_of_weak_stem(low[:-1]), low]
    else:
        found = [low]
    return tuple(dict.fromkeys([*(each for each in found if is_form(low, each)), low]))


def _of_weak_stem(stem: str) -> list[str]:
    """Return the base forms that a stem in front of a case ending may come from, the likeliest first."""
    bare, last = stem[:-1], stem[-1:]
    found = []
    for end, base in (("kse", "s"), ("se", "nen"), ("ude", "us"), ("yde", "ys"), ("ime", "in")):
        if stem.endswith(end):
            found.append(_weak(stem[: -len(end)] + base) if end == "ime" else stem[: -len(end)] + base)
    strong = [bare[: -len(weak)] + back + last for weak, back in _BACK.items() if bare.endswith(weak)]
    if re.search(r"([aeiouyäö])\1$", stem):
        found += [_weak(bare), bare, _weak(bare) + "s"]
    if last == "e":
        found.append(_weak(stem))
    if bare.endswith(("ng", "hd")) or re.search(r"[aeiouyäö]d$", bare):
        found += strong
    found += [stem, *strong]
    if last in {"e", "i"}:
        found.append(bare + "i" if last == "e" else bare)
    return found


def _weak(stem: str) -> str:
    """Weaken the double consonant before the last vowel: hankkee-n, hanke."""
    return re.sub(r"([kpt])\1([aeiouyäö]n?)$", r"\1\2", stem)
