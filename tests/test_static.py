"""The site as files: which addresses become which files, what happens to the rest, the same bytes again, whole or not there."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from urllib.parse import unquote, urljoin, urlsplit

import pytest
from click.testing import CliRunner
from flask import Flask, Response, redirect, request
from rdflib import Dataset, Namespace

from graph.cli import main
from graph.errors import CallError, DataError
from graph.settings import Settings
from graph.site import LanguagePaths
from graph.site_addresses import Root, data_file, neutral, only_live, page_file
from graph.site_links import anchors, led, links
from graph.site_write import MARKER, Written, write_site
from graph.snapshot import Snapshot
from server import create_app

ADDRESS = "https://example.org/levikki/"
TREE = Namespace("https://w3id.org/tree#")
FEW = re.compile(
    r"/(doc|id)/(region/(helsinki|ita-uusimaa)|(model|adoption|claim)/[^/]*(omatiimi|ita-uusimaa-2022-spring))"
)


def few(settings: Settings) -> Flask:
    """Make the app, with so few things that a test can write them all."""
    app = create_app(settings)

    @app.before_request
    def _few() -> Response | None:
        if re.match(r"/(doc|id|graph)/", request.path) and not FEW.match(request.path):
            return Response(status=404)
        return None

    return app


def write(settings: Settings, folder: Path, address: str = ADDRESS, live: str = "", jobs: int = 1) -> Written:
    given = replace(settings, address=address)
    return write_site(given, few, folder, jobs=jobs, live=live, say=lambda _: None)


@pytest.fixture(scope="module")
def site(settings: Settings, snapshot: Snapshot, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a written site."""
    assert snapshot.files
    folder = tmp_path_factory.mktemp("static") / "site"
    write(settings, folder)
    return folder


def pages(site: Path) -> Iterator[tuple[str, str]]:
    """Yield address below the root and text of every page."""
    for path in sorted(site.rglob("*.html")):
        yield path.relative_to(site).as_posix().removesuffix("index.html"), path.read_text("utf-8")


# addresses


@pytest.mark.parametrize(
    ("link", "address"),
    [
        ("/levikki/fi/doc/region/x", "/fi/doc/region/x"),
        ("https://example.org/levikki/sv/", "/sv/"),
        ("?page=2", "/fi/doc/model/a?page=2"),
        ("b", "/fi/doc/model/b"),
        ("/levikki/map?year=2020&amp;model=a", "/map?model=a&year=2020"),
        ("/levikki/doc/region/x?lang=sv", "/sv/doc/region/x"),
        ("/elsewhere/x", None),
        ("https://example.com/levikki/x", None),
        ("mailto:a@example.org", None),
    ],
)
def test_a_link_leads_to_an_address(link: str, address: str | None) -> None:
    found = Root(ADDRESS).local(link, "/fi/doc/model/a")
    assert (found and found[0]) == address


@pytest.mark.parametrize(
    ("address", "live"),
    [
        ("/fi/doc/region/x", False),
        ("/fi/doc/region/x?page=3", False),
        ("/fi/map?model=tiimimalli", False),
        ("/fi/map?model=tiimimalli&page=2", False),
        ("/fi/map?model=tiimimalli&year=2023", True),
        ("/fi/map?model=a&model=b", True),
        ("/fi/?sort=name", True),
        ("/fi/map?model=", True),
        ("/fi/map?model=../../x", True),
        ("/fi/sparql?query=ASK%20{}", True),
        ("/fi/graph-store", True),
        ("/release/2026/doc/region/x", True),
        ("/fi/doc/region/..%2f..%2fx", True),
    ],
)
def test_a_query_is_a_file_only_where_its_values_are_few(address: str, live: bool) -> None:  # noqa: FBT001
    assert only_live(address) is live


@pytest.mark.parametrize(
    ("address", "file"),
    [
        ("/", "index.html"),
        ("/fi/", "fi/index.html"),
        ("/fi/doc/region/x", "fi/doc/region/x/index.html"),
        ("/fi/doc/region/x?page=2", "fi/doc/region/x/page-2/index.html"),
        ("/fi/doc/page/a%C3%A4", "fi/doc/page/aä/index.html"),
    ],
)
def test_a_page_is_the_index_of_a_folder(address: str, file: str) -> None:
    assert page_file(address) == file


