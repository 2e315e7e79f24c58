"""The shelf of models of an open profile: judged for this machine, checked before use, measured where one answered."""

import hashlib
import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path

import gguf
import numpy as np
import pytest
from numpy.typing import NDArray

from app.doctor import Chosen, checks
from app.host import Host
from app.shelf import Shelf, about_the_same
from app.shown_models import shown_costs, shown_shelf
from core.errors import BadInput, Cancelled, ModelMissing, ModelProblem
from core.events import Noticed
from core.inference import adding
from core.inference.download import Published
from core.inference.generator import LlamaGenerator
from core.inference.layout import read_layout
from core.inference.planned import read_model
from core.inference.seals import Seal
from core.inference.stream.plan import Way
from core.store import preferences
from tests.integration.app.hosts import NOW, hosting
from tests.made_gated import tiny_gated
from tests.made_models import MARKS, tiny_bert, tiny_llama
from tests.made_neurons import tiny_relu
from tests.unit.inference.test_template import SEED


def unheard(_done: int, _total: int) -> None:
    """Nobody looks at how far it is."""


def never() -> bool:
    """Nobody stops it."""
    return False


@pytest.fixture
def host(tmp_path: Path) -> Iterator[Host]:
    with hosting(tmp_path / "profile") as host:
        yield host


@pytest.fixture
def shelf(host: Host) -> Shelf:
    return host.models()


@pytest.fixture
def model(tmp_path: Path) -> Path:
    return tiny_llama(tmp_path / "tiny.gguf", context=4096)


def names(shelf: Shelf) -> list[str]:
    return [one["name"] for one in shelf.listed()["models"]]


def test_every_model_here_and_on_offer_is_judged_and_it_all_is_json(shelf: Shelf, model: Path) -> None:
    shelf.add(model, trust=True)
    listed = json.loads(json.dumps(shelf.listed(), allow_nan=False))
    mine = listed["models"][0]
    assert (mine["name"], mine["title"], mine["fit"], mine["measured"]) == ("tiny.gguf", "Tiny", "fits", False)
    assert mine["tokens_per_s"] > 0
    assert mine["first_word_s"] is not None
    assert all(one["fit"] in ("fits", "streams", "slow", "cannot") and one["sentence"] for one in listed["offers"])
    assert listed["recommended"]["sentence"]
    assert listed["machine"]["memory_bytes"] > 0


def test_with_less_memory_larger_models_stream_or_cannot(host: Host, shelf: Shelf) -> None:
    fits = {}
    for memory_mb in (1024, 4096, 65536):
        host.assistant.set_setting("model.memory_mb", memory_mb)
        fits[memory_mb] = {one["name"]: one["fit"] for one in shelf.listed()["offers"]}
    assert set(fits[65536].values()) <= {"fits", "slow"}
    assert "fits" in fits[4096].values()
    assert fits[1024] != fits[4096] != fits[65536]


