"""The matrix: which practice model stands where, as far as the reader chose to see it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from weakref import WeakKeyDictionary

from graph import matrix_query
from graph.matrix_choice import Allowed, Choice
from graph.names import Names
from graph.store import Engine
from graph.views import REACH, SPREAD, STATUSES, Named, labels, named_in

Labels = Mapping[str, str]
_NO_LABELS: Labels = {}


@dataclass(frozen=True)
class Cell:
    """Hold where one model stands in one region.

    :param status: notation of the current status.
    :param first: the first day that a claim describes.
    :param year: year of the last one: as of when the status stands.
    :param claims: how many there are.
    """

    adoption: str
    status: str
    first: str
    year: str
    claims: int


@dataclass(frozen=True)
class Model:
    """Hold what is known of one model in all regions.

    :param labels: language -> label.
    :param kind: IRI of its kind; empty where it has none.
    :param family: IRI of the model that it is a variant or a part of; empty where there is none.
    """

    iri: str
    labels: Labels
    kind: str
    family: str
    cells: Mapping[str, Cell]

    @property
    def spread(self) -> int:
        """Return how many regions use it."""
        return sum(cell.status in SPREAD for cell in self.cells.values())

    @property
    def reach(self) -> int:
        """Return how many regions use it, bring it into use or try it."""
        return sum(cell.status in REACH for cell in self.cells.values())

    @property
    def claims(self) -> int:
        """Return how many claims there are on it."""
        return sum(cell.claims for cell in self.cells.values())

    @property
    def first(self) -> str:
        """Return the first day of all."""
        return min(cell.first for cell in self.cells.values())

    @property
    def last(self) -> str:
        """Return the last year of all."""
        return max(cell.year for cell in self.cells.values())


@dataclass(frozen=True)
class Table:
    """Hold everything that the matrix can show, in no language yet.

    :param models: IRI -> model, those alone of which a region reports.
    :param regions: IRI -> labels, in the order of their codes.
    :param concepts: IRI -> labels, of kinds and goals.
    """

    names: Names
    models: Mapping[str, Model]
    regions: Mapping[str, Labels]
    concepts: Mapping[str, Labels]

    @property
    def reported(self) -> frozenset[str]:
        """Return the regions of which anything is known."""
        return frozenset(region for model in self.models.values() for region in model.cells)

    @property
    def cells(self) -> tuple[Cell, ...]:
        """Return all of them."""
        return tuple(cell for model in self.models.values() for cell in model.cells.values())

    @property
    def years(self) -> tuple[str, ...]:
        """Return the years that claims report of, from the first to the last."""
        found = [year for cell in self.cells for year in (cell.first[:4], cell.year)]
        return tuple(map(str, range(int(min(found)), int(max(found)) + 1))) if found else ()

    def allowed(self) -> Allowed:
        """Return which values a reader can choose."""
        kinds, goals = (self.of_scheme(each) for each in ("model-kind", "programme-goal"))
        used = {model.kind for model in self.models.values()}
        return Allowed(_ends(each for each in kinds if each in used), _ends(goals), _ends(self.regions))

    def of_scheme(self, name: str) -> tuple[str, ...]:
        """Return the concepts of one scheme."""
        start = f"{self.names.thing('scheme', name)}/"
        return tuple(iri for iri in self.concepts if iri.startswith(start))

    def named(self, iri: str, language: str) -> Named:
        """Return a model, region or concept with its label."""
        model = self.models.get(iri)
        known = model.labels if model else self.regions.get(iri) or self.concepts.get(iri, _NO_LABELS)
        return named_in(self.names, iri, known, language)


@dataclass(frozen=True)
class Row:
    """Hold one model of a view.

    :param cells: one a region of the view: a cell, None where nothing is known, False where what is known is not chosen.
    """

    named: Named
    model: Model
    cells: tuple[Cell | bool | None, ...]


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


_tables: WeakKeyDictionary[Engine, Table] = WeakKeyDictionary()
TOP = 5


def table(engine: Engine) -> Table:
    """Return everything that the matrix can show; read once for each snapshot."""
    if engine not in _tables:
        _tables[engine] = _read(engine)
    return _tables[engine]


def view(engine: Engine, choice: Choice, language: str) -> View:
    """Return what is chosen.

    :param language: preferred language of the labels.
    """
    known = table(engine)
    kept = _kept(engine, choice)
    counties = {known.names.thing("region", each) for each in choice.counties} or known.reported
    regions = tuple(iri for iri in known.regions if iri in counties)
    rows = [row for model in known.models.values() if (row := _row(known, model, regions, kept, language))]
    rows.sort(key=lambda row: (row.named.label.lower(), row.model.iri), reverse=_reverses_names(choice))
    if choice.sort != "name":
        rows.sort(key=_KEYS[choice.sort], reverse=choice.is_descending)
    statuses = {name: known.names.thing("scheme", f"status/{name}") for name in STATUSES}
    words = labels(engine, statuses.values(), language)
    return View(
        tuple(known.named(iri, language) for iri in regions),
        tuple(known.named(iri, language) for iri in known.regions if iri not in known.reported),
        _groups(known, rows, regions, language) if choice.group else ((Group(None, tuple(rows)),) if rows else ()),
        {name: words[iri] for name, iri in statuses.items()},
        sum(isinstance(cell, Cell) for row in rows for cell in row.cells),
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
    found = engine.select(matrix_query.chosen(choice, engine.names)).rows
    return frozenset(row["adoption"].value for row in found)


def _row(
    known: Table, model: Model, regions: tuple[str, ...], kept: frozenset[str] | None, language: str
) -> Row | None:
    """Return the row of a model; None where nothing of it is chosen."""
    cells: list[Cell | bool | None] = []
    for region in regions:
        cell = model.cells.get(region)
        cells.append(False if cell and kept is not None and cell.adoption not in kept else cell)
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
    sums = tuple(sum(isinstance(row.cells[place], Cell) for row in rows) for place in range(len(regions)))
    return Group(
        named,
        tuple(rows),
        sums,
        *(
            len({iri for row in rows for iri, cell in row.model.cells.items() if cell.status in wanted})
            for wanted in (SPREAD, REACH)
        ),
        claims=sum(row.model.claims for row in rows),
    )


def _ends(iris: Iterable[str]) -> tuple[str, ...]:
    return tuple(iri.rpartition("/")[2] for iri in iris)


# ---- reading ----


def _read(engine: Engine) -> Table:
    cells = _cells(engine)
    models: dict[str, Model] = {}
    found = engine.select(
        "SELECT DISTINCT ?model ?label ?kind ?family { ?model a lev:PracticeModel ; skos:prefLabel ?label ."
        " OPTIONAL { ?model lev:modelKind ?kind } OPTIONAL { ?model lev:family ?family } }"
    ).rows
    named: dict[str, dict[str, str]] = {}
    for row in found:
        iri, label = row["model"].value, row["label"]
        if iri not in cells:
            continue
        named.setdefault(iri, {})[label.language] = label.value
        kind, family = (row[name].value if name in row else "" for name in ("kind", "family"))
        models[iri] = Model(iri, named[iri], kind, family, cells[iri])
    return Table(engine.names, models, _regions(engine), _concepts(engine))


def _cells(engine: Engine) -> dict[str, dict[str, Cell]]:
    """Return every cell: model -> region -> cell."""
    found = engine.select(
        "SELECT ?adoption ?model ?region ?status ?first ?last (COUNT(DISTINCT ?claim) AS ?claims) {"
        " ?adoption a lev:Adoption ; lev:model ?model ; lev:region ?region ; lev:currentStatus ?status ;"
        " lev:firstReported ?first ; lev:lastReported ?last ; lev:claim ?claim }"
        " GROUP BY ?adoption ?model ?region ?status ?first ?last"
    ).rows
    cells: dict[str, dict[str, Cell]] = {}
    for row in found:
        status = row["status"].value.rpartition("/")[2]
        cells.setdefault(row["model"].value, {})[row["region"].value] = Cell(
            row["adoption"].value, status, row["first"].value, row["last"].value[:4], int(row["claims"].value)
        )
    return cells


def _regions(engine: Engine) -> dict[str, dict[str, str]]:
    """Return the labels of all regions, in the order of their codes, those without one last."""
    rows = engine.select(
        "SELECT DISTINCT ?region ?label ?code { ?region a lev:Region ; skos:prefLabel ?label ."
        " OPTIONAL { ?region skos:notation ?code } }"
    ).rows
    found: dict[str, dict[str, str]] = {}
    for row in sorted(rows, key=lambda row: (row["code"].value if "code" in row else "~", row["region"].value)):
        found.setdefault(row["region"].value, {})[row["label"].language] = row["label"].value
    return found


def _concepts(engine: Engine) -> dict[str, dict[str, str]]:
    """Return the labels of kinds and goals, in the order of their names."""
    names = engine.names
    schemes = " ".join(f"<{names.thing('scheme', each)}>" for each in ("model-kind", "programme-goal"))
    rows = engine.select(
        f"SELECT DISTINCT ?concept ?label {{ VALUES ?scheme {{ {schemes} }}"
        " ?concept skos:inScheme ?scheme ; skos:prefLabel ?label }"
    ).rows
    found: dict[str, dict[str, str]] = {}
    for row in sorted(rows, key=lambda row: row["concept"].value):
        found.setdefault(row["concept"].value, {})[row["label"].language] = row["label"].value
    return found
