"""The event stream: who follows it has the graph, whatever was added, changed, removed, stripped or forgotten meanwhile."""

from __future__ import annotations

import gzip
import json
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import pyoxigraph as ox
import pytest
from app_factory import making
from flask.testing import FlaskClient
from release_factory import TREE, Harvester, Publisher, Triples, first_piloted, running, stored, union
from werkzeug.test import TestResponse

import server
from graph import feed, history
from graph.names import Names
from graph.releases import releases, whole
from graph.snapshot import Snapshot, latest

LDES = "https://w3id.org/ldes#"
OTHER = "https://example.org/leviaminen/"
CLAIM = Names().thing("claim", "helsinki-final-palveluketjuopas-helsinki")


@dataclass
class Told:
    """Hold a history: its releases, what each graph was, and what a harvester had that followed all along."""

    publisher: Publisher
    built: list[Snapshot]
    graphs: list[Triples]
    harvested: list[Triples]
    harvester: Harvester
    asked: list[int]


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Told:
    """Build five releases while a server runs and a harvester follows: a start, changes, a page gone, a page back, nothing."""
    publisher = Publisher(tmp_path_factory.mktemp("history"), kept=2)
    graphs: list[Triples] = []
    harvested: list[Triples] = []
    asked: list[int] = []

    def restore() -> None:
        publisher.restore("ita-uusimaa")
        publisher.restore("helsinki")

    steps: list[Callable[[], object]] = [
        lambda: publisher.edit("helsinki", first_piloted), lambda: publisher.remove("ita-uusimaa"), restore, int,
    ]  # fmt: skip
    built = [publisher.build()]
    with running(publisher.settings) as address:
        harvester = Harvester(f"{address}/feed")
        for step in steps:
            graphs.append(union(built[-1]))
            before = len(harvester.asked)
            harvested.append(harvester.follow())
            asked.append(len(harvester.asked) - before)
            step()
            built.append(publisher.build())
        graphs.append(union(built[-1]))
        harvested.append(harvester.follow())
    return Told(publisher, built, graphs, harvested, harvester, asked)


@pytest.fixture
def client(told: Told) -> Iterator[FlaskClient]:
    with making(told.publisher.settings) as app:
        yield app.test_client()


def page(client: FlaskClient, path: str, accept: str = "application/n-quads") -> TestResponse:
    return client.get(path, headers={"Accept": accept})


def nodes(answer: TestResponse) -> list[str]:
    """Return where the relations of a page lead, each once."""
    quads = ox.parse(answer.data, format=ox.RdfFormat.N_QUADS)
    found = [quad.object.value for quad in quads if quad.predicate.value == f"{TREE}node"]
    return list(dict.fromkeys(sorted(found)))


def test_who_follows_from_empty_has_the_graph(told: Told) -> None:
    with running(told.publisher.settings) as address:
        assert Harvester(f"{address}/feed").follow() == told.graphs[-1]


def test_who_follows_all_along_has_the_graph_each_time(told: Told) -> None:
    assert told.harvested == told.graphs
    assert len(set(told.graphs)) == 3  # the last two are the first again


def test_the_graph_is_the_default_graph_of_the_endpoint(told: Told) -> None:
    store = ox.Store.read_only(str(told.built[-1].store_path()))
    default = {str(quad.triple) for quad in store.quads_for_pattern(None, None, None, ox.DefaultGraph())}
    assert stored(told.harvested[-1]) == default
    assert len(default) > 10_000


def test_only_what_changed_is_told(told: Told) -> None:
    verbs: list[Counter[str]] = [Counter(), Counter()]
    for each in told.harvester.members:
        verb, _, thing = each.partition(" ")
        verbs[thing == CLAIM][verb] += 1
    assert verbs[1] == {"Create": 2, "Delete": 1}
    assert verbs[0]["Delete"] > 50
    assert verbs[0]["Update"] > 5
    assert feed.index(told.built[-1])["members"] == 0


def test_pages_that_were_read_are_not_asked_for_again(told: Told) -> None:
    first, *later = told.asked
    assert first > 7
    assert later == [3, 3, 3]  # the root, the new release, its page
    immutable = [url for url in told.harvester.asked if url != told.harvester.root]
    assert max(Counter(immutable).values()) == 1


