"""Claims of invented pages: status, place, period, relations, measures and offsets, as the text says them."""

from __future__ import annotations

from pathlib import Path

import pytest
from page_factory import AUTUMN, SLUG, claims, dated, lexicon, reading

from graph.claims import Claim
from graph.measures import Measure
from graph.pipeline import Reading
from graph.relations import Relations

TEAM, IPC, COOL, LAHI = "model/tiimimalli", "model/ipc", "model/coolkids", "model/etsiva-lahityo"
KAINUU, KAJAANI, KUHMO, SOTKAMO = "region/kainuu", "municipality/kajaani", "municipality/kuhmo", "municipality/sotkamo"


def statuses(found: list[Claim]) -> dict[str, str]:
    """Return model -> status; there is one claim a model."""
    assert len({claim.model for claim in found}) == len(found)
    return {claim.model: claim.status for claim in found}


def places(found: list[Claim]) -> dict[str, list[str]]:
    """Return model -> its places."""
    return {claim.model: [each.place for each in found if each.model == claim.model] for claim in found}


def quote(read: Reading, claim: Claim) -> str:
    return read.page.text[claim.start : claim.end]


@pytest.mark.parametrize(
    ("passage", "status"),
    [
        ("Tiimimalli otettiin käyttöön.", "adopted"),
        ("Terveysasemat ottivat syksyllä käyttöön uuden tiimimallin.", "adopted"),
        ("Tiimimallin käyttöönottoa on valmisteltu.", "prepared"),
        ("Tiimimallin käyttöönotto etenee.", "in-introduction"),
        ("Tiimimallin käyttöönotto saatiin päätökseen.", "adopted"),
        ("Tiimimallia pilotoidaan.", "piloted"),
        ("Tiimimalli on tarkoitus ottaa käyttöön.", "planned"),
        ("Tiimimalli otetaan käyttöön ensi vuonna.", "planned"),
        ("Tiimimalli on laajentunut uusille asemille.", "scaled"),
        ("Tiimimalli jäi pysyväksi.", "established"),
        ("Tiimimalli, joka on jalkautettu asemille, on tuttu.", "adopted"),
        ("Tiimimalli on nopeuttanut hoitoon pääsyä.", "adopted"),
        ("Tiimimalliin kuuluvien asiakkaiden määrä on kasvanut.", "adopted"),
        ("On käynnistetty monta työtä, mm. tiimimalli.", "adopted"),
    ],
)
def test_a_clause_tells_the_status(tmp_path: Path, passage: str, status: str) -> None:
    assert statuses(claims(tmp_path, passage)) == {TEAM: status}


@pytest.mark.parametrize(
    "passage",
    [
        "Tiimimalli.",
        "Tiimimallista keskusteltiin kahvilla.",
        "Kajaanissa otettiin käyttöön uusi kahvinkeitin.",
        "Suuntaan vaikuttivat perheet ja hankkeet.",
        "Hanke täyttää",
    ],
)
def test_without_a_model_or_a_word_on_it_there_is_no_claim(tmp_path: Path, passage: str) -> None:
    assert claims(tmp_path, passage) == []


@pytest.mark.parametrize(
    ("passage", "status"),
    [
        ("Tiimimallia ei päätetty jatkaa.", "discontinued"),
        ("Tiimimallin toimintaa ei jatkettu kokeilun jälkeen.", "discontinued"),
        ("Tiimimallista luovuttiin.", "discontinued"),
        ("Tiimimallin pilotointia ei ehditty aloittamaan.", "not-started"),
        ("Tiimimallin pilotointi jäi aloittamatta.", "not-started"),
        ("Tiimimallin koulutus peruuntui.", "not-started"),
        ("Tiimimalli otettiin käyttöön, mutta toimintaa ei jatkettu.", "discontinued"),
        ("Tiimimallia oli tarkoitus pilotoida, mutta pilotointia ei aloitettu.", "not-started"),
        ("Tiimimalli ei vielä ole käytössä.", "planned"),
    ],
)
def test_a_denial_counts_before_a_status(tmp_path: Path, passage: str, status: str) -> None:
    assert statuses(claims(tmp_path, passage)) == {TEAM: status}


