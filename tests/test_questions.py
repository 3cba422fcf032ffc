"""The competency questions: what they answer, that every engine answers alike, and that a parameter stays a value."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from dataclasses import replace
from decimal import Decimal
from itertools import pairwise
from pathlib import Path

import pyoxigraph as ox
import pytest
from rdflib import Graph, Literal, URIRef
from rdflib.query import ResultRow
from rdflib.term import Node

from graph import questions
from graph.errors import CallError, OntologyError
from graph.names import Names
from graph.questions import FOLDER, Question
from graph.settings import DEFAULT_BASE
from graph.snapshot import Snapshot
from graph.store import Engine, Rows, Term
from graph.terms import to_rdflib

NAMES = sorted(path.stem for path in FOLDER.glob("*.rq"))
WITH_PARAMETER = [name for name in NAMES if "#+ parameter:" in (FOLDER / f"{name}.rq").read_text(encoding="utf-8")]
HEADER = """#+ summary-fi: Koe
#+ summary-sv: Prov
#+ summary-en: Test
#+ tags: test
"""
LABEL_QUERY = "SELECT ?label ?thing WHERE { ?thing skos:prefLabel ?label } ORDER BY ?label\n"
XSD = "http://www.w3.org/2001/XMLSchema#"
NUMERIC = {f"{XSD}integer", f"{XSD}decimal", f"{XSD}nonNegativeInteger", f"{XSD}positiveInteger"}
Cell = tuple[str, str]


@pytest.fixture(scope="module")
def plain(snapshot: Snapshot) -> Graph:
    """Return the union of the snapshot's graphs in rdflib, the independent engine."""
    graph = Graph()
    for quad in ox.parse(path=snapshot.path / "graph.nq", format=ox.RdfFormat.N_QUADS):
        graph.add((to_rdflib(quad.subject), to_rdflib(quad.predicate), to_rdflib(quad.object)))
    return graph


@pytest.fixture(scope="module")
def repeated(snapshot: Snapshot, names: Names) -> ox.Store:
    """Return the snapshot with labels, codes and links to models in a second graph too."""
    store = ox.Store()
    store.load(path=snapshot.path / "graph.nq", format=ox.RdfFormat.N_QUADS)
    spaces = names.prefixes()
    for predicate in (spaces["skos"] + "prefLabel", spaces["skos"] + "notation", spaces["lev"] + "model"):
        for quad in list(store.quads_for_pattern(None, ox.NamedNode(predicate), None)):
            store.add(ox.Quad(quad.subject, quad.predicate, quad.object, ox.NamedNode(names.graph("again"))))
    return store


def cell(value: str, datatype: str, language: str) -> Cell:
    """Return a term so that engines which write a number in different ways agree."""
    return (f"{Decimal(value):.6f}" if datatype in NUMERIC else value), language


def engine_rows(found: Rows) -> Counter[tuple[Cell | None, ...]]:
    return Counter(
        tuple(
            cell(row[name].value, row[name].datatype, row[name].language) if name in row else None
            for name in found.variables
        )
        for row in found.rows
    )


def rdflib_rows(graph: Graph, question: Question) -> Counter[tuple[Cell | None, ...]]:
    # Bound from the start: to join a VALUES block at the end, rdflib would first take ten seconds for every region.
    values = {each.name: URIRef(each.default) for each in question.parameters}
    return Counter(
        tuple(None if each is None else rdflib_cell(each) for each in row)
        for row in graph.query(question.query, initBindings=values)
        if isinstance(row, ResultRow)
    )


def rdflib_cell(term: Node) -> Cell:
    if isinstance(term, Literal):
        return cell(str(term), str(term.datatype), term.language or "")
    return cell(str(term), "", "")


def table(name: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO((FOLDER / f"{name}.csv").read_text(encoding="utf-8"))))


def written(folder: Path, text: str) -> Path:
    path = folder / "koe.rq"
    path.write_text(text, encoding="utf-8")
    return path


# ---- the files ----


