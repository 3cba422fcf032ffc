"""What a written site needs beside its pages: notes on what is not there, a page to choose a language, redirects, 404, sitemap."""

from __future__ import annotations

import html
from collections.abc import Iterator
from itertools import islice
from typing import Any
from xml.sax.saxutils import escape

from jinja2 import Environment

from graph.exchange import SECURITY
from graph.files import write_whole
from graph.formats import DATASET_FORMATS, GRAPH_FORMATS
from graph.site_addresses import language_of, page_url
from graph.site_crawl import Found
from graph.site_fetch import CHOOSER, Plan, Visit
from graph.site_links import Led
from graph.translations import texts
from graph.views import LANGUAGES

STYLESHEET = "static/levikki.css"
# A page cannot say of itself who may frame it.
POLICY = "; ".join(each for each in SECURITY["Content-Security-Policy"].split("; ") if not each.startswith("frame-"))
KEPT_RELATIONS = frozenset({"cite-as", "describes", "describedby", "license", "collection"})
SITEMAP_URLS = 50_000  # that a sitemap may have
HTACCESS = """DirectoryIndex index.html
ErrorDocument 404 {root}404.html
AddDefaultCharset utf-8
{types}
AddType application/gzip .gz
<IfModule mod_headers.c>
Header set X-Content-Type-Options nosniff
<FilesMatch "\\.({suffixes}|csv|json|atom|gz)$|^(void|sparql-examples)$">
Header set Access-Control-Allow-Origin "*"
</FilesMatch>
</IfModule>
<FilesMatch "^(void|sparql-examples)$">
ForceType text/turtle
</FilesMatch>
<IfModule mod_rewrite.c>
RewriteEngine On
RewriteBase {root}
{rules}
</IfModule>
"""


