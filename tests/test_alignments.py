"""The alignments: each row is true to the facts that were gathered, and a file that breaks a rule is told with its line."""

from __future__ import annotations

import csv
import re
from collections import Counter
from pathlib import Path

import pyoxigraph as ox
import pytest
from conftest import shared

from graph import alignments, lexicon
from graph.alignments import COLUMNS, FOLDER, Mapping, MappingSet
from graph.errors import LexiconError
from graph.exports.base import Source
from graph.exports.registry import find, write_to
from graph.names import Names
from graph.settings import Settings
from graph.snapshot import Snapshot

NAMES = Names()
SETS = {each.name: each for each in alignments.sets(NAMES)}
ROWS = [
    pytest.param(each, dict(zip(COLUMNS, each.text.split("\t"), strict=True)), id=each.where.rpartition("/")[2])
    for mapping_set in SETS.values()
    for each in mapping_set.mappings
]
HEAD = SETS["goals"].head
ROW = dict(zip(COLUMNS, SETS["goals"].mappings[0].text.split("\t"), strict=True))
SUOMI_FI = "http://uri.suomi.fi/codelist/jhs/kunta_1_20230101/code/"


def table(name: str) -> list[dict[str, str]]:
    return list(csv.DictReader((shared("facts") / f"{name}.csv").read_text(encoding="utf-8").splitlines()))


def labels(row: dict[str, str]) -> str:
    return " / ".join(dict.fromkeys(row[f"label_{language}"] for language in ("fi", "sv", "en")))


@pytest.fixture(scope="module")
def confirmed() -> dict[str, str]:
    """Return IRI -> label of every object that the facts confirm."""
    found = {row["uri"]: labels(row) for name in ("topics", "ptv_service_classes") for row in table(name) if row["uri"]}
    for row in table("municipalities"):
        both = " / ".join(dict.fromkeys((row["name_fi"], row["name_sv"])))
        found[SUOMI_FI + row["code"]] = both
        found[re.findall(r"http://www\.yso\.fi/onto/yso/p\d+", row["evidence"])[0]] = row["name_fi"]
        found["http://www.wikidata.org/entity/" + row["wikidata"]] = ""
    return found | {"http://www.wikidata.org/entity/" + row["wikidata"]: "" for row in table("regions")}


@pytest.fixture(scope="module")
def ours(snapshot: Snapshot) -> dict[str, set[str]]:
    """Return the labels of every thing of ours that has one."""
    found: dict[str, set[str]] = {}
    for row in Source(snapshot).select("SELECT DISTINCT ?s ?l { ?s skos:prefLabel ?l } ORDER BY ?s ?l"):
        found.setdefault(str(row["s"].value), set()).add(str(row["l"].value))
    return found


@pytest.mark.parametrize(("mapping", "row"), ROWS)
def test_a_row_matches_a_thing_of_ours_to_a_confirmed_one(
    mapping: Mapping, row: dict[str, str], ours: dict[str, set[str]], confirmed: dict[str, str]
) -> None:
    subject, object_ = mapping.triple.subject, mapping.triple.object
    assert isinstance(subject, ox.NamedNode)
    assert isinstance(object_, ox.NamedNode)
    assert row["subject_label"] in ours[subject.value]
    assert confirmed[object_.value] == row["object_label"]


@pytest.mark.parametrize(("mapping", "row"), ROWS)
def test_only_a_code_that_is_shared_makes_an_exact_match(mapping: Mapping, row: dict[str, str]) -> None:
    object_ = mapping.triple.object
    assert isinstance(object_, ox.NamedNode)
    assert (row["predicate_id"] == "skos:exactMatch") == object_.value.startswith(SUOMI_FI)
    if object_.value.startswith(SUOMI_FI):
        place = lexicon.load().places[row["subject_id"].replace(":", "/")]
        assert object_.value == SUOMI_FI + place.more["code"]


