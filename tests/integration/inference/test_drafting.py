"""Several tokens a sweep: the tokens are those of one by one, and there are fewer sweeps where the answer quotes."""

import ctypes
import itertools
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from core.inference.chat_format import Piece
from core.inference.llama import library
from core.inference.opening import Allowance, Mode, open_for_text
from core.inference.stream.costs import Cache
from core.inference.stream.pages import can_stream
from core.inference.text_model import TextModel
from tests.made_chain import ALPHABET, END, ROUND, chain_llama
from tests.made_models import tiny_llama

CONTEXT = 1024


@contextmanager
def opened(
    path: Path, *, drafts: bool, cache: Cache | None = None, mode: Mode | None = None, budget_mb: int = 400
) -> Iterator[TextModel]:
    """A model for which all sweeps take equally long, so that drafts always pay."""
    allowed = Allowance(budget_bytes=budget_mb * 2**20, context=CONTEXT, threads=2, cache=cache, mode=mode)
    found = open_for_text(path, allowed)
    steps = itertools.count()
    with closing(found.loaded):
        model = TextModel(found, drafts=drafts, clock=lambda: float(next(steps)))
        model.set_threads(2)
        yield model


def ask(model: TextModel, text: str, most: int, grammar: str | None = None) -> tuple[str, list[int]]:
    prompt = model.prompt([Piece(text=text + "\n", mark=False)])
    told = [one for sweep in model.write(prompt, most, grammar) for one in sweep]
    return "".join(word for word, _ in told), [token for _, token in told if token >= 0]


def in_eight_bits(path: Path) -> Path:
    """The same model as Q8_0, whose kernels round alike for one token and for many on every machine tried."""
    lib, made = library(), path.with_suffix(".q8.gguf")
    wanted = lib.llama_model_quantize_default_params()
    wanted.ftype = lib.LLAMA_FTYPE_MOSTLY_Q8_0
    assert lib.llama_model_quantize(str(path).encode(), str(made).encode(), ctypes.byref(wanted)) == 0
    return made


def both(path: Path, text: str, most: int, grammar: str | None = None) -> tuple[str, dict[str, float]]:
    """The answer, the same with and without drafts, and what it took with them."""
    with opened(path, drafts=False) as plain:
        words, ids = ask(plain, text, most, grammar)
        assert plain.figures()["drafted"] == 0
    with opened(path, drafts=True) as drafting:
        assert ask(drafting, text, most, grammar) == (words, ids)
        assert ask(drafting, text, most, grammar) == (words, ids)
        return words, drafting.figures()


def test_a_quote_takes_fewer_sweeps_than_tokens(tmp_path: Path) -> None:
    path = chain_llama(tmp_path / "chain.gguf", ROUND)
    words, took = both(path, f"Say {ALPHABET}{ALPHABET} now.", 80)
    assert words == (ALPHABET * 4)[:80]
    assert took["accepted"] > 100
    assert took["writing_sweeps"] < 40
    assert took["writing_sweeps"] + took["accepted"] == 2 * 79


def test_what_was_drafted_wrongly_is_not_said(tmp_path: Path) -> None:
    path = chain_llama(tmp_path / "chain.gguf", ROUND)
    words, took = both(path, "abcde1 fghij2 klmno3 pqrst4 uvwxy5 bcdef6 ghijk7 lmnop8 qrstu9 vwxyz0", 200)
    assert words == (ALPHABET * 8)[:200]
    assert took["drafted"] > took["accepted"] > 0


def test_an_answer_ends_where_the_model_ends_it_also_inside_a_draft(tmp_path: Path) -> None:
    path = chain_llama(tmp_path / "chain.gguf", ROUND | {"p": END})
    words, _ = both(path, "abcdefghijklmnop", 80)
    assert words == "abcdefghijklmnop"


@pytest.mark.parametrize("most", [1, 2, 3, 17, 50])
def test_no_draft_goes_beyond_the_most_that_was_asked_for(tmp_path: Path, most: int) -> None:
    path = chain_llama(tmp_path / "chain.gguf", ROUND)
    words, _ = both(path, ALPHABET * 2, most)
    assert words == (ALPHABET * 3)[:most]


def test_no_draft_goes_beyond_the_context(tmp_path: Path) -> None:
    path = chain_llama(tmp_path / "chain.gguf", ROUND, context=256)
    words, _ = both(path, ALPHABET, 10**6)
    assert len(words) == 256 - len(ALPHABET) - len("<s>\n") + 2


def test_a_grammar_binds_drafts_too(tmp_path: Path) -> None:
    path = in_eight_bits(chain_llama(tmp_path / "chain.gguf", ROUND))
    words, took = both(path, f"{{{ALPHABET[:13]}a {ALPHABET}", 60, 'root ::= "{" [a-m]+ "}"')
    assert words[0] == "{"
    assert set(words[1:]) <= set("abcdefghijklm}")
    assert took["accepted"] > 0


def test_a_grammar_with_kernels_that_round_otherwise_is_written_one_by_one(tmp_path: Path) -> None:
    path = chain_llama(tmp_path / "chain.gguf", ROUND)  # 32 bits, where one token and many round apart
    words, took = both(path, f"{{{ALPHABET[:13]}a {ALPHABET}", 60, 'root ::= "{" [a-m]+ "}"')
    assert words[0] == "{"
    assert took["writing_sweeps"] + took["accepted"] == 2 * 59


@pytest.mark.parametrize("cache", list(Cache))
@pytest.mark.parametrize("seed", [0, 1, 2, 5])
def test_a_model_of_noise_says_the_same_behind_a_long_prompt(tmp_path: Path, seed: int, cache: Cache) -> None:
    path = tiny_llama(tmp_path / "tiny.gguf", context=CONTEXT, seed=seed, width=128)
    with opened(path, drafts=False, cache=cache) as plain, opened(path, drafts=True, cache=cache) as drafting:
        for text in ("Hello there, " * 40, "abcabd " * 90):
            _, ids = ask(plain, text, 120)
            assert ask(drafting, text, 120)[1] == ids


@pytest.mark.skipif(not can_stream(), reason="weights are streamed on Linux only")
def test_drafts_of_a_streamed_model_say_what_the_same_model_in_memory_says(tmp_path: Path) -> None:
    path = chain_llama(tmp_path / "chain.gguf", ROUND)
    with opened(path, drafts=False, mode=Mode.MEMORY) as plain:
        wanted = ask(plain, ALPHABET * 2, 80)
    for mode in (Mode.STREAM, Mode.NAIVE, Mode.MMAP):
        with opened(path, drafts=True, mode=mode) as other:
            assert ask(other, ALPHABET * 2, 80) == wanted
            assert other.figures()["accepted"] > 40


def test_a_tie_between_two_tokens_is_decided_as_without_drafts(tmp_path: Path) -> None:
    path = chain_llama(tmp_path / "chain.gguf", ROUND, also={"c": "x", "k": "a"})
    words, _ = both(path, f"{ALPHABET} xyz {ALPHABET} lxyza kabc abcd", 150)
    assert len(words) == 150
