"""What a sentence is about: the model before it, something that no table knows, another region, or nothing of the project's."""

from __future__ import annotations

from pathlib import Path

import pytest
from page_factory import claims, dated, reading

from graph.claims import Claim

KAINUU, KAJAANI, KUHMO, SOTKAMO = "region/kainuu", "municipality/kajaani", "municipality/kuhmo", "municipality/sotkamo"


def told(found: list[Claim]) -> set[tuple[str, str, str]]:
    """Return model, place and status of each claim."""
    return {(claim.model.partition("/")[2], claim.place, claim.status) for claim in found}


@pytest.mark.parametrize(
    ("later", "place", "status"),
    [
        ("Kuhmossa käynnistäminen kariutui rahapulaan.", KUHMO, "not-started"),
        ("Sen sijaan Kuhmossa kokeilua ei jatkettu.", KUHMO, "discontinued"),
        ("Myös Kuhmossa sitä kokeillaan.", KUHMO, "piloted"),
        ("Elokuussa Kuhmossa työtapaan siirtyi kolme asemaa.", KUHMO, "adopted"),
        ("Keväällä samaan työtapaan siirtyi Kuhmo.", KUHMO, "adopted"),
        ("Kuhmossa toiminta sai vakinaisen henkilöstön.", KUHMO, "established"),
    ],
)
def test_a_place_and_a_word_for_it_mean_the_model_before(tmp_path: Path, later: str, place: str, status: str) -> None:
    found = claims(tmp_path, f"Tiimimalli otettiin käyttöön Kajaanissa. {later}")
    assert told(found) == {("tiimimalli", KAJAANI, "adopted"), ("tiimimalli", place, status)}


@pytest.mark.parametrize(
    "later",
    [
        "Kuhmossa Virta-malli lopetettiin.",
        "Aikamatka-sovellus avattiin Kuhmossa. Kuhmossa kokeilu lopetettiin.",
        "Aiemmin se oli käytössä Kuhmossa.",
    ],
)
def test_what_is_said_of_something_else_or_of_earlier_is_not_said_of_the_model(tmp_path: Path, later: str) -> None:
    found = claims(tmp_path, f"Tiimimalli otettiin käyttöön Kajaanissa. {later}")
    assert told(found) == {("tiimimalli", KAJAANI, "adopted")}


@pytest.mark.parametrize(
    "passage",
    [
        "Terapiat etulinjaan -hankkeen asiantuntijat ovat kouluttaneet johtoa.",
        "Oulussa tiimimalli vakinaistettiin aiemmin.",
        "Kyseessä on tiimimalli, jota kehitetään.",
        "Työpajoihin kutsuttiin asiakasraatien edustajia.",
        "Ankkuri-toiminta ei sisälly tähän hankkeeseen.",
    ],
)
def test_what_is_no_claim_of_the_project_is_none(tmp_path: Path, passage: str) -> None:
    assert claims(tmp_path, passage) == []
    assert [claim for claim in reading(tmp_path, background=passage).claims if claim.status != "planned"] == []


def test_a_region_elsewhere_that_lent_its_model_leaves_the_claim(tmp_path: Path) -> None:
    found = claims(tmp_path, "Oulussa kehitetty tiimimalli otettiin käyttöön.")
    assert told(found) == {("tiimimalli", KAINUU, "adopted")}


def test_the_name_of_a_part_of_the_project_is_no_goal(tmp_path: Path) -> None:
    read = reading(tmp_path, purpose="• OH1 Vastaanotot ja asiakasohjaus\n• Tiimimalli otetaan käyttöön")
    assert {claim.model for claim in read.claims} == {"model/tiimimalli"}


@pytest.mark.parametrize(
    "passage", ["Omaolon oirearviot otettiin käyttöön.", "Omaolo otettiin käyttöön. Oirearvioita tehtiin 900."]
)
def test_a_word_for_the_wider_kind_means_the_service_beside_it(tmp_path: Path, passage: str) -> None:
    assert told(claims(tmp_path, passage)) == {("omaolo", KAINUU, "adopted")}


def test_a_wider_kind_in_the_elative_only_leads_to_the_method(tmp_path: Path) -> None:
    found = claims(tmp_path, "Nuorten psykososiaalisista menetelmistä IPC otettiin käyttöön.")
    assert told(found) == {("ipc", KAINUU, "adopted")}