class Extras:
    """Make what no address of the service answers.

    :param templates: those of the app.
    :param live: address of the service that answers what files cannot; empty where there is none.
    """

    def __init__(self, plan: Plan, found: Found, templates: Environment, live: str) -> None:
        self._plan, self._found, self._live = plan, found, live
        self._templates = templates

    def form_note(self, visit: Visit) -> str:
        """Return what stands in place of a form, as HTML."""
        words = texts()[language_of(visit.address)]
        if not self._live:
            return f'<p class="note">{html.escape(words["site_no_form"])}</p>'
        there = html.escape(self._live + visit.address.removeprefix("/"))
        return f'<p class="note">{html.escape(words["site_form_there"])} <a href="{there}">{html.escape(self._live)}</a></p>'

    def page(self, visit: Visit, page: Led) -> str:
        """Return a page with what a server would say in its headers, and what the written site leaves out."""
        text = page.text
        if page.dropped:
            note = texts()[language_of(visit.address)]["site_no_link"]
            text = text.replace("</main>", f'<p class="note">{html.escape(note)}</p>\n</main>', 1)
        text = text.replace("<html ", "<html data-static ", 1)
        policy = f'<meta http-equiv="Content-Security-Policy" content="{html.escape(POLICY)}">'
        head = "\n".join([policy, *self._relations(visit, text)])
        return text.replace('<meta charset="utf-8">', f'<meta charset="utf-8">\n{head}', 1)

    def write(self) -> None:
        """Write the files that no address of the service has."""
        folder, root = self._plan.folder, self._plan.root
        for address in self._found.choices():
            self._choice(address)
        for visit in self._found.of("redirect"):
            self._redirect(page_url(visit.address), visit.to)
        for visit in self._found.of("data"):
            if "?" not in visit.address and visit.file != visit.address[1:] and not language_of(visit.address):
                self._redirect(page_url(visit.address), visit.address)
        homes = self._pages("/")
        missing = self._rendered(
            "site_missing.html", policy=POLICY, stylesheet=root.link(STYLESHEET), pages=homes, texts=texts()
        )
        write_whole(folder / "404.html", missing)
        write_whole(folder / ".nojekyll", "")
        write_whole(folder / ".htaccess", self._htaccess())
        self._sitemap()

    def _relations(self, visit: Visit, text: str) -> Iterator[str]:
        """Yield the page's header `Link`, and its twins in the other languages, as elements of its head."""
        for target, relation, kind in visit.relations:
            if relation in KEPT_RELATIONS:
                to = self._absolute(target, visit.address)
                named = f' type="{html.escape(kind)}"' if kind else ""
                yield f'<link rel="{html.escape(relation)}" href="{html.escape(to)}"{named}>'
        if 'rel="canonical"' not in text:
            yield f'<link rel="canonical" href="{html.escape(self._address(visit.file))}">'
        if 'rel="alternate" hreflang=' not in text:
            for code, twin in self._found.languages(visit.address).items():
                yield f'<link rel="alternate" hreflang="{code}" href="{html.escape(self._address(twin.file))}">'

    def _absolute(self, link: str, page: str) -> str:
        to = self._plan.root.local(link, page)
        url = self._found.url(to[0]) if to else None
        return self._plan.root.link(url) if url is not None else link

    def _address(self, file: str) -> str:
        return self._plan.root.whole(file.removesuffix("index.html"))

    def _pages(self, address: str) -> dict[str, dict[str, Any]]:
        root = self._plan.root
        return {
            code: {"link": root.link(page_url(page.address)), "address": self._address(page.file), "title": page.title}
            for code, page in self._found.languages(address).items()
        }

    def _rendered(self, name: str, **values: Any) -> str:
        return self._templates.get_template(name).render(**values)

    def _choice(self, address: str) -> None:
        """Write the page of an address without a language: whoever has one goes on by themselves, or by a script."""
        pages, root = self._pages(address), self._plan.root
        first = next(iter(self._found.languages(address).values()))
        relations = [
            (self._absolute(to, first.address), relation, kind)
            for to, relation, kind in first.relations
            if relation in KEPT_RELATIONS
        ]
        names = {each: texts()[each]["language_name"] for each in LANGUAGES}
        made = self._rendered(
            "site_choice.html", policy=POLICY, stylesheet=root.link(STYLESHEET), script=root.link(f"static/{CHOOSER}"),
            pages=pages, names=names, relations=relations,
        )  # fmt: skip
        write_whole(self._plan.folder / page_url(address) / "index.html", made)

    def _redirect(self, url: str, to: str) -> None:
        there = self._found.url(to)
        if there is None:
            return
        made = self._rendered("site_redirect.html", link=self._plan.root.link(there), address=self._address(there))
        write_whole(self._plan.folder / url / "index.html", made)

    def _htaccess(self) -> str:
        forms = (*GRAPH_FORMATS, *DATASET_FORMATS)
        types = "\n".join(f"AddType {each.media_type} .{each.name}" for each in forms)
        rules = "\n".join(
            f'RewriteCond %{{HTTP_ACCEPT}} "{each.media_type.replace("+", "[+]")}"\n'
            f"RewriteRule ^(?:id|doc)/([^/]+/[^/.]+)/?$ doc/$1.{each.name} [R=303,L]"
            for each in GRAPH_FORMATS
        )
        return HTACCESS.format(
            root=self._plan.root.path, types=types, suffixes="|".join(each.name for each in forms), rules=rules
        )

    def _sitemap(self) -> None:
        """List every page with its twins in the other languages; in parts where it is too long for one file."""
        pages = iter([self._entry(visit) for visit in self._found.of("page")])
        parts = list(iter(lambda: list(islice(pages, SITEMAP_URLS)), []))
        space = "http://www.sitemaps.org/schemas/sitemap/0.9"
        head, folder = '<?xml version="1.0" encoding="UTF-8"?>\n', self._plan.folder
        names = ["sitemap.xml"] if len(parts) == 1 else [f"sitemap-{number}.xml" for number in range(1, len(parts) + 1)]
        for name, part in zip(names, parts, strict=True):
            body = f'<urlset xmlns="{space}" xmlns:xhtml="http://www.w3.org/1999/xhtml">\n{"".join(part)}</urlset>\n'
            write_whole(folder / name, head + body)
        if len(parts) > 1:
            listed = "".join(f"<sitemap><loc>{escape(self._address(each))}</loc></sitemap>\n" for each in names)
            write_whole(folder / "sitemap.xml", f'{head}<sitemapindex xmlns="{space}">\n{listed}</sitemapindex>\n')
        line = f"Sitemap: {self._address('sitemap.xml')}\n"
        robots = folder / "robots.txt"
        before = robots.read_text("utf-8") if robots.exists() else ""
        write_whole(robots, before if "Sitemap:" in before else before + line)

    def _entry(self, visit: Visit) -> str:
        twins = "".join(
            f'<xhtml:link rel="alternate" hreflang="{code}" href="{escape(self._address(twin.file))}"/>'
            for code, twin in self._found.languages(visit.address).items()
        )
        return f"<url><loc>{escape(self._address(visit.file))}</loc>{twins}</url>\n"
