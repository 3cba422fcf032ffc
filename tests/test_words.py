"""Finnish words: forms of a name and near misses, sentences, clauses, and the patterns of the tables."""

from __future__ import annotations

import pytest

from graph.sentences import clauses, sentences
from graph.words import Name, joined, lower, pattern, tokens

HEADS = frozenset({"toimintamalli", "menetelmä", "koulutus", "verkosto", "asiantuntija", "osaaja", "pilotti"})


def named(label: str, text: str, *, proper: bool = False) -> str | None:
    """Return what a name covers where it begins with the first word of a text, or None."""
    words = tokens(text)
    last = Name.of(label, proper=proper).fits(text, words, 0, HEADS)
    return text[: words[last - 1].end] if last else None


@pytest.mark.parametrize(
    ("label", "form"),
    [
        # consonant gradation
        ("Hanko", "Hangossa"),
        ("Hanko", "Hankoon"),
        ("Turku", "Turussa"),
        ("Turku", "Turkuun"),
        ("Helsinki", "Helsingin"),
        ("Vihti", "Vihdistä"),
        ("Lahti", "Lahdessa"),
        ("Toholampi", "Toholammin"),
        ("Toholampi", "Toholampea"),
        ("Iitti", "Iitin"),
        ("Kittilä", "Kittilässä"),
        ("Apu-nappi", "Apu-napin"),
        ("Zekki", "Zekkiä"),
        # vowels at the end of the stem
        ("Seinäjoki", "Seinäjoella"),
        ("Pyhäjoki", "Pyhäjoen"),
        ("Rovaniemi", "Rovaniemellä"),
        ("Ristijärvi", "Ristijärveltä"),
        ("Äänekoski", "Äänekosken"),
        ("Kokkola", "Kokkolaan"),
        ("Porvoo", "Porvoosta"),
        ("Porvoo", "Porvooseen"),
        ("Hyvinkää", "Hyvinkäältä"),
        ("Raahe", "Raahessa"),
        ("Tampere", "Tampereella"),
        ("Kannus", "Kannuksen"),
        ("Vihannes", "Vihanneksia"),
        ("Kauniainen", "Kauniaisissa"),
        ("Kauniainen", "Kauniaisten"),
        # number, case, possessive, clitic
        ("Tiimimalli", "tiimimalli"),
        ("Tiimimalli", "TIIMIMALLIN"),
        ("Tiimimalli", "tiimimalleja"),
        ("Tiimimalli", "tiimimalleissakin"),
        ("Tiimimalli", "tiimimallikaan"),
        ("Etävastaanotto", "etävastaanottoja"),
        ("Etävastaanotto", "etävastaanotoille"),
        ("Lyhytterapia", "lyhytterapioita"),
        ("Asiakasohjaus", "asiakasohjauksesta"),
        ("Asiakasohjaus", "asiakasohjausta"),
        ("Verkkoauttaminen", "verkkoauttamisella"),
        ("Palvelutarjotin", "palvelutarjottimen"),
        ("Voimaperheet", "Voimaperheiden"),
        ("Voimaperheet", "Voimaperheissä"),
        ("Voimaperheet", "voimaperheet"),
        ("Etsivä lähityö", "etsivää lähityötä"),
        ("Etsivä lähityö", "Etsivän lähityön"),
        ("Monialainen tiimi", "monialaisten tiimien"),
        # compounds and hyphens
        ("Tiimimalli", "tiimimalliverkosto"),
        ("Tiimimalli", "tiimimalliverkostossa"),
        ("Tiimimalli", "tiimimalliasiantuntijoita"),
        ("Lapset puheeksi", "Lapset puheeksi"),
        ("Lapset puheeksi", "lapset\u00a0puheeksi"),
        ("Lapset puheeksi", "lapset – puheeksi"),
        ("Oma tiimi", "”Oma” tiimi"),
        ("IPC", "IPC"),
        ("CoolKids", "CoolKidsin"),
    ],
)
def test_a_form_of_a_name_is_the_name(label: str, form: str) -> None:
    found = named(label, form)
    assert found is not None
    assert found.strip("”") == form.strip("”")


