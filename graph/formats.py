"""Media types, and which of them answers an Accept header (RFC 9110, section 12.5.1)."""

from __future__ import annotations

from dataclasses import dataclass

from graph.errors import CallError


@dataclass(frozen=True)
class Format:
    """Name a format: `?format=` and file suffix, media type, and how pyoxigraph calls it."""

    name: str
    media_type: str
    engine: str = ""


SELECT_FORMATS = (
    Format("json", "application/sparql-results+json", "JSON"),
    Format("xml", "application/sparql-results+xml", "XML"),
    Format("csv", "text/csv", "CSV"),
    Format("tsv", "text/tab-separated-values", "TSV"),
)
GRAPH_FORMATS = (
    Format("ttl", "text/turtle", "TURTLE"),
    Format("nt", "application/n-triples", "N_TRIPLES"),
    Format("jsonld", "application/ld+json", "JSON_LD"),
    Format("rdf", "application/rdf+xml", "RDF_XML"),
)
DATASET_FORMATS = (Format("nq", "application/n-quads", "N_QUADS"), Format("trig", "application/trig", "TRIG"))
HTML = Format("html", "text/html")
PLAIN = Format("json", "application/json")  # of our own making, for programs without RDF
# What clients, SPARQLWrapper among them, call a format beside its own name.
CLIENT_NAMES = {"turtle": "ttl", "json-ld": "jsonld", "rdf+xml": "rdf", "ntriples": "nt", "n-triples": "nt"}
CLIENT_GRAPH_NAMES = {**CLIENT_NAMES, "xml": "rdf", "json": "jsonld"}
# Media types that clients send for a format, beside its own.
ALIASES = {
    "application/json": "application/sparql-results+json",
    "application/xml": "application/sparql-results+xml",
    "application/x-turtle": "text/turtle",
    "text/plain": "application/n-triples",
}


class NotAcceptable(CallError):
    """No format on offer is one that the client accepts."""

    http_status = 406


def by_name(name: str, offered: tuple[Format, ...]) -> Format:
    """Return the format of a name or media type.

    :raises NotAcceptable: none of the offered formats is called so.
    """
    for each in offered:
        if name in {each.name, each.media_type}:
            return each
    raise NotAcceptable(f"no format {name!r} here", "format", f"use one of: {', '.join(f.name for f in offered)}")


def choose(name: str, accept: str, offered: tuple[Format, ...]) -> Format:
    """Choose the format of an answer: by its name, also one that clients use for it, else by the Accept header.

    :raises NotAcceptable: none of the offered ones is wanted.
    """
    if not name:
        return negotiate(accept, offered)
    names = CLIENT_GRAPH_NAMES if offered is GRAPH_FORMATS else CLIENT_NAMES
    return by_name(names.get(name, name), offered)


def negotiate(accept: str, offered: tuple[Format, ...]) -> Format:
    """Choose the offered format that an Accept header likes best.

    The highest q wins; of equals, the one that is offered first. An absent or empty header accepts everything.

    :raises NotAcceptable: the header refuses every offered format.
    """
    ranges = _ranges(accept or "*/*")
    ranked = [(_quality(each, ranges), -place, each) for place, each in enumerate(offered)]
    quality, _, best = max(ranked, key=lambda rank: rank[:2])
    if quality <= 0:
        offer = ", ".join(each.media_type for each in offered)
        raise NotAcceptable(f"nothing here is of the type {accept!r}", "Accept", f"offered: {offer}")
    return best


def _ranges(accept: str) -> dict[str, float]:
    ranges: dict[str, float] = {}
    for part in accept.split(","):
        media, *parameters = (piece.strip().lower() for piece in part.split(";"))
        quality = 1.0
        for parameter in parameters:
            if parameter.startswith("q="):
                try:
                    quality = float(parameter[2:])
                except ValueError:
                    quality = 0.0
        media = media or "*/*"
        ranges[media] = max(quality, ranges.get(media, 0.0))
    return ranges


def _quality(offered: Format, ranges: dict[str, float]) -> float:
    """Return the q of the most specific range that fits, 0 where none does."""
    kind = offered.media_type.split("/")[0]
    names = [offered.media_type, *(alias for alias, media in ALIASES.items() if media == offered.media_type)]
    for name in [*names, f"{kind}/*", "*/*"]:
        if name in ranges:
            return ranges[name]
    return 0.0
