"""Look at a query before it runs: what it asks for, and what it must not ask for.

The engine has no switch for SERVICE and would make the request itself, wherever that leads, so the text is read here
as the engine reads it: strings, comments, IRIs, variables and local names are masked, and what is left is code. Masking keeps offsets,
so that an error names a place. Reading takes linear time. rdflib's parser is no help: it takes 90 seconds for a list
of 5 000 objects, and it does not read `SERVICEex:x{}`, in which the engine finds SERVICE.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import urljoin

from graph.errors import CallError, QueryForbidden
from graph.web import is_listed, parts_of

READ_ONLY = "this endpoint is read-only by design: it takes no updates"
READ_ONLY_HINT = "facts enter through records, review and a build that passes the shapes"

_CODEPOINT = r"\\u(?![dD][89a-fA-F])[0-9A-Fa-f]{4}|\\U(?!0000[dD][89a-fA-F])(?:000[0-9A-Fa-f]|0010)[0-9A-Fa-f]{4}"
_ESCAPE = rf"\\[tbnrf\\\"']|{_CODEPOINT}"
# Long strings stand before short ones, and an escape that is none ends a string's reading, as in the engine.
_TOKEN = re.compile(
    rf"""(?P<comment>\#[^\r\n]*)
    |(?P<string>'''(?:(?:''?)?(?:[^'\\]|{_ESCAPE}))*+''' | \"\"\"(?:(?:\"\"?)?(?:[^\"\\]|{_ESCAPE}))*+\"\"\"
        |'(?:[^'\\\r\n]|{_ESCAPE})*+' | \"(?:[^\"\\\r\n]|{_ESCAPE})*+\")
    |(?P<iri><(?:[^\x00-\x20<>\"{{}}|^`\\]|{_CODEPOINT})*>)
    |(?P<variable>[?$][A-Za-z0-9_]+)
    |(?P<local>:[A-Za-z0-9_](?:[A-Za-z0-9_.:-]*[A-Za-z0-9_:-])?)
    |(?P<codepoint>{_CODEPOINT})
    |(?P<pair>\\.)""",
    re.VERBOSE | re.DOTALL,
)
# An IRI that might as well be "less than" and something that opens a string or a comment; with :// it is no expression.
_DOUBTFUL = re.compile(r"<(?![A-Za-z][A-Za-z0-9+.-]*://)[^>]*['#\\]")
_SCHEME = re.compile(r"<[A-Za-z][A-Za-z0-9+.-]*:")
_RUN = re.compile(r"[^\s{}]+|[{}]")
_DECLARATION = re.compile(
    r"""\s*(?:base\s*(?P<base><_*>)|prefix\s*(?P<prefix>[^\s:<>]*:)\s*(?P<space><_*>)|version\s*"_*")""", re.IGNORECASE
)
FORM = re.compile(r"\s*(select|construct|describe|ask)", re.IGNORECASE)
_UPDATE = re.compile(r"\s*(insert|delete|load|clear|drop|create|copy|move|add|with)\b", re.IGNORECASE)
_PREFIXED = re.compile(r"(?<![\w.-])([A-Za-z_][\w.-]*|):")
# What a blank node of a pattern cannot do, one of a CONSTRUCT's template can; telling them apart is not worth the reading.
_VOLATILE = re.compile(r"\b(?:now|rand|uuid|struuid|bnode)\s*\(|\bconstruct\b.*(?:_:|\[)", re.IGNORECASE | re.DOTALL)
# SERVICE as one writes it, which leaves no doubt of what its target is; the engine takes less space between the words.
_SERVICE = re.compile(
    r"(?<![^ \t\r\n{}])service(?:[ \t\r\n]+silent)?"
    r"(?:[ \t\r\n]*(?P<iri><_*>)|[ \t\r\n]+(?!silent)(?P<name>(?:[a-z][a-z0-9_-]*)?:[a-z0-9_-]*)|[ \t\r\n]*(?P<variable>[?$]_+))"
    r"[ \t\r\n]*\{",
    re.IGNORECASE,
)
SERVICES = 10  # of one query: each is a request to somebody else
FROM = re.compile(r"(?<![\w:.-])from\s*(?:named\s*)?(<_*>|[^\s:<>(){}]*:[^\s<>(){}]*)", re.IGNORECASE)


@dataclass(frozen=True)
class Checked:
    """Hold a query that may run.

    :param text: the query for the engine, codepoint escapes in its code expanded.
    :param form: SELECT, ASK, CONSTRUCT or DESCRIBE; empty where the text is none of them.
    :param graphs: IRIs that FROM and FROM NAMED name.
    :param volatile: the answer may differ from one time to the next: by time, chance, the names of blank nodes, or what
        another host says.
    :param services: for each SERVICE where its target begins and ends in the text, and the URL that it is.
    """

    text: str
    form: str
    graphs: tuple[str, ...] = ()
    volatile: bool = False
    services: tuple[tuple[int, int, str], ...] = ()


@lru_cache(maxsize=256)
def check(query: str, prefixes: tuple[tuple[str, str], ...] = (), base: str = "", hosts: str = "") -> Checked:
    """Read a query and refuse what this endpoint never does.

    :param query: SPARQL text as the client sent it.
    :param prefixes: (prefix, namespace) that the query may use without declaring them.
    :param base: IRI that relative ones are resolved against where the query names no other.
    :param hosts: hosts that SERVICE may ask, with commas between, `host` or `host:port`.
    :raises QueryForbidden: SERVICE of anything else anywhere in the query, or an update.
    """
    text = _expand(query)
    code = mask(text)
    found = _find_services(text, code)
    _refuse_services(text, found, hosts)
    declared, end = prologue(text, code, base)
    update = _UPDATE.match(code, end)
    if update:
        raise QueryForbidden(READ_ONLY, _place(text, update.start(1)), READ_ONLY_HINT)
    form = FORM.match(code, end)
    spaces = {**dict(prefixes), **declared}
    graphs = _dataset(text, code, end, spaces)
    services = tuple(_target(text, code, start, spaces, hosts) for start in found)  # every one, or none runs
    volatile = bool(services or _VOLATILE.search(code))
    return Checked(text, form[1].upper() if form else "", graphs, volatile, services)


def _expand(query: str) -> str:
    """Expand codepoint escapes where the engine does not: outside strings and IRIs (SPARQL 1.1, section 19.2)."""
    return _TOKEN.sub(
        lambda token: chr(int(f"0x{token['codepoint'][2:]}", 0)) if token["codepoint"] else token[0], query
    )


def mask(text: str) -> str:
    """Return the text, as long as before, with nothing of strings, comments, IRIs, variables and local names left."""
    return _TOKEN.sub(_masked, text)


def _masked(token: re.Match[str]) -> str:
    kind, inner = token.lastgroup, len(token[0]) - 2
    if kind == "comment":
        return " " * (inner + 2)
    if kind == "string":
        return f'"{"_" * inner}"'
    if kind == "iri":
        return f"<{'_' * inner}>"
    first = "_" if kind == "pair" else token[0][0]
    return first + "_" * (inner + 1)


def _find_services(text: str, code: str) -> list[int]:
    """Return where SERVICE stands, or where it may, in a text that can be read in two ways."""
    word = text.casefold().find("service")
    if word < 0:
        return []
    return _services(code) or ([word] if _is_doubtful(text) else [])


def _is_doubtful(text: str) -> bool:
    return any(_DOUBTFUL.match(token["iri"] or "") for token in _TOKEN.finditer(text))


def _refuse_services(text: str, found: list[int], hosts: str) -> None:
    if not found:
        return
    place = _place(text, found[0])
    if not hosts.strip(" ,"):
        raise QueryForbidden(
            "SERVICE is not allowed: this endpoint asks no other host",
            place,
            "ask the other endpoint yourself and send what it answers in a VALUES block",
        )
    if _is_doubtful(text):
        what = "a query with SERVICE has to leave no doubt of what an IRI is: this one has < before a quote or # in it"
        raise QueryForbidden(
            what, place, "put a space behind each < that means less than, and write the IRI with a prefix"
        )
    if len(found) > SERVICES:
        what = f"a query with SERVICE may have {SERVICES} of them, this one has {len(found)}"
        raise QueryForbidden(what, place, "ask in parts")


def _services(code: str) -> list[int]:
    """Return where SERVICE stands that a target and a brace follow.

    The engine needs no space on either side of the keyword (`trueSERVICEex:x{}`), so it is looked for in words too.
    """
    places = []
    runs = [("", 0)] * 3
    for found in _RUN.finditer(code.lower()):
        if found[0] != "{":
            runs = [*runs[1:], (found[0], found.start())]
            continue
        (first, first_start), (second, second_start), (last, last_start) = runs
        inside = last.find("service", 0, len(last) - 1)
        if inside >= 0:
            places.append(last_start + inside)
        elif second.endswith(("service", "servicesilent")):
            places.append(second_start + second.rfind("service"))
        elif second == "silent" and first.endswith("service"):
            places.append(first_start + len(first) - len("service"))
    return places


def _target(text: str, code: str, start: int, spaces: dict[str, str], hosts: str) -> tuple[int, int, str]:
    """Return where the target of a SERVICE begins and ends, and the URL that it is.

    :raises QueryForbidden: it is no URL of a host that may be asked, or cannot be read with certainty.
    """
    found = _SERVICE.match(code, start)
    kind = found.lastgroup if found else None
    url, span = "", (0, 0)
    if found and kind == "iri":
        span, url = found.span("iri"), urljoin(spaces.get("<", ""), _inner(text, found, "iri"))
    elif found and kind == "name":
        span = found.span("name")
        prefix, _, local = text[slice(*span)].partition(":")
        url = spaces[prefix] + local if prefix in spaces and re.fullmatch(r"[A-Za-z0-9_-]*", local) else ""
    allowed = f"write SERVICE <https://…> {{ … }} with a host that this endpoint's publisher lists: {hosts}"
    try:
        if is_listed(parts_of(url), hosts):
            return *span, url
        what = f"SERVICE <{url}> is not allowed: its host is not listed"
    except CallError:
        what = "SERVICE is allowed only of an http(s) address, written out, that leaves no doubt of its host"
    raise QueryForbidden(what, _place(text, start), allowed)


def prologue(text: str, code: str, base: str = "") -> tuple[dict[str, str], int]:
    """Return the prefixes that the query declares ("" is its base under the key `<`), and where its form begins."""
    declared: dict[str, str] = {"<": base}
    end = 0
    while found := _DECLARATION.match(code, end):
        end = found.end()
        if found["base"]:
            declared["<"] = urljoin(declared.get("<", ""), _inner(text, found, "base"))
        elif found["prefix"]:
            name = text[slice(*found.span("prefix"))][:-1]
            declared[name] = urljoin(declared.get("<", ""), _inner(text, found, "space"))
    return declared, end


def _inner(text: str, found: re.Match[str], group: str | int) -> str:
    """Return an IRI as it stands in the text, without its angle brackets."""
    start, end = found.span(group)
    return text[start + 1 : end - 1]


def _dataset(text: str, code: str, start: int, spaces: Mapping[str, str]) -> tuple[str, ...]:
    if "from" not in code.casefold():
        return ()
    graphs = []
    for found in FROM.finditer(_outer(code), start):
        graph = resolve(text[slice(*found.span(1))], spaces)
        if graph:  # an unknown prefix is the engine's to complain of
            graphs.append(graph)
    return tuple(graphs)


def resolve(name: str, spaces: Mapping[str, str]) -> str:
    """Return the IRI that an IRI in angle brackets or a prefixed name stands for; empty where nobody declares its prefix.

    :param spaces: prefix -> namespace; the base under the key `<`.
    """
    if name.startswith("<"):
        return urljoin(spaces.get("<", ""), name[1:-1])
    prefix, _, local = name.partition(":")
    return spaces[prefix] + local.replace("\\", "") if prefix in spaces else ""


def is_relative(text: str) -> bool:
    """Tell whether an IRI in a query needs a base."""
    return any(token["iri"] and not _SCHEME.match(token["iri"]) for token in _TOKEN.finditer(text))


def variables(text: str) -> tuple[str, ...]:
    """Return the variables of a text, each once."""
    found = (token[0][1:] for token in _TOKEN.finditer(text) if token.lastgroup == "variable")
    return tuple(dict.fromkeys(found))


def with_values(text: str, values: Mapping[str, str]) -> str:
    """Return a text with other text in the place of some variables.

    :param values: variable -> text.
    """
    return _TOKEN.sub(
        lambda token: values.get(token[0][1:], token[0]) if token.lastgroup == "variable" else token[0], text
    )


def _outer(code: str) -> str:
    """Blank what stands in braces or parentheses: a dataset clause never does."""
    depth, kept = 0, []
    for char in code:
        depth += (char in "{(") - (char in "})")
        kept.append(char if depth == 0 or char in "})" else " ")
    return "".join(kept)


def undeclared_prefix(text: str, prefixes: tuple[tuple[str, str], ...] = ()) -> tuple[str, int, int] | None:
    """Find a prefix that the query uses and nobody declares: what most often keeps a query from parsing.

    :returns: the prefix, its 1-based line and column; None where every prefix is declared.
    """
    code = mask(text)
    declared, end = prologue(text, code)
    known = {"_", *dict(prefixes), *declared}
    for found in _PREFIXED.finditer(code, end):
        if found[1] not in known:
            return found[1], *_line_column(text, found.start())
    return None


def _place(text: str, start: int) -> str:
    line, column = _line_column(text, start)
    return f"line {line}, column {column}"


def _line_column(text: str, start: int) -> tuple[int, int]:
    return text.count("\n", 0, start) + 1, start - text.rfind("\n", 0, start)
