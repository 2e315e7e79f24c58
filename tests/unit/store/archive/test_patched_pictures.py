"""Pictures that are patches on another, in archives: as the pair they are, or whole where one of the two stays."""

import json
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from core.errors import ArchiveProblem
from core.memory import Channel, Draft, Facet, MediaId, MemoryId, Provenance, WordBox
from core.store import memories
from core.store.archive import What, export, merge
from core.store.envelope import content_keys
from core.store.media import webp
from core.store.media.patch import difference, differing
from tests.unit.store.archive.profiles import NOW, PASSPHRASE, Profile
from tests.unit.store.archive.test_hostile_archives import assert_refused, entries_of, forged

Make = Callable[[str], Profile]
Pixels = NDArray[np.uint8]


def page(seed: int) -> Pixels:
    ink = np.random.default_rng(seed).random((16, 32)) < 0.3
    grey = np.where(np.kron(ink, np.ones((8, 4), dtype=np.bool_)), 20, 240).astype(np.uint8)
    return np.ascontiguousarray(np.repeat(grey[:, :, None], 3, axis=2))


def frame(profile: Profile, text: str, picture: MediaId) -> MemoryId:
    draft = Draft(
        text=text,
        at=NOW,
        facet=Facet.FRAME,
        provenance=Provenance(channel=Channel.SCREEN, app="browser", window=text),
        picture=picture,
        boxes=(WordBox(text=text, left=4, top=8, width=30, height=12),),
    )
    with profile.vault.write() as db:
        return memories.insert(db, draft, NOW, keys=content_keys(profile.vault)).id


def seen(profile: Profile) -> tuple[list[MemoryId], list[Pixels]]:
    """A frame and two that are patches on it."""
    pixels = [page(1), page(1), page(1)]
    pixels[1][16:32, 32:64] = page(2)[:16, :32]
    pixels[2][48:64, 0:16] = page(3)[:16, :16]
    with profile.vault.write() as db:
        base = profile.media.put(
            db, webp.encoded(pixels[0])[0], webp.thumbnail(pixels[0]), width=128, height=128, form="lossless"
        )
        pictures = [base]
        for one in pixels[1:]:
            patch = difference(pixels[0], one, differing(pixels[0], one))
            pictures.append(
                profile.media.put(
                    db, patch.data, b"", width=128, height=128, form=patch.form, base=base, laid=patch.laid
                )
            )
    return [frame(profile, f"Page{n}", picture) for n, picture in enumerate(pictures)], pixels


def shown(profile: Profile) -> dict[str, Pixels]:
    with profile.vault.read() as db:
        rows = db.execute("SELECT text, picture FROM memory WHERE picture IS NOT NULL").fetchall()
        return {text: webp.decoded(profile.media.get(db, MediaId(picture))) for text, picture in rows}


def bases(profile: Profile) -> list[object]:
    return [row["base"] for row in profile.rows("picture")]


def taken(first: Profile, second: Profile, path: Path, what: What | None = None) -> None:
    export(first.vault, first.media, path, now=NOW, passphrase=PASSPHRASE, what=what)
    merge(second.vault, second.media, path, now=NOW, passphrase=PASSPHRASE)


def test_a_pair_travels_as_a_pair(profile: Make, tmp_path: Path) -> None:
    first, second = profile("first"), profile("second")
    _, pixels = seen(first)
    taken(first, second, tmp_path / "a.mneme")
    there = shown(second)
    assert all((there[f"Page{n}"] == one).all() for n, one in enumerate(pixels))
    assert sorted(map(str, bases(second))) == sorted(map(str, bases(first)))
    assert second.content() == first.content()
    with second.vault.read() as db:
        assert memories.named(db, "Page0") == []
        assert [row[0] for row in db.execute("SELECT count(*) FROM memory WHERE typeof(boxes) = 'blob'")] == [3]


@pytest.mark.parametrize("chosen", [(1,), (1, 2), (0, 2)])
def test_a_selection_shows_what_was_chosen_and_nothing_of_the_others(
    profile: Make, tmp_path: Path, chosen: tuple[int, ...]
) -> None:
    first, second = profile("first"), profile("second")
    ids, pixels = seen(first)
    taken(first, second, tmp_path / "a.mneme", What(ids=[ids[n] for n in chosen]))
    there = shown(second)
    assert sorted(there) == [f"Page{n}" for n in chosen]
    assert all((there[f"Page{n}"] == pixels[n]).all() for n in chosen)
    assert len(second.rows("picture")) == len(chosen)
    assert sum(base is not None for base in bases(second)) == (1 if 0 in chosen else 0)


