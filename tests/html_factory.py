"""Invented project pages as a site would show them: the same fields in several kinds of markup, with a site's other parts around."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import escape

from graph.template import template

AROUND = """<!DOCTYPE html>
<html lang="fi"><head><meta charset="utf-8"><title>Koehanke | Sivusto</title><style>p {{ color: red }}</style>
<script>const menu = "<h2>Kokonaisuuden nimi</h2><p>Skripti</p>";</script></head>
<body class="page has-sidebar"><a class="skip-link" href="#sisalto">Siirry sisältöön</a>
<header role="banner"><nav><ul><li><a href="/a">Toimijat</a></li><li><a href="/b">Ilmiöt</a></li></ul></nav>
<form action="/haku"><label>Haku</label><input name="q"><button>Hae sivustolta</button></form></header>
<div id="sliding-popup" class="eu-cookie-compliance-banner"><p>Sivusto käyttää evästeitä.</p><button>Hyväksy</button></div>
{content}
<aside class="sidebar"><h3>Lue myös</h3><p>Sivupalkin teksti</p></aside>
<div class="social-media-share"><a href="/jaa">Jaa sivu</a></div><noscript><p>Ota skriptit käyttöön</p></noscript>
<footer><h3>Aihealueet</h3><p>Alatunnisteen teksti</p></footer></body></html>
"""
OUTSIDE = (
    "Skripti", "color: red", "Siirry", "Haku", "Hae", "evästeitä", "Hyväksy", "Sivupalkin", "Lue myös", "Jaa sivu", "skriptit",
    "Alatunnisteen", "Sivusto",
)  # fmt: skip


def fields(text: str) -> list[tuple[str, list[str]]]:
    """Return label and lines of each field of a text page."""
    found: list[tuple[str, list[str]]] = []
    for line in text.split("\n"):
        if line.strip() in template():
            found.append((line.strip(), []))
        elif found:
            found[-1][1].append(line)
    return found


def blocks(lines: list[str], paragraph: Callable[[str], str] = "<p>{}</p>".format) -> str:
    """Return lines as markup: bullets by their indent as lists in lists, others as paragraphs."""
    parts: list[str] = []
    open_: list[int] = []
    for line in [*lines, ""]:
        bullet = re.match(r"( *)• (.*)", line)
        depth = len(bullet[1]) if bullet else -1
        while open_ and open_[-1] > depth:
            parts.append("</li></ul>")
            open_.pop()
        if bullet:
            parts.append("</li>" if open_ and open_[-1] == depth else "<ul>")
            open_ = open_ if open_ and open_[-1] == depth else [*open_, depth]
            parts.append(f"<li>{escape(bullet[2])}")
        elif line.strip():
            parts.append(paragraph(escape(line)))
    return "\n".join(parts)


def drupal(text: str) -> str:
    """Return a page whose every field is a div with a label and an item, inside main and article."""
    parts = [
        f'<div class="field field--name-{number}"><div class="field__label">{escape(label)}</div>'
        f'<div class="field__items"><div class="field__item">{blocks(lines)}</div></div></div>'
        for number, (label, lines) in enumerate(fields(text))
    ]
    content = "<button><svg><title>nuoli</title></svg>Perustiedot</button>" + "\n".join(parts)
    return AROUND.format(content=f'<main id="sisalto"><article><h1>Koehanke</h1>{content}</article></main>')


def plain(text: str) -> str:
    """Return a page of headings, paragraphs and lists, straight in the body."""
    return AROUND.format(
        content="\n".join(f"<h2>{escape(label)}</h2>\n{blocks(lines)}" for label, lines in fields(text))
    )


def sections(text: str) -> str:
    """Return a page whose sections fold: a heading's button, then a panel that is hidden until it is opened."""
    parts = [
        f'<section><header><h3><button aria-expanded="false"><span>{escape(label)}</span></button></h3></header>'
        f'<div hidden aria-hidden="true">{blocks(lines)}</div></section>'
        for label, lines in fields(text)
    ]
    contents = "".join(f'<li><a href="#{n}">{escape(label)}</a></li>' for n, (label, _) in enumerate(fields(text)))
    return AROUND.format(content=f"<ul>{contents}</ul><div>{''.join(parts)}</div>")


def careless(text: str) -> str:
    """Return a page with tags that are never closed, in capitals, or closed in the wrong order."""
    parts = [
        f"<DT><B>{escape(label)}</DT></B><dd>{blocks(lines, '<P>{}<br>'.format).replace('</li>', '')}"
        for label, lines in fields(text)
    ]
    return AROUND.format(content=f"<div><font><dl>{''.join(parts)}</dl></section>")


MARKUPS: dict[str, Callable[[str], str]] = {
    "drupal": drupal,
    "plain": plain,
    "sections": sections,
    "careless": careless,
}