def test_the_machine_is_measured_once_and_that_is_kept(
    host: Host, shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("os.getloadavg", lambda: (0.0, 0.0, 0.0))
    assert shelf.listed()["machine"]["measured"] is False
    first = shelf.listed(measuring=True)
    assert first["machine"]["measured"] is True
    assert shelf.listed()["offers"] == first["offers"]
    assert shelf.listed(measuring=True)["offers"] == first["offers"]


def test_an_embedder_is_not_judged_as_a_writer(shelf: Shelf, tmp_path: Path) -> None:
    shelf.add(tiny_bert(tmp_path / "e.gguf"), trust=True)
    (line,) = (one for one in shown_shelf(shelf.listed()).models if not one.offered)
    assert (line.name, line.fit, line.problem) == ("e.gguf", "", "")


def test_a_file_that_went_bad_is_listed_with_what_is_wrong(host: Host, shelf: Shelf, model: Path) -> None:
    name = shelf.add(model, trust=True)
    (host.paths.models / name).write_bytes(b"GGUF" + bytes(100))
    (line,) = (one for one in shown_shelf(shelf.listed()).models if not one.offered)
    assert "not a sound model file" in line.problem


def test_what_writes_no_conversations_is_refused_before_it_is_copied(shelf: Shelf, tmp_path: Path) -> None:
    odd = tiny_llama(tmp_path / "odd.gguf", template="{{ nothing.known }}")
    with pytest.raises(ModelProblem, match="does not know"):
        shelf.add(odd, trust=True)
    assert names(shelf) == []


def test_a_model_added_twice_is_kept_once(shelf: Shelf, model: Path, tmp_path: Path) -> None:
    again = tmp_path / "again.gguf"
    again.write_bytes(model.read_bytes())
    assert shelf.add(model, trust=True) == shelf.add(again, trust=True) == "tiny.gguf"
    assert names(shelf) == ["tiny.gguf"]


def test_adding_can_be_cancelled_and_leaves_nothing(host: Host, shelf: Shelf, model: Path) -> None:
    with pytest.raises(Cancelled):
        shelf.add(model, trust=True, cancelled=lambda: True)
    assert names(shelf) == []
    assert adding.leftovers(host.paths) == ()


def test_a_changed_model_is_refused_and_an_unchanged_one_is_not_read_again(
    host: Host, shelf: Shelf, model: Path, tmp_path: Path
) -> None:
    name = shelf.add(model, trust=True)
    sealed = shelf.located(name).seal
    assert sealed.identity is not None
    assert shelf.located(name).seal == sealed
    (host.paths.models / name).write_bytes(tiny_llama(tmp_path / "other.gguf", seed=9).read_bytes())
    with pytest.raises(ModelProblem, match="changed"):
        shelf.located(name)


def test_hashes_kept_by_an_earlier_version_are_known(host: Host, shelf: Shelf, model: Path) -> None:
    name = shelf.add(model, trust=True)
    with host.opened.vault.write() as db:
        preferences.note(db, "models", None)
        preferences.note(db, "model_hashes", json.dumps({name: hashlib.sha256(model.read_bytes()).hexdigest()}))
    found = shelf.located(name)
    assert found.seal.identity is not None
    with host.opened.vault.read() as db:
        assert preferences.noted(db, "model_hashes") is None
        assert Seal.from_json(json.loads(preferences.noted(db, "models"))[name]) == found.seal


def test_a_model_removed_while_in_use_is_no_longer_chosen(host: Host, shelf: Shelf, model: Path) -> None:
    name = shelf.add(model, trust=True)
    shelf.use(name)
    answer = host.assistant.ask("Is there tea?", NOW)
    assert answer.text or answer.abstained
    shelf.remove(name)
    assert host.assistant.settings.model.answering == ""
    assert host.assistant.generator() is None
    with pytest.raises(ModelMissing):
        shelf.remove(name)


def test_what_a_model_took_replaces_the_estimate_for_that_memory(host: Host, shelf: Shelf, model: Path) -> None:
    name = shelf.add(model, trust=True)
    shelf.use(name)
    host.assistant.remember("The tea is in the blue tin.", NOW)
    for _ in range(2):
        host.assistant.ask("Where is the tea?", NOW)
    ran = host.assistant.last_run()
    assert ran is not None
    assert ran[:2] == (name, 4096)
    assert ran[2].loaded is False
    mine = shelf.listed()["models"][0]
    assert mine["measured"] is True
    assert mine["first_word_s"] == round(ran[2].first_word_s, 1)
    host.assistant.set_setting("model.memory_mb", 2048)
    assert shelf.listed()["models"][0]["measured"] is False


def test_what_streaming_took_is_told_wherever_models_are_looked_at(host: Host, shelf: Shelf, tmp_path: Path) -> None:
    def endless(_: dict[str, gguf.GGUFValue], weights: dict[str, NDArray[np.float32]]) -> None:
        weights["output.weight"][: len(MARKS)] = 0

    large = tiny_llama(tmp_path / "large.gguf", width=512, layers=8, context=2048, spoil=endless)
    name = shelf.add(large, trust=True)
    shelf.use(name)
    host.assistant.set_setting("model.memory_mb", 136)
    assert shelf.spent(name) is None
    host.assistant.remember("The tea is in the blue tin.", NOW)
    host.assistant.ask("Where is the tea?", NOW)
    spent = shelf.spent(name)
    assert spent is not None
    assert spent.way is Way.DENSE
    assert 0 < spent.stays_bytes < spent.weight_bytes == read_layout(large).weight_bytes
    assert spent.read_bytes_per_token > 0
    assert 0 <= spent.waited <= 1
    (mine,) = (one for one in json.loads(json.dumps(shelf.listed()))["models"] if one["name"] == name)
    assert mine["spent"]["sentence"] == spent.sentence
    (line,) = (one for one in shown_shelf(shelf.listed()).models if one.name == name)
    assert line.spent == spent.sentence
    looked = checks(host.paths, Chosen(file=name, memory_mb=136), spent.as_json())[-1]
    assert (looked.said, looked.figures) == (spent.sentence, spent.as_json())
    host.assistant.stop_model()
    assert shelf.spent(name) == spent
    host.assistant.set_setting("model.memory_mb", 137)
    assert shelf.spent(name) is None


def test_a_model_that_would_be_streamed_is_said_to_be_preparable_where_it_is(
    host: Host, shelf: Shelf, tmp_path: Path
) -> None:
    squared = shelf.add(tiny_relu(tmp_path / "squared.gguf", width=512, count=16384, layers=6, kind="Q8_0"), trust=True)
    other = shelf.add(tiny_llama(tmp_path / "other.gguf", width=512, layers=4, context=512), trust=True)
    for memory_mb, offered in ((180, True), (1024, False)):
        host.assistant.set_setting("model.memory_mb", memory_mb)
        told = {line.name: line.preparable for line in shown_shelf(shelf.listed()).models}
        assert (told[squared], told[other]) == (offered, False), shelf.listed()["models"]
    host.assistant.set_setting("model.memory_mb", 180)
    shelf.add(tiny_llama(tmp_path / "squared-prepared.gguf", context=512), trust=True)
    assert not any(line.preparable for line in shown_shelf(shelf.listed()).models), "it was prepared already"


def test_a_model_is_prepared_into_the_profile_and_a_cancelled_one_leaves_nothing(
    host: Host, shelf: Shelf, tmp_path: Path
) -> None:
    name = shelf.add(tiny_relu(tmp_path / "squared.gguf"), trust=True)
    with pytest.raises(Cancelled):
        shelf.prepare(name, unheard, lambda: True)
    assert (names(shelf), adding.leftovers(host.paths)) == ([name], ())
    told: list[tuple[int, int]] = []
    made = shelf.prepare(name, lambda done, total: told.append((done, total)), never)
    assert made == "squared-prepared.gguf"
    assert read_model(shelf.located(made).path).prepared is not None
    assert told == sorted(told)
    assert told[-1] == (told[-1][1], (tmp_path / "squared.gguf").stat().st_size)
    assert adding.leftovers(host.paths) == ()


def test_a_model_whose_neurons_are_never_silent_is_not_prepared(shelf: Shelf, model: Path) -> None:
    with pytest.raises(BadInput, match="never exactly silent"):
        shelf.prepare(shelf.add(model, trust=True), unheard, never)


def test_what_a_choice_would_cost_is_measured_and_the_chosen_one_says_what_it_did(
    host: Host, shelf: Shelf, tmp_path: Path
) -> None:
    name = shelf.add(tiny_gated(tmp_path / "gates.gguf"), trust=True)
    costs = shelf.costs(name, unheard, never)
    assert costs is not None
    assert names(shelf) == [name]
    with pytest.raises(Cancelled):
        shelf.prepare(name, unheard, lambda: True, keep=0.5)
    assert (names(shelf), adding.leftovers(host.paths)) == ([name], ())
    made = shelf.prepare(name, unheard, never, keep=0.5)
    assert made == "gates-kept-50.gguf"
    differs = {line.name: line.differs for line in shown_shelf(shelf.listed()).models}
    assert differs[made].startswith("Keeps 50 % of its neurons, so its answers differ: perplexity ")
    assert differs[name] == ""
    told = next(one for one in costs.shares if one.keep == 0.5)
    assert f"{100 * (told.perplexity - 1):+.1f} %" in differs[made] or told.perplexity > 2


def test_a_large_model_whose_answers_would_change_says_so_where_it_streams(
    host: Host, shelf: Shelf, tmp_path: Path
) -> None:
    name = shelf.add(tiny_gated(tmp_path / "gates.gguf", width=512, count=16384, layers=4), trust=True)
    host.assistant.set_setting("model.memory_mb", 250)
    line = next(one for one in shown_shelf(shelf.listed()).models if one.name == name)
    assert (line.preparable, line.by_choice) == (True, True)
    silent = shelf.add(tiny_relu(tmp_path / "squared.gguf"), trust=True)
    assert shelf.costs(silent, unheard, never) is None
    with pytest.raises(BadInput, match="changes nothing"):
        shown_costs(silent, None)


def test_an_answer_that_took_about_the_same_is_not_written_down_again(host: Host, shelf: Shelf) -> None:
    measured = {"memory_mb": 512, "tokens_per_s": 10.0, "spent": {"way": "dense", "waited": 0.5}}
    assert about_the_same(measured, measured | {"tokens_per_s": 10.8})
    assert about_the_same(measured, measured | {"spent": {"way": "dense", "waited": 0.47}})
    assert not about_the_same(measured, measured | {"tokens_per_s": 12.0})
    assert not about_the_same(measured, measured | {"memory_mb": 513})
    assert not about_the_same(measured, measured | {"spent": {"way": "fits", "waited": 0.5}})
    assert not about_the_same({}, measured)


def test_another_memory_counts_from_the_next_answer_on(host: Host, shelf: Shelf, model: Path) -> None:
    shelf.use(shelf.add(model, trust=True))
    first = host.assistant.generator()
    assert host.assistant.generator() is first
    host.assistant.set_setting("model.memory_mb", 2048)
    assert host.assistant.generator() is not first
    assert isinstance(first, LlamaGenerator)
    assert not first.alive


def test_what_is_not_on_offer_is_said(shelf: Shelf) -> None:
    with pytest.raises(BadInput, match="on offer"):
        shelf.published("none")
    with pytest.raises(BadInput, match="on offer"):
        shelf.download("none", trust=False, told=unheard, cancelled=never)


def test_what_nobody_vouched_for_is_not_fetched_without_a_word_of_trust(shelf: Shelf) -> None:
    said = Published(url="https://host.invalid/m.gguf", file="m.gguf", bytes=5, sha256="ab" * 32, revision="")
    with pytest.raises(ModelProblem, match="No published hash") as refused:
        shelf.download(said.url, trust=False, told=unheard, cancelled=never, promised=said)
    assert "ab" * 32 in refused.value.remedy
    assert "not pinned" in refused.value.remedy


def test_a_model_with_a_template_of_its_own_is_asked_in_its_own_way(host: Host, shelf: Shelf, tmp_path: Path) -> None:
    name = shelf.add(tiny_llama(tmp_path / "own.gguf", context=4096, template=SEED), trust=True)
    shelf.use(name)
    host.assistant.remember("The tea is in the blue tin.", NOW)
    host.assistant.ask("Where is the tea?", NOW)
    generator = host.assistant.generator()
    assert isinstance(generator, LlamaGenerator)
    assert generator.ready["format"] == "the file's own"
    assert host.assistant.last_run() is not None


def test_a_model_that_an_earlier_version_took_in_is_learned_when_it_is_chosen(
    host: Host, shelf: Shelf, tmp_path: Path
) -> None:
    name = shelf.add(tiny_llama(tmp_path / "own.gguf", context=4096, template=SEED), trust=True)

    def notes() -> dict[str, dict[str, object]]:
        with host.opened.vault.read() as db:
            return dict(json.loads(preferences.noted(db, "models") or "{}"))

    learned = notes()[name].pop("chat")
    with host.opened.vault.write() as db:
        preferences.note(db, "models", json.dumps({name: {k: v for k, v in notes()[name].items() if k != "chat"}}))
    shelf.use(name)
    assert notes()[name]["chat"] == learned
    generator = host.assistant.generator()
    assert isinstance(generator, LlamaGenerator)
    assert generator.ready["format"] == "the file's own"


def test_more_memory_than_there_is_counts_as_what_there_is(host: Host, shelf: Shelf) -> None:
    host.assistant.set_setting("model.memory_mb", 2**20)
    there = shelf.listed()
    assert there["memory_mb"] == there["machine"]["memory_bytes"] // 2**20 - 1024


def swapped(path: Path, other: Path) -> None:
    other.replace(path)


def changed_in_place(path: Path, other: Path) -> None:
    before = path.stat()
    path.write_bytes(other.read_bytes())
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))


