"""The copier in PyTorch, computing what llama.cpp computes for the architecture `arcee`: RMSNorm, RoPE, ReLU^2."""

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional

_EMBEDDED = 0.05
"""Standard deviation of embeddings before training."""
_SLOW = 0.02
"""Radians a position: pairs that turn slower tell content, however far away it stands."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """The model's figures."""

    vocabulary: int
    width: int = 128
    layers: int = 5
    heads: int = 4
    head: int = 32
    feed_forward: int = 512
    context: int = 4096
    rope_base: float = 500000.0
    epsilon: float = 1e-5


class Block(nn.Module):
    """One layer."""

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        inner = shape.heads * shape.head
        self.shape = shape
        self.attn_norm = nn.RMSNorm(shape.width, eps=shape.epsilon)
        self.ffn_norm = nn.RMSNorm(shape.width, eps=shape.epsilon)
        self.attn_q = nn.Linear(shape.width, inner, bias=False)
        self.attn_k = nn.Linear(shape.width, inner, bias=False)
        self.attn_v = nn.Linear(shape.width, inner, bias=False)
        self.attn_output = nn.Linear(inner, shape.width, bias=False)
        self.ffn_up = nn.Linear(shape.width, shape.feed_forward, bias=False)
        self.ffn_down = nn.Linear(shape.feed_forward, shape.width, bias=False)

    def keys(self, x: Tensor, turns: tuple[Tensor, Tensor]) -> tuple[Tensor, Tensor, Tensor]:
        """Queries, keys and values, (b, heads, t, head) each."""
        normed = self.attn_norm(x)
        split = (*x.shape[:2], self.shape.heads, self.shape.head)
        query, key, value = (
            part(normed).view(split).transpose(1, 2) for part in (self.attn_q, self.attn_k, self.attn_v)
        )
        return _turned(query, turns), _turned(key, turns), value

    def rest(self, x: Tensor, mixed: Tensor) -> tuple[Tensor, Tensor]:
        """The layer's output, and what its neurons were before ReLU^2."""
        x = x + self.attn_output(mixed.transpose(1, 2).flatten(2))
        before = self.ffn_up(self.ffn_norm(x))
        return x + self.ffn_down(functional.relu(before).square()), before


def _turned(x: Tensor, turns: tuple[Tensor, Tensor]) -> Tensor:
    """Rotary positions over halves (Su et al. 2021); rows are put in llama.cpp's order of pairs when it is written."""
    cosine, sine = (turn.to(x.dtype) for turn in turns)
    left, right = x.chunk(2, dim=-1)
    return torch.cat((left * cosine - right * sine, right * cosine + left * sine), dim=-1)


def _mixed(query: Tensor, key: Tensor, value: Tensor, mask: Tensor) -> Tensor:
    """Attention written out: its backward pass is several times faster on a CPU than the fused one with a mask."""
    scores = (query * query.shape[-1] ** -0.5) @ key.transpose(2, 3) + mask
    return scores.softmax(dim=-1).to(value.dtype) @ value


