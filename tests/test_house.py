"""Hold the house together: who may import whom, and how large a room and a function may be."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from graph.settings import ROOT

# Each module may import those before it, and no other of ours.
ORDER = (
    "errors settings files columns names context web fetch formats words sentences baseforms template html_lines html_text pages sections "
    "lexicon heads newnames newrows header cues references telling scope statements measures relations apart claims candidates "
    "records model_pages page_facts review anchors steward triples vocabulary terms report wording validation snapshot "
    "pipeline reader cluster workers bulk checking query clauses counting channel seal forward "
    "store_address store_output store_rows store_client store_remote store_worker spool store_process store_pool answers endings "
    "store current service rates observe problems exchange questions views site watch protocol serving remote "
    "exports loading cli_inputs cli_pages cli_read cli_serve cli"
).split()
# The read side: what the server may use. The write side meets it only in a snapshot folder.
READ_SIDE = frozenset(
    (
        "errors settings files names context web formats snapshot query clauses counting channel seal forward "
        "store_address store_output store_rows store_client store_remote store_worker spool store_process store_pool answers endings "
        "store current service rates observe problems exchange questions views site watch protocol serving"
    ).split()
)
MODULES = sorted((ROOT / "graph").glob("*.py"))
LINES, FUNCTION = 300, 50


def imports(path: Path) -> set[str]:
    """Return the modules of graph that a file imports, wherever in it the import stands."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module == "graph":
            found |= {alias.name for alias in node.names if (ROOT / "graph" / f"{alias.name}.py").exists()}
        elif isinstance(node, ast.ImportFrom) and (node.module or "").startswith("graph."):
            found.add(str(node.module).partition(".")[2])
        elif isinstance(node, ast.Import):
            found |= {alias.name.partition(".")[2] for alias in node.names if alias.name.startswith("graph.")}
    return found


def test_every_module_has_its_place() -> None:
    assert {path.stem for path in MODULES} - {"__init__"} == set(ORDER)


@pytest.mark.parametrize("path", [path for path in MODULES if path.stem != "__init__"], ids=lambda path: path.stem)
def test_a_module_imports_only_those_before_it(path: Path) -> None:
    allowed = set(ORDER[: ORDER.index(path.stem)])
    assert imports(path) - allowed == set()


@pytest.mark.parametrize("name", sorted(READ_SIDE))
def test_the_read_side_does_not_import_the_write_side(name: str) -> None:
    assert imports(ROOT / "graph" / f"{name}.py") <= READ_SIDE


def test_the_server_imports_only_the_read_side() -> None:
    assert imports(ROOT / "server.py") <= READ_SIDE


@pytest.mark.parametrize("path", [*MODULES, ROOT / "server.py"], ids=lambda path: path.stem)
def test_rooms_and_functions_stay_small(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert len(text.splitlines()) <= LINES
    long = [
        f"{node.name} has {node.end_lineno - node.lineno + 1} lines"
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.FunctionDef) and node.end_lineno and node.end_lineno - node.lineno >= FUNCTION
    ]
    assert long == []
