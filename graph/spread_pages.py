"""Routes of the map and the timeline: pages for people, and the rows of exactly that view for programs."""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, TypeAlias

from flask import Blueprint, Response, redirect, render_template, request, url_for
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response as BaseResponse

from graph import spread_queries, views
from graph.charts import Chart, step_chart
from graph.errors import CallError
from graph.formats import SELECT_FORMATS, Format
from graph.model_choice import Sought, seek
from graph.names import last_part
from graph.problems import QUERY
from graph.protocol import data, deliver, kept, prefers_html
from graph.site import engine, language
from graph.spread import Curve, Known, curve, known, shades, state
from graph.tile_map import tiles
from graph.translations import texts
from graph.views import Named

spread = Blueprint("spread", __name__)
COMPARED = 5
LATER = (2, 3, 5, 10)  # regions whose time after the first one the table tells
Answer: TypeAlias = Response | BaseResponse | tuple[str, HTTPStatus]
_TEXT = Format("rq", QUERY)


@dataclass(frozen=True)
class Choice:
    """Hold a model as a form offers it.

    :param slug: what the address says.
    :param spread: regions in which it is in use now.
    """

    slug: str
    named: Named
    spread: int


@spread.get("/map")
def map() -> Answer:  # noqa: A001 - the name of its route
    """Show where a model stands, or how many are in use, as of the end of a year, on a tile map."""
    held, sought, year = _asked_of_map()
    model = sought.iri
    if model and sought.text != last_part(model):
        return redirect(
            url_for("spread.map", model=last_part(model), year=request.args.get("year")), HTTPStatus.SEE_OTHER
        )
    if sought.text and not (model or prefers_html()):
        sought.only()
    named = _named(held, model, *sought.near)
    states = [state(held, each, model) for each in held.years]
    most = max((place.in_use for each in states for place in each.places.values()), default=0)
    page = render_template(
        "map.html",
        **_common(held, named, sought),
        chosen=named.get(model),
        slug=last_part(model),
        year=year,
        states=states,
        tiles=[(engine().names.thing("region", each.region), each) for each in tiles()],
        shades=shades(most),
        groups=_groups(),
        sparql={each: _map_query(model, each) for each in held.years},
    )
    return page, _status(sought)


@spread.get("/map.<suffix>")
def map_file(suffix: str) -> Response:
    """Return the rows of the map, or its query."""
    held, sought, year = _asked_of_map()
    model = sought.only() if sought.text else ""
    return _file(_map_query(model, year or max(held.years, default=0)), suffix)


@spread.get("/timeline")
def timeline() -> Answer:
    """Show how some models spread from year to year; those of the widest spread where none is chosen."""
    held, asked = _asked_of_timeline()
    found = list(dict.fromkeys(each.iri for each in asked if each.iri))
    missing = next((each for each in asked if not each.iri), Sought("", ""))
    slugs = [last_part(each) for each in found]
    if missing.text and not prefers_html():
        missing.only()
    if not missing.text and slugs != [each.text for each in asked]:
        return redirect(url_for("spread.timeline", model=slugs), HTTPStatus.SEE_OTHER)
    models = found or _widest(held)
    named = _named(held, *models, *missing.near)
    curves = [curve(held, each) for each in models]
    page = render_template(
        "timeline.html",
        **_common(held, named, missing),
        curves=[
            (each, last_part(each.model), chart) for each, chart in zip(curves, _charts(curves, held), strict=True)
        ],
        slugs=[last_part(each) for each in models],
        given=bool(found),
        compared=COMPARED,
        later=LATER,
        sparql=spread_queries.arrivals(engine().names, models, language()),
    )
    return page, _status(missing)


@spread.get("/timeline.<suffix>")
def timeline_file(suffix: str) -> Response:
    """Return the rows of the timeline, or its query."""
    held, asked = _asked_of_timeline()
    models = [each.only() for each in asked] or _widest(held)
    return _file(spread_queries.arrivals(engine().names, models, language()), suffix)


