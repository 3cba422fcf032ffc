"""Say what a validation found: for a steward as text with file and line, for programs as a sh:ValidationReport."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import TypeAlias

import pyoxigraph as ox
from rdflib import RDF, SH

from graph.context import context
from graph.files import read_text, sha256
from graph.names import Names
from graph.terms import Term, Thing

# The plain values of a JSON object with their lines: key -> [(line of the key, ""), (line of a value, value), …].
JsonObject: TypeAlias = dict[str, list[tuple[int, str]]]
TYPE, EXACT = ox.NamedNode(str(RDF.type)), ox.NamedNode("http://www.w3.org/ns/oa#exact")
TOKEN = re.compile(r'("(?:[^"\\]|\\.)*")(\s*:)?|[{}]|[^\s{}\[\],:"]+')
SHOWN = 5


@dataclass(frozen=True)
class Result:
    """Hold what one shape or check found, in the terms of the graph.

    :param value: None where nothing stands there, and for a page's own words: no report repeats them.
    :param constraint: name of the constraint component without its ending, such as `In`; `SPARQL` for a check.
    :param shape: IRI of the shape or check.
    :param graph: IRI of the named graph, where the check tells it.
    """

    node: Thing
    path: ox.NamedNode | None
    value: Term | None
    constraint: str
    shape: str
    graph: str = ""


@dataclass(frozen=True)
class Finding:
    """Hold one mistake, in the words of the records.

    :param source: the file that holds it, relative to the project; the graph where no file is known.
    :param focus: relative name of the thing, such as `claim/x`.
    :param field: JSON key of the record; the prefixed path where no key maps to it; empty for the whole thing.
    :param value: what stands there; empty where nothing does.
    :param problem: what is allowed, in words, without a full stop.
    :param allowed: the values, pattern or datatype that are allowed, short; for a link, known names like the wrong one.
    :param line: 1-based line in the source, where the folder of records was given.
    :param constraint: IRI of the SHACL constraint component.
    :param result: the same in the terms of the graph.
    """

    source: str
    focus: str
    field: str
    value: str
    problem: str
    allowed: tuple[str, ...]
    line: int | None
    constraint: str
    result: Result

    @property
    def order(self) -> tuple[str, int, str, str, str, str]:
        """Return what findings are sorted by."""
        return self.source, self.line or 0, self.focus, self.field, self.value, self.result.shape


@dataclass(frozen=True)
class Report:
    """Hold the findings of one validation in a fixed order."""

    names: Names
    findings: tuple[Finding, ...] = ()

    @property
    def conforms(self) -> bool:
        """Say whether no shape and no check is broken."""
        return not self.findings

    def located(self, records: Path) -> Report:
        """Return the report with the lines that its records hold the mistakes at.

        :param records: folder of `<slug>.json`, in it or in folders inside it; a record that is not there gets no lines.
        """
        sources = {each.source for each in self.findings}
        named = {source: path for source in sources if (path := _record(records, Path(source).name))}
        objects = {source: json_objects(read_text(path)) for source, path in named.items()}
        # A finding knows its page by name alone: the folder that its record lies in is seen here.
        shown = {source: f"data/records/{path.relative_to(records).as_posix()}" for source, path in named.items()}
        found = (
            replace(_locate(each, objects.get(each.source, []), self.names), source=shown.get(each.source, each.source))
            for each in self.findings
        )
        return replace(self, findings=tuple(sorted(found, key=lambda each: each.order)))

    def text(self, records: Path | None = None) -> str:
        """Write for a steward which record and field is wrong, what stands there and what is allowed.

        :param records: folder of the records, to name lines.
        """
        if self.conforms:
            return "The graph conforms: no shape and no check is broken.\n"
        findings = self.located(records).findings if records else self.findings
        groups: dict[tuple[str, ...], list[Finding]] = {}
        for each in findings:
            groups.setdefault((each.source, each.field, each.value, each.problem), []).append(each)
        sources = ", ".join(sorted({each.source for each in findings}))
        count = f"{len(findings)} {'finding' if len(findings) == 1 else 'findings'} in {sources}"
        advice = "what to do: mend what is named above and build again; the last good snapshot stays in use until then"
        return "\n".join([*(_paragraph(group) for group in groups.values()), count, advice, ""])

    def turtle(self) -> str:
        """Write a sh:ValidationReport without blank nodes: the same findings give the same bytes."""
        report = ox.NamedNode(f"{self.names.base}report")
        named = {ox.NamedNode(f"{report.value}#{_digest(each)}"): each for each in self.findings}
        triples = [
            ox.Triple(report, TYPE, _sh("ValidationReport")),
            ox.Triple(report, _sh("conforms"), ox.Literal(self.conforms)),
            *(ox.Triple(report, _sh("result"), name) for name in named),
        ]
        for name, finding in named.items():
            triples.append(ox.Triple(name, TYPE, _sh("ValidationResult")))
            triples += [ox.Triple(name, _sh(key), term) for key, term in _described(finding, self.names) if term]
        things = f"{self.names.base}id/"
        prefixes = {prefix: space for prefix, space in self.names.prefixes().items() if not space.startswith(things)}
        # serialize() is typed as if it might write to a file: without one it returns the bytes.
        return (ox.serialize(triples, format=ox.RdfFormat.TURTLE, prefixes=prefixes) or b"").decode()


@cache
def fields(names: Names) -> dict[str, list[str]]:
    """Return IRI -> keys of a record that map to it, from mappings/context.jsonld."""
    table: dict[str, list[str]] = {TYPE.value: ["type"]}
    for key, entry in context(names).items():
        compact = entry.get("@id") if isinstance(entry, dict) else entry
        if not isinstance(compact, str) or key.startswith("@"):
            continue
        prefix, _, local = compact.partition(":")
        if prefix in context(names) and local:
            table.setdefault(f"{context(names)[prefix]}{local}", []).append(key)
    return table


def json_objects(text: str) -> list[JsonObject]:
    r"""List the objects of a JSON text with the lines of their keys and plain values.

    >>> json_objects('{"id": "claim/x",\n "line": 7}')
    [{'id': [(1, ''), (1, 'claim/x')], 'line': [(2, ''), (2, '7')]}]
    """
    found: list[JsonObject] = []
    stack: list[tuple[JsonObject, list[str]]] = []
    line, last = 1, 0
    for match in TOKEN.finditer(text):
        line, last = line + text.count("\n", last, match.start()), match.start()
        if match.group() == "{":
            found.append({})
            stack.append((found[-1], []))
        elif match.group() == "}":
            stack = stack[:-1]
        elif stack and match.group(2):
            stack[-1][1].append(_word(match.group(1)))
            stack[-1][0].setdefault(stack[-1][1][-1], [(line, "")])
        elif stack and stack[-1][1]:
            stack[-1][0][stack[-1][1][-1]].append((line, _word(match.group())))
    return found


def _record(folder: Path, name: str) -> Path | None:
    """Return the record of a file's name in a folder or in the folders inside it."""
    if not name.endswith(".json"):
        return None
    return folder / name if (folder / name).is_file() else next(iter(sorted(folder.rglob(name))), None)


