"""What `mneme bench recall` makes of answers: its data set, its baselines, its intervals and its table."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from app.bench.asking import distinct, share
from app.bench.baselines import Meanings, by_words, routed
from app.bench.dataset import DataSet
from app.bench.intervals import difference, interval
from app.bench.languages import evidence, told
from app.bench.recall import Wishes, run, updates
from app.bench.row import Row
from app.bench.table import ABLATION, BASELINES, BESIDE, CATEGORIES, OTHERS, markdown
from app.cli.session import Common, Session
from core.errors import BadInput
from core.memory import EmbedderId
from core.urgency import Urgency

ROOT = Path(__file__).resolve().parents[3]
Lines = Sequence[dict[str, Any]]


def turn(id: str, text: str, conversation: str = "a", **more: str) -> dict[str, Any]:
    return {"conversation": conversation, "id": id, "at": "2026-07-01T09:00:00", "speaker": "Ann", "text": text} | more


def asks(id: str, question: str, *evidence: str, **more: Any) -> dict[str, Any]:
    return {"id": id, "conversation": "a", "question": question, "evidence": list(evidence), "category": "c"} | more


def data(folder: Path, turns: Lines, questions: Lines) -> DataSet:
    (folder / "conversations.jsonl").write_text("".join(json.dumps(line) + "\n" for line in turns))
    (folder / "questions.jsonl").write_text("".join(json.dumps(line) + "\n" for line in questions))
    return DataSet.of(folder)


class Letters:
    """Embeds a text as how often it says each of a few words: cosines that can be reckoned by hand."""

    id = EmbedderId("letters")
    dimensions = 4

    def embed(self, texts: Sequence[str], urgency: Urgency) -> Any:
        counted = [[text.casefold().count(word) for word in ("canoe", "bread", "ann", "")] for text in texts]
        vectors = np.array([[*one[:3], 0.01] for one in counted], dtype=np.float32)
        return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)

    def close(self) -> None:
        pass


# -- the data set


def test_a_folder_without_a_data_set_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match=r"conversations\.jsonl .* cannot be read"):
        DataSet.of(tmp_path)


def test_a_bad_line_is_told_by_its_number(tmp_path: Path) -> None:
    good = json.dumps(turn("1", "x"))
    (tmp_path / "conversations.jsonl").write_text(f"{good}\n\n{{no\n")
    with pytest.raises(BadInput, match=r"^Line 3 of conversations\.jsonl is not JSON"):
        DataSet.of(tmp_path)


@pytest.mark.parametrize(
    ("question", "said"),
    [
        (asks("q", "", "1"), "Line 1 of questions.jsonl has no 'question'"),
        (asks("q", "Who?", "9"), "Question 'q' rests on '9', which is no turn"),
        (asks("q", "Who?", "1", evidence="1"), "has evidence that is not a list"),
        (asks("q", "Who?", "1", now="soon"), "has a 'now' that is not a time"),
        (asks("q", "Who?", "1", conversation=None), "'1' is a turn of several conversations"),
    ],
)
def test_a_wrong_question_is_told_in_a_sentence(tmp_path: Path, question: dict[str, Any], said: str) -> None:
    with pytest.raises(BadInput) as refused:
        data(tmp_path, [turn("1", "x"), turn("1", "y", "b")], [question])
    assert said in refused.value.title


def test_of_much_evidence_the_little_that_is_no_turn_is_left_out_and_counted(tmp_path: Path) -> None:
    turns = [turn(str(number), "x") for number in range(60)]
    questions = [asks(f"q{number}", "Who?", str(number)) for number in range(60)]
    questions[7] = asks("q7", "Who?", "7", evidence=["7", "D8:6; D9:17"])
    read = data(tmp_path, turns, questions)
    assert read.missing == 1
    assert read.questions[7].evidence == (("a", "7"),)


def test_ids_may_be_numbers(tmp_path: Path) -> None:
    read = data(tmp_path, [{**turn("1", "x"), "id": 1}], [{**asks("q", "Who?", "1", evidence=[1]), "id": 5}])
    assert read.questions[0].id == "5"
    assert read.questions[0].evidence == (("a", "1"),)


def test_a_question_without_a_conversation_is_asked_over_everything(tmp_path: Path) -> None:
    read = data(tmp_path, [turn("1", "x"), turn("2", "y", "b")], [asks("q", "Who?", "2", conversation=None)])
    assert read.questions[0].evidence == (("b", "2"),)
    assert "conversation" not in read.questions[0].asked()
    assert read.clusters == {"q": "b"}


# -- what counts as found


def test_recall_counts_distinct_turns_over_the_hits_in_order() -> None:
    def hit(*ids: str) -> dict[str, Any]:
        return {"refs": [{"conversation": "a", "id": id} for id in ids]}

    answer = {"hits": [hit("1", "2"), hit("2"), hit("3"), hit("4")]}
    assert distinct(answer, 3) == [("a", "1"), ("a", "2"), ("a", "3")]
    assert share([("a", "3"), ("a", "9")], distinct(answer, 3)) == 0.5
    assert share([("b", "3")], distinct(answer, 3)) == 0.0


# -- the baselines


def test_words_alone_find_a_turn_of_the_same_conversation_only(tmp_path: Path) -> None:
    turns = [turn("1", "a green canoe"), turn("2", "a canoe here too", "b"), turn("3", "x", image_caption="canoes")]
    asked = [asks("q", "Which canoe?", "1"), asks("all", "Which canoe?", "1", conversation=None)]
    found = by_words(data(tmp_path, turns, asked), 5)
    assert set(found["q"]) == {("a", "1"), ("a", "3")}
    assert set(found["all"]) == {("a", "1"), ("a", "3"), ("b", "2")}


def test_words_alone_can_leave_out_who_speaks(tmp_path: Path) -> None:
    turns = [turn("1", "Ada was here"), turn("2", "a canoe")]
    asked = [asks("q", "What does Ada paddle, a canoe?", "2")]
    made = data(tmp_path, [{**one, "speaker": "Ada"} for one in turns], asked)
    assert ("a", "1") in by_words(made, 5)["q"]
    assert by_words(made, 5, names=False)["q"] == [("a", "2")]


def test_a_turn_goes_to_the_stores_of_what_it_says() -> None:
    assert routed("We went to the lake yesterday.") == ("episodic",)
    assert routed("My favourite bread is rye.") == ("semantic",)
    assert routed("Make sure the oven is hot.") == ("procedural",)
    assert routed("I love that I went.") == ("episodic", "semantic")
    assert routed("Hm.") == ("episodic",)


def test_the_union_takes_the_best_of_each_store_by_meaning(tmp_path: Path) -> None:
    turns = [
        turn("1", "We went by canoe, canoe, canoe."),
        turn("2", "Yesterday the canoe and the bread came."),
        turn("3", "My favourite bread is canoe bread, bread."),
        turn("4", "Make sure the bread is bread."),
        turn("5", "The canoe sank yesterday, canoe!", "b"),
    ]
    read = data(tmp_path, turns, [asks("q", "Which canoe was Ann's?", "1")])
    meanings = Meanings(read, Letters())
    assert [id for _, id in meanings.alone(9, names=False)["q"]] == ["1", "2", "3", "4"]
    # One of each store: 2 is nearer than 3 and 4 but second among what happened.
    assert [id for _, id in meanings.typed_whole(1)["q"]] == ["1", "3", "4"]
    assert [id for _, id in meanings.typed(3)["q"]] == ["1", "3", "4"]
    assert [id for _, id in meanings.typed(4)["q"]] == ["1", "2", "3", "4"]
    assert [id for _, id in meanings.typed(50)["q"]] == ["1", "2", "3", "4"]


# -- how sure


def test_an_interval_holds_the_mean_and_is_always_the_same() -> None:
    values, clusters = [0.0, 1.0] * 50, ["a", "a", "b", "b"] * 25
    sure = interval(values, clusters)
    assert sure == interval(values, clusters)
    assert sure.low < sure.mean == 0.5 < sure.high
    # The standard error of 100 coin tosses is 0.05: 95 % lie within 1.96 of them.
    assert sure.low == pytest.approx(0.5 - 1.96 * 0.05, abs=0.02)
    assert sure.high == pytest.approx(0.5 + 1.96 * 0.05, abs=0.02)


def test_conversations_that_differ_widen_the_interval_over_them() -> None:
    apart = interval([0.0] * 50 + [1.0] * 50, ["a"] * 50 + ["b"] * 50)
    assert (apart.cluster_low, apart.cluster_high) == (0.0, 1.0)
    assert apart.high - apart.low < 0.25


def test_a_difference_is_between_the_same_questions() -> None:
    clusters = dict.fromkeys("pqrs", "c")
    more = difference({"p": 1.0, "q": 0.5, "r": 1.0}, {"p": 0.5, "q": 0.0, "s": 1.0}, clusters)
    assert (more.mean, more.n, more.differs) == (0.5, 2, True)
    assert not difference({"p": 1.0, "q": 0.0}, {"p": 0.0, "q": 1.0}, clusters).differs


def test_the_newest_fact_is_told_from_the_old_one_by_when_it_was_said(tmp_path: Path) -> None:
    read = data(
        tmp_path,
        [turn("1", "old"), turn("2", "new")],
        [asks("now", "What?", "2", stale=["1"]), asks("past", "What?", "1", stale=["2"])],
    )
    ranked = {"now": [("a", "2"), ("a", "1")], "past": [("a", "2"), ("a", "1")]}
    rows = {row.name: row.value for row in updates(read, ranked)}
    assert rows == {
        "newest fact above the old one": 1.0,
        "old fact above the newest, when asked for": 0.0,
        "newest fact in the first 10": 1.0,
    }


# -- the command


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([], "Which data set?"),
        (["--dataset", "x", "--faster"], "does not know '--faster'"),
        (["--dataset", "x", "--later", "1,soon"], "How many days later?"),
        (["--dataset"], "--dataset needs a value"),
    ],
)
def test_a_wrong_wish_is_refused_before_anything_is_imported(arguments: list[str], said: str) -> None:
    with pytest.raises(BadInput) as refused:
        run(arguments, Session(Common()))
    assert said in refused.value.title


def test_several_data_sets_and_days_can_be_wished_for() -> None:
    wishes = Wishes.of(["--dataset=x", "--dataset", "y", "--later", "30,1", "--no-answers"])
    assert [folder.name for folder in wishes.folders] == ["x", "y"]
    assert (wishes.later, wishes.answers, wishes.baselines) == ((1, 30), False, True)


def test_the_sets_in_other_languages_need_no_data_set() -> None:
    wishes = Wishes.of(["--languages"])
    assert (wishes.folders, wishes.languages) == ((), True)


def test_questions_of_other_words_and_of_word_forms_are_told_apart(tmp_path: Path) -> None:
    turns = [turn("1", "Die Rechnung ist da."), turn("2", "Der Hund schläft.")]
    asked = [asks("ge-q01", "Was schläft?", "2"), asks("ge-f01", "Welche Rechnungen?", "1")]
    made = data(tmp_path, turns, asked)
    ours = {"ge-q01": [("a", "2")], "ge-f01": [("a", "1")]}
    theirs = {"ge-q01": [("a", "2")], "ge-f01": [("a", "2")]}
    found = {row.name: row.value for row in evidence("German", made, ours, theirs)}
    assert found["recall@10, German"] == 1.0
    assert found["recall@10, German, BM25 alone"] == 0.5
    assert found["recall@10 more than BM25 alone, German"] == 0.5
    assert found["recall@10, German: other words, BM25 alone"] == 1.0
    assert found["recall@10, German: word forms, BM25 alone"] == 0.0


def test_what_the_detector_tells_is_counted_by_length_and_wrong_apart_from_untold() -> None:
    lines = [("de", "ja klar"), ("de", "bis dann"), ("de", "das war gestern richtig schön"), ("ja", "了解です")]
    answers = {"ja klar": "nl", "bis dann": "", "das war gestern richtig schön": "de", "了解です": "ja"}
    found = {row.name: row for row in told(lines, lambda text, usual: answers[text])}
    assert (found["told right, 1 to 3 words, alone"].n, found["told right, 4 to 8 words, alone"].n) == (3, 1)
    assert found["told right, 1 to 3 words, alone"].value == pytest.approx(1 / 3)
    assert found["told wrong, 1 to 3 words, alone"].value == pytest.approx(1 / 3)
    assert found["told right, German, alone"].value == pytest.approx(1 / 3)


def test_the_table_shows_every_row_once() -> None:
    rows = [
        Row(name=f"recall@{depth}, {what}", value=0.5, unit="share", n=3, low=0.25, high=0.75)
        for what in ("all", "c")
        for depth in (5, 10, 20)
    ]
    rows += [
        Row(name=f"recall@{depth}, all, {name}", value=0.375, unit="share", n=3, low=0.0, high=1.0)
        for name in BESIDE
        for depth in (5, 10, 20)
    ]
    rows += [
        Row(name=f"recall@{depth} more than {name}", value=0.125, unit="share", n=3, clusters=(-0.25, 0.25))
        for name in BESIDE
        for depth in (5, 10, 20)
    ]
    rows += [
        Row(name=f"without left: recall@{depth}", value=-0.125, unit="share", n=3, low=-0.25, high=0.0)
        for depth in (10, 20)
    ]
    rows.append(Row(name="tokens@10", value=123.4, unit="tokens", n=3, target=450))
    lines = markdown(rows).splitlines()
    assert lines[0] == CATEGORIES
    assert lines[2] == "| all | 3 | 0.500 | 0.500 | 0.250 to 0.750 | 0.500 | 0.375 | 0.375 | 0.375 | 0.375 | 0.375 |"
    assert lines[3] == "| c | 3 | 0.500 | 0.500 | 0.250 to 0.750 | 0.500 |  |  |  |  |  |"
    assert BASELINES in lines
    assert "| Mneme | 0.500 | 0.500 | 0.250 to 0.750 | 0.500 |  |  |  |" in lines
    assert "| without left | -0.125 | -0.250 to 0.000 |  | -0.125 | -0.250 to 0.000 |" in lines
    assert "| BM25 alone | 0.375 | 0.375 | 0.000 to 1.000 | 0.375 | +0.125 |  | -0.250 to 0.250 |" in lines
    assert lines[-1] == "| tokens@10 | 123.4 | tokens | 3 |  | 450 |"
    assert lines[-3] == OTHERS


def test_a_table_without_baselines_or_parts_has_none() -> None:
    rows = [Row(name=f"recall@{depth}, all", value=0.5, unit="share", n=3) for depth in (5, 10, 20)]
    lines = markdown(rows).splitlines()
    assert CATEGORIES in lines
    assert not {BASELINES, ABLATION} & set(lines)
