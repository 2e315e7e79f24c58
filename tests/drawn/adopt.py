"""Takes pictures drawn by another hand into `strangers/`: `python -m tests.drawn.adopt FOLDER --half dev`.

`FOLDER` holds `chats/` and `screens/` (a file of JSON each) and `halves.json` with the numbers of each half. Of the
halves asked for all is written anew to `chats2.jsonl` and `screens2.jsonl`, or to the folder `--to`. What the boxes
say of their own role is left out.
"""

import argparse
import json
from collections.abc import Mapping, Sequence
from pathlib import Path

_STRANGERS = Path(__file__).with_name("strangers")
_OF_A_TURN = ("id", "speaker", "text", "time", "own", "time_shown", "name_visible", "cut")


def adopted(one: Mapping[str, object], name: str) -> str:
    """One picture as a line of the files."""
    turns = [{key: turn[key] for key in _OF_A_TURN if key in turn} for turn in _listed(one, "turns")]
    boxes = [
        [box["text"], box["x"], box["y"], box["w"], box["h"], bool(box.get("partial"))] for box in _listed(one, "boxes")
    ]
    told = {
        "name": name,
        "layout": one["layout"],
        "window": one["window"],
        "others": one.get("other_windows") or [],
        "turns": turns,
        "boxes": boxes,
    }
    return json.dumps(told, ensure_ascii=False, separators=(",", ":"))


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
    numbers = {number for half in asked.half for number in halves[half]}
    for kind in ("chats", "screens"):
        files = sorted(file for file in (asked.folder / kind).glob("*.json") if file.stem[:2] in numbers)
        lines = [adopted(json.loads(file.read_text(encoding="utf-8")), file.stem) for file in files]
        (asked.to / f"{kind}2.jsonl").write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")


if __name__ == "__main__":
    main()
