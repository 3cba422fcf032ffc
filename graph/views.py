"""What pages show, as plain values: the matrix, and the labels of things."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from graph.names import Names
from graph.store import Engine

LANGUAGES = ("fi", "sv", "en")
# From intention to sustained use, then the two that are no step on that way.
_STEPS = ("planned", "prepared", "piloted", "in-introduction", "adopted", "scaled", "established")
STATUSES = (*_STEPS, "discontinued", "not-started")
SPREAD = frozenset({"adopted", "scaled", "established"})
REACH = SPREAD | {"piloted", "in-introduction"}


@dataclass(frozen=True)
class Named:
    """Hold a thing with its label.

    :param language: the label's language, empty where the label is only the end of the IRI.
    """

    iri: str
    label: str
    language: str = ""


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
    """Hold one model of the matrix.

    :param cells: one a region, None where nothing is known.
    :param spread: regions in which it is adopted, scaled or established.
    :param reach: those, and the ones that pilot or introduce it.
    """

    model: Named
    cells: tuple[Cell | None, ...]
    spread: int
    reach: int


@dataclass(frozen=True)
class Matrix:
    """Hold models by regions.

    :param regions: those of which anything is known, in the order of their codes.
    :param silent: the other regions.
    :param rows: models, the widest spread first.
    :param statuses: notation -> status, in order.
    """

    regions: tuple[Named, ...]
    silent: tuple[Named, ...]
    rows: tuple[Row, ...]
    statuses: dict[str, Named]


def matrix(engine: Engine, language: str) -> Matrix:
    """Return the current status of every model that is reported in any region.

    :param language: preferred language of the labels.
    """
    found = engine.select(
        "SELECT ?adoption ?model ?region ?status ?first { ?adoption a lev:Adoption ; lev:model ?model ;"
        " lev:region ?region ; lev:currentStatus/skos:notation ?status ; lev:firstReported ?first }"
    ).rows
    cells = {
        (row["model"].value, row["region"].value): Cell(
            row["status"].value, row["first"].value[:4], row["adoption"].value
        )
        for row in found
    }
    models, reported = {model for model, _ in cells}, {region for _, region in cells}
    regions = _regions(engine)
    statuses = {name: engine.names.thing("scheme", f"status/{name}") for name in STATUSES}
    named = labels(engine, [*regions, *models, *statuses.values()], language)
    known = [iri for iri in regions if iri in reported]
    rows = [_row(named[model], [cells.get((model, region)) for region in known]) for model in models]
    return Matrix(
        tuple(named[iri] for iri in known),
        tuple(named[iri] for iri in regions if iri not in reported),
        tuple(sorted(rows, key=lambda row: (-row.spread, -row.reach, row.model.label.casefold()))),
        {name: named[iri] for name, iri in statuses.items()},
    )


def labels(engine: Engine, iris: Iterable[str], language: str) -> dict[str, Named]:
    """Return a label for each IRI: in the language asked for, in Finnish, English, Swedish, any, or the IRI's end.

    :param iris: IRIs out of the store; other strings get themselves as label.
    """
    wanted = dict.fromkeys(iris)
    values = iri_list(wanted)
    query = f"SELECT ?thing ?label {{ VALUES ?thing {{ {values} }} ?thing skos:prefLabel|rdfs:label ?label }}"
    known: dict[str, dict[str, str]] = {}
    for row in engine.select(query).rows if values else ():
        known.setdefault(row["thing"].value, {}).setdefault(row["label"].language, row["label"].value)
    return {iri: named_in(engine.names, iri, known.get(iri, {}), language) for iri in wanted}


def iri_list(iris: Iterable[str]) -> str:
    """Return IRIs as a VALUES block takes them.

    These come from the store, which holds only IRIs that parse: nothing of a client is put in a query.
    """
    return " ".join(f"<{iri}>" for iri in iris if "://" in iri and not set(iri) & set(' <>"{}|^`\\\n\t'))


def _regions(engine: Engine) -> list[str]:
    """Return the IRIs of all regions in the order of their codes, those without one last."""
    query = "SELECT DISTINCT ?region ?code { ?region a lev:Region . OPTIONAL { ?region skos:notation ?code } }"
    codes = {row["region"].value: row["code"].value if "code" in row else "~" for row in engine.select(query).rows}
    return sorted(codes, key=lambda iri: (codes[iri], iri))


def _row(model: Named, cells: list[Cell | None]) -> Row:
    statuses = [cell.status for cell in cells if cell]
    return Row(model, tuple(cells), sum(each in SPREAD for each in statuses), sum(each in REACH for each in statuses))


def named_in(names: Names, iri: str, known: Mapping[str, str], language: str) -> Named:
    """Return an IRI with the label that a page in a language shows.

    :param known: language -> label.
    """
    for each in (language, "fi", "en", "sv", *sorted(known)):
        if each in known:
            return Named(iri, known[each], each)
    return Named(iri, short(names, iri))


def short(names: Names, iri: str) -> str:
    """Return the end of one of our own IRIs, or an IRI of others with its prefix."""
    local = names.local(iri)
    if local:
        return local
    spaces = sorted(names.prefixes().items(), key=lambda pair: len(pair[1]))
    prefix, space = next((pair for pair in reversed(spaces) if iri.startswith(pair[1])), ("", ""))
    return f"{prefix}:{iri[len(space) :]}" if space else iri
