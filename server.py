"""Serve a snapshot over HTTP: pages for people, linked data and SPARQL for programs. `python server.py` starts it."""

from __future__ import annotations

import json
import logging
import sys
from http import HTTPStatus

from flask import Blueprint, Flask, Response, g, render_template, request
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response as BaseResponse

from graph.about_pages import about_pages
from graph.answers import Answer
from graph.catalogue_pages import pages as catalogue_pages
from graph.changes_pages import changes
from graph.compare_pages import compare
from graph.downloads import downloads
from graph.editor import editor, first_query
from graph.errors import LevikkiError, QueryError
from graph.exchange import Exchange, note
from graph.feed_pages import feed
from graph.matrix_pages import home
from graph.network_pages import network
from graph.problems import Problem, problem_of
from graph.protocol import Asked, deliver, described, prefers_html, read_request
from graph.question_pages import question_pages
from graph.release_pages import archive
from graph.search_pages import search
from graph.service import service_description, void_description
from graph.serving import Gunicorn
from graph.settings import ROOT, Settings
from graph.site import LanguagePaths, engine, keep_language, language, named, page_values, public_address, served
from graph.sitemap import sitemap
from graph.spread_pages import spread
from graph.store import read_rows
from graph.thing_pages import thing_pages
from graph.things import things
from graph.warm import begin
from graph.watch import watch

site = Blueprint("site", __name__)
site.add_url_rule("/", view_func=home)
_log = logging.getLogger(__name__)


def create_app(settings: Settings | None = None) -> Flask:
    """Make the Flask app.

    :param settings: the environment's where left out.
    """
    chosen = settings or Settings.from_environment()
    app = Flask(__name__, template_folder=ROOT / "templates", static_folder=ROOT / "static")
    app.config["MAX_CONTENT_LENGTH"] = app.config["MAX_FORM_MEMORY_SIZE"] = chosen.request_bytes
    app.wsgi_app = LanguagePaths(app.wsgi_app)  # type: ignore[method-assign]
    Exchange(chosen).join(app)
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.url_defaults(keep_language)
    app.context_processor(page_values)
    for each in (
        site,
        network,
        editor,
        question_pages,
        things,
        thing_pages,
        compare,
        search,
        downloads,
        catalogue_pages,
        changes,
        archive,
        feed,
        watch,
        sitemap,
        about_pages,
        spread,
    ):
        app.register_blueprint(each)
    app.register_error_handler(Exception, show_problem)
    return app


# ---- SPARQL ----


@site.route("/sparql", methods=["GET", "POST"])
def sparql() -> Response | str | tuple[str, int]:
    """Answer a query by the SPARQL 1.1 Protocol; describe the service, or show a form, where there is none."""
    asked = read_request(request)
    g.query = asked.query or ""
    if prefers_html() and not asked.format:
        return sparql_page(asked)
    if asked.query is None:
        return described(service_description(engine(), public_address("site.sparql")))
    return deliver(answer_to(asked, asked.format))


def answer_to(asked: Asked, name: str) -> Answer:
    """Answer the query of a request.

    :param name: name of a format; where empty, the Accept header decides.
    """
    return engine().answer(
        asked.query or "",
        request.headers.get("Accept", ""),
        name,
        default_graphs=asked.default_graphs,
        named_graphs=asked.named_graphs,
    )


def sparql_page(asked: Asked) -> tuple[str, int]:
    """Show the form, with the answer to the query, or with what is wrong with it."""
    if not asked.query:
        opened = first_query(engine().names, language())
        return render_template("sparql.html", query="", first_query=opened), HTTPStatus.OK
    try:
        form = engine().check(asked.query).form
        name = {"ASK": "csv", "CONSTRUCT": "ttl", "DESCRIBE": "ttl"}.get(form, "json")
        body = answer_to(asked, name).body
    except QueryError as error:
        page = render_template("sparql.html", query=asked.query, problem=problem_of(error))
        return page, error.http_status
    if name != "json":
        return render_template("sparql.html", query=asked.query, form=form, text=body.decode()), HTTPStatus.OK
    rows = read_rows(body)
    page = render_template("sparql.html", query=asked.query, form=form, rows=rows, named=named(rows.rows))
    return page, HTTPStatus.OK


@site.get("/.well-known/void")
def void() -> Response:
    """Describe the dataset in VoID."""
    held, asked = served()
    return described(void_description(held, asked, public_address("site.void"), public_address("site.sparql")))


# ---- errors, in one place ----


def show_problem(error: Exception) -> Response | BaseResponse:
    """Answer with an error: a page for browsers, problem+json for programs."""
    if isinstance(error, HTTPException) and (error.code is None or error.code < HTTPStatus.BAD_REQUEST):
        return error.get_response()  # a redirect
    note(error)
    problem = problem_of(error)
    if problem is None:
        _log.error("the request to %s failed", request.path, exc_info=error)
        problem = Problem(500, "the server failed on this request; the failure has been logged")
    if prefers_html():
        return Response(render_template("error.html", problem=problem), problem.status, problem.headers)
    body = json.dumps(problem.members(), ensure_ascii=False)
    return Response(body + "\n", problem.status, problem.headers, content_type="application/problem+json")


def serve(settings: Settings) -> None:
    """Answer requests until the process is told to stop.

    :param settings: host and port among them.
    """
    Gunicorn(settings, _ready_app).run()


def _ready_app(settings: Settings) -> Flask:
    app = create_app(settings)
    begin(app)
    return app


if __name__ == "__main__":
    try:
        serve(Settings.from_environment())
    except LevikkiError as problem:
        sys.exit(str(problem))
