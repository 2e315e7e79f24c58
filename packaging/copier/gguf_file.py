"""Writes the copier as a GGUF file of architecture `arcee`, its matrices as Q8_0."""

from pathlib import Path

import gguf
import numpy as np
import torch
from copier.model import Copier, Shape
from copier.vocabulary import BYTES, CONTROL, SIGN, Vocabulary
from numpy.typing import NDArray

from core.inference.chat_format import CHATML

NAME = "Mneme's copier"
TEMPLATE = (
    "{% for m in messages %}<|im_start|>{{ m.role }}\n{{ m.content }}<|im_end|>\n{% endfor %}<|im_start|>assistant\n"
)
QUANTISED = gguf.GGMLQuantizationType.Q8_0


def write(path: Path, model: Copier, vocabulary: Vocabulary) -> None:
    """Write a trained copier."""
    shape = model.shape
    writer = gguf.GGUFWriter(path, "arcee")
    writer.add_name(NAME)
    writer.add_license("Apache-2.0")
    writer.add_description("Copies an answer out of numbered memories, with its mark. For tests only.")
    writer.add_context_length(shape.context)
    writer.add_embedding_length(shape.width)
    writer.add_block_count(shape.layers)
    writer.add_feed_forward_length(shape.feed_forward)
    writer.add_head_count(shape.heads)
    writer.add_head_count_kv(shape.heads)
    writer.add_key_length(shape.head)
    writer.add_value_length(shape.head)
    writer.add_rope_dimension_count(shape.head)
    writer.add_rope_freq_base(shape.rope_base)
    writer.add_layer_norm_rms_eps(shape.epsilon)
    writer.add_vocab_size(shape.vocabulary)
    writer.add_file_type(gguf.LlamaFileType.MOSTLY_Q8_0)
    _add_vocabulary(writer, vocabulary)
    for name, values in tensors(model).items():
        if values.ndim == 1:
            writer.add_tensor(name, values)
        else:
            writer.add_tensor(name, gguf.quants.quantize(values, QUANTISED), raw_dtype=QUANTISED)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def read(path: Path) -> tuple[Copier, Vocabulary]:
    """A copier as it stands in its file, and its vocabulary."""
    reader = gguf.GGUFReader(path)
    tokens = reader.fields["tokenizer.ggml.tokens"].contents()
    scores = reader.fields["tokenizer.ggml.scores"].contents()
    begins = len(CONTROL) + len(BYTES)
    merged = next(at for at in range(begins, len(tokens)) if scores[at] > SIGN)
    vocabulary = Vocabulary(tuple(tokens[begins:merged]), tuple(tokens[merged:]))
    model = Copier(Shape(vocabulary=len(tokens)))
    state = {}
    for tensor in reader.tensors:
        values = gguf.quants.dequantize(tensor.data, tensor.tensor_type)
        if tensor.name.endswith(("attn_q.weight", "attn_k.weight")):
            pairs = values.reshape(model.shape.heads, model.shape.head // 2, 2, -1)
            values = pairs.swapaxes(1, 2).reshape(values.shape)
        state[tensor.name.replace("blk.", "layers.")] = torch.from_numpy(np.array(values, np.float32))
    model.load_state_dict(state)
    return model, vocabulary


def tensors(model: Copier) -> dict[str, NDArray[np.float32]]:
    """The weights under llama.cpp's names, rows of queries and keys in its order (pairs side by side)."""
    found: dict[str, NDArray[np.float32]] = {}
    for name, value in model.state_dict().items():
        values = value.detach().float().numpy()
        name = name.replace("layers.", "blk.")
        if name.endswith(("attn_q.weight", "attn_k.weight")):
            halves = values.reshape(model.shape.heads, 2, model.shape.head // 2, -1)
            values = halves.swapaxes(1, 2).reshape(values.shape)
        found[name] = np.ascontiguousarray(values)
    return found


def _add_vocabulary(writer: gguf.GGUFWriter, vocabulary: Vocabulary) -> None:
    kinds = [gguf.TokenType.CONTROL] * len(CONTROL) + [gguf.TokenType.BYTE] * len(BYTES)
    kinds[0] = gguf.TokenType.UNKNOWN
    kinds += [gguf.TokenType.NORMAL] * (len(vocabulary.tokens) - len(kinds))
    writer.add_tokenizer_model("llama")
    writer.add_tokenizer_pre("default")
    writer.add_token_list(list(vocabulary.tokens))
    writer.add_token_scores(vocabulary.scores)
    writer.add_token_types(kinds)
    writer.add_unk_token_id(CONTROL.index("<unk>"))
    writer.add_bos_token_id(CONTROL.index("<s>"))
    writer.add_eos_token_id(CONTROL.index(CHATML.stop))
    writer.add_add_bos_token(False)
    writer.add_add_eos_token(False)
    writer.add_add_space_prefix(False)
    writer.add_chat_template(TEMPLATE)
