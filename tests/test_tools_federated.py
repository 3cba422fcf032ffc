"""The federated examples, answered for real by Comunica from our endpoint and a stand-in for the other, both on loopback."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from urllib.parse import parse_qs, urlencode, urlsplit
from urllib.request import urlopen

import pyoxigraph as ox
import pytest
from conftest import tool
from local_server import listening
from test_serving import running

from graph.files import read_text
from graph.questions import FEDERATED
from graph.settings import ROOT, Settings
from graph.snapshot import Snapshot

Row = dict[str, str]
YSO = "http://www.yso.fi/onto/yso/"
# What the other endpoints hold of what the facts confirm; the broader concept and the article are invented.
FINTO = f"""
<{YSO}p23383> <http://www.w3.org/2004/02/skos/core#prefLabel> "familjecentraler"@sv, "perhekeskukset"@fi ;
    <http://www.w3.org/2004/02/skos/core#broader> <http://example.org/broader> .
<{YSO}p4081> <http://www.w3.org/2004/02/skos/core#prefLabel> "teamarbete"@sv, "tiimityö"@fi ;
    <http://www.w3.org/2004/02/skos/core#broader> <http://example.org/broader> .
<http://example.org/broader> <http://www.w3.org/2004/02/skos/core#prefLabel> "laajempi"@fi .
"""
WIKIDATA = """
<https://fi.wikipedia.org/wiki/Kokkola> <http://schema.org/about> <http://www.wikidata.org/entity/Q207891> ;
    <http://schema.org/isPartOf> <https://fi.wikipedia.org/> .
<https://sv.wikipedia.org/wiki/Karleby> <http://schema.org/about> <http://www.wikidata.org/entity/Q207891> ;
    <http://schema.org/isPartOf> <https://sv.wikipedia.org/> .
"""


class StandIn(BaseHTTPRequestHandler):
    """Answer queries as another endpoint would."""

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
        form = self.headers.get("Content-Type", "").startswith("application/x-www-form-urlencoded")
        fields = parse_qs(body if form else urlsplit(self.path).query)
        query = fields["query"][0] if "query" in fields else body
        if query:
            self.answer(query)
        else:  # Comunica looks what it has before it
            self.send_error(400)

    def do_GET(self) -> None:
        self.do_POST()

    def answer(self, query: str) -> None:
        store = ox.Store()
        store.load(FINTO.encode(), format=ox.RdfFormat.TURTLE, to_graph=ox.NamedNode(YSO))
        store.load(WIKIDATA.encode(), format=ox.RdfFormat.TURTLE)
        found = store.query(query)
        assert not isinstance(found, ox.QueryTriples)
        content = found.serialize(format=ox.QueryResultsFormat.JSON) or b""
        self.send_response(200)
        self.send_header("Content-Type", "application/sparql-results+json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: object) -> None:
        return


@dataclass(frozen=True)
class Federation:
    """Hold the addresses of our endpoint and of the stand-in, and a port of ours that may ask both."""

    ours: str
    other: str
    open_port: int

    def query(self, name: str) -> str:
        """Return an example that asks these two."""
        query = read_text(FEDERATED / f"{name}.rq").replace("<https://w3id.org/levikki/sparql>", f"<{self.ours}>")
        for host in ("https://api.finto.fi/sparql", "https://query.wikidata.org/sparql"):
            query = query.replace(f"SERVICE <{host}>", f"SERVICE <{self.other}>")
        return query


@pytest.fixture(scope="module")
def federation(
    snapshot: Snapshot, settings: Settings, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Federation]:
    assert snapshot.path.exists()
    log, snapshots = tmp_path_factory.mktemp("federated") / "log", settings.snapshots
    with running(snapshots, log) as ours, listening(StandIn) as port:
        hosts = f"127.0.0.1:{ours.port},127.0.0.1:{port}"
        with running(snapshots, log, LEVIKKI_SERVICE_HOSTS=hosts) as opened:
            yield Federation(f"http://127.0.0.1:{ours.port}/sparql", f"http://127.0.0.1:{port}/sparql", opened.port)


def by_comunica(federation: Federation, name: str) -> list[Row]:
    """Return what Comunica answers, which asks both endpoints itself."""
    tool("@comunica")
    script = ROOT / "tests" / "tools" / "comunica.mjs"
    done = subprocess.run(
        ["node", str(script)], input=federation.query(name), capture_output=True, text=True, check=False, timeout=120
    )
    assert done.returncode == 0, done.stderr
    return rows_of(done.stdout)


def by_endpoint(federation: Federation, name: str) -> list[Row]:
    """Return what an endpoint of ours answers that may ask both: what YASGUI shows, which sends the query to one endpoint."""
    sent = urlencode({"query": federation.query(name), "format": "json"}).encode()
    with urlopen(f"http://127.0.0.1:{federation.open_port}/sparql", sent, timeout=60) as answer:
        return rows_of(answer.read().decode())


def rows_of(answer: str) -> list[Row]:
    return [{key: cell["value"] for key, cell in row.items()} for row in json.loads(answer)["results"]["bindings"]]


both_ways = pytest.mark.parametrize("ask", [by_comunica, by_endpoint])
Ask = Callable[[Federation, str], list[Row]]


@both_ways
def test_models_are_listed_by_the_names_that_the_other_endpoint_gives_to_concepts(
    federation: Federation, ask: Ask
) -> None:
    rows = ask(federation, "models-by-yso-concept")
    assert {row["conceptLabel"] for row in rows} == {"familjecentraler", "teamarbete"}
    found = {row["model"].rpartition("/")[2]: row for row in rows}
    assert found["perhekeskus"]["match"].endswith("#closeMatch")
    assert found["tiimimalli"]["match"].endswith("#relatedMatch")
    assert int(found["tiimimalli"]["regions"]) > 1


@both_ways
def test_models_are_found_under_a_concept_that_only_the_other_endpoint_knows(federation: Federation, ask: Ask) -> None:
    rows = ask(federation, "models-under-broader-concept")
    assert [(row["broaderLabel"], row["conceptLabel"], row["model"].rpartition("/")[2]) for row in rows] == [
        ("laajempi", "perhekeskukset", "perhekeskus")
    ]


@both_ways
def test_municipalities_are_joined_with_their_articles(federation: Federation, ask: Ask) -> None:
    rows = ask(federation, "articles-on-municipalities")
    assert [(row["placeLabel"], row["article"]) for row in rows] == [
        ("Kokkola", "https://fi.wikipedia.org/wiki/Kokkola")
    ]
    assert int(rows[0]["models"]) > 1


def test_every_example_is_asked_here() -> None:
    tests = Path(__file__).read_text(encoding="utf-8")
    assert [path.stem for path in FEDERATED.glob("*.rq") if f'ask(federation, "{path.stem}")' not in tests] == []
