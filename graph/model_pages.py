"""Make the record of a practice model's own page: who describes the model, where and when. No claim follows from it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

from graph.header import read_date
from graph.lexicon import Entry, Lexicon
from graph.pages import Page
from graph.records import CONTEXT, RECORDS, Node, read_record
from graph.settings import to_read

FOLDER = RECORDS / "innokyla"
_CONTEXT = [f"../{CONTEXT[0]}", CONTEXT[1]]
# The one place that no table of mappings/lexicon holds: there it would be found in every sentence that names Finland.
NATIONWIDE = {"id": "area/suomi", "type": "Area", "label": {"fi": "Suomi", "sv": "Finland", "en": "Finland"}}
_NATIONWIDE = re.compile(r"valtakunnallinen|koko (?:maa|suomi)|kansallinen", re.IGNORECASE)
# What names of pages end with: a county's project of the recovery programme, with its pillar and investment.
_CODES = re.compile(r"[\s,(]*\(?\bRRP\d?\b.*$|[\s,]*\(?\bP\d(?:\b.*)?$", re.DOTALL)
_BETWEEN = re.compile(r"(?<=\w)(?=[^\w]*\s)|(?<=\w)(?=[,:;/(–—])")
_COUNTY = re.compile(r"\b(?:hva|hvan|hyvinvointialue\w*|kaupunki|kaupungin|sote)\b|[\W_]+", re.IGNORECASE)
_JOINT = re.compile(r"[\s\-–—]+")
# A run of so many words is a sentence of the page, and no name.
SENTENCE = 12
_ITEM = re.compile(r"^\s*(?:[•◦▪*·]\s*)+")


def model_record(page: Page, lexicon: Lexicon, address: str | None = None) -> Node:
    """Make the record of a model's page.

    :param page: a page as opened, whose `model` is true.
    :param address: its address, where it does not give one itself.
    """
    places = _mentioned(page, lexicon)
    nationwide = any(_NATIONWIDE.search(page.value(key)) for key in ("county", "site"))
    funders, sources = funding(_items(page.value("funder")), lexicon)
    name = _items(page.value("title"))[0]
    return page_record(
        page.slug,
        "ModelPage",
        name,
        address=page.address or address,
        created=_day(page.value("created")),
        modified=_day(page.value("modified")),
        region=regions_of(places, lexicon),
        place=[
            *(entry.id for entry in places if not entry.id.startswith("region/")),
            *([NATIONWIDE] if nationwide else []),
        ],
        model=linked_model(name, lexicon),
        funder=funders,
        fundingSource=sources,
        parent=_items(page.value("parent"))[:1],
        sha256=page.sha256,
        characters=len(page.text),
    )


def known_address(slug: str, folder: Path = FOLDER) -> str | None:
    """Return the address that a record in a folder has for a page, or None: a page saved as text does not tell its own.

    :raises RecordError: the record cannot be read.
    """
    path = to_read(folder / f"{slug}.json")
    return read_record(path)["contents"].get("address") if path.exists() else None


def page_record(slug: str, kind: str, name: str, **facts: object) -> Node:
    """Return the record of a page that is known by facts, for data/records/innokyla.

    :param slug: names the page and its graph.
    :param kind: `ModelPage` or `ProjectPage`.
    :param facts: keys of mappings/context.jsonld with their values; one without a value is left out.
    """
    contents: Node = {"id": f"page/{slug}", "type": kind, "label": {"fi": name}}
    contents |= {key: value for key, value in facts.items() if value not in (None, [], "")}
    return {"@context": _CONTEXT, "id": f"../graph/page/{slug}", "contents": contents}


def regions_of(places: Iterable[Entry], lexicon: Lexicon) -> list[str]:
    """Return the regions among places and those that the other places lie in."""
    within = (entry.id if entry.id.startswith("region/") else entry.more.get("within", "") for entry in places)
    return list(dict.fromkeys(each for each in within if each.startswith("region/") and each in lexicon.places))


def funding(names: Iterable[str], lexicon: Lexicon) -> tuple[list[str], list[str]]:
    """Return the organisations of the lexicon among funders, and the names of the others as they stand.

    :param names: names of funders as a page gives them, such as `Sosiaali- ja terveysministeriö (STM)`.
    """
    known = {name.casefold(): entry.id for entry in lexicon.organisations.values() for name in entry.all_names()}
    organisations: list[str] = []
    sources: list[str] = []
    for name in names:
        found = known.get(re.sub(r"\s*\([^)]*\)", "", name).strip().casefold())
        if found:
            organisations.append(found)
        elif name.strip() and len(name.split()) < SENTENCE:
            sources.append(name.strip())
    return list(dict.fromkeys(organisations)), list(dict.fromkeys(sources))


def linked_model(name: str, lexicon: Lexicon) -> str | None:
    """Return the lexicon's model that a page's name plainly is, or None.

    Plainly: the name is one of the model's names, alone or with nothing behind it but a region or county
    (`…, Pohjois-Karjalan hyvinvointialue`) and the codes of a programme (`(RRP, P4, I1)`).
    """
    names = {_plain(known): entry.id for entry in lexicon.models.values() for known in entry.all_names()}
    bare = _CODES.sub("", name)
    for end in (len(name), len(bare), *(found.start() for found in _BETWEEN.finditer(bare))):
        found = names.get(_plain(name[:end]))
        if found and (end >= len(bare) or _is_place(bare[end:], lexicon)):
            return found
    return None


def _plain(name: str) -> str:
    return _JOINT.sub(" ", name).strip(" ,:;/(").casefold()


def _is_place(text: str, lexicon: Lexicon) -> bool:
    """Tell whether a text names a place or a county, and nothing else."""
    mentions = [*lexicon.find_places.find(text), *lexicon.find_organisations.find(text)]
    rest = list(text)
    for mention in mentions:
        rest[mention.start : mention.end] = " " * (mention.end - mention.start)
    return bool(mentions) and not _COUNTY.sub("", "".join(rest))


def _mentioned(page: Page, lexicon: Lexicon) -> list[Entry]:
    """Return the places that the fields on place and county name, each once, without areas known only inside a region."""
    found: dict[str, Entry] = {}
    for key in ("county", "site"):
        field = page.field(key)
        for mention in lexicon.find_places.find(page.text, field.start, field.end) if field else []:
            if "*" not in mention.entry.id:
                found.setdefault(mention.entry.id, mention.entry)
        for mention in lexicon.find_organisations.find(page.text, field.start, field.end) if field else []:
            seat = lexicon.places.get(mention.entry.more.get("within", ""))
            if seat:
                found.setdefault(seat.id, seat)
    return list(found.values())


def _items(text: str) -> list[str]:
    """Return the lines of a field's text without bullets."""
    return [item for line in text.splitlines() if (item := _ITEM.sub("", line).strip())]


def _day(text: str) -> str | None:
    day = read_date(text)
    return str(day) if day else None