@pytest.mark.parametrize(
    "passage",
    [
        "Tiimimalli ei ole käytössä.",
        "IPC ja tiimimalli eivät ole käytössä.",
        "Tiimimalli ei ole levinnyt.",
        "Tiimimallia ei ole vakiinnutettu.",
        "Tiimimallia ei pilotoitu.",
        "Tiimimallia ei saatu käyntiin.",
    ],
)
def test_what_is_denied_is_not_told(tmp_path: Path, passage: str) -> None:
    told = {claim.status for claim in claims(tmp_path, passage)}
    assert told <= {"planned", "prepared", "discontinued", "not-started"}


@pytest.mark.parametrize(
    "passage",
    [
        "Resursseja ei ollut, mutta tiimimalli otettiin käyttöön.",
        "Vaikka rekrytointi ei onnistunut, tiimimalli otettiin käyttöön.",
        "Tiimimalli otettiin käyttöön. Tiloja ei saatu.",
        "Tiloja ei saatu. Tiimimalli otettiin käyttöön.",
    ],
)
def test_a_denial_of_something_else_is_none_of_the_model(tmp_path: Path, passage: str) -> None:
    assert statuses(claims(tmp_path, passage)) == {TEAM: "adopted"}


@pytest.mark.parametrize(
    ("passage", "expected"),
    [
        ("Tiimimalli otettiin käyttöön, mutta IPC-koulutusta ei aloitettu.", {TEAM: "adopted", IPC: "not-started"}),
        ("Tiimimallia ei aloitettu, mutta IPC otettiin käyttöön.", {TEAM: "not-started", IPC: "adopted"}),
        ("Tiimimalli vakiinnutettiin, kun taas IPC ei käynnistynyt.", {TEAM: "established", IPC: "not-started"}),
        ("Tiimimalli otettiin käyttöön; IPC on suunnitteilla.", {TEAM: "adopted", IPC: "planned"}),
        ("IPC-koulutus peruttiin ja CoolKids otettiin käyttöön.", {IPC: "not-started", COOL: "adopted"}),
        (
            "Kokeiltiin tiimimallia, kehitettiin etsivää lähityötä ja otettiin käyttöön IPC.",
            {TEAM: "piloted", LAHI: "prepared", IPC: "adopted"},
        ),
    ],
)
def test_each_model_gets_the_words_that_speak_of_it(tmp_path: Path, passage: str, expected: dict[str, str]) -> None:
    assert statuses(claims(tmp_path, passage)) == expected


@pytest.mark.parametrize(
    "passage",
    [
        "Käynnistettiin tiimimalli, IPC ja CoolKids.",
        "Tiimimalli, IPC sekä CoolKids otettiin käyttöön.",
        "Otettiin käyttöön seuraavat: tiimimalli, IPC ja CoolKids.",
        "Käytössä ovat tiimimalli, IPC ja CoolKids.",
    ],
)
def test_models_of_a_list_share_its_word(tmp_path: Path, passage: str) -> None:
    assert statuses(claims(tmp_path, passage)) == {TEAM: "adopted", IPC: "adopted", COOL: "adopted"}


def test_models_of_a_list_share_its_denial(tmp_path: Path) -> None:
    assert statuses(claims(tmp_path, "Tiimimalli ja IPC eivät jatkuneet.")) == {
        TEAM: "discontinued",
        IPC: "discontinued",
    }


def test_a_sentence_that_only_names_takes_the_word_of_the_one_before(tmp_path: Path) -> None:
    found = claims(tmp_path, "Asemilla koulutettiin osaajia. Menetelminä ovat IPC ja CoolKids.")
    assert statuses(found) == {IPC: "in-introduction", COOL: "in-introduction"}
    assert claims(tmp_path, "Toimintaa ei jatkettu. Menetelminä ovat IPC ja CoolKids.") == []


def test_items_of_a_list_of_results_were_made(tmp_path: Path) -> None:
    found = claims(tmp_path, "• Tiimimalli\n• IPC-koulutus on alkanut")
    assert statuses(found) == {TEAM: "prepared", IPC: "in-introduction"}
    assert found[0].rule == "listed"


@pytest.mark.parametrize(
    "later",
    [
        "Malli vakiinnutettiin.",
        "Se vakiinnutettiin.",
        "Toimintamalli vakiinnutettiin vuoden lopulla.",
        "Uusi toimintamalli on vakiinnutettu.",
    ],
)
def test_a_word_such_as_malli_means_the_model_before(tmp_path: Path, later: str) -> None:
    assert statuses(claims(tmp_path, f"Tiimimallia pilotoitiin. {later}")) == {TEAM: "established"}


