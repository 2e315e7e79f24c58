"""How the copier is trained: first to repeat, then on cases that grow, at last with the whole of the real prompt."""

import random
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import torch
from copier.batches import Batch, Written
from copier.model import Copier
from torch import Tensor, nn
from torch.nn import functional

from tests.copier.cases import Case, Cases

_QUESTIONS = 8
_WHOLE, _WHOLE_AT_LAST = 0.2, 0.6
"""Share of steps with the whole of the instructions before the memories."""
_VERY_MANY = 30
_CONTROLS = 5
_SAID_EVERY = 50
_READ_AFTER = (1, 3)
_MARKS_COUNT = 4
"""A mark in a reply counts as so many tokens."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """How long and how fast."""

    repeats: int = 200
    """Steps of repeating tokens in no order."""
    repeated: float = 0.15
    """Share of later steps that repeat too, so that tokens of words that no case holds can still be copied."""
    disguised: float = 0.4
    """Share of cases whose words are other tokens."""
    cases: int = 1500
    settling: int = 650
    """Steps at the end with the whole of the instructions and a falling rate."""
    rate: float = 3e-3
    tokens: int = 3000
    """A step's, about."""
    most: int = 12
    """Memories in a case."""
    rivals: float = 0.8
    orders: float = 0.1
    """Shares of memories about what another is about too, and of those that tell the model what to do."""
    sparse: float = 0.03
    """Weight of the mean of what a layer's neurons let through, while more of them than `active` are on."""
    active: float = 0.22
    placed: float = 0.3
    """Weight of the two tasks beside: to tell in which memory one stands, and from which the reply is."""
    seed: int = 2

    @property
    def steps(self) -> int:
        """All of them."""
        return self.repeats + self.cases + self.settling


