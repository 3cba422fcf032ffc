"""Find what a page claims of practice models: model, place, period, status and the rest, each with exact offsets.

passages -> sentences -> models named (or meant by a reference back) -> the words that speak of each (graph.scope) -> status
(graph.cues), places, relations and measures -> one claim a model, place and period: the strongest status with its evidence.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace

from graph.apart import is_later, means_before, set_apart
from graph.cues import NEGATIVE, Verdict, judge
from graph.header import Header
from graph.heads import load_heads
from graph.lexicon import Lexicon, Mention
from graph.measures import Measure, read_measures
from graph.names import slug
from graph.pages import Page
from graph.references import broader, is_coded, is_other, is_subject, leads, other_name
from graph.relations import Relations, elsewhere, place_meant, place_spans, read_places, read_relations
from graph.scope import Scope, carried, parenthetical, scopes
from graph.sections import Passage, Sections
from graph.sentences import sentences
from graph.statements import statements
from graph.telling import is_topic

EARLY = ("planned", "prepared")
GOES_ON = ("jatkuu", "edistyy", "viela-jatkuu")  # cues that only say that something goes on
SENTENCES_BACK = 2  # how many sentences may stand between a model and a reference back to it


@dataclass(frozen=True)
class Claim:
    """Say what one page reports of one model in one place at one time: DESIGN section 4, "a claim line".

    :param model: relative name of the practice model.
    :param place: relative name of the narrowest place that the text names, else the page's region.
    :param start: offset of the evidence; text[start:end] holds the model's name.
    :param end: offset behind the evidence.
    :param rule: the cue that decided.
    :param told: offsets of the words that decided.
    :param weak: only an effect or use is told, no status.
    :param wide: the text says that it is about more than a place named before.
    :param repeats: the id of an earlier claim of the page whose text this one repeats word for word.
    """

    page: str
    model: str
    place: str
    region: str
    period: str
    status: str
    start: int
    end: int
    line: int
    section: str
    rule: str
    goal: str | None = None
    measures: tuple[Measure, ...] = ()
    relations: Relations = field(default_factory=Relations)
    repeats: str | None = None
    told: tuple[int, int] = (0, 0)
    weak: bool = False
    wide: bool = False

    @property
    def key(self) -> tuple[str, str, str]:
        """Return what there is one claim of: period, model, place."""
        return self.period, self.model, self.place

    @property
    def id(self) -> str:
        """Return the relative name of the claim."""
        parts = (self.page, self.period, self.model.partition("/")[2], slug(self.place.partition("/")[2]))
        return "claim/" + "-".join(parts)


def read_claims(page: Page, sections: Sections, header: Header, lexicon: Lexicon) -> list[Claim]:
    """Return the claims of a page in the order of the text, one for each model, place and period.

    :param page: the page as read.
    :param sections: its passages.
    :param header: its header facts; the region is the place of a claim that names none.
    :param lexicon: the tables.
    """
    found: list[Claim] = []
    for passage in sections.passages:
        if passage.period == "plan" and is_coded(page.text, passage.start, passage.end):
            continue
        found += _passage(page, passage, header, lexicon)
    told = _narrowed(_merged(found), header.region.id)
    return list(_repeats(page, sorted(told, key=lambda claim: claim.start)))


@dataclass
class _Course:
    """Keep, along a passage, which models were named last, and where.

    :param before: the models that a reference back means.
    :param previous: offsets of the sentence before.
    :param named: the models that it names; of something that no table knows, an empty name.
    """

    before: list[Mention] = field(default_factory=list)
    previous: tuple[int, int] | None = None
    named: frozenset[str] = frozenset()
    topic: bool = False
    silent: int = 0
    places: dict[str, list[str]] = field(default_factory=dict)
    told: dict[str, list[int]] = field(default_factory=dict)

    def step(self, sentence: tuple[int, int], mentions: list[Mention], *, back: bool, other: int | None) -> None:
        """Go on behind a sentence.

        :param back: it speaks of the models before it.
        :param other: where it names something else that looks like a model.
        """
        self.silent = 0 if mentions or back else self.silent + 1
        if mentions or (self.silent > SENTENCES_BACK and not self.topic):
            self.before = mentions
        if other is not None and all(mention.start < other for mention in mentions) and not self.topic:
            self.before = []
        self.previous = sentence
        self.named = frozenset({each.entry.id for each in mentions} | ({""} if other is not None else set()))


def _passage(page: Page, passage: Passage, header: Header, lexicon: Lexicon) -> Iterator[Claim]:
    course, text = _Course(), page.text
    for start, end in sentences(text, passage.start, passage.end):
        mentions = lexicon.find_models.find(text, start, end)
        mentions = [each for each in mentions if not broader(text, each, mentions, lexicon.ancestors)]
        general = means_before(mentions, course.before, lexicon)
        mentions = [] if general else [each for each in mentions if not is_other(text, end, each, lexicon)]
        aside = set_apart(text, start, end, mentions, lexicon, header)
        places = place_spans(text, start, end, lexicon, header)
        other = other_name(text, start, end, lexicon, load_heads())
        course.topic = course.topic or (passage.bullet and is_topic(text, start, mentions))
        led = course.silent == 0 and len(course.before) == 1 and leads(text, start, places)
        before = [] if other is not None and not course.topic else course.before
        found = list(
            scopes(text, start, end, mentions, before, placed=bool(places), led=led, topic=course.topic or general)
        )
        for scope in found:
            if scope.mention in aside:
                continue
            wider = lexicon.ancestors[scope.mention.entry.id] | {scope.mention.entry.id}
            filled = carried(text, scope, course.previous, named=bool(course.named - wider))
            for statement in statements(text, filled, mentions, places, other):
                yield from _claims(page, passage, header, lexicon, statement, course)
        speaking = [each for each in mentions if each not in aside]
        course.step((start, end), speaking, back=bool(found), other=other)


def _claims(
    page: Page, passage: Passage, header: Header, lexicon: Lexicon, scope: Scope, course: _Course
) -> Iterator[Claim]:
    measures, known = read_measures(page.text, scope), course.places
    since = course.previous[0] if course.previous else scope.start
    verdict = _verdict(page.text, passage, scope) or _silent(page.text, passage, scope, measures)
    if verdict is None:
        return
    relations = read_relations(page.text, scope, lexicon, header)
    if relations.continues and verdict.rule in GOES_ON:
        # "Työ jatkuu X-hankkeessa": the project is told, and no use.
        others = tuple(tuple(cue for cue in group if cue.cue.name not in GOES_ON) for group in scope.cues)
        verdict = _verdict(page.text, passage, replace(scope, cues=others)) or replace(
            verdict, status="prepared", weak=True
        )
    start, end = min(scope.mention.start, verdict.start), max(scope.mention.end, verdict.end)
    claim = Claim(
        page.slug,
        scope.mention.entry.id,
        header.region.id,
        header.region.id,
        passage.period,
        verdict.status,
        start,
        end,
        page.line(scope.mention.start),
        passage.section,
        verdict.rule,
        passage.goal,
        measures,
        relations,
        told=(verdict.start, verdict.end),
        weak=verdict.weak,
    )
    places = read_places(page.text, scope, lexicon, header) or place_meant(page.text, since, scope, lexicon, header)
    wide = scope.back and not places and elsewhere(page.text, scope)
    again = any(scope.start <= at < scope.mention.start for at in course.told.get(claim.model, []))
    places = places or (known.get(claim.model, []) if (scope.back or again) and not wide else [])
    course.told.setdefault(claim.model, []).append(scope.mention.start)
    known[claim.model] = places
    for place in places or [claim.place]:
        yield replace(claim, place=place, wide=wide)


def _verdict(text: str, passage: Passage, scope: Scope) -> Verdict | None:
    """Return the status that a scope's cues give, in the light of the section that it stands in."""
    here = Verdict("planned", f"section/{passage.section}", scope.mention.start, scope.mention.end)
    if passage.section == "expected":
        return here
    plan = passage.period == "plan" or is_later(text, passage.period, scope)
    verdict = judge(scope.cues, plan=plan, now=passage.section in {"background", "purpose"})
    if verdict is not None and scope.carried:
        verdict = None if verdict.status in NEGATIVE else replace(verdict, start=here.start, end=here.end, weak=True)
    if passage.period == "plan" and verdict is None and parenthetical(text, scope):
        return None
    if passage.period == "plan" and not scope.back:
        return here if verdict is None or verdict.weak else verdict
    return verdict


