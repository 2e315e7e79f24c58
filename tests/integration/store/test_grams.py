"""Parts of words: what is found by them, and that nothing of a forgotten memory stays in them."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from core.assistant.intake import Intake
from core.events import Events
from core.memory import Draft, MemoryId
from core.settings import Settings
from core.store import grams, memories, tonight, undo
from core.store.forget import forget
from core.store.media import Media
from core.store.vault import Vault
from tests.made import NOON, open_vault, turn


@pytest.fixture
def vault(tmp_path: Path) -> Iterator[Vault]:
    vault = open_vault(tmp_path / "p")
    yield vault
    vault.close()


def said(text: str, language: str, number: int = 0) -> Draft:
    return replace(turn(text, number), language=language)


def keep(vault: Vault, *drafts: Draft) -> list[MemoryId]:
    return list(memories.save(vault, drafts, NOON).ids)


def found(vault: Vault, part: str, *, begins: bool = False, ends: bool = False) -> list[int]:
    with vault.read() as db:
        return sorted(grams.match(db, grams.phrase(part, begins=begins, ends=ends)))


def test_a_word_is_found_inside_others_at_their_beginning_and_by_itself(vault: Vault) -> None:
    keep(vault, said("Die Teambesprechungen sind verlegt.", "de", 1), said("Unsere Besprechung: heute", "de", 2))
    assert found(vault, "besprechung") == [1, 2]
    assert found(vault, "besprechung", begins=True) == [2]
    assert found(vault, "besprechung", ends=True) == [2]


def test_accents_sharp_s_width_and_katakana_make_no_difference(vault: Vault) -> None:
    keep(
        vault, said("Grüße aus der Straße", "de", 1), said("la próxima reunión", "es", 2), said("ﾒｶﾞﾈを作った", "ja", 3)
    )
    assert found(vault, "strasse") == found(vault, "GRUSSE") == [1]
    assert found(vault, "reunion") == found(vault, "REUNIÓN") == [2]
    assert found(vault, "メガネ") == found(vault, "めがね") == [3]


def test_one_letter_and_two_of_a_script_without_spaces_are_found(vault: Vault) -> None:
    keep(vault, said("来週の会議は三時から", "ja", 1), said("我们星期四开会", "zh", 2))
    assert found(vault, "会議") == [1]
    assert found(vault, "会") == [1, 2]
    assert found(vault, "会 議") == [1], "a space typed between them changes nothing"


@pytest.mark.parametrize("typed", ["", " ", '"', '" OR "', "a", "*", "会\0", "AND", "\ud800", "- -"])
def test_nothing_typed_breaks_out_of_a_phrase(vault: Vault, typed: str) -> None:
    keep(vault, said("Besprechung", "de"))
    assert found(vault, typed) == []


def test_english_takes_no_room_and_another_language_found_later_does(vault: Vault) -> None:
    (id,) = keep(vault, said("The meeting was moved.", "en"))
    assert found(vault, "meeting") == []
    with vault.write() as db:
        memories.change(db, id, {"language": "nl"}, NOON)
    assert found(vault, "meeting") == [1]
    with vault.write() as db:
        memories.change(db, id, {"text": "The talk was moved.", "language": "en"}, NOON)
    assert found(vault, "moved") == []


def test_another_text_takes_the_old_ones_place(vault: Vault) -> None:
    (id,) = keep(vault, said("Die Besprechung ist am Montag.", "de"))
    with vault.write() as db:
        memories.change(db, id, {"text": "Der Ausflug ist am Montag."}, NOON)
    assert (found(vault, "besprechung"), found(vault, "ausflug")) == ([], [1])


def test_nothing_of_a_forgotten_memory_stays_in_its_parts(vault: Vault) -> None:
    doomed = keep(vault, *(said(f"Geheimsache Nr. {n}: Übergabe der Wäscheklammern", "de", n) for n in range(50)))
    keep(vault, *(said(f"Wetterbericht Nr. {n}", "de", 100 + n) for n in range(50)))
    folded = [grams.spread(f"Geheimsache Nr. {n}: Übergabe").strip().encode() for n in range(50)]
    vault.checkpoint()
    assert vault.traces(folded) == 50, "the positive control: all are there before"

    proof = forget(vault, Media(vault.paths), None, doomed).proof

    assert proof.places["parts of words"] == (50, 0)
    assert all(after == 0 for _, after in proof.places.values())
    assert vault.traces(folded) == 0
    assert found(vault, "geheimsache") == []
    assert len(found(vault, "wetterbericht")) == 50
    with vault.read() as db:
        kept = db.execute("SELECT group_concat(term, '') FROM term").fetchone()[0]
    assert "geheimsach" not in kept
    assert "wetterbericht" in kept


def test_what_another_memory_says_as_well_is_no_trace(vault: Vault) -> None:
    one, _ = keep(vault, said("Ja, gerne am Donnerstag!", "de", 1), said("ja gerne am Donnerstag", "de", 2))
    proof = forget(vault, Media(vault.paths), None, [one]).proof
    assert all(after == 0 for _, after in proof.places.values())
    assert found(vault, "donnerstag") == [2]


def test_what_is_taken_out_and_put_back_is_found_again(vault: Vault) -> None:
    (id,) = keep(vault, said("Die Besprechung ist am Montag.", "de"))
    with vault.write() as db:
        taken = undo.row(db, id)
        assert taken is not None
        undo.take_out(db, id)
        assert grams.any_kept(db) is False
        undo.put_back(db, taken)
        assert tonight.newest(db) == 2
    assert found(vault, "besprechung") == [2]


def test_the_languages_of_an_older_store_are_found_in_the_background(vault: Vault) -> None:
    keep(vault, said("Ich habe die Besprechung auf Donnerstag verschoben.", "", 1), said("Ja gerne", "", 2))
    keep(vault, said("We moved the meeting to Thursday.", "", 3), said("Wir sehen uns dann im Büro.", "", 4))
    with vault.write() as db:
        db.execute("INSERT INTO untold SELECT seq FROM memory")
        db.execute("DELETE FROM grams")
    list(Intake(vault, None, None, Events(), Settings).embed())
    with vault.read() as db:
        assert [memory.language for memory in memories.by_seq(db, [1, 2, 3])] == ["de", "de", "en"]
        assert db.execute("SELECT count(*) FROM untold").fetchone()[0] == 0
    assert found(vault, "besprech") == [1]
    assert found(vault, "meeting") == []