@pytest.mark.parametrize("change", [swapped, changed_in_place])
def test_a_model_file_changed_between_the_check_and_the_load_is_not_loaded(
    host: Host, shelf: Shelf, model: Path, tmp_path: Path, change: Callable[[Path, Path], None]
) -> None:
    name = shelf.add(model, trust=True)
    shelf.use(name)
    generator = host.assistant.generator()
    assert isinstance(generator, LlamaGenerator)
    assert not generator.alive
    change(host.paths.models / name, tiny_llama(tmp_path / "other.gguf", context=4096, seed=9))
    with pytest.raises(ModelProblem, match="changed after it was checked"):
        _ = generator.ready
    host.assistant.stop_model()
    with pytest.raises(ModelProblem, match="bytes have changed"):
        host.assistant.generator()


def test_a_swapped_model_answers_nothing_and_the_memories_own_words_stand(
    host: Host, shelf: Shelf, model: Path, tmp_path: Path
) -> None:
    name = shelf.add(model, trust=True)
    shelf.use(name)
    host.assistant.remember("The tea is in the blue tin.", NOW)
    swapped(host.paths.models / name, tiny_llama(tmp_path / "other.gguf", seed=9))
    answer = host.assistant.ask("Where is the tea?", NOW)
    assert "blue tin" in answer.text
    assert any("bytes have changed" in notice for notice in answer.notices)
    assert host.assistant.last_run() is None