@pytest.mark.parametrize(
    ("address", "media_type", "file"),
    [
        ("/doc/region/x.ttl", "text/turtle", "doc/region/x.ttl"),
        ("/doc/region/x.ttl?page=2", "text/turtle", "doc/region/x.page-2.ttl"),
        ("/feed", "application/trig", "feed.trig"),
        ("/graph/page/x", "application/n-triples", "graph/page/x.nt"),
        ("/.well-known/void", "text/turtle", ".well-known/void"),
    ],
)
def test_data_has_a_suffix_by_which_servers_know_it(address: str, media_type: str, file: str) -> None:
    assert data_file(address, media_type) == file


def test_links_of_pages_styles_and_scripts_are_found() -> None:
    page = '<a href="/a">x</a><link href="b.css"><svg><use href="/c.svg#d"></use></svg><div data-from="/d.json" data-n="5">'
    assert list(links(page, "text/html")) == ["/a", "b.css", "/c.svg#d", "/d.json"]
    assert list(links('@import "a.css"; b { background: url(c.svg) }', "text/css")) == ["a.css", "c.svg"]
    script = 'import {a} from "./a.js"; const b = await import("/static/b.js"); new URL("c.json", import.meta.url)'
    assert list(links(script, "text/javascript")) == ["./a.js", "/static/b.js", "c.json"]


def test_what_has_no_file_keeps_its_words_and_loses_its_link() -> None:
    lead = {"/b": "/b/"}.get
    page = led('<a class="x" href="/a">one</a> <a href="/b">two</a><link href="/a">', lead, lead, "")
    assert page.text == '<a role="link" aria-disabled="true">one</a> <a href="/b/">two</a>'
    assert page.dropped == ["/a", "/a"]


def test_a_form_gives_way_to_a_note_unless_it_works_without_a_server() -> None:
    kept = '<form data-static="keep"><input></form>'
    page = led(f"<form action='/x'>\n<input></form>{kept}", str, str, "<p>note</p>")
    assert (page.text, page.forms) == (f"<p>note</p>{kept}", 1)


# the written site


def test_every_link_leads_to_a_file_and_every_anchor_to_a_part_of_it(site: Path) -> None:
    root, known = Root(ADDRESS), {url: anchors(text) for url, text in pages(site)}
    wrong, followed = [], 0
    for url, text in pages(site):
        for link in links(text, "text/html"):
            whole = urljoin(ADDRESS + url, link.replace("&amp;", "&"))
            if not whole.startswith(("https://example.org/", "http://localhost")):
                continue
            followed += 1
            parts = urlsplit(whole)
            path = unquote(parts.path.removeprefix(root.path))
            file = site / path / "index.html" if path.endswith("/") or not path else site / path
            there = not parts.fragment or unquote(parts.fragment) in known.get(path, ())
            if parts.query or not parts.path.startswith(root.path) or not file.is_file() or not there:
                wrong.append(f"{url}: {link}")
    assert wrong == []
    assert followed > 2000


@pytest.mark.parametrize(
    "file",
    "index.html 404.html fi/index.html sv/index.html en/index.html doc/region/helsinki/index.html en/doc/region/helsinki/index.html "
    "doc/region/helsinki.ttl doc/region/helsinki.jsonld doc/region/helsinki.rdf doc/region/helsinki.nt doc/region/helsinki.json "
    "id/region/helsinki/index.html data/levikki.ttl.gz data/index.html fi/data/index.html catalog.ttl changes.atom sv/changes.atom "
    "feed.trig feed/index.html ontology.ttl ontology/index.html .well-known/void .well-known/sparql-examples robots.txt sitemap.xml "
    ".htaccess .nojekyll static/levikki.css questions/models-by-region-count.csv fi/questions/models-by-region-count/index.html".split(),
)
def test_a_file_is_there(site: Path, file: str) -> None:
    assert (site / file).stat().st_size > 0 or file == ".nojekyll"


def test_data_that_has_no_language_is_there_once(site: Path) -> None:
    assert not list((site / "fi").rglob("*.ttl"))
    assert (site / "sv/changes.atom").read_bytes() != (site / "changes.atom").read_bytes()
    assert 'href="/levikki/doc/region/helsinki.ttl"' in (site / "sv/doc/region/helsinki/index.html").read_text("utf-8")


@pytest.mark.parametrize(("language", "words"), [("fi", "tiedostoiksi"), ("sv", "som filer"), ("en", "as files")])
def test_a_page_says_what_it_leaves_to_the_service(site: Path, language: str, words: str) -> None:
    page = (site / language / "sparql/index.html").read_text("utf-8")
    assert "<form" not in page
    assert words in page
    assert words not in (site / language / "changes/index.html").read_text("utf-8")