@pytest.mark.parametrize(
    ("label", "other"),
    [
        ("Hanko", "Hanke"),
        ("Hanko", "Hankkeen"),
        ("Hanko", "Hankinta"),
        ("Perho", "Perhe"),
        ("Perho", "Perheet"),
        ("Perho", "Perheiden"),
        ("Lahti", "Lahtelainen"),
        ("Vaasa", "Vaasalaiset"),
        ("Turku", "Turkulainen"),
        ("Iitti", "Iisalmi"),
        ("Kemi", "Kemijärvi"),
        ("Eura", "Eurajoki"),
        ("Perhojoki", "Perhonjoki"),
        ("Pohjanmaa", "Pohjoinen"),
        ("Suunte", "suuntaan"),
        ("Suunte", "suuntautuu"),
        ("Tiimimalli", "tiimi"),
        ("Tiimimalli", "tiimityö"),
        ("Tiimimalli", "tiimimallinnus"),
        ("Tiimimalli", "hoitotiimimalli"),
        ("Voimaperheet", "voimavara"),
        ("Omatiimi", "oma tiimi"),
        ("Omatiimi", "omatila"),
        ("Palvelutarjotin", "palvelutarjonta"),
        ("Palvelutarjotin", "palvelutarjoaja"),
        ("Etävastaanotto", "etävastaava"),
        ("Chat", "chatbot"),
        ("Lapset puheeksi", "lapset"),
        ("Lapset puheeksi", "lapset otetaan puheeksi"),
        ("Lapset puheeksi", "lapset, puheeksi"),
        ("Lapset puheeksi", "lapset.\nPuheeksi"),
        ("Lapset puheeksi", "lapset\npuheeksi"),
        ("Etsivä lähityö", "etsivä nuorisotyö"),
    ],
)
def test_a_near_miss_is_another_word(label: str, other: str) -> None:
    assert named(label, other) is None


@pytest.mark.parametrize(
    ("text", "found"), [("Vaala", "Vaala"), ("Vaalassa", "Vaalassa"), ("vaalassa", None), ("vaala", None)]
)
def test_a_proper_name_needs_its_capital(text: str, found: str | None) -> None:
    assert named("Vaala", text, proper=True) == found


def test_a_label_without_a_capital_needs_none() -> None:
    assert named("jokilaaksot", "jokilaaksoissa", proper=True) == "jokilaaksoissa"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("RAI", "RAI"),
        ("RAI-arviointi", "RAI"),
        ("rai-arviointi", "rai"),
        ("rai", None),
        ("Rai", None),
        ("raita", None),
        ("RAIn", "RAIn"),
    ],
)
def test_an_acronym_is_told_by_its_capitals_or_a_hyphen(text: str, found: str | None) -> None:
    assert named("RAI", text) == found


def test_an_acronym_is_short_and_alone() -> None:
    assert Name.of("IPC").acronym
    assert not Name.of("Chat").acronym
    assert not Name.of("IPC ja CBT").acronym
    assert not Name.of("KAAPOKESKUS").acronym


def test_the_bare_end_leaves_the_second_part_of_a_compound_out() -> None:
    text = "tiimimalliverkostossa"
    name = Name.of("Tiimimalli")
    assert name.bare_end(tokens(text)[0]) == len("tiimimalli")
    assert name.bare_end(tokens("tiimimallissa")[0]) == len("tiimimallissa")


def test_tokens_hold_their_place_in_the_whole_text() -> None:
    text = "Åland, IPC-malli\u00a02022"
    found = tokens(text, 7)
    assert [text[token.start : token.end] for token in found] == ["IPC", "malli", "2022"]
    assert [token.low for token in found] == ["ipc", "malli", "2022"]
    assert [token.text for token in tokens(text, 0, 9)] == ["Åland", "IP"]


@pytest.mark.parametrize("text", ["ÄITI", "İstanbul", "Straße", "ﬁ"])
def test_small_letters_stand_where_the_capitals_stood(text: str) -> None:
    assert len(lower(text)) == len(text)
    assert lower("ÄITI") == "äiti"


@pytest.mark.parametrize(
    ("between", "together"),
    [(" ", True), (" -", True), ("\u00a0–", True), (", ", False), (". ", False), ("\n", False), (" \t  -", False)],
)
def test_words_stand_side_by_side(between: str, *, together: bool) -> None:
    text = f"yksi{between}kaksi"
    one, other = tokens(text)
    assert joined(text, one, other) is together


def split(text: str) -> list[str]:
    return [text[start:end] for start, end in sentences(text, 0, len(text))]


