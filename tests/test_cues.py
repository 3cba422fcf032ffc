"""Every row of the tables holds an example: read from an invented page, it gives what its row says."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from page_factory import claims, lexicon

from graph import cues
from graph.cues import Cue, Found, Verdict
from graph.files import read_table
from graph.lexicon import FOLDER, Entry, Finder
from graph.relations import Relations
from graph.sections import goal_of_heading
from graph.words import lower, pattern

# The examples of relations.csv tell of things that are not: here stand real ones for them.
STAND_INS = {"Naapurila": "Tuusula", "Edeltäjä-hankkeessa": "ENTER-hankkeessa"}
ENTITIES = {
    "Tuusula": "municipality/tuusula",
    "ENTER": "project/enter",
    "HUS": "organisation/hus",
    "RRP": "project/rrp",
}


def rows(table: str, name: str) -> list[object]:
    """Return the rows of a table as test parameters."""
    return [
        pytest.param(row, id=f"{row[name]}-{line}")
        for line, row in read_table(FOLDER / f"{table}.csv", [name, "example"])
    ]


def cue(name: str) -> Cue:
    return next(each for each in cues.load() if each.name == name)


@pytest.mark.parametrize("each", [pytest.param(each, id=each.name) for each in cues.load()])
def test_the_example_of_a_cue_gives_its_status(tmp_path: Path, each: Cue) -> None:
    named = {mention.entry.id for mention in lexicon().find_models.find(each.example)}
    found = claims(tmp_path, f"{each.example}.")
    assert named
    assert {claim.model: claim.status for claim in found} == dict.fromkeys(named, each.gives)
    assert len(found) == len(named)


@pytest.mark.parametrize("each", [pytest.param(each, id=each.name) for each in cues.load()])
def test_the_example_of_a_cue_holds_it(each: Cue) -> None:
    assert each in [found.cue for found in cues.find(each.example, 0, len(each.example))]
    assert not each.example.endswith(".")


def test_every_status_has_a_cue() -> None:
    assert {each.gives for each in cues.load()} == {*cues.STRENGTH, *cues.NEGATIVE}


@pytest.mark.parametrize("row", rows("relations", "relation"))
def test_the_example_of_a_relation_gives_it(tmp_path: Path, row: dict[str, str]) -> None:
    example = row["example"]
    for invented, real in STAND_INS.items():
        example = example.replace(invented, real)
    entity = next(id_ for name, id_ in ENTITIES.items() if name in example)
    expected = {
        "origin": Relations(origin=entity),
        "partner": Relations(partners=(entity,)),
        "continues": Relations(continues=(entity,)),
    }[row["relation"]]
    (claim,) = claims(tmp_path, f"{example}.")
    assert claim.relations == expected


@pytest.mark.parametrize("row", rows("measures", "what"))
def test_the_example_of_a_measure_gives_its_figure(tmp_path: Path, row: dict[str, str]) -> None:
    found = claims(tmp_path, f"Tiimimallin myötä {row['example']}.")
    measures = {(each.what, each.unit) for claim in found for each in claim.measures}
    assert measures == {(row["what"], row["unit"])}
    digits = re.sub(r"\D", "", row["example"])
    assert {each.value for claim in found for each in claim.measures} == {digits}


@pytest.mark.parametrize("row", rows("indicators", "what"))
def test_the_example_of_an_indicator_gives_a_direction_of_it(tmp_path: Path, row: dict[str, str]) -> None:
    found = claims(tmp_path, f"Tiimimallin myötä {row['example']}.")
    measures = [each for claim in found for each in claim.measures if each.what == row["what"]]
    assert measures
    assert all(each.direction and each.value is None for each in measures)


@pytest.mark.parametrize("row", rows("directions", "direction"))
def test_the_example_of_a_direction_gives_it(row: dict[str, str]) -> None:
    first = next(
        each["direction"]
        for _, each in read_table(FOLDER / "directions.csv", ["direction"])
        if pattern(each["pattern"]).search(row["example"])
    )
    assert first == row["direction"]


@pytest.mark.parametrize("row", rows("directions", "direction"))
def test_a_direction_is_told_of_what_changes(tmp_path: Path, row: dict[str, str]) -> None:
    verb = row["example"].split(" ", 1)[1] if row["direction"] != "improved" else "on parantunut"
    (claim,) = claims(tmp_path, f"Tiimimallin myötä palvelujen käyttö {verb}.")
    assert [(each.what, each.direction) for each in claim.measures if each.what == "käyttö"] == [
        ("käyttö", row["direction"])
    ]


@pytest.mark.parametrize("row", rows("goals", "goal"))
def test_the_example_of_a_goal_is_its_heading(row: dict[str, str]) -> None:
    assert goal_of_heading(row["example"]) == row["goal"]


@pytest.mark.parametrize("row", rows("heads", "head"))
def test_the_example_of_a_head_names_a_model_and_ends_with_the_head(row: dict[str, str]) -> None:
    example = row["example"]
    found = lexicon().find_models.find(example)
    assert [each.start for each in found] == [0]
    assert lower(example).endswith(row["head"])


@pytest.mark.parametrize("row", rows("heads", "head"))
@pytest.mark.parametrize("joint", ["-", " -", " –", ""])
def test_a_head_behind_a_name_is_part_of_the_mention(row: dict[str, str], joint: str) -> None:
    finder = Finder([Entry("model/koemalli", {"fi": "Koevaaka"})], frozenset({row["head"]}))
    text = f"Koevaaka{joint}{row['head']} alkoi"
    (mention,) = finder.find(text)
    assert text[: mention.end] == f"Koevaaka{joint}{row['head']}"
    assert text[: mention.bare] == "Koevaaka"


def test_a_word_that_is_no_head_is_no_part_of_the_mention() -> None:
    finder = Finder([Entry("model/koemalli", {"fi": "Koevaaka"})], frozenset({"koulutus"}))
    (mention,) = finder.find("Koevaaka-talo")
    assert mention.end == len("Koevaaka")
    assert finder.find("koevaakatalo") == []


def verdict(status: str, *, weak: bool = False) -> Verdict:
    return Verdict(status, "koe", 0, 1, weak)


@pytest.mark.parametrize(
    ("stronger", "weaker"),
    [
        *zip(list(cues.STRENGTH)[1:], list(cues.STRENGTH), strict=False),
        ("discontinued", "established"),
        ("not-started", "established"),
    ],
)
def test_a_stronger_status_outranks_a_weaker_one(stronger: str, weaker: str) -> None:
    assert verdict(stronger).outranks(verdict(weaker))
    assert not verdict(weaker).outranks(verdict(stronger))
    assert not verdict(weaker).outranks(verdict(weaker))
    assert verdict(weaker).outranks(None)


def test_a_weak_verdict_counts_less_than_a_pilot_and_more_than_a_preparation() -> None:
    assert verdict("piloted").outranks(verdict("adopted", weak=True))
    assert verdict("adopted", weak=True).outranks(verdict("prepared"))


def said(text: str, *, plan: bool = False) -> str | None:
    judged = cues.judge((tuple(cues.find(text, 0, len(text))),), plan=plan)
    return judged.status if judged else None


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("otettiin käyttöön", "adopted"),
        ("on tarkoitus ottaa käyttöön", "planned"),
        ("käyttöönotto on tarkoituksena", "planned"),
        ("käyttöönottoa on valmisteltu", "prepared"),
        ("käyttöönotto on edennyt", "in-introduction"),
        ("käyttöönotto on onnistunut", "adopted"),
        ("käyttöönotto", "in-introduction"),
        ("kehittäminen onnistui", "prepared"),
        ("laajentaminen suunnitellaan", "planned"),
        ("juurruttaminen onnistui", "established"),
        ("otettiin käyttöön ja vakiinnutettiin", "established"),
        ("kehitettiin ja pilotoitiin", "piloted"),
        ("otettiin käyttöön mutta lopetettiin", "discontinued"),
        ("on nopeuttanut", "adopted"),
        ("on hyvä", None),
        ("", None),
    ],
)
def test_cues_of_one_clause_are_judged_together(text: str, status: str | None) -> None:
    assert said(text) == status


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("otetaan käyttöön", "planned"),
        ("otettiin käyttöön", "adopted"),
        ("käyttöönotto etenee", "planned"),
        ("on nopeuttanut", None),
    ],
)
def test_in_a_plan_only_what_is_past_and_done_stands(text: str, status: str | None) -> None:
    assert said(text, plan=True) == status


def test_of_overlapping_cues_the_longest_counts() -> None:
    text = "mallia ei pilotin jälkeen otettu käyttöön"
    found = cues.find(text, 0, len(text))
    assert "ei-otettu" in [each.cue.name for each in found]
    assert "otettu-kayttoon" not in [each.cue.name for each in found]


def test_a_cue_is_found_where_it_stands_whatever_its_capitals() -> None:
    text = "Täällä VAKINAISTETTIIN hyvä tapa"
    (found,) = cues.find(text, 0, len(text))
    assert text[found.start : found.end] == "VAKINAISTETTIIN"
    assert cues.find(text, 0, 15) == []


def test_groups_are_judged_apart() -> None:
    adopted, intended = cue("otettu-kayttoon"), cue("tarkoitus")
    one, other = Found(adopted, 0, 1), Found(intended, 2, 3)
    together, apart = cues.judge(((one, other),)), cues.judge(((one,), (other,)))
    assert together is not None
    assert apart is not None
    assert apart.status == "adopted"
    assert cues.judge(()) is None
