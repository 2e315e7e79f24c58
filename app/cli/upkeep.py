"""Commands about Mneme itself: capture, rules, settings, keys, backup, status, doctor, lock, try, bench."""

import base64
import os
from pathlib import Path
from typing import Annotated

import typer

from app.cli import render
from app.cli.call import call
from app.cli.session import Session, passphrase_from
from app.cli.verbs import app, ending, simple
from app.commands.request import JSON, Request
from core.errors import BadInput, Cancelled, Problem


@app.command()
def capture(
    seconds: Annotated[int | None, typer.Option(min=1, max=86_400, help="For so long, then end.")] = None,
    preview: Annotated[bool, typer.Option("--preview", help="What would be captured now; nothing is kept.")] = False,
    picture: Annotated[Path | None, typer.Option(help="With --preview: the picture of it, as a PNG file.")] = None,
) -> None:
    """Record the screen until Ctrl+C, for some seconds, or only show what would be kept."""
    if picture is not None and not preview:
        raise typer.BadParameter("--picture shows a preview: add --preview.")

    def work(current: Session) -> int:
        wanted = {"seconds": seconds, "preview": preview or None}
        result = current.run("capture", {key: value for key, value in wanted.items() if value is not None})
        if picture is not None:
            _write(picture, base64.b64decode(result["png"]))
        current.print_json(result) if current.common.json else render.captured(current, result)
        return 0

    ending(work)


def _write(file: Path, picture: bytes) -> None:
    """A preview's picture, for its owner's eyes alone."""
    if not picture:
        raise BadInput("Nothing would be kept now, so there is no picture.", "The preview says why.")
    try:
        with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as out:
            out.write(picture)
    except OSError as error:
        raise BadInput("The picture cannot be written there.", "Choose another file.") from error


@app.command()
def pause(
    length: Annotated[str, typer.Argument(help="Minutes (15), hours (2h), tomorrow, or private.")] = "60",
) -> None:
    """Record nothing for a while; `private`: until `mneme resume`. It outlives a restart."""
    simple("recorder", {"action": "pause", "length": length}, render.recorder)


@app.command()
def resume() -> None:
    """End a pause."""
    simple("recorder", {"action": "resume"}, render.recorder)


@app.command()
def recorder() -> None:
    """Whether the screen is being recorded, by its own heartbeat."""
    simple("recorder", {}, render.recorder)


@app.command()
def rules(
    action: Annotated[str, typer.Argument(help="list, add, remove, test, or forget what was kept before.")] = "list",
    what: Annotated[str, typer.Argument(help="For test a title, for remove and forget an id, for add a pattern.")] = "",
    by: Annotated[str, typer.Option(help="For add: app, class, title, regex, url or any.")] = "any",
) -> None:
    """What is never captured."""
    if action not in ("list", "add", "remove", "test", "forget"):
        raise typer.BadParameter(f"There is no `rules {action}`: list, add, remove, test or forget.")
    if action != "list" and not what:
        raise typer.BadParameter("Give a title, a pattern or an id.")
    arguments: JSON = {"action": action}
    arguments |= {"add": {"by": by, "pattern": what}, "remove": {"id": what}, "test": {"title": what}}.get(action, {})
    if action in ("remove", "forget") and not what.isdigit():
        raise typer.BadParameter(f"`rules {action}` takes the rule's number.")
    if action == "forget":
        ending(lambda current: _forget_before(current, what))
        return
    simple("rules", arguments, render.rules)


def _forget_before(current: Session, id: str) -> int:
    """What was kept of windows that a rule names, before there was the rule: shown, asked about, forgotten."""
    found = current.run("rules", {"action": "before", "id": id})["found"]
    if found and not current.common.yes:
        render.listed(current.err, found)
    many = "this memory" if len(found) == 1 else f"these {len(found)} memories"
    if found and not current.agreed(f"Forget {many}? There is no undo."):
        raise Cancelled("The forgetting")
    if not found:
        current.out.print("Nothing that is kept shows such a window in front.")
        return 0
    result = current.run("forget", {"ids": [one["memory"] for one in found]})
    current.print_json(result) if current.common.json else render.forgotten(current, result)
    return 0


@app.command()
def settings(
    action: Annotated[str, typer.Argument(help="get or set.")] = "get",
    key: Annotated[str, typer.Argument(help="Like decay.turn_days.")] = "",
    value: Annotated[str | None, typer.Argument()] = None,
) -> None:
    """Read or change settings."""
    if action not in ("get", "set"):
        raise typer.BadParameter(f"There is no `settings {action}`: get or set.")
    if action == "set" and (not key or value is None):
        raise typer.BadParameter("Like this: mneme settings set decay.turn_days 90")
    if key == "model.embedder" and value and Path(value).is_file():
        value = str(Path(value).absolute())  # whoever is host may be elsewhere
    simple("settings", {"action": action, "key": key or None, "value": value}, render.settings)


