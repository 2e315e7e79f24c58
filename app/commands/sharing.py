"""What other assistants are given: the permitted part of recall, ask and coming up, each access noted."""

import json
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime

from app.commands.forms import time_of
from app.commands.request import JSON, Reply
from app.host import Host
from core.assistant import Assistant
from core.errors import BadInput
from core.memory import Answer, Channel, Facet, Kind, Memory, MemoryId, Observation, Provenance, Sensitivity
from core.store import preferences
from core.urgency import Urgency

KEPT_ACCESSES = 1000
_NOTED = "mcp_access"
_GIVEN = (Sensitivity.NONE, Sensitivity.WORK)
_MOST_HITS = 20
_ABSTAINED = "I have no memory of that."


def share(host: Host, arguments: JSON, now: datetime, reply: Reply) -> JSON:
    """One request of another assistant, or with `log` what was asked for until now. Raises BadInput."""
    if arguments.get("log"):
        return {"accesses": accesses(host)}
    tool = str(arguments.get("tool"))
    client = str(arguments.get("client") or "unknown")[:200]
    if tool not in _TOOLS:
        raise BadInput(f"There is no tool {tool[:40]!r}.", f"There are: {', '.join(_TOOLS)}.")
    allowed = host.assistant.settings.mcp
    may = allowed.allowed and (tool != "remember" or allowed.may_remember)
    if not may:
        _note(host, client, tool, now, given=0, refused=True)
        what = "add notes" if allowed.allowed else "read this memory"
        key = "mcp.may_remember" if allowed.allowed else "mcp.allowed"
        raise BadInput(f"Other assistants may not {what}.", f"The person can allow it: mneme settings set {key} true")
    result, given = _TOOLS[tool](host, arguments, now, client)
    _note(host, client, tool, now, given=given, refused=False)
    return result


def may_be_given(memory: Memory) -> bool:
    """No secrets, nothing about health, money or love; the person's own questions are never limited so."""
    return memory.kind is not Kind.SECRET and memory.sensitivity in _GIVEN


def _form(memory: Memory) -> JSON:
    return {
        "memory": memory.id,
        "text": memory.text,
        "at": time_of(memory.at),
        "who": memory.provenance.speaker or memory.provenance.app,
        "kind": memory.kind.value,
    }


def _recall(host: Host, arguments: JSON, now: datetime, client: str) -> tuple[JSON, int]:
    k = min(max(int(arguments.get("k") or 10), 1), _MOST_HITS)
    found = host.assistant.recall(_text(arguments, "question"), now, k=k * 2)
    hits = [hit for hit in found.hits if may_be_given(hit.memory)][:k]
    return {"hits": [_form(hit.memory) for hit in hits]}, len(hits)


def _ask(host: Host, arguments: JSON, now: datetime, client: str) -> tuple[JSON, int]:
    answer = host.assistant.ask(_text(arguments, "question"), now, with_model=False)
    told = permitted(answer, host.assistant)
    form = {"answer": told.text, "abstained": told.abstained, "grounds": list(told.grounds)}
    return form, len(told.grounds)


def permitted(answer: Answer, assistant: Assistant) -> Answer:
    """The answer without the sentences that rest on what is not given; without any it abstains."""
    kept = [one for one in answer.sentences if one.memories and _all_given(assistant, one.memories)]
    if not kept:
        return replace(answer, text=_ABSTAINED, abstained=True, sentences=(), grounds=(), hits=())
    grounds = tuple(dict.fromkeys(ground for one in kept for ground in one.grounds))
    return replace(answer, text=" ".join(one.text for one in kept), sentences=tuple(kept), grounds=grounds)


def _all_given(assistant: Assistant, ids: Iterable[MemoryId]) -> bool:
    wanted = list(dict.fromkeys(ids))
    found = assistant.many(wanted)
    return len(found) == len(wanted) and all(may_be_given(memory) for memory in found)


def _coming_up(host: Host, arguments: JSON, now: datetime, client: str) -> tuple[JSON, int]:
    found = [memory for memory in host.assistant.coming_up(now) if may_be_given(memory)]
    shown = [_form(one) | {"begins": time_of(one.valid_from), "ends": time_of(one.valid_to)} for one in found]
    return {"coming_up": shown}, len(found)


def _remember(host: Host, arguments: JSON, now: datetime, client: str) -> tuple[JSON, int]:
    said = Observation(
        text=_text(arguments, "text"),
        at=now,
        facet=Facet.NOTE,
        provenance=Provenance(channel=Channel.CHAT, app=client, speaker=client, mine=False),
    )
    kept = host.work(lambda assistant: list(assistant.keep([said], now)), Urgency.CAPTURE)
    return {"saved": [id for saved in kept for id in saved.ids]}, 0


def _text(arguments: JSON, name: str) -> str:
    text = arguments.get(name)
    if not isinstance(text, str) or not text.strip() or len(text) > 10_000:
        raise BadInput(f"The {name} is missing or too long.", "Give some words, at most 10,000 characters.")
    return text


_TOOLS: dict[str, Callable[[Host, JSON, datetime, str], tuple[JSON, int]]] = {
    "recall": _recall,
    "ask": _ask,
    "coming_up": _coming_up,
    "remember": _remember,
}


def accesses(host: Host) -> list[JSON]:
    """Who asked when with which tool and how much was given, oldest first; never what was asked."""
    with host.opened.vault.read() as db:
        return list(json.loads(preferences.noted(db, _NOTED) or "[]"))


def _note(host: Host, client: str, tool: str, now: datetime, *, given: int, refused: bool) -> None:
    line = {"at": now.isoformat(), "client": client, "tool": tool, "given": given, "refused": refused}
    with host.opened.vault.write() as db:
        kept = json.loads(preferences.noted(db, _NOTED) or "[]")
        preferences.note(db, _NOTED, json.dumps([*kept, line][-KEPT_ACCESSES:]))
