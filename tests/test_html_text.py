"""Saved HTML of a page: the same sections and claims as from its text, and nothing of what a site puts around them."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from html_factory import AROUND, MARKUPS, OUTSIDE, drupal, plain
from page_factory import AUTUMN, SLUG, TITLE, dated, lexicon, page_text, save

from graph import pipeline
from graph.errors import PageError
from graph.files import sha256
from graph.html_text import LARGEST, text_of
from graph.pages import open_page, read_page
from graph.settings import ROOT

PASSAGES = (
    "Palvelujen saatavuus ja jatkuvuus\n\nTiimimalli otettiin käyttöön Kajaanissa syksyllä – ”hyvin” & nopeasti < 7 päivää.\n\n"
    " • IPC on pilotoitu Kuhmossa.\n • Perhekeskus:\n   • Voimaperheet on otettu käyttöön Sotkamossa\u00a0ja Kajaanissa.\n"
    " • CoolKids on suunnitteilla.\n"
)
WHOLE = page_text(
    purpose="Hankkeessa valmistellaan tiimimallia.\n\nOmaolo otetaan käyttöön.",
    actors=" • Kainuun hyvinvointialue hallinnoi hanketta.\n • Mukana on HUS.",
    aim=" • A. Saatavuus paranee\n • B. Laatu paranee",
    results=dated(PASSAGES)
    + "\n"
    + dated("Tiimimalli pilotoitiin Kajaanissa.", "Tiivistelmä oma-arvioinnista, kevät 2022"),
    impact="Hoidon jatkuvuus on parantunut tiimimallin myötä 12 %.",
    topics="Perhepalvelut\nDigipalvelut",
)


def save_html(folder: Path, markup: str, name: str = f"{SLUG}.html") -> Path:
    path = folder / name
    path.write_text(markup, encoding="utf-8")
    return path


def passages(reading: pipeline.Reading) -> list[tuple[object, ...]]:
    text = reading.page.text
    return [(each.section, each.period, each.goal, text[each.start : each.end]) for each in reading.sections.passages]


def claims(reading: pipeline.Reading) -> list[tuple[object, ...]]:
    text = reading.page.text
    return [
        (each.id, each.model, each.place, each.region, each.period, each.status, text[each.start : each.end])
        for each in reading.claims
    ]


# ---- The same as from the text ----


@pytest.mark.parametrize("suffix", [".html", ".htm", ".HTML", ".xhtml"])
@pytest.mark.parametrize("kind", MARKUPS)
def test_html_has_the_sections_and_claims_of_the_text(tmp_path: Path, kind: str, suffix: str) -> None:
    told = pipeline.read(save(tmp_path, WHOLE), lexicon())
    read = pipeline.read(save_html(tmp_path, MARKUPS[kind](WHOLE), SLUG + suffix), lexicon())
    assert len(claims(told)) >= 5
    assert passages(read) == passages(told)
    assert claims(read) == claims(told)
    assert read.page.slug == SLUG


@pytest.mark.parametrize("kind", MARKUPS)
def test_html_has_the_header_of_the_text(tmp_path: Path, kind: str) -> None:
    told = pipeline.read(save(tmp_path, WHOLE), lexicon()).header
    read = pipeline.read(save_html(tmp_path, MARKUPS[kind](WHOLE)), lexicon()).header
    assert (read.title, read.region, read.years, read.created, read.modified) == (
        told.title, told.region, told.years, told.created, told.modified,
    )  # fmt: skip
    assert (read.participations, read.subprojects, read.topics) == (told.participations, told.subprojects, told.topics)
    assert [(each.notation, each.broader) for each in read.goals] == [
        (each.notation, each.broader) for each in told.goals
    ]


@pytest.mark.parametrize("kind", MARKUPS)
def test_what_a_site_puts_around_is_no_text(kind: str) -> None:
    text = text_of(MARKUPS[kind](WHOLE).encode(), "sivu.html")
    assert [words for words in OUTSIDE if words in text] == []


def test_offsets_lines_and_hash_are_those_of_the_extracted_text(tmp_path: Path) -> None:
    path = save_html(tmp_path, drupal(WHOLE))
    page = read_page(path)
    assert page.text == text_of(path.read_bytes(), str(path))
    assert page.sha256 == sha256(page.text.encode())
    for field in page.fields:
        assert page.line(field.start) == field.line + 1


def test_real_pages_read_alike_as_html(tmp_path: Path, pages: Path) -> None:
    for path in sorted(pages.glob("*.txt")):
        told = pipeline.read(path, lexicon())
        for markup in (drupal, plain):
            read = pipeline.read(save_html(tmp_path, markup(told.page.text), f"{path.stem}.html"), lexicon())
            assert passages(read) == passages(told)
            assert claims(read) == claims(told)


# ---- The form of the text ----


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("<p>Yksi\n  kaksi</p><p>kolme</p>", "Yksi kaksi\n\nkolme\n"),
        ("<p>Yksi<br>kaksi<br/>kolme</p>", "Yksi\nkaksi\nkolme\n"),
        ("<p>ti<b>imi</b>malli, <a href='#'>OmaTiimi</a>\u00a0on</p>", "tiimimalli, OmaTiimi\u00a0on\n"),
        ("<div>Yksi</div><div>kaksi</div>", "Yksi\nkaksi\n"),
        ("<ul><li>yksi<ul><li>kaksi</li></ul></li><li><p>kolme</p></li></ul>", "  • yksi\n    • kaksi\n  • kolme\n"),
        ("<ol start=3><li>yksi<li>kaksi<li value=7>kolme</ol>", "  3. yksi\n  4. kaksi\n  7. kolme\n"),
        ("<p>a&nbsp;&ndash;&nbsp;&#228;&auml;&amp;lt;</p>", "a\u00a0–\u00a0ää&lt;\n"),
        ("<pre>yksi\n  kaksi\n</pre>", "yksi\nkaksi\n"),
        ("<p>\u00a0</p><p>yksi</p><ul><li></li></ul><p>kaksi</p>", "yksi\n\nkaksi\n"),
        ("<p>yksi\x0b\u2028\x85kaksi\x00</p>", "yksi kaksi\n"),
        (
            "<p>yksi<!-- kommentti --><?php 1 ?><template>x</template><svg><desc>y</desc></svg> kaksi</p>",
            "yksi kaksi\n",
        ),
    ],
)
def test_markup_becomes_lines_as_a_browser_shows_them(markup: str, text: str) -> None:
    page = f"<main><h2>Kokonaisuuden nimi</h2><div>{TITLE}</div><h2>Lyhyt kuvaus</h2>{markup}</main>"
    found = text_of(page.encode(), "sivu.html")
    assert found.partition("Lyhyt kuvaus\n")[2].lstrip("\n") == text


def test_a_label_of_a_theme_may_end_with_a_colon_and_stand_in_a_line() -> None:
    field = '<p><span class="field-label">{}: </span><span class="field-content">{}</span></p>'
    page = "".join(field.format(*each) for each in (("Kokonaisuuden nimi", TITLE), ("Toimiaika", "2020")))
    assert text_of(page.encode(), "sivu.html") == f"Kokonaisuuden nimi\n{TITLE}\n\nToimiaika\n2020\n"


def test_a_label_among_links_is_none_where_it_stands_as_a_heading_too(tmp_path: Path) -> None:
    menu = "<div><div><a href='#t'>Tuotokset ja tulokset</a></div><div><a href='#v'>Vaikutukset ja vaikuttavuus</a></div></div>"
    told = pipeline.read(save(tmp_path, WHOLE), lexicon())
    markup = drupal(WHOLE).replace("</article>", f"</article>{menu}")
    assert passages(pipeline.read(save_html(tmp_path, markup), lexicon())) == passages(told)


def test_the_address_is_the_one_that_the_page_gives(tmp_path: Path) -> None:
    address = "https://example.org/fi/kokonaisuus/koehanke"
    link = f'<link rel="canonical" href="{address}"></head>'
    assert read_page(save_html(tmp_path, drupal(WHOLE).replace("</head>", link))).address == address
    assert read_page(save_html(tmp_path, drupal(WHOLE))).address is None
    odd = link.replace("https:", "javascript:")
    assert read_page(save_html(tmp_path, drupal(WHOLE).replace("</head>", odd))).address is None


# ---- Encodings ----


@pytest.mark.parametrize(
    ("declared", "codec"),
    [
        ("iso-8859-1", "cp1252"),
        ("ISO-8859-15", "iso-8859-15"),
        ("windows-1252", "cp1252"),
        ("utf-8", "utf-16"),
        ("utf-8", "utf-8-sig"),
        ("iso-8859-1", "utf-8"),
        ("", "cp1252"),
    ],
)
def test_a_page_is_read_in_its_encoding(declared: str, codec: str) -> None:
    markup = drupal(page_text(description="Äitiys ja öljy"))
    markup = markup.replace('charset="utf-8"', f'charset="{declared}"' if declared else "")
    assert "Äitiys ja öljy" in text_of(markup.encode(codec, "xmlcharrefreplace"), "sivu.html")


@pytest.mark.parametrize(
    ("raw", "line", "what"),
    [
        (b'<meta charset="utf-8">\n<p>\xe4</p>', 2, "byte 0xe4 is not UTF-8"),
        (b'<meta charset="unicode_escape">\n<p>\xe4</p>', 1, "'unicode_escape' is not read"),
        (b'<meta charset="iso-8859-99">\n<p>\xe4</p>', 1, "'iso-8859-99' is not read"),
        (b"<p>\n\n\x81</p>", 3, "byte 0x81 is not CP1252"),
    ],
)
def test_an_encoding_that_does_not_fit_is_told_with_its_line(raw: bytes, line: int, what: str) -> None:
    with pytest.raises(PageError) as caught:
        text_of(raw, "sivu.html")
    assert caught.value.where == f"sivu.html:{line}"
    assert what in caught.value.what


# ---- What is no page, and what means harm ----


@pytest.mark.parametrize(
    ("markup", "line", "what"),
    [
        ("", "", "is empty"),
        ("<html><body></body></html>", "", "is empty"),
        ("<script>alert(1)</script>", "", "is empty"),
        (AROUND.format(content="<main><p>Kirjaudu sisään</p></main>"), ":1", "is not a project page"),
        (drupal(page_text()[: page_text().index("Lyhyt kuvaus")]), ":1", "is not a project page"),
        ("\n\n<h2>\nKokonaisuuden nimi</h2>\n<h2>Tuotokset ja tulokset</h2><p>x</p>", ":4", "lacks its name"),
    ],
)
def test_what_is_no_page_is_told_with_file_and_line(tmp_path: Path, markup: str, line: str, what: str) -> None:
    path = save_html(tmp_path, markup)
    with pytest.raises(PageError) as caught:
        read_page(path)
    assert caught.value.where == f"{path}{line}"
    assert what in caught.value.what
    assert caught.value.hint


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(PageError, match="cannot be read"):
        open_page(tmp_path / "puuttuu.html")


N = 100_000
HOSTILE: dict[str, Callable[[], str]] = {
    "nesting of 100 000 levels": lambda: "<div>" * N + "x",
    "nesting of inline elements": lambda: "<p>" + "<b><i>" * N,
    "lists in lists": lambda: "<ul><li>x" * N,
    "tables in tables": lambda: "<table><tr><td>" * N,
    "links in links": lambda: "<a href=x><p>" * N,
    "closing tags that fit nothing": lambda: "<b>" * 2000 + "</i>" * N,
    "a million attributes": lambda: "<p " + " ".join(f"a{number}=1" for number in range(10 * N)) + ">x",
    "a million signs of a tag": lambda: "<" * 10 * N,
    "comments that do not end": lambda: "<!--" * N,
    "entities": lambda: "&amp" * 5 * N + "&#x1F600;" * N,
    "null bytes": lambda: "<p>\0</p\0>" * N,
    "scripts": lambda: "<script><p>" * N,
    "a script of 10 MB": lambda: "<script>" + "x = 1;\n" * 15 * N + "</script><p>x</p>",
    "labels without end": lambda: "<h2>Kokonaisuuden nimi</h2>" * N,
    "labels in navigation in navigation": lambda: "<nav><aside><h2>Toimijat</h2>" * N,
    "a page of 10 MB": lambda: "<div class='field'><p>Tiimimalli on <b>käytössä</b>.</p></div>" * 2 * N,
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_markup_is_refused_in_bounded_time(tmp_path: Path, name: str) -> None:
    """Read it in a process of its own: a crash of the parser or a loop without end then fails this test alone."""
    path = save_html(tmp_path, HOSTILE[name]())
    code = (
        "import json, pathlib, sys; from graph.errors import PageError; from graph.pages import read_page\n"
        "try: read_page(pathlib.Path(sys.argv[1]))\n"
        "except PageError as problem: print(json.dumps([problem.what, problem.where]))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(path)], cwd=ROOT, capture_output=True, text=True, check=False, timeout=60
    )
    assert done.returncode == 0, done.stderr[-500:]
    what, where = json.loads(done.stdout)
    assert what
    assert where.startswith(str(path))


@pytest.mark.parametrize(
    "name", ["nesting of 100 000 levels", "a script of 10 MB", "null bytes", "a million attributes"]
)
def test_a_page_is_read_with_hostile_markup_before_it(tmp_path: Path, name: str) -> None:
    told = pipeline.read(save(tmp_path, WHOLE), lexicon())
    path = save_html(tmp_path, HOSTILE[name]() + drupal(WHOLE))
    assert claims(pipeline.read(path, lexicon())) == claims(told)


def test_a_file_that_is_too_large_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("graph.html_text.LARGEST", 1000)
    with pytest.raises(PageError, match="is too large"):
        text_of(b"x" * 1001, "sivu.html")
    assert LARGEST >= 10_000_000


def test_markup_that_takes_too_long_is_given_up_with_its_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("graph.html_lines.SECONDS", -1.0)
    with pytest.raises(PageError, match="is not read within") as caught:
        text_of(drupal(WHOLE).encode(), "sivu.html")
    assert caught.value.where == "sivu.html:1"


def test_the_text_has_no_markup_and_its_year_is_read(tmp_path: Path) -> None:
    page = read_page(save_html(tmp_path, drupal(WHOLE)))
    assert "<" not in page.text.replace("< 7 päivää", "")
    assert AUTUMN in page.text
