"""What differs between two releases: found, told in words, JSON and as a patch, shown on pages and in the Atom feed."""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pyoxigraph as ox
import pytest
from app_factory import making
from click.testing import CliRunner
from flask.testing import FlaskClient
from release_factory import Publisher, first_piloted

from graph import changes, history
from graph.cli import main
from graph.errors import CallError, SnapshotError
from graph.files import sha256
from graph.names import Names
from graph.releases import find, whole
from graph.settings import DEFAULT_BASE
from graph.snapshot import Snapshot, Written, names_in, write_files
from graph.views import LANGUAGES

ATOM = "{http://www.w3.org/2005/Atom}"
KEPT = "adoption/palveluverkkosuunnittelun-tyokalu-helsinki"
GONE = "claim/helsinki-final-palveluketjuopas-helsinki"
EDITED = "claim/helsinki-final-palveluverkkosuunnittelun-tyokalu-helsinki"


@pytest.fixture(scope="module")
def history_of(tmp_path_factory: pytest.TempPathFactory) -> tuple[Publisher, list[Snapshot]]:
    """Build four releases, of which the first is stripped: a start, an edit, the same again, a page less."""
    publisher = Publisher(tmp_path_factory.mktemp("changes"), kept=3)
    built = [publisher.build()]
    publisher.edit("helsinki", first_piloted)
    built.append(publisher.build())
    (built[1].path / "data").mkdir()
    (built[1].path / "data" / "x.csv").write_text("a\n")
    write_files(built[1], [Written("csv", "x.csv", "text/csv", 2, sha256(b"a\n"))])
    built.append(publisher.build())
    publisher.remove("ita-uusimaa")
    return publisher, [*built, publisher.build()]


@pytest.fixture(scope="module")
def names(history_of: tuple[Publisher, list[Snapshot]]) -> list[str]:
    return [each.name for each in history_of[1]]


@pytest.fixture
def env(history_of: tuple[Publisher, list[Snapshot]]) -> dict[str, str]:
    return {"LEVIKKI_SNAPSHOTS": str(history_of[0].settings.snapshots)}


@pytest.fixture
def client(history_of: tuple[Publisher, list[Snapshot]]) -> Iterator[FlaskClient]:
    with making(history_of[0].settings) as app:
        yield app.test_client()


def run(env: dict[str, str], *arguments: str, code: int = 0) -> str:
    result = CliRunner().invoke(main, list(arguments), env=env)
    assert result.exit_code == code, result.output
    assert "Traceback" not in result.output
    return result.output


# ---- the comparison ----


def line(subject: str, value: str = "x", graph: str = "g") -> str:
    return f'<{DEFAULT_BASE}{subject}> <x:p> "{value}" <x:{graph}> .\n'


def release(folder: Path, *lines: str, base: str = DEFAULT_BASE) -> Snapshot:
    folder.mkdir()
    (folder / "graph.nq").write_text("".join(sorted(lines)), encoding="utf-8")
    (folder / "manifest.json").write_text(
        json.dumps({"base": base, "release": folder.name, "made": "2026-01-01T00:00:00Z"})
    )
    return Snapshot(folder)


@pytest.mark.parametrize(
    ("old", "new", "marked"),
    [
        ("", "", []), ("a", "a", [" a"]), ("a", "", ["-a"]), ("", "a", ["+a"]), ("ac", "bc", ["-a", "+b", " c"]),
        ("abc", "b", ["-a", " b", "-c"]), ("b", "abc", ["+a", " b", "+c"]), ("a", "b", ["-a", "+b"]), ("b", "a", ["+a", "-b"]),
    ],
)  # fmt: skip
def test_sorted_lines_are_marked(old: str, new: str, marked: list[str]) -> None:
    assert [f"{mark}{text}" for mark, text in changes.merged(iter(old), iter(new))] == marked


