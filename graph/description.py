"""What is said of a thing, for every format alike: the thing with its parts, what links to it, and the claims behind that.

A concise bounded description, and more: the links to a thing come in pages, an adoption or a claim among them comes whole,
each claim with its named graph, and whatever is pointed to has its type and its labels. Nothing of it grows without a bound.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property

from graph.names import Names
from graph.store import Engine, Term
from graph.views import iri_list

LINKS = 50  # to a thing, on one page of them
ORDERED = 2_000  # links that are put in order; to order 200 000 IRIs takes the engine longer than a query may
CLAIMS = 300  # that one page shows whole
VALUES = 2_000  # of one thing
SKOS = "http://www.w3.org/2004/02/skos/core#"
LABEL, RDFS_LABEL = f"{SKOS}prefLabel", "http://www.w3.org/2000/01/rdf-schema#label"
TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"

Statement = tuple[str, Term]
Statements = dict[str, list[Statement]]


@dataclass(frozen=True)
class Link:
    """Hold one link to a thing: from where, and by which property."""

    thing: str
    property: str


@dataclass(frozen=True)
class Description:
    """Hold what is said of a thing.

    :param said: the thing and its parts (`…#evidence`), the thing first.
    :param graphs: IRIs of the named graphs that say any of it.
    :param links: one page of the links to it.
    :param total: how many there are on all pages.
    :param page: from 1.
    :param near: the adoptions and claims among them, the claims of the adoptions, and the parts of the claims.
    :param known: type and labels of whatever is pointed to or links.
    :param graph_of: claim -> its named graph.
    """

    names: Names
    said: Statements
    graphs: tuple[str, ...]
    links: tuple[Link, ...]
    total: int
    page: int
    near: Statements
    known: Statements = field(default_factory=dict)
    graph_of: dict[str, str] = field(default_factory=dict)

    @property
    def iri(self) -> str:
        """Return the thing."""
        return next(iter(self.said))

    @property
    def pages(self) -> int:
        """Return how many pages of links there are."""
        return max(1, -(-self.total // LINKS))

    def values(self, iri: str, prefixed: str) -> list[Term]:
        """Return the values of a property of something that is described here.

        :param prefixed: the property, such as `lev:model`.
        """
        prefix, _, local = prefixed.partition(":")
        wanted = f"{self.names.prefixes()[prefix]}{local}"
        statements = self.said.get(iri) or self.near.get(iri) or self.known.get(iri) or []
        return [value for each, value in statements if each == wanted]

    def of_kind(self, kind: str) -> list[str]:
        """Return the adoptions, or the claims, that are described here: the thing itself too, where it is one."""
        return [iri for iri in (self.iri, *self.near) if _is(self.names, kind, iri)]

    @cached_property
    def labels(self) -> dict[str, dict[str, str]]:
        """Return the labels of everything here: IRI -> language -> label."""
        return labels_in(self.said, self.near, self.known)


def describe(engine: Engine, iri: str, page: int = 1, *, is_alone: bool = False) -> Description | None:
    """Return what the graph says of a thing; None where it says nothing, or has no such page of links.

    :param page: which of the links to it, from 1.
    :param is_alone: leave out what is said of the things that link to it: of a model, those are all its claims.
    """
    said = _read(engine, "SELECT DISTINCT ?thing ?property ?value { ?thing ?property ?value }", thing=iri)
    if not said:
        return None
    said |= _parts(engine, said)
    total, links = _links(engine, iri, page)
    if page > 1 and not links:
        return None
    near = {} if is_alone else _near(engine, said, links)
    claims = [each for each in (iri, *near) if _is(engine.names, "claim", each)]
    linked = set() if is_alone else {each for link in links for each in (link.thing, link.property)}
    return Description(
        names=engine.names,
        said=said,
        graphs=_graphs(engine, iri),
        links=links,
        total=total,
        page=page,
        near=near,
        known=known(engine, (pointed_to(said, near) | linked) - said.keys() - near.keys()),
        graph_of=_graphs_of(engine, claims),
    )


def statements(engine: Engine, iris: Iterable[str]) -> Statements:
    """Return what is said of things, in an order that is always the same."""
    values = iri_list(iris)
    query = f"SELECT DISTINCT ?thing ?property ?value {{ VALUES ?thing {{ {values} }} ?thing ?property ?value }}"
    return _read(engine, query) if values else {}


def _read(engine: Engine, query: str, **bindings: str) -> Statements:
    found: Statements = {}
    rows = engine.select(query, **bindings).rows
    for row in sorted(rows, key=_order):
        found.setdefault(row["thing"].value, []).append((row["property"].value, row["value"]))
    return {iri: each[:VALUES] for iri, each in found.items()}


def _order(row: dict[str, Term]) -> tuple[str, ...]:
    value = row["value"]
    return row["thing"].value, row["property"].value, value.value, value.language, value.datatype


def _parts(engine: Engine, said: Statements) -> Statements:
    """Return the parts of a thing, and their parts: its evidence, and the evidence's position."""
    iri, found = next(iter(said)), dict[str, list[Statement]]()
    wanted = said
    for _ in range(2):
        linked = {value.value for each in wanted.values() for _, value in each if value.kind == "iri"}
        wanted = statements(engine, sorted(each for each in linked - found.keys() if each.startswith(f"{iri}#")))
        found |= wanted
    return found


