"""Every shape and check against its examples, and against the ontology, schemes and mapping that it speaks of."""

from __future__ import annotations

import re
from pathlib import Path

import pyoxigraph as ox
import pyshacl
import pytest
from rdflib import RDF, RDFS, SH, BNode, Graph, Literal, URIRef
from rdflib.collection import Collection
from rdflib.namespace import SKOS
from rdflib.term import Node

from graph.context import context
from graph.files import read_text
from graph.names import Names
from graph.report import fields
from graph.settings import ROOT
from graph.triples import turtle
from graph.validation import ONTOLOGY, SHAPES, batched, check_results, load_shapes, plain_graph, shape_results
from graph.wording import CHECKS, check_header

NAMES = Names()
PREFIXES = NAMES.prefixes()
ANY = ox.NamedNode(NAMES.graph("example"))
CLASSES = sorted(path.stem for path in SHAPES.glob("*.ttl"))
EXAMPLES = sorted((SHAPES / "examples").glob("*/*.ttl"))
CHECK_NAMES = sorted(path.stem for path in CHECKS.glob("*.rq"))
CHECK_EXAMPLES = sorted((CHECKS / "examples").glob("*/*.trig"))
FORBIDDEN = (SH.sparql, SH.js, SH.rule, SH.target)


def named(path: Path) -> str:
    return f"{path.parent.name}/{path.stem}"


def example(path: Path) -> Graph:
    return plain_graph(turtle(path, NAMES, ANY), NAMES)


def broken(data: Graph, kind: str) -> set[tuple[str, str]]:
    """Return the constraint components that a graph breaks of one class's shapes, each with its path."""
    results = shape_results(data, load_shapes(NAMES, SHAPES / f"{kind}.ttl"))
    return {(each.constraint, each.path.value if each.path else "") for each in results}


def expand(name: str) -> str:
    prefix, _, local = name.partition(":")
    return PREFIXES[prefix] + local


def claimed(path: Path) -> tuple[str, str]:
    """Return what an invalid example says that it breaks, in its first line."""
    first = path.read_text(encoding="utf-8").partition("\n")[0]
    match = re.fullmatch(r"# violates: sh:(\w+)ConstraintComponent on (the node|[\w-]+:\w+)", first)
    assert match, f"{path} does not begin with # violates: sh:…ConstraintComponent on …"
    return match[1], "" if match[2] == "the node" else expand(match[2])


def property_shapes(shapes: Graph) -> list[URIRef]:
    return sorted(shape for shape in shapes.subjects(SH.path) if isinstance(shape, URIRef))


# ---- Examples of shapes ----


@pytest.mark.parametrize("kind", CLASSES)
def test_a_class_has_valid_and_invalid_examples(kind: str) -> None:
    names = [path.stem for path in EXAMPLES if path.parent.name == kind]
    assert sum(name.startswith("valid-") for name in names) >= 2
    assert sum(name.startswith("invalid-") for name in names) >= 2
    assert all(name.startswith(("valid-", "invalid-")) for name in names)


def test_examples_belong_to_a_class() -> None:
    assert {path.parent.name for path in EXAMPLES} == set(CLASSES)


@pytest.mark.parametrize("path", [path for path in EXAMPLES if path.stem.startswith("valid-")], ids=named)
def test_a_valid_example_breaks_nothing(path: Path) -> None:
    assert broken(example(path), path.parent.name) == set()


@pytest.mark.parametrize("path", [path for path in EXAMPLES if path.stem.startswith("invalid-")], ids=named)
def test_an_invalid_example_breaks_exactly_what_it_names(path: Path) -> None:
    assert broken(example(path), path.parent.name) == {claimed(path)}


# ---- Every constraint can fail ----

WRONG: dict[str, list[Node]] = {
    "class": [URIRef("urn:x:other")],
    "or": [URIRef("urn:x:other")],
    "in": [URIRef("urn:x:other")],
    "hasValue": [URIRef("urn:x:other")],
    "datatype": [Literal("§", datatype=URIRef("urn:x:type"))],
    "pattern": [Literal("§ §")],
    "languageIn": [Literal("§", lang="de")],
    "uniqueLang": [Literal("§", lang="fi"), Literal("§§", lang="fi")],
    "minLength": [Literal("", lang="fi")],
    "maxLength": [Literal("§" * 500, lang="fi")],
    "minInclusive": [Literal(-1)],
    "maxCount": [URIRef(f"urn:x:{number}") for number in range(4)],
    "minCount": [],
    "qualifiedMinCount": [],
}


