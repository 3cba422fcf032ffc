"""The pages of questions for people: words for columns, names to choose from, values as a person writes them, and no row without a word."""

from __future__ import annotations

import csv
import html
import io
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlencode

import pytest
from flask import Flask
from flask.testing import FlaskClient
from page_outline import BROWSER, outline
from test_question_pages import HOSTILE

import server
from graph import choices, questions, variables
from graph.answer_table import answer, widened
from graph.errors import CallError, OntologyError
from graph.exports.table import FOLDER
from graph.names import Names
from graph.questions import Question
from graph.settings import Settings
from graph.snapshot import Snapshot
from graph.store import Engine, Rows, Term
from graph.variables import words
from graph.views import LANGUAGES, Named

NAMES = Names()
KNOWN, FEDERATED = questions.load(NAMES), questions.load_federated(NAMES)
MODEL, REGION = KNOWN["measures-of-model"].parameters[0], KNOWN["models-of-region"].parameters[0]
ISO = re.compile(r">\s*\d{4}-\d{2}-\d{2}")


@pytest.fixture(scope="module")
def app(snapshot: Snapshot, settings: Settings) -> Iterator[Flask]:
    assert snapshot.path.exists()
    app = server.create_app(replace(settings, client_requests=100_000, client_seconds=10_000))
    yield app
    app.extensions["levikki"].retire()


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


def heads(text: str) -> list[str]:
    return [html.unescape(each) for each in re.findall(r'<th scope="col"[^>]*>(.*?)</th>', text)]


def table(text: str) -> str:
    return text[text.index('<table class="answer">') : text.index("</table>")]


def plain(text: str) -> str:
    return " ".join(html.unescape(re.sub(r"<[^>]*>", "", text)).split())


# ---- titles ----


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", sorted(KNOWN | FEDERATED))
def test_a_question_has_a_short_title_and_a_sentence(client: FlaskClient, name: str, language: str) -> None:
    question = (KNOWN | FEDERATED)[name]
    title, description = question.title(language), question.description(language)
    assert 0 < len(title) <= 60
    assert ": " not in title
    assert description.endswith(".")
    assert description[0].isupper()
    assert f"{title}: {description[0].lower()}{description[1:-1]}".lower() == question.summary[language].lower()
    page = client.get(f"/{language}/questions/{name}", headers=BROWSER).text
    assert f"<h1>{html.escape(title)}</h1>" in page.replace("&#39;", "&#x27;")
    assert outline(page).title == f"{title} – Levikki"
    assert plain(description) in plain(page)
    listed = client.get(f"/{language}/questions", headers=BROWSER).text
    assert f'href="/{language}/questions/{name}">{html.escape(title)}</a>' in listed.replace("&#39;", "&#x27;")
    assert plain(description) in plain(listed)


def test_a_summary_without_a_colon_is_a_title_alone() -> None:
    bare = replace(KNOWN["regions-alike"], summary={"fi": "Alueet 12:30"})
    assert (bare.title("fi"), bare.description("fi")) == ("Alueet 12:30", "")
    assert (bare.title("sv"), bare.description("sv")) == ("regions-alike", "")


def test_the_editor_and_the_search_call_it_by_its_title(client: FlaskClient) -> None:
    offered = client.get("/sv/sparql/terms.json").json
    assert offered
    assert {each["title"] for each in offered["questions"]} == {each.title("sv") for each in KNOWN.values()}
    found = client.get("/search?q=granskningsstatus&type=question&format=json&lang=sv").json
    assert found
    assert "Områdets verksamhetsmodeller" in [each["label"] for each in found["results"]]


# ---- columns ----


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", sorted(KNOWN))
def test_every_variable_has_words_in_every_language(engine: Engine, name: str, language: str) -> None:
    rows = questions.rows(engine, widened(KNOWN[name]))
    found = words(engine, name, rows.variables, language)
    assert set(found) == set(rows.variables)
    assert [each for each in rows.variables if found[each] == each] == []
    assert all(each[0] == each[0].upper() for each in found.values())


def test_a_variable_that_no_table_knows_keeps_its_name(engine: Engine) -> None:
    assert words(engine, "none", ["somethingElse", "modelLabel"], "en") == {
        "somethingElse": "somethingElse", "modelLabel": "Practice model",
    }  # fmt: skip


