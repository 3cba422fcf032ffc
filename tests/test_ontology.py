"""The ontology and its schemes: complete in three languages, whole, and in step with the mapping."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from rdflib import BNode, Graph, Literal, Namespace, URIRef
from rdflib.namespace import DCTERMS, OWL, RDF, RDFS, SKOS
from rdflib.term import Node

from graph.settings import ROOT

ONTOLOGY = ROOT / "ontology"
LEV = Namespace("https://w3id.org/levikki/ontology#")
SCHEME = Namespace("https://w3id.org/levikki/id/scheme/")
SCHEME_FILES = sorted((ONTOLOGY / "schemes").glob("*.ttl"))
TURTLE_FILES = sorted([*ONTOLOGY.glob("*.ttl"), *SCHEME_FILES])
GRAPH_FILES = sorted(
    path for folder in ("ontology", "mappings") for end in ("*.ttl", "*.rq") for path in (ROOT / folder).rglob(end)
)
TERM_KINDS = (OWL.Class, OWL.ObjectProperty, OWL.DatatypeProperty)
LANGUAGES = ["en", "fi", "sv"]
CONCEPTS = {
    "status": {
        "planned", "prepared", "piloted", "in-introduction", "adopted", "scaled", "established",
        "discontinued", "not-started",
    },
    "model-kind": {"practice-model", "method", "digital-service"},
    "programme-goal": {"saatavuus", "ennaltaehkaisy", "laatu", "monialaisuus", "kustannukset"},
    "organisation-kind": {
        "ministry", "national-agency", "wellbeing-services-county", "city", "municipality", "hospital-district",
        "joint-authority", "company", "association", "project-office", "other",
    },
    "role": {"administrator", "participant", "partner", "funder", "contact"},
    "review-state": {"unreviewed", "accepted", "corrected", "added", "rejected"},
    "direction": {"up", "down", "improved", "worsened", "unchanged"},
    "qualifier": {"over", "about", "under"},
}  # fmt: skip
STRENGTHS = {
    "planned": 1, "prepared": 2, "piloted": 3, "in-introduction": 4, "adopted": 5, "scaled": 6, "established": 7,
    "discontinued": 0, "not-started": 0,
}  # fmt: skip


@cache
def turtle(path: Path) -> Graph:
    return Graph(bind_namespaces="none").parse(path, format="turtle")


def prefixes(path: Path) -> dict[str, str]:
    return {prefix: str(space) for prefix, space in turtle(path).namespaces()}


def ontology() -> Graph:
    return turtle(ONTOLOGY / "levikki.ttl")


def declared() -> set[Node]:
    return {term for kind in TERM_KINDS for term in ontology().subjects(RDF.type, kind) if str(term).startswith(LEV)}


def context() -> dict[str, Any]:
    document = json.loads((ROOT / "mappings" / "context.jsonld").read_text(encoding="utf-8"))
    entries: dict[str, Any] = document["@context"]
    return entries


def context_terms() -> Iterator[tuple[str, URIRef, str]]:
    """Yield the name, the property and the value type of each context entry that stands for a property of lev:."""
    for name, entry in context().items():
        if isinstance(entry, dict):
            target = str(entry.get("@id") or entry.get("@reverse"))
            if target.startswith("lev:"):
                yield name, LEV[target.removeprefix("lev:")], str(entry.get("@type", "xsd:string"))


def strings(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for inner in value.values():
            yield from strings(inner)


def languages(graph: Graph, subject: Node, predicate: URIRef) -> list[str]:
    values = graph.objects(subject, predicate)
    return sorted(str(value.language) if isinstance(value, Literal) and value.strip() else "?" for value in values)


def concepts(path: Path) -> tuple[Graph, URIRef, set[Node]]:
    graph = turtle(path)
    return graph, SCHEME[path.stem], set(graph.subjects(RDF.type, SKOS.Concept))


def test_the_ontology_says_what_it_is() -> None:
    graph, ontology_iri = ontology(), URIRef(str(LEV).rstrip("#"))
    assert (ontology_iri, RDF.type, OWL.Ontology) in graph
    assert languages(graph, ontology_iri, DCTERMS.title) == LANGUAGES
    assert languages(graph, ontology_iri, DCTERMS.description) == LANGUAGES
    assert list(graph.objects(ontology_iri, DCTERMS.license)) == [URIRef("http://creativecommons.org/licenses/by/4.0/")]
    assert list(graph.objects(ontology_iri, OWL.versionInfo)) == [Literal("0.1.0")]


@pytest.mark.parametrize("path", TURTLE_FILES, ids=lambda path: path.name)
def test_a_file_has_no_blank_node(path: Path) -> None:
    graph = turtle(path)
    assert [term for triple in graph for term in triple if isinstance(term, BNode)] == []


@pytest.mark.parametrize("path", TURTLE_FILES, ids=lambda path: path.name)
def test_a_file_uses_only_the_prefixes_of_the_table(path: Path) -> None:
    assert prefixes(path).items() <= prefixes(ONTOLOGY / "prefixes.ttl").items()


def test_every_term_is_labelled_and_defined_once_in_each_language() -> None:
    graph = ontology()
    wrong = {
        (term, predicate)
        for term in declared()
        for predicate in (RDFS.label, SKOS.definition)
        if languages(graph, term, predicate) != LANGUAGES
    }
    assert len(declared()) > 50
    assert wrong == set()


def test_every_term_names_the_ontology_that_defines_it() -> None:
    described = {subject for subject in ontology().subjects() if str(subject).startswith(LEV)}
    assert described == declared() == set(ontology().subjects(RDFS.isDefinedBy, URIRef(str(LEV).rstrip("#"))))


def test_a_term_is_of_one_kind() -> None:
    kinds = Counter(term for kind in TERM_KINDS for term in ontology().subjects(RDF.type, kind))
    assert [term for term, count in kinds.items() if count != 1] == []


def test_every_lev_term_that_the_ontology_points_to_is_declared() -> None:
    assert {term for term in ontology().objects() if str(term).startswith(LEV)} <= declared()


def test_every_target_of_the_context_exists() -> None:
    names = {text.removeprefix("lev:") for text in strings(context()) if text.startswith("lev:")}
    assert len(names) > 40
    assert {name for name in names if LEV[name] not in declared()} == set()


def test_a_link_of_the_context_is_an_object_property_and_a_value_is_not() -> None:
    links = set(ontology().subjects(RDF.type, OWL.ObjectProperty))
    assert {name for name, term, kind in context_terms() if (term in links) is not (kind == "@id")} == set()


def test_a_value_of_the_context_has_the_range_of_its_property() -> None:
    for name, term, kind in context_terms():
        if kind != "@id":
            assert list(ontology().objects(term, RDFS.range)) == [URIRef(kind.replace("xsd:", context()["xsd"]))], name


def test_the_context_agrees_with_the_prefix_table() -> None:
    table = prefixes(ONTOLOGY / "prefixes.ttl")
    given = {name: text for name, text in context().items() if isinstance(text, str) and text.endswith(("#", "/"))}
    given.pop("@base")
    assert len(given) > 10
    assert given.items() <= table.items()
    used = {text.split(":")[0] for text in strings(context()) if re.match(r"[a-z]+:[A-Za-z]", text)}
    assert used - given.keys() - {"https", "http"} == set()


def test_the_prefix_table_and_the_context_name_this_ontology() -> None:
    assert prefixes(ONTOLOGY / "prefixes.ttl")["lev"] == context()["lev"] == str(LEV)


@pytest.mark.parametrize("path", GRAPH_FILES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_every_lev_term_that_a_file_uses_exists(path: Path) -> None:
    names = set(re.findall(r"(?<![\w/-])lev:([A-Za-z]\w*)", path.read_text(encoding="utf-8")))
    assert {name for name in names if LEV[name] not in declared()} == set()


def test_there_is_a_file_for_each_scheme() -> None:
    assert {path.stem for path in SCHEME_FILES} >= CONCEPTS.keys()


@pytest.mark.parametrize("name", CONCEPTS)
def test_a_scheme_holds_the_agreed_concepts(name: str) -> None:
    _, scheme, found = concepts(ONTOLOGY / "schemes" / f"{name}.ttl")
    assert {str(concept) for concept in found} == {f"{scheme}/{notation}" for notation in CONCEPTS[name]}


@pytest.mark.parametrize("path", SCHEME_FILES, ids=lambda path: path.stem)
def test_a_file_describes_one_scheme_named_as_the_file(path: Path) -> None:
    graph, scheme, found = concepts(path)
    assert list(graph.subjects(RDF.type, SKOS.ConceptScheme)) == [scheme]
    assert set(graph.subjects()) == {scheme, *found}
    assert languages(graph, scheme, SKOS.prefLabel) == languages(graph, scheme, SKOS.definition) == LANGUAGES


@pytest.mark.parametrize("path", SCHEME_FILES, ids=lambda path: path.stem)
def test_a_concept_is_labelled_and_defined_once_in_each_language(path: Path) -> None:
    graph, _, found = concepts(path)
    for concept in found:
        assert languages(graph, concept, SKOS.prefLabel) == LANGUAGES, concept
        assert languages(graph, concept, SKOS.definition) == LANGUAGES, concept
        assert languages(graph, concept, SKOS.scopeNote) in ([], LANGUAGES), concept


@pytest.mark.parametrize("path", SCHEME_FILES, ids=lambda path: path.stem)
def test_no_two_concepts_of_a_scheme_share_a_label(path: Path) -> None:
    labels = Counter(turtle(path).objects(None, SKOS.prefLabel))
    assert [label for label, count in labels.items() if count > 1] == []


@pytest.mark.parametrize("path", SCHEME_FILES, ids=lambda path: path.stem)
def test_a_notation_is_the_last_part_of_the_iri(path: Path) -> None:
    graph, scheme, found = concepts(path)
    for concept in found:
        assert list(graph.objects(concept, SKOS.notation)) == [Literal(str(concept).removeprefix(f"{scheme}/"))]


@pytest.mark.parametrize("path", SCHEME_FILES, ids=lambda path: path.stem)
def test_top_concepts_are_linked_both_ways(path: Path) -> None:
    graph, scheme, found = concepts(path)
    assert set(graph.objects(scheme, SKOS.hasTopConcept)) == found
    assert set(graph.subject_objects(SKOS.topConceptOf)) == {(concept, scheme) for concept in found}
    assert set(graph.subject_objects(SKOS.inScheme)) == {(concept, scheme) for concept in found}


def test_each_status_has_its_strength() -> None:
    graph, scheme, _ = concepts(ONTOLOGY / "schemes" / "status.ttl")
    given = {str(concept).removeprefix(f"{scheme}/"): value for concept, value in graph.subject_objects(LEV.strength)}
    assert given == {notation: Literal(strength) for notation, strength in STRENGTHS.items()}
    assert len(list(graph.subject_objects(LEV.strength))) == len(STRENGTHS)


def test_programme_goals_are_goals() -> None:
    graph, _, found = concepts(ONTOLOGY / "schemes" / "programme-goal.ttl")
    assert set(graph.subjects(RDF.type, LEV.Goal)) == found
