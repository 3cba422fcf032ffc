"""Time the pages at national scale: `python -m benchmarks.pages [--snapshots DIR]`.

For each view: its first answer when nothing has been read of the snapshot (cold), its first one after the service has made what it
makes beforehand when it starts (ready), and the median of more (warm), each with gzip as browsers ask for it. Other programs take
their share of the machine, so cold and ready are the best of several rounds, each with an engine of its own. Where no folder of
snapshots is given, one is made of pages of `benchmarks.make_pages`, read as any page is, and left unvalidated and without files.
"""

from __future__ import annotations

import argparse
import gzip
import os
import platform
import statistics
import tempfile
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from urllib.parse import quote_plus

from flask import Flask

from benchmarks import make_pages
from graph import pipeline, records, snapshot
from graph.adoptions import adoptions
from graph.bulk import read_many
from graph.columns import columns
from graph.names import Names, last_part
from graph.search_index import fold, index
from graph.settings import Settings
from graph.snapshot import latest
from graph.store import Engine
from graph.warm import prepare
from server import create_app

PAGES = 300  # which give 23 regions some 586 models each
ROUNDS, MORE = 3, 7
SEARCHED = 30  # names that the queries are made of
SLOWEST = 20  # queries that are asked again, since any can meet a busy moment
LETTERS = "abcdefghijklmnopqrstuvwxyzåäö"
ENDINGS = ("n", "ssa", "lla", "sta", "ksi")
HEADINGS = ["view", "cold ms", "ready ms", "warm ms", "bytes", "gzipped"]


@dataclass(frozen=True)
class Measured:
    """Hold how a view was answered, in seconds and bytes.

    :param size: of the whole body; `sent` of what went out.
    """

    name: str
    cold: float
    ready: float
    warm: float
    size: int
    sent: int

    def cells(self) -> list[str]:
        """Return the row of the table."""
        taken = (f"{1000 * each:.0f}" for each in (self.cold, self.ready, self.warm))
        return [self.name, *taken, str(self.size), str(self.sent)]


def queries(labels: Iterable[str]) -> list[str]:
    """Return what people might look for: letters, beginnings, whole names, without accents, inflected, misspelt, in parts.

    :param labels: names of things.
    """
    found = [*LETTERS, *(f"{letter}{other}" for letter in LETTERS for other in "aeiou")]
    for label in labels:
        low = label.lower()
        first, *rest = low.split()
        found += [label, low, fold(low), low[:3], low[:5], first[:2], *(f"{first}{end}" for end in ENDINGS)]
        found += [first[:3] + first[4:], first[2:7], *rest]
    found.append(" ".join(LETTERS[:8]))
    return [each for each in dict.fromkeys(found) if each.strip()]


def views(engine: Engine) -> dict[str, str]:
    """Return the address of each view, of the model that most regions know and of the regions that know the most models."""
    known = adoptions(engine)
    model = max(sorted(known.of_model), key=lambda iri: len(known.of_model[iri]))
    widest = sorted(known.of_region, key=lambda iri: (-len(known.of_region[iri]), iri))[:5]
    regions = [last_part(iri) for iri in widest]
    return {
        "home": "/",
        "home, by family": "/?group=family",
        "home, of two years": "/?from=2021&to=2022",
        "map": "/map",
        "map of a model": f"/map?model={last_part(model)}",
        "timeline": "/timeline",
        "network": "/network",
        "network's data": "/network.json",
        "model": f"/doc/model/{last_part(model)}",
        "region": f"/doc/region/{regions[0]}",
        "comparison of 5": f"/compare?{'&'.join(f'region={each}' for each in regions)}",
        "search": "/search?q=malli",
        "sparql": "/sparql",
        "about": "/about",
    }


@contextmanager
def started(settings: Settings) -> Iterator[tuple[Flask, Engine]]:
    """Make an app with an engine that runs and of which nothing is known."""
    app = create_app(settings)
    engine = app.extensions["levikki"].take()[1]
    engine.graphs()
    yield app, engine
    engine.close()


