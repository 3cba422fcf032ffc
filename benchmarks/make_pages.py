"""Make project pages to measure reading with: `python -m benchmarks.make_pages DIR --pages 5000 --seed 1`.

Each page has Innokylä's template, a region and its municipalities, models of the lexicon, goals and dated self-assessments, in sentences
of ours (sentences.csv). Nothing on them is true and nobody is named. A page depends on seed and number alone.
"""

from __future__ import annotations

import argparse
import random
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from graph.files import read_table
from graph.lexicon import Entry, Lexicon, load
from graph.names import slug
from graph.settings import ROOT

SIZES = (20_000, 25_000)  # bytes of a page
MODELS = (12, 30)  # models that a page speaks of
REPEATS = 0.04  # share of sentences that stand word for word under an earlier heading too
GOALS = (
    "1. Palvelujen saatavuus ja jatkuvuus",
    "2. Painopiste ennaltaehkäisevään työhön",
    "3. Laadun ja vaikuttavuuden vahvistaminen",
    "4. Monialaisuus ja yhteentoimivuus",
    "5. Kustannusten nousun hillintä",
)
PERIODS = (
    "Lähtötilanteen oma-arvio",
    "Tiivistelmä oma-arvioinnista, kevät 2021",
    "Tiivistelmä oma-arvioinnista, syksy 2021",
    "Tiivistelmä oma-arvioinnista, kevät 2022",
    "Tiivistelmä oma-arvioinnista, syksy 2022",
    "Tiivistelmä oma-arvioinnista 2023",
)
# What sentences are drawn from, and how often.
RESULT = {"filler": 50, "use": 16, "pilot": 9, "prepare": 8, "plan": 4, "no": 4, "list": 4, "back": 5}
PLAN = {"plan": 10, "background": 10, "filler": 6, "prepare": 2}
SEASONS = ("Keväällä", "Syksyllä", "Kesällä", "Alkuvuonna", "Loppuvuonna", "Tammikuussa", "Maaliskuussa", "Lokakuussa")
FIRST = (
    "asiakas", "lähi", "perhe", "terveys", "koti", "palvelu", "työ", "kunta", "vammais", "nuoriso", "mielenterveys", "päihde", "neuvola",
    "opiskelu", "osallisuus", "kuntoutus", "arki", "liikkumis", "ravitsemus", "osaamis", "tieto", "laatu", "hyvinvointi", "kulttuuri",
    "turvallisuus", "omais", "varhais", "aikuis", "ryhmä", "verkko", "etä", "alue", "saavutettavuus", "vuoro", "henkilöstö", "toimitila",
)  # fmt: skip
MIDDLE = (
    "",
    "",
    "suunnittelu",
    "arviointi",
    "kehittämis",
    "yhteistyö",
    "seuranta",
    "viestintä",
    "muutos",
    "toiminta",
    "sopimus",
)
LAST = (
    "ohjaus",
    "neuvonta",
    "johtaminen",
    "kirjaaminen",
    "tiedonkulku",
    "työnjako",
    "osallistuminen",
    "palautteenkeruu",
    "ajanvaraus",
)
DOCUMENTS = ("opas", "raportti", "suunnitelma", "selvitys", "kysely", "kuvaus", "aikataulu", "muistio")
GROUPS = ("ryhmät", "työparit", "verkostot", "vastaavat", "esihenkilöt", "kehittäjät", "hoitajat", "ohjaajat")
FORMS = {  # base form -> genitive, partitive, inessive, illative
    "ohjaus": ("ohjauksen", "ohjausta", "ohjauksessa", "ohjaukseen"),
    "neuvonta": ("neuvonnan", "neuvontaa", "neuvonnassa", "neuvontaan"),
    "johtaminen": ("johtamisen", "johtamista", "johtamisessa", "johtamiseen"),
    "kirjaaminen": ("kirjaamisen", "kirjaamista", "kirjaamisessa", "kirjaamiseen"),
    "tiedonkulku": ("tiedonkulun", "tiedonkulkua", "tiedonkulussa", "tiedonkulkuun"),
    "työnjako": ("työnjaon", "työnjakoa", "työnjaossa", "työnjakoon"),
    "osallistuminen": ("osallistumisen", "osallistumista", "osallistumisessa", "osallistumiseen"),
    "palautteenkeruu": ("palautteenkeruun", "palautteenkeruuta", "palautteenkeruussa", "palautteenkeruuseen"),
    "ajanvaraus": ("ajanvarauksen", "ajanvarausta", "ajanvarauksessa", "ajanvaraukseen"),
    "opas": ("oppaan", "opasta", "oppaassa", "oppaaseen"),
    "raportti": ("raportin", "raporttia", "raportissa", "raporttiin"),
    "suunnitelma": ("suunnitelman", "suunnitelmaa", "suunnitelmassa", "suunnitelmaan"),
    "selvitys": ("selvityksen", "selvitystä", "selvityksessä", "selvitykseen"),
    "kysely": ("kyselyn", "kyselyä", "kyselyssä", "kyselyyn"),
    "kuvaus": ("kuvauksen", "kuvausta", "kuvauksessa", "kuvaukseen"),
    "aikataulu": ("aikataulun", "aikataulua", "aikataulussa", "aikatauluun"),
    "muistio": ("muistion", "muistiota", "muistiossa", "muistioon"),
}


