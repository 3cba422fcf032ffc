"""Candidates: terms that look like models and stand in no table, with counts and places; and the row that one gets."""

from __future__ import annotations

import csv
import doctest
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from page_factory import dated, lexicon, page_text, reading, save

from graph import baseforms, newnames
from graph.baseforms import adjective, base_form, grammar, is_genitive
from graph.candidates import POSITIONS, Candidate, candidates
from graph.errors import CallError, LevikkiError, LexiconError
from graph.files import read_table
from graph.heads import load_heads
from graph.lexicon import FOLDER, entries, load
from graph.newnames import Term, find_terms
from graph.newrows import accept
from graph.pages import Page, read_page
from graph.words import Name

HEADS = load_heads()
ROWS = [row for _, row in read_table(FOLDER / "candidate-heads.csv", ["word", "role", "kind", "example", "gives"])]
LABELS = {"sv": "Ström-modellen", "en": "Stream model"}


def terms(text: str) -> list[Term]:
    return find_terms(text, 0, len(text), lexicon(), HEADS)


def sure(text: str) -> list[str]:
    return [term.name for term in terms(text) if not term.doubt]


def page(folder: Path, text: str, slug: str = "kainuun-koehanke", **given: str) -> Page:
    return read_page(save(folder, page_text(results=dated(text), **given), slug))


def listed(folder: Path, text: str) -> list[Candidate]:
    return candidates([page(folder, text)], lexicon())


def only(folder: Path, text: str) -> Candidate:
    found = listed(folder, text)
    assert len(found) == 1, [each.name for each in found]
    return found[0]


# The table


@pytest.mark.parametrize("row", ROWS, ids=[f"{row['role']}-{row['word']}" for row in ROWS])
def test_the_example_of_a_row_gives_what_it_says_and_only_with_the_row(row: dict[str, str]) -> None:
    wanted = [(row["gives"], row["kind"])] if row["gives"] else []
    less = replace(
        HEADS,
        roles={**HEADS.roles, row["role"]: HEADS.roles[row["role"]] - {row["word"]}},
        kinds={head: kind for head, kind in HEADS.kinds.items() if head != row["word"] or not row["kind"]},
    )
    text = row["example"]
    found = find_terms(text, 0, len(text), lexicon(), HEADS)
    without = find_terms(text, 0, len(text), lexicon(), less)
    kind = bool(row["kind"])
    assert [(term.name, term.kind if kind else row["kind"]) for term in found if not term.doubt] == wanted
    assert [(term.name, term.kind if kind else row["kind"]) for term in without if not term.doubt] != wanted


def test_a_wrong_role_and_a_second_row_are_told_with_file_and_line(tmp_path: Path) -> None:
    for bad in ("malli,hed,,Esimerkki,\n", "polku,stop,,Esimerkki,\npolku,stop,,Esimerkki,\n"):
        folder = shutil.copytree(FOLDER, tmp_path / str(len(bad)))
        path = folder / "candidate-heads.csv"
        before = path.read_text(encoding="utf-8")
        path.write_text(before + bad, encoding="utf-8")
        with pytest.raises(LexiconError) as caught:
            load_heads(folder)
        assert caught.value.where == f"{path}:{(before + bad).count(chr(10))}"
        assert "naming" in caught.value.hint


# Base forms


@pytest.mark.parametrize("module", [baseforms, newnames], ids=["baseforms", "newnames"])
def test_the_examples_of_the_docstrings_hold(module: object) -> None:
    failed, tried = doctest.testmod(module)  # type: ignore[arg-type]
    assert (failed, tried > 0) == (0, True)


@pytest.mark.parametrize(
    ("form", "base", "case", "plural"),
    [
        ("mallilla", "malli", "ll", False),
        ("malleilla", "malli", "ll", True),
        ("malliin", "malli", "Vn", False),
        ("malleihin", "malli", "Vn", True),
        ("mallien", "malli", "n", True),
        ("mallinsa", "malli", "", False),
        ("polut", "polku", "", True),
        ("polkuja", "polku", "a", True),
        ("työotteen", "työote", "n", False),
        ("työotetta", "työote", "a", False),
        ("työotteeseen", "työote", "Vn", False),
        ("menetelmiä", "menetelmä", "a", True),
        ("menetelmiin", "menetelmä", "Vn", True),
        ("menetelmää", "menetelmä", "a", False),
        ("menetelmin", "menetelmä", "in", True),
        ("mallein", "malli", "in", True),
        ("sovellusta", "sovellus", "a", False),
        ("sovelluksia", "sovellus", "a", True),
        ("monialaista", "monialainen", "a", False),
        ("chateissa", "chat", "ss", True),
    ],
)
def test_case_and_number_of_a_form_are_told(form: str, base: str, case: str, plural: bool) -> None:  # noqa: FBT001
    assert grammar(form, base) == (case, plural)


