"""What a reader chose to see of the matrix: read from an address, and written as one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from graph.errors import CallError
from graph.views import STATUSES

# By what rows are put in order -> whether the greatest comes first where the reader does not say.
SORTS = {"spread": True, "reach": True, "name": False, "first": False, "last": True, "claims": True}
ORDERS = ("asc", "desc")
GROUPS = ("family",)
MANY = ("kind", "goal", "status", "county")
NAMES = ("q", *MANY, "from", "to", "regions", "sort", "order", "group")
# Those of every address, which are no part of a choice.
_COMMON = frozenset({"lang", "format"})
_LONGEST = 100
_YEARS = range(1990, 2100)

Pairs = list[tuple[str, str]]


@dataclass(frozen=True)
class Choice:
    """Hold what is chosen; the empty choice shows everything, the widest spread first.

    :param text: what a name of the model holds, in any language.
    :param goals: programme goals, under one of which a claim stands.
    :param counties: slugs of regions.
    :param first_year: a claim reports of this year or a later one; empty for any.
    :param last_year: and of this year or an earlier one.
    :param regions: in how many regions, of those that are left, a model has to be.
    :param is_descending: the greatest comes first.
    """

    text: str = ""
    kinds: tuple[str, ...] = ()
    goals: tuple[str, ...] = ()
    statuses: tuple[str, ...] = ()
    counties: tuple[str, ...] = ()
    first_year: str = ""
    last_year: str = ""
    regions: int = 1
    sort: str = "spread"
    is_descending: bool = True
    group: str = ""

    @property
    def narrows(self) -> bool:
        """Tell whether anything is left out."""
        return self != Choice(sort=self.sort, is_descending=self.is_descending, group=self.group)

    def pairs(self) -> Pairs:
        """Return the parameters of the one address of this choice, in a fixed order."""
        many = {"kind": self.kinds, "goal": self.goals, "status": self.statuses, "county": self.counties}
        usual = self.is_descending == SORTS[self.sort]
        single = {
            "from": self.first_year,
            "to": self.last_year,
            "regions": str(self.regions) if self.regions > 1 else "",
            "sort": self.sort if self.sort != "spread" else "",
            "order": "" if usual else ORDERS[self.is_descending],
            "group": self.group,
        }
        found = [("q", self.text)] + [(name, each) for name, values in many.items() for each in values]
        return [pair for pair in (*found, *single.items()) if pair[1]]

    def address(self, *more: tuple[str, str]) -> str:
        """Return the part of an address behind the path: with its question mark, or empty.

        :param more: further parameters.
        """
        asked = urlencode([*self.pairs(), *more])
        return f"?{asked}" if asked else ""


@dataclass(frozen=True)
class Allowed:
    """Hold which values there are, in order."""

    kinds: Sequence[str]
    goals: Sequence[str]
    counties: Sequence[str]

    def of(self, name: str) -> Sequence[str]:
        """Return the values of one of the parameters that may be there more than once."""
        return {"kind": self.kinds, "goal": self.goals, "status": STATUSES, "county": self.counties}[name]


def read(given: Iterable[tuple[str, str]], allowed: Allowed) -> Choice:
    """Read a choice out of the parameters of an address; empty ones, which a form sends, say nothing.

    :raises CallError: an unknown parameter or value, which names those that there are.
    """
    values: dict[str, list[str]] = {}
    for name, value in given:
        if name in _COMMON:
            continue
        if name not in NAMES:
            raise CallError(f"the matrix has no filter {name!r}", "address", f"its filters are: {', '.join(NAMES)}")
        if value.strip():
            values.setdefault(name, []).append(value.strip())
    many = {name: _many(name, values.pop(name, []), allowed.of(name)) for name in MANY}
    one = {name: _one(name, each) for name, each in values.items()}
    sort = _known("sort", one.get("sort", "spread"), tuple(SORTS))
    order = _known("order", one.get("order", ORDERS[SORTS[sort]]), ORDERS)
    first, last = _years(one.get("from", ""), one.get("to", ""))
    return Choice(
        text=_text(one.get("q", "")),
        kinds=many["kind"],
        goals=many["goal"],
        statuses=many["status"],
        counties=many["county"],
        first_year=first,
        last_year=last,
        regions=_number(one.get("regions", "1"), max(len(allowed.counties), 1)),
        sort=sort,
        is_descending=order == "desc",
        group=_known("group", one.get("group", ""), ("", *GROUPS)),
    )


def _many(name: str, values: Sequence[str], known: Sequence[str]) -> tuple[str, ...]:
    for value in values:
        _known(name, value, known)
    return tuple(each for each in known if each in values)


def _one(name: str, values: Sequence[str]) -> str:
    if len(set(values)) > 1:
        raise CallError(f"the filter {name!r} is there {len(values)} times", name, "give one value")
    return values[0]


def _known(name: str, value: str, known: Sequence[str]) -> str:
    if value not in known:
        raise CallError(f"no {name} {value!r}", name, f"use one of: {', '.join(filter(None, known))}")
    return value


def _text(value: str) -> str:
    if len(value) > _LONGEST or not value.isprintable():
        raise CallError("no part of a name is that long", "q", f"give at most {_LONGEST} characters, on one line")
    return value


def _years(first: str, last: str) -> tuple[str, str]:
    for name, year in (("from", first), ("to", last)):
        if year and not (year.isascii() and year.isdecimal() and int(year[:5]) in _YEARS):
            hint = f"give a year from {_YEARS[0]} to {_YEARS[-1]}"
            raise CallError(f"no year {year!r}", name, hint)
    if first and last and first > last:
        raise CallError(f"{first} comes after {last}", "from", "give the earlier year as `from`, the later one as `to`")
    return first, last


def _number(value: str, most: int) -> int:
    if not (value.isascii() and value.isdecimal() and 1 <= int(value[:5]) <= most):
        raise CallError(f"no number of regions {value!r}", "regions", f"give a number from 1 to {most}")
    return int(value)
