"""Fading in a real profile through the real commands: uses, what is offered, review, forgetting, the curve, weights."""

import json
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from app import commands
from app.commands.request import Reply, Request
from app.host import Host
from core.assistant import finish
from core.assistant.thinning import thinning
from core.capture.screen.picture import encoded
from core.memory import Channel, Facet, Memory, Observation, Provenance, Selection, SleepRun, State
from tests.integration.app.hosts import NOW, hosting

DAY = timedelta(days=1)
Ask = Callable[..., dict[str, Any]]


@pytest.fixture
def host(tmp_path: Path) -> Iterator[Host]:
    with hosting(tmp_path / "p") as one:
        one.assistant.set_setting("sleep.enabled", False)
        yield one


@pytest.fixture
def ask(host: Host) -> Ask:
    def run(command: str, now: datetime = NOW, **arguments: object) -> dict[str, Any]:
        request = Request(command=command, arguments=arguments, now=now.isoformat())
        return commands.run(host, request, Reply(lambda _: None, lambda: False))

    return run


def said(host: Host, *texts: str, at: datetime = NOW, facet: Facet = Facet.TURN) -> list[Memory]:
    """Kept as what somebody else said, an hour apart."""
    provenance = Provenance(channel=Channel.CONVERSATION, conversation="talk", speaker="Dana")
    if facet is Facet.FRAME:
        provenance = Provenance(channel=Channel.SCREEN, app="Viewer", window="Plan")
    for number, text in enumerate(texts):
        made = Observation(text=text, at=at + timedelta(hours=number), facet=facet, provenance=provenance)
        list(host.assistant.keep([made], at + timedelta(hours=number)))
    kept = host.assistant.memories(Selection(newest_first=False))
    return [next(one for one in kept if one.text == text) for text in texts]


def thinned(host: Host, *, budget_bytes: int) -> Iterator[object]:
    """The thinning with a budget that a setting cannot say: less than the least."""
    store = host.assistant.settings.store.model_copy(update={"budget_gb": budget_bytes / 2**30})
    settings = host.assistant.settings.model_copy(update={"store": store})
    return thinning(host.opened.vault, host.assistant._media, settings, NOW, lambda: False)


def slept(host: Host, now: datetime, *, night: str | None = None) -> None:
    finish(host.assistant.sleeping(now, night_name=night))


def test_keeping_by_the_command_line_is_a_use_and_twice_within_the_hour_is_one(host: Host, ask: Ask) -> None:
    (roof,) = said(host, "The roof was mended by Ana.")
    later = NOW + 20 * DAY
    once = ask("memories", later, action="keep", id=roof.id)
    again = ask("memories", later + timedelta(minutes=30), action="keep", id=roof.id)
    assert (once["uses"], again["uses"]) == (1, 1)
    assert again["stability_days"] == once["stability_days"] > 60
    assert ask("memories", later + timedelta(minutes=61), action="keep", id=roof.id)["uses"] == 2


def test_no_recall_no_answer_and_no_look_is_a_use(host: Host, ask: Ask) -> None:
    (roof,) = said(host, "The roof was mended by Ana.")
    before = host.assistant.memory(roof.id)
    for number in range(20):
        now = NOW + timedelta(days=number)
        assert ask("recall", now, question="Who mended the roof?")["hits"]
        ask("ask", now, question="Who mended the roof?", no_model=True)
        ask("memories", now, action="show", id=roof.id)
        ask("memories", now, action="list", fading=True)
        ask("memories", now, action="list", offered=True)
    assert host.assistant.memory(roof.id) == before


def test_what_fades_soonest_stands_first_with_its_day_and_the_reason(host: Host, ask: Ask) -> None:
    frame, turn = said(host, "Opening hours of the pool", facet=Facet.FRAME)[0], said(host, "The roof is green.")[0]
    found = ask("memories", NOW + 10 * DAY, action="list", fading=True, days=200)["memories"]
    assert [one["memory"] for one in found] == [frame.id, turn.id]
    assert found[0]["fate"].startswith("Will fade on ")
    assert "screen text starts with 14 days" in found[0]["held_because"]
    assert datetime.fromisoformat(found[0]["fades_on"]) < datetime.fromisoformat(found[1]["fades_on"])


def test_the_curve_has_its_past_its_uses_and_the_day_it_fades(host: Host, ask: Ask) -> None:
    (roof,) = said(host, "The roof was mended by Ana.")
    for days in (30, 90):
        ask("memories", NOW + days * DAY, action="keep", id=roof.id)
    life = ask("memories", NOW + 120 * DAY, action="show", id=roof.id)["life"]
    points = [(datetime.fromisoformat(at), held) for at, held in life["points"]]
    assert points[0] == (roof.at, 1.0)
    assert [datetime.fromisoformat(at) for at in life["uses"]] == [NOW + 30 * DAY, NOW + 90 * DAY]
    falls = [held for at, held in points if at == NOW + 30 * DAY]
    assert falls == [pytest.approx(0.6065, abs=1e-3), 1.0]
    now = next(held for at, held in points if at == NOW + 120 * DAY)
    assert now == pytest.approx(life["strength"], abs=1e-3)
    fades = datetime.fromisoformat(life["fades_on"])
    after = next(held for at, held in points if at >= fades)
    assert after <= life["fades_below"] + 1e-3


