"""The JSON that commands answer with: the contracts of the README, field by field."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime

from app.commands.request import JSON
from core.answer.prompt import Prompt
from core.assistant import Assistant
from core.memory import (
    Answer,
    Conflict,
    Context,
    Entry,
    Fact,
    Forgotten,
    Hit,
    Memory,
    MemoryId,
    Recalled,
    SleepRun,
    Status,
    Understood,
)
from core.nights import sentence, sort_of

_QUOTED = 400
"""Characters of a source that a line of a night quotes."""


def time_of(at: datetime | None) -> str | None:
    """ISO 8601 with its offset."""
    return None if at is None else at.isoformat()


def memory_form(memory: Memory, assistant: Assistant | None = None, now: datetime | None = None) -> JSON:
    """One memory, without the text of a secret."""
    origin = memory.provenance
    form: JSON = {
        "memory": memory.id,
        "kind": memory.kind.value,
        "facet": memory.facet.value,
        "state": memory.state.value,
        "text": "(secret)" if memory.kind == "secret" else memory.text,
        "caption": memory.caption,
        "at": time_of(memory.at),
        "speaker": origin.speaker,
        "addressee": origin.addressee,
        "app": origin.app,
        "window": origin.window,
        "conversation": origin.conversation,
        "id": memory.reference,
        "pinned": memory.pinned,
        "version": memory.version,
        "valid_from": time_of(memory.valid_from),
        "valid_to": time_of(memory.valid_to),
        "superseded_by": memory.superseded_by,
        "sources": list(memory.sources),
        "reason": memory.reason,
        "episode": memory.episode,
        "folded_into": memory.folded_into,
        "boilerplate": memory.boilerplate,
        "tags": list(memory.tags),
        "importance": memory.importance,
        "uses": memory.uses,
    }
    if memory.fact is not None:
        form["fact"] = asdict(memory.fact)
    if assistant is not None and now is not None:
        form["strength"] = round(assistant.strength(memory, now), 4)
        form["fades_on"] = time_of(assistant.fades_on(memory))
    return form


def hit_form(hit: Hit) -> JSON:
    """One line of `hits`."""
    return {
        "rank": hit.rank,
        "score": round(hit.score, 6),
        "memory": hit.memory.id,
        "kind": hit.memory.kind.value,
        "sources": list(dict.fromkeys(ref.id for ref in hit.refs)),
        "refs": [{"conversation": r.conversation, "id": r.id, "memory": r.memory} for r in hit.refs],
        "text": hit.memory.text,
        "piece": None if hit.piece is None else list(hit.piece),
        "at": time_of(hit.memory.at),
        "speaker": hit.memory.provenance.speaker,
        "app": hit.memory.provenance.app,
        "state": hit.memory.state.value,
        "outdated": hit.outdated,
        "strength": round(hit.strength, 4),
        "why": {
            "words": list(hit.why.words),
            "meaning": round(hit.why.meaning, 4),
            "time": hit.why.time,
            "person": hit.why.person,
            "neighbour_of": hit.why.neighbour_of,
            "folded": hit.why.folded,
        },
    }


def context_form(context: Context) -> JSON:
    """Hits and neighbours in time order."""
    return {"sources": list(context.sources), "text": context.text, "tokens": context.tokens}


def understood_form(one: Understood) -> JSON:
    """One thing read out of a question, with the key by which it can be ignored."""
    return {
        "kind": one.kind,
        "text": one.text,
        "meaning": one.meaning,
        "hard": one.hard,
        "key": one.key,
        "memory": one.memory,
    }


def recalled_form(id: str | None, recalled: Recalled) -> JSON:
    """One line of batch recall."""
    form: JSON = {} if id is None else {"id": id}
    return form | {
        "hits": [hit_form(hit) for hit in recalled.hits],
        "context": context_form(recalled.context),
        "understood": [understood_form(one) for one in recalled.understood],
        "route": recalled.route,
        "took_ms": round(recalled.took_ms, 2),
        "notices": list(recalled.notices),
    }


def answer_form(id: str | None, answer: Answer) -> JSON:
    """One line of batch ask."""
    form: JSON = {} if id is None else {"id": id}
    form |= {
        "answer": answer.text,
        "abstained": answer.abstained,
        "grounds": list(answer.grounds),
        "sentences": [
            {"text": s.text, "grounds": list(s.grounds), "span": list(s.span) if s.span else None}
            for s in answer.sentences
        ],
        "understood": [understood_form(one) for one in answer.understood],
        "route": answer.route,
        "looked": answer.looked,
        "model": answer.model,
        "took_ms": round(answer.took_ms, 2),
        "prompt_tokens": answer.prompt_tokens,
        "notices": list(answer.notices),
    }
    if answer.tokens_per_s is not None:
        form["tokens_per_s"] = round(answer.tokens_per_s, 2)
    return form


def prompt_form(id: str | None, prompt: Prompt) -> JSON:
    """What a model would be given; `memories` are the ids behind its marks, in their order."""
    form: JSON = {} if id is None else {"id": id}
    return form | {
        "prompt": [{"role": message.role.value, "text": message.text} for message in prompt.messages],
        "memories": [hit.memory.id for hit in prompt.marked.values()],
        "prompt_tokens": prompt.tokens,
        "left_out": prompt.left_out,
    }


def entry_form(entry: Entry, about: Mapping[MemoryId, Memory]) -> JSON:
    """One line of a sleep's journal; `about` has the memories it names that are still there."""
    source = about.get(entry.sources[0]) if entry.sources else None
    newer = about.get(MemoryId(str(entry.after.get("superseded_by"))))
    now = about.get(entry.memory)
    return {
        "entry": entry.id,
        "sort": sort_of(entry).value,
        "step": entry.step,
        "operation": entry.operation.value,
        "memory": entry.memory,
        "about": "" if now is None else now.text,
        "becomes": None if newer is None else newer.text,
        "from": None if source is None else _said(source),
        "before": entry.before,
        "after": entry.after,
        "sources": list(entry.sources),
        "reason": entry.reason,
        "reverted": entry.reverted,
        "forgotten": entry.forgotten,
    }


