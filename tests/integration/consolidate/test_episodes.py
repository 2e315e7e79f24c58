"""Episodes in a real vault: parted by what is talked about, joined across nights, each with why it begins there."""

from dataclasses import replace
from datetime import timedelta

from core.consolidate import journal
from core.consolidate.reading import CHUNK
from core.memory import Draft, Selection
from core.store import memories, timeline
from core.store.vault import Vault
from tests.integration.consolidate.nights import NIGHT, slept
from tests.made import NOON, turn

CAKE = ("the cake needs more flour and sugar", "eggs and butter go into the flour", "the oven is too hot for a cake")
BIKE = ("the chain fell off the bike again", "a new brake for the bike and the chain", "the wheel of the bike is bent")
BOAT = ("the boat has a leak at the keel", "paint the keel of the boat in spring", "the sails of the boat are torn")


def talk(words: tuple[str, ...], first: int, times: int = 3) -> list[Draft]:
    return [turn(words[n % 3], first + n, mine=bool(n % 2)) for n in range(3 * times)]


def episodes(vault: Vault) -> list[tuple[int, str]]:
    with vault.read() as db:
        found = timeline.episodes(db, NOON - timedelta(days=1), NOON + timedelta(days=30))
    return [(len(one.members), one.reason) for one in found]


def test_a_turn_of_topic_begins_an_episode_that_says_so(vault: Vault) -> None:
    memories.save(vault, [*talk(CAKE, 0), *talk(BIKE, 9)], NOON)
    slept(vault)
    (_, first), (many, reason) = episodes(vault)
    assert first == "A new episode: the first."
    assert (many, "another topic" in reason) == (9, True)


def test_a_topic_goes_on_in_the_next_night_and_another_one_does_not(vault: Vault) -> None:
    memories.save(vault, talk(CAKE, 0), NOON)
    slept(vault)
    memories.save(vault, [*talk(CAKE, 9), *talk(BIKE, 18)], NOON)
    slept(vault, NIGHT + timedelta(days=1), label="2026-09-02")
    assert [many for many, _ in episodes(vault)] == [18, 9]


def test_a_stream_longer_than_a_step_reads_is_parted_where_its_topics_turn(vault: Vault) -> None:
    parts = (CAKE, BIKE, BOAT) * 10
    drafts = [one for number, words in enumerate(parts) for one in talk(words, 12 * number, times=4)]
    assert len(drafts) > CHUNK
    memories.save(vault, drafts, NOON)
    slept(vault)
    assert [many for many, _ in episodes(vault)] == [12] * len(parts)


def test_when_a_night_is_taken_back_its_episodes_go_with_their_reasons(vault: Vault) -> None:
    memories.save(vault, [*talk(CAKE, 0), *talk(BIKE, 9)], NOON)
    run = slept(vault)
    with vault.write() as db:
        journal.revert_run(db, run.id, NIGHT)
    assert episodes(vault) == []
    slept(vault, again=True)
    assert len(episodes(vault)) == 2


def test_what_was_said_in_between_comes_in_later_and_joins(vault: Vault) -> None:
    drafts = talk(CAKE, 0)
    memories.save(vault, drafts[:6], NOON)
    slept(vault)
    late = replace(
        drafts[2], provenance=replace(drafts[2].provenance, external_id="late"), text="and the cake needs sugar"
    )
    memories.save(vault, [late], NOON)
    slept(vault, NIGHT + timedelta(days=1), label="2026-09-02")
    with vault.read() as db:
        found = memories.find(db, Selection(observed=True))
    assert len({memory.episode for memory in found}) == 1
