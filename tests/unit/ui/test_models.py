"""What the places show, without a widget."""

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from pytestqt.qtbot import QtBot

from core.errors import BadInput
from core.memory import (
    OWN_OUTPUT,
    Answer,
    Day,
    Entry,
    EntryId,
    Episode,
    EpisodeId,
    Facet,
    Gap,
    Hit,
    Kind,
    MemoryId,
    Operation,
    RunId,
    Sentence,
    SleepRun,
    State,
    Why,
    WordBox,
)
from core.settings import Settings
from tests.desk import NOW, ScriptedDesk, said, sample
from ui import words
from ui.ask.exchange import markup
from ui.ask.session import AskSession, Exchange, Stage, grounds
from ui.ask.session import said as sentences_of
from ui.bridge import Bridge
from ui.health.model import access_words
from ui.hotkey import parse
from ui.look import DARK, LIGHT, Tokens, contrast
from ui.memories.model import Detail, Filter, MemoryRows, fading_words, load_detail, load_page
from ui.other_assistants import AccessLine
from ui.quick_recall.hits import bold
from ui.quick_recall.session import quoted
from ui.settings.model import PICKED, fields, pages
from ui.sleep.model import line, sections, state_words, summary
from ui.timeline.model import EpisodeRow, GapRow, LooseRow, heat_levels, heat_span, lay_out, marked
from ui.timeline.rows import begun_for, naming
from ui.welcome.session import judge


def hit(rank: int, number: int, text: str) -> Hit:
    memory = said(number, text, "Dana", "me", timedelta(days=1))
    return Hit(rank=rank, score=1.0, memory=memory, refs=(), strength=0.9, why=Why())


def answer_of(*hits: Hit, cited: tuple[int, ...]) -> Answer:
    sentences = tuple(Sentence(text=hits[at].memory.text, memories=(hits[at].memory.id,), span=(0, 4)) for at in cited)
    return Answer(question="?", text="", abstained=not cited, sentences=sentences, hits=hits)


def test_grounds_are_what_is_cited_in_the_order_of_citing() -> None:
    first, second, third = hit(1, 1, "one"), hit(2, 2, "two"), hit(3, 3, "three")
    found = grounds(answer_of(first, second, third, cited=(2, 0, 2)))
    assert [(ground.number, ground.hit.memory.id) for ground in found] == [
        (1, third.memory.id),
        (2, first.memory.id),
    ]


def test_an_abstained_answer_shows_the_nearest_hits() -> None:
    hits = [hit(rank, rank, "text") for rank in range(1, 6)]
    assert [ground.hit.rank for ground in grounds(answer_of(*hits, cited=()))] == [1, 2, 3]


def test_model_output_and_memories_are_shown_as_plain_text() -> None:
    evil = hit(1, 1, "<img src=x> & <b>bold</b>")
    html = markup(sentences_of(answer_of(evil, cited=(0,))), LIGHT)
    assert "<img" not in html
    assert "<b>" not in html
    assert "&lt;b&gt;bold&lt;/b&gt;" in html


def test_found_words_are_bold_and_the_rest_is_escaped() -> None:
    shown = bold("The invoices <are> due then", ("invoice", "the"))
    assert shown == "<b>The</b> <b>invoices</b> &lt;are&gt; due then"


def test_a_copied_hit_names_its_source() -> None:
    copied = quoted(hit(1, 1, "We meet on Friday."))
    assert copied.startswith("“We meet on Friday.”\n— Dana to you, Dana, 11 March 2026")


def test_asking_streams_then_answers_and_refuses_a_second_question_meanwhile(qtbot: QtBot, bridge: Bridge) -> None:
    session = AskSession(bridge)
    with qtbot.waitSignal(session.ended):
        session.ask("What about the invoice?")
        session.ask("And another?")
    assert [exchange.question for exchange in session.exchanges] == ["What about the invoice?"]
    exchange = session.exchanges[0]
    assert exchange.stage is Stage.ANSWERED
    assert exchange.words.strip()
    assert exchange.answer is not None


