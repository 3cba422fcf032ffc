"""The answers that a newcomer is promised: read from the shipped records through the endpoint's engine."""

from __future__ import annotations

import pytest

from graph.store import Engine

CLAIM = """
PREFIX lev: <https://w3id.org/levikki/ontology#>
PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
SELECT DISTINCT ?model ?region ?place ?status ?period ?origin ?partner ?goesOn WHERE {
  ?claim a lev:Claim ; lev:model/skos:prefLabel ?model ; lev:region/skos:prefLabel ?region ; lev:place/skos:prefLabel ?place ;
         lev:status/skos:notation ?status ; lev:periodLabel ?period .
  FILTER(LANG(?model) = "fi" && LANG(?region) = "fi" && LANG(?place) = "fi")
  OPTIONAL { ?claim lev:origin/skos:prefLabel ?origin FILTER(LANG(?origin) = "fi") }
  OPTIONAL { ?claim lev:partner/skos:prefLabel ?partner FILTER(LANG(?partner) = "fi") }
  OPTIONAL { ?claim lev:continuesIn/skos:prefLabel ?goesOn FILTER(LANG(?goesOn) = "fi") }
}
"""
CURRENT = """
PREFIX lev: <https://w3id.org/levikki/ontology#>
PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
SELECT ?model ?region ?status WHERE {
  ?adoption a lev:Adoption ; lev:model/skos:prefLabel ?model ; lev:region/skos:prefLabel ?region ; lev:currentStatus/skos:notation ?status .
  FILTER(LANG(?model) = "fi" && LANG(?region) = "fi")
}
"""


@pytest.fixture(scope="module")
def claims(engine: Engine) -> list[dict[str, str]]:
    return [{name: term.value for name, term in row.items()} for row in engine.select(CLAIM).rows]


@pytest.mark.parametrize(
    "fact",
    [
        {"model": "Tiimimalli", "region": "Länsi-Uusimaa", "status": "adopted", "period": "2023"},
        {
            "model": "Tiimimalli",
            "region": "Keski-Pohjanmaa",
            "place": "Kokkola",
            "status": "adopted",
            "origin": "Tuusula",
        },
        {"model": "Tiimimalli", "place": "Lestijokilaakso", "status": "in-introduction", "origin": "Tuusula"},
        {"model": "IPC", "region": "Vantaa-Kerava"},
        {"model": "CoolKids", "region": "Vantaa-Kerava"},
        {"model": "IPC", "region": "Itä-Uusimaa", "place": "Porvoo"},
        {"model": "CoolKids", "region": "Itä-Uusimaa", "place": "Sipoo"},
        {"model": "Voimaperheet", "region": "Länsi-Uusimaa", "goesOn": "RRP-hanke"},
        {"model": "Hygga", "region": "Itä-Uusimaa", "status": "discontinued"},
        {"model": "Omatiimi", "region": "Itä-Uusimaa", "status": "not-started"},
        {"model": "Vastuuparimalli", "region": "Helsinki", "status": "piloted", "partner": "HUS-yhtymä"},
    ],
    ids=lambda fact: " ".join(fact.values()),
)
def test_a_promised_fact_is_in_the_graph(claims: list[dict[str, str]], fact: dict[str, str]) -> None:
    assert any(fact.items() <= claim.items() for claim in claims)


@pytest.mark.parametrize(
    ("model", "region", "status"),
    [
        ("Tiimimalli", "Länsi-Uusimaa", "adopted"),
        ("Tiimimalli", "Keski-Pohjanmaa", "adopted"),
        ("Hygga", "Itä-Uusimaa", "discontinued"),
        ("Omatiimi", "Itä-Uusimaa", "not-started"),
        ("Vastuuparimalli", "Helsinki", "piloted"),
    ],
)
def test_a_current_status_is_the_latest_and_strongest(engine: Engine, model: str, region: str, status: str) -> None:
    current = {(row["model"].value, row["region"].value): row["status"].value for row in engine.select(CURRENT).rows}
    assert current[model, region] == status
