"""From records and tables to quads: two readers agree, and what the rules derive is what their words say."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest
from page_factory import lexicon
from rdflib import XSD, BNode, Dataset
from rdflib.plugins.sparql.parser import parseQuery

from graph import records, triples, vocabulary
from graph.context import context
from graph.errors import OntologyError, RecordError
from graph.names import Names
from graph.settings import ROOT
from graph.store import Engine

NAMES = Names()
LEV = NAMES.ontology
SKOS = "http://www.w3.org/2004/02/skos/core#"
LANGUAGES = {"fi", "sv", "en"}
RULES = sorted((ROOT / "mappings" / "rules").glob("*.rq"))
SHIPPED = records.record_paths()


def read_by_rdflib(text: str, form: str) -> set[tuple[Any, ...]]:
    found = set(Dataset().parse(data=text, format=form).quads())
    return {(subject, predicate, thing, str(graph)) for subject, predicate, thing, graph in found}


def agree(document: dict[str, Any], quads: list[ox.Quad]) -> None:
    """Hold what pyoxigraph read of a document against what rdflib reads of it."""
    written = bytes(ox.serialize(quads, format=ox.RdfFormat.N_QUADS) or b"").decode()
    ours = read_by_rdflib(written, "nquads")
    theirs = read_by_rdflib(json.dumps({**document, "@context": context(NAMES)}), "json-ld")
    # Without blank nodes, the same quads are an isomorphic dataset.
    assert not [term for quad in ours for term in quad if isinstance(term, BNode)]
    assert theirs == ours
    assert len(ours) == len(set(quads)) >= 3


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_rdflib_reads_a_record_to_the_same_quads(path: Path) -> None:
    document = records.read_record(path)
    quads = triples.quads(document, NAMES, str(path))
    agree(document, quads)
    assert {quad.graph_name for quad in quads} == {ox.NamedNode(NAMES.graph(f"page/{path.stem}"))}


def test_rdflib_reads_the_vocabulary_to_the_same_quads(monkeypatch: pytest.MonkeyPatch) -> None:
    seen, real = [], triples.quads

    def listen(document: dict[str, Any], names: Names, where: str) -> list[ox.Quad]:
        seen.append(document)
        return real(document, names, where)

    monkeypatch.setattr(vocabulary, "quads", listen)
    found = list(vocabulary.vocabulary(lexicon(), ["plan", "2022", "2022-autumn"], NAMES))
    (document,) = seen
    agree(document, real(document, NAMES, "vocabulary"))
    assert {quad.graph_name for quad in found} == {ox.NamedNode(NAMES.graph("vocabulary"))}
    assert not [
        quad for quad in found if isinstance(quad.subject, ox.BlankNode) or isinstance(quad.object, ox.BlankNode)
    ]


@pytest.mark.parametrize(
    "record",
    [
        {"id": "../graph/page/x", "contents": {"id": "page/x", "type": "SourcePage", "describes": {"type": "Project"}}},
        {"id": "../graph/page/x", "contents": {"type": "SourcePage", "language": "fi"}},
    ],
)
def test_a_node_without_a_name_is_refused(record: dict[str, Any]) -> None:
    with pytest.raises(RecordError, match="has no id") as caught:
        triples.quads(record, NAMES, "data/records/x.json")
    assert caught.value.where == "data/records/x.json"
    assert '"id"' in caught.value.hint


@pytest.mark.parametrize("label", [{"fi": {"no": "text"}}, {"fi": 7}])
def test_a_document_that_is_no_json_ld_is_refused(label: dict[str, Any]) -> None:
    with pytest.raises(RecordError, match="is no JSON-LD"):
        triples.quads({"id": "../graph/page/x", "contents": {"id": "page/x", "label": label}}, NAMES, "x.json")


def test_a_misspelt_key_is_told_with_its_line_and_the_key_that_it_looks_like(tmp_path: Path) -> None:
    path = tmp_path / "x.json"
    document = {"id": "../graph/page/x", "contents": {"id": "page/x", "label": {"fi": "Sivu"}, "modifed": "2021-02-01"}}
    path.write_text(json.dumps(document, indent=1), encoding="utf-8")
    with pytest.raises(RecordError) as caught:
        triples.quads(document, NAMES, str(path))
    assert (caught.value.what, caught.value.where) == ("page/x has an unknown key 'modifed'", f"{path}:8")
    assert caught.value.hint == "did you mean 'modified'?"


def test_values_have_the_datatypes_of_the_mapping() -> None:
    document = {
        "id": "../graph/page/x",
        "contents": {"id": "page/x", "created": "2021-02-01", "characters": 7, "sha256": "ab", "label": {"fi": "Sivu"}},
    }
    values = {
        str(quad.predicate.value).rpartition("#")[2].rpartition("/")[2]: quad.object
        for quad in triples.quads(document, NAMES, "x")
    }
    assert values["created"] == ox.Literal("2021-02-01", datatype=ox.NamedNode(str(XSD.date)))
    assert values["characters"] == ox.Literal("7", datatype=ox.NamedNode(str(XSD.nonNegativeInteger)))
    assert values["sha256"] == ox.Literal("ab")
    assert values["prefLabel"] == ox.Literal("Sivu", language="fi")


# Periods


@pytest.mark.parametrize("label", ["plan", "baseline", "final", "2022", "2022-spring", "2022-autumn"])
def test_a_period_is_a_period(label: str) -> None:
    assert vocabulary.is_period(label)
    labels = vocabulary.period_labels(label)
    assert set(labels) == LANGUAGES
    assert label[:4] in labels["sv"] or not label[0].isdigit()


@pytest.mark.parametrize("label", ["", "22", "2022-summer", "2022-", "2022-autumn ", "autumn-2022", "Plan", "20222"])
def test_any_other_label_is_none(label: str) -> None:
    assert not vocabulary.is_period(label)


def test_a_season_is_named_in_each_language() -> None:
    assert vocabulary.period_labels("2022-autumn") == {"fi": "syksy 2022", "sv": "hösten 2022", "en": "autumn 2022"}
    assert vocabulary.period_labels("2021") == {"fi": "2021", "sv": "2021", "en": "2021"}


def test_a_period_becomes_a_concept_once() -> None:
    found = {
        short(quad.subject)
        for quad in vocabulary.vocabulary(lexicon(), ["2022", "plan", "2022"], NAMES)
        if "scheme/period" in str(quad.subject)
    }
    assert found == {"scheme/period", "scheme/period/2022", "scheme/period/plan"}


# The dataset


def test_the_dataset_says_what_it_is_in_three_languages_and_under_which_licence() -> None:
    found = list(vocabulary.dataset(NAMES, "https://example.org/licence"))
    titles = [quad.object for quad in found if str(quad.predicate.value).endswith("/title")]
    assert {title.language for title in titles if isinstance(title, ox.Literal)} == LANGUAGES
    assert [quad.object for quad in found if str(quad.predicate.value).endswith("/license")] == [
        ox.NamedNode("https://example.org/licence")
    ]


def test_turtle_that_does_not_parse_is_told_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "koe.ttl"
    path.write_text("@prefix x: <http://example.org/> .\nx:a x:b x:c .\nx:a x:b ;;; nope\n", encoding="utf-8")
    with pytest.raises(OntologyError, match="does not parse") as caught:
        list(triples.turtle(path, NAMES, ox.NamedNode(NAMES.graph("koe"))))
    assert caught.value.where == f"{path}:3"


# What the rules derive


@pytest.mark.parametrize("path", RULES, ids=lambda path: path.stem)
def test_a_rule_is_a_construct_that_says_what_it_concludes(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert isinstance(ox.Store().query(text), ox.QueryTriples)
    assert parseQuery(text)[1].name == "ConstructQuery"
    assert re.search(r"(?m)^#\+ summary: .{20,}", text)
    needs = re.search(r"(?m)^#\+ needs: (.+)$", text)
    assert {name.strip() for name in needs[1].split(",")} <= {each.stem for each in RULES} if needs else True


def test_rules_come_behind_what_they_need(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    order = [path.stem for path in triples._rules()]
    assert sorted(order) == [path.stem for path in RULES]
    assert order.index("claim-dates") < order.index("adoptions") < order.index("current-status") < order.index("spread")
    (tmp_path / "a.rq").write_text("#+ needs: b\n", encoding="utf-8")
    (tmp_path / "b.rq").write_text("#+ needs: c\n", encoding="utf-8")
    monkeypatch.setattr(triples, "RULES", tmp_path)
    with pytest.raises(OntologyError, match="need each other"):
        triples._rules()
    (tmp_path / "c.rq").write_text("", encoding="utf-8")
    assert [path.stem for path in triples._rules()] == ["c", "b", "a"]


def test_a_rule_that_does_not_parse_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "rikki.rq").write_text("CONSTRUCT {", encoding="utf-8")
    monkeypatch.setattr(triples, "RULES", tmp_path)
    with pytest.raises(OntologyError, match="does not parse") as caught:
        triples.derived([], NAMES)
    assert caught.value.where == str(tmp_path / "rikki.rq")


def claim(period: str, status: str, *, model: str = "x", region: str = "kainuu", number: int = 0) -> dict[str, Any]:
    """Return a claim with no more than the rules need."""
    return {
        "id": f"claim/{region}-{period}-{model}-{number}",
        "type": "Claim",
        "model": f"model/{model}",
        "region": f"region/{region}",
        "project": f"project/{region}",
        "status": f"scheme/status/{status}",
        "periodLabel": period,
    }


def derive(*claims: dict[str, Any], days: dict[str, str] | None = None, **project: str) -> dict[tuple[str, str], str]:
    """Return (thing, property) -> value of what the rules derive from claims.

    :param days: when the page was created and modified.
    :param project: times of the project.
    """
    facts: list[ox.Quad] = []
    for region in {each["region"].partition("/")[2] for each in claims}:
        own = [each for each in claims if each["region"] == f"region/{region}"]
        page: dict[str, Any] = {
            "id": f"page/{region}",
            "type": "SourcePage",
            **(days or {}),
            "describes": {"id": f"project/{region}", **project},
            "claims": own,
        }
        facts += triples.quads({"id": f"../graph/page/{region}", "contents": page}, NAMES, region)
    facts += triples.turtle(
        ROOT / "ontology" / "schemes" / "status.ttl", NAMES, ox.NamedNode(NAMES.graph("vocabulary"))
    )
    found = triples.derived(facts, NAMES)
    assert {quad.graph_name for quad in found} <= {ox.NamedNode(NAMES.graph("derived"))}
    return {
        (short(quad.subject), short(quad.predicate)): short(quad.object)
        for quad in found
        if short(quad.predicate) != "claim"
    }


def short(term: object) -> str:
    """Return the last part of an IRI of ours, or a literal's text."""
    return (
        str(getattr(term, "value", ""))
        .removeprefix(LEV)
        .removeprefix(f"{NAMES.base}id/")
        .removeprefix("scheme/status/")
    )


