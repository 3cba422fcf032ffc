"""Make what many pages need before the first of them is asked for: when the service starts, and when a new release is there.

This is done in a thread beside the requests. One that comes before it is ready waits for what is being made, not for the rest, and what
cannot be made here is left to the request that needs it, which then says what is wrong.
"""

from __future__ import annotations

import logging
import time
from threading import Thread
from weakref import ref

from babel.numbers import format_decimal
from flask import Flask

from graph import about_view, matrix_data, network_view, search_index, spread, standing
from graph.current import LOOK_SECONDS
from graph.errors import SnapshotError
from graph.exchange import Exchange
from graph.site import LOCALES
from graph.store import Engine
from graph.translations import texts
from graph.views import LANGUAGES

Ready = ref[Engine] | None
_log = logging.getLogger(__name__)


def begin(app: Flask) -> Thread:
    """Keep an app's pages ready from now on, until the process ends.

    :returns: the thread that does it.
    """
    # Not when it is asked for first: the thread and a request might both make it.
    environment = app.jinja_env
    shared: Exchange = app.extensions["levikki"]

    def follow() -> None:
        texts()
        for locale in LOCALES.values():
            format_decimal(0, locale=locale)
        for name in environment.list_templates():
            environment.get_template(name)
        prepared: Ready = None
        while True:
            prepared = _follow(shared, prepared)
            time.sleep(LOOK_SECONDS)

    thread = Thread(target=follow, name="warm", daemon=True)
    thread.start()
    return thread


def _follow(shared: Exchange, prepared: Ready) -> Ready:
    """Prepare the newest snapshot where that has not been done; tell whose engine is ready now.

    No engine is kept here, so that one whose time is over can go.
    """
    try:
        engine = shared.take()[1]
        if prepared is None or prepared() is not engine:
            prepare(engine)
        return ref(engine)
    except SnapshotError:
        return prepared  # nothing is served yet: every page says so
    except Exception as problem:  # noqa: BLE001 - whatever it is, requests go on, and the one that meets it tells of it
        _log.info("not everything is ready beforehand: %r", problem)
        return prepared


def prepare(engine: Engine) -> None:
    """Make what pages show of the whole of a snapshot.

    :raises LevikkiError: the store cannot be asked.
    """
    matrix_data.table(engine)
    search_index.index(engine)
    for language in LANGUAGES:
        network_view.load(engine, language)
    spread.known(engine)
    for of in ("region", "model"):
        standing.standing(engine, of)
    about_view.counted(engine)
