"""What the importers take, and what they say about the rest."""

import json
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.capture.conversation import bundle, text, walk
from core.capture.conversation.formats import Import, open_import, recognise
from core.capture.conversation.report import ImportContext, zone_named
from core.errors import BadInput
from core.memory import Channel, Facet, Kind, Observation
from core.settings import Person

DATA = Path(__file__).parents[3] / "data" / "imports"
NOW = datetime(2026, 9, 1, 12, 0, tzinfo=UTC)
BERLIN = ImportContext(now=NOW, zone=ZoneInfo("Europe/Berlin"))


def taken(path: Path, context: ImportContext = BERLIN) -> tuple[list[Observation], Import]:
    reading = open_import(path, context)
    return list(reading.observations()), reading


def written(tmp_path: Path, name: str, content: str | bytes) -> Path:
    path = tmp_path / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def zipped_as(path: Path, members: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return path


# --- conversation JSONL


def test_jsonl_turns_keep_their_ids_words_and_places() -> None:
    turns, _ = taken(DATA / "turns.jsonl")
    assert [(turn.provenance.conversation, turn.provenance.external_id) for turn in turns] == [
        ("garden", "1"),
        ("garden", "2"),
        ("garden", "3"),
        ("helper", "6"),
        ("helper", "7"),
    ]
    second = turns[1]
    assert second.text == "Since Saturday."
    assert second.caption == "a photo of a bed of soil with sticks"
    assert (second.provenance.speaker, second.provenance.addressee) == ("Ines", "me")
    assert (second.facet, second.kind, second.provenance.channel) == (
        Facet.TURN,
        Kind.EPISODIC,
        Channel.CONVERSATION,
    )
    assert (turns[3].provenance.app, turns[3].provenance.session) == ("Chat", "s1")


def test_who_speaks_to_an_assistant_is_its_user_where_no_role_is_said(tmp_path: Path) -> None:
    people = [("Kim", "Assistant", ""), ("Assistant", "Kim", ""), ("Kim", "Lee", ""), ("ChatGPT", "Kim", "critic")]
    lines = [
        {
            "conversation": "c",
            "id": str(n),
            "speaker": who,
            "addressee": whom,
            "role": role,
            "text": "x",
            "at": "2026-01-01",
        }
        for n, (who, whom, role) in enumerate(people)
    ]
    turns, _ = taken(written(tmp_path, "a.jsonl", "\n".join(map(json.dumps, lines))))
    assert [turn.provenance.role for turn in turns] == ["user", "assistant", "", "critic"]
    assert not any(turn.provenance.mine for turn in turns)


def test_bad_jsonl_lines_are_counted_and_named_by_number() -> None:
    _, reading = taken(DATA / "turns.jsonl")
    report = reading.tally.report()
    assert [(one.line, one.reason) for one in report.skipped] == [
        (3, "not a JSON object"),
        (6, "it has no 'id'"),
        (7, "its 'at' is not an ISO 8601 time"),
        (10, "not a JSON object"),
        (11, "its 'text' is not text"),
    ]
    assert (report.taken, report.skipped_count) == (5, 5)


def test_a_naive_time_is_in_the_profiles_zone_and_others_keep_their_offset() -> None:
    turns, _ = taken(DATA / "turns.jsonl")
    assert turns[0].at.isoformat() == "2026-03-02T18:00:00+01:00"
    assert turns[3].at.isoformat() == "2026-03-03T08:00:00+05:30"


def test_a_naive_summer_time_has_summers_offset(tmp_path: Path) -> None:
    line = '{"conversation": "c", "id": "1", "at": "2026-07-01T10:00:00", "speaker": "A", "text": "x"}'
    turns, _ = taken(written(tmp_path, "a.jsonl", line))
    assert turns[0].at.utcoffset() == timedelta(hours=2)


def test_a_turn_without_a_date_takes_its_neighbours_and_says_so() -> None:
    turns, reading = taken(DATA / "turns.jsonl")
    assert (turns[2].at, turns[2].at_given) == (turns[1].at, False)
    assert turns[1].at_given
    assert reading.tally.report().notices == (
        "1 had no date of their own: they took a neighbour's, or the moment of import.",
    )


def test_leading_undated_turns_take_the_first_date_that_follows_in_their_conversation(tmp_path: Path) -> None:
    lines = [
        {"conversation": "a", "id": "1", "speaker": "A", "text": "one"},
        {"conversation": "b", "id": "1", "speaker": "A", "text": "other", "at": "2026-01-01T00:00:00Z"},
        {"conversation": "a", "id": "2", "speaker": "A", "text": "two", "at": "2026-02-02T00:00:00Z"},
        {"conversation": "c", "id": "1", "speaker": "A", "text": "never dated"},
    ]
    turns, _ = taken(written(tmp_path, "a.jsonl", "\n".join(map(json.dumps, lines))))
    at = {(turn.provenance.conversation, turn.text): turn.at for turn in turns}
    assert at["a", "one"] == at["a", "two"] == datetime(2026, 2, 2, tzinfo=UTC)
    assert at["c", "never dated"] == NOW
    assert [turn.text for turn in turns if turn.provenance.conversation == "a"] == ["one", "two"]


@pytest.mark.parametrize(
    ("fields", "mine"),
    [
        ({"speaker": "me"}, True),
        ({"speaker": "Me "}, True),
        ({"speaker": "Mara"}, True),
        ({"speaker": "user"}, True),
        ({"speaker": "whoever", "role": "user"}, True),
        ({"speaker": "user", "role": "assistant"}, False),
        ({"speaker": "Ines", "addressee": "me"}, False),
    ],
)
def test_the_person_is_known_by_me_a_name_of_theirs_or_the_users_role(
    tmp_path: Path, fields: dict[str, str], mine: bool
) -> None:
    line = json.dumps({"conversation": "c", "id": "1", "at": "2026-01-01T00:00:00Z", "text": "x"} | fields)
    context = ImportContext.of(Person(names=("Mara",), zone="Europe/Berlin"), NOW)
    turns, _ = taken(written(tmp_path, "a.jsonl", line), context)
    assert turns[0].provenance.mine is mine


def test_a_line_of_more_than_ten_megabytes_is_skipped_and_the_next_one_taken(tmp_path: Path) -> None:
    def line(id: str, said: str) -> str:
        return json.dumps({"conversation": "c", "id": id, "at": "2026-01-01", "speaker": "A", "text": said})

    long = "x" * (text.LONGEST_LINE + 1)
    turns, reading = taken(written(tmp_path, "a.jsonl", "\n".join([line("1", "a"), line("2", long), line("3", "b")])))
    assert [turn.text for turn in turns] == ["a", "b"]
    assert [(one.line, one.reason) for one in reading.tally.skipped] == [(2, "longer than 10 MB")]


@pytest.mark.parametrize(
    ("encode", "notices"),
    [
        (lambda told: told.encode("utf-8"), ()),
        (lambda told: told.encode("utf-8-sig"), ()),
        (lambda told: told.encode("utf-16"), ()),
        (lambda told: b"\xfe\xff" + told.encode("utf-16-be"), ()),
        (lambda told: told.encode("cp1252"), (text.OLD_ENCODING,)),
        (lambda told: told.replace("\n", "\r\n").encode("utf-8"), ()),
    ],
)
def test_usual_encodings_are_read(tmp_path: Path, encode: Callable[[str], bytes], notices: tuple[str, ...]) -> None:
    told = {"conversation": "c", "id": "1", "at": "2026-01-01T00:00:00Z", "speaker": "Zoë", "text": "café – naïve"}
    content = json.dumps(told, ensure_ascii=False) + "\n"
    turns, reading = taken(written(tmp_path, "a.jsonl", encode(content * 1)))
    assert [(turn.provenance.speaker, turn.text) for turn in turns] == [("Zoë", "café – naïve")]
    assert reading.tally.report().notices == notices


def test_nul_and_lone_surrogates_never_come_through(tmp_path: Path) -> None:
    said = '"a\\u0000b\\ud83dc \\ud83d\\ude00"'
    line = f'{{"conversation":"c","id":"1","at":"2026-01-01T00:00:00Z","speaker":"A","text":{said}}}'
    turns, _ = taken(written(tmp_path, "a.jsonl", line))
    assert turns[0].text == "ab�c 😀"


@settings(deadline=None)
@given(st.text(alphabet=st.characters(codec=None), max_size=40))
def test_cleaned_text_can_always_be_stored(told: str) -> None:
    cleaned = text.clean(told)
    assert "\x00" not in cleaned
    assert cleaned.encode("utf-8").decode("utf-8") == cleaned


# --- ChatGPT


def test_chatgpt_follows_the_current_branch_and_leaves_out_what_nobody_said() -> None:
    turns, reading = taken(DATA / "chatgpt" / "conversations.json")
    assert [(turn.provenance.external_id, turn.provenance.speaker, turn.text) for turn in turns[:5]] == [
        ("q1", "user", "How much lentil soup do twelve people eat?"),
        ("a1b", "assistant", "About five litres."),
        ("q2", "user", "Half of them eat no onions."),
        ("q3", "user", "[attached: a picture]"),
        ("a3", "assistant", "Then leave the onions out \nand add celery."),
    ]
    assert [turn.provenance.mine for turn in turns[:5]] == [True, False, True, True, False]
    assert {turn.provenance.window for turn in turns[:5]} == {"Soup for twelve"}
    assert reading.tally.report().notices[:2] == (
        "Messages of other branches (edited or asked again), left out: 1.",
        "Tool calls and results, left out: 1.",
    )


def test_chatgpt_turns_without_a_date_take_their_neighbours_or_their_conversations() -> None:
    turns, _ = taken(DATA / "chatgpt" / "conversations.json")
    assert (turns[2].at, turns[2].at_given) == (turns[1].at, False)
    undated = [turn for turn in turns if turn.provenance.conversation == "c-undated"]
    assert [turn.text for turn in undated] == ["A chat without dates.", "So it has none."]
    assert {turn.at for turn in undated} == {datetime.fromtimestamp(1772500000, UTC)}


def test_the_zip_as_downloaded_reads_like_the_loose_file(tmp_path: Path) -> None:
    loose = DATA / "chatgpt" / "conversations.json"
    whole = zipped_as(
        tmp_path / "export.zip",
        {"chat.html": b"<html>", "user.json": b'{"id": "u"}', "conversations.json": loose.read_bytes(), "a.txt": b"hi"},
    )
    assert taken(whole)[0] == taken(loose)[0]
    assert recognise(whole) == "ChatGPT export"


def test_an_export_in_several_parts_is_read_whole(tmp_path: Path) -> None:
    both = json.loads((DATA / "chatgpt" / "conversations.json").read_text())
    parts = {f"conversations-{at:03}.json": json.dumps([one]).encode() for at, one in enumerate(both)}
    turns, _ = taken(zipped_as(tmp_path / "export.zip", parts))
    assert {turn.provenance.conversation for turn in turns} == {"c-soup", "c-undated"}


def test_half_a_chatgpt_file_gives_its_first_conversations_and_says_where_it_ends(tmp_path: Path) -> None:
    whole = (DATA / "chatgpt" / "conversations.json").read_bytes()
    half = written(tmp_path, "conversations.json", whole[: whole.index(b"So it has none")])
    turns, reading = taken(half)
    assert {turn.provenance.conversation for turn in turns} == {"c-soup"}
    assert reading.tally.skipped[-1].reason == "a conversation: the file ends in the middle of it"


def test_a_ring_in_the_tree_of_messages_ends(tmp_path: Path) -> None:
    def node(id: str, parent: str) -> dict[str, object]:
        content = {"content_type": "text", "parts": [id]}
        return {"parent": parent, "message": {"id": id, "author": {"role": "user"}, "content": content}}

    ring = [{"id": "c", "current_node": "a", "mapping": {"a": node("a", "b"), "b": node("b", "a")}}]
    turns, _ = taken(written(tmp_path, "conversations.json", json.dumps(ring)))
    assert [turn.text for turn in turns] == ["b", "a"]


@settings(deadline=None)
@given(st.lists(st.recursive(st.text() | st.integers() | st.none(), st.lists, max_leaves=5)), st.integers(1, 9))
def test_array_elements_come_out_whole_however_the_bytes_are_cut(values: list[object], size: int) -> None:
    raw = json.dumps(values, ensure_ascii=False).encode("utf-8", "surrogatepass")
    chunks = [raw[at : at + size] for at in range(0, len(raw), size)]
    found = [json.loads(one.raw.decode("utf-8", "surrogatepass")) for one in walk.elements(chunks) if one.raw]
    assert found == values


def test_an_element_past_the_limit_is_counted_and_the_next_one_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(walk, "LARGEST_VALUE", 20)
    found = list(walk.elements([b'[{"a": 1}, {"b": "', b"x" * 30, b'"}, {"c": 3}]']))
    assert [(one.place, one.raw, bool(one.problem)) for one in found] == [
        ((0,), b'{"a": 1}', False),
        ((1,), b"", True),
        ((2,), b'{"c": 3}', False),
    ]


# --- plain text


def test_named_lines_with_days_and_clocks_are_turns() -> None:
    turns, _ = taken(DATA / "talk.txt")
    assert [(turn.provenance.speaker, turn.text, turn.at.strftime("%d %H:%M:%S"), turn.at_given) for turn in turns] == [
        ("Priya", "The van is booked for Thursday.", "11 09:05:00", True),
        ("Me", "Good. Who drives?", "11 09:06:00", True),
        ("Priya", "I do,\nthere and back.", "11 09:06:00", True),
        ("Me", "Did you get the keys?", "12 08:10:00", True),
        ("Priya", "They are under the pot.", "12 08:10:00", False),
        ("Priya", "All done: chairs, lamp, boxes.", "12 21:30:05", True),
    ]
    assert [turn.provenance.mine for turn in turns] == [False, True, False, True, False, False]
    assert {turn.provenance.conversation for turn in turns} == {"talk"}


def test_a_text_in_which_nobody_speaks_is_kept_as_paragraphs() -> None:
    pages, _ = taken(DATA / "page.md")
    assert [page.facet for page in pages] == [Facet.PAGE] * 4
    assert pages[2].text == "1. Open the vent.\n2. Warm it to 80 degrees for an hour."
    assert {page.kind for page in pages} == {Kind.RESOURCE}


def test_a_grown_text_file_keeps_the_ids_it_had(tmp_path: Path) -> None:
    first, _ = taken(written(tmp_path, "a.txt", "Ann: yes\nBen: yes\nAnn: yes\n"))
    grown, _ = taken(written(tmp_path, "a.txt", "Ann: yes\nBen: yes\nAnn: yes\nBen: no\n"))
    before = [turn.provenance.external_id for turn in first]
    assert len(set(before)) == 3
    assert [turn.provenance.external_id for turn in grown][:3] == before


# --- recognising, and what is refused


@pytest.mark.parametrize(
    ("name", "format"),
    [
        ("turns.jsonl", "conversation JSONL"),
        ("chatgpt/conversations.json", "ChatGPT export"),
        ("talk.txt", "plain text"),
        ("page.md", "plain text"),
    ],
)
def test_each_format_is_recognised_by_what_is_in_it(tmp_path: Path, name: str, format: str) -> None:
    assert recognise(DATA / name) == format
    renamed = written(tmp_path, "download", (DATA / name).read_bytes())
    assert recognise(renamed) == format


@pytest.mark.parametrize(
    ("name", "content", "title"),
    [
        ("a.jsonl", b"", "a.jsonl is empty."),
        ("a.txt", b" \n\n ", "a.txt is empty."),
        ("a.png", b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", "a.png is not a conversation that Mneme can read."),
        ("a.zip", b"PK\x03\x04 and then nothing", "The zip cannot be read."),
    ],
)
def test_what_cannot_be_imported_is_refused_in_a_sentence(
    tmp_path: Path, name: str, content: bytes, title: str
) -> None:
    with pytest.raises(BadInput) as refused:
        open_import(written(tmp_path, name, content), BERLIN)
    assert refused.value.title == title
    assert refused.value.remedy


def test_a_missing_file_and_a_folder_are_refused_in_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="There is no file"):
        open_import(tmp_path / "nothing.jsonl", BERLIN)
    with pytest.raises(BadInput, match="not a folder of conversations"):
        open_import(tmp_path, BERLIN)


def test_a_zip_without_conversations_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="no conversations in this download"):
        open_import(zipped_as(tmp_path / "a.zip", {"readme.txt": b"hello", "x.json": b"{}"}), BERLIN)


