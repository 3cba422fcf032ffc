"""IRIs: one place mints them, from one base, with one table of prefixes."""

from __future__ import annotations

import re

import pytest

from graph.names import TYPES, Names, slug
from graph.settings import DEFAULT_BASE, ROOT

OTHER = "https://example.org/leviaminen/"


@pytest.mark.parametrize(
    ("label", "expected"),
    [
        ("Länsi-Uusimaa", "lansi-uusimaa"),
        ("Vantaa-Kerava", "vantaa-kerava"),
        ("Itä-Uudenmaan hyvinvointialue", "ita-uudenmaan-hyvinvointialue"),
        ("Förskotts-Åland", "forskotts-aland"),
        ("Brändö", "brando"),
        ("Toimiva lapsi & perhe", "toimiva-lapsi-perhe"),
        ("  24/7 –palvelu  ", "24-7-palvelu"),
        ("Smørgås café", "smorgas-cafe"),
        ("Paljon palveluja tarvitsevat (PPT)", "paljon-palveluja-tarvitsevat-ppt"),
        ("a\u00a0b", "a-b"),
    ],
)
def test_a_slug_is_of_small_letters_digits_and_single_hyphens(label: str, expected: str) -> None:
    assert slug(label) == expected
    assert slug(expected) == expected


@pytest.mark.parametrize("kind", TYPES)
def test_a_thing_and_its_local_name_belong_together(kind: str) -> None:
    names = Names()
    iri = names.thing(kind, "kainuu")
    assert iri == f"{DEFAULT_BASE}id/{kind}/kainuu"
    assert names.local(iri) == f"{kind}/kainuu"
    assert names.relative(f"{kind}/kainuu") == iri


def test_an_iri_of_somebody_else_has_no_local_name() -> None:
    assert Names().local("http://www.wikidata.org/entity/Q1757") is None
    assert Names(OTHER).local(Names().thing("region", "kainuu")) is None


def test_every_name_begins_with_the_publishers_base() -> None:
    names = Names(OTHER)
    made = [
        names.ontology,
        names.thing("model", "x"),
        names.relative("claim/x#evidence"),
        names.graph("page/x"),
        names.prefixes()["lev"],
    ]
    assert all(iri.startswith(OTHER) for iri in made)


def test_a_text_is_rebased_wherever_the_default_base_stands() -> None:
    text = f"PREFIX lev: <{DEFAULT_BASE}ontology#>\nASK {{ <{DEFAULT_BASE}id/model/x> a lev:PracticeModel }}"
    rebased = Names(OTHER).rebase(text)
    assert DEFAULT_BASE not in rebased
    assert rebased.count(OTHER) == 2
    assert Names().rebase(text) is text


def test_the_prefixes_are_those_of_the_table_and_no_others() -> None:
    table = (ROOT / "ontology" / "prefixes.ttl").read_text(encoding="utf-8")
    written = dict(re.findall(r"(?m)^@prefix ([\w-]*): <([^>]+)>", table))
    assert Names().prefixes() == written
    assert written["lev"] == Names().ontology


def test_only_our_own_namespaces_follow_the_base() -> None:
    default, other = Names().prefixes(), Names(OTHER).prefixes()
    changed = {prefix for prefix in default if default[prefix] != other[prefix]}
    assert changed == {prefix for prefix in default if default[prefix].startswith(DEFAULT_BASE)}
    assert "skos" not in changed
