# ruff: noqa: INP001 - docs is a folder of texts, no package
"""What the cog blocks of README.md and docs/*.md show: answers, commands, tables, all from the code as it is.

`cog -r README.md docs/*.md`, in the checkout's folder, writes them anew; `cog --check` says whether they are fresh. The snapshot
that they show is built once, from the shipped records, in a folder that is gone afterwards.
"""

from __future__ import annotations

import csv
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable
from dataclasses import fields, replace
from functools import cache
from pathlib import Path

from click.testing import CliRunner
from flask.testing import FlaskClient
from rdflib import OWL, RDF, RDFS, SKOS, Graph, URIRef
from rdflib.namespace import NamespaceManager
from werkzeug.test import TestResponse

from graph import formats, pipeline, questions, vocabulary
from graph.cli import main
from graph.exports import about as formats_table
from graph.files import read_table
from graph.names import TYPES, Names
from graph.settings import ROOT, Settings, variable
from graph.snapshot import latest
from server import create_app

ADDRESS = "http://127.0.0.1:8000"
PROGRAM = ".venv/bin/levikki"
EXAMPLE = "docs/example-page.txt"
NAMES = Names()
_FOLDER = tempfile.TemporaryDirectory(prefix="levikki-docs-")
_UNSET: dict[str, str | None] = dict.fromkeys(map(variable, (field.name for field in fields(Settings))))


@cache
def settings() -> Settings:
    """Return the settings of a snapshot of the shipped records, which the first call builds."""
    chosen = Settings(snapshots=Path(_FOLDER.name) / "snapshots")
    pipeline.build(chosen, say=lambda _: None)
    return chosen


@cache
def _client(**limits: int) -> FlaskClient:
    return create_app(replace(settings(), **limits)).test_client()  # type: ignore[arg-type]


# ---- pieces of Markdown ----


def table(header: Iterable[str], rows: Iterable[Iterable[object]]) -> str:
    """Return a Markdown table."""
    head = list(header)
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(_cell(str(cell)) for cell in line)} |" for line in lines)


def _cell(text: str) -> str:
    plain = text.replace("|", "\\|").replace("\n", " ")
    return plain if "`" in plain else plain.replace("<", "&lt;")


def fenced(text: str, language: str = "console") -> str:
    """Return a block of code."""
    return f"```{language}\n{text.rstrip()}\n```"


# ---- the command ----


def run(*arguments: str, snapshots: Path | None = None) -> tuple[str, str, int]:
    """Run the command in the checkout; return standard output, standard error and exit code."""
    environment: dict[str, str | None] = {**_UNSET, "LEVIKKI_SNAPSHOTS": str(snapshots or settings().snapshots)}
    found = CliRunner(env=environment).invoke(main, arguments, prog_name="levikki", terminal_width=100)
    if found.exception and not isinstance(found.exception, SystemExit):
        raise found.exception
    return found.stdout, found.stderr, found.exit_code


def levikki(line: str, *, head: int = 0, without: str = "") -> str:
    """Return a call of the command with what it prints.

    :param line: what stands behind `levikki`.
    :param head: lines shown; all where 0.
    :param without: title of a column that is left out, with all behind it.
    """
    out, error, code = run(*shlex.split(line))
    if code:
        return fenced(f"$ {PROGRAM} {line}\n{error.rstrip()}\n$ echo $?\n{code}")
    lines = out.splitlines()[: head or None]
    if without:
        end = lines[0].index(f"  {without}")
        lines = [each[:end].rstrip() for each in lines]
    shown = f"{line} | head -{head}" if head else line
    return fenced("\n".join([f"$ {PROGRAM} {shown}", *lines]))


def commands() -> str:
    """Return the table of commands."""
    rows = [[f"`levikki {name}`", command.get_short_help_str(limit=300)] for name, command in main.commands.items()]
    return table(["command", "what it does"], rows)


def help_texts() -> str:
    """Return what `--help` says of every command."""
    return fenced("\n".join(f"$ levikki {name} --help\n{run(name, '--help')[0]}" for name in main.commands))


# ---- the server ----


