"""The ontology at its own IRI: data that parses, and a page that documents every term, with what shapes ask and a picture."""

from __future__ import annotations

import itertools
import re
from xml.etree import ElementTree as ET

import pytest
from flask import Flask
from flask.testing import FlaskClient
from page_outline import BROWSER, outline
from rdflib import OWL, RDF, RDFS, SKOS, Graph, URIRef
from test_server import NAMES

from graph import diagram
from graph.constraints import load
from graph.diagram import HEAD, WIDTH, Name, Node
from graph.settings import ROOT

ONTOLOGY = Graph().parse(ROOT / "ontology" / "levikki.ttl")
TERMS = sorted(
    str(each).partition("#")[2] for each in ONTOLOGY.subjects(RDFS.isDefinedBy) if str(each).startswith(NAMES.ontology)
)


@pytest.fixture(scope="module")
def texts(app: Flask) -> dict[str, str]:
    client = app.test_client()
    return {lang: client.get(f"/ontology?lang={lang}", headers=BROWSER).text for lang in ("fi", "sv", "en")}


def section(text: str, anchor: str) -> str:
    found = re.search(rf'<section class="term" id="{anchor}">(.*?)</section>', text, re.DOTALL)
    assert found, anchor
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", found[1]))


def test_the_ontology_comes_whole_at_its_iri(client: FlaskClient) -> None:
    for suffix, reader in {"ttl": "turtle", "jsonld": "json-ld", "rdf": "xml", "nt": "nt"}.items():
        answer = client.get(f"/ontology.{suffix}")
        found = Graph().parse(data=answer.data, format=reader)
        assert set(ONTOLOGY) - set(found) == {
            triple for triple in ONTOLOGY if not str(triple[0]).startswith(NAMES.base)
        }  # what it says of other vocabularies' terms
        assert client.get("/ontology", headers={"Accept": answer.mimetype}).data == answer.data
        assert f'<{NAMES.base}ontology>; rel="cite-as"' in answer.headers["Link"]


@pytest.mark.parametrize("language", ["fi", "sv", "en"])
@pytest.mark.parametrize("term", TERMS)
def test_every_term_is_documented_in_every_language(texts: dict[str, str], term: str, language: str) -> None:
    told = section(texts[language], term)
    for property_ in (RDFS.label, SKOS.definition):
        (text,) = [
            str(each)
            for each in ONTOLOGY.objects(URIRef(f"{NAMES.ontology}{term}"), property_)
            if each.language == language  # type: ignore[attr-defined]
        ]
        assert text.replace("'", "&#39;") in told
    assert f"{NAMES.ontology}{term}" in told


@pytest.mark.parametrize("language", ["fi", "sv", "en"])
def test_the_page_links_to_all_its_parts_and_only_to_those(texts: dict[str, str], language: str) -> None:
    page = outline(texts[language])
    ids = [attributes["id"] for _, attributes in page.tags if "id" in attributes]
    assert len(ids) == len(set(ids))
    inside = {str(each["href"])[1:] for each in page.all("a") if str(each["href"]).startswith("#")}
    assert inside <= set(map(str, ids))
    assert set(TERMS) <= inside


@pytest.mark.parametrize(
    ("term", "told"),
    [
        ("Claim", "practice model exactly 1 practice model"),
        ("Claim", "repeats at most 1 claim"),
        ("Claim", "status exactly 1 one of: planned , in preparation"),
        ("Claim", "origin at most 1 organisation , place , project"),
        ("Claim", "measure any number measure"),
        ("Adoption", "claim at least 1 claim"),
        ("Place", "narrower terms municipality , other area , region"),
        ("Region", "subclass of place"),
        ("status", "claim exactly 1"),
        ("organiser", "domain region"),
        ("organiser", "range organisation"),
        ("asOf", "xsd:date"),
        ("Programme", "example"),
    ],
)
def test_a_term_tells_what_the_shapes_ask_of_it(texts: dict[str, str], term: str, told: str) -> None:
    assert told in section(texts["en"], term)