def test_work_that_goes_on_in_another_project_is_no_use(tmp_path: Path) -> None:
    (claim,) = claims(tmp_path, "Tiimimallia pilotoitiin. Työ jatkuu RRP-hankkeessa.")
    assert (claim.status, claim.relations.continues) == ("piloted", ("project/rrp",))


@pytest.mark.parametrize(
    ("passage", "expected"),
    [
        ("Chatbot vastasi joka toiseen kysymykseen.", {("chatbot", KAINUU, "adopted")}),
        ("Kajaanissa chatbot vastasi joka toiseen kysymykseen.", {("chatbot", KAJAANI, "adopted")}),
        ("Chatbotin ääni kuulosti monesta oudolta.", set()),
        ("Chatbotista puhuttiin kahvilla pitkään.", set()),
        ("Chatbot ei huvita ketään meistä.", set()),
        ("Chatbot", set()),
    ],
)
def test_a_sentence_that_a_model_begins_tells_of_its_use(
    tmp_path: Path, passage: str, expected: set[tuple[str, str, str]]
) -> None:
    assert told(claims(tmp_path, passage)) == expected


def test_the_model_of_the_sentence_before_keeps_its_words(tmp_path: Path) -> None:
    found = claims(tmp_path, "Terapianavigaattoria pilotoitiin. RAI-arviointien kattavuus nousi.")
    assert told(found) == {("terapianavigaattori", KAINUU, "piloted"), ("rai-jarjestelma", KAINUU, "adopted")}


def test_a_coaching_is_no_training_of_staff(tmp_path: Path) -> None:
    assert told(claims(tmp_path, "IPS-työhönvalmennus käynnistyi.")) == {("ips-sijoita-ja-valmenna", KAINUU, "adopted")}


def test_an_intention_reaches_into_its_clause(tmp_path: Path) -> None:
    assert told(claims(tmp_path, "Tarkoitus on, että tiimimalli aloittaa keväällä.")) == {
        ("tiimimalli", KAINUU, "planned")
    }


@pytest.mark.parametrize(
    ("passage", "places"),
    [
        ("Kajaanissa tiimimallia kokeiltiin Otanmäessä.", {"area/otanmaki"}),
        ("Tiimimalli on käytössä muualla paitsi Kajaanissa.", {KAINUU}),
        ("Tiimimallia käytti 63 prosenttia, Kajaanissa jo puolet.", {KAINUU}),
        ("Tiimimallia käytti 300 asukasta, joista moni Kajaanin ulkopuolelta.", {KAINUU}),
        ("Tiimimallia kokeillaan Kajaanin esimerkin mukaan Kuhmossa.", {KUHMO}),
        ("Tiimimallia kokeillaan kahdessa kunnassa: Kajaanissa ja Kuhmossa.", {KAJAANI, KUHMO}),
        ("Tiimimallia laajennetaan Kajaanin jälkeen Kuhmoon.", {KUHMO}),
    ],
)
def test_the_place_is_where_the_model_is(tmp_path: Path, passage: str, places: set[str]) -> None:
    assert {claim.place for claim in claims(tmp_path, passage)} == places


def test_the_owner_of_a_model_that_spreads_is_not_where_it_spreads(tmp_path: Path) -> None:
    (claim,) = reading(tmp_path, aim="Kajaanin tiimimallia levitetään muille asemille.").claims
    assert (claim.place, claim.status) == (KAINUU, "planned")


def test_what_a_place_has_already_is_beside_the_goal_for_the_region(tmp_path: Path) -> None:
    read = reading(tmp_path, background="Kajaanissa on otettu tiimimalli käyttöön.", aim="Tiimimalli otetaan käyttöön.")
    assert told(read.claims) == {("tiimimalli", KAJAANI, "adopted"), ("tiimimalli", KAINUU, "planned")}


def test_two_places_of_one_sentence_are_told_apart(tmp_path: Path) -> None:
    found = claims(tmp_path, "Tiimimalli laajennettiin Kajaanissa ja Kuhmossa se otettiin käyttöön.")
    assert told(found) == {("tiimimalli", KAJAANI, "scaled"), ("tiimimalli", KUHMO, "adopted")}
    results = dated("• Perhekeskus: Kuhmon perhekeskus avasi ovensa, ja Kajaanissa toiminta vakinaistettiin.")
    assert told(reading(tmp_path, results=results).claims) == {
        ("perhekeskus", KUHMO, "adopted"),
        ("perhekeskus", KAJAANI, "established"),
    }


