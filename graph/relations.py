"""Read what a sentence says of a model beside its status: places, origin, partners, follow-on projects."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from graph.errors import LexiconError
from graph.files import read_table
from graph.header import Header
from graph.lexicon import Entry, Lexicon, Mention, split
from graph.scope import Scope
from graph.settings import ROOT
from graph.words import lower, pattern

_EXCEPT = re.compile(r"\s*(?:\w+\s+){0,2}lukuun\s+ottamatta|\s*ulkopuol")
_BUT = re.compile(r"(?<!\w)paitsi\s$")
_ASIDE = re.compile(r"\s+(?:jo|vain|jopa|peräti|noin|yli|lähes)\s")
_EXAMPLE = re.compile(r"\s+(?:esimerki|mallin\s+muka|tapaan|opei|kokemuks|kokemust|\w+\s+pohjalta)")
_SPREADS = re.compile(r"(?<!\w)(?:laaje|laaja|levi|ulot|vied|monist|skaala)")
_ONWARD = re.compile(
    r"(?<!\w)(?:laajen|laajet|levi|ulot|vied|monist|skaala)\w*\s(?:.*\s)?(?:muual|mui(?:hin|lle)|kaik(?:ille|kialle|kiin)|koko\s|naapuri|ympäri)"
)
_BODY = re.compile(
    r"\s*(?:kaupun|kunta|kunna|hyvinvointialue|kuntayhtym|sairaanhoitopiir|amk(?!\w)|ammattikorkeak|yliopist|seurakun|hanke|hankk)"
)
_WHOLE = re.compile(
    r"(?<!\w)koko\s+(?:maakun|aluee|hyvinvointialue|pohjois-|etelä-|keski-|länsi-|itä-|varsinais-|kanta-|päijät-|satakun|pirkan|kainuu|lapi|kymen|uudellamaa)\w*"
)
_THERE = re.compile(
    r"(?<!\w)(?:siellä|sinne|(?<!n\s)(?:kaupungin|kunnan)\s+\w*(?:asemal|keskuks|toime|neuvol|kouluis|sairaala|palvelui)\w*)(?!\w)"
)
_OTHERS = re.compile(
    r"(?<!\w)(?:muual(?:la|le)|mui(?:ssa|hin|lla|lle)\s+(?:kun|ase|alue|yksik|palvelu|paikkak|neuvol|koulu))"
)
_ADJECTIVE = re.compile(r"(?<!\w)(\w{3,}?)(?:l[aä]i|(?<=joki)|(?<=vesi))s(?:e|i)(?:ss[aä]|ll[aä]|lle|in|en)?\s+(?=\w)")
_FROM = re.compile(r"(?:st|lt)[aä]$")
_TRUNCATED = re.compile(r"(\w{3,})-\s+(?:ja|tai|sekä)\s+$")


@dataclass(frozen=True)
class Relations:
    """Hold relative names: where a model came from, who runs it together, in what it goes on."""

    origin: str | None = None
    partners: tuple[str, ...] = ()
    continues: tuple[str, ...] = ()

    def joined(self, other: Relations) -> Relations:
        """Return what either of two says; the first one's origin counts."""
        partners = tuple(dict.fromkeys([*self.partners, *other.partners]))
        return Relations(
            self.origin or other.origin, partners, tuple(dict.fromkeys([*self.continues, *other.continues]))
        )


@cache
def _rules() -> tuple[tuple[str, frozenset[str], str, re.Pattern[str]], ...]:
    path = ROOT / "mappings" / "lexicon" / "relations.csv"
    rows = read_table(path, ["relation", "entity", "side", "pattern", "example"], LexiconError)
    return tuple(
        (row["relation"], frozenset(split(row["entity"])), row["side"], pattern(row["pattern"])) for _, row in rows
    )


def read_places(text: str, scope: Scope, lexicon: Lexicon, header: Header) -> list[str]:
    """Return the places that the clause names for the model: in the region, or the wider area that the region is part of.

    :param header: tells the region; a place elsewhere is an origin or background, never the place of a claim.
    """
    for parts in (scope.where[:1], scope.where[1:], (scope.ahead,)):
        here = [place for part in parts for place in _places(text, part, scope, lexicon, header)]
        # "laajeni Joensuusta Kontiolahdelle" tells of Kontiolahti: of Joensuu the page tells elsewhere.
        onward = any(_ONWARD.search(lower(text[part[0] : part[1]])) for part in parts)
        here = [each for each in here if not each[1]] or ([] if onward else here)
        if here:
            wholes = {lexicon.places[name].more.get("part_of") for name, _ in here if name in lexicon.places}
            return list(dict.fromkeys(name for name, _ in here if name not in wholes))
    return []


def place_meant(text: str, since: int, scope: Scope, lexicon: Lexicon, header: Header) -> list[str]:
    """Return the place that "siellä" or "kaupungin terveysasemalla" means: the last one named before it, since a sentence."""
    word = _THERE.search(lower(text[scope.clause[0] : scope.clause[1]]))
    if word is None:
        return []
    before = lexicon.find_places.find(text, since, scope.clause[0] + word.start())
    named = [name for each in before if (name := _place(each.entry, header.region))]
    return named[-1:]


def elsewhere(text: str, scope: Scope) -> bool:
    """Tell a sentence on other places than the one before: "Muihin kuntiin sitä suunnitellaan"."""
    return _OTHERS.search(lower(text[scope.start : scope.end])) is not None


