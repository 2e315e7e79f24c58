"""What a sentence is about, told by the bundled embedder on sentences that it was not made with."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from core.assistant.about import EVERYTHING, About
from core.assistant.exchange import knows
from core.capture.sensitivity import sensitivities_of
from core.inference.embedder import LlamaEmbedder
from core.memory import Sensitivity
from core.paths import RESOURCES
from core.store import preferences
from core.store.vault import Vault
from tests.made import HashingEmbedder, open_vault

DATA = Path(__file__).resolve().parents[2] / "data"
SAID: list[dict[str, str]] = [
    json.loads(line) for line in (DATA / "private_sentences.jsonl").read_text("utf-8").splitlines()
]


@pytest.fixture(scope="module")
def vault(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Vault]:
    made = open_vault(tmp_path_factory.mktemp("about") / "p")
    yield made
    made.close()


@pytest.fixture(scope="module")
def about(vault: Vault) -> Iterator[About]:
    embedder = LlamaEmbedder()
    yield About(vault, embedder, knows(vault, embedder.id))
    embedder.close()


def test_the_sentences_that_it_is_tried_on_are_not_those_that_it_was_made_with() -> None:
    examples = json.loads((RESOURCES / "private_examples.json").read_text("utf-8"))
    made_with = {text for sort in Sensitivity for text in examples.get(sort.value, ())}
    tasks = [json.loads(line) for line in (DATA / "context_tasks.jsonl").read_text("utf-8").splitlines()]
    tried = {one["text"] for one in SAID} | {task[part] for task in tasks for part in ("needed", "blocked")}
    assert len(made_with) > 400
    assert not made_with & tried


def test_most_private_sentences_in_plain_words_are_told_where_words_alone_tell_one_in_eight(
    about: About, record_property: object
) -> None:
    def told(one: dict[str, str]) -> frozenset[Sensitivity]:
        return about(one["text"], "en") | (sensitivities_of(one["text"]) - {Sensitivity.WORK})

    private = [one for one in SAID if one["about"] != "none"]
    plain = [one for one in SAID if one["about"] == "none"]
    held_back = sum(bool(told(one)) for one in private) / len(private)
    false_alarms = sum(bool(told(one)) for one in plain) / len(plain)
    right = sum(Sensitivity(one["about"]) in told(one) for one in private) / len(private)
    by_words = sum(bool(sensitivities_of(one["text"]) - {Sensitivity.WORK}) for one in private) / len(private)
    assert callable(record_property)
    record_property("held_back", f"{held_back:.2f} of {len(private)}")
    record_property("by_the_right_name", f"{right:.2f}")
    record_property("false_alarms", f"{false_alarms:.2f} of {len(plain)}")
    record_property("by_words_alone", f"{by_words:.2f}")
    assert held_back >= 0.90
    assert right >= 0.85
    assert false_alarms <= 0.15
    assert held_back > by_words + 0.5


def test_one_private_sentence_in_a_long_harmless_text_is_seen(about: About) -> None:
    harmless = "The parcel came this morning. Our flight leaves from gate two. " * 20
    assert not about(harmless, "en")
    assert Sensitivity.LOVE in about(
        f"{harmless}He kissed me in the kitchen and my husband must not know. {harmless}", "en"
    )


def test_where_it_cannot_be_told_it_is_taken_for_everything(vault: Vault, about: About) -> None:
    assert about("牛乳と卵を買う", "ja") == EVERYTHING
    assert about("Купить молоко", "") == EVERYTHING
    assert about("Die Milch ist alle.", "de") == EVERYTHING
    assert about("Bring milk. " * 2_000, "en") == EVERYTHING
    assert About(vault, None, lambda language: True)("Bring milk.", "en") == EVERYTHING
    assert about("", "en") == frozenset()


def test_what_was_learnt_is_kept_in_the_vault_for_its_embedder_alone(vault: Vault, about: About) -> None:
    about("Bring milk.", "en")
    with vault.read() as db:
        kept = json.loads(preferences.noted(db, "private_weights"))
    assert about.embedder is not None
    assert kept["of"].startswith(f"{about.embedder.id} ")
    other = About(vault, HashingEmbedder(), lambda language: True)
    other("Bring milk.", "en")
    with vault.read() as db:
        assert json.loads(preferences.noted(db, "private_weights"))["of"] != kept["of"]