@pytest.mark.parametrize(
    ("written", "seen", "base"),
    [
        ("SisuTuvalla", {}, "SisuTuva"),
        ("SisuTuvalla", {"sisutupa": 2, "sisutuva": 1}, "SisuTupa"),
        ("Zekin", {"zekki": 1}, "Zekki"),
        ("Kipinässä", {}, "Kipinä"),
        ("Kipinää", {}, "Kipinä"),
        ("Tuikkeen", {}, "Tuike"),
        ("Luotaimesta", {}, "Luotain"),
        ("Vamoksen", {}, "Vamos"),
        ("Loisteinen", {}, "Loisteinen"),
        ("Kajasteisen", {}, "Kajasteinen"),
        ("Media", {}, "Media"),
        ("Kompassiin", {}, "Kompassi"),
        ("RIPPA", {}, "RIPPA"),
    ],
)
def test_the_base_form_of_an_unknown_name_is_guessed(written: str, seen: dict[str, int], base: str) -> None:
    assert base_form(written, seen) == base


def test_adjectives_and_genitives_are_told_from_verbs_and_illatives() -> None:
    assert [adjective(word) for word in ("sujuvaa", "päivän", "ikäihmisten", "suunnitellun")] == [
        "sujuva",
        None,
        None,
        "suunniteltu",
    ]
    assert all(is_genitive(word) for word in ("nuorten", "potilaan", "hankkeen", "kotiutumisen", "palvelujen"))
    assert not any(is_genitive(word) for word in ("kehitetään", "palveluihin", "hoitoon", "hyödyntäen", "laajemman"))


# What is found


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Alueella pilotoitiin Virta-mallia syksyllä.", ["Virta-malli"]),
        ("Asukkaille avattiin OmaKaari-palvelu.", ["OmaKaari-palvelu"]),
        ("Kuhmossa SisuTiimiä laajennettiin.", ["SisuTiimi"]),
        ("Kouluilla otettiin käyttöön monialainen arvioinnin malli.", ["monialainen arvioinnin malli"]),
        ("Työtä tehdään monialaisella arvioinnin mallilla.", ["monialainen arvioinnin malli"]),
        ("Perheille tarjottiin ”Sisukas arki” -mallia.", ["Sisukas arki -malli"]),
        ('Perheille luotiin malli nimeltä "Sisukas arki".', ["Sisukas arki"]),
        ("Käytössä on Sujuva arki -toimintamalli.", ["Sujuva arki -toimintamalli"]),
        ("Sujuva arki -mallia juurrutettiin.", ["Sujuva arki -malli"]),
        ("Uusi toimintamalli (Virta) otettiin käyttöön.", ["Virta"]),
        ("Työntekijät oppivat menetelmät (Tuike, Kaiku ja Rohkea mieli).", ["Tuike", "Kaiku", "Rohkea mieli"]),
        ("Ryhmä otti käyttöön varhaisen tuen ryhmän (VTR).", ["varhaisen tuen ryhmän (VTR)"]),
        ("Alueella kuvattiin muistipotilaan palvelupolku (MPP).", ["muistipotilaan palvelupolku (MPP)"]),
        ("Kunnissa kuvattiin lasten ja nuorten hoito- ja palveluketju.", ["lasten ja nuorten hoito- ja palveluketju"]),
        ("Porvoossa avattiin palvelu SisuTupa.", ["SisuTupa"]),
        ("Jyväskylän mallin mukainen työ aloitettiin.", ["Jyväskylän malli"]),
        ("Työssä kokeiltiin ystävälähete-toimintamallia.", ["ystävälähete-toimintamalli"]),
        ("Käyttöön otettiin ikäystävällinen liikkumispolku.", ["ikäystävällinen liikkumispolku"]),
        ("Asemilla alkoi RIPPA-koulutus.", ["RIPPA"]),
        ("Asiakkaalle nimetään työntekijä (vastuukummimalli).", ["vastuukummimalli"]),
    ],
)
def test_what_looks_like_a_model_is_found(text: str, names: list[str]) -> None:
    assert sure(text) == names


