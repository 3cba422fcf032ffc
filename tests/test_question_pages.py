"""The questions over HTTP: pages with a form, data, query text, RDF; and values that stay values whatever they hold."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from urllib.parse import urlencode

import pytest
from flask import Flask
from flask.testing import FlaskClient
from page_outline import BROWSER, outline
from pyshacl import validate
from rdflib import BNode, Graph, Literal, Namespace, URIRef
from rdflib.namespace import RDF, RDFS, SH
from rdflib.plugins.sparql import prepareQuery

from graph import questions
from graph.examples import SCHEMA, SPEX
from graph.names import Names

NAMES = Names()
KNOWN, FEDERATED = questions.load(NAMES), questions.load_federated(NAMES)
WITH_PARAMETERS = [(each.name, one.name) for each in KNOWN.values() for one in each.parameters]
EXAMPLES = Namespace(f"{NAMES.base}questions/")
# What the collections of SPARQL examples ask of an example, put as a shape.
SHAPE = """
@prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix schema: <https://schema.org/> .
@prefix sh: <http://www.w3.org/ns/shacl#> .
[] sh:targetClass sh:SPARQLExecutable ;
   sh:property [ sh:path sh:select ; sh:minCount 1 ; sh:maxCount 1 ] ,
               [ sh:path sh:prefixes ; sh:minCount 1 ; sh:nodeKind sh:IRI ] ,
               [ sh:path rdfs:comment ; sh:minCount 3 ; sh:datatype rdf:langString ; sh:uniqueLang true ] ,
               [ sh:path schema:target ; sh:minCount 1 ; sh:nodeKind sh:IRI ] ,
               [ sh:path schema:keywords ; sh:minCount 1 ] ,
               [ sh:path schema:keyword ; sh:maxCount 0 ] .
