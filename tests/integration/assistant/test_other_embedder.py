"""Another embedder is chosen: it reads everything beside the present one, which answers until that is done."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest

from app.shelf import Shelf
from app.wiring import Opened, open_profile
from core.assistant import finish
from core.errors import ModelMissing, ModelProblem
from core.events import Events, Noticed
from core.memory import MemoryId
from core.paths import ProfilePaths
from core.store.profile import Profile
from core.urgency import Urgency
from tests.made import NOON
from tests.made_models import tiny_bert, tiny_llama

_PASSPHRASE = "correct horse battery staple"
_NOTES = [f"Jar {number} on the shelf holds {what}." for number in range(20) for what in ("plum jam", "dried beans")]
_BOAT = "The boat lies in the northern harbour."

Opening = Callable[[], AbstractContextManager[Opened]]


@pytest.fixture
def paths(tmp_path: Path) -> ProfilePaths:
    return ProfilePaths(tmp_path / "profile")


@pytest.fixture
def heard() -> list[Noticed]:
    return []


@pytest.fixture
def opening(paths: ProfilePaths, heard: list[Noticed]) -> Opening:
    Profile.create(paths, passphrase=_PASSPHRASE, recovery=False)

    def events() -> Events:
        made = Events()
        made.listen(lambda event: heard.append(event) if isinstance(event, Noticed) else None)
        return made

    @contextmanager
    def opened() -> Iterator[Opened]:
        profile = Profile(paths)
        profile.unlock(_PASSPHRASE)
        one = open_profile(profile, events(), lambda: NOON, stays=False)
        try:
            yield one
        finally:
            one.close()

    return opened


@pytest.fixture
def other(tmp_path: Path) -> Path:
    return tiny_bert(tmp_path / "tiny-bert.gguf")


def shelf(opened: Opened) -> Shelf:
    return Shelf(opened.vault.paths, opened.vault, opened.assistant)


def noted(opened: Opened) -> list[MemoryId]:
    ids = [opened.assistant.remember(text, NOON).ids[0] for text in (_BOAT, *_NOTES)]
    finish(opened.assistant.embedding())
    return ids


def rows(opened: Opened, embedder: str = "%") -> int:
    with opened.vault.read() as db:
        return int(db.execute("SELECT count(*) FROM vector WHERE embedder LIKE ?", [embedder]).fetchone()[0])


def half_way(opened: Opened) -> Iterator[tuple[int, int]]:
    """Steps of the reading until some memories, but not all, have a vector of the other one."""
    steps = opened.assistant.exchanging()
    assert any(0 < done < total for done, total in steps)
    return steps


def test_the_former_one_answers_until_the_other_has_read_everything(opening: Opening, other: Path) -> None:
    with opening() as opened:
        ids = noted(opened)
        assert opened.vectors is not None
        former = opened.vectors.embedder
        shelf(opened).embed_with(str(other))
        steps = half_way(opened)
        assert (opened.vectors.embedder, opened.vectors.dimensions) == (former, 384)
        found = opened.assistant.recall("Where is my ship moored?", NOON)
        assert found.hits[0].memory.id == ids[0]
        finish(steps)
        assert opened.vectors.embedder.startswith("tiny-bert:")
        assert (opened.vectors.dimensions, len(opened.vectors)) == (32, len(ids))
        assert rows(opened, former) == 0
        assert not opened.assistant.is_exchanging
        assert [hit.memory.id for hit in opened.assistant.recall("boat harbour", NOON, k=1).hits] == [ids[0]]
    with opening() as opened:
        assert opened.embedder is not None
        assert opened.embedder.id.startswith("tiny-bert:")
        assert not opened.assistant.is_exchanging
        assert opened.assistant.intake.waiting() == 0


def test_where_the_other_one_does_not_know_a_language_the_words_decide_and_it_is_said(
    opening: Opening, other: Path
) -> None:
    with opening() as opened:
        ids = noted(opened)
        shelf(opened).embed_with(str(other))
        finish(opened.assistant.exchanging())
        found = opened.assistant.recall("Where does the boat lie?", NOON)
        assert found.hits[0].memory.id == ids[0]
        assert any("English" in notice for notice in found.notices)


def test_what_is_kept_or_changed_meanwhile_is_found_by_the_other_one_too(opening: Opening, other: Path) -> None:
    with opening() as opened:
        ids = noted(opened)
        shelf(opened).embed_with(str(other))
        steps = half_way(opened)
        (key,) = opened.assistant.remember("The spare key hangs behind the clock.", NOON).ids
        opened.assistant.edit(ids[-1], "Jar 19 on the shelf holds lentils.", NOON)
        finish(steps)
        finish(opened.assistant.embedding())
        assert opened.assistant.recall("spare key", NOON, k=1).hits[0].memory.id == key
        assert opened.assistant.intake.waiting() == 0
        assert opened.vectors is not None
        assert opened.embedder is not None
        assert len(opened.vectors) == len(ids) + 1 == rows(opened)
        wanted = opened.embedder.embed(["Jar 19 on the shelf holds lentils."], Urgency.CAPTURE)[0]
        assert float(opened.vectors.of([ids[-1]])[0] @ wanted) == pytest.approx(1.0, abs=0.01)


def test_after_an_end_half_way_it_goes_on_where_it_was(opening: Opening, other: Path) -> None:
    with opening() as opened:
        ids = noted(opened)
        shelf(opened).embed_with(str(other))
        half_way(opened)
        made = rows(opened, "tiny-bert:%")
        assert 0 < made < len(ids)
    with opening() as opened:
        assert opened.assistant.is_exchanging
        assert opened.vectors is not None
        assert opened.vectors.dimensions == 384
        totals = [total for _, total in opened.assistant.exchanging()]
        assert set(totals) == {len(ids) - made}
        assert (opened.vectors.dimensions, len(opened.vectors)) == (32, len(ids))


def test_choosing_it_again_half_way_loses_nothing(opening: Opening, other: Path) -> None:
    with opening() as opened:
        noted(opened)
        shelf(opened).embed_with(str(other))
        half_way(opened)
        made = rows(opened, "tiny-bert:%")
        shelf(opened).use("tiny-bert.gguf")
        assert rows(opened, "tiny-bert:%") == made
        finish(opened.assistant.exchanging())
        assert not opened.assistant.is_exchanging


def test_half_way_one_can_stay_with_the_former_one(opening: Opening, other: Path) -> None:
    with opening() as opened:
        ids = noted(opened)
        shelf(opened).embed_with(str(other))
        steps = half_way(opened)
        shelf(opened).embed_with("")
        finish(steps)
        assert not opened.assistant.is_exchanging
        assert rows(opened, "tiny-bert:%") == 0
        assert rows(opened) == len(ids)
        assert opened.assistant.settings.model.embedder == ""
        assert opened.assistant.recall("Where is my ship moored?", NOON).hits[0].memory.id == ids[0]


def test_the_bundled_one_can_be_chosen_back(opening: Opening, other: Path) -> None:
    with opening() as opened:
        ids = noted(opened)
        shelf(opened).embed_with(str(other))
        finish(opened.assistant.exchanging())
        shelf(opened).use("bundled")
        finish(opened.assistant.exchanging())
        assert opened.vectors is not None
        assert (opened.vectors.dimensions, rows(opened)) == (384, len(ids))
        assert opened.assistant.settings.model.embedder == ""
        assert opened.assistant.recall("Where is my ship moored?", NOON).hits[0].memory.id == ids[0]


def test_a_file_that_is_no_embedder_is_refused_before_anything_changes(
    opening: Opening, other: Path, tmp_path: Path
) -> None:
    talker = tiny_llama(tmp_path / "talker.gguf")
    hollow = tmp_path / "hollow.gguf"
    hollow.write_bytes(other.read_bytes().replace(b"blk.0.attn_q.weight", b"blk.0.attn_x.weight"))
    with opening() as opened:
        noted(opened)
        shelf(opened).embed_with(str(other))
        half_way(opened)
        for refused in (str(talker), str(hollow), "no-such-model.gguf"):
            with pytest.raises((ModelProblem, ModelMissing)):
                shelf(opened).embed_with(refused)
            assert opened.assistant.settings.model.embedder == "tiny-bert.gguf"
            assert opened.assistant.is_exchanging
        finish(opened.assistant.exchanging())
        assert opened.vectors is not None
        assert opened.vectors.dimensions == 32


def test_a_model_cannot_go_while_memories_are_found_with_it(opening: Opening, other: Path, tmp_path: Path) -> None:
    with opening() as opened:
        noted(opened)
        models = shelf(opened)
        models.embed_with(str(other))
        finish(opened.assistant.exchanging())
        with pytest.raises(ModelProblem, match="found by meaning with this model"):
            models.remove("tiny-bert.gguf")
        third = tiny_bert(tmp_path / "third.gguf", width=48, seed=3)
        models.embed_with(str(third))
        half_way(opened)
        models.remove("third.gguf")
        assert opened.assistant.settings.model.embedder == "tiny-bert.gguf"
        assert (rows(opened, "third:%"), opened.assistant.is_exchanging) == (0, False)
        models.use("bundled")
        finish(opened.assistant.exchanging())
        models.remove("tiny-bert.gguf")
        assert opened.vectors is not None
        assert opened.vectors.dimensions == 384


def test_when_the_other_ones_file_has_gone_the_former_one_answers_and_it_is_said(
    opening: Opening, paths: ProfilePaths, other: Path, heard: list[Noticed]
) -> None:
    with opening() as opened:
        ids = noted(opened)
        shelf(opened).embed_with(str(other))
        half_way(opened)
    (paths.models / "tiny-bert.gguf").unlink()
    with opening() as opened:
        assert opened.assistant.recall("Where is my ship moored?", NOON).hits[0].memory.id == ids[0]
    assert any("the former one answers" in one.remedy for one in heard)


def test_a_forget_half_way_leaves_no_vector_of_either(opening: Opening, other: Path) -> None:
    with opening() as opened:
        ids = noted(opened)
        shelf(opened).embed_with(str(other))
        steps = half_way(opened)
        proof = opened.assistant.forget([ids[-1]]).proof
        assert proof is not None
        assert proof.places["vectors in the vault"] == (2, 0)
        assert proof.places["pages on disk"][1] == 0
        finish(steps)
        with opened.vault.read() as db:
            left = db.execute("SELECT count(*) FROM vector WHERE memory = ?", [ids[-1]]).fetchone()[0]
        assert left == 0
        assert rows(opened) == len(ids) - 1
