"""Tell which words of a sentence speak of which model: clauses, lists, references back to the model of the sentence before."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import pairwise

from graph.cues import NEGATIVE, Found
from graph.cues import find as find_cues
from graph.lexicon import Mention
from graph.references import refers_back
from graph.sentences import clauses
from graph.telling import attached, cues_of, is_framed, is_topic, tells
from graph.words import lower

_RELATIVE = re.compile(
    r"(?:jo(?:ka|ta|sta|ssa|hon|lla|lle|lta|iden|issa|ista|ihin|ita|nka|tka|ille)|mikä|mitä|minkä|missä|mistä|mihin|jolloin|kunnes)\b"
)
_NEGATION = re.compile(r"(?<!\w)(?:ei|eivät|eikä|eivätkä)(?!\w)")
_AND_IT = re.compile(
    r"(?:ja|joten|niin)\s+(?:se|sitä|siitä|sen|toiminta|malli|palvelu|kokeilu|pilotti|ohjelma|menetelmä|työtapa)\b"
)
_FINITE = re.compile(r"(?:on|oli|ovat|olivat|ei|eivät)\b")
_OWN_VERB = re.compile(r"(?:ja|sekä|mutta)\s(?:.*\s)?(?:on|oli|ovat|olivat|ei|eivät|eikä)(?!\w)")
_ELSEWHERE = re.compile(r"(?:mutta|vaan|eikä)\s+(?:\w+\s)?(?:muual|mui(?:ssa|hin|lla|lle|ta)\b|muu\s|muut\s)")
_OF_OTHERS = re.compile(r"jo(?:ssa|sta|hon|lla|lle|iden|issa|ista|ihin)\b")
_WISHED = re.compile(r"(?<!\w)(?:kaipaa(?:vat)?|kaivataan|kaivattiin|toivovat|toivoivat|toivotaan|toivottiin)(?!\w)")
_BUT_IT = re.compile(r"(?:mutta|vaan)\s(?:silti\s)?(?:se|sitä|siitä|sen|mallia?|palvelua?|toimintaa?)\b")
_GRANTED = re.compile(r"(?:vaikka|joskin|koska|sillä)\b")
_CONTRAST = re.compile(r"(?:mutta|vaan|eikä|kuitenkaan)\b")
_SEGMENT = re.compile(r",\s|\s(?:ja|sekä|tai)\s")
_ONE_NAME = re.compile(
    r"[A-ZÅÄÖ][\w-]+(?:[.,:;]?\s*|\s(?:ja|sekä|tai)\s)"
)  # goes on with a list of places: "Nokialla ja Pirkkalassa"
_MADE = frozenset({"kuvattu", "luotu", "saatu-valmiiksi", "kehitetty"})  # cues that say that a model was written down
RELATIVE_REACH = 30  # characters between a model and the relative clause on it


@dataclass(frozen=True)
class Scope:
    """Hold the part of a sentence that speaks of one mention.

    :param mention: the model.
    :param start: offset where the sentence (of a reference back: the later sentence) begins.
    :param end: offset behind that sentence.
    :param clause: the clause that the mention, or the reference back, stands in.
    :param cues: the cues that speak of it, a group for each clause: groups are judged apart.
    :param where: the stretches in which a place's name speaks of it: its own part of a list comes first, and decides.
    :param ahead: the clauses before, without a model of their own: where a place stands that the clause itself does not name.
    :param back: the model is meant by a reference back.
    :param carried: the cues are those of the sentence before.
    """

    mention: Mention
    start: int
    end: int
    clause: tuple[int, int]
    cues: tuple[tuple[Found, ...], ...]
    where: tuple[tuple[int, int], ...]
    ahead: tuple[int, int]
    back: bool = False
    carried: bool = False


def scopes(
    text: str,
    start: int,
    end: int,
    mentions: list[Mention],
    before: list[Mention],
    *,
    placed: bool = False,
    led: bool = False,
    topic: bool = False,
) -> Iterator[Scope]:
    """Yield the scope of every model that a sentence speaks of.

    :param text: the page.
    :param start: offset of the sentence.
    :param end: offset behind it.
    :param mentions: the models named in it.
    :param before: the models of the nearest sentence before it, in the same passage, that names one.
    :param placed: the sentence names a place of the region.
    :param led: it begins with one, and the sentence before names a single model: "Muuramessa ryhmää ei saatu kokoon".
    :param topic: the passage is an item on one model, whose name it begins with.
    """
    whole = is_topic(text, start, mentions) or is_framed(text, start, mentions)
    parts = [(start, end)] if whole else clauses(text, start, end)
    cues = cues_of(text, start, end, mentions)
    if mentions:
        for mention in mentions:
            clause = next(part for part in parts if part[0] <= mention.start < part[1])
            speaking = tuple(tuple(group) for group in _speaking(text, mention, mentions, parts, clause, cues) if group)
            ahead = (start, clause[0]) if mention is mentions[0] else (start, start)
            yield Scope(
                mention, start, end, clause, speaking, _where(text, mention, mentions, clause, end, cues), ahead
            )
    elif before and (
        topic or refers_back(text, start, end, placed=placed) or (led and any(tells(cue) for cue in cues))
    ):
        if _WISHED.search(lower(text[start:end])) and not any(cue.cue.status for cue in cues):
            return
        for mention in before:
            yield Scope(
                mention,
                start,
                end,
                parts[0],
                (tuple(_first(text, parts, cues)),),
                ((start, end),),
                (start, start),
                back=True,
            )


def carried(text: str, scope: Scope, previous: tuple[int, int] | None, *, named: bool = False) -> Scope:
    """Give a scope what the sentence before says, where its own says nothing, or only how a pilot went.

    "Menetelminä ovat IPC ja CoolKids" says nothing; "Sähköinen ajanvaraus onnistui" behind a sentence on a pilot is of that pilot.

    :param previous: offsets of the sentence before in the same passage.
    :param named: it names a model itself, of which it speaks.
    """
    if scope.back or previous is None:
        return scope
    denied = _NEGATION.search(lower(text[scope.start : scope.end])) is not None
    before = [] if named or denied else [cue for cue in find_cues(text, *previous) if cue.cue.past != "weak"]
    own = [cue for group in scope.cues for cue in group]
    if not own and not find_cues(text, scope.start, scope.end):
        return replace(scope, cues=(tuple(before),), carried=True)
    pilots = [cue for cue in before if cue.cue.stage == "pilot"]
    if own and not any(tells(cue) for cue in own):
        return replace(scope, cues=(*scope.cues[:-1], (*scope.cues[-1], *pilots)))
    return scope


def parenthetical(text: str, scope: Scope) -> bool:
    """Tell whether a mention stands in parentheses: an example or a list by the way."""
    before = text[scope.clause[0] : scope.mention.start]
    return before.count("(") > before.count(")")


def _first(text: str, parts: list[tuple[int, int]], cues: list[Found]) -> list[Found]:
    """Return the cues of the first clause that has any, or a denial right behind it: later ones speak of other things mostly."""
    for part, later in pairwise([*parts, (0, 0)]):
        inside = _within(cues, part)
        if inside:
            denied = [cue for cue in _within(cues, later) if cue.cue.status in NEGATIVE]
            return denied if denied and _CONTRAST.match(lower(text[slice(*later)])) else inside
    return []


def _within(cues: list[Found], part: tuple[int, int]) -> list[Found]:
    return [cue for cue in cues if part[0] <= cue.start < part[1]]


def _speaking(
    text: str,
    mention: Mention,
    mentions: list[Mention],
    parts: list[tuple[int, int]],
    clause: tuple[int, int],
    cues: list[Found],
) -> list[list[Found]]:
    own = _within(cues, clause) + _intended(text, parts, clause, cues)
    rivals = [other for other in mentions if clause[0] <= other.start < clause[1] and other is not mention]
    if own and rivals:
        own = _nearest(text, mention, rivals, clause, own)
    own = attached(text, mention, own) or _resumed(text, parts, clause, cues)
    following = _following(text, parts, clause, mention, mentions, cues)
    if any(cue.cue.status in NEGATIVE for cue in following):
        # "Malli kuvattiin, mutta sitä ei ehditty ottaa käyttöön": it was made.
        made = any(cue.cue.name in _MADE and cue.end <= clause[1] for cue in own)
        begun = any(cue.cue.status == "not-started" for cue in following)
        return [own] if made and begun else [following]
    if any(tells(cue) for cue in own + following):
        return [own, following]
    return [own + _preceding(text, parts, clause, cues)]


def _intended(text: str, parts: list[tuple[int, int]], clause: tuple[int, int], cues: list[Found]) -> list[Found]:
    """Return the intention that a clause with "että" hangs on: "Tarkoitus on, että IPC-koulutus alkaa"."""
    earlier = [part for part in parts if part[1] <= clause[0]]
    if not earlier or not lower(text[clause[0] : clause[1]]).startswith("että "):
        return []
    return [cue for cue in _within(cues, earlier[-1]) if cue.cue.phase == "planned"]


def _resumed(text: str, parts: list[tuple[int, int]], clause: tuple[int, int], cues: list[Found]) -> list[Found]:
    """Return the cues of a main clause that goes on behind a relative clause: "Tiimimalli, jota ensin vierastettiin, on laajentunut"."""
    later = [part for part in parts if part[0] >= clause[1]][:2]
    if (
        len(later) == 2
        and _RELATIVE.match(lower(text[later[0][0] : later[0][1]]))
        and _FINITE.match(lower(text[later[1][0] : later[1][1]]))
    ):
        return _within(cues, later[1])
    return []


def _following(
    text: str,
    parts: list[tuple[int, int]],
    clause: tuple[int, int],
    mention: Mention,
    mentions: list[Mention],
    cues: list[Found],
) -> list[Found]:
    """Return the cues of the next clause where it goes on about this one: "joka on jalkautettu", "mutta sitä ei jatkettu"."""
    later = [part for part in parts if part[0] >= clause[1]]
    if not later or any(later[0][0] <= other.start < later[0][1] for other in mentions):
        return []
    opening = lower(text[later[0][0] : later[0][1]])
    found = _within(cues, later[0])
    if _AND_IT.match(opening):
        return found
    if _RELATIVE.match(opening):
        # "Tehtävä kuvattiin työpajoissa, joihin osallistui väkeä" goes on about the workshops.
        said = _OF_OTHERS.match(opening) is not None and any(
            mention.end <= cue.start < clause[1] for cue in cues if tells(cue) and not cue.cue.stage
        )
        return found if clause[1] - mention.end <= RELATIVE_REACH and not said else []
    if _ELSEWHERE.match(opening):
        return []
    if _BUT_IT.match(opening):
        return found
    return [cue for cue in found if cue.cue.status in NEGATIVE] if _CONTRAST.match(opening) else []


def _preceding(text: str, parts: list[tuple[int, int]], clause: tuple[int, int], cues: list[Found]) -> list[Found]:
    """Return the cues of the nearest clause before: lists stand behind their verb ("on käynnistetty, mm. …")."""
    own = lower(text[clause[0] : clause[1]])
    if _GRANTED.match(own) or _OWN_VERB.match(own):
        return []
    for part in reversed([part for part in parts if part[1] <= clause[0]]):
        inside = _within(cues, part)
        if inside:
            return inside
    return []


def _nearest(
    text: str, mention: Mention, rivals: list[Mention], clause: tuple[int, int], cues: list[Found]
) -> list[Found]:
    """Return the cues that speak of this mention rather than of another in its clause.

    Cut at commas and "ja"; a segment's own cues speak of its models. A segment without a cue of its own belongs to the segment
    with cues that is nearest, of equals the one before it: "käynnistettiin A, B ja C".
    """
    segments = _segments(text, clause)
    own = next(index for index, part in enumerate(segments) if part[0] <= mention.start < part[1])
    telling = [index for index, part in enumerate(segments) if any(tells(cue) for cue in _within(cues, part))]
    if not telling:
        return cues
    shared = {
        index for index, part in enumerate(segments) if any(part[0] <= rival.start < part[1] for rival in rivals)
    } | {own}
    nearest = min(telling, key=lambda index: (abs(index - own), index > own))
    taken = {nearest, own} - (shared - {own} if nearest != own and nearest not in shared else set())
    for step in (-1, 1):
        index = nearest + step
        while nearest not in shared and index in telling and index not in shared:
            taken.add(index)
            index += step
    intended = [cue for cue in cues if cue.cue.phase == "planned" and cue.start < mention.start]
    found = [cue for index in sorted(taken) for cue in _within(cues, segments[index])]
    return sorted({*found, *intended}, key=lambda each: (each.start, -each.end, each.cue.name))


def _segments(text: str, clause: tuple[int, int]) -> list[tuple[int, int]]:
    """Cut a clause at commas and "ja"."""
    cuts = [clause[0], *(found.end() for found in _SEGMENT.finditer(text, *clause)), clause[1]]
    return [part for part in pairwise(cuts) if part[0] < part[1]]


def _where(
    text: str, mention: Mention, mentions: list[Mention], clause: tuple[int, int], end: int, cues: list[Found]
) -> tuple[tuple[int, int], ...]:
    """Return where a place must stand to be this mention's: before the first model of a list, behind the last, or beside it."""
    inside = [other for other in mentions if clause[0] <= other.start < clause[1]]
    if len(inside) == 1:
        # "Perhekeskuksia on kaksi: Kajaanissa ja Kuhmossa".
        listed = text[clause[1] - 1] == ":" and mentions[-1] is mention
        return (clause, (clause[1], end)) if listed else (clause,)
    segments = _segments(text, clause)
    begin, end = next(part for part in segments if part[0] <= mention.start < part[1])
    for part in segments:
        if part[0] == end and _ONE_NAME.fullmatch(text[slice(*part)]):
            end = part[1]
    own, ahead, behind = (begin, end), (clause[0], inside[0].start), (inside[-1].end, clause[1])
    # "IPC on käytössä kouluissa, CoolKids vain Vaasassa": a part with a verb ahead of the last model has no place behind it.
    said = mention is not inside[-1] and any(tells(cue) for cue in cues if mention.end <= cue.start < inside[-1].start)
    return (own, ahead) if said else (own, ahead, behind)