def curl(
    path: str,
    *,
    form: dict[str, str] | None = None,
    body: str = "",
    accept: str = "",
    head: int = 0,
    ordered: bool = False,
    limits: dict[str, int] | None = None,
) -> str:
    """Return a call of curl with what the server answers.

    :param form: fields of a POST; `@file` sends a file's content.
    :param body: a query that is sent as it is.
    :param head: lines shown; all where 0.
    :param ordered: sort the lines, of an answer that has no order of its own.
    :param limits: limits of the server that are not the default.
    """
    parts = ["curl -s"]
    if accept:
        parts.append(f"-H 'Accept: {accept}'")
    if body:
        parts.append(f"-H 'Content-Type: application/sparql-query' --data-binary '{body}'")
    parts += [f"--data-urlencode '{name}{_value(value)}'" for name, value in (form or {}).items()]
    parts.append(f"'{ADDRESS}{path}'" if re.search(r"[?&{ ]", path) else f"{ADDRESS}{path}")
    lines = answer(path, form=form, body=body, accept=accept, **(limits or {})).text.splitlines()
    if ordered:
        lines.sort()
        parts.append("| LC_ALL=C sort")
    shown = " ".join(parts) + (f" | head -{head}" if head else "")
    return fenced("\n".join([f"$ {shown}", *lines[: head or None]]))


def _value(value: str) -> str:
    return value if value.startswith("@") else f"={value}"


def answer(
    path: str, *, form: dict[str, str] | None = None, body: str = "", accept: str = "", **limits: int
) -> TestResponse:
    """Ask the server what `curl` shows."""
    headers = {"Accept": accept or "*/*"}
    if form:
        sent = {
            name: (ROOT / value[1:]).read_text("utf-8") if value[0] == "@" else value for name, value in form.items()
        }
        return _client(**limits).post(path, data=sent, headers=headers)
    if body:
        return _client(**limits).post(path, data=body, headers=headers, content_type="application/sparql-query")
    return _client(**limits).get(path, headers=headers)


def same_answers(name: str) -> str:
    """Say that command, question page and endpoint give the same rows, having looked.

    :raises AssertionError: they do not.
    """
    by_command = run("query", name, "--format", "csv")[0].replace("\r\n", "\n")
    by_page = answer(f"/questions/{name}?format=csv").text.replace("\r\n", "\n")
    by_query = answer("/sparql", form={"query": f"@ontology/questions/{name}.rq"}, accept="text/csv").text
    if not by_command == by_page == by_query.replace("\r\n", "\n"):
        raise AssertionError(f"{name}: command, page and endpoint differ")
    return (
        f"All three give the same {len(by_command.splitlines()) - 1} rows; this sentence is written only where they do."
    )


def routes() -> str:
    """Return the table of routes."""
    app = create_app(settings())
    rows = []
    for rule in sorted(app.url_map.iter_rules(), key=lambda rule: rule.rule):
        what = _first_line(app.view_functions[rule.endpoint]) if rule.endpoint != "static" else "The style sheet."
        methods = ", ".join(sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}))
        rows.append([f"`{rule.rule}`", methods, what])
    return table(["route", "methods", "what it does"], rows)


def _first_line(thing: Callable[..., object]) -> str:
    return (thing.__doc__ or "").strip().splitlines()[0]


def media_types() -> str:
    """Return the table of formats."""
    kinds = (
        ("SELECT, ASK", formats.SELECT_FORMATS),
        ("CONSTRUCT, DESCRIBE, things", formats.GRAPH_FORMATS),
        ("named graphs, beside those", formats.DATASET_FORMATS),
        ("people", (formats.HTML,)),
    )
    rows = [[kind, f"`{each.name}`", f"`{each.media_type}`"] for kind, group in kinds for each in group]
    return table(["answer to", "`format=`", "media type"], rows)


def thing_formats() -> str:
    """Return the table of the formats of a thing's document."""
    from graph.signposting import FORMATS  # noqa: PLC0415 - one line's need

    rows = [[f"`.{each.name}`", f"`{each.media_type}`"] for each in FORMATS]
    return table(["suffix, and `?format=`", "media type"], rows)


