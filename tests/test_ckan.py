"""The package for CKAN, and its push to a portal: a stand-in that takes and refuses as CKAN with avoindata.fi's fields does."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from click.testing import CliRunner, Result
from local_server import listening

from graph.ckan_api import TOKEN, Portal, merged
from graph.cli import main
from graph.dataset import LANGUAGES
from graph.errors import DataError
from graph.exports.base import Source
from graph.exports.ckan import package
from graph.settings import Settings
from graph.snapshot import Snapshot

SECRET = "salainen-avain-123"  # noqa: S105
EMAIL = "kirjaamo@example.org"
LICENCES = {"cc-by-4.0", "cc-zero-1.0", "other"}
MISSING = ["Missing value"]


@dataclass
class Fake:
    """Hold a portal: its packages, and what it was asked.

    :param mode: how it behaves: as CKAN, or as something that is none.
    :param seen: action and Authorization header of each request.
    """

    port: int = 0
    mode: str = "ckan"
    packages: dict[str, dict[str, Any]] = field(default_factory=dict)
    seen: list[tuple[str, str]] = field(default_factory=list)

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}/data"

    def answer(self, action: str, query: str, token: str, body: bytes) -> tuple[int, dict[str, Any]]:
        if token != SECRET:
            return refused(403, "Authorization Error", message="Access denied")
        if action == "package_show":
            known = self.packages.get(parse_qs(query)["id"][0])
            return (
                (200, {"success": True, "result": known})
                if known
                else refused(404, "Not Found Error", message="Not found")
            )
        sent = json.loads(body)
        errors = faults(sent)
        if errors:
            return refused(409, "Validation Error", **errors)
        if action == "package_update" and sent.get("id") != "id-1":
            return refused(404, "Not Found Error", message="Not found")
        self.packages[sent["name"]] = {**sent, "id": "id-1"}
        return 200, {"success": True, "result": self.packages[sent["name"]]}


def refused(status: int, kind: str, **error: object) -> tuple[int, dict[str, Any]]:
    return status, {"success": False, "error": {"__type": kind, **error}}


def faults(sent: dict[str, Any]) -> dict[str, object]:
    """Return what the fields of avoindata.fi's dataset schema find wrong."""
    wrong: dict[str, object] = {}
    for name in ("title_translated", "notes_translated", "keywords"):
        if not (isinstance(sent.get(name), dict) and sent[name].get("fi")):
            wrong[name] = ['Required language "fi" missing']
    for name in ("license_id", "maintainer", "maintainer_email", "collection_type", "owner_org"):
        if not sent.get(name):
            wrong[name] = MISSING
    if sent.get("license_id") not in LICENCES:
        wrong.setdefault("license_id", ["Value must be one of the licences"])
    if sent.get("collection_type") not in {"Open Data", "Interoperability Tools"}:
        wrong["collection_type"] = ["Value must be one of ['Open Data', 'Interoperability Tools']"]
    if not re.fullmatch(r"[a-z0-9_-]{2,100}", str(sent.get("name"))):
        wrong["name"] = ["Must be purely lowercase alphanumeric (ascii) characters and these symbols: -_"]
    if not all(isinstance(each, str) and "@" in each for each in sent.get("maintainer_email") or []):
        wrong["maintainer_email"] = ["Email is not a valid format"]
    files = [fault_of(each) for each in sent.get("resources", [])]
    return {**wrong, "resources": files} if any(files) else wrong


def fault_of(resource: dict[str, Any]) -> dict[str, list[str]]:
    wrong = {} if resource.get("url") else {"url": MISSING}
    if not isinstance(resource.get("size", 0), int):
        wrong["size"] = ["Invalid integer"]
    if "sha256" in resource:
        wrong["sha256"] = ["Only administrators may change this field"]
    return wrong


