"""The network's picture and the query editor in a real browser."""

from __future__ import annotations

import json
import statistics
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from browser import Site, site

from graph.layout import layout
from graph.settings import ROOT

__all__ = ["site"]
BUILT = (ROOT / "static" / "build" / "manifest.json").exists()
pytestmark = pytest.mark.skipif(not BUILT, reason="needs static/build: make frontend")
# How many pixels of a canvas are not empty.
INK = """() => [...document.querySelectorAll('.canvas canvas')].map(canvas => {
  const copy = document.createElement('canvas'); copy.width = canvas.width; copy.height = canvas.height;
  const pen = copy.getContext('2d'); pen.drawImage(canvas, 0, 0);
  return pen.getImageData(0, 0, copy.width, copy.height).data.filter((value, at) => at % 4 === 3 && value > 0).length;
})"""


def network(site: Site, address: str = "/fi/network", **how: Any) -> Any:
    page = site.page(**how)
    page.goto(address)
    page.wait_for_selector("#network[data-ready]")
    return page


def editor(site: Site, address: str = "/fi/sparql", **how: Any) -> Any:
    page = site.page(**how)
    page.goto(address)
    page.wait_for_selector("#sparql[data-ready]")
    return page


def until(page: Any, script: str, *given: str) -> None:
    """Wait until a script says yes; playwright's own way of waiting makes code of text, which our pages refuse."""
    for _ in range(200):
        if page.evaluate(script, *given):
            return
        page.wait_for_timeout(50)
    pytest.fail(f"never true: {script}")


def written(page: Any, text: str) -> None:
    """Put a text in the editor, with the cursor at its end."""
    page.evaluate(
        "text => { const {editor} = document.getElementById('sparql'); editor.setValue(text); editor.focus(); }", text
    )
    page.evaluate("() => document.getElementById('sparql').editor.execCommand('goDocEnd')")


# ---- the picture ----


def test_the_network_is_drawn(site: Site) -> None:
    page = network(site)
    # Drawn anew, since what WebGL drew is gone after the frame.
    ink = page.evaluate(f"() => {{ document.getElementById('network').network.sigma.refresh(); return ({INK})(); }}")
    assert sum(each > 1000 for each in ink) >= 2  # lines and nodes
    assert "5 aluetta" in page.text_content("[data-state]")
    site.shot(page, "network")


def test_searching_finds_ipc_and_a_click_leads_to_its_page(site: Site) -> None:
    page = network(site)
    page.fill("#network-find", "ipc")
    assert page.text_content("#network-found button") == "IPC"
    page.keyboard.press("Enter")
    page.wait_for_selector(".focus h3 >> text=IPC")
    said = page.locator(".focus li").all_inner_texts()
    assert len(said) == 2
    assert all("käyttöönotto käynnissä 2021" in each for each in said)
    page.wait_for_timeout(600)
    site.shot(page, "network-focus")
    page.locator(".canvas").evaluate("each => each.scrollIntoView({block: 'center'})")
    at = page.evaluate("""() => { const {sigma, graph} = document.getElementById('network').network;
        const node = graph.findNode((_, each) => each.label === 'IPC');
        const box = document.querySelector('.canvas').getBoundingClientRect();
        const {x, y} = sigma.graphToViewport(graph.getNodeAttributes(node));
        return [box.x + x, box.y + y]; }""")
    page.mouse.move(*at)
    page.mouse.click(*at)
    page.wait_for_url("**/fi/doc/model/ipc")


def test_pointing_at_a_node_shows_its_neighbours_alone(site: Site) -> None:
    page = network(site)
    seen = page.evaluate("""() => { const {sigma, graph, go} = document.getElementById('network').network;
        go(graph.findNode((_, each) => each.label === 'Helsinki'));
        return graph.mapEdges(edge => [sigma.getEdgeDisplayData(edge).hidden === true,
                                       graph.extremities(edge).some(end => graph.getNodeAttribute(end, 'label') === 'Helsinki')]); }""")
    assert {each[1] for each in seen} == {True, False}
    assert all(hidden is not own for hidden, own in seen)