def link_header(path: str, accept: str) -> str:
    """Return the links that a document sends, a line each."""
    links = answer(path, accept=accept).headers["Link"].split(", <")
    lines = [f"{'' if number == 0 else '<'}{each}" for number, each in enumerate(links)]
    return fenced("\n".join(lines), "http")


# ---- settings, questions, counts ----


def settings_table() -> str:
    """Return the table of settings, from the dataclass and its docstring."""
    told = re.findall(r":param (\w+): (.*?)\s+\(`", Settings.__doc__ or "", re.DOTALL)
    said = {name: " ".join(what.split()) for name, what in told}
    rows = []
    for field in fields(Settings):
        value = field.default.relative_to(ROOT).as_posix() if isinstance(field.default, Path) else field.default
        shown = int(value) if isinstance(value, bool) else value
        rows.append([f"`{variable(field.name)}`", "(empty)" if shown == "" else f"`{shown}`", said[field.name]])
    return table(["variable", "default", "what it sets"], rows)


def questions_table() -> str:
    """Return the table of questions."""
    rows = []
    for each in questions.load(NAMES).values():
        parameters = ", ".join(f"`{one.name}` ({_local(one)})" for one in each.parameters)
        rows.append([f"[`{each.name}`](ontology/questions/{each.name}.rq)", each.summary["en"], parameters])
    return table(["question", "what it asks", "parameters (default)"], rows)


def _local(parameter: questions.Parameter) -> str:
    return (NAMES.local(parameter.default) or parameter.default).rpartition("/")[2]


def counts() -> str:
    """Say how much the shipped snapshot holds."""
    held = latest(settings().snapshots).manifest["counts"]
    return (
        f"The shipped records hold {held['claims']} claims on {held['models']} models, read from {held['pages']} project "
        f"pages of {held['regions']} regions."
    )


def described() -> str:
    """Say how many pages the shipped records know by their facts alone."""
    records = [json.loads(path.read_bytes())["contents"] for path in (ROOT / "data/records/innokyla").glob("*.json")]
    models = [each for each in records if each["type"] == "ModelPage"]
    regions = {region for each in records for region in each.get("region", [])}
    return (
        f"Beside them they know {len(records)} pages of Innokylä by their facts alone, of {len(regions)} regions: {len(models)} "
        f"describe a practice model, {sum('model' in each for each in models)} of these one of the lexicon."
    )


# ---- reading and records ----


def example_page() -> str:
    """Return the example page with line numbers."""
    lines = (ROOT / EXAMPLE).read_text("utf-8").splitlines()
    return fenced("\n".join(f"{number:2}  {line}".rstrip() for number, line in enumerate(lines, 1)), "text")


def example_claims() -> str:
    """Return the claims that are read from the example page, with the keys that a reader looks at first."""
    keys = ("model", "place", "period", "status", "rule", "quote")
    lines = [json.loads(line) for line in run("extract", EXAMPLE)[0].splitlines()]
    return table(keys, ([f"`{line[key]}`" if key == "rule" else line[key] for key in keys] for line in lines))


def example_record() -> str:
    """Return the record of the example page, without the header facts and with its last claim alone."""
    out = Path(_FOLDER.name) / "example"
    run("read", EXAMPLE, "--out", str(out))
    record = json.loads((out / "example-page.json").read_text("utf-8"))
    contents = record["contents"]
    contents["claims"] = contents["claims"][-1:]
    for key in ("goals", "associations"):
        contents["describes"][key] = contents["describes"][key][:1]
    return fenced(json.dumps(record, ensure_ascii=False, indent=1), "json")


def example_reading() -> str:
    """Return what `levikki read` says of the example page, but for how fast it was."""
    out = Path(_FOLDER.name) / "example-reading"
    shutil.rmtree(out, ignore_errors=True)  # an unchanged page would not be read again
    lines = run("read", EXAMPLE, "--out", str(out))[0].splitlines()
    told = [line for line in lines if not re.match(r"\d+ pages? read", line)]
    return fenced("\n".join([f"$ {PROGRAM} read {EXAMPLE} --out /tmp/records", *told]))