def test_every_question_has_an_answer_file_and_every_answer_file_a_question() -> None:
    assert {path.stem for path in FOLDER.glob("*.csv")} == set(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_question_declares_its_prefixes_and_an_order(name: str, names: Names) -> None:
    query = questions.load(names)[name].query
    used = set(re.findall(r"(?<![<\w-])([a-z][a-z-]*):(?=[a-zA-Z])", re.sub(r"<[^>]*>|#.*|\"[^\"]*\"", "", query)))
    assert used <= set(re.findall(r"^PREFIX ([a-z-]+):", query, re.MULTILINE))
    order = query[query.rindex("ORDER BY") :]
    things = re.search(r"SELECT(.*?)WHERE", query, re.DOTALL)
    assert things
    iris = {each.removesuffix("Label") for each in re.findall(r"\?(\w+Label)\b", things[1])}
    assert not [each for each in iris if re.search(rf"(?<!STR\()\?{each}\b", order)]


@pytest.mark.parametrize("name", NAMES)
def test_question_is_summed_up_in_three_languages(name: str, names: Names) -> None:
    question = questions.load(names)[name]
    assert set(question.summary) == {"fi", "sv", "en"}
    assert len(set(question.summary.values())) == 3
    assert not any(text.endswith(".") for text in question.summary.values())
    assert all(question.tags)


def test_questions_take_the_publishers_base() -> None:
    names = Names("https://example.org/oma/")
    for question in questions.load(names).values():
        assert DEFAULT_BASE not in question.query
        assert "https://example.org/oma/ontology#" in question.query
    region = questions.load(names)["models-of-region"].parameters[0]
    assert region.default == "https://example.org/oma/id/region/ita-uusimaa"


# ---- the answers ----


def test_answers_are_the_expected_ones(engine: Engine, names: Names) -> None:
    found = questions.answers(engine, names)
    expected = {name: (FOLDER / f"{name}.csv").read_text(encoding="utf-8") for name in NAMES}
    wrong = [name for name in NAMES if found[name] != expected[name]]
    assert not wrong, "read the difference; where the records are right: levikki questions --answers"


@pytest.mark.parametrize("name", NAMES)
def test_rdflib_answers_alike(name: str, engine: Engine, plain: Graph, names: Names) -> None:
    question = questions.load(names)[name]
    expected = engine_rows(questions.rows(engine, question))
    assert expected
    assert rdflib_rows(plain, question) == expected


@pytest.mark.parametrize("name", WITH_PARAMETER)
def test_a_value_keeps_the_rows_that_have_it(name: str, engine: Engine, names: Names) -> None:
    question = questions.load(names)[name]
    every = engine.select(question.query)
    for parameter in question.parameters:
        mine = tuple(row for row in every.rows if row[parameter.name].value == parameter.default)
        assert 0 < len(mine) < len(every.rows)
        assert questions.rows(engine, question).rows == mine
        assert engine.select(question.complete({}, names)).rows == mine


@pytest.mark.parametrize("name", NAMES)
def test_a_triple_in_two_graphs_counts_once(name: str, engine: Engine, repeated: ox.Store, names: Names) -> None:
    question = questions.load(names)[name]
    found = repeated.query(question.complete({}, names), use_default_graph_as_union=True)
    assert isinstance(found, ox.QuerySolutions)
    assert len(list(found)) == len(questions.rows(engine, question).rows)


@pytest.mark.parametrize("name", NAMES)
def test_no_row_is_there_twice(name: str) -> None:
    rows = [tuple(row.values()) for row in table(name)]
    assert len(rows) == len(set(rows))


@pytest.mark.parametrize(
    ("name", "row"),
    [
        ("models-by-region-count", {"modelLabel": "Tiimimalli", "spread": "2"}),
        ("model-region-matrix", {"modelLabel": "Tiimimalli", "regionLabel": "Länsi-Uusimaa", "statusLabel": "otettu käyttöön"}),
        ("model-region-matrix", {"modelLabel": "Vastuuparimalli", "regionLabel": "Helsinki", "statusLabel": "kokeiltu"}),
        ("model-region-matrix", {"modelLabel": "CoolKids", "regionLabel": "Vantaa-Kerava"}),
        ("models-of-region", {"modelLabel": "IPC"}),
        ("models-of-region", {"modelLabel": "Hygga", "statusLabel": "lopetettu"}),
        ("dropped-or-never-begun", {"modelLabel": "Omatiimi", "regionLabel": "Itä-Uusimaa", "statusLabel": "ei aloitettu"}),
        ("lineage-of-model", {"fromLabel": "Tuusula", "toLabel": "Kokkola", "statusLabel": "otettu käyttöön"}),
        ("models-unknown-in-region", {"modelLabel": "Tiimimalli", "regionLabel": "Itä-Uusimaa"}),
        ("measures-of-model", {"placeLabel": "Itä-Uusimaa", "periodLabel": "syksy 2022", "value": "27"}),
        ("follow-on-projects", {"nextLabel": "RRP-hanke", "modelLabel": "Voimaperheet"}),
        ("self-assessments", {"periodLabel": "syksy 2021", "content": "false"}),
    ],
)  # fmt: skip
def test_answer_tells_what_the_pages_tell(name: str, row: dict[str, str]) -> None:
    assert [each for each in table(name) if row.items() <= each.items()]


def test_lineage_goes_on_in_the_next_project(engine: Engine, names: Names) -> None:
    found = questions.rows(engine, questions.find("lineage-of-model", names), {"model": "voimaperheet"}).rows
    steps = [(row["step"].value, row["toLabel"].value) for row in found]
    assert steps[0] == ("report", "Länsi-Uusimaa")
    assert ("continuation", "RRP-hanke") in steps
    assert all(one["asOf"].value <= other["asOf"].value for one, other in pairwise(found))


def test_a_model_that_the_region_reports_is_not_unknown_there(engine: Engine, names: Names) -> None:
    known, unknown = (
        {row["model"].value for row in questions.rows(engine, questions.find(name, names), {"region": "helsinki"}).rows}
        for name in ("models-of-region", "models-unknown-in-region")
    )
    assert known
    assert unknown
    assert not known & unknown


def test_region_alike_shares_the_models_that_both_report(engine: Engine, names: Names) -> None:
    pairs = engine.select("SELECT ?region ?model { ?adoption a lev:Adoption ; lev:region ?region ; lev:model ?model }")
    models: dict[str, set[str]] = {}
    for pair in pairs.rows:
        models.setdefault(pair["region"].value, set()).add(pair["model"].value)
    for row in questions.rows(engine, questions.find("regions-alike", names)).rows:
        one, other = models[row["one"].value], models[row["other"].value]
        assert int(row["shared"].value) == len(one & other)
        assert float(row["jaccard"].value) == pytest.approx(len(one & other) / len(one | other), abs=0.0006)


# ---- parameters ----


@pytest.mark.parametrize(
    "given", ["helsinki", "region:helsinki", f"{DEFAULT_BASE}id/region/helsinki", " region:helsinki "]
)
def test_iri_is_given_as_slug_prefixed_name_or_iri(given: str, names: Names) -> None:
    question = questions.find("models-of-region", names)
    assert question.bindings({"region": given}, names) == {"region": f"{DEFAULT_BASE}id/region/helsinki"}


@pytest.mark.parametrize(
    "given",
    ["", "Itä-Uusimaa", "alue:helsinki", "https://example.org/id/region/helsinki", "skos:broader", f"{DEFAULT_BASE}id/x> }} #",
     "helsinki> } DROP ALL #", f"{DEFAULT_BASE}id/"],
)  # fmt: skip
def test_what_is_no_name_of_ours_is_refused_with_an_example(given: str, names: Names) -> None:
    with pytest.raises(CallError, match="region:ita-uusimaa"):
        questions.find("models-of-region", names).bindings({"region": given}, names)


def test_unknown_parameter_is_refused_with_the_known_ones(names: Names) -> None:
    with pytest.raises(CallError, match="its parameters are: region"):
        questions.find("models-of-region", names).bindings({"regoin": "helsinki"}, names)
    with pytest.raises(CallError, match="it has no parameter"):
        questions.find("regions-alike", names).bindings({"": "helsinki"}, names)


def test_unknown_question_is_refused_with_the_known_ones(names: Names) -> None:
    with pytest.raises(CallError, match="models-by-region-count"):
        questions.find("models-by-regions", names)


def test_thing_that_nothing_is_known_of_is_refused(engine: Engine, names: Names) -> None:
    with pytest.raises(CallError, match=r"nothing is known of .*ita-usimaa"):
        questions.rows(engine, questions.find("models-of-region", names), {"region": "ita-usimaa"})


def test_a_default_that_other_data_lack_finds_nothing_and_is_no_mistake(engine: Engine, names: Names) -> None:
    asked = questions.find("models-of-region", names)
    elsewhere = replace(asked.parameters[0], default=names.thing("region", "muualla"))
    assert questions.rows(engine, replace(asked, parameters=(elsewhere,))).rows == ()


def test_region_without_claims_has_an_empty_answer(engine: Engine, names: Names) -> None:
    assert not questions.rows(engine, questions.find("models-of-region", names), {"region": "ahvenanmaa"}).rows


@pytest.mark.parametrize("text", ['"} } #', "x\\", "\\u0022 ?s ?p ?o } #", "\n'''\r\t", "Itä-Uusimaa"])
def test_text_stays_a_value(text: str, engine: Engine, names: Names, tmp_path: Path) -> None:
    query = HEADER + "#+ parameter: word literal Hygga\nSELECT ?word ?is WHERE { BIND(1 AS ?is) }\n"
    question = questions.read(written(tmp_path, query), names)
    assert questions.rows(engine, question, {"word": text}).rows[0]["word"] == Term("literal", text)
    assert engine.select(question.complete({"word": text}, names)).rows[0]["word"].value == text
    assert question.bindings({}, names) == {"word": Term("literal", "Hygga")}


# ---- files that cannot be used ----


@pytest.mark.parametrize(
    ("text", "line", "problem"),
    [
        (HEADER.replace("#+ summary-sv: Prov\n", "") + LABEL_QUERY, 1, "0 lines `#\\+ summary-sv:`"),
        (HEADER + "#+ tags: again\n" + LABEL_QUERY, 1, "2 lines `#\\+ tags:`"),
        (HEADER + "#+ sumary: Koe\n" + LABEL_QUERY, 5, "not a header line"),
        (HEADER.replace("Koe", "") + LABEL_QUERY, 1, "not a header line"),
        (HEADER + "#+ parameter: thing iri\n" + LABEL_QUERY, 5, "not a parameter"),
        (HEADER + "#+ parameter: thing date 2020-01-01\n" + LABEL_QUERY, 5, "not a parameter"),
        (HEADER + "#+ parameter: thing iri region\n" + LABEL_QUERY, 5, "not a name of a thing"),
        (HEADER + "#+ parameter: place iri region:helsinki\n" + LABEL_QUERY, 5, "does not select the parameter"),
    ],
)
def test_file_that_cannot_be_used_is_named_with_its_line(
    text: str, line: int, problem: str, names: Names, tmp_path: Path
) -> None:
    with pytest.raises(OntologyError, match=f"koe.rq:{line}: .*{problem}"):
        questions.read(written(tmp_path, text), names)


def test_question_reads_as_written(names: Names, tmp_path: Path) -> None:
    question = questions.read(
        written(tmp_path, HEADER + "#+ parameter: thing iri model:tiimimalli\n" + LABEL_QUERY), names
    )
    default = f"{DEFAULT_BASE}id/model/tiimimalli"
    parameter = questions.Parameter("thing", "iri", default)
    summary = {"fi": "Koe", "sv": "Prov", "en": "Test"}
    assert question == Question("koe", summary, ("test",), LABEL_QUERY, (parameter,))
    assert question.complete({}, names) == LABEL_QUERY + f"VALUES (?thing) {{ (<{default}>) }}\n"
