"""Where each region stands in the tile map of Finland: our own layout, a square of the same size for each."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from graph.errors import OntologyError
from graph.files import read_table
from graph.settings import ROOT

TABLE = ROOT / "mappings" / "tile-map.csv"
LANGUAGES = ("fi", "sv", "en")
COLUMNS, ROWS = 5, 8  # what static/spread.css has places for
_BREAK, _SOFT_HYPHEN = "~", "\N{SOFT HYPHEN}"


@dataclass(frozen=True)
class Tile:
    """Hold the place of one region.

    :param region: its slug.
    :param column: from 1 in the west.
    :param row: from 1 in the north.
    :param outside: it is none of the 22 areas that organise health and social services.
    :param names: language -> short name, with soft hyphens where a narrow tile may break it.
    """

    region: str
    column: int
    row: int
    outside: bool
    names: dict[str, str]

    def words(self, language: str) -> list[str]:
        """Return the parts of the name that belong on a line of their own before any is broken."""
        return re.split(r"(?<=[- ])", self.names[language])


@cache
def tiles() -> tuple[Tile, ...]:
    """Return the tiles from north to south, and from west to east.

    :raises OntologyError: a row has no place in the grid, or the place of another one.
    """
    columns = ["region", "column", "row", "outside", *(f"name_{each}" for each in LANGUAGES)]
    found: dict[tuple[int, int], Tile] = {}
    for line, cells in read_table(TABLE, columns, OntologyError):
        place = _place(cells, f"{TABLE}:{line}")
        if place in found or cells["region"] in {each.region for each in found.values()}:
            raise OntologyError("a region or a place that is there already", f"{TABLE}:{line}", "give each its own")
        names = {each: cells[f"name_{each}"].replace(_BREAK, _SOFT_HYPHEN) for each in LANGUAGES}
        row, column = place
        found[place] = Tile(cells["region"], column, row, cells["outside"] == "yes", names)
    return tuple(found[place] for place in sorted(found))


def _place(cells: dict[str, str], where: str) -> tuple[int, int]:
    row, column = cells["row"], cells["column"]
    if row not in map(str, range(1, ROWS + 1)) or column not in map(str, range(1, COLUMNS + 1)):
        hint = f"give a column from 1 to {COLUMNS} and a row from 1 to {ROWS}"
        raise OntologyError(f"no place of the map: column {column!r}, row {row!r}", where, hint)
    return int(row), int(column)
