"""Send a package to a CKAN portal through its Action API (version 3), and say in words what the portal refuses."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any
from urllib.parse import quote

from graph.errors import CallError, DataError
from graph.settings import Settings
from graph.web import Answer, ask, parts_of

TOKEN = "LEVIKKI_CKAN_TOKEN"  # noqa: S105 (the name of a variable)
# What the portal keeps of a package that it has: ours says nothing of it.
KEPT = ("owner_org", "groups", "categories", "private", "state")


@dataclass(frozen=True)
class Portal:
    """Hold a CKAN portal and the account that writes there.

    :param address: of the portal, such as `https://www.avoindata.fi/data`.
    :param token: of the account; it is sent to this address alone, and stands in no message.
    :param settings: how long an answer may take, and how large it may be.
    """

    address: str
    token: str = field(repr=False)
    settings: Settings = field(default_factory=Settings)

    def push(self, package: Mapping[str, Any]) -> str:
        """Create a package, or update the one of its name; return what was done.

        :raises DataError: the portal cannot be reached, or refuses it: which field, and why.
        """
        known = self.show(str(package["name"]))
        if known is None:
            self.call("package_create", package)
            return "created"
        self.call("package_update", merged(known, package))
        return "updated"

    def show(self, name: str) -> dict[str, Any] | None:
        """Return the package of a name, None where the portal has none.

        :raises DataError: the portal cannot be reached, or refuses.
        """
        answer = self._ask(f"package_show?id={quote(name)}")
        if answer.status == HTTPStatus.NOT_FOUND and _error(answer).get("__type") == "Not Found Error":
            return None
        return dict(self._result(answer))

    def call(self, action: str, sent: Mapping[str, Any]) -> dict[str, Any]:
        """Call an action that changes something, and return its result.

        :raises DataError: the portal refuses.
        """
        return dict(self._result(self._ask(action, json.dumps(sent, ensure_ascii=False).encode())))

    def _ask(self, action: str, body: bytes | None = None) -> Answer:
        parts = parts_of(f"{self.address.rstrip('/')}/api/3/action/{action}")
        headers = {"Authorization": self.token, "Content-Type": "application/json", "Accept": "application/json"}
        settings = self.settings
        return ask(parts, headers, seconds=settings.fetch_seconds, limit=settings.fetch_bytes, body=body)

    def _result(self, answer: Answer) -> Mapping[str, Any]:
        said = _said(answer)
        if answer.status == HTTPStatus.OK and said.get("success") is True and isinstance(said.get("result"), dict):
            result: Mapping[str, Any] = said["result"]
            return result
        raise refusal(answer)


def token_of(environment: Mapping[str, str]) -> str:
    """Return the account's token, which is nowhere but in the environment.

    :raises CallError: there is none, or it can stand in no header.
    """
    token = environment.get(TOKEN, "").strip()
    if not token or not token.isascii() or not token.isprintable():
        raise CallError(f"{TOKEN} holds no token", TOKEN, "make one on your user page of the portal, and export it")
    return token


def merged(known: Mapping[str, Any], package: Mapping[str, Any]) -> dict[str, Any]:
    """Return a package to update with: ours, what the portal alone knows of it, and its ids of the files that stay.

    :param known: what the portal has.
    """
    ids = {each.get("url"): each.get("id") for each in known.get("resources", []) if each.get("id")}
    files = [{**each, "id": ids[each["url"]]} if each["url"] in ids else each for each in package["resources"]]
    kept = {name: known[name] for name in KEPT if known.get(name) not in (None, "", [])}
    return {**kept, **package, "id": known["id"], "resources": files}


def refusal(answer: Answer) -> DataError:
    """Return what a portal refused, in words: the field and the reason, where it names them."""
    error = _error(answer)
    kind, message = str(error.get("__type", "")), str(error.get("message", ""))
    if kind == "Validation Error":
        fields = [
            f"{name}: {_flat(why)}"
            for name, why in sorted(error.items())
            if name not in {"__type", "__before", "__after"}
        ]
        return DataError("the portal refuses the package: " + "; ".join(fields), answer.url, _hint(error))
    if kind == "Authorization Error" or answer.status in {HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN}:
        hint = f"check {TOKEN}, and that its account may write for the organisation (--owner-org)"
        return DataError(f"the portal does not let this account do that: {message or answer.status}", answer.url, hint)
    if answer.target() is not None:
        hint = "name the address that the portal itself uses: a token is sent nowhere else"
        return DataError("the portal sends elsewhere", answer.url, hint)
    if error:
        return DataError(f"the portal refuses: {kind} {message}".rstrip(), answer.url, "see the portal's log")
    hint = "name the address that stands before /api/3/action: for avoindata.fi it ends with /data"
    return DataError(f"no CKAN answers there (status {answer.status})", answer.url, hint)


def _hint(error: Mapping[str, Any]) -> str:
    if "maintainer_email" in error:
        return "set LEVIKKI_CONTACT_EMAIL to a mailbox of the organisation, and export again"
    if "owner_org" in error:
        return "name the organisation of the portal with --owner-org"
    return "mend the fields it names, in the settings or in mappings/dataset.json"


def _said(answer: Answer) -> dict[str, Any]:
    try:
        said = json.loads(answer.body)
    except ValueError:
        return {}
    return said if isinstance(said, dict) else {}


def _error(answer: Answer) -> dict[str, Any]:
    error = _said(answer).get("error")
    return error if isinstance(error, dict) else {}


def _flat(why: object) -> str:
    """Return a reason, which CKAN gives as a list of sentences, or as one such list a resource."""
    if isinstance(why, list):
        return ", ".join(filter(None, map(_flat, why)))
    if isinstance(why, dict):
        return ", ".join(f"{name}: {_flat(each)}" for name, each in why.items())
    return str(why)