@pytest.mark.parametrize(
    "text",
    [
        "Mukana olivat mm. Kajaani ja Kuhmo.",
        "Malli otettiin käyttöön esim. Kajaanissa.",
        "Kokeilu alkoi 1.9.2022 Kajaanissa.",
        "Kokeilu alkoi 1. syyskuuta.",
        "Kasvua oli n. 20 prosenttia.",
        "Mukana oli 3. vaiheen kuntia.",
        "Versio 2.0 otettiin käyttöön.",
        "Malli otettiin käyttöön 31.12.2022. mennessä.",
        "Tietoa on osoitteessa esimerkki.fi ja muualla.",
        "Kajaani, Kuhmo ym. Kainuun kunnat osallistuivat.",
        "Tuloksena oli kolme mallia: tiimimalli, IPC ja CoolKids.",
    ],
)
def test_one_sentence_stays_whole(text: str) -> None:
    assert split(text) == [text]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Malli otettiin käyttöön. Työ jatkuu.", ["Malli otettiin käyttöön.", "Työ jatkuu."]),
        ("Onnistuiko kokeilu? Kyllä! Hyvin.", ["Onnistuiko kokeilu?", "Kyllä!", "Hyvin."]),
        ("Kokeilu päättyi vuonna 2022. Malli jäi.", ["Kokeilu päättyi vuonna 2022.", "Malli jäi."]),
        ("Hän sanoi: ”Toimii.” Työ jatkuu.", ["Hän sanoi: ”Toimii.”", "Työ jatkuu."]),
        ("(Kokeilu päättyi.) Työ jatkuu.", ["(Kokeilu päättyi.)", "Työ jatkuu."]),
        ("  Alku.\u00a0\n Loppu  ", ["Alku.", "Loppu"]),
        ("Mallit ovat: \n• tiimimalli", ["Mallit ovat:", "• tiimimalli"]),
        ("Työ eteni… Se jatkuu...  Hyvin", ["Työ eteni… Se jatkuu...", "Hyvin"]),
        ("", []),
        ("   \n ", []),
    ],
)
def test_sentences_end_where_they_end(text: str, expected: list[str]) -> None:
    assert split(text) == expected


def test_sentences_keep_to_their_stretch_of_the_text() -> None:
    text = "Eka. Toka. Kolmas."
    assert [text[start:end] for start, end in sentences(text, 5, 10)] == ["Toka."]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Tiimimalli otettiin käyttöön", ["Tiimimalli otettiin käyttöön"]),
        (
            "Tiimimalli otettiin käyttöön, mutta IPC ei alkanut",
            ["Tiimimalli otettiin käyttöön,", "mutta IPC ei alkanut"],
        ),
        ("Tiimimalli otettiin käyttöön mutta IPC ei alkanut", ["Tiimimalli otettiin käyttöön", "mutta IPC ei alkanut"]),
        ("Tiimimalli, joka kehitettiin Kajaanissa, toimii", ["Tiimimalli,", "joka kehitettiin Kajaanissa, toimii"]),
        ("Malli otettiin käyttöön, kun kokeilu päättyi", ["Malli otettiin käyttöön,", "kun kokeilu päättyi"]),
        ("Malli toimii; kokeilu päättyi", ["Malli toimii;", "kokeilu päättyi"]),
        ("Malli toimii – kokeilu päättyi", ["Malli toimii –", "kokeilu päättyi"]),
        ("Kajaanissa, Kuhmossa ja Sotkamossa", ["Kajaanissa, Kuhmossa ja Sotkamossa"]),
        ("Vuosina 2020–2022 kokeiltiin tiimi-mallia", ["Vuosina 2020–2022 kokeiltiin tiimi-mallia"]),
        ("Kunnat, jokaiset omalla tavallaan", ["Kunnat, jokaiset omalla tavallaan"]),
    ],
)
def test_clauses_are_cut_at_conjunctions_and_relative_pronouns(text: str, expected: list[str]) -> None:
    assert [text[start:end] for start, end in clauses(text, 0, len(text))] == expected


@pytest.mark.parametrize(
    ("words", "text"),
    [
        ("käytössä", "malli on käytössä täällä"),
        ("KÄYTÖSSÄ", "käytössä"),
        ("ennaltaehkäis*", "ennaltaehkäisevä työ"),
        ("*pilotti", "chat-pilotti alkoi"),
        ("*pilotti", "kesäpilotti"),
        ("otettiin|otettu", "se otettu on"),
        ("otettiin ... käyttöön", "otettiin käyttöön"),
        ("otettiin ... käyttöön", "otettiin yksi kaksi kolme neljä viisi kuusi käyttöön"),
        ("osaksi perustyö* ; osaksi arki*", "siirtyi osaksi arkista työtä"),
        ("osaksi perustyö* ; osaksi arki*", "osaksi\u00a0perustyötä"),
        ("hoitoon pääsy*", "hoitoon – pääsyn"),
    ],
)
def test_a_pattern_finds_its_words(words: str, text: str) -> None:
    assert pattern(words).search(text)


@pytest.mark.parametrize(
    ("words", "text"),
    [
        ("käytössä", "käytössään"),
        ("käytössä", "jokakäytössä"),
        ("otettiin|otettu", "otettiinko"),
        ("ennaltaehkäis*", "ei ennalta ehkäisevä"),
        ("otettiin ... käyttöön", "otettiin yksi kaksi kolme neljä viisi kuusi seitsemän käyttöön"),
        ("otettiin ... käyttöön", "otettiin pois. malli tuli käyttöön"),
        ("otettiin ... käyttöön", "otettiin; sitten käyttöön"),
        ("ei johtanut", "ei kokeilu johtanut"),
        ("a.b", "axb"),
    ],
)
def test_a_pattern_finds_nothing_else(words: str, text: str) -> None:
    assert not pattern(words).search(text)
