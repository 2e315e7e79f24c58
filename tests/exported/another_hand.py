"""Exports written by people who had not seen the importers, with what is to be taken of each, and the comparison.

Made after published formats, which each set's README names. Keys of a truth file: `turns` (what to take: speaker,
text, time, own; null is not told), with `text_alt`, `speaker_alt`, `time_alt` for what is right too; `optional_turns`;
`merge_ok` (neighbours of one speaker may be one turn); `refusal_ok`.
"""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from core.assistant.files import found
from core.capture.conversation.formats import open_import
from core.capture.conversation.report import ImportContext
from core.errors import BadInput
from core.memory import Observation

_DATA = Path(__file__).parents[1] / "data" / "imports"
SETS = {name: _DATA / name for name in ("another_hand", "a_second_hand")}
NOW = datetime(2026, 11, 21, 20, 0, tzinfo=UTC)
_ATTACHED = re.compile(r"\n?\[attached: [^\n]*\]$")
_UNSEEN = re.compile("[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\x00-\x08]")
_LIST = re.compile(r"(?m)^\s*(?:[-*•]|\d+\.)\s+")

Truth = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Import:
    """What was taken of a fixture, and what was said of the rest."""

    turns: tuple[Observation, ...]
    said: tuple[str, ...]
    refused: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Compared:
    """How an import differs from the truth."""

    missing: tuple[str, ...]
    wrong: tuple[str, ...]
    """What is wrong (speaker, time, own) of turns that are there."""
    extra: tuple[str, ...]
    """Turns that nobody said, beside attachments alone and what a mail quotes under its own writer's name."""


def names(folder: Path, half: str) -> tuple[str, ...]:
    """The fixtures of a half: "dev" was read while the importers were mended, "held" first counted, then read."""
    return tuple(json.loads((folder / "halves.json").read_text())[half])


def truth_of(folder: Path, name: str) -> Truth:
    """What is to be taken of a fixture."""
    truth: Truth = json.loads((folder / f"{name}.truth.json").read_text())
    return truth


def imported(base: Path, name: str, truth: Truth) -> Import:
    """The fixture's files taken as a person would: the files named, or the folder that an export was unpacked to."""
    own = {turn["speaker"] for turn in truth["turns"] if turn.get("own") and turn["speaker"]}
    context = ImportContext(now=NOW, names=tuple(sorted(own)), zone=ZoneInfo("Europe/Berlin"))
    folder = len(truth["files"]) > 1 and any(file.count("/") > 1 for file in truth["files"])
    turns: list[Observation] = []
    said: list[str] = []
    refused: list[str] = []
    try:
        sorted_out = found([base / name] if folder else [base / file for file in truth["files"]])
    except BadInput as problem:
        return Import((), (), (problem.title,))
    said += [one.reason for one in sorted_out.left]
    for path in sorted_out.conversations:
        try:
            reading = open_import(path, context)
            turns += reading.observations()
        except BadInput as problem:
            refused.append(problem.title)
            continue
        report = reading.tally.report()
        said += [one.reason for one in report.skipped] + list(report.notices)
    return Import(tuple(turns), tuple(said), tuple(refused))


def compared(truth: Truth, turns: Sequence[Observation]) -> Compared:
    """The wanted turns looked up among those that were taken."""
    left = list(turns)
    missing: list[str] = []
    wrong: list[str] = []
    for wanted in truth["turns"]:
        alike = [one for one in left if _says(wanted, one)]
        one = next((one for one in alike if _at(wanted, one)), next(iter(alike), None))
        if one is not None:
            left.remove(one)
            checks = (("speaker", _spoken_by(wanted, one)), ("time", _at(wanted, one)), ("own", _own(wanted, one)))
            wrong += [f"{what} of {wanted['text'][:40]!r}" for what, fine in checks if not fine]
        elif truth.get("merge_ok") and (
            whole := [one for one in turns if _plain(wanted["text"]) in _plain(one.text) and _spoken_by(wanted, one)]
        ):
            left = [one for one in left if one is not whole[0]]
        else:
            missing.append(wanted["text"][:60])
    optional = [_plain(one["text"]) for one in truth.get("optional_turns", ())]
    optional = [text for text in optional if text]
    extra = [one for one in left if _plain(one.text) and not _either(_plain(one.text), optional)]
    return Compared(tuple(missing), tuple(wrong), tuple(one.text[:60] for one in extra))


def _either(text: str, optional: Sequence[str]) -> bool:
    return any(text in one or one in text for one in optional)


def _plain(text: str | None) -> str:
    bare = _LIST.sub("", _UNSEEN.sub("", _ATTACHED.sub("", text or "")))
    return " ".join(re.sub("[*_`]", "", bare).split())


def _says(wanted: Truth, one: Observation) -> bool:
    if begin := wanted.get("prefix_only"):
        return _plain(one.text).startswith(_plain(begin))
    return _plain(one.text) in {_plain(text) for text in (wanted["text"], *wanted.get("text_alt", ()))}


def _spoken_by(wanted: Truth, one: Observation) -> bool:
    if wanted.get("speaker_any") or wanted["speaker"] in (None, "user", "assistant"):
        return True  # of assistants whose it is says enough
    spoken = one.provenance.speaker
    right = [name for name in (wanted["speaker"], *wanted.get("speaker_alt", ())) if name]
    unnamed = not spoken and None in wanted.get("speaker_alt", ())
    return unnamed or _folded(spoken) in {_folded(name) for name in right}


def _folded(name: str) -> str:
    return _plain(name).casefold().lstrip("~@ ")


def _at(wanted: Truth, one: Observation) -> bool:
    right = [wanted["time"], *wanted.get("time_alt", ())]
    if None in right:
        return True
    for told in right:
        moment = datetime.fromisoformat(told)
        at = one.at if moment.tzinfo else one.at.replace(tzinfo=None)
        if one.at_given and abs((at - moment).total_seconds()) < 1.01:
            return True
    return False


def _own(wanted: Truth, one: Observation) -> bool:
    return wanted.get("own") is None or bool(wanted["own"]) == one.provenance.mine
