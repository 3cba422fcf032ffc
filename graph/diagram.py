"""A picture of classes and what links them: SVG in columns, without a script or a style of its own.

A box is a class with the kinds of it, and below them its properties, each the beginning of a line to the class of its values: so
no name stands on a line. Colours and fonts come from static/levikki.css, so that the picture is readable in dark and in light.
Every name is a link.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from markupsafe import Markup

WIDTH, COLUMN, GAP, MARGIN = 200, 310, 28, 14
HEAD, ROW = 28, 19
ROUNDS = 8  # of moving boxes towards those that they are linked with


@dataclass(frozen=True)
class Name:
    """Hold what is written: a label, and the end of the address that it links to, empty where it links to nothing."""

    anchor: str
    label: str


@dataclass(frozen=True)
class Node:
    """Hold a class.

    :param kinds: its subclasses, which have no box of their own.
    :param rows: properties, each with the nodes that its values are of.
    """

    name: Name
    kinds: tuple[Name, ...] = ()
    rows: tuple[tuple[Name, tuple[str, ...]], ...] = ()

    @property
    def height(self) -> int:
        """Return the height of its box."""
        return HEAD + ROW * (len(self.kinds) + len(self.rows)) + (8 if self.kinds or self.rows else 0)

    @property
    def targets(self) -> tuple[str, ...]:
        """Return the nodes that its properties lead to, itself aside."""
        found = dict.fromkeys(each for _, targets in self.rows for each in targets)
        return tuple(each for each in found if each != self.name.anchor)


@dataclass(frozen=True)
class Place:
    """Hold where a box stands."""

    x: int
    y: int


def svg(nodes: Iterable[Node], *, title: str, text: str) -> Markup:
    """Return the picture.

    :param title: what it is, for those who do not see it.
    :param text: what it shows, in words.
    """
    known = {node.name.anchor: node for node in nodes}
    places = layout(known)
    width = max((place.x for place in places.values()), default=0) + WIDTH + GAP + MARGIN
    height = max((place.y + known[name].height for name, place in places.items()), default=0) + MARGIN
    head = Markup(
        '<svg class="diagram" viewBox="0 0 {0} {1}" width="{0}" height="{1}" role="group"'
        ' aria-labelledby="diagram-title diagram-text">'
        '<title id="diagram-title">{2}</title><desc id="diagram-text">{3}</desc>'
        '<defs><marker id="arrow" viewBox="0 0 10 10" refX="10" refY="5" markerWidth="7" markerHeight="7" orient="auto">'
        '<path class="head" d="M0 0 10 5 0 10z"/></marker></defs>\n'
    ).format(width, height, title, text)
    lines = [line for name, node in known.items() for line in _lines(node, places[name], places)]
    boxes = [_box(node, places[name]) for name, node in known.items()]
    return head + Markup("\n").join([*lines, *boxes]) + Markup("\n</svg>")


def layout(nodes: Mapping[str, Node]) -> dict[str, Place]:
    """Place each node in a column, and so within it that lines are short.

    What nothing points to stands in the first column, the others as many columns behind as the shortest way leads to them.
    """
    columns: dict[int, list[str]] = {}
    for name, number in _distances(nodes).items():
        columns.setdefault(number, []).append(name)
    for _ in range(ROUNDS):
        _sort(columns, nodes)
    heights = {number: _height(names, nodes) for number, names in columns.items()}
    places: dict[str, Place] = {}
    for number, names in columns.items():
        y = MARGIN + (max(heights.values()) - heights[number]) // 2
        for name in names:
            places[name] = Place(MARGIN + number * COLUMN, y)
            y += nodes[name].height + GAP
    return places


def _height(names: list[str], nodes: Mapping[str, Node]) -> int:
    return sum(nodes[name].height + GAP for name in names) - GAP


def _distances(nodes: Mapping[str, Node]) -> dict[str, int]:
    """Return for each node how many lines lead to it from the nearest one that nothing points to."""
    pointed_to = {target for node in nodes.values() for target in node.targets}
    found = {name: 0 for name in nodes if name not in pointed_to}
    while len(found) < len(nodes):
        near = {
            target: number + 1
            for name, number in found.items()
            for target in nodes[name].targets
            if target in nodes and target not in found
        }
        # A circle that nothing leads into begins with its first node.
        found |= near or {next(name for name in nodes if name not in found): 0}
    return found


def _sort(columns: dict[int, list[str]], nodes: Mapping[str, Node]) -> None:
    """Move each node of a column towards the middle of those that it is linked with."""
    place = {name: row - (len(names) - 1) / 2 for names in columns.values() for row, name in enumerate(names)}
    linked: dict[str, list[float]] = {name: [] for name in place}
    for name, node in nodes.items():
        for target in set(node.targets) & place.keys():
            linked[name].append(place[target])
            linked[target].append(place[name])
    means = {name: sum(near) / len(near) if near else place[name] for name, near in linked.items()}
    for names in columns.values():
        names.sort(key=lambda name: (means[name], name))


def _lines(node: Node, place: Place, places: Mapping[str, Place]) -> list[Markup]:
    """Return a curve from each property to each node that its values are of."""
    start = place.y + HEAD + ROW * len(node.kinds) + ROW // 2
    return [
        _line(place.x, start + ROW * row, places[target])
        for row, (_, targets) in enumerate(node.rows)
        for target in targets
        if target in places and target != node.name.anchor
    ]


def _line(x: int, y: int, end: Place) -> Markup:
    """Return a curve to the head of a box: into its near side, or around to its right side in the same column."""
    backwards, onwards = end.x < x, end.x > x
    from_x, to_x = (x if backwards else x + WIDTH), (end.x if onwards else end.x + WIDTH)
    bend = (COLUMN - WIDTH) // 2
    first, second = from_x + (-bend if backwards else bend), to_x + (-bend if onwards else bend)
    to_y = end.y + HEAD // 2
    return Markup('<path class="edge" d="M{} {}C{} {} {} {} {} {}" marker-end="url(#arrow)"/>').format(
        from_x, y, first, y, second, to_y, to_x, to_y
    )


def _box(node: Node, place: Place) -> Markup:
    middle, y = place.x + WIDTH // 2, place.y + HEAD
    parts = [
        Markup('<rect class="box" x="{}" y="{}" width="{}" height="{}" rx="5"/>').format(
            place.x, place.y, WIDTH, node.height
        ),
        _text(node.name, "class", middle, place.y + 19, "middle"),
    ]
    for kind in node.kinds:
        parts.append(_text(kind, "kind", middle, y + 13, "middle"))
        y += ROW
    for property_, targets in node.rows:
        mark = " ↺" if node.name.anchor in targets else ""
        parts.append(_text(Name(property_.anchor, property_.label + mark), "name", place.x + 10, y + 14, "start"))
        y += ROW
    return Markup("").join(parts)


def _text(name: Name, kind: str, x: int, y: int, anchor: str) -> Markup:
    text = Markup('<text class="{}" x="{}" y="{}" text-anchor="{}">{}</text>').format(kind, x, y, anchor, name.label)
    return Markup('<a href="#{}">{}</a>').format(name.anchor, text) if name.anchor else text