def test_a_page_without_a_language_offers_each(site: Path) -> None:
    page = (site / "doc/region/helsinki/index.html").read_text("utf-8")
    for language in ("fi", "sv", "en"):
        assert f'<a href="/levikki/{language}/doc/region/helsinki/" hreflang="{language}"' in page
    assert 'rel="describedby" href="/levikki/doc/region/helsinki.ttl" type="text/turtle"' in page


def test_the_address_of_a_thing_sends_on_to_its_page(site: Path) -> None:
    page = (site / "id/region/helsinki/index.html").read_text("utf-8")
    assert 'content="0; url=/levikki/doc/region/helsinki/"' in page


def test_whole_addresses_are_those_of_the_site(site: Path) -> None:
    page = (site / "sv/doc/region/helsinki/index.html").read_text("utf-8")
    assert f'<link rel="canonical" href="{ADDRESS}sv/doc/region/helsinki/">' in page
    assert f'<meta property="og:url" content="{ADDRESS}sv/doc/region/helsinki/">' in page
    assert f'<link rel="alternate" hreflang="fi" href="{ADDRESS}fi/doc/region/helsinki/">' in page
    assert f'<link rel="alternate" hreflang="x-default" href="{ADDRESS}doc/region/helsinki/">' in page
    assert f"{ADDRESS}data/" in (site / "catalog.ttl").read_text("utf-8") or ADDRESS in (
        site / "catalog.ttl"
    ).read_text("utf-8")
    assert f"<loc>{ADDRESS}sv/doc/region/helsinki/</loc>" in (site / "sitemap.xml").read_text("utf-8")
    assert f"Sitemap: {ADDRESS}sitemap.xml" in (site / "robots.txt").read_text("utf-8")
    assert not [url for url, text in pages(site) if "localhost" in text or "127.0.0.1" in text]


def test_what_describes_the_data_names_no_service(site: Path) -> None:
    for file in ("catalog.ttl", ".well-known/void"):
        said = (site / file).read_text("utf-8")
        assert "DataService" not in said
        assert "sparqlEndpoint" not in said


def test_the_feed_can_be_followed_as_files(site: Path) -> None:
    nodes, waiting = set[str](), {f"{ADDRESS}feed.trig"}
    while waiting:
        node = waiting.pop()
        nodes.add(node)
        read = Dataset().parse(site / node.removeprefix(ADDRESS), format="trig")  # fails where a node has no file
        waiting |= {str(each) for each in read.objects(None, TREE.node)} - nodes
    assert len(nodes) > 2


def test_every_page_carries_the_policy_that_a_server_would_send(site: Path) -> None:
    without = [
        url for url, text in pages(site) if "Content-Security-Policy" not in text and 'http-equiv="refresh"' not in text
    ]
    assert without == []


def test_the_same_release_gives_the_same_bytes_whatever_the_processes(site: Path, settings: Settings) -> None:
    again = site.parent / "again"
    write(settings, again, jobs=2)
    first, second = contents(site), contents(again)
    assert set(first) == set(second)
    assert {path for path in first if first[path] != second[path]} == set()


