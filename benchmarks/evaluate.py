"""Measure how well claims are read: per page, per rule family, with a confusion table of statuses.

`python -m benchmarks.evaluate` reads the gold pages of ../shared/eval (where they are there), the invented pages of ours in
tests/reading and those on which nothing was mended, and matches claims as ../shared/eval/score.py does: model, place, period and
status all right. `--csv data/quality.csv` writes the table that the page /about shows.
"""

from __future__ import annotations

import argparse
import csv
import json
import re
import sys
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from graph import lexicon, pipeline
from graph.cues import NEGATIVE, STRENGTH
from graph.cues import load as load_cues
from graph.settings import ROOT

SHARED = ROOT.parent / "shared"
READING = ROOT / "tests" / "reading"
SETS = {
    "gold pages (../shared/eval)": (SHARED / "eval" / "gold", SHARED / "pages"),
    "invented pages (tests/reading)": (READING / "gold", READING),
    # A page on which a rule or a table is mended goes up to the others.
    "invented pages on which nothing was mended (tests/reading/unseen)": (
        READING / "unseen" / "gold",
        READING / "unseen",
    ),
}
KEYS = dict(zip(SETS, ("gold", "invented", "unseen"), strict=True))
QUALITY = ROOT / "data" / "quality.csv"
COLUMNS = ("set", "pages", "claims", "core", "precision", "recall", "f1", "f1_known")
Claim = dict[str, Any]
_HEADS = r"\b(toimintamalli|malli|menetelmä|palvelu|toiminta|järjestelmä|mittari)\b"


@dataclass
class Tally:
    """Count what was right, and of what kind what was wrong."""

    claims: int = 0
    right: int = 0
    core: int = 0
    hit: int = 0
    families: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    confusion: Counter[tuple[str, str]] = field(default_factory=Counter)
    kinds: Counter[str] = field(default_factory=Counter)
    unknown: int = 0
    pages: int = 1

    def add(self, other: Tally) -> None:
        """Add another page's counts."""
        self.claims, self.right = self.claims + other.claims, self.right + other.right
        self.core, self.hit = self.core + other.core, self.hit + other.hit
        self.confusion.update(other.confusion)
        self.kinds.update(other.kinds)
        self.unknown += other.unknown
        self.pages += other.pages
        for family, counts in other.families.items():
            self.families[family].update(counts)

    def measures(self, *, known: bool = False) -> tuple[float, float, float]:
        """Return precision, recall and F1.

        :param known: leave out the core claims of models that no table names: they are candidates, and can never be claims.
        """
        core = self.core - (self.unknown if known else 0)
        precision, recall = self.right / max(1, self.claims), self.hit / max(1, core)
        return precision, recall, 2 * precision * recall / (precision + recall) if precision + recall else 0.0

    def line(self, name: str, *, known: bool = False) -> str:
        """Return precision, recall and F1 as a line.

        :param known: as for the measures.
        """
        core = self.core - (self.unknown if known else 0)
        precision, recall, f1 = self.measures(known=known)
        return f"{name:20} precision {precision:.3f}  recall {recall:.3f}  F1 {f1:.3f}  claims {self.claims:4}  core {core:4}"


def plain(text: str) -> str:
    """Put a label in the form in which score.py compares labels."""
    text = unicodedata.normalize("NFKC", text).casefold().replace("\u00a0", " ")
    text = re.sub(_HEADS, " ", re.sub(r"[-–—_/,.:;]+", " ", re.sub(r"\(.*?\)", " ", text)))
    return re.sub(r"\s+", " ", text).strip()


def keys(labels: Iterable[str]) -> set[str]:
    """Return every form by which a model may be told."""
    given = [label for label in labels if label]
    return {plain(part) for label in given for part in [label, *re.findall(r"\((.*?)\)", label)]} - {""}


def same_model(gold: Claim, claim: Claim) -> bool:
    """Tell whether a claim is on the gold claim's model."""
    models = keys([gold["model"], *gold.get("also_called", []), *gold.get("aliases", [])])
    return bool(models & keys([claim["model"], *claim["model_labels"]]))


def same_place(gold: Claim, claim: Claim) -> bool:
    """Tell whether a claim is on the gold claim's place."""
    return plain(claim["place"]) in {plain(place) for place in [gold["place"], *gold.get("place_aliases", [])]}


def same(gold: Claim, claim: Claim) -> bool:
    """Tell whether a claim is on the gold claim's model, place and period."""
    return gold["period"] == claim["period"] and same_place(gold, claim) and same_model(gold, claim)


def lacking(gold: Claim, claims: Iterable[Claim]) -> str:
    """Say what of a gold claim no claim has: the first of model, period, place that is wrong in the nearest."""
    of_model = [each for each in claims if same_model(gold, each)]
    of_period = [each for each in of_model if each["period"] == gold["period"]]
    if not of_model:
        return "its model is read nowhere on the page"
    if not of_period:
        return "its model is read in other periods only"
    if not any(same_place(gold, each) for each in of_period):
        return "its model is read at another place"
    return "it is read with another status"


def unfounded(claim: Claim, gold: Iterable[Claim]) -> str:
    """Say what of a claim that no gold claim bears is wrong."""
    of_model = [each for each in gold if same_model(each, claim)]
    of_period = [each for each in of_model if each["period"] == claim["period"]]
    if not of_model:
        return "nothing is claimed of its model on the page"
    if not of_period:
        return "its model is claimed in other periods only"
    return "a second one for one" if any(same_place(each, claim) for each in of_period) else "its place is another"


