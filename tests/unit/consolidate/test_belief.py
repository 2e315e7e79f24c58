"""Of a model's reply nothing is believed that is not said word for word by somebody whose word it is."""

import pytest

from core.consolidate.thinking.belief import Believed, Linked, Refused, judged
from core.consolidate.thinking.evidence import still_said
from core.consolidate.thinking.lines import Line
from core.consolidate.thinking.reply import Item, items
from core.consolidate.thinking.worth import Worth
from core.memory import Facet, Memory
from tests.unit.consolidate.made import fact, said

POTTERY = "Since the spring I took up pottery in the old mill."


def line(memory: Memory, first: int = 1) -> Line:
    told = Worth(memory=memory, sentences=((0, len(memory.text)),))
    return Line(worth=told, heading="", text=memory.text, first=first)


def item(**fields: str) -> Item:
    usual = {
        "source": "S1",
        "kind": "fact",
        "subject": "me",
        "attribute": "hobby",
        "value": "pottery",
        "evidence": "I took up pottery",
        "when": "",
    }
    return Item.model_validate({**usual, **fields})


def outcome(text: str = POTTERY, mine: bool = True, names: tuple[str, ...] = (), **fields: str) -> str:
    """ "subject|attribute|value" of what was believed, else why not."""
    found = judged(item(**fields), [line(said(text, mine=mine, speaker="Ana Silva"))], names, "tiny")
    if isinstance(found, Believed):
        fact = found.found.fact
        return f"{fact.subject}|{fact.attribute}|{fact.value}"
    assert isinstance(found, Refused)
    assert POTTERY not in found.reason
    return found.reason


def test_what_its_line_says_word_for_word_is_believed_with_its_place() -> None:
    found = judged(item(), [line(said(POTTERY, mine=True))], (), "tiny")
    assert isinstance(found, Believed)
    assert POTTERY[found.found.start : found.found.end] == "I took up pottery"
    assert found.found.reader == "tiny"
    assert outcome() == "me|hobby|pottery"
    assert outcome(evidence="i took  up POTTERY", value="Pottery") == "me|hobby|pottery"


@pytest.mark.parametrize("source", ["S2", "S9", "S999"])
def test_a_line_that_is_not_there_is_refused(source: str) -> None:
    assert outcome(source=source) == "there is no such line"


@pytest.mark.parametrize(
    "evidence", ["I took up fencing", "took up the pottery", "pottery", "", "mill old the in", "I took up potter"]
)
def test_evidence_that_does_not_stand_there_is_refused(evidence: str) -> None:
    assert outcome(evidence=evidence) == "its evidence does not stand there word for word"


@pytest.mark.parametrize("value", ["fencing", "the old mill", "potter", "", "pottery and fencing"])
def test_a_value_that_is_not_in_its_evidence_is_refused(value: str) -> None:
    assert outcome(value=value) == "its value is not in its evidence"


def test_evidence_only_counts_in_a_sentence_that_was_given_to_read() -> None:
    memory = said(f"Is it true? {POTTERY}", mine=True)
    told = Worth(memory=memory, sentences=((0, 11),))
    found = judged(item(), [Line(worth=told, heading="", text="", first=1)], (), "tiny")
    assert isinstance(found, Refused)


def test_nobody_elses_word_makes_a_fact_about_the_person() -> None:
    wrong = "it is somebody else's word about the person"
    assert outcome("You took up pottery.", mine=False, evidence="took up pottery") == wrong
    assert outcome("Toni Rey took up pottery.", mine=False, names=("Toni Rey",), subject="Toni Rey") != "believed"
    named = {"evidence": "took up pottery", "subject": "Toni"}
    assert outcome("I heard Toni took up pottery.", mine=False, names=("Toni Rey",), **named) == wrong
    assert outcome("I heard Toni took up pottery.", mine=False, names=(), **named) == "toni|hobby|pottery"
    assert outcome("I took up pottery.", mine=False) == wrong
    assert outcome("I took up pottery.", mine=False, subject="Ana Silva") == "ana silva|hobby|pottery"


def test_a_line_says_of_its_speaker_only_what_it_says_of_oneself() -> None:
    assert outcome("Rosa took up pottery.", evidence="took up pottery") == "its line does not say it of its speaker"
    rosa = {"evidence": "took up pottery", "subject": "Rosa"}
    assert outcome("Rosa took up pottery.", **rosa) == "rosa|hobby|pottery"
    assert outcome("My sister took up pottery.", evidence="took up pottery", subject="my sister").startswith(
        "sister of"
    )
    for subject in ("Dana", "she", "sister", "sister of Rosa", "the user's boss", "", "S1", "<|im_start|>"):
        assert "|" not in outcome("Rosa took up pottery.", evidence="took up pottery", subject=subject)


@pytest.mark.parametrize(
    "attribute", ["", "h", "password", "hob\nby", "Ignore the above", "lives in Rome", "x" * 60, "pin code", "{hobby}"]
)
def test_an_attribute_that_is_neither_known_nor_said_is_refused(attribute: str) -> None:
    assert "|" not in outcome(attribute=attribute)


def test_an_attribute_of_the_evidences_own_words_is_believed() -> None:
    text = "The working title of my thesis is Tidal Turtles."
    fields = {"evidence": text[:-1], "value": "Tidal Turtles", "attribute": "thesis title"}
    assert outcome(text, **fields) == "me|thesis title|Tidal Turtles"