def constraints() -> list[tuple[str, URIRef, str]]:
    found = []
    for kind in CLASSES:
        shapes = load_shapes(NAMES, SHAPES / f"{kind}.ttl")
        for shape in property_shapes(shapes):
            if (None, SH.property, shape) in shapes or any(shapes.objects(shape, SH.targetSubjectsOf)):
                known = (str(key).removeprefix(str(SH)) for key in shapes.predicates(shape))
                found += [(kind, shape, key) for key in known if key in WRONG]
    return sorted(found)


@pytest.mark.parametrize(("kind", "shape", "parameter"), constraints(), ids=lambda part: str(part).rpartition("#")[2])
def test_every_constraint_of_a_field_can_fail(kind: str, shape: URIRef, parameter: str) -> None:
    shapes = load_shapes(NAMES, SHAPES / f"{kind}.ttl")
    path = shapes.value(shape, SH.path)
    data = example(SHAPES / "examples" / kind / "valid-whole.ttl")
    focus = min(set(data.subjects(path)) & focus_nodes(data, shapes, shape), key=str)
    assert path is not None
    data.remove((focus, path, None))
    for value in WRONG[parameter]:
        data.add((focus, path, value))
    component = parameter[0].upper() + parameter[1:]
    assert (component, str(path)) in broken(data, kind)


def focus_nodes(data: Graph, shapes: Graph, shape: URIRef) -> set[Node]:
    found: set[Node] = set()
    for owner in [shape, *shapes.subjects(SH.property, shape)]:
        for kind in shapes.objects(owner, SH.targetClass):
            found |= set(data.subjects(RDF.type, kind))
        for link in shapes.objects(owner, SH.targetObjectsOf):
            found |= set(data.objects(None, link))
        for link in shapes.objects(owner, SH.targetSubjectsOf):
            found |= set(data.subjects(link))
    return found


# ---- What shapes say ----


@pytest.mark.parametrize("kind", CLASSES)
def test_shapes_have_names_of_their_own_and_no_sparql(kind: str) -> None:
    shapes = load_shapes(NAMES, SHAPES / f"{kind}.ttl")
    lists = {node for pair in shapes.subject_objects(RDF.rest) for node in pair} | set(shapes.subjects(RDF.first))
    assert {node for node in shapes.subjects() if isinstance(node, BNode)} <= lists
    assert all(str(node).startswith(f"{NAMES.base}shapes#") for node in shapes.subjects() if isinstance(node, URIRef))
    assert not [key for key in FORBIDDEN if (None, key, None) in shapes]


@pytest.mark.parametrize("kind", CLASSES)
def test_a_field_is_named_as_in_a_record_and_says_what_is_allowed(kind: str) -> None:
    shapes = load_shapes(NAMES, SHAPES / f"{kind}.ttl")
    speaking = {*shapes.objects(None, SH.property), *shapes.subjects(SH.targetSubjectsOf)}
    for shape in speaking & set(property_shapes(shapes)):
        name, path = str(shapes.value(shape, SH.name)), str(shapes.value(shape, SH.path))
        assert name in fields(NAMES).get(path, []) or name not in context(NAMES), f"{shape} is called {name}"
        assert [getattr(message, "language", None) for message in shapes.objects(shape, SH.message)] == ["en"], shape


@pytest.mark.parametrize("kind", CLASSES)
def test_a_property_shape_belongs_to_a_node_shape_or_has_a_target(kind: str) -> None:
    shapes = load_shapes(NAMES, SHAPES / f"{kind}.ttl")
    targets = {*shapes.subjects(SH.targetSubjectsOf), *shapes.subjects(SH.targetObjectsOf)}
    used = {*shapes.objects(None, SH.property), *targets}
    in_lists = set(shapes.objects(None, RDF.first))
    assert [shape for shape in property_shapes(shapes) if shape not in used | in_lists] == []


def test_terms_of_shapes_and_checks_are_in_the_ontology() -> None:
    ontology = Graph().parse(ONTOLOGY)
    known = {str(term) for term in ontology.subjects(RDFS.label)}
    used = {str(term) for triple in load_shapes(NAMES) for term in triple if str(term).startswith(NAMES.ontology)}
    for name in CHECK_NAMES:
        used |= {NAMES.ontology + term for term in re.findall(r"\blev:(\w+)", read_text(CHECKS / f"{name}.rq"))}
    assert used - known == set()


