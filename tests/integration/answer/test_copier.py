"""From what is kept to a sentence that leads back to it, with a trained model that can be right or wrong.

The model is tests/data/copier.gguf (packaging/train_copier.py): it copies an answer out of the memories in its prompt,
with the mark of the one it stands in, or says that there is none. The names and things here were held out from it.
"""

from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from app.wiring import Opened, open_profile
from core.answer.compose import NOTHING_NAMED, compose
from core.answer.grounds import marks, sentences
from core.answer.prompt import build
from core.events import Events
from core.inference.generator import LlamaGenerator, Message, whole_reply
from core.memory import Answer, Draft, MemoryId
from core.paths import ProfilePaths
from core.store import memories
from core.store.profile import Profile
from core.urgency import Urgency
from tests.copier.cases import Cases
from tests.copier.found import recalled
from tests.copier.judging import judged
from tests.made import NOON, note, turn
from tests.unit.answer.found import NOW, found, memory

COPIER = Path(__file__).parent.parent.parent / "data" / "copier.gguf"
_PASSPHRASE = "correct horse battery staple"


@pytest.fixture(scope="module")
def engine() -> Iterator[LlamaGenerator]:
    with closing(LlamaGenerator(COPIER, memory_mb=400)) as engine:
        yield engine


@pytest.fixture
def opened(tmp_path: Path, engine: LlamaGenerator) -> Iterator[Opened]:
    paths = ProfilePaths(tmp_path / "profile")
    Profile.create(paths, passphrase=_PASSPHRASE, recovery=False)
    profile = Profile(paths)
    profile.unlock(_PASSPHRASE)
    opened = open_profile(profile, Events(), lambda: NOON, stays=False, generator=lambda _: engine)
    opened.assistant.set_setting("model.answering", "copier.gguf")
    yield opened
    opened.close()


def kept(opened: Opened, *drafts: Draft) -> tuple[MemoryId, ...]:
    return memories.save(opened.vault, drafts, NOON + timedelta(hours=1)).ids


def asked(opened: Opened, question: str) -> Answer:
    return opened.assistant.ask(question, NOON + timedelta(days=2))


def test_a_sentence_leads_to_the_one_memory_it_rests_on(opened: Opened) -> None:
    kiln, _, printer, _ = kept(
        opened,
        turn("The kiln is in the cellar.", 1, speaker="Tara"),
        turn("My dog is called Bruno.", 2, speaker="Omar"),
        turn("The printer broke on Monday.", 3, speaker="Tara"),
        note("The projector cost 350 euros."),
    )
    answer = asked(opened, "Where is the kiln?")
    assert answer.route == "model"
    assert answer.text == "The kiln is in the cellar."
    assert [one.memories for one in answer.sentences] == [(kiln,)]
    assert asked(opened, "When did the printer break?").sentences[0].memories == (printer,)


def test_what_nobody_said_is_not_answered_with_what_is_near_it(engine: LlamaGenerator) -> None:
    said = found(
        "Where does Priya live?",
        memory(1, "My bike is orange.", speaker="Tara", days_ago=9),
        memory(2, "I live in Oslo.", speaker="Omar", days_ago=8),
        memory(3, "I live in Malaga.", speaker="Tara", days_ago=7),
    )
    answer = compose(said, NOW, engine)
    assert answer.abstained
    assert answer.model == engine.model
    assert not answer.grounds


def test_what_was_said_later_counts(opened: Opened) -> None:
    _, later = kept(
        opened, turn("My bike is orange.", 1, speaker="Tara"), turn("My bike is silver.", 600, speaker="Tara")
    )
    answer = asked(opened, "What colour is Tara's bike?")
    assert answer.text == "Tara's bike is silver."
    assert answer.sentences[0].memories == (later,)


def test_a_mark_that_stands_for_no_memory_is_struck_out(engine: LlamaGenerator) -> None:
    said = found(
        "What colour is Tara's bike?",
        memory(1, "My coat is purple.", speaker="Omar", days_ago=9),
        memory(2, "My bike is orange.", speaker="Tara", days_ago=4),
    )
    prompt = build(said, NOW, count=len, budget=10_000)
    reply = whole_reply(engine, prompt.messages, max_tokens=40, urgency=Urgency.QUESTION)
    assert marks(reply) == ("M2",)
    (sentence,) = sentences(reply, {"M1": prompt.marked["M1"]})
    assert (sentence.text, sentence.grounds) == ("Tara's bike is orange.", ())


def test_a_model_that_was_told_nothing_of_ours_is_not_believed(engine: LlamaGenerator) -> None:
    """The same model out of its depth: whatever it writes, a sentence has a ground that is there, or none is shown."""
    said = found("Why do whales sing?", memory(1, "The whales in the bay sang all night, said the ranger."))
    answer = compose(said, NOW, engine)
    assert answer.abstained or set(answer.grounds) <= {"t1"}
    assert all(sentence.grounds for sentence in answer.sentences) or NOTHING_NAMED in answer.notices or answer.notices


@pytest.mark.parametrize(("memories", "least"), [(3, 0.8), (8, 0.6)])
def test_held_out_names_and_values_are_answered_and_missing_ones_not(
    engine: LlamaGenerator, memories: int, least: float
) -> None:
    cases = Cases(4 + memories, held=True)
    rates = judged(engine, [cases.case(memories, 3) for _ in range(20)])
    assert rates.answerable > 30
    assert rates.unanswerable > 5
    assert rates.grounded >= least * rates.answerable
    assert rates.abstained >= 0.8 * rates.unanswerable


@pytest.mark.parametrize("held", [False, True])
def test_the_cases_are_written_as_the_real_prompt_is(held: bool) -> None:
    """What the model is trained on is what Mneme writes, to the letter."""
    cases = Cases(11, held=held)
    for many in (1, 4, 12):
        case = cases.case(many, 2)
        for one in case.asked:
            made = build(recalled(case, one.question), case.now, count=len, budget=10**6)
            system, user = case.messages(one.question)
            profile = case.before()[: case.before().index("MEMORIES")]
            assert made.messages == (system, Message(role=user.role, text=user.text.removeprefix(profile)))
