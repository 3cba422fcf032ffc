"""What pages show, as plain values: the matrix, one thing and what links to it, the terms of the ontology."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from graph.formats import Format
from graph.names import Names
from graph.store import Engine, Rows, Term

LANGUAGES = ("fi", "sv", "en")
# From intention to sustained use, then the two that are no step on that way.
_STEPS = ("planned", "prepared", "piloted", "in-introduction", "adopted", "scaled", "established")
STATUSES = (*_STEPS, "discontinued", "not-started")
SPREAD = frozenset({"adopted", "scaled", "established"})
REACH = SPREAD | {"piloted", "in-introduction"}
VALUES_SHOWN, INCOMING_SHOWN = 2000, 100
LABEL = "http://www.w3.org/2004/02/skos/core#prefLabel"
TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"


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


@dataclass(frozen=True)
class Value:
    """Hold a value of a property; `named` where it is a thing."""

    term: Term
    named: Named | None = None


@dataclass(frozen=True)
class Property:
    """Hold a property and its values.

    :param count: how many values there are, of which `values` may be the first.
    """

    named: Named
    values: tuple[Value, ...]
    count: int


@dataclass(frozen=True)
class Part:
    """Hold a thing, or a part of one (`…#evidence`), with its own properties."""

    named: Named
    types: tuple[Named, ...]
    properties: tuple[Property, ...]


@dataclass(frozen=True)
class Description:
    """Hold all that is said of a thing.

    :param incoming: properties by which other things link to it.
    :param graphs: IRIs of the named graphs that say any of it.
    """

    thing: Part
    parts: tuple[Part, ...]
    incoming: tuple[Property, ...]
    graphs: tuple[str, ...]


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


def describe(engine: Engine, iri: str, language: str) -> Description | None:
    """Return what the graph says of a thing, or None where it says nothing.

    :param language: preferred language of the labels.
    """
    said = {iri: _properties(engine, iri)}
    if not said[iri].rows:
        return None
    for _ in range(2):  # evidence, and the evidence's position
        inner = {row["value"].value for rows in said.values() for row in rows.rows if row["value"].kind == "iri"}
        for part in sorted(each for each in inner - said.keys() if each.startswith(f"{iri}#")):
            said[part] = _properties(engine, part)
    graphs = engine.select("SELECT DISTINCT ?thing ?graph { GRAPH ?graph { ?thing ?property ?value } }", thing=iri).rows
    incoming, counts = _incoming(engine, iri)
    named = labels(engine, _iris([*said.values(), incoming]), language)
    parts = [_part(named, each, rows) for each, rows in said.items()]
    sources = tuple(sorted(row["graph"].value for row in graphs))
    return Description(parts[0], tuple(parts[1:]), _grouped(named, incoming, counts), sources)


def document(engine: Engine, iri: str, chosen: Format) -> bytes | None:
    """Return a thing and its parts as RDF, or None where the graph says nothing of it."""
    if not engine.select("SELECT ?thing ?p { ?thing ?p ?o } LIMIT 1", thing=iri).rows:
        return None
    # A binding counts in triple patterns alone: BIND(?thing AS ?part) would stay unbound.
    query = """CONSTRUCT { ?thing ?p ?o . ?part ?partP ?partO } WHERE {
        { ?thing ?p ?o }
        UNION { ?thing ?link ?part . ?part ?partP ?partO FILTER(STRSTARTS(STR(?part), CONCAT(STR(?thing), "#"))) }
        UNION { ?thing ?link ?middle . ?middle ?inner ?part . ?part ?partP ?partO
                FILTER(STRSTARTS(STR(?middle), CONCAT(STR(?thing), "#")))
                FILTER(STRSTARTS(STR(?part), CONCAT(STR(?thing), "#"))) } }"""
    return engine.construct(query, chosen, thing=iri)


def ontology(engine: Engine, chosen: Format) -> bytes:
    """Return the ontology of the snapshot as RDF."""
    query = """CONSTRUCT { ?ontology ?p ?o . ?term ?termP ?termO } WHERE {
        { ?ontology ?p ?o } UNION { ?term rdfs:isDefinedBy ?ontology ; ?termP ?termO } }"""
    return engine.construct(query, chosen, ontology=engine.names.ontology[:-1])


def terms(engine: Engine, language: str) -> tuple[Part, ...]:
    """Return the ontology's classes and properties, by their labels."""
    query = """SELECT DISTINCT ?ontology ?thing ?property ?value {
        ?thing rdfs:isDefinedBy ?ontology ; ?property ?value }"""
    rows = engine.select(query, ontology=engine.names.ontology[:-1])
    named = labels(engine, _iris([rows]), language)
    said: dict[str, list[dict[str, Term]]] = {}
    for row in rows.rows:
        said.setdefault(row["thing"].value, []).append(row)
    parts = [_part(named, iri, Rows(rows.variables, tuple(each))) for iri, each in said.items()]
    return tuple(sorted(parts, key=lambda part: (part.named.label.casefold(), part.named.iri)))