@pytest.mark.parametrize(
    ("period", "given", "day"),
    [
        ("2022-spring", {}, "2022-06-30"),
        ("2022-autumn", {}, "2022-11-30"),
        ("2022", {}, "2022-12-31"),
        ("plan", {"startDate": "2020-06-29", "startYear": "2020"}, "2020-06-29"),
        ("plan", {"startYear": "2020"}, "2020-01-01"),
        ("plan", {"created": "2020-09-17"}, "2020-09-17"),
        ("plan", {}, None),
        ("baseline", {"startDate": "2020-06-29", "startYear": "2020"}, "2020-12-31"),
        ("baseline", {"created": "2020-09-17"}, "2020-09-17"),
        ("baseline", {}, None),
        ("final", {"endDate": "2023-10-31", "endYear": "2023"}, "2023-10-31"),
        ("final", {"endYear": "2023"}, "2023-12-31"),
        ("final", {"modified": "2024-02-28"}, "2024-02-28"),
        ("final", {}, None),
    ],
)
def test_a_claim_is_as_of_the_day_that_its_period_ends_on(period: str, given: dict[str, str], day: str | None) -> None:
    days: dict[str, str] = {name: given[name] for name in ("created", "modified") if name in given}
    project = {name: value for name, value in given.items() if name not in days}
    found = derive(claim(period, "adopted"), days=days, **project)
    assert found.get((f"claim/kainuu-{period}-x-0", "asOf")) == day
    assert (("adoption/x-kainuu", "currentStatus") in found) is (day is not None)


