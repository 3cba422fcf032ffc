"""Make and read records: one JSON-LD document a page, with its facts and claims, and no sentence of it (DESIGN section 2)."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from graph import removals
from graph.claims import Claim
from graph.errors import RecordError
from graph.files import read_table, read_text, write_whole
from graph.header import Goal, Header, Participation
from graph.lexicon import Lexicon
from graph.measures import Measure
from graph.names import last_part, slug
from graph.pages import Page
from graph.sections import Assessment, Sections
from graph.settings import DATA, DEFAULT_BASE, to_read

RECORDS = DATA / "records"
GOAL_LABELS = DATA / "goal-labels.csv"
# A reader elsewhere takes the base from the record: JSON-LD 1.1 ignores the @base of a context that is a file of its own.
CONTEXT = ["../../mappings/context.jsonld", {"@base": f"{DEFAULT_BASE}id/"}]

Node = dict[str, Any]


def make_record(
    page: Page, header: Header, sections: Sections, claims: Iterable[tuple[Claim, str, str]], lexicon: Lexicon
) -> Node:
    """Make the record of a page.

    :param claims: each claim with its review state (a notation of the scheme review-state) and the steward's reason.
    :returns: a JSON-LD document; keys with an absent value are left out.
    """
    project, known = _project_id(header), list(claims)
    contents = {
        "id": f"page/{page.slug}",
        "type": "SourcePage",
        "label": {"fi": header.title},
        "sha256": page.sha256,
        "characters": len(page.text),
        "language": "fi",
        "created": _day(header.created),
        "modified": _day(header.modified),
        "keywords": {"fi": list(header.topics)} if header.topics else None,
        "selfAssessments": [_assessment(page, each) for each in sections.assessments],
        "describes": _project(page, header, project, lexicon),
        "reviews": [_review(page)] if any(state != "unreviewed" for _, state, _ in known) else None,
        "claims": [_claim(claim, state, reason, project, lexicon) for claim, state, reason in known],
    }
    return {"@context": CONTEXT, "id": f"../graph/page/{page.slug}", "contents": _present(contents)}


def _review(page: Page) -> Node:
    labels = {"fi": "Väittämien tarkistus", "sv": "Granskning av påståendena", "en": "Review of the claims"}
    return {"id": f"page/{page.slug}#review", "type": "Activity", "label": labels}


def _present(node: Node) -> Node:
    return {key: value for key, value in node.items() if value not in (None, [], "", {})}


def _day(day: object) -> str | None:
    return str(day) if day else None


def _project_id(header: Header) -> str:
    return f"project/{slug(header.title)}"


def _assessment(page: Page, each: Assessment) -> Node:
    return {
        "id": f"page/{page.slug}#assessment-{each.period}",
        "type": "SelfAssessment",
        "period": f"scheme/period/{each.period}",
        "periodLabel": each.period,
        "line": each.line,
        "hasContent": each.has_content,
    }


def _project(page: Page, header: Header, id_: str, lexicon: Lexicon) -> Node:
    years, dates = header.years or (None, None), header.dates or (None, None)
    return _present(
        {
            "id": id_,
            "type": "Project",
            "label": {"fi": header.title},
            "altLabel": {"fi": list(header.other_titles)} if header.other_titles else None,
            "region": {"id": header.region.id, "code": header.region.more["code"]},
            "programme": header.programme.id if header.programme else None,
            "startYear": _day(years[0]),
            "endYear": _day(years[1]),
            "startDate": _day(dates[0]),
            "endDate": _day(dates[1]),
            "municipalities": list(header.municipalities),
            "associations": [_association(id_, each, lexicon) for each in header.participations],
            "goals": _goals(page, header.goals),
            "subprojects": [
                {"id": f"{id_}-{slug(name)}", "type": "Project", "label": {"fi": name}, "partOf": id_}
                for name in header.subprojects
            ],
        }
    )


def _association(project: str, each: Participation, lexicon: Lexicon) -> Node:
    known = each.agent in lexicon.organisations
    agent: object = each.agent
    if not known:
        kind = f"scheme/organisation-kind/{each.kind or 'other'}"
        agent = {"id": each.agent, "type": "Organisation", "label": {"fi": each.label}, "organisationKind": kind}
    return _present(
        {
            "id": f"{project}#{each.role}-{each.agent.partition('/')[2]}",
            "type": "Association",
            "agent": agent,
            "role": f"scheme/role/{each.role}",
            "startYear": _day(each.start_year),
            "endYear": _day(each.end_year),
        }
    )


def _goals(page: Page, goals: tuple[Goal, ...]) -> list[Node]:
    labels = goal_labels().get(page.slug, {})
    return [
        _present(
            {
                "id": f"goal/{page.slug}-{each.line}",
                "type": "Goal",
                "notation": each.notation,
                "label": labels.get(
                    each.line,
                    {"fi": f"Tavoite {each.notation}", "sv": f"Mål {each.notation}", "en": f"Goal {each.notation}"},
                ),
                "line": each.line,
                "broader": f"scheme/programme-goal/{each.broader}" if each.broader else None,
            }
        )
        for each in goals
    ]


def goal_labels(path: Path = GOAL_LABELS) -> dict[str, dict[int, dict[str, str]]]:
    """Return page -> line -> language -> label, in short words of ours, of the goals that a steward has named.

    :raises RecordError: the table cannot be used.
    """
    labels: dict[str, dict[int, dict[str, str]]] = {}
    for line, row in read_table(to_read(path), ["page", "line", "label_fi", "label_sv", "label_en"], RecordError):
        if not row["line"].isdigit():
            raise RecordError(
                f"line is {row['line']!r}, not a number", f"{path}:{line}", "write the goal's line on the page"
            )
        labels.setdefault(row["page"], {})[int(row["line"])] = {
            code: row[f"label_{code}"] for code in ("fi", "sv", "en")
        }
    return labels


def _place(claim: Claim, lexicon: Lexicon) -> object:
    """Return a place's name, or the whole node of an area that the lexicon knows only relative to a region ("itäinen alue")."""
    if claim.place in lexicon.places:
        return claim.place
    label = lexicon.place_label(claim.place)
    return {"id": claim.place, "type": "Area", "label": {"fi": label}, "within": claim.region}