def test_a_zip_bomb_is_refused_before_it_fills_anything(tmp_path: Path) -> None:
    bomb = b'[{"mapping": {}, "message": "' + b" " * (bundle.SMALL * 40) + b'"}]'
    path = zipped_as(tmp_path / "a.zip", {"conversations.json": bomb})
    reading = open_import(path, BERLIN)
    with pytest.raises(BadInput, match="unpacks to far more"):
        list(reading.observations())


def test_a_flipped_byte_in_a_zip_is_told(tmp_path: Path) -> None:
    path = zipped_as(tmp_path / "a.zip", {"conversations.json": (DATA / "chatgpt/conversations.json").read_bytes()})
    raw = bytearray(path.read_bytes())
    raw[200] ^= 0xFF
    path.write_bytes(raw)
    with pytest.raises(BadInput):
        list(open_import(path, BERLIN).observations())


def test_an_unknown_zone_is_refused_in_a_sentence() -> None:
    with pytest.raises(BadInput, match="no time zone called 'Mars/Olympus'"):
        zone_named("Mars/Olympus")


def test_progress_reaches_the_end_of_the_file() -> None:
    told: list[tuple[int, int]] = []
    reading = open_import(DATA / "turns.jsonl", BERLIN, lambda done, total: told.append((done, total)))
    list(reading.observations())
    assert told[-1] == ((DATA / "turns.jsonl").stat().st_size,) * 2