@dataclass(frozen=True)
class Subject:
    """Hold what one page is about."""

    number: int
    region: Entry
    municipalities: tuple[Entry, ...]
    models: tuple[Entry, ...]


def main() -> None:
    """Write the pages that the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, metavar="DIR", help="folder to write to; made where missing")
    parser.add_argument("--pages", type=int, default=5000, help="how many (default: 5000)")
    parser.add_argument("--seed", type=int, default=1, help="the same seed gives the same pages (default: 1)")
    given = parser.parse_args()
    print(f"{sum(1 for _ in write(given.folder, given.pages, given.seed))} pages in {given.folder}")


def write(folder: Path, pages: int, seed: int = 1) -> Iterator[Path]:
    """Write pages one after the other; yield their paths.

    :param folder: made where missing.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for number in range(1, pages + 1):
        path, text = page(number, seed)
        (folder / path).write_text(text, encoding="utf-8", newline="")
        yield folder / path


def page(number: int, seed: int = 1) -> tuple[str, str]:
    """Return the file name and the text of one page."""
    draw = random.Random(f"levikki {seed} {number}")
    about = _subject(draw, number, load())
    size = draw.randint(*SIZES)
    plan = {key: _plan(draw, about) for key in ("purpose", "background", "aim", "expected")}
    header = _header(draw, about)
    impact = " ".join(_sentence(draw, about, RESULT) for _ in range(6))
    known = sum(len(text.encode()) for text in (*header.values(), *plan.values(), impact))
    fields = {**header, **plan, "results": _results(draw, about, size - known), "impact": impact}
    body = "".join(f"{label}\n\n{fields[key]}\n\n" for key, label in _labels().items() if key in fields)
    return f"{slug(about.region.label)}-{number:05}.txt", f"{fields['description']}\n\nPerustiedot\n\n{body}"


@cache
def _labels() -> dict[str, str]:
    """Return key -> label of the template, the first where a key has several, in the order of a page."""
    found: dict[str, str] = {}
    for _, row in read_table(ROOT / "mappings" / "lexicon" / "template.csv", ["key", "label_fi"]):
        found.setdefault(row["key"], row["label_fi"])
    return found


@cache
def _sentences() -> dict[str, tuple[str, ...]]:
    rows = [row for _, row in read_table(Path(__file__).with_name("sentences.csv"), ["part", "sentence"])]
    return {
        part: tuple(row["sentence"] for row in rows if row["part"] == part) for part in {row["part"] for row in rows}
    }


def _subject(draw: random.Random, number: int, known: Lexicon) -> Subject:
    region = draw.choice(known.regions())
    inside = [
        entry
        for entry in known.places.values()
        if entry.id.startswith("municipality/") and entry.more.get("within") == region.id
    ]
    models = draw.sample(list(known.models.values()), draw.randint(*MODELS))
    return Subject(number, region, tuple(draw.sample(inside, min(len(inside), 8))), tuple(models))


def _header(draw: random.Random, about: Subject) -> dict[str, str]:
    organiser = load().organisations.get(about.region.more.get("organiser", ""))
    towns = [entry.label for entry in about.municipalities]
    return {
        "title": f"{about.region.label}: lähipalvelujen koehanke {about.number}",
        "description": f"Koehankkeen {about.number} sivu, jolla mitataan lukemisen nopeutta. {about.region.label} on keksitty esimerkki.",
        "span": "2020–2023",
        "actors": f"Mukana ovat {', '.join(towns)} ja alueen järjestöt." if towns else "Hanke täyttää",
        "funder": "Sosiaali- ja terveysministeriö (STM)",
        "contact-name": "Hanke täyttää",
        "contact-organisation": organiser.label if organiser else about.region.label,
        "contact-address": "Hanke täyttää",
        "created": f"{draw.randint(1, 28):02}.{draw.randint(1, 12):02}.2020",
        "modified": f"{draw.randint(1, 28):02}.{draw.randint(1, 12):02}.2024",
        "topics": "\n".join(_compound(draw, LAST).capitalize() for _ in range(3)),
    }