def labels(engine: Engine, iris: Iterable[str], language: str) -> dict[str, Named]:
    """Return a label for each IRI: in the language asked for, in Finnish, English, Swedish, any, or the IRI's end.

    :param iris: IRIs out of the store; other strings get themselves as label.
    """
    wanted = dict.fromkeys(iris)
    # These come from the store, which holds only IRIs that parse: nothing of a client is put in a query.
    values = " ".join(f"<{iri}>" for iri in wanted if "://" in iri and not set(iri) & set(' <>"{}|^`\\\n\t'))
    query = f"SELECT ?thing ?label {{ VALUES ?thing {{ {values} }} ?thing skos:prefLabel|rdfs:label ?label }}"
    known: dict[str, dict[str, str]] = {}
    for row in engine.select(query).rows if values else ():
        known.setdefault(row["thing"].value, {}).setdefault(row["label"].language, row["label"].value)
    return {iri: _named(engine.names, iri, known.get(iri, {}), language) for iri in wanted}


def _regions(engine: Engine) -> list[str]:
    """Return the IRIs of all regions in the order of their codes, those without one last."""
    query = "SELECT DISTINCT ?region ?code { ?region a lev:Region . OPTIONAL { ?region skos:notation ?code } }"
    codes = {row["region"].value: row["code"].value if "code" in row else "~" for row in engine.select(query).rows}
    return sorted(codes, key=lambda iri: (codes[iri], iri))


def _iris(answers: Iterable[Rows]) -> list[str]:
    return [cell.value for rows in answers for row in rows.rows for cell in row.values() if cell.kind == "iri"]


def _row(model: Named, cells: list[Cell | None]) -> Row:
    statuses = [cell.status for cell in cells if cell]
    return Row(model, tuple(cells), sum(each in SPREAD for each in statuses), sum(each in REACH for each in statuses))


def _properties(engine: Engine, iri: str) -> Rows:
    query = f"SELECT DISTINCT ?thing ?property ?value {{ ?thing ?property ?value }} LIMIT {VALUES_SHOWN}"
    return engine.select(query, thing=iri)


def _incoming(engine: Engine, iri: str) -> tuple[Rows, dict[str, int]]:
    """Return the first things of each property that link to one, and how many there are of each property."""
    query = """SELECT ?thing ?property (COUNT(DISTINCT ?value) AS ?count) { ?value ?property ?thing }
        GROUP BY ?thing ?property"""
    counts = {row["property"].value: int(row["count"].value) for row in engine.select(query, thing=iri).rows}
    first = f"SELECT DISTINCT ?thing ?property ?value {{ ?value ?property ?thing }} LIMIT {INCOMING_SHOWN}"
    rows = [row for each in sorted(counts) for row in engine.select(first, thing=iri, property=each).rows]
    return Rows(("thing", "property", "value"), tuple(rows)), counts


def _part(named: Mapping[str, Named], iri: str, rows: Rows) -> Part:
    types = tuple(named[row["value"].value] for row in rows.rows if row["property"].value == TYPE)
    others = tuple(row for row in rows.rows if row["property"].value != TYPE)
    return Part(named[iri], types, _grouped(named, Rows(rows.variables, others), {}))


def _grouped(named: Mapping[str, Named], rows: Rows, counts: Mapping[str, int]) -> tuple[Property, ...]:
    values: dict[str, list[Value]] = {}
    for row in rows.rows:
        thing = named[row["value"].value] if row["value"].kind == "iri" else None
        values.setdefault(row["property"].value, []).append(Value(row["value"], thing))
    properties = [
        Property(named[iri], tuple(sorted(each, key=_value_order)), counts.get(iri, len(each)))
        for iri, each in values.items()
    ]
    return tuple(sorted(properties, key=lambda each: (each.named.iri != LABEL, each.named.label.casefold())))


def _value_order(value: Value) -> tuple[int, str]:
    language = value.term.language
    place = LANGUAGES.index(language) if language in LANGUAGES else len(LANGUAGES)
    return place, value.named.label.casefold() if value.named else value.term.value


def _named(names: Names, iri: str, known: Mapping[str, str], language: str) -> Named:
    for each in (language, "fi", "en", "sv", *sorted(known)):
        if each in known:
            return Named(iri, known[each], each)
    return Named(iri, _short(names, iri))


def _short(names: Names, iri: str) -> str:
    """Return the end of one of our own IRIs, or an IRI of others with its prefix."""
    local = names.local(iri)
    if local:
        return local
    spaces = sorted(names.prefixes().items(), key=lambda pair: len(pair[1]))
    prefix, space = next((pair for pair in reversed(spaces) if iri.startswith(pair[1])), ("", ""))
    return f"{prefix}:{iri[len(space) :]}" if space else iri