def test_a_question_may_call_a_variable_in_its_own_way(engine: Engine) -> None:
    assert words(engine, "models-by-goal", ["regions"], "en") == {"regions": "Regions"}
    assert words(engine, "none", ["regions"], "en") == {"regions": "Region"}  # as the tables have it


def test_every_row_of_the_words_is_of_a_variable() -> None:
    queries = {name: question.query for name, question in KNOWN.items()}
    with (FOLDER / "variables.csv").open(encoding="utf-8", newline="") as text:
        for row in csv.DictReader(text):
            question, _, variable = row["variable"].rpartition("/")
            asked = [queries[question]] if question else queries.values()
            assert any(re.search(rf"\?{variable}(Label)?\b", each) for each in asked), row["variable"]


@pytest.mark.parametrize("line", ["koe,,koe,,trial", "koe,no_such_column,,,", "koe,,,,"])
def test_a_variable_without_words_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, line: str) -> None:
    columns = (FOLDER / "columns.csv").read_text(encoding="utf-8")
    (tmp_path / "columns.csv").write_text(columns, encoding="utf-8")
    (tmp_path / "variables.csv").write_text(f"variable,column,title_fi,title_sv,title_en\n{line}\n", encoding="utf-8")
    monkeypatch.setattr(variables, "FOLDER", tmp_path)
    with pytest.raises(OntologyError, match="koe has no words") as told:
        variables._tables.__wrapped__()
    assert told.value.where == "tables/variables.csv:2"


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", sorted(set(KNOWN) - {"evidence-of-claim"}))
def test_a_page_shows_no_variable_and_each_thing_once(client: FlaskClient, name: str, language: str) -> None:
    page = client.get(f"/{language}/questions/{name}", headers=BROWSER).text
    shown = heads(page)
    assert len(set(shown)) == len(shown)
    assert not [each for each in shown if re.search(r"Label|[a-z][A-Z]", each)]
    written = client.get(f"/questions/{name}.csv").text.splitlines()[0].split(",")
    paired = [each for each in written if f"{each}Label" in written]
    assert len(shown) == len(written) - len(paired)
    assert "Label" in client.get(f"/questions/{name}.csv").text.splitlines()[0]


def test_one_row_of_many_columns_is_a_list(client: FlaskClient) -> None:
    page = client.get("/en/questions/evidence-of-claim", headers=BROWSER).text
    assert '<table class="answer">' not in page
    shown = [plain(each) for each in re.findall(r"<dt>(.*?)</dt>", page)]
    assert shown[:4] == ["Practice model", "Place", "Period", "Status"]
    assert '<dd><span class="status adopted">' in page
    assert "11,686" in page
    assert '<time datetime="2021-04-29">29 Apr 2021</time>' in page


# ---- the same rows, with the things behind the labels ----


@pytest.mark.parametrize(
    ("name", "given"),
    [(name, "default") for name in sorted(KNOWN)] + [(name, "any") for name, each in KNOWN.items() if each.parameters],
)
def test_a_widened_question_has_the_same_rows(engine: Engine, name: str, given: str) -> None:
    question, wide = KNOWN[name], widened(KNOWN[name])
    values = question.bindings({}, NAMES) if given == "default" else {}
    ours, more = engine.select(question.query, **values), engine.select(wide.query, **values)
    assert more.variables[: len(ours.variables)] == ours.variables
    labels = {each.removesuffix("Label") for each in ours.variables if each.endswith("Label")}
    assert labels <= set(more.variables)
    narrowed = [{name: row[name] for name in ours.variables if name in row} for row in more.rows]
    assert narrowed == list(ours.rows)


def test_a_question_without_labels_is_not_widened() -> None:
    bare = replace(KNOWN["models-of-region"], query="SELECT ?x ?yLabel WHERE { ?x skos:prefLabel ?yLabel # ?y\n}\n")
    assert widened(bare) is bare
    assert widened(replace(bare, query="ASK {}")).query == "ASK {}"


# ---- values ----