# ---- what is asked ----


def _asked_of_map() -> tuple[Known, Sought, int]:
    """Return what is known, the model (its text is empty where all are meant) and the year (0 where nothing is known of any).

    :raises CallError: a parameter is there twice, or a year of which nothing can be known.
    """
    held = known(engine())
    for name in ("model", "year"):
        if len(request.args.getlist(name)) > 1:
            raise CallError(f"the parameter {name!r} is there twice", name, "give one value")
    return held, seek(engine(), request.args.get("model", "")), _year(request.args.get("year", ""), held)


def _asked_of_timeline() -> tuple[Known, list[Sought]]:
    """Return what is known, and the models that the address names.

    :raises CallError: too many.
    """
    asked = list(dict.fromkeys(each for each in request.args.getlist("model") if each))
    if len(asked) > COMPARED:
        raise CallError(f"{len(asked)} models at once", "model", f"compare at most {COMPARED}")
    return known(engine()), [seek(engine(), each) for each in asked]


def _widest(held: Known) -> list[str]:
    return held.widest(_named(held))[:COMPARED]


def _status(sought: Sought) -> HTTPStatus:
    return HTTPStatus.BAD_REQUEST if sought.text and not sought.iri else HTTPStatus.OK


def _year(text: str, held: Known) -> int:
    if not held.years:
        return 0
    first, last = held.years[0], held.years[-1]
    if text and text not in {str(each) for each in held.years}:
        raise CallError(f"no year {text!r} here", "year", f"give one from {first} to {last}, or leave it out")
    return int(text or last)


# ---- what is shown ----


def _named(held: Known, *more: str) -> dict[str, Named]:
    return views.labels(
        engine(), [*sorted(held.courses), *held.regions, *_statuses().values(), *filter(None, more)], language()
    )


def _common(held: Known, named: dict[str, Named], sought: Sought) -> dict[str, Any]:
    choices = [Choice(last_part(each), named[each], held.spread(each)) for each in held.widest(named)]
    statuses = {name: named[iri] for name, iri in _statuses().items()}
    return {
        "known": held, "named": named, "sought": sought, "choices": choices, "statuses": statuses, "lag_text": lag_text,
    }  # fmt: skip


def _statuses() -> dict[str, str]:
    return {name: engine().names.thing("scheme", f"status/{name}") for name in views.STATUSES}


def _groups() -> dict[str, tuple[str, ...]]:
    """Return the statuses that the summary of a map counts together, by the name of their text."""
    in_use = tuple(each for each in views.STATUSES if each in views.SPREAD)
    tried = tuple(each for each in views.STATUSES if each in views.REACH - views.SPREAD)
    return {
        "in_use": in_use, "tried": tried, "intended": views.STATUSES[:2], "ended": views.STATUSES[7:], "unknown": ("",),
    }  # fmt: skip


def _charts(curves: list[Curve], held: Known) -> list[Chart]:
    """Return a chart for each model, all of the same scale, so that they can be compared."""
    top = max((count for each in curves for counts in each.counts.values() for count in counts), default=1)
    return [step_chart(each.counts, min(held.years, default=0), max(top, 1)) for each in curves]


def _map_query(model: str, year: int) -> str:
    names = engine().names
    if model:
        return spread_queries.status_by_region(names, model, year, language())
    return spread_queries.models_by_region(names, year, language())


def _file(query: str, suffix: str) -> Response:
    if suffix == _TEXT.name:
        return kept(data(query, _TEXT))
    if suffix not in {each.name for each in SELECT_FORMATS}:
        raise NotFound(
            f"no {suffix!r} of this view; there are {', '.join(each.name for each in SELECT_FORMATS)} and rq"
        )
    return deliver(engine().answer(query, name=suffix))


def lag_text(years: float) -> str:
    """Return a length of time in years as the page's language writes it."""
    words = texts()[language()]
    return str(words["spread_years"].format(years=f"{years:.1f}".replace(".", words["spread_decimal"])))
