"""Compare graph.words with simplemma on Finnish word forms of this domain: `python -m benchmarks.word_forms`.

Right: graph.words finds the name in a form of it; simplemma's lemma of the form is the base form. Confused: the same of a word that only
looks alike. Names are compared in lower case, so that a capital helps neither. The lists were written before either was run on them
and nothing was dropped after; the near misses were chosen with the rules of graph.words in view, to find what it confuses.
"""

from __future__ import annotations

import os
import platform
import random
import statistics
import time
from collections.abc import Callable

import simplemma

from graph import lexicon
from graph.words import Name, _is_form, tokens

# base form -> forms of it; a compound or a hyphen stands for the model where its second part is one of heads.csv.
MODELS = {
    "tiimimalli": ("tiimimallin", "tiimimallia", "tiimimallilla", "tiimimalleja", "tiimimalliverkostossa"),
    "vastuuparimalli": ("vastuuparimallin", "vastuuparimalliin", "vastuuparimalleissa"),
    "perhekeskus": ("perhekeskuksen", "perhekeskusta", "perhekeskuksissa", "perhekeskustoimintamalli"),
    "perhehoito": ("perhehoidon", "perhehoitoa", "perhehoitoon"),
    "asiakasohjaus": ("asiakasohjauksen", "asiakasohjausta", "asiakasohjausmallia"),
    "asiakasraati": ("asiakasraadin", "asiakasraateja", "asiakasraadeissa"),
    "etävastaanotto": ("etävastaanoton", "etävastaanottoa", "etävastaanotoilla"),
    "omatiimi": ("omatiimin", "omatiimiä", "omatiimeissä"),
    "omalääkäri": ("omalääkärin", "omalääkäriä", "omalääkäreitä"),
    "terapianavigaattori": ("terapianavigaattorin", "terapianavigaattoria", "terapianavigaattoreilla"),
    "voimaperheet": ("voimaperheiden", "voimaperheissä", "voimaperheet-toimintamallissa"),
    "sosiaaliohjaus": ("sosiaaliohjauksessa", "sosiaaliohjausta"),
    "kotikuntoutus": ("kotikuntoutuksen", "kotikuntoutusta", "kotikuntoutuksessa"),
    "liikkuva": ("liikkuvan", "liikkuvaa", "liikkuvissa"),
    "monialainen": ("monialaisen", "monialaista", "monialaisissa"),
    "omaolo": ("omaolon", "omaoloa", "omaolo-palvelun"),
    "hygga": ("hyggan", "hyggaa", "hygga-sovelluksen"),
    "ipc": ("ipc:n", "ipc-menetelmän", "ipc-osaajia"),
    "chat": ("chatin", "chattia", "chat-palvelussa"),
}
PLACES = {
    "porvoo": ("porvoon", "porvoossa", "porvooseen"),
    "sipoo": ("sipoon", "sipoossa"),
    "kokkola": ("kokkolan", "kokkolassa"),
    "kerava": ("keravan", "keravalla"),
    "vantaa": ("vantaan", "vantaalla"),
    "hanko": ("hangon", "hangossa"),
    "inkoo": ("inkoon", "inkoossa"),
    "raasepori": ("raaseporin", "raaseporissa"),
    "kirkkonummi": ("kirkkonummen", "kirkkonummella"),
    "kaustinen": ("kaustisen", "kaustisella"),
    "kannus": ("kannuksen", "kannuksessa"),
    "veteli": ("vetelin", "vetelissä"),
    "lohja": ("lohjan", "lohjalla"),
}
# A word, and the name that it must not be taken for.
NEAR_MISSES = (
    ("mallitiimi", "tiimimalli"),
    ("tiimipeli", "tiimimalli"),
    ("vastuuhenkilön", "vastuuparimalli"),
    ("perhekeskeinen", "perhekeskus"),
    ("perheneuvonta", "perhekeskus"),
    ("perhehoitaja", "perhehoito"),
    ("perheasia", "perhehoito"),
    ("asiakasohjaaja", "asiakasohjaus"),
    ("asiakasohjelma", "asiakasohjaus"),
    ("asiakasraportti", "asiakasraati"),
    ("etävastaava", "etävastaanotto"),
    ("omatoimi", "omatiimi"),
    ("omatila", "omatiimi"),
    ("omalääke", "omalääkäri"),
    ("terapianavigointi", "terapianavigaattori"),
    ("voimavarat", "voimaperheet"),
    ("sosiaaliohjaaja", "sosiaaliohjaus"),
    ("kotikunta", "kotikuntoutus"),
    ("kotikuntoutuja", "kotikuntoutus"),
    ("liikkua", "liikkuva"),
    ("liikkuvuus", "liikkuva"),
    ("monialaisuus", "monialainen"),
    ("oloa", "omaolo"),
    ("omaloma", "omaolo"),
    ("hygge", "hygga"),
    ("ipcc", "ipc"),
    ("chatata", "chat"),
    ("porin", "porvoo"),
    ("sipin", "sipoo"),
    ("kokkolin", "kokkola"),
    ("keraamin", "kerava"),
    ("vantin", "vantaa"),
    ("hankin", "hanko"),
    ("hankkeen", "hanko"),
    ("inkin", "inkoo"),
    ("porissa", "raasepori"),
    ("kirkkoneuvos", "kirkkonummi"),
    ("kaustikko", "kaustinen"),
    ("kannut", "kannus"),
    ("vetelä", "veteli"),
    ("lohen", "lohja"),
)
RUNS, WORDS, SEED = 5, 20_000, 7
Says = Callable[[str, str], bool]
UNCACHED = simplemma.Lemmatizer(cache_max_size=0)


