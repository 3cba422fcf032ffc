"""What the matrix can show, all of it, as it was read once out of a snapshot."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from weakref import WeakKeyDictionary

from graph.matrix_choice import Allowed
from graph.names import Names, last_part
from graph.store import Engine
from graph.views import REACH, SPREAD, Named, named_in

Labels = Mapping[str, str]
_NO_LABELS: Labels = {}


@dataclass(frozen=True)
class Cell:
    """Hold where one model stands in one region.

    :param status: notation of the current status.
    :param first: the first day that a claim describes.
    :param last: the last one, as of which the status stands.
    :param claims: how many there are.
    """

    adoption: str
    status: str
    first: str
    last: str
    claims: int

    @property
    def year(self) -> str:
        """Return the year as of which the status stands."""
        return self.last[:4]


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
        """Return the last day of all."""
        return max(cell.last for cell in self.cells.values())


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


_tables: WeakKeyDictionary[Engine, Table] = WeakKeyDictionary()


def table(engine: Engine) -> Table:
    """Return everything that the matrix can show; read once for each snapshot."""
    if engine not in _tables:
        _tables[engine] = _read(engine)
    return _tables[engine]


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
        status = last_part(row["status"].value)
        cells.setdefault(row["model"].value, {})[row["region"].value] = Cell(
            row["adoption"].value, status, row["first"].value, row["last"].value, int(row["claims"].value)
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


def _ends(iris: Iterable[str]) -> tuple[str, ...]:
    return tuple(last_part(iri) for iri in iris)
