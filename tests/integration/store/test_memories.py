from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from core.errors import BadInput
from core.memory import Channel, Facet, Fact, Kind, MemoryId, Selection, State, WordBox
from core.store import envelope, indexing, memories, words
from core.store.vault import Vault
from tests.made import NOON, note, open_vault, turn


@pytest.fixture
def vault(tmp_path: Path) -> Iterator[Vault]:
    vault = open_vault(tmp_path / "p")
    yield vault
    vault.close()


def test_a_saved_turn_comes_back_as_it_was(vault: Vault) -> None:
    draft = turn("The invoice is 240 euros.", 3)
    (id,) = memories.save(vault, [draft], NOON).ids
    with vault.read() as db:
        found = memories.get(db, id)
    assert found is not None
    assert (found.text, found.at, found.provenance) == (draft.text, draft.at, draft.provenance)
    assert found.state is State.CAPTURED


def test_the_same_turn_twice_adds_nothing_and_another_text_is_a_new_version(vault: Vault) -> None:
    draft = turn("We meet at ten.", 1)
    first = memories.save(vault, [draft], NOON)
    again = memories.save(vault, [draft, draft], NOON)
    changed = memories.save(vault, [replace(draft, text="We meet at eleven.")], NOON)
    with vault.read() as db:
        assert memories.counts(db)["kind"] == {"episodic": 1}
        found = memories.get(db, first.ids[0])
        history = memories.history(db, first.ids[0])
        assert words.match(db, words.expression(["ten"])) == []
        assert len(words.match(db, words.expression(["eleven"]))) == 1
    assert (again.ids, again.known) == ((), 2)
    assert (changed.ids, changed.versions) == (first.ids, 1)
    assert found is not None
    assert (found.text, found.version) == ("We meet at eleven.", 2)
    assert [(version, text) for version, text, _ in history] == [(1, "We meet at ten.")]


def test_a_selection_limits_by_everything_it_names(vault: Vault) -> None:
    memories.save(
        vault,
        [
            turn("Dana likes tea", 0),
            turn("Ben likes tea", 1, speaker="Ben", conversation="other"),
            note("tea is in the top drawer"),
            note("pin 1234", Kind.SECRET),
        ],
        NOON,
    )
    with vault.read() as db:

        def texts(**limits: object) -> list[str]:
            return sorted(m.text for m in memories.find(db, Selection(**limits)))  # type: ignore[arg-type]

        assert texts(words=("tea",)) == ["Ben likes tea", "Dana likes tea", "tea is in the top drawer"]
        assert texts(person="dana") == ["Dana likes tea"]
        assert texts(conversation="other") == ["Ben likes tea"]
        assert texts(kinds=(Kind.SEMANTIC,)) == ["tea is in the top drawer"]
        assert texts(kinds=(Kind.SECRET,)) == ["pin 1234"]
        assert texts(after=NOON + timedelta(seconds=30)) == ["Ben likes tea"]
        assert texts(facets=(Facet.NOTE,)) == ["tea is in the top drawer"]


def test_a_move_that_life_does_not_know_is_refused(vault: Vault) -> None:
    (id,) = memories.save(vault, [turn("gone", 0)], NOON).ids
    with vault.write() as db:
        memories.change(db, id, {"state": State.SUPERSEDED}, NOON)
        with pytest.raises(BadInput, match="cannot become faded"):
            memories.change(db, id, {"state": State.FADED}, NOON)


def test_what_was_derived_is_found_through_any_number_of_steps(vault: Vault) -> None:
    (turn_id,) = memories.save(vault, [turn("I moved to Lyon", 0)], NOON).ids
    keys = envelope.content_keys(vault)
    fact = replace(
        turn("Dana lives in Lyon", 0),
        facet=Facet.FACT,
        sources=(turn_id,),
        fact=Fact(subject="dana", attribute="lives in", value="lyon"),
    )
    fact = replace(fact, provenance=replace(fact.provenance, channel=Channel.SLEEP, external_id=""))
    with vault.write() as db:
        first = memories.insert(db, fact, NOON, keys=keys)
        second = memories.insert(db, replace(fact, fact=None, text="a digest", sources=(first.id,)), NOON, keys=keys)
    with vault.read() as db:
        assert set(memories.derived_from(db, [turn_id])) == {first.id, second.id}
        assert memories.get(db, first.id).sources == (turn_id,)  # type: ignore[union-attr]


def test_the_content_hash_sees_every_change_and_not_the_order_of_saving(vault: Vault, tmp_path: Path) -> None:
    drafts = [turn("one", 0), turn("two", 1)]
    ids = memories.save(vault, drafts, NOON).ids
    with vault.read() as db:
        before = memories.content_hash(db)
        rows = list(db.query("SELECT * FROM memory"))
    with vault.write() as db:
        memories.change(db, ids[0], {"pinned": True}, NOON)
    with vault.read() as db:
        assert memories.content_hash(db) != before
    other = open_vault(tmp_path / "q")
    with other.write() as db:
        for row in reversed(rows):
            row.pop("seq")
            memories.insert_row(db, row)
    with other.read() as db:
        assert memories.content_hash(db) == before
    other.close()


@pytest.mark.parametrize(
    "typed", ['"', "AND OR NOT", "text:x", "a*b^c", "(", "NEAR(a b)", "-", "\x00", "'; DROP TABLE"]
)
def test_nothing_typed_is_full_text_syntax(vault: Vault, typed: str) -> None:
    memories.save(vault, [turn(f"say {typed} to me", 0)], NOON)
    with vault.read() as db:
        words.match(db, words.expression([typed, "say"], phrases=[typed], without=[typed + "zzz"]))
        assert len(words.match(db, words.expression(["say"]))) == 1


def test_ids_sort_by_the_time_of_saving() -> None:
    early, late = envelope.new_id(NOON), envelope.new_id(NOON + timedelta(milliseconds=1))
    assert early < late
    assert len(early) == 26
    assert envelope.new_id(NOON) != MemoryId(early)


def test_a_long_screen_is_indexed_by_its_blocks(vault: Vault) -> None:
    lines = [[f"w{block}x{line}x{n}" for n in range(4)] for block in range(3) for line in range(20)]
    boxes = tuple(
        WordBox(text=word, left=90 * n, top=30 * place + 200 * (place // 20), width=80, height=20)
        for place, line in enumerate(lines)
        for n, word in enumerate(line)
    )
    text = "\n".join(" ".join(line) for line in lines)
    frame = replace(turn(text, 1), facet=Facet.FRAME, boxes=boxes)
    memories.save(vault, [frame], NOON)
    with vault.read() as db:
        ranges = indexing.ranges(db, [1])[1]
        assert {"w0x0x0", "w1x0x0", "w2x0x0"} <= {text[begin:].split()[0] for begin, _ in ranges}
        assert [seq for seq, _ in words.match(db, words.expression(["w2x19x3"]))] == [1]
