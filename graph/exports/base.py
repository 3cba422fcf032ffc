"""What every export works with: a snapshot to read, and files to write, the same bytes for the same snapshot."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, BinaryIO, TypeVar

import pyoxigraph as ox

from graph.names import Names
from graph.settings import Settings
from graph.snapshot import Snapshot, Written
from graph.terms import Term

T = TypeVar("T")
Row = dict[str, Term]
Writer = Callable[[BinaryIO], object]


@dataclass(frozen=True)
class Source:
    """Hold what is exported: the open graph of a snapshot, never its quotes.

    :param settings: publisher, licence and addresses among them.
    :param written: the files of this snapshot that are there already; what describes the others is written last.
    """

    snapshot: Snapshot
    settings: Settings = field(default_factory=Settings)
    written: tuple[Written, ...] = ()
    _known: dict[Callable[[Source], Any], Any] = field(default_factory=dict, init=False, repr=False, compare=False)

    @cached_property
    def names(self) -> Names:
        """Return what mints the IRIs of the snapshot, which may have another base than the settings."""
        return Names(self.snapshot.base)

    @cached_property
    def store(self) -> ox.Store:
        """Return the snapshot's store. Queries on it are ours alone: nothing bounds them."""
        return ox.Store.read_only(str(self.snapshot.store_path()))

    def once(self, read: Callable[[Source], T]) -> T:
        """Return what a function reads from this source, which several exports want: it is read the first time alone.

        :param read: the function; what it returns is shared, and changed by nobody.
        """
        if read not in self._known:
            self._known[read] = read(self)
        found: T = self._known[read]
        return found

    def select(self, query: str, **bindings: str) -> list[Row]:
        """Return the rows of a query, in its order, without the unbound variables.

        :param query: SPARQL without prologue; our prefixes are known in it. It must give an order that is total, or the
            bytes of an export could differ from run to run.
        :param bindings: variable -> IRI.
        """
        values: dict[ox.Variable, ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple] = {
            ox.Variable(name): ox.NamedNode(iri) for name, iri in bindings.items()
        }
        found = self.store.query(query, prefixes=self.names.prefixes(), substitutions=values)
        assert isinstance(found, ox.QuerySolutions)  # noqa: S101 (for the type: every query here is a SELECT)
        known = [variable.value for variable in found.variables]
        return [{name: row[name] for name in known if row[name] is not None} for row in found]

    def quads(self) -> Iterator[ox.Quad]:
        """Yield every quad of the open graph, sorted as graph.nq is, in memory that does not grow."""
        return ox.parse(path=str(self.snapshot.path / "graph.nq"), format=ox.RdfFormat.N_QUADS)


@dataclass(frozen=True)
class File:
    """Describe one file of an export.

    :param path: under `/data/`, such as `csv/adoptions.csv`; without the suffix of a compression.
    :param media_type: of what is in it.
    :param write: writes its content.
    :param compressed: keep it gzipped, as `<path>.gz`: for what is large and compresses well.
    :param profile: IRI of the standard that its content conforms to; empty where there is none.
    """

    path: str
    media_type: str
    write: Writer
    compressed: bool = False
    profile: str = ""


@dataclass(frozen=True)
class Export:
    """Describe an export format.

    :param name: what `levikki export` and mappings/exports.csv call it.
    :param files: returns its files.
    :param last: it describes the files of the others, and so is written behind them.
    """

    name: str
    files: Callable[[Source], list[File]]
    last: bool = False
