"""The app, made as a test wants it and put away again; and the app over a socket on loopback."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from flask import Flask
from local_server import started
from werkzeug.serving import make_server

from graph.settings import Settings
from server import create_app

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication


@contextmanager
def making(settings: Settings) -> Iterator[Flask]:
    """Make the app; stop the processes of its engine at the end."""
    app = create_app(settings)
    try:
        yield app
    finally:
        app.extensions["levikki"].retire()


@contextmanager
def answering(app: WSGIApplication) -> Iterator[str]:
    """Let an app answer on loopback, in threads of its own; yield its address: http://127.0.0.1:PORT."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    with started(server):
        yield f"http://127.0.0.1:{server.port}"