def get(app: Flask, address: str) -> tuple[float, bytes]:
    """Return how long a page took, and what went out.

    :raises ValueError: it is no page.
    """
    start = time.perf_counter()
    answer = app.test_client().get(address, headers={"Accept": "text/html", "Accept-Encoding": "gzip"})
    taken = time.perf_counter() - start
    if answer.status_code != 200:
        raise ValueError(f"{address}: {answer.status}")
    return taken, answer.data


def measure(settings: Settings, name: str, address: str) -> Measured:
    """Ask for a view again and again."""
    cold, ready, warm = [], [], list[float]()
    sent = b""
    for _ in range(ROUNDS):
        with started(settings) as (app, _engine):
            cold.append(get(app, address)[0])
        with started(settings) as (app, engine):
            prepare(app, engine)
            taken, sent = get(app, address)
            ready.append(taken)
            warm += [get(app, address)[0] for _ in range(MORE)]
    whole = gzip.decompress(sent) if sent.startswith(b"\x1f\x8b") else sent
    return Measured(name, min(cold), min(ready), statistics.median(warm), len(whole), len(sent))


def search(settings: Settings) -> list[tuple[float, str]]:
    """Return how long each query took, results and suggestions alike, the longest first; of the slowest the best of several."""
    with started(settings) as (app, engine):
        prepare(app, engine)
        found = index(engine).find("a", "fi")
        asked = queries(hit.name for hit in islice(found, 0, None, max(1, len(found) // SEARCHED)))
        addresses = [
            f"/{form}q={quote_plus(each)}" for each in asked for form in ("search?", "search/suggest?format=json&")
        ]
        taken = sorted(((get(app, each)[0], each) for each in addresses), reverse=True)
        for place, (_, each) in enumerate(taken[:SLOWEST]):
            taken[place] = min(get(app, each)[0] for _ in range(MORE)), each
    return sorted(taken, reverse=True)


def made(folder: Path, pages: int) -> Path:
    """Make a snapshot of the size of the country; return the folder of snapshots."""
    list(make_pages.write(folder / "pages", pages))
    read_many([folder / "pages"], folder / "records", jobs=os.cpu_count() or 1)
    documents = [(path, records.read_record(path)) for path in records.record_paths(folder / "records")]
    snapshot.write(folder / "snapshots", pipeline.graph_of(documents, Names()), [], "", {"base": Names().base})
    return folder / "snapshots"


def main() -> None:
    """Measure, and print a table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--snapshots", type=Path, help="folder of snapshots, of which the newest is shown")
    parser.add_argument("--pages", type=int, default=PAGES, help="pages of which a snapshot is made")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="levikki-") as folder:
        snapshots = given.snapshots or made(Path(folder), given.pages)
        report(replace(Settings(), snapshots=snapshots, client_requests=10**9, client_seconds=1e9, access_log=False))


def report(settings: Settings) -> None:
    """Print what is known of the machine and the size, and the table."""
    with started(settings) as (_, engine):
        known = adoptions(engine)
        count = sum(map(len, known.of_region.values()))
        addresses = views(engine)
    print(f"{os.cpu_count()} cores, {platform.machine()}, {platform.system()}, Python {platform.python_version()}")
    quads = latest(settings.snapshots).manifest["quads"]
    print(
        f"{quads} quads, {len(known.of_region)} regions, {len(known.of_model)} models, {count} of a model in a region"
    )
    print(f"cold and ready: the best of {ROUNDS}; warm: the median of {ROUNDS * MORE}")
    rows = [measure(settings, name, address).cells() for name, address in addresses.items()]
    print(columns(HEADINGS, rows))
    taken = search(settings)
    median = statistics.median(seconds for seconds, _ in taken)
    print(
        f"search, {len(taken)} addresses: worst {1000 * taken[0][0]:.1f} ms ({taken[0][1]}), median {1000 * median:.1f} ms"
    )


if __name__ == "__main__":
    main()