@app.command()
def keys(
    action: Annotated[str, typer.Argument(help="slots, passphrase, recovery, keyring or remove.")] = "slots",
    slot: Annotated[str, typer.Argument(help="For remove.")] = "",
    new_passphrase_file: Annotated[Path | None, typer.Option(help="First line: the new passphrase.")] = None,
) -> None:
    """The ways in: change the passphrase, print a new recovery key, use the keyring."""
    if action not in ("slots", "passphrase", "recovery", "keyring", "remove"):
        raise typer.BadParameter(f"There is no `keys {action}`: slots, passphrase, recovery, keyring or remove.")

    def work(current: Session) -> int:
        arguments: JSON = {"action": action}
        if action == "passphrase":
            new = passphrase_from(str(new_passphrase_file)) if new_passphrase_file else current.secret(True)
            if not new:
                raise BadInput("No new passphrase was given.", "Use --new-passphrase-file, or a terminal.")
            arguments["new"] = new
        if action == "remove":
            if not slot:
                raise BadInput("Which slot?", "`mneme keys slots` lists them.")
            if not current.agreed(f"Remove the way in {slot}?"):
                return 130
            arguments["slot"] = slot
        result = current.run("keys", arguments)
        current.print_json(result) if current.common.json else render.keys(current, result)
        return 0

    ending(work)


@app.command()
def backup(
    action: Annotated[str, typer.Argument(help="list, make or restore.")] = "list",
    name: Annotated[str, typer.Argument(help="For restore: the backup's name.")] = "",
) -> None:
    """Encrypted copies of the vault."""
    if action not in ("list", "make", "restore"):
        raise typer.BadParameter(f"There is no `backup {action}`: list, make or restore.")
    if action == "restore":

        def work(current: Session) -> int:
            if not name:
                raise BadInput("Which backup?", "`mneme backup list` shows them.")
            if not current.agreed(f"Put {name} in the vault's place? What was saved since is set aside."):
                return 130
            from app.restore import restore

            done = restore(current.paths, name, current.explicit_passphrase() or current.secret(False))
            result = {
                "restored": name,
                "set_aside": None if done.aside is None else done.aside.name,
                "forgotten_again": done.forgotten,
                "unread": list(done.unread),
            }
            current.print_json(result) if current.common.json else render.restored(current, result)
            return 0

        ending(work)
    simple("backup", {"make": True} if action == "make" else {}, render.backups)


@app.command()
def status() -> None:
    """Counts by kind and state, content hash, host, locked."""
    simple("status", {}, render.status)


@app.command()
def lock() -> None:
    """Drop the key in a running Mneme."""
    simple("lock", {}, lambda current, result: current.out.print("Locked."))


@app.command()
def doctor() -> None:
    """Everything Mneme needs, what is wrong, the remedy."""

    def work(current: Session) -> int:
        from app.doctor import Chosen, checks, host_answers

        answers = host_answers(current.paths)
        recorder = _recorder(current) if answers else None
        told = _chosen(current) if answers else None
        if told is None:
            found = checks(current.paths, recorder=recorder)
        else:
            (answering, memory_mb, draft), spent = told
            chosen = Chosen(file=answering, memory_mb=memory_mb, draft=draft)
            found = checks(current.paths, chosen, spent, recorder)
        if current.common.json:
            current.print_json({"checks": [check.as_json() for check in found]})
        else:
            render.doctor(current, found)
        return 0

    ending(work)


def _asked(current: Session, command: str, **arguments: str) -> JSON:
    request = Request(command=command, arguments=dict(arguments), passphrase=current.explicit_passphrase())
    return call(current.paths, request, lambda _: None, lambda _: None)


def _recorder(current: Session) -> JSON | None:
    """What the recorder of a running Mneme says of itself, a locked one too; None where none answers."""
    try:
        return _asked(current, "recorder")
    except Problem:
        return None


def _chosen(current: Session) -> tuple[tuple[str, int, str], JSON | None] | None:
    """The model that answers, its memory in MB and what drafts for it; what its last answer took.

    None while Mneme is locked.
    """
    try:
        found = _asked(current, "settings")["settings"]
        spent = _asked(current, "models", action="spent", name=found["model.answering"])["spent"]
    except Problem:
        return None
    return (found["model.answering"], found["model.memory_mb"], found["model.draft"]), spent


@app.command("try")
def try_(keep: Annotated[bool, typer.Option("--keep", help="Leave the profile to look into.")] = False) -> None:
    """The main job on the sample, end to end, in a profile of its own."""

    def work(current: Session) -> int:
        from app.trial import trial

        return trial(current, keep=keep)

    ending(work)


@app.command(context_settings={"allow_extra_args": True, "ignore_unknown_options": True})
def bench(
    what: Annotated[str, typer.Argument(help="answer, capture, load, masks, ocr, recall, sleep or stream.")],
    context: typer.Context,
) -> None:
    """Measure and print; with --json machine-readable."""

    def work(current: Session) -> int:
        from app.bench import BENCHES

        if what not in BENCHES:
            raise BadInput(f"There is no bench {what!r}.", f"There are: {', '.join(sorted(BENCHES))}.")
        rows = BENCHES[what](list(context.args), current)
        if rows is None:
            return 0
        if current.common.json:
            current.print_json({"bench": what, "rows": [row.as_json() for row in rows]})
        else:
            render.bench(current, what, rows)
        return 0

    ending(work)
