"""How few of the copier's neurons are active, and how many of them were a moment ago: what makes reading few pay."""

import torch
from copier.batches import Written
from copier.model import Copier

from tests.copier.cases import Cases

_WINDOW = 8
_CASES = 12


def sparsity(model: Copier, written: Written) -> list[tuple[float, float]]:
    """For each layer: share of neurons above zero, and of these the share above zero in one of the last 8 tokens.

    Over all of held-out prompts and their right replies, the instructions included.
    """
    cases, found = Cases(800, held=True), [(0.0, 0.0)] * model.shape.layers
    model.eval()
    for _ in range(_CASES):
        case = cases.case(6, 1)
        one = case.asked[0]
        tokens = written.head() + written.memories(case) + written.question(one.question) + written.reply(one.reply)
        for layer, active in enumerate(_active(model, tokens)):
            before = torch.stack([active[at - _WINDOW : at].any(0) for at in range(_WINDOW, len(active))])
            now = active[_WINDOW:]
            share = now.float().mean().item()
            again = (now & before).sum().item() / max(1, now.sum().item())
            found[layer] = found[layer][0] + share / _CASES, found[layer][1] + again / _CASES
    return found


def _active(model: Copier, tokens: list[int]) -> list[torch.Tensor]:
    """Which neurons are above zero, (tokens, neurons) for each layer."""
    head, rest = torch.tensor(tokens[:1]), torch.tensor([tokens[1:]])
    many = rest.shape[1]
    mask = torch.full((1, 1, many, many + 1), -torch.inf).triu(2)
    with torch.no_grad():
        _, neurons, _ = model(head, rest, torch.arange(1, many + 1)[None], mask)
    return [layer[0] > 0 for layer in neurons]
