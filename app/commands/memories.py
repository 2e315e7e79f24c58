"""The command for what is kept: list, show, edit, pin, keep, review what is to be forgotten, the storage forecast."""

from collections.abc import Callable
from datetime import datetime

from app.commands.browsing import episodes, topics
from app.commands.forms import forgotten_form, memory_form, time_of
from app.commands.keeping import forgotten, kind_of, named
from app.commands.request import JSON, Reply
from app.host import Host
from core.assistant import Assistant
from core.errors import BadInput
from core.memory import Life, Memory, MemoryId, Selection, State
from core.urgency import Urgency

_FADING_DAYS = 14
_LISTED = 50


def memories(host: Host, arguments: JSON, now: datetime, reply: Reply) -> JSON:
    """List, show, edit, pin or keep memories; review what is to be forgotten; say when the storage is full."""
    action = str(arguments.get("action", "list"))
    if action == "review":
        return _review(host, arguments, now, reply)
    whole = _WHOLE.get(action)
    if whole is not None:
        return whole(host, arguments, now)
    assistant = host.assistant
    id = named(assistant, str(arguments["id"])).id
    if action == "edit":
        changed = host.work(lambda a: a.edit(id, arguments["text"], now), Urgency.CAPTURE)
    elif action == "pin":
        changed = host.work(lambda a: a.pin(id, not arguments.get("off"), now), Urgency.CAPTURE)
    elif action == "keep":
        changed = host.work(lambda a: a.confirm(id, now), Urgency.CAPTURE)
    else:
        changed = assistant.memory(id)
    form = _held(changed, assistant, now)
    if action == "show":
        form |= _shown(changed, assistant, now, reveal=bool(arguments.get("reveal")))
    return form


def _list(host: Host, arguments: JSON, now: datetime) -> JSON:
    assistant, limit = host.assistant, arguments.get("limit") or _LISTED
    if arguments.get("offered"):
        found = assistant.offered(now, limit)
    elif arguments.get("fading"):
        found = assistant.fading(now, arguments.get("days") or _FADING_DAYS, limit)
    else:
        return {
            "memories": [memory_form(memory, assistant, now) for memory in assistant.memories(_selected(arguments))]
        }
    return {"memories": [_held(memory, assistant, now) for memory in found]}


def _review(host: Host, arguments: JSON, now: datetime, reply: Reply) -> JSON:
    """What is proposed for forgetting; `keep` or `forget` decides about all of it."""
    assistant = host.assistant
    if arguments.get("keep"):
        return {"kept": host.work(lambda a: a.keep_proposed(now), Urgency.CAPTURE)}
    proposed = assistant.proposed()
    if arguments.get("forget"):
        return forgotten_form(forgotten(host, [one.memory.id for one in proposed], reply))
    faded = Selection(states=(State.FADED,))
    return {
        "rule": assistant.settings.decay.propose_faded,
        "proposed": [
            _held(one.memory, assistant, now) | {"since": time_of(one.since), "until": time_of(one.until)}
            for one in proposed
        ],
        "faded": assistant.count(faded),
        "longest_faded": [
            _held(memory, assistant, now) for memory in assistant.faded(now, arguments.get("limit") or _LISTED)
        ],
    }


def _forecast(host: Host, arguments: JSON, now: datetime) -> JSON:
    """When the storage is full, and which pictures shrink first."""
    told = host.assistant.forecast(now)
    return {
        "used_bytes": told.used_bytes,
        "budget_bytes": told.budget_bytes,
        "bytes_a_day": round(told.bytes_a_day),
        "days": None if told.days is None else round(told.days, 1),
        "can_free": told.can_free,
        "coming": [{"picture": id, "form": form, "frees": frees} for id, form, frees in told.coming],
    }


_WHOLE: dict[str, Callable[[Host, JSON, datetime], JSON]] = {
    "list": _list,
    "forecast": _forecast,
    "topics": topics,
    "episodes": episodes,
}


def _held(memory: Memory, assistant: Assistant, now: datetime) -> JSON:
    """A memory with when it will fade and why, in words."""
    return memory_form(memory, assistant, now) | {
        "stability_days": round(memory.stability_days, 1),
        "last_used": time_of(memory.last_used),
        "fate": assistant.fate(memory, now),
        "held_because": assistant.held_because(memory, now),
    }


def _shown(memory: Memory, assistant: Assistant, now: datetime, *, reveal: bool) -> JSON:
    id: MemoryId = memory.id
    form: JSON = {"text": memory.text} if reveal and memory.kind == "secret" else {}
    return form | {
        "curve": [[day, round(strength, 4)] for day, strength in assistant.curve(memory, now)],
        "life": life_form(assistant.life(memory, now)),
        "history": [{"version": v, "text": t, "replaced": time_of(at)} for v, t, at in assistant.history(id)],
        "links": [
            {"a": one.a, "b": one.b, "relation": one.relation, "reason": one.reason} for one in assistant.links(id)
        ],
        "rests_on": [memory_form(source) for source in assistant.sources(id)],
        "derived": [memory_form(one) for one in assistant.derived(id)],
    }


def life_form(life: Life) -> JSON:
    """The curve of a memory."""
    return {
        "points": [[time_of(at), round(strength, 4)] for at, strength in life.points],
        "uses": [time_of(at) for at in life.uses],
        "now": time_of(life.now),
        "strength": round(life.held, 4),
        "fades_on": time_of(life.fades_on),
        "fades_below": life.fades_below,
    }


def _selected(arguments: JSON) -> Selection:
    states = tuple(_state(name) for name in arguments.get("states") or ())
    return Selection(
        kinds=tuple(kind_of(name) for name in arguments.get("kinds") or ()),
        states=states,
        app=arguments.get("app") or "",
        person=arguments.get("with") or "",
        words=tuple(str(arguments.get("query") or "").split()),
        limit=arguments.get("limit") or _LISTED,
        offset=arguments.get("offset") or 0,
    )


def _state(name: str) -> State:
    try:
        return State(name)
    except ValueError as error:
        raise BadInput(f"There is no state {name!r}.", f"Choose one of {', '.join(State)}.") from error
