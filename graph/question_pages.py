"""Routes for the questions: each as a page with a form, as data, and as the text of its query."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, redirect, render_template, request, url_for
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response as BaseResponse

from graph import choices, questions
from graph.answer_table import answer, widened
from graph.errors import CallError
from graph.examples import sparql_examples, text_of
from graph.formats import HTML, SELECT_FORMATS, Format
from graph.problems import QUERY
from graph.protocol import data, deliver, described, kept, prefers_html, wanted
from graph.questions import Question
from graph.site import ROWS_SHOWN, engine, language, named, public_address
from graph.variables import words

question_pages = Blueprint("questions", __name__)
TEXT = Format("rq", QUERY)
_OURS = frozenset({"format", "lang"})  # of every address; the rest are parameters of the question


@question_pages.get("/questions")
def list_questions() -> str:
    """List the questions that the graph is built to answer, and the queries that ask other services too."""
    names = engine().names
    known, federated = questions.load(names), questions.load_federated(names)
    return render_template("questions.html", questions=known, federated=federated)


@question_pages.get("/questions/<name>")
def question(name: str) -> BaseResponse:
    """Answer one question, in the format of the suffix or the one that the client likes best.

    :raises NotFound: there is no question of this name.
    """
    stem, suffix = _split(name)
    asked = questions.load(engine().names).get(stem) or questions.load_federated(engine().names).get(stem)
    if asked is None:
        raise NotFound(f"no question {stem!r}; /questions lists them")
    offered = (HTML, TEXT) if asked.services else (HTML, *SELECT_FORMATS, TEXT)
    chosen = next((each for each in offered if each.name == suffix), None) if suffix else wanted(offered)
    if chosen is None:
        raise NotFound(f"no {suffix} of {stem!r}")
    response = _answered(asked, chosen)
    if chosen != TEXT:
        address = url_for("questions.question", name=f"{stem}.rq", lang=None)
        response.headers.add("Link", f'<{address}>; rel="describedby"; type="{QUERY}"')
    return response


@question_pages.get("/.well-known/sparql-examples")
def examples() -> Response:
    """Give every question, and the federated examples, as RDF."""
    return described(sparql_examples(engine().names, _endpoint()))


def _split(name: str) -> tuple[str, str]:
    stem, _, suffix = name.rpartition(".")
    known = {each.name for each in (HTML, *SELECT_FORMATS, TEXT)}
    return (stem, suffix) if stem and suffix in known else (name, "")


def _answered(asked: Question, chosen: Format) -> BaseResponse:
    if chosen == TEXT:
        return kept(data(text_of(asked, engine().names, _endpoint()), TEXT))
    if asked.services:
        query = text_of(asked, engine().names, _endpoint())
        return Response(render_template("federated.html", question=asked, query=query))
    given = _given()
    if chosen != HTML:
        bindings = asked.bindings(given, engine().names)
        return deliver(engine().answer(asked.query, name=chosen.name, bindings=bindings))
    return _called_by_name(asked, given) or Response(_page(asked, given))


def _called_by_name(asked: Question, given: dict[str, str]) -> BaseResponse | None:
    """Lead a person who gave the name of a thing to the address with its slug; a program gives the slug itself."""
    if not prefers_html():
        return None
    parameters = [each for each in asked.parameters if each.name in given]
    slugs = {each.name: choices.by_name(engine(), each, given[each.name], language()) for each in parameters}
    if not any(slugs.values()):
        return None
    better: dict[str, Any] = {**given, **{name: slug for name, slug in slugs.items() if slug}}
    return redirect(url_for("questions.question", name=asked.name, **better), 303)


def _page(asked: Question, given: dict[str, str]) -> str:
    rows = questions.rows(engine(), widened(asked), given)
    titles = words(engine(), asked.name, rows.variables, language())
    shown = answer(rows, named(rows.rows), titles, engine().names, ROWS_SHOWN)
    fields = [choices.field(engine(), each, given.get(each.name, ""), language()) for each in asked.parameters]
    return render_template("question.html", question=asked, answer=shown, fields=fields, given=given)


def _given() -> dict[str, str]:
    """Return what the request says of the question's parameters; each may be said once.

    :raises CallError: a parameter is there twice.
    """
    given: dict[str, str] = {}
    for name, value in request.args.items(multi=True):
        if name in given:
            raise CallError(f"the parameter {name!r} is there twice", name, "give one value")
        if name not in _OURS:
            given[name] = value
    return given


def _endpoint() -> str:
    return public_address("site.sparql")
