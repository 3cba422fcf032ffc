"""The ontology as a page shows it: its terms with what the shapes ask of them and an example, its schemes, and its picture."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from graph.constraints import Constraint
from graph.constraints import load as load_constraints
from graph.description import Statement, Statements, known, labels_in, pointed_to, statements
from graph.diagram import Name, Node, svg
from graph.formats import Format
from graph.scheme_docs import DEFINITION, Scheme, concepts, in_language, scheme
from graph.store import Engine, Term
from graph.thing_view import Part, Property, Value, grouped, part
from graph.views import Named, named_in

RDFS, OWL = "http://www.w3.org/2000/01/rdf-schema#", "http://www.w3.org/2002/07/owl#"
DCT = "http://purl.org/dc/terms/"
SUBCLASS, SUBPROPERTY = f"{RDFS}subClassOf", f"{RDFS}subPropertyOf"
# What has a place of its own in a term's section, or is said by where the section stands.
_PLACED = frozenset(
    {DEFINITION, SUBCLASS, SUBPROPERTY, f"{RDFS}label", f"{RDFS}isDefinedBy", f"{RDFS}domain", f"{RDFS}range"}
)
_Name = Callable[[str], Named]


@dataclass(frozen=True)
class Rule:
    """Hold what a shape asks, in the words of the page.

    :param of: the class.
    :param count: how many values.
    :param kinds: what a value is; each with its label.
    :param values: what a value is one of.
    """

    of: Named
    property: Named
    count: str
    kinds: tuple[Named, ...]
    values: tuple[Named, ...]


@dataclass(frozen=True)
class TermDocs:
    """Hold the section of a class or a property.

    :param anchor: what stands behind the # of its IRI.
    :param wider: its superclasses, or the properties above it; `narrower` those below.
    :param rest: whatever else is said of it.
    :param example: a thing of the class, or with the property, and the property's value there.
    """

    named: Named
    anchor: str
    definition: Value | None
    wider: tuple[Named, ...]
    narrower: tuple[Named, ...]
    domain: tuple[Named, ...]
    range: tuple[Named, ...]
    rules: tuple[Rule, ...]
    rest: tuple[Property, ...]
    example: tuple[Named, Value | None] | None


@dataclass(frozen=True)
class Docs:
    """Hold all that the page shows.

    :param about: the ontology itself: version, licence, earlier names.
    :param groups: key of the group's title -> its terms.
    """

    about: Part
    groups: dict[str, tuple[TermDocs, ...]]
    schemes: tuple[Scheme, ...]
    picture: Markup


def as_rdf(engine: Engine, chosen: Format) -> bytes:
    """Return the ontology of the snapshot as RDF."""
    query = """CONSTRUCT { ?ontology ?p ?o . ?term ?termP ?termO } WHERE {
        { ?ontology ?p ?o } UNION { ?term rdfs:isDefinedBy ?ontology ; ?termP ?termO } }"""
    return engine.construct(query, chosen, ontology=engine.names.ontology[:-1])


def licence(engine: Engine) -> str:
    """Return the IRI of the ontology's licence, empty where it names none."""
    query = "SELECT ?ontology ?licence { ?ontology dct:license ?licence } ORDER BY STR(?licence) LIMIT 1"
    rows = engine.select(query, ontology=engine.names.ontology[:-1]).rows
    return rows[0]["licence"].value if rows else ""


def load(engine: Engine, language: str, words: dict[str, Any]) -> Docs:
    """Return what the page of the ontology shows.

    :param language: preferred language of labels and definitions.
    :param words: the texts of that language.
    """
    ontology = engine.names.ontology[:-1]
    query = "SELECT DISTINCT ?ontology ?thing { ?thing rdfs:isDefinedBy ?ontology }"
    terms = [row["thing"].value for row in engine.select(query, ontology=ontology).rows]
    said = statements(engine, [ontology, *terms])
    constraints = load_constraints(engine.names)
    examples = _examples(engine, {iri: said[iri] for iri in terms})
    schemes = concepts(engine)
    there = {iri for each in constraints for iri in (each.of, each.property, *each.kinds, *each.values)}
    there |= {iri for subject, value in examples.values() for iri in (subject, value.value if value else "")}
    names = labels_in(said, *schemes.values(), known(engine, (pointed_to(said) | there | schemes.keys()) - said.keys()))

    def name(iri: str) -> Named:
        return named_in(engine.names, iri, names.get(iri, {}), language)

    rules = [_rule(each, name, words) for each in constraints]
    docs = [_term(iri, said, rules, examples.get(iri), name, language) for iri in terms]
    groups = {
        title: tuple(sorted((each for each in docs if is_of(said[each.named.iri])), key=_by_label))
        for title, is_of in _GROUPS.items()
    }
    return Docs(
        part(name, ontology, _of_language(said.get(ontology, []), language)),
        {title: each for title, each in groups.items() if each},
        tuple(scheme(engine, iri, each, name) for iri, each in schemes.items()),
        _picture(groups["ontology_classes"], rules, words),
    )


# ---- terms ----


