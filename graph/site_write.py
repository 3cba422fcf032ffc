"""Write the whole site as files: crawl the app, lead the links to files, add what a server would do, and put it in its place whole."""

from __future__ import annotations

import os
import shutil
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from flask import Flask
from jinja2 import Environment

from graph.errors import CallError, DataError
from graph.files import write_whole
from graph.settings import Settings
from graph.site_addresses import only_live
from graph.site_crawl import Found, Say, crawl
from graph.site_extras import Extras
from graph.site_fetch import Plan, Visit, seeds
from graph.site_links import Led, led
from graph.workers import local

MARKER = ".levikki-site"
LEFT_OUT_SHOWN = 10


@dataclass
class Written:
    """Tell what was written and what was left out.

    :param dropped: path of what only the service has -> links to it that were taken out.
    """

    release: str
    kinds: Counter[str]
    files: int = 0
    bytes: int = 0
    forms: int = 0
    dropped: Counter[str] = field(default_factory=Counter)
    missing: list[str] = field(default_factory=list)

    def lines(self) -> list[str]:
        """Return the report."""
        kinds = self.kinds
        written = f"{self.files} files, {self.bytes / 1e6:.1f} MB: {kinds['page']} pages, {kinds['data']} of data"
        lines = [f"{written}, {kinds['redirect']} redirects, of release {self.release}"]
        if self.forms or self.dropped:
            lines.append(
                f"left to the service: {self.forms} forms, {self.dropped.total()} links with a query or to an engine"
            )
            lines += [f"  {count:7} {path}" for path, count in self.dropped.most_common(LEFT_OUT_SHOWN)]
            if len(self.dropped) > LEFT_OUT_SHOWN:
                lines.append(f"          and {len(self.dropped) - LEFT_OUT_SHOWN} more paths")
        lines += [f"leads nowhere: {each}" for each in self.missing]
        return lines


def write_site(
    settings: Settings, make: Callable[[Settings], Flask], target: Path, *, jobs: int, live: str, say: Say
) -> Written:
    """Write the site of the latest release into a folder, in the place of the one that was written there before.

    :param settings: with the address at which the site will stand.
    :param make: makes the app.
    :param jobs: processes.
    :param live: address of the service that answers what files cannot; empty where there is none.
    :param say: is told how far it is.
    :raises CallError: the folder holds something else.
    :raises DataError: the site cannot be written.
    """
    target = target.absolute()
    _check(target)
    part = target.with_name(f".{target.name}.{os.getpid()}")
    plan = Plan(settings, make, part)
    app, place = make(settings), local(jobs)
    try:
        part.mkdir(parents=True)
        with place.start() as pool:
            try:
                found = crawl(plan, seeds(app), pool, say)
            except BaseException:
                pool.shutdown(wait=False, cancel_futures=True)
                raise
        written = _finish(plan, found, app.jinja_env, live)
        write_whole(part / MARKER, f"{found.release} {settings.address}\n")
        _put(part, target)
    except OSError as problem:
        raise DataError(
            f"cannot be written: {problem.strerror}", str(target), "check the folder and its space"
        ) from None
    finally:
        shutil.rmtree(part, ignore_errors=True)
    return written


def _check(target: Path) -> None:
    if not target.exists():
        return
    if not target.is_dir():
        raise CallError("is a file", str(target), "name a folder that is not there yet")
    if (target / ".git").exists():
        raise CallError("is a repository of git", str(target), "write the site beside it, and copy it there")
    if any(target.iterdir()) and not (target / MARKER).exists():
        raise CallError("holds something that is no written site", str(target), "name a folder that is not there yet")


def _put(part: Path, target: Path) -> None:
    """Let a folder take the place of another."""
    old = target.with_name(f".{target.name}.old-{os.getpid()}")
    if target.exists():
        target.rename(old)
    try:
        part.rename(target)
    except OSError:
        if old.exists():
            old.rename(target)
        raise
    shutil.rmtree(old, ignore_errors=True)


def _finish(plan: Plan, found: Found, templates: Environment, live: str) -> Written:
    """Lead the links of all pages to files, and add the files that no address has."""
    written = Written(found.release, found.counts())
    extras = Extras(plan, found, templates, live)
    for visit in found.of("page"):
        path = plan.folder / visit.file
        page = _led(plan, found, visit, path.read_text("utf-8"), live, extras)
        written.forms += page.forms
        written.dropped.update(_path(plan, visit, each) for each in page.dropped)
        path.write_bytes(extras.page(visit, page).encode())
    extras.write()
    written.missing = [each.address for each in found.of("missing") if not only_live(each.address)]
    files = [each for each in plan.folder.rglob("*") if each.is_file()]
    written.files, written.bytes = len(files), sum(each.stat().st_size for each in files)
    return written


def _led(plan: Plan, found: Found, visit: Visit, text: str, live: str, extras: Extras) -> Led:
    def lead(to_file: Callable[[str], str], link: str) -> str | None:
        to = plan.root.local(link, visit.address)
        if to is None:
            return link
        url = None if only_live(to[0]) else found.url(to[0])
        if url is None:
            return live + to[0].removeprefix("/") if live else None
        return to_file(url) + (f"#{to[1]}" if to[1] else "")

    root = plan.root
    return led(text, partial(lead, root.link), partial(lead, root.whole), extras.form_note(visit))


def _path(plan: Plan, visit: Visit, link: str) -> str:
    to = plan.root.local(link, visit.address)
    return to[0].partition("?")[0] if to else link
