"""A description of a thing as data: RDF in any format, and plain JSON for programs without RDF."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache
from typing import Any

import pyoxigraph as ox

from graph.context import context, for_answers
from graph.description import LABEL, TYPE, Description, Statement
from graph.formats import PLAIN, Format
from graph.names import Names
from graph.store import Term
from graph.store_output import compacted, term
from graph.views import short

DCT, FOAF = "http://purl.org/dc/terms/", "http://xmlns.com/foaf/0.1/"
HYDRA = "http://www.w3.org/ns/hydra/core#"
XSD = "http://www.w3.org/2001/XMLSchema#"
_NUMBERS = {f"{XSD}{name}": int for name in ("integer", "nonNegativeInteger", "positiveInteger", "gYear")}


def written(description: Description, licence: str, chosen: Format) -> bytes:
    """Return a description in a format of `GRAPH_FORMATS`, or in plain JSON.

    :param licence: IRI of the licence of the facts.
    """
    if chosen == PLAIN:
        return (json.dumps(plain(description, licence), ensure_ascii=False, indent=1) + "\n").encode()
    said = list(dict.fromkeys(triples(description, licence)))
    form = getattr(ox.RdfFormat, chosen.engine)
    if form == ox.RdfFormat.JSON_LD:
        return compacted(said, for_answers(description.names))
    prefixes = {**description.names.prefixes(), "foaf": FOAF, "hydra": HYDRA}
    return ox.serialize(said, format=form, prefixes=prefixes) or b""


def document_iri(description: Description, page: int = 1, suffix: str = "") -> str:
    """Return the IRI of the document about a thing, or of a further page of it.

    :param suffix: of the form that is in one format; the one that negotiates where left out.
    """
    names = description.names
    return f"{names.base}doc/{names.local(description.iri)}{suffix}" + (f"?page={page}" if page > 1 else "")


# ---- RDF ----


def triples(description: Description, licence: str) -> Iterator[ox.Triple]:
    """Yield what a description says, the thing first; a triple may come twice.

    :param licence: IRI of the licence of the facts.
    """
    for group in (description.said, description.near):
        for iri, said in group.items():
            yield from (_triple(iri, each) for each in said)
    for link in description.links:
        yield _triple(link.thing, (link.property, Term("iri", description.iri)))
    for claim, graph in description.graph_of.items():
        yield _triple(claim, (f"{DCT}isPartOf", Term("iri", graph)))
    for iri, said in description.known.items():
        if not iri.startswith(description.names.ontology):  # the terms' labels are in the ontology
            yield from (_triple(iri, each) for each in said)
    yield from _document(description, licence)


def _triple(iri: str, said: Statement) -> ox.Triple:
    value = said[1]
    return ox.Triple(
        ox.NamedNode(iri), ox.NamedNode(said[0]), term(value.kind, value.value, value.language, value.datatype)
    )


def _document(description: Description, licence: str) -> Iterator[ox.Triple]:
    """Yield what the document says of itself: subject, licence, the named graphs behind it, and its pages (Hydra)."""
    document = document_iri(description)

    def link(subject: str, property_: str, value: str) -> ox.Triple:
        return _triple(subject, (property_, Term("iri", value)))

    yield link(document, TYPE, f"{FOAF}Document")
    yield link(document, f"{FOAF}primaryTopic", description.iri)
    yield link(document, f"{DCT}license", licence)
    for graph in description.graphs:
        yield link(document, f"{DCT}source", graph)
    if description.pages > 1:
        view = f"{document}?page={description.page}"
        yield link(document, f"{HYDRA}view", view)
        yield link(view, TYPE, f"{HYDRA}PartialCollectionView")
        for relation, page in pages(description).items():
            name = {"prev": "previous"}.get(relation, relation)
            yield link(view, f"{HYDRA}{name}", document_iri(description, page))


def pages(description: Description) -> dict[str, int]:
    """Return where the other pages of links are: first, prev, next, last -> number; nothing where there is one page."""
    at, last = description.page, description.pages
    places = {"first": 1, "prev": at - 1, "next": at + 1, "last": last}
    return {name: page for name, page in places.items() if last > 1 and 1 <= page <= last}


# ---- plain JSON ----


def plain(description: Description, licence: str) -> dict[str, Any]:
    """Return a description as plain values; docs/linked-data.md tells its members.

    :param licence: IRI of the licence of the facts.
    """
    parts = [iri for iri in description.said if iri != description.iri]
    there = {name: document_iri(description, page, ".json") for name, page in pages(description).items()}
    thing = _node(description, description.iri, description.said[description.iri])
    return {
        **thing,
        "parts": [_node(description, each, description.said[each]) for each in parts],
        "adoptions": [_whole(description, each) for each in description.near if _kind(description, each) == "adoption"],
        "claims": [_whole(description, each) for each in description.near if _kind(description, each) == "claim"],
        "backlinks": {
            "total": description.total,
            "page": description.page,
            "pages": description.pages,
            **there,
            "items": [_backlink(description, link.thing, link.property) for link in description.links],
        },
        "document": {"id": document_iri(description), "licence": licence, "graphs": list(description.graphs)},
    }


def _kind(description: Description, iri: str) -> str:
    return "" if "#" in iri else (description.names.local(iri) or "").partition("/")[0]


def _backlink(description: Description, iri: str, property_: str) -> dict[str, Any]:
    said = description.known.get(iri) or description.near.get(iri) or description.said.get(iri) or []
    types = [key(description.names, value.value) for each, value in said if each == TYPE]
    return {**_reference(description, iri), "type": types, "property": key(description.names, property_)}


def _whole(description: Description, iri: str) -> dict[str, Any]:
    """Return an adoption, or a claim with the parts that say where on its page it stands."""
    whole = _node(description, iri, description.near[iri])
    parts = [each for each in description.near if each.startswith(f"{iri}#")]
    if parts:
        whole["parts"] = [_node(description, each, description.near[each]) for each in parts]
    return whole


def _node(description: Description, iri: str, said: list[Statement]) -> dict[str, Any]:
    node: dict[str, Any] = {**_reference(description, iri), "type": [], "properties": {}}
    for property_, value in said:
        name = key(description.names, property_)
        if property_ == TYPE:
            node["type"].append(key(description.names, value.value))
        elif value.language:
            node["properties"].setdefault(name, {}).setdefault(value.language, []).append(value.value)
        elif property_ != LABEL:
            node["properties"].setdefault(name, []).append(_value(description, value))
    node["properties"].pop(key(description.names, LABEL), None)
    if iri in description.graph_of:
        node["graph"] = description.graph_of[iri]
    return node


def _reference(description: Description, iri: str) -> dict[str, Any]:
    return {"id": iri, "label": dict(sorted(description.labels.get(iri, {}).items()))}


def _value(description: Description, value: Term) -> Any:
    if value.kind == "iri":
        return _reference(description, value.value)
    try:
        if value.datatype == f"{XSD}boolean":
            return value.value in {"true", "1"}
        if value.datatype in {f"{XSD}decimal", f"{XSD}double"}:
            return float(value.value)
        return _NUMBERS.get(value.datatype, str)(value.value)
    except ValueError:  # a number of the wrong form stays what it is
        return value.value


def key(names: Names, iri: str) -> str:
    """Return the short name of a property or class.

    Its first key in mappings/context.jsonld; for a term of ours that has none there, what stands behind the # of its IRI; for
    one of others, its prefixed name.
    """
    local = iri.removeprefix(names.ontology) if iri.startswith(names.ontology) else ""
    return _keys(names).get(iri) or (local if local not in context(names) else "") or short(names, iri)


@cache
def _keys(names: Names) -> dict[str, str]:
    known, found = context(names), dict[str, str]()
    for name, term_ in known.items():
        mapped = term_ if isinstance(term_, str) else str(term_.get("@id", "")) if isinstance(term_, dict) else ""
        prefix, _, local = mapped.partition(":")
        if local and not local.startswith("//") and prefix in known:
            found.setdefault(f"{known[prefix]}{local}", name)
    return found
