"""What the dataset is called, who publishes it and where it lies: what its graph, its catalogue and the registries share."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from functools import cache
from typing import Any
from urllib.parse import quote

from graph.errors import OntologyError
from graph.files import read_text
from graph.names import Names
from graph.settings import ROOT, Settings

TEXTS = ROOT / "mappings" / "dataset.json"
LANGUAGES = ("fi", "sv", "en")


@dataclass(frozen=True)
class Licence:
    """Hold what a licence is called: by people, and in the licence list of avoindata.fi's CKAN."""

    label: str
    ckan: str


_LICENCES = {
    "creativecommons.org/licenses/by/4.0": Licence("CC BY 4.0", "cc-by-4.0"),
    "creativecommons.org/publicdomain/zero/1.0": Licence("CC0 1.0", "cc-zero-1.0"),
}


@cache
def texts() -> dict[str, dict[str, Any]]:
    """Return what is said of the dataset: key -> language -> text.

    :raises OntologyError: the file is no JSON.
    """
    try:
        return dict(json.loads(read_text(TEXTS, OntologyError)))
    except ValueError as problem:
        raise OntologyError(f"is no JSON: {problem}", str(TEXTS), "mend it there") from None


def licence(iri: str) -> Licence:
    """Return what a licence is called; one that is unknown goes by its IRI."""
    plain = iri.partition("://")[2].rstrip("/")
    return _LICENCES.get(plain, Licence(iri, "other"))


@dataclass(frozen=True)
class Publication:
    """Mint the IRIs of what is published, and give the addresses where it is had.

    :param names: of the snapshot.
    :param root: address of the service that is asked, ending with `/`; the settings' own address goes before it.

    >>> Publication().file("levikki.nq.gz")
    'https://w3id.org/levikki/data/levikki.nq.gz'
    """

    names: Names = field(default_factory=Names)
    settings: Settings = field(default_factory=Settings)
    root: str = ""

    @property
    def address(self) -> str:
        """Return where the service is reached."""
        return self.settings.address or self.root or self.names.base

    @property
    def dataset(self) -> str:
        """Return the IRI of the dataset, whatever its release."""
        return f"{self.names.base}dataset"

    @property
    def catalogue(self) -> str:
        """Return the IRI of the catalogue."""
        return f"{self.names.base}catalog"

    @property
    def publisher(self) -> str:
        """Return the IRI of who publishes."""
        return self.settings.publisher_iri or f"{self.catalogue}#publisher"

    @property
    def contact_page(self) -> str:
        """Return where the publisher is reached: a page, or its IRI."""
        return self.settings.contact_page or self.settings.publisher_iri or self.address

    def release(self, name: str) -> str:
        """Return the IRI of a release."""
        return f"{self.names.base}release/{name}"

    def file(self, path: str) -> str:
        """Return where a file of the newest release lies."""
        return f"{self.address}data/{quote(path)}"

    def kept_file(self, release: str, path: str) -> str:
        """Return where a file of a release lies for as long as the release is kept."""
        return f"{self.address}release/{release}/data/{quote(path)}"
