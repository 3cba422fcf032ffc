"""Find things by their names: an index of every name in memory, one for each snapshot, made at the first search.

A word of the query fits a word of a name that begins with it, of which it is an inflected Finnish form, in the middle of which it stands
(Finnish compounds), or, where nothing else is found, from which it differs by one letter. Accents do not count.
"""

from __future__ import annotations

import unicodedata
from bisect import bisect_left
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from graph import questions
from graph.adoptions import adoptions
from graph.once import once
from graph.store import Engine
from graph.views import SPREAD, Named, named_in, short
from graph.words import Name, tokens

KINDS = tuple(
    "model region municipality area organisation project programme goal page scheme ontology question".split()
)
WORDS = 8  # of a query that count; the rest of a longer one is left out
INFIX, TYPO = 4, 5  # letters that a word must have to be looked for inside others, and with a slip
EXACT, BEGINS, WORD, FORM, INSIDE, NEAR = range(6)  # how well a name fits, the best first
# By type: most names are those of claims and adoptions, which are not searched for.
_TYPES = """lev:PracticeModel lev:Region lev:Municipality lev:Area lev:Organisation lev:Project lev:Programme lev:Goal lev:SourcePage
    lev:ModelPage lev:ProjectPage skos:Concept skos:ConceptScheme prov:Role time:ProperInterval owl:Class owl:ObjectProperty
    owl:DatatypeProperty""".split()
_NAMINGS = ("skos:prefLabel", "skos:altLabel", "skos:hiddenLabel", "rdfs:label")
# One pattern for each pair: with VALUES, engines read every label there is.
_PATTERNS = " UNION ".join(
    f"{{ ?thing a {each} ; {way} ?label BIND({way} AS ?property) }}" for way in _NAMINGS for each in _TYPES
)
_NAMES = f"SELECT DISTINCT ?thing ?property ?label {{ {_PATTERNS} }}"
_WITHIN = "SELECT DISTINCT ?thing ?other { ?thing lev:within|lev:organisationKind|lev:programme ?other }"


@dataclass(frozen=True)
class Entry:
    """Hold a thing that can be found.

    :param labels: language -> preferred label.
    :param counts: numbers of regions, or models: spread (in use), reported; None where nothing is known.
    :param about: IRI of what it is in or of; empty where there is none.
    """

    iri: str
    kind: str
    labels: Mapping[str, str]
    counts: tuple[int, int] | None = None
    about: str = ""


@dataclass(frozen=True)
class Hit:
    """Hold a thing that was found.

    :param name: that fits the query, with its language.
    :param fit: how well, from `EXACT` to `NEAR`.
    """

    entry: Entry
    name: str
    language: str
    fit: int


@dataclass(frozen=True)
class _Written:
    """Hold one name of a thing, folded for the search."""

    entry: int
    text: str
    language: str
    folded: str
    weight: int