class Copier(nn.Module):
    """Embedding, layers and the embedding again."""

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.shape = shape
        self.token_embd = nn.Embedding(shape.vocabulary, shape.width)
        self.layers = nn.ModuleList(Block(shape) for _ in range(shape.layers))
        self.output_norm = nn.RMSNorm(shape.width, eps=shape.epsilon)
        frequencies = shape.rope_base ** (-torch.arange(0, shape.head, 2) / shape.head)
        self.register_buffer("frequencies", frequencies, persistent=False)
        nn.init.normal_(self.token_embd.weight, std=_EMBEDDED)
        for layer in self.layers:
            for name, part in layer.named_children():
                if isinstance(part, nn.Linear):
                    adds = name in ("attn_output", "ffn_down")
                    nn.init.normal_(part.weight, std=0.0 if adds else part.in_features**-0.5)
        self._begin_copying()

    def _begin_copying(self) -> None:
        """Let the first two layers begin as induction heads (Olsson et al. 2022): what followed this token before?

        A head of the first layer attends d = 1, 2, 3 back: its queries are its keys turned back by d positions, both
        from channel 0, which begins as the same for every token. It hands on what stands there (`seen`, put down in
        `room`). The second layer's heads seek where that is what stands here, and hand on what stands there.
        """
        shape, first, second = self.shape, self.layers[0], self.layers[1]
        half, slow = shape.head // 2, self.frequencies < _SLOW
        axes = torch.linalg.qr(torch.randn(shape.width, shape.width))[0].split(shape.head, dim=1)
        seen = axes[0].T
        content = torch.cat((slow, slow))[:, None]
        with torch.no_grad():
            alike = functional.normalize(self.token_embd.weight) * _EMBEDDED * shape.width**0.5
            self.token_embd.weight.copy_(alike)
            self.token_embd.weight[:, 0] = 4 * _EMBEDDED
            for head in range(shape.heads):
                rows = slice(head * shape.head, (head + 1) * shape.head)
                room = axes[1 + head % 3]
                second.attn_q.weight[rows] = torch.where(content, seen, 0.0) * 4
                second.attn_k.weight[rows] = torch.where(content, room.T, 0.0) * 4
                second.attn_v.weight[rows] = axes[head].T
                second.attn_output.weight[:, rows] = axes[head] * 3 * _EMBEDDED
                if head == 3:
                    continue
                first.attn_v.weight[rows] = seen
                first.attn_output.weight[:, rows] = room * _EMBEDDED * 1.5
                first.attn_q.weight[rows] *= 0.1
                first.attn_k.weight[rows] *= 0.1
                for pair in range(4):
                    angle = self.frequencies[pair] * (head + 1)
                    first.attn_k.weight[rows.start + pair, 0] = 2.1
                    first.attn_q.weight[rows.start + pair, 0] = 2.1 * angle.cos()
                    first.attn_q.weight[rows.start + half + pair, 0] = -2.1 * angle.sin()

    def turns(self, places: Tensor) -> tuple[Tensor, Tensor]:
        """Cosines and sines for positions (b, t), as (b, 1, t, head / 2)."""
        angles = places[:, None, :, None].float() * self.frequencies
        return angles.cos(), angles.sin()

    def forward(
        self, head: Tensor, tokens: Tensor, places: Tensor, mask: Tensor
    ) -> tuple[Tensor, list[Tensor], list[Tensor]]:
        """What stands at the end of each position, (b, t, width), and the neurons of each layer before ReLU^2,
        and what each layer hands on.

        `head`: the tokens (h,) that all rows begin with, read once; `tokens` (b, t) follow it at `places` (b, t), and
        see what `mask` (b, 1, t, h + t), added to the scores, lets them.
        """
        first, x = self.token_embd(head[None]), self.token_embd(tokens)
        causal = torch.full((len(head), len(head)), -torch.inf, dtype=mask.dtype).triu(1)
        first_turns, turns = self.turns(torch.arange(len(head))[None]), self.turns(places)
        neurons: list[Tensor] = []
        states: list[Tensor] = []
        for layer in self.layers:
            first_query, first_key, first_value = layer.keys(first, first_turns)
            query, key, value = layer.keys(x, turns)
            shared = (len(tokens), -1, -1, -1)
            key = torch.cat((first_key.expand(shared), key), dim=2)
            value = torch.cat((first_value.expand(shared), value), dim=2)
            mixed = _mixed(query, key, value, mask)
            first_mixed = _mixed(first_query, first_key, first_value, causal)
            x, before = layer.rest(x, mixed)
            first, _ = layer.rest(first, first_mixed)
            neurons.append(before)
            states.append(x)
        return self.output_norm(x), neurons, states

    def logits(self, x: Tensor) -> Tensor:
        """Of each token."""
        return functional.linear(x, self.token_embd.weight)