@dataclass(slots=True)
class Training:
    """One run. `say` gets a line now and then; `checkpoint` is written with it."""

    model: Copier
    written: Written
    plan: Plan
    checkpoint: Path
    say: Callable[[str], None]
    _places: nn.ModuleList = field(init=False)
    """Read off which memory a token stands in (after the second layer) and a reply is from (after the fourth)."""
    _random: random.Random = field(init=False)
    _cases: Cases = field(init=False)
    _marks: Tensor = field(init=False)
    """1 for tokens that are marks."""

    def __post_init__(self) -> None:
        self._random = random.Random(self.plan.seed)
        self._cases = Cases(self.plan.seed, made=0.8)
        torch.manual_seed(self.plan.seed)
        width, most = self.model.shape.width, max(self.written.marks.values())
        self._places = nn.ModuleList(nn.Linear(width, most + 1) for _ in _READ_AFTER)
        self._marks = torch.zeros(self.model.shape.vocabulary)
        self._marks[list(self.written.marks)] = 1

    def run(self) -> None:
        """All steps."""
        plan, begun = self.plan, time.monotonic()
        optimizers = _optimizers(self.model, self._places)
        for step in range(plan.steps):
            rate = plan.rate * min(1.0, (step + 1) / 50, (plan.steps - step) / plan.settling)
            batch = self._batch(step)
            loss, share, marks, active = self._step(batch, optimizers, rate)
            if step % _SAID_EVERY == _SAID_EVERY - 1:
                shown = " ".join(f"{one:.0%}" for one in active)
                self.say(
                    f"{step + 1}/{plan.steps}  {time.monotonic() - begun:.0f} s  loss {loss:.3f}  tokens right "
                    f"{share:.1%}, marks {marks:.1%}  active {shown}"
                )
                torch.save(self.model.state_dict(), self.checkpoint)

    def _batch(self, step: int) -> Batch:
        plan = self.plan
        if step < plan.repeats or self._random.random() < plan.repeated:
            return self._repeats()
        settling = step >= plan.steps - plan.settling
        head = self.written.head("")
        if self._random.random() < (_WHOLE_AT_LAST if settling else _WHOLE):
            head = self.written.head()
            if self._random.random() < 0.1:
                # Other instructions now and then, so that a changed word in ours does not confuse it.
                head = head[:3] + head[3 + self._random.randint(5, 300) :]
        memories = self._memories((step - plan.repeats) / plan.cases)
        many = max(2, plan.tokens // (20 * memories + 30 * _QUESTIONS))
        cases = [self._case(memories) for _ in range(many)]
        return self.written.batch(cases, head, plan.disguised)

    def _case(self, memories: int) -> Case:
        return self._cases.case(memories, _QUESTIONS, rivals=self.plan.rivals, orders=self.plan.orders)

    def _memories(self, done: float) -> int:
        """How many a case has: a few at first, up to `most` from two thirds on, then sometimes very many."""
        if done > 0.66 and self._random.random() < 0.1:
            return self._random.randint(self.plan.most, _VERY_MANY)
        return self._random.randint(1, int(2 + (self.plan.most - 2) * min(1.0, done / 0.66)))

    def _repeats(self) -> Batch:
        """Tokens in no order, others, the first ones again: nothing but what stands there tells what comes next."""
        first, between = self._random.randint(8, 30), self._random.randint(0, 25)
        rows = max(10, self.plan.tokens // (2 * first + between))
        words = torch.randint(_CONTROLS, self.model.shape.vocabulary, (rows, first + between))
        tokens = torch.cat((words, words[:, : first - 1]), dim=1)
        wanted = torch.full_like(tokens, -1)
        wanted[:, first + between :] = words[:, 1:first]
        head = torch.tensor(self.written.head(""))
        many = tokens.shape[1]
        unseen = torch.full((many, len(head) + many), -torch.inf, dtype=torch.bfloat16).triu(len(head) + 1)
        places = torch.arange(many).repeat(rows, 1) + len(head)
        return Batch(
            head=head,
            tokens=tokens,
            places=places,
            mask=unseen.expand(rows, 1, -1, -1),
            wanted=wanted,
            lines=torch.full_like(tokens, -1),
        )

    def _step(
        self, batch: Batch, optimizers: list[torch.optim.Optimizer], rate: float
    ) -> tuple[float, float, float, list[float]]:
        """One step; its loss, the shares of right tokens, of right marks, and of active neurons of each layer."""
        with torch.autocast("cpu", dtype=torch.bfloat16):
            ends, neurons, states = self.model(batch.head, batch.tokens, batch.places, batch.mask)
            asked = batch.wanted >= 0
            logits = self.model.logits(ends[asked]).float()
            placed = self._placed(batch, states, asked)
        wanted = batch.wanted[asked]
        weights = 1 + (_MARKS_COUNT - 1) * self._marks[wanted]
        loss = (functional.cross_entropy(logits, wanted, reduction="none") * weights).sum() / weights.sum()
        on = [layer for layer in neurons if _share(layer[asked]) > self.plan.active]
        let_through = sum((functional.relu(layer[asked]).float().mean() for layer in on), torch.zeros(()))
        (loss + self.plan.placed * placed + self.plan.sparse * let_through).backward()
        torch.nn.utils.clip_grad_norm_(self.model.parameters(), 1.0)
        for optimizer in optimizers:
            for group in optimizer.param_groups:
                group["lr"] = rate
            optimizer.step()
            optimizer.zero_grad()
        right = (logits.argmax(-1) == wanted).float()
        marks = (right * self._marks[wanted]).sum() / self._marks[wanted].sum().clamp(min=1)
        return loss.item(), right.mean().item(), marks.item(), [_share(layer[asked]) for layer in neurons]

    def _placed(self, batch: Batch, states: list[Tensor], asked: Tensor) -> Tensor:
        """The loss of the two tasks beside; none where nothing stands in lines."""
        loss = torch.zeros(())
        for reads, after, of in zip(self._places, _READ_AFTER, ((batch.lines > 0) & ~asked, asked), strict=True):
            if (batch.lines[of] >= 0).any():
                normed = functional.rms_norm(states[after][of], (self.model.shape.width,))
                loss = loss + functional.cross_entropy(reads(normed).float(), batch.lines[of], ignore_index=-1)
        return loss


def _share(layer: Tensor) -> float:
    return (layer > 0).float().mean().item()


def _optimizers(model: Copier, places: nn.Module) -> list[torch.optim.Optimizer]:
    """Muon for what is a matrix between channels (Jordan et al. 2024), AdamW for the embedding and the norms."""
    named = dict(model.named_parameters())
    inner = [value for name, value in named.items() if value.ndim == 2 and "token_embd" not in name]
    others = [value for name, value in named.items() if value.ndim == 1 or "token_embd" in name]
    others += places.parameters()
    return [
        torch.optim.Muon(inner, momentum=0.95, weight_decay=0.01, adjust_lr_fn="match_rms_adamw"),
        torch.optim.AdamW(others, betas=(0.9, 0.98), weight_decay=0.0),
    ]
