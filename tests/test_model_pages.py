"""A practice model's own page: a record of who describes the model, and never a claim; told from a project's page."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest
from html_factory import drupal, plain
from page_factory import ADDRESS, PERSON, lexicon, page_text, save

from graph import pipeline
from graph.errors import PageError
from graph.model_pages import funding, known_address, linked_model, model_record
from graph.names import Names
from graph.pages import open_page, read_page
from graph.records import write_record
from graph.triples import quads
from graph.validation import validate

FIELDS = {
    "Toimintamallin nimi": "Omaolo-palvelu, Kainuun hyvinvointialue (RRP, P4, I1)",
    "Lyhyt kuvaus": "Tiimimalli otettiin käyttöön Kajaanissa.",
    "Toteutuspaikka": "Kajaanin pääterveysasema",
    "Paikkakunta, maakunta tai hyvinvointialue": "Kainuu\nKuhmo",
    "Rahoittaja": "Sosiaali- ja terveysministeriö (STM)\nMuu EU-rahoitus",
    "Kokonaisuus": "Kainuun koekokonaisuus",
    "Tekijä": PERSON,
    "Yhteyshenkilön sähköpostiosoite": ADDRESS,
    "Luotu": "26.08.2024",
    "Viimeksi muokattu": "31.10.2025",
    "Ratkaisun perusidea": "Omaolo on otettu käyttöön koko Kainuussa.",
    "Toimintaympäristö": "Voimaperheet pilotoitiin Kuhmossa.",
    "Toimivuuden ja käyttöönoton ehdot": "Toimintamalli on juurtunut.",
}


def text(**given: str | None) -> str:
    fields: dict[str, str | None] = {**FIELDS, **{key.replace("_", " "): value for key, value in given.items()}}
    return "".join(f"{label}\n{value}\n\n" for label, value in fields.items() if value is not None)


def contents(folder: Path, page: str, slug: str = "omaolo-kainuu") -> dict[str, Any]:
    return dict(model_record(open_page(save(folder, page, slug)), lexicon())["contents"])


def test_a_models_page_becomes_a_description(tmp_path: Path) -> None:
    found = contents(tmp_path, text())
    assert len(found.pop("sha256")) == 64
    assert found.pop("characters") == len(text())
    assert found == {
        "id": "page/omaolo-kainuu",
        "type": "ModelPage",
        "label": {"fi": FIELDS["Toimintamallin nimi"]},
        "created": "2024-08-26",
        "modified": "2025-10-31",
        "region": ["region/kainuu"],
        "place": ["municipality/kuhmo", "municipality/kajaani"],
        "model": "model/omaolo",
        "funder": ["organisation/sosiaali-ja-terveysministerio"],
        "fundingSource": ["Muu EU-rahoitus"],
        "parent": ["Kainuun koekokonaisuus"],
    }


@pytest.mark.parametrize("markup", [drupal, plain])
def test_its_html_gives_the_same_facts(tmp_path: Path, markup: Any) -> None:
    path = tmp_path / "omaolo-kainuu.html"
    path.write_text(markup(text()), encoding="utf-8")
    told, read = contents(tmp_path, text()), model_record(open_page(path), lexicon())["contents"]
    for each in (told, read):
        each.pop("sha256")
        each.pop("characters")
    assert read == told


def test_nobody_adopts_by_describing(tmp_path: Path) -> None:
    record = model_record(open_page(save(tmp_path, text(), "omaolo-kainuu")), lexicon())
    graph = pipeline.graph_of([(Path("omaolo-kainuu.json"), record)], Names())
    types = {
        quad.object.value
        for quad in graph
        if quad.predicate.value.endswith("#type") and isinstance(quad.object, ox.NamedNode)
    }
    assert f"{Names().ontology}ModelPage" in types
    assert not types & {f"{Names().ontology}{name}" for name in ("Claim", "Adoption", "SourcePage")}
    assert validate(graph, Names()).conforms


def test_no_person_and_no_sentence_of_it_is_kept(tmp_path: Path) -> None:
    whole = str(contents(tmp_path, text()))
    assert not [part for part in (*PERSON.split(), ADDRESS, "käyttöön", "juurtunut") if part in whole]


def test_a_page_says_only_what_it_tells(tmp_path: Path) -> None:
    page = "Toimintamallin nimi\nUusi malli\n\nRatkaisun perusidea\nHanke täyttää\n\nLuotu\n31.02.2024\n"
    found = contents(tmp_path, page, "uusi-malli")
    assert set(found) == {"id", "type", "label", "sha256", "characters"}


@pytest.mark.parametrize("told", ["Valtakunnallinen", "Koko Suomi"])
def test_a_model_of_the_whole_country_has_finland_for_its_place(tmp_path: Path, told: str) -> None:
    page = text(Toteutuspaikka=None).replace("Kainuu\nKuhmo", told)
    found = contents(tmp_path, page)
    assert [place["id"] for place in found["place"]] == ["area/suomi"]
    assert "region" not in found


def test_a_county_is_known_by_its_organisation_and_a_landscape_is_no_county(tmp_path: Path) -> None:
    found = contents(tmp_path, text(Toteutuspaikka=None).replace("Kainuu\nKuhmo", "Siun sote\nUusimaa"))
    assert found["region"] == ["region/pohjois-karjala"]
    assert found["place"] == ["area/uusimaa"]


# ---- Which model ----


@pytest.mark.parametrize(
    ("name", "model"),
    [
        ("Tiimimalli", "tiimimalli"),
        ("TIIMIMALLI", "tiimimalli"),
        ("Tiimimalli, Kainuun hyvinvointialue", "tiimimalli"),
        ("Tiimimalli Kainuussa", "tiimimalli"),
        ("Tiimimalli (RRP, P4, I1)", "tiimimalli"),
        ("Tiimimalli, Lapin HVA (RRP2, P4,I1B)", "tiimimalli"),
        ("Tiimimalli / Kuhmo", "tiimimalli"),
        ("Tiimimalli – Helsingin kaupunki, RRP, pilari 4, investointi 4", "tiimimalli"),
        ("OmaTiimi-malli, Pohjois-Savon hyvinvointialue, RRP, P4, I1", "omatiimi"),
        ("Lapset puheeksi", "lapset-puheeksi"),
        ("Tiimimallin käyttöönotto, Kainuun hyvinvointialue", None),
        ("Tiimimalli lastensuojelussa", None),
        ("Tiimimalli ja Omaolo, Kainuu", None),
        ("Uusi tiimimalli", None),
        ("Kainuun hyvinvointialue", None),
        ("RRP, P4, I1", None),
        ("", None),
    ],
)
def test_a_page_is_linked_only_where_its_name_plainly_is_a_models(name: str, model: str | None) -> None:
    assert linked_model(name, lexicon()) == (f"model/{model}" if model else None)


def test_a_funder_is_an_organisation_where_it_is_known() -> None:
    names = ["Sosiaali- ja terveysministeriö (STM)", "STM", "Kunta", "Kela", "Kunta", " ", "sana " * 12]
    assert funding(names, lexicon()) == (
        ["organisation/sosiaali-ja-terveysministerio", "organisation/kansanelakelaitos"],
        ["Kunta"],
    )


# ---- Which kind of page ----


def test_a_models_page_is_no_project_page(tmp_path: Path) -> None:
    path = save(tmp_path, text(), "omaolo-kainuu")
    with pytest.raises(PageError, match="a practice model's own page") as caught:
        read_page(path)
    assert caught.value.where == f"{path}:1"
    assert open_page(path).model


def test_a_project_page_opens_as_one(tmp_path: Path) -> None:
    page = open_page(save(tmp_path, page_text()))
    assert not page.model
    assert page == read_page(page.path)


@pytest.mark.parametrize(
    ("page", "what"),
    [("Jokin muu sivu\n", "is not a project page"), ("Toimintamallin nimi\n\nLuotu\n1.1.2024\n", "lacks its name")],
)
def test_what_is_neither_is_refused(tmp_path: Path, page: str, what: str) -> None:
    with pytest.raises(PageError, match=what):
        open_page(save(tmp_path, page))


def test_the_address_that_is_known_of_a_page_is_kept(tmp_path: Path) -> None:
    page = open_page(save(tmp_path, text(), "omaolo-kainuu"))
    address = "https://example.org/fi/toimintamalli/omaolo-kainuu"
    assert known_address(page.slug, tmp_path) is None
    write_record(tmp_path, model_record(page, lexicon(), address))
    assert known_address(page.slug, tmp_path) == address


def test_the_record_maps_to_a_graph_of_its_own(tmp_path: Path) -> None:
    record = model_record(open_page(save(tmp_path, text(), "omaolo-kainuu")), lexicon())
    found = quads(record, Names(), "omaolo-kainuu.json")
    assert {quad.graph_name for quad in found} == {ox.NamedNode(Names().graph("page/omaolo-kainuu"))}
