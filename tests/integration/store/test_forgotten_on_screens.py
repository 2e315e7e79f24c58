"""Forgetting a turn that was read from a screen takes it out of the screen as well, and the other way round."""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from sqlite_utils import Database

from core.capture.screen.picture import encoded
from core.errors import Cancelled
from core.memory import Channel, Draft, Facet, MediaId, Memory, MemoryId, Provenance, Selection, WordBox
from core.store import archive, grams, indexing, memories, words
from core.store.forget import forget
from core.store.media import BaseGone, Media, webp
from core.store.media.patch import difference, differing
from core.store.vault import Vault
from tests.made import NOON, open_vault

Pixels = NDArray[np.uint8]
SECRET = "The spare key hangs behind the blue gas meter in the yard"
OTHER = "Lunch on Friday at the harbour then"
WIDE, HIGH = 640, 160
ROW = 20


@pytest.fixture
def vault(tmp_path: Path) -> Iterator[Vault]:
    made = open_vault(tmp_path / "profile")
    yield made
    made.close()


def noise(seed: int) -> Pixels:
    grey = np.random.default_rng(seed).integers(60, 250, (HIGH, WIDE), dtype=np.uint8)
    return np.ascontiguousarray(np.repeat(grey[:, :, None], 3, axis=2))


def boxes_of(lines: Sequence[str]) -> tuple[WordBox, ...]:
    return tuple(
        WordBox(text=word, left=10 + 40 * at, top=10 + ROW * row, width=34, height=14)
        for row, line in enumerate(lines)
        for at, word in enumerate(line.split())
    )


def frame(
    vault: Vault, media: Media, minute: int, lines: Sequence[str], pixels: Pixels, base: MediaId | None = None
) -> Memory:
    """A screen that was kept with its picture; `base`: what it is a patch on."""
    with vault.write() as db:
        if base is None:
            whole = encoded(pixels)
            picture = media.put(db, whole.data, whole.thumbnail, width=WIDE, height=HIGH, form=whole.form)
        else:
            ground = webp.decoded(media.get(db, base))
            patch = difference(ground, pixels, differing(ground, pixels))
            picture = media.put(
                db, patch.data, b"", width=WIDE, height=HIGH, form=patch.form, base=base, laid=patch.laid
            )
        draft = Draft(
            text="\n".join(lines),
            at=NOON + timedelta(minutes=minute),
            facet=Facet.FRAME,
            provenance=Provenance(channel=Channel.SCREEN, app="Slack", window="Dana"),
            boxes=boxes_of(lines),
            picture=picture,
        )
        (id,) = memories.save(vault, [draft], NOON).ids
    return found(vault, id)


def heard(vault: Vault, text: str, number: int) -> MemoryId:
    draft = Draft(
        text=text,
        at=NOON,
        facet=Facet.TURN,
        provenance=Provenance(
            channel=Channel.SCREEN,
            app="Slack",
            window="Dana",
            conversation="Slack Dana",
            external_id=f"s{number}",
            speaker="Dana",
        ),
    )
    (id,) = memories.save(vault, [draft], NOON).ids
    return id


def one_row(db: Database, id: MemoryId) -> dict[str, Any]:
    return next(iter(db.query("SELECT * FROM memory WHERE id = ?", [id])))


def seq_of(db: Database, id: MemoryId) -> int:
    return int(one_row(db, id)["seq"])


def found(vault: Vault, id: MemoryId) -> Memory:
    with vault.read() as db:
        memory = memories.get(db, id)
    assert memory is not None
    return memory


def ids(vault: Vault) -> set[MemoryId]:
    with vault.read() as db:
        return set(memories.find_ids(db, Selection()))


def shown(vault: Vault, media: Media, memory: Memory) -> Pixels:
    assert memory.picture is not None
    with vault.read() as db:
        return webp.decoded(media.get(db, memory.picture))


LINES = ("Chats Dana 12:03", SECRET, "Robin 12:04", OTHER)