def test_each_constraint_is_the_one_of_the_shape() -> None:
    found = {(each.of.partition("#")[2], each.property): each for each in load(NAMES)}
    claim = found["Claim", f"{NAMES.ontology}model"]
    assert (claim.least, claim.most, claim.kinds) == (1, 1, (f"{NAMES.ontology}PracticeModel",))
    code = found["Region", str(SKOS.notation)]
    assert (code.least, code.most, [kind.rpartition("#")[2] for kind in code.kinds]) == (1, 1, ["string"])
    label = found["Region", str(SKOS.prefLabel)]
    assert (label.least, label.most) == (3, None)
    assert len(found["Claim", f"{NAMES.ontology}status"].values) == 9


@pytest.mark.parametrize("language", ["fi", "sv", "en"])
def test_every_scheme_shows_its_concepts(texts: dict[str, str], language: str) -> None:
    for path in (ROOT / "ontology" / "schemes").glob("*.ttl"):
        graph = Graph().parse(path)
        told = section(texts[language], f"scheme-{path.stem}")
        for concept in graph.subjects(RDF.type, SKOS.Concept):
            (label,) = [
                str(each)
                for each in graph.objects(concept, SKOS.prefLabel)
                if each.language == language  # type: ignore[attr-defined]
            ]
            assert label.replace("'", "&#39;") in told
    assert "60" in section(texts[language], "scheme-model")  # the models are too many for this page


# ---- the picture ----


def picture(text: str) -> ET.Element:
    found = re.search(r'<svg class="diagram".*?</svg>', text, re.DOTALL)
    assert found
    return ET.fromstring(found[0])  # noqa: S314 - our own output


@pytest.mark.parametrize("language", ["fi", "sv", "en"])
def test_the_picture_shows_every_class_and_links_to_it(texts: dict[str, str], language: str) -> None:
    svg = picture(texts[language])
    linked = {str(each.get("href"))[1:] for each in svg.iter("a")}
    classes = {term for term in TERMS if (URIRef(f"{NAMES.ontology}{term}"), RDF.type, OWL.Class) in ONTOLOGY}
    assert classes <= linked
    assert linked <= set(TERMS)
    ids = str(svg.get("aria-labelledby")).split()
    assert [svg.find(f"*[@id='{each}']").text for each in ids]  # type: ignore[union-attr]
    assert svg.get("role") == "group"


def test_the_picture_needs_no_style_and_no_script(texts: dict[str, str]) -> None:
    for each in picture(texts["en"]).iter():
        assert each.tag not in {"style", "script", "image", "foreignObject"}
        assert not {"style", "onclick", "fill", "stroke"} & set(each.attrib)


NODES = [
    Node(Name("A", "a"), (), ((Name("p", "p"), ("B", "C")), (Name("q", "q"), ("A",)))),
    Node(Name("B", "b <i>"), (Name("K", "k"),), ((Name("r", "r"), ("C",)),)),
    Node(Name("C", "c"), (), ((Name("s", "s"), ("A", "X")), (Name("", "t"), ("B",)))),
    Node(Name("D", "d")),
]


def test_no_two_boxes_of_a_picture_overlap() -> None:
    known = {node.name.anchor: node for node in NODES}
    places = diagram.layout(known)
    for one, other in itertools.combinations(known, 2):
        apart = abs(places[one].x - places[other].x) >= WIDTH
        upper, lower = sorted((one, other), key=lambda name: places[name].y)
        assert apart or places[upper].y + known[upper].height < places[lower].y


def test_every_property_of_a_picture_begins_a_line_to_each_of_its_classes() -> None:
    text = str(diagram.svg(NODES, title="T", text="&"))
    svg = ET.fromstring(text)  # noqa: S314 - our own output
    places = diagram.layout({node.name.anchor: node for node in NODES})
    edges = [str(each.get("d")) for each in svg.iter("path") if each.get("class") == "edge"]
    assert len(edges) == 5  # A to B and C, B to C, C to A and B; not to itself, nor to what has no box
    assert {int(edge.split()[-1]) - HEAD // 2 for edge in edges} == {places[name].y for name in "ABC"}
    assert "b &lt;i&gt;" in text
    assert "q ↺" in text
    assert [each.text for each in svg.findall("text")] == ["t"]  # a term of another vocabulary is no link
    assert text == str(diagram.svg(NODES, title="T", text="&"))
