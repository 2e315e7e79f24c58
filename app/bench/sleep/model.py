"""What thinking with a model costs beside extraction turn by turn, and that nothing is found less for it."""

import json
import shutil
from collections import defaultdict, deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from app.bench.asking import asked, distinct, share
from app.bench.dataset import DataSet
from app.bench.outside import Outside, outside
from app.bench.row import Row, mean
from app.bench.sleep.scripted import Scripted, read
from app.bench.sleep.setting import Setting
from app.commands.request import JSON
from app.wiring import open_profile
from core.assistant import finish
from core.consolidate.thinking.request import instructions
from core.events import Events
from core.memory import SleepRun
from core.paths import RESOURCES
from core.store.profile import Profile

FEWER_CALLS, FEWER_TOKENS = 50, 20
_SIZES = (250, 1000)
_LAST_TURNS, _MEMORIES = 10, 10
"""What extraction turn by turn is given beside the new one: mem0's own setting is ten messages and ten memories."""
_NO_LIMIT = 10_000_000
_DEPTH = 10
_SAMPLE = RESOURCES / "sample" / "conversations.jsonl"


def rows(setting: Setting) -> Iterable[Row]:
    """Calls and tokens for conversations of several sizes; with a data set also recall before and after."""
    file = setting.dataset.file if setting.dataset is not None else _SAMPLE
    lines = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines() if line.strip()]
    for size in sorted({*(size for size in _SIZES if size < len(lines)), len(lines)}):
        with outside() as place, setting.bar.over(f"A night over {size} turns, with a model", 1):
            whole = setting.dataset if size == len(lines) else None
            yield from _measured(place, lines[:size], whole, setting)


def _measured(place: Outside, lines: Sequence[JSON], data: DataSet | None, setting: Setting) -> Iterator[Row]:
    file = place.folder / "turns.jsonl"
    file.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    for _ in place.lines("import", str(file), "--json"):
        pass
    tonight = max(datetime.fromisoformat(line["at"]).astimezone() for line in lines if line.get("at"))
    tonight += timedelta(days=1)
    before = _found(place, data, setting)
    by_rules = _by_rules(place, data, tonight, setting)
    model, each = Scripted(), turn_by_turn(lines)
    run = _night(place, model, tonight)
    yield from _cost(len(lines), model, each)
    yield from _kept(len(lines), run)
    after = _found(place, data, setting)
    for name, beside in (("by rules", by_rules), ("before it", before)):
        if after:
            yield Row(
                name=f"recall@{_DEPTH} after a night with a model, beside {name}",
                value=mean(after),
                unit="share",
                n=len(after),
                baseline=mean(beside),
            )


def _by_rules(place: Outside, data: DataSet | None, now: datetime, setting: Setting) -> list[float]:
    """Recall after the same night without a model, on a copy."""
    if data is None or not data.with_evidence:
        return []
    copy = replace(place, folder=place.folder / "copy")
    shutil.copytree(place.paths.root, copy.paths.root)
    copy.paths.root.chmod(0o700)
    _night(copy, None, now)
    return _found(copy, data, setting)


def _night(place: Outside, model: Scripted | None, now: datetime) -> SleepRun:
    """One whole night in which everything worth it is read, whatever it costs."""
    profile = Profile(place.paths)
    profile.unlock(place.passphrase)
    opened = open_profile(profile, Events(), lambda: now, stays=False, generator=lambda _: model)
    try:
        opened.assistant.set_setting("sleep.think_tokens", _NO_LIMIT)
        opened.assistant.set_setting("sleep.think_minutes", 600)
        run = finish(opened.assistant.sleeping(now))
    finally:
        opened.close()
    assert isinstance(run, SleepRun)
    return run


def _found(place: Outside, data: DataSet | None, setting: Setting) -> list[float]:
    if data is None or not data.with_evidence:
        return []
    found = asked(place, "recall", data.with_evidence, setting.bar, "-k", str(_DEPTH))
    return [share(one.evidence, distinct(found.answers[one.id], _DEPTH)) for one in data.with_evidence]


def turn_by_turn(lines: Sequence[JSON]) -> Scripted:
    """Extraction as libraries do it: one call a turn, with our instructions, the last turns and the nearest memories.

    One call is the least: those that decide about each memory afterwards make a second.
    """
    model = Scripted()
    last: dict[str, deque[str]] = defaultdict(lambda: deque(maxlen=_LAST_TURNS))
    known: dict[str, list[str]] = defaultdict(list)
    for line in lines:
        where = str(line.get("conversation"))
        told = f"[S1] {line.get('speaker') or 'someone'}: {' '.join(str(line.get('text') or '').split())}"
        items = read(told)
        nearest = _nearest(told, known[where])
        prompt = [instructions(), "\n".join(["LAST TURNS", *last[where], "MEMORIES", *nearest, "OBSERVATIONS", told])]
        model.asked(prompt, json.dumps({"items": items}, ensure_ascii=False))
        last[where].append(told.removeprefix("[S1] "))
        known[where] += [f"{one['subject']} {one['attribute']} {one['value']}" for one in items]
    return model


def _nearest(told: str, known: Sequence[str]) -> list[str]:
    words = set(told.casefold().split())
    return sorted(known, key=lambda one: -len(words & set(one.casefold().split())))[:_MEMORIES]


def _cost(turns: int, ours: Scripted, each: Scripted) -> Iterator[Row]:
    of = f", {turns} turns"
    thousands = turns / 1000
    for name, mine, theirs, target in (
        ("calls", ours.calls, each.calls, FEWER_CALLS),
        ("tokens, prompts and replies", ours.tokens, each.tokens, FEWER_TOKENS),
        ("tokens computed with a KV cache", ours.computed, each.computed, None),
    ):
        per = mine / thousands
        yield Row(name=f"{name} per 1,000 turns{of}", value=per, unit="", n=turns, baseline=theirs / thousands)
        yield Row(name=f"{name}: times fewer{of}", value=theirs / max(1, mine), unit="x", n=turns, target=target)


def _kept(turns: int, run: SleepRun) -> Iterator[Row]:
    read_, counts = run.counts.get("read by the model", 0), run.counts
    yield Row(name=f"turns that the model was given, {turns} turns", value=read_ / turns, unit="share", n=turns)
    refused = counts.get("quarantined from the model", 0)
    yield Row(name=f"items set apart, {turns} turns", value=refused, unit="items", n=turns)