def test_keeping_an_answer_confirms_the_memories_behind_it_once(
    qtbot: QtBot, bridge: Bridge, desk: ScriptedDesk
) -> None:
    session = AskSession(bridge)
    with qtbot.waitSignal(session.ended):
        session.ask("invoice")
    exchange: Exchange = session.exchanges[0]
    session.keep(exchange)
    session.keep(exchange)
    assert exchange.answer is not None
    expected = [ground.hit.memory.id for ground in grounds(exchange.answer)]
    qtbot.waitUntil(lambda: desk.assistant.confirmed == expected)


def test_a_stopped_answer_says_so_and_nothing_comes_later(qtbot: QtBot, bridge: Bridge) -> None:
    session, ended = AskSession(bridge), list[Stage]()
    session.ended.connect(lambda exchange: ended.append(exchange.stage))
    session.ask("invoice")
    session.stop()
    qtbot.wait(100)
    assert ended == [Stage.STOPPED]


def test_a_filter_asks_for_all_words_and_one_page() -> None:
    chosen = Filter(text="blue  folder", kind=Kind.EPISODIC, state=State.FADED).selection(200)
    assert (chosen.words, chosen.kinds, chosen.states, chosen.offset) == (
        ("blue", "folder"),
        (Kind.EPISODIC,),
        (State.FADED,),
        200,
    )


def test_without_a_filter_no_secret_is_listed(desk: ScriptedDesk) -> None:
    page = load_page(desk.assistant, Filter(), 0, NOW)
    assert page
    assert all(held.memory.kind is not Kind.SECRET for held in page)
    only = load_page(desk.assistant, Filter(kind=Kind.SECRET), 0, NOW)
    assert [held.memory.kind for held in only] == [Kind.SECRET]


def test_what_was_asked_here_is_listed_only_on_demand() -> None:
    assert set(Filter().selection().facets) == set(Facet) - OWN_OUTPUT
    assert set(Filter(asked=True).selection().facets) == OWN_OUTPUT


def test_a_person_and_a_program_can_be_named_in_the_filter() -> None:
    chosen = Filter(text="with:Dana app:Mail invoice").selection()
    assert (chosen.person, chosen.app, chosen.words) == ("Dana", "Mail", ("invoice",))


def test_the_list_speaks_no_secret_to_a_screen_reader(desk: ScriptedDesk) -> None:
    rows = MemoryRows()
    rows.put(load_page(desk.assistant, Filter(kind=Kind.SECRET), 0, NOW), 0)
    assert "4711" not in str(rows.data(rows.index(0)))


def test_a_detail_says_when_it_will_fade(desk: ScriptedDesk) -> None:
    detail: Detail = load_detail(desk.assistant, sample()[0].id, NOW)
    assert fading_words(detail, NOW).startswith("Will fade on ")
    pinned = load_detail(desk.assistant, MemoryId("01J" + "11".zfill(23)), NOW)
    assert fading_words(pinned, NOW) == "Pinned: it does not fade."


def test_a_day_is_laid_out_in_time_with_its_gaps_and_everything_once() -> None:
    at = lambda hour: datetime(2026, 3, 12, hour, tzinfo=NOW.tzinfo)  # noqa: E731
    turn = said(1, "in", "Dana", "me", NOW - at(9))
    early, late = (said(n, "loose", "", "", NOW - at(hour), conversation="") for n, hour in ((2, 7), (3, 15)))
    day = Day(
        episodes=(Episode(id=EpisodeId("e"), title="t", begins=at(9), ends=at(10), app="", conversation="c"),),
        members={EpisodeId("e"): (turn,)},
        loose=(late, early),
        gaps=(Gap(begins=at(11), ends=at(12), reason="Asleep."),),
    )
    rows = lay_out(day)
    assert [type(row) for row in rows] == [LooseRow, EpisodeRow, GapRow, LooseRow]
    shown = [memory for row in rows if not isinstance(row, GapRow) for memory in row.members]
    assert shown == [early, turn, late]


def test_heat_is_by_rank_so_that_one_full_day_does_not_hide_the_others() -> None:
    first, _ = heat_span(date(2026, 3, 12))
    counts = {first + timedelta(days=n): count for n, count in enumerate((0, 1, 2, 3, 10_000))}
    assert list(heat_levels(counts).values()) == [0, 1, 2, 3, 4]