def example_review() -> str:
    """Return what `levikki review` leaves open on the example page."""
    out = Path(_FOLDER.name) / "open.csv"
    said = run("review", EXAMPLE, "--out", str(out))[0]
    return fenced(f"$ {PROGRAM} review {EXAMPLE} --out open.csv\n{said}")


def evaluation() -> str:
    """Return what `make eval` prints of the invented pages."""
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.evaluate"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return fenced(done.stdout[done.stdout.index("invented pages") :], "text")


def broken_build() -> str:
    """Return what a build says of a copy of the records in which a county code and a status are broken."""
    folder = Path(_FOLDER.name) / "broken"
    shutil.copytree(ROOT / "data" / "records", folder, dirs_exist_ok=True)
    for name, right, wrong in (
        ("lansi-uusimaa.json", '"code": "03"', '"code": "3"'),
        ("keski-pohjanmaa.json", "scheme/status/adopted", "scheme/status/rooted"),
    ):
        text = (folder / name).read_text("utf-8")
        (folder / name).write_text(text.replace(right, wrong, 1), "utf-8")
    _, error, code = run("build", "--records", str(folder), snapshots=Path(_FOLDER.name) / "refused")
    return fenced(f"$ {PROGRAM} build > /dev/null\n{error.rstrip()}\n$ echo $?\n{code}")


def registry_check() -> str:
    """Return what `levikki check` says of a table for Koodistot with three mistakes."""
    path = Path(_FOLDER.name) / "tilat.csv"
    table = "CODEVALUE,BROADER,STATUS,PREFLABEL_FI\nkokeiltu,,DRAFT,kokeiltu\nKokeiltu,,VALMIS,kokeiltu\nlaaja,kayttoon,DRAFT,laajennettu\n"
    path.write_text(table, "utf-8")
    _, error, code = run("check", str(path))
    told = error.replace(str(path), path.name).rstrip()
    return fenced(f"$ cat {path.name}\n{table}$ {PROGRAM} check {path.name}\n{told}\n$ echo $?\n{code}")