def test_reading_the_same_file_twice_gives_the_same_observations() -> None:
    for name in ("turns.jsonl", "chatgpt/conversations.json", "talk.txt", "page.md"):
        assert taken(DATA / name)[0] == taken(DATA / name)[0]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=150, deadline=None)
@given(
    content=st.binary(max_size=400)
    | st.text(alphabet='{}[]":,\\ \n019.eEtnu-ümapingcurtod_', max_size=300).map(lambda told: told.encode()),
    name=st.sampled_from(["a.jsonl", "conversations.json", "a.txt", "a.md", "a.zip", "a"]),
    start=st.sampled_from(
        [b"", b'[{"mapping":{', b'{"conversation":', b"\xff\xfe", b"\xef\xbb\xbf", b"PK\x03\x04", b"A: b\n"]
    ),
)
def test_garbage_ends_in_a_sentence_or_in_counted_places(
    tmp_path: Path, content: bytes, name: str, start: bytes
) -> None:
    path = written(tmp_path, name, start + content)
    try:
        turns, reading = taken(path)
    except BadInput:
        return
    report = reading.tally.report()
    assert report.taken == len(turns)
    assert all(turn.text.strip() or turn.caption.strip() for turn in turns)
    assert all(turn.at.tzinfo is not None and turn.provenance.external_id for turn in turns)