def test_what_was_of_use_often_and_lately_is_offered_before_the_new_and_the_once_used(host: Host, ask: Ask) -> None:
    often, once, never = said(host, "Gate code is with Ana.", "The old pump is blue.", "It hailed on the terrace.")
    for days in (3, 9, 16, 24, 31):
        ask("memories", NOW + days * DAY, action="keep", id=often.id)
    ask("memories", NOW + 5 * DAY, action="keep", id=once.id)
    found = ask("memories", NOW + 32 * DAY, action="list", offered=True, limit=3)["memories"]
    assert [one["memory"] for one in found] == [often.id, once.id, never.id]


def test_what_has_faded_is_not_offered_and_found_all_the_same(host: Host, ask: Ask) -> None:
    (roof,) = said(host, "The roof was mended by Ana.")
    late = NOW + 300 * DAY
    slept(host, late)
    assert host.assistant.memory(roof.id).state is State.FADED
    offered = ask("memories", late, action="list", offered=True)["memories"]
    assert roof.id not in [one["memory"] for one in offered]
    assert ask("recall", late, question="Who mended the roof?")["hits"][0]["memory"] == roof.id


def test_fading_alone_forgets_nothing_in_ten_years(host: Host, ask: Ask) -> None:
    kept = said(host, "The roof was mended by Ana.", "The old pump is blue.")
    for year in range(1, 11):
        slept(host, NOW + 365 * year * DAY)
    review = ask("memories", NOW + 3651 * DAY, action="review")
    assert review["proposed"] == []
    assert {one["memory"] for one in review["longest_faded"]} == {one.id for one in kept}


def test_the_rule_proposes_waits_and_then_forgets_but_not_what_was_kept(host: Host, ask: Ask) -> None:
    roof, pump = said(host, "The roof was mended by Ana.", "The old pump is blue.")
    host.assistant.set_setting("decay.propose_faded", True)
    faded, proposed = NOW + 150 * DAY, NOW + 200 * DAY
    slept(host, faded)
    assert ask("memories", faded, action="review")["proposed"] == []
    slept(host, proposed)
    review = ask("memories", proposed, action="review")
    assert {one["memory"] for one in review["proposed"]} == {roof.id, pump.id}
    assert {datetime.fromisoformat(one["until"]) for one in review["proposed"]} == {proposed + 30 * DAY}
    ask("memories", proposed + DAY, action="keep", id=pump.id)
    slept(host, proposed + 29 * DAY)
    assert len(host.assistant.named(roof.id)) == 1
    would = finish(host.assistant.sleeping(proposed + 30 * DAY, dry_run=True))
    assert isinstance(would, SleepRun)
    assert would.counts["forgotten"] == 1
    assert len(host.assistant.named(roof.id)) == 1
    slept(host, proposed + 30 * DAY)
    assert host.assistant.named(roof.id) == []
    assert host.assistant.memory(pump.id).state is State.ACTIVE
    assert host.assistant.nights(1)[0].counts["forgotten"] == 1
    hits = ask("recall", proposed + 30 * DAY, question="Who mended the roof?")["hits"]
    assert roof.id not in [hit["memory"] for hit in hits]


def test_a_night_by_itself_leaves_seven_nights_to_keep_it_whatever_the_clock_says(host: Host) -> None:
    (roof,) = said(host, "The roof was mended by Ana.")
    host.assistant.set_setting("decay.propose_faded", True)
    slept(host, NOW + 150 * DAY)
    slept(host, NOW + 200 * DAY)
    wrong = NOW + 600 * DAY
    for number in range(7):
        slept(host, wrong + number * DAY, night=f"2028-05-{number + 1:02}")
        assert host.assistant.memory(roof.id).state is State.TO_BE_FORGOTTEN
    slept(host, wrong + 7 * DAY, night="2028-05-08")
    assert host.assistant.named(roof.id) == []


def test_a_proposal_goes_with_the_night_that_made_it_when_that_is_taken_back(host: Host) -> None:
    (roof,) = said(host, "The roof was mended by Ana.")
    host.assistant.set_setting("decay.propose_faded", True)
    slept(host, NOW + 150 * DAY)
    before = host.assistant.content_hash()
    slept(host, NOW + 200 * DAY)
    assert [one.memory.id for one in host.assistant.proposed()] == [roof.id]
    host.assistant.revert(host.assistant.nights(1)[0].id, NOW + 201 * DAY)
    assert host.assistant.proposed() == []
    assert host.assistant.content_hash() == before


def test_what_something_held_rests_on_is_neither_proposed_nor_forgotten(host: Host) -> None:
    (moved,) = said(host, "I moved to Porto in spring.")
    host.assistant.set_setting("decay.propose_faded", True)
    slept(host, NOW + DAY)
    (fact,) = [one for one in host.assistant.derived(moved.id) if one.facet is Facet.FACT]
    host.assistant.pin(fact.id, True, NOW + 2 * DAY)
    for days in (200, 260, 320):
        slept(host, NOW + days * DAY)
    assert host.assistant.memory(moved.id).state is State.FADED
    assert host.assistant.memory(fact.id).text == fact.text