def test_a_thing_is_one_group_though_longer_names_stand_between_its_parts() -> None:
    subjects = ["id/claim/a", "id/claim/a#evidence", "id/claim/a-1", "id/claim/a-1#x", "id/claim/ab", "id/claim/a0", "ontology#A",
                "ontology", "", "id/claim/a-1-2", "ontology#a", "id/claim/\u00e4"]  # fmt: skip
    lines = sorted(line(each, value) for each in subjects for value in "yz")
    groups = {each.thing: each.new for each in changes.grouped((" ", each) for each in lines)}
    expected: dict[str, list[str]] = {}
    for each in lines:
        expected.setdefault(each[1:].partition(">")[0].partition("#")[0], []).append(each)
    assert groups == expected
    assert len(list(changes.grouped((" ", each) for each in lines))) == len(expected) == 8


def test_a_comparison_takes_memory_for_one_thing_alone() -> None:
    def endless() -> Iterator[str]:
        for number in range(10**6, 10**9):
            yield line(f"id/claim/{number}")

    groups = changes.grouped(changes.merged(endless(), iter(())))
    assert [next(groups).change for _ in range(1000)] == ["removed"] * 1000


def test_another_base_is_not_compared(tmp_path: Path) -> None:
    ours, theirs = release(tmp_path / "a"), release(tmp_path / "b", base="https://example.org/")
    with pytest.raises(CallError, match="compare two releases of one base"):
        changes.summary(ours, theirs)


def test_a_quad_that_moves_to_another_graph_changes_its_thing_and_not_the_feed(tmp_path: Path) -> None:
    old, new = release(tmp_path / "a", line("id/model/x")), release(tmp_path / "b", line("id/model/x", graph="h"))
    assert changes.summary(old, new)["counts"] == {"model": {"added": 0, "removed": 0, "changed": 1}}
    history.write_history(new, old)
    assert json.loads((new.path / "feed" / "index.json").read_text()) == {"members": 0, "pages": []}


def test_a_list_of_changes_is_bounded_and_its_counts_are_not(tmp_path: Path) -> None:
    old = release(tmp_path / "a")
    new = release(tmp_path / "b", *(line(f"id/model/{number}") for number in range(changes.LISTED + 5)))
    history.write_history(new, old)
    said = changes.changes_of(new)
    assert said
    assert said["counts"]["model"]["added"] == changes.LISTED + 5
    assert len(said["things"]["model"]["added"]) == changes.LISTED


def test_a_build_tells_what_changed(history_of: tuple[Publisher, list[Snapshot]], names: list[str]) -> None:
    said = [changes.changes_of(each) for each in history_of[1]]
    assert [each["previous"] for each in said if each] == ["", *names[:3]]
    assert [each.manifest["previous"] for each in history_of[1]] == ["", *names[:3]]
    first, edited, same, _ = said
    assert first and edited and same  # noqa: PT018 (for the types)
    assert first["things"] == {}
    assert same["quads"] == {"added": 0, "removed": 0}
    assert edited["counts"]["claim"] == {"added": 0, "removed": 1, "changed": 1}
    assert [row["iri"].partition("/id/")[2] for row in edited["things"]["claim"]["removed"]] == [GONE]
    (changed,) = edited["things"]["claim"]["changed"]
    assert changed["properties"] == [f"{DEFAULT_BASE}ontology#status"]
    assert set(changed["label"]) == set(LANGUAGES)
    moved = {row["adoption"].partition("/id/")[2]: row for row in edited["moved"]}
    assert (moved[KEPT]["from"], moved[KEPT]["to"]) == ("adopted", "piloted")
    assert (moved[KEPT]["model"], moved[KEPT]["region"]) == (
        Names().thing("model", "palveluverkkosuunnittelun-tyokalu"), Names().thing("region", "helsinki"),
    )  # fmt: skip
    assert [(row["from"], row["to"]) for name, row in moved.items() if name != KEPT] == [("prepared", "")]


def test_what_is_gone_is_known_with_the_release_that_had_it(
    history_of: tuple[Publisher, list[Snapshot]], names: list[str]
) -> None:
    last = history_of[1][-1]
    assert history_of[1][0].gone == {}
    assert last.gone[GONE] == names[0]
    assert last.gone["page/ita-uusimaa"] == names[2]
    assert "claim/helsinki" not in " ".join(set(last.gone) - {GONE})


# ---- releases by name, and retention ----