def _claim(claim: Claim, state: str, reason: str, project: str, lexicon: Lexicon) -> Node:
    relations = claim.relations
    return _present(
        {
            "id": claim.id,
            "type": "Claim",
            "model": claim.model,
            "place": _place(claim, lexicon),
            "region": claim.region,
            "project": project,
            "status": f"scheme/status/{claim.status}",
            "period": f"scheme/period/{claim.period}",
            "periodLabel": claim.period,
            "goal": f"scheme/programme-goal/{claim.goal}" if claim.goal else None,
            "origin": relations.origin,
            "partner": list(relations.partners),
            "continuesIn": list(relations.continues),
            "repeats": claim.repeats,
            "measures": [_measure(claim, number, each) for number, each in enumerate(claim.measures, 1)],
            "rule": claim.rule,
            "reviewState": f"scheme/review-state/{state}",
            "reviewedIn": f"page/{claim.page}#review" if state != "unreviewed" else None,
            "reviewNote": {"en": reason} if reason else None,
            "evidence": _evidence(claim),
        }
    )


def _measure(claim: Claim, number: int, each: Measure) -> Node:
    return _present(
        {
            "id": f"measure/{claim.id.partition('/')[2]}-{number}",
            "type": "Measure",
            "label": {"fi": each.what},
            "value": each.value,
            "unit": each.unit,
            "direction": f"scheme/direction/{each.direction}" if each.direction else None,
            "qualifier": f"scheme/qualifier/{each.qualifier}" if each.qualifier else None,
        }
    )


def _evidence(claim: Claim) -> Node:
    position = {"id": f"{claim.id}#position", "type": "TextPositionSelector", "start": claim.start, "end": claim.end}
    return {
        "id": f"{claim.id}#evidence",
        "type": "SpecificResource",
        "evidenceOf": f"page/{claim.page}",
        "line": claim.line,
        "selector": position,
    }


def read_record(path: Path) -> Node:
    """Read a record.

    :raises RecordError: not UTF-8, no JSON (the line is named), or not a document with `id` and `contents`.
    """
    try:
        document = json.loads(read_text(path, RecordError))
    except json.JSONDecodeError as problem:
        raise RecordError(
            f"is no JSON: {problem.msg}", f"{path}:{problem.lineno}", "mend the comma, quote or bracket there"
        ) from None
    if not isinstance(document, dict) or not {"id", "contents"} <= set(document):
        raise RecordError(
            "is no record: it lacks 'id' or 'contents'", f"{path}:1", "compare it with another file of data/records"
        )
    return document


def write_record(folder: Path, record: Node) -> Path:
    """Write a record, without what was taken out for good, so that its bytes depend on its content alone; return the path.

    :param folder: data/records, or another folder of records.
    :raises RecordError: its page was taken out.
    """
    left = removals.load().record(record)
    if left is None:
        hint = "leave it out; data/removals.csv says when it was taken out, and on what ground"
        raise RecordError("was taken out for good", str(record["contents"]["id"]), hint)
    path = folder / f"{last_part(str(record['id']))}.json"
    write_whole(path, json.dumps(left, ensure_ascii=False, indent=1) + "\n")
    return path


def record_paths(folder: Path = RECORDS) -> list[Path]:
    """Return the records of a folder and of those inside it, sorted.

    :raises RecordError: there is none, or two are of one page.
    """
    paths = sorted(folder.rglob("*.json"))
    if not paths:
        raise RecordError("holds no record", str(folder), "read pages into it: levikki read PAGE… --out FOLDER")
    known: dict[str, Path] = {}
    for path in paths:
        other = known.setdefault(path.name, path)
        if other is not path:
            raise RecordError(
                f"is of the same page as {other}", str(path), "remove the one that knows less of the page"
            )
    return paths