@pytest.mark.parametrize(
    "text",
    [
        "Toimintamalli, jossa asiakas kohdataan, kuvattiin.",
        "Hyvinvointialueen malli valmistuu.",
        "Alueen yhteinen toimintamalli otettiin käyttöön.",
        "Tavoitteena on asiakkaan sujuva hoitopolku.",
        "Työ on suunnitelmallista, ohjelmallista ja siirtyy matalammalle tasolle.",
        "Palveluissa yhtenäistettiin toimintatapoja ja -prosesseja.",
        "Valmennus Maija Meikäläisen johdolla alkoi.",
        "Hankkeessa toimi päällikkö Maija Meikäläinen (MM).",
        "Kaupungin palvelu Porvoossa sekä THL:n malli ja STM-ohjelma jatkuvat.",
        "Kokeilut jatkuvat Virta-hankkeen malleissa.",
        "Yhteistyö ENTER-hanketyössä jatkui.",
        "Uusia toimintamalleja ja vastuuhoitajamalleja kuvattiin.",
        "Mallinnettiin ikäihmisten palveluketjut.",
        "Ohjelma Helsingissä ja toiminta Kajaanissa laajenivat.",
        "Hoidon jatkuvuus (COCI) parani.",
        "Asiakkaan huomioiminen palvelupolulla ja työ etämenetelmin jatkuvat.",
    ],
)
def test_what_names_no_model_is_not_listed(text: str) -> None:
    assert sure(text) == []


@pytest.mark.parametrize(
    "text",
    [
        "Voimaperheet-toimintamallin käyttöönotto on onnistunut.",
        "Terveysasemilla on moniammatillinen tiimimalli.",
        "Kunnissa pilotoidaan etävastaanoton toimintamallia.",
        "Lapset puheeksi -menetelmää ja Hygga-mallia kokeiltiin.",
        "Perheille avattiin Omapolku-palvelu (Omapolku).",
    ],
)
def test_a_known_model_is_no_candidate(tmp_path: Path, text: str) -> None:
    assert listed(tmp_path, text) == []


def test_a_known_model_is_no_candidate_in_any_of_its_names(tmp_path: Path) -> None:
    names = [name for entry in lexicon().models.values() for name in entry.all_names()]
    text = "\n".join(f"Kunnissa otettiin käyttöön {name}." for name in names)
    known = {Name.of(name).words for name in names}
    assert [each.name for each in listed(tmp_path, text) if Name.of(each.name).words in known] == []


# Counts and places


def test_the_forms_of_a_name_are_one_candidate(tmp_path: Path) -> None:
    found = only(
        tmp_path,
        "Kuhmossa pilotoitiin vastuuhoitajamallia.\nVastuuhoitajamalli laajeni Kuhmossa.\n"
        "Vastuuhoitajamalleista ja niiden tuloksista keskusteltiin.\nKotihoidon vastuuhoitajamallin tulokset saatiin.",
    )
    assert (found.name, found.mentions, found.pages) == ("vastuuhoitajamalli", 4, 1)


def test_the_names_of_one_thing_are_one_candidate(tmp_path: Path) -> None:
    found = only(
        tmp_path,
        "Alueella pilotoitiin Virta-mallia.\nKunnissa alkoi Virta-koulutus.\nKylillä Virta -malli laajeni.\n"
        "Käyttöön otettiin toimintamalli (Virta).",
    )
    assert (found.name, found.mentions, found.proper) == ("Virta-malli", 4, True)
    assert set(found.rules) == {"hyphen", "brackets"}


def test_an_abbreviation_counts_with_its_name(tmp_path: Path) -> None:
    text = "Alueella kuvattiin muistipotilaan palvelupolku (MPP).\nAsemilla MPP-malli otettiin käyttöön."
    assert only(tmp_path, text).mentions == 2


def test_an_unknown_name_takes_the_base_form_that_occurs(tmp_path: Path) -> None:
    found = only(tmp_path, "Kylille avattiin palvelu SisuTupa.\nPalvelussa SisuTuvan neuvonta alkoi.")
    assert (found.name, found.mentions) == ("SisuTupa", 2)


def test_a_candidate_says_where_and_when(tmp_path: Path) -> None:
    text = (
        dated("Kuhmossa pilotoitiin Virta-mallia.")
        + "\n"
        + dated("Virta-mallia 😀 laajennettiin.", "Oma-arviointi 2021")
    )
    given = read_page(save(tmp_path, page_text(results=text, aim="Tavoitteena on kokeilla vanhaa Virta-mallia.")))
    found = candidates([given], lexicon())[0]
    assert found.periods == ("plan", "2021", "2022-autumn")
    assert found.places == ("region/kainuu", "municipality/kuhmo")
    assert [given.text[at.start : at.end] for at in found.positions] == ["Virta-mallia"] * 3
    assert [at.line for at in found.positions] == [given.line(at.start) for at in found.positions]
    assert {at.page for at in found.positions} == {given.slug}


