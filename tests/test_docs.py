"""The texts say what the code does: generated parts are fresh, and nothing a user can call is left out."""

from __future__ import annotations

import csv
import io
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from contextlib import redirect_stdout
from dataclasses import fields
from pathlib import Path

import pytest
from app_factory import answering, making

from graph import __version__, questions
from graph.cli import main
from graph.names import Names
from graph.review import COLUMNS
from graph.settings import ROOT, Settings, variable
from graph.snapshot import Snapshot
from graph.words import pattern
from server import create_app

TEXTS = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
MARKDOWN = [*TEXTS, ROOT / "CHANGELOG.md"]
DESIGNED = [
    "errors", "names", "files", "formats", "pages", "sections", "lexicon", "claims", "records", "triples", "validation", "snapshot",
    "pipeline", "store", "questions", "views", "exports", "cli",
]  # fmt: skip
ADDRESS = re.compile(r"[\w.+-]+@[\w-]+\.\w+")


def read(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def everything() -> str:
    return "\n".join(path.read_text(encoding="utf-8") for path in TEXTS)


def anchors(text: str) -> set[str]:
    """Return what a heading is linked by: lower case, without punctuation, hyphens for spaces."""
    headings = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def test_generated_parts_are_fresh() -> None:
    names = [path.relative_to(ROOT).as_posix() for path in TEXTS]
    done = subprocess.run(
        [sys.executable, "-m", "cogapp", "--check", "--diff", *names],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, f"run: .venv/bin/cog -r README.md docs/*.md\n{done.stdout}{done.stderr}"


@pytest.mark.parametrize("command", sorted(main.commands))
def test_a_command_is_told_of(command: str) -> None:
    assert f"`levikki {command}`" in read("README.md")


@pytest.mark.parametrize("setting", [field.name for field in fields(Settings)])
def test_a_setting_is_told_of(setting: str) -> None:
    assert f"`{variable(setting)}`" in read("README.md")
    assert f":param {setting}:" in (Settings.__doc__ or "")


def test_every_route_is_told_of(settings: Settings) -> None:
    routes = {rule.rule for rule in create_app(settings).url_map.iter_rules()}
    assert {route for route in routes if f"`{route}`" not in read("README.md")} == set()


@pytest.mark.parametrize("question", sorted(questions.load(Names())))
def test_a_question_is_told_of(question: str) -> None:
    assert f"`{question}`" in read("README.md")


def test_every_dependency_earns_its_place() -> None:
    project = tomllib.loads(read("pyproject.toml"))["project"]
    named = [
        re.split(r"[<>=~! ]", each)[0] for each in [*project["dependencies"], *project["optional-dependencies"]["dev"]]
    ]
    section = read("README.md").partition("## Dependencies")[2].partition("\n## ")[0]
    assert [name for name in named if name.lower() not in section.lower()] == []


MODULES = sorted(
    ".".join(path.relative_to(ROOT / "graph").with_suffix("").parts)
    for path in (ROOT / "graph").rglob("*.py")
    if path.stem != "__init__"
)


def explained() -> list[str]:
    """Return the modules that the notes on the design name in the first cells of their table."""
    section = read("docs/design-notes.md").partition("## Modules")[2].partition("\n## ")[0]
    cells = re.findall(r"^\| (`[^|]+`) \|", section, re.MULTILINE)
    return [name for cell in cells for name in re.findall(r"`([\w.]+)`", cell)]


@pytest.mark.parametrize("module", MODULES)
def test_a_module_is_in_the_design_or_in_the_notes_on_it(module: str) -> None:
    assert (module in DESIGNED) + explained().count(module) == 1


def test_every_module_of_the_notes_is_there() -> None:
    assert set(explained()) <= set(MODULES)


@pytest.mark.parametrize("column", COLUMNS)
def test_a_column_of_the_review_table_is_explained(column: str) -> None:
    section = read("docs/records-and-review.md").partition("## The review table")[2].partition("\n## ")[0]
    assert f"`{column}`" in section


@pytest.mark.parametrize("table", ["cues", "models"])
def test_the_columns_of_a_table_are_explained(table: str) -> None:
    columns = read(f"mappings/lexicon/{table}.csv").splitlines()[0].split(",")
    assert [column for column in columns if f"`{column}`" not in read("docs/reading.md")] == []


def links() -> Iterator[tuple[Path, str]]:
    for path in MARKDOWN:
        for target in re.findall(r"\]\(([^)\s]+)\)", path.read_text(encoding="utf-8")):
            if not re.match(r"[a-z]+:", target):
                yield path, target


@pytest.mark.parametrize(
    ("path", "target"), [pytest.param(*link, id=f"{link[0].name}-{link[1]}") for link in dict.fromkeys(links())]
)
def test_a_link_leads_somewhere(path: Path, target: str) -> None:
    name, _, anchor = target.partition("#")
    found = (path.parent / name).resolve() if name else path
    assert found.exists()
    assert found.is_relative_to(ROOT)
    assert not anchor or anchor in anchors(found.read_text(encoding="utf-8"))


def test_every_text_is_linked_from_the_readme() -> None:
    assert [path.name for path in TEXTS[1:] if f"(docs/{path.name})" not in read("README.md")] == []


def test_the_changelog_knows_this_version() -> None:
    assert re.search(rf"^## \[{re.escape(__version__)}\] - \d{{4}}-\d\d-\d\d$", read("CHANGELOG.md"), re.MULTILINE)


def test_the_citation_is_of_this_version_and_of_the_day_of_its_changes() -> None:
    day = re.search(rf"## \[{re.escape(__version__)}\] - (\S+)", read("CHANGELOG.md"))
    assert day
    assert f"version: {__version__}\ndate-released: {day[1]}\n" in read("CITATION.cff")


def test_the_licence_is_the_one_that_the_package_names() -> None:
    assert tomllib.loads(read("pyproject.toml"))["project"]["license"] == "Apache-2.0"
    assert "Apache License\n                           Version 2.0" in read("LICENSE")
    assert "Copyright 2026 Levikki contributors" in read("LICENSE")


@pytest.mark.parametrize(
    "path", [*MARKDOWN, ROOT / "CITATION.cff", ROOT / "docs" / "example-page.txt"], ids=lambda path: path.name
)
def test_no_text_holds_an_address_of_a_person_or_a_path_of_a_machine(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert ADDRESS.findall(text) == []
    assert str(ROOT) not in text
    assert not re.search(r"/(?:home|root|Users)/", text)


def test_the_figures_on_word_forms_are_those_of_the_benchmark(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(ROOT)  # benchmarks are not installed
    from benchmarks import word_forms  # noqa: PLC0415

    counts = []
    for table in (word_forms.MODELS, word_forms.PLACES):
        total = sum(map(len, table.values()))
        counts.append(f"{total - len(word_forms.missed(table, word_forms.finds))}/{total}")
    counts.append(f"{len(word_forms.confused(word_forms.finds))}/{len(word_forms.NEAR_MISSES)}")
    assert f"| `graph.words` | {' | '.join(counts)} |" in read("docs/design-notes.md")


@pytest.fixture
def address(snapshot: Snapshot, settings: Settings) -> Iterator[str]:
    assert snapshot.path.parent == settings.snapshots
    with making(settings) as app, answering(app) as address:
        yield address


def test_the_python_example_runs(address: str) -> None:
    code = re.search(r"```python\n(.*?)```", read("docs/endpoint.md"), re.DOTALL)
    assert code
    with redirect_stdout(io.StringIO()) as printed:
        exec(code[1].replace("http://127.0.0.1:8000", address), {})  # noqa: S102 - the example is ours
    assert any("Kokkola baseline adopted" in line for line in printed.getvalue().splitlines())


def test_the_example_of_a_pattern_is_one() -> None:
    block = re.findall(r"^    (\S.*?) {2,}\"(.+)\"$", read("docs/reading.md"), re.MULTILINE)
    assert len(block) == 2
    assert [words for words, example in block if not pattern(words).search(example)] == []


def test_the_example_page_is_no_real_one() -> None:
    rows = csv.DictReader(io.StringIO(read("data/review.csv")))
    assert "example-page" not in {row["page"] for row in rows}
    assert not (ROOT / "data" / "records" / "example-page.json").exists()
