"""Recall in languages other than English: parts of words, other spellings, letters without spaces, and what is said."""

from collections.abc import Iterator
from dataclasses import replace
from functools import partial

import pytest

from core.capture.spoken import Spoken
from core.inference.embedder import LlamaEmbedder
from core.inference.wordpiece import count
from core.memory import Draft
from core.recall import Recaller
from core.recall.language_check import bundled, known
from core.settings import Recall
from tests.integration.recall.conftest import NOW, Kept
from tests.made import turn

_GERMAN = (
    "Die Dachdeckerrechnung ist heute mit der Post gekommen.",
    "Wir haben die Küche am Samstag in Grün gestrichen.",
    "Morgen früh fahre ich mit dem Zug nach München zu meiner Schwester.",
    "Der Hund hat wieder die ganze Nacht gebellt und keiner konnte schlafen.",
    "Nächste Woche sind zwei Besprechungen mit dem Vermieter.",
)
_SPANISH = (
    "Mañana por la tarde viene el técnico a arreglar la calefacción.",
    "Ayer comimos paella en casa de los abuelos.",
    "El médico me ha dicho que tengo que caminar más.",
    "Los niños empiezan el colegio la semana que viene.",
)
_JAPANESE = (
    "来週の火曜日に会議がありますので資料を用意してください。",
    "昨日は友達と新しいラーメン屋に行きました。",
    "母の誕生日に時計を贈ることにしました。",
    "図書館で借りた本をまだ読んでいません。",
)
_ENGLISH = (
    "My sister moved into a flat by the harbour.",
    "The invoice from the garage is still not paid.",
    "We watched a film about penguins last night.",
    "Could you bring the ladder back on Sunday?",
)


@pytest.fixture
def spoken(kept: Kept, embedder: LlamaEmbedder) -> Iterator[Recaller]:
    """All of them kept, each with the language that is told of it, asked as the program asks."""
    texts = _GERMAN + _SPANISH + _JAPANESE + _ENGLISH
    drafts = _told([turn(text, at, conversation=f"talk {at}") for at, text in enumerate(texts)])
    kept.keep(drafts)
    made = Recaller(
        kept.vault,
        kept.events,
        vectors=kept.vectors,
        embedder=embedder,
        count=count,
        settings=Recall(),
        knows=known(bundled()[embedder.id]),
    )
    yield made
    made.close()


def _told(drafts: list[Draft]) -> list[Draft]:
    return Spoken(lambda draft: {}).told(drafts)


def first(recaller: Recaller, question: str) -> str:
    found = recaller.recall(question, NOW, strength=lambda _: 0.5)
    return found.hits[0].memory.text if found.hits else ""


@pytest.mark.parametrize(
    ("question", "text"),
    [
        ("Wo ist die Rechnung vom Dachdecker?", _GERMAN[0]),
        ("Rechnung", _GERMAN[0]),
        ("Wer hat die Kueche gestrichen?", _GERMAN[1]),
        ("Wann fahre ich nach Muenchen?", _GERMAN[2]),
        ("munchen schwester", _GERMAN[2]),
        ("Wann ist die Besprechung mit dem Vermieter?", _GERMAN[4]),
        ("¿Cuando viene el tecnico de la calefaccion?", _SPANISH[0]),
        ("que me dijo el medico", _SPANISH[2]),
        ("¿Cuándo empieza el niño el colegio?", _SPANISH[3]),
        ("会議", _JAPANESE[0]),
        ("会議はいつですか", _JAPANESE[0]),
        ("時計", _JAPANESE[2]),
        ("らーめん屋に行ったのはいつ？", _JAPANESE[1]),
    ],
)
def test_the_turn_is_found_first(spoken: Recaller, question: str, text: str) -> None:
    assert first(spoken, question) == text


def test_words_inside_others_are_looked_for_in_what_is_not_english_only(kept: Kept) -> None:
    english = replace(turn("The superscoreboard was broken."), language="en")
    german = replace(turn("Das Superscoreboardchen war kaputt.", 1), language="de")
    kept.keep([english, german])
    hits = kept.ask("scoreboard").hits
    assert [hit.memory.text for hit in hits if hit.why.words] == [german.text]


@pytest.mark.parametrize(
    ("question", "language"),
    [
        ("Wann fahre ich mit dem Zug nach München?", "German"),
        ("¿Cuándo viene el técnico a arreglar la calefacción?", "Spanish"),
        ("会議はいつですか", "Japanese"),
    ],
)
def test_a_language_that_the_model_does_not_know_is_searched_by_words_and_that_is_said(
    spoken: Recaller, question: str, language: str
) -> None:
    ask = partial(spoken.recall, now=NOW, strength=lambda _: 0.5)
    found = ask(question)
    assert any(f"does not know {language}" in notice for notice in found.notices)
    assert found.hits
    assert all(hit.why.meaning == 0 for hit in found.hits)


def test_in_english_nothing_is_said_of_it_and_meaning_finds(spoken: Recaller) -> None:
    found = spoken.recall("Which movie did we see yesterday evening?", NOW, strength=lambda _: 0.5)
    assert not any("does not know" in notice for notice in found.notices)
    assert found.hits[0].memory.text == _ENGLISH[2]
    assert found.hits[0].why.meaning > 0