def test_pages_are_read_one_by_one_and_counted(tmp_path: Path) -> None:
    alive: list[str] = []

    def stream() -> Iterator[Page]:
        for number in range(8):
            alive.append(f"sivu-{number}")
            yield page(tmp_path, "Alueella pilotoitiin Virta-mallia.", alive[-1])

    found = candidates(stream(), lexicon())[0]
    assert (found.mentions, found.pages, len(found.positions)) == (8, 8, POSITIONS)


def test_a_plural_is_listed_where_several_pages_have_it(tmp_path: Path) -> None:
    texts = [page(tmp_path, "Kunnissa kuvattiin vastuuhoitajamalleja.", f"sivu-{number}") for number in range(3)]
    assert candidates(texts[:2], lexicon()) == []
    assert [each.name for each in candidates(texts, lexicon())] == ["vastuuhoitajamalli"]


def test_mentions_pages_a_cue_and_a_name_raise_the_score(tmp_path: Path) -> None:
    plain = only(tmp_path, "Hankkeesta kerrottiin, mikä on vastuuhoitajamalli.")
    cued = only(tmp_path, "Asemilla pilotoitiin vastuuhoitajamallia.")
    twice = only(tmp_path, "Asemilla pilotoitiin vastuuhoitajamallia.\nKylillä otettiin käyttöön vastuuhoitajamalli.")
    named = only(tmp_path, "Asemilla pilotoitiin Virta-mallia.")
    pages = [page(tmp_path, "Asemilla pilotoitiin vastuuhoitajamallia.", f"sivu-{number}") for number in range(2)]
    assert plain.cued == 0
    assert cued.cued == 1
    assert plain.score < cued.score < twice.score < candidates(pages, lexicon())[0].score
    assert named.score > cued.score


def test_candidates_come_by_score(tmp_path: Path) -> None:
    found = listed(
        tmp_path,
        "Asemilla pilotoitiin Virta-mallia.\nKylillä Virta-malli laajeni.\nKunnissa kuvattiin lähihoitajamalli.",
    )
    assert [each.name for each in found] == ["Virta-malli", "lähihoitajamalli"]
    assert [each.score for each in found] == sorted((each.score for each in found), reverse=True)


def test_a_near_name_of_the_lexicon_is_told(tmp_path: Path) -> None:
    assert only(tmp_path, "Asemilla pilotoitiin vastuparimallia.").near == "Vastuuparimalli"
    assert only(tmp_path, "Asemilla pilotoitiin kotikäyntipäivystysmallia.").near is None


def test_a_candidate_as_a_line_holds_no_text_of_the_page(tmp_path: Path) -> None:
    line = only(tmp_path, "Asemilla pilotoitiin reippaasti Virta-mallia.").line()
    assert list(line)[:2] == ["name", "score"]
    assert "reippaasti" not in str(line)
    assert line["positions"][0]["page"] == "kainuun-koehanke"


def test_a_candidate_is_never_a_claim(tmp_path: Path) -> None:
    text = "Kuhmossa otettiin käyttöön Virta-malli ja vastuuhoitajamalli."
    assert len(listed(tmp_path, text)) == 2
    assert reading(tmp_path, results=dated(text)).claims == []


def test_the_real_pages_give_a_short_list_without_known_or_generic_names(pages: Path) -> None:
    found = candidates((read_page(path) for path in sorted(pages.glob("*.txt"))), lexicon())
    names = [each.name.casefold() for each in found]
    known = {name.casefold() for entry in lexicon().models.values() for name in entry.all_names()}
    assert 0 < len(names) <= 25
    assert len(set(names)) == len(names)
    assert not known & set(names)
    assert not {*HEADS.roles["generic"], *HEADS.roles["head"], *HEADS.roles["never"]} & set(names)
    assert all(0 < len(each.positions) <= POSITIONS and each.mentions >= len(each.positions) for each in found)


# Accepting one


@pytest.fixture
def table(tmp_path: Path) -> Path:
    """Return a copy of models.csv in a folder of its own."""
    return Path(shutil.copy(FOLDER / "models.csv", tmp_path / "models.csv"))


