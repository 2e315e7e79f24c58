"""Answers with a model: streamed, each sentence with its grounds; without one when the model fails."""

import time
from collections.abc import Callable, Sequence
from collections.abc import Generator as Generating
from dataclasses import replace
from datetime import datetime

from core.answer.extract import abstained, distinct, extract, quotable
from core.answer.grounds import Unmarked, says_nothing, sentences
from core.answer.prompt import Prompt, about, asked, build, instructions
from core.answer.scoring import Likeness
from core.errors import Cancelled, ModelProblem
from core.inference.generator import Generator
from core.inference.stream.early import memory_budget
from core.memory import Answer, Memory, Recalled
from core.urgency import Urgency

ROUTE = "model"
LONGEST = 300
"""Tokens of an answer."""
_SLACK = 64
"""Tokens for the marks of a chat format around the messages."""
UNGROUNDED = "A sentence names no memory: take it with care."
NO_ROOM = "No memory fits into what this model can read at once, so this is taken from your memories without it."
NOTHING_NAMED = "The model named no memory for what it said, so this is taken from your memories instead."

OnWords = Callable[[str], None]


def compose(
    recalled: Recalled,
    now: datetime,
    generator: Generator,
    *,
    on_words: OnWords | None = None,
    cancelled: Callable[[], bool] | None = None,
    budget: int | None = None,
    withheld: Callable[[Memory], bool] = lambda memory: False,
    likeness: Likeness | None = None,
    profile: Sequence[Memory] = (),
) -> Answer:
    """The answer that the generator writes from what was found.

    `on_words` is given the words as they come, without marks. `budget` bounds the memories in tokens; without it they
    may fill the model's context. A model that reads slowly is given fewer (see early.py). What is `withheld` never
    reaches the prompt; `profile` says who the person is. With nothing found no model is asked. When the model fails or
    names no memory at all, the answer is the extractive one with a notice; `likeness` is for that. Raises Cancelled.
    """
    begun = time.perf_counter()
    hits = quotable(recalled.hits)
    if not hits:
        return abstained(recalled, hits, ROUTE, begun)
    try:
        count = generator.count
        around = (instructions(), about(profile, withheld), asked(recalled.question, now))
        ours, *others = map(count, around)
        room = generator.context_tokens - LONGEST - _SLACK - ours - sum(others)
        usual = room if budget is None else min(budget, room)
        wanted = memory_budget(generator.prompt_tokens_per_s, around=sum(others) + _SLACK, usual=usual)
        prompt = build(recalled, now, count=count, budget=wanted, withheld=withheld, profile=profile)
        if not prompt.marked and prompt.left_out:
            return _extracted(recalled, now, NO_ROOM, likeness)
        if not prompt.marked:
            return abstained(recalled, hits, ROUTE, begun)
        reply, tokens_per_s = _reply(generator, prompt, on_words, cancelled or (lambda: False))
    except ModelProblem as problem:
        notice = f"{problem.title} {problem.remedy}".strip()
        told = f"{notice} This answer is taken from your memories without it."
        return _extracted(recalled, now, told, likeness)
    if says_nothing(reply):
        answer = abstained(recalled, hits, ROUTE, begun)
        return replace(answer, model=generator.model, prompt_tokens=prompt.tokens, tokens_per_s=tokens_per_s)
    said = sentences(reply, prompt.marked)
    if not any(sentence.grounds for sentence in said):
        return _extracted(recalled, now, NOTHING_NAMED, likeness)
    bare = any(not sentence.grounds for sentence in said)
    return Answer(
        question=recalled.question,
        text=" ".join(sentence.text for sentence in said),
        abstained=False,
        sentences=said,
        grounds=distinct(ground for sentence in said for ground in sentence.grounds),
        hits=hits,
        route=ROUTE,
        model=generator.model,
        took_ms=(time.perf_counter() - begun) * 1000,
        prompt_tokens=prompt.tokens,
        tokens_per_s=tokens_per_s,
        notices=(UNGROUNDED,) if bare else (),
    )


def _reply(
    generator: Generator, prompt: Prompt, on_words: OnWords | None, cancelled: Callable[[], bool]
) -> tuple[str, float | None]:
    """The whole reply and tokens a second from the first word on; a piece may hold several."""
    pieces: list[str] = []
    shown = Unmarked()
    first: float | None = None
    words = generator.generate(prompt.messages, max_tokens=LONGEST, urgency=Urgency.QUESTION, cancelled=cancelled)
    try:
        for piece in words:
            if cancelled():
                raise Cancelled("The answer")
            first = first or time.perf_counter()
            pieces.append(piece)
            if on_words and (visible := shown.feed(piece)):
                on_words(visible)
    finally:
        if isinstance(words, Generating):
            words.close()
    if cancelled():
        raise Cancelled("The answer")
    if on_words and (visible := shown.end()):
        on_words(visible)
    took = time.perf_counter() - (first or 0.0)
    reply = "".join(pieces)
    later = generator.count("".join(pieces[1:]))
    return reply, later / took if later and took > 0 else None


def _extracted(recalled: Recalled, now: datetime, notice: str, likeness: Likeness | None) -> Answer:
    answer = extract(recalled, now, likeness)
    return replace(answer, notices=(*answer.notices, notice))
