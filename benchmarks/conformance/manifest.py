"""The suites as their manifests tell them: which tests there are, and of what kind."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from rdflib import RDF, Graph, Namespace
from rdflib.term import Node

from graph.errors import CallError, DataError
from graph.files import read_bytes

BASE = "http://www.w3.org/2009/sparql/docs/tests/data-sparql11/"
FOLDER = Path("rdf-tests") / "sparql" / "sparql11"
MF = Namespace("http://www.w3.org/2001/sw/DataAccess/tests/test-manifest#")
# Name of a suite -> its manifest, and how many tests it has: a test that is not found must not go unnoticed.
SUITES = {
    "query": ("manifest-sparql11-query.ttl", 328),
    "results formats": ("manifest-sparql11-results.ttl", 10),
    "protocol": ("protocol/manifest.ttl", 34),
    "graph store protocol": ("graph-store-protocol/manifest.ttl", 13),
    "service description": ("service-description/manifest.ttl", 3),
}


@dataclass(frozen=True, eq=False)
class Case:
    """Hold a test.

    :param kind: its type, such as QueryEvaluationTest.
    :param suite: key of SUITES.
    :param root: the folder that BASE stands for.
    :param graph: the manifest that tells the rest.
    """

    iri: str
    kind: str
    suite: str
    root: Path
    graph: Graph
    node: Node

    @property
    def tail(self) -> str:
        """Return what the lists call the test by: its IRI without what all of them begin with."""
        return self.iri.removeprefix(BASE)

    def read(self, iri: str) -> bytes:
        """Return a file that the test names.

        :raises DataError: it cannot be read.
        """
        return read_bytes(place(self.root, iri))


def place(root: Path, iri: str) -> Path:
    """Return where the file of an IRI is."""
    return root / iri.removeprefix(BASE)


def sparql11(suites: Path) -> Path:
    """Return the folder of the SPARQL 1.1 suites.

    :param suites: folder of all suites.
    :raises CallError: it is not there.
    """
    root = suites / FOLDER
    if not (root / SUITES["query"][0]).exists():
        hint = "take the folder sparql/sparql11 of w3c/rdf-tests, and name the folder above rdf-tests with --suites"
        raise CallError(f"no {FOLDER.as_posix()} there", str(suites), hint)
    return root


def cases(root: Path) -> list[Case]:
    """Return the tests of all suites, in the order of their manifests.

    :raises DataError: a suite has more or fewer tests than it should.
    """
    found = []
    for suite, (manifest, count) in SUITES.items():
        of_suite = list(_entries(root, suite, BASE + manifest))
        if len(of_suite) != count:
            what = f"{len(of_suite)} tests where there should be {count}"
            raise DataError(what, manifest, "take the version that shared/suites/README.md names")
        found += of_suite
    return found


def _entries(root: Path, suite: str, manifest: str) -> Iterator[Case]:
    graph = Graph().parse(data=read_bytes(place(root, manifest)), format="turtle", publicID=manifest)
    for included in graph.objects(None, MF.include):
        for each in graph.items(included):
            yield from _entries(root, suite, str(each))
    for entries in graph.objects(None, MF.entries):
        for node in graph.items(entries):
            kind = str(graph.value(node, RDF.type)).rpartition("#")[2]
            yield Case(str(node), kind, suite, root, graph, node)
