"""The network of regions and models as its page shows it: which of it is asked for, as a table, as a picture, as a query."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from itertools import groupby
from typing import Any

from graph import matrix_data
from graph.errors import CallError
from graph.layout import Place, layout
from graph.names import last_part
from graph.once import once
from graph.store import Engine
from graph.views import REACH, SPREAD, STATUSES, Named, labels

SORTS = ("spread", "name", "first")
KINDS = ("practice-model", "method", "digital-service")
ROWS, LONGEST = 50, 100  # models on a page of the table; characters of a search


@dataclass(frozen=True)
class Link:
    """Hold that a model is reported in a region.

    :param status: notation of the current status.
    """

    adoption: str
    model: str
    region: str
    kind: str
    status: str
    year: str


@dataclass(frozen=True)
class Network:
    """Hold all that is reported, with labels in one language.

    :param names: IRI of a region, model, kind or status -> its label.
    :param places: IRI -> where it lies in the picture.
    """

    links: tuple[Link, ...]
    regions: tuple[str, ...]
    names: Mapping[str, Named]
    places: Mapping[str, Place]


@dataclass(frozen=True)
class Wanted:
    """Hold what an address asks for; empty is all.

    :param q: a part of the model's name.
    :param region: slug.
    :param status: notation.
    :param kind: notation.
    :param sort: one of `SORTS`.
    """

    q: str = ""
    region: str = ""
    status: str = ""
    kind: str = ""
    sort: str = SORTS[0]
    page: int = 1

    def address(self, **changed: str | int) -> dict[str, str | int]:
        """Return the parameters of this view's address, with some changed, without those that say nothing."""
        plain = asdict(Wanted())
        return {name: value for name, value in asdict(replace(self, **changed)).items() if value != plain[name]}  # type: ignore[arg-type]


@dataclass(frozen=True)
class Row:
    """Hold a model of the table.

    :param spread: regions of the view that have it in use; `reach` also those that try it.
    :param first: year of the first report.
    :param groups: status -> the links of that status, in order.
    """

    model: Named
    kind: Named
    spread: int
    reach: int
    first: str
    groups: tuple[tuple[str, tuple[Link, ...]], ...]


@dataclass(frozen=True)
class Table:
    """Hold a page of the table.

    :param count: models of all pages.
    :param regions: how many regions the view has.
    """

    rows: tuple[Row, ...]
    count: int
    links: int
    regions: int
    page: int
    pages: int


@once
def load(engine: Engine, language: str) -> Network:
    """Return the whole network.

    :param language: preferred language of the labels.
    """
    known, links = matrix_data.table(engine), _links(engine)
    schemes = [_concept(engine, "status", each) for each in STATUSES] + [
        _concept(engine, "model-kind", each) for each in KINDS
    ]
    regions, models = {each.region for each in links}, {each.model for each in links}
    names = {iri: known.named(iri, language) for iri in (*regions, *models)} | labels(engine, schemes, language)
    ordered = tuple(sorted(regions, key=lambda iri: names[iri].label.casefold()))
    return Network(links, ordered, names, _places(engine))


@once
def _links(engine: Engine) -> tuple[Link, ...]:
    return tuple(
        Link(each.iri, each.model, each.region, last_part(model.kind), each.status, each.first_year)
        for model in matrix_data.table(engine).models.values()
        if model.kind
        for each in model.cells.values()
    )


@once
def _places(engine: Engine) -> dict[str, Place]:
    return layout([(each.region, each.model) for each in _links(engine)])


def _concept(engine: Engine, scheme: str, notation: str) -> str:
    return engine.names.thing("scheme", f"{scheme}/{notation}")


# ---- what an address asks for ----


def wanted(given: Mapping[str, list[str]], network: Network) -> Wanted:
    """Return what the parameters of an address ask for.

    :param given: name -> values.
    :raises CallError: one of them is unknown, there twice, or names nothing.
    """
    choices = {
        "region": [last_part(iri) for iri in network.regions],
        "status": list(STATUSES),
        "kind": list(KINDS),
        "sort": list(SORTS),
    }
    said: dict[str, Any] = {}
    for name, values in given.items():
        if name not in {*choices, "q", "page"}:
            known = ", ".join((*choices, "q", "page"))
            raise CallError(f"this view has no parameter {name!r}", name, f"its parameters are: {known}")
        if len(values) > 1:
            raise CallError(f"the parameter {name!r} is there twice", name, "give one value")
        value = values[0].strip()
        if value and name in choices and value not in choices[name]:
            raise CallError(f"{value!r} is no {name} of this view", name, f"give one of: {', '.join(choices[name])}")
        if value:
            said[name] = _number(value) if name == "page" else value
    if len(said.get("q", "")) > LONGEST:
        raise CallError(f"the search has more than {LONGEST} characters", "q", "give a part of a model's name")
    return Wanted(**said)


