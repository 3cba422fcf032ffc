"""Which model stands where, all of it: read once out of a snapshot, for every page that shows a part."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from io import StringIO
from sys import intern
from typing import NamedTuple

from graph.names import last_part
from graph.once import once
from graph.store import Engine

# As CSV, which takes half as long to read as JSON.
_ALL = """SELECT ?adoption ?model ?region ?status ?first ?last (COUNT(DISTINCT ?claim) AS ?claims) {
  ?adoption a lev:Adoption ; lev:model ?model ; lev:region ?region ; lev:currentStatus ?status ;
    lev:firstReported ?first ; lev:lastReported ?last ; lev:claim ?claim }
GROUP BY ?adoption ?model ?region ?status ?first ?last"""
_REGIONS = "SELECT DISTINCT ?region ?code { ?region a lev:Region . OPTIONAL { ?region skos:notation ?code } }"


class Adoption(NamedTuple):
    """Hold where one model stands in one region.

    :param status: notation of the current status.
    :param first: the first day that a claim describes.
    :param last: the last one, as of which the status stands.
    :param claims: how many there are.
    """

    iri: str
    model: str
    region: str
    status: str
    first: str
    last: str
    claims: int

    @property
    def year(self) -> str:
        """Return the year as of which the status stands."""
        return self.last[:4]

    @property
    def first_year(self) -> str:
        """Return the year of the first report."""
        return self.first[:4]


@dataclass(frozen=True)
class Adoptions:
    """Hold all of them, from both sides.

    :param of_model: model -> region -> where it stands there.
    :param of_region: region -> model -> the same.
    """

    of_model: Mapping[str, Mapping[str, Adoption]]
    of_region: Mapping[str, Mapping[str, Adoption]]


@once
def adoptions(engine: Engine) -> Adoptions:
    """Return every adoption of a snapshot."""
    of_model, of_region = dict[str, dict[str, Adoption]](), dict[str, dict[str, Adoption]]()
    for row in sorted(plain_rows(engine, _ALL)):
        iri, model, region, status, first, last, claims = row
        model, region, status = intern(model), intern(region), intern(last_part(status))
        found = Adoption(iri, model, region, status, intern(first), intern(last), int(claims))
        of_model.setdefault(model, {})[region] = of_region.setdefault(region, {})[model] = found
    return Adoptions(of_model, of_region)


@once
def regions(engine: Engine) -> Mapping[str, str]:
    """Return the code of every region, in the order of the codes; those without one last, with an empty one."""
    codes = {row["region"].value: row["code"].value if "code" in row else "" for row in engine.select(_REGIONS).rows}
    return {iri: codes[iri] for iri in sorted(codes, key=lambda iri: (codes[iri] or "~", iri))}


def plain_rows(engine: Engine, query: str) -> list[list[str]]:
    """Return the rows of a SELECT as plain texts; what is unbound is empty."""
    rows = csv.reader(StringIO(engine.answer(query, name="csv").body.decode(), newline=""))
    return list(rows)[1:]
