"""The matrix as SPARQL: one pattern says what is chosen, for the page, its CSV and JSON, and whoever asks the endpoint."""

from __future__ import annotations

from collections.abc import Iterable

from graph.matrix_choice import Choice
from graph.names import Names

# What rows are ordered by first; `?spread` and `?reach` are columns anyway.
_KEYS = {
    "spread": ("?spread", "?reach"),
    "reach": ("?reach", "?spread"),
    "name": (),
    "first": ("?modelFirst",),
    "last": ("?modelLast",),
    "claims": ("?modelClaims",),
}
_PREFIXES = ("lev", "skos", "xsd")
_OF_MODEL = {
    "first": "{ SELECT ?model (MIN(?day) AS ?modelFirst) { ?each a lev:Adoption ; lev:model ?model ; "
    "lev:firstReported ?day } GROUP BY ?model }",
    "last": "{ SELECT ?model (MAX(?day) AS ?modelLast) { ?each a lev:Adoption ; lev:model ?model ; "
    "lev:lastReported ?day } GROUP BY ?model }",
    "claims": "{ SELECT ?model (COUNT(DISTINCT ?each) AS ?modelClaims) { ?in a lev:Adoption ; lev:model ?model ; "
    "lev:claim ?each } GROUP BY ?model }",
}


def chosen(choice: Choice, names: Names) -> str:
    """Return a query for the adoptions that are chosen."""
    return f"SELECT DISTINCT ?adoption {{\n{_pattern(choice, names)}\n}}"


def rows(choice: Choice, names: Names, language: str) -> str:
    """Return a query for the view: a row for each cell, in the order of the page without its groups.

    :param language: preferred language of the labels.
    """
    spaces = names.prefixes()
    head = "\n".join(f"PREFIX {prefix}: <{spaces[prefix]}>" for prefix in _PREFIXES)
    return f"""{head}
SELECT DISTINCT ?model ?modelLabel ?family ?region ?regionLabel ?status ?firstReported ?lastReported ?claims ?spread ?reach ?adoption
WHERE {{
{_pattern(choice, names)}
  ?adoption lev:firstReported ?firstReported ; lev:lastReported ?lastReported .
  ?current skos:notation ?status .
  ?model lev:spread ?spread ; lev:reach ?reach .
  {{ SELECT ?adoption (COUNT(DISTINCT ?claim) AS ?claims) {{ ?adoption a lev:Adoption ; lev:claim ?claim }} GROUP BY ?adoption }}
  {_OF_MODEL.get(choice.sort, "")}
  OPTIONAL {{ ?model lev:family ?family }}
  OPTIONAL {{ ?region skos:notation ?code }}
{_label("model", language)}
{_label("region", language)}
}}
ORDER BY {_order(choice)}
"""


def _label(variable: str, language: str) -> str:
    """Return a pattern for a label: in the language, else in Finnish."""
    name = f"?{variable}"
    return f"""  OPTIONAL {{ {name} skos:prefLabel {name}Own FILTER(LANG({name}Own) = "{language}") }}
  OPTIONAL {{ {name} skos:prefLabel {name}Finnish FILTER(LANG({name}Finnish) = "fi") }}
  BIND(COALESCE({name}Own, {name}Finnish) AS {name}Label)"""


def _order(choice: Choice) -> str:
    way = "DESC" if choice.is_descending else "ASC"
    name = way if choice.sort == "name" else "ASC"
    keys = [f"{way}({key})" for key in _KEYS[choice.sort]]
    return " ".join([*keys, f"{name}(LCASE(STR(?modelLabel)))", "STR(?model)", "?code", "STR(?region)"])


def _pattern(choice: Choice, names: Names) -> str:
    """Return what holds of each chosen adoption."""
    lines = ["  ?adoption a lev:Adoption ; lev:model ?model ; lev:region ?region ; lev:currentStatus ?current ."]
    if choice.statuses:
        lines.append(_values("?current", (names.thing("scheme", f"status/{each}") for each in choice.statuses)))
    if choice.counties:
        lines.append(_values("?region", (names.thing("region", each) for each in choice.counties)))
    if choice.kinds:
        kinds = _values("?kind", (names.thing("scheme", f"model-kind/{each}") for each in choice.kinds))
        lines += [kinds, "  ?model lev:modelKind ?kind ."]
    if choice.text:
        lines.append(
            "  { SELECT DISTINCT ?model { ?model a lev:PracticeModel ; skos:prefLabel|skos:altLabel ?name ."
            f" FILTER(CONTAINS(LCASE(STR(?name)), {_quoted(choice.text.lower())})) }} }}"
        )
    if choice.goals or choice.first_year or choice.last_year:
        lines.append(_claim(choice, names))
    pattern = "\n".join(lines)
    if choice.regions > 1:
        many = f"HAVING(COUNT(DISTINCT ?region) >= {choice.regions})"
        pattern += f"\n  {{ SELECT ?model {{\n{pattern}\n  }} GROUP BY ?model {many} }}"
    return pattern


def _claim(choice: Choice, names: Names) -> str:
    """Return what holds of one claim at least: its goal and its year."""
    parts = ["?adoption lev:claim ?reported ."]
    if choice.goals:
        goals = (names.thing("scheme", f"programme-goal/{each}") for each in choice.goals)
        parts += [_values("?goal", goals).strip(), "?reported lev:goal ?goal ."]
    if choice.first_year or choice.last_year:
        parts.append("?reported lev:asOf ?day .")
    if choice.first_year:
        parts.append(f'FILTER(?day >= "{choice.first_year}-01-01"^^xsd:date)')
    if choice.last_year:
        parts.append(f'FILTER(?day <= "{choice.last_year}-12-31"^^xsd:date)')
    return f"  {{ SELECT DISTINCT ?adoption {{ {' '.join(parts)} }} }}"


def _values(variable: str, iris: Iterable[str]) -> str:
    return f"  VALUES {variable} {{ {' '.join(f'<{iri}>' for iri in iris)} }}"


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