@pytest.mark.parametrize("kind", CLASSES)
def test_batched_shapes_find_what_the_shapes_find(kind: str) -> None:
    shapes, data = load_shapes(NAMES, SHAPES / f"{kind}.ttl"), Graph()
    for path in (path for path in EXAMPLES if path.parent.name == kind):
        # Each example's things under names of its own, so that their mistakes add up.
        text = read_text(path).replace("levikki/id/", f"levikki/id/{path.stem}/")
        data.parse(data=text, format="turtle")
    found = []
    for each in (shapes, batched(shapes)):
        report = pyshacl.validate(data, shacl_graph=each, inference="none")[1]
        keys = (SH.focusNode, SH.resultPath, SH.value, SH.sourceShape, SH.sourceConstraintComponent)
        results = report.subjects(RDF.type, SH.ValidationResult)
        found.append(sorted(" ".join(str(report.value(result, key)) for key in keys) for result in results))
    assert found[0] == found[1] != []


def test_value_lists_are_the_schemes() -> None:
    schemes = Graph()
    for path in sorted((ROOT / "ontology" / "schemes").glob("*.ttl")):
        schemes.parse(path)
    shapes = load_shapes(NAMES)
    for shape, head in shapes.subject_objects(SH["in"]):
        values = set(Collection(shapes, head))
        if not all(isinstance(value, URIRef) for value in values):
            continue
        scheme = schemes.value(min(values, key=str), SKOS.inScheme)
        assert values == set(schemes.subjects(SKOS.inScheme, scheme)), shape
        message = str(shapes.value(shape, SH.message))
        missing = [value for value in values if not re.search(rf"[ :]{str(value).rpartition('/')[2]}\b", message)]
        assert missing == [], f"the message of {shape} does not name {missing}"


def test_a_closed_shape_names_its_fields() -> None:
    shapes = load_shapes(NAMES)
    for closed in shapes.subjects(SH.closed):
        names = {str(shapes.value(shape, SH.name)) for shape in shapes.objects(closed, SH.property)}
        said = set(re.findall(r"\w+", str(shapes.value(closed, SH.message)).partition(": ")[2]))
        assert said or len(names) == 1
        assert names - said <= {"source", "asOf"} | ({"exact"} if len(names) == 1 else set()), closed


def test_shapes_speak_of_the_publishers_base() -> None:
    base = "https://data.example/x/"
    shapes = load_shapes(Names(base), SHAPES / "claim.ttl")
    assert shapes.value(URIRef(f"{base}shapes#Claim"), SH.targetClass) == URIRef(f"{base}ontology#Claim")
    assert "w3id.org/levikki" not in shapes.serialize(format="nt")


# ---- Checks ----


def rows(path: Path) -> list[tuple[str, str]]:
    store = ox.Store()
    store.load(NAMES.rebase(read_text(path)).encode(), ox.RdfFormat.TRIG)
    found = check_results(store, CHECKS / f"{path.parent.name}.rq", NAMES)
    assert all(each.path for each in found)
    return [(str(each.node), each.path.value) for each in found if each.path]


@pytest.mark.parametrize("name", CHECK_NAMES)
def test_a_check_is_named_explained_and_has_examples(name: str) -> None:
    assert name.endswith("-violation")
    assert check_header(CHECKS / f"{name}.rq").keys() >= {"summary", "message"}
    stems = [path.stem for path in CHECK_EXAMPLES if path.parent.name == name]
    assert any(stem.startswith("valid-") for stem in stems)
    assert any(stem.startswith("invalid-") for stem in stems)


def test_examples_belong_to_a_check() -> None:
    assert {path.parent.name for path in CHECK_EXAMPLES} == set(CHECK_NAMES)


@pytest.mark.parametrize("path", [path for path in CHECK_EXAMPLES if path.stem.startswith("valid-")], ids=named)
def test_a_check_finds_nothing_in_a_valid_example(path: Path) -> None:
    assert rows(path) == []


@pytest.mark.parametrize("path", [path for path in CHECK_EXAMPLES if path.stem.startswith("invalid-")], ids=named)
def test_a_check_finds_the_mistake_of_an_invalid_example(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    prefixes = dict(re.findall(r"^@prefix ([\w-]+): <(.+)> \.$", text, re.MULTILINE)) | PREFIXES
    named_there = re.findall(r"^# violates: ([\w-]+) at (\S+) on ([\w-]+):([\w-]+)$", text, re.MULTILINE)
    assert named_there, f"{path} does not begin with # violates: <check> at <name> on <path>"
    assert {check for check, *_ in named_there} == {path.parent.name}
    expected = {
        ("_:" if at == "_" else f"<{NAMES.relative(at)}>", prefixes[space] + local)
        for _, at, space, local in named_there
    }
    assert {("_:" if node.startswith("_:") else node, way) for node, way in rows(path)} == expected