def test_a_forgotten_turn_leaves_the_screens_that_showed_it_without_its_words_and_pixels(vault: Vault) -> None:
    media = Media(vault.paths)
    first = frame(vault, media, 1, LINES, noise(1))
    below = shown(vault, media, first)
    later = below.copy()
    later[130:150, 300:500] = 90
    second = frame(vault, media, 2, (*LINES, "Kit typing more"), later, first.picture)
    innocent = frame(vault, media, 3, ("Nothing of the kind", OTHER), noise(3))
    turn, kept = heard(vault, SECRET, 1), heard(vault, OTHER, 2)
    before = {memory.id: shown(vault, media, memory) for memory in (first, second)}
    old_files = {file for memory in (first, second) for file in media.files(memory.picture or MediaId(""))}
    assert vault.traces([SECRET.encode()]) > 0

    gone = forget(vault, media, None, [turn])

    assert (gone.forgotten, set(gone.cut), gone.unshown) == ((turn,), {first.id, second.id}, 0)
    assert gone.proof.places["screens that show it"] == (2, 0)
    assert {place: after for place, (_, after) in gone.proof.places.items() if after} == {}
    assert vault.traces([SECRET.encode(), b"behind the blue gas meter"]) == 0
    assert not any(file.exists() for file in old_files)
    for memory in (first, second):
        now = found(vault, memory.id)
        assert "gas meter" not in now.text
        assert OTHER in now.text
        assert "[…]" in now.text
        assert not {"gas", "meter"} & {box.text for box in now.boxes}
        assert "harbour" in {box.text for box in now.boxes}
        pixels, was = shown(vault, media, now), before[memory.id]
        for box in boxes_of(LINES)[3:15]:
            place = pixels[box.top : box.top + box.height, box.left : box.left + box.width]
            assert place.max() < 8, box.text  # WebP with loss
        untouched = np.abs(pixels[60:160].astype(int) - was[60:160].astype(int)).mean()
        assert untouched < 20  # encoded anew, perhaps with loss
        with vault.read() as db:
            small = webp.decoded(media.get(db, now.picture or MediaId(""), thumbnail=True))
        assert small[18:20, 20:60].mean() < 90
    assert found(vault, innocent.id).text == innocent.text
    assert kept in ids(vault)
    with vault.write() as db:
        assert media.sweep(db).missing == ()


def test_pictures_of_more_screens_than_can_be_blackened_at_once_go(vault: Vault) -> None:
    media = Media(vault.paths)
    frames = [frame(vault, media, number, (*LINES, f"page {number}"), noise(number)) for number in range(14)]
    turn = heard(vault, SECRET, 1)
    gone = forget(vault, media, None, [turn])
    assert (len(gone.cut), gone.unshown) == (14, 2)
    assert [found(vault, one.id).picture is None for one in frames] == [True] * 2 + [False] * 12
    assert not any(media.files(one.picture) for one in frames[:2] if one.picture)
    assert vault.traces([SECRET.encode()]) == 0


def test_turns_go_with_the_only_screen_that_showed_them_and_stay_where_another_does(vault: Vault) -> None:
    media = Media(vault.paths)
    both = frame(vault, media, 1, LINES, noise(1))
    frame(vault, media, 2, ("Robin 12:04", OTHER), noise(2))
    secret, other = heard(vault, SECRET, 1), heard(vault, OTHER, 2)
    gone = forget(vault, media, None, [both.id])
    assert (gone.forgotten, gone.derived, gone.cut) == ((both.id,), (secret,), ())
    assert other in ids(vault)
    assert vault.traces([SECRET.encode()]) == 0


def test_a_turn_that_went_with_its_screen_may_be_seen_again_a_forgotten_one_may_not(vault: Vault) -> None:
    media = Media(vault.paths)
    one = frame(vault, media, 1, LINES, noise(1))
    heard(vault, SECRET, 1)
    forget(vault, media, None, [one.id])
    again = heard(vault, SECRET, 1)
    forget(vault, media, None, [again])
    with pytest.raises(ValueError, match="not enough values"):
        heard(vault, SECRET, 1)


def test_an_older_archive_does_not_bring_the_words_back_into_the_screen(vault: Vault, tmp_path: Path) -> None:
    media = Media(vault.paths)
    one = frame(vault, media, 1, LINES, noise(1))
    turn = heard(vault, SECRET, 1)
    file = tmp_path / "older.mneme"
    archive.export(vault, media, file, now=NOON, passphrase="correct horse", what=archive.What())
    forget(vault, media, None, [turn])
    report = archive.merge(vault, media, file, now=NOON, passphrase="correct horse")
    assert report.refused == 2
    assert "gas meter" not in found(vault, one.id).text
    assert vault.traces([SECRET.encode()]) == 0


def test_a_turn_that_came_in_a_file_leaves_screens_alone(vault: Vault) -> None:
    media = Media(vault.paths)
    one = frame(vault, media, 1, LINES, noise(1))
    said = Draft(
        text=SECRET,
        at=NOON,
        facet=Facet.TURN,
        provenance=Provenance(channel=Channel.CONVERSATION, conversation="c", external_id="1", speaker="Dana"),
    )
    (turn,) = memories.save(vault, [said], NOON).ids
    gone = forget(vault, media, None, [turn])
    assert gone.cut == ()
    assert found(vault, one.id).text == one.text


