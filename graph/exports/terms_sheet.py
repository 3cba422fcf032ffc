"""Terms for the Finnish Sanastot (terminology service): its simple Excel, several values of a cell one a line.

The column `related` is left out: it names concepts by numbers that the service gives while it imports.
"""

from __future__ import annotations

from graph.exports.base import Export, File, Source
from graph.exports.concepts import Concept, Scheme, schemes
from graph.exports.sheets import workbook

# Workbook -> the schemes whose concepts are terms of the field; the rest say how we came to know something.
BOOKS = {"models": ("model",), "concepts": ("model-kind", "programme-goal", "status")}
STATUS = "DRAFT"
_WORDS = {
    "fi": ("Laji", "Laajempi malli", "Tunniste"),
    "sv": ("Slag", "Överordnad modell", "Identifierare"),
    "en": ("Kind", "Broader model", "Identifier"),
}

Lines = list[list[str]]


def files(source: Source) -> list[File]:
    """Return a workbook of the models, and one of the other terms."""
    found = {scheme.slug: scheme for scheme in schemes(source)}
    labels = {each.iri: each.preferred for scheme in found.values() for each in scheme.concepts}
    chosen = {name: [found[slug] for slug in slugs if slug in found] for name, slugs in BOOKS.items()}
    return [
        workbook(f"sanastot/levikki-{name}.xlsx", {"Terms": term_lines(group, labels)}, source)
        for name, group in chosen.items()
        if group
    ]


def term_lines(group: list[Scheme], labels: dict[str, dict[str, str]]) -> Lines:
    """Return the header and a row a concept, without columns that would be empty.

    :param labels: IRI of any concept -> language -> label.
    """
    languages = group[0].languages
    rows = [_row(each, languages, labels) for scheme in group for each in scheme.concepts]
    header = [name for name in rows[0] if any(row[name] for row in rows)]
    return [header, *([row[name] for name in header] for row in rows)]


def _row(concept: Concept, languages: tuple[str, ...], labels: dict[str, dict[str, str]]) -> dict[str, str]:
    parts = {
        "prefLabel": concept.preferred,
        "altLabel": {language: "\n".join(values) for language, values in concept.other.items()},
        "notRecommendedSynonym": {language: "\n".join(values) for language, values in concept.slips.items()},
        "definition": concept.definition,
        "note": {language: "\n".join(_notes(concept, language, labels)) for language in languages},
    }
    cells = {f"{name}_{language}": texts.get(language, "") for name, texts in parts.items() for language in languages}
    return {**cells, "status": STATUS}


def _notes(concept: Concept, language: str, labels: dict[str, dict[str, str]]) -> list[str]:
    kind, broader, identifier = _WORDS.get(language, _WORDS["en"])
    told = (
        concept.note.get(language, ""),
        _told(kind, labels.get(concept.kind, {}).get(language, "")),
        _told(broader, labels.get(concept.broader, {}).get(language, "")),
        _told(identifier, concept.iri),
    )
    return [each for each in told if each]


def _told(word: str, value: str) -> str:
    return f"{word}: {value}" if value else ""


EXPORTS = (Export("sanastot-xlsx", files),)
