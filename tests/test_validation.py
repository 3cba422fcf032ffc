"""A steward's mistakes, each in a small record of ours, and what the report says of them."""

from __future__ import annotations

import copy
import json
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeAlias

import pyoxigraph as ox
import pytest
from rdflib import RDF, SH, BNode, Graph, Literal, URIRef
from rdflib.namespace import SKOS

from graph.errors import OntologyError
from graph.names import Names
from graph.report import Report, json_objects
from graph.triples import quads
from graph.validation import check_results, load_shapes, validate
from graph.wording import check_header

Json: TypeAlias = dict[str, Any]
NAMES = Names()
CLAIM = "claim/koehanke-2023-koemalli"
OA = "http://www.w3.org/ns/oa#"
SOURCE = "data/records/koehanke.json"

VOCABULARY: list[Json] = [
    {"id": "region/koealue", "type": "Region", "code": "03",
     "label": {"fi": "Koealue", "sv": "Provområdet", "en": "Test region"}},
    {"id": "region/naapuri", "type": "Region", "code": "04",
     "label": {"fi": "Naapuri", "sv": "Granne", "en": "Neighbour"}},
    {"id": "municipality/koekunta", "type": "Municipality", "code": "049",
     "label": {"fi": "Koekunta", "sv": "Provkommun"}, "within": "region/koealue"},
    {"id": "municipality/naapurikunta", "type": "Municipality", "code": "050",
     "label": {"fi": "Naapurikunta", "sv": "Grannkommun"}, "within": "region/naapuri"},
    {"id": "organisation/koekaupunki", "type": "Organisation", "label": {"fi": "Koekaupunki"},
     "organisationKind": "scheme/organisation-kind/city"},
    {"id": "scheme/model", "type": "ConceptScheme", "label": {"fi": "mallit", "sv": "modeller", "en": "models"}},
    {"id": "model/koemalli", "type": "PracticeModel",
     "label": {"fi": "koemalli", "sv": "provmodell", "en": "test model"}, "kind": "scheme/model-kind/method",
     "inScheme": "scheme/model"},
    {"id": "scheme/period", "type": "ConceptScheme", "label": {"fi": "kaudet", "sv": "perioder", "en": "periods"}},
    {"id": "scheme/period/2023", "type": ["Concept", "ProperInterval"],
     "label": {"fi": "2023", "sv": "2023", "en": "2023"}, "notation": "2023", "inScheme": "scheme/period"},
]  # fmt: skip
RECORD: Json = {
    "id": "../graph/page/koehanke",
    "contents": {
        "id": "page/koehanke",
        "type": "SourcePage",
        "label": {"fi": "Koealue: koehanke"},
        "sha256": "0123456789abcdef" * 4,
        "characters": 2000,
        "language": "fi",
        "created": "2020-06-30",
        "modified": "2021-04-29",
        "describes": {
            "id": "project/koehanke",
            "type": "Project",
            "label": {"fi": "Koehanke"},
            "region": {"id": "region/koealue", "code": "03"},
            "municipalities": ["municipality/koekunta"],
            "startDate": "2020-06-29",
            "goals": [
                {"id": "goal/koehanke-b", "type": "Goal", "notation": "B", "label": {"fi": "Jatkuva hoito"}, "line": 79}
            ],
        },
        "claims": [
            {
                "id": CLAIM,
                "type": "Claim",
                "model": "model/koemalli",
                "place": "municipality/koekunta",
                "region": "region/koealue",
                "project": "project/koehanke",
                "status": "scheme/status/piloted",
                "period": "scheme/period/2023",
                "periodLabel": "2023",
                "measures": [
                    {"id": "measure/koehanke-1", "type": "Measure", "label": {"fi": "koulutetut"}, "value": "27"}
                ],
                "rule": "piloted/pilotoitu",
                "reviewState": "scheme/review-state/accepted",
                "evidence": {
                    "id": f"{CLAIM}#evidence",
                    "type": "SpecificResource",
                    "evidenceOf": "page/koehanke",
                    "line": 152,
                    "selector": {"id": f"{CLAIM}#position", "type": "TextPositionSelector", "start": 100, "end": 180},
                },
            }
        ],
    },
}


class Parts:
    """A copy of the record, and what mistakes are made in."""

    def __init__(self) -> None:
        self.record = copy.deepcopy(RECORD)
        self.page: Json = self.record["contents"]
        self.project: Json = self.page["describes"]
        self.goal: Json = self.project["goals"][0]
        self.claim: Json = self.page["claims"][0]
        self.measure: Json = self.claim["measures"][0]
        self.evidence: Json = self.claim["evidence"]
        self.position: Json = self.evidence["selector"]


