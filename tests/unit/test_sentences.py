"""Texts cut into sentences."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.sentences import pieces


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("It broke. We left!", ["It broke.", "We left!"]),
        ("One line\n\nanother", ["One line", "another"]),
        ("Dr. Shaw met Mrs. Lee. Fine.", ["Dr. Shaw met Mrs. Lee.", "Fine."]),
        ("See you at 9 a.m. on Friday. Bye.", ["See you at 9 a.m. on Friday.", "Bye."]),
        ("We met at 9 a.m. Then we left.", ["We met at 9 a.m.", "Then we left."]),
        ("It is No. 12. I said no. Then I left.", ["It is No. 12.", "I said no.", "Then I left."]),
        ("It costs 3.50 or so.", ["It costs 3.50 or so."]),
        ("He said “yes.” Then?! Sure…", ["He said “yes.”", "Then?!", "Sure…"]),
        (" . \n ! ", []),
        ("Am 22. Januar um drei. Gut.", ["Am 22. Januar um drei.", "Gut."]),
        ("Den 22. mars kl. tre.", ["Den 22. mars kl.", "tre."]),
        ("I am 22. Then I left.", ["I am 22.", "Then I left."]),
        ("脳は異常なし。結果出たよ！よかった", ["脳は異常なし。", "結果出たよ！", "よかった"]),
        ("Sushi, pasta, etc. were there. All of it.", ["Sushi, pasta, etc. were there.", "All of it."]),
    ],
)
def test_sentences_end_where_a_reader_ends_them(text: str, sentences: list[str]) -> None:
    assert [piece.whole for piece in pieces(text)] == sentences


@given(st.text(max_size=200) | st.text(st.sampled_from('ab .!?…\n"”)A9'), max_size=60))
def test_no_word_is_lost_and_each_is_where_it_says(text: str) -> None:
    found = list(pieces(text))
    assert all(text[piece.start :].startswith(piece.text) and piece.start < piece.end for piece in found)
    words = [sign for sign in text if sign.isalnum()]
    assert [sign for piece in found for sign in piece.text if sign.isalnum()] == words
