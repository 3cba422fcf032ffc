"""Make what many pages need before the first of them is asked for: when the service starts, and when a new release is there.

This is done in a thread beside the requests. One that comes before it is ready waits for what is being made, not for the rest, and what
cannot be made here is left to the request that needs it, which then says what is wrong.
"""

from __future__ import annotations

import logging
from threading import Event, Thread
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


def begin(app: Flask, stop: Event | None = None) -> Thread:
    """Keep an app's pages ready from now on, until the process ends.

    :param stop: ends it where it is set.
    :returns: the thread that does it.
    """
    stop = stop or Event()

    def follow() -> None:
        prepared = look(app, None)
        while not stop.wait(LOOK_SECONDS):
            prepared = look(app, prepared)

    thread = Thread(target=follow, name="warm", daemon=True)
    thread.start()
    return thread


def look(app: Flask, prepared: Ready) -> Ready:
    """Prepare the newest snapshot where that has not been done; it never fails.

    :param prepared: the engine that is ready. None is kept, so that one whose time is over can go.
    :returns: the one that is ready now.
    """
    shared: Exchange = app.extensions["levikki"]
    try:
        engine = shared.take()[1]
        if prepared is None or prepared() is not engine:
            prepare(app, engine)
        return ref(engine)
    except SnapshotError:
        return prepared  # nothing is served yet: every page says so
    except Exception as problem:  # noqa: BLE001 - whatever it is, requests go on, and the one that meets it tells of it
        _log.info("not everything is ready beforehand: %r", problem)
        return prepared


def prepare(app: Flask, engine: Engine) -> None:
    """Make what pages show of the whole of a snapshot, and what they are written with.

    The first page comes first, with its words and templates.

    :raises LevikkiError: the store cannot be asked.
    """
    matrix_data.table(engine)
    texts()
    for locale in LOCALES.values():
        format_decimal(0, locale=locale)
    for name in app.jinja_env.list_templates():
        app.jinja_env.get_template(name)
    search_index.index(engine)
    for language in LANGUAGES:
        network_view.load(engine, language)
    spread.known(engine)
    for of in ("region", "model"):
        standing.standing(engine, of)
    about_view.counted(engine)