def test_it_means_no_model_before_another_model(tmp_path: Path) -> None:
    found = claims(tmp_path, "Tiimimallia pilotoitiin. IPC otettiin käyttöön. Malli vakiinnutettiin.")
    assert {claim.model: claim.status for claim in found} == {TEAM: "piloted", IPC: "established"}


def test_it_means_no_model_of_another_passage(tmp_path: Path) -> None:
    assert statuses(claims(tmp_path, "Tiimimallia pilotoitiin.\n\nMalli vakiinnutettiin.")) == {TEAM: "piloted"}


@pytest.mark.parametrize(
    ("passage", "expected"),
    [
        ("Tiimimalli otettiin käyttöön.", [KAINUU]),
        ("Kainuussa tiimimalli otettiin käyttöön.", [KAINUU]),
        ("Kajaanissa otettiin käyttöön tiimimalli.", [KAJAANI]),
        ("Kajaanissa ja Kuhmossa otettiin käyttöön tiimimalli.", [KAJAANI, KUHMO]),
        ("Tiimimalli on käytössä Kajaanissa, Kuhmossa ja Sotkamossa.", [KAJAANI, KUHMO, SOTKAMO]),
        ("Tiimimalli on käytössä itäisellä alueella.", ["area/kainuu-itainen-alue"]),
        ("Kajaanissa on käytössä tiimimalli. Malli vakiinnutettiin.", [KAJAANI]),
        ("Tiimimalli, joka on jalkautettu Kuhmoon, on tuttu.", [KUHMO]),
        ("Kajaanin kaupunki otti tiimimallin käyttöön.", [KAINUU]),
        ("Tiimimalli on käytössä Kajaania lukuun ottamatta.", [KAINUU]),
        ("Tiimimalli otettiin käyttöön Helsingissä kehitetyllä tavalla.", [KAINUU]),
        ("Tiimimallia pilotoitiin. Perheet olivat tyytyväisiä hankkeeseen.", [KAINUU]),
    ],
)
def test_a_place_is_the_narrowest_of_the_region_that_the_clause_names(
    tmp_path: Path, passage: str, expected: list[str]
) -> None:
    found = claims(tmp_path, passage)
    assert places(found) == {TEAM: expected}
    assert {claim.region for claim in found} == {KAINUU}


@pytest.mark.parametrize(
    ("passage", "expected"),
    [
        (
            "Lesti- ja Perhonjokilaaksossa otettiin käyttöön tiimimalli.",
            ["area/lestijokilaakso", "area/perhonjokilaakso"],
        ),
        (
            "Lesti- sekä Perhonjokilaaksossa otettiin käyttöön tiimimalli.",
            ["area/lestijokilaakso", "area/perhonjokilaakso"],
        ),
        ("Perhonjokilaaksossa otettiin käyttöön tiimimalli.", ["area/perhonjokilaakso"]),
    ],
)
def test_a_cut_off_word_is_a_place_too(tmp_path: Path, passage: str, expected: list[str]) -> None:
    found = claims(tmp_path, passage, title="Keski-Pohjanmaa: koehanke")
    assert sorted(claim.place for claim in found) == expected


def test_a_sentence_that_begins_with_a_place_goes_on_about_the_one_model_before_it(tmp_path: Path) -> None:
    found = claims(tmp_path, "Tiimimalli on käytössä Kajaanissa. Sotkamossa ryhmää ei ehditty aloittaa.")
    assert [(claim.place, claim.status) for claim in found] == [(KAJAANI, "adopted"), (SOTKAMO, "not-started")]
    two = claims(tmp_path, "Tiimimalli ja IPC ovat käytössä Kajaanissa. Sotkamossa ryhmää ei ehditty aloittaa.")
    assert {claim.place for claim in two} == {KAJAANI}


def test_of_several_models_the_last_has_the_list_of_places_behind_it(tmp_path: Path) -> None:
    found = claims(tmp_path, "IPC on käytössä Kuhmossa ja tiimimalli on käytössä Kajaanissa ja Sotkamossa.")
    assert places(found) == {IPC: [KUHMO], TEAM: [KAJAANI, SOTKAMO]}


