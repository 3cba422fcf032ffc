"""The vocabulary exports, as SKOS tools and the Finnish registries would take them, and the checker of the registries' rules."""

from __future__ import annotations

import csv
import io
import logging
import re
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import openpyxl
import pytest
import skosify
from click.testing import CliRunner
from conftest import shared
from rdflib import DCTERMS, RDF, SKOS, XSD, Graph, Literal, Namespace, URIRef
from rdflib.compare import isomorphic

from graph.cli import main
from graph.errors import CallError, DataError
from graph.exports import codes, skos, terms_sheet
from graph.exports.base import Export, Source
from graph.exports.concepts import MATCHES, Concept, Scheme, hierarchy, schemes
from graph.registries import check_file
from graph.settings import ROOT, Settings
from graph.snapshot import Snapshot

SLUGS = "direction model model-kind organisation-kind period programme-goal qualifier review-state role status".split()
VOID, SKOSMOS = Namespace("http://rdfs.org/ns/void#"), Namespace("http://purl.org/net/skosmos#")
# Of the properties that Skosmos reads of a vocabulary (its VocabularyConfig and example configuration), those that we use.
READ_BY_SKOSMOS = (
    "type title description subject uriSpace dataDump language defaultLanguage shortName showTopConcepts "
    "loadExternalResources mainConceptScheme sparqlGraph"
).split()
EXPORTS = {each.name: each for each in (*skos.EXPORTS, *codes.EXPORTS, *terms_sheet.EXPORTS)}
Cells = list[list[str]]


@pytest.fixture(scope="module")
def source(snapshot: Snapshot) -> Source:
    return Source(snapshot)