def _silent(text: str, passage: Passage, scope: Scope, measures: tuple[Measure, ...]) -> Verdict | None:
    """Judge a model of which no cue speaks.

    A figure tells that it is in use, and so does a sentence that it begins; an item in a list of results that it was made.
    """
    if scope.back or passage.period == "plan":
        return None
    start, end = scope.mention.start, scope.mention.end
    if measures or (not passage.bullet and is_subject(text, scope.start, scope.end, scope.mention)):
        return Verdict("adopted", "measure" if measures else "subject", start, end, weak=True)
    return Verdict("prepared", "listed", start, end, weak=True) if passage.bullet else None


def _narrowed(claims: Iterable[Claim], region: str) -> list[Claim]:
    """Leave out a claim on the whole region where the same period says as much of a narrower place of it."""
    known = list(claims)
    narrower: dict[tuple[str, str], Claim] = {}
    for each in (claim for claim in known if claim.place != region):
        best = narrower.get((each.model, each.period))
        if best is None or _as_verdict(each).outranks(_as_verdict(best)):
            narrower[each.model, each.period] = each
    return [
        each for each in known if each.place != region or not _covered(each, narrower.get((each.model, each.period)))
    ]


def _covered(claim: Claim, narrower: Claim | None) -> bool:
    if narrower is None or claim.wide:
        return False
    # What a place had before the project says nothing of a goal for the whole region.
    early = claim.status in EARLY and (claim.period != "plan" or narrower.status in EARLY)
    early = early and not _as_verdict(claim).outranks(_as_verdict(narrower))
    return claim.status == narrower.status or early