def test_a_model_spreads_to_a_place_from_another(tmp_path: Path) -> None:
    assert places(claims(tmp_path, "Tiimimalli laajeni Kajaanista Kuhmoon.")) == {TEAM: [KUHMO]}
    assert places(claims(tmp_path, "Tiimimallia laajennetaan Kajaanista.")) == {TEAM: [KAJAANI]}


def test_a_project_in_a_place_is_not_the_project_of_its_council(tmp_path: Path) -> None:
    assert places(claims(tmp_path, "Tiimimalli päättyi Kajaanissa hankerahoituksen loppuessa.")) == {TEAM: [KAJAANI]}
    assert places(claims(tmp_path, "Tiimimalli päättyi Kajaanin kaupungin päätöksellä.")) == {TEAM: [KAINUU]}


def test_a_place_elsewhere_is_no_place_of_a_claim(tmp_path: Path) -> None:
    (claim,) = claims(tmp_path, "Tiimimalli otettiin käyttöön kuten Tuusulassa.")
    assert claim.place == KAINUU


def test_the_region_gives_way_to_a_narrower_place_that_says_as_much(tmp_path: Path) -> None:
    assert places(claims(tmp_path, "Tiimimalli otettiin käyttöön. Kajaanissa otettiin käyttöön tiimimalli.")) == {
        TEAM: [KAJAANI]
    }
    stronger = claims(tmp_path, "Tiimimalli vakiinnutettiin.\n\nKajaanissa pilotoitiin tiimimallia.")
    assert [(claim.place, claim.status) for claim in stronger] == [(KAINUU, "established"), (KAJAANI, "piloted")]
    results = dated("Tiimimalli otettiin käyttöön.", "Oma-arviointi 2023") + dated(
        "Kajaanissa otettiin käyttöön tiimimalli."
    )
    assert places(reading(tmp_path, results=results).claims) == {TEAM: [KAINUU, KAJAANI]}


def test_the_strongest_of_several_statuses_is_kept(tmp_path: Path) -> None:
    read = reading(
        tmp_path, results=dated("Tiimimallia kehitettiin.\n\nTiimimalli vakiinnutettiin.\n\nTiimimallia pilotoitiin.")
    )
    (claim,) = read.claims
    assert (claim.status, quote(read, claim)) == ("established", "Tiimimalli vakiinnutettiin")


def test_of_equal_statuses_the_one_under_a_goal_is_kept(tmp_path: Path) -> None:
    (claim,) = claims(
        tmp_path, "Tiimimalli otettiin käyttöön.\n\nSaatavuus ja jatkuvuus\n\nTiimimalli on otettu käyttöön."
    )
    assert claim.goal == "saatavuus"


def test_a_goal_is_the_one_whose_heading_the_claim_stands_under(tmp_path: Path) -> None:
    passage = "Tiimimalli on käytössä.\n\nLaatu ja vaikuttavuus\n\nIPC on käytössä.\n\nKustannusten hillintä\n\nCoolKids on käytössä."
    assert {claim.model: claim.goal for claim in claims(tmp_path, passage)} == {
        TEAM: None,
        IPC: "laatu",
        COOL: "kustannukset",
    }


def test_each_period_has_its_own_claim(tmp_path: Path) -> None:
    results = dated("Tiimimalli otettiin käyttöön.", "Oma-arviointi 2023") + dated("Tiimimallia pilotoitiin.")
    read = reading(tmp_path, results=results, aim="Tavoitteena on tiimimalli.")
    assert [(claim.period, claim.status, claim.section) for claim in read.claims] == [
        ("plan", "planned", "aim"),
        ("2023", "adopted", "results"),
        ("2022-autumn", "piloted", "results"),
    ]
    assert len({claim.id for claim in read.claims}) == 3


@pytest.mark.parametrize("section", ["purpose", "background", "aim"])
@pytest.mark.parametrize(
    ("passage", "status"),
    [
        ("Tiimimalli.", "planned"),
        ("Hankkeessa otetaan käyttöön tiimimalli.", "planned"),
        ("Tiimimallin pilotointi alkaa.", "planned"),
        ("Tiimimalli nopeuttaa hoitoon pääsyä.", "planned"),
        ("Tiimimalli otettiin käyttöön vuonna 2019.", "adopted"),
        ("Tiimimallia on pilotoitu aiemmin.", "piloted"),
    ],
)
def test_a_plan_is_a_plan_but_for_what_is_past(tmp_path: Path, section: str, passage: str, status: str) -> None:
    (claim,) = reading(tmp_path, **{section: passage}).claims
    assert (claim.period, claim.status, claim.section) == ("plan", status, section)