def test_the_filter_changes_picture_table_and_address(site: Site) -> None:
    page = network(site)
    page.select_option("#region", "helsinki")
    until(page, "document.querySelector('#network-table').textContent.includes(' 1 aluetta')")
    assert urlsplit(page.url).query == "region=helsinki"
    assert "1 aluetta" in page.text_content("[data-state]")
    page.select_option("#status", "established")
    until(page, "location.search.includes('established')")
    page.reload()
    page.wait_for_selector("#network[data-ready]")
    assert page.input_value("#status") == "established"
    assert page.input_value("#region") == "helsinki"


@pytest.mark.parametrize(("kind", "start"), [("png", b"\x89PNG"), ("svg", b"<svg")])
def test_the_picture_can_be_taken_away(site: Site, tmp_path: Path, kind: str, start: bytes) -> None:
    page = network(site)
    with page.expect_download() as taken:
        page.click(f"[data-do={kind}]")
    path = tmp_path / taken.value.suggested_filename
    taken.value.save_as(path)
    content = path.read_bytes()
    assert path.name == f"levikki-network.{kind}"
    assert content.startswith(start)
    assert len(content) > 10_000
    if kind == "svg":
        assert "Itä-Uusimaa".encode() in content
        assert b"style=" not in content


def test_keys_alone_reach_a_neighbour(site: Site) -> None:
    page = network(site, reduced_motion=True)
    page.focus("#network-find")
    page.keyboard.type("helsinki")
    page.keyboard.press("Tab")
    for _ in range(12):
        if page.evaluate("() => document.activeElement.closest('#network-found') !== null"):
            break
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert page.text_content(".focus h3") == "Helsinki"


@pytest.mark.parametrize(("width", "dark"), [(1280, False), (360, True)])
def test_axe_finds_nothing_on_the_network(site: Site, width: int, dark: bool) -> None:  # noqa: FBT001
    page = network(site, width=width, dark=dark)
    page.fill("#network-find", "tii")
    page.keyboard.press("Enter")
    assert [(each["id"], each["nodes"][0]["html"]) for each in site.axe(page)] == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    site.shot(page, f"network-{width}{'-dark' if dark else ''}")


def test_without_a_script_there_is_the_table(site: Site) -> None:
    page = site.page(javascript=False)
    page.goto("/sv/network?q=ipc")
    assert not page.is_visible("#network")
    assert page.locator("#network-table tbody tr").count() == 1
    page.click("#network-table tbody th a")
    assert page.url.endswith("/sv/doc/model/ipc")


def test_a_graph_that_does_not_come_is_told(site: Site) -> None:
    page = site.page()
    page.route("**/network.json", lambda route: route.fulfill(status=200, body="{"))
    page.goto("/en/network")
    page.wait_for_selector("text=could not be fetched")
    assert not page.is_visible(".canvas")
    assert page.is_visible("#network-table table")


def test_five_thousand_nodes_stay_fluid(site: Site) -> None:
    """The machine draws without a graphics card here: the bound is loose, the figures are kept."""
    page = site.page()
    body = json.dumps(large())
    page.route("**/network.json", lambda route: route.fulfill(status=200, body=body, content_type="application/json"))
    page.goto("/en/network")
    page.wait_for_selector("#network[data-ready]")
    frames = page.evaluate("""() => new Promise(done => {
        const camera = document.getElementById('network').network.sigma.getCamera(), times = [], start = performance.now();
        let last = start;
        camera.animate({x: 0.7, y: 0.4, ratio: 0.4}, {duration: 1500})
            .then(() => camera.animate({x: 0.4, y: 0.6, ratio: 1}, {duration: 1500}));
        const step = now => { times.push(now - last); last = now;
          if (now - start < 3000) requestAnimationFrame(step); else done(times.slice(2)); };
        requestAnimationFrame(step); })""")
    figures = {"median": statistics.median(frames), "p95": sorted(frames)[int(len(frames) * 0.95)]}
    site.shot(page, "network-5000")
    (ROOT / "ci-output" / "network-5000.json").write_text(json.dumps(figures) + "\n", encoding="utf-8")
    assert figures["median"] < 200, figures  # 133 ms where each node is an instance of a shape, 17 as a point