def test_every_municipality_is_matched_as_the_facts_say() -> None:
    found = {(each.triple.subject, each.triple.object) for each in SETS["places"].mappings}
    for row in table("municipalities"):
        places = lexicon.load().places.values()
        ids = [each.id for each in places if each.label == row["name_fi"] and each.id.startswith("municipality/")]
        subject = ox.NamedNode(NAMES.relative(ids[0]))
        yso = re.findall(r"http://www\.yso\.fi/onto/yso/p\d+", row["evidence"])[0]
        for iri in (SUOMI_FI + row["code"], yso, f"http://www.wikidata.org/entity/{row['wikidata']}"):
            assert (subject, ox.NamedNode(iri)) in found
    assert len(found) == 3 * len(table("municipalities")) + sum(bool(row["wikidata"]) for row in table("regions"))


@pytest.mark.parametrize("wrong", ["Q328741", "Q5696", "Q5711", "p105028", "p94206", "p94465", "p94135", "p227358"])
def test_a_trap_of_the_registries_is_not_stepped_on(wrong: str) -> None:
    ends = {str(each.triple.object).rpartition("/")[2].rstrip(">") for each in SETS["places"].mappings}
    assert wrong not in ends
    assert ends & {"p94474", "p94126", "p106320", "p94271", "p94352"} != set()


def test_no_word_without_a_concept_is_matched_by_it() -> None:
    bare = {row["label_fi"].casefold() for row in table("topics") if not row["uri"]}
    matched = {each.text.split("\t")[1].casefold() for each in SETS["models"].mappings}
    assert bare
    assert not bare & matched


def test_a_thing_has_few_matches_in_one_vocabulary() -> None:
    """Many would mean that nobody chose."""
    for mapping_set in SETS.values():
        rows = [each.text.split("\t") for each in mapping_set.mappings]
        assert max(Counter((row[0], row[5]) for row in rows).values()) <= 2


def test_the_graph_holds_the_matches_and_what_they_lead_to_is_called() -> None:
    found = list(alignments.alignments(NAMES))
    assert {quad.graph_name for quad in found} == {ox.NamedNode(NAMES.graph("alignment"))}
    labels = [quad for quad in found if quad.predicate == alignments.LABEL]
    matches = [quad for quad in found if quad.predicate != alignments.LABEL]
    assert len(matches) == len(set(matches)) == sum(len(each.mappings) for each in SETS.values())
    assert {quad.predicate.value.rpartition("#")[2] for quad in matches} == {
        f"{kind}Match" for kind in ("exact", "close", "broad", "narrow", "related")
    }
    assert {quad.subject for quad in labels} <= {quad.object for quad in matches}


def test_what_a_match_leads_to_is_called_in_the_languages_that_were_seen(tmp_path: Path) -> None:
    def labels(text: str) -> list[tuple[str, str | None]]:
        (found,) = alignments.read(written(tmp_path, {**ROW, "object_label": text}), NAMES).mappings
        return [(label.value, label.language) for label in found.labels]

    assert labels("koti / hem / home") == [("koti", "fi"), ("hem", "sv"), ("home", "en")]
    assert labels("Askola") == [("Askola", "fi")]
    assert labels("") == []


def test_the_publishers_base_is_in_the_iris() -> None:
    names = Names("https://example.org/oma/")
    (first, *_) = alignments.alignments(names)
    assert str(first.subject).startswith("<https://example.org/oma/id/")
    assert "w3id.org/levikki" not in "".join(each.head for each in alignments.sets(names))


def written(folder: Path, *rows: dict[str, str], head: str = HEAD) -> Path:
    path = folder / "koe.sssom.tsv"
    lines = ["\t".join(row[column] for column in COLUMNS if column in row) for row in rows]
    path.write_text(head + "".join(f"{line}\n" for line in lines), encoding="utf-8")
    return path


EXACT = {"predicate_id": "skos:exactMatch"}
LEXICAL = {"mapping_justification": "semapv:LexicalMatching"}


