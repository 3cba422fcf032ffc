"""Where regions and models lie in the picture of their network: the same network, the same places.

Regions stand on a ring, those that share models beside each other. A model lies amid its regions: at the heart of the ring what
everybody has, on its rim what a few neighbours share, and outside it, behind its one region, what nobody else has. Nothing is
drawn by chance, and nothing is left for the browser to compute.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from itertools import groupby

Place = tuple[float, float]
RING, OUTSIDE, GAP = 100.0, 1.22, 2.1  # the ring's radius; where the models of one region begin; between two nodes
_GOLDEN = math.pi * (3 - math.sqrt(5))
_NEIGHBOURS = tuple((x, y) for x in (-1, 0, 1) for y in (-1, 0, 1))


def layout(edges: Sequence[tuple[str, str]]) -> dict[str, Place]:
    """Return a place for each region and each model.

    :param edges: (region, model).
    """
    of_region, of_model = dict[str, set[str]](), dict[str, set[str]]()
    for region, model in sorted(set(edges)):
        of_region.setdefault(region, set()).add(model)
        of_model.setdefault(model, set()).add(region)
    ring = _ring(of_region)
    angles = {region: 2 * math.pi * place / len(ring) - math.pi / 2 for place, region in enumerate(ring)}
    fixed = {region: (RING * math.cos(angle), RING * math.sin(angle)) for region, angle in angles.items()}
    models = _alone(of_model, angles) | _amid(of_model, fixed)
    return {name: _rounded(place) for name, place in (fixed | _apart(models, fixed)).items()}


def _ring(of_region: Mapping[str, set[str]]) -> list[str]:
    """Return the regions in a row in which each is followed by the one that is most like it of those left."""
    left = sorted(of_region, key=lambda each: (-len(of_region[each]), each))
    row = left[:1]
    while len(row) < len(left):
        last = of_region[row[-1]]
        rest = [each for each in left if each not in row]
        row.append(max(rest, key=lambda each: (len(last & of_region[each]) / len(last | of_region[each]), each)))
    return row


def _alone(of_model: Mapping[str, set[str]], angles: Mapping[str, float]) -> dict[str, Place]:
    """Return places for the models of one region: in rows behind it, as wide as its part of the ring."""
    places = {}
    single = sorted((next(iter(regions)), model) for model, regions in of_model.items() if len(regions) == 1)
    width = 2 * math.pi / max(len(angles), 6) * 0.86
    for region, group in groupby(single, key=lambda each: each[0]):
        models = [model for _, model in group]
        radius = RING * OUTSIDE
        while models:
            fits = max(int(width * radius / (GAP * 1.5)), 1)
            row, models = models[:fits], models[fits:]
            for place, model in enumerate(row):
                angle = angles[region] + width * ((place + 0.5) / len(row) - 0.5) * min(1.0, len(row) / fits)
                places[model] = (radius * math.cos(angle), radius * math.sin(angle))
            radius += GAP * 1.5
    return places


def _amid(of_model: Mapping[str, set[str]], fixed: Mapping[str, Place]) -> dict[str, Place]:
    """Return places for the models of several regions: their middle; those of the same regions in a spiral around it."""
    shared = sorted((sorted(regions), model) for model, regions in of_model.items() if len(regions) > 1)
    places = {}
    for regions, group in groupby(shared, key=lambda each: each[0]):
        x = sum(fixed[each][0] for each in regions) / len(regions)
        y = sum(fixed[each][1] for each in regions) / len(regions)
        for turn, (_, model) in enumerate(group):
            away = GAP * 0.9 * math.sqrt(turn)
            places[model] = (x + away * math.cos(turn * _GOLDEN), y + away * math.sin(turn * _GOLDEN))
    return places


def _apart(models: dict[str, Place], fixed: Mapping[str, Place]) -> dict[str, Place]:
    """Push what lies too close apart, a little each time; regions stay where they are."""
    names = sorted(models)
    places = [models[each] for each in names] + [fixed[each] for each in sorted(fixed)]
    for _ in range(max(8, min(60, 60_000 // max(len(places), 1)))):
        moves = _pushes(places, len(names))
        if not moves:
            break
        for index, (x, y) in moves.items():
            places[index] = (places[index][0] + x, places[index][1] + y)
    return dict(zip(names, places, strict=False))


def _pushes(places: Sequence[Place], movable: int) -> dict[int, Place]:
    squares: dict[tuple[int, int], list[int]] = {}
    for index, (x, y) in enumerate(places):
        squares.setdefault((int(x // GAP), int(y // GAP)), []).append(index)
    moves: dict[int, Place] = {}
    for index in range(movable):
        x, y = places[index]
        across, along, square = 0.0, 0.0, (int(x // GAP), int(y // GAP))
        for right, up in _NEIGHBOURS:
            for other in squares.get((square[0] + right, square[1] + up), ()):
                away = (x - places[other][0], y - places[other][1])
                far = math.hypot(*away)
                if other == index or far >= GAP:
                    continue
                if far < 1e-6:  # on the same spot: each goes its own way
                    away, far = (math.cos(index * _GOLDEN), math.sin(index * _GOLDEN)), 1.0
                across += away[0] / far * (GAP - far if far < GAP else GAP) / 2
                along += away[1] / far * (GAP - far if far < GAP else GAP) / 2
        if across or along:
            moves[index] = (across, along)
    return moves


def _rounded(place: Place) -> Place:
    return round(place[0], 2), round(place[1], 2)
