"""Cut Finnish text into sentences and clauses."""

from __future__ import annotations

import re
from collections.abc import Iterator

LONGEST = 1_000  # characters of a sentence: more than twice the longest on real pages
_ABBREVIATIONS = frozenset({
    "mm", "esim", "ns", "n", "v", "em", "ml", "ym", "yms", "jne", "tms", "ts", "kts", "vrt", "klo", "nro", "puh", "os",
    "po", "ko", "ao", "vs", "mrd", "milj", "eur", "alk", "ed", "huom", "vst", "ent", "oy", "ry",
})  # fmt: skip
_STOP = re.compile(r"[.!?]+[\"”’)]*(?=\s|$)|[:;](?=\s)(?=\s*[•\n])")


def sentences(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Yield the offsets of the sentences in text[start:end].

    A full stop ends a sentence unless it closes an abbreviation, or a short number such as a day (1.6.2020).
    """
    begin = start
    for stop in _STOP.finditer(text, start, end):
        before = re.search(r"(\w+)$", text[max(begin, stop.start() - 30) : stop.start()])
        after = re.compile(r"\S").search(text, stop.end(), end)
        word = before.group(1).lower() if before else ""
        if stop.group().startswith(".") and after and after.group().islower():
            continue
        if stop.group() == "." and (word in _ABBREVIATIONS or (word.isdigit() and len(word) < 3)):
            continue
        yield from _pieces(text, begin, stop.end())
        begin = stop.end()
    yield from _pieces(text, begin, end)


def _pieces(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    # The work on a sentence grows with the cube of the models in it: an endless one is read a piece at a time.
    while end - start > LONGEST:
        space = text.rfind(" ", start + 1, start + LONGEST)
        cut = space if space > 0 else start + LONGEST
        yield from _trimmed(text, start, cut)
        start = cut
    yield from _trimmed(text, start, end)


_BREAK = re.compile(
    r"[;:]\s|\s[–-]\s"
    r"|,\s*(?=(?:mutta|vaan|tarkoituksena|tavoitteena|kun|koska|jotta|että|sillä|vaikka|joskin|mikäli|jos|eikä|jo(?:ka|ta|sta|ssa|hon|lla|lle|lta|iden|issa|ista|ihin|ita|nka|tka|ille)"
    r"|mikä|mitä|minkä|missä|mihin|mistä|millä|jolloin|kunnes|jossa|joten|sekä|niin|ja|sen|sitä|siitä|siihen|niiden|niitä)\b)"
    r"|,\s*(?=(?:on|oli|ovat|olivat|ei|eivät)\s)"
    r"|\s(?=(?:mutta|vaan|kun\s+taas)\s)",
    re.IGNORECASE,
)


def clauses(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """Return the offsets of the clauses in a sentence.

    Cut before conjunctions and relative pronouns (mutta, joka, kun, koska …), at semicolons, colons and spaced dashes.
    """
    cuts = [start]
    cuts += [found.end() for found in _BREAK.finditer(text, start, end)]
    return [part for one, two in zip(cuts, [*cuts[1:], end], strict=True) for part in _trimmed(text, one, two)]


def _trimmed(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    if start < end:
        yield start, end