def dataset(record: Json, names: Names = NAMES) -> list[ox.Quad]:
    vocabulary = {"id": "../graph/vocabulary", "contents": VOCABULARY}
    return [*quads(record, names, "record"), *quads(vocabulary, names, "vocabulary")]


def quad(focus: str, path: str, value: ox.NamedNode | ox.Literal, graph: str) -> ox.Quad:
    return ox.Quad(ox.NamedNode(NAMES.relative(focus)), ox.NamedNode(path), value, ox.NamedNode(NAMES.graph(graph)))


def held_against(parts: Parts, folder: Path) -> tuple[Report, list[str]]:
    """Return the report of a changed record, and the lines of the record as a steward has it."""
    text = json.dumps(parts.record, ensure_ascii=False, indent=1)
    (folder / "koehanke.json").write_text(text, encoding="utf-8")
    return validate(dataset(parts.record), NAMES, folder), text.splitlines()


STATUSES = (
    "planned", "prepared", "piloted", "in-introduction", "adopted", "scaled", "established", "discontinued",
    "not-started",
)  # fmt: skip
PERIOD = "plan, baseline, final, YYYY, YYYY-spring or YYYY-autumn"
Change: TypeAlias = Callable[[Parts], object]
# What a steward does, then: thing, field, value, part of what is said, allowed values, the text at the line.
MISTAKES: dict[str, tuple[Change, str, str, str, str, tuple[str, ...] | None, str]] = {
    "code of one digit": (
        lambda at: at.project["region"].update(code="3"),
        "region/koealue", "code", "3", "two digits", (r"^\d{2}$",), '"code": "3"'),
    "code of another region": (
        lambda at: at.project["region"].update(code="04"),
        "region/koealue", "code", "03 and 04", "one code", (), '"code": "04"'),
    "status of no scheme": (
        lambda at: at.claim.update(status="scheme/status/rooted"),
        CLAIM, "status", "scheme/status/rooted", ", ".join(STATUSES), STATUSES, '"status": "scheme/status/rooted"'),
    "status without its scheme": (
        lambda at: at.claim.update(status="rooted"),
        CLAIM, "status", "rooted", "as scheme/status/", STATUSES, '"status": "rooted"'),
    "e-mail in a label": (
        lambda at: at.goal["label"].update(en="etunimi.sukunimi@example.org"),
        "goal/koehanke-b", "label", "etunimi.sukunimi@example.org", "no e-mail address", (), '"label": {'),
    "e-mail in disguise": (
        lambda at: at.page["label"].update(fi="kysy: toimisto (at) example.org"),
        "page/koehanke", "label", "kysy: toimisto (at) example.org", "no e-mail address", (), '"label": {'),
    "model that nobody knows": (
        lambda at: at.claim.update(model="model/koemali"),
        CLAIM, "model", "model/koemali", "one of the lexicon", ("model/koemalli",), '"model": "model/koemali"'),
    "no model": (
        lambda at: at.claim.pop("model"),
        CLAIM, "model", "", "exactly one model", (), '"id": "claim/koehanke-2023-koemalli"'),
    "period in words": (
        lambda at: at.claim.update(periodLabel="2023 syksy"),
        CLAIM, "periodLabel", "2023 syksy", PERIOD, None, '"periodLabel": "2023 syksy"'),
    "period that is no name": (
        lambda at: at.claim.update(period="scheme/period/2023 syksy"),
        CLAIM, "period", "scheme/period/2023 syksy", PERIOD, (), '"period": "scheme/period/2023 syksy"'),
    "date in Finnish form": (
        lambda at: at.page.update(created="30.6.2020"),
        "page/koehanke", "created", "30.6.2020", "YYYY-MM-DD", None, '"created": "30.6.2020"'),
    "day that no calendar has": (
        lambda at: at.project.update(startDate="2020-06-31"),
        "project/koehanke", "startDate", "2020-06-31", "YYYY-MM-DD", ("xsd:date",), '"startDate": "2020-06-31"'),
    "line of letters": (
        lambda at: at.evidence.update(line="x"),
        f"{CLAIM}#evidence", "line", "x", "1 or more", ("xsd:positiveInteger",), '"line": "x"'),
    "one municipality of two": (
        lambda at: at.project["municipalities"].append("municipality/koekuntta"),
        "project/koehanke", "municipalities", "municipality/koekuntta", "of the lexicon",
        ("municipality/koekunta", "municipality/naapurikunta"),
        '"municipality/koekuntta"'),
    "place in another region": (
        lambda at: at.claim.update(place="municipality/naapurikunta"),
        CLAIM, "place", "municipality/naapurikunta", "within it", (), '"place": "municipality/naapurikunta"'),
    "region of another project": (
        lambda at: at.claim.update(region="region/naapuri", place="region/naapuri"),
        CLAIM, "region", "region/naapuri", "region of its project", (), '"region": "region/naapuri"'),
    "field of another thing": (
        lambda at: at.claim.update(kind="scheme/model-kind/method"),
        CLAIM, "kind", "scheme/model-kind/method", "these fields only: model, place", (),
        '"kind": "scheme/model-kind/method"'),
    "claim of no type": (
        lambda at: at.claim.update(type="Väite"),
        CLAIM, "type", "Väite", 'the type "Claim"', ("Claim",), '"type": "Väite"'),
    "page of another type": (
        lambda at: at.page.update(type="Sourcepage"),
        "page/koehanke", "type", "Sourcepage", 'the type "SourcePage"', ("SourcePage",), '"type": "Sourcepage"'),
    "number without quotation marks": (
        lambda at: at.measure.update(value=27.5),
        "measure/koehanke-1", "value", "2.75E1", "in quotation marks", None, '"value": 27.5'),
    "measure of nothing": (
        lambda at: at.measure.pop("value"),
        "measure/koehanke-1", "", "", "a value, a direction, or both", (), '"id": "measure/koehanke-1"'),
    "end before start": (
        lambda at: at.position.update(start=180, end=100),
        f"{CLAIM}#position", "start", "180", "starts before its end", (), '"start": 180'),
    "position behind the page": (
        lambda at: at.position.update(end=2001),
        f"{CLAIM}#position", "end", "2001", "number of characters", (), '"end": 2001'),
    "sentence in a record": (
        lambda at: at.goal["label"].update(fi="keksitty teksti " * 20),
        "goal/koehanke-b", "label", ("keksitty teksti " * 20)[:80] + "…", "200 characters", None, '"label": {'),
}  # fmt: skip