@pytest.mark.parametrize(
    ("claims", "status"),
    [
        ([("2022", "adopted")], "adopted"),
        ([("2021", "established"), ("2022", "piloted")], "piloted"),
        ([("2022-spring", "adopted"), ("2022-autumn", "discontinued")], "discontinued"),
        ([("2022", "planned"), ("2022", "scaled"), ("2022", "piloted")], "scaled"),
        ([("2022", "discontinued"), ("2022", "planned")], "planned"),
        ([("2022", "discontinued"), ("2022", "not-started")], "discontinued"),
        ([("2022", "not-started")], "not-started"),
        ([("2022", "adopted"), ("2022", "adopted")], "adopted"),
        ([("plan", "established"), ("2022", "piloted")], "piloted"),
        ([("final", "piloted"), ("2022", "adopted")], "adopted"),
    ],
)
def test_the_current_status_is_the_latest_and_of_one_day_the_strongest(
    claims: list[tuple[str, str]], status: str
) -> None:
    found = derive(
        *(claim(period, each, number=number) for number, (period, each) in enumerate(claims)),
        startYear="2020",
        endDate="2022-10-31",
    )
    assert found["adoption/x-kainuu", "currentStatus"] == status
    assert [key for key in found if key[1] == "currentStatus"] == [("adoption/x-kainuu", "currentStatus")]


