"""The event stream, followed by the reference client of LDES: it finds each member once, and what it found is the graph."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pyoxigraph as ox
import pytest
from conftest import tool
from release_factory import DCT, TYPE, Harvester, Page, Publisher, Triples, first_piloted, running, union

from graph.snapshot import latest

CLIENT, XSD = "ldes-client", "http://www.w3.org/2001/XMLSchema#"
# The client prints N-Quads with numbers and truth values as Turtle has them.
SHORT = re.compile(r" (-?\d+|-?\d*\.\d+|true|false) (?P<graph><[^<>]*> \.)$", re.MULTILINE)


@pytest.fixture(scope="module")
def publisher(tmp_path_factory: pytest.TempPathFactory) -> Publisher:
    """Build a history with what a feed has: things that come, change and go."""
    tool(CLIENT)
    made = Publisher(tmp_path_factory.mktemp("tools"), kept=1)
    made.build()
    made.edit("helsinki", first_piloted)
    made.build()
    made.remove("ita-uusimaa")
    made.build()
    return made


def _in_full(found: re.Match[str]) -> str:
    kind = "boolean" if found[1].isalpha() else "decimal" if "." in found[1] else "integer"
    return f' "{found[1]}"^^<{XSD}{kind}> {found["graph"]}'


def members(address: str, *options: str) -> list[list[ox.Quad]]:
    """Let the client follow the feed; return the quads of each member that it prints, in its order."""
    node = shutil.which("node")
    assert node, "ldes-client needs node"
    command = [node, str(tool(CLIENT) / "dist" / "bin" / "cli.js"), f"{address}/feed", *options]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=True)
    text = SHORT.sub(_in_full, done.stdout)
    blocks = [each for each in text.split("\n\n") if each.strip()]
    return [list(ox.parse(each, format=ox.RdfFormat.N_QUADS)) for each in blocks]


@pytest.mark.parametrize("order", ["none", "ascending"])
def test_the_client_finds_each_member_once(publisher: Publisher, order: str) -> None:
    with running(publisher.settings) as address:
        ours = Harvester(f"{address}/feed")
        ours.follow()
        found = members(address, "--ordered", order)
    told = [verb_and_thing(each) for each in found]
    assert sorted(told) == sorted(ours.members)
    assert len(told) > 1000
    times = [Page(each).value(_member(each), f"{DCT}created") for each in found]
    assert order == "none" or times == sorted(times)


def test_what_the_client_found_is_the_graph(publisher: Publisher, tmp_path: Path) -> None:
    with running(publisher.settings) as address:
        found = members(address, "--ordered", "ascending", "--save", str(tmp_path / "state"))
        again = members(address, "--ordered", "ascending", "--save", str(tmp_path / "state"))
    held: dict[str, Triples] = {}
    for quads in found:
        page, (verb, _, thing) = Page(quads), verb_and_thing(quads).partition(" ")
        held[thing] = page.content(_member(quads)) if verb != "Delete" else frozenset()
    assert frozenset[ox.Triple]().union(*held.values()) == union(latest(publisher.settings.snapshots))
    assert again == []


def verb_and_thing(quads: list[ox.Quad]) -> str:
    page, member = Page(quads), _member(quads)
    return f"{page.value(member, TYPE).rpartition('#')[2]} {page.value(member, f'{DCT}isVersionOf')}"


def _member(quads: list[ox.Quad]) -> str:
    (only,) = {str(quad.subject) for quad in quads if quad.predicate.value == f"{DCT}isVersionOf"}
    return only[1:-1]
