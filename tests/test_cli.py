"""The command `levikki`: its contract (DESIGN section 4), exit codes, and errors without a traceback."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pyoxigraph as ox
import pytest
from click.testing import CliRunner, Result
from page_factory import SLUG, TITLE, dated, page_text, save
from rdflib import Dataset, Graph

from graph import __version__, questions
from graph.cli import main
from graph.exports.rdf import FORMATS
from graph.names import Names
from graph.snapshot import Snapshot

# DESIGN section 4, "A claim line of extract".
FIELDS = [
    "page", "model", "model_id", "model_labels", "kind", "place", "region", "project", "period", "status",
    "start", "end", "quote", "measures", "goal", "continues_in", "origin", "partner", "repeats", "rule",
]  # fmt: skip
COMMANDS = sorted(main.commands)
PASSAGE = (
    "Saatavuus ja jatkuvuus\n\nKajaanissa otettiin käyttöön Tuusulan mallin mukainen tiimimalli – äiti\u00a0hyvä 😀.\n\n"
    "IPC-koulutuksen suoritti yhdessä HUSin kanssa 27 osaajaa."
)


@pytest.fixture
def env(snapshot: Snapshot) -> dict[str, str]:
    """Return the environment in which the shipped snapshot is the latest."""
    return {"LEVIKKI_SNAPSHOTS": str(snapshot.path.parent)}


@pytest.fixture
def page(tmp_path: Path) -> Path:
    return save(tmp_path, page_text(results=dated(PASSAGE)))


def run(*arguments: object, given: str | None = None, env: dict[str, str] | None = None, code: int = 0) -> Result:
    """Run the command; hold its exit code, and that it ended without a traceback."""
    result = CliRunner().invoke(main, [str(each) for each in arguments], input=given, env=env)
    assert result.exception is None or isinstance(result.exception, SystemExit), repr(result.exception)
    assert result.exit_code == code, result.output
    assert "Traceback" not in result.output
    return result


def complaint(*arguments: object, given: str | None = None, env: dict[str, str] | None = None, code: int) -> str:
    """Return what a command says that fails: on standard error, and nothing on standard output."""
    result = run(*arguments, given=given, env=env, code=code)
    assert result.stdout == ""
    return result.stderr


def test_the_commands_are_those_of_the_contract() -> None:
    assert {"build", "extract", "check", "query", "export", "serve"} <= set(COMMANDS)


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("option", ["--help", "-h"])
def test_each_command_explains_itself(command: str, option: str) -> None:
    result = run(command, option)
    assert result.output.startswith(f"Usage: main {command}")
    explained = main.commands[command].help
    assert explained
    assert explained.split()[0] in result.output


def test_the_program_lists_its_commands_and_its_version() -> None:
    listed = run("--help").output
    assert all(f"  {command} " in listed for command in COMMANDS)
    assert run("--version").output == f"levikki, version {__version__}\n"


@pytest.mark.parametrize(
    "arguments",
    [
        ["nonsense"],
        ["extract"],
        ["read"],
        ["extract", "--format", "xml", "sivu.txt"],
        ["export"],
        ["export", "pdf"],
        ["query"],
        ["query", "x", "--format", "pdf"],
        ["serve", "--port", "kahdeksan"],
        ["build", "--nonsense"],
    ],
    ids=" ".join,
)
def test_a_wrong_call_is_exit_code_2_and_tells_the_usage(arguments: list[str]) -> None:
    assert "Usage: main" in complaint(*arguments, code=2)


def test_a_wrong_setting_is_a_wrong_call() -> None:
    assert "LEVIKKI_BASE is 'nonsense'" in complaint("query", "x", env={"LEVIKKI_BASE": "nonsense"}, code=2)


# extract


def test_extract_prints_a_json_object_a_line_with_the_fields_of_the_contract(page: Path) -> None:
    lines = [json.loads(line) for line in run("extract", page).stdout.splitlines()]
    assert [list(line) for line in lines] == [FIELDS, FIELDS]
    team, ipc = lines
    text = page.read_text(encoding="utf-8")
    assert all(text[line["start"] : line["end"]] == line["quote"] for line in lines)
    known: dict[str, object] = {
        "page": SLUG,
        "model": "Tiimimalli",
        "model_id": "model/tiimimalli",
        "kind": "practice-model",
        "place": "Kajaani",
        "region": "Kainuu",
        "project": TITLE,
        "period": "2022-autumn",
        "status": "adopted",
        "goal": "saatavuus",
        "origin": "Tuusula",
        "partner": None,
    }
    assert {key: team[key] for key in known} == known
    assert team["model_labels"][0] == "Tiimimalli"
    assert (ipc["status"], ipc["partner"], ipc["repeats"]) == ("in-introduction", "HUS", None)
    assert ipc["measures"] == [{"what": "koulutetut osaajat", "value": "27", "unit": "henkilö", "direction": None}]
    assert isinstance(team["start"], int)
    assert team["rule"]


def test_extract_writes_the_same_as_a_table(page: Path) -> None:
    lines = [json.loads(line) for line in run("extract", page).stdout.splitlines()]
    rows = list(csv.DictReader(io.StringIO(run("extract", page, "--format", "csv").stdout)))
    assert list(rows[0]) == FIELDS
    for row, line in zip(rows, lines, strict=True):
        for name in FIELDS:
            value = json.loads(row[name]) if isinstance(line[name], list) else row[name]
            assert value == (
                line[name] if isinstance(line[name], list) else "" if line[name] is None else str(line[name])
            )


def test_extract_reads_several_pages_in_their_order(page: Path, tmp_path: Path) -> None:
    other = save(tmp_path, page_text(results=dated("Kuhmossa kokeiltiin IPC:tä.")), "toinen")
    lines = [json.loads(line) for line in run("extract", other, page).stdout.splitlines()]
    assert [line["page"] for line in lines] == ["toinen", SLUG, SLUG]


@pytest.mark.parametrize("form", ["jsonl", "csv"])
def test_a_page_without_claims_gives_no_line(tmp_path: Path, form: str) -> None:
    assert run("extract", save(tmp_path, page_text()), "--format", form).stdout.strip() == ""


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (b"", ": is empty"),
        (b"Kokonaisuuden nimi\n\nTuotokset ja tulokset\nx\n", ":1: lacks its name"),
        (b"Perus\n\xe4\n", ":2: byte 0xe4 is not UTF-8"),
    ],
)
@pytest.mark.parametrize("command", ["extract", "read"])
def test_a_page_that_cannot_be_read_is_exit_code_1_with_file_and_line(
    tmp_path: Path, command: str, content: bytes, what: str
) -> None:
    path = tmp_path / "rikki.txt"
    path.write_bytes(content)
    out = ["--out", tmp_path / "out"] if command == "read" else []
    message = complaint(command, path, *out, code=1)
    assert message.startswith(f"{path}{what}")
    assert "what to do:" in message
    assert list((tmp_path / "out").glob("*.json")) == []


def test_a_page_that_is_not_there_is_exit_code_1(tmp_path: Path) -> None:
    assert "cannot be read" in complaint("extract", tmp_path / "puuttuu.txt", code=1)


# read, build, check


def test_read_writes_records_and_says_what_the_review_has_not_seen(page: Path, tmp_path: Path) -> None:
    output = run("read", page, "--out", tmp_path / "tietueet").output
    assert output.startswith(f"{SLUG}.json: 2 claims read, 2 differ from the review\n")
    assert f"new       {SLUG} 2022-autumn model/tiimimalli municipality/kajaani: adopted" in output
    record = json.loads((tmp_path / "tietueet" / f"{SLUG}.json").read_text(encoding="utf-8"))
    assert len(record["contents"]["claims"]) == 2


def test_what_was_read_can_be_checked_built_and_asked(page: Path, tmp_path: Path) -> None:
    folder, out = tmp_path / "tietueet", tmp_path / "snapshots"
    run("read", page, "--out", folder)
    assert run("check", folder / f"{SLUG}.json").output == "every shape and check holds\n"
    built = run("build", "--records", folder, "--pages", tmp_path, "--out", out).output.splitlines()
    assert built[0] == "read 1 records"
    assert built[-1].startswith("published ")
    env = {"LEVIKKI_SNAPSHOTS": str(out)}
    assert (
        run("build", "--records", folder, "--if-changed", env=env).output
        == f"{built[-1].removeprefix('published ')} is up to date\n"
    )
    row = next(
        csv.DictReader(
            io.StringIO(run("query", "models-of-region", "--set", "region=kainuu", "--format", "csv", env=env).stdout)
        )
    )
    assert row["modelLabel"] == "IPC"
    assert run("check", out / "latest").output == "every shape and check holds\n"


def test_check_holds_the_shipped_records_by_default() -> None:
    assert run("check").output == "every shape and check holds\n"


def test_check_holds_an_rdf_file(tmp_path: Path) -> None:
    turtle = tmp_path / "koe.ttl"
    good = f'<{Names().thing("region", "kainuu")}> <http://www.w3.org/2004/02/skos/core#notation> "20" .'
    turtle.write_text(good, encoding="utf-8")
    assert run("check", turtle).output == "every shape and check holds\n"
    turtle.write_text(good.replace('"20"', '"3"'), encoding="utf-8")
    message = complaint("check", turtle, code=1)
    assert "region/kainuu" in message
    assert "two digits" in message


@pytest.mark.parametrize(
    ("name", "content", "code", "what"),
    [
        ("x.json", b'{\n"id": }', 1, "x.json:2: is no JSON"),
        ("x.ttl", b"@prefix a: <http://a/> .\na:b a:c .", 1, "x.ttl:2: does not parse"),
        ("x.nq", b"<http://a/b> ", 1, "x.nq:1: does not parse"),
        ("x.ttl", b"\xff", 1, "x.ttl:1: byte 0xff is not UTF-8"),
        ("x.pdf", b"", 2, "cannot check 'x.pdf'"),
    ],
)
def test_what_cannot_be_checked_is_told(tmp_path: Path, name: str, content: bytes, code: int, what: str) -> None:
    (tmp_path / name).write_bytes(content)
    assert what in complaint("check", tmp_path / name, code=code)


@pytest.mark.parametrize("name", ["puuttuu.json", "puuttuu.nq", "kansio"])
def test_what_is_not_there_cannot_be_checked(tmp_path: Path, name: str) -> None:
    (tmp_path / "kansio").mkdir()
    assert name in complaint("check", tmp_path / name, code=1)


# query


def test_a_named_question_is_answered_as_a_table(env: dict[str, str]) -> None:
    lines = run("query", "models-by-region-count", env=env).stdout.splitlines()
    assert lines[0].split()[:2] == ["modelLabel", "spread"]
    assert set(lines[1]) == {"-", " "}
    assert [line for line in lines if line.startswith("Tiimimalli  ")]
    column = lines[0].index("spread")
    assert all(line[column - 1] == " " and line[column].isdigit() for line in lines[2:])


def test_a_named_question_is_answered_as_csv_and_json(env: dict[str, str]) -> None:
    rows = list(csv.DictReader(io.StringIO(run("query", "models-by-region-count", "--format", "csv", env=env).stdout)))
    found = json.loads(run("query", "models-by-region-count", "--format", "json", env=env).stdout)
    assert found["head"]["vars"] == list(rows[0])
    cells = [{name: cell["value"] for name, cell in row.items()} for row in found["results"]["bindings"]]
    assert cells == rows
    assert "Tiimimalli" in [row["modelLabel"] for row in rows]
    assert len(rows) > 50


def test_a_parameter_chooses_what_is_asked_about(env: dict[str, str]) -> None:
    answers = {
        value: run("query", "models-of-region", "--set", f"region={value}", "--format", "csv", env=env).stdout
        for value in ("helsinki", "region:helsinki", Names().thing("region", "helsinki"), "ita-uusimaa")
    }
    assert len(set(answers.values())) == 2
    assert "region/helsinki" in answers["helsinki"]
    assert "region/helsinki" not in answers["ita-uusimaa"]


def test_sparql_comes_from_a_file_or_from_standard_input(env: dict[str, str], tmp_path: Path) -> None:
    text = (
        "PREFIX skos: <http://www.w3.org/2004/02/skos/core#>\n"
        f"SELECT ?code WHERE {{ ?r a <{Names().ontology}Region> ; skos:notation ?code }} ORDER BY ?code LIMIT 2"
    )
    path = tmp_path / "kysymys.rq"
    path.write_text(text, encoding="utf-8")
    expected = "code\n----\n01\n02\n"
    assert run("query", path, env=env).stdout == expected
    assert run("query", "-", given=text, env=env).stdout == expected


def test_other_forms_of_query_are_answered(env: dict[str, str]) -> None:
    assert json.loads(run("query", "-", given="ASK {}", env=env).stdout)["boolean"] is True
    construct = "CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o } LIMIT 5"
    assert len(Graph().parse(data=run("query", "-", given=construct, env=env).stdout, format="turtle")) == 5


@pytest.mark.parametrize(
    ("arguments", "given", "code", "what"),
    [
        (["no-such-question"], None, 2, "models-by-region-count"),
        (["models-of-region", "--set", "region"], None, 2, "has no value"),
        (["models-of-region", "--set", "regoin=kainuu"], None, 2, "its parameters are: region"),
        (["models-of-region", "--set", "region=Ei Ole"], None, 2, "names nothing here"),
        (["-", "--format", "csv"], "CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o }", 2, "use one of: ttl"),
        (["-"], "SELECT * WHERE {", 1, "line 1, column 17: the query does not parse"),
        (["-"], "INSERT DATA { <a:a> <a:b> <a:c> }", 1, "read-only"),
        (["-"], "SELECT * WHERE { SERVICE <http://example.org/> { ?s ?p ?o } }", 1, "SERVICE is not allowed"),
        (["models-by-region-count", "--endpoint", "http://127.0.0.1:9/sparql"], None, 1, "cannot be reached"),
    ],
)
def test_a_query_that_is_refused_says_why(
    env: dict[str, str], arguments: list[str], given: str | None, code: int, what: str
) -> None:
    assert what in complaint("query", *arguments, given=given, env=env, code=code)


@pytest.mark.parametrize("arguments", [["query", "models-by-region-count"], ["export", "nq"], ["serve"]], ids=" ".join)
def test_without_a_snapshot_the_command_says_what_to_run(tmp_path: Path, arguments: list[str]) -> None:
    message = complaint(*arguments, env={"LEVIKKI_SNAPSHOTS": str(tmp_path)}, code=1)
    assert "what to do: run: levikki build" in message


def test_every_question_is_listed_with_what_it_asks() -> None:
    listed = run("questions").stdout.splitlines()
    assert [line.split()[0] for line in listed] == sorted(questions.load(Names()))
    assert all(line[32:].strip() for line in listed)


# export


@pytest.fixture(scope="module")
def quads(snapshot: Snapshot) -> list[ox.Quad]:
    return list(ox.parse(path=str(snapshot.path / "graph.nq"), format=ox.RdfFormat.N_QUADS))


@pytest.mark.parametrize("form", sorted(FORMATS))
def test_an_export_holds_the_graph_and_is_the_same_bytes_again(
    form: str, env: dict[str, str], quads: list[ox.Quad], tmp_path: Path
) -> None:
    path = tmp_path / f"kanta.{form}"
    run("export", form, "-o", path, env=env)
    fmt, _, keeps_graphs = FORMATS[form]
    found = list(ox.parse(path=str(path), format=fmt))
    expected = set(quads) if keeps_graphs else {quad.triple for quad in quads}
    assert (set(found) if keeps_graphs else {quad.triple for quad in found}) == expected
    assert len(found) == len(expected)
    assert run("export", form, env=env).stdout_bytes == path.read_bytes()


@pytest.mark.parametrize(
    ("form", "reader"), [("ttl", "turtle"), ("rdfxml", "xml"), ("trig", "trig"), ("jsonld", "json-ld")]
)
def test_rdflib_reads_an_export(form: str, reader: str, tmp_path: Path) -> None:
    """Export a snapshot of one quad: rdflib takes seconds for the whole one."""
    folder = tmp_path / "snap" / "one"
    folder.mkdir(parents=True)
    quad = ox.Quad(
        ox.NamedNode(Names().thing("model", "x")),
        ox.NamedNode("http://www.w3.org/2004/02/skos/core#prefLabel"),
        ox.Literal("Äiti", language="fi"),
        ox.NamedNode(Names().graph("x")),
    )
    (folder / "graph.nq").write_text(f"{quad} .\n", encoding="utf-8")
    (folder / "manifest.json").write_text(json.dumps({"base": "https://w3id.org/levikki/"}), encoding="utf-8")
    (tmp_path / "snap" / "latest").symlink_to("one")
    data = run("export", form, env={"LEVIKKI_SNAPSHOTS": str(tmp_path / "snap")}).stdout
    graph = Dataset(default_union=True).parse(data=data, format=reader)
    assert [str(label) for label in graph.objects()] == ["Äiti"]
