"""Fetching, against a host of our own on this machine: politeness, limits, and a cache that sends nothing twice."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler
from itertools import pairwise
from pathlib import Path

import pytest
from html_factory import drupal
from local_server import listening
from page_factory import SLUG, page_text

from graph.errors import CallError, DataError, LevikkiError
from graph.fetch import Fetcher
from graph.files import sha256
from graph.pages import read_page
from graph.settings import Settings

PAGE = drupal(page_text()).encode()
HTML = {"Content-Type": "text/html; charset=utf-8"}
Answers = tuple[int, dict[str, str], bytes]


@dataclass
class Host:
    """Hold a host: what it answers by path, and what it was asked."""

    answers: dict[str, Answers | Callable[[BaseHTTPRequestHandler], None]]
    asked: list[tuple[str, dict[str, str], float]] = field(default_factory=list)
    port: int = 0

    @property
    def name(self) -> str:
        return f"127.0.0.1:{self.port}"

    def url(self, path: str = f"/fi/kokonaisuus/{SLUG}") -> str:
        return f"http://{self.name}{path}"

    def paths(self) -> list[str]:
        return [path for path, _, _ in self.asked]


@pytest.fixture
def host() -> Iterator[Host]:
    known = Host({"/robots.txt": (404, {}, b""), f"/fi/kokonaisuus/{SLUG}": (200, HTML, PAGE)})

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            known.asked.append((self.path, dict(self.headers.items()), time.monotonic()))
            found = known.answers.get(self.path, (404, {}, b""))
            if callable(found):
                found(self)
                return
            status, headers, body = found
            if status == 200 and headers.get("ETag") and self.headers.get("If-None-Match") == headers["ETag"]:
                status, body = 304, b""
            if status == 200 and self.headers.get("If-Modified-Since", "-") == headers.get("Last-Modified"):
                status, body = 304, b""
            self.send_response(status)
            for name, value in {"Content-Length": str(len(body)), **headers}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            return

    with listening(Handler) as known.port:
        yield known


@pytest.fixture
def polite(host: Host, tmp_path: Path) -> Settings:
    return Settings(
        fetch_hosts=f"innokyla.example, {host.name}",
        fetch_contact="https://example.org/yhteys",
        fetch_delay_seconds=0.001,
        fetch_seconds=5.0,
        fetch_cache=tmp_path / "cache",
    )


def problem(settings: Settings, url: str) -> LevikkiError:
    with pytest.raises((DataError, CallError)) as caught:
        Fetcher(settings).fetch(url)
    assert caught.value.where
    assert caught.value.hint
    return caught.value


# ---- A page ----


def test_a_page_is_fetched_as_it_is_and_can_be_read(host: Host, polite: Settings, tmp_path: Path) -> None:
    found = Fetcher(polite).fetch(host.url())
    assert (found.state, found.address, found.sha256) == ("new", host.url(), sha256(PAGE))
    assert found.path.read_bytes() == PAGE
    saved = found.save(tmp_path / "pages")
    assert saved == tmp_path / "pages" / f"{SLUG}.html"
    assert read_page(saved).slug == SLUG


def test_the_host_is_told_who_asks(host: Host, polite: Settings) -> None:
    Fetcher(polite).fetch(host.url())
    assert host.paths() == ["/robots.txt", f"/fi/kokonaisuus/{SLUG}"]
    for _, headers, _ in host.asked:
        assert headers["User-Agent"].startswith("Levikki/")
        assert headers["User-Agent"].endswith("(+https://example.org/yhteys)")
        assert headers["Accept-Encoding"] == "identity"


def test_an_address_in_letters_of_finnish_is_asked_for_in_ascii(host: Host, polite: Settings) -> None:
    host.answers["/p%C3%A4%C3%A4?h=%C3%B6"] = (200, HTML, PAGE)
    assert Fetcher(polite).fetch(host.url("/pää?h=ö#kohta")).path.read_bytes() == PAGE


# ---- Once more ----


@pytest.mark.parametrize("validator", [{"ETag": '"eka"'}, {"Last-Modified": "Mon, 03 Apr 2023 10:00:00 GMT"}])
def test_a_page_that_did_not_change_is_not_sent_again(host: Host, polite: Settings, validator: dict[str, str]) -> None:
    host.answers[f"/fi/kokonaisuus/{SLUG}"] = (200, {**HTML, **validator}, PAGE)
    first, again = Fetcher(polite).fetch(host.url()), Fetcher(polite).fetch(host.url())
    assert (first.state, again.state) == ("new", "unchanged")
    assert again.path == first.path
    assert again.path.read_bytes() == PAGE
    sent = {"If-None-Match", "If-Modified-Since"} & set(host.asked[-1][1])
    assert len(sent) == 1


def test_a_page_that_is_sent_again_unchanged_or_changed_is_told_by_its_hash(host: Host, polite: Settings) -> None:
    first = Fetcher(polite).fetch(host.url())
    assert Fetcher(polite).fetch(host.url()).state == "unchanged"
    host.answers[f"/fi/kokonaisuus/{SLUG}"] = (200, HTML, PAGE + b"<p>uutta</p>")
    last = Fetcher(polite).fetch(host.url())
    assert last.state == "changed"
    assert last.path != first.path
    assert first.path.read_bytes() == PAGE


def test_a_damaged_cache_is_no_cache(host: Host, polite: Settings) -> None:
    host.answers[f"/fi/kokonaisuus/{SLUG}"] = (200, {**HTML, "ETag": '"eka"'}, PAGE)
    first = Fetcher(polite).fetch(host.url())
    first.path.write_bytes(b"jotain muuta")
    assert Fetcher(polite).fetch(host.url()).state == "new"
    assert first.path.read_bytes() == PAGE
    (note,) = (polite.fetch_cache / "addresses").iterdir()
    note.write_text("{", encoding="utf-8")
    assert Fetcher(polite).fetch(host.url()).state == "new"


# ---- Politeness ----


def test_robots_txt_is_asked_once_and_obeyed(host: Host, polite: Settings) -> None:
    host.answers["/robots.txt"] = (
        200,
        {},
        b"User-agent: *\nDisallow: /fi/haku\n\nUser-agent: levikki\nDisallow: /fi/oma\n",
    )
    fetcher = Fetcher(polite)
    fetcher.fetch(host.url())
    with pytest.raises(DataError, match=r"robots\.txt does not allow it"):
        fetcher.fetch(host.url("/fi/oma/sivu"))
    assert host.paths() == ["/robots.txt", f"/fi/kokonaisuus/{SLUG}"]


@pytest.mark.parametrize(("status", "allowed"), [(404, True), (410, True), (403, False), (429, False), (500, False)])
def test_a_host_that_cannot_say_is_not_asked(host: Host, polite: Settings, status: int, *, allowed: bool) -> None:
    host.answers["/robots.txt"] = (status, {}, b"")
    if allowed:
        assert Fetcher(polite).fetch(host.url()).state == "new"
    else:
        assert "robots.txt" in problem(polite, host.url()).what
        assert host.paths() == ["/robots.txt"]


def test_between_two_requests_there_is_a_pause(host: Host, polite: Settings) -> None:
    fetcher = Fetcher(replace(polite, fetch_delay_seconds=0.2))
    fetcher.fetch(host.url())
    fetcher.fetch(host.url())
    assert len(host.asked) == 3
    assert all(later - earlier >= 0.19 for (_, _, earlier), (_, _, later) in pairwise(host.asked))


def test_a_host_may_ask_for_a_longer_pause_and_for_one_that_is_too_long(host: Host, polite: Settings) -> None:
    told: list[str] = []
    host.answers["/robots.txt"] = (200, {}, b"User-agent: *\nCrawl-delay: 1\n")
    Fetcher(polite, say=told.append).fetch(host.url())
    assert [line for line in told if line.startswith("waiting ")]
    assert host.asked[1][2] - host.asked[0][2] >= 0.9
    host.answers["/robots.txt"] = (200, {}, b"User-agent: *\nCrawl-delay: 86400\n")
    assert "86400 seconds" in problem(polite, host.url()).what


# ---- Hosts ----


def test_without_settings_nobody_is_asked() -> None:
    with pytest.raises(CallError) as caught:
        Fetcher(Settings())
    assert caught.value.where == "LEVIKKI_FETCH_HOSTS"
    assert "set LEVIKKI_FETCH_HOSTS" in caught.value.hint


@pytest.mark.parametrize("contact", ["", "  ", "nimi\r\nCookie: x", "yhteys@ääkköset"])
def test_without_a_contact_nobody_is_asked(polite: Settings, contact: str) -> None:
    with pytest.raises(CallError) as caught:
        Fetcher(replace(polite, fetch_contact=contact))
    assert caught.value.where == "LEVIKKI_FETCH_CONTACT"


@pytest.mark.parametrize(
    "url",
    [
        "http://example.org/",
        "http://127.0.0.1/",
        "https://innokyla.example:8443/",
        "http://innokyla.example.evil.example/",
    ],
)
def test_a_host_that_is_not_allowed_is_refused_with_the_setting(polite: Settings, url: str) -> None:
    refused = problem(polite, url)
    assert isinstance(refused, CallError)
    assert "is not allowed" in refused.what
    assert "LEVIKKI_FETCH_HOSTS" in refused.hint


@pytest.mark.parametrize(
    "url",
    ["", "sivu", "file:///etc/passwd", "ftp://innokyla.example/", "http://nimi:sana@innokyla.example/", "http://[x/",
     "http://innokyla.example/a b", "http://innokyla.example/\r\nX: y", "http://innokyla.example:99999/"],
)  # fmt: skip
def test_what_is_no_address_is_refused(polite: Settings, url: str) -> None:
    with pytest.raises(CallError, match="is no address of a page"):
        Fetcher(polite).fetch(url)


def test_a_redirect_is_followed_to_an_allowed_host(host: Host, polite: Settings) -> None:
    host.answers["/vanha"] = (301, {"Location": f"/fi/kokonaisuus/{SLUG}"}, b"")
    found = Fetcher(polite).fetch(host.url("/vanha"))
    assert (found.url, found.address) == (host.url("/vanha"), host.url())
    assert found.path.read_bytes() == PAGE


@pytest.mark.parametrize("target", ["http://example.org/", "//example.org/x", "file:///etc/passwd"])
def test_a_redirect_elsewhere_is_refused(host: Host, polite: Settings, target: str) -> None:
    host.answers["/vanha"] = (302, {"Location": target}, b"")
    assert isinstance(problem(polite, host.url("/vanha")), CallError)


def test_a_redirect_is_held_against_robots_txt_too(host: Host, polite: Settings) -> None:
    host.answers["/robots.txt"] = (200, {}, b"User-agent: *\nDisallow: /salainen\n")
    host.answers["/vanha"] = (302, {"Location": "/salainen"}, b"")
    assert "robots.txt" in problem(polite, host.url("/vanha")).what
    assert "/salainen" not in host.paths()


def test_redirects_in_a_circle_end(host: Host, polite: Settings) -> None:
    host.answers["/a"], host.answers["/b"] = (302, {"Location": "/b"}, b""), (302, {"Location": "/a"}, b"")
    assert "redirects more than" in problem(polite, host.url("/a")).what


# ---- Limits and failures ----


def test_too_many_bytes_are_refused_whether_announced_or_not(host: Host, polite: Settings) -> None:
    def endless(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.send_header("Content-Type", "text/html")
        handler.end_headers()
        handler.wfile.write(b"x" * 5000)

    host.answers["/lupaus"], host.answers["/loputon"] = (200, HTML, b"x" * 5000), endless
    small = replace(polite, fetch_bytes=4000)
    for path in ("/lupaus", "/loputon"):
        refused = problem(small, host.url(path))
        assert "more than 4000 bytes" in refused.what
        assert "LEVIKKI_FETCH_BYTES" in refused.hint


@pytest.mark.parametrize("part", ["nothing", "headers", "body"])
def test_an_answer_that_drips_is_cut(host: Host, polite: Settings, part: str) -> None:
    gone = threading.Event()

    def drip(handler: BaseHTTPRequestHandler) -> None:
        if part == "body":
            handler.send_response(200)
            handler.send_header("Content-Type", "text/html")
            handler.end_headers()
        for _ in range(500):
            try:
                handler.wfile.write(
                    b"" if part == "nothing" else b"HTTP/1.0 200 OK\r\n"[:1] if part == "body" else b"H"
                )
                handler.wfile.flush()
            except OSError:
                break
            if gone.wait(0.02):
                break

    host.answers["/hidas"] = drip
    refused = problem(replace(polite, fetch_seconds=0.4), host.url("/hidas"))
    gone.set()
    assert "takes longer than 0.4 seconds" in refused.what
    assert "LEVIKKI_FETCH_SECONDS" in refused.hint


@pytest.mark.parametrize(
    ("answer", "what"),
    [
        ((404, {}, b""), "status 404"),
        ((500, HTML, PAGE), "status 500"),
        ((503, {"Retry-After": "120"}, b""), "the host is busy"),
        ((304, {}, b""), "status 304"),
        ((200, {"Content-Type": "application/pdf"}, b"%PDF"), "is no page, but application/pdf"),
        ((200, {**HTML, "Content-Encoding": "gzip"}, b"x"), "is sent packed"),
        ((200, {**HTML, "Content-Length": "5000"}, b"x"), "broke off"),
        ((200, {**HTML, "Content-Length": "monta"}, b"x"), "cannot be fetched"),
        ((302, {}, b""), "status 302"),
    ],
)
def test_what_is_no_page_is_told(host: Host, polite: Settings, answer: Answers, what: str) -> None:
    host.answers["/sivu"] = answer
    assert what in problem(polite, host.url("/sivu")).what
    assert not list(polite.fetch_cache.rglob("*.json"))


def test_a_host_that_is_not_there_is_told(host: Host, polite: Settings) -> None:
    away = host.url().replace(str(host.port), "9")
    assert "cannot be fetched" in problem(replace(polite, fetch_hosts="127.0.0.1:9"), away).what