class Index:
    """Hold every name of a snapshot.

    :param engine: whose names they are.
    """

    def __init__(self, engine: Engine) -> None:
        self._names: list[_Written] = []
        self._entries: list[Entry] = []
        self._postings: dict[str, list[int]] = {}
        self._iris = engine.names
        self._fill(engine)
        self._vocabulary = sorted(self._postings)
        self._ready = {word: Name((word,)) for word in self._vocabulary}
        self._by_start: dict[str, list[str]] = {}
        for word in self._vocabulary:
            self._by_start.setdefault(word[:2], []).append(word)

    @property
    def size(self) -> int:
        """Return how many things can be found."""
        return len(self._entries)

    def named(self, iri: str, language: str) -> Named:
        """Return a thing of the index with its label."""
        at = self._at.get(iri)
        return named_in(self._iris, iri, self._entries[at].labels if at is not None else {}, language)

    def find(self, query: str, language: str) -> list[Hit]:
        """Return what fits a query, the best first.

        :param language: in which a name counts a little more.
        """
        words = [fold(token.low) for token in tokens(query)][:WORDS]
        found = self._matching(words, [self._fits(word) for word in words])
        if not found:
            found = self._matching(words, [self._near(word) for word in words])
        whole, best = fold(query.strip().lower()), dict[int, tuple[tuple[int, ...], Hit]]()
        for at, fit in found.items():
            written = self._names[at]
            if fit == FORM and written.language in {"sv", "en"}:
                continue  # only Finnish words have Finnish forms: "lasten" is none of "last reported"
            grade = EXACT if written.folded == whole else min(fit, BEGINS) if written.folded.startswith(whole) else fit
            entry = self._entries[written.entry]
            known = -(entry.counts[0] + entry.counts[1]) if entry.counts else 0
            key = (grade, written.weight, written.language != language, known, len(written.folded))
            hit = Hit(entry, written.text, written.language, grade)
            if written.entry not in best or key < best[written.entry][0]:
                best[written.entry] = (key, hit)
        ordered = sorted(best.values(), key=lambda pair: (pair[0], pair[1].name.casefold(), pair[1].entry.iri))
        return [hit for _, hit in ordered]

    def _matching(self, words: list[str], fits: list[dict[str, int]]) -> dict[int, int]:
        """Return the names that have a word for every word of the query -> how badly the worst of them fits."""
        found: dict[int, int] | None = None
        for fitting in fits:
            here: dict[int, int] = {}
            for word, fit in fitting.items():
                for at in self._postings[word]:
                    here[at] = min(fit, here.get(at, NEAR))
            found = here if found is None else {at: max(fit, here[at]) for at, fit in found.items() if at in here}
        return found if words and found else {}

    def _fits(self, word: str) -> dict[str, int]:
        found: dict[str, int] = {}
        if len(word) >= INFIX:
            found |= {each: INSIDE for each in self._vocabulary if word in each}
        for each in self._by_start.get(word[:2], ()):
            if self._ready[each].begins(word, frozenset()):
                found[each] = FORM
        start = bisect_left(self._vocabulary, word)
        for each in self._vocabulary[start:]:
            if not each.startswith(word):
                break
            found[each] = WORD
        return found

    def _near(self, word: str) -> dict[str, int]:
        known = self._fits(word)
        if known or len(word) < TYPO:
            return known
        return {each: NEAR for each in self._vocabulary if abs(len(each) - len(word)) < 2 and one_slip(word, each)}

    # ---- filling ----

    def _fill(self, engine: Engine) -> None:
        labels: dict[str, dict[str, str]] = {}
        others: list[tuple[str, str, str, int]] = []
        for row in engine.select(_NAMES).rows:
            iri, term, way = row["thing"].value, row["label"], row["property"].value
            if not kind_of(engine, iri):
                continue
            preferred = way.endswith(("prefLabel", "#label"))
            if preferred:
                labels.setdefault(iri, {}).setdefault(term.language, term.value)
            others.append((iri, term.value, term.language, 0 if preferred else 1 if way.endswith("altLabel") else 2))
        for name, question in questions.load(engine.names).items():
            iri = f"{engine.names.base}questions/{name}"
            labels[iri] = {language: question.title(language) for language in question.summary}
            others += [(iri, text, language, 0) for language, text in question.summary.items()]
        counts, about = _counts(engine), _about(engine)
        self._at = {iri: at for at, iri in enumerate(sorted(labels))}
        self._entries = [
            Entry(iri, kind_of(engine, iri), labels[iri], counts.get(iri), about.get(iri, "")) for iri in self._at
        ]
        for iri, text, language, weight in others:
            if iri in self._at:
                self._add(_Written(self._at[iri], text, language, fold(text.lower()), weight))

    def _add(self, written: _Written) -> None:
        at = len(self._names)
        self._names.append(written)
        # Keski-Pohjanmaa is found by keskipohjanmaa, too.
        both = written.folded, written.folded.replace("-", "")
        for word in {token.low for text in both for token in tokens(text)}:
            self._postings.setdefault(word, []).append(at)


@once
def index(engine: Engine) -> Index:
    """Return the index of an engine's snapshot; made at the first call."""
    return Index(engine)


def fold(text: str) -> str:
    """Return a lower-case text without accents and dots.

    >>> fold("käyttöönotto på åland")
    'kayttoonotto pa aland'
    """
    if text.isascii():
        return text
    return "".join(each for each in unicodedata.normalize("NFKD", text) if not unicodedata.combining(each))


def one_slip(one: str, other: str) -> bool:
    """Tell whether two words differ by one letter: another one, one too many, or two that have changed places.

    >>> one_slip("tiimimali", "tiimimalli"), one_slip("omatimi", "kotihoito")
    (True, False)
    """
    start = next(
        (at for at, pair in enumerate(zip(one, other, strict=False)) if pair[0] != pair[1]), min(len(one), len(other))
    )
    a, b = one[start:], other[start:]
    return a[1:] == b[1:] or a[1:] == b or a == b[1:] or (a[:2] == b[:2][::-1] and a[2:] == b[2:])


def kind_of(engine: Engine, iri: str) -> str:
    """Return the group of a thing among the results; empty for what is not searched for."""
    if iri.startswith(engine.names.ontology):
        return "ontology"
    if iri.startswith(f"{engine.names.base}questions/"):
        return "question"
    kind = (engine.names.local(iri) or "").partition("/")[0]
    if iri.startswith(engine.names.thing("scheme", "programme-goal/")):
        return "goal"
    return kind if kind in KINDS and "#" not in short(engine.names, iri) else ""


def _counts(engine: Engine) -> dict[str, tuple[int, int]]:
    """Return how many regions use and report a model, and how many models a region."""
    known = adoptions(engine)
    return {
        iri: (sum(each.status in SPREAD for each in found.values()), len(found))
        for iri, found in (*known.of_model.items(), *known.of_region.items())
    }


def _about(engine: Engine) -> dict[str, str]:
    return {row["thing"].value: row["other"].value for row in engine.select(_WITHIN).rows}


def grouped(hits: list[Hit]) -> Iterator[tuple[str, list[Hit]]]:
    """Yield what was found by kind, the kind with the best hit first."""
    order = dict.fromkeys(hit.entry.kind for hit in hits)
    for kind in sorted(
        order, key=lambda each: (next(hit.fit for hit in hits if hit.entry.kind == each), KINDS.index(each))
    ):
        yield kind, [hit for hit in hits if hit.entry.kind == kind]