def _is_a(*kinds: str) -> Callable[[list[Statement]], bool]:
    wanted = {f"{OWL}{kind}" for kind in kinds}
    return lambda said: any(value.value in wanted for _, value in said)


_GROUPS = {
    "ontology_classes": _is_a("Class"),
    "ontology_object_properties": _is_a("ObjectProperty"),
    "ontology_data_properties": _is_a("DatatypeProperty", "AnnotationProperty"),
}


def _by_label(term: TermDocs) -> tuple[str, str]:
    return term.named.label.casefold(), term.anchor


def _term(
    iri: str, said: Statements, rules: list[Rule], example: tuple[str, Term | None] | None, name: _Name, language: str
) -> TermDocs:
    def linked(property_: str) -> tuple[Named, ...]:
        return tuple(name(value.value) for each, value in said[iri] if each == property_)

    below = [
        each for each, all_of in said.items() for p, v in all_of if p in {SUBCLASS, SUBPROPERTY} and v.value == iri
    ]
    return TermDocs(
        named=name(iri),
        anchor=_anchor(name(iri)),
        definition=in_language(said[iri], DEFINITION, name(iri).language),
        wider=(*linked(SUBCLASS), *linked(SUBPROPERTY)),
        narrower=tuple(sorted(map(name, below), key=lambda each: each.label.casefold())),
        domain=linked(f"{RDFS}domain"),
        range=linked(f"{RDFS}range"),
        rules=tuple(each for each in rules if iri in {each.of.iri, each.property.iri}),
        rest=grouped(name, _of_language([each for each in said[iri] if _has_no_place(*each)], language)),
        example=example and (name(example[0]), _value(example[1], name)),
    )


def _has_no_place(property_: str, value: Term) -> bool:
    """Tell whether a statement is shown by no other part of a term's section."""
    return property_ not in _PLACED and not value.value.startswith(OWL)


def _of_language(said: list[Statement], language: str) -> list[Statement]:
    """Return statements without the texts of other languages, where there is one of this language."""
    there = {property_ for property_, value in said if value.language == language}
    return [each for each in said if each[0] not in there or each[1].language in {"", language}]


def _value(value: Term | None, name: _Name) -> Value | None:
    return Value(value, name(value.value) if value.kind == "iri" else None) if value else None


def _rule(constraint: Constraint, name: _Name, words: dict[str, Any]) -> Rule:
    return Rule(
        name(constraint.of),
        name(constraint.property),
        _count(constraint.least, constraint.most, words),
        tuple(map(name, constraint.kinds)),
        tuple(map(name, constraint.values)),
    )


def _count(least: int, most: int | None, words: dict[str, Any]) -> str:
    """Return how many values a shape asks for, in words."""
    if most is None:
        key = "count_least" if least else "count_any"
    else:
        key = "count_exactly" if least == most else "count_between" if least else "count_most"
    return str(words[key]).format(least=least, most=most)


def _examples(engine: Engine, terms: Statements) -> dict[str, tuple[str, Term | None]]:
    """Return a thing of each class, and one with each property and the property's value."""
    parts = []
    for iri, said in terms.items():
        pattern = f"?subject a <{iri}>" if _is_a("Class")(said) else f"?subject <{iri}> ?value"
        parts.append(f"{{ SELECT (<{iri}> AS ?term) ?subject ?value {{ {pattern} }} LIMIT 1 }}")
    rows = engine.select(f"SELECT ?term ?subject ?value {{ {' UNION '.join(parts)} }}").rows if parts else ()
    return {row["term"].value: (row["subject"].value, row.get("value")) for row in rows}


# ---- the picture ----


def _picture(classes: tuple[TermDocs, ...], rules: list[Rule], words: dict[str, Any]) -> Markup:
    """Return the picture of the classes: a subclass stands in the box of its superclass, and its properties with it."""
    names = {each.anchor: Name(each.anchor, each.named.label) for each in classes}
    above = {each.anchor: _anchor(wider) for each in classes for wider in each.wider if _anchor(wider) in names}
    rows: dict[str, dict[str, tuple[Name, dict[str, None]]]] = {}
    for rule in rules:
        box = above.get(_anchor(rule.of), _anchor(rule.of))
        targets = [above.get(_anchor(kind), _anchor(kind)) for kind in rule.kinds if _anchor(kind) in names]
        if box in names and targets:
            label = words["properties"].get(rule.property.label, rule.property.label)
            name = Name(_anchor(rule.property), label)
            rows.setdefault(box, {}).setdefault(rule.property.iri, (name, {}))[1].update(dict.fromkeys(targets))
    nodes = [
        Node(
            name,
            tuple(names[kind] for kind, box in above.items() if box == anchor),
            tuple((property_, tuple(targets)) for property_, targets in rows.get(anchor, {}).values()),
        )
        for anchor, name in names.items()
        if anchor not in above
    ]
    return svg(nodes, title=words["ontology_picture"], text=words["ontology_picture_text"])


def _anchor(named: Named) -> str:
    return named.iri.partition("#")[2]