def _said(source: Memory) -> JSON:
    """Who said what, for a line that rests on it."""
    return {
        "memory": source.id,
        "speaker": "me" if source.provenance.mine else source.provenance.speaker,
        "app": source.provenance.app,
        "kind": source.kind.value,
        "at": time_of(source.at),
        "text": source.text[:_QUOTED],
    }


def run_form(run: SleepRun, assistant: Assistant) -> JSON:
    """One sleep."""
    wanted: dict[MemoryId, None] = {}
    for entry in run.entries:
        wanted |= dict.fromkeys((entry.memory, *entry.sources[:1]))
        if newer := entry.after.get("superseded_by"):
            wanted[MemoryId(str(newer))] = None
    about = {memory.id: memory for memory in (*run.made, *assistant.many(list(wanted)))}
    return {
        "run": run.id,
        "night": run.night,
        "begins": time_of(run.begins),
        "ends": time_of(run.ends),
        "state": run.state,
        "step": run.step,
        "counts": run.counts,
        "said": sentence(run.counts),
        "entries": [entry_form(entry, about) for entry in run.entries],
    }


def conflict_form(conflict: Conflict, assistant: Assistant) -> JSON:
    """One contradiction: both values, and who said each where and when."""
    return {
        "conflict": conflict.id,
        "one": _side(conflict.memory, conflict.fact, assistant),
        "other": _side(conflict.against, conflict.other, assistant),
    }


def _side(memory: MemoryId, fact: Fact, assistant: Assistant) -> JSON:
    said = [memory_form(one) for one in assistant.sources(memory)]
    return {"memory": memory, **asdict(fact), "says": said}


def forgotten_form(gone: Forgotten) -> JSON:
    """What a forget took, with its proof."""
    return {
        "forgotten": list(gone.forgotten),
        "derived": list(gone.derived),
        "cut": list(gone.cut),
        "unshown": gone.unshown,
        "proof": {
            "places": {
                place: {"before": before, "after": after} for place, (before, after) in gone.proof.places.items()
            },
            "remaining": list(gone.proof.remaining),
        },
    }


def status_form(status: Status, profile: str, host: int, assistant: Assistant) -> JSON:
    """Counts, hash, host."""
    return {
        "profile": profile,
        "locked": False,
        "host": host,
        "memories": status.memories,
        "by_kind": status.by_kind,
        "by_state": status.by_state,
        "content_hash": status.content_hash,
        "without_vector": status.without_vector,
        "index": status.index,
        "answered": status.answered,
        "vault_bytes": status.vault_bytes,
        "pictures": status.pictures,
        "picture_bytes": status.picture_bytes,
        "last_sleep": None if status.last_sleep is None else run_form(status.last_sleep, assistant),
        "conflicts": status.conflicts,
        "notices": list(status.notices),
    }