def other_words(entries: dict[str, gguf.GGUFValue], _: dict[str, NDArray[np.float32]]) -> None:
    words = entries["tokenizer.ggml.tokens"].value
    words[len(MARKS) + 256] = "other"


@pytest.fixture
def family(host: Host, shelf: Shelf, tmp_path: Path) -> dict[str, str]:
    """A model that answers, a small one of its vocabulary, and others that may not draft for it."""
    made = {
        "large": tiny_llama(tmp_path / "large.gguf", width=256, layers=4),
        "small": tiny_llama(tmp_path / "small.gguf"),
        "other": tiny_llama(tmp_path / "other.gguf", seed=8, spoil=other_words),
        "same": tiny_llama(tmp_path / "same.gguf", width=256, layers=4, seed=8),
    }
    named = {name: shelf.add(path, trust=True) for name, path in made.items()}
    shelf.use(named["large"])
    return named


def test_only_what_can_draft_for_the_chosen_model_is_offered_and_taken(
    host: Host, shelf: Shelf, family: dict[str, str]
) -> None:
    lines = {line.name: line for line in shown_shelf(shelf.listed()).models}
    assert {name for name, line in lines.items() if line.drafts} == {family["small"]}
    with pytest.raises(ModelProblem, match="another vocabulary"):
        shelf.draft_with(family["other"])
    with pytest.raises(ModelProblem, match="more than a quarter"):
        shelf.draft_with(family["same"])
    with pytest.raises(ModelProblem, match="for itself"):
        shelf.draft_with(family["large"])
    with pytest.raises(ModelMissing, match="no model 'nothing'"):
        shelf.draft_with("nothing")
    assert host.assistant.settings.model.draft == ""
    shelf.draft_with(family["small"])
    assert host.assistant.settings.model.draft == family["small"]
    lines = {line.name: line for line in shown_shelf(shelf.listed()).models}
    assert lines[family["small"]].used_for == "draft"
    shelf.draft_with("none")
    assert host.assistant.settings.model.draft == ""


