"""Which model a person means who types a name: by its slug, by any of its names, or by a part of one."""

from __future__ import annotations

from dataclasses import dataclass

from graph.errors import CallError
from graph.names import slug
from graph.once import once
from graph.store import Engine

NEAR = 12
_NAMES = """SELECT DISTINCT ?thing ?name { ?thing a lev:PracticeModel ; skos:prefLabel|skos:altLabel|skos:hiddenLabel ?name }"""
_HINT = "choose one at /map, or give the last part of the address of a model's page, such as tiimimalli"


@dataclass(frozen=True)
class Sought:
    """Hold what was found for a name.

    :param text: what was typed.
    :param iri: of the model; empty where none is called so.
    :param near: IRIs of models with the text in a name, where none is called so.
    """

    text: str
    iri: str
    near: tuple[str, ...] = ()

    def only(self) -> str:
        """Return the model.

        :raises CallError: there is none.
        """
        if not self.iri:
            raise CallError(f"nothing is known of a model {self.text!r}", "model", _HINT)
        return self.iri


def seek(engine: Engine, text: str) -> Sought:
    """Find the model that a text names; what it could mean where it names none.

    :param text: a slug, or a name in any language, whatever its case and accents.
    """
    wanted = slug(text)
    if not wanted or not text.isprintable():
        return Sought(text, "")
    called = _names(engine)
    same = engine.names.thing("model", wanted)
    if text == wanted and same in called:
        return Sought(text, same)
    exact = sorted(iri for iri, names in called.items() if wanted in names)
    if exact:
        return Sought(text, exact[0])
    # The nearest begins with what was typed, and has the least beside it.
    places = {
        iri: [(name.find(wanted) > 0, len(name)) for name in names if wanted in name] for iri, names in called.items()
    }
    near = sorted((min(of), iri) for iri, of in places.items() if of)
    return Sought(text, "", tuple(iri for _, iri in near[:NEAR]))


@once
def _names(engine: Engine) -> dict[str, set[str]]:
    """Return every model, whether a region reports on it or not -> its names as slugs."""
    called: dict[str, set[str]] = {}
    for row in engine.select(_NAMES).rows:
        called.setdefault(row["thing"].value, set()).add(slug(row["name"].value))
    return called
