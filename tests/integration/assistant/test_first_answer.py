"""What was found is told in its own words before the model is asked, and always first."""

from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

from app.wiring import open_profile
from core.errors import ModelMissing
from core.events import Events
from core.inference.generator import Generator, Message
from core.memory import Answer
from core.paths import ProfilePaths
from core.settings import Settings
from core.store.profile import Profile
from tests.fakes import ScriptedGenerator
from tests.made import NOON

_PASSPHRASE = "correct horse battery staple"


def asked(folder: Path, model: Generator | Exception | None, chosen: str, happened: list[str]) -> Answer:
    paths = ProfilePaths(folder / "profile")
    Profile.create(paths, passphrase=_PASSPHRASE, recovery=False)
    profile = Profile(paths)
    profile.unlock(_PASSPHRASE)

    def generator(_: Settings) -> Generator | None:
        happened.append("looked for")
        if isinstance(model, Exception):
            raise model
        return model

    one = open_profile(profile, Events(), lambda: NOON, stays=False, generator=generator)
    try:
        one.assistant.remember("The kiln is lent to Dana until May.", NOON)
        one.assistant.set_setting("model.answering", chosen)

        def first(answer: Answer) -> None:
            happened.append("found" if "lent to Dana" in answer.text else answer.text)

        return one.assistant.ask("Who has the kiln?", NOON + timedelta(hours=1), on_first=first)
    finally:
        one.close()


def test_the_answer_in_the_memories_own_words_comes_before_the_model_is_looked_for(tmp_path: Path) -> None:
    happened: list[str] = []

    def script(_: Sequence[Message]) -> str:
        happened.append("asked")
        return "Dana has it. [M1]"

    answer = asked(tmp_path, ScriptedGenerator(script), "some.gguf", happened)
    assert happened == ["found", "looked for", "asked"]
    assert (answer.route, answer.text) == ("model", "Dana has it.")


def test_a_model_that_is_not_there_leaves_the_first_answer_and_says_why(tmp_path: Path) -> None:
    happened: list[str] = []
    answer = asked(tmp_path, ModelMissing("It is gone.", "Add it again."), "some.gguf", happened)
    assert happened == ["found", "looked for"]
    assert "Dana" in answer.text
    assert any("It is gone." in notice for notice in answer.notices)


def test_without_a_chosen_model_there_is_one_answer_and_it_is_not_told_twice(tmp_path: Path) -> None:
    happened: list[str] = []
    answer = asked(tmp_path, None, "", happened)
    assert happened == ["looked for"]
    assert "Dana" in answer.text
