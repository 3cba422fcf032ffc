"""What the map and the timeline show, as SPARQL: each query has the rows of one view and is complete in itself."""

from __future__ import annotations

from collections.abc import Iterable

from graph.names import Names
from graph.views import iri_list

# The latest claim of each adoption until a day; what adoptions are meant is said before.
_LATEST = """SELECT ?adoption (MAX(?day) AS ?asOf)
        WHERE {{
          ?adoption a lev:Adoption ; {of}lev:claim ?each .
          ?each lev:asOf ?day .
          FILTER(?day <= "{year}-12-31"^^xsd:date)
        }}
        GROUP BY ?adoption"""
_REGION = """?region a lev:Region .
  OPTIONAL {{ ?region skos:prefLabel ?regionLabel FILTER(LANG(?regionLabel) = "{language}") }}"""


def status_by_region(names: Names, model: str, year: int, language: str) -> str:
    """Return a query for a model's status in every region as of the end of a year; unknown is unbound.

    :param model: IRI out of the store.
    """
    latest = _LATEST.format(of=f"lev:model {iri_list([model])} ; ", year=year)
    ended = iri_list([names.thing("scheme", "status/discontinued")])
    return f"""{_prefixes(names)}
# The status of the latest claim; of claims of the same day, the strongest. An empty status is unknown, never no.
SELECT DISTINCT ?region ?regionLabel ?status ?statusLabel ?asOf ?adoption
WHERE {{
  {_REGION.format(language=language)}
  OPTIONAL {{
    {{ SELECT ?adoption ?region ?asOf (MAX(?each) AS ?rank)
      WHERE {{
        {{ {latest} }}
        ?adoption lev:region ?region ; lev:claim ?claim .
        ?claim lev:asOf ?on ; lev:status ?said .
        FILTER(?on = ?asOf)
        ?said lev:strength ?saidStrength .
        BIND(2 * ?saidStrength + IF(?said = {ended}, 1, 0) AS ?each)
      }}
      GROUP BY ?adoption ?region ?asOf }}
    ?concept lev:strength ?strength ; skos:notation ?status .
    FILTER(2 * ?strength + IF(?concept = {ended}, 1, 0) = ?rank)
    OPTIONAL {{ ?concept skos:prefLabel ?statusLabel FILTER(LANG(?statusLabel) = "{language}") }}
  }}
}}
ORDER BY STR(?region)
"""


def models_by_region(names: Names, year: int, language: str) -> str:
    """Return a query for how many models are in use in every region as of the end of a year; unknown is unbound."""
    latest = _LATEST.format(of="", year=year)
    return f"""{_prefixes(names)}
# In use: the latest claim says adopted, scaled or established, whose strength is 5 and more. Without a number: unknown.
SELECT DISTINCT ?region ?regionLabel ?modelsInUse ?modelsReported
WHERE {{
  {_REGION.format(language=language)}
  OPTIONAL {{
    SELECT ?region (SUM(?in) AS ?modelsInUse) (COUNT(?adoption) AS ?modelsReported)
    WHERE {{
      {{ SELECT ?adoption ?region (MAX(?strength) AS ?strongest)
        WHERE {{
          {{ {latest} }}
          ?adoption lev:region ?region ; lev:claim ?claim .
          ?claim lev:asOf ?on ; lev:status ?said .
          FILTER(?on = ?asOf)
          ?said lev:strength ?strength .
        }}
        GROUP BY ?adoption ?region }}
      BIND(IF(?strongest >= 5, 1, 0) AS ?in)
    }}
    GROUP BY ?region
  }}
}}
ORDER BY STR(?region)
"""


def arrivals(names: Names, models: Iterable[str], language: str) -> str:
    """Return a query for when each region was first reported to plan, try and use some models.

    :param models: IRIs out of the store.
    """
    values = f"VALUES ?model {{ {iri_list(models)} }}"
    firsts = "\n  ".join(
        f"OPTIONAL {{ SELECT ?adoption (MIN(?day) AS ?{name}) WHERE {{ {values} ?adoption lev:model ?model ; lev:claim ?claim . "
        f"?claim lev:asOf ?day ; lev:status ?said . ?said lev:strength ?strength . FILTER(?strength >= {strength}) }} "
        "GROUP BY ?adoption }"
        for name, strength in (("plannedBy", 1), ("pilotedBy", 3), ("inUseBy", 5))
    )
    return f"""{_prefixes(names)}
# The first reports of at least a plan (strength 1), a pilot (3) and use (5). The days are of reports, not of events.
SELECT DISTINCT ?model ?modelLabel ?region ?regionLabel ?plannedBy ?pilotedBy ?inUseBy ?lastReported ?status ?adoption
WHERE {{
  {values}
  ?adoption a lev:Adoption ; lev:model ?model ; lev:region ?region ; lev:lastReported ?lastReported ; lev:currentStatus ?concept .
  ?concept skos:notation ?status .
  {firsts}
  OPTIONAL {{ ?region skos:prefLabel ?regionLabel FILTER(LANG(?regionLabel) = "{language}") }}
  OPTIONAL {{ ?model skos:prefLabel ?own FILTER(LANG(?own) = "{language}") }}
  OPTIONAL {{ ?model skos:prefLabel ?finnish FILTER(LANG(?finnish) = "fi") }}
  BIND(COALESCE(?own, ?finnish) AS ?modelLabel)
}}
ORDER BY STR(?model) ?inUseBy ?pilotedBy ?plannedBy STR(?region)
"""


def _prefixes(names: Names) -> str:
    spaces = names.prefixes()
    return "\n".join(f"PREFIX {each}: <{spaces[each]}>" for each in ("lev", "skos", "xsd"))