@pytest.mark.parametrize(
    ("changed", "what"),
    [
        ({"predicate_id": "owl:sameAs"}, "owl:sameAs is no predicate of a match"),
        ({"predicate_id": ""}, "nothing is no predicate of a match"),
        ({"mapping_justification": ""}, "nothing justifies no match"),
        ({"mapping_justification": "semapv:Guess"}, "semapv:Guess justifies no match"),
        *(
            ({"confidence": text}, f"confidence is {text or 'left out'}")
            for text in ("", "0", "0.0", "1.1", "-0.5", "high", "nan")
        ),
        ({"subject_label": ""}, "the subject has no label"),
        ({"subject_id": "model/tiimimalli"}, "model/tiimimalli is no CURIE of this file"),
        ({"subject_id": ""}, "nothing is no CURIE of this file"),
        ({"object_id": "wd:Q1"}, "wd:Q1 is no CURIE of this file"),
        ({"object_id": "yso:"}, "yso: stands for no IRI: <http://www.yso.fi/onto/yso/>"),
        ({"object_id": "yso:p1 p2"}, "yso:p1 p2 stands for no IRI: <http://www.yso.fi/onto/yso/p1 p2>"),
        ({"object_source": ""}, "nothing is no CURIE of this file"),
        ({"object_id": "programme:rakenneuudistus"}, "does not lead from a thing of ours to one of others"),
        ({"subject_id": "yso:p4081"}, "does not lead from a thing of ours to one of others"),
        (EXACT | {"comment": ""}, "an exact match needs more than a label"),
        (EXACT | LEXICAL, "an exact match needs more than a label"),
        (LEXICAL | {"comment": ""}, "a match by label needs a comment"),
    ],
)
def test_a_wrong_row_is_told_with_file_and_line(tmp_path: Path, changed: dict[str, str], what: str) -> None:
    path = written(tmp_path, ROW | changed)
    with pytest.raises(LexiconError) as caught:
        list(alignments.alignments(NAMES, tmp_path))
    assert caught.value.what == what
    assert caught.value.where == f"{path}:{HEAD.count(chr(10)) + 1}"
    assert caught.value.hint


@pytest.mark.parametrize(
    ("head", "what", "line"),
    [
        (HEAD.replace("#license", "#licence"), "no license in its metadata", 1),
        (HEAD.replace("#mapping_set_version", "#version"), "no mapping_set_version in its metadata", 1),
        (HEAD.replace("#curie_map:", "#prefixes:"), "no curie_map in its metadata", 1),
        (HEAD.replace("#license: ", "#license "), "not a line of metadata: #license ", 10),
        (HEAD.replace("\tconfidence", ""), "the columns are not those of the other files", HEAD.count("\n")),
        (HEAD[: HEAD.index("subject_id\t")], "the columns are not those of the other files", HEAD.count("\n")),
    ],
)
def test_a_wrong_head_is_told(tmp_path: Path, head: str, what: str, line: int) -> None:
    rows = (ROW,) if head.endswith("comment\n") else ()
    path = written(tmp_path, *rows, head=head)
    with pytest.raises(LexiconError) as caught:
        alignments.read(path, NAMES)
    assert caught.value.what.startswith(what)
    assert caught.value.where == f"{path}:{line}"


def test_two_rows_on_the_same_things_and_a_short_row_are_told(tmp_path: Path) -> None:
    first = HEAD.count("\n") + 1
    path = written(tmp_path, ROW, ROW | {"predicate_id": "skos:relatedMatch"})
    with pytest.raises(LexiconError, match="the same two things are matched twice") as caught:
        alignments.read(path, NAMES)
    assert (caught.value.where, caught.value.hint) == (f"{path}:{first + 1}", f"keep this or line {first}")
    path = written(tmp_path, {column: ROW[column] for column in COLUMNS[:-1]})
    with pytest.raises(LexiconError, match="8 cells where the header has 9"):
        alignments.read(path, NAMES)


def test_the_export_is_the_tables_as_far_as_the_snapshot_has_them(
    snapshot: Snapshot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = Source(snapshot, Settings())
    for path in write_to(find("sssom"), source, tmp_path):
        assert path.read_bytes() == (FOLDER / path.name).read_bytes()
    row = ROW | {"object_id": "yso:p0", "subject_label": "invented"}
    later = alignments.read(written(tmp_path, ROW, row), NAMES)
    monkeypatch.setattr(alignments, "sets", lambda _names: [MappingSet("koe", later.head, later.mappings)])
    write_to(find("sssom"), source, tmp_path / "later.tsv")
    assert (tmp_path / "later.tsv").read_text(encoding="utf-8") == later.head + later.mappings[0].text + "\n"
