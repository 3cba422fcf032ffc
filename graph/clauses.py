"""Cut a query into its clauses, so that another engine than ours can be asked the same in a form that it understands.

What a query says stays the same; where it says it changes: its dataset goes into the request, values of bindings into its
patterns, and what an engine is known to get wrong (VALUES at the end, the order of strings) is put where it is done right.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from graph.query import FORM, FROM, is_relative, mask, prologue, resolve, variables, with_values

_KEYWORD = re.compile(r"\b(?:(order\s*by)|(limit|offset)(?=[\s\d])|(values))", re.IGNORECASE)
_WHERE = re.compile(r"\bwhere\s*\Z", re.IGNORECASE)
_PREFIX = re.compile(r"(?<![\w.-])([A-Za-z_][\w.-]*|):")
# An IRI or a prefixed name in what a DESCRIBE names.
_NAME = re.compile(r"<_*>|[^\s:<>(){}?$]*:[^\s<>(){}]*")
# A function that is called by its IRI, be it where nothing would ever call it; or a list behind a property.
_CALL = re.compile(r"(<_*>|(?:[^\W\d_][\w.-]*)?:[\w.%~:-]*)\s*\(")
XSD = "http://www.w3.org/2001/XMLSchema#"
_AGGREGATE = re.compile(r"\b(?:count|sum|min|max|avg|sample|group_concat)\s*\(", re.IGNORECASE)


@dataclass(frozen=True)
class Clauses:
    """Hold the clauses of a query, each as its text.

    :param declared: BASE and PREFIX lines.
    :param head: SELECT with what it projects, CONSTRUCT with its template, ASK, or DESCRIBE with what it describes.
    :param default: graphs that FROM names.
    :param named: graphs that FROM NAMED names.
    :param where: what stands between the braces; None where a DESCRIBE has none.
    :param group: GROUP BY and HAVING.
    :param order: ORDER BY.
    :param part: LIMIT and OFFSET.
    :param values: VALUES behind all of them.
    """

    declared: str
    head: str
    default: tuple[str, ...]
    named: tuple[str, ...]
    where: str | None
    group: str
    order: str
    part: str
    values: str

    @property
    def text(self) -> str:
        """Return the whole query."""
        dataset = "".join(f"FROM <{graph}>\n" for graph in self.default)
        dataset += "".join(f"FROM NAMED <{graph}>\n" for graph in self.named)
        where = "" if self.where is None else f"WHERE {{ {self.where}\n}}"
        modifiers = f"{self.group}\n{self.order}\n{self.part}\n{self.values}"
        return f"{self.declared}\n{self.head}\n{dataset}{where}\n{modifiers}"

    @property
    def uses_graphs(self) -> bool:
        """Tell whether GRAPH may stand in it."""
        return "graph" in mask(self.where or "").casefold()

    @property
    def is_grouped(self) -> bool:
        """Tell whether rows are put together."""
        return bool(self.group.strip()) or bool(_AGGREGATE.search(mask(self.head)))

    @property
    def order_variables(self) -> tuple[str, ...] | None:
        """Return the variables that ORDER BY needs; None where it needs more than rows, which is to say aggregates."""
        if _AGGREGATE.search(mask(self.order)):
            return None
        return variables(self.order)


def cut(text: str, prefixes: Mapping[str, str], base: str = "") -> Clauses:
    """Cut a query that parses into its clauses.

    :param prefixes: those that it may use without declaring them; the ones that it does use are declared.
    :param base: IRI that relative ones are resolved against where the query names no other.
    """
    code = mask(text)
    declared, start = prologue(text, code, base)
    form = FORM.match(code, start)
    groups = list(_groups(code, start))
    is_construct = form is not None and form[1].upper() == "CONSTRUCT"
    is_short = form is not None and is_construct and not code[form.end() :].lstrip().startswith("{")
    open_, close = groups[1 if is_construct and not is_short else 0] if groups else (len(text), len(text))
    where = text[open_ + 1 : close - 1] if groups else None
    before = code[:open_].rstrip()
    end = found.start() if groups and (found := _WHERE.search(before)) else open_
    head, default, named = _without_dataset(text, code, start, end, {**prefixes, **declared})
    if is_short:
        head = f"{head} {{ {where}\n}}"
    group, order, part, values = _modifiers(text, code, close)
    return Clauses(
        _declare(text, code, start, declared, prefixes, base), head, default, named, where, group, order, part, values
    )


def foreign_function(text: str, prefixes: Mapping[str, str], base: str = "") -> str:
    """Return the IRI of a function that is none of SPARQL's own; empty where a query calls none.

    Our engine leaves out what can have no effect, such as the right side of `false && …`, and another might call it all the same.
    A list behind a property is taken for such a call: the snapshot has no lists.
    """
    code = mask(text)
    declared, start = prologue(text, code, base)
    called = (text[slice(*found.span(1))] for found in _CALL.finditer(code, start))
    iris = (resolve(_unescaped(name), {**prefixes, **declared}) for name in called)
    return next((iri for iri in iris if not iri.startswith(XSD)), "")


def asks_others(text: str) -> bool:
    """Tell whether SERVICE may stand in a query; a prefix of that name is taken for it."""
    return "service" in mask(text).casefold()


def _unescaped(name: str) -> str:
    return re.sub(r"\\u([0-9A-Fa-f]{4})|\\U([0-9A-Fa-f]{8})", lambda code: chr(int(code[1] or code[2], 16)), name)


def bind(clauses: Clauses, values: Mapping[str, str]) -> Clauses:
    """Put values in the place of variables of the patterns, and bind the variables to them.

    :param values: variable -> term as SPARQL writes it.
    """
    if not values or clauses.where is None:
        return clauses
    bound = " ".join(f"BIND({value} AS ?{name})" for name, value in values.items())
    return replace(clauses, where=f"{with_values(clauses.where, values)}\n{bound}")


def move_values(clauses: Clauses) -> Clauses:
    """Put VALUES that stands at the end into the pattern, where every engine sees it."""
    if not clauses.values.strip() or clauses.where is None:
        return clauses
    if not clauses.is_grouped:
        return replace(clauses, where=f"{clauses.where}\n{clauses.values}", values="")
    whole = f"{{ {clauses.head}\nWHERE {{ {clauses.where}\n}} {clauses.group}\n}}"
    return replace(clauses, head="SELECT *", where=f"{whole}\n{clauses.values}", group="", values="")


def alone(clauses: Clauses, head: str, where: str) -> Clauses:
    """Return a query for something else with the same prefixes and the same dataset."""
    return Clauses(clauses.declared, head, clauses.default, clauses.named, where, "", "", "", "")


def select_also(clauses: Clauses, variables: Iterable[str]) -> Clauses:
    """Let a SELECT project more variables."""
    more = " ".join(f"?{name}" for name in variables)
    return replace(clauses, head=f"{clauses.head}\n{more}") if more else clauses


def is_distinct(clauses: Clauses) -> bool:
    """Tell whether a SELECT is DISTINCT or REDUCED."""
    return bool(re.match(r"\s*select\s*(distinct|reduced)\b", mask(clauses.head), re.IGNORECASE))


def _groups(code: str, start: int) -> Iterable[tuple[int, int]]:
    """Yield where each outermost pair of braces begins and ends."""
    depth = opened = 0
    for found in re.finditer(r"[{}]", code[start:]):
        place = start + found.start()
        if found[0] == "{":
            opened = place if depth == 0 else opened
            depth += 1
        else:
            depth -= 1
            if depth == 0:
                yield opened, place + 1


def _without_dataset(
    text: str, code: str, start: int, end: int, spaces: Mapping[str, str]
) -> tuple[str, tuple[str, ...], tuple[str, ...]]:
    kept, place = [], start
    graphs: dict[bool, list[str]] = {False: [], True: []}
    for found in FROM.finditer(_flat(code[:end]), start):
        name = text[slice(*found.span(1))]
        is_named = "named" in found[0][: found.start(1) - found.start()].casefold()
        graphs[is_named].append(resolve(name, spaces))
        kept.append(text[place : found.start()])
        place = found.end()
    return "".join([*kept, text[place:end]]), tuple(graphs[False]), tuple(graphs[True])


def _flat(code: str) -> str:
    """Blank what stands in braces or parentheses, and those too."""
    depth, kept = 0, []
    for char in code:
        depth += char in "{("
        kept.append(" " if depth else char)
        depth -= char in "})"
    return "".join(kept)


def _modifiers(text: str, code: str, start: int) -> tuple[str, str, str, str]:
    flat = _flat(code[start:])
    places = [len(flat)] * 3  # where ORDER BY, LIMIT or OFFSET, and VALUES begin
    for found in _KEYWORD.finditer(flat):
        kind = next(number for number, word in enumerate(found.groups()) if word)
        places[kind] = min(places[kind], found.start())
    part = min(places[1:])
    order = min(places[0], part)
    tail = text[start:]
    return tail[:order], tail[order:part], tail[part : places[2]], tail[places[2] :]


def _declare(
    text: str, code: str, start: int, declared: Mapping[str, str], prefixes: Mapping[str, str], base: str
) -> str:
    used = {found[1] for found in _PREFIX.finditer(code, start)}
    more = [f"PREFIX {name}: <{prefixes[name]}>" for name in sorted(used & prefixes.keys() - declared.keys())]
    first = [f"BASE <{base}>"] if base and is_relative(text) else []
    return "\n".join([*first, *more, text[:start]])


@dataclass(frozen=True)
class Described:
    """Hold what a DESCRIBE describes.

    :param variables: as a SELECT projects them.
    :param iris: as the query writes them.
    """

    variables: str
    iris: tuple[str, ...]


def described(clauses: Clauses) -> Described:
    """Return what a DESCRIBE describes."""
    text = clauses.head
    code = mask(text)
    form = FORM.match(code)
    start = form.end() if form else 0
    names = tuple(text[slice(*found.span())] for found in _NAME.finditer(code, start))
    return Described(" ".join(f"?{name}" for name in variables(text)) or "*", names)