def test_there_is_the_place_named_last(tmp_path: Path) -> None:
    found = claims(tmp_path, "Omaolo on käytössä Kuhmossa. Myös kotisairaala toimii pelkästään siellä.")
    assert told(found) == {("omaolo", KUHMO, "adopted"), ("kotisairaala", KUHMO, "adopted")}


@pytest.mark.parametrize(
    "later", ["Muihin kuntiin sitä suunnitellaan.", "Mallin vieminen muihin kuntiin on tavoitteena."]
)
def test_other_places_are_the_region(tmp_path: Path, later: str) -> None:
    found = claims(tmp_path, f"Tiimimalli otettiin käyttöön Kajaanissa. {later}")
    assert told(found) == {("tiimimalli", KAJAANI, "adopted"), ("tiimimalli", KAINUU, "planned")}


def test_what_others_lack_is_no_word_against_a_place(tmp_path: Path) -> None:
    found = claims(tmp_path, "Cool Kids -ryhmiä on vedetty Kajaanissa, mutta muissa kunnissa toiminta ei ole alkanut.")
    assert told(found) == {("coolkids", KAJAANI, "adopted")}


@pytest.mark.parametrize(
    "sentence",
    [
        "Perhekeskukseen tehtiin tutustumiskäynti Siilinjärvelle.",
        "Samaan aikaan käynnistyy työkykyohjelma, jonka vastuulla IPS-työhönvalmennus on.",
        "Muistikoordinaattorit arvioivat, että omaisten jaksaminen on kohentunut.",
    ],
)
def test_a_visit_the_task_of_others_and_an_opinion_claim_nothing(tmp_path: Path, sentence: str) -> None:
    assert claims(tmp_path, sentence) == []


@pytest.mark.parametrize(
    "later",
    [
        "Tuikkutupa jatkuu Kuhmossa, ja Sotkamossa se avattiin syksyllä.",
        "Kuhmossa suunniteltu vanhempien ilta jouduttiin perumaan.",
        "Perheiden Lystilästä tuli pysyvä. Toiminta laajeni Kuhmoon.",
        "Kuhmossa lääkärit kaipaavat mallista lisätietoa.",
    ],
)
def test_a_sentence_with_a_subject_of_its_own_is_not_of_the_model_before(tmp_path: Path, later: str) -> None:
    assert told(claims(tmp_path, f"Ohjaamo avattiin Kajaanissa. {later}")) == {("ohjaamo-toiminta", KAJAANI, "adopted")}


def test_a_sentence_that_names_its_subject_first_is_about_it_to_its_end(tmp_path: Path) -> None:
    found = claims(tmp_path, "Cool Kidsin kohdalla ollaan jäljessä, sillä ryhmiä on pidetty vain Kuhmossa.")
    assert {(claim.model, claim.place) for claim in found} == {("model/coolkids", KUHMO)}


def test_an_adjective_tells_the_place(tmp_path: Path) -> None:
    found = claims(tmp_path, "Lapset puheeksi on käytössä neljässä sotkamolaisessa päiväkodissa.")
    assert told(found) == {("lapset-puheeksi", SOTKAMO, "adopted")}


def test_a_year_behind_the_report_is_a_plan(tmp_path: Path) -> None:
    found = claims(tmp_path, "Tiimimalli on kuvattu.\n\nTiimimallin käyttöönotto alkaen 2024.")
    assert {claim.status for claim in found} <= {"planned", "prepared"}


def test_what_was_trained_before_the_project_was_done(tmp_path: Path) -> None:
    found = reading(tmp_path, background="Kuhmoon koulutettiin neljä Lapset puheeksi -kouluttajaa.").claims
    assert told(found) == {("lapset-puheeksi", KUHMO, "in-introduction")}


def test_a_service_that_is_a_coaching_can_end(tmp_path: Path) -> None:
    assert told(claims(tmp_path, "Elintapavalmennus päättyi kesällä.")) == {
        ("elintapavalmennus", KAINUU, "discontinued")
    }


@pytest.mark.parametrize(
    "sentence",
    [
        "Tulokset viedään asiakasraatien arvioitaviksi.",
        "Ohje annettiin asiakasraadin kommentoitavaksi.",
        "Hankkeesta osallistutaan Ankkuri-tiimin palavereihin, joista on sovittu.",
        "Hankkeessa hyödynnetään työkykyohjelmaa, jonka IPS-valmentajien kokemuksia kuullaan.",
        "Nuorten iltavastaanotto siirtyi Kuhmossa perhekeskuksen pysyväksi palveluksi.",
        "Kotikäynnit ovat nyt osa perhekeskuksen perustoimintaa.",
        "Siidapolku-perhevalmennusta pilotoitiin Kuhmossa.",
        "Kotiutustiimi Ketterä vakinaistettiin Kajaanissa.",
        "Psykososiaalisten menetelmien osaajia alueella ei juuri ole.",
        "Perhekeskusten kehittämisestä vastaavaa koordinaattoria ei ole.",
    ],
)
def test_what_only_has_to_do_with_a_model_is_no_claim_of_it(tmp_path: Path, sentence: str) -> None:
    assert claims(tmp_path, sentence) == []


