"""Measure how well claims are read: per page, per rule family, with a confusion table of statuses.

`python -m benchmarks.evaluate` reads the gold pages of ../shared/eval (where they are there) and the invented pages of ours in
tests/reading, and matches claims as ../shared/eval/score.py does: model, place, period and status all right.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from graph import lexicon, pipeline
from graph.cues import NEGATIVE, STRENGTH
from graph.cues import load as load_cues
from graph.settings import ROOT

SHARED = ROOT.parent / "shared"
STATUSES = [*STRENGTH, *NEGATIVE]
SETS = {
    "gold pages (../shared/eval)": (SHARED / "eval" / "gold", SHARED / "pages"),
    "invented pages (tests/reading)": (ROOT / "tests" / "reading" / "gold", ROOT / "tests" / "reading"),
}
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

    def add(self, other: Tally) -> None:
        """Add another page's counts."""
        self.claims, self.right = self.claims + other.claims, self.right + other.right
        self.core, self.hit = self.core + other.core, self.hit + other.hit
        self.confusion.update(other.confusion)
        for family, counts in other.families.items():
            self.families[family].update(counts)

    def line(self, name: str) -> str:
        """Return precision, recall and F1 as a line."""
        precision, recall = self.right / max(1, self.claims), self.hit / max(1, self.core)
        f1 = 2 * precision * recall / (precision + recall) if precision + recall else 0.0
        return f"{name:20} precision {precision:.3f}  recall {recall:.3f}  F1 {f1:.3f}  claims {self.claims:4}  core {self.core:4}"


def plain(text: str) -> str:
    """Put a label in the form in which score.py compares labels."""
    text = unicodedata.normalize("NFKC", text).casefold().replace("\u00a0", " ")
    text = re.sub(_HEADS, " ", re.sub(r"[-–—_/,.:;]+", " ", re.sub(r"\(.*?\)", " ", text)))
    return re.sub(r"\s+", " ", text).strip()


def keys(labels: Iterable[str]) -> set[str]:
    """Return every form by which a model may be told."""
    given = [label for label in labels if label]
    return {plain(part) for label in given for part in [label, *re.findall(r"\((.*?)\)", label)]} - {""}


def same(gold: Claim, claim: Claim) -> bool:
    """Tell whether a claim is on the gold claim's model, place and period."""
    models = keys([gold["model"], *gold.get("also_called", []), *gold.get("aliases", [])])
    places = {plain(place) for place in [gold["place"], *gold.get("place_aliases", [])]}
    return (
        gold["period"] == claim["period"]
        and plain(claim["place"]) in places
        and bool(models & keys([claim["model"], *claim["model_labels"]]))
    )


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
        if best is not None:
            taken.add(best)
            result.right += 1
            result.hit += gold[best]["weight"] == "core"
        elif near:
            result.confusion[gold[near[0]]["statuses"][0], claim["status"]] += 1
    result.families["missed"]["core"] = result.core - result.hit
    return result


def family(rule: str) -> str:
    """Return the family of a rule: what kind of cue it is, or how the claim came without one."""
    cue = next((cue for cue in load_cues() if cue.name == rule), None)
    if cue is None:
        return rule.partition("/")[0]
    kinds = {"weak": "effect", "hint": "hint"}
    return "denial" if cue.status in NEGATIVE else "action noun" if cue.stage else kinds.get(cue.past, "verb")


def main() -> None:
    """Print the measures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--min-f1", type=float, default=0.0, help="exit 1 where a set's F1 is lower")
    wanted = parser.parse_args().min_f1
    low = [name for name, (gold, pages) in SETS.items() if gold.exists() and _report(name, gold, pages) < wanted]
    sys.exit(1 if low else 0)


def _report(name: str, gold_folder: Path, pages: Path) -> float:
    known, whole = lexicon.load(), Tally()
    print(f"\n{name}")
    for path in sorted(gold_folder.glob("*.json")):
        reading = pipeline.read(pages / f"{path.stem}.txt", known)
        claims = [pipeline.claim_line(reading, claim, known) for claim in reading.claims]
        page = tally(json.loads(path.read_text(encoding="utf-8")), claims)
        print(page.line(path.stem))
        whole.add(page)
    print(whole.line("all"))
    _families(whole)
    _confusion(whole)
    precision, recall = whole.right / max(1, whole.claims), whole.hit / max(1, whole.core)
    return 2 * precision * recall / max(1e-9, precision + recall)


def _families(whole: Tally) -> None:
    print(f"\n{'rule family':16}{'right':>7}{'status':>8}{'not a claim':>13}")
    for name, counts in sorted(whole.families.items()):
        if name != "missed":
            print(f"{name:16}{counts['right']:7}{counts['status']:8}{counts['not a claim']:13}")
    print(f"core claims missed, or found with another status: {whole.families['missed']['core']}")


def _confusion(whole: Tally) -> None:
    print("\nstatuses confused (gold -> read)")
    for (gold, read), count in sorted(whole.confusion.items(), key=lambda each: (-each[1], each[0])):
        print(f"  {gold:16} -> {read:16} {count}")


if __name__ == "__main__":
    main()
