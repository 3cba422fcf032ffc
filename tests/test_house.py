"""Hold the house together: who may import whom, and how large a room and a function may be."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from graph.settings import ROOT

# Each module may import those before it, and no other of ours.
ORDER = (
    "errors settings files columns names alignments dataset context web fetch formats words sentences baseforms template "
    "html_lines html_text pages sections lexicon heads newnames newrows header cues references telling scope statements measures relations "
    "apart claims candidates removals records model_pages page_facts review anchors steward triples quotes vocabulary terms report wording "
    "validation withdrawal snapshot "
    "releases changes patch feed catalogue_parts catalogue exports.base exports.about exports.rdf exports.table exports.tables "
    "exports.network exports.networks exports.neo4j "
    "exports.concepts exports.skos exports.sheets exports.codes exports.terms_sheet exports.alignments "
    "exports.services exports.catalogue exports.ckan exports.registry "
    "spreadsheet tabular koodistot sanastot registries "
    "history pipeline reader cluster workers bulk checking query clauses counting channel seal forward "
    "store_address store_output store_rows store_client store_remote store_worker spool store_process store_pool answers endings "
    "store once current service rates observe problems compression exchange "
    "questions examples views adoptions translations site watch protocol matrix_choice matrix_query matrix_data "
    "bundles layout network_view network_pages editor variables answer_table choices question_pages "
    "tile_map charts spread spread_queries model_choice spread_pages "
    "description lookup evidence standing model_view project_view region_view claim_view thing_pages "
    "compare_view compare_pages search_index search_pages "
    "thing_data thing_view signposting schema_org constraints diagram scheme_docs ontology_docs things downloads "
    "matrix matrix_cells matrix_pages "
    "catalogue_pages archive news changes_pages release_pages feed_pages about_view about_pages sitemap warm serving remote "
    "loading ckan_api site_addresses site_links site_fetch site_crawl site_extras site_write cli_site "
    "cli_options cli_ckan cli_export cli_inputs cli_pages cli_read cli_releases cli_remove cli_serve cli"
).split()
# The write side, and the commands: what the server may not use. It meets them only in a snapshot folder.
WRITE_SIDE = (
    "columns fetch sentences baseforms template html_lines html_text pages sections lexicon heads newnames newrows "
    "header cues references telling scope statements measures relations apart claims candidates removals records "
    "model_pages page_facts review anchors steward triples quotes vocabulary report wording validation withdrawal "
    "patch spreadsheet tabular koodistot sanastot registries history pipeline reader cluster workers bulk checking "
    "remote loading ckan_api site_addresses site_links site_fetch site_crawl site_extras site_write cli_site "
    "cli_options cli_ckan cli_export cli_inputs cli_pages cli_read cli_releases cli_remove cli_serve cli"
).split()
READ_SIDE = frozenset(ORDER) - set(WRITE_SIDE)
MODULES = sorted((ROOT / "graph").rglob("*.py"))
LINES, FUNCTION = 300, 50


def name_of(path: Path) -> str:
    """Return a module's name below `graph`: `store`, `exports.rdf`; empty for the package itself."""
    parts = path.relative_to(ROOT / "graph").with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


NAMES = {name_of(path): path for path in MODULES}
ROOMS = {name for name, path in NAMES.items() if path.stem == "__init__"}  # they only say what is in them


def imports(path: Path) -> set[str]:
    """Return the modules of graph that a file imports, wherever in it the import stands."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and f"{node.module}.".startswith("graph."):
            room = str(node.module).partition(".")[2]
            inside = {f"{room}.{alias.name}".lstrip(".") for alias in node.names} & set(NAMES)
            found |= inside or {room} - ROOMS
        elif isinstance(node, ast.Import):
            found |= {alias.name.partition(".")[2] for alias in node.names if alias.name.startswith("graph.")}
    return found


def test_every_module_has_its_place() -> None:
    assert set(NAMES) - ROOMS == set(ORDER)
    assert set(WRITE_SIDE) <= set(ORDER)


@pytest.mark.parametrize("name", ORDER)
def test_a_module_imports_only_those_before_it(name: str) -> None:
    allowed = set(ORDER[: ORDER.index(name)])
    assert imports(NAMES[name]) - allowed == set()


@pytest.mark.parametrize("room", sorted(ROOMS))
def test_a_package_only_says_what_is_in_it(room: str) -> None:
    assert imports(NAMES[room]) == set()


@pytest.mark.parametrize("name", sorted(READ_SIDE))
def test_the_read_side_does_not_import_the_write_side(name: str) -> None:
    assert imports(NAMES[name]) <= READ_SIDE


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
