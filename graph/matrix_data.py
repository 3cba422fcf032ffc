"""What the matrix can show, all of it, as it was read once out of a snapshot."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from graph.adoptions import Adoption, adoptions, regions
from graph.matrix_choice import Allowed
from graph.names import Names, last_part
from graph.once import once
from graph.store import Engine, Term
from graph.views import REACH, SPREAD, Labels, Named, all_labels, named_in

_NO_LABELS: Labels = {}


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
    cells: Mapping[str, Adoption]

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
    def cells(self) -> tuple[Adoption, ...]:
        """Return all of them."""
        return tuple(cell for model in self.models.values() for cell in model.cells.values())

    @property
    def years(self) -> tuple[str, ...]:
        """Return the years that claims report of, from the first to the last."""
        found = [year for cell in self.cells for year in (cell.first_year, cell.year)]
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


@once
def table(engine: Engine) -> Table:
    """Return everything that the matrix can show."""
    cells = adoptions(engine).of_model
    rows = engine.select(
        "SELECT DISTINCT ?model ?kind ?family { ?model a lev:PracticeModel ."
        " OPTIONAL { ?model lev:modelKind ?kind } OPTIONAL { ?model lev:family ?family } }"
    ).rows
    kinds = {row["model"].value: _kind_and_family(row) for row in rows}
    concepts = _concepts(engine)
    labels = all_labels(engine, [*cells, *regions(engine), *concepts])
    return Table(
        engine.names,
        {iri: Model(iri, labels[iri], *kinds[iri], cells[iri]) for iri in cells if iri in kinds and labels.get(iri)},
        {iri: labels.get(iri, _NO_LABELS) for iri in regions(engine)},
        {iri: labels.get(iri, _NO_LABELS) for iri in concepts},
    )


def _kind_and_family(row: Mapping[str, Term]) -> tuple[str, str]:
    kind, family = (row[name].value if name in row else "" for name in ("kind", "family"))
    return kind, family


def _concepts(engine: Engine) -> list[str]:
    """Return the kinds and goals, in the order of their names."""
    names = engine.names
    schemes = " ".join(f"<{names.thing('scheme', each)}>" for each in ("model-kind", "programme-goal"))
    query = f"SELECT DISTINCT ?concept {{ VALUES ?scheme {{ {schemes} }} ?concept skos:inScheme ?scheme }}"
    return sorted(row["concept"].value for row in engine.select(query).rows)


def _ends(iris: Iterable[str]) -> tuple[str, ...]:
    return tuple(last_part(iri) for iri in iris)
