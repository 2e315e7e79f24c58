"""A pattern answers as `re` does, whichever way it is asked."""

import re

import pytest

from core.pattern import Pattern

SAID = "My number is 12 and hers 345."


@pytest.mark.parametrize("flags", [0, re.IGNORECASE])
@pytest.mark.parametrize("text", [SAID, "", "MY NUMBER", "12"])
@pytest.mark.parametrize("expression", [r"\d+", r"my (?:number)?", r"(?<=hers )\d"])
def test_a_pattern_answers_as_re_does(expression: str, text: str, flags: int) -> None:
    ours, theirs = Pattern(expression, flags), re.compile(expression, flags)
    assert str(ours.match(text)) == str(theirs.match(text))
    assert str(ours.search(text, 1, 14)) == str(theirs.search(text, 1, 14))
    assert [str(found) for found in ours.finditer(text)] == [str(found) for found in theirs.finditer(text)]
    assert ours.findall(text) == theirs.findall(text)
    assert ours.split(text) == theirs.split(text)
    assert ours.sub("x", text, 1) == theirs.sub("x", text, 1)


def test_a_pattern_is_compiled_at_its_first_use_and_never_again() -> None:
    wrong = Pattern("(")
    with pytest.raises(re.error):
        wrong.search("anything")
    sound = Pattern("a")
    assert sound.compiled is sound.compiled