@pytest.mark.parametrize(
    ("language", "day"), [("fi", "31.12.2023"), ("sv", "31 dec. 2023"), ("en", "31 Dec 2023")]
)  # fmt: skip
def test_days_are_written_as_the_language_writes_them(client: FlaskClient, language: str, day: str) -> None:
    text = table(client.get(f"/{language}/questions/dropped-or-never-begun", headers=BROWSER).text)
    assert f'<td class="date"><time datetime="2023-12-31">{day}</time></td>' in text
    assert not ISO.search(text)


@pytest.mark.parametrize(("language", "index"), [("fi", "0,155"), ("sv", "0,155"), ("en", "0.155")])
def test_numbers_stand_right_and_are_written_as_the_language_writes_them(
    client: FlaskClient, language: str, index: str
) -> None:
    text = table(client.get(f"/{language}/questions/regions-alike", headers=BROWSER).text)
    assert f'<td class="number">{index}</td>' in text
    assert text.count('<th scope="col" class="number">') == 4


def test_a_status_has_its_mark_and_colour_and_leads_to_its_page(client: FlaskClient) -> None:
    text = table(client.get("/sv/questions/timeline-of-first-reports", headers=BROWSER).text)
    cells = re.findall(r'<td class="status ([a-z-]+)"><svg class="mark"[^>]*><use href="#mark-([a-z-]+)"/>', text)
    assert len(cells) == 2 * text.count("<tr><td")
    assert all(one == other for one, other in cells)
    assert '<a href="/sv/doc/scheme/status/adopted">tagen i bruk</a>' in text


def test_truth_and_steps_are_words(client: FlaskClient) -> None:
    text = table(client.get("/fi/questions/self-assessments", headers=BROWSER).text)
    assert "<td>kyllä</td>" in text
    assert ">true<" not in text
    assert "<td>rapport</td>" in client.get("/sv/questions/lineage-of-model", headers=BROWSER).text


@pytest.mark.parametrize("language", ["sv", "en"])
def test_labels_are_in_the_language_of_the_page_and_say_so_where_not(
    client: FlaskClient, engine: Engine, language: str
) -> None:
    text = table(client.get(f"/{language}/questions/models-of-region", headers=BROWSER).text)
    rows = questions.rows(engine, widened(KNOWN["models-of-region"]))
    for row in rows.rows[:10]:
        labels = engine.select("SELECT ?thing ?label { ?thing skos:prefLabel ?label }", thing=row["model"].value).rows
        known = {each["label"].language: each["label"].value for each in labels}
        own = known.get(language)
        shown = html.escape(own) if own else f'<span lang="fi">{html.escape(known["fi"])}</span>'
        slug = row["model"].value.rpartition("/")[2]
        assert f'<a href="/{language}/doc/model/{slug}">{shown}</a>' in text
    assert {"sv": "Östra Nyland", "en": "East Uusimaa"}[language] in text
    assert '<span lang="fi">Itä-Uusimaa: tulevaisuuden sote-keskus</span>' in text  # a page has its own name alone


def test_links_of_an_answer_stay_in_the_language_of_the_address(client: FlaskClient) -> None:
    for prefix in ("", "/fi", "/sv", "/en"):
        for name in KNOWN:
            page = client.get(f"{prefix}/questions/{name}", headers=BROWSER).text
            links = re.findall(r'href="([^"]*)"', page[page.index("<main") : page.index('class="query"')])
            things = [each for each in links if "/doc/" in each]
            assert things
            assert [each for each in things if not each.startswith(f"{prefix}/doc/")] == []
    assert client.get(things[0], headers=BROWSER).status_code == 200


