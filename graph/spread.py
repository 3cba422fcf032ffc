"""How models spread over regions and years, as plain values: what stands where as of a year, and who came first.

A date is that of a report, not of what it reports. The status as of the end of a year is that of the latest claim until then; of
claims of the same day, the strongest, as mappings/rules/current-status.rq has it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from sys import intern

from graph.adoptions import adoptions, plain_rows, regions
from graph.names import last_part
from graph.once import once
from graph.store import Engine
from graph.views import REACH, SPREAD, STATUSES, Named

# What a region has at least been reported to do, from the widest to the narrowest.
LEVELS = {"planned": frozenset(STATUSES[:7]), "piloted": REACH, "in-use": SPREAD}
# By strength; what has been dropped comes before what was never begun, both after everything else.
_RANK = {status: rank for rank, status in enumerate((STATUSES[8], STATUSES[7], *STATUSES[:7]))}
SHADES = 5
_YEAR_DAYS = 365.25


@dataclass(frozen=True)
class Course:
    """Hold one model in one region over time.

    :param adoption: IRI of the lev:Adoption.
    :param reports: (day, status), one a day, in order.
    """

    adoption: str
    model: str
    region: str
    reports: tuple[tuple[str, str], ...]

    def as_of(self, year: int) -> tuple[str, str] | None:
        """Return day and status of the latest report until the end of a year."""
        return next((each for each in reversed(self.reports) if each[0] <= f"{year}-12-31"), None)

    def first(self, level: str) -> str:
        """Return the day of the first report of at least a level; empty where there is none."""
        return next((day for day, status in self.reports if status in LEVELS[level]), "")

    @property
    def status(self) -> str:
        """Return the current status."""
        return self.reports[-1][1]


@dataclass(frozen=True)
class Known:
    """Hold all courses of a snapshot.

    :param regions: IRIs of all regions, in the order of their codes.
    :param courses: model -> region -> course.
    """

    regions: tuple[str, ...]
    courses: Mapping[str, Mapping[str, Course]]

    @cached_property
    def years(self) -> range:
        """Return the years from the first report to the last; none where nothing is reported."""
        days = [day for model in self.courses.values() for each in model.values() for day, _ in each.reports]
        return range(int(min(days)[:4]), int(max(days)[:4]) + 1) if days else range(0)

    def spread(self, model: str, statuses: frozenset[str] = SPREAD) -> int:
        """Return in how many regions a model's current status is one of some."""
        return sum(each.status in statuses for each in self.courses[model].values())

    def widest(self, named: Mapping[str, Named]) -> list[str]:
        """Return the models, those of the widest spread first.

        :param named: their names, which decide between two of the same spread.
        """
        return sorted(
            self.courses,
            key=lambda each: (-self.spread(each), -self.spread(each, REACH), named[each].label.casefold(), each),
        )


@once
def known(engine: Engine) -> Known:
    """Return all courses that a store holds; they are read once, since a store does not change."""
    # These are all claims of the snapshot: what is known of their adoptions is not read with each again.
    query = "SELECT DISTINCT ?adoption ?day ?status { ?adoption lev:claim ?claim . ?claim lev:asOf ?day ; lev:status ?status }"
    strongest: dict[str, dict[str, str]] = {}
    for adoption, day, iri in plain_rows(engine, query):
        status, days = intern(last_part(iri)), strongest.setdefault(adoption, {})
        days[intern(day)] = max(days.get(day, status), status, key=_RANK.__getitem__)
    courses = {
        model: {
            region: Course(each.iri, model, region, tuple(sorted(strongest[each.iri].items())))
            for region, each in sorted(of.items())
            if each.iri in strongest
        }
        for model, of in sorted(adoptions(engine).of_model.items())
    }
    return Known(
        tuple(iri for iri, code in regions(engine).items() if code), {model: of for model, of in courses.items() if of}
    )


# ---- the map ----


@dataclass(frozen=True)
class Place:
    """Hold what is known of one region as of a year: of one model, or of all.

    :param status: of the model; empty where that is unknown.
    :param day: of the report that says so.
    :param adoption: IRI of the lev:Adoption.
    :param in_use: models in use.
    :param reported: models of which anything is known; where there are none, nothing is known.
    """

    status: str = ""
    day: str = ""
    adoption: str = ""
    in_use: int = 0
    reported: int = 0