def large() -> dict[str, Any]:
    """Return a network of 22 regions and 4 978 models, each in one to six regions."""
    edges = [(r, 22 + m, m) for m in range(4978) for r in {(m * 7 + k * (m % 5 + 1)) % 22 for k in range(m % 6 + 1)}]
    places = layout([(f"r{r:02}", f"m{m:04}") for r, m, _ in edges])
    regions = [[f"r{r}", f"Region {r}", "en", *places[f"r{r:02}"]] for r in range(22)]
    models = [[f"m{m}", f"Model {m}", "en", *places[f"m{m + 22:04}"], "method"] for m in range(4978)]
    names = ("planned", "piloted", "adopted", "discontinued")
    links = [[r, m, names[n % 4], 2020 + n % 5] for r, m, n in edges]
    paths = {each: f"/en/doc/{each}/{{slug}}" for each in ("region", "model")}
    return {"paths": paths, "regions": regions, "models": models, "links": links}


# ---- the editor ----


def test_a_question_of_a_tab_runs_and_its_rows_are_shown(site: Site) -> None:
    page = editor(site)
    page.click("[role=tab] >> nth=3")
    page.keyboard.press("ArrowLeft")
    assert page.locator("[role=tab][aria-selected=true]").get_attribute("id") == "tab-2"
    page.click("#sparql > button")
    page.wait_for_selector("#answer tbody tr")
    asked = parse_qs(urlsplit(page.url).query)["query"][0]
    assert "SELECT" in asked
    assert page.is_visible("#answer >> text=CSV")
    site.shot(page, "sparql")
    page.reload()
    page.wait_for_selector("#sparql[data-ready]")
    assert page.evaluate("document.getElementById('sparql').editor.getValue()").strip() == asked.strip()
    assert page.locator("#answer tbody tr").count() > 0


def test_keys_run_a_query_and_leave_the_editor(site: Site) -> None:
    page = editor(site)
    written(page, "ASK { ?x a lev:Region }")
    page.keyboard.press("Control+Enter")
    page.wait_for_selector("#answer strong")
    page.focus("#editor textarea")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('#editor') === null")


@pytest.mark.parametrize(
    ("before", "typed", "offered"),
    [
        ("SELECT * { ?x a ", "lev:Prac", "lev:PracticeModel  toimintamalli"),
        ("SELECT * { ?x a ", "lev:toimintam", "lev:PracticeModel  toimintamalli"),
        ("SELECT * { ?x ", "lev:currentS", "lev:currentStatus"),
    ],
)
def test_terms_of_the_ontology_are_offered(site: Site, before: str, typed: str, offered: str) -> None:
    page = editor(site)
    written(page, before)
    page.keyboard.type(typed)
    page.wait_for_selector(".CodeMirror-hint")
    assert any(each.startswith(offered) for each in page.locator(".CodeMirror-hint").all_inner_texts())
    page.keyboard.press("Enter")
    value = page.evaluate("document.getElementById('sparql').editor.getValue()")
    assert offered.split(maxsplit=1)[0] in value
    assert value.startswith("PREFIX lev: <https://w3id.org/levikki/ontology#>")


def test_a_refused_query_is_told_in_words(site: Site) -> None:
    page = editor(site)
    site.refusals.add(403)
    written(page, "SELECT * { SERVICE <http://127.0.0.1/> { ?s ?p ?o } }")
    page.click("#sparql > button")
    page.wait_for_selector("#answer [role=alert]")
    assert "SERVICE" in page.text_content("#answer")


def test_going_back_shows_the_query_before(site: Site) -> None:
    page = editor(site)
    for query in ("ASK { ?x a lev:Region }", "ASK { ?x a lev:Nothing }"):
        written(page, query)
        page.click("#sparql > button")
        until(page, "query => new URLSearchParams(location.search).get('query')?.includes(query)", query[9:])
    page.go_back()
    until(page, "document.getElementById('sparql').editor.getValue().includes('lev:Region')")


@pytest.mark.parametrize(("width", "dark"), [(1280, False), (360, True)])
def test_axe_finds_nothing_on_the_editor(site: Site, width: int, dark: bool) -> None:  # noqa: FBT001
    page = editor(site, width=width, dark=dark)
    page.click("#tab-4")
    page.click("#sparql > button")
    page.wait_for_selector("#answer tbody tr")
    assert [(each["id"], each["nodes"][0]["html"]) for each in site.axe(page)] == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    site.shot(page, f"sparql-{width}{'-dark' if dark else ''}")


def test_without_a_script_the_form_answers(site: Site) -> None:
    page = site.page(javascript=False)
    page.goto("/en/sparql")
    page.fill("#query", "SELECT ?x { ?x a lev:Region }")
    page.click("#sparql > button")
    assert page.locator("#answer tbody tr").count() > 20
