"""Settings: every one has an environment variable, and a wrong value is told by the variable's name."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path

import pytest

from graph.errors import CallError
from graph.settings import DEFAULT_BASE, Settings, variable

VALUES = {
    "base": ("https://example.org/graafi/", "https://example.org/graafi/"),
    "snapshots": ("/srv/snapshots", Path("/srv/snapshots")),
    "releases_kept": ("0", 0),
    "address": ("https://levikki.example.org/", "https://levikki.example.org/"),
    "licence": (
        "http://publications.europa.eu/resource/authority/licence/CC0",
        "http://publications.europa.eu/resource/authority/licence/CC0",
    ),
    "publisher_name": ("Esimerkkivirasto", "Esimerkkivirasto"),
    "publisher_iri": ("https://example.org/virasto", "https://example.org/virasto"),
    "publisher_type": (
        "http://purl.org/adms/publishertype/NationalAuthority",
        "http://purl.org/adms/publishertype/NationalAuthority",
    ),
    "contact_page": ("https://example.org/yhteys", "https://example.org/yhteys"),
    "contact_email": ("kirjaamo@example.org", "kirjaamo@example.org"),
    "host": ("0.0.0.0", "0.0.0.0"),  # noqa: S104 (an address to read, not to listen on)
    "port": ("8080", 8080),
    "query_seconds": ("2.5", 2.5),
    "query_processes": ("2", 2),
    "query_long_processes": ("1", 1),
    "query_quick_seconds": ("0.25", 0.25),
    "query_memory_bytes": ("100000000", 100_000_000),
    "request_bytes": ("5000", 5000),
    "answer_rows": ("1000", 1000),
    "answer_bytes": ("100000", 100_000),
    "client_requests": ("100", 100),
    "client_seconds": ("12.5", 12.5),
    "cache_bytes": ("0", 0),
    "cache_seconds": ("0", 0),
    "trusted_proxies": ("1", 1),
    "access_log": ("0", False),
    "log_queries": ("1", True),
    "service_hosts": ("sparql.example.org", "sparql.example.org"),
    "service_seconds": ("3", 3.0),
    "service_bytes": ("1000", 1000),
    "query_wait_seconds": ("0.5", 0.5),
    "query_characters": ("2000", 2000),
    "store": ("sparql+http://127.0.0.1:7878/query", "sparql+http://127.0.0.1:7878/query"),
    "store_update": ("http://127.0.0.1:7878/update", "http://127.0.0.1:7878/update"),
    "store_graph": ("http://127.0.0.1:7878/store", "http://127.0.0.1:7878/store"),
    "show_quotes": ("1", True),
    "fetch_hosts": ("innokyla.fi,www.innokyla.fi", "innokyla.fi,www.innokyla.fi"),
    "fetch_contact": ("https://example.org/yhteys", "https://example.org/yhteys"),
    "fetch_delay_seconds": ("1.5", 1.5),
    "fetch_seconds": ("20", 20.0),
    "fetch_bytes": ("1000000", 1_000_000),
    "fetch_cache": ("/srv/cache", Path("/srv/cache")),
}


def test_without_variables_the_defaults_hold() -> None:
    assert Settings.from_environment({}) == Settings()
    assert (Settings().base, Settings().host, Settings().port) == (DEFAULT_BASE, "127.0.0.1", 8000)


@pytest.mark.parametrize("name", [field.name for field in fields(Settings)])
def test_each_setting_is_read_from_its_variable(name: str) -> None:
    text, value = VALUES[name]
    read = getattr(Settings.from_environment({variable(name): text}), name)
    assert read == value
    assert type(read) is type(value) or isinstance(value, Path)


def test_only_host_and_port_have_variables_without_the_programs_name() -> None:
    names = {variable(field.name) for field in fields(Settings)}
    assert {name for name in names if not name.startswith("LEVIKKI_")} == {"HOST", "PORT"}
    assert "LEVIKKI_BASE" in names


def test_the_process_environment_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORT", "9123")
    assert Settings.from_environment().port == 9123


def test_an_empty_variable_is_as_none() -> None:
    assert Settings.from_environment({"PORT": "", "LEVIKKI_BASE": ""}) == Settings()


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("PORT", "kahdeksantuhatta"),
        ("PORT", "0"),
        ("PORT", "-1"),
        ("LEVIKKI_QUERY_SECONDS", "0"),
        ("LEVIKKI_QUERY_PROCESSES", "1.5"),
        ("LEVIKKI_SHOW_QUOTES", "yes"),
        ("LEVIKKI_BASE", "https://example.org/ilman-kauttaviivaa"),
        ("LEVIKKI_BASE", "ftp://example.org/"),
        ("LEVIKKI_BASE", "example.org/"),
        ("LEVIKKI_ADDRESS", "https://example.org/ilman-kauttaviivaa"),
        ("LEVIKKI_LICENCE", "CC BY 4.0"),
        ("LEVIKKI_PUBLISHER_IRI", "https://example.org/a b"),
        ("LEVIKKI_RELEASES_KEPT", "-1"),
    ],
)
def test_a_wrong_value_names_its_variable_and_what_to_do(name: str, text: str) -> None:
    with pytest.raises(CallError) as caught:
        Settings.from_environment({name: text})
    assert caught.value.what.startswith(f"{name} is ")
    assert text in caught.value.what
    assert caught.value.hint
    assert caught.value.exit_code == 2