@pytest.mark.parametrize(
    ("passage", "expected"),
    [
        ("Tiimimallia kehitetään yhdessä Kajaanin AMK:n kanssa.", {("tiimimalli", KAINUU, "prepared")}),
        ("Tiimimallia on alettu suunnitella Kuhmon käytäntöjen pohjalta.", {("tiimimalli", KAINUU, "prepared")}),
        (
            "IPC on käytössä kaikissa yläkouluissa, CoolKids toistaiseksi ainoastaan Kuhmossa.",
            {("ipc", KAINUU, "adopted"), ("coolkids", KUHMO, "adopted")},
        ),
        (
            "Tiimimallia laajennetaan kaikissa ryhmissä, ja kiertävää Kyläpiste-vastaanottoa kokeillaan Kuhmossa.",
            {("tiimimalli", KAINUU, "scaled")},
        ),
        (
            "Asiakasvastaavatoiminta laajeni Kajaanista Kuhmoon, ja nimettyjä asiakasvastaavia on nyt 18.",
            {("asiakasvastaava", KUHMO, "scaled")},
        ),
        ("Omaolo on otettu käyttöön Kuhmossa, ja oirearvioita tehtiin 1 150.", {("omaolo", KUHMO, "adopted")}),
        ("Ulkosaaristossa tiimimalli otettiin käyttöön.", {("tiimimalli", "area/kainuu-ulkosaaristo", "adopted")}),
    ],
)
def test_a_place_counts_for_the_name_that_it_stands_with(
    tmp_path: Path, passage: str, expected: set[tuple[str, str, str]]
) -> None:
    assert told(claims(tmp_path, passage)) == expected


@pytest.mark.parametrize(
    ("passage", "expected"),
    [
        (
            "Tiimimalli laajeni Kajaaniin. Kuhmossa lääkäripula pysäytti valmistelun, eikä uutta työtapaa päästy aloittamaan.",
            {("tiimimalli", KAJAANI, "scaled"), ("tiimimalli", KUHMO, "not-started")},
        ),
        (
            "Ppt-toimintamalli saatiin kuvattua, mutta sitä ei ehditty ottaa käyttöön.",
            {("paljon-palveluja-tarvitsevat-ppt", KAINUU, "prepared")},
        ),
        (
            "Tiimimalli on käytössä Kajaanissa. Viimeisenä mukaan tuli Kuhmo, jossa mallin mukainen työ alkoi.",
            {("tiimimalli", KAJAANI, "adopted"), ("tiimimalli", KUHMO, "adopted")},
        ),
        ("Etsivää lähityötä ei saatu käynnistettyä.", {("etsiva-lahityo", KAINUU, "not-started")}),
        ("CoolKids-koulutus jouduttiin perumaan.", {("coolkids", KAINUU, "not-started")}),
        ("Ensimmäiset IPC-koulutettavat aloittivat.", {("ipc", KAINUU, "in-introduction")}),
        ("Tiimimallin käyttöönotto jää seuraavalle hankkeelle.", {("tiimimalli", KAINUU, "prepared")}),
        ("Vastaanottojen kehittäminen jatkuu, ja tiimimallin aikataulu on venynyt.", set()),
    ],
)
def test_a_clause_counts_with_what_stands_right_behind_it(
    tmp_path: Path, passage: str, expected: set[tuple[str, str, str]]
) -> None:
    assert told(claims(tmp_path, passage)) == expected


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("Tiimimalli otettiin testattavaksi Kuhmossa.", ("tiimimalli", KUHMO, "piloted")),
        ("Kajaanissa laadittiin vuosikello osana perhekeskuksen kehittämistä.", ("perhekeskus", KAJAANI, "prepared")),
    ],
)
def test_what_is_tried_or_worked_on_is_no_mere_part(
    tmp_path: Path, sentence: str, expected: tuple[str, str, str]
) -> None:
    assert expected in told(claims(tmp_path, sentence))
