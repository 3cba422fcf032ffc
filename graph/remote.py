"""Ask a SPARQL endpoint elsewhere, through SPARQLWrapper."""

from __future__ import annotations

from urllib.error import HTTPError, URLError

from SPARQLWrapper import JSON, POST, SPARQLWrapper
from SPARQLWrapper.SPARQLExceptions import SPARQLWrapperException

from graph.errors import QueryError


def ask(endpoint: str, query: str, seconds: float) -> bytes:
    """Send a SELECT or ASK to an endpoint and return its answer as SPARQL results in JSON.

    :param endpoint: address of the SPARQL 1.1 Protocol query service.
    :param seconds: how long to wait.
    :raises QueryError: it cannot be reached, or refuses the query; its reason is passed on.
    """
    wrapper = SPARQLWrapper(endpoint)
    wrapper.setQuery(query)
    wrapper.setMethod(POST)
    wrapper.setReturnFormat(JSON)
    wrapper.setTimeout(max(1, round(seconds)))
    try:
        return bytes(wrapper.query().response.read())
    except SPARQLWrapperException as problem:
        raise QueryError(f"was refused: {problem}", endpoint, "mend the query, or ask another endpoint") from None
    except (TimeoutError, HTTPError, URLError, OSError, ValueError) as problem:
        raise QueryError(
            f"cannot be reached: {problem}", endpoint, "check the address and that the server runs"
        ) from None
