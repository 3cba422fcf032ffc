"""Load a real server with everything at once, and tell whether any answer was wrong and how long the cheap ones took.

    .venv/bin/python -m benchmarks.load [--seconds 60] [--build]

Sixteen clients ask cheap questions; two runaway queries a second begin, and two clients a second ask for much and vanish; every three
seconds one asks for an answer of some 20 MB. Each client has a loopback address of its own, as clients have. First the
cheap ones are asked alone for comparison. With --build, `levikki build` publishes a new snapshot of the same records halfway through.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import random
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from urllib.parse import urlencode
from urllib.request import urlopen

from benchmarks.running import free_port, started
from graph import pipeline, questions
from graph.names import Names
from graph.settings import ROOT, Settings

CLIENTS, PAUSE = 16, 0.2
CHEAP = 0.02  # seconds that a question may take, with nothing else to do, to count as a cheap one
RUNAWAY = "SELECT (COUNT(*) AS ?n) {{ ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l FILTER(STR(?a) < STR(?l)) }} # {0}"
# A product of all triples and some claims: some 20 MB of JSON, whatever the size of the graph.
LARGE = "SELECT ?s ?p ?o ?x {{ ?x a lev:Claim . ?s ?p ?o }} LIMIT 50000 # {0}"
REFUSALS = (429, 503)
TARGET = 5.0


@dataclass
class Seen:
    """Hold what clients of one kind saw."""

    statuses: Counter[str] = field(default_factory=Counter)
    seconds: list[float] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)

    def add(self, other: Seen) -> None:
        """Take in what another saw."""
        self.statuses += other.statuses
        self.seconds += other.seconds
        self.wrong += other.wrong

    def count(self, status: int, body: bytes) -> bool:
        """Count an answer; tell whether it is a refusal that names its limit."""
        limit = str(json.loads(body).get("limit", "")) if status in REFUSALS else ""
        self.statuses[f"{status} {limit}".strip()] += 1
        return bool(limit)

    def percentile(self, part: float) -> float:
        """Return the time in milliseconds that so large a part of the answers stayed under."""
        ordered = sorted(self.seconds)
        return 1000 * ordered[min(len(ordered) - 1, int(part * len(ordered)))] if ordered else 0.0


def ask(port: int, query: str, source: str, accept: str = "text/csv") -> tuple[int, bytes, float]:
    """Send one query from a source address.

    :returns: status, body, seconds.
    """
    start = time.monotonic()
    connection = HTTPConnection("127.0.0.1", port, timeout=60, source_address=(source, 0))
    try:
        body = urlencode({"query": query})
        headers = {"Content-Type": "application/x-www-form-urlencoded", "Accept": accept}
        connection.request("POST", "/sparql", body, headers)
        answer = connection.getresponse()
        return answer.status, answer.read(), time.monotonic() - start
    finally:
        connection.close()


def cheap_client(port: int, number: int, until: float, expected: dict[str, bytes], seen: Seen) -> None:
    """Ask questions one after the other, some from memory and some anew, and compare each answer."""
    chance = random.Random(number)
    queries = list(expected)
    while time.monotonic() < until:
        query = chance.choice(queries)
        # A comment makes it a query that was never asked before: it has to be run.
        text = f"{query}\n# {number} {chance.random()}" if chance.random() < 0.5 else query
        try:
            status, body, seconds = ask(port, text, f"127.0.1.{number + 1}")
        except (OSError, HTTPException) as problem:
            seen.wrong.append(f"cheap: {type(problem).__name__}: {problem}")
            continue
        seen.count(status, body)
        seen.seconds.append(seconds)
        if status == 200 and body != expected[query]:
            seen.wrong.append(f"cheap: another answer: {query[:60]!r}")
        elif status != 200:
            seen.wrong.append(f"cheap: status {status}: {body[:200]!r}")
        time.sleep(PAUSE * chance.uniform(0.5, 1.5))


def cheap(port: int, seconds: float, expected: dict[str, bytes]) -> Seen:
    """Let sixteen clients ask cheap questions for some seconds."""
    seen = [Seen() for _ in range(CLIENTS)]
    until = time.monotonic() + seconds
    threads = [
        threading.Thread(target=cheap_client, args=(port, number, until, expected, seen[number]))
        for number in range(CLIENTS)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    whole = Seen()
    for each in seen:
        whole.add(each)
    return whole


def every(interval: float, seconds: float, act: Callable[[int, Seen], None]) -> Seen:
    """Begin something every so many seconds, each in a thread of its own; wait for all of it."""
    seen, threads, number = Seen(), list[threading.Thread](), 0
    start = time.monotonic()
    while time.monotonic() - start < seconds:
        thread = threading.Thread(target=act, args=(number, seen))
        thread.start()
        threads.append(thread)
        number += 1
        time.sleep(max(0.0, start + number * interval - time.monotonic()))
    for thread in threads:
        thread.join()
    return seen


def runaways(port: int, seconds: float) -> Seen:
    """Begin two runaway queries a second: each must be refused by a named limit."""

    def act(number: int, seen: Seen) -> None:
        status, body, spent = ask(port, RUNAWAY.format(number), f"127.0.2.{number % 200 + 1}")
        seen.seconds.append(spent)
        if not seen.count(status, body):
            seen.wrong.append(f"runaway: status {status}: {body[:200]!r}")

    return every(0.5, seconds, act)


def large(port: int, seconds: float) -> Seen:
    """Ask for some 20 MB every three seconds: each answer whole and the same, or a named refusal."""
    hashes: set[str] = set()

    def act(number: int, seen: Seen) -> None:
        status, body, spent = ask(
            port, LARGE.format(number), f"127.0.3.{number % 200 + 1}", "application/sparql-results+json"
        )
        seen.seconds.append(spent)
        refused = seen.count(status, body)
        if status == 200:
            hashes.add(sha256(body).hexdigest())
            if len(hashes) > 1 or len(body) < 15_000_000:
                seen.wrong.append(f"large: another answer, {len(body)} bytes")
        elif not refused:
            seen.wrong.append(f"large: status {status}: {body[:200]!r}")

    return every(3.0, seconds, act)


def vanishing(port: int, seconds: float) -> Seen:
    """Let two clients a second ask for much and go away before, or while, they are answered."""

    def act(number: int, seen: Seen) -> None:
        query = (RUNAWAY if number % 2 else LARGE).format(f"gone {number}")
        body = urlencode({"query": query})
        with socket.create_connection(("127.0.0.1", port), 10, (f"127.0.4.{number % 200 + 1}", 0)) as connection:
            head = "POST /sparql HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-www-form-urlencoded\r\n"
            head += f"Content-Length: {len(body)}\r\n\r\n"
            connection.sendall((head + body).encode())
            time.sleep(0.05 + 0.3 * (number % 5))
        seen.statuses["gone"] += 1

    return every(0.5, seconds, act)


@contextmanager
def server(snapshots: Path) -> Iterator[tuple[int, int]]:
    """Run the production server; yield its port and process id."""
    port = free_port()
    command = [sys.executable, str(ROOT / "server.py")]
    variables = {"PORT": str(port), "LEVIKKI_SNAPSHOTS": str(snapshots), "LEVIKKI_ACCESS_LOG": "0"}
    with started(command, snapshots / "server", f"http://127.0.0.1:{port}/ready", **variables) as process:
        yield port, process


def memory(pid: int) -> tuple[int, int]:
    """Return the bytes that a process and all that it started have for themselves, and how many processes that are."""
    parents = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            parents[int(path.parent.name)] = int(path.read_text().rpartition(")")[2].split()[1])
        except OSError:
            continue
    family = {pid}
    while more := {child for child, parent in parents.items() if parent in family} - family:
        family |= more
    total = 0
    for each in family:
        try:
            lines = Path(f"/proc/{each}/smaps_rollup").read_text().splitlines()
        except OSError:
            continue
        total += (
            sum(int(line.split()[1]) for line in lines if line.startswith(("Private_Clean", "Private_Dirty"))) * 1024
        )
    return total, len(family)


def metric(port: int, name: str) -> float:
    """Return a value of /metrics."""
    with urlopen(f"http://127.0.0.1:{port}/metrics") as answer:
        lines = answer.read().decode().splitlines()
    return next(float(line.rpartition(" ")[2]) for line in lines if line.startswith(f"{name} "))


def build(snapshots: Path, after: float) -> None:
    """Publish a new snapshot of the same records in the middle of it all."""
    time.sleep(after)
    command = [sys.executable, "-m", "graph.cli", "build", "--out", str(snapshots)]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, cwd=ROOT)


def main() -> None:
    """Run the load and print what was seen; exit 1 where an answer was wrong or a target was missed."""
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    arguments.add_argument("--seconds", type=float, default=60)
    arguments.add_argument("--build", action="store_true")
    given = arguments.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        snapshots = Path(folder)
        pipeline.build(Settings(snapshots=snapshots), say=lambda _: None)
        with server(snapshots) as (port, pid):
            failed = run(port, pid, given.seconds, snapshots if given.build else None)
    sys.exit(1 if failed else 0)


def run(port: int, pid: int, seconds: float, snapshots: Path | None) -> bool:
    """Ask the cheap questions alone, then amid the load.

    :param snapshots: where to build a new snapshot halfway; None for none.
    :returns: whether an answer was wrong or a target was missed.
    """
    names = Names()
    queries = [question.complete({}, names) for question in questions.load(names).values()]
    timed = {query: [ask(port, f"{query}\n# {number}", "127.0.0.1") for number in range(3)] for query in queries}
    expected = {query: asked[0][1] for query, asked in timed.items() if min(each[2] for each in asked) < CHEAP}
    print(f"{len(expected)} of {len(queries)} questions are cheap: under {1000 * CHEAP:g} ms")
    cheap(port, 4, expected)  # the first queries of a server wait until its processes have started
    alone = cheap(port, min(seconds, 15), expected)
    time.sleep(3)
    before, processes = memory(pid)
    kept = metric(port, "levikki_answer_cache_bytes")
    kinds = {"runaway": runaways, "large": large, "vanishing": vanishing}
    with multiprocessing.get_context("fork").Pool(len(kinds)) as pool:
        others = {name: pool.apply_async(kind, (port, seconds)) for name, kind in kinds.items()}
        if snapshots:
            threading.Thread(target=build, args=(snapshots, seconds / 2)).start()
        amid = cheap(port, seconds, expected)
        seen = {name: other.get(120) for name, other in others.items()}
    time.sleep(12)
    after, left = memory(pid)
    print(f"{'':12}{'answers':>9}{'p50 ms':>9}{'p99 ms':>9}  statuses")
    for name, each in {"cheap alone": alone, "cheap amid": amid, **seen}.items():
        statuses = ", ".join(f"{status}: {count}" for status, count in sorted(each.statuses.items()))
        print(f"{name:12}{len(each.seconds):9}{each.percentile(0.5):9.1f}{each.percentile(0.99):9.1f}  {statuses}")
    ratio = amid.percentile(0.99) / alone.percentile(0.99)
    print(f"p99 amid the load / alone: {ratio:.1f} (target: under {TARGET:g})")
    print(
        f"memory of the server and its {processes} processes before: {before / 1e6:.0f} MB, {left} after: {after / 1e6:.0f} MB"
    )
    print(
        f"of that, answers kept in memory: {kept / 1e6:.0f} MB before, {metric(port, 'levikki_answer_cache_bytes') / 1e6:.0f} after"
    )
    wrong = [text for each in (alone, amid, *seen.values()) for text in each.wrong]
    print(f"wrong answers: {len(wrong)}")
    for text in wrong[:10]:
        print(f"  {text}")
    return bool(wrong) or ratio >= TARGET


if __name__ == "__main__":
    main()