def test_a_good_record_conforms(tmp_path: Path) -> None:
    report, _ = held_against(Parts(), tmp_path)
    assert report.findings == ()
    assert report.conforms
    assert "conforms" in report.text()


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_is_one_finding_that_says_where_what_and_what_is_allowed(mistake: str, tmp_path: Path) -> None:
    change, focus, field, value, said, allowed, at_line = MISTAKES[mistake]
    parts = Parts()
    change(parts)
    report, lines = held_against(parts, tmp_path)
    assert not report.conforms
    (finding,) = report.findings
    assert (finding.source, finding.focus, finding.field, finding.value) == (SOURCE, focus, field, value)
    assert said in finding.problem
    assert allowed is None or finding.allowed == allowed
    assert finding.line
    assert at_line in lines[finding.line - 1]
    text = report.text()
    assert text.startswith(f"{SOURCE}:{finding.line}  {focus}  ")
    assert finding.problem in text


def test_the_text_says_where_what_and_what_to_do(tmp_path: Path) -> None:
    parts = Parts()
    parts.claim.update(status="scheme/status/rooted", model="model/koemali")
    report, lines = held_against(parts, tmp_path)
    model, status = (next(n for n, line in enumerate(lines, 1) if f'"{key}"' in line) for key in ("model", "status"))
    assert report.text() == (
        f'data/records/koehanke.json:{model}  {CLAIM}  model is "model/koemali"\n'
        "  a claim has exactly one model, and it is one of the lexicon, such as model/tiimimalli\n"
        "  did you mean: model/koemalli\n\n"
        f'data/records/koehanke.json:{status}  {CLAIM}  status is "scheme/status/rooted"\n'
        "  a claim's status is exactly one of: planned, prepared, piloted, in-introduction, adopted, scaled, "
        "established, discontinued, not-started (as scheme/status/…)\n\n"
        "2 findings in data/records/koehanke.json\n"
        "what to do: mend what is named above and build again; the last good snapshot stays in use until then\n"
    )


def test_a_missing_field_is_said_to_be_missing(tmp_path: Path) -> None:
    parts = Parts()
    del parts.claim["model"]
    assert f"  {CLAIM}  model is missing\n" in held_against(parts, tmp_path)[0].text()