@dataclass(frozen=True)
class State:
    """Hold the map as of the end of a year.

    :param places: region -> what is known.
    """

    year: int
    places: Mapping[str, Place]

    def count(self, *statuses: str) -> int:
        """Return how many regions have one of some statuses; the empty one is unknown."""
        return sum(each.status in statuses for each in self.places.values())


def state(known: Known, year: int, model: str = "") -> State:
    """Return the map as of the end of a year.

    :param model: IRI; of all models, how many are in use, where empty.
    """
    found = _of_all(known, year) if not model else _of_one(known.courses.get(model, {}), year)
    return State(year, {region: found.get(region, Place()) for region in known.regions})


def _of_one(courses: Mapping[str, Course], year: int) -> dict[str, Place]:
    reports = {region: (course, course.as_of(year)) for region, course in courses.items()}
    return {
        region: Place(report[1], report[0], course.adoption) for region, (course, report) in reports.items() if report
    }


def _of_all(known: Known, year: int) -> dict[str, Place]:
    in_use, reported = Counter[str](), Counter[str]()
    for courses in known.courses.values():
        for region, course in courses.items():
            report = course.as_of(year)
            reported[region] += report is not None
            in_use[region] += report is not None and report[1] in SPREAD
    return {region: Place(in_use=in_use[region], reported=reported[region]) for region in reported}


def shades(most: int) -> tuple[tuple[int, int], ...]:
    """Return the classes of a scale from 1 to the greatest count: (least, most) of each, at most `SHADES`."""
    width = max(1, -(-most // SHADES))
    return tuple((start, min(start + width - 1, most)) for start in range(1, most + 1, width))


# ---- the timeline ----


@dataclass(frozen=True)
class Arrival:
    """Hold how one region came to a model.

    :param firsts: level -> day of the first report of it; empty where there is none.
    :param lag: years from the first region of the model to this one, both in use; None where it is not.
    """

    course: Course
    firsts: Mapping[str, str]
    lag: float | None


@dataclass(frozen=True)
class Curve:
    """Hold how one model spread.

    :param counts: level -> regions of which it has been reported by the end of each year.
    :param in_use: regions in which it is in use as of the end of each year, without those that dropped it.
    :param arrivals: regions, in the order in which they came.
    """

    model: str
    counts: Mapping[str, tuple[int, ...]]
    in_use: tuple[int, ...]
    arrivals: tuple[Arrival, ...]

    @property
    def users(self) -> list[Arrival]:
        """Return the regions in which it has been reported to be in use, in order."""
        return [each for each in self.arrivals if each.lag is not None]

    @property
    def first(self) -> list[Arrival]:
        """Return the regions that were the first to use it, by the same day."""
        return [each for each in self.users if each.firsts["in-use"] == self.users[0].firsts["in-use"]]

    def lag(self, number: int) -> float | None:
        """Return the years from the first region to the one of a number; None where there are fewer."""
        return self.users[number - 1].lag if len(self.users) >= number else None


def curve(known: Known, model: str) -> Curve:
    """Return how one model spread.

    :param model: IRI.
    """
    courses = known.courses.get(model, {}).values()
    firsts = {each.region: {level: each.first(level) for level in LEVELS} for each in courses}
    start = min((each["in-use"] for each in firsts.values() if each["in-use"]), default="")
    arrivals = [
        Arrival(each, firsts[each.region], years_between(start, firsts[each.region]["in-use"])) for each in courses
    ]
    reports = [[each.as_of(year) for each in courses] for year in known.years]
    return Curve(
        model,
        {level: _cumulative((each[level] for each in firsts.values()), known.years) for level in LEVELS},
        tuple(sum(each is not None and each[1] in SPREAD for each in of_year) for of_year in reports),
        tuple(sorted(arrivals, key=_order)),
    )


def years_between(start: str, end: str) -> float | None:
    """Return the years from one day to another; None where one of them is missing."""
    if not start or not end:
        return None
    return round((date.fromisoformat(end) - date.fromisoformat(start)).days / _YEAR_DAYS, 1)


def _cumulative(days: Iterable[str], years: range) -> tuple[int, ...]:
    reported = [day for day in days if day]
    return tuple(sum(day <= f"{year}-12-31" for day in reported) for year in years)


def _order(each: Arrival) -> tuple[str, ...]:
    """Order by the first use, then by the first trial, the first plan, the first report; what is missing comes last."""
    days = [each.firsts[level] or "~" for level in reversed(LEVELS)]
    return *days, each.course.reports[0][0], each.course.region