def _mutated(raw: bytes, at: int, bit: int, cut: int) -> bytes:
    changed = bytearray(raw)
    changed[at % len(changed)] ^= 1 << bit
    return bytes(changed[: max(1, cut % (len(changed) * 2))])


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=150, deadline=None)
@given(
    st.sampled_from(["turns.jsonl", "chatgpt/conversations.json", "talk.txt"]),
    st.integers(0, 10**6),
    st.integers(0, 7),
    st.integers(0, 10**6),
)
def test_a_damaged_export_never_crashes(tmp_path: Path, name: str, at: int, bit: int, cut: int) -> None:
    path = written(tmp_path, Path(name).name, _mutated((DATA / name).read_bytes(), at, bit, cut))
    try:
        turns, reading = taken(path)
    except BadInput:
        return
    assert reading.tally.taken == len(turns)


@pytest.mark.parametrize("value", [True, 1e400, -5, 1e18, "x", None, [], {}])
def test_strange_fields_of_a_chatgpt_message_cost_only_themselves(tmp_path: Path, value: object) -> None:
    whole = json.loads((DATA / "chatgpt" / "conversations.json").read_text())
    message = whole[0]["mapping"]["q1"]["message"]
    for field in list(message):
        kept, message[field] = message[field], value
        path = written(tmp_path, "conversations.json", json.dumps(whole))
        turns = taken(path)[0]
        assert "About five litres." in [turn.text for turn in turns], field
        assert all(turn.provenance.external_id for turn in turns), field
        message[field] = kept
    whole[0]["title"] = value
    whole[0]["create_time"] = value
    assert taken(written(tmp_path, "conversations.json", json.dumps(whole)))[0]
