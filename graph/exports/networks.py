"""The networks of the spread for Gephi (GEXF 1.3), for many tools (GraphML), and for Cytoscape (JSON of its elements)."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from functools import cache, partial
from typing import Any, BinaryIO

from lxml import etree  # type: ignore[import-untyped]

from graph.exports.base import Export, File, Source
from graph.exports.network import MOST_EDGES, NAMES, Edge, Network, Node, Value, load, network

GEXF = "http://gexf.net/1.3"
GRAPHML = "http://graphml.graphdrawing.org/xmlns"
_GEXF_TYPES = {str: "string", int: "integer", float: "double"}
_GRAPHML_TYPES = {str: "string", int: "int", float: "double"}
# The attribute of an edge that changes with time, beside `status`, which is the current one.
STATUS_OVER_TIME = "status_over_time"


def files(
    suffix: str, media_type: str, write: Callable[[Network, Source, BinaryIO], None], source: Source
) -> list[File]:
    """Return a file for each network."""
    loaded = cache(partial(load, source))  # once for the three, and only where one is written

    def written(name: str, out: BinaryIO) -> None:
        write(network(loaded(), name), source, out)

    return [File(f"networks/{name}.{suffix}", media_type, partial(written, name), compressed=True) for name in NAMES]


def about(found: Network, source: Source) -> dict[str, Value]:
    """Return what is said of a network as a whole."""
    return {
        "name": f"Levikki: {found.name}",
        "release": source.snapshot.name,
        "licence": source.settings.licence,
        "nodes": len(found.nodes),
        "edges": len(found.edges),
        "minimum_weight": found.minimum,
        "most_edges": MOST_EDGES,
        "weaker_edges_left_out": str(found.left_out).lower(),
    }


def _kinds(elements: Iterable[Node] | Iterable[Edge]) -> dict[str, type]:
    """Return the attributes that elements have, with the type of their values."""
    found: dict[str, type] = {}
    for element in elements:
        found |= {name: type(value) for name, value in element.more.items()}
    return found


# ---- GEXF ----


def _gexf(found: Network, source: Source, out: BinaryIO) -> None:
    facts = about(found, source)
    with etree.xmlfile(out, encoding="UTF-8") as xml:
        xml.write_declaration()
        with xml.element("gexf", {"version": "1.3"}, nsmap={None: GEXF}):
            with xml.element("meta", {"lastmodifieddate": str(source.snapshot.manifest["made"])[:10]}):
                _text(xml, "creator", "Levikki")
                _text(xml, "description", "; ".join(f"{name}: {value}" for name, value in facts.items()))
            times = {"mode": "dynamic", "timeformat": "date", "timerepresentation": "interval"}
            with xml.element("graph", {"defaultedgetype": "undirected", "idtype": "string", **times}):
                _declare(xml, "node", "static", _kinds(found.nodes))
                if any(edge.statuses for edge in found.edges):
                    _declare(xml, "edge", "dynamic", {STATUS_OVER_TIME: str})
                # The static ones last: graphology takes the types of the last list of a class.
                _declare(xml, "edge", "static", _kinds(found.edges))
                with xml.element("nodes", {"count": str(len(found.nodes))}):
                    for node in found.nodes:
                        xml.write(_node(node))
                with xml.element("edges", {"count": str(len(found.edges))}):
                    for edge in found.edges:
                        xml.write(_edge(edge))


def _text(xml: Any, name: str, text: str) -> None:
    with xml.element(name):
        xml.write(text)


def _declare(xml: Any, of: str, mode: str, kinds: dict[str, type]) -> None:
    with xml.element("attributes", {"class": of, "mode": mode}):
        for name, kind in kinds.items():
            xml.write(etree.Element("attribute", {"id": name, "title": name, "type": _GEXF_TYPES[kind]}))


def _node(node: Node) -> Any:
    made = etree.Element("node", {"id": node.id, "label": node.label, "start": node.start})
    made.tail = "\n"  # a line each, so that two releases can be compared
    _add_values(made, node.more)
    return made


def _edge(edge: Edge) -> Any:
    ends = {"id": edge.id, "source": edge.source, "target": edge.target}
    made = etree.Element("edge", {**ends, "weight": str(edge.weight), "start": edge.start})
    made.tail = "\n"
    values = _add_values(made, edge.more)
    for status, start, end in edge.statuses:
        times = {"start": start, "end": end} if end else {"start": start}
        etree.SubElement(values, "attvalue", {"for": STATUS_OVER_TIME, "value": status, **times})
    return made


def _add_values(element: Any, more: dict[str, Value]) -> Any:
    values = etree.SubElement(element, "attvalues")
    for name, value in more.items():
        etree.SubElement(values, "attvalue", {"for": name, "value": str(value)})
    return values


# ---- GraphML ----


def _graphml(found: Network, source: Source, out: BinaryIO) -> None:
    facts = about(found, source)
    edge_kinds = {"weight": int, **_kinds(found.edges)}
    with etree.xmlfile(out, encoding="UTF-8") as xml:
        xml.write_declaration()
        with xml.element("graphml", nsmap={None: GRAPHML}):
            for of, kinds in (
                ("graph", {name: type(value) for name, value in facts.items()}),
                ("node", {"label": str, **_kinds(found.nodes)}),
                ("edge", edge_kinds),
            ):
                for name, kind in kinds.items():
                    key = {"id": f"{of}-{name}", "for": of, "attr.name": name, "attr.type": _GRAPHML_TYPES[kind]}
                    xml.write(etree.Element("key", key))
            with xml.element("graph", {"id": found.name, "edgedefault": "undirected"}):
                for each in _data("graph", facts):
                    xml.write(each)
                for node in found.nodes:
                    made = etree.Element("node", {"id": node.id})
                    made.extend(_data("node", {"label": node.label, **node.more}))
                    made.tail = "\n"
                    xml.write(made)
                for edge in found.edges:
                    made = etree.Element("edge", {"id": edge.id, "source": edge.source, "target": edge.target})
                    made.extend(_data("edge", {"weight": edge.weight, **edge.more}))
                    made.tail = "\n"
                    xml.write(made)


def _data(of: str, values: dict[str, Value]) -> list[Any]:
    found = []
    for name, value in values.items():
        data = etree.Element("data", {"key": f"{of}-{name}"})
        data.text = str(value)
        found.append(data)
    return found


# ---- Cytoscape ----


def _cytoscape(found: Network, source: Source, out: BinaryIO) -> None:
    out.write(b'{"data": ' + _json(about(found, source)) + b',\n"elements": {"nodes": [\n')
    _listed(out, ({"id": each.id, "label": each.label} | each.more for each in found.nodes))
    out.write(b'],\n"edges": [\n')
    _listed(out, (_ends(each) | {"weight": each.weight} | each.more for each in found.edges))
    out.write(b"]}}\n")


def _ends(edge: Edge) -> dict[str, Value]:
    return {"id": edge.id, "source": edge.source, "target": edge.target}


def _listed(out: BinaryIO, elements: Iterable[Mapping[str, Value]]) -> None:
    lines = (_json({"data": element}) for element in elements)
    out.writelines((b",\n" if place else b"") + line for place, line in enumerate(lines))
    out.write(b"\n")


def _json(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode()


EXPORTS = tuple(
    Export(name, partial(files, suffix, media_type, write))
    for name, suffix, media_type, write in (
        ("gexf", "gexf", "application/gexf+xml", _gexf),
        ("graphml", "graphml", "application/graphml+xml", _graphml),
        ("cytoscape", "cyjs", "application/json", _cytoscape),
    )
)
