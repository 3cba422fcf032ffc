"""Read the header facts of a project page: names, times, organisations with roles, goals, sub-projects, topics."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date

from graph.errors import PageError
from graph.lexicon import Entry, Lexicon
from graph.names import slug
from graph.pages import Field, Page
from graph.sections import goal_of_heading

_DATE = re.compile(r"(\d{1,2})\.\s?(\d{1,2})\.\s?(\d{4})")
_SINCE = re.compile(r"alkaen|lähtien|vuodesta|jatkuva|toistaiseksi|siirtyi", re.IGNORECASE)
_SHORT_SPAN = re.compile(r"(?<!\d)(20\d\d)\s*[–-]\s*(\d\d)(?![\d./])")
_YEARS = re.compile(r"(?<!\d)(20\d\d)(?!\d)")
_ITEM = re.compile(r"^\s*(?:[•◦▪*·–-]\s*)+(?:([A-ZÅÄÖ]|\d{1,2})[.)]\s*)?(?=\S)|^\s*([A-ZÅÄÖ]|\d{1,2})[.)]\s+(?=\S)")
_SUBPROJECTS = re.compile(
    r"(?:projekt(?:it|eja)|osahankke(?:et|ita)|osahankkeina|alahankkeet|kehittämiskärjet|kärjet)[^.]{0,30}:\s*$",
    re.IGNORECASE,
)
_PART = re.compile(
    r"^\s*(?:Osa-alue|Osahanke|Työpaketti|Osaprojekti)\s+(\d{1,2})\s*[:.–-]\s*([^:\n]{3,120}?)(?=[:\n]|$)"
)
_NO_TOPIC = ("ei liity", "hanke täyttää")
_ADMINISTRATOR = re.compile(r"hallinnoi|hakija|hankkeen toteuttaj|vastuuorganisaatio|siirtyi", re.IGNORECASE)
_GOALS_AHEAD = re.compile(r"tavoitt\w*[^.]{0,40}:\s*$|tavoitteina[^.]{0,40}:\s*$", re.IGNORECASE)
_PARTNER = re.compile(r"yhteistyö|kumppani|kanssa|verkosto|ohjausryhmä", re.IGNORECASE)
_TOWN = re.compile(r"([A-ZÅÄÖ][\w-]+n)\s+(kaupun\w+|kunta\b|kunnan\b|kunnassa\b)")
_ROLES = ("administrator", "participant", "partner")
_KINDS = (
    ("wellbeing-services-county", "hyvinvointialue"),
    ("city", "kaupunki"),
    ("municipality", "kunta"),
    ("joint-authority", "kuntayhtymä"),
    ("joint-authority", "yhtymä"),
    ("hospital-district", "sairaanhoitopiiri"),
    ("ministry", "ministeriö"),
    ("company", "oy"),
    ("association", "ry"),
)


@dataclass(frozen=True)
class Participation:
    """Say that an organisation has a role in the project, and in which years where the page tells.

    :param agent: relative name of the organisation, or of the place whose municipality it is.
    :param label: the name as a fact, for an organisation that the lexicon does not know; else empty.
    """

    agent: str
    role: str
    label: str = ""
    kind: str = ""
    start_year: int | None = None
    end_year: int | None = None


@dataclass(frozen=True)
class Goal:
    """Hold one goal of the project's own.

    :param notation: its number or letter on the page, else its place in the list.
    :param line: 1-based line.
    :param broader: programme goal that it stands under, or None.
    """

    notation: str
    line: int
    broader: str | None


@dataclass(frozen=True)
class Header:
    """Hold the header facts of a page; a title with a slash is several names of the project."""

    title: str
    other_titles: tuple[str, ...]
    region: Entry
    programme: Entry | None
    years: tuple[int, int | None] | None
    dates: tuple[date, date] | None
    created: date | None
    modified: date | None
    municipalities: tuple[str, ...]
    participations: tuple[Participation, ...]
    goals: tuple[Goal, ...]
    subprojects: tuple[str, ...]
    topics: tuple[str, ...]


def read_header(page: Page, lexicon: Lexicon) -> Header:
    """Read the header facts.

    :raises PageError: the page names no county, Helsinki or Åland that it is about.
    """
    region = _region(page, lexicon)
    years, dates = _span(page.value("span"))
    participations = tuple(dict.fromkeys(_participations(page, lexicon)))
    programme = next(iter(_programmes(page, lexicon)), None)
    title, *others = [part.strip() for part in page.value("title").splitlines()[0].split("/") if part.strip()]
    return Header(
        title,
        tuple(others),
        region,
        programme,
        years,
        dates,
        read_date(page.value("created")),
        read_date(page.value("modified")),
        tuple(_municipalities(page, lexicon, region)),
        participations,
        tuple(_goals(page)),
        tuple(_subprojects(page)),
        tuple(_topics(page)),
    )


def _region(page: Page, lexicon: Lexicon) -> Entry:
    """Return the region that the page is about: named in its title, else its contact, purpose, description or actors."""
    for key in ("title", "contact-organisation", "purpose", "description", "actors"):
        field = page.field(key)
        for mention in lexicon.find_places.find(page.text, field.start, field.end) if field else []:
            within = mention.entry.more.get("within", "")
            region = lexicon.places.get(mention.entry.id if mention.entry.id.startswith("region/") else within)
            if region:
                return region
    field = page.field("title")
    raise PageError(
        "names no wellbeing services county that it is about",
        f"{page.path}:{field.line + 1 if field else 1}",
        "a project page names its region in its title, contact or purpose; add it there or to mappings/lexicon/places.csv",
    )


def _programmes(page: Page, lexicon: Lexicon) -> Iterator[Entry]:
    for key in ("title", "description", "purpose"):
        field = page.field(key)
        for mention in lexicon.find_projects.find(page.text, field.start, field.end) if field else []:
            if mention.entry.id.startswith("programme/"):
                yield mention.entry


def read_date(text: str) -> date | None:
    """Return the first day that a text names (1.6.2020); None where it names none, or one that no calendar has."""
    found = _DATE.search(text)
    try:
        return date(int(found.group(3)), int(found.group(2)), int(found.group(1))) if found else None
    except ValueError:
        return None


def _span(text: str) -> tuple[tuple[int, int | None] | None, tuple[date, date] | None]:
    """Return the years, and the exact dates where both are told, of the field Toimiaika's first line; an open span has no end."""
    line = text.splitlines()[0] if text else ""
    days = [day for found in _DATE.finditer(line) if (day := read_date(found.group()))]
    dates = (min(days), max(days)) if len(days) > 1 else None
    return _years(line), dates


