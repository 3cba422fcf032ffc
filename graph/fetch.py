"""Fetch pages politely: robots.txt, one request at a time with a pause, a contact in the User-Agent, allowed hosts only.

What was fetched stays in a folder by the hash of its bytes; the next time only a page that changed is sent again.
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import SplitResult, urlsplit
from urllib.robotparser import RobotFileParser

from graph import __version__, web
from graph.errors import CallError, DataError
from graph.files import sha256, write_whole
from graph.names import slug
from graph.settings import Settings, variable
from graph.web import Answer

AGENT = "Levikki"
REDIRECTS = 5
ROBOTS_BYTES = 500_000
# Seconds: a host that wants more between two requests does not want to be asked by a program.
PATIENCE = 120.0
TYPES = ("text/html", "application/xhtml+xml", "text/plain")


@dataclass(frozen=True)
class Fetched:
    """Hold a page that was fetched, or found unchanged.

    :param url: what was asked for.
    :param address: what answered, behind redirects.
    :param path: file of its bytes, in the cache.
    :param state: `new`, `changed` or `unchanged`, against what was fetched before.
    """

    url: str
    address: str
    path: Path
    sha256: str
    state: str

    def save(self, folder: Path) -> Path:
        """Write the page as `<last part of its address>.html`, so that its name is its slug; return the path."""
        path = folder / f"{slug(urlsplit(self.url).path.rstrip('/').rpartition('/')[2]) or 'index'}.html"
        write_whole(path, self.path.read_bytes())
        return path


@dataclass
class Fetcher:
    """Fetch one page after another.

    :param settings: hosts, contact, delay, time, bytes and cache.
    :param say: is told what is waited for.
    :raises CallError: no host is allowed, or no contact is set.
    """

    settings: Settings
    say: Callable[[str], None] = lambda _: None
    _robots: dict[str, RobotFileParser] = field(default_factory=dict)
    _last: float | None = None

    def __post_init__(self) -> None:
        if not self.settings.fetch_hosts.strip(" ,"):
            raise CallError(
                "no host is allowed to be asked",
                variable("fetch_hosts"),
                f"set {variable('fetch_hosts')}, for example to innokyla.fi,www.innokyla.fi",
            )
        contact = self.settings.fetch_contact.strip()
        if not re.fullmatch(r"[\x21-\x7e][\x20-\x7e]*", contact):
            raise CallError(
                "the hosts are not told whom to write to",
                variable("fetch_contact"),
                f"set {variable('fetch_contact')} to a mailbox or web address of yours, in ASCII",
            )
        self._agent = f"{AGENT}/{__version__} (+{contact})"

    def fetch(self, url: str) -> Fetched:
        """Fetch a page, or find that it is as it was.

        :raises CallError: the URL is none, or its host is not allowed.
        :raises DataError: robots.txt forbids it, it is not there, too large, too slow or no page.
        """
        known = self._known(url)
        conditions = {}
        if known and known.get("etag"):
            conditions["If-None-Match"] = known["etag"]
        if known and known.get("modified"):
            conditions["If-Modified-Since"] = known["modified"]
        answer = self._page(url, conditions)
        if answer.status == 304 and known:
            return Fetched(url, known["address"], self._body(known["sha256"]), known["sha256"], "unchanged")
        _refuse_what_is_no_page(answer)
        return self._keep(url, answer, known)

    def _page(self, url: str, conditions: dict[str, str]) -> Answer:
        """Follow redirects to the answer; each hop is held against the hosts and their robots.txt."""
        asked = url
        for _ in range(REDIRECTS + 1):
            self._refuse_forbidden(asked)
            answer = self._ask(asked, self.settings.fetch_bytes, {"Accept": ", ".join(TYPES), **conditions})
            target = answer.target()
            if target is None:
                return answer
            asked = target
        raise DataError(f"redirects more than {REDIRECTS} times", url, "look at the address in a browser")

    def _refuse_forbidden(self, url: str) -> None:
        robots = self._robots_of(url)
        if not robots.can_fetch(AGENT, url):
            raise DataError("robots.txt does not allow it", url, "save the page by hand, or ask whoever runs the host")

    def _robots_of(self, url: str) -> RobotFileParser:
        origin = _origin(web.address(url, self.settings.fetch_hosts))
        if origin not in self._robots:
            self._robots[origin] = self._read_robots(f"{origin}/robots.txt")
        return self._robots[origin]

    def _read_robots(self, url: str) -> RobotFileParser:
        """Read what a host forbids (RFC 9309): all of it where it cannot say, nothing where it says nothing."""
        robots, asked = RobotFileParser(url), url
        for _ in range(REDIRECTS + 1):
            answer = self._ask(asked, ROBOTS_BYTES, {})
            target = answer.target()
            if target is None:
                break
            asked = target
        if answer.status == 200:
            robots.parse(answer.body.decode("utf-8", "replace").splitlines())
        elif 400 <= answer.status < 500 and answer.status not in {401, 403, 429}:
            robots.parse([])
        else:
            robots.parse(["User-agent: *", "Disallow: /"])
        return robots

    def _ask(self, url: str, limit: int, headers: dict[str, str]) -> Answer:
        """Make one request, when its time has come."""
        parts = web.address(url, self.settings.fetch_hosts)
        self._wait(parts)
        try:
            return web.ask(
                parts, {"User-Agent": self._agent, **headers}, seconds=self.settings.fetch_seconds, limit=limit
            )
        finally:
            self._last = time.monotonic()

    def _wait(self, parts: SplitResult) -> None:
        robots = self._robots.get(_origin(parts))
        asked, rate = (robots.crawl_delay(AGENT), robots.request_rate(AGENT)) if robots else (None, None)
        between = rate.seconds / rate.requests if rate and rate.requests else 0.0
        delay = max(self.settings.fetch_delay_seconds, float(asked or 0), between)
        left = self._last + delay - time.monotonic() if self._last is not None else 0.0
        if left > PATIENCE:
            what = f"its robots.txt asks for {delay:.0f} seconds between two requests"
            raise DataError(what, parts.geturl(), "save the page by hand")
        if left > 0:
            self.say(f"waiting {left:.1f} seconds before asking {parts.hostname}")
            time.sleep(left)

    def _known(self, url: str) -> dict[str, str] | None:
        """Return what is known of a page that was fetched before, None where its bytes are not as they were."""
        try:
            known = json.loads(self._note(url).read_bytes())
            body = self._body(known["sha256"]).read_bytes()
        except (OSError, ValueError, KeyError, TypeError):
            return None
        return dict(known) if sha256(body) == known["sha256"] else None

    def _keep(self, url: str, answer: Answer, known: dict[str, str] | None) -> Fetched:
        digest = sha256(answer.body)
        path = self._body(digest)
        write_whole(path, answer.body)
        note = {
            "url": url,
            "address": answer.url,
            "sha256": digest,
            "etag": answer.headers.get("ETag", ""),
            "modified": answer.headers.get("Last-Modified", ""),
            "fetched": datetime.now(UTC).isoformat(timespec="seconds"),
        }
        write_whole(self._note(url), json.dumps(note, ensure_ascii=False, indent=1) + "\n")
        state = "new" if known is None else "unchanged" if known["sha256"] == digest else "changed"
        return Fetched(url, answer.url, path, digest, state)

    def _body(self, digest: str) -> Path:
        return self.settings.fetch_cache / f"{digest}.html"

    def _note(self, url: str) -> Path:
        return self.settings.fetch_cache / "addresses" / f"{sha256(url.encode())}.json"


def _origin(parts: SplitResult) -> str:
    return f"{parts.scheme}://{parts.netloc}"


def _refuse_what_is_no_page(answer: Answer) -> None:
    kind = answer.headers.get_content_type()
    if answer.status in {429, 503}:
        when = answer.headers.get("Retry-After", "later")
        raise DataError(f"the host is busy (status {answer.status})", answer.url, f"try again: {when}")
    if answer.status != 200:
        raise DataError(f"the host answers with status {answer.status}", answer.url, "look at the address in a browser")
    if kind not in TYPES:
        raise DataError(f"is no page, but {kind}", answer.url, f"fetch pages: {', '.join(TYPES)}")
    if answer.headers.get("Content-Encoding", "identity").lower() != "identity":
        raise DataError("is sent packed though that was not asked for", answer.url, "save the page by hand")
