"""Tell which cues of a sentence are no part of a model's own name, and lines that name their model first."""

from __future__ import annotations

import re

from graph.cues import Found
from graph.cues import find as find_cues
from graph.lexicon import Mention
from graph.words import lower

_TOPIC = re.compile(r"\)?(?:[ \u00a0][\wäöÄÖ-]+)?\s*(?::\s|\s[–/-]\s)")
_FRAMED = re.compile(
    r"(?:\s?-\w+)?\s(?:kohdalla|osalta|suhteen|tapauksessa)\b"
)  # "Chatin osalta …" is about it to its end
TOPIC_REACH = 12  # characters before a model that a line is about


def is_topic(text: str, start: int, mentions: list[Mention]) -> bool:
    """Tell a line that names its model as a heading: "Etävastaanotto: käytössä …", "Chatbot – pilotti keväällä"."""
    return (
        bool(mentions) and mentions[0].start - start <= TOPIC_REACH and _TOPIC.match(text, mentions[0].end) is not None
    )


def is_framed(text: str, start: int, mentions: list[Mention]) -> bool:
    """Tell a sentence on one model that says so first: "IPC:n kohdalla …", "Cool Kids -menetelmän osalta …"."""
    return (
        len({each.entry.id for each in mentions}) == 1
        and mentions[0].start - start <= TOPIC_REACH
        and _FRAMED.match(text, mentions[0].end) is not None
    )


def cues_of(text: str, start: int, end: int, mentions: list[Mention]) -> list[Found]:
    """Return the cues in text[start:end] that are no part of a model's own name."""
    found: list[Found] = []
    for cue in find_cues(text, start, end):
        begun = [each for each in mentions if _begins_in_name(text, cue, each)]
        # "Elintapavalmennus päättyi" is no training that is over: what stands behind the name counts alone.
        found += find_cues(text, begun[0].end, cue.end) if begun else [cue]
    return [cue for cue in found if not any(_part_of_name(text, cue, each) for each in mentions)]


def _part_of_name(text: str, cue: Found, mention: Mention) -> bool:
    """Tell a word of the model's own name ("Elintapavalmennus") from one that says something of it ("lean-koulutus")."""
    inside = mention.start <= cue.start and cue.end <= mention.bare
    if inside and cue.cue.stage == "training" and mention.entry.more.get("kind") != "method":
        # A service may be a coaching by itself, "IPS-työhönvalmennus"; a method has its training, "lean-koulutus".
        return lower(text[cue.start : cue.end]).find("valmennu") >= 0
    return inside and cue.cue.words.search(lower(mention.entry.label)) is not None


def _begins_in_name(text: str, cue: Found, mention: Mention) -> bool:
    """Tell a cue of a training that begins with the name of a service which is a coaching by itself."""
    return (
        mention.start <= cue.start < mention.bare < cue.end
        and mention.entry.more.get("kind") != "method"
        and "valmennu" in lower(text[mention.start : mention.bare])
    )


def tells(cue: Found) -> bool:
    """Tell a cue that names a status or an action from one that only says how far something has come."""
    return bool(cue.cue.status or cue.cue.stage)


def attached(text: str, mention: Mention, cues: list[Found]) -> list[Found]:
    """Leave out other action nouns where one is the model's own: "X:n pilotointi osui koulutusten aikaan" is about a pilot."""
    ends = [mention.end]
    for cue in cues:
        gap = text[min(ends[-1], cue.start) : cue.start].strip(" \u00a0,-–")
        if cue.cue.stage and mention.start <= cue.start and gap in {"", "ja", "sekä"}:
            ends.append(cue.end)
    kept = [cue for cue in cues if not cue.cue.stage or cue.end in ends[1:]]
    return kept if len(ends) > 1 else cues
