"""Talk to an engine elsewhere: queries and updates through SPARQLWrapper, whole graphs by the Graph Store Protocol."""

from __future__ import annotations

import re
import urllib.request
from base64 import b64encode
from collections.abc import Callable, Mapping, Sequence
from http.client import HTTPException, HTTPResponse
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.parse import urlencode
from urllib.request import Request

from SPARQLWrapper import POST, SPARQLWrapper, Wrapper
from SPARQLWrapper.SPARQLExceptions import SPARQLWrapperException

from graph.store_address import Login
from graph.store_output import EngineProblem

DETAIL = 300
REFUSED, TOO_LATE, NO_ENTRY = frozenset({400, 500}), frozenset({408, 504}), frozenset({401, 403})
Params = Mapping[str, Sequence[str]]


class _Stay(urllib.request.HTTPRedirectHandler):
    """Follow no redirect: what is sent is meant for one address."""

    def redirect_request(self, *_: Any) -> None:
        """Refuse."""


_opener = urllib.request.build_opener(_Stay)
# SPARQLWrapper would follow redirects, and take a password along. Its own opener is the process's; this name in it is not.
Wrapper.urlopener = _opener.open  # type: ignore[assignment, attr-defined]


class _Digest(urllib.request.AbstractDigestAuthHandler):
    """Answer the challenges of one server without sending a whole graph twice."""


class Client:
    """Ask one address.

    :param login: user and password, where the engine wants them.
    :param seconds: how long to wait for the engine's next word.
    """

    def __init__(self, address: str, login: Login, seconds: float) -> None:
        self.address, self.login, self.seconds = address, login, max(1, round(seconds))
        self._digest: _Digest | None = None
        self._challenge: dict[str, str] | None = None
        self._is_asked = False

    def query(self, text: str, form: str, accept: str, params: Params | None = None) -> HTTPResponse:
        """Send a query; the answer is read as it comes.

        :param form: SELECT, ASK or CONSTRUCT.
        :param accept: media type of the answer.
        :param params: further parameters of the request, such as default-graph-uri.
        :raises EngineProblem: there is no answer.
        """
        return self._wrapped(text, form, {"Accept": accept}, params or {})

    def update(self, text: str) -> None:
        """Send an update.

        :raises EngineProblem: it was not done.
        """
        self._wrapped(text, "INSERT", {}, {}).close()

    def put(self, graph: str, content: bytes) -> None:
        """Put triples in the place of whatever a graph holds.

        :param graph: IRI.
        :param content: N-Triples.
        :raises EngineProblem: it was not done.
        """
        mark = "&" if "?" in self.address else "?"
        address = f"{self.address}{mark}{urlencode({'graph': graph})}"
        headers = {"Content-Type": "application/n-triples"}
        request = Request(address, content, headers, method="PUT")  # noqa: S310 - http(s), as graph.store_address looks
        self._with_login(lambda login: self._put(request, login), "PUT", address)

    def _put(self, request: Request, login: dict[str, str]) -> HTTPResponse:
        for name, value in login.items():
            request.add_header(name, value)
        try:
            answer: HTTPResponse = _opener.open(request, timeout=self.seconds)
            with answer:
                answer.read()
        except HTTPError as problem:
            raise _problem(problem.code, problem.read(10_000)) from None
        except (OSError, HTTPException) as problem:
            raise _gone(problem) from None
        return answer

    def _wrapped(self, text: str, form: str, headers: dict[str, str], params: Params) -> HTTPResponse:
        wrapper = SPARQLWrapper(self.address)
        wrapper.setOnlyConneg(True)
        wrapper.setMethod(POST)
        wrapper.setTimeout(self.seconds)
        wrapper.setQuery(text)
        wrapper.queryType = form  # what it guesses from the text may be another
        for name, values in params.items():
            for value in values:
                wrapper.addParameter(name, value)
        return self._with_login(lambda login: _send(wrapper, headers | login), "POST", self.address)

    def _with_login(self, send: Callable[[dict[str, str]], HTTPResponse], method: str, address: str) -> HTTPResponse:
        """Send a request, and once more where the server wants another answer to its challenge."""
        fresh = not self._is_asked
        try:
            return send(self._headers(method, address))
        except EngineProblem as problem:
            if problem.outcome != "entry" or fresh or not self._challenge:
                raise
        self._is_asked = False
        return send(self._headers(method, address))

    def _headers(self, method: str, address: str) -> dict[str, str]:
        if not self.login.user:
            return {}
        if not self._is_asked:
            self._ask_challenge(address)
        request = Request(address, method=method)  # noqa: S310
        if self._digest and self._challenge:
            return {"Authorization": f"Digest {self._digest.get_authorization(request, self._challenge)}"}
        return {"Authorization": _basic(self.login)}

    def _ask_challenge(self, address: str) -> None:
        self._is_asked, self._challenge = True, None
        try:
            urllib.request.urlopen(Request(address, method="HEAD"), timeout=self.seconds).close()  # noqa: S310
        except HTTPError as problem:
            scheme, _, words = (problem.headers.get("WWW-Authenticate") or "").partition(" ")
            if problem.code == 401 and scheme.lower() == "digest":
                parts = urllib.request.parse_http_list(words)
                self._challenge = urllib.request.parse_keqv_list([part for part in parts if part])
                passwords = urllib.request.HTTPPasswordMgrWithDefaultRealm()
                passwords.add_password(None, self.address, self.login.user, self.login.password)
                self._digest = _Digest(passwords)
        except (OSError, HTTPException) as problem:
            raise _gone(problem) from None


def _send(wrapper: SPARQLWrapper, headers: Mapping[str, str]) -> HTTPResponse:
    for name, value in headers.items():
        wrapper.addCustomHttpHeader(name, value)
    try:
        answer: HTTPResponse = wrapper.query().response
        return answer  # noqa: TRY300 - what follows is about the request
    except SPARQLWrapperException as problem:
        cause = problem.__context__
        code = cause.code if isinstance(cause, HTTPError) else 400
        raise _problem(code, str(problem.args[0] if problem.args else "")) from None
    except HTTPError as problem:
        raise _problem(problem.code, problem.read(10_000)) from None
    except (OSError, HTTPException, ValueError) as problem:
        raise _gone(problem) from None


def _basic(login: Login) -> str:
    return "Basic " + b64encode(f"{login.user}:{login.password}".encode()).decode("ascii")


def _problem(code: int, said: bytes | str) -> EngineProblem:
    text = said.decode("utf-8", "replace") if isinstance(said, bytes) else said
    text = re.sub(r"(?s).*Response:\s*b?['\"]?", "", text)  # what SPARQLWrapper puts before the engine's words
    line = re.split(r"\\n|[\r\n]", text.strip())[0][:DETAIL]
    kinds = ((REFUSED, "refused"), (TOO_LATE, "time"), (NO_ENTRY, "entry"))
    kind = next((name for codes, name in kinds if code in codes), "broken")
    return EngineProblem(kind, f"{code}: {line}" if line else str(code))


def _gone(problem: BaseException) -> EngineProblem:
    late = isinstance(problem, TimeoutError) or (
        isinstance(problem, URLError) and isinstance(problem.reason, TimeoutError)
    )
    return EngineProblem("time" if late else "broken", str(problem))
