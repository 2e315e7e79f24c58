"""Commands about Mneme itself: models, rules, settings, keys, lock."""

from dataclasses import asdict
from datetime import datetime
from pathlib import Path

from app.commands.forms import memory_form
from app.commands.request import JSON, Reply
from app.host import Host
from app.kept_rules import kept_under
from app.shelf import Shelf
from core.errors import BadInput
from core.inference.download import Published
from core.memory import Selection


def settings(host: Host, arguments: JSON, now: datetime, reply: Reply) -> JSON:
    """All settings, one of them, or one changed."""
    assistant = host.assistant
    key = arguments.get("key")
    if arguments.get("action") == "set" and key == "model.embedder":
        host.models().embed_with(str(arguments["value"] or ""))
        _read_anew(host, reply)
    elif arguments.get("action") == "set" and key == "model.draft":
        host.models().draft_with(str(arguments["value"] or ""))
    elif arguments.get("action") == "set":
        assistant.set_setting(key or "", arguments["value"])
    if key:
        return {"key": key, "value": assistant.settings.get(key)}
    return {"settings": assistant.settings.flat()}


def rules(host: Host, arguments: JSON, now: datetime, reply: Reply) -> JSON:
    """List, add, remove or test rules of what is never captured; what was kept `before` there was one."""
    action = arguments.get("action", "list")
    if action == "add":
        host.add_rule(arguments["by"], arguments["pattern"])
        before = kept_under(host.assistant, arguments["by"], arguments["pattern"])
        return {"rules": [rule._asdict() for rule in host.rules()], "kept_before": len(before)}
    if action == "remove":
        host.remove_rule(int(arguments["id"]))
    elif action == "before":
        row = next((one for one in host.rules() if one.id == int(arguments["id"])), None)
        if row is None:
            raise BadInput(f"There is no rule {arguments['id']}.", "`mneme rules list` shows them.")
        ids = kept_under(host.assistant, row.field, row.pattern)
        kept = host.assistant.preview_forget(Selection(ids=ids)) if ids else []
        return {"found": [memory_form(memory) for memory in kept]}
    elif action == "test":
        found, why = host.test_rule(arguments["title"])
        rule = None if found is None else found._asdict()
        return {"title": arguments["title"], "excluded": bool(why), "rule": rule, "reason": why}
    return {"rules": [rule._asdict() for rule in host.rules()]}


def models(host: Host, arguments: JSON, now: datetime, reply: Reply) -> JSON:
    """List, add, download, use, draft with, remove models; say what a host publishes or an answer took; clear up."""
    action = arguments.get("action", "list")
    shelf = host.models()
    if action == "add":
        shelf.add(
            Path(arguments["file"]),
            trust=bool(arguments.get("trust")),
            sha256=arguments.get("sha256", ""),
            told=lambda done, total: reply.progress("adding", done, total),
            cancelled=reply.cancelled,
        )
    elif action == "spent":
        spent = shelf.spent(arguments["name"])
        return {"spent": None if spent is None else spent.as_json()}
    elif action == "published":
        return asdict(shelf.published(arguments["name"]))
    elif action == "download":
        promised = arguments.get("promised")
        shelf.download(
            arguments["name"],
            trust=bool(arguments.get("trust")),
            told=lambda done, total: reply.progress("downloading", done, total),
            cancelled=reply.cancelled,
            promised=None if promised is None else Published(**promised),
        )
    elif action == "prepare":
        return _prepared(shelf, arguments, reply)
    elif action == "discard":
        shelf.throw_away(arguments["name"])
    elif action == "use":
        shelf.use(arguments["name"])
        _read_anew(host, reply)
    elif action == "draft":
        shelf.draft_with(arguments["name"])
    elif action == "remove":
        shelf.remove(arguments["name"])
        _read_anew(host, reply)
    elif action == "list":
        reply.progress("looking at this machine", 0, 0)
        return shelf.listed(measuring=True)
    else:
        raise BadInput(f"There is no `models {action}`.", "`mneme models --help` lists what there is.")
    return shelf.listed()


def _prepared(shelf: Shelf, arguments: JSON, reply: Reply) -> JSON:
    """Prepare a model; one whose answers that changes only with the share to keep, without it say what that costs."""
    name, keep, text = arguments["name"], arguments.get("keep"), arguments.get("text")

    def told(done: int, total: int) -> None:
        reply.progress("preparing", done, total)

    if keep is None and (costs := shelf.costs(name, told, reply.cancelled, text=text)) is not None:
        return {"prepared": None, "costs": costs.as_json()}
    return {"prepared": shelf.prepare(name, told, reply.cancelled, keep=keep, text=text), "costs": None}


def _read_anew(host: Host, reply: Reply) -> None:
    """Let an embedder that was just chosen read all memories: here, or by the host where that stays."""
    assistant = host.assistant
    if not assistant.is_exchanging:
        return
    if host.stays:
        reply.notice("The running Mneme reads all memories with this model now.", "Until then the former one answers.")
        return
    for done, total in assistant.exchanging(cancelled=reply.cancelled):
        reply.progress("reading for meaning", done, total)
    if assistant.is_exchanging:
        reply.notice("Not everything was read with this model.", "The former one answers. Choose it again to go on.")


def keys(host: Host, arguments: JSON, now: datetime, reply: Reply) -> JSON:
    """Change the passphrase, make a recovery key, list or remove the ways in."""
    action = arguments.get("action", "slots")
    profile = host.opened.profile
    if action == "passphrase":
        profile.change_passphrase(arguments["new"])
    elif action == "recovery":
        return {"recovery": profile.add_recovery()}
    elif action == "keyring":
        profile.add_keyring()
    elif action == "remove":
        profile.remove_slot(arguments["slot"])
    return {"slots": [{"slot": slot.id, "kind": slot.kind} for slot in profile.slots]}


def lock(host: Host, arguments: JSON, now: datetime, reply: Reply) -> JSON:
    """Drop the key."""
    was_open = host.state() == "open"
    host.lock()
    return {"locked": True, "was_open": was_open}


def show(host: Host, arguments: JSON, now: datetime, reply: Reply) -> JSON:
    """Bring the first window to the front, for a second start; `what` is `window` or `recall`."""
    return {"shown": host.show(str(arguments.get("what", "window")), str(arguments.get("text", "")))}
