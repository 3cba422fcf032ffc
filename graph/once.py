"""Make something once for an engine, however many ask for it at the same time, and keep it for as long as the engine is there."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from functools import wraps
from threading import Lock
from typing import Any, Concatenate, ParamSpec, TypeVar
from weakref import WeakKeyDictionary

from graph.store import Engine

P = ParamSpec("P")
T = TypeVar("T")


@dataclass
class _Place:
    """Hold what was made, and who may make it."""

    lock: Lock = field(default_factory=Lock)
    made: list[Any] = field(default_factory=list)


def once(make: Callable[Concatenate[Engine, P], T]) -> Callable[Concatenate[Engine, P], T]:
    """Let a function make what it makes of an engine once: who comes while it is being made waits for it.

    Where making it fails, whoever asked is told, and the next one tries again.

    :param make: takes an engine, and few other values, such as a language; a snapshot's engine always gives the same.
    """
    places: WeakKeyDictionary[Engine, dict[Hashable, _Place]] = WeakKeyDictionary()
    door = Lock()

    @wraps(make)
    def kept(engine: Engine, /, *args: P.args, **kwargs: P.kwargs) -> T:
        with door:
            of_engine = places.setdefault(engine, {})
            place = of_engine.setdefault((args, *sorted(kwargs.items())), _Place())
        if not place.made:
            with place.lock:
                if not place.made:
                    place.made.append(make(engine, *args, **kwargs))
        found: T = place.made[0]
        return found

    return kept