def test_all_proposals_are_kept_or_forgotten_at_once_by_hand(host: Host, ask: Ask) -> None:
    roof, pump = said(host, "The roof was mended by Ana.", "The old pump is blue.")
    host.assistant.set_setting("decay.propose_faded", True)
    slept(host, NOW + 150 * DAY)
    slept(host, NOW + 200 * DAY)
    assert ask("memories", NOW + 201 * DAY, action="review", keep=True) == {"kept": 2}
    assert {host.assistant.memory(one.id).state for one in (roof, pump)} == {State.ACTIVE}
    assert ask("memories", NOW + 202 * DAY, action="review", forget=True)["forgotten"] == []


def test_forgetting_takes_the_uses_too(host: Host, ask: Ask) -> None:
    (roof,) = said(host, "The roof was mended by Ana.")
    ask("memories", NOW + DAY, action="keep", id=roof.id)
    host.assistant.forget([roof.id])
    with host.opened.vault.read() as db:
        assert db.execute("SELECT count(*) FROM used").fetchone()[0] == 0


def test_what_was_said_again_on_other_days_weighs_more_than_what_was_said_once(host: Host) -> None:
    (first,) = said(host, "I live in Porto, in the street behind the market.")
    slept(host, NOW + timedelta(hours=10))
    once = host.assistant.memory(first.id)
    said(host, "I live in Porto, as you know.", at=NOW + 2 * DAY)
    said(host, "I live in Porto after all!", at=NOW + 4 * DAY)
    slept(host, NOW + 5 * DAY)
    repeated = host.assistant.memory(first.id)
    assert repeated.importance == pytest.approx(once.importance + 0.3)
    assert repeated.stability_days > once.stability_days


def test_a_place_that_was_looked_at_for_long_is_held_longer(host: Host) -> None:
    rows = [
        "beans along the wall",
        "a shed for tools",
        "two pear trees on the left",
        "the pond stays",
        "gravel for the path",
    ]
    rows += ["a bench under the oak", "compost at the back", "herbs by the kitchen", "hedge cut twice"]

    def frame(window: str, text: str, minute: int) -> Observation:
        origin = Provenance(channel=Channel.SCREEN, app="Viewer", window=window)
        return Observation(text=text, at=NOW + timedelta(minutes=minute), facet=Facet.FRAME, provenance=origin)

    looked = [frame("Plan", text, 2 * number) for number, text in enumerate(rows)]
    shown = [frame("Quote", "slate for the whole roof", 18), frame("End", "until next time", 18)]
    list(host.assistant.keep([*looked, *shown], NOW + timedelta(hours=1)))
    slept(host, NOW + timedelta(hours=10))
    held = {one.text: one.importance for one in host.assistant.memories(Selection(facets=(Facet.FRAME,)))}
    assert held["two pear trees on the left"] == pytest.approx(held["slate for the whole roof"] + 0.3)


def test_the_forecast_knows_the_pace_and_that_words_are_never_thinned(host: Host, ask: Ask) -> None:
    for number in range(30):
        said(host, f"Line {number} of what was told about the harbour and its boats.", at=NOW + number * DAY)
    told = ask("memories", NOW + 30 * DAY, action="forecast")
    assert told["bytes_a_day"] > 0
    assert told["days"] > 1000
    assert told["coming"] == []
    assert told["can_free"] == 0
    assert json.dumps(told)


def test_pictures_are_thinned_weakest_first_words_never_and_pinned_ones_not_at_all(host: Host) -> None:
    noise = np.random.default_rng(7)

    def frame(text: str, days: int) -> Memory:
        picture = encoded(noise.integers(0, 255, (700, 900, 3), dtype=np.uint8))
        at = NOW - timedelta(days=days)
        origin = Provenance(channel=Channel.SCREEN, app="Viewer", window=text)
        seen = Observation(text=text, at=at, facet=Facet.FRAME, provenance=origin)
        return host.assistant.memory(host.assistant.keep_frame(seen, picture, 0, at).ids[0])

    pinned, old, new = frame("pinned and old", 30), frame("old", 20), frame("new", 1)
    host.assistant.pin(pinned.id, True, NOW)
    told = host.assistant.forecast(NOW)
    assert [picture for picture, _, _ in told.coming] == [old.picture]
    assert told.can_free < told.used_bytes
    with host.opened.vault.read() as db:
        whole = {one.id: one.form for one in host.assistant._media.every(db)}
    words = host.assistant.memories(Selection(newest_first=False))
    freed = finish(thinned(host, budget_bytes=told.used_bytes - 1))
    assert isinstance(freed, int)
    assert freed > 0
    with host.opened.vault.read() as db:
        after = {one.id: one.form for one in host.assistant._media.every(db)}
    changed = {id for id in whole if after[id] != whole[id]}
    assert changed == {old.picture}
    assert [one.text for one in host.assistant.memories(Selection(newest_first=False))] == [one.text for one in words]
    assert new.picture in after
