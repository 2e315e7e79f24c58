from datetime import UTC, datetime

import pytest

from core.capture.spoken import Spoken
from core.languages.detect import language_of
from core.languages.stopwords import language_by_function_words, stop_words, tables
from core.memory import Channel, Draft, Facet, Provenance

AT = datetime(2026, 3, 1, 9, tzinfo=UTC)
LINES = (
    ("en", "I moved the meeting with Anna to Thursday afternoon."),
    ("de", "Ich habe die Besprechung auf Donnerstag verschoben."),
    ("es", "Dejé las llaves con el vecino del segundo piso."),
    ("fr", "J'ai laissé les clés chez la voisine hier soir."),
    ("it", "Ho lasciato le chiavi dal vicino di casa."),
    ("pt", "Deixei as chaves com o vizinho ontem à noite."),
    ("nl", "De vergadering is verplaatst naar donderdag."),
    ("ru", "Мы перенесли встречу на четверг после обеда."),
    ("ja", "来週の木曜日に会議があります。"),
    ("zh", "我们把会议改到星期四下午。"),
    ("ko", "회의를 목요일로 옮겼어요."),
    ("el", "Μεταφέραμε τη συνάντηση στην Πέμπτη."),
    ("he", "העברנו את הפגישה ליום חמישי."),
    ("th", "เราเลื่อนประชุมไปวันพฤหัส"),
)


@pytest.mark.parametrize(("language", "text"), LINES, ids=[language for language, _ in LINES])
def test_a_sentence_tells_its_language(language: str, text: str) -> None:
    assert language_of(text) == language


@pytest.mark.parametrize("text", ["", "123 :)", "😀", "\0", "\ud800", "x", "???" * 5000])
def test_what_holds_no_words_is_in_no_known_language(text: str) -> None:
    assert language_of(text) == ""


def test_a_short_line_is_in_the_language_spoken_around_it_where_that_may_be() -> None:
    assert language_of("Ja gerne") == ""
    assert language_of("Ja gerne", "de") == "de"
    assert language_of("会議", "ja") == "ja"
    assert language_of("Where did we leave the keys yesterday?", "de") == "en"


def test_function_words_alone_tell_a_language_only_without_doubt() -> None:
    assert language_by_function_words("what did we say about the tent") == "en"
    assert language_by_function_words("tent poles, Anna, Saturday") == ""
    assert language_by_function_words("die was in") == ""


def test_every_table_of_stop_words_is_case_folded_and_holds_question_words() -> None:
    assert {"en", "de", "es", "fr", "it", "nl", "pt", "ja"} <= set(tables())
    for code, asked in (("en", "when"), ("de", "wann"), ("es", "cuándo"), ("fr", "quand"), ("ja", "いつ")):
        assert asked in stop_words(code)
    assert all(word == word.casefold() for table in tables().values() for word in table)
    assert stop_words("xx") == frozenset()


def draft(text: str, conversation: str = "talk") -> Draft:
    where = Provenance(channel=Channel.CONVERSATION, conversation=conversation)
    return Draft(text=text, at=AT, facet=Facet.TURN, provenance=where)


def test_a_conversation_helps_its_short_lines_and_no_others() -> None:
    told = Spoken(lambda _: {}).told(
        [
            draft("Ja gerne"),
            draft("Ich habe die Besprechung auf Donnerstag verschoben."),
            draft("Ja gerne", "elsewhere"),
            draft("12:30"),
        ]
    )
    assert [one.language for one in told] == ["de", "de", "", ""]


def test_what_is_kept_of_a_conversation_helps_the_next_line_of_it() -> None:
    told = Spoken(lambda draft: {"de": 9, "en": 1} if draft.provenance.conversation == "talk" else {}).told(
        [draft("Ja gerne"), draft("Ja gerne", "elsewhere")]
    )
    assert [one.language for one in told] == ["de", ""]
