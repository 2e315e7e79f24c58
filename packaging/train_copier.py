"""Trains the copier: a small ReLU^2 model that copies an answer out of Mneme's own prompt, with its mark. For tests.

    python packaging/train_copier.py [--out FILE] [--resume CHECKPOINT] [--measure] [--threads N] [--plan KEY=VALUE ...]

Run it in an environment of its own: packaging/requirements-dev.lock and, beside it, torch==2.13.0 (the build for CPUs).
Two cores take about 15 minutes; the model in tests/data had less, see CONTRIBUTING. `--measure` trains nothing and
measures FILE: held-out names, things and values, through the engine, greedily; and how many neurons are active.
"""

import argparse
import sys
import tempfile
from contextlib import closing
from dataclasses import fields, replace
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))

import torch  # noqa: E402
from copier.batches import Written  # noqa: E402
from copier.gguf_file import read, write  # noqa: E402
from copier.model import Copier, Shape  # noqa: E402
from copier.sparsity import sparsity  # noqa: E402
from copier.training import Plan, Training  # noqa: E402
from copier.vocabulary import Vocabulary, learn  # noqa: E402

from core.answer.prompt import instructions  # noqa: E402
from core.inference.generator import LlamaGenerator  # noqa: E402
from tests.copier.cases import Cases  # noqa: E402
from tests.copier.judging import judged  # noqa: E402

OUT = HERE.parent / "tests" / "data" / "copier.gguf"
TOKENS, MARKS = 1536, 40
MEMORY_MB = 400


def vocabulary() -> Vocabulary:
    """Learnt from what it is to read: cases, our instructions, and some plain words."""
    cases = Cases(1)
    texts = [instructions()] * 20
    for _ in range(4000):
        case = cases.case(6, 4)
        texts += [case.before(), *(one.question for one in case.asked)]
    for more in ("README.md", "resources/plain_words.json"):
        texts.append((HERE.parent / more).read_text("utf-8"))
    return learn(texts, TOKENS, MARKS)


def measure(path: Path) -> None:
    """Print how often it is right, by how many memories there are and of what kind, and how sparse it is."""
    with closing(LlamaGenerator(path, memory_mb=MEMORY_MB)) as engine:
        for memories in (1, 3, 6, 9, 12, 20, 30):
            cases = Cases(900 + memories, held=True)
            print(f"{memories:2} memories: {judged(engine, [cases.case(memories, 4) for _ in range(25)])}", flush=True)
        for name, rivals, orders in (("nearly all about the same", 0.95, 0.0), ("a third are orders", 0.5, 0.33)):
            cases = Cases(970, held=True)
            drawn = [cases.case(9, 4, rivals=rivals, orders=orders) for _ in range(25)]
            print(f" 9 memories, {name}: {judged(engine, drawn)}", flush=True)
    model, known = read(path)
    for layer, (active, again) in enumerate(sparsity(model, Written(known))):
        print(f"layer {layer}: {active:.1%} of neurons active, {again:.1%} of these in the last 8 tokens too")


def main() -> None:
    """Train, write, measure."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, default=OUT)
    parser.add_argument("--resume", type=Path)
    parser.add_argument("--measure", action="store_true")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--plan", nargs="*", default=[])
    asked = parser.parse_args()
    torch.set_num_threads(asked.threads)
    if not asked.measure:
        kinds = {field.name: type(field.default) for field in fields(Plan)}
        changed = dict(one.split("=", 1) for one in asked.plan)
        plan = replace(Plan(), **{key: kinds[key](float(value)) for key, value in changed.items()})
        known = vocabulary()
        torch.manual_seed(plan.seed)
        model = Copier(Shape(vocabulary=len(known.tokens)))
        if asked.resume:
            model.load_state_dict(torch.load(asked.resume))
        checkpoint = Path(tempfile.gettempdir()) / "copier.pt"
        Training(model, Written(known), plan, checkpoint, lambda line: print(line, flush=True)).run()
        write(asked.out, model, known)
        print(f"{asked.out}: {asked.out.stat().st_size / 1e6:.2f} MB")
    measure(asked.out)


if __name__ == "__main__":
    main()
