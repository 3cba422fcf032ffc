"""Mint every IRI, in one place: DESIGN section 3, "Names"."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from rdflib import Graph

from graph.files import read_text
from graph.settings import DEFAULT_BASE, ROOT

TYPES = (
    "region",
    "municipality",
    "area",
    "organisation",
    "programme",
    "project",
    "model",
    "goal",
    "adoption",
    "claim",
    "measure",
    "page",
    "scheme",
)


@dataclass(frozen=True)
class Names:
    """Mint the IRIs of one publisher.

    :param base: the IRI that all of them begin with.

    >>> Names().thing("region", "lansi-uusimaa")
    'https://w3id.org/levikki/id/region/lansi-uusimaa'
    """

    base: str = DEFAULT_BASE

    @property
    def ontology(self) -> str:
        """Return the namespace of the ontology's terms."""
        return f"{self.base}ontology#"

    def thing(self, kind: str, slug: str) -> str:
        """Return the IRI of a thing."""
        return f"{self.base}id/{kind}/{slug}"

    def relative(self, path: str) -> str:
        """Return the IRI of a record's relative name, such as `model/tiimimalli`."""
        return f"{self.base}id/{path}"

    def graph(self, name: str) -> str:
        """Return the IRI of a named graph, such as `page/lansi-uusimaa` or `derived`."""
        return f"{self.base}graph/{name}"

    def graph_name(self, iri: str) -> str:
        """Return what stands behind `{base}graph/` in an IRI; the IRI itself where it is none of ours."""
        return iri.removeprefix(self.graph(""))

    def local(self, iri: str) -> str | None:
        """Return what stands behind `{base}id/` in an IRI, or None for an IRI of somebody else."""
        start = f"{self.base}id/"
        return iri[len(start) :] if iri.startswith(start) else None

    def rebase(self, text: str) -> str:
        """Put this publisher's base in a text that is written with the default one."""
        return text if self.base == DEFAULT_BASE else text.replace(DEFAULT_BASE, self.base)

    def prefixes(self) -> dict[str, str]:
        """Return prefix -> namespace from ontology/prefixes.ttl, the only prefix table."""
        return {prefix: self.rebase(space) for prefix, space in _prefix_table().items()}


@cache
def _prefix_table() -> dict[str, str]:
    path: Path = ROOT / "ontology" / "prefixes.ttl"
    graph = Graph(bind_namespaces="none").parse(data=read_text(path), format="turtle")
    return {prefix: str(space) for prefix, space in graph.namespaces()}


def folded(text: str) -> str:
    """Return a text as it is compared with another: whatever its case, its spaces and how its letters are composed.

    >>> folded("  Länsi-UUSIMAA ")
    'länsi-uusimaa'
    """
    return " ".join(unicodedata.normalize("NFC", text).casefold().split())


def last_part(iri: str) -> str:
    """Return what stands behind the last `/` of an IRI, or of a record's relative name: a slug, a notation, a code.

    >>> last_part("https://w3id.org/levikki/id/scheme/status/adopted")
    'adopted'
    """
    return iri.rpartition("/")[2]


def slug(label: str) -> str:
    """Turn a Finnish label into a slug: lower case, ASCII, hyphens.

    >>> slug("Länsi-Uusimaa: tulevaisuuden sote-keskus")
    'lansi-uusimaa-tulevaisuuden-sote-keskus'
    """
    plain = unicodedata.normalize("NFKD", label.casefold().replace("ø", "o")).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")
