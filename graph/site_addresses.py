"""Which addresses of the service become files of a written site, and which files: a file has no query, and no one to negotiate with.

An address is held as a path below the service's root with the query that matters: `/fi/doc/region/helsinki?page=2`.
"""

from __future__ import annotations

import html
import re
from dataclasses import dataclass
from urllib.parse import parse_qsl, quote, unquote, urlencode, urljoin, urlsplit

from graph.formats import DATASET_FORMATS, GRAPH_FORMATS, PLAIN, SELECT_FORMATS
from graph.views import LANGUAGES

# Parameters whose values are few, and followed from link to link.
LISTED = frozenset({"page", "profile"})
# A view of one thing is a page; what is chosen beside it is for the service.
OF_ONE = frozenset({"model", "region", "goal"})
_VALUE = re.compile(r"[A-Za-z0-9][\w.-]{0,150}")
# What stands below these only a server can answer, or would be the whole site once more for each earlier release.
LIVE = (
    re.compile(r"/(graph-store|health|ready|metrics)$"),
    re.compile(r"/version/"),
    re.compile(r"/release/[^/]+/doc/"),
)
# Files that clients ask for by exactly this name.
WELL_KNOWN = "/.well-known/"
SUFFIXES = {each.media_type: each.name for each in (PLAIN, *SELECT_FORMATS, *GRAPH_FORMATS, *DATASET_FORMATS)}
SUFFIXES |= {"application/atom+xml": "atom", "text/plain": "txt", "image/svg+xml": "svg", "application/json": "json"}


@dataclass(frozen=True)
class Root:
    """Hold where the site will stand.

    :param address: of its first page; ends with `/`.
    """

    address: str

    @property
    def path(self) -> str:
        """Return the path of the first page: `/`, or `/levikki/` in a folder of another site."""
        return urlsplit(self.address).path

    def local(self, link: str, page: str) -> tuple[str, str] | None:
        """Return the address that a link of a page leads to, and its anchor; None where it leaves the site.

        :param link: as it stands in HTML or in a header.
        :param page: address of the page that it stands on.
        """
        whole = urljoin(self.address + page.removeprefix("/"), html.unescape(link).strip())
        if not whole.startswith(self.address):
            return None
        parts = urlsplit(whole)
        path = "/" + parts.path[len(self.path) :]
        asked = [pair for pair in parse_qsl(parts.query, keep_blank_values=True) if pair[0] != "lang"]
        chosen = dict(parse_qsl(parts.query)).get("lang", "")
        if chosen in LANGUAGES and not language_of(path):
            path = f"/{chosen}{path}"
        return path + (f"?{urlencode(sorted(asked))}" if asked else ""), parts.fragment

    def link(self, url: str) -> str:
        """Return a file's address as a link within the site."""
        return self.path + quote(url, safe="/:@!$&'()*+,;=~-._")

    def whole(self, url: str) -> str:
        """Return a file's whole address."""
        return self.address + self.link(url).removeprefix(self.path)


def language_of(address: str) -> str:
    """Return the language that an address begins with; empty where it has none."""
    first = re.split(r"[/?]", address.removeprefix("/"), maxsplit=1)[0]
    return first if first in LANGUAGES else ""


def neutral(address: str) -> str:
    """Return an address without its language."""
    language = language_of(address)
    return (address.removeprefix(f"/{language}") or "/") if language else address


def in_language(address: str, language: str) -> str:
    """Return an address in a language."""
    return f"/{language}{neutral(address)}"


def has_suffix(address: str) -> bool:
    """Tell whether an address says itself in which format it answers: no page does."""
    last = address.partition("?")[0].rpartition("/")[2]
    return "." in last and not last.endswith(".html")


def only_live(address: str) -> bool:
    """Tell whether an address is one that only a server can answer, or one too many to be a file."""
    path, _, query = neutral(address).partition("?")
    if any(pattern.match(path) for pattern in LIVE) or ".." in unquote(path) or "\0" in unquote(path):
        return True
    given = parse_qsl(query, keep_blank_values=True)
    names = [name for name, _ in given]
    chosen = [name for name in names if name not in LISTED]
    return (
        len(set(names)) < len(names)
        or len(chosen) > 1
        or not OF_ONE.issuperset(chosen)
        or not all(_VALUE.fullmatch(value) for _, value in given)
    )


def page_file(address: str) -> str:
    """Return the file of a page: `fi/doc/region/helsinki/index.html`.

    Any server finds it by its folder's name, without a word in its settings; only some find `helsinki.html` by `helsinki`.
    """
    path, _, query = address.partition("?")
    if path.endswith(".html"):
        return unquote(path[1:])
    parts = [each for each in unquote(path).split("/") if each] + _chosen(query)
    return "/".join([*parts, "index.html"])


def page_url(address: str) -> str:
    """Return where a page is reached: its folder, without the name of the file."""
    return page_file(address).removesuffix("index.html")


def data_file(address: str, media_type: str) -> str:
    """Return the file of what is no page: its own name, with a suffix by which servers know its type."""
    path, _, query = address.partition("?")
    path = unquote(path[1:])
    if not has_suffix(address) and not address.startswith(WELL_KNOWN):
        path = f"{path.rstrip('/') or 'index'}.{SUFFIXES.get(media_type, 'bin')}"
    if not query:
        return path
    stem, _, suffix = path.rpartition(".")
    return ".".join([stem, *_chosen(query), suffix])


def _chosen(query: str) -> list[str]:
    return [f"{name}-{value}" for name, value in parse_qsl(query)]