@pytest.fixture(scope="module")
def folder(source: Source, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with every vocabulary export."""
    root = tmp_path_factory.mktemp("vocabularies")
    for path, content in written(source).items():
        (root / Path(path).name).write_bytes(content)
    return root


def written(source: Source, exports: dict[str, Export] = EXPORTS) -> dict[str, bytes]:
    found = {}
    for file in [file for export in exports.values() for file in export.files(source)]:
        out = io.BytesIO()
        file.write(out)
        found[file.path] = out.getvalue()
    return found


# ---- SKOS ----


def warned(path: Path, caplog: pytest.LogCaptureFixture, *, enrich: bool = False) -> tuple[Graph, list[str]]:
    """Return what Skosify makes of a file, and its warnings."""
    caplog.clear()
    with caplog.at_level(logging.WARNING):  # from a graph: it leaves a file that it opens open
        made = skosify.skosify(
            Graph().parse(path), enrich_mappings=enrich, break_cycles=True, eliminate_redundancy=True
        )
    return made, [record.getMessage() for record in caplog.records]


def test_every_scheme_is_a_file(folder: Path) -> None:
    assert {path.stem for path in folder.glob("levikki-*.ttl")} == {f"levikki-{slug}" for slug in SLUGS}


@pytest.mark.parametrize("slug", SLUGS)
def test_skosify_changes_and_warns_of_nothing(folder: Path, slug: str, caplog: pytest.LogCaptureFixture) -> None:
    path = folder / f"levikki-{slug}.ttl"
    made, warnings = warned(path, caplog)
    assert warnings == []
    assert isomorphic(made, Graph().parse(path))
    assert warned(path, caplog, enrich=True)[1] == []


@pytest.mark.parametrize(
    ("added", "warning"),
    [
        ('model:ipc skos:altLabel "IPC"@fi', "both prefLabel and altLabel"),
        ('model:ipc skos:prefLabel "toinen"@fi', "more than one prefLabel@fi"),
        ("model:nuorten-psykososiaaliset-menetelmat skos:broader model:ipc", "Hierarchy cycle"),
        ('model:ipc skos:definition " väljä "@fi', "Stripping whitespace"),
        ("<#other> a skos:ConceptScheme", "Multiple concept schemes"),
    ],
)
def test_skosify_would_see_a_mistake(
    folder: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture, added: str, warning: str
) -> None:
    broken = tmp_path / "broken.ttl"
    text = (folder / "levikki-model.ttl").read_text("utf-8")
    broken.write_text(f"@prefix model: <https://w3id.org/levikki/id/model/> .\n{text}\n{added} .\n", "utf-8")
    assert any(warning in each for each in warned(broken, caplog)[1])


@pytest.mark.parametrize("slug", SLUGS)
def test_a_scheme_can_be_walked_in_three_languages(folder: Path, slug: str) -> None:
    graph = Graph().parse(folder / f"levikki-{slug}.ttl")
    scheme = graph.value(None, RDF.type, SKOS.ConceptScheme, any=False)
    concepts = set(graph.subjects(RDF.type, SKOS.Concept))
    assert {each.language for each in graph.objects(scheme, DCTERMS.title)} == {"fi", "sv", "en"}  # type: ignore[attr-defined]
    assert concepts == set(graph.subjects(SKOS.inScheme, scheme))
    assert set(graph.objects(scheme, SKOS.hasTopConcept)) == set(graph.subjects(SKOS.topConceptOf, scheme))
    reached: set[object] = set()
    ahead = list(graph.objects(scheme, SKOS.hasTopConcept))
    while ahead:
        concept = ahead.pop()
        assert concept not in reached  # a tree
        reached.add(concept)
        ahead += graph.objects(concept, SKOS.narrower)
    assert reached == concepts
    for concept in concepts:
        languages = [label.language for label in graph.objects(concept, SKOS.prefLabel)]  # type: ignore[attr-defined]
        assert sorted(languages) == ["en", "fi", "sv"]
    codes = [str(code).lower() for code in graph.objects(None, SKOS.notation)]
    assert len(set(codes)) == len(codes) == len(concepts)


def test_a_model_has_its_names_slips_kind_and_family(folder: Path, source: Source) -> None:
    graph = Graph().parse(folder / "levikki-model.ttl")
    ppt, model = (
        URIRef(source.names.thing("model", "paljon-palveluja-tarvitsevat-ppt")),
        source.names.thing("model", ""),
    )
    assert Literal("PTT-malli", "fi") in graph.objects(ppt, SKOS.hiddenLabel)
    assert graph.value(ppt, DCTERMS.type) == URIRef(source.names.relative("scheme/model-kind/practice-model"))
    coolkids, family = URIRef(f"{model}coolkids"), URIRef(f"{model}nuorten-psykososiaaliset-menetelmat")
    assert (coolkids, SKOS.broader, family) in graph
    assert (family, SKOS.narrower, coolkids) in graph
    rows = source.select("SELECT ?m ?f { ?m lev:family ?f } ORDER BY STR(?m)")
    assert {(str(s), str(o)) for s, o in graph.subject_objects(SKOS.broader)} == {
        (row["m"].value, row["f"].value) for row in rows
    }


def test_a_scheme_says_of_which_release_it_is(folder: Path, snapshot: Snapshot) -> None:
    graph = Graph().parse(folder / "levikki-status.ttl")
    when = Literal(snapshot.manifest["made"], datatype=XSD.dateTime)
    assert graph.value(None, DCTERMS.modified, when) == URIRef("https://w3id.org/levikki/id/scheme/status")
    assert [str(each) for each in graph.objects(None, DCTERMS.license)] == [Settings().licence]


def concept(name: str, **more: object) -> Concept:
    plain = Concept(f"http://example.org/{name}", name, {"fi": name}, {}, {}, {}, {}, "", (), 1)
    return replace(plain, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("parents", "expected"),
    [
        ({"a": ["b"], "b": ["c"]}, {"a": "b", "b": "c", "c": ""}),
        ({"a": ["a"]}, {"a": "", "b": "", "c": ""}),
        ({"a": ["b"], "b": ["c"], "c": ["a"]}, {"a": "b", "b": "c", "c": ""}),
        ({"a": ["elsewhere", "c"]}, {"a": "c", "b": "", "c": ""}),
        ({"a": ["c", "b"]}, {"a": "b", "b": "", "c": ""}),
    ],
)
def test_a_hierarchy_has_no_cycle_and_stays_in_its_scheme(
    parents: dict[str, list[str]], expected: dict[str, str]
) -> None:
    space = "http://example.org/"
    given = {space + name: [space + each for each in above] for name, above in parents.items()}
    made = hierarchy([concept(name) for name in "abc"], given)
    assert {each.notation: each.broader.removeprefix(space) for each in made} == expected


def test_matches_are_written_and_stay_clean(source: Source, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    matches = tuple((name, f"http://example.org/else/{name}") for name in MATCHES)
    scheme = Scheme("http://example.org/scheme", "x", {"fi": "x"}, {}, {}, (concept("a", matches=matches),))
    path = tmp_path / "x.ttl"
    with path.open("wb") as out:
        skos._write(scheme, source, out)
    made, warnings = warned(path, caplog)
    assert warnings == []
    assert isomorphic(made, Graph().parse(path))
    assert {(SKOS[name], URIRef(iri)) for name, iri in matches} <= set(
        made.predicate_objects(URIRef("http://example.org/a"))
    )
    assert warned(path, caplog, enrich=True)[1] == []


def test_the_skosmos_configuration_names_what_is_there(folder: Path, source: Source) -> None:
    own = replace(source, settings=Settings(address="https://data.example.org/levikki/"))
    text = skos.configuration(schemes(own), own)
    graph = Graph().parse(data=text, format="turtle", publicID="http://example.org/config.ttl")
    blocks = set(graph.subjects(RDF.type, SKOSMOS.Vocabulary)) & set(graph.subjects(RDF.type, VOID.Dataset))
    assert len(blocks) == len(SLUGS)
    categories = set(graph.subjects(SKOS.topConceptOf, None))
    told = {
        str(predicate).rpartition("#")[2].rpartition("/")[2]
        for block in blocks
        for predicate in graph.predicates(block)
    }
    assert told == set(READ_BY_SKOSMOS)
    for block in blocks:
        one = {each: graph.value(block, each, any=False) for each in (VOID.dataDump, VOID.uriSpace, DCTERMS.subject)}
        name = str(one[VOID.dataDump]).removeprefix("https://data.example.org/levikki/data/skos/")
        held = Graph().parse(folder / name)
        scheme = graph.value(block, SKOSMOS.mainConceptScheme)
        assert scheme == graph.value(block, SKOSMOS.sparqlGraph) == held.value(None, RDF.type, SKOS.ConceptScheme)
        assert all(str(each).startswith(str(one[VOID.uriSpace])) for each in held.subjects(RDF.type, SKOS.Concept))
        languages = {str(each) for each in graph.objects(block, SKOSMOS.language)}
        assert languages == {each.language for each in held.objects(None, SKOS.prefLabel)}  # type: ignore[attr-defined]
        assert one[DCTERMS.subject] in categories
        assert str(graph.value(block, SKOSMOS.defaultLanguage)) == "fi"


# ---- the same bytes ----


def test_the_same_snapshot_gives_the_same_bytes(snapshot: Snapshot, source: Source) -> None:
    first, again = written(source), written(Source(snapshot))
    assert first == again
    books = [content for path, content in first.items() if path.endswith(".xlsx")]
    assert len(books) == len(codes.LISTS) + len(terms_sheet.BOOKS)
    for content in books:
        with zipfile.ZipFile(io.BytesIO(content)) as book:
            assert {each.date_time for each in book.infolist()} == {(1980, 1, 1, 0, 0, 0)}
            assert book.read("docProps/core.xml").count(snapshot.manifest["made"].encode()) == 2


# ---- Koodistot and Sanastot ----


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("koodistot/v1_testcodes.csv", []),
        ("koodistot/v1_testcodeschemes.csv", []),
        ("koodistot/v1_bad_infodomain.csv", [("domain", 2, "INFORMATIONDOMAIN")]),
        ("koodistot/v1_broader_codes_unexisting_test.csv", [("broader", 3, "BROADER")]),
        ("koodistot/v1_case_insensitive_codes.csv", [("duplicate-code", 3, "CODEVALUE")]),
        ("koodistot/v1_duplicate_header_test.csv", [("duplicate-header", 1, "BROADER")]),
        # Beside the code of its name it has a doubled header, at which the importer stops first.
        ("koodistot/v1_invalid_code_codevalue.csv", [("duplicate-header", 1, "BROADER")]),
        ("sanastot/excel_import_simple.xlsx", []),
    ],
)
def test_their_own_fixtures_are_judged_as_they_judge_them(path: str, expected: list[tuple[str, int, str]]) -> None:
    found = check_file(shared("suites") / path)
    assert [(each.rule, each.row, each.column) for each in found] == expected


def test_their_invalid_code_is_found_behind_its_doubled_header(tmp_path: Path) -> None:
    text = (shared("suites") / "koodistot" / "v1_invalid_code_codevalue.csv").read_text("utf-8")
    path = tmp_path / "codes.csv"
    path.write_text(text.replace("BROADER,BROADER,", "BROADER,").replace("test 01,,,,,", "test 01,,,"), "utf-8")
    assert [(each.rule, each.row) for each in check_file(path)] == [("code", 2)]


@pytest.mark.parametrize("name", ["koodistot-csv", "koodistot-xlsx", "sanastot-xlsx"])
def test_what_we_export_can_be_imported(source: Source, folder: Path, name: str) -> None:
    paths = [Path(file.path).name for file in EXPORTS[name].files(source)]
    assert paths
    assert {path: check_file(folder / path) for path in paths} == {path: [] for path in paths}


def put(column: str, value: str, row: int = 1) -> Callable[[Cells], object]:
    def change(cells: Cells) -> None:
        cells[row][cells[0].index(column)] = value

    return change


def add(column: str, *values: str) -> Callable[[Cells], object]:
    def change(cells: Cells) -> None:
        cells[0].append(column)
        for number, line in enumerate(cells[1:]):
            line.append(values[number] if number < len(values) else "")

    return change


def drop(column: str) -> Callable[[Cells], object]:
    def change(cells: Cells) -> None:
        index = cells[0].index(column)
        for line in cells:
            del line[index]

    return change


def both(*changes: Callable[[Cells], object]) -> Callable[[Cells], object]:
    return lambda cells: [change(cells) for change in changes]


MUTATIONS: list[tuple[str, str, Callable[[Cells], object]]] = [
    ("status-scheme.csv", "header", drop("CODEVALUE")),
    ("status-scheme.csv", "header", drop("INFORMATIONDOMAIN")),
    ("status-scheme.csv", "header", drop("STATUS")),
    ("status-scheme.csv", "header", lambda cells: [drop(f"PREFLABEL_{code}")(cells) for code in ("FI", "SV", "EN")]),
    ("status-scheme.csv", "duplicate-header", add("STATUS", "DRAFT")),
    ("status-scheme.csv", "code-missing", put("CODEVALUE", "")),
    ("status-scheme.csv", "code", put("CODEVALUE", "levikki.tila")),
    ("status-scheme.csv", "duplicate-code", lambda cells: cells.append(cells[1])),
    ("status-scheme.csv", "status", put("STATUS", "SUGGESTED")),
    ("status-scheme.csv", "status", put("STATUS", "draft")),
    ("status-scheme.csv", "label", lambda cells: [put(f"PREFLABEL_{code}", "")(cells) for code in ("FI", "SV", "EN")]),
    ("status-scheme.csv", "domain", put("INFORMATIONDOMAIN", "")),
    ("status-scheme.csv", "domain", put("INFORMATIONDOMAIN", "P4;P28")),
    ("status-scheme.csv", "language", put("LANGUAGECODE", "fi,sv")),
    ("status-scheme.csv", "identifier", add("ORGANIZATION", "THL")),
    ("status-codes.csv", "header", drop("CODEVALUE")),
    ("status-codes.csv", "header", drop("STATUS")),
    ("status-codes.csv", "duplicate-header", add("ORDER")),
    ("status-codes.csv", "code-missing", put("CODEVALUE", " ")),
    ("status-codes.csv", "code", put("CODEVALUE", "otettu käyttöön")),
    ("status-codes.csv", "duplicate-code", put("CODEVALUE", "PREPARED")),
    ("status-codes.csv", "status", put("STATUS", "")),
    ("status-codes.csv", "broader", put("BROADER", "nowhere")),
    ("status-codes.csv", "broader-cycle", put("BROADER", "Planned")),
    ("status-codes.csv", "broader-cycle", both(put("BROADER", "piloted", 1), put("BROADER", "planned", 3))),
    ("status-codes.csv", "number", put("ORDER", "1.")),
    ("status-codes.csv", "number", both(drop("BROADER"), add("HIERARCHYLEVEL", "top"))),
    ("status-codes.csv", "duplicate-order", put("ORDER", "2")),
    ("status-codes.csv", "date", add("STARTDATE", "1.2.2026")),
    ("status-codes.csv", "date", add("STARTDATE", "2026-02-30")),
    ("status-codes.csv", "dates", both(add("STARTDATE", "2026-02-02"), add("ENDDATE", "2026-02-01"))),
    ("status-codes.csv", "identifier", add("ID", "planned")),
    ("status-codes.csv", "cells", lambda cells: cells[2].pop()),
    ("status-codes.csv", "cells", lambda cells: cells.insert(2, [])),
    ("models.xlsx", "header", lambda cells: [drop(f"prefLabel_{code}")(cells) for code in ("fi", "sv", "en")]),
    ("models.xlsx", "column", add("hiddenLabel_fi")),
    ("models.xlsx", "column", add("PREFLABEL_FI")),
    ("models.xlsx", "column-language", add("example")),
    ("models.xlsx", "language", add("example_suomi")),
    ("models.xlsx", "duplicate-header", add("note_fi")),
    ("models.xlsx", "label", lambda cells: [put(f"prefLabel_{code}", " ")(cells) for code in ("fi", "sv", "en")]),
    ("models.xlsx", "one-label", put("prefLabel_fi", "yksi\nkaksi")),
    ("models.xlsx", "status", put("status", "valmis")),
    ("models.xlsx", "text", put("note_fi", "7")),
    ("status.xlsx", "codes-sheet", put("CODESSHEET", "Elsewhere")),
]


@pytest.mark.parametrize(("name", "rule", "change"), MUTATIONS, ids=[f"{name} {rule}" for name, rule, _ in MUTATIONS])
def test_a_broken_rule_is_found_and_no_other(
    folder: Path, tmp_path: Path, name: str, rule: str, change: Callable[[Cells], object]
) -> None:
    path = tmp_path / name
    if name.endswith(".csv"):
        with (folder / f"levikki-{name}").open(encoding="utf-8", newline="") as file:
            cells = list(csv.reader(file))
        change(cells)
        with path.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows(cells)
    else:
        change_sheet(folder / f"levikki-{name}", path, change)
    assert {each.rule for each in check_file(path)} == {rule}


def change_sheet(original: Path, path: Path, change: Callable[[Cells], object]) -> None:
    """Change the first sheet of a workbook; digits alone become a number. A sheet of codes gets another name."""
    book = openpyxl.load_workbook(original)
    cells = [[cell or "" for cell in line] for line in book.worksheets[0].iter_rows(values_only=True)]
    change(cells)
    title = book.worksheets[0].title
    book.remove(book.worksheets[0])
    sheet = book.create_sheet(title, 0)
    for line in cells:
        sheet.append([int(cell) if cell.isdigit() else cell or None for cell in line])
    for other in book.worksheets[1:]:
        other.title = "Other"
    book.save(path)


def test_each_rule_is_broken_by_a_mutation() -> None:
    modules = [
        (ROOT / "graph" / f"{name}.py").read_text("utf-8")
        for name in ("koodistot", "sanastot", "tabular", "registries")
    ]
    rules = {rule for text in modules for rule in re.findall(r'[fF]inding\(\s*"([a-z-]+)"', text)}
    assert rules - {"workbook"} == {rule for _, rule, _ in MUTATIONS}


def test_a_sheet_that_is_no_list_is_read_as_codes(tmp_path: Path, folder: Path) -> None:
    book = openpyxl.load_workbook(folder / "levikki-status.xlsx")
    book.remove(book["CodeSchemes"])
    book["Codes"]["A3"] = "planned"
    book.save(tmp_path / "codes.xlsx")
    assert [(each.rule, each.row) for each in check_file(tmp_path / "codes.xlsx")] == [("duplicate-code", 3)]


@pytest.mark.parametrize(
    ("name", "content", "error", "said"),
    [
        ("a.csv", b"name,year\nx,1\n", CallError, "is no table for Koodistot or Sanastot"),
        ("a.csv", b"", CallError, "is no table"),
        ("a.csv", b"CODEVALUE,STATUS\n\xe4,DRAFT\n", DataError, "a.csv:2: byte 0xe4 is not UTF-8"),
        ("a.csv", b'CODEVALUE,STATUS\n"a"b,DRAFT\n', DataError, "a.csv:2: is not CSV"),
        ("a.xlsx", b"PK", DataError, "is no Excel workbook"),
        ("b.xlsx", None, DataError, "cannot be read"),
    ],
)
def test_what_cannot_be_read_is_said(
    tmp_path: Path, name: str, content: bytes | None, error: type[Exception], said: str
) -> None:
    if content is not None:
        (tmp_path / name).write_bytes(content)
    with pytest.raises(error) as problem:
        check_file(tmp_path / name)
    assert said in str(problem.value)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("\ufeffCODEVALUE,STATUS\na,DRAFT\n", "the registry's rules hold"),
        ("CODEVALUE;STATUS\na;DRAFT\n", "save the file with commas"),
        ("prefLabel_fi,status\na,DRAFT\n", "Sanastot takes no CSV"),
        ("CODEVALUE,STATUS\na b,DRAFT\n", "CODEVALUE: 'a b' is no valid code\n  what to do: use only letters"),
    ],
)
def test_levikki_check_tells_a_steward(tmp_path: Path, content: str, said: str) -> None:
    path = tmp_path / "table.csv"
    path.write_text(content, "utf-8")
    done = CliRunner().invoke(main, ["check", str(path)])
    assert said in done.output
    assert done.exit_code == (0 if "hold" in said else 1)


def test_a_term_has_its_names_one_a_line(folder: Path) -> None:
    sheet = openpyxl.load_workbook(folder / "levikki-models.xlsx").worksheets[0]
    header, *rows = sheet.iter_rows(values_only=True)
    terms = {line[0]: dict(zip(header, line, strict=True)) for line in rows}
    assert terms["Paljon palveluja tarvitsevat (PPT)"]["notRecommendedSynonym_fi"].splitlines()[0] == "PTT-malli"
    assert terms["ADSUME"]["altLabel_fi"] == "ADSUME-kysely\nnuorten päihdemittari"
    assert "Överordnad modell: " in terms["CoolKids"]["note_sv"]
    assert "related" not in header  # the service numbers concepts itself


def test_the_codes_of_a_list_keep_their_order(folder: Path) -> None:
    with (folder / "levikki-status-codes.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert [row["CODEVALUE"] for row in rows] == (
        "planned prepared piloted in-introduction adopted scaled established discontinued not-started".split()
    )
    assert [row["ORDER"] for row in rows] == [str(number) for number in range(1, 10)]