def _number(value: str) -> int:
    if not value.isascii() or not value.isdigit() or not 0 < len(value) < 7 or int(value) < 1:
        raise CallError(f"{value!r} is no number of a page", "page", "give a whole number from 1")
    return int(value)


def matching(network: Network, asked: Wanted) -> list[Link]:
    """Return the links that a view shows."""
    part = asked.q.casefold()
    return [
        each
        for each in network.links
        if asked.region in {"", last_part(each.region)}
        and asked.status in {"", each.status}
        and asked.kind in {"", each.kind}
        and (not part or part in network.names[each.model].label.casefold())
    ]


# ---- the table ----


def table(engine: Engine, network: Network, asked: Wanted) -> Table:
    """Return the page of the table that a view asks for; the last one where there are fewer."""
    links = sorted(matching(network, asked), key=lambda each: each.model)
    rows = [_row(engine, network, list(of)) for _, of in groupby(links, key=lambda each: each.model)]
    rows.sort(key=lambda row: (*_rank(asked.sort, row), row.model.label.casefold()))
    pages = max(math.ceil(len(rows) / ROWS), 1)
    page = min(asked.page, pages)
    shown = tuple(rows[(page - 1) * ROWS : page * ROWS])
    return Table(shown, len(rows), len(links), len({each.region for each in links}), page, pages)


def _rank(sort: str, row: Row) -> tuple[int, ...]:
    return {"spread": (-row.spread, -row.reach), "name": (), "first": (int(row.first),)}[sort]


def _row(engine: Engine, network: Network, links: list[Link]) -> Row:
    order = {name: place for place, name in enumerate(STATUSES)}
    links.sort(key=lambda each: (order.get(each.status, 99), network.names[each.region].label.casefold()))
    groups = tuple((status, tuple(of)) for status, of in groupby(links, key=lambda each: each.status))
    kind = network.names[_concept(engine, "model-kind", links[0].kind)]
    spread, reach = (sum(each.status in counted for each in links) for counted in (SPREAD, REACH))
    return Row(network.names[links[0].model], kind, spread, reach, min(each.year for each in links), groups)


# ---- the picture ----


def picture(network: Network) -> dict[str, Any]:
    """Return the network as the page's script takes it: short rows, which name others by their place."""
    models = sorted({each.model: each.kind for each in network.links}.items())
    places = {iri: place for place, iri in enumerate([*network.regions, *(iri for iri, _ in models)])}
    return {
        "regions": [_node(network, iri) for iri in network.regions],
        "models": [[*_node(network, iri), kind] for iri, kind in models],
        "links": sorted(
            [places[each.region], places[each.model], each.status, int(each.year)] for each in network.links
        ),
    }


def _node(network: Network, iri: str) -> list[str | float]:
    named = network.names[iri]
    return [last_part(iri), named.label, named.language, *network.places[iri]]


# ---- the query ----


def query(engine: Engine, asked: Wanted, language: str) -> str:
    """Return the SPARQL query of exactly a view."""
    chosen = {"region": ("region", asked.region), "status": ("scheme/status", asked.status)}
    chosen["kind"] = ("scheme/model-kind", asked.kind)
    bound = [
        f"  VALUES ?{name} {{ <{engine.names.relative(f'{kind}/{slug}')}> }}"
        for name, (kind, slug) in chosen.items()
        if slug
    ]
    if asked.q:
        bound.append(f"  FILTER(CONTAINS(LCASE(?modelName), LCASE({_string(asked.q)})))")
    lines = [
        *_prologue(engine, ("lev", "skos")),
        "SELECT DISTINCT ?model ?modelName ?kind ?region ?regionName ?status ?first ?adoption WHERE {",
        "  ?adoption a lev:Adoption ; lev:model ?model ; lev:region ?region ;",
        "    lev:currentStatus ?status ; lev:firstReported ?first .",
        "  ?model lev:modelKind ?kind ; skos:prefLabel ?modelName . ?region skos:prefLabel ?regionName .",
        f'  FILTER(LANG(?modelName) = "{language}" && LANG(?regionName) = "{language}")',
        *bound,
        "}",
        "ORDER BY ?modelName ?regionName",
    ]
    return "\n".join(lines) + "\n"


def _prologue(engine: Engine, prefixes: Iterable[str]) -> list[str]:
    return [f"PREFIX {each}: <{engine.names.prefixes()[each]}>" for each in prefixes]


def _string(text: str) -> str:
    """Return a text as a string of SPARQL, from which nothing leads out."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + "".join(each if each.isprintable() else " " for each in escaped) + '"'