def contents(folder: Path) -> dict[Path, bytes]:
    return {path.relative_to(folder): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


# a small app: what is generic


def shop(_settings: Settings) -> Flask:
    """Make an app with a page of each kind."""
    app = Flask("shop", static_folder=None)
    app.wsgi_app = LanguagePaths(app.wsgi_app)  # type: ignore[method-assign]
    page = '<html lang="x"><head><meta charset="utf-8"><title>T</title></head><body><main>{}</main></body></html>'

    @app.get("/")
    def home() -> str:
        root = request.script_root
        return page.format(
            f'<a href="{root}/list?page=2">2</a><a href="{root}/list?sort=x">s</a><a href="{root}/old">o</a>'
        )

    @app.get("/list")
    def listed() -> str:
        return page.format(f"<p>{request.args.get('page')}</p>")

    @app.get("/old")
    def old() -> Response:
        return redirect(f"{request.script_root}/list")  # type: ignore[return-value]

    @app.get("/broken/<name>")
    def broken(name: str) -> str:
        raise ValueError(name)

    return app


def test_pages_of_a_list_become_files_and_its_orders_do_not(tmp_path: Path) -> None:
    told = write_site(Settings(address=ADDRESS), shop, tmp_path / "s", jobs=1, live="", say=lambda _: None)
    assert "<p>2</p>" in (tmp_path / "s/fi/list/page-2/index.html").read_text()
    home = (tmp_path / "s/fi/index.html").read_text()
    assert '<a href="/levikki/fi/list/page-2/">2</a><a role="link" aria-disabled="true">s</a>' in home
    assert '<a href="/levikki/fi/list/">o</a>' in home
    assert told.dropped == {"/fi/list": 1, "/sv/list": 1, "/en/list": 1}
    assert any("3 links" in line for line in told.lines())


def test_what_only_the_service_has_can_lead_to_it(tmp_path: Path) -> None:
    live = "https://live.example.org/"
    write_site(Settings(address=ADDRESS), shop, tmp_path / "s", jobs=1, live=live, say=lambda _: None)
    assert f'<a href="{live}fi/list?sort=x">s</a>' in (tmp_path / "s/fi/index.html").read_text()


def faulty(settings: Settings) -> Flask:
    """Make an app whose first page links to one that fails."""
    app = shop(settings)
    app.add_url_rule("/more", "more", lambda: f'<a href="{request.script_root}/broken/x">b</a>')
    return app


def test_a_site_is_whole_or_not_there(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="answers 500"):
        write_site(Settings(address=ADDRESS), faulty, tmp_path / "s", jobs=1, live="", say=lambda _: None)
    assert list(tmp_path.iterdir()) == []


def test_a_stop_leaves_the_site_that_was_there(tmp_path: Path) -> None:
    def stop(_line: str) -> None:
        raise KeyboardInterrupt

    target = tmp_path / "s"
    write_site(Settings(address=ADDRESS), shop, target, jobs=1, live="", say=lambda _: None)
    before = sorted(path.name for path in target.iterdir())
    with pytest.raises(KeyboardInterrupt):
        write_site(Settings(address=ADDRESS), _endless, target, jobs=1, live="", say=stop)
    assert [path.name for path in tmp_path.iterdir()] == ["s"]
    assert sorted(path.name for path in target.iterdir()) == before


def _endless(settings: Settings) -> Flask:
    app = shop(settings)
    app.add_url_rule("/n/<int:n>", "n", lambda n: f'<a href="{request.script_root}/n/{n + 1}">n</a>')
    app.add_url_rule("/begin", "begin", lambda: f'<a href="{request.script_root}/n/1">n</a>')
    return app


def test_a_site_takes_the_place_of_the_one_before_it_and_of_nothing_else(tmp_path: Path) -> None:
    settings, target = Settings(address=ADDRESS), tmp_path / "s"
    write_site(settings, shop, target, jobs=1, live="", say=lambda _: None)
    (target / "stale.html").write_text("x")
    write_site(settings, shop, target, jobs=1, live="", say=lambda _: None)
    assert not (target / "stale.html").exists()
    (target / MARKER).unlink()
    with pytest.raises(CallError, match="no written site"):
        write_site(settings, shop, target, jobs=1, live="", say=lambda _: None)
    (target / ".git").mkdir()
    with pytest.raises(CallError, match="git"):
        write_site(settings, shop, target, jobs=1, live="", say=lambda _: None)


# the command


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["site", "-o", "x"], "where the site will stand"),
        (["site", "-o", "x", "--address", "example.org"], "no address"),
        (["site", "-o", "x", "--address", ADDRESS, "--live", "ftp://x"], "no address"),
        (["site"], "into a folder"),
        (["ttl", "x"], "site alone"),
        (["ttl", "--address", ADDRESS], "site alone"),
    ],
)
def test_a_call_that_cannot_be_done_says_why(
    arguments: list[str],
    words: str,
    settings: Settings,
    snapshot: Snapshot,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert snapshot.files
    env = {"LEVIKKI_SNAPSHOTS": str(settings.snapshots), "LEVIKKI_ADDRESS": ""}
    monkeypatch.chdir(tmp_path)
    done = CliRunner(env=env).invoke(main, ["export", *arguments])
    assert done.exit_code == 2
    assert words in done.output


def test_a_neutral_address_has_no_language() -> None:
    assert [neutral(each) for each in ("/fi/", "/fi", "/sv/doc/a/b?page=2", "/find")] == [
        "/",
        "/",
        "/doc/a/b?page=2",
        "/find",
    ]
