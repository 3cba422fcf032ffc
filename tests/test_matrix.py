"""The matrix: what it shows, what its address chooses, and that the page and its data say the same."""

from __future__ import annotations

import csv
import gzip
import io
import re
from html import unescape
from html.parser import HTMLParser
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from flask import Flask, Response
from flask.testing import FlaskClient

from graph import compression, matrix, matrix_data
from graph.adoptions import Adoption
from graph.errors import CallError
from graph.matrix_choice import Allowed, Choice, read
from graph.matrix_data import Model, Table
from graph.names import Names
from graph.settings import ROOT
from graph.store import Engine
from graph.views import STATUSES

NAMES = Names()
HTML = {"Accept": "text/html"}
LANGUAGES = ("fi", "sv", "en")
ALLOWED = Allowed(("method", "practice-model"), ("laatu", "saatavuus"), ("helsinki", "kainuu", "lappi"))
VIEWS = [
    "", "q=tiimi", "q=TEAM", "kind=method", "goal=laatu", "goal=laatu&goal=saatavuus&from=2021", "status=discontinued&status=not-started",
    "county=ita-uusimaa&county=helsinki",
    "from=2021&to=2022", "to=2020", "status=adopted&status=scaled&status=established&regions=2", "regions=2",
    "q=e&kind=practice-model&status=piloted&county=lansi-uusimaa&from=2020&sort=name&order=desc", "sort=reach", "sort=name", "sort=first",
    "sort=last&order=asc", "sort=claims", "q=%22%5C%27%7D&sort=name", "q=zzzz", "county=kainuu",
]  # fmt: skip


