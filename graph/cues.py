"""Tell what a clause says of a model: the status from its cue words.

Two tables of mappings/lexicon hold the knowledge: `cues.csv` (words, and what they say) and `stages.csv` (an action noun
such as "käyttöönotto" together with how far it has come: "on tarkoitus", "on valmisteltu", "on edennyt", "on onnistunut").

A clause is judged so:
1. a cue of `discontinued` or `not-started` decides;
2. an action noun gives the status of its stage in the phase that the clause is in;
3. a finite verb gives its status; under an intention ("on tarkoitus") only what is past and done stands;
4. of several statuses the strongest counts; a weak cue (an effect, use) counts less than a pilot, more than a preparation.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import zip_longest
from pathlib import Path

from graph.errors import LexiconError
from graph.files import read_table
from graph.settings import ROOT
from graph.words import WORDS_KEPT, lower, pattern

STRENGTH = {
    "planned": 1,
    "prepared": 2,
    "piloted": 3,
    "in-introduction": 4,
    "adopted": 5,
    "scaled": 6,
    "established": 7,
}
WEAK = STRENGTH["piloted"]
NEGATIVE = ("discontinued", "not-started")
PHASES = ("planned", "preparing", "ongoing", "done")
FOLDER = ROOT / "mappings" / "lexicon"


@dataclass(frozen=True)
class Cue:
    """Hold one row of cues.csv.

    :param name: the row's name, shown as the rule of a claim.
    :param status: what the cue says by itself; empty for an action noun or a mere phase.
    :param stage: the action that the cue names; empty for a verb.
    :param phase: how far the clause's action has come.
    :param past: `yes` past and done, `state` a lasting state, `weak` less than a word for a pilot, `hint` only where
        nothing else speaks, else empty.
    :param words: what it is told by.
    :param needed: what some word of a text fits wherever `words` does; None where none is known.
    :param example: a sentence of ours.
    :param gives: the status that the example gets.
    """

    name: str
    status: str
    stage: str
    phase: str
    past: str
    words: re.Pattern[str]
    needed: re.Pattern[str] | None
    example: str
    gives: str


@dataclass(frozen=True)
class Found:
    """Say where a cue stands."""

    cue: Cue
    start: int
    end: int


@dataclass(frozen=True)
class Verdict:
    """Say what a stretch of text claims: status, the cue that decided, and whether it is only weak."""

    status: str
    rule: str
    start: int
    end: int
    weak: bool = False

    def outranks(self, other: Verdict | None) -> bool:
        """Tell whether this verdict counts before another on the same model, place and period."""
        return other is None or _rank(self) > _rank(other)


def _rank(verdict: Verdict) -> tuple[bool, float]:
    # An effect tells of use, but less surely than a word for a pilot and more surely than one for a preparation.
    strength = min(STRENGTH.get(verdict.status, 0), WEAK) - 0.5 if verdict.weak else STRENGTH.get(verdict.status, 0)
    return verdict.status in NEGATIVE, strength


@cache
def load(folder: Path = FOLDER) -> tuple[Cue, ...]:
    """Read and check cues.csv.

    :raises LexiconError: a row with an unknown status, stage or phase.
    """
    cues = []
    columns = ["cue", "status", "stage", "phase", "past", "pattern", "example", "gives"]
    for line, row in read_table(folder / "cues.csv", columns, LexiconError):
        known = (
            row["status"] in {"", *STRENGTH, *NEGATIVE}
            and row["stage"] in {"", *stages(folder)}
            and row["phase"] in {"", *PHASES}
        )
        if not known or row["gives"] not in {*STRENGTH, *NEGATIVE}:
            known_words = [", ".join(words) for words in ([*STRENGTH, *NEGATIVE], stages(folder), PHASES)]
            hint = "statuses: {}; stages: {}; phases: {}".format(*known_words)
            raise LexiconError(
                f"unknown status, stage or phase of cue {row['cue']!r}", f"{folder / 'cues.csv'}:{line}", hint
            )
        name, words = row.pop("cue"), row.pop("pattern")
        rest = {key: row[key] for key in columns if key in row}
        cues.append(Cue(name, words=pattern(words), needed=_needed(words), **rest))
    return tuple(cues)


def _needed(text: str) -> re.Pattern[str] | None:
    """Return what the first word of each phrase of a pattern is; None where one has other signs than letters, digits and hyphens."""
    first = [next((word for word in part.split() if word != "..."), "") for part in lower(text).split(" ; ")]
    choices = "|".join(first)
    if not all(first) or not re.fullmatch(r"[\w*|-]+", choices):
        return None
    return re.compile(r"(?<!\w)(?:{})(?!\w)".format(choices.replace("*", r"[\w-]*")))


@lru_cache(maxsize=WORDS_KEPT)
def _likely(word: str) -> tuple[int, ...]:
    """Return the places in the table of the cues that a text may hold for holding this word."""
    return tuple(at for at, cue in enumerate(load()) if cue.needed is None or cue.needed.search(word))


@cache
def stages(folder: Path = FOLDER) -> dict[str, dict[str, str]]:
    """Return stage -> phase (or `none`) -> status, from stages.csv."""
    return {
        row.pop("stage"): row for _, row in read_table(folder / "stages.csv", ["stage", "none", *PHASES], LexiconError)
    }


def find(text: str, start: int, end: int) -> list[Found]:
    """Return the cues in text[start:end] in order; of cues that overlap, the longest counts, and a hint behind all others."""
    low = lower(text[start:end])
    # Most cues need not be looked for: none of the words that they begin with is there.
    likely = sorted({at for word in re.findall(r"[\w-]+", low) for at in _likely(word)})
    found = [
        Found(cue, start + hit.start(), start + hit.end())
        for cue in (load()[at] for at in likely)
        for hit in cue.words.finditer(low)
    ]
    found.sort(key=lambda each: (each.cue.past == "hint", -(each.end - each.start), each.start))
    kept: list[Found] = []
    for each in found:
        if not any(each.start < other.end and other.start < each.end and not _both(each, other) for other in kept):
            kept.append(each)
    return _heads(text, sorted(kept, key=lambda each: each.start))


def _heads(text: str, found: list[Found]) -> list[Found]:
    """Leave out what is denied, and an action noun that qualifies the next ("käyttöönoton valmistelu") or is a purpose."""
    kept = []
    for each, after in zip_longest(found, found[1:]):
        word = lower(text[each.start : each.end])
        qualifies = (
            after is not None and after.cue.stage and word.endswith("n") and not text[each.end : after.start].strip()
        )
        if not (each.cue.stage and (qualifies or word.endswith(("miseksi", "mikseen")))) and not _denied(text, each):
            kept.append(each)
    return kept


_DENIAL = re.compile(
    r"(?<!\w)(?:ei|eivät|eikä|eivätkä|ettei|etteivät|emme|tuskin|ilman)(?!\w)(?:[^\w.;,:]+[\w-]+){0,6}[^\w.;,:]+$"
)
# "Menetelmän osaajia alueella ei juuri ole": what there is none of is denied behind its name.
_THERE_IS_NONE = re.compile(
    r"[\w-]*\s(?:[\w-]+\s){0,2}(?:ei|eikä|eivät)\s(?:[\w-]+\s)?(?:ole|ollut|löydy|löytynyt)(?=[.,;]|\s(?:ja|eikä)\s|$)"
)
_NOT_ONLY = re.compile(r"(?:vain|ainoastaan|pelkästään)\s")


def _denied(text: str, found: Found) -> bool:
    """Tell a cue that stands behind a negation ("ei ole vakiintunut") and does not itself hold it ("ei ehditty aloittaa")."""
    if found.cue.stage and _THERE_IS_NONE.match(lower(text[found.end : found.end + 90])):
        return True
    before = _DENIAL.search(lower(text[max(0, found.start - 90) : found.start]))
    if before is None or found.cue.phase == "planned" or _NOT_ONLY.search(before.group()):
        return False
    return bool(found.cue.status or found.cue.stage) or found.cue.phase == "done"


def _both(one: Found, other: Found) -> bool:
    """Let an action noun stand inside a wider pattern: "ei ehditty pilotoida", "ottaa tiimimallin pilotti käyttöön"."""
    return (
        bool(one.cue.stage) != bool(other.cue.stage)
        and one.cue.status not in NEGATIVE
        and other.cue.status not in NEGATIVE
    )


def judge(groups: tuple[tuple[Found, ...], ...], *, plan: bool = False, now: bool = False) -> Verdict | None:
    """Return what the cues that speak of a model say together, None where they say nothing.

    :param groups: the cues of each clause.
    :param plan: the clauses stand in a section on goals or background: only what is past and done stands.
    :param now: they tell how things are (background): what is in use stands too.
    """
    best: Verdict | None = None
    for found in groups:
        for verdict in _verdicts(found, plan=plan, now=now):
            if verdict.outranks(best):
                best = verdict
    return best


def _verdicts(found: tuple[Found, ...], *, plan: bool, now: bool) -> list[Verdict]:
    denials = [_verdict(each, each.cue.status) for each in found if each.cue.status in NEGATIVE]
    intended = plan or _is_intended(found)
    said = [
        verdict
        for each in found
        if each.cue.past != "hint" and (verdict := _one(each, found, intended=intended, now=now))
    ]
    if denials or said:
        return denials or said
    hints = [_verdict(each, each.cue.status) for each in found if each.cue.past == "hint" and not intended]
    return hints or [_verdict(each, stages()["unnamed"][each.cue.phase], weak=True) for each in found if each.cue.phase]


def _one(each: Found, found: tuple[Found, ...], *, intended: bool, now: bool) -> Verdict | None:
    cue = each.cue
    if cue.stage:
        # "Vuonna 2019 koulutettiin osaajia" stands in a background: a finite verb in the past tells that it was done.
        past = now and any(other.cue.past == "yes" for other in found) and not _is_intended(found)
        return _verdict(each, stages()[cue.stage]["planned" if intended and not past else _phase(found)])
    if not cue.status or (cue.phase and any(other.cue.stage for other in found) and cue.status != "planned"):
        return None
    if intended and cue.past != "yes" and not (now and cue.past == "state"):
        return _verdict(each, "planned") if cue.past != "weak" else None
    return _verdict(each, cue.status)


def _is_intended(found: tuple[Found, ...]) -> bool:
    return any(each.cue.phase == "planned" for each in found)


def _phase(found: tuple[Found, ...]) -> str:
    """Return how far the action of a clause has come: the furthest phase that it names."""
    named = [each.cue.phase for each in found if each.cue.phase]
    return max(named, key=PHASES.index) if named else "none"


def _verdict(each: Found, status: str, *, weak: bool = False) -> Verdict:
    return Verdict(status, each.cue.name, each.start, each.end, weak or each.cue.past in {"weak", "hint"})
