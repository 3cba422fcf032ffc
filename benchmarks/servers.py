"""Compare web servers under the app: `python -m benchmarks.servers`. Granian is compared where it is installed.

One process and the same threads each, eight clients that keep their connections, a query that is answered from memory: what is
measured is the server and the app, not the engine. Then a client goes away from a runaway query: does the query end?
"""

from __future__ import annotations

import importlib.util
import json
import multiprocessing
import socket
import sys
import tempfile
import threading
import time
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlencode

from benchmarks.load import RUNAWAY, metric
from benchmarks.running import free_port, started
from graph import pipeline
from graph.serving import THREADS
from graph.settings import ROOT, Settings

CLIENTS, SECONDS = 8, 8.0
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


def commands(port: int) -> dict[str, list[str]]:
    """Return the command of each server that is installed."""
    found = {"gunicorn": [sys.executable, str(ROOT / "server.py")]}
    if importlib.util.find_spec("granian"):
        found["granian"] = [
            *(sys.executable, "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port)),
            *("--workers", "1", "--blocking-threads", str(THREADS), "--factory", "--no-ws", "server:create_app"),
        ]
    return found


def clients(port: int) -> int:
    """Ask from eight connections for some seconds; return how many answers came."""
    counts = [0] * CLIENTS
    until = time.monotonic() + SECONDS

    def ask(number: int) -> None:
        connection = HTTPConnection("127.0.0.1", port)
        while time.monotonic() < until:
            connection.request("POST", "/sparql", "query=ASK%20%7B%7D", FORM)
            answer = connection.getresponse()
            counts[number] += json.loads(answer.read())["boolean"]

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(CLIENTS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sum(counts)


def outlives(port: int) -> float:
    """Return for how many seconds a runaway query goes on after its client went away."""
    body = urlencode({"query": RUNAWAY.format("gone")})
    with socket.create_connection(("127.0.0.1", port)) as connection:
        head = f"POST /sparql HTTP/1.1\r\nHost: x\r\nContent-Type: {FORM['Content-Type']}\r\nContent-Length: {len(body)}\r\n\r\n"
        connection.sendall((head + body).encode())
        time.sleep(1)
    start = time.monotonic()
    while metric(port, "levikki_queries_running"):
        time.sleep(0.05)
    return time.monotonic() - start


def main() -> None:
    """Print requests a second, and what becomes of a query that nobody waits for."""
    with tempfile.TemporaryDirectory() as folder:
        pipeline.build(Settings(snapshots=Path(folder)), say=lambda _: None)
        port = free_port()
        variables = {"PORT": str(port), "LEVIKKI_SNAPSHOTS": folder, "LEVIKKI_CLIENT_REQUESTS": "1000000000"}
        variables["LEVIKKI_ACCESS_LOG"] = "0"
        address = f"http://127.0.0.1:{port}/ready"
        first = 0.0
        for name, command in commands(port).items():
            running = started(command, Path(folder) / name, address, **variables)
            with running, multiprocessing.get_context("spawn").Pool(1) as pool:
                rate = pool.apply(clients, (port,)) / SECONDS
                first = first or rate
                gone = outlives(port)
            print(
                f"{name:9} {rate:6.0f} requests/s ({rate / first:.2f} of the first); a query outlives its client by {gone:.1f} s"
            )


if __name__ == "__main__":
    main()