def test_what_has_no_label_is_shown_by_what_the_query_made_of_it() -> None:
    iri = Term("iri", f"{NAMES.base}id/model/koe")
    other, literal = Term("iri", "https://example.org/x"), Term("literal", "koe", "fi")
    number = Term("literal", "12", "", "http://www.w3.org/2001/XMLSchema#integer")
    rows = Rows(
        ("modelLabel", "model", "page", "spread", "placeLabel"),
        ({"modelLabel": literal, "model": iri, "page": other, "spread": number}, {"placeLabel": literal}),
    )
    named = {iri.value: Named(iri.value, "model/koe"), other.value: Named(other.value, other.value)}
    found = answer(rows, named, {"page": "Sivu"}, NAMES, 10)
    assert [(each.name, each.title, each.kind) for each in found.columns] == [
        ("modelLabel", "modelLabel", "thing"), ("page", "Sivu", "address"), ("spread", "spread", "number"),
        ("placeLabel", "placeLabel", "text"),
    ]  # fmt: skip
    first, second = found.rows
    assert first[0]
    assert first[0].named == Named(iri.value, "koe", "fi")
    assert first[2]
    assert first[2].number == 12
    assert first[3] is None
    assert second[0] is None
    assert answer(rows, named, {}, NAMES, 1).rows == (first,)
    assert answer(rows, named, {}, NAMES, 1).count == 2


# ---- choosing ----


@pytest.mark.parametrize("language", LANGUAGES)
def test_regions_are_offered_by_name_and_sent_by_slug(client: FlaskClient, engine: Engine, language: str) -> None:
    text = client.get(f"/{language}/questions/models-of-region?region=helsinki", headers=BROWSER).text
    offered = dict(re.findall(r'<option value="([^"]+)"[^>]*>(.*?)</option>', text))
    rows = engine.select(
        f'SELECT ?r ?label {{ ?r a lev:Region ; skos:prefLabel ?label FILTER(LANG(?label) = "{language}") }}'
    )
    expected = {row["r"].value.rpartition("/")[2]: row["label"].value for row in rows.rows}
    assert {slug: html.unescape(label) for slug, label in offered.items()} == expected
    assert re.findall(r'<option value="([^"]+)" selected', text) == ["helsinki"]


@pytest.mark.parametrize("given", ["Tiimimalli", "TIIMIMALLI", "Teammodell", "Team model", "  team   MODEL"])
@pytest.mark.parametrize("prefix", ["", "/fi", "/sv", "/en"])
def test_a_name_leads_to_the_address_with_the_slug(client: FlaskClient, prefix: str, given: str) -> None:
    answer = client.get(f"{prefix}/questions/lineage-of-model?{urlencode({'model': given})}", headers=BROWSER)
    assert answer.status_code == 303
    assert answer.headers["Location"] == f"{prefix}/questions/lineage-of-model?model=tiimimalli"
    assert client.get(answer.headers["Location"], headers=BROWSER).status_code == 200


@pytest.mark.parametrize("given", ["tiimimalli", "tiimimalli ", "model:tiimimalli", f"{NAMES.base}id/model/tiimimalli"])
def test_what_names_the_thing_already_is_answered_at_once(client: FlaskClient, given: str) -> None:
    page = client.get(f"/fi/questions/lineage-of-model?{urlencode({'model': given})}", headers=BROWSER)
    assert page.status_code == 200
    assert 'value="Tiimimalli" list="choices-model"' in page.text


@pytest.mark.parametrize("given", ["Ei tällaista mallia", "ei-tallaista", ""])
def test_a_name_of_nothing_is_told(client: FlaskClient, given: str) -> None:
    page = client.get(f"/en/questions/lineage-of-model?{urlencode({'model': given})}", headers=BROWSER)
    assert page.status_code == 400
    assert "othing" in page.text


def test_a_program_gives_the_slug_itself(client: FlaskClient) -> None:
    for suffix in (".csv?", "?format=csv&", "?"):
        assert client.get(f"/questions/lineage-of-model{suffix}model=Tiimimalli").status_code == 400


@pytest.mark.parametrize("value", HOSTILE)
@pytest.mark.parametrize(("name", "parameter"), [("lineage-of-model", "model"), ("models-of-region", "region")])
def test_a_hostile_name_is_part_of_no_query(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch, name: str, parameter: str, value: str
) -> None:
    asked: list[str] = []
    select = Engine.select

    def noted(self: Engine, query: str, /, **bindings: str | Term) -> Rows:
        asked.append(f"{query} {bindings}")
        return select(self, query, **bindings)

    monkeypatch.setattr(Engine, "select", noted)
    page = client.get(f"/fi/questions/{name}?{urlencode({parameter: value})}", headers=BROWSER)
    assert page.status_code == 400
    # What is asked, if anything, are the names of all models or regions: the same whatever is given.
    assert [each for each in asked if not re.fullmatch(r"SELECT DISTINCT \?thing \?label \{[^{}]*\} \{\}", each)] == []
    assert html.escape(value) == value or value not in page.text[page.text.index("<main") :]


