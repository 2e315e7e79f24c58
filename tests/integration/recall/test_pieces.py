"""A long reply is found by the piece that answers, shows that piece, and does not drown a line beside it."""

from core.recall import Recaller
from tests.integration.recall.conftest import NOW, Kept
from tests.made import turn

REPLY = "\n\n".join(
    (
        "## Planning the garden\nStart with the soil. " + "Dig it over twice, rake it, and let it rest. " * 12,
        "## Watering\n" + "Early in the morning is best, slowly and at the roots. " * 10,
        "## Frost\nThe last frost in your valley comes around the twentieth of May, so keep the tomatoes inside till "
        "then. " + "Cover what is outside with fleece. " * 10,
        "## Tools\n" + "A spade, a fork and a pair of gloves will do for the beginning. " * 9,
    )
)


def test_the_piece_that_answers_is_shown_and_the_rest_is_not_in_the_context(kept: Kept) -> None:
    (id,) = kept.keep([turn(REPLY, 1, speaker="assistant")])
    kept.keep([turn(f"We talked about the weather, part {n}", n + 10) for n in range(60)])
    found = kept.ask("When is the last frost in the valley?")
    hit = found.hits[0]
    assert hit.memory.id == id
    assert hit.memory.text == REPLY, "the memory stays whole"
    assert hit.piece is not None
    assert "twentieth of May" in hit.text
    assert "spade" not in hit.text
    assert "… ## Frost" in found.context.text
    assert "rake it" not in found.context.text


def test_words_of_different_pieces_find_their_memory_together(kept: Kept) -> None:
    (id,) = kept.keep([turn(REPLY, 1, speaker="assistant")])
    kept.keep([turn("fleece is warm", 10), turn("gloves are lost", 11)])
    words = {hit.memory.id: hit.why.words for hit in kept.ask("fleece gloves roots").hits}
    assert words[id] == ("fleece", "gloves", "roots")


def test_a_long_text_is_shown_by_its_piece_without_an_embedder_too(without_embedder: object, kept: Kept) -> None:
    kept.keep([turn(REPLY, 1)])
    assert callable(without_embedder)
    recaller = without_embedder()
    assert isinstance(recaller, Recaller)
    (hit, *_) = recaller.recall("gloves", NOW, strength=lambda _: 0.5).hits
    assert "spade" in hit.text


def test_a_phrase_or_a_word_to_be_left_out_counts_for_the_whole_memory(kept: Kept) -> None:
    (id,) = kept.keep([turn(REPLY, 1)])
    kept.keep([turn("gloves for the winter", 10)])
    assert [hit.memory.id for hit in kept.ask("gloves -fleece").hits] != [id]
    assert all(hit.memory.id != id for hit in kept.ask("gloves -fleece").hits)
    assert [hit.memory.id for hit in kept.ask('"the last frost" gloves').hits] == [id]


def test_a_phrase_across_two_pieces_is_held_by_the_memory(kept: Kept) -> None:
    (id,) = kept.keep([turn(REPLY, 1)])
    kept.keep([turn("it rests, and watering comes after", 10), turn("let it rest", 11), turn("watering", 12)])
    assert "rest. \n\n## Watering" in REPLY
    assert [hit.memory.id for hit in kept.ask('"let it rest watering early"').hits] == [id]
    assert id not in [hit.memory.id for hit in kept.ask('-"rest watering early" watering').hits]


def test_short_memories_have_no_piece(kept: Kept) -> None:
    kept.keep([turn("The key is under the pot.")])
    (hit,) = kept.ask("Where is the key?").hits
    assert hit.piece is None
    assert hit.text == "The key is under the pot."