def test_found_words_in_a_picture_are_marked_without_regard_to_case() -> None:
    boxes = [WordBox(text=text, left=0, top=0, width=1, height=1) for text in ("Invoice", "total", "due")]
    assert [box.text for box in marked(boxes, "INVOICE due")] == ["Invoice", "due"]
    assert marked(boxes, "") == []


def entry(**fields: object) -> Entry:
    given: dict[str, object] = {
        "id": EntryId(1),
        "run": RunId("r"),
        "step": "facts",
        "operation": Operation.UPDATE,
        "memory": MemoryId("m"),
        "before": {},
        "after": {},
        "sources": (),
        "reason": "because",
    }
    return Entry(**(given | fields))  # type: ignore[arg-type]


def test_a_night_is_summed_up_in_words() -> None:
    assert summary({"folded": 12, "superseded": 3, "conflicts": 1, "facts": 0}) == (
        "1 conflict · 3 facts superseded · 12 folded"
    )
    assert summary({}) == "Nothing had to change."


def test_a_line_of_the_journal_shows_before_and_after() -> None:
    shown = line(entry(before={"text": "old"}, after={"text": "new"}), {})
    assert (shown.before, shown.after) == ("old", "new")


def test_a_superseded_line_shows_the_old_value_and_the_new_one() -> None:
    old, new = (
        said(1, "Lives in Leeds.", "Dana", "me", timedelta()),
        said(2, "Lives in Bristol.", "Dana", "me", timedelta()),
    )
    after: dict[str, object] = {"state": "superseded", "superseded_by": new.id}
    shown = line(entry(memory=old.id, before={"state": "active"}, after=after), {old.id: old, new.id: new})
    assert (shown.before, shown.after) == ("Lives in Leeds.", "Lives in Bristol.")


def test_the_journal_is_shown_most_telling_first_and_nothing_is_left_out() -> None:
    entries = (
        entry(id=EntryId(1), after={"episode": "e"}),
        entry(id=EntryId(2), operation=Operation.ADD, after={"facet": "fact", "state": "active"}),
        entry(id=EntryId(3), after={"state": "superseded"}),
    )
    run = SleepRun(id=RunId("r"), night="2026-03-11", begins=NOW, entries=entries)
    assert [[one.id for one in section.entries] for section in sections(run)] == [[3], [2], [1]]


def test_a_forgotten_line_shows_no_words() -> None:
    shown = line(entry(before={"text": "old"}, after={"text": "new"}, forgotten=True), {})
    assert (shown.before, shown.after) == ("", "")


def test_every_setting_stands_on_exactly_one_page() -> None:
    shown = [field.key for page in pages() for group in page.groups for field in fields(group)]
    assert sorted([*shown, *PICKED]) == sorted(Settings().flat())


def test_every_field_has_a_title_a_reason_and_its_range() -> None:
    every = [field for page in pages() for group in page.groups for field in fields(group)]
    assert all(field.title and field.description for field in every)
    backups = next(field for field in every if field.key == "store.backups")
    assert (backups.control, backups.low, backups.high) == ("whole", 0.0, 30.0)


@pytest.mark.parametrize(
    ("passphrase", "again", "fits"),
    [
        ("short", "short", False),
        ("aaaaaaaaaa", "aaaaaaaaaa", False),
        ("one horse", "two", False),
        ("one horse", "one horse", True),
    ],
)
def test_a_passphrase_is_judged_before_it_is_used(passphrase: str, again: str, fits: bool) -> None:
    assert (judge(passphrase, again) == "") is fits


@pytest.mark.parametrize("colours", [LIGHT, DARK])
def test_text_can_be_read_on_every_ground(colours: Tokens) -> None:
    grounds_ = (colours.ground, colours.side, colours.card, colours.raised, colours.soft, colours.hover)
    for ground in grounds_:
        assert contrast(colours.text, ground) >= 7
        assert contrast(colours.muted, ground) >= 4.5
    for ground in (colours.ground, colours.card, colours.soft):
        assert contrast(colours.accent, ground) >= 4.5
        assert contrast(colours.danger, ground) >= 4.5
    assert contrast(colours.text, colours.mark) >= 4.5
    assert contrast(colours.onaccent, colours.accent) >= 4.5
    assert contrast(colours.warn, colours.card) >= 4.5