def lexicon_table(name: str) -> str:
    """Return a table of mappings/lexicon whole."""
    with (ROOT / "mappings" / "lexicon" / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        header, *rows = csv.reader(file)
    return table(header, rows)


def cues() -> str:
    """Return how many cues say what, with the first one's example."""
    with (ROOT / "mappings" / "lexicon" / "cues.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    groups: dict[str, list[dict[str, str]]] = {}
    for row in rows:
        groups.setdefault(_says(row), []).append(row)
    shown = (
        [says, len(group), f"`{group[0]['cue']}`", group[0]["example"], group[0]["gives"]]
        for says, group in groups.items()
    )
    return table(["what the cue says", "rows", "the first", "its example", "which gives"], shown)


def _says(row: dict[str, str]) -> str:
    if row["status"]:
        return f"status `{row['status']}`"
    return f"an action of the stage `{row['stage']}`" if row["stage"] else f"the phase `{row['phase']}` alone"


# ---- the model ----


@cache
def ontology() -> Graph:
    """Return the ontology."""
    graph = Graph(bind_namespaces="none").parse(ROOT / "ontology" / "levikki.ttl")
    graph.namespace_manager = NamespaceManager(graph, bind_namespaces="none")
    for prefix, space in NAMES.prefixes().items():
        graph.bind(prefix, space)
    return graph


def _short(iri: object) -> str:
    prefixes = sorted(NAMES.prefixes().items(), key=lambda pair: -len(pair[1]))
    return next(
        (f"{prefix}:{str(iri)[len(space) :]}" for prefix, space in prefixes if str(iri).startswith(space)), str(iri)
    )


def _english(subject: object, predicate: URIRef) -> str:
    values = ontology().objects(URIRef(str(subject)), predicate)
    return next((str(value) for value in values if getattr(value, "language", "") == "en"), "")


def _own(*kinds: URIRef) -> list[URIRef]:
    found = {subject for kind in kinds for subject in ontology().subjects(RDF.type, kind)}
    return sorted(URIRef(str(each)) for each in found if str(each).startswith(NAMES.ontology))


def classes() -> str:
    """Return the table of the ontology's own classes."""
    rows = (
        [
            f"`{_short(each)}`",
            ", ".join(f"`{name}`" for name in sorted(map(_short, ontology().objects(each, RDFS.subClassOf)))),
            _english(each, SKOS.definition),
        ]
        for each in _own(OWL.Class)
    )
    return table(["class", "is also", "definition"], rows)


def properties() -> str:
    """Return the table of the ontology's own properties."""
    rows = (
        [f"`{_short(each)}`", _english(each, SKOS.definition)]
        for each in _own(OWL.ObjectProperty, OWL.DatatypeProperty)
    )
    return table(["property", "definition"], rows)


def statuses() -> str:
    """Return the table of statuses, in the order of their strength."""
    scheme = Graph(bind_namespaces="none").parse(ROOT / "ontology" / "schemes" / "status.ttl")
    strength = URIRef(f"{NAMES.ontology}strength")
    rows = []
    for each in scheme.subjects(SKOS.inScheme, None):
        labels = {getattr(label, "language", ""): str(label) for label in scheme.objects(each, SKOS.prefLabel)}
        told = {getattr(text, "language", ""): str(text) for text in scheme.objects(each, SKOS.definition)}
        order = int(str(scheme.value(each, strength)))
        rows.append((order, f"`{scheme.value(each, SKOS.notation)}`", labels["fi"], labels["sv"], told["en"]))
    return table(["strength", "status", "Finnish", "Swedish", "definition"], sorted(rows))


def headers(folder: str) -> str:
    """Return the table of a folder's queries with the summary that each begins with."""
    rows = []
    for path in sorted((ROOT / folder).glob("*.rq")):
        found = re.search(r"^#\+ summary: (.+)$", path.read_text("utf-8"), re.MULTILINE)
        rows.append([f"[`{path.stem}`](../{folder}/{path.name})", found[1] if found else ""])
    return table(["query", "what it says"], rows)


def periods() -> str:
    """Return the table of period forms."""
    told = {
        "plan": "sections on goals and background",
        "baseline": "the first self-assessment, of the state at the start",
        "2022": "a self-assessment of a year",
        "2022-spring": "one of the first half of a year",
        "2022-autumn": "one of the second half of a year",
        "final": "results without a date, on a page without dated content",
    }
    rows = ([f"`{period}`", vocabulary.period_labels(period)["fi"], what] for period, what in told.items())
    return table(["period", "Finnish label", "stands for"], rows)


def iris() -> str:
    """Return the list of the types that IRIs of things have."""
    return ", ".join(f"`{kind}`" for kind in TYPES)


def named_graphs() -> str:
    """Return the named graphs of the shipped snapshot that hold no page known by its facts alone, as the endpoint lists them."""
    query = "SELECT DISTINCT ?g { GRAPH ?g { ?s ?p ?o } FILTER NOT EXISTS { GRAPH ?g { ?page a ?kind } FILTER(?kind IN (lev:ModelPage, lev:ProjectPage)) } } ORDER BY STR(?g)"  # noqa: E501 - one call of curl
    return curl("/sparql", body=query, accept="text/csv")


def exports() -> str:
    """Return the table of export formats: the registry, mappings/exports.csv and what the benchmark measured."""
    sizes = {row["format"]: row for _, row in read_table(ROOT / "docs" / "export-sizes.csv", ["format"])}
    rows = [
        [
            f"`{about.name}`", about.title["en"], about.made_for, about.opened_by, f"`{about.checked_by}`",
            _size(sizes[name]["bytes"]), sizes[name]["seconds"],
            _size(sizes[name]["large_bytes"]), sizes[name]["large_seconds"],
        ]
        for name, about in formats_table.table().items()
    ]  # fmt: skip
    header = ["format", "what", "made for", "opened by", "checked by", "shipped", "s", "a million triples", "s"]
    return table(header, rows)


def _size(number: str) -> str:
    size = int(number)
    return f"{size / 1e6:.1f} MB" if size >= 100_000 else f"{size / 1e3:.0f} kB"


os.chdir(ROOT)
