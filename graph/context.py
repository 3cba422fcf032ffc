"""The JSON-LD context: the one mapping, from records to RDF and from RDF to JSON-LD."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

from graph.errors import OntologyError
from graph.files import read_text
from graph.names import Names
from graph.settings import ROOT

CONTEXT = ROOT / "mappings" / "context.jsonld"


@cache
def context(names: Names) -> dict[str, Any]:
    """Return the JSON-LD context with this publisher's base.

    :raises OntologyError: the file is no JSON.
    """
    try:
        document = json.loads(names.rebase(read_text(CONTEXT, OntologyError)))
    except json.JSONDecodeError as problem:
        raise OntologyError(f"is no JSON: {problem.msg}", f"{CONTEXT}:{problem.lineno}", "mend the file") from None
    return dict(document["@context"])


@cache
def for_answers(names: Names) -> dict[str, Any]:
    """Return the context for what is sent out: every id in it is absolute, so that it can be read without one."""
    return {key: value for key, value in context(names).items() if key != "@base"}