@contextmanager
def faked(mode: str = "ckan") -> Iterator[Fake]:
    fake = Fake(mode=mode)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            parts = urlsplit(self.path)
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            token = self.headers.get("Authorization", "")
            fake.seen.append((parts.path.rpartition("/")[2], token))
            if fake.mode == "moved":
                self.send_response(301)
                self.send_header("Location", f"http://127.0.0.1:{fake.port}/else/api/3/action/package_show")
                self.send_header("Content-Length", "0")
                self.end_headers()
                return
            status, said = fake.answer(fake.seen[-1][0], parts.query, token, body)
            out = b"<h1>Tervetuloa</h1>" if fake.mode == "page" else json.dumps(said).encode()
            self.send_response(200 if fake.mode == "page" else status)
            self.send_header("Content-Length", str(len(out)))
            self.end_headers()
            self.wfile.write(out)

        do_GET = do_POST  # noqa: N815 - called so by the library

        def log_message(self, *_: object) -> None:
            return

    with listening(Handler) as fake.port:
        yield fake


@pytest.fixture
def fake() -> Iterator[Fake]:
    with faked() as portal:
        yield portal


@pytest.fixture(scope="module")
def made(snapshot: Snapshot, settings: Settings) -> dict[str, Any]:
    return package(Source(snapshot, replace(settings, contact_email=EMAIL), snapshot.files))


def push(address: str, settings: Settings, *more: str, token: str = SECRET, email: str = EMAIL) -> Result:
    environment = {"LEVIKKI_SNAPSHOTS": str(settings.snapshots), TOKEN: token, "LEVIKKI_CONTACT_EMAIL": email}
    return CliRunner().invoke(main, ["push-ckan", address, *more], env=environment)


# ---- the package ----


def test_it_holds_what_avoindata_demands(made: dict[str, Any]) -> None:
    assert faults({**made, "owner_org": "esimerkki"}) == {}
    assert made["collection_type"] == "Open Data"
    assert made["maintainer_email"] == [EMAIL]
    assert made["license_id"] == "cc-by-4.0"
    for name in ("title_translated", "notes_translated", "keywords", "copyright_notice_translated"):
        assert tuple(made[name]) == LANGUAGES


def test_it_lists_the_files_as_they_are(made: dict[str, Any], snapshot: Snapshot) -> None:
    files = {each.path: each for each in snapshot.files if each.format not in {"ckan", "dcat-ap"}}
    assert len(files) > 5
    for each in made["resources"]:
        file = files.pop(each["url"].partition("/data/")[2])
        assert (each["size"], each["hash"], each["mimetype_inner"]) == (file.bytes, file.sha256, file.media_type)
        assert (each["mimetype"] == "application/gzip") == file.compressed
        assert tuple(each["name_translated"]) == LANGUAGES
    assert files == {}


def test_a_publisher_without_a_mailbox_names_none(snapshot: Snapshot, settings: Settings) -> None:
    assert "maintainer_email" not in package(Source(snapshot, settings, snapshot.files))
    assert "@" not in (snapshot.path / "data" / "ckan.json").read_text(encoding="utf-8")


# ---- the push ----


def test_it_is_created_then_updated(fake: Fake, settings: Settings, snapshot: Snapshot) -> None:
    done = push(fake.address, settings, "--owner-org", "esimerkki")
    assert (done.exit_code, done.output) == (
        0,
        f"created levikki of release {snapshot.name} at 127.0.0.1:{fake.port}\n",
    )
    held = fake.packages["levikki"]
    assert held["owner_org"] == "esimerkki"
    held["groups"] = [{"name": "terveys"}]
    held["resources"][0]["id"] = "resource-1"
    done = push(fake.address, settings)  # who owns it is known there
    assert (done.exit_code, done.output.partition(" ")[0]) == (0, "updated")
    assert [action for action, _ in fake.seen] == ["package_show", "package_create", "package_show", "package_update"]
    again = fake.packages["levikki"]
    assert (again["owner_org"], again["groups"]) == ("esimerkki", [{"name": "terveys"}])
    assert again["resources"][0]["id"] == "resource-1"
    assert [{**each, "id": None} for each in again["resources"]] == [{**each, "id": None} for each in held["resources"]]