def test_an_adoption_is_of_one_model_in_one_region_over_time() -> None:
    found = derive(
        claim("plan", "planned"), claim("2022", "adopted"), claim("2021-spring", "piloted"), startYear="2020"
    )
    adoption = {key[1]: value for key, value in found.items() if key[0] == "adoption/x-kainuu"}
    assert adoption == {
        "http://www.w3.org/1999/02/22-rdf-syntax-ns#type": "Adoption",
        "model": "model/x",
        "region": "region/kainuu",
        "firstReported": "2020-01-01",
        "lastReported": "2022-12-31",
        "currentStatus": "adopted",
    }


def test_without_a_claim_there_is_no_adoption() -> None:
    found = derive(claim("2022", "adopted"), claim("2022", "adopted", model="y", region="lappi"))
    assert {key[0] for key in found if key[0].startswith("adoption/")} == {"adoption/x-kainuu", "adoption/y-lappi"}


def test_spread_counts_regions_in_use_and_reach_pilots_too() -> None:
    statuses = {
        "kainuu": "adopted", "lappi": "scaled", "satakunta": "established", "kymenlaakso": "piloted", "pirkanmaa": "in-introduction",
        "pohjanmaa": "planned", "keski-suomi": "prepared", "etela-savo": "discontinued", "kanta-hame": "not-started",
    }  # fmt: skip
    found = derive(
        *(claim("2022", status, region=region) for region, status in statuses.items()),
        claim("2022", "planned", model="y"),
    )
    assert (found["model/x", "spread"], found["model/x", "reach"]) == ("3", "5")
    assert (found["model/y", "spread"], found["model/y", "reach"]) == ("0", "0")


def test_spread_counts_the_current_status_and_each_region_once() -> None:
    found = derive(
        claim("2021", "adopted"), claim("2022", "discontinued"), claim("2021", "piloted", region="lappi"),
        claim("2022", "adopted", region="lappi"), claim("2022", "adopted", region="lappi", number=1),
    )  # fmt: skip
    assert (found["model/x", "spread"], found["model/x", "reach"]) == ("1", "1")


def test_every_shipped_claim_is_in_an_adoption_and_every_adoption_has_one_status(engine: Engine) -> None:
    def count(pattern: str) -> int:
        query = f"PREFIX lev: <{LEV}> SELECT (COUNT(DISTINCT ?x) AS ?n) WHERE {{ {pattern} }}"
        return int(engine.select(query).rows[0]["n"].value)

    assert count("?x a lev:Claim") == count("?a a lev:Adoption ; lev:claim ?x") > 100
    assert count("?x a lev:Adoption") == count("?x lev:currentStatus ?s") > 50
    assert count("?x lev:currentStatus ?s, ?t FILTER(?s != ?t)") == 0
