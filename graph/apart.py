"""Tell what a sentence names and nothing is claimed of, what it means by a wider word, and what it puts behind the report."""

from __future__ import annotations

import re

from graph.header import Header
from graph.lexicon import Lexicon, Mention
from graph.references import is_elsewhere, is_project, is_set_apart
from graph.relations import other_places
from graph.scope import Scope
from graph.sentences import clauses


def set_apart(
    text: str, start: int, end: int, mentions: list[Mention], lexicon: Lexicon, header: Header
) -> list[Mention]:
    """Return the mentions of which nothing is claimed here: projects of that name, definitions, what is done elsewhere."""
    away, parts = other_places(text, start, end, lexicon, header), clauses(text, start, end)
    return [
        each
        for each in mentions
        for clause in parts
        if clause[0] <= each.start < clause[1]
        and (
            is_project(text, each)
            or is_set_apart(text, start, end, clause, each)
            or is_elsewhere(text, clause, each, away)
        )
    ]


def means_before(mentions: list[Mention], before: list[Mention], lexicon: Lexicon) -> bool:
    """Tell a sentence that names only the wider kind of the digital service before it: "Omaolo … Oirearvioita tehdään …"."""
    services = [each for each in before if each.entry.more.get("kind") == "digital-service"]
    return bool(mentions) and all(
        each.entry.more.get("kind") == "digital-service"
        and any(each.entry.id in lexicon.ancestors[other.entry.id] for other in services)
        for each in mentions
    )


def is_later(text: str, period: str, scope: Scope) -> bool:
    """Tell a clause on a year behind the one that is reported: "Käyttöönotosta vastaa vuodesta 2024 alkaen …"."""
    reported = re.match(r"\d{4}", period)
    named = re.findall(r"(?<!\d)20\d\d(?!\d)", text[scope.clause[0] : scope.clause[1]])
    action_alone = all(cue.cue.stage or cue.cue.past == "hint" for group in scope.cues for cue in group)
    return reported is not None and bool(named) and min(named) > reported.group() and action_alone