def _plan(draw: random.Random, about: Subject) -> str:
    items = "\n".join(f"• {_sentence(draw, about, {'plan': 1})}" for _ in range(3))
    return " ".join(_sentence(draw, about, PLAN) for _ in range(5)) + f"\n\nTavoitteina ovat:\n{items}"


def _results(draw: random.Random, about: Subject, size: int) -> str:
    """Return dated self-assessments, the latest first, with a paragraph or two under each goal, of so many bytes."""
    periods = sorted(draw.sample(range(len(PERIODS)), 4), reverse=True)
    said: list[list[list[str]]] = [[[] for _ in GOALS] for _ in periods]
    places = [(at, goal) for at in range(len(periods)) for goal in range(len(GOALS))]
    size -= sum(len(heading.encode()) + 4 for heading in (*GOALS * len(periods), *(PERIODS[at] for at in periods)))
    while size > 0:
        at, goal = draw.choice(places)
        earlier = said[at - 1][goal] if at else []
        text = draw.choice(earlier) if earlier and draw.random() < REPEATS else _paragraph(draw, about)
        said[at][goal].append(text)
        size -= len(text.encode()) + 2
    return "\n\n".join("\n\n".join((PERIODS[at], *_goals(texts))) for at, texts in zip(periods, said, strict=True))


def _goals(texts: list[list[str]]) -> Iterator[str]:
    for heading, paragraphs in zip(GOALS, texts, strict=True):
        yield heading
        yield from paragraphs


def _paragraph(draw: random.Random, about: Subject) -> str:
    sentences = " ".join(_sentence(draw, about, RESULT) for _ in range(draw.randint(1, 4)))
    return f"• {sentences}" if draw.random() < 0.15 else sentences


def _sentence(draw: random.Random, about: Subject, parts: dict[str, int]) -> str:
    part = draw.choices(list(parts), list(parts.values()))[0]
    text = draw.choice(_sentences()[part]).format_map(_words(draw, about))
    return text[:1].upper() + text[1:]


def _words(draw: random.Random, about: Subject) -> dict[str, str]:
    """Return what may stand in a sentence's gaps."""
    model, other, third = draw.sample(about.models, 3)
    topic, document, group = _compound(draw, LAST), _compound(draw, DOCUMENTS), _compound(draw, GROUPS)
    when, where = f"{draw.choice(SEASONS)} {draw.randint(2020, 2023)}", _where(draw, about)
    return {
        "model_nom": model.label,
        "other_nom": other.label,
        "third_nom": third.label,
        **{f"model_{case}": f"{_headed(model.label)}{end}" for case, end in _ENDINGS.items()},
        **_cases("topic", topic),
        **_cases("document", document),
        "group": group,
        "group_cap": group.capitalize(),
        "when": when,
        "when_low": when.lower(),
        "where": where,
        "where_cap": where[:1].upper() + where[1:],
        "count": str(draw.randint(2, 480)),
        "percent": str(draw.randint(3, 97)),
    }


_ENDINGS = {"gen": "n", "part": "a", "ine": "ssa", "all": "lla"}


def _headed(label: str) -> str:
    """Return a model's name so that endings fit behind it: Tiimimalli, Lapset puheeksi -toimintamalli."""
    if label.endswith("malli"):
        return label
    return f"{label} -toimintamalli" if " " in label or "-" in label else f"{label}-toimintamalli"


def _compound(draw: random.Random, last: tuple[str, ...]) -> str:
    """Return a compound of ours; there are thousands, as there are in Finnish text."""
    return draw.choice(FIRST) + draw.choice(MIDDLE) + draw.choice(last)


def _cases(name: str, word: str) -> dict[str, str]:
    base = next(base for base in sorted(FORMS, key=len, reverse=True) if word.endswith(base))
    cases = zip(("nom", "gen", "part", "ine", "ill"), (base, *FORMS[base]), strict=True)
    forms = {f"{name}_{case}": word.removesuffix(base) + form for case, form in cases}
    return {**forms, f"{name}_nom_cap": word.capitalize()}


def _where(draw: random.Random, about: Subject) -> str:
    """Return where something happened: in a municipality whose name bends without a change of its stem, or in the region."""
    towns = [entry.label for entry in about.municipalities if _bends(entry.label)]
    if not towns or draw.random() < 0.5:
        return draw.choice(("koko alueella", "alueen terveysasemilla", "perhekeskuksissa", "sosiaalipalveluissa"))
    return f"{draw.choice(towns)}n alueella"


def _bends(town: str) -> bool:
    return town[-1] in "aouäöy" and town[-2] not in "kpt"


if __name__ == "__main__":
    main()