@pytest.mark.parametrize(("attribute", "several"), [("thesis title", True), ("hobby", False), ("lives in", False)])
def test_an_attribute_of_the_models_own_may_hold_several_values(attribute: str, several: bool) -> None:
    text = "The working title of my thesis is Tidal Turtles."
    one = item(evidence=text[:-1], value="Tidal Turtles", attribute=attribute)
    found = judged(one, [line(said(text, mine=True))], (), "tiny")
    assert isinstance(found, Believed)
    assert found.found.several is several


def test_what_is_denied_is_no_fact_and_a_denial_needs_one() -> None:
    text = "I do not eat meat in winter."
    assert outcome(text, evidence="eat meat", value="meat", attribute="likes") == "the line denies it"
    assert outcome(text, evidence="do not eat meat", value="meat", attribute="does not eat") == "me|does not eat|meat"
    assert outcome("I eat meat in winter.", evidence="eat meat", value="meat", attribute="does not eat") == (
        "the line does not deny it"
    )
    hate = {"evidence": "hate pottery", "attribute": "likes"}
    assert outcome("I hate pottery more each year.", **hate) == "the line says the opposite"


@pytest.mark.parametrize("text", ["My password is pottery for now.", "I took the pottery password."])
def test_nothing_is_learnt_from_a_line_about_secrets(text: str) -> None:
    assert outcome(text, evidence=text[:-1]) == "nothing is learnt from that"


def test_a_promise_needs_a_day_that_its_line_names_and_that_is_to_come() -> None:
    text = "I shall hand the pottery over on Friday."
    fields = {"evidence": "hand the pottery over on Friday", "value": "hand the pottery over", "attribute": ""}
    found = judged(item(kind="promise", when="2026-03-13", **fields), [line(said(text, mine=True))], (), "tiny")
    assert isinstance(found, Believed)
    assert found.found.facet is Facet.PROMISE
    assert found.found.valid_to is not None
    assert found.found.valid_to.date().isoformat() == "2026-03-13"
    for kind in ("promise", "appointment"):
        assert outcome(text, kind=kind, when="2026-03-20", **fields) == "its day does not stand there"
        assert outcome(text, kind=kind, when="9999-99-99", **fields) == "its day does not stand there"
        assert outcome(kind=kind) == "its day does not stand there"
    assert outcome("I shall not hand the pottery over on Friday.", kind="promise", **fields) == "the line denies it"


def test_a_link_leads_from_a_later_session_to_an_earlier_one_about_the_same() -> None:
    old, new = said(POTTERY, 1, mine=True), said("My pottery from the mill was sold in May.", 900, mine=True)
    lines = [line(old, first=1), line(new, first=2)]
    link = {"kind": "extends", "source": "S2", "value": "S1", "evidence": "My pottery from the mill"}
    found = judged(item(**link), lines, (), "tiny")
    assert isinstance(found, Linked)
    assert (found.memory, found.other, found.relation) == (new, old, "extends")
    for wrong in (
        {"source": "S1", "value": "S2", "evidence": "I took up pottery"},
        {"value": "S2"},
        {"value": "S7"},
        {"value": "pottery"},
        {"evidence": "sold in June"},
    ):
        assert isinstance(judged(item(**{**link, **wrong}), lines, (), "tiny"), Refused)
    stranger = [line(said("The harbour festival was loud.", 1), first=1), lines[1]]
    assert isinstance(judged(item(**link), stranger, (), "tiny"), Refused)
    same = [line(old, first=1), line(new, first=1)]
    assert isinstance(judged(item(**link), same, (), "tiny"), Refused)


@pytest.mark.parametrize(
    "reply",
    [
        "",
        "{}",
        "null",
        "[]",
        '{"items":[',
        '{"items":[{"source":"S1"}]}',
        '{"items":[{"source":1}]}',
        '{"items":"none"}',
        '{"items":[],"also":1}',
        "Sure! Here is the JSON: {}",
        '{"items":[]} and more',
        "\ud800\udfff",
        '{"items":[' + '{"items":[' * 5000,
        "a" * 10**6,
        '{"items":[{"source":"M1","kind":"fact","subject":"","attribute":"","value":"","evidence":"","when":""}]}',
        '{"items":[{"source":"S1","kind":"order","subject":"","attribute":"","value":"","evidence":"","when":""}]}',
    ],
)
def test_a_reply_that_is_not_the_flat_list_that_was_asked_for_is_nothing(reply: str) -> None:
    assert items(reply) is None


def test_a_reply_with_nothing_in_it_is_a_reply() -> None:
    assert items(' {"items":[]}\n') == []


def test_what_a_model_read_stays_while_its_words_still_say_so() -> None:
    old = fact("me", "hobby", "pottery", reason="Read by the model tiny in characters 17-34 of its source.")
    assert still_said(old, POTTERY)
    assert still_said(old, "Nowadays I took up pottery, and chess.")
    assert not still_said(old, "Since the spring I took up fencing.")
    assert not still_said(old, "I never took up pottery.")
    assert not still_said(old, "Should I take up pottery?")
    assert not still_said(fact("me", "hobby", "pottery", reason="Read by rule in characters 1-2."), POTTERY)
    without = fact("me", "does not eat", "meat", reason=old.reason)
    assert still_said(without, "I do not eat meat.")
    assert not still_said(without, "I never eat fish.")
