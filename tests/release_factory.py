"""A history of releases: two shipped pages whose facts change from build to build, a server over it, and who follows its feed."""

from __future__ import annotations

import json
import shutil
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyoxigraph as ox
from app_factory import answering, making

from graph import pipeline
from graph.records import RECORDS
from graph.settings import Settings
from graph.snapshot import Snapshot

TREE, DCT = "https://w3id.org/tree#", "http://purl.org/dc/terms/"
TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"
PAGES = ("helsinki", "ita-uusimaa")
Triples = frozenset[ox.Triple]


@dataclass
class Publisher:
    """Hold a folder of records, and build releases of them.

    :param kept: releases that stay whole.
    """

    folder: Path
    kept: int = 30
    base: str = "https://w3id.org/levikki/"

    def __post_init__(self) -> None:
        self.records.mkdir(parents=True)
        for page in PAGES:
            self.restore(page)

    @property
    def records(self) -> Path:
        return self.folder / "records"

    @property
    def settings(self) -> Settings:
        return Settings(snapshots=self.folder / "snapshots", releases_kept=self.kept, base=self.base)

    def restore(self, page: str) -> None:
        shutil.copy(RECORDS / f"{page}.json", self.records)

    def remove(self, page: str) -> None:
        (self.records / f"{page}.json").unlink()

    def edit(self, page: str, change: Callable[[list[dict[str, Any]]], object]) -> None:
        """Change the claims of a page."""
        path = self.records / f"{page}.json"
        document = json.loads(path.read_text(encoding="utf-8"))
        change(document["contents"]["claims"])
        path.write_text(json.dumps(document), encoding="utf-8")

    def build(self, *, forget: bool = False) -> Snapshot:
        return pipeline.build(self.settings, folder=self.records, exports=False, forget=forget, say=lambda _: None)


def first_piloted(claims: list[dict[str, Any]]) -> None:
    """Let the first claim say that its model is piloted, and drop the second."""
    claims[0]["status"] = "scheme/status/piloted"
    del claims[1]


def union(release: Snapshot) -> Triples:
    """Return the triples of a release's open graph."""
    quads = ox.parse(path=str(release.path / "graph.nq"), format=ox.RdfFormat.N_QUADS)
    return frozenset(quad.triple for quad in quads)


@contextmanager
def running(settings: Settings) -> Iterator[str]:
    """Serve the newest release; yield the address."""
    with making(settings) as app, answering(app) as address:
        yield address


class Page:
    """Hold the quads of a page, by what a harvester asks for. No store: the engine would change the types of literals."""

    def __init__(self, quads: list[Any]) -> None:
        self._said: dict[tuple[str, str], list[str]] = {}
        self._content: dict[str, set[ox.Triple]] = {}
        for quad in quads:
            if isinstance(quad.graph_name, ox.DefaultGraph):
                self._said.setdefault((quad.subject.value, quad.predicate.value), []).append(quad.object.value)
            else:
                self._content.setdefault(quad.graph_name.value, set()).add(quad.triple)

    def objects(self, predicate: str) -> list[str]:
        return [
            each for (_, known), values in self._said.items() if known == predicate for each in dict.fromkeys(values)
        ]

    def value(self, subject: str, predicate: str) -> str:
        (only,) = self._said[subject, predicate]
        return only

    def content(self, graph: str) -> Triples:
        return frozenset(self._content.get(graph, ()))


@dataclass
class Harvester:
    """Follow a feed as the specification says, and keep what the last version of every thing says.

    :param held: thing -> its triples.
    :param members: verbs of the members that were taken, in order.
    :param asked: addresses that were asked for.
    """

    root: str
    held: dict[str, Triples] = field(default_factory=dict)
    members: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    _kept: set[str] = field(default_factory=set)
    _seen: set[str] = field(default_factory=set)

    def follow(self) -> Triples:
        """Take all members that are new; return the graph."""
        todo, found = [self.root], []
        while todo:
            page = self._page(todo.pop())
            todo += page.objects(f"{TREE}node")
            found += [(page.value(member, f"{DCT}created"), member, page) for member in page.objects(f"{TREE}member")]
        for _, member, page in sorted(found, key=lambda each: each[:2]):
            if member not in self._seen:
                self._take(member, page)
        return frozenset[ox.Triple]().union(*self.held.values())

    def _page(self, url: str) -> Page:
        if url in self._kept:
            return Page([])
        self.asked.append(url)
        with urllib.request.urlopen(urllib.request.Request(url, headers={"Accept": "application/n-quads"})) as answer:
            if "immutable" in answer.headers["Cache-Control"]:
                self._kept.add(url)
            return Page(list(ox.parse(answer.read(), format=ox.RdfFormat.N_QUADS)))

    def _take(self, member: str, page: Page) -> None:
        self._seen.add(member)
        thing = page.value(member, f"{DCT}isVersionOf")
        verb = page.value(member, TYPE).rpartition("#")[2]
        self.members.append(f"{verb} {thing}")
        content = page.content(member)
        assert bool(content) == (verb != "Delete")
        self.held.pop(thing, None)
        if content:
            self.held[thing] = content


def stored(triples: Triples) -> set[str]:
    """Return triples as the engine holds them: it keeps every kind of integer as xsd:integer."""
    store = ox.Store()
    store.extend(ox.Quad(each.subject, each.predicate, each.object) for each in triples)
    return {str(each.triple) for each in store}
