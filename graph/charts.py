"""Lay out a step chart: where its lines, marks, ticks and labels stand. The template draws them and has the words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import ceil

WIDTH, HEIGHT = 380, 230
LEFT, RIGHT, TOP, BOTTOM = 30, 112, 14, 26
LABEL_GAP = 15  # between two labels at the ends of lines: the height of their text
MOST_YEARS, MOST_TICKS = 6, 6


@dataclass(frozen=True)
class Point:
    """Hold a mark: where the count became another one.

    :param year: of which the count is.
    """

    x: float
    y: float
    year: int
    count: int


@dataclass(frozen=True)
class Line:
    """Hold one line.

    :param path: what the attribute `d` of its path says; empty where the count is always 0.
    :param label_y: where the text at its end stands, clear of those of the other lines.
    :param last: the count at its end.
    """

    name: str
    path: str
    points: tuple[Point, ...]
    label_y: float
    last: int


@dataclass(frozen=True)
class Chart:
    """Hold a chart.

    :param years: (x, year) of the axis' labels.
    :param counts: (y, count) of the grid lines.
    """

    lines: tuple[Line, ...]
    years: tuple[tuple[float, int], ...]
    counts: tuple[tuple[float, int], ...]
    width: int = WIDTH
    height: int = HEIGHT
    left: int = LEFT
    right: int = WIDTH - RIGHT
    top: int = TOP
    bottom: int = HEIGHT - BOTTOM


def step_chart(series: Mapping[str, Sequence[int]], first: int, top: int) -> Chart:
    """Lay out lines that step from year to year.

    :param series: name -> count at the end of each year, all of the same years.
    :param first: the first year.
    :param top: the count that the axis has to reach, so that several charts can share it.
    """
    length = max((len(each) for each in series.values()), default=0)
    ticks = _ticks(top)
    xs = [_x(place, length) for place in range(length)]
    ends = _apart([_y(each[-1] if each else 0, ticks[-1]) for each in series.values()])
    lines = [
        _line(name, counts, xs, ticks[-1], first, end) for (name, counts), end in zip(series.items(), ends, strict=True)
    ]
    every = max(1, ceil(length / MOST_YEARS))
    # Counted from the last year, which is the one that readers look for.
    shown = [place for place in range(length) if (length - 1 - place) % every == 0]
    return Chart(
        tuple(lines),
        tuple((xs[place], first + place) for place in shown),
        tuple((_y(count, ticks[-1]), count) for count in ticks),
    )


def _line(name: str, counts: Sequence[int], xs: Sequence[float], top: int, first: int, label_y: float) -> Line:
    points: list[Point] = []
    path, before = "", 0
    for place, (x, count) in enumerate(zip(xs, counts, strict=True)):
        if count != before:
            path += f"H{x:g}V{_y(count, top):g}" if path else f"M{x:g} {_y(before, top):g}V{_y(count, top):g}"
            points.append(Point(x, _y(count, top), first + place, count))
        before = count
    if path:
        path += f"H{WIDTH - RIGHT}"
    return Line(name, path, tuple(points), label_y, before)


def _x(place: int, length: int) -> float:
    """Return where a year stands; a year alone stands in the middle."""
    share = place / (length - 1) if length > 1 else 0.5
    return round(LEFT + 8 + share * (WIDTH - LEFT - RIGHT - 16), 1)


def _y(count: int, top: int) -> float:
    return round(HEIGHT - BOTTOM - count / top * (HEIGHT - TOP - BOTTOM), 1)


def _ticks(top: int) -> list[int]:
    """Return round whole numbers from 0 to one that is at least `top`."""
    size = next(
        step for power in range(12) for step in (10**power, 2 * 10**power, 5 * 10**power)
        if step * (MOST_TICKS - 1) >= top
    )  # fmt: skip
    return list(range(0, max(1, ceil(top / size)) * size + 1, size))


def _apart(wanted: Sequence[float]) -> list[float]:
    """Move places down, and then up where there is no room below, until none is closer to the next than a label's height."""
    order = sorted(range(len(wanted)), key=lambda each: (wanted[each], each))
    found = list(wanted)
    for before, each in pairwise(order):
        found[each] = max(found[each], found[before] + LABEL_GAP)
    lowest = float(HEIGHT - BOTTOM)
    for each in reversed(order):
        found[each] = min(found[each], lowest)
        lowest = found[each] - LABEL_GAP
    return [round(each, 1) for each in found]
