from pathlib import Path

import pytest

from app.wiring import open_profile
from core.errors import ModelProblem
from core.events import Events
from core.inference.embedder import LlamaEmbedder
from core.paths import ProfilePaths
from core.store.profile import Profile
from tests.made import NOON


def test_without_a_model_library_everything_goes_on_by_words_and_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    embedder = LlamaEmbedder()
    monkeypatch.setattr(embedder._child, "_module", "tests.integration.inference.missing_child")
    profile, _ = Profile.create(ProfilePaths(tmp_path / "p"), passphrase="correct horse battery staple")
    opened = open_profile(profile, Events(), lambda: NOON, stays=False, embedder=embedder)
    try:
        (boat,) = opened.assistant.remember("The boat is called Heron.", NOON).ids
        with pytest.raises(ModelProblem, match="by words alone"):
            list(opened.assistant.embedding())
        found = opened.assistant.recall("boat", NOON)
        answer = opened.assistant.ask("What is the boat called?", NOON)
    finally:
        opened.close()
    assert [hit.memory.id for hit in found.hits] == [boat]
    assert any("only the words" in notice for notice in found.notices)
    assert "Heron" in answer.text
