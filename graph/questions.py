"""The competency questions: each `.rq` of ontology/questions with its summaries and parameters; and the federated examples.

A question makes sense unbound too: it then answers for every value of its parameter, and a value keeps some of the
rows. So it may be bound by substitution, or by a VALUES block at its end, with the same answer in every engine. Each one
is DISTINCT or grouped: an engine may count a triple of the union once for each graph that holds it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from graph.errors import CallError, OntologyError
from graph.files import read_text
from graph.names import Names, last_part
from graph.settings import ROOT
from graph.store import Engine, Rows, Term

FOLDER = ROOT / "ontology" / "questions"
FEDERATED = ROOT / "ontology" / "federated"  # examples that ask other endpoints too, through a client that may
LANGUAGES = ("fi", "sv", "en")
KINDS = ("iri", "literal")
_HEADER = re.compile(r"#\+\s*([a-z-]+):\s*(.*)")
_PARAMETER = re.compile(r"([A-Za-z][A-Za-z0-9_]*)\s+(\w+)\s+(\S.*)")
_LABEL = re.compile(r"([A-Za-z][A-Za-z0-9_]*)\s+(\S.*)")
_PROJECTION = re.compile(r"\bSELECT\b(.*?)\bWHERE\b", re.DOTALL | re.IGNORECASE)
_SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_PREFIXED = re.compile(r"([a-z][a-z-]*):([a-z0-9]+(?:-[a-z0-9]+)*)")
# What stands behind {base}id/ in an IRI of ours: a type, slugs, and a hash for a part of a thing.
_LOCAL = re.compile(rf"[a-z-]+(?:/{_SLUG.pattern})+(?:#{_SLUG.pattern})?")


@dataclass(frozen=True)
class Parameter:
    """Hold a variable of a question that a caller may choose.

    :param name: name of the variable, without `?`.
    :param kind: iri or literal.
    :param default: full IRI, or the text of the literal.
    :param label: language -> what the page calls it; empty where the header does not say.
    """

    name: str
    kind: str
    default: str
    label: dict[str, str] = field(default_factory=dict)

    @property
    def shown(self) -> str:
        """Return the default as a person would write it: the slug of a thing."""
        return last_part(self.default) if self.kind == "iri" else self.default

    def value(self, given: str, names: Names) -> str | Term:
        """Return what to bind: for an IRI its plain str, for a literal a term.

        :param given: text; for an IRI a prefixed name, a full IRI of ours or, of the default's type, a slug.
        :raises CallError: the text is no name of a thing of ours.
        """
        if self.kind == "literal":
            return Term("literal", given)
        iri = self._iri(given.strip(), names)
        if not _LOCAL.fullmatch(names.local(iri) or ""):
            example = names.local(self.default) or ""
            kind, _, slug = example.partition("/")
            hint = f"give a slug ({slug}), a prefixed name ({kind}:{slug}) or an IRI ({self.default})"
            raise CallError(f"{given!r} names nothing here", self.name, hint)
        return iri

    def _iri(self, given: str, names: Names) -> str:
        if _SLUG.fullmatch(given):
            return self.default.rpartition("/")[0] + f"/{given}"
        prefixed = _PREFIXED.fullmatch(given)
        return names.prefixes().get(prefixed[1], "") + prefixed[2] if prefixed else given


@dataclass(frozen=True)
class Question:
    """Hold a competency question.

    :param summary: language (fi, sv, en) -> what it asks, in a sentence without a full stop.
    :param query: complete SPARQL, with its own prefixes and this publisher's base.
    :param services: endpoints of others that it asks, for a client that may; this server answers none that has any.
    :param empty: language -> what it means that nothing answers it, in whole sentences; empty where the header does not say.
    """

    name: str
    summary: dict[str, str]
    tags: tuple[str, ...]
    query: str
    parameters: tuple[Parameter, ...] = ()
    services: tuple[str, ...] = ()
    empty: dict[str, str] = field(default_factory=dict)

    def title(self, language: str) -> str:
        """Return what a page calls it: what stands before the first colon of its summary."""
        return self.summary.get(language, self.name).partition(": ")[0]

    def description(self, language: str) -> str:
        """Return the rest of its summary as a sentence; empty where the title says it all."""
        rest = self.summary.get(language, "").partition(": ")[2]
        return f"{rest[0].upper()}{rest[1:]}." if rest else ""

    def bindings(self, given: Mapping[str, str], names: Names) -> dict[str, str | Term]:
        """Return a value for every parameter: what is given, else its default.

        :param given: parameter -> text.
        :raises CallError: an unknown parameter, or a text that is no value for it.
        """
        known = [each.name for each in self.parameters]
        for name in given:
            if name not in known:
                hint = f"its parameters are: {', '.join(known)}" if known else "it has no parameter: leave it out"
                raise CallError(f"the question has no parameter {name!r}", self.name, hint)
        return {each.name: each.value(given.get(each.name, each.default), names) for each in self.parameters}

    def complete(self, given: Mapping[str, str], names: Names) -> str:
        """Return the query with its values in a VALUES block, for an engine that takes no bindings.

        :param given: parameter -> text.
        :raises CallError: an unknown parameter, or a text that is no value for it.
        """
        values = self.bindings(given, names)
        if not values:
            return self.query
        variables = " ".join(f"?{name}" for name in values)
        return f"{self.query}VALUES ({variables}) {{ ({' '.join(_written(each) for each in values.values())}) }}\n"


@cache
def load(names: Names) -> dict[str, Question]:
    """Read every question of ontology/questions, by name.

    :raises OntologyError: a file cannot be used; its line is named.
    """
    return {path.stem: read(path, names) for path in sorted(FOLDER.glob("*.rq"))}


@cache
def load_federated(names: Names) -> dict[str, Question]:
    """Read every federated example of ontology/federated, by name.

    :raises OntologyError: a file cannot be used; its line is named.
    """
    return {path.stem: read(path, names) for path in sorted(FEDERATED.glob("*.rq"))}


def find(name: str, names: Names) -> Question:
    """Return the question of a name.

    :raises CallError: there is none.
    """
    questions = load(names)
    if name not in questions:
        raise CallError(f"no question {name!r}", "question", f"the questions are: {', '.join(questions)}")
    return questions[name]


def read(path: Path, names: Names) -> Question:
    """Read one question.

    :param path: a `.rq` file: header lines `#+ key: value`, then the query.
    :raises OntologyError: a header line is missing, unknown or of the wrong form, or a parameter is not selected.
    """
    lines = read_text(path, OntologyError).splitlines()
    length = next((place for place, line in enumerate(lines) if not line.startswith("#+")), len(lines))
    header = [_header_line(line, f"{path}:{number}") for number, line in enumerate(lines[:length], 1)]
    keys = [key for key, _ in header]
    for key in ("summary-fi", "summary-sv", "summary-en", "tags"):
        if keys.count(key) != 1:
            what = f"{keys.count(key)} lines `#+ {key}:` where there must be one"
            raise OntologyError(what, f"{path}:1", "begin the file with one line each of summary-fi, -sv, -en and tags")
    query = names.rebase("\n".join(lines[length:]) + "\n")
    texts = dict(header)
    return Question(
        path.stem,
        {language: texts[f"summary-{language}"] for language in LANGUAGES},
        tuple(tag.strip() for tag in texts["tags"].split(",")),
        query,
        tuple(
            _parameter(text, query, f"{path}:{number}", names, _labels(header, text.partition(" ")[0]))
            for number, (key, text) in enumerate(header, 1)
            if key == "parameter"
        ),
        tuple(text for key, text in header if key == "service"),
        {language: texts[f"empty-{language}"] for language in LANGUAGES if f"empty-{language}" in texts},
    )


def rows(engine: Engine, question: Question, given: Mapping[str, str] | None = None) -> Rows:
    """Ask a question.

    :param given: parameter -> text; the defaults for the rest.
    :raises CallError: an unknown parameter, or one that is given and whose IRI is of nothing in the store.
    """
    given = given or {}
    bindings = question.bindings(given, engine.names)
    found = engine.select(question.query, **bindings)
    if not found.rows:
        # A default may be of nothing where other data are published: then nothing is found, and nobody misspelt it.
        _refuse_unknown(engine, {name: value for name, value in bindings.items() if name in given})
    return found


def answers(engine: Engine, names: Names) -> dict[str, str]:
    """Return the answer of every question for its default parameters, by name.

    :returns: name -> CSV, a line feed after each row: what ontology/questions/<name>.csv holds.
    """
    return {
        name: engine.answer(question.query, name="csv", bindings=question.bindings({}, names))
        .body.decode("utf-8")
        .replace("\r\n", "\n")
        for name, question in load(names).items()
    }


def _header_line(line: str, where: str) -> tuple[str, str]:
    found = _HEADER.fullmatch(line.strip())
    texts = [f"{key}-{language}" for key in ("summary", "empty", "parameter-label") for language in LANGUAGES]
    known = [*texts, "tags", "parameter", "service"]
    if not found or found[1] not in known or not found[2]:
        hint = f"write `#+ key: text`; the keys are {', '.join(known)}"
        raise OntologyError(f"not a header line: {line}", where, hint)
    return found[1], found[2]


def _labels(header: list[tuple[str, str]], name: str) -> dict[str, str]:
    """Return what the lines `#+ parameter-label-fi: name text` call a parameter."""
    found = ((key, _LABEL.fullmatch(text)) for key, text in header if key.startswith("parameter-label-"))
    return {key.rpartition("-")[2]: label[2] for key, label in found if label and label[1] == name}


def _parameter(text: str, query: str, where: str, names: Names, label: dict[str, str]) -> Parameter:
    found = _PARAMETER.fullmatch(text)
    if not found or found[2] not in KINDS:
        hint = "write `#+ parameter: name iri prefix:default` or `#+ parameter: name literal default`"
        raise OntologyError(f"not a parameter: {text}", where, hint)
    name, kind, default = found.groups()
    selected = _PROJECTION.search(query)
    if not selected or not re.search(rf"[?$]{name}\b", selected[1]):
        hint = f"let SELECT name ?{name} (and GROUP BY, where there is one): the engine binds nothing else"
        raise OntologyError(f"the query does not select the parameter ?{name}", where, hint)
    if kind == "literal":
        return Parameter(name, kind, default, label)
    prefix, _, local = default.partition(":")
    iri = names.prefixes().get(prefix, "") + local
    if not _LOCAL.fullmatch(names.local(iri) or ""):
        hint = "write a prefixed name such as region:ita-uusimaa, its prefix one of ontology/prefixes.ttl"
        raise OntologyError(f"not a name of a thing: {default}", where, hint)
    return Parameter(name, kind, iri, label)


def _written(value: str | Term) -> str:
    # JSON's escapes in a string are SPARQL's too; an IRI has passed _LOCAL.
    return f"<{value}>" if isinstance(value, str) else json.dumps(value.value, ensure_ascii=False)


def _refuse_unknown(engine: Engine, bindings: Mapping[str, str | Term]) -> None:
    query = "SELECT ?thing ?property { ?thing ?property ?value } LIMIT 1"
    for name, value in bindings.items():
        if isinstance(value, str) and not engine.select(query, thing=value).rows:
            raise CallError(f"nothing is known of <{value}>", name, "check the spelling of its slug")
