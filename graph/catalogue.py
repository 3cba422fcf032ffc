"""The catalogue of what is published, in DCAT 3 by the profile DCAT-AP 3.0.1, and as avoindata.fi takes it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from typing import Protocol

from rdflib import DCTERMS, FOAF, OWL, RDF, RDFS, SKOS, VOID, XSD, Graph, Literal

from graph.catalogue_parts import ADFI, DCAT, SPDX, VCARD, Parts, Release
from graph.dataset import Publication
from graph.errors import SnapshotError
from graph.releases import whole
from graph.snapshot import Snapshot, Written, names_in

PREFIXES = {
    "adfi": ADFI, "dcat": DCAT, "dct": DCTERMS, "foaf": FOAF, "owl": OWL, "rdfs": RDFS, "skos": SKOS, "spdx": SPDX,
    "vcard": VCARD, "void": VOID, "xsd": XSD,
}  # fmt: skip
PERIOD = "SELECT (MIN(?day) AS ?first) (MAX(?day) AS ?last) { ?claim a lev:Claim ; lev:asOf ?day }"


class Valued(Protocol):
    """A term of a query's answer."""

    @property
    def value(self) -> str:
        """Return its lexical form."""


Select = Callable[[str], Iterable[Mapping[str, Valued]]]


def release_of(snapshot: Snapshot, files: tuple[Written, ...] | None = None) -> Release:
    """Return what is known of the release of a snapshot.

    :param files: those of it to describe; all where left out.
    """
    return Release(snapshot.name, str(snapshot.manifest["made"]), snapshot.files if files is None else files)


def releases(about: Publication, newest: Snapshot) -> list[Release]:
    """Return the releases that are kept whole, the newest first, and none that is newer than the one served.

    :param newest: the release that is served.
    """
    folder = newest.path.parent
    older = [Snapshot(folder / name) for name in reversed(names_in(folder)) if name < newest.path.name]
    kept = [release_of(newest)]
    for each in older:
        with suppress(SnapshotError):  # a build may take it away while we look
            if each.base == about.names.base and whole(each):
                kept.append(release_of(each))
    return kept


def period(select: Select) -> tuple[str, str]:
    """Return the first and the last day that a claim is of; empty where there is no claim."""
    row = next(iter(select(PERIOD)), {})
    return (row["first"].value, row["last"].value) if "first" in row and "last" in row else ("", "")


def describe(
    about: Publication,
    known: Sequence[Release],
    days: tuple[str, str],
    titles: Mapping[str, Mapping[str, str]],
    *,
    pinned: bool = False,
) -> Graph:
    """Return the catalogue.

    :param known: the releases to list, the newest first; its files are the dataset's.
    :param days: the first and the last day of the data; empty where unknown.
    :param titles: format -> language -> title.
    :param pinned: list all files of each release where they stay, and nothing at the addresses of whatever is newest.
    """
    graph = Graph(bind_namespaces="none")
    for prefix, space in PREFIXES.items():
        graph.bind(prefix, space)
    writer = Parts(graph, about, titles)
    writer.add_common(days)
    writer.add_catalogue(known)
    kept = [writer.add_kept(each, whole=pinned) for each in known]
    writer.add_dataset(known, kept[0] if pinned else writer.add_newest(known[0]))
    for release, before, files in zip(known, [*known[1:], None], kept, strict=True):
        writer.add_release(release, before, files)
    writer.add_services()
    return graph


def for_avoindata(graph: Graph) -> Graph:
    """Return a catalogue as the profile of avoindata.fi has it, which builds on DCAT-AP 2.0.0.

    There a size is a decimal, and a checksum may only be SHA-1: ours, which is not, is left out.
    """
    changed = Graph(bind_namespaces="none")
    for prefix, space in graph.namespaces():
        changed.bind(prefix, space)
    unfit = set(graph.subjects(RDF.type, SPDX.Checksum)) | {SPDX.checksumAlgorithm_sha256}
    for subject, predicate, value in graph:
        if subject in unfit or value in unfit:
            continue
        decimal = predicate == DCAT.byteSize
        changed.add((subject, predicate, Literal(str(value), datatype=XSD.decimal) if decimal else value))
    return changed
