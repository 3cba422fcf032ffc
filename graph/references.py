"""Tell what a sentence without a model's name is about: the model before it, something else that has a name, or another region."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from graph.cues import find as find_cues
from graph.heads import Heads
from graph.lexicon import Lexicon, Mention
from graph.newnames import find_terms
from graph.sentences import clauses
from graph.words import lower

_ANAPHOR = (
    r"(?:toimintamalli\w*|malli|mallin|mallia|mallista|mallissa|malliin|mallille|mallilla|mallit|malleja|palvelu|palvelun|palvelua|palvelusta"
    r"|palveluun|palvelut|pilotti|pilotin|pilottia|pilotit|pilotointi\w*|kokeilu(?!i?na\b|luon)\w*|menetelmä\w*|ohjelma|ohjelmaa|ohjelman|ohjelmasta|toiminta"
    r"|toiminnan|toimintaa|toiminnasta|toiminnalle|toimintaan|työ|kehittäminen|kehittämistä|kehittämistyö\w*|käyttöönot\w*|käyttö|käyttöä"
    r"|käyttöaste|valmennus|valmennukset|koulutus|koulutukset|aloitus\w*|aloittami\w*|käynnistys\w*|käynnistymi\w*|laajennus\w*"
    r"|työtapa|työtapaa|työtapaan|työtavasta|vastaavaa|vastaava|sitä|se|sen|siitä|siihen|niitä|niiden|niistä|niihin)"
)
_BEFORE = (
    r"(?:(?:uu(?:si|tta|den)|tämä|tämän|tätä|kyseinen|kyseistä|yhteinen|sama|samaa|saman|se|sen|sitä|siitä)\s+){0,2}"
)
_REFERENCE = re.compile(_BEFORE + _ANAPHOR + r"\b")
_LATER_REFERENCE = re.compile(r"(?<!\w)" + _ANAPHOR + r"(?!\w)")
_PRONOUN = re.compile(r"se|sen|sitä|siitä|siihen|niitä|niiden|niistä|niihin|vastaavaa|vastaava")
_OTHERS = re.compile(r"muu(?:alla|alle|t\s)|mui(?:ssa|lla|hin|lle)\s")
_EARLIER = re.compile(
    r"(?:aiemmin|aikaisemmin|alun\s+perin|ennen\s+hanketta)\b"
)  # of the time before, and of another period
_OPENING = re.compile(
    r"(?:(?:myös|sen|sijaan|lisäksi|samoin|toisaalta|viimeksi|viimeisenä|ensimmäisenä|esimerkiksi|vasta|vielä|nyt|keväällä|kesällä|syksyllä"
    r"|talvella|keväästä|syksystä|alkaen|lähtien|vuoden|alusta|lopulla|vuonna|\d{4}|muualla|kuten|jo|\w+kuussa|\w+kuusta)[\s,]+){0,4}"
)
# "Kuhmossa suunniteltu vanhempien ilta": what happens there has a subject of its own.
_OWN_SUBJECT = re.compile(
    r"\s+(?:suunnitel|kaavail|kokeil|toimi|syntyn|järjeste|aloite|kehite|pidet)\w*(?:tu|ty|tua|tyä|va|vä|nut|nyt)\s+\w+\s+\w+"
)
_PROJECT = re.compile(r"\s?[-–]\s?(?:osa)?(?:hank|projekti)")
_BEHIND_PROJECT = re.compile(r"\s?[-–]\s?\w+\s(\w{6})")  # "Kansa-koulu III -hankkeen verkkokoulutus" is that course
_CAPITAL = re.compile(r"(?<=[a-zåäö] )[A-ZÅÄÖ][a-zåäö]{3,}")
_NO_MODEL = re.compile(
    r"(?:innokyl|setlement|suom|ruots|euroop|teams|excel|word|kela|thl|sote)|\w+(?:oy|ry)\b"
    r"|\w+(?:\s\w+)?\s(?:oy|ry|yliopisto|ammattikorkeakoul|seurakun|säätiö)"
)
_DEFINED = re.compile(r"(?:kyse(?:essä)?|kysymys)\s+(?:on|oli)\b")
_NOT_OURS = re.compile(
    r"(?<!\w)(?:ei|eivät|eikä|eivätkä)\s(?:.*\s)?(?:kuulu|sisälly|sisällytetty)\s|rajattu\s(?:.*\s)?ulkopuolelle"
    r"|(?<!\w)(?:ei|eivät|eikä|eivätkä)\s(?:.*\s)?tässä\shankkeessa|hankkeen\s(?:tehtävä|vastuulla)(?!\w)"
    r"|jonka\s(?:.*\s)?vastuul(?:le|la)(?!\w)|vastaa\s(?:toinen|toiset|rinnakkainen)\s"
)
_VISIT = re.compile(
    r"(?<!\w)(?:vierail(?:tiin|tu|i|ivat|u|ulla|un|ut|uja)|tutustumassa|tutustumi\w+|tutustuttiin|tutustui(?:vat)?|tutustunut|benchmark\w*|opintokäyn\w+|opintomatk\w+)(?!\w)"
)
_OWN_NAME = re.compile(r"(?<![\w-])([A-ZÅÄÖ][a-zåäö]{3,})\s?-$")
_SERVICE = re.compile(r"\s(?:\w+\s)?\w*(?:palvelu|toimint|toiminn|työt|tarjon|kokonais|arke)")
_PART_OF = re.compile(r"(?<!\w)osa(?:na|ksi|a)?\s$")
_ROLE = re.compile(
    r"(?:koordinaattor|vastaav|hoitaj|ohjaaj|lääkär|asiantuntij|valmentaj|osaaj|työntekij)\w*(?:t|ien|jen|iden)$"
)
_REST = re.compile(r"[\w-]*")
_SAYS = re.compile(r"\s(?:arvioi|kerto|koke|koki|toivo|pitäv|pitiv|kiitt|katso|näkev|mielestä|mukaan(?!\w))")
_PEOPLE = re.compile(r"\s(?:edustaj|asiantuntij|jäsen|projektipäälli|palaver|kokouks)")
# "Nuorten vastaanotto siirtyi perhekeskuksen palveluksi": what became a part of the model is told, not the model.
_OF_IT = re.compile(r"\s(?:\w+\s)?(?:(?:osa|palvelu|tehtävä|toiminna)(?:ksi|iksi)|vastuulle|\w+t[aä]v[aäi]ksi)(?!\w)")
_CODE = re.compile(r"(?:OH|TP|TK|OP|KK|HT|[Oo]sahanke|[Tt]yöpaketti|[Oo]sakokonaisuus|[Oo]sa-alue)\s?\d+[.:)]?\s")
_THERE = re.compile(r"(?:ss[aä]|ll[aä])$")
_FIRST_WORDS = re.compile(r"(?:(?:mitä|miten|mutta|vaan|kun|taas|joka|jota|myös|jo|esimerkiksi|mm\.)\s+)?")
_LIKE = re.compile(r"\s*(?:\w+\s+)?(?:kehite|käyte|luo[dt]|laadi|tehdy|pilotoi|mallin|tapaan|esimerk)")
_SEPARATE = re.compile(r"[,;:(]|\s(?:ja|sekä|tai|että)\s")
_LATER_CLAUSE = re.compile(
    r",\s(?:ja|joten|mutta|jossa|jolla|jonka)\s"
)  # "Omaolo on käytössä, ja oirearvioita tehtiin"
_ELATIVE = re.compile(r"ist[aä]$")
_OF_OR_FROM = re.compile(r"(?:[^aeiouyäöh\W][aeiouyäö]n|yön|:n|[ijd]en|tten|st[aä]|lt[aä])$")
_ONLY_SAID = re.compile(
    r"(?<!\w)(?:ei|eivät|eikä|eivätkä|piti|pitäisi|voisi|voidaan|pystyisi|kuuluisi|olisi|päätettiin|esiteltiin|esitteli|esittelivät|kerrottiin"
    r"|keskusteltiin|mietittiin|toivottiin|toivotaan|kysyttiin|puuttuu|puuttuivat|haettiin|jonottaa|huolettaa|vastuulle|jouduttu|jouduttiin|rajaamaan)(?!\w)"
)
# What may stand before the model that a sentence is about: a place, a time.
_AHEAD = re.compile(r"(?:(?:\w*(?:ss[aä]|ll[aä]|n[aä]|st[aä]|[^aä\W]n)|myös|nyt|uusi|uudet)\s+){0,3}")
REFERENCE_REACH = 48  # characters in which a sentence must say what it refers back to


def refers_back(text: str, start: int, end: int, *, placed: bool = False) -> bool:
    """Tell whether a sentence without a model speaks of the one before it.

    It begins with a word such as "malli" or "palvelu", or it names a place and has such a word: "Siilinjärvellä malli on vakiintunut".
    """
    if _EARLIER.match(lower(text[start:end])):
        return False
    if _REFERENCE.match(lower(text[start : start + REFERENCE_REACH])):
        return True
    if not placed and not _OTHERS.match(lower(text[start : start + REFERENCE_REACH])):
        return False
    # "Tuikkutupa jatkuu, ja Kuhmossa se avattiin": a pronoun behind the first clause means what that speaks of.
    first = clauses(text, start, end)[0]
    return any(
        found.start() + start < first[1] or _PRONOUN.fullmatch(found.group()) is None
        for found in _LATER_REFERENCE.finditer(lower(text[start:end]))
    )


def leads(text: str, start: int, places: Iterable[tuple[int, int]]) -> bool:
    """Tell whether a sentence begins with a place: "Kuhmossa …", "Sen sijaan Kuhmossa …", "Elokuussa 2022 Kuhmossa …"."""
    opening = _OPENING.match(lower(text[start : start + 2 * REFERENCE_REACH]))
    first = [place for place in places if opening is not None and start <= place[0] <= start + opening.end()]
    own = any(_OWN_SUBJECT.match(lower(text[place[1] : place[1] + REFERENCE_REACH])) for place in first)
    return bool(first) and (
        not own or _LATER_REFERENCE.search(lower(text[start : start + 2 * REFERENCE_REACH])) is not None
    )


def other_name(text: str, start: int, end: int, lexicon: Lexicon, heads: Heads) -> int | None:
    """Return where a sentence names what looks like a model that no table knows, or None: what it says is of that."""
    terms = [term.start for term in find_terms(text, start, end, lexicon, heads) if term.doubt in {"", "capital"}]
    return max([*terms, *_proper_names(text, start, end, lexicon)], default=None)


def _proper_names(text: str, start: int, end: int, lexicon: Lexicon) -> Iterator[int]:
    """Yield where a sentence has a proper name that no table knows: "Perheiden Lystilästä tuli …"."""
    finders = (lexicon.find_places, lexicon.find_organisations, lexicon.find_projects, lexicon.find_models)
    for word in _CAPITAL.finditer(text, start, end):
        known = any(
            each.start <= word.start() < each.end for finder in finders for each in finder.find(text, start, end)
        )
        if word.start() > start and not known and not _NO_MODEL.match(lower(text[word.start() : end])):
            yield word.start()


def is_project(text: str, mention: Mention) -> bool:
    """Tell the project of a model from the model: "Terapiat etulinjaan -hankkeen asiantuntijat"."""
    inside = _PROJECT.search(lower(text[mention.start : mention.end]))
    behind = _PROJECT.match(lower(text[mention.end : mention.end + 20]))
    after = _BEHIND_PROJECT.match(lower(text[mention.end : mention.end + 60]))
    own = after is not None and any(
        word.startswith(after.group(1)) for word in re.findall(r"\w+", lower(mention.entry.label))
    )
    return (inside is not None or behind is not None) and not own


def is_other(text: str, end: int, mention: Mention, lexicon: Lexicon) -> bool:
    """Tell what has a name of its own from the kind that it is of, and what a service is part of from that service.

    "Siidapolku-perhevalmennus", "kotiutustiimi Ketterä", "osa perhekeskuksen palveluja".

    :param end: offset behind the sentence.
    """
    before = text[max(0, mention.start - 40) : mention.start]
    own = _OWN_NAME.search(before)
    known = own is not None and any(
        each.find(own.group(1)) for each in (lexicon.find_places, lexicon.find_organisations, lexicon.find_models)
    )
    return (
        (own is not None and not known)
        or mention.end + 1 in _proper_names(text, mention.start, end, lexicon)
        or (
            text[mention.end - 1] == "n"
            and _PART_OF.search(lower(before)) is not None
            and _SERVICE.match(lower(text[mention.end : mention.end + 40])) is not None
        )
    )


def is_set_apart(text: str, start: int, end: int, clause: tuple[int, int], mention: Mention) -> bool:
    """Tell a model of which nothing is claimed: it defines another, the project has nothing of it, or its people took part."""
    word = _REST.match(text, mention.end)
    whole = word.end() if word else mention.end  # "IPS-valmentajien"
    return (
        _DEFINED.match(lower(text[start : clause[1]])) is not None
        or _NOT_OURS.search(lower(text[clause[0] : end])) is not None
        or _PEOPLE.match(lower(text[mention.end : mention.end + 30])) is not None
        or (text[mention.end - 1] == "n" and _OF_IT.match(lower(text[mention.end : mention.end + 40])) is not None)
        or _VISIT.search(lower(text[clause[0] : clause[1]])) is not None
        or (
            _ROLE.search(lower(text[mention.start : whole])) is not None
            and _SAYS.match(lower(text[whole : whole + 30])) is not None
        )
    )


def is_subject(text: str, start: int, end: int, mention: Mention) -> bool:
    """Tell a sentence that says something of the model that it begins with: "Chatbot vastasi joka toiseen kysymykseen".

    In the genitive or elative the model is not what is spoken of, and what is denied or only discussed is no use.
    """
    said, name = lower(text[start:end]), lower(text[mention.start : mention.end])
    before = text[start : mention.start]
    return (
        _AHEAD.fullmatch(lower(before)) is not None
        and len(text[mention.end : end].split()) > 1
        and said.endswith(".")
        and _OF_OR_FROM.search(name) is None
        and _ONLY_SAID.search(said) is None
    )


def is_coded(text: str, start: int, end: int) -> bool:
    """Tell the name of a part of the project from a goal: "OH1 Vastaanotot ja asiakasohjaus"."""
    return _CODE.match(text[start:end]) is not None and not find_cues(text, start, end)


def is_elsewhere(text: str, clause: tuple[int, int], mention: Mention, others: Iterable[Mention]) -> bool:
    """Tell whether a clause begins by saying that it is about another region: "Oulussa tiimimalli vakinaistettiin".

    :param others: the places of other regions in the sentence.
    """
    opening = _FIRST_WORDS.match(lower(text[clause[0] : clause[1]]))
    first = clause[0] + (opening.end() if opening else 0)
    return any(
        place.start in {clause[0], first}
        and place.start < mention.start
        and _THERE.search(lower(text[place.start : place.end])) is not None
        and not _LIKE.match(lower(text[place.end : place.end + 30]))
        for place in others
    )


def broader(text: str, mention: Mention, mentions: list[Mention], ancestors: dict[str, frozenset[str]]) -> bool:
    """Tell a word for the wider kind of a model beside it: "Omaolon oirearviot", "nuorten menetelmistä IPC"."""
    for other in mentions:
        if other is mention or mention.entry.id not in ancestors.get(other.entry.id, frozenset()):
            continue
        first, last = sorted((other, mention), key=lambda each: each.start)
        gap = text[first.end : last.start]
        digital = {each.entry.more.get("kind") for each in (first, last)} == {"digital-service"}
        if first is other and digital and _LATER_CLAUSE.search(gap):
            return True
        if not _SEPARATE.search(gap) and (first is other or _ELATIVE.search(lower(text[first.start : first.end]))):
            return True
    return False