def test_a_release_is_found_by_its_name(history_of: tuple[Publisher, list[Snapshot]], names: list[str]) -> None:
    folder = history_of[0].settings.snapshots
    assert find(folder, names[1]).name == names[1]
    assert find(folder, names[1][:19]).name == names[1]
    assert find(folder, "latest").name == names[3]
    assert find(folder, "previous").name == names[2]
    assert find(folder, str(folder / names[2])).name == names[2]


@pytest.mark.parametrize("name", ["", "2026-01-01", "20", "..", "../x", "no-such", "latest/x"])
def test_a_name_that_is_none_or_several_is_an_error(history_of: tuple[Publisher, list[Snapshot]], name: str) -> None:
    with pytest.raises(CallError):
        find(history_of[0].settings.snapshots, name)


def test_retention_spares_what_latest_leads_to(tmp_path: Path) -> None:
    publisher = Publisher(tmp_path, kept=0)
    built = [publisher.build() for _ in range(3)]
    assert all(map(whole, built))
    (publisher.settings.snapshots / "latest").unlink()
    (publisher.settings.snapshots / "latest").symlink_to(built[0].path.name)
    assert history.prune(publisher.settings.snapshots, 1) == [built[1].name]
    assert [whole(each) for each in built] == [True, False, True]
    assert history.prune(publisher.settings.snapshots, 1) == []


def test_a_stripped_release_is_not_compared(history_of: tuple[Publisher, list[Snapshot]]) -> None:
    first, second = history_of[1][:2]
    with pytest.raises(SnapshotError, match="has no graph any more"):
        changes.summary(first, second)


# ---- the commands ----


def test_a_difference_in_words(env: dict[str, str], names: list[str]) -> None:
    text = run(env, "diff", names[1], names[3])
    assert text.startswith(f"{names[1]} -> {names[3]}\nquads: ")
    assert re.search(r"^claim +0 +50 +0$", text, re.MULTILINE)
    assert re.search(r"^coolkids +ita-uusimaa +\S+ +-$", text, re.MULTILINE)
    assert re.search(r"^removed +page +ita-uusimaa$", text, re.MULTILINE)
    assert run(env, "diff", names[1], names[2]) == f"{names[1]} -> {names[2]}\nnothing differs\n"
    assert json.loads(run(env, "diff", "--format", "json"))["previous"] == names[2]  # previous and latest are meant


def test_a_patch_makes_one_release_of_the_other(
    env: dict[str, str], names: list[str], history_of: tuple[Publisher, list[Snapshot]]
) -> None:
    for old, new in ((1, 3), (3, 1)):
        lines = run(env, "diff", names[old], names[new], "--format", "rdfp").splitlines(keepends=True)
        assert applied(lines, history_of[1][old]) == set(ox.parse(path=str(history_of[1][new].path / "graph.nq")))


def applied(lines: list[str], old: Snapshot) -> set[ox.Quad]:
    """Apply an RDF Patch: each row ends with a dot, one transaction, nothing added twice and nothing removed that is not there."""
    quads = set(ox.parse(path=str(old.path / "graph.nq")))
    assert all(each.endswith(" .\n") for each in lines)
    header, begin, *rows, end = [each for each in lines if not each.startswith("H prev")]
    assert re.fullmatch(r"H id <urn:uuid:([0-9a-f-]{36})> \.\n", header)
    assert uuid.UUID(header[6:-4]).version == 5
    assert (begin, end) == ("TX .\n", "TC .\n")
    for row in rows:
        operation, _, quad = row.partition(" ")
        (found,) = ox.parse(quad, format=ox.RdfFormat.N_QUADS)
        assert (found in quads) == (operation == "D")
        (quads.remove if operation == "D" else quads.add)(found)
    return quads


def test_patches_of_releases_in_a_row_are_a_log(env: dict[str, str], names: list[str]) -> None:
    patches = [run(env, "diff", *names[each : each + 2], "--format", "rdfp").splitlines() for each in (1, 2)]
    assert patches[1][1].removeprefix("H prev") == patches[0][0].removeprefix("H id")


@pytest.mark.parametrize("arguments", [("diff", "2019-01-01"), ("diff", "20"), ("diff", "latest", "no-such")])
def test_a_wrong_call_says_so(env: dict[str, str], arguments: tuple[str, ...]) -> None:
    assert "what to do" in run(env, *arguments, code=2)


