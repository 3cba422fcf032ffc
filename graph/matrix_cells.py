"""The cells of the matrix as HTML: there are thousands on one page, and a template takes many times as long for each."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache

from markupsafe import Markup, escape

from graph.adoptions import Adoption


class Cells:
    """Write cells.

    :param before: what stands before the last part of an adoption's IRI in the address of its page.
    :param after: what stands behind it.
    :param cut: how many characters of the IRI stand before that part.
    :param texts: of the page, in its language.
    """

    def __init__(self, before: str, after: str, cut: int, texts: Mapping[str, str]) -> None:
        self._before, self._after, self._cut = escape(before), escape(after), cut
        self._none = str(Markup('<td class="u"><b>{}</b>').format(texts["unknown"]))
        self._left_out = str(Markup('<td class="o"><b>{}</b>').format(texts["matrix_left_out"]))
        self._claim_words = {True: texts["matrix_claim_one"], False: texts["matrix_claim_many"]}
        self._opening, self._claims = cache(self._open), cache(self._count)

    def row(self, cells: Iterable[Adoption | bool | None], words: Mapping[str, str]) -> Markup:
        """Write the cells of a row.

        :param cells: where nothing is known, None; where what is known is not chosen, False.
        :param words: notation of a status -> its label as the page writes it.
        """
        parts: list[str] = []
        for each in cells:
            if not isinstance(each, Adoption):
                parts.append(self._none if each is None else self._left_out)
                continue
            start, inside = self._opening(each.status, each.claims == 1, words.get(each.status, each.status))
            parts += [start, escape(each.iri[self._cut :]), inside, escape(each.year), self._claims(each.claims)]
        return Markup("".join(parts))  # noqa: S704 - every part is escaped

    def _open(self, status: str, is_thin: bool, word: str) -> tuple[str, str]:  # noqa: FBT001 - only the cache calls it
        start = Markup('<td class="{}{}"><a href="').format(status, " t" if is_thin else "") + self._before
        inside = Markup('"><svg><use href="#mark-{}"/></svg><span>{}</span> ').format(status, word)
        return str(start), str(self._after + inside)

    def _count(self, claims: int) -> str:
        return str(Markup(" <small>{}<i> {}</i></small></a>").format(claims, self._claim_words[claims == 1]))