def test_old_releases_are_stripped_to_what_changed_in_them(told: Told) -> None:
    known = releases(told.publisher.settings.snapshots)
    assert [whole(each) for each in known] == [False, False, False, True, True]
    assert {path.name for path in known[0].path.iterdir()} == {"changes.json", "feed", "manifest.json"}


def test_the_root_describes_the_stream(told: Told, client: FlaskClient) -> None:
    answer = page(client, "/feed")
    triples = {
        (quad.predicate.value, getattr(quad.object, "value", ""))
        for quad in ox.parse(answer.data, format=ox.RdfFormat.N_QUADS)
        if quad.subject == ox.NamedNode(feed.stream(told.publisher.base))
    }
    expected = {
        (f"{TREE}view", "http://localhost/feed"),
        (f"{LDES}timestampPath", f"{feed.DCT}created"),
        (f"{LDES}versionOfPath", f"{feed.DCT}isVersionOf"),
        (f"{LDES}versionDeleteObject", f"{feed.AS}Delete"),
        (f"{feed.DCT}license", "https://creativecommons.org/licenses/by/4.0/"),
        (feed.TYPE, f"{LDES}EventStream"),
    }
    assert expected <= triples
    assert len([pair for pair in triples if pair[0] == f"{feed.DCT}title"]) == 3
    assert nodes(answer) == [f"http://localhost/feed/{each.name}" for each in told.built]
    assert "immutable" not in answer.headers["Cache-Control"]
    assert LDES + "retentionPolicy" not in answer.text


def test_a_page_never_changes_and_says_so(told: Told, client: FlaskClient) -> None:
    for path in (f"/feed/{told.built[0].name}", f"/feed/{told.built[0].name}/1"):
        answer = page(client, path)
        assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
        assert f"<http://localhost{path}> <{LDES}immutable> " in answer.text
        assert answer.headers["Access-Control-Allow-Origin"] == "*"
        assert not answer.headers["ETag"].startswith("W/")
        again = client.get(path, headers={"Accept": "application/n-quads", "If-None-Match": answer.headers["ETag"]})
        assert (again.status_code, again.data) == (304, b"")


def test_pages_are_bounded_and_hold_all_members(told: Told) -> None:
    index = feed.index(told.built[0])
    assert [each["members"] for each in index["pages"][:-1]] == [feed.MEMBERS] * (len(index["pages"]) - 1)
    assert sum(each["members"] for each in index["pages"]) == index["members"]
    members = list(feed.versions(told.built[0]))
    assert len(set(members)) == len(members) == index["members"]
    for number in (1, len(index["pages"])):
        said = {quad.graph_name for quad in feed.page_quads(told.built[0], number)} - {ox.DefaultGraph()}
        assert {feed.page_of(told.built[0], str(each)[1:-1]) for each in said} == {number}


@pytest.mark.parametrize("how", ["accept", "suffix"])
def test_each_format_says_the_same(told: Told, client: FlaskClient, how: str) -> None:
    path, said = f"/feed/{told.built[1].name}/1", []
    for form in (ox.RdfFormat.N_QUADS, ox.RdfFormat.TRIG, ox.RdfFormat.JSON_LD):
        suffix = {"N-Quads": "nq", "TriG": "trig", "JSON-LD": "jsonld"}[form.name]
        answer = page(client, path, form.media_type) if how == "accept" else client.get(f"{path}.{suffix}")
        assert answer.mimetype == form.media_type
        said.append({str(quad) for quad in ox.parse(answer.data, format=form)})
    assert said[0] == said[1] == said[2]
    assert len(said[0]) > 20


def test_a_page_goes_packed_to_who_can_unpack_it(told: Told, client: FlaskClient) -> None:
    path = f"/feed/{told.built[0].name}/2.nq"
    plain, packed = client.get(path), client.get(path, headers={"Accept-Encoding": "gzip"})
    assert gzip.decompress(packed.data) == plain.data
    assert len(packed.data) * 5 < len(plain.data)
    assert packed.headers["ETag"] != plain.headers["ETag"]


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/feed/{0}/0", 404), ("/feed/{0}/99", 404), ("/feed/{0}/01", 404), ("/feed/{0}/x", 404), ("/feed/latest", 404),
        ("/feed/{4}/1", 404), ("/feed/2026", 404), ("/feed/..", 404), ("/feed.ttl", 406), ("/feed/{0}/1.html", 406),
        ("/version/{0}/id/model/none", 404), ("/version/none/id/model/none", 404),
    ],
)  # fmt: skip
def test_what_is_not_there_is_not_found(told: Told, client: FlaskClient, path: str, status: int) -> None:
    assert client.get(path.format(*[each.name for each in told.built])).status_code == status