@pytest.mark.parametrize(
    ("more", "email", "words", "hint"),
    [
        ([], EMAIL, "owner_org: Missing value", "--owner-org"),
        (["--owner-org", "esimerkki"], "", "maintainer_email: Missing value", "LEVIKKI_CONTACT_EMAIL"),
    ],
)
def test_a_refusal_names_the_field(
    fake: Fake, settings: Settings, more: list[str], email: str, words: str, hint: str
) -> None:
    done = push(fake.address, settings, *more, email=email)
    assert done.exit_code == 1
    assert words in done.output
    assert hint in done.output
    assert fake.packages == {}


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("title_translated", {"en": "Levikki"}, 'title_translated: Required language "fi" missing'),
        ("keywords", {}, "keywords: Required language"),
        ("license_id", "gpl", "license_id: Value must be one of"),
        ("collection_type", "Avoin data", "collection_type: Value must be one of"),
        ("maintainer", "", "maintainer: Missing value"),
        ("maintainer_email", ["kirjaamo"], "maintainer_email: Email is not"),
        ("resources", [{"name": "ilman osoitetta"}], "resources: url: Missing value"),
        ("resources", [{"url": "https://example.org/a", "size": "iso"}], "resources: size: Invalid integer"),
        ("name", "Levikki!", "name: Must be purely lowercase"),
    ],
)
def test_every_field_is_looked_at(fake: Fake, made: dict[str, Any], name: str, value: object, words: str) -> None:
    with pytest.raises(DataError) as caught:
        Portal(fake.address, SECRET).push({**made, "owner_org": "esimerkki", name: value})
    assert words in caught.value.what
    assert fake.packages == {}


def test_a_wrong_token_is_told_and_no_token_is_shown(fake: Fake, settings: Settings) -> None:
    done = push(fake.address, settings, token="vaara-avain-456")
    assert done.exit_code == 1
    assert "does not let this account" in done.output
    assert TOKEN in done.output
    assert "vaara-avain-456" not in done.output
    assert SECRET not in repr(Portal("https://example.org", SECRET))


@pytest.mark.parametrize("token", ["", "  ", "ää", "a\nX-Other: b"])
def test_a_token_that_cannot_be_sent_is_refused_here(fake: Fake, settings: Settings, token: str) -> None:
    done = push(fake.address, settings, token=token)
    assert (done.exit_code, fake.seen) == (2, [])
    assert done.output.startswith(f"{TOKEN}: {TOKEN} holds no token")


@pytest.mark.parametrize(
    ("mode", "words"), [("page", "no CKAN answers there (status 200)"), ("moved", "the portal sends elsewhere")]
)
def test_what_is_no_portal_gets_no_package(settings: Settings, mode: str, words: str) -> None:
    with faked(mode) as other:
        done = push(other.address, settings, "--owner-org", "esimerkki")
    assert (done.exit_code, [action for action, _ in other.seen]) == (1, ["package_show"])
    assert words in done.output


@pytest.mark.parametrize("address", ["avoindata.fi", "ftp://example.org/", "https://name:secret@example.org/", ""])
def test_an_address_has_to_be_one(settings: Settings, address: str) -> None:
    done = push(address, settings)
    assert done.exit_code == 2
    assert "is no address" in done.output


def test_a_portal_that_is_away_is_told(settings: Settings) -> None:
    done = push("http://127.0.0.1:1/data", settings)
    assert done.exit_code == 1
    assert "cannot be fetched" in done.output
    assert "Traceback" not in done.output


def test_a_dry_run_prints_and_sends_nothing(fake: Fake, settings: Settings, made: dict[str, Any]) -> None:
    done = push(fake.address, settings, "--dry-run", "--owner-org", "esimerkki", token="")
    assert json.loads(done.output) == {**made, "owner_org": "esimerkki"}
    assert fake.seen == []


def test_the_host_has_to_be_given(tmp_path: Path) -> None:
    done = CliRunner().invoke(main, ["push-ckan"], env={"LEVIKKI_SNAPSHOTS": str(tmp_path)})
    assert done.exit_code == 2
    assert "ADDRESS" in done.output


def test_what_the_portal_alone_knows_stays() -> None:
    known = {
        "id": "1",
        "owner_org": "o",
        "groups": [],
        "title": "old",
        "resources": [{"url": "u", "id": "r"}, {"id": "x"}],
    }
    ours = {"title": "new", "resources": [{"url": "u"}, {"url": "v"}]}
    assert merged(known, ours) == {
        "id": "1", "owner_org": "o", "title": "new", "resources": [{"url": "u", "id": "r"}, {"url": "v"}],
    }  # fmt: skip