def _places(
    text: str, part: tuple[int, int], scope: Scope, lexicon: Lexicon, header: Header
) -> Iterator[tuple[str, bool]]:
    """Yield each place of a stretch, and whether something is said to come from there."""
    for mention in lexicon.find_places.find(text, *part):
        for entry in (*_truncated(text, scope, mention, lexicon), mention.entry):
            name = _place(entry, header.region)
            if name and not _is_apart(text, part, mention, scope):
                yield name, _FROM.search(lower(text[mention.start : mention.end])) is not None
    for name in _by_people(lower(text[part[0] : part[1]]), lexicon, header.region):
        yield name, False
    if _WHOLE.search(lower(text[part[0] : part[1]])):
        yield header.region.id, False


def _by_people(low: str, lexicon: Lexicon, region: Entry) -> Iterator[str]:
    """Yield the places of a region that an adjective tells: "kuhmolaisilla asemilla", "kahdella seinäjokisella koululla"."""
    for found in _ADJECTIVE.finditer(low):
        for entry in lexicon.places.values():
            label = lower(entry.label)
            if (
                label[:4] == found.group(1)[:4]
                and found.group(1) in {label, label[:-1] + "e"}
                and _place(entry, region)
            ):
                yield entry.id


def _is_apart(text: str, part: tuple[int, int], mention: Mention, scope: Scope) -> bool:
    """Tell a place that is none of the statement: left out of it, a body, an example, or where the model was before it spread."""
    after = lower(text[mention.end : mention.end + 60])
    aside = text[: mention.start].endswith(", ") and _ASIDE.match(after) is not None
    owner = text[mention.end - 1] == "n" and not text[mention.end : scope.mention.start].strip()
    before = after.startswith((" lisäksi", " jälkeen")) or (owner and mention.start < scope.mention.start)
    spread = before and _SPREADS.search(lower(text[part[0] : part[1]])) is not None
    left_out = (
        _BUT.search(lower(text[max(0, mention.start - 10) : mention.start])) is not None
        or _EXCEPT.match(after) is not None
        or _EXAMPLE.match(after) is not None
    )
    return aside or spread or left_out or _is_body(text, mention)


def other_places(text: str, start: int, end: int, lexicon: Lexicon, header: Header) -> list[Mention]:
    """Return the places of other regions that a sentence names."""
    found = lexicon.find_places.find(text, start, end)
    return [each for each in found if not _place(each.entry, header.region) and each.entry.id != header.region.id]


def place_spans(text: str, start: int, end: int, lexicon: Lexicon, header: Header) -> list[tuple[int, int]]:
    """Return where a sentence names places of the page's region."""
    found = lexicon.find_places.find(text, start, end)
    named = [(each.start, each.end) for each in found if _place(each.entry, header.region) and not _is_body(text, each)]
    whole = [(start + each.start(), start + each.end()) for each in _WHOLE.finditer(lower(text[start:end]))]
    return sorted([*named, *whole])


def _is_body(text: str, mention: Mention) -> bool:
    """Tell the city as an organisation ("Espoon kaupunki") from the city as a place."""
    return text[mention.end - 1] == "n" and bool(_BODY.match(lower(text[mention.end : mention.end + 20])))


def _place(entry: Entry, region: Entry) -> str | None:
    within = entry.more.get("within", "")
    if within == "*":
        return entry.id.replace("*", region.id.partition("/")[2])
    return entry.id if within == region.id or entry.id == region.more.get("within") else None


def _truncated(text: str, scope: Scope, mention: Mention, lexicon: Lexicon) -> Iterator[Entry]:
    """Yield the place of the cut-off word in "Lesti- ja Perhonjokilaakson"."""
    cut = _TRUNCATED.search(text, scope.start, mention.start)
    label = mention.entry.label.casefold()
    if not cut:
        return
    start = cut.group(1).casefold()
    for entry in lexicon.places.values():
        other = entry.label.casefold()
        if (
            other.startswith(start)
            and other != label
            and label.endswith(other[len(start) :])
            and len(other) > len(start) + 3
        ):
            yield entry


def read_relations(text: str, scope: Scope, lexicon: Lexicon, header: Header) -> Relations:
    """Return origin, partners and follow-on projects that the scope's sentence tells of the model."""
    found = Relations()
    for kind, mention in _entities(text, scope, lexicon, header):
        after, before = lower(text[mention.end : mention.end + 60]), lower(text[scope.start : mention.start])
        for relation, entities, side, words in _rules():
            fits = (
                words.match(after.lstrip(" -–:n\u00a0")) or words.search(after[:40])
                if side == "after"
                else words.search(before)
            )
            if kind in entities and fits:
                found = found.joined(_relation(relation, mention.entry.id))
                break
    return found


def _entities(text: str, scope: Scope, lexicon: Lexicon, header: Header) -> Iterator[tuple[str, Mention]]:
    finders = (
        ("organisation", lexicon.find_organisations),
        ("project", lexicon.find_projects),
        ("place", lexicon.find_places),
    )
    own = {header.programme.id} if header.programme else set()
    for kind, finder in finders:
        for mention in finder.find(text, scope.start, scope.end):
            elsewhere = kind != "place" or (
                _place(mention.entry, header.region) is None and mention.entry.id != header.region.id
            )
            if (
                elsewhere
                and mention.entry.id not in own
                and not (mention.start < scope.mention.end and scope.mention.start < mention.end)
            ):
                yield mention.entry.id.partition("/")[0] if kind == "project" else kind, mention


def _relation(name: str, entity: str) -> Relations:
    if name == "origin":
        return Relations(origin=entity)
    return Relations(partners=(entity,)) if name == "partner" else Relations(continues=(entity,))