def test_a_name_of_several_things_is_refused_with_their_slugs(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    known = {
        f"{NAMES.base}id/model/{slug}": {"fi": label, "sv": "Samma"}
        for slug, label in (("yksi", "Sama"), ("kaksi", "sama"), ("kolme", "Muu"))
    }
    monkeypatch.setattr(choices, "_things", lambda *_: known)
    with pytest.raises(CallError, match="is the name of several things") as told:
        choices.by_name(engine, MODEL, "SAMA", "fi")
    assert told.value.hint == "give one of: kaksi, yksi"
    assert choices.by_name(engine, MODEL, "Muu", "sv") == "kolme"
    offered = choices.field(engine, MODEL, "", "fi")
    assert {each.slug: each.value for each in offered.choices} == {"yksi": "yksi", "kaksi": "kaksi", "kolme": "Muu"}
    assert (offered.value, offered.chosen) == (MODEL.shown, None)


@pytest.mark.parametrize(
    "default", ["scheme/status/adopted", "scheme/programme-goal/ennaltaehkaisy", "project/rrp", "goal/helsinki-86"]
)
def test_statuses_goals_and_projects_are_offered_too(engine: Engine, default: str) -> None:
    parameter = replace(REGION, default=f"{NAMES.base}id/{default}")
    field = choices.field(engine, parameter, "", "sv")
    assert field.kind in {"select", "list"}
    assert field.chosen
    assert len(field.choices) > 1
    if default == "scheme/status/adopted":
        assert field.kind == "select"
        assert [each.slug for each in field.choices][:3] == ["planned", "prepared", "piloted"]
        assert choices.by_name(engine, parameter, "Tagen i bruk", "sv") == "adopted"


def test_a_long_list_is_typed(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    assert choices.field(engine, REGION, "", "fi").kind == "select"
    monkeypatch.setattr(choices, "MOST_LISTED", 3)
    field = choices.field(engine, REGION, "kainuu", "sv")
    assert (field.kind, field.value) == ("list", "Kajanaland")


def test_a_claim_is_no_choice(engine: Engine) -> None:
    claim = KNOWN["evidence-of-claim"].parameters[0]
    assert choices.field(engine, claim, "", "fi") == choices.Field(claim, "text", claim.shown)
    assert choices.by_name(engine, claim, "Tiimimalli", "fi") == ""


# ---- no rows ----


@pytest.mark.parametrize("name", sorted(name for name, each in KNOWN.items() if each.parameters))
def test_a_question_with_a_parameter_says_what_no_row_means(name: str) -> None:
    assert set(KNOWN[name].empty) == set(LANGUAGES)
    assert all(text.endswith(".") for text in KNOWN[name].empty.values())
    assert len(set(KNOWN[name].empty.values())) == 3


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_answer_without_rows_says_what_that_means(client: FlaskClient, language: str) -> None:
    page = client.get(f"/{language}/questions/models-of-region?region=kainuu", headers=BROWSER)
    assert page.status_code == 200
    assert f'<p class="empty">{KNOWN["models-of-region"].empty[language]}</p>' in page.text
    assert "<table" not in page.text
    rows = list(csv.DictReader(io.StringIO(client.get("/questions/models-of-region.csv?region=kainuu").text)))
    assert rows == []


@pytest.mark.parametrize(("language", "word"), [("fi", "ettei"), ("sv", "betyder"), ("en", "means")])
def test_a_question_that_says_nothing_of_it_has_words_for_no_row(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch, language: str, word: str
) -> None:
    none = Question("koe", dict.fromkeys(LANGUAGES, "Koe"), (), "SELECT ?x WHERE { ?x a lev:Nothing }")
    monkeypatch.setattr(questions, "load", lambda _: {"koe": none})
    page = client.get(f"/{language}/questions/koe", headers=BROWSER).text
    found = re.search(r'<p class="empty">(.*?)</p>', page)
    assert found
    assert word in found[1]
