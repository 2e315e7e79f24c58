"""What the person decides about other assistants: who may read what, who may not, and taking back what one wrote."""

import secrets
from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum
from typing import TypeVar

from app.commands.forms import time_of
from app.commands.keeping import kind_of
from app.commands.request import JSON, Reply
from app.commands.sharing import named, source_of
from app.host import Host
from core.errors import BadInput
from core.events import AssistantsChanged
from core.memory import Kind, MemoryId, Selection, Sensitivity
from core.store import clients
from core.store.clients import FIRST_SCOPE, NO_SCOPE, Access, Client, Scope, Standing
from core.urgency import Urgency

L = TypeVar("L", bound=StrEnum)

KEY_NAME = "MNEME_CLIENT_KEY"
"""Where an assistant's configuration puts the key that was printed for it."""


def consent(host: Host, arguments: JSON, now: datetime, reply: Reply) -> JSON:
    """List, allow, deny or forget other assistants, or tell what each asked for. Raises BadInput."""
    action, name = arguments.get("action", "clients"), arguments.get("name")
    if action == "clients":
        return {"clients": [client_form(one) for one in listed(host)]}
    if action == "log":
        return {"accesses": [_access_form(one) for one in accesses(host)]}
    if not isinstance(name, str) or not name.strip():
        raise BadInput("Which assistant?", "`mneme mcp clients` lists them by their names.")
    if action == "allow":
        scope = scope_of(host, name, arguments)
        key = secrets.token_urlsafe(32) if arguments.get("key") else None
        allowed = allow(host, name, scope, now, key=key, unkeyed=bool(arguments.get("no_key")))
        return {"client": client_form(allowed), "key": key}
    if action == "deny":
        return {"client": client_form(deny(host, name, now))}
    if action == "forget":
        return {"forgotten": named(name), "notes": len(forget(host, name, notes=bool(arguments.get("notes"))))}
    raise BadInput(f"There is no {action!r}.", "There are: clients, allow, deny, forget, log.")


def listed(host: Host) -> list[Client]:
    """Every assistant that asked or was decided about; those that wait for the person first."""
    with host.opened.vault.read() as db:
        return clients.clients(db)


def accesses(host: Host, limit: int = -1) -> list[Access]:
    """Who asked when with which tool and how much was given, newest first; never what was asked."""
    with host.opened.vault.read() as db:
        return clients.accesses(db, limit)


def allow(
    host: Host, name: str, scope: Scope, now: datetime, *, key: str | None = None, unkeyed: bool = False
) -> Client:
    """Let an assistant read within a scope. `key`: what it must show from now on; `unkeyed`: its name is enough."""
    with host.opened.vault.write() as db:
        if unkeyed:
            clients.unkey(db, named(name))
        found = clients.decide(db, named(name), Standing.ALLOWED, scope, now, key=key)
    host.events.tell(AssistantsChanged())
    return found


def deny(host: Host, name: str, now: datetime) -> Client:
    """Refuse it from now on, without asking again."""
    with host.opened.vault.write() as db:
        found = clients.decide(db, named(name), Standing.DENIED, NO_SCOPE, now)
    host.events.tell(AssistantsChanged())
    return found


def forget(host: Host, name: str, *, notes: bool) -> tuple[MemoryId, ...]:
    """Know nothing of it any more; with `notes` what it wrote goes too, and what came of that. Raises BadInput."""
    wrote = written(host, name) if notes else []
    with host.opened.vault.write() as db:
        known = clients.drop(db, named(name))
    if not known and not wrote:
        raise BadInput(f"There is no assistant {named(name)!r}.", "`mneme mcp clients` lists them.")
    if wrote:
        host.work(lambda assistant: assistant.forget(wrote), Urgency.QUESTION)
    host.events.tell(AssistantsChanged())
    return tuple(wrote)


def written(host: Host, name: str) -> list[MemoryId]:
    """What this assistant wrote."""
    chosen = Selection(conversation=source_of(named(name)), app=named(name))
    return [memory.id for memory in host.assistant.memories(chosen)]


def scope_of(host: Host, name: str, arguments: JSON) -> Scope:
    """The scope that the arguments name; what they leave open stays as it was, or is the first one. Raises BadInput."""
    with host.opened.vault.read() as db:
        known = clients.client(db, named(name))
    before = known.scope if known is not None and known.standing is Standing.ALLOWED else FIRST_SCOPE
    kinds, labels, write = (arguments.get(field) for field in ("kinds", "sensitivity", "write"))
    chosen = Scope(
        kinds=before.kinds if kinds is None else frozenset(kind_of(kind) for kind in kinds),
        sensitivities=before.sensitivities if labels is None else frozenset(map(_label, labels)),
        may_write=before.may_write if write is None else bool(write),
    )
    if Kind.SECRET in chosen.kinds:
        raise BadInput("Secrets are given to no assistant.", "Name other kinds.")
    if not chosen.kinds:
        raise BadInput("Nothing would be given.", f"Name kinds: {', '.join(_names(FIRST_SCOPE.kinds))}.")
    return chosen


def _label(name: str) -> Sensitivity:
    try:
        return Sensitivity(name)
    except ValueError as error:
        there_are = ", ".join(Sensitivity)
        raise BadInput(f"There is no sensitivity {name!r}.", f"Choose of {there_are}.") from error


def _names(labels: Iterable[L]) -> list[str]:
    """In the order in which they are declared."""
    return [label.value for kind in (Kind, Sensitivity) for label in kind if label in set(labels)]


def client_form(client: Client) -> JSON:
    """One assistant."""
    return {
        "name": client.name,
        "standing": client.standing.value,
        "kinds": _names(client.scope.kinds),
        "sensitivity": _names(client.scope.sensitivities),
        "may_write": client.scope.may_write,
        "keyed": client.keyed,
        "first_asked": time_of(client.first_asked),
        "last_asked": time_of(client.last_asked),
        "asked": client.asked,
        "given": client.given,
        "held_back": client.held_back,
        "refused": client.refused,
    }


def _access_form(access: Access) -> JSON:
    return {
        "at": time_of(access.at),
        "client": access.client,
        "tool": access.tool,
        "given": access.given,
        "held_back": access.held_back,
        "refused": access.refused,
    }
