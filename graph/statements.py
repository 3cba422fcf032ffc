"""Split what a sentence says of one model into statements, one a place: "käytössä Rovaniemellä, Torniossa pilotti"."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import pairwise

from graph.cues import Found
from graph.lexicon import Mention
from graph.scope import Scope
from graph.telling import cues_of, tells

_UNIT = re.compile(
    r"[,;/]\s+(?:ja\s+)?|\s[–-]\s|\s(?=(?:mutta|vaan|kun\s+taas|sen\s+sijaan)\s)"
    r"|\s(?=ja\s\w+(?:ss[aä]|ll[aä])\s(?:se|sitä|niitä|malli|mallia|toiminta|toimintaa|kokeilu|kokeilua|pilotti|pilottia|pilotointi|koulutus|koulutusta|käyttöönotto|käyttöönottoa)\s)"
)
_GRANTED = re.compile(r",\s(?=(?:vaikka|joskin)\s)")  # what is granted of one place is no word on the others
Span = tuple[int, int]


@dataclass(frozen=True)
class _Group:
    """Hold a stretch of text, and whether a place and a telling cue stand in it."""

    span: Span
    place: bool
    cues: tuple[Found, ...]

    @property
    def whole(self) -> bool:
        return self.place and any(tells(cue) for cue in self.cues)

    def joined(self, other: _Group) -> _Group:
        return _Group((self.span[0], other.span[1]), self.place or other.place, (*self.cues, *other.cues))


def statements(
    text: str, scope: Scope, mentions: list[Mention], places: list[Span], other: int | None = None
) -> list[Scope]:
    """Return a scope for each place of which something of its own is said; the scope itself where that is one or none.

    :param scope: what the sentence says of one model.
    :param mentions: the models named in the sentence.
    :param places: where places of the region are named in it.
    :param other: where it names something else that looks like a model: what stands behind is of that.
    """
    if len(places) == 0:
        return [scope]
    stretch = (scope.start, scope.end) if scope.back else _stretch(text, scope, mentions, other)
    if stretch is None:
        return [scope]
    groups = list(_groups(_units(text, stretch, mentions, places)))
    whole = [group for group in groups if group.whole]
    if len(whole) == 1 and (scope.back or not _has_place(scope, places)):
        # "Siirrytään tiimimalliin; ensin mallia kokeillaan Kuopiossa": the place stands behind the model's own clause.
        return [replace(scope, where=(*scope.where, whole[0].span))]
    if len(whole) <= 1:
        return [scope]
    return [replace(scope, cues=(group.cues,), where=(group.span,)) for group in whole]


def _has_place(scope: Scope, places: list[Span]) -> bool:
    return any(part[0] <= place[0] < part[1] for part in (*scope.where, scope.ahead) for place in places)


def _stretch(text: str, scope: Scope, mentions: list[Mention], other: int | None) -> Span | None:
    """Return where the sentence speaks of this model alone: from its clause to the next name; None beside another model."""
    others = [each for each in mentions if each.entry != scope.mention.entry]
    if any(scope.clause[0] <= each.start < scope.clause[1] for each in others):
        return None
    granted = _GRANTED.search(text, scope.mention.end, scope.end)
    named = [each.start for each in others] + ([other] if other is not None and other >= scope.clause[1] else [])
    return scope.clause[0], min(
        [start for start in named if start > scope.mention.start], default=granted.start() if granted else scope.end
    )


def _units(text: str, stretch: Span, mentions: list[Mention], places: list[Span]) -> Iterator[_Group]:
    cues = cues_of(text, *stretch, mentions)
    cuts = [stretch[0], *(found.end() for found in _UNIT.finditer(text, *stretch)), stretch[1]]
    for span in pairwise(cuts):
        inside = tuple(cue for cue in cues if span[0] <= cue.start < span[1])
        yield _Group(span, any(span[0] <= place[0] < span[1] for place in places), inside)


def _groups(units: Iterator[_Group]) -> Iterator[_Group]:
    """Yield units joined so that each place stands with the cue that is nearest behind or before it."""
    held: _Group | None = None
    for unit in units:
        if held is not None and held.whole and unit.place:
            yield held
            held = unit
        else:
            held = unit if held is None else held.joined(unit)
    if held is not None:
        yield held