class Grid(HTMLParser):
    """Read the matrix out of a page: each row's cells as (class, text, link)."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.rows: list[list[dict[str, str]]] = []
        self.heads: list[dict[str, str]] = []
        self._cell: dict[str, str] | None = None
        self._inside = False
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "table":
            self._inside = True
        if not self._inside:
            return
        if tag == "tr":
            self.rows.append([])
        if tag in {"td", "th"}:
            self._cell = {"tag": tag, "text": "", "class": given.get("class", ""), "scope": given.get("scope", "")}
            self.rows[-1].append(self._cell)
        if tag == "a" and self._cell is not None:
            self._cell["href"] = given["href"]

    def handle_endtag(self, tag: str) -> None:
        if tag == "table":
            self._inside = False
            self._cell = None

    def handle_data(self, data: str) -> None:
        if self._inside and self._cell is not None:
            self._cell["text"] += data

    def known(self) -> list[tuple[str, str]]:
        """Return (adoption, status) of each cell that is shown, row by row."""
        return [
            (cell["href"].rpartition("/")[2], cell["class"].split()[0])
            for row in self.rows
            for cell in row
            if cell["tag"] == "td" and "/adoption/" in cell.get("href", "")
        ]


def rows_of(body: bytes | str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(body if isinstance(body, str) else body.decode())))


def page(client: FlaskClient, asked: str = "", language: str = "en") -> str:
    answer = client.get(f"/{language}/{'?' if asked else ''}{asked}", headers=HTML)
    assert answer.status_code == 200
    return answer.text


# ---- the page and its data ----


@pytest.mark.parametrize("asked", VIEWS)
def test_the_page_its_csv_and_its_query_have_the_same_rows_in_the_same_order(client: FlaskClient, asked: str) -> None:
    text = page(client, asked)
    shown = Grid(text).known()
    address = {name: unescape(href) for href, name in re.findall(r'<a href="([^"]+)">(CSV|SPARQL)</a>', text)}
    rows = rows_of(client.get(address["CSV"]).data)
    assert [(row["adoption"].rpartition("/")[2], row["status"]) for row in rows] == shown
    asked_for = parse_qs(urlsplit(address["SPARQL"]).query)["query"][0]
    answer = client.get("/sparql", query_string={"query": asked_for, "format": "csv"})
    assert answer.status_code == 200
    assert rows_of(answer.data) == rows


@pytest.mark.parametrize("asked", VIEWS)
def test_every_address_of_the_tests_is_the_one_of_its_view(client: FlaskClient, asked: str) -> None:
    assert client.get(f"/?{asked}", headers=HTML).status_code == 200


def test_the_filters_leave_out_what_they_say(client: FlaskClient) -> None:
    every = rows_of(client.get("/?format=csv").data)
    assert len(every) > 100

    def left(asked: str) -> list[dict[str, str]]:
        return rows_of(client.get(f"/?{asked}&format=csv").data)

    assert left("status=discontinued") == [row for row in every if row["status"] == "discontinued"] != []
    in_two = {row["model"] for row in every if sum(each["model"] == row["model"] for each in every) > 1}
    assert left("regions=2") == [row for row in every if row["model"] in in_two] != []
    there = [row for row in every if row["region"].endswith("/helsinki")]
    assert left("county=helsinki") == there != []
    assert {row["firstReported"][:4] for row in left("to=2020")} <= {"2019", "2020"}
    assert all(row["lastReported"][:4] >= "2023" for row in left("from=2023"))
    assert {row["model"].rpartition("/")[2] for row in left("q=team+model")} >= {"tiimimalli"}


def test_spread_and_reach_are_those_of_the_graph(engine: Engine) -> None:
    known = matrix_data.table(engine)
    found = engine.select("SELECT DISTINCT ?model ?spread ?reach { ?model lev:spread ?spread ; lev:reach ?reach }").rows
    told = {row["model"].value: (int(row["spread"].value), int(row["reach"].value)) for row in found}
    assert {iri: (model.spread, model.reach) for iri, model in known.models.items()} == told
    (total,) = engine.select("SELECT (COUNT(DISTINCT ?claim) AS ?n) { ?adoption lev:claim ?claim }").rows
    assert sum(cell.claims for cell in known.cells) == int(total["n"].value)


def test_a_file_has_a_name_and_json_has_the_rows_too(client: FlaskClient) -> None:
    answer = client.get("/sv/?status=scaled&format=csv")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="levikki.csv"'
    assert answer.mimetype == "text/csv"
    assert "Accept-Language" in answer.vary
    bindings = client.get("/sv/?status=scaled&format=json").get_json(force=True)["results"]["bindings"]
    assert [each["adoption"]["value"] for each in bindings] == [row["adoption"] for row in rows_of(answer.data)]
    assert client.get("/?format=xlsx").status_code == 406


# ---- what the page tells ----


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_cell_has_words_and_every_head_its_scope(client: FlaskClient, language: str, engine: Engine) -> None:
    text = page(client, language=language)
    view = matrix.view(engine, Choice(), language)
    grid = Grid(text)
    head, *rows = grid.rows
    assert {cell["scope"] for cell in head} == {"col"}
    assert [cell["text"].strip() for cell in head[4:]] == [region.label for region in view.regions]
    words = {status.label for status in view.statuses.values()}
    for row in rows:
        assert row[0]["scope"] == "row"
        for cell in row[4:]:
            if cell["class"] == "u":
                assert cell["text"].strip() in {"ei tietoa", "okänt", "unknown"}
            else:
                assert any(cell["text"].startswith(word) for word in words)
                assert re.search(r" 20\d\d \d+ \w+", cell["text"])
    assert "<caption" in text
    assert "style=" not in text


def test_the_first_lines_say_how_much_is_known(client: FlaskClient, engine: Engine) -> None:
    known = matrix_data.table(engine)
    told = matrix.summary(known, "en")
    assert told.models == len(known.models)
    assert told.regions == 23
    assert told.silent == 23 - len(known.reported)
    assert told.wide == sum(model.spread > 1 for model in known.models.values()) > 0
    lead = re.sub(r"<[^>]+>", "", page(client))
    assert f"The data hold {told.models} practice models, {told.wide} of them in use in two regions or more" in lead
    assert f"{told.silent} of 23 have no claim yet" in lead
    assert f"{told.single} of {told.cells} statuses rest on a single claim" in lead


def test_a_cell_that_is_filtered_out_looks_unlike_an_unknown_one(client: FlaskClient) -> None:
    grid = Grid(page(client, "status=established"))
    kinds = {cell["class"].split()[0] for row in grid.rows[1:] for cell in row[4:]}
    assert kinds == {"established", "u", "o"}
    assert {cell["text"] for row in grid.rows[1:] for cell in row if cell["class"] == "o"} == {"filtered out"}


def test_a_chosen_region_without_a_claim_is_shown_and_nothing_found_is_said(client: FlaskClient) -> None:
    text = page(client, "county=kainuu")
    assert "No status fits these filters" in text
    assert Grid(text).rows == []
    heads = Grid(page(client, "county=kainuu&county=helsinki")).rows[0]
    assert [cell["text"].strip() for cell in heads[4:]] == ["Kainuu", "Helsinki"]


def test_families_are_groups_with_their_sums(client: FlaskClient, engine: Engine) -> None:
    view = matrix.view(engine, Choice(group="family"), "fi")
    assert view.groups[-1].named is None
    assert len(view.groups) > 2
    for group in view.groups[:-1]:
        assert group.named
        assert {row.model.family or row.model.iri for row in group.rows} == {group.named.iri}
        for place, total in enumerate(group.sums):
            assert total == sum(row.cells[place] is not None for row in group.rows)
        assert group.spread <= sum(row.model.spread for row in group.rows)
    plain = matrix.view(engine, Choice(), "fi")
    assert sorted(r.model.iri for g in view.groups for r in g.rows) == sorted(
        r.model.iri for g in plain.groups for r in g.rows
    )
    assert 'scope="rowgroup"' in page(client, "group=family")


def test_links_to_order_by_a_column_keep_the_filter_and_turn_round(client: FlaskClient) -> None:
    text = page(client, "status=adopted&sort=claims")
    assert 'aria-sort="descending"><a href="/en/?status=adopted&amp;sort=claims&amp;order=asc"' in text
    assert '<a href="/en/?status=adopted"' in text


# ---- the address ----


def test_what_a_form_sends_becomes_the_one_address_of_the_view(client: FlaskClient) -> None:
    sent = "/sv/?order=&q=+tiimi+&status=scaled&status=adopted&from=&regions=1&sort=spread&group="
    answer = client.get(sent, headers=HTML)
    assert (answer.status_code, answer.headers["Location"]) == (302, "/sv/?q=tiimi&status=adopted&status=scaled")
    assert client.get("/?lang=sv&sort=", headers=HTML).headers["Location"] == "/?lang=sv"
    assert client.get("/?sort=&format=csv").headers["Location"] == "/?format=csv"


@pytest.mark.parametrize(
    ("asked", "named"),
    [
        ("status=in-use", "adopted, scaled, established"),
        ("county=narnia", "helsinki"),
        ("goal=%3Cscript%3E", "laatu"),
        ("kind=x", "practice-model"),
        ("sort=size", "spread, reach, name"),
        ("order=up", "asc, desc"),
        ("group=kind", "family"),
        ("regions=0", "from 1 to 23"),
        ("regions=-1", "from 1 to 23"),
        ("regions=999999999999999999999", "from 1 to 23"),
        ("from=19", "from 1990 to 2099"),
        ("from=２０２１", "from 1990 to 2099"),
        ("from=2023&to=2021", "the earlier year"),
        ("q=a&q=b", "give one value"),
        ("q=a%0Ab", "at most 100"),
        (f"q={'a' * 101}", "at most 100"),
        ("statu=adopted", "q, kind, goal, status, county"),
    ],
)
def test_a_wrong_address_is_a_400_that_names_what_there_is(client: FlaskClient, asked: str, named: str) -> None:
    answer = client.get(f"/en/?{asked}", headers=HTML)
    assert answer.status_code == 400
    assert named in answer.text
    assert "<script>" not in answer.text


@pytest.mark.parametrize(
    "choice",
    [
        Choice(),
        Choice(text='a&b="x"'),
        Choice(kinds=("method",), goals=("laatu", "saatavuus"), statuses=("piloted",), counties=("lappi",)),
        Choice(first_year="2020", last_year="2021", regions=3, sort="name", is_descending=True, group="family"),
        Choice(sort="last", is_descending=False),
    ],
)
def test_a_choice_is_read_back_out_of_its_address(choice: Choice) -> None:
    assert read(choice.pairs(), ALLOWED) == choice


def test_only_a_filter_narrows() -> None:
    assert not Choice(sort="name", is_descending=False, group="family").narrows
    assert Choice(regions=2).narrows
    with pytest.raises(CallError, match="no county"):
        read([("county", "narnia")], ALLOWED)


# ---- size: 22 regions, 500 models ----


def wide_table(regions: int = 22, models: int = 500) -> Table:
    """Make a table as the country would fill it: names, years and depths that do not repeat in a pattern."""
    places = {NAMES.thing("region", f"hyvinvointialue-{n}"): {"fi": f"Hyvinvointialue {n}"} for n in range(regions)}
    made: dict[str, Model] = {}
    for n in range(models):
        digits = [(n * 7919 + place * 104_729 + n * place * place * 31) % 997 for place in range(regions)]
        slug = f"toimintamalli-{n * 7919 % 9973}-{'abcdefghij'[n % 10] * 3}"
        iri = NAMES.thing("model", slug)
        cells = {
            region: Adoption(
                NAMES.thing("adoption", f"{slug}-{region.rpartition('/')[2]}"),
                iri,
                region,
                STATUSES[digit % 9],
                "2020-01-01",
                f"{2020 + digit % 5}-12-31",
                1 + digit % 13,
            )
            for region, digit in zip(places, digits, strict=True)
            if digit % 5 < 3
        }
        made[iri] = Model(iri, {"fi": f"Toimintamalli {n * 7919 % 9973} {slug[-3:]}"}, "", "", cells)
    return Table(NAMES, made, places, {})


def test_the_page_at_national_scale_is_small_on_the_way(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    table = wide_table()
    monkeypatch.setattr(matrix, "table", lambda _: table)
    monkeypatch.setattr(matrix_data, "table", lambda _: table)
    answer = app.test_client().get("/fi/", headers={**HTML, "Accept-Encoding": "gzip"})
    assert answer.headers["Content-Encoding"] == "gzip"
    text = gzip.decompress(answer.data).decode()
    assert len(Grid(text).rows) == 501
    assert len(Grid(text).known()) == len(table.cells) > 6_000
    assert len(answer.data) < 150_000


def test_the_scripts_and_styles_of_the_page_are_small(client: FlaskClient) -> None:
    scripts = re.findall(r'src="(/en/static/[^"]+\.js)"', page(client))
    assert sorted(scripts) == ["/en/static/js/matrix.js", "/en/static/js/search.js"]
    sizes = []
    for each in scripts:
        with client.get(each, headers={"Accept-Encoding": "gzip"}) as script:
            assert script.headers["Content-Encoding"] == "gzip"
            sizes.append(len(script.data))
    assert sum(sizes) < 60_000
    assert len(gzip.compress((ROOT / "static" / "matrix.css").read_bytes())) < 5_000


# ---- compression ----


def test_text_travels_compressed_with_a_validator_of_its_own(client: FlaskClient) -> None:
    plain = client.get("/fi/", headers=HTML)
    packed = client.get("/fi/", headers={**HTML, "Accept-Encoding": "br;q=0.5, gzip"})
    assert "Content-Encoding" not in plain.headers
    assert gzip.decompress(packed.data) == plain.data
    assert len(packed.data) == int(packed.headers["Content-Length"]) < len(plain.data) / 3
    assert packed.headers["ETag"] != plain.headers["ETag"]
    for answer in (plain, packed):
        assert "Accept-Encoding" in answer.vary


def test_an_encoding_that_the_client_has_is_not_sent_again(client: FlaskClient) -> None:
    gzipped = {**HTML, "Accept-Encoding": "gzip"}
    etag = client.get("/fi/", headers=gzipped).headers["ETag"]
    again = client.get("/fi/", headers={**gzipped, "If-None-Match": etag})
    assert (again.status_code, again.data, again.headers["ETag"]) == (304, b"", etag)
    assert "Content-Encoding" not in again.headers
    assert client.get("/fi/", headers={**HTML, "If-None-Match": etag}).status_code == 200
    head = client.head("/fi/", headers=gzipped)
    assert head.data == b""
    assert head.headers["Content-Length"] == client.get("/fi/", headers=gzipped).headers["Content-Length"]


def test_files_of_static_are_compressed_too(client: FlaskClient) -> None:
    asked = {"Accept-Encoding": "gzip"}
    with client.get("/static/levikki.css") as plain, client.get("/static/levikki.css", headers=asked) as packed:
        assert gzip.decompress(packed.data) == plain.data
        etag = packed.headers["ETag"]
    with client.get("/static/levikki.css", headers={**asked, "If-None-Match": etag}) as again:
        assert (again.status_code, again.data) == (304, b"")


@pytest.mark.parametrize("encodings", ["", "identity", "gzip;q=0", "br"])
def test_who_does_not_take_gzip_gets_none(client: FlaskClient, encodings: str) -> None:
    answer = client.get("/fi/", headers={**HTML, "Accept-Encoding": encodings})
    assert "Content-Encoding" not in answer.headers
    assert b"</html>" in answer.data


@pytest.mark.parametrize(
    "made",
    [
        {"response": "x" * 500, "content_type": "text/plain"},
        {"response": "x" * 5000, "content_type": "image/png"},
        {"response": "x" * 5000, "content_type": "text/plain", "headers": {"Content-Encoding": "gzip"}},
        {"response": "x" * 5000, "content_type": "text/plain", "status": 404},
        {"response": iter(["x" * 5000]), "content_type": "text/plain"},
        {"response": "x" * (compression.LARGEST + 1), "content_type": "text/plain"},
    ],
    ids=["small", "picture", "packed", "refusal", "stream", "huge"],
)
def test_what_is_not_worth_it_goes_as_it_is(app: Flask, made: dict[str, Any]) -> None:
    with app.test_request_context("/", headers={"Accept-Encoding": "gzip"}):
        assert not compression.packs(Response(**made))