def test_the_releases_are_listed(env: dict[str, str], names: list[str]) -> None:
    rows = run(env, "releases").splitlines()[2:]
    assert [row.split()[0] for row in rows] == names
    assert [row.split()[-1] for row in rows] == ["changes", "whole", "whole", "whole"]
    assert "claims +0 -1 ~1, moved 2" in rows[1]
    assert rows[2].split()[-2] == "none"
    assert "0 old releases" in run({**env, "LEVIKKI_RELEASES_KEPT": "3"}, "releases", "--prune")


def test_without_a_release_there_is_nothing_to_list_or_compare(tmp_path: Path) -> None:
    env = {"LEVIKKI_SNAPSHOTS": str(tmp_path)}
    assert len(run(env, "releases").splitlines()) == 2
    assert "levikki build" in run(env, "diff", code=1)


# ---- the pages ----


@pytest.mark.parametrize("language", LANGUAGES)
def test_changes_are_shown(client: FlaskClient, names: list[str], language: str) -> None:
    page = client.get(f"/changes?lang={language}", headers={"Accept": "text/html"}).text
    assert re.findall(r'<h2 id="release-\d"><a href="/release/([^?"]+)', page) == names[::-1]
    words = {"fi": ("otettu käyttöön", "kokeiltu"), "sv": ("tagen i bruk", "pilottestad"), "en": ("adopted", "piloted")}
    before, after = words[language]
    assert re.search(rf"{before}\s*</td><td><a [^>]*><svg[^/]*/></svg> {after}\s*</a></td>", page)
    assert f'href="/doc/{EDITED}?lang={language}"' in page
    assert f'href="/release/{names[2]}/doc/page/ita-uusimaa?lang={language}"' in page  # it can be read only there
    assert f"/release/{names[0]}/doc/" not in page  # and here not any more
    assert 'type="application/atom+xml"' in page


def test_changes_are_shown_page_by_page(client: FlaskClient, monkeypatch: pytest.MonkeyPatch, names: list[str]) -> None:
    monkeypatch.setattr("graph.changes_pages.PAGE", 3)
    first, second = client.get("/changes").text, client.get("/changes?page=2").text
    assert (first.count("<section"), second.count("<section")) == (3, 1)
    assert 'rel="next" href="/changes?page=2"' in first
    assert names[0] in second
    for number in ("0", "3", "01", "x", "-1"):
        assert client.get(f"/changes?page={number}").status_code == 404


def test_the_atom_feed_is_valid(client: FlaskClient, names: list[str]) -> None:
    answer = client.get("/changes.atom?lang=en")
    assert answer.mimetype == "application/atom+xml"
    feed = ET.fromstring(answer.data)  # noqa: S314 (our own)
    entries = feed.findall(f"{ATOM}entry")
    assert [each.findtext(f"{ATOM}id") for each in entries] == [
        f"{DEFAULT_BASE}release/{names[each]}" for each in (3, 1, 0)
    ]
    for each in (feed, *entries):  # RFC 4287, sections 4.1.1 and 4.1.2
        for required in ("id", "title", "updated"):
            assert len(each.findall(f"{ATOM}{required}")) == 1
            assert each.findtext(f"{ATOM}{required}")
        assert datetime.fromisoformat(str(each.findtext(f"{ATOM}updated"))).tzinfo
        assert len({(link.get("rel"), link.get("type")) for link in each.findall(f"{ATOM}link")}) == 2
    assert feed.find(f"{ATOM}author/{ATOM}name") is not None
    assert [link.get("href") for link in feed.findall(f"{ATOM}link") if link.get("rel") == "self"] == [
        "http://localhost/changes.atom?lang=en"
    ]
    assert "status moved: 2" in str(entries[1].findtext(f"{ATOM}summary"))
    assert "claims: 0 added, 1 removed, 1 changed" in str(entries[1].findtext(f"{ATOM}summary"))
    links = [str(link.get("href")) for each in entries for link in each.findall(f"{ATOM}link")]
    assert {client.get(link).status_code for link in links} == {200}