def _years(text: str) -> tuple[int, int | None] | None:
    """Return first and last year of a text: 2020-2022, 2020-22, 29.6.2020-31.12.2023; "vuodesta 2020 alkaen" has no last one."""
    years = [int(year) for year in _YEARS.findall(text)]
    short = _SHORT_SPAN.search(text)
    if short:
        years.append(int(short.group(1)[:2] + short.group(2)))
    if not years:
        return None
    return min(years), None if len(set(years)) == 1 and _SINCE.search(text) else max(years)


def _municipalities(page: Page, lexicon: Lexicon, region: Entry) -> Iterator[str]:
    """Yield the municipalities of the region that the fields on actors and purpose name as its members."""
    seen = set()
    for key in ("actors", "aim", "purpose"):
        field = page.field(key)
        for mention in lexicon.find_places.find(page.text, field.start, field.end) if field else []:
            entry = mention.entry
            if entry.id.startswith("municipality/") and entry.more.get("within") == region.id and entry.id not in seen:
                seen.add(entry.id)
                yield entry.id


def _participations(page: Page, lexicon: Lexicon) -> Iterator[Participation]:
    funder, contact, actors = page.field("funder"), page.field("contact-organisation"), page.field("actors")
    if funder and page.value("funder"):
        for mention in lexicon.find_organisations.find(page.text, funder.start, funder.end):
            yield Participation(mention.entry.id, "funder")
    if contact and page.value("contact-organisation"):
        yield _organisation(page, contact, lexicon)
    if actors:
        yield from _strongest(_actors(page, actors, lexicon))


def _organisation(page: Page, field: Field, lexicon: Lexicon) -> Participation:
    """Return the contact organisation: a known one, else one that is made from the name on the page."""
    known = lexicon.find_organisations.find(page.text, field.start, field.end)
    if known:
        return Participation(known[0].entry.id, "contact")
    name = page.text[field.start : field.end].strip().splitlines()[0].strip()
    kind = next((kind for kind, word in _KINDS if re.search(rf"{word}\b", name, re.IGNORECASE)), "other")
    return Participation(f"organisation/{slug(name)}", "contact", name, kind)


