"""`mneme bench recall --languages`: made sets in other languages, what the embedder knows, what the detector tells."""

import json
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from app.bench.asking import Bar, asked, distinct, imported, share
from app.bench.baselines import Ranked, by_words
from app.bench.dataset import DataSet, Question
from app.bench.intervals import difference, interval
from app.bench.outside import outside
from app.bench.row import Row, mean, percentile
from app.bench.table import markdown
from core.errors import Problem
from core.inference.embedder import LlamaEmbedder
from core.languages.detect import language_of
from core.languages.names import name_of
from core.languages.scripts import SPACELESS
from core.recall.language_check import PASSES, checked, pairs
from core.urgency import Urgency

SETS = Path(__file__).parent / "sets"
LANGUAGES = {"de": "german", "es": "spanish", "ja": "japanese"}
_DEPTHS = (5, 10, 20)
_DEEPEST = max(_DEPTHS)
_KINDS = {"": "", ": other words": "-q", ": word forms": "-f"}
"""What the questions' ids say of them: mostly other words than the turn's, or other forms of the same words."""
_BASELINE = "BM25 alone"
_FEW, _SOME = 3, 8
_LETTERS_A_WORD = 2
"""In scripts without spaces."""


def tables(bar: Bar) -> list[tuple[str, list[Row]]]:
    """(heading, rows) of recall in each language, the check of the embedder, the detector. Raises Problem."""
    recalled = [
        row for code, folder in LANGUAGES.items() for row in _recalled(name_of(code), DataSet.of(SETS / folder), bar)
    ]
    return [
        ("recall in other languages", recalled),
        ("what the embedder knows of languages", list(_embedder(bar))),
        ("languages told from single lines", list(told(_lines()))),
    ]


def rows_and_table(bar: Bar) -> tuple[list[Row], str]:
    """All rows in order, and the same as Markdown. Raises Problem."""
    made = tables(bar)
    text = "\n".join(f"#### {heading}\n\n{markdown(rows)}" for heading, rows in made)
    return [row for _, rows in made for row in rows], text


# -- recall


def _recalled(language: str, data: DataSet, bar: Bar) -> Iterator[Row]:
    with outside() as place:
        imported(place, data, bar)
        found = asked(place, "recall", data.questions, bar, "-k", str(_DEEPEST))
    ours: Ranked = {id: distinct(answer, _DEEPEST) for id, answer in found.answers.items()}
    yield from evidence(language, data, ours, by_words(data, _DEEPEST))
    waits = found.waits
    yield Row(name=f"recall p50, {language}", value=percentile(waits, 0.5) * 1000, unit="ms", n=len(waits))


def evidence(language: str, data: DataSet, ours: Ranked, theirs: Ranked) -> Iterator[Row]:
    """Recall at each depth, over all questions and over each kind: ours, the baseline, what ours finds more."""
    for kind, mark in _KINDS.items():
        wanted = [one for one in data.with_evidence if mark in one.id]
        if not wanted:
            continue
        for depth in _DEPTHS:
            beside = ((theirs, f", {_BASELINE}"),) if depth == 10 or not kind else ()
            for ranked, whose in ((ours, ""), *beside):
                found = interval(
                    list(_shares(wanted, ranked, depth).values()), [data.clusters[one.id] for one in wanted]
                )
                yield found.row(f"recall@{depth}, {language}{kind}{whose}")
        more = difference(_shares(wanted, ours, 10), _shares(wanted, theirs, 10), data.clusters)
        yield more.row(f"recall@10 more than {_BASELINE}, {language}{kind}")


def _shares(wanted: Sequence[Question], ranked: Ranked, depth: int) -> dict[str, float]:
    return {one.id: share(one.evidence, ranked.get(one.id, ())[:depth]) for one in wanted}


# -- the embedder


def _embedder(bar: Bar) -> Iterator[Row]:
    """Whether sentences find their paraphrases: where fewer than half do, recall goes by words alone."""
    embedder = LlamaEmbedder()
    try:
        with bar.over("Checking the embedder", len(pairs())) as step:
            for language, asked_of in pairs().items():
                found = checked(lambda texts: embedder.embed(texts, Urgency.CAPTURE), language)
                step.on()
                use = "used" if found >= PASSES else "not used"
                name = f"paraphrase is the nearest, {name_of(language)}; meaning is {use}"
                yield Row(name=name, value=found, unit="share", n=2 * len(asked_of), baseline=1 / len(asked_of))
    finally:
        embedder.close()


# -- the detector


def told(lines: Sequence[tuple[str, str]], tell: Callable[[str, str], str] = language_of) -> Iterator[Row]:
    """Of (language, line): how many are told right and how many wrong, by length, alone and where it is the usual one.

    What is neither is left untold, which costs no more than the index of parts.
    """
    for heading, ones in _by_length(lines).items():
        alone = [(language, tell(text, "")) for language, text in ones]
        amid = [(language, tell(text, language)) for language, text in ones]
        for how, answers in (("alone", alone), ("among others of its language", amid)):
            right = mean([float(language == said) for language, said in answers])
            wrong = mean([float(bool(said) and language != said) for language, said in answers])
            yield Row(name=f"told right, {heading}, {how}", value=right, unit="share", n=len(ones))
            yield Row(name=f"told wrong, {heading}, {how}", value=wrong, unit="share", n=len(ones))
    for language in dict.fromkeys(language for language, _ in lines):
        here = [text for code, text in lines if code == language]
        right = mean([float(tell(text, "") == language) for text in here])
        yield Row(name=f"told right, {name_of(language)}, alone", value=right, unit="share", n=len(here))


def _by_length(lines: Sequence[tuple[str, str]]) -> dict[str, list[tuple[str, str]]]:
    found: dict[str, list[tuple[str, str]]] = {"1 to 3 words": [], "4 to 8 words": [], "longer lines": []}
    for language, text in lines:
        words = len(SPACELESS.findall(text)) / _LETTERS_A_WORD if SPACELESS.search(text) else len(text.split())
        length = "1 to 3 words" if words <= _FEW else "4 to 8 words" if words <= _SOME else "longer lines"
        found[length].append((language, text))
    return {length: ones for length, ones in found.items() if ones}


def _lines() -> list[tuple[str, str]]:
    file = SETS / "language_lines.jsonl"
    try:
        read = [json.loads(line) for line in file.read_text("utf-8").splitlines() if line.strip()]
    except (OSError, ValueError) as error:
        raise Problem(f"{file.name} cannot be read.", "It comes with the source code.") from error
    return [(line["language"], line["text"]) for line in read]
