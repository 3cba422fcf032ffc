"""Look at a query before it runs: what it asks for, and what it must not ask for.

The engine has no switch for SERVICE and would make the request itself, so the text is read here as the engine reads
it: strings, comments, IRIs, variables and local names are masked, and what is left is code. Masking keeps offsets,
so that an error names a place. Reading takes linear time. rdflib's parser is no help: it takes 90 seconds for a list
of 5 000 objects, and it does not read `SERVICEex:x{}`, in which the engine finds SERVICE.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import urljoin

from graph.errors import QueryForbidden

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
FROM = re.compile(r"(?<![\w:.-])from\s*(?:named\s*)?(<_*>|[^\s:<>(){}]*:[^\s<>(){}]*)", re.IGNORECASE)


@dataclass(frozen=True)
class Checked:
    """Hold a query that may run.

    :param text: the query for the engine, codepoint escapes in its code expanded.
    :param form: SELECT, ASK, CONSTRUCT or DESCRIBE; empty where the text is none of them.
    :param graphs: IRIs that FROM and FROM NAMED name.
    :param volatile: the answer may differ from one time to the next: by time, chance or the names of blank nodes.
    """

    text: str
    form: str
    graphs: tuple[str, ...] = ()
    volatile: bool = False


@lru_cache(maxsize=256)
def check(query: str, prefixes: tuple[tuple[str, str], ...] = (), base: str = "") -> Checked:
    """Read a query and refuse what this endpoint never does.

    :param query: SPARQL text as the client sent it.
    :param prefixes: (prefix, namespace) that the query may use without declaring them.
    :param base: IRI that relative ones are resolved against where the query names no other.
    :raises QueryForbidden: SERVICE anywhere in the query, or an update.
    """
    text = _expand(query)
    code = mask(text)
    _refuse_service(text, code)
    declared, end = prologue(text, code, base)
    update = _UPDATE.match(code, end)
    if update:
        raise QueryForbidden(READ_ONLY, _place(text, update.start(1)), READ_ONLY_HINT)
    form = FORM.match(code, end)
    graphs = _dataset(text, code, end, {**dict(prefixes), **declared})
    return Checked(text, form[1].upper() if form else "", graphs, volatile=bool(_VOLATILE.search(code)))


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


def _refuse_service(text: str, code: str) -> None:
    word = text.casefold().find("service")
    if word < 0:
        return
    start = _service(code)
    if start < 0 and any(_DOUBTFUL.match(token["iri"] or "") for token in _TOKEN.finditer(text)):
        start = word
    if start >= 0:
        raise QueryForbidden(
            "SERVICE is not allowed: this endpoint asks no other host",
            _place(text, start),
            "ask the other endpoint yourself and send what it answers in a VALUES block",
        )


def _service(code: str) -> int:
    """Return where SERVICE stands that a target and a brace follow, -1 for nowhere.

    The engine needs no space on either side of the keyword (`trueSERVICEex:x{}`), so it is looked for in words too.
    """
    runs = [("", 0)] * 3
    for found in _RUN.finditer(code.lower()):
        if found[0] != "{":
            runs = [*runs[1:], (found[0], found.start())]
            continue
        (first, first_start), (second, second_start), (last, last_start) = runs
        inside = last.find("service", 0, len(last) - 1)
        if inside >= 0:
            return last_start + inside
        if second.endswith(("service", "servicesilent")):
            return second_start + second.rfind("service")
        if second == "silent" and first.endswith("service"):
            return first_start + len(first) - len("service")
    return -1


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