def _merged(claims: Iterable[Claim]) -> list[Claim]:
    best: dict[tuple[str, str, str], Claim] = {}
    for claim in claims:
        other = best.get(claim.key)
        best[claim.key] = claim if other is None else _merge(other, claim)
    return list(best.values())


def _merge(one: Claim, other: Claim) -> Claim:
    """Keep the stronger of two claims, of equals the one under a goal's heading; all else comes from both."""
    if one.period == "plan" and (one.status in NEGATIVE) != (other.status in NEGATIVE):
        # What was dropped before the project is no word against a goal of it.
        return one if other.status in NEGATIVE else other
    better = _as_verdict(other).outranks(_as_verdict(one))
    clearer = not _as_verdict(one).outranks(_as_verdict(other)) and other.goal is not None and one.goal is None
    kept, rest = (other, one) if better or clearer else (one, other)
    measures = tuple(dict.fromkeys([*kept.measures, *rest.measures]))
    return replace(kept, measures=measures, relations=kept.relations.joined(rest.relations))


def _as_verdict(claim: Claim) -> Verdict:
    # A denial counts before a status only inside a passage: elsewhere on the page it speaks of another part of the model.
    return Verdict(claim.status, claim.rule, claim.start, claim.end, weak=claim.weak and claim.status not in NEGATIVE)


def _repeats(page: Page, claims: list[Claim]) -> Iterator[Claim]:
    """Mark a claim whose line stands word for word under an earlier heading of the page."""
    first: dict[tuple[str, str, str], Claim] = {}
    lines = page.text.split("\n")
    for claim in claims:
        key = (lines[claim.line - 1].strip(), claim.model, claim.place)
        earlier = first.setdefault(key, claim)
        yield replace(claim, repeats=earlier.id) if earlier.period != claim.period else claim
