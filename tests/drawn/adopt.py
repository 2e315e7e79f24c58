"""Takes pictures drawn by another hand into `strangers/`: `python -m tests.drawn.adopt FOLDER --half dev --half held`.

`FOLDER` holds `chats/` and `screens/` (a file of JSON and a PNG each) and `halves.json` with the numbers of each half.
Of the halves asked for all is written anew to `chats3.jsonl` and `screens3.jsonl`, or to the folder `--to`. What the
boxes say of their own role is left out. Of each picture the grounds are kept, its words painted over, as few colours.
"""

import argparse
import base64
import json
import zlib
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

_STRANGERS = Path(__file__).with_name("strangers")
_COLOURS = 64
_OF_A_TURN = ("id", "speaker", "text", "time", "own", "time_shown", "name_visible", "cut")


def adopted(one: Mapping[str, object], name: str, half: str, picture: Path) -> str:
    """One picture as a line of the files. Of a message that is cut off what can be seen is its text."""
    turns = [{key: turn[key] for key in _OF_A_TURN if key in turn} for turn in _listed(one, "turns")]
    for kept, turn in zip(turns, _listed(one, "turns"), strict=True):
        kept["text"] = turn.get("visible_text") or turn["text"]
    boxes = [
        [box["text"], box["x"], box["y"], box["w"], box["h"], bool(box.get("partial"))] for box in _listed(one, "boxes")
    ]
    told = {
        "name": name,
        "half": half,
        "layout": one["layout"],
        "window": one["window"],
        "others": one.get("other_windows") or [],
        "turns": turns,
        "boxes": boxes,
        "grounds": packed(picture, _listed(one, "boxes")),
    }
    return json.dumps(told, ensure_ascii=False, separators=(",", ":"))


def _line(file: Path, half: str) -> str:
    return adopted(json.loads(file.read_text(encoding="utf-8")), file.stem, half, file.with_suffix(".png"))


def packed(picture: Path, boxes: Sequence[Mapping[str, object]]) -> str:
    """The picture without its words: each painted over with the colour around it; text of 7 bits."""
    with Image.open(picture) as image:
        pixels = np.array(image.convert("RGB"))
    for box in boxes:
        x, y, w, h = (int(str(box[key])) for key in "xywh")
        part = pixels[max(0, y - 1) : y + h + 1, max(0, x - 1) : x + w + 1]
        if part.size:
            colours, number = np.unique(part.reshape(-1, 3), axis=0, return_counts=True)
            part[:] = colours[number.argmax()]
    few = Image.fromarray(pixels).quantize(_COLOURS, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
    indexes: NDArray[np.uint8] = np.asarray(few)
    palette = bytes(few.getpalette() or ())[: 3 * _COLOURS].ljust(3 * _COLOURS, b"\0")
    height, width = indexes.shape
    head = width.to_bytes(2, "big") + height.to_bytes(2, "big") + palette
    return base64.b85encode(zlib.compress(head + indexes.tobytes(), 9)).decode()


def unpacked(told: str) -> NDArray[np.uint8]:
    """(h, w, 3) RGB of what `packed` gave."""
    data = zlib.decompress(base64.b85decode(told))
    width, height = int.from_bytes(data[:2], "big"), int.from_bytes(data[2:4], "big")
    palette = np.frombuffer(data[4 : 4 + 3 * _COLOURS], dtype=np.uint8).reshape(-1, 3)
    return palette[np.frombuffer(data[4 + 3 * _COLOURS :], dtype=np.uint8).reshape(height, width)]


def _listed(one: Mapping[str, object], key: str) -> Sequence[Mapping[str, object]]:
    found = one.get(key) or []
    assert isinstance(found, list)
    return found


def main() -> None:
    """Write the halves asked for."""
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("--half", action="append", choices=("dev", "held"), required=True)
    parser.add_argument("--to", type=Path, default=_STRANGERS)
    asked = parser.parse_args()
    halves = json.loads((asked.folder / "halves.json").read_text(encoding="utf-8"))
    half_of = {number: half for half in asked.half for number in halves[half]}
    for kind in ("chats", "screens"):
        files = sorted(file for file in (asked.folder / kind).glob("*.json") if file.stem[:2] in half_of)
        lines = [_line(file, half_of[file.stem[:2]]) for file in files]
        (asked.to / f"{kind}3.jsonl").write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")


if __name__ == "__main__":
    main()