def differing(gold: str, read: str) -> str:
    """Say how a status differs from the gold's."""
    if (gold in NEGATIVE) != (read in NEGATIVE):
        return "a denial is overlooked" if gold in NEGATIVE else "a denial is read where there is none"
    if gold in NEGATIVE:
        return "one denial is taken for another"
    return "it is too strong" if STRENGTH[read] > STRENGTH[gold] else "it is too weak"


def named_models(known: lexicon.Lexicon) -> set[str]:
    """Return every form of every name in models.csv."""
    return {key for entry in known.models.values() for key in keys([entry.label, *entry.names, *entry.hidden])}


def is_known(gold: Claim, names: set[str]) -> bool:
    """Tell whether a table names the gold claim's model."""
    return bool(names & keys([gold["model"], *gold.get("also_called", []), *gold.get("aliases", [])]))


def tally(gold: list[Claim], claims: list[Claim]) -> Tally:
    """Match the claims of a page with its gold."""
    result = Tally(claims=len(claims), core=sum(each["weight"] == "core" for each in gold))
    taken: set[int] = set()
    for claim in claims:
        near = [index for index, each in enumerate(gold) if index not in taken and same(each, claim)]
        fitting = [index for index in near if claim["status"] in gold[index]["statuses"]]
        best = min(fitting, key=lambda index: gold[index]["weight"] != "core", default=None)
        outcome = "right" if best is not None else "status" if near else "not a claim"
        result.families[family(claim["rule"])][outcome] += 1
        if outcome == "not a claim":
            result.kinds[f"not a claim: {unfounded(claim, gold)}"] += 1
        if best is not None:
            taken.add(best)
            result.right += 1
            result.hit += gold[best]["weight"] == "core"
        elif near:
            meant = gold[near[0]]["statuses"][0]
            result.confusion[meant, claim["status"]] += 1
            result.kinds[f"status: {differing(meant, claim['status'])}"] += 1
    result.families["missed"]["core"] = result.core - result.hit
    for index, each in enumerate(gold):
        if index not in taken and each["weight"] == "core" and not lacking(each, claims).startswith("it is read"):
            result.kinds[f"missed: {lacking(each, claims)}"] += 1
    return result


def family(rule: str) -> str:
    """Return the family of a rule: what kind of cue it is, or how the claim came without one."""
    cue = next((cue for cue in load_cues() if cue.name == rule), None)
    if cue is None:
        return rule.partition("/")[0]
    kinds = {"weak": "effect", "hint": "hint"}
    return "denial" if cue.status in NEGATIVE else "action noun" if cue.stage else kinds.get(cue.past, "verb")


def whole(gold_folder: Path, pages: Path, say: Callable[[str], None] = print) -> Tally:
    """Measure a set of pages.

    :param say: takes the line of each page.
    """
    known, result = lexicon.load(), Tally(pages=0)
    names = named_models(known)
    for path in sorted(gold_folder.glob("*.json")):
        reading = pipeline.read(pages / f"{path.stem}.txt", known)
        claims = [pipeline.claim_line(reading, claim, known) for claim in reading.claims]
        gold = json.loads(path.read_text(encoding="utf-8"))
        page = tally(gold, claims)
        page.unknown = sum(each["weight"] == "core" and not is_known(each, names) for each in gold)
        say(page.line(path.stem))
        result.add(page)
    return result


def row(key: str, measured: Tally) -> dict[str, str]:
    """Return the row of a set in the table of the page /about."""
    measures = (*measured.measures(), measured.measures(known=True)[2])
    counts = (key, measured.pages, measured.claims, measured.core)
    return dict(zip(COLUMNS, (*map(str, counts), *(f"{each:.3f}" for each in measures)), strict=True))


def table(path: Path = QUALITY) -> dict[str, dict[str, str]]:
    """Return the rows of the table, by the key of their set."""
    with path.open(encoding="utf-8", newline="") as file:
        return {each["set"]: each for each in csv.DictReader(file)}


def main() -> None:
    """Print the measures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--min-f1", type=float, default=0.0, help="exit 1 where a set's F1 is lower")
    parser.add_argument("--csv", type=Path, help="write a row a set; a set that is not here keeps its row")
    wanted = parser.parse_args()
    there = {name: _report(name, *folders) for name, folders in SETS.items() if folders[0].exists()}
    if wanted.csv:
        _write(wanted.csv, there)
    sys.exit(1 if any(each.measures()[2] < wanted.min_f1 for each in there.values()) else 0)


def _write(path: Path, there: dict[str, Tally]) -> None:
    rows = table(path) if path.exists() else {}
    rows |= {KEYS[name]: row(KEYS[name], measured) for name, measured in there.items()}
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows[key] for key in KEYS.values() if key in rows)


def _report(name: str, gold_folder: Path, pages: Path) -> Tally:
    print(f"\n{name}")
    measured = whole(gold_folder, pages)
    print(measured.line("all"))
    print(measured.line("known models only", known=True))
    _families(measured)
    _confusion(measured)
    _kinds(measured)
    return measured


def _families(measured: Tally) -> None:
    print(f"\n{'rule family':16}{'right':>7}{'status':>8}{'not a claim':>13}")
    for name, counts in sorted(measured.families.items()):
        if name != "missed":
            print(f"{name:16}{counts['right']:7}{counts['status']:8}{counts['not a claim']:13}")
    print(f"core claims missed, or found with another status: {measured.families['missed']['core']}")


def _confusion(measured: Tally) -> None:
    print("\nstatuses confused (gold -> read)")
    for (gold, read), count in sorted(measured.confusion.items(), key=lambda each: (-each[1], each[0])):
        print(f"  {gold:16} -> {read:16} {count}")


def _kinds(measured: Tally) -> None:
    print("\nkinds of error, the most frequent first")
    for name, count in measured.kinds.most_common():
        print(f"{count:5}  {name}")


if __name__ == "__main__":
    main()
