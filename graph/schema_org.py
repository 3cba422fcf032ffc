"""What search engines read of a page: schema.org in JSON-LD, for the catalogue on the first page and for each thing.

A `<script type="application/ld+json">` is a data block: HTML never runs it, so the page's policy against scripts does not bear on
it. Flask's `tojson` writes what is in it without a character that could end it.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from graph.description import SKOS, Description
from graph.names import last_part
from graph.settings import Settings
from graph.snapshot import Snapshot
from graph.thing_data import document_iri
from graph.thing_view import Page
from graph.views import short

CONTEXT = "https://schema.org"
LANGUAGES = ("fi", "sv", "en")
# What a thing of ours is in the terms of schema.org; an adoption and a measure are nothing there.
TYPES = {
    "region": "AdministrativeArea",
    "municipality": "AdministrativeArea",
    "area": "Place",
    "organisation": "Organization",
    "programme": "Project",
    "project": "Project",
    "model": "DefinedTerm",
    "goal": "DefinedTerm",
    "claim": "Claim",
    "page": "WebPage",
}
GOVERNMENT = frozenset(
    "ministry national-agency wellbeing-services-county city municipality hospital-district joint-authority".split()
)
# Property of schema.org -> ours, for those whose values are things.
LINKS = {
    "containedInPlace": ("lev:within", {"Place", "AdministrativeArea"}),
    "areaServed": ("lev:within", {"Organization", "GovernmentOrganization"}),
    "about": ("lev:model", {"Claim"}),
    "appearance": ("lev:source", {"Claim"}),
    "contentLocation": ("lev:place", {"Claim"}),
    "mainEntity": ("lev:describes", {"WebPage"}),
    "sameAs": ("skos:exactMatch", set(TYPES.values())),
}


def home(held: Snapshot, settings: Settings, words: dict[str, Any], language: str) -> dict[str, Any]:
    """Return the catalogue, with the dataset and its files.

    :param words: the texts of the page's language.
    """
    address = settings.address or held.base
    publisher = {
        "@type": "Organization",
        "@id": settings.publisher_iri or f"{held.base}catalog#publisher",
        "name": settings.publisher_name,
    }
    files = [
        {
            "@type": "DataDownload",
            "contentUrl": f"{address}data/{each.path}",
            "encodingFormat": each.media_type,
            "contentSize": str(each.bytes),
            "sha256": each.sha256,
        }
        for each in held.files
    ]
    dataset = {
        "@type": "Dataset",
        "@id": f"{held.base}dataset",
        "name": words["dataset_title"],
        "description": words["dataset_description"],
        "url": address,
        "identifier": f"{held.base}dataset",
        "license": settings.licence,
        "creator": publisher,
        "publisher": publisher,
        "isAccessibleForFree": True,
        "inLanguage": list(LANGUAGES),
        "spatialCoverage": {"@type": "Country", "name": words["finland"]},
        **_release(held),
        "distribution": files,
    }
    catalogue = {
        "@type": "DataCatalog",
        "@id": f"{held.base}catalog",
        "name": "Levikki",
        "description": words["tagline"],
        "url": address,
        "inLanguage": language,
        "license": settings.licence,
        "publisher": publisher,
        "dataset": dataset,
    }
    return {"@context": CONTEXT, **catalogue}


def _release(held: Snapshot) -> dict[str, str]:
    made = held.manifest.get("made")
    return {"version": held.name, **({"dateModified": str(made)} if made else {})}


def thing(description: Description, page: Page, language: str, licence: str) -> dict[str, Any]:
    """Return a thing, as what the page shows of it, with the page itself.

    :param licence: IRI of the licence of the facts.
    """
    about = _about(description, page)
    document = {
        "@type": "WebPage",
        "@id": document_iri(description),
        "name": page.thing.named.label,
        "url": document_iri(description),
        "inLanguage": language,
        "license": licence,
        "isPartOf": {"@type": "Dataset", "@id": f"{description.names.base}dataset"},
        "about": {"@id": description.iri},
    }
    return {"@context": CONTEXT, "@graph": [document, about]}


def _about(description: Description, page: Page) -> dict[str, Any]:
    iri, label = description.iri, page.thing.named.label
    kind = _type(description)
    others = [*description.labels.get(iri, {}).values(), *_texts(description, "skos:altLabel")]
    about: dict[str, Any] = {"@type": kind, "@id": iri, "name": label, "url": iri}
    about["alternateName"] = [each for each in dict.fromkeys(others) if each != label]
    about["identifier"] = _texts(description, "skos:notation")
    about["description"] = _texts(description, "skos:definition", page.thing.named.language)[:1]
    for property_, (ours, kinds) in LINKS.items():
        if kind in kinds:
            about[property_] = [_reference(description, each.value) for each in description.values(iri, ours)]
    if kind == "WebPage":
        about["url"] = (_texts(description, "lev:address") or [iri])[0]
    about |= _term(description, kind)
    return {name: value for name, value in about.items() if value}


def _type(description: Description) -> str:
    kind, _, rest = (description.names.local(description.iri) or "").partition("/")
    if kind == "scheme":
        return "DefinedTerm" if "/" in rest else "DefinedTermSet"
    kinds = {last_part(each.value) for each in description.values(description.iri, "lev:organisationKind")}
    return "GovernmentOrganization" if kinds & GOVERNMENT else TYPES.get(kind, "Thing")


def _term(description: Description, kind: str) -> dict[str, Any]:
    """Return what a term says of its set, or a set of the terms that the page shows."""
    if kind == "DefinedTerm":
        sets = description.values(description.iri, "skos:inScheme")
        code = _texts(description, "skos:notation") or [last_part(description.iri)]
        return {
            "termCode": code[0],
            "inDefinedTermSet": [_reference(description, each.value, "DefinedTermSet") for each in sets],
        }
    if kind == "DefinedTermSet":
        terms = (each.thing for each in description.links if each.property == f"{SKOS}inScheme")
        return {"hasDefinedTerm": [_reference(description, each, "DefinedTerm") for each in terms]}
    return {}


def _texts(description: Description, property_: str, language: str = "") -> list[str]:
    values: Iterable[Any] = description.values(description.iri, property_)
    return [each.value for each in values if not language or each.language == language]


def _reference(description: Description, iri: str, kind: str = "") -> dict[str, Any]:
    labels = description.labels.get(iri, {})
    name = next((labels[each] for each in (*LANGUAGES, "") if each in labels), short(description.names, iri))
    return {**({"@type": kind} if kind else {}), "@id": iri, **({"name": name} if labels else {})}
