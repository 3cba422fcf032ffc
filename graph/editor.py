"""What the query editor offers: prefixes, the terms of the ontology and of what it is built on, and the questions."""

from __future__ import annotations

import json
from typing import Any

from flask import Blueprint, Response

from graph import questions
from graph.exchange import exchange
from graph.names import Names
from graph.protocol import kept
from graph.site import engine, language
from graph.store import Engine

editor = Blueprint("editor", __name__)
editor.app_context_processor(lambda: {"limits": exchange().settings})
_TERMS = """SELECT DISTINCT ?term ?type ?language ?label {
  ?term a ?type ; rdfs:label ?label BIND(LANG(?label) AS ?language)
  VALUES ?type { owl:Class owl:ObjectProperty owl:DatatypeProperty } }"""
# What queries of this graph take from the vocabularies that the ontology is built on.
_OTHERS = "rdf:type rdfs:label skos:prefLabel skos:altLabel skos:notation skos:definition skos:broader skos:inScheme dct:title dct:rights"


def first_query(names: Names, chosen: str) -> str:
    """Return the query that the editor opens with: whole in itself, so that it can be taken to any other tool.

    :param chosen: language of the models' names.
    """
    prefixes = names.prefixes()
    return f"""PREFIX lev: <{prefixes["lev"]}>
PREFIX skos: <{prefixes["skos"]}>
SELECT ?model ?name ?spread WHERE {{
  ?model a lev:PracticeModel ; skos:prefLabel ?name ; lev:spread ?spread .
  FILTER(LANG(?name) = "{chosen}")
}}
ORDER BY DESC(?spread) ?name"""


@editor.get("/sparql/terms.json")
def terms() -> Response:
    """Give the editor what it completes and opens."""
    body = json.dumps(offered(engine(), language()), ensure_ascii=False, sort_keys=True)
    response = kept(Response(body, content_type="application/json"))
    response.vary.add("Accept-Language")
    return response


def offered(asked: Engine, chosen: str) -> dict[str, Any]:
    """Return the editor's prefixes, terms and questions.

    :param chosen: language of the labels.
    """
    prefixes = asked.names.prefixes()
    found: dict[str, dict[str, str]] = {"class": {}, "property": {}}
    for row in asked.select(_TERMS).rows:
        kind = "class" if row["type"].value.endswith("#Class") else "property"
        if row["language"].value == chosen:
            found[kind][row["term"].value] = row["label"].value
    for each in _OTHERS.split():
        prefix, _, name = each.partition(":")
        found["property"].setdefault(prefixes[prefix] + name, "")
    return {
        "prefixes": dict(sorted(prefixes.items())),
        "classes": sorted(found["class"].items()),
        "properties": sorted(found["property"].items()),
        "questions": [
            {"name": name, "title": each.title(chosen), "query": each.complete({}, asked.names)}
            for name, each in questions.load(asked.names).items()
        ],
    }