def test_the_engine_gets_what_drafts_and_a_plan_with_it_is_shown(
    host: Host, shelf: Shelf, family: dict[str, str]
) -> None:
    def needed() -> int:
        return next(one["memory_needed_mb"] for one in shelf.listed()["models"] if one["name"] == family["large"])

    alone = needed()
    shelf.draft_with(family["small"])
    assert needed() > alone
    engine = host.assistant.generator()
    assert isinstance(engine, LlamaGenerator)
    taken = engine.ready["draft_bytes"]
    assert isinstance(taken, int)
    assert taken > 0
    settings = host.assistant.settings.model
    looked = {
        one.name: one
        for one in checks(
            host.paths, Chosen(file=settings.answering, memory_mb=settings.memory_mb, draft=settings.draft)
        )
    }
    assert "small drafts, in" in looked["Model large"].said
    shelf.draft_with("none")
    other = host.assistant.generator()
    assert isinstance(other, LlamaGenerator)
    assert other is not engine
    assert other.ready["draft_bytes"] == 0


def test_without_a_model_that_answers_nothing_drafts(shelf: Shelf, model: Path) -> None:
    name = shelf.add(model, trust=True)
    with pytest.raises(ModelMissing, match="nothing to draft for"):
        shelf.draft_with(name)


def test_what_drafted_goes_with_its_file_and_with_the_model_it_drafted_for(
    host: Host, shelf: Shelf, family: dict[str, str]
) -> None:
    shelf.draft_with(family["small"])
    shelf.use(family["same"])
    assert host.assistant.settings.model.draft == family["small"]  # it can for this one too
    shelf.use(family["other"])
    assert host.assistant.settings.model.draft == ""
    shelf.use(family["large"])
    shelf.draft_with(family["small"])
    shelf.remove(family["small"])
    assert host.assistant.settings.model.draft == ""


def test_a_file_that_drafted_and_went_bad_is_a_notice_and_no_more(
    host: Host, shelf: Shelf, family: dict[str, str]
) -> None:
    heard: list[Noticed] = []
    host.events.listen(lambda event: heard.append(event) if isinstance(event, Noticed) else None)
    shelf.draft_with(family["small"])
    (host.paths.models / family["small"]).write_bytes(b"GGUF" + bytes(100))
    engine = host.assistant.generator()
    assert isinstance(engine, LlamaGenerator)
    assert engine.ready["draft_bytes"] == 0
    assert any("does not draft" in notice.title for notice in heard)
    line = next(line for line in shown_shelf(shelf.listed()).models if line.name == family["large"])
    assert "cannot draft" in line.no_draft
