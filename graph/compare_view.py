"""Two to five regions side by side: which model stands where in each of them, and what they have in common."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations

from graph.adoptions import Adoption, adoptions, regions
from graph.errors import CallError
from graph.names import Names, last_part
from graph.store import Engine
from graph.views import STATUSES, Named, iri_list, labels

FEWEST, MOST = 2, 5
PAIRS = 6  # that are offered before anything is chosen
_NOTHING: Mapping[str, Adoption] = {}
_DIFFERENT = """
  { SELECT ?model { VALUES ?region { %s }
      ?each lev:model ?model ; lev:region ?region ; a lev:Adoption ; lev:currentStatus ?any }
    GROUP BY ?model HAVING (COUNT(DISTINCT ?region) < %d || COUNT(DISTINCT ?any) > 1) }"""
_ROWS = """SELECT DISTINCT ?model ?region ?status ?first ?adoption {
  VALUES ?region { %s }
  ?adoption a lev:Adoption ; lev:model ?model ; lev:region ?region ; lev:currentStatus ?status ; lev:firstReported ?first .%s
} ORDER BY STR(?model) STR(?region)"""


@dataclass(frozen=True)
class Row:
    """Hold one model.

    :param cells: one a region, None where nothing is known.
    """

    model: Named
    cells: tuple[Adoption | None, ...]

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
class Pair:
    """Hold two regions that are worth a look side by side.

    :param shared: models that both report.
    """

    one: Named
    other: Named
    shared: int


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
    :param pairs: what to begin with, where the choice is not made yet.
    """

    offered: tuple[Named, ...]
    chosen: tuple[Named, ...] = ()
    rows: tuple[Row, ...] = ()
    reported: tuple[tuple[int, int], ...] = ()
    shared: int = 0
    same: int = 0
    statuses: tuple[tuple[str, Named], ...] = ()
    query: str = ""
    pairs: tuple[Pair, ...] = ()


def compare(engine: Engine, language: str, slugs: Sequence[str], *, only_differences: bool) -> Comparison:
    """Return regions side by side.

    :param slugs: of the regions, in the order of the columns; with fewer than two, only the choice is there.
    :raises CallError: a region that is not there, one twice, or too many of them.
    """
    offered = labels(engine, regions(engine), language)
    chosen = [_region(engine.names, slug, regions(engine)) for slug in _checked(slugs)]
    if len(chosen) < FEWEST:
        found = Comparison(tuple(offered.values()), tuple(offered[iri] for iri in chosen))
        return replace(found, pairs=_pairs(engine, offered))
    rows = _rows(engine, language, chosen)
    statuses = {name: engine.names.thing("scheme", f"status/{name}") for name in STATUSES}
    named = labels(engine, statuses.values(), language)
    return Comparison(
        tuple(offered.values()),
        tuple(offered[iri] for iri in chosen),
        tuple(row for row in rows if not (only_differences and row.is_same)),
        tuple(_counted(rows, at) for at in range(len(chosen))),
        sum(all(row.cells) for row in rows),
        sum(row.is_same for row in rows),
        tuple((name, named[iri]) for name, iri in statuses.items()),
        query_of(chosen, only_differences=only_differences),
    )


def _pairs(engine: Engine, named: Mapping[str, Named]) -> tuple[Pair, ...]:
    """Return the regions that report the most models in common."""
    known = {iri: found.keys() for iri, found in adoptions(engine).of_region.items() if iri in named}
    shared = ((len(known[one] & known[other]), one, other) for one, other in combinations(sorted(known), 2))
    most = sorted((each for each in shared if each[0]), key=lambda each: (-each[0], *each[1:]))[:PAIRS]
    return tuple(Pair(named[one], named[other], count) for count, one, other in most)


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
                writer.writerow([*ends, cell.status, cell.first_year, cell.iri, row.verdict])
    return text.getvalue()


def as_json(found: Comparison) -> dict[str, object]:
    """Return the view as plain JSON; a cell of which nothing is known is null."""
    models = [
        {
            "id": row.model.iri,
            "label": row.model.label,
            "verdict": row.verdict,
            "cells": [
                {"status": cell.status, "first_reported_year": cell.first_year, "adoption": cell.iri} if cell else None
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


def _region(names: Names, slug: str, known: Iterable[str]) -> str:
    iri = names.thing("region", slug)
    if iri not in known:
        listed = ", ".join(sorted(last_part(each) for each in known))
        raise CallError(f"no region {slug[:80]!r} here", "region", f"the regions are: {listed}")
    return iri


def _rows(engine: Engine, language: str, chosen: Sequence[str]) -> list[Row]:
    known = adoptions(engine).of_region
    columns = [known.get(region, _NOTHING) for region in chosen]
    models = dict.fromkeys(model for column in columns for model in sorted(column))
    names = labels(engine, models, language)
    found = [Row(names[model], tuple(column.get(model) for column in columns)) for model in models]
    # What most of them have first: there the comparison says most.
    return sorted(found, key=lambda row: (-sum(map(bool, row.cells)), row.model.label.casefold()))


def _counted(rows: Sequence[Row], at: int) -> tuple[int, int]:
    mine = [row for row in rows if row.cells[at]]
    return len(mine), sum(sum(map(bool, row.cells)) == 1 for row in mine)