@pytest.mark.parametrize("passage", ["Tiimimalli.", "• Tiimimalli on otettu käyttöön.", "Tiimimalli on vakiinnutettu."])
def test_an_expected_result_is_planned_whatever_its_words(tmp_path: Path, passage: str) -> None:
    (claim,) = reading(tmp_path, expected=passage).claims
    assert (claim.status, claim.rule) == ("planned", "section/expected")


def test_the_impact_reports_as_of_the_latest_assessment(tmp_path: Path) -> None:
    (claim,) = reading(tmp_path, results=dated("Työ eteni."), impact="Tiimimalli vakiinnutettiin.").claims
    assert (claim.period, claim.section, claim.status) == ("2022-autumn", "impact", "established")


def test_a_line_that_stands_again_under_an_earlier_heading_repeats(tmp_path: Path) -> None:
    line = "Kajaanissa otettiin käyttöön tiimimalli ja kokeiltiin IPC:tä."
    results = dated(line, "Oma-arviointi 2023") + dated(f"{line}\n\nEtsivä lähityö alkoi.", "Oma-arviointi 2022")
    found = reading(tmp_path, results=results).claims
    again = {(claim.period, claim.model): claim.repeats for claim in found}
    first = {claim.model: claim.id for claim in found if claim.period == "2023"}
    assert again == {
        ("2023", TEAM): None,
        ("2023", IPC): None,
        ("2022", TEAM): first[TEAM],
        ("2022", IPC): first[IPC],
        ("2022", LAHI): None,
    }


def test_a_line_that_differs_in_a_word_repeats_nothing(tmp_path: Path) -> None:
    results = dated("Tiimimalli otettiin käyttöön.", "Oma-arviointi 2023") + dated(
        "Tiimimalli otettiin jo käyttöön.", "Oma-arviointi 2022"
    )
    assert [claim.repeats for claim in reading(tmp_path, results=results).claims] == [None, None]


@pytest.mark.parametrize(
    ("passage", "expected"),
    [
        ("Tiimimalli otettiin käyttöön Tuusulan mallin mukaisesti.", Relations(origin="municipality/tuusula")),
        ("Tiimimalli valmisteltiin yhdessä HUSin kanssa.", Relations(partners=("organisation/hus",))),
        ("Tiimimallia pilotoitiin yhteistyössä HUSin kanssa.", Relations(partners=("organisation/hus",))),
        ("Tiimimallin kehittäminen jatkuu RRP-hankkeessa.", Relations(continues=("project/rrp",))),
        (
            "Tiimimallin käyttöönotto siirtyi osaksi Suomen kestävän kasvun ohjelmaa.",
            Relations(continues=("programme/suomen-kestavan-kasvun-ohjelma",)),
        ),
        ("Tiimimalli otettiin käyttöön Kajaanissa.", Relations()),
        ("Tiimimalli otettiin käyttöön.", Relations()),
    ],
)
def test_origin_partner_and_follow_on_are_read(tmp_path: Path, passage: str, expected: Relations) -> None:
    (claim,) = claims(tmp_path, passage)
    assert claim.relations == expected


def test_the_projects_own_programme_is_no_follow_on(tmp_path: Path) -> None:
    title = "Kainuu: tulevaisuuden sote-keskus"
    (claim,) = claims(tmp_path, "Tiimimallin kehittäminen jatkuu Tulevaisuuden sote-keskus -ohjelmassa.", title=title)
    assert claim.relations == Relations()


def test_what_a_weaker_claim_tells_beside_its_status_is_kept(tmp_path: Path) -> None:
    passage = "Tiimimallia kehitettiin yhdessä HUSin kanssa.\n\nTiimimalli otettiin käyttöön 12 asemalla."
    (claim,) = claims(tmp_path, passage)
    assert (claim.status, claim.relations.partners) == ("adopted", ("organisation/hus",))
    assert [(each.what, each.value) for each in claim.measures] == [("yksiköt", "12")]


