"""What a parameter of a question may be: the things of the kind of its default, offered by their names.

Names are read once for each snapshot. What somebody writes is compared with them here and is never part of a query.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from graph.errors import CallError
from graph.names import Names, folded, last_part
from graph.once import once
from graph.questions import Parameter
from graph.store import Engine
from graph.views import LANGUAGES, STATUSES, Named, named_in

_CLASSES = {
    "region": "lev:Region",
    "municipality": "lev:Municipality",
    "model": "lev:PracticeModel",
    "project": "lev:Project",
    "programme": "lev:Programme",
    "organisation": "lev:Organisation",
    "goal": "lev:Goal",
}
MOST_LISTED = 150  # of a <select>; in a longer list one types a part of the name
_TYPED = frozenset({"model"})  # whose names are long and many, however few a small snapshot has
Known = dict[str, dict[str, str]]


@dataclass(frozen=True)
class Choice:
    """Hold a thing that a parameter may be.

    :param value: what a form sends of it: its slug, or its name where that is typed and is the name of nothing else.
    """

    slug: str
    value: str
    named: Named


@dataclass(frozen=True)
class Field:
    """Hold the field of a parameter.

    :param kind: select, list (typed, with suggestions) or text.
    :param value: what stands in it.
    :param chosen: the thing that is chosen; None where it is known by no name here.
    """

    parameter: Parameter
    kind: str
    value: str
    choices: tuple[Choice, ...] = ()
    chosen: Named | None = None


def field(engine: Engine, parameter: Parameter, given: str, language: str) -> Field:
    """Return the field of a parameter.

    :param given: what was asked for; empty for the default.
    """
    known = _things(engine, parameter)
    if not known:
        return Field(parameter, "text", given or parameter.shown)
    kind = "list" if len(known) > MOST_LISTED or _space(engine.names, parameter) in _TYPED else "select"
    offered = _choices(engine.names, known, language, typed=kind == "list")
    iri = parameter.value(given or parameter.default, engine.names)
    slug = last_part(str(iri))
    chosen = next((each for each in offered if each.named.iri == iri), None)
    value = chosen.value if chosen else slug
    return Field(parameter, kind, value, offered, chosen.named if chosen else None)


def by_name(engine: Engine, parameter: Parameter, given: str, language: str) -> str:
    """Return the slug of the thing that a person called by its name; empty where it needs none or no thing has it.

    :param given: what was asked for: a slug, a prefixed name or an IRI is none.
    :raises CallError: several things have the name.
    """
    known = _things(engine, parameter)
    if not known or _is_thing(parameter, given, engine.names, known):
        return ""
    sought = folded(given)
    for each in (language, *LANGUAGES):
        found = [iri for iri, labels in known.items() if folded(labels.get(each, "")) == sought]
        if len(found) > 1:
            slugs = ", ".join(last_part(iri) for iri in sorted(found))
            raise CallError(f"{given!r} is the name of several things", parameter.name, f"give one of: {slugs}")
        if found and sought:
            return last_part(found[0])
    return ""


def _is_thing(parameter: Parameter, given: str, names: Names, known: Known) -> bool:
    try:
        return parameter.value(given, names) in known
    except CallError:
        return False


def _things(engine: Engine, parameter: Parameter) -> Known:
    """Return the things of the kind of a parameter's default: IRI -> language -> label; none where they are no choice."""
    space = _space(engine.names, parameter)
    scheme = space.removeprefix("scheme/")
    if space not in _CLASSES and scheme == space:
        return {}
    way = f"a {_CLASSES[space]}" if space in _CLASSES else f"skos:inScheme <{engine.names.thing('scheme', scheme)}>"
    return _labelled(engine, way)


@once
def _labelled(engine: Engine, way: str) -> Known:
    known: Known = {}
    for row in engine.select(f"SELECT DISTINCT ?thing ?label {{ ?thing {way} ; skos:prefLabel ?label }}").rows:
        known.setdefault(row["thing"].value, {})[row["label"].language] = row["label"].value
    return known


def _space(names: Names, parameter: Parameter) -> str:
    """Return what stands before the slug in the IRI of a parameter's default: `region`, `scheme/status`."""
    return (names.local(parameter.default) or "").rpartition("/")[0] if parameter.kind == "iri" else ""


def _choices(names: Names, known: Known, language: str, *, typed: bool) -> tuple[Choice, ...]:
    named = [named_in(names, iri, labels, language) for iri, labels in known.items()]
    order: Mapping[str, int] = {each: at for at, each in enumerate(STATUSES)}
    slugs = {each.iri: last_part(each.iri) for each in named}
    named.sort(key=lambda each: (order.get(slugs[each.iri], 0), each.label.casefold(), each.iri))
    shared: dict[str, int] = {}
    for each in named if typed else ():
        shared[folded(each.label)] = shared.get(folded(each.label), 0) + 1
    return tuple(
        Choice(slugs[each.iri], each.label if shared.get(folded(each.label)) == 1 else slugs[each.iri], each)
        for each in named
    )
