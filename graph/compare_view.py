"""Two to five regions side by side: which model stands where in each of them, and what they have in common."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass

from graph.errors import CallError
from graph.lookup import Lookup
from graph.names import Names, last_part
from graph.store import Engine
from graph.views import STATUSES, Named, iri_list

FEWEST, MOST = 2, 5
_REGIONS = "SELECT DISTINCT ?region ?code { ?region a lev:Region . OPTIONAL { ?region skos:notation ?code } }"
_DIFFERENT = """
  { SELECT ?model { VALUES ?region { %s }
      ?each lev:model ?model ; lev:region ?region ; a lev:Adoption ; lev:currentStatus ?any }
    GROUP BY ?model HAVING (COUNT(DISTINCT ?region) < %d || COUNT(DISTINCT ?any) > 1) }"""
_ROWS = """SELECT DISTINCT ?model ?region ?status ?first ?adoption {
  VALUES ?region { %s }
  ?adoption a lev:Adoption ; lev:model ?model ; lev:region ?region ; lev:currentStatus ?status ; lev:firstReported ?first .%s
} ORDER BY STR(?model) STR(?region)"""


@dataclass(frozen=True)
class Cell:
    """Hold where one model stands in one region.

    :param status: notation of the current status.
    :param year: year of the first report.
    :param adoption: IRI of the lev:Adoption that says so.
    """

    status: str
    year: str
    adoption: str


@dataclass(frozen=True)
class Row:
    """Hold one model.

    :param cells: one a region, None where nothing is known.
    """

    model: Named
    cells: tuple[Cell | None, ...]

    @property
    def is_same(self) -> bool:
        """Tell whether the model has the same status in every region."""
        return self.verdict == "same"

    @property
    def verdict(self) -> str:
        """Return how the regions compare: same, differs, or partly, where what is known agrees and the rest is unknown."""
        known = {cell.status for cell in self.cells if cell}
        if len(known) > 1:
            return "differs"
        return "same" if all(self.cells) else "partly"


@dataclass(frozen=True)
class Comparison:
    """Hold what the page shows.

    :param offered: every region, to choose from.
    :param chosen: those that are compared; fewer than two where the choice is not made yet.
    :param rows: the models that the filter leaves.
    :param reported: of each region, how many models it reports, and how many that no other of them does.
    :param shared: models that all of them report.
    :param same: those of them that have the same status everywhere.
    :param query: SPARQL that gives the same rows.
    """

    offered: tuple[Named, ...]
    chosen: tuple[Named, ...] = ()
    rows: tuple[Row, ...] = ()
    reported: tuple[tuple[int, int], ...] = ()
    shared: int = 0
    same: int = 0
    statuses: tuple[tuple[str, Named], ...] = ()
    query: str = ""


def compare(engine: Engine, language: str, slugs: Sequence[str], *, only_differences: bool) -> Comparison:
    """Return regions side by side.

    :param slugs: of the regions, in the order of the columns; with fewer than two, only the choice is there.
    :raises CallError: a region that is not there, one twice, or too many of them.
    """
    lookup = Lookup(engine, language)
    codes = {row["region"].value: row["code"].value if "code" in row else "~" for row in lookup.rows(_REGIONS)}
    offered = tuple(lookup.name(iri) for iri in sorted(codes, key=lambda iri: (codes[iri], iri)))
    chosen = [_region(engine.names, slug, codes) for slug in _checked(slugs)]
    if len(chosen) < FEWEST:
        return Comparison(offered, tuple(map(lookup.name, chosen)))
    rows = _rows(lookup, chosen)
    return Comparison(
        offered,
        tuple(map(lookup.name, chosen)),
        tuple(row for row in rows if not (only_differences and row.is_same)),
        tuple(_counted(rows, at) for at in range(len(chosen))),
        sum(all(row.cells) for row in rows),
        sum(row.is_same for row in rows),
        tuple((name, lookup.name(engine.names.thing("scheme", f"status/{name}"))) for name in STATUSES),
        query_of(chosen, only_differences=only_differences),
    )


def query_of(regions: Sequence[str], *, only_differences: bool) -> str:
    """Return the SPARQL that gives the cells of the view.

    :param regions: IRIs of known regions.
    """
    values = iri_list(regions)
    return _ROWS % (values, _DIFFERENT % (values, len(regions)) if only_differences else "")


def as_csv(found: Comparison, names: Names) -> str:
    """Return the view as CSV: a line a cell of which something is known."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(
        ["model", "model_label", "region", "region_label", "status", "first_reported_year", "adoption", "verdict"]
    )
    for row in found.rows:
        for region, cell in zip(found.chosen, row.cells, strict=True):
            if cell:
                ends = names.local(row.model.iri), row.model.label, names.local(region.iri), region.label
                writer.writerow([*ends, cell.status, cell.year, cell.adoption, row.verdict])
    return text.getvalue()


def as_json(found: Comparison) -> dict[str, object]:
    """Return the view as plain JSON; a cell of which nothing is known is null."""
    models = [
        {
            "id": row.model.iri,
            "label": row.model.label,
            "verdict": row.verdict,
            "cells": [
                {"status": cell.status, "first_reported_year": cell.year, "adoption": cell.adoption} if cell else None
                for cell in row.cells
            ],
        }
        for row in found.rows
    ]
    regions = [
        {"id": region.iri, "label": region.label, "models": count, "alone": alone}
        for region, (count, alone) in zip(found.chosen, found.reported, strict=False)
    ]
    return {"regions": regions, "shared": found.shared, "same": found.same, "models": models, "query": found.query}


def _checked(slugs: Sequence[str]) -> list[str]:
    given = [slug for slug in slugs if slug]
    if len(given) > MOST:
        raise CallError(f"{len(given)} regions are too many to compare", "region", f"choose {FEWEST} to {MOST}")
    return list(dict.fromkeys(given))


def _region(names: Names, slug: str, known: dict[str, str]) -> str:
    iri = names.thing("region", slug)
    if iri not in known:
        listed = ", ".join(sorted(last_part(each) for each in known))
        raise CallError(f"no region {slug[:80]!r} here", "region", f"the regions are: {listed}")
    return iri


def _rows(lookup: Lookup, regions: Sequence[str]) -> list[Row]:
    cells: dict[str, dict[str, Cell]] = {}
    for row in lookup.rows(query_of(regions, only_differences=False)):
        cell = Cell(last_part(row["status"].value), row["first"].value[:4], row["adoption"].value)
        cells.setdefault(row["model"].value, {})[row["region"].value] = cell
    found = [Row(lookup.name(model), tuple(of.get(region) for region in regions)) for model, of in cells.items()]
    # What most of them have first: there the comparison says most.
    return sorted(found, key=lambda row: (-sum(map(bool, row.cells)), row.model.label.casefold()))


def _counted(rows: Sequence[Row], at: int) -> tuple[int, int]:
    mine = [row for row in rows if row.cells[at]]
    return len(mine), sum(sum(map(bool, row.cells)) == 1 for row in mine)