def finds(form: str, base: str) -> bool:
    """Tell whether graph.words takes a form for one of a base form."""
    return bool(Name.of(base).fits(form, tokens(form), 0, frozenset(lexicon.load().heads)))


def lemma_is(form: str, base: str) -> bool:
    """Tell whether simplemma's lemma of a form is the base form."""
    return lemma(form) == base


def lemmas_agree(form: str, base: str) -> bool:
    """Tell whether simplemma gives form and base form the same lemma: a lexicon could be lemmatised as well."""
    return lemma(form) == lemma(base)


def lemma(word: str) -> str:
    """Return simplemma's lemma of a form's first word, in lower case: it gets the same words as graph.words."""
    return str(simplemma.lemmatize(tokens(word)[0].text, lang="fi")).lower()


def missed(table: dict[str, tuple[str, ...]], says: Says) -> list[str]:
    """Return the forms that are not taken for their base form."""
    return [form for base, forms in table.items() for form in forms if not says(form, base)]


def confused(says: Says) -> list[str]:
    """Return the near misses that are taken for the name that they are not."""
    return [f"{word} ({name})" for word, name in NEAR_MISSES if says(word, name)]


def vocabulary() -> list[str]:
    """Return every form and near miss, each once."""
    forms = [form for table in (MODELS, PLACES) for forms in table.values() for form in forms]
    return list(dict.fromkeys([*forms, *(word for word, _ in NEAR_MISSES)]))


def speed(words: list[str], work: Callable[[], object]) -> float:
    """Return words/s: the median of a few runs behind a first one that does not count."""
    work()
    seconds = []
    for _ in range(RUNS):
        start = time.perf_counter()
        work()
        seconds.append(time.perf_counter() - start)
    return len(words) / statistics.median(seconds)


def speeds(known: lexicon.Lexicon) -> tuple[tuple[float, float], tuple[float, float]]:
    """Return (words/s of a long text of a few words, words/s without a cache) of graph.words and of simplemma."""
    new = vocabulary()
    repeated = random.Random(SEED).choices(new, k=WORDS)
    long, short = " ".join(repeated), " ".join(new)

    def forgetful() -> None:
        _is_form.cache_clear()
        known.find_models.find(short)

    ours = speed(repeated, lambda: known.find_models.find(long)), speed(new, forgetful)
    theirs = speed(repeated, lambda: [simplemma.lemmatize(word, lang="fi") for word in repeated])
    return ours, (theirs, speed(new, lambda: [UNCACHED.lemmatize(word, lang="fi") for word in new]))


def main() -> None:
    """Print the tables."""
    known = lexicon.load()
    ours, theirs = speeds(known)
    totals = [sum(map(len, table.values())) for table in (MODELS, PLACES)]
    print(f"{os.cpu_count()} cores, Python {platform.python_version()}, simplemma {simplemma.__version__}")
    print(
        f"words/s: median of {RUNS} runs, a first one left out; a text of {WORDS} words, and each word once without a cache\n"
    )
    print(f"{'':34}{'models':>9}{'places':>9}{'confused':>10}{'words/s':>12}{'no cache':>12}")
    rows: list[tuple[str, Says, tuple[float, float]]] = [
        ("graph.words", finds, ours),
        ("simplemma, lemma is the base form", lemma_is, theirs),
        ("simplemma, both lemmatised", lemmas_agree, theirs),
    ]
    for label, says, rates in rows:
        counts = [
            f"{total - len(missed(table, says))}/{total}" for table, total in zip((MODELS, PLACES), totals, strict=True)
        ]
        wrong = f"{len(confused(says))}/{len(NEAR_MISSES)}"
        print(f"{label:34}{counts[0]:>9}{counts[1]:>9}{wrong:>10}{rates[0]:>12,.0f}{rates[1]:>12,.0f}")
    print(
        f"\ngraph.words looks for the names of {len(known.models)} models at once; words/s of simplemma to its: ",
        end="",
    )
    print(f"{theirs[0] / ours[0]:.2g} to 1, without a cache {theirs[1] / ours[1]:.2g} to 1")
    for label, says, _ in rows:
        print(f"\n{label}")
        print(f"  missed: {', '.join([*missed(MODELS, says), *missed(PLACES, says)]) or 'none'}")
        print(f"  confused: {', '.join(confused(says)) or 'none'}")


if __name__ == "__main__":
    main()