def _links(engine: Engine, iri: str, page: int) -> tuple[int, tuple[Link, ...]]:
    """Return how many links there are to a thing, and one page of them.

    Adoptions come first, by the order of the IRIs. Very many come as the store holds them: in a snapshot, that does not change.
    """
    count = """SELECT ?thing ?property (COUNT(DISTINCT ?from) AS ?n) { ?from ?property ?thing }
        GROUP BY ?thing ?property"""
    total = sum(int(row["n"].value) for row in engine.select(count, thing=iri).rows)
    if not total:
        return 0, ()
    order = "ORDER BY STR(?from) STR(?property)" if total <= ORDERED else ""
    query = f"""SELECT DISTINCT ?thing ?from ?property {{ ?from ?property ?thing }}
        {order} LIMIT {LINKS} OFFSET {(page - 1) * LINKS}"""
    rows = engine.select(query, thing=iri).rows
    return total, tuple(Link(row["from"].value, row["property"].value) for row in rows)


def _near(engine: Engine, said: Statements, links: tuple[Link, ...]) -> Statements:
    names, iri = engine.names, next(iter(said))
    adoptions = dict.fromkeys(link.thing for link in links if _is(names, "adoption", link.thing))
    near = statements(engine, adoptions)
    claims = [link.thing for link in links if _is(names, "claim", link.thing)]
    for _, value in (*said[iri], *(each for all_of in near.values() for each in all_of)):
        if value.kind == "iri" and _is(names, "claim", value.value):
            claims.append(value.value)
    wanted = [each for each in dict.fromkeys(claims) if each != iri][:CLAIMS]
    evidence = f"""SELECT DISTINCT ?thing ?property ?value {{ VALUES ?claim {{ {iri_list(wanted)} }}
        ?claim lev:evidence|lev:evidence/oa:hasSelector ?thing . ?thing ?property ?value }}"""
    return near | statements(engine, wanted) | (_read(engine, evidence) if wanted else {})


def _is(names: Names, kind: str, iri: str) -> bool:
    return (names.local(iri) or "").startswith(f"{kind}/") and "#" not in iri


def pointed_to(*groups: Statements) -> set[str]:
    """Return the properties of statements, and the things that are their values."""
    values = {value.value for group in groups for each in group.values() for _, value in each if value.kind == "iri"}
    return values | {prop for group in groups for each in group.values() for prop, _ in each}


def labels_in(*groups: Statements) -> dict[str, dict[str, str]]:
    """Return the labels among statements: IRI -> language -> label."""
    found: dict[str, dict[str, str]] = {}
    for iri, said in (each for group in groups for each in group.items()):
        for property_, value in said:
            if property_ in {LABEL, RDFS_LABEL} and value.kind == "literal":
                found.setdefault(iri, {}).setdefault(value.language, value.value)
    return found


def known(engine: Engine, iris: Iterable[str]) -> Statements:
    """Return types and labels of things."""
    values = iri_list(sorted(iris))
    # One pattern for each property: with the property as a variable, all that is said of each thing would be read.
    each = " UNION ".join(
        f"{{ VALUES ?thing {{ {values} }} ?thing <{one}> ?value BIND(<{one}> AS ?property) }}"
        for one in (LABEL, RDFS_LABEL, TYPE)
    )
    return _read(engine, f"SELECT DISTINCT ?thing ?property ?value {{ {each} }}") if values else {}


def _graphs(engine: Engine, iri: str) -> tuple[str, ...]:
    query = "SELECT DISTINCT ?thing ?graph { GRAPH ?graph { ?thing ?property ?value } }"
    return tuple(sorted(row["graph"].value for row in engine.select(query, thing=iri).rows))


def _graphs_of(engine: Engine, claims: list[str]) -> dict[str, str]:
    query = f"SELECT ?claim ?graph {{ VALUES ?claim {{ {iri_list(claims)} }} GRAPH ?graph {{ ?claim a lev:Claim }} }}"
    rows = engine.select(query).rows if claims else ()
    return dict(sorted((row["claim"].value, row["graph"].value) for row in rows))
