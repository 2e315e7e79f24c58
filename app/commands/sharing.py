"""What other assistants are given: the part of recall, ask and coming up within their scope, each access noted."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from app.commands.forms import time_of
from app.commands.request import JSON, Reply
from app.host import Host
from core.assistant.asking import MOST_LOOKED_AT
from core.assistant.permitted import Permitted
from core.errors import BadInput, NotAllowed
from core.events import AssistantsChanged, Noticed
from core.memory import Answer, Channel, Facet, Hit, Memory, MemoryId, Observation, Provenance, Selection
from core.store import clients
from core.store.clients import Access, Scope, Standing
from core.urgency import Urgency
from core.visible import readable, visible

MOST_NOTES_A_DAY = 200
"""That one assistant may write; more would fill the store while nobody looks."""
_MOST_HITS = 20
_LONGEST = 10_000
_LONGEST_GIVEN = 4_000
"""Characters of one memory."""
_LONGEST_NAME = 60
_ABSTAINED = "I have no memory of that."


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asking:
    """One request of one assistant."""

    host: Host
    name: str
    scope: Scope
    permitted: Permitted
    arguments: JSON
    now: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class _Told:
    """What it is told, and how many memories that was out of how many that bore on it."""

    form: JSON
    given: int = 0
    held_back: int = 0


def share(host: Host, arguments: JSON, now: datetime, reply: Reply) -> JSON:
    """One request of another assistant. Raises BadInput, and NotAllowed until the person has allowed it."""
    name = named(arguments.get("client"))
    tool = str(arguments.get("tool"))
    if tool not in _TOOLS:
        raise BadInput(f"There is no tool {visible(tool[:40])!r}.", f"There are: {', '.join(_TOOLS)}.")
    scope = _admitted(host, name, tool, str(arguments.get("key") or ""), now)
    asking = _Asking(
        host=host,
        name=name,
        scope=scope,
        permitted=host.assistant.permitted(scope),
        arguments=arguments,
        now=now,
    )
    told = _TOOLS[tool](asking)
    # Noted before it is handed over: nothing is given that is not in the log.
    _note(host, Access(at=now, client=name, tool=tool, given=told.given, held_back=told.held_back))
    return told.form


def named(name: object) -> str:
    """An assistant's name as it is kept: what can be seen of it, on one line, not too long."""
    written = str(name or "")[:1000].encode("utf-8", "replace").decode("utf-8")
    return " ".join(readable(written).split())[:_LONGEST_NAME].strip() or "unknown"


def source_of(name: str) -> str:
    """The conversation that all belongs to that an assistant wrote."""
    return f"mcp:{name}"


def _admitted(host: Host, name: str, tool: str, key: str, now: datetime) -> Scope:
    """What it may do; else the refusal is noted and raised."""
    with host.opened.vault.write() as db:
        known = clients.knocked(db, name, now)
        right_key = clients.shows_its_key(db, name, key)
    why = ""
    if host.assistant.settings.mcp.paused:
        why = "Mneme answers no other assistant at the moment."
    elif known.standing is Standing.ASKS:
        why = f'"{name}" may not read this memory yet. The person has been asked.'
    elif known.standing is Standing.DENIED:
        why = f'"{name}" may not read this memory.'
    elif not right_key:
        why = f'"{name}" is known by a key, and it was not shown.'
    elif tool == "remember" and not known.scope.may_write:
        why = f'"{name}" may read this memory and add nothing to it.'
    if not why:
        return known.scope
    _note(host, Access(at=now, client=name, tool=tool, refused=True))
    if known.standing is Standing.ASKS and not known.asked and not host.assistant.settings.mcp.paused:
        title = f'"{name}" asks to read your memory.'
        host.events.tell(Noticed(title, "You decide: Health, or Settings, Other assistants.", problem=True))
    # No command here: an assistant with a shell would run it.
    raise NotAllowed(why, "The person decides it in Mneme's window, under Settings, Other assistants.")


def _note(host: Host, access: Access) -> None:
    with host.opened.vault.write() as db:
        clients.note(db, access)
    host.events.tell(AssistantsChanged())