def _word(token: str) -> str:
    try:
        return str(json.loads(token)) if token.startswith('"') else token
    except ValueError:
        return token


def _locate(finding: Finding, objects: list[JsonObject], names: Names) -> Finding:
    called = {finding.focus, names.relative(finding.focus)}
    own = [each for each in objects if any(word in called for _, word in each.get("id", []))]
    keys = [finding.field, *fields(names).get(finding.result.path.value if finding.result.path else "", [])]
    holding = [(each[key], key) for each in own for key in keys if key in each]
    if not holding:
        elsewhere = own or [{"": [at for at in each if at[1] in called]} for one in objects for each in one.values()]
        lines = [line for each in elsewhere for line, _ in each.get("id", each.get("", []))]
        return replace(finding, line=min(lines, default=None))
    # The object that holds the wrong value itself, rather than another one of the same thing.
    entries, key = next((each for each in holding if any(finding.value == word for _, word in each[0])), holding[0])
    line = next((line for line, word in entries[1:] if word == finding.value), entries[0][0])
    # A value that is no IRI never reaches the graph: the record still shows it.
    value = finding.value or ("" if finding.result.path == EXACT else " and ".join(word for _, word in entries[1:]))
    return replace(finding, line=line, field=key, value=value)


def _paragraph(group: list[Finding]) -> str:
    first, *others = group
    lines = [f"{_place(first)}  {first.focus}  {_said(first)}", f"  {first.problem}"]
    if first.allowed and first.result.constraint in {"Class", "Or"}:
        lines.append(f"  did you mean: {', '.join(first.allowed)}")
    if others:
        more = "" if len(others) <= SHOWN else f" and {len(others) - SHOWN} more"
        named = (f"{each.focus} (line {each.line})" if each.line else each.focus for each in others[:SHOWN])
        lines.append(f"  so too: {', '.join(named)}{more}")
    return "\n".join([*lines, ""])


def _place(finding: Finding) -> str:
    return f"{finding.source}:{finding.line}" if finding.line else finding.source


def _said(finding: Finding) -> str:
    if not finding.field:
        return "is wrong as a whole"
    if finding.result.path == EXACT:
        return f"{finding.field} holds words of a page"
    return f'{finding.field} is "{finding.value}"' if finding.value else f"{finding.field} is missing"


def _described(finding: Finding, names: Names) -> list[tuple[str, Term | None]]:
    result = finding.result
    source = "sourceConstraint" if result.constraint == "SPARQL" else "sourceShape"
    return [
        ("focusNode", _named(result.node, names)),
        ("resultPath", result.path),
        ("value", _named(result.value, names)),
        ("resultMessage", ox.Literal(finding.problem, language="en")),
        ("resultSeverity", _sh("Violation")),
        ("sourceConstraintComponent", ox.NamedNode(finding.constraint)),
        (source, ox.NamedNode(result.shape)),
    ]


def _named(term: Term | None, names: Names) -> Term | None:
    return ox.NamedNode(f"{names.base}report#node-without-id") if isinstance(term, ox.BlankNode) else term


def _digest(finding: Finding) -> str:
    """Name a finding after what it says, so that its IRI stays while others come and go."""
    return sha256("\n".join([*map(str, finding.order[2:]), finding.source, finding.constraint]).encode())[:16]


def _sh(local: str) -> ox.NamedNode:
    return ox.NamedNode(f"{SH}{local}")
