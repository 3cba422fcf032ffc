"""Code lists in the two forms that the Finnish Koodistot (code list service) imports: CSV, and Excel with two sheets."""

from __future__ import annotations

from graph.exports.base import Export, File, Source
from graph.exports.concepts import Concept, Scheme, schemes
from graph.exports.sheets import csv_file, workbook

# The schemes that others can use as code lists; the rest say how we came to know something.
LISTS = ("model", "model-kind", "programme-goal", "status")
# Top classes of the Finnish service catalogue: social services; health and medical care, nutrition.
DOMAINS = "P4;P5"
# A steward of the registry decides when a list is VALID: a new one cannot be.
STATUS = "DRAFT"
_NAMES = {"fi": "Muita nimiä", "sv": "Andra namn", "en": "Other names"}

Lines = list[list[str]]


def csv_files(source: Source) -> list[File]:
    """Return two files a code list: the list, and its codes."""
    return [
        each
        for scheme in _chosen(source)
        for each in (
            csv_file(f"koodistot/{_code(scheme)}-scheme.csv", scheme_lines(scheme, source)),
            csv_file(f"koodistot/{_code(scheme)}-codes.csv", code_lines(scheme)),
        )
    ]


def xlsx_files(source: Source) -> list[File]:
    """Return a workbook a code list."""
    return [
        workbook(
            f"koodistot/{_code(scheme)}.xlsx",
            {"CodeSchemes": scheme_lines(scheme, source, sheet="Codes"), "Codes": code_lines(scheme)},
            source,
        )
        for scheme in _chosen(source)
    ]


def _chosen(source: Source) -> list[Scheme]:
    return [scheme for scheme in schemes(source) if scheme.slug in LISTS]


def _code(scheme: Scheme) -> str:
    return f"levikki-{scheme.slug}"


def scheme_lines(scheme: Scheme, source: Source, sheet: str = "") -> Lines:
    """Return the header and the row of a code list.

    :param sheet: the sheet of its codes, where it is one of a workbook.
    """
    row = {
        "CODEVALUE": _code(scheme),
        "INFORMATIONDOMAIN": DOMAINS,
        "LANGUAGECODE": ";".join(scheme.languages),
        "VERSION": source.snapshot.manifest["made"][:10],
        "STATUS": STATUS,
        "SOURCE": scheme.iri,
    }
    for language in scheme.languages:
        row[f"PREFLABEL_{language.upper()}"] = scheme.title.get(language, "")
        row[f"DEFINITION_{language.upper()}"] = scheme.definition.get(language, "")
        row[f"DESCRIPTION_{language.upper()}"] = scheme.note.get(language, "")
    if sheet:
        row["CODESSHEET"] = sheet
    return [list(row), list(row.values())]


def code_lines(scheme: Scheme) -> Lines:
    """Return the header and the rows of a code list's codes, in the order of the scheme."""
    codes = {each.iri: each.notation for each in scheme.concepts}
    rows = [_row(each, number, codes, scheme.languages) for number, each in enumerate(scheme.concepts, 1)]
    return [list(rows[0]), *(list(row.values()) for row in rows)]


def _row(concept: Concept, number: int, codes: dict[str, str], languages: tuple[str, ...]) -> dict[str, str]:
    row = {
        "CODEVALUE": concept.notation,
        "BROADER": codes.get(concept.broader, ""),
        "ORDER": str(number),
        "STATUS": STATUS,
    }
    for language in languages:
        row[f"PREFLABEL_{language.upper()}"] = concept.preferred.get(language, "")
        row[f"DEFINITION_{language.upper()}"] = concept.definition.get(language, "")
        row[f"DESCRIPTION_{language.upper()}"] = _description(concept, language)
    return row


def _description(concept: Concept, language: str) -> str:
    """Return the note of a concept, and the other names that a code list has no column for."""
    other = concept.other.get(language, ())
    named = f"{_NAMES.get(language, _NAMES['en'])}: {', '.join(other)}." if other else ""
    return " ".join(part for part in (concept.note.get(language, ""), named) if part)


EXPORTS = (Export("koodistot-csv", csv_files), Export("koodistot-xlsx", xlsx_files))
