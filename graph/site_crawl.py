"""Follow every link of the service from its first pages on, until each address that can be a file has been visited."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from concurrent.futures import Executor
from dataclasses import dataclass, field
from functools import partial

from graph.errors import DataError
from graph.site_addresses import data_file, has_suffix, in_language, language_of, neutral, page_url
from graph.site_fetch import Plan, Visit, visit
from graph.views import LANGUAGES

CHUNK = 16  # addresses that are sent to a process at once
Say = Callable[[str], object]


@dataclass
class Found:
    """Hold what was visited.

    :param visits: by address.
    """

    visits: dict[str, Visit] = field(default_factory=dict)

    def of(self, *kinds: str) -> list[Visit]:
        """Return the visits of some kinds, in a fixed order."""
        return [self.visits[each] for each in sorted(self.visits) if self.visits[each].kind in kinds]

    def counts(self) -> Counter[str]:
        """Return how many there are of each kind."""
        return Counter(each.kind for each in self.visits.values())

    @property
    def release(self) -> str:
        """Return the release that all is of.

        :raises DataError: a newer one was built meanwhile.
        """
        names = {each.release for each in self.visits.values()} - {""}
        if len(names) > 1:
            raise DataError("a release was built while the site was being written", hint="write the site again")
        return next(iter(names), "")

    def wanted(self, address: str) -> str:
        """Return the address to visit for one that is linked to: what is data is looked for without a language first."""
        alone = neutral(address)
        if language_of(address) and has_suffix(address):
            known = self.visits.get(alone)
            return address if known and known.by_language else alone
        known = self.visits.get(address)
        return alone if known and known.kind == "data" and language_of(address) and not known.by_language else address

    def url(self, address: str) -> str | None:
        """Return where an address is reached in the written site, below its root; None where it has no file."""
        known = self.visits.get(address)
        if known and known.kind == "redirect":
            return self.url(known.to) if known.to != address else None
        if known and known.kind == "data" and (known.by_language or not language_of(address)):
            return data_file(address, known.media_type)
        if known and known.kind in {"page", "choice"}:
            return page_url(address)
        if not language_of(address):
            return page_url(address) if self.languages(address) else None
        bare = self.visits.get(neutral(address))
        return data_file(bare.address, bare.media_type) if bare and bare.kind == "data" else None

    def languages(self, address: str) -> dict[str, Visit]:
        """Return the page of an address in each language that it has."""
        pages = {each: self.visits.get(in_language(address, each)) for each in LANGUAGES}
        return {each: found for each, found in pages.items() if found and found.kind == "page"}

    def choices(self) -> list[str]:
        """Return the addresses without a language at which a reader chooses one."""
        return sorted({neutral(each.address) for each in self.of("page")})


def crawl(plan: Plan, begin: Iterable[str], pool: Executor, say: Say) -> Found:
    """Visit what can be reached.

    :param begin: addresses to begin with.
    :param say: is told how far it is.
    :raises DataError: the server fails on an address, or a newer release was built meanwhile.
    """
    found = Found()
    waiting, ask = set(begin), partial(visit, plan)
    while waiting:
        linked: set[str] = set()
        # In generations, and each in order: the same snapshot is visited in the same way, and a process that has answered a page in
        # one language is asked for it in the next, for which it remembers the answers to its queries.
        for made in pool.map(ask, sorted(waiting, key=lambda each: (neutral(each), each)), chunksize=CHUNK):
            found.visits[made.address] = made
            linked.update(made.links)
            linked.add(found.wanted(made.address))
            if len(found.visits) % 50 == 0:
                say(f"{len(found.visits)} addresses visited, {len(waiting)} in this round")
        waiting = {found.wanted(each) for each in linked} - found.visits.keys()
    return found