def test_lines_are_told_when_the_text_is_asked_for_with_a_folder(tmp_path: Path) -> None:
    parts = Parts()
    parts.claim["status"] = "rooted"
    report, lines = held_against(parts, tmp_path)
    bare = validate(dataset(parts.record), NAMES)
    assert [finding.line for finding in bare.findings] == [None]
    assert bare.text().startswith(f"{SOURCE}  {CLAIM}  status")
    assert bare.text(tmp_path) == report.text()
    assert bare.text(tmp_path / "elsewhere") == bare.text()
    assert len(lines) > 20


def test_lines_that_are_told_twice_are_told_alike(tmp_path: Path) -> None:
    parts = Parts()
    del parts.claim["status"]
    parts.claim["period"] = "scheme/period/2023 syksy"
    report, _ = held_against(parts, tmp_path)
    assert len(report.findings) == 2
    assert report.located(tmp_path) == report


def test_the_same_mistake_of_several_claims_is_told_once(tmp_path: Path) -> None:
    parts = Parts()
    parts.claim["model"] = "model/koemali"
    for number in range(7):
        text = json.dumps(parts.claim).replace("koehanke-2023", f"koehanke-{number}")
        parts.page["claims"].append(json.loads(text.replace("koehanke-1", f"koehanke-m{number}")))
    report, _ = held_against(parts, tmp_path)
    assert len(report.findings) == 8
    assert report.text().count("did you mean") == 1
    assert "  so too: claim/koehanke-0-koemalli (line" in report.text()
    assert " and 2 more\n" in report.text()


def test_a_mistake_of_two_records_is_found_in_both() -> None:
    parts = Parts()
    parts.project["region"]["code"] = "3"
    other = json.dumps(parts.record).replace("page/koehanke", "page/toinen").replace("claim/koe", "claim/toinen")
    found = validate([*dataset(parts.record), *dataset(json.loads(other))], NAMES).findings
    assert [finding.source for finding in found] == [SOURCE, "data/records/toinen.json"]


def test_a_mistake_of_the_lexicon_is_no_records() -> None:
    wrong = quad("model/koemalli", str(SKOS.altLabel), ox.Literal("KM", language="et"), "vocabulary")
    (finding,) = validate([*dataset(RECORD), wrong], NAMES).findings
    assert (finding.source, finding.focus, finding.field) == (
        "mappings/lexicon or ontology/schemes", "model/koemalli", "altLabel")  # fmt: skip
    assert finding.allowed == ("fi", "sv", "en")


def test_what_is_derived_from_a_mistake_is_no_finding_of_its_own() -> None:
    rooted = ox.NamedNode(NAMES.relative("scheme/status/rooted"))
    adoption = [
        quad("adoption/koe", str(RDF.type), ox.NamedNode(f"{NAMES.ontology}Adoption"), "derived"),
        quad("adoption/koe", f"{NAMES.ontology}currentStatus", rooted, "derived"),
    ]
    alone = validate([*dataset(RECORD), *adoption], NAMES)
    assert {finding.source for finding in alone.findings} == {"mappings/rules"}
    parts = Parts()
    parts.claim["status"] = "scheme/status/rooted"
    both = validate([*dataset(parts.record), *adoption], NAMES)
    assert {finding.source for finding in both.findings} == {SOURCE}


def test_a_pages_words_are_never_repeated(tmp_path: Path) -> None:
    parts = Parts()
    parts.position["exact"] = "keksitty lause"
    report, _ = held_against(parts, tmp_path)
    (finding,) = report.findings
    assert (finding.focus, finding.field, finding.value) == (f"{CLAIM}#position", "exact", "")
    assert "exact holds words of a page" in report.text()
    assert "keksitty lause" not in report.text() + report.turtle()


def test_quotes_are_held_to_the_checks() -> None:
    def quoted(text: str) -> list[ox.Quad]:
        quote = ox.NamedNode(NAMES.relative(f"{CLAIM}#quote"))
        held = quad(f"{CLAIM}#evidence", f"{OA}hasSelector", quote, "quote/koehanke")
        words = quad(f"{CLAIM}#quote", f"{OA}exact", ox.Literal(text, language="fi"), "quote/koehanke")
        return [*dataset(RECORD), held, words]

    assert validate(quoted("a" * 80), NAMES).conforms
    (finding,) = validate(quoted("a" * 79), NAMES).findings
    assert "from start to end" in finding.problem
    assert finding.source == "graph quote/koehanke"