def test_a_cut_screen_is_kept_against_no_more_it_is_kept_whole(vault: Vault) -> None:
    media = Media(vault.paths)
    one = frame(vault, media, 1, LINES, noise(1))
    below = shown(vault, media, one)
    forget(vault, media, None, [heard(vault, SECRET, 1)])
    later = below.copy()
    later[130:150] = 90
    patch = difference(below, later, differing(below, later))
    with vault.write() as db, pytest.raises(BaseGone):
        media.put(db, patch.data, b"", width=WIDE, height=HIGH, form=patch.form, base=one.picture, laid=patch.laid)


def files_of(vault: Vault) -> set[Path]:
    return {file for file in vault.paths.media.rglob("*") if file.is_file()}


def test_a_forget_called_off_at_any_step_leaves_everything_and_one_carried_through_tells_every_step(
    vault: Vault,
) -> None:
    media = Media(vault.paths)
    first = frame(vault, media, 1, LINES, noise(1))
    below = shown(vault, media, first)
    frames = [first]
    for number in range(2, 5):
        later = below.copy()
        later[130:150, 300 : 300 + 20 * number] = 90
        frames.append(frame(vault, media, number, (*LINES, f"page {number}"), later, first.picture))
    turn = heard(vault, SECRET, 1)
    kept = {one.id: shown(vault, media, one) for one in frames}
    before = files_of(vault)
    steps: list[tuple[int, int]] = []
    calls = 0

    def cancelled() -> bool:
        nonlocal calls
        calls += 1
        return calls == stop_at

    stop_at = 0
    for stop_at in range(1, 100):
        calls = 0
        try:
            gone = forget(vault, media, None, [turn], told=lambda *at: steps.append(at), cancelled=cancelled)
        except Cancelled:
            assert files_of(vault) == before, stop_at
            assert turn in ids(vault)
            assert all("gas meter" in found(vault, one.id).text for one in frames)
            assert all((shown(vault, media, one) == kept[one.id]).all() for one in frames)
        else:
            break
    assert stop_at > 2 + 3 * 4 + 4
    assert len(gone.cut) == 4
    assert steps[-1][0] == steps[-1][1] == 2 + 3 * 4 + 4
    assert {place: after for place, (_, after) in gone.proof.places.items() if after} == {}
    assert vault.traces([SECRET.encode()]) == 0


def test_pictures_that_rested_on_one_another_still_do_when_they_are_black(vault: Vault) -> None:
    media = Media(vault.paths)
    innocent = frame(vault, media, 1, ("Nothing of the kind", OTHER), noise(1))
    ground = shown(vault, media, innocent)
    frames = []
    for number in range(2, 5):
        later = ground.copy()
        later[130:150, 300 : 300 + 20 * number] = 90
        frames.append(frame(vault, media, number, (*LINES, f"page {number}"), later, innocent.picture))
    before = {one.id: shown(vault, media, one) for one in frames}
    forget(vault, media, None, [heard(vault, SECRET, 1)])
    for one in frames:
        now = found(vault, one.id)
        with vault.read() as db:
            assert media.facts(db, now.picture or MediaId("")).base == innocent.picture
            assert len(media.get(db, now.picture or MediaId(""), thumbnail=True)) > 0
        pixels = shown(vault, media, now)
        box = boxes_of(LINES)[5]
        assert pixels[box.top : box.top + box.height, box.left : box.left + box.width].max() < 8  # WebP with loss
        assert (pixels[64:128] == before[one.id][64:128]).all()


@pytest.mark.parametrize("language", ["", "en"])
def test_screens_of_several_pieces_are_found_by_what_is_left_in_them(vault: Vault, language: str) -> None:
    media = Media(vault.paths)
    filler = [" ".join(f"word{line}n{at}" for at in range(9)) for line in range(40)]
    frames = [
        frame(vault, media, number, (*filler[:20], *LINES, *filler[20:], f"page{number}x"), noise(number))
        for number in range(1, 6)
    ]
    with vault.write() as db:
        db.execute("UPDATE memory SET language = ?", [language])
        for one in frames:
            indexing.put_language(db, seq_of(db, one.id), one_row(db, one.id))
    forget(vault, media, None, [heard(vault, SECRET, 1)])
    with vault.write() as db:
        db.execute("INSERT INTO words (words, rank) VALUES ('integrity-check', 1)")
        seqs = {seq_of(db, one.id) for one in frames}
        for word in ("word3n4", "word19n8", "word20n0", "word39n8", "harbour"):
            assert {seq for seq, _ in words.match(db, f'"{word}"')} == seqs, word
            assert set(grams.match(db, grams.phrase(word))) == (seqs if language != "en" else set()), word
        for word in ("gas", "meter", "hangs"):
            assert words.match(db, f'"{word}"') == []
            assert grams.match(db, grams.phrase(word)) == []
