"""Content negotiation: which format answers an Accept header."""

from __future__ import annotations

import pytest

from graph.formats import (
    ALIASES,
    DATASET_FORMATS,
    GRAPH_FORMATS,
    HTML,
    SELECT_FORMATS,
    NotAcceptable,
    by_name,
    negotiate,
)

OFFERED = (*SELECT_FORMATS, HTML)
EVERY = (*SELECT_FORMATS, *GRAPH_FORMATS, *DATASET_FORMATS, HTML)


@pytest.mark.parametrize("accept", ["", "*/*", "*/*;q=0.1", " , "])
def test_who_takes_anything_gets_what_is_offered_first(accept: str) -> None:
    assert negotiate(accept, OFFERED).name == "json"


@pytest.mark.parametrize(
    ("accept", "name"),
    [
        ("text/csv", "csv"),
        ("TEXT/CSV", "csv"),
        ("text/csv;q=0.5, application/sparql-results+xml;q=0.9", "xml"),
        ("text/csv ; q=0.9 , application/sparql-results+xml;q=0.5", "csv"),
        ("text/csv;q=0.5,text/csv;q=0.9,text/html;q=0.7", "csv"),
        ("text/csv;charset=utf-8", "csv"),
        ("application/json", "json"),
        ("application/xml", "xml"),
    ],
)
def test_the_highest_quality_wins(accept: str, name: str) -> None:
    assert negotiate(accept, OFFERED).name == name


@pytest.mark.parametrize(
    ("accept", "name"),
    [
        ("text/*, text/csv;q=0.1", "tsv"),
        ("*/*;q=0.9, application/sparql-results+json;q=0.1", "xml"),
        ("text/html;q=0, */*", "json"),
        ("text/*;q=0.8, */*;q=0.1, text/csv;q=0.2", "tsv"),
        ("application/*;q=0.2, text/html;q=0.3", "html"),
    ],
)
def test_a_specific_range_counts_before_a_wider_one(accept: str, name: str) -> None:
    assert negotiate(accept, OFFERED).name == name


def test_of_equals_the_one_offered_first_answers() -> None:
    assert negotiate("text/tab-separated-values, text/csv", OFFERED).name == "csv"


def test_a_browser_gets_a_page_where_one_is_offered() -> None:
    browser = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8"
    assert negotiate(browser, OFFERED) is HTML
    assert negotiate(browser, GRAPH_FORMATS).name == "ttl"


@pytest.mark.parametrize(
    "accept",
    ["image/png", "text/csv;q=0", "*/*;q=0", "audio/*", "text/csv;q=paljon", "application/sparql-results+json;q=0.0"],
)
def test_who_takes_nothing_of_it_is_told_what_is_offered(accept: str) -> None:
    with pytest.raises(NotAcceptable) as caught:
        negotiate(accept, SELECT_FORMATS)
    assert caught.value.http_status == 406
    assert all(each.media_type in caught.value.hint for each in SELECT_FORMATS)


@pytest.mark.parametrize("form", EVERY, ids=lambda each: each.name)
def test_a_format_is_known_by_name_and_by_media_type(form: object) -> None:
    known = next(each for each in EVERY if each is form)
    assert by_name(known.name, EVERY) is known
    assert by_name(known.media_type, EVERY) is known
    assert negotiate(known.media_type, EVERY) is known


def test_an_unknown_name_lists_the_known_ones() -> None:
    with pytest.raises(NotAcceptable, match="no format 'pdf' here") as caught:
        by_name("pdf", SELECT_FORMATS)
    assert caught.value.hint == "use one of: json, xml, csv, tsv"


def test_names_and_media_types_are_unambiguous() -> None:
    assert len({each.name for each in EVERY}) == len({each.media_type for each in EVERY}) == len(EVERY)
    assert set(ALIASES.values()) <= {each.media_type for each in EVERY}
    assert not set(ALIASES) & {each.media_type for each in EVERY}