"""
# Each would end or widen the query, were it put into its text.
HOSTILE = [
    "x> } DROP ALL #", "<urn:x>", "x> . ?s ?p ?o } #", "region:x> } UNION { ?s ?p ?o", "') } #", '" } #', "}", "?model", "x y",
    "https://example.org/id/region/kainuu", f"{NAMES.base}id/region/x> ?p ?o . <urn:y", "..", "../../etc/passwd",
    "\u202ekainuu", "kainuu\x00", "region:kainuu\n} #", "BASE <http://example.org/>", "%3E", "_:b",
]  # fmt: skip


@pytest.fixture(scope="module")
def graph(app: Flask) -> Graph:
    answer = app.test_client().get("/.well-known/sparql-examples", headers={"Accept": "text/turtle"})
    return Graph(bind_namespaces="none").parse(data=answer.data, format="turtle")


# ---- data ----


@pytest.mark.parametrize(
    ("name", "media_type"),
    [
        ("csv", "text/csv"),
        ("tsv", "text/tab-separated-values"),
        ("json", "application/sparql-results+json"),
        ("xml", "application/sparql-results+xml"),
    ],
)
def test_suffix_format_and_header_give_the_same_data(client: FlaskClient, name: str, media_type: str) -> None:
    address = "/questions/models-of-region"
    answers = [
        client.get(f"{address}.{name}?region=helsinki"),
        client.get(f"{address}?format={name}&region=helsinki"),
        client.get(f"{address}?region=helsinki", headers={"Accept": media_type}),
    ]
    assert {answer.mimetype for answer in answers} == {media_type}
    assert len({answer.data for answer in answers}) == 1
    assert b"region/helsinki" in answers[0].data
    assert b"region/ita-uusimaa" not in answers[0].data
    described = '</questions/models-of-region.rq>; rel="describedby"; type="application/sparql-query"'
    assert [answer.headers["Link"] for answer in answers] == [described] * 3
    assert answers[0].headers["Access-Control-Allow-Origin"] == "*"


@pytest.mark.parametrize("name", sorted(KNOWN))
def test_the_data_of_a_question_are_its_answer_file(client: FlaskClient, name: str) -> None:
    expected = (questions.FOLDER / f"{name}.csv").read_text(encoding="utf-8")
    assert client.get(f"/questions/{name}.csv").text.replace("\r\n", "\n") == expected
    rows = list(csv.DictReader(io.StringIO(expected)))
    assert len(json.loads(client.get(f"/questions/{name}.json").data)["results"]["bindings"]) == len(rows)


@pytest.mark.parametrize("name", sorted(KNOWN | FEDERATED))
def test_the_text_of_a_query_is_what_the_file_holds(client: FlaskClient, name: str) -> None:
    answer = client.get(f"/questions/{name}.rq")
    assert answer.mimetype == "application/sparql-query"
    query = (KNOWN | FEDERATED)[name].query
    assert answer.text == query.replace("<https://w3id.org/levikki/sparql>", "<http://localhost/sparql>")
    assert "w3id.org/levikki/sparql" not in answer.text


# ---- hostile values ----


@pytest.mark.parametrize("suffix", [".csv", ".json", "?format=xml", ""])
@pytest.mark.parametrize("value", HOSTILE)
@pytest.mark.parametrize(("name", "parameter"), WITH_PARAMETERS)
def test_a_hostile_value_is_refused_and_asks_nothing(
    app: Flask, client: FlaskClient, name: str, parameter: str, value: str, suffix: str
) -> None:
    before = app.extensions["levikki"].metrics.text()
    joint = "&" if "?" in suffix else "?"
    answer = client.get(f"/questions/{name}{suffix}{joint}{urlencode({parameter: value})}")
    assert answer.status_code == 400
    told = json.loads(answer.data)
    assert told["where"] == parameter
    assert "names nothing here" in told["detail"]
    queries = [line for line in before.splitlines() if line.startswith(b"levikki_queries_total")]
    after = app.extensions["levikki"].metrics.text().splitlines()
    assert [line for line in after if line.startswith(b"levikki_queries_total")] == queries


@pytest.mark.parametrize(
    "text", ['Hygga" } #', "\\", "\\u0022 } #", "'''", "\n} #", '"@fi', '"^^<urn:x>', "<b>&", "𝔘 ä"]
)
def test_a_hostile_text_stays_a_text(
    client: FlaskClient, text: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    path = tmp_path / "echo.rq"
    head = "".join(f"#+ summary-{each}: koe\n" for each in ("fi", "sv", "en")) + "#+ tags: koe\n"
    path.write_text(head + "#+ parameter: word literal Hygga\nSELECT ?word (1 AS ?one) WHERE {}\n", encoding="utf-8")
    monkeypatch.setattr(questions, "load", lambda _: {"echo": questions.read(path, NAMES)})
    found = json.loads(client.get("/questions/echo.json?" + urlencode({"word": text})).data)
    assert found["results"]["bindings"][0]["word"] == {"type": "literal", "value": text}
    page = client.get("/questions/echo?" + urlencode({"word": text}), headers=BROWSER)
    assert page.status_code == 200
    fields = [each["value"] for each in outline(page.text).all("input") if each.get("name") == "word"]
    assert fields == [text.replace("\n", "\n")]
    assert "<b>&" not in page.text


@pytest.mark.parametrize(
    ("address", "status", "detail"),
    [
        ("/questions/models-of-region.csv?regoin=helsinki", 400, "has no parameter 'regoin'"),
        ("/questions/models-of-region.csv?region=helsinki&region=kainuu", 400, "is there twice"),
        ("/questions/models-of-region.csv?region=ita-usimaa", 200, ""),
        ("/questions/models-of-region?region=ita-usimaa", 400, "nothing is known of"),
        ("/questions/nothing.csv", 404, "no question"),
        ("/questions/models-of-region.pdf", 404, "no question"),
        ("/questions/models-by-yso-concept.csv", 404, "no csv of"),
        ("/questions/models-by-yso-concept?format=csv", 406, "no format 'csv' here"),
        ("/questions/.csv", 404, "no question"),
    ],
)
def test_what_cannot_be_answered_is_told(client: FlaskClient, address: str, status: int, detail: str) -> None:
    answer = client.get(address)
    assert answer.status_code == status
    assert detail in (json.loads(answer.data)["detail"] if status != 200 else "")


# ---- pages ----


@pytest.mark.parametrize("language", ["fi", "sv", "en"])
@pytest.mark.parametrize(("name", "parameter"), WITH_PARAMETERS)
def test_a_page_has_a_labelled_field_for_each_parameter(
    client: FlaskClient, name: str, parameter: str, language: str
) -> None:
    page = outline(client.get(f"/questions/{name}?lang={language}", headers=BROWSER).text)
    chosen = next(each for each in KNOWN[name].parameters if each.name == parameter)
    assert {each["for"] for each in page.all("label")} - {"find"} == {
        f"parameter-{each.name}" for each in KNOWN[name].parameters
    }
    (field,) = [each for kind in ("input", "select") for each in page.all(kind) if each.get("name") == parameter]
    assert field["id"] == f"parameter-{parameter}"
    if "list" in field:  # a name stands in it, and leads to the slug
        assert [each["id"] for each in page.all("datalist")] == [field["list"]]
        assert field["value"] in [each.get("value") for each in page.all("option")]
        asked = urlencode({parameter: field["value"], "lang": language})
        sent = client.get(f"/questions/{name}?{asked}", headers=BROWSER)
        assert sent.status_code == 303
        assert sent.headers["Location"] == f"/questions/{name}?{parameter}={chosen.shown}&lang={language}"
    else:
        selected = [each["value"] for each in page.all("option") if "selected" in each]
        assert (selected or [field["value"]]) == [chosen.shown]
    assert "/" not in chosen.shown
    label = chosen.label[language]
    assert f">{label[0].upper()}{label[1:]}</label>" in client.get(f"/questions/{name}?lang={language}").text


def test_a_page_shows_what_was_chosen_and_its_downloads_keep_it(client: FlaskClient) -> None:
    page = outline(client.get("/questions/models-of-region?region=region:helsinki&lang=en", headers=BROWSER).text)
    assert [each["id"] for each in page.all("select")] == ["parameter-region"]
    assert [each["value"] for each in page.all("option") if "selected" in each] == ["helsinki"]
    links = {str(each["href"]) for each in page.all("a")}
    for name in ("csv", "json", "xml", "tsv"):
        link = next(each for each in links if each.startswith(f"/questions/models-of-region.{name}?"))
        assert client.get(link).data == client.get(f"/questions/models-of-region.{name}?region=helsinki").data
        assert link in {each["href"] for each in page.all("link")}
    assert any(link.startswith("/questions/models-of-region.rq") for link in links)


@pytest.mark.parametrize("name", sorted(FEDERATED))
def test_a_federated_query_is_shown_and_not_run(client: FlaskClient, name: str) -> None:
    page = client.get(f"/questions/{name}?lang=en", headers=BROWSER)
    assert page.status_code == 200
    assert "SERVICE &lt;http://localhost/sparql&gt;" in page.text
    assert all(service in page.text for service in FEDERATED[name].services)
    assert f"/questions/{name}?lang=en" in client.get("/questions?lang=en").text


# ---- as RDF ----


@pytest.mark.parametrize(
    "accept", ["text/turtle", "application/ld+json", "application/rdf+xml", "application/n-triples"]
)
def test_the_examples_are_negotiated(client: FlaskClient, graph: Graph, accept: str) -> None:
    answer = client.get("/.well-known/sparql-examples", headers={"Accept": accept})
    assert answer.mimetype == accept
    found = Graph(bind_namespaces="none").parse(data=answer.data, format=accept.replace("n-triples", "n-triples"))
    assert set(found) == set(graph)
    assert client.get("/.well-known/sparql-examples", headers={"Accept": accept}).data == answer.data
    assert answer.headers["ETag"]


def test_every_question_and_example_is_there_and_no_node_is_blank(graph: Graph) -> None:
    assert set(graph.subjects(RDF.type, SH.SPARQLExecutable)) == {EXAMPLES[name] for name in KNOWN | FEDERATED}
    assert not [term for triple in graph for term in triple if isinstance(term, BNode)]
    assert set(graph.subjects(SPEX.federatesWith)) == {EXAMPLES[name] for name in FEDERATED}
    assert set(graph.objects(None, SCHEMA.target)) == {URIRef("http://localhost/sparql")}


def test_the_examples_have_the_shape_of_their_kind(graph: Graph) -> None:
    shape = Graph().parse(data=SHAPE, format="turtle")
    assert validate(graph, shacl_graph=shape)[0]
    broken = Graph()
    broken += graph
    broken.remove((EXAMPLES["models-of-region"], SCHEMA.target, None))
    assert not validate(broken, shacl_graph=shape)[0]


@pytest.mark.parametrize("name", sorted(KNOWN | FEDERATED))
def test_an_example_runs_with_the_declared_prefixes_alone(graph: Graph, name: str) -> None:
    query = str(graph.value(EXAMPLES[name], SH.select))
    body = "\n".join(line for line in query.splitlines() if not line.startswith("PREFIX "))
    assert body != query
    table = graph.value(EXAMPLES[name], SH.prefixes)
    declared = {
        str(graph.value(each, SH.prefix)): str(graph.value(each, SH.namespace))
        for each in graph.objects(table, SH.declare)
    }
    prepareQuery(query)
    prepareQuery(body, initNs={**declared, "schema": "http://schema.org/"})


@pytest.mark.parametrize(("name", "parameter"), WITH_PARAMETERS)
def test_a_parameter_is_told_with_its_default_and_names(graph: Graph, name: str, parameter: str) -> None:
    node = URIRef(f"{EXAMPLES[name]}#{parameter}")
    known = next(each for each in KNOWN[name].parameters if each.name == parameter)
    assert (EXAMPLES[name], SH.parameter, node) in graph
    assert str(graph.value(node, SH.path)).rpartition("#")[2] == parameter
    assert graph.value(node, SH.nodeKind) == SH.IRI
    assert graph.value(node, SH.defaultValue) == URIRef(known.default)
    assert {(each.language, str(each)) for each in graph.objects(node, SH.name) if isinstance(each, Literal)} == set(
        known.label.items()
    )
    comments = {each.language for each in graph.objects(EXAMPLES[name], RDFS.comment) if isinstance(each, Literal)}
    assert comments == {"fi", "sv", "en"}