def _form(memory: Memory, text: str) -> JSON:
    said = readable(text)
    return {
        "memory": memory.id,
        "text": said if len(said) <= _LONGEST_GIVEN else said[:_LONGEST_GIVEN] + " …",
        "at": time_of(memory.at),
        "who": "me" if memory.provenance.mine else readable(memory.provenance.speaker or memory.provenance.app),
        "kind": memory.kind.value,
    }


def _recall(asking: _Asking) -> _Told:
    k = _whole(asking.arguments, "k", 10, _MOST_HITS)
    found = asking.host.assistant.recall(_text(asking.arguments, "question"), asking.now, k=MOST_LOOKED_AT)
    hits: list[Hit] = []
    held_back = 0
    for hit in found.hits:
        if len(hits) == k:
            break
        if asking.permitted(hit.memory):
            hits.append(hit)
        else:
            held_back += 1
    return _Told(form={"hits": [_form(hit.memory, hit.text) for hit in hits]}, given=len(hits), held_back=held_back)


def _ask(asking: _Asking) -> _Told:
    held_back: set[MemoryId] = set()

    def given(memory: Memory) -> bool:
        within = asking.permitted(memory)
        if not within:
            held_back.add(memory.id)
        return within

    question = _text(asking.arguments, "question")
    answer = asking.host.assistant.ask(question, asking.now, with_model=False, given=given)
    return _answered(answer, asking.permitted, len(held_back))


def _answered(answer: Answer, permitted: Permitted, held_back: int) -> _Told:
    """The answer's sentences, each once more only where all that it rests on is within the scope."""
    kept = [one for one in answer.sentences if one.memories and permitted.all(one.memories)]
    if answer.abstained or not kept:
        return _Told(form={"answer": _ABSTAINED, "abstained": True, "grounds": []}, held_back=held_back)
    grounds = list(dict.fromkeys(id for one in kept for id in one.memories))
    text = readable("\n".join(one.text for one in kept))[:_LONGEST_GIVEN]
    return _Told(form={"answer": text, "abstained": False, "grounds": grounds}, given=len(grounds), held_back=held_back)


def _coming_up(asking: _Asking) -> _Told:
    found = asking.host.assistant.coming_up(asking.now)
    within = [memory for memory in found if asking.permitted(memory)]
    shown = [
        _form(one, one.text) | {"begins": time_of(one.valid_from), "ends": time_of(one.valid_to)} for one in within
    ]
    return _Told(form={"coming_up": shown}, given=len(within), held_back=len(found) - len(within))


def _remember(asking: _Asking) -> _Told:
    """Its own word, under its own name: `mine` and every trust that comes of it stay the person's."""
    source = source_of(asking.name)
    since = asking.now - timedelta(days=1)
    if asking.host.assistant.count(Selection(conversation=source, saved_after=since)) >= MOST_NOTES_A_DAY:
        raise BadInput(f"{MOST_NOTES_A_DAY} notes in a day are the most that is kept.", "Try again tomorrow.")
    said = Observation(
        text=_text(asking.arguments, "text"),
        at=asking.now,
        facet=Facet.NOTE,
        provenance=Provenance(
            channel=Channel.CHAT,
            app=asking.name,
            conversation=source,
            speaker=f"{asking.name} (assistant)",
            role="assistant",
            mine=False,
        ),
    )
    kept = asking.host.work(lambda assistant: list(assistant.keep([said], asking.now)), Urgency.CAPTURE)
    ids = [id for saved in kept for id in saved.ids]
    return _Told(form={"saved": ids})


def _text(arguments: JSON, name: str) -> str:
    text = arguments.get(name)
    if not isinstance(text, str) or not readable(text).strip() or len(text) > _LONGEST:
        raise BadInput(f"The {name} is missing or too long.", f"Give some words, at most {_LONGEST:,} characters.")
    return text.encode("utf-8", "replace").decode("utf-8")


def _whole(arguments: JSON, name: str, usual: int, most: int) -> int:
    found = arguments.get(name)
    if found is None:
        return usual
    if not isinstance(found, int) or isinstance(found, bool):
        raise BadInput(f"{name} is no number.", f"Give a number from 1 to {most}.")
    return min(max(found, 1), most)


_TOOLS: dict[str, Callable[[_Asking], _Told]] = {
    "recall": _recall,
    "ask": _ask,
    "coming_up": _coming_up,
    "remember": _remember,
}