def _actors(page: Page, field: Field, lexicon: Lexicon) -> Iterator[Participation]:
    for found in re.finditer(r"[^.\n]+(?:\.(?=\d|\S)[^.\n]*)*", page.text[field.start : field.end]):
        start, end = field.start + found.start(), field.start + found.end()
        text = page.text[start:end]
        known = lexicon.find_organisations.find(page.text, start, end)
        for mention in known:
            yield _actor(mention.entry.id, text)
        for named in _TOWN.finditer(text):
            if not any(each.start <= start + named.start() < each.end for each in known) and _is_town(
                named.group(1), lexicon
            ):
                name = f"{named.group(1)} {'kaupunki' if named.group(2).startswith('kaupun') else 'kunta'}"
                kind = "city" if name.endswith("kaupunki") else "municipality"
                yield replace(_actor(f"organisation/{slug(name)}", text), label=name, kind=kind)


def _is_town(genitive: str, lexicon: Lexicon) -> bool:
    return any(mention.entry.id.startswith("municipality/") for mention in lexicon.find_places.find(genitive))


def _strongest(named: Iterable[Participation]) -> Iterator[Participation]:
    """Yield one role an organisation: the administrator of one sentence is not also a participant of the next."""
    best: dict[str, Participation] = {}
    for each in named:
        other = best.get(each.agent)
        if other is None or _ROLES.index(each.role) < _ROLES.index(other.role):
            best[each.agent] = each
    yield from best.values()


def _actor(agent: str, text: str) -> Participation:
    if _ADMINISTRATOR.search(text):
        first, last = _years(text) or (None, None)
        return Participation(agent, "administrator", start_year=first, end_year=last)
    return Participation(agent, "partner" if _PARTNER.search(text) else "participant")


def _goals(page: Page) -> Iterator[Goal]:
    """Yield the goals: the lists of "Päämäärä ja päätavoite", and those of the expected results that are called goals."""
    count = 0
    for key in ("aim", "expected"):
        field = page.field(key)
        for found in _listed_goals(page, field, anywhere=key == "aim") if field else []:
            count += 1
            yield replace(found, notation=found.notation or str(count))


def _listed_goals(page: Page, field: Field, *, anywhere: bool) -> Iterator[Goal]:
    """Yield the items of a field's lists, without those of a list of sub-projects.

    :param anywhere: every list counts; else only one behind a line such as "Tavoitteina ovat:".
    """
    broader, offset, in_parts, ahead = None, field.start, False, anywhere
    for line in page.text[field.start : field.end].split("\n"):
        item = _ITEM.match(line)
        in_parts = bool(_SUBPROJECTS.search(line)) or (in_parts and bool(item or not line.strip()))
        ahead = anywhere or bool(_GOALS_AHEAD.search(line)) or (ahead and bool(item or not line.strip()))
        if (goal := goal_of_heading(line)) is not None:
            broader = goal
        elif item and ahead and not in_parts:
            yield Goal(item.group(1) or item.group(2) or "", page.line(offset), broader)
        offset += len(line) + 1


def _subprojects(page: Page) -> Iterator[str]:
    """Yield the names of sub-projects: a list behind "projektit:" or "kärjet ovat:", and numbered parts ("Osa-alue 2: …")."""
    names: dict[str, None] = {}
    for key in ("purpose", "aim"):
        field, listed = page.field(key), False
        for line in page.text[field.start : field.end].split("\n") if field else []:
            part, item = _PART.match(line), _ITEM.match(line)
            if part:
                names.setdefault(f"{part.group(1)} {part.group(2).strip()}")
            elif listed and item:
                names.setdefault(line[item.end() :].strip())
            listed = bool(_SUBPROJECTS.search(line)) or (listed and bool(item or not line.strip()))
    yield from names


def _topics(page: Page) -> Iterator[str]:
    for key in ("topics", "phenomena"):
        for line in page.value(key).splitlines():
            text = line.strip()
            if text and not text.casefold().startswith(_NO_TOPIC):
                yield text