def test_a_version_leads_to_what_was_said_then(told: Told, client: FlaskClient) -> None:
    first, edited, _, restored, _ = (each.name for each in told.built)
    claim = CLAIM.removeprefix(told.publisher.base)
    doc = f"/release/{restored}/doc/{claim.removeprefix('id/')}"
    assert client.get(f"/version/{restored}/{claim}").location == doc
    assert client.get(f"/version/{edited}/{claim}").location == f"/feed/{edited}/1"  # a Delete, and stripped
    assert client.get(f"/version/{first}/ontology").location.startswith(f"/feed/{first}/")
    for member in feed.versions(told.built[3]):
        assert client.get(member.removeprefix(told.publisher.base.rstrip("/"))).status_code == 303


def test_a_history_can_be_forgotten(tmp_path: Path) -> None:
    publisher = Publisher(tmp_path)
    publisher.build()
    with running(publisher.settings) as address:
        before = Harvester(f"{address}/feed")
        before.follow()
        assert CLAIM in before.held
        publisher.edit("helsinki", first_piloted)
        made = publisher.build(forget=True)
        assert before.follow() == union(made)
        after = Harvester(f"{address}/feed")
        assert after.follow() == union(made)
        assert f"Delete {CLAIM}" in after.members
    assert [each.name for each in releases(publisher.settings.snapshots)] == [made.name]
    assert json.loads((made.path / "changes.json").read_text())["begins"] is True
    assert made.gone[CLAIM.partition("/id/")[2]] == made.name
    texts = [gzip.decompress(path.read_bytes()).decode() for path in (made.path / "feed").glob("*.gz")]
    assert not [text for text in texts if "Palveluketjuopas, Helsinki" in text]
    answer = server.create_app(publisher.settings).test_client().get("/feed.nq").text
    assert f'<{LDES}startingFrom> "{made.manifest["made"]}"' in answer
    publisher.build()
    assert len(releases(publisher.settings.snapshots)) == 2


def test_another_base_has_a_feed_of_its_own(tmp_path: Path) -> None:
    publisher = Publisher(tmp_path, kept=1)
    ours = publisher.build()
    publisher.base = OTHER
    theirs = publisher.build()
    assert whole(ours)  # the newest of its base stays: the next one is compared with it
    with running(publisher.settings) as address:
        harvester = Harvester(f"{address}/feed")
        assert harvester.follow() == union(theirs)
        assert not [url for url in harvester.asked if ours.name in url]
    assert {each.partition(" ")[0] for each in harvester.members} == {"Create"}
    publisher.base = ours.base
    assert feed.index(publisher.build())["members"] == 0


def test_two_builds_at_once_follow_on_each_other(tmp_path: Path) -> None:
    publisher = Publisher(tmp_path)
    first = publisher.build()
    with ThreadPoolExecutor() as pool:
        with history.alone(publisher.settings.snapshots):
            building = pool.submit(publisher.build)
            with pytest.raises(TimeoutError):
                building.result(5)
            # What another build publishes meanwhile is what the waiting one is compared with.
            other = first.path.rename(first.path.with_name(f"2001{first.name[4:]}"))
            (other / "manifest.json").write_text(json.dumps({**first.manifest, "release": other.name}))
        assert building.result().manifest["previous"] == other.name


def test_a_build_that_fails_leaves_nothing_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    publisher = Publisher(tmp_path, kept=1)
    first = publisher.build()

    def fail(*_: object) -> None:
        raise OSError(28, "no space left")

    monkeypatch.setattr(feed.FeedWriter, "close", fail)
    for forget in (False, True):
        with pytest.raises(OSError, match="no space"):
            publisher.build(forget=forget)
    assert sorted(path.name for path in publisher.settings.snapshots.iterdir()) == sorted([first.path.name, "latest"])
    assert latest(publisher.settings.snapshots).path == first.path