@pytest.mark.parametrize(
    ("passage", "expected"),
    [
        ("Tiimimalliin koulutettiin 27 osaajaa.", [Measure("koulutetut osaajat", "27", "henkilö")]),
        ("Tiimimallissa palveltiin 2 364 asiakasta.", [Measure("palvellut asiakkaat", "2364", "asiakas")]),
        ("Tiimimallissa palveltiin 12\u00a0364 asiakasta.", [Measure("palvellut asiakkaat", "12364", "asiakas")]),
        ("Tiimimallia käytti yli 70 % asiakkaista.", [Measure("osuus", "70", "%", None, "over")]),
        ("Tiimimallia käytti noin 12,5 prosenttia asiakkaista.", [Measure("osuus", "12.5", "%", None, "about")]),
        ("Tiimimallia käytti alle 40 asiakasta.", [Measure("palvellut asiakkaat", "40", "asiakas", None, "under")]),
        ("Tiimimallin käyntimäärät vähentyivät noin puolella.", [Measure("käyntimäärät", "50", "%", "down", "about")]),
        ("Tiimimallissa hoidon jatkuvuus parantui.", [Measure("hoidon jatkuvuus", None, None, "improved")]),
        ("Tiimimalli otettiin käyttöön vuonna 2022 asemalla.", []),
        ("Tiimimalli otettiin käyttöön 1.9.2022 asiakkaiden toiveesta.", []),
        ("Tiimimalli otettiin käyttöön.", []),
    ],
)
def test_figures_and_directions_are_read(tmp_path: Path, passage: str, expected: list[Measure]) -> None:
    (claim,) = claims(tmp_path, passage)
    assert list(claim.measures) == expected


def test_a_figure_alone_tells_of_use(tmp_path: Path) -> None:
    (claim,) = claims(tmp_path, "Tiimimallissa on 300 asiakasta.")
    assert (claim.status, claim.rule, claim.weak) == ("adopted", "measure", True)


TEXTS = [
    "Kajaanissa otettiin käyttöön tiimimalli, IPC ja CoolKids.",
    "Asemilla koulutettiin osaajia. Menetelminä ovat IPC ja CoolKids.",
    "•\u00a0 Äitiys – ”hyvä” 😀: etsivää lähityötä\u00a0kokeiltiin.\n\n• Voimaperheiden valmennus alkoi.",
    "Tiimimallia pilotoitiin. Malli vakiinnutettiin.",
    "IPC-koulutusta ei aloitettu, mutta Omatiimi-toimintamallia kokeiltiin Kuhmossa ja Sotkamossa.",
]


@pytest.mark.parametrize("passage", TEXTS)
def test_the_evidence_holds_the_models_name_and_lies_on_its_line(tmp_path: Path, passage: str) -> None:
    read = reading(tmp_path, results=dated(passage), aim="Äiti\u00a0ja isä: tiimimalli 😀.")
    assert len(read.claims) >= 2
    for claim in read.claims:
        named = [mention.entry.id for mention in lexicon().find_models.find(read.page.text, claim.start, claim.end)]
        assert claim.model in named
        assert read.page.text[claim.start : claim.end].strip() == quote(read, claim)
        assert read.page.line(claim.start) <= claim.line <= read.page.line(claim.end)


def test_the_evidence_reaches_from_the_model_to_its_word(tmp_path: Path) -> None:
    read = reading(tmp_path, results=dated("Asemilla tiimimalli on nyt laajasti käytössä kaikkialla."))
    (claim,) = read.claims
    assert quote(read, claim) == "tiimimalli on nyt laajasti käytössä"


def test_claims_come_in_the_order_of_the_text_and_name_what_they_are_of(tmp_path: Path) -> None:
    read = reading(
        tmp_path, results=dated("Kuhmossa on käytössä IPC.\n\nTiimimalli otettiin käyttöön."), aim="Etsivä lähityö."
    )
    assert [claim.id for claim in read.claims] == [
        f"claim/{SLUG}-plan-etsiva-lahityo-kainuu",
        f"claim/{SLUG}-2022-autumn-ipc-kuhmo",
        f"claim/{SLUG}-2022-autumn-tiimimalli-kainuu",
    ]
    assert AUTUMN in read.page.text
