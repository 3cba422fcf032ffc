"""Links of a document for machines, in the header `Link` (RFC 8288), by the FAIR Signposting Profile.

https://signposting.org/FAIR/: a page says what identifies its thing, where its description lies and what it is; a description
says what it describes. Targets on this server are written without a host: a client resolves them wherever it asked.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from graph.description import Description
from graph.formats import GRAPH_FORMATS, HTML, PLAIN, Format
from graph.thing_data import document_iri, pages

ABOUT_PAGE = "https://schema.org/AboutPage"
FORMATS = (HTML, *GRAPH_FORMATS, PLAIN)
Target = tuple[str, str, str]  # address, relation, media type or empty


def header(targets: Iterable[Target]) -> str:
    """Return the value of the header."""
    lines = (f'<{to}>; rel="{relation}"' + (f'; type="{kind}"' if kind else "") for to, relation, kind in targets)
    return ", ".join(dict.fromkeys(lines))


def of_document(
    description: Description,
    chosen: Format,
    address: Callable[[str, int], str],
    *,
    licence: str,
    at: str,
    suffix: str = "",
) -> list[Target]:
    """Return the links of the document about a thing.

    :param chosen: the format of this answer.
    :param address: of the document on this server, by suffix (empty for the one that negotiates) and page.
    :param licence: IRI of the licence of the facts.
    :param suffix: of the address that was asked for, which the other pages have too.
    :param at: where the service is reached for good: what its canonical addresses begin with.
    """
    names, here = description.names, description.page
    canonical = at + document_iri(description, here).removeprefix(names.base)
    targets = [(canonical, "canonical", ""), (description.iri, "describes", ""), (licence, "license", "")]
    targets.append((f"{names.base}dataset", "collection", ""))
    if chosen == HTML:
        targets += [(description.iri, "cite-as", ""), (ABOUT_PAGE, "type", "")]
        targets += [(value.value, "type", "") for value in description.values(description.iri, "rdf:type")]
        targets += [(address(each.name, here), "describedby", each.media_type) for each in (*GRAPH_FORMATS, PLAIN)]
    else:
        targets.append((address("", here), "describes", HTML.media_type))
    targets += [(address(each.name, here), "alternate", each.media_type) for each in FORMATS if each != chosen]
    return targets + [(address(suffix, page), relation, "") for relation, page in pages(description).items()]


def of_ontology(iri: str, chosen: Format, address: Callable[[str], str], licence: str) -> list[Target]:
    """Return the links of the document about the ontology.

    :param address: of the document on this server, by suffix.
    :param licence: IRI of the ontology's licence, empty where it names none.
    """
    targets = [(iri, "describes", ""), (iri, "cite-as", "")] + ([(licence, "license", "")] if licence else [])
    offered = (*GRAPH_FORMATS, HTML)
    relation = "describedby" if chosen == HTML else "alternate"
    described = [(address(each.name), relation, each.media_type) for each in GRAPH_FORMATS if each != chosen]
    others = [(address(each.name), "alternate", each.media_type) for each in offered if each != chosen]
    return targets + described + others