def test_a_hotkey_is_read_from_words() -> None:
    keys = parse("Control+ALT+space")
    assert (keys.modifiers, keys.key) == (frozenset({"ctrl", "alt"}), "space")


@pytest.mark.parametrize("text", ["", "space", "ctrl+alt", "ctrl+a+b"])
def test_what_is_no_hotkey_is_refused_with_a_remedy(text: str) -> None:
    with pytest.raises(BadInput) as refused:
        parse(text)
    assert refused.value.remedy


def test_times_are_said_as_people_say_them() -> None:
    assert words.moment(NOW, NOW) == "Today, 15:30"
    assert words.day((NOW - timedelta(days=1)).date(), NOW.date()) == "Yesterday"
    assert words.lasting(timedelta(minutes=95)) == "1 h 35 min"


def test_who_said_it_to_whom_is_told_from_the_persons_side() -> None:
    assert words.who(said(1, "t", "me", "Dana", timedelta())) == "You to Dana"
    assert words.who(said(2, "t", "Dana", "me", timedelta())) == "Dana to you"
    assert words.who(said(3, "t", "", "", timedelta(), facet=Facet.NOTE)) == "Note"


def test_another_readers_name_is_shown_as_it_is() -> None:
    access = AccessLine(at=NOW, client="{odd} <b>name</b>", tool="recall", given=1)
    assert access_words(access) == "{odd} <b>name</b> used recall and was given 1 memory."
    assert access_words(replace(access, held_back=2)).endswith("was given 1 memory; 2 held back.")
    assert access_words(replace(access, tool="remember", given=0)) == "{odd} <b>name</b> wrote a note."


def test_an_episode_says_why_it_begins_unless_that_goes_without_saying() -> None:
    def row(reason: str) -> EpisodeRow:
        episode = Episode(id=EpisodeId("e"), title="t", begins=NOW, ends=NOW, app="", conversation="", reason=reason)
        return EpisodeRow(episode, ())

    assert begun_for(row("A new episode: another topic and a greeting.")) == "another topic and a greeting"
    assert begun_for(row("A new episode: the first.")) == begun_for(row("")) == ""


def test_a_night_that_was_stopped_is_not_called_done() -> None:
    run = SleepRun(id=RunId("r"), night="2026-03-11", begins=NOW, state="cancelled")
    assert state_words(run) == "Stopped before the end"


def test_the_person_and_the_assistant_are_named_as_people_say_it() -> None:
    told = said(1, "You asked for tea.", "assistant", "user", timedelta(days=1))
    asked = said(2, "Is there tea?", "user", "assistant", timedelta(days=1))
    assert words.who(told) == "Assistant to you"
    assert words.who(asked) == "You to assistant"
    assert words.who(said(3, "Tea!", "Dana", "me", timedelta(days=1))) == "Dana to you"


def test_a_note_in_the_timeline_is_called_by_its_words() -> None:
    note = next(memory for memory in sample() if memory.facet is Facet.NOTE)
    episode = Episode(id=EpisodeId("e"), title="me", begins=NOW, ends=NOW, app="", conversation="")
    assert naming(EpisodeRow(episode, (note,))) == ("note", note.text, "Note")
    assert naming(LooseRow((note,))) == ("note", note.text, "Note")
    secret = next(memory for memory in sample() if memory.kind is Kind.SECRET)
    assert "4711" not in naming(EpisodeRow(episode, (secret,)))[1]
    assert naming(EpisodeRow(episode, ()))[:2] == ("frame", "me")


def test_a_secret_is_not_copied_from_quick_recall() -> None:
    secret = next(memory for memory in sample() if memory.kind is Kind.SECRET)
    found = Hit(rank=1, score=1.0, memory=secret, refs=(), strength=0.9, why=Why())
    assert "4711" not in quoted(found)