def test_the_turtle_is_a_validation_report_without_blank_nodes() -> None:
    parts = Parts()
    parts.claim.update(status="scheme/status/rooted", place="municipality/naapurikunta")
    report = validate(dataset(parts.record), NAMES)
    graph = Graph().parse(data=report.turtle(), format="turtle")
    assert not [node for node in graph.all_nodes() if isinstance(node, BNode)]
    assert (URIRef(f"{NAMES.base}report"), SH.conforms, Literal(False)) in graph  # noqa: FBT003
    results = set(graph.objects(URIRef(f"{NAMES.base}report"), SH.result))
    assert len(results) == 2
    assert all(str(result).startswith(f"{NAMES.base}report#") for result in results)
    components = set(graph.objects(None, SH.sourceConstraintComponent))
    assert components == {SH.InConstraintComponent, SH.SPARQLConstraintComponent}
    assert URIRef(NAMES.relative("scheme/status/rooted")) in set(graph.objects(None, SH.value))
    assert validate(dataset(RECORD), NAMES).turtle().count("sh:conforms true") == 1


def test_the_same_facts_give_the_same_report() -> None:
    parts = Parts()
    parts.claim.update(status="scheme/status/rooted", model="model/koemali")
    parts.project["region"]["code"] = "3"
    facts = dataset(parts.record)
    first = validate(facts, NAMES)
    random.Random(7).shuffle(facts)  # noqa: S311
    second = validate(facts, NAMES)
    assert first.turtle() == second.turtle()
    assert first.text() == second.text()


def test_a_node_without_name_is_found_and_has_no_name_in_the_report() -> None:
    line, graph = ox.NamedNode(f"{NAMES.ontology}line"), ox.NamedNode(NAMES.graph("page/koehanke"))
    nameless = ox.Quad(ox.BlankNode(), line, ox.Literal(7), graph)
    report = validate([*dataset(RECORD), nameless], NAMES)
    (finding,) = report.findings
    assert (finding.source, finding.focus, finding.field) == (SOURCE, "a node without id", "line")
    assert f"{NAMES.base}report#node-without-id" in Graph().parse(data=report.turtle()).serialize(format="nt")


def test_another_publishers_base_is_held_to_the_same() -> None:
    names = Names("https://data.example/x/")
    parts = Parts()
    assert validate(dataset(parts.record, names), names).conforms
    parts.claim["status"] = "scheme/status/rooted"
    (finding,) = validate(dataset(parts.record, names), names).findings
    assert (finding.source, finding.field, finding.value) == (SOURCE, "status", "scheme/status/rooted")


def test_values_of_the_wrong_form_are_not_logged(caplog: pytest.LogCaptureFixture) -> None:
    parts = Parts()
    parts.page["created"] = "x"
    validate(dataset(parts.record), NAMES)
    assert caplog.text == ""


# ---- Lines ----


def test_lines_of_keys_and_values_are_counted_from_one() -> None:
    text = '{\n "id": "a",\n "list": [\n  "b",\n  {"id": "c"}, 7\n ],\n "say \\"x\\"": true\n}'
    outer, inner = json_objects(text)
    assert outer == {
        "id": [(2, ""), (2, "a")], "list": [(3, ""), (4, "b"), (5, "7")], 'say "x"': [(7, ""), (7, "true")],
    }  # fmt: skip
    assert inner == {"id": [(5, ""), (5, "c")]}


@pytest.mark.parametrize("text", ["", "}", '{"id"', '{"id": "a', "{{}", '{"a": "\\x"}', "[1, 2]"])
def test_a_text_that_is_no_json_gives_what_can_be_read(text: str) -> None:
    assert all(isinstance(each, dict) for each in json_objects(text))


# ---- Files of ontology/ that cannot be used ----


@pytest.mark.parametrize(("text", "what"), [("SELECT ?focus {", "not SPARQL"), ("ASK { ?x ?y 1 }", "not a SELECT")])
def test_a_check_that_cannot_be_asked_is_named(text: str, what: str, tmp_path: Path) -> None:
    path = tmp_path / "odd-violation.rq"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(OntologyError, match=what) as caught:
        check_results(ox.Store(), path, NAMES)
    assert caught.value.where == str(path)


def test_a_check_without_message_is_named(tmp_path: Path) -> None:
    path = tmp_path / "odd-violation.rq"
    path.write_text("#+ summary: odd\nSELECT ?focus {}", encoding="utf-8")
    with pytest.raises(OntologyError, match="no message"):
        check_header(path)


def test_shapes_that_do_not_parse_are_named_with_their_line(tmp_path: Path) -> None:
    path = tmp_path / "odd.ttl"
    path.write_text("@prefix sh: <http://www.w3.org/ns/shacl#> .\nsh:a sh:b .\n", encoding="utf-8")
    with pytest.raises(OntologyError) as caught:
        load_shapes(NAMES, path)
    assert caught.value.where.startswith(f"{path}:2")
