"""The matrix: which practice model stands where, as far as the reader chose to see it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from graph import matrix_query
from graph.adoptions import Adoption, plain_rows
from graph.matrix_choice import Choice
from graph.matrix_data import Model, Table, table
from graph.store import Engine
from graph.views import REACH, SPREAD, STATUSES, Named, labels


@dataclass(frozen=True)
class Row:
    """Hold one model of a view.

    :param cells: one a region of the view: a cell, None where nothing is known, False where what is known is not chosen.
    """

    named: Named
    model: Model
    cells: tuple[Adoption | bool | None, ...]


@dataclass(frozen=True)
class Group:
    """Hold the models of one family, or all of them where they are not grouped.

    :param named: the family; None of models without one, and where nothing is grouped.
    :param sums: how many of its models have a shown cell, a region each.
    :param spread: regions that use one of them at least.
    :param reach: regions that use, introduce or try one.
    """

    named: Named | None
    rows: tuple[Row, ...]
    sums: tuple[int, ...] = ()
    spread: int = 0
    reach: int = 0
    claims: int = 0


@dataclass(frozen=True)
class View:
    """Hold what a page shows.

    :param regions: columns: those of which anything is known, or those that were chosen.
    :param silent: the other regions of which nothing is known.
    :param statuses: notation -> status, in order.
    :param shown: how many cells.
    """

    regions: tuple[Named, ...]
    silent: tuple[Named, ...]
    groups: tuple[Group, ...]
    statuses: Mapping[str, Named]
    shown: int
    models: int


@dataclass(frozen=True)
class Summary:
    """Hold the whole in a few figures, whatever is chosen.

    :param wide: models that two regions or more use.
    :param single: cells that rest on one claim.
    :param top: the models that spread the widest, those alone that any region uses.
    """

    models: int
    regions: int
    silent: int
    cells: int
    wide: int
    single: int
    last: str
    top: tuple[tuple[Named, Model], ...] = field(default=())


TOP = 5


def view(engine: Engine, choice: Choice, language: str) -> View:
    """Return what is chosen.

    :param language: preferred language of the labels.
    """
    known = table(engine)
    kept = _kept(engine, choice)
    reported = known.reported
    counties = {known.names.thing("region", each) for each in choice.counties} or reported
    regions = tuple(iri for iri in known.regions if iri in counties)
    rows = [row for model in known.models.values() if (row := _row(known, model, regions, kept, language))]
    rows.sort(key=lambda row: (row.named.label.lower(), row.model.iri), reverse=_reverses_names(choice))
    if choice.sort != "name":
        rows.sort(key=_KEYS[choice.sort], reverse=choice.is_descending)
    statuses = {name: known.names.thing("scheme", f"status/{name}") for name in STATUSES}
    words = labels(engine, statuses.values(), language)
    return View(
        tuple(known.named(iri, language) for iri in regions),
        tuple(known.named(iri, language) for iri in known.regions if iri not in reported),
        _groups(known, rows, regions, language) if choice.group else ((Group(None, tuple(rows)),) if rows else ()),
        {name: words[iri] for name, iri in statuses.items()},
        sum(isinstance(cell, Adoption) for row in rows for cell in row.cells),
        len(rows),
    )


def summary(known: Table, language: str) -> Summary:
    """Return the whole in a few figures.

    :param language: preferred language of the labels.
    """
    models = known.models.values()
    named = [(known.named(model.iri, language), model) for model in models if model.spread]
    named.sort(key=lambda each: (-each[1].spread, -each[1].reach, each[0].label.lower(), each[1].iri))
    return Summary(
        models=len(models),
        regions=len(known.regions),
        silent=len(known.regions.keys() - known.reported),
        cells=len(known.cells),
        wide=sum(model.spread > 1 for model in models),
        single=sum(cell.claims == 1 for cell in known.cells),
        last=max((cell.year for cell in known.cells), default=""),
        top=tuple(named[:TOP]),
    )


_KEYS: dict[str, Callable[[Row], tuple[int | str, ...]]] = {
    "spread": lambda row: (row.model.spread, row.model.reach),
    "reach": lambda row: (row.model.reach, row.model.spread),
    "first": lambda row: (row.model.first,),
    "last": lambda row: (row.model.last,),
    "claims": lambda row: (row.model.claims,),
}


def _reverses_names(choice: Choice) -> bool:
    return choice.sort == "name" and choice.is_descending


def _kept(engine: Engine, choice: Choice) -> frozenset[str] | None:
    """Return the adoptions that are chosen; None for all of them."""
    if not choice.narrows:
        return None
    return frozenset(adoption for (adoption,) in plain_rows(engine, matrix_query.chosen(choice, engine.names)))


def _row(
    known: Table, model: Model, regions: tuple[str, ...], kept: frozenset[str] | None, language: str
) -> Row | None:
    """Return the row of a model; None where nothing of it is chosen."""
    cells: list[Adoption | bool | None] = []
    for region in regions:
        cell = model.cells.get(region)
        cells.append(False if cell and kept is not None and cell.iri not in kept else cell)
    return Row(known.named(model.iri, language), model, tuple(cells)) if any(cells) else None


def _groups(known: Table, rows: list[Row], regions: tuple[str, ...], language: str) -> tuple[Group, ...]:
    """Return the rows by family, in the order of the families' names; those without one last."""
    families = {model.family for model in known.models.values()} - {""}
    held: dict[str, list[Row]] = {}
    for row in rows:
        iri = row.model.family or (row.model.iri if row.model.iri in families else "")
        held.setdefault(iri, []).append(row)
    groups = [_group(known.named(iri, language) if iri else None, each, regions) for iri, each in held.items()]
    return tuple(sorted(groups, key=lambda each: (not each.named, each.named.label.lower() if each.named else "")))


def _group(named: Named | None, rows: list[Row], regions: tuple[str, ...]) -> Group:
    sums = tuple(sum(isinstance(row.cells[place], Adoption) for row in rows) for place in range(len(regions)))
    spread, reach = (
        len({iri for row in rows for iri, cell in row.model.cells.items() if cell.status in wanted})
        for wanted in (SPREAD, REACH)
    )
    return Group(named, tuple(rows), sums, spread, reach, sum(row.model.claims for row in rows))
