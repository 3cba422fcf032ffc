"""The first page: the matrix, as a page and as data, with the choice in its address."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from flask import Response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from graph import matrix, matrix_data, matrix_query, schema_org
from graph.formats import SELECT_FORMATS, by_name
from graph.matrix_cells import Cells
from graph.matrix_choice import MANY, SORTS, Choice, read
from graph.matrix_data import Table
from graph.names import Names
from graph.protocol import deliver
from graph.site import language, served
from graph.translations import texts
from graph.views import SPREAD, STATUSES, Named

_COMMON = ("lang", "format")
FEW = 8  # columns, up to which the words of a status have room in the cells


@dataclass(frozen=True)
class Option:
    """Hold one value that a reader can choose."""

    value: str
    named: Named
    is_chosen: bool


@dataclass(frozen=True)
class Sort:
    """Hold one order of the rows.

    :param state: ascending or descending where the rows are in this order; empty else.
    :param address: of the page in this order, or in the other way round where it is already.
    """

    name: str
    state: str
    address: str


def home() -> Response | BaseResponse | str:
    """Show which model stands where, as far as it is chosen."""
    held, asked = served()
    known = matrix_data.table(asked)
    choice = read(request.args.items(multi=True), known.allowed())
    given = [pair for pair in request.args.items(multi=True) if pair[0] not in _COMMON]
    wanted = request.args.get("format", "")
    if given != choice.pairs():
        return redirect(address(choice, **({"format": wanted} if wanted else {})))
    if wanted:
        return _data(choice, wanted)
    return render_template(
        "home.html",
        schema=schema_org.home(held, asked.settings, texts()[language()], language()),
        counts=held.manifest,
        choice=choice,
        view=matrix.view(asked, choice, language()),
        summary=matrix.summary(known, language()),
        few=FEW,
        lang=request.args.get("lang", ""),
        **_controls(known, choice),
        **_addresses(asked.names, choice),
    )


def address(choice: Choice, **more: str) -> str:
    """Return the address of the page with a choice, in the language of this request.

    :param more: further parameters.
    """
    values: dict[str, Any] = {}
    for name, value in choice.pairs():
        values.setdefault(name, []).append(value)
    return url_for("site.home", **{**values, **more})


def _data(choice: Choice, name: str) -> Response:
    """Answer with the rows of the view."""
    _, asked = served()
    chosen = by_name(name, SELECT_FORMATS)
    response = deliver(asked.answer(matrix_query.rows(choice, asked.names, language()), name=chosen.name))
    response.vary.add("Accept-Language")
    response.headers["Content-Disposition"] = f'attachment; filename="levikki.{chosen.name}"'
    return response


def _controls(known: Table, choice: Choice) -> dict[str, Any]:
    allowed, names = known.allowed(), known.names
    wanted = dict.fromkeys(MANY, ()) | {"kind": choice.kinds, "goal": choice.goals, "county": choice.counties}
    starts = {"kind": ("scheme", "model-kind/"), "goal": ("scheme", "programme-goal/"), "county": ("region", "")}
    options = {
        name: [
            Option(each, known.named(names.thing(kind, start + each), language()), each in wanted[name])
            for each in allowed.of(name)
        ]
        for name, (kind, start) in starts.items()
    }
    return {"options": options, "years": known.years, "sorts": {name: _sort(choice, name) for name in SORTS}}


def _sort(choice: Choice, name: str) -> Sort:
    is_this = choice.sort == name
    turned = not choice.is_descending if is_this else SORTS[name]
    state = ("descending" if choice.is_descending else "ascending") if is_this else ""
    return Sort(name, state, address(replace(choice, sort=name, is_descending=turned)))


def _addresses(names: Names, choice: Choice) -> dict[str, Any]:
    """Return where the page leads to, its cells among that."""
    before, _, after = url_for("things.document", kind="adoption", slug="SLUG").partition("SLUG")
    in_use = tuple(each for each in STATUSES if each in SPREAD)
    return {
        "cells": Cells(before, after, len(names.thing("adoption", "")), texts()[language()]),
        "here": address(choice),
        "everything": address(Choice()),
        "wide": address(Choice(statuses=in_use, regions=2)),
        "csv": address(choice, format="csv"),
        "json": address(choice, format="json"),
        "sparql": url_for("site.sparql", query=matrix_query.rows(choice, names, language())),
    }
