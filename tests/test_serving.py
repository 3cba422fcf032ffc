"""The production server as a process of its own: clients that go away, a graceful stop, logs, a new snapshot amid requests."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from urllib.error import HTTPError, URLError
from urllib.parse import quote, urlencode
from urllib.request import Request, urlopen

import pytest
from test_server import RUNAWAY, SELECT, make_snapshot

from benchmarks.running import free_port
from graph.settings import ROOT

SLOW = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l FILTER(STRLEN(STR(?l)) > 0) }"


class Server:
    """Hold a server that runs on loopback.

    :param log: file of its standard error.
    """

    def __init__(self, process: subprocess.Popen[bytes], port: int, log: Path) -> None:
        self.process, self.port, self.log = process, port, log

    def get(self, path: str) -> tuple[int, bytes]:
        """Return status and body of a GET."""
        try:
            with urlopen(Request(f"http://127.0.0.1:{self.port}{path}"), timeout=30) as answer:
                return answer.status, answer.read()
        except HTTPError as problem:
            with problem:
                return problem.code, problem.read()

    def metric(self, name: str) -> float:
        """Return a value of /metrics, 0 where it is not there."""
        lines = self.get("/metrics")[1].decode().splitlines()
        return next((float(line.rpartition(" ")[2]) for line in lines if line.startswith(f"{name} ")), 0.0)


@contextmanager
def running(snapshots: Path, log: Path, **variables: str) -> Iterator[Server]:
    port = free_port()
    environment = {**os.environ, "PORT": str(port), "LEVIKKI_SNAPSHOTS": str(snapshots), **variables}
    with log.open("wb") as out:
        process = subprocess.Popen([sys.executable, str(ROOT / "server.py")], env=environment, stderr=out)
    server = Server(process, port, log)
    try:
        wait_for(lambda: answers(server))
        yield server
    finally:
        process.terminate()
        process.wait(30)


def answers(server: Server) -> bool:
    try:
        return server.get("/ready")[0] == 200
    except URLError:
        return False


def wait_for(condition: Callable[[], bool], seconds: float = 15) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not come true in time"
        time.sleep(0.05)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("serving")
    make_snapshot(folder / "snapshots", "first")
    with running(folder / "snapshots", folder / "log", LEVIKKI_QUERY_SECONDS="20") as server:
        yield server


def test_a_client_that_goes_away_ends_its_query(server: Server) -> None:
    body = urlencode({"query": RUNAWAY}).encode()
    with socket.create_connection(("127.0.0.1", server.port)) as connection:
        head = f"POST /sparql HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(body)}\r\n\r\n"
        connection.sendall(head.encode() + body)
        wait_for(lambda: server.metric("levikki_queries_running") == 1)
    start = time.monotonic()
    wait_for(lambda: server.metric("levikki_queries_running") == 0)
    assert time.monotonic() - start < 5  # its limit would be 20
    assert server.metric('levikki_query_kills_total{reason="ClientGone"}') == 1


def test_a_large_answer_is_whole_and_a_slow_reader_gets_it_too(server: Server) -> None:
    query = quote("SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i } LIMIT 20000")
    with urlopen(f"http://127.0.0.1:{server.port}/sparql?query={query}&format=json", timeout=30) as answer:
        length, body = int(answer.headers["Content-Length"]), b""
        while piece := answer.read(200_000):
            body += piece
            time.sleep(0.01)
    assert len(body) == length
    assert len(json.loads(body)["results"]["bindings"]) == 20_000


def test_the_log_has_a_line_for_each_request(server: Server) -> None:
    server.get(f"/sparql?query={quote(SELECT)}")
    lines = [json.loads(line) for line in server.log.read_text().splitlines() if line.startswith("{")]
    (line,) = [line for line in lines if line["route"] == "sparql" and line["method"] == "GET" and line["rows"] == 2]
    assert line["status"] == 200
    assert SELECT not in server.log.read_text()


def test_a_stop_lets_what_runs_finish(tmp_path: Path) -> None:
    make_snapshot(tmp_path / "snapshots", "first")
    with running(tmp_path / "snapshots", tmp_path / "log", LEVIKKI_QUERY_SECONDS="60") as server:
        with ThreadPoolExecutor(1) as threads:
            asked = threads.submit(server.get, f"/sparql?query={quote(SLOW)}")
            wait_for(lambda: server.metric("levikki_queries_running") == 1)
            server.process.send_signal(signal.SIGTERM)
            status, body = asked.result(timeout=60)
        assert (status, b"bindings" in body) == (200, True)
        assert server.process.wait(20) == 0


def test_a_new_snapshot_costs_no_request(tmp_path: Path) -> None:
    make_snapshot(tmp_path / "snapshots", "a0")
    with running(tmp_path / "snapshots", tmp_path / "log") as server:
        stop = False

        def ask(number: int) -> list[tuple[int, bytes]]:
            found = []
            while not stop:
                found.append(server.get(f"/sparql?query={quote(SELECT)}&n={number}&format=csv"))
            return found

        with ThreadPoolExecutor(4) as threads:
            asking = [threads.submit(ask, number) for number in range(4)]
            for number in range(1, 6):
                time.sleep(0.2)
                make_snapshot(tmp_path / "snapshots", f"a{number}")
            time.sleep(0.2)
            stop = True
            answers = [answer for each in asking for answer in each.result()]
        assert len(answers) > 50
        assert len(set(answers)) == 1
        assert answers[0][0] == 200
        assert json.loads(server.get("/ready")[1])["snapshot"] == "a5"
