"""Cases as tensors: each row holds its memories once and several questions that do not see each other."""

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass

import torch
from copier.vocabulary import Vocabulary
from torch import Tensor

from core.answer.prompt import asked, instructions
from core.inference.chat_format import CHATML, Message, Piece, Role, write_conversation
from tests.copier.cases import Case, frame

_MARK = re.compile(r"\[M\d+\]")
_WORD = re.compile("▁?[^\\W\\d_]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """Rows of tokens (b, t) after the head (h,), their positions, what they see, what is to follow (-1: no matter)."""

    head: Tensor
    tokens: Tensor
    places: Tensor
    mask: Tensor
    wanted: Tensor
    lines: Tensor
    """The mark's number of the memory that a token stands in, or that a reply's next token is from; 0: of none; -1."""


class Written:
    """Writes cases as llama.cpp's tokens, exactly as TextModel.prompt does."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self.vocabulary = vocabulary
        self._end = vocabulary.control(CHATML.stop)
        self.marks = {at: int(one[2:-1]) for at, one in enumerate(vocabulary.tokens) if _MARK.fullmatch(one)}
        """Tokens that are whole marks, and the numbers that they name."""
        built = {token for text in frame() for token in vocabulary.text(text)}
        words = [at for at, one in enumerate(vocabulary.tokens) if at not in built and _WORD.fullmatch(one)]
        begins = [at for at in words if vocabulary.tokens[at].startswith("▁")]
        self._words = torch.tensor(begins), torch.tensor([at for at in words if at not in set(begins)])

    def _disguise(self) -> Tensor:
        """For each token the one that stands for it: words' beginnings for such, all else for such."""
        other = torch.arange(len(self.vocabulary.tokens))
        for alike in self._words:
            other[alike] = alike[torch.randperm(len(alike))]
        return other

    def head(self, system: str | None = None) -> list[int]:
        """The tokens of the instructions and of the user's turn's beginning."""
        messages = (
            Message(role=Role.SYSTEM, text=instructions() if system is None else system),
            Message(role=Role.USER, text="-"),
        )
        pieces = write_conversation(CHATML, messages)
        place = next(at for at, piece in enumerate(pieces) if piece.text == "-")
        return [token for piece in pieces[:place] for token in self.vocabulary.piece(piece)]

    def memories(self, case: Case) -> list[int]:
        """The tokens from there to where the question's own words begin."""
        return self.vocabulary.text(case.before() + asked("", case.now).rstrip())

    def question(self, text: str) -> list[int]:
        """The tokens of a question up to where the reply begins."""
        turns = write_conversation(CHATML, [Message(role=Role.USER, text=f" {text}")])[1:]
        return [token for piece in turns for token in self.vocabulary.piece(piece)]

    def reply(self, text: str) -> list[int]:
        """The tokens of a reply with its end. A space first: so its first word is the token that it is in a memory."""
        return [*self.vocabulary.piece(Piece(text=f" {text}", mark=False)), self._end]

    def batch(self, cases: Sequence[Case], head: Sequence[int], disguised: float = 0.0) -> Batch:
        """These cases side by side; in a share of them words are `disguised`.

        There the tokens that no sentence is built of change places with each other, throughout the case: nothing is
        left but to copy, also tokens that stand in none of the words that cases are made of.
        """
        rows = [self._row(case) for case in cases]
        longest = max(len(row[0]) for row in rows)
        tokens = torch.zeros((len(rows), longest), dtype=torch.long)
        wanted = torch.full((len(rows), longest), -1)
        places, groups, lines = torch.zeros_like(tokens), torch.full_like(tokens, -1), torch.full_like(tokens, -1)
        for at, (row, *others) in enumerate(rows):
            for tensor, values in zip((tokens, wanted, places, groups, lines), (row, *others), strict=True):
                tensor[at, : len(row)] = torch.tensor(values)
        for at in range(len(rows)):
            if torch.rand(()) < disguised:
                other = self._disguise()
                tokens[at] = other[tokens[at]]
                wanted[at] = torch.where(wanted[at] >= 0, other[wanted[at]], -1)
        order = torch.arange(longest)
        sees = (order[:, None] >= order[None, :]) & (groups[:, None, :] >= 0)
        sees = sees & ((groups[:, None, :] == 0) | (groups[:, :, None] == groups[:, None, :]))
        mask = torch.zeros((len(rows), 1, longest, len(head) + longest), dtype=torch.bfloat16)
        mask[:, 0, :, len(head) :].masked_fill_(~sees, -math.inf)
        return Batch(
            head=torch.tensor(head), tokens=tokens, places=places + len(head), mask=mask, wanted=wanted, lines=lines
        )

    def _row(self, case: Case) -> tuple[list[int], ...]:
        """Tokens, what follows each, positions after the head, groups (0 the memories, 1.. the questions), lines."""
        tokens = self.memories(case)
        begins = len(tokens)
        wanted, places, groups, lines = [-1] * begins, list(range(begins)), [0] * begins, self._in_lines(tokens)
        for number, one in enumerate(case.asked, start=1):
            question, reply = self.question(one.question), self.reply(one.reply)
            whole = question + reply[:-1]
            tokens += whole
            wanted += [-1] * (len(question) - 1) + reply
            places += range(begins, begins + len(whole))
            groups += [number] * len(whole)
            lines += [-1] * (len(question) - 1) + self._in_lines(reply[::-1])[::-1]
        return tokens, wanted, places, groups, lines

    def _in_lines(self, tokens: Sequence[int]) -> list[int]:
        """For each token the number of the last mark up to it, 0 before the first."""
        found, line = [], 0
        for token in tokens:
            line = self.marks.get(token, line)
            found.append(line)
        return found