def test_the_releases_are_pages_and_data(client: FlaskClient, names: list[str]) -> None:
    listed = client.get("/release/", headers={"Accept": "application/json"}).json or {}
    assert [each["release"] for each in listed["releases"]] == names[::-1]
    assert [each["readable"] for each in listed["releases"]] == [True, True, True, False]
    assert all(name in client.get("/release/", headers={"Accept": "text/html"}).text for name in names)
    said: dict[str, Any] = client.get(f"/release/{names[1]}?format=json").json or {}
    assert (said["previous"], said["changes"]["counts"]["claim"]["changed"]) == (names[0], 1)
    links = client.get(f"/release/{names[1]}").headers.getlist("Link")
    assert links == [
        f'<http://localhost/release/{names[each]}>; rel="{relation}-version"'
        for each, relation in ((3, "latest"), (2, "successor"), (0, "predecessor"))
    ]
    assert client.get(f"/release/{names[0][:10]}").location == f"/release/{names[3]}"
    assert client.get("/release/2001-01-01").status_code == 404


@pytest.mark.parametrize(
    "name", ["latest", "previous", "..", "%2e%2e", "..%2f..%2fetc", "2026", "2026-11-22x", ".part-1"]
)
@pytest.mark.parametrize("rest", ["", "/data/manifest.json", "/doc/model/tiimimalli"])
def test_no_other_name_becomes_a_path(client: FlaskClient, name: str, rest: str) -> None:
    assert client.get(f"/release/{name}{rest}").status_code == 404


def test_files_of_old_releases_stay_until_retention_takes_them(client: FlaskClient, names: list[str]) -> None:
    with client.get(f"/release/{names[1]}/data/x.csv") as answer:
        assert (answer.status_code, answer.get_data(as_text=True)) == (200, "a\n")
    for path in ("../manifest.json", "x.csv/../../manifest.json", "/etc/passwd", "none"):
        assert client.get(f"/release/{names[1]}/data/{path}").status_code in {308, 404}
    gone = client.get(f"/release/{names[0]}/data/x.csv", headers={"Accept": "application/json"})
    assert (gone.status_code, gone.json and gone.json["title"]) == (410, "Gone")


def test_a_thing_is_shown_as_it_was(client: FlaskClient, names: list[str]) -> None:
    path = f"/release/{names[2]}/doc/{EDITED}"
    page = client.get(f"{path}?lang=en", headers={"Accept": "text/html"}).text
    assert "<h1>Service network planning tool, Helsinki, final results</h1>" in page
    assert f'href="/release/{names[2]}/doc/scheme/status/piloted?lang=en"' in page
    assert f'href="{path}?lang=en#evidence"' in page
    answer = client.get(f"{path}.nt")
    assert answer.mimetype == "application/n-triples"
    assert f"{EDITED}#position> " in answer.text
    assert answer.headers["Memento-Datetime"].endswith("GMT")
    assert answer.headers["Link"] == f'<http://localhost/doc/{EDITED}>; rel="original latest-version"'
    for form in (ox.RdfFormat.TURTLE, ox.RdfFormat.RDF_XML, ox.RdfFormat.JSON_LD):
        same = client.get(path, headers={"Accept": form.media_type})
        assert len(set(ox.parse(same.data, format=form))) == answer.text.count("\n")


@pytest.mark.parametrize(
    ("release_", "thing", "status"),
    [
        (2, GONE, 404), (3, "page/ita-uusimaa", 404), (2, "page/ita-uusimaa", 200), (0, EDITED, 410), (0, "model/none", 410),
        (2, "model/none", 404), (2, "nothing/x", 404), (2, "model/a%20b%3E", 404), (2, "model/%7B%22", 404), (2, "model/ä", 404),
    ],
)  # fmt: skip
def test_what_a_release_does_not_say(
    client: FlaskClient, names: list[str], release_: int, thing: str, status: int
) -> None:
    for accept in ("text/html", "text/turtle"):
        answer = client.get(f"/release/{names[release_]}/doc/{thing}", headers={"Accept": accept})
        assert answer.status_code == status


def test_every_release_is_named_by_its_folder(history_of: tuple[Publisher, list[Snapshot]], names: list[str]) -> None:
    assert names_in(history_of[0].settings.snapshots) == names