def test_what_rests_on_a_picture_that_was_forgotten_here_comes_whole(profile: Make, tmp_path: Path) -> None:
    first, second = profile("first"), profile("second")
    ids, pixels = seen(first)
    path = tmp_path / "a.mneme"
    export(first.vault, first.media, path, now=NOW, passphrase=PASSPHRASE)
    with first.vault.read() as db:
        draft = memories.get(db, ids[0])
    assert draft is not None
    with second.vault.write() as db:
        db.execute("INSERT INTO tombstone VALUES (?)", [content_keys(second.vault).of(draft)])
    assert merge(second.vault, second.media, path, now=NOW, passphrase=PASSPHRASE).refused == 1
    there = shown(second)
    assert sorted(there) == ["Page1", "Page2"]
    assert all((there[f"Page{n}"] == pixels[n]).all() for n in (1, 2))
    assert bases(second) == [None, None]


def test_an_archive_of_the_first_format_is_still_taken(profile: Make, tmp_path: Path) -> None:
    first, second = profile("first"), profile("second")
    base = webp.encoded(page(1))[0]
    with first.vault.write() as db:
        picture = first.media.put(db, base, webp.thumbnail(page(1)), width=128, height=128, form="lossless")
    frame(first, "Page0", picture)
    entries = entries_of(first, tmp_path)
    lines = [json.loads(line) for line in entries["pictures.jsonl"].splitlines()]
    old = b"".join(
        json.dumps({name: value for name, value in line.items() if name not in ("base", "laid")}).encode() + b"\n"
        for line in lines
    )
    manifest = json.dumps(json.loads(entries["manifest.json"]) | {"format": 1}).encode()
    path = forged(entries | {"pictures.jsonl": old, "manifest.json": manifest}, tmp_path)
    assert merge(second.vault, second.media, path, now=NOW).pictures == 1
    assert (shown(second)["Page0"] == page(1)).all()


def test_a_patch_that_rests_on_nothing_that_is_there_is_refused(profile: Make, tmp_path: Path) -> None:
    first, second = profile("first"), profile("second")
    seen(first)
    entries = entries_of(first, tmp_path)
    lines = [json.loads(line) for line in entries["pictures.jsonl"].splitlines()]
    patch = next(line for line in lines if line["base"] is not None)
    for wrong in (
        *({"base": "z" * 26}, {"base": patch["id"]}, {"base": "../x"}, {"base": 5}, {"width": 64}),
        *({"laid": ""}, {"base": None}, {"laid": 3}, {"bytes": 0}),
    ):
        forgery = [line | (wrong if line["id"] == patch["id"] else {}) for line in lines]
        raw = b"".join(json.dumps(line).encode() + b"\n" for line in forgery)
        assert_refused(second, forged(entries | {"pictures.jsonl": raw}, tmp_path), tmp_path)


def test_a_base_that_cannot_be_read_costs_its_patches_and_says_so(profile: Make, tmp_path: Path) -> None:
    first, second = profile("first"), profile("second")
    seen(first)
    base = next(row["id"] for row in first.rows("picture") if row["base"] is None)
    next((tmp_path / "first" / "media").rglob(f"{base}.bin")).unlink()
    report = export(first.vault, first.media, tmp_path / "a.mneme", now=NOW, passphrase=PASSPHRASE)
    assert report.pictures == 0
    assert report.notices[-1].startswith("3 pictures could not be read")
    assert merge(second.vault, second.media, tmp_path / "a.mneme", now=NOW, passphrase=PASSPHRASE).added == 3


def test_a_plain_archive_holds_both_as_pictures_that_anybody_can_open(profile: Make, tmp_path: Path) -> None:
    first = profile("first")
    _, pixels = seen(first)
    export(first.vault, first.media, tmp_path / "a.zip", now=NOW, passphrase=None, plain=True)
    with zipfile.ZipFile(tmp_path / "a.zip") as archive:
        for row in map(json.loads, archive.read("pictures.jsonl").splitlines()):
            data = archive.read(f"media/{row['id']}.webp")
            if row["base"] is None:
                assert (webp.decoded(data) == pixels[0]).all()
            else:
                left, top = json.loads(row["laid"])
                patch = webp.decoded_with_alpha(data)
                assert (left, top) in ((32, 16), (0, 48))
                assert patch.shape[2] == 4
        with pytest.raises(KeyError):
            archive.read(f"media/{row['id']}.small.webp")


def test_an_archive_with_a_patch_says_that_it_is_of_a_later_format(profile: Make, tmp_path: Path) -> None:
    first = profile("first")
    seen(first)
    manifest = json.loads(entries_of(first, tmp_path)["manifest.json"])
    assert manifest["format"] == 2
    with pytest.raises(ArchiveProblem):
        merge(first.vault, first.media, tmp_path / "nothing.zip", now=NOW)
