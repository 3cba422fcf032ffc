"""The main job on one screen: records (and pages) become a validated snapshot."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import pyoxigraph as ox

from graph import __version__, history, lexicon, records, removals, snapshot, triples, vocabulary
from graph.alignments import alignments
from graph.anchors import relocate
from graph.claims import Claim, read_claims
from graph.errors import CallError, LevikkiError, ShapesError
from graph.exports.base import Source
from graph.exports.registry import write_all
from graph.files import sha256, tree_hash
from graph.header import Header, read_header
from graph.lexicon import Lexicon
from graph.names import Names
from graph.pages import Page, read_page
from graph.quotes import quotes_of
from graph.review import Decision, read_review, reviewed
from graph.sections import Sections, read_sections
from graph.settings import CODE, ROOT, Settings, to_read
from graph.validation import validate
from graph.withdrawal import withdraw

Progress = Callable[[str], None]
# The settings that a build writes into what it publishes, beside the base.
PUBLICATION = frozenset(
    "address licence publisher_name publisher_iri publisher_type contact_page contact_email".split()
)


@dataclass(frozen=True)
class Reading:
    """Hold what was read from one page."""

    page: Page
    sections: Sections
    header: Header
    claims: list[Claim]


def read(path: Path, known: Lexicon | None = None) -> Reading:
    """Read one page: sections, header facts, claims.

    :raises PageError: the page cannot be read.
    """
    known = known or lexicon.load()
    page = read_page(path)
    sections = read_sections(page)
    header = read_header(page, known)
    return Reading(page, sections, header, read_claims(page, sections, header, known))


def record_of(
    reading: Reading, known: Lexicon | None = None, decisions: Iterable[Decision] | None = None
) -> records.Node:
    """Make the record of a page as read, with the steward's decisions on its claims.

    :param decisions: the review table, or what it holds on this page; the table is read where left out.
    """
    known = known or lexicon.load()
    now = relocate(read_review() if decisions is None else decisions, reading.page, reading.sections)
    claims = reviewed(reading.claims, now.decisions, reading.page.slug, reading.header.region.id, now.lost)
    return records.make_record(reading.page, reading.header, reading.sections, claims, known)


def build(
    settings: Settings,
    *,
    folder: Path = records.RECORDS,
    pages: Path | None = None,
    exports: bool = True,
    forget: bool = False,
    say: Progress = print,
) -> snapshot.Snapshot:
    """Build, validate and publish a snapshot.

    :param settings: base IRI and the folder of the snapshots.
    :param folder: the records; the shipped ones where the default folder is not there (`graph.settings.to_read`).
    :param pages: folder of the saved pages, for quotes in graphs of their own; none where left out.
    :param exports: write the files under `/data/` too.
    :param forget: begin the history anew: delete the earlier releases with their feeds.
    :param say: is told each step.
    :raises ShapesError: the graph breaks a shape or a check; what was published before stays.
    """
    names = Names(settings.base)
    if pages and not pages.is_dir():
        raise CallError("is no folder of pages", str(pages), "name the folder of the saved pages, or leave --pages out")
    folder = to_read(folder)
    documents = _documents(folder)
    say(f"read {len(documents)} records")
    graph = graph_of(documents, names, settings.licence)
    quotes = [quad for _, document in documents for quad in quotes_of(document, pages, names)] if pages else []
    say(f"mapped and derived {len(set(graph))} quads")
    report = validate([*graph, *quotes], names, folder)
    if not report.conforms:
        raise ShapesError(report.text(folder))
    say("validated: every shape and check holds")

    manifest = _manifest(settings, folder, pages, documents)
    with history.alone(settings.snapshots):
        previous = None if forget else history.before(settings.snapshots, settings.base)
        manifest["previous"] = previous.name if previous else ""

        def finish(made: snapshot.Snapshot) -> None:
            history.write(made, previous, settings.snapshots, forget=forget)
            if exports:
                files = write_all(Source(made, settings), made.path / "data")
                snapshot.write_files(made, files)
                say(f"exported {len(files)} files")

        made = snapshot.write(settings.snapshots, graph, quotes, report.turtle(), manifest, finish)
        say(f"published {made.name}")
        if done := history.clear(settings.snapshots, made, settings.releases_kept, forget=forget):
            say(done)
    return made


def _documents(folder: Path) -> list[tuple[Path, records.Node]]:
    """Return the records of a folder without what was taken out for good."""
    taken_out = removals.load()
    found = ((path, taken_out.record(records.read_record(path))) for path in records.record_paths(folder))
    return [(path, document) for path, document in found if document is not None]


def graph_of(
    documents: list[tuple[Path, records.Node]], names: Names, licence: str = Settings().licence
) -> list[ox.Quad]:
    """Return the open graph of records: their facts, the vocabulary, alignments, the dataset, and what the rules derive.

    :param documents: each record with the file that it was read from.
    :param licence: IRI of the licence of the facts.
    """
    facts = [quad for path, document in documents for quad in triples.quads(document, names, str(path))]
    told = [
        *facts,
        *vocabulary.vocabulary(lexicon.load(), _periods(documents), names),
        *alignments(names),
        *vocabulary.dataset(names, licence),
    ]
    known = withdraw(told, removals.load(), names)
    return [*known, *triples.derived(known, names)]


def current(settings: Settings, folder: Path = records.RECORDS) -> bool:
    """Tell whether the latest snapshot was built from the inputs as they are now."""
    try:
        manifest = snapshot.latest(settings.snapshots).manifest
    except (LevikkiError, OSError, ValueError):
        return False
    known = (manifest.get("inputs"), manifest.get("base"), manifest.get("publication"))
    return known == (inputs(to_read(folder)), settings.base, publication(settings))


def inputs(folder: Path) -> str:
    """Return one hash over everything that a build depends on: code, ontology, mappings, records, removals."""
    told = [path for name in ("ontology", "mappings") for path in (ROOT / name).rglob("*.*") if path.is_file()]
    return (
        tree_hash([*(CODE / "graph").rglob("*.py")], CODE)[:32]
        + tree_hash(told, ROOT)[:32]
        + tree_hash(sorted(folder.rglob("*.json")), folder)[:16]
        + removals.digest()[:16]
    )


def publication(settings: Settings) -> str:
    """Return one hash over what the graph and the exports say of publisher, licence and address."""
    said = {name: value for name, value in asdict(settings).items() if name in PUBLICATION}
    return sha256(json.dumps(said, sort_keys=True).encode())[:16]


def _periods(documents: list[tuple[Path, records.Node]]) -> Iterator[str]:
    """Yield the periods that records name, so that each becomes a concept; a misspelt one does not, and a shape finds it."""
    for _, document in documents:
        contents = document["contents"]
        for node in [*contents.get("claims", []), *contents.get("selfAssessments", [])]:
            period = str(node.get("periodLabel", ""))
            if vocabulary.is_period(period):
                yield period


def _manifest(
    settings: Settings, folder: Path, pages: Path | None, documents: list[tuple[Path, records.Node]]
) -> dict[str, Any]:
    claims = [claim for _, document in documents for claim in document["contents"].get("claims", [])]
    return {
        "base": settings.base,
        "levikki": __version__,
        "pyoxigraph": ox.__version__,
        "inputs": inputs(folder),
        "publication": publication(settings),
        "quotes": pages is not None,
        "counts": {
            "pages": sum(document["contents"].get("type") == "SourcePage" for _, document in documents),
            "known_pages": len(documents),
            "claims": len(claims),
            "models": len({claim["model"] for claim in claims}),
            "regions": len({claim["region"] for claim in claims}),
        },
    }


def claim_line(reading: Reading, claim: Claim, known: Lexicon) -> dict[str, Any]:
    """Return the JSON object that `levikki extract` prints of a claim: DESIGN section 4."""
    model = known.models[claim.model]
    return {
        "page": claim.page,
        "model": model.label,
        "model_id": claim.model,
        "model_labels": [model.label, *(name.lstrip("^") for name in model.names)],
        "kind": model.more["kind"],
        "place": known.place_label(claim.place),
        "region": reading.header.region.label,
        "project": reading.header.title,
        "period": claim.period,
        "status": claim.status,
        "start": claim.start,
        "end": claim.end,
        "quote": reading.page.text[claim.start : claim.end],
        "measures": [
            {"what": m.what, "value": m.value, "unit": m.unit, "direction": m.direction} for m in claim.measures
        ],
        "goal": claim.goal,
        "continues_in": _label((*claim.relations.continues, None)[0], known),
        "origin": _label(claim.relations.origin, known),
        "partner": _label((*claim.relations.partners, None)[0], known),
        "repeats": claim.repeats,
        "rule": claim.rule,
    }


def explanation(reading: Reading, claim: Claim, known: Lexicon) -> str:
    """Return in words why a claim was read so: the rule, and the words that decided."""
    words = " ".join(reading.page.text[claim.told[0] : claim.told[1]].split())
    sure = ", weak" if claim.weak else ""
    parts = [
        f"{claim.page}:{claim.line}",
        claim.period,
        known.models[claim.model].label,
        known.place_label(claim.place),
        claim.status,
    ]
    return f"{'  '.join(parts)}\n    rule {claim.rule}{sure}: {words!r}, in section {claim.section}"


def _label(name: str | None, known: Lexicon) -> str | None:
    if name is None:
        return None
    entry = known.places.get(name) or known.organisations.get(name) or known.projects.get(name)
    return (entry.names[0] if entry.names and entry.names[0].isupper() else entry.label) if entry else name


def dump(line: dict[str, Any]) -> str:
    """Return a claim line as JSON text."""
    return json.dumps(line, ensure_ascii=False)
