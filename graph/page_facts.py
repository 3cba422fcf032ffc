"""Make records of pages that are known by their address and basic facts alone, from a table that a steward keeps.

Columns: `url`, `type` (toimintamalli, kokonaisuus), `name`, `regions` (names of mappings/lexicon/places.csv, with `;` between;
`Valtakunnallinen` for the whole country), `funders`, `parent` (with `;` between), `created`, `modified` (YYYY-MM-DD). A blank cell
means unknown. What a note in the cell itself says of where the fact stood, such as `(tekstissä)`, is no part of a name.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path

from graph.errors import RecordError
from graph.files import read_table
from graph.lexicon import Entry, Lexicon
from graph.model_pages import NATIONWIDE, funding, linked_model, page_record, regions_of
from graph.names import slug
from graph.records import Node

COLUMNS = ["url", "type", "name", "regions", "funders", "parent", "created", "modified"]
KINDS = {"toimintamalli": "ModelPage", "kokonaisuus": "ProjectPage"}
# Areas of cooperation between counties, whose borders no table here holds: the name alone is the fact.
_COOPERATION = re.compile(r"[\w-]+ (?:yhteistyöalue|yhteistoiminta-alue)")
_NOTE = re.compile(r"\s*\((?:[^()]*,\s*)?(?:tekstissä|nimessä|aihe|kenttä täytetty[^()]*)\)")


def read_facts(path: Path, lexicon: Lexicon) -> Iterator[Node]:
    """Yield a record for each row of a table of pages.

    :param path: a CSV file, see above.
    :raises RecordError: a row that cannot be used: its type, address, region or date; or an address that stands twice.
    """
    seen: dict[str, int] = {}
    for line, row in read_table(path, COLUMNS, RecordError):
        where = f"{path}:{line}"
        name = _slug(row["url"], where)
        if name in seen:
            raise RecordError(f"the page {name!r} stands on line {seen[name]} too", where, "keep one of the two rows")
        seen[name] = line
        yield _record(name, row, lexicon, where)


def _slug(url: str, where: str) -> str:
    found = re.fullmatch(r"https?://[^\s@/]+/(?:[^\s@?#]*/)?([^\s@/?#]+)/?", url)
    name = slug(found[1]) if found else ""
    if not name:
        raise RecordError(f"url is {url!r}, no address of a page", where, "write the page's whole http(s) address")
    return name


def _record(name: str, row: dict[str, str], lexicon: Lexicon, where: str) -> Node:
    if row["type"] not in KINDS or not row["name"]:
        what = f"type is {row['type']!r}" if row["name"] else "it has no name"
        raise RecordError(what, where, f"give it a name, and one of the types {', '.join(KINDS)}")
    places = [_place(each, lexicon, where) for each in _parts(row["regions"])]
    known = [each for each in places if isinstance(each, Entry)]
    others = [each for each in places if not isinstance(each, Entry)]
    funders, sources = funding(_parts(row["funders"]), lexicon)
    return page_record(
        name,
        KINDS[row["type"]],
        row["name"],
        address=row["url"],
        created=_day(row["created"], where),
        modified=_day(row["modified"], where),
        region=regions_of(known, lexicon),
        place=[*(entry.id for entry in known if not entry.id.startswith("region/")), *others],
        model=linked_model(row["name"], lexicon) if row["type"] == "toimintamalli" else None,
        funder=funders,
        fundingSource=sources,
        parent=_parents(row["parent"]),
    )


def _parts(cell: str) -> list[str]:
    return [part for each in cell.split(";") if (part := each.strip())]


def _parents(cell: str) -> list[str]:
    """Return the names in the column `parent`; behind a note only another name counts, no remark."""
    names: list[str] = []
    for part in _parts(cell):
        first, *others = _NOTE.sub("\n", part).split("\n")
        names += [first, *(each.lstrip(" ,") for each in others if each.lstrip(" ,")[:1].isupper())]
    return list(dict.fromkeys(name.strip() for name in names if name.strip()))


def _place(name: str, lexicon: Lexicon, where: str) -> Entry | Node:
    """Return the place of a name: an entry of the lexicon, or the node of one that no table holds.

    :raises RecordError: the lexicon does not know the name; the names that look like it are told.
    """
    wide = (entry for id_, entry in lexicon.places.items() if id_.startswith(("region/", "area/")) and "*" not in id_)
    known = {entry.label: entry for entry in wide}
    if name in known:
        return known[name]
    if name == "Valtakunnallinen":
        return NATIONWIDE
    if _COOPERATION.fullmatch(name):
        return {"id": f"area/{slug(name)}", "type": "Area", "label": {"fi": name}}
    like = difflib.get_close_matches(name, known, 3)
    hint = f"did you mean {' or '.join(like)}?" if like else "use a name of mappings/lexicon/places.csv"
    raise RecordError(f"regions names {name!r}, which is no region or area", where, hint)


def _day(text: str, where: str) -> str | None:
    try:
        return str(date.fromisoformat(text)) if text else None
    except ValueError:
        raise RecordError(f"{text!r} is no date", where, "write the day as YYYY-MM-DD") from None
