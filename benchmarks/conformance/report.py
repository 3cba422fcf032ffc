"""What is told of a run: a table for the terminal, a page for the docs, an EARL report for programs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from rdflib import RDF, XSD, BNode, Graph, Literal, Namespace, URIRef

from benchmarks.conformance.manifest import SUITES, Case
from benchmarks.conformance.verdict import EXCEPTION, FAILED, PASSED, RECOVERED, REFUSED, Verdict
from graph import __version__
from graph.settings import DEFAULT_BASE

COLUMNS = (PASSED, REFUSED, EXCEPTION, FAILED, RECOVERED)
BAD = frozenset({FAILED, RECOVERED})
NO_HTTP = "has no HTTP of its own"
EARL = Namespace("http://www.w3.org/ns/earl#")
DCT = Namespace("http://purl.org/dc/terms/")
DOAP = Namespace("http://usefulinc.com/ns/doap#")
HEADING = """# Conformance to SPARQL 1.1

`make conformance` runs W3C's SPARQL 1.1 suites (w3c/rdf-tests, `sparql/sparql11`, from `../shared/suites`) over HTTP against the
app as `python server.py` starts it; with `--markdown docs/conformance.md` it writes this page.

A test's data are laid into a scratch snapshot, shapes set aside: named graphs and the graphs of FROM are graphs of that snapshot, and
one that the suite has no file for is empty. A query with relative IRIs is sent with a BASE line before it, the address of its
file, for the protocol has no field for a base. Solutions are compared as multisets up to the names of blank nodes, in their order
where the query orders them; graphs up to isomorphism.

- **passed**: the app answers as the suite says.
- **refused**: the test writes, which this endpoint never does. Each of its writes meets 403 with problem+json and changes nothing;
  each of its reads is answered as the suite says, from a snapshot that holds what the writes would have left.
- **known exception**: it fails as it does in the engine alone, for a reason that `benchmarks/conformance/known.csv` tells.
- **failed**, or passed though it is listed as an exception: the command ends with status 1.

Not run are the suites of updates (94 tests of evaluation, 63 of syntax) and of federated queries (10): this endpoint takes no updates
and asks no other host; and the 70 tests of entailment regimes, which are not among the 328 of the query language: neither the
app nor its engine draws inferences when it answers.
"""


@dataclass(frozen=True)
class Line:
    """Hold a test, what came of it, and what the engine alone makes of it.

    :param alone: None where the engine cannot run it.
    :param reason: why it is a known exception; empty where it is none.
    """

    case: Case
    verdict: Verdict
    alone: Verdict | None
    reason: str = ""

    @property
    def engine(self) -> str:
        """Return what the engine alone makes of the test, as text."""
        if self.alone is None:
            return NO_HTTP
        if self.alone.detail and self.alone.detail == self.verdict.detail:
            return f"{self.alone.outcome}, in the same way"
        return f"{self.alone.outcome}: {self.alone.detail}" if self.alone.detail else self.alone.outcome

    @property
    def why(self) -> str:
        """Return the reason where one is listed, else what differed."""
        listed = f"{self.reason} ({self.verdict.detail})" if self.verdict.detail else self.reason
        return listed if self.reason else self.verdict.detail


def counts(lines: Sequence[Line]) -> list[tuple[str, ...]]:
    """Return the rows of the table of suites, with a header and a last row for all of them."""
    of_suites = {suite: [line for line in lines if line.case.suite == suite] for suite in SUITES}
    rows = [_row(suite, those) for suite, those in of_suites.items() if those]
    return [("suite", "tests", *COLUMNS), *rows, _row("all", lines)]


def _row(name: str, lines: Sequence[Line]) -> tuple[str, ...]:
    outcomes = Counter(line.verdict.outcome for line in lines)
    return (name, str(len(lines)), *(str(outcomes[each]) for each in COLUMNS))


def table(lines: Sequence[Line]) -> str:
    """Return the table of suites, and a line for each test that did not pass."""
    rows = counts(lines)
    widths = [max(len(row[place]) for row in rows) for place in range(len(rows[0]))]
    shown = ["  ".join([row[0].ljust(widths[0]), *map(str.rjust, row[1:], widths[1:])]) for row in rows]
    for outcome in COLUMNS[1:]:
        of_kind = [line for line in lines if line.verdict.outcome == outcome]
        shown += ["", f"{outcome}:"] if of_kind else []
        shown += [f"  {line.case.tail}: {line.why}\n    the engine alone: {line.engine}" for line in of_kind]
    by_value = [line.case.tail for line in lines if line.verdict.by_value]
    return "\n".join(
        [*shown, "", f"passed with numbers or booleans written otherwise: {', '.join(by_value) or 'none'}"]
    )


def page(lines: Sequence[Line]) -> str:
    """Return the page of the docs."""
    text = [HEADING, "## Suites", "", *_markdown(counts(lines)), "", *_told_by_value(lines)]
    others = [line for line in lines if line.verdict.outcome != PASSED]
    rows = [
        (f"`{line.case.tail}`", line.verdict.outcome, line.why, line.engine)
        for line in sorted(others, key=lambda line: COLUMNS.index(line.verdict.outcome), reverse=True)
    ]
    head = ("test", "outcome", "why", "the engine alone")
    return "\n".join([*text, "", "## Tests that did not pass", "", *_markdown([head, *rows])]) + "\n"


def _told_by_value(lines: Sequence[Line]) -> list[str]:
    names = [f"`{line.case.tail}`" for line in lines if line.verdict.by_value]
    told = f"Of those that passed, {len(names)} have numbers or booleans equal in value and written otherwise than in the expected result:"
    return [told, *(f"{name}," for name in names[:-1]), *(f"{name}." for name in names[-1:])] if names else []


def _markdown(rows: Sequence[tuple[str, ...]]) -> list[str]:
    shown = [f"| {' | '.join(_cell(each) for each in row)} |" for row in rows]
    return [shown[0], "|---" * len(rows[0]) + "|", *shown[1:]]


def _cell(text: str) -> str:
    return " ".join(text.replace("|", "/").replace("<", "&lt;").split())


def earl(lines: Sequence[Line], day: date) -> str:
    """Return the report in W3C's Evaluation and Report Language, as Turtle."""
    graph = Graph(bind_namespaces="none")
    for prefix, space in (("earl", EARL), ("dct", DCT), ("doap", DOAP)):
        graph.bind(prefix, space)
    project = URIRef(DEFAULT_BASE)
    graph += [
        (project, RDF.type, DOAP.Project), (project, RDF.type, EARL.TestSubject), (project, RDF.type, EARL.Software),
        (project, DOAP.name, Literal("Levikki")), (project, DOAP.revision, Literal(__version__)),
    ]  # fmt: skip
    outcomes = {PASSED: EARL.passed, RECOVERED: EARL.passed, REFUSED: EARL.inapplicable}
    for number, line in enumerate(lines):
        claim, result = BNode(f"assertion{number}"), BNode(f"result{number}")
        graph += [
            (claim, RDF.type, EARL.Assertion), (claim, EARL.assertedBy, project), (claim, EARL.subject, project),
            (claim, EARL.test, URIRef(line.case.iri)), (claim, EARL.mode, EARL.automatic), (claim, EARL.result, result),
            (result, RDF.type, EARL.TestResult), (result, DCT.date, Literal(day.isoformat(), datatype=XSD.date)),
            (result, EARL.outcome, outcomes.get(line.verdict.outcome, EARL.failed)),
        ]  # fmt: skip
        if line.verdict.outcome != PASSED:
            graph.add((result, DCT.description, Literal(line.why)))
    return graph.serialize(format="turtle")