def test_an_accepted_candidate_gets_its_row_in_sorted_place(table: Path) -> None:
    before = table.read_bytes()
    where = accept("Virta-malli", "practice-model", LABELS, table.parent)
    after = table.read_bytes()
    row = b"virta-malli,practice-model,Virta-malli," + "Ström-modellen,Stream model,".encode()
    lines = after.splitlines(keepends=True)
    line = int(where.rpartition(":")[2])
    assert where == f"{table}:{line}"
    assert lines[line - 1].startswith(row)
    assert b"".join([*lines[: line - 1], *lines[line:]]) == before
    ids = [cells[0] for cells in csv.reader(after.decode().splitlines()[1:])]
    assert ids == sorted(ids)
    assert list(table.parent.iterdir()) == [table]


def test_an_accepted_candidate_is_known_from_then_on(tmp_path: Path) -> None:
    folder = shutil.copytree(FOLDER, tmp_path / "lexicon")
    given = page(tmp_path, "Kuhmossa otettiin käyttöön Virta-malli.")
    assert [each.name for each in candidates([given], load(folder))] == ["Virta-malli"]
    accept("Virta-malli", "method", LABELS, folder)
    assert candidates([given], load(folder)) == []
    assert load(folder).models["model/virta-malli"].labels == {"fi": "Virta-malli", **LABELS}


def test_a_finnish_label_makes_the_candidate_another_name(table: Path) -> None:
    accept("virtamalli", "method", {**LABELS, "fi": "Virta, kotihoidon malli"}, table.parent)
    entry = entries(table, "model/")["model/virta-kotihoidon-malli"]
    assert (entry.label, entry.names, entry.more["kind"]) == ("Virta, kotihoidon malli", ("virtamalli",), "method")
    accept("lähihoitajamalli", "method", LABELS, table.parent)
    assert entries(table, "model/")["model/lahihoitajamalli"].label == "Lähihoitajamalli"


@pytest.mark.parametrize(
    ("old", "new"), [(b"\n", b"\r\n"), (b"", b"")], ids=["Windows line ends", "no line end at the end"]
)
@pytest.mark.parametrize("name", ["Aamu-malli", "Virta-malli", "Öljylamppu-malli"])
def test_the_other_bytes_of_a_table_stay(table: Path, old: bytes, new: bytes, name: str) -> None:
    before = table.read_bytes().replace(old, new) if old else table.read_bytes().rstrip(b"\n")
    table.write_bytes(before)
    line = int(accept(name, "method", LABELS, table.parent).rpartition(":")[2])
    lines = table.read_bytes().splitlines(keepends=True)
    rest = b"".join([*lines[: line - 1], *lines[line:]])
    assert rest == before or rest == before + b"\n"
    assert f"model/{lines[line - 1].split(b',')[0].decode()}" in entries(table, "model/")


@pytest.mark.parametrize(
    "name", ["Tiimimalli", "tiimimalli", "VIPA", "elämäntapaohjus", "Walk-in", "Apotti-järjestelmä"]
)
def test_a_name_that_has_a_row_is_refused_with_file_and_line(table: Path, name: str) -> None:
    before = table.read_bytes()
    with pytest.raises(CallError) as caught:
        accept(name, "method", LABELS, table.parent)
    path, _, line = caught.value.where.rpartition(":")
    assert path == str(table)
    assert name.casefold() in before.decode().splitlines()[int(line) - 1].casefold()
    assert table.read_bytes() == before


@pytest.mark.parametrize(
    ("name", "kind", "labels", "where"),
    [
        ("Virta-malli", "practice-model", {"en": "Stream model"}, "--sv"),
        ("Virta-malli", "practice-model", {"sv": "Ström", "en": "  "}, "--en"),
        ("  ", "practice-model", LABELS, "--fi"),
        ("Virta-malli", "model", LABELS, "--kind"),
        ("Virta|malli", "method", LABELS, "name"),
        ("Virta-malli", "method", {**LABELS, "en": "Stream\nmodel"}, "name"),
    ],
)
def test_a_row_that_lacks_something_is_refused(
    table: Path, name: str, kind: str, labels: dict[str, str], where: str
) -> None:
    before = table.read_bytes()
    with pytest.raises(CallError) as caught:
        accept(name, kind, labels, table.parent)
    assert caught.value.where == where
    assert caught.value.exit_code == 2
    assert caught.value.hint
    assert table.read_bytes() == before


def test_a_table_that_is_missing_is_told(tmp_path: Path) -> None:
    with pytest.raises(LevikkiError, match="cannot be read"):
        accept("Virta-malli", "method", LABELS, tmp_path)
