"""The everyday commands: recall, ask, remember, import, sleep, forget, export, capture."""

import json
import sys
from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from app.cli import nights, render, whose, writing
from app.cli.session import Session
from app.cli.verbs import app, ending, simple
from app.commands.request import JSON
from core.errors import BadInput, Cancelled

Question = Annotated[str | None, typer.Argument(help="What you want to know.")]
Ignore = Annotated[
    list[str] | None,
    typer.Option(
        help="Do not understand this (a key shown under 'understood'); its words are plain words. Repeatable."
    ),
]
Batch = Annotated[str | None, typer.Option(help="Questions as JSON lines; '-' reads standard input.")]
_MOST_LINES = 1_000_000
_BATCH_HITS = 10


def lines_of(file: str) -> list[JSON]:
    """The lines of a batch; what is no JSON object carries its error. Raises BadInput."""
    try:
        text = sys.stdin.read() if file == "-" else Path(file).read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise BadInput(f"The file {Path(file).name} cannot be read.", "Give JSON lines in UTF-8.") from error
    found: list[JSON] = []
    for number, line in enumerate(text.split("\n")[:_MOST_LINES], start=1):
        if not line.strip():
            continue
        try:
            parsed = json.loads(line)
        except (ValueError, RecursionError):
            parsed = None
        found.append(
            parsed if isinstance(parsed, dict) else {"id": number, "error": f"Line {number} is no JSON object."}
        )
    return found


def _batch(current: Session, command: str, arguments: JSON) -> int:
    result = current.run(command, arguments)
    return 1 if result["failed"] else 0


@app.command()
def recall(
    question: Question = None,
    k: Annotated[
        int | None,
        typer.Option("-k", "--hits", min=1, max=1000, help="How many hits; without it as many as the question wants."),
    ] = None,
    print_: Annotated[bool, typer.Option("--print", help="Here in the terminal instead of the window.")] = False,
    batch: Batch = None,
    conversation: Annotated[str | None, typer.Option(help="Only in this conversation.")] = None,
    context_tokens: Annotated[int | None, typer.Option(min=0, max=100_000, help="Room for the context.")] = None,
    ignore: Ignore = None,
) -> None:
    """Find what bears on a question; without one, open the quick-recall window."""

    def work(current: Session) -> int:
        given = {"k": k, "context_tokens": context_tokens}
        arguments: JSON = {name: value for name, value in given.items() if value is not None}
        if ignore:
            arguments["ignore"] = ignore
        if batch is not None:
            return _batch(current, "recall", {"k": _BATCH_HITS} | arguments | {"batch": lines_of(batch)})
        if not print_ and not current.common.json and render.has_display():
            from app.main import quick_recall

            return quick_recall(current.paths, question or "", current.explicit_passphrase())
        if not question:
            raise BadInput(
                "What do you want to recall?", 'Like this: mneme recall "what did Dana say about the invoice?"'
            )
        result = current.run("recall", arguments | {"question": question, "conversation": conversation})
        current.print_json(result) if current.common.json else render.recalled(current, result)
        return 0

    ending(work)


@app.command()
def ask(
    question: Question = None,
    batch: Batch = None,
    no_model: Annotated[bool, typer.Option("--no-model", help="Only sentences from memories.")] = False,
    prompt: Annotated[bool, typer.Option("--prompt", help="Show what a model would be given, and ask none.")] = False,
    ignore: Ignore = None,
) -> None:
    """An answer with its grounds, or the word that there is no memory of it."""

    def work(current: Session) -> int:
        arguments: JSON = {"no_model": no_model} | ({"prompt": True} if prompt else {})
        if ignore:
            arguments["ignore"] = ignore
        if batch is not None:
            return _batch(current, "ask", arguments | {"batch": lines_of(batch)})
        if not question:
            raise BadInput("What do you want to ask?", 'Like this: mneme ask "where does Dana live?"')
        arguments["question"] = question
        result = current.run("ask", arguments) if prompt or no_model else writing.watched(current, "ask", arguments)
        show = render.prompted if prompt else render.answered
        current.print_json(result) if current.common.json else show(current, result)
        return 0

    ending(work)


@app.command()
def remember(
    text: Annotated[str, typer.Argument(help="The note; '-' reads standard input, a conversation too.")] = "",
    kind: Annotated[str, typer.Option(help="core, episodic, semantic, procedural, resource or secret.")] = "semantic",
    as_note: Annotated[bool, typer.Option("--as-note", help="Keep a conversation as one note.")] = False,
) -> None:
    """Keep a note, or the turns of a conversation that comes on standard input."""

    def work(current: Session) -> int:
        note = sys.stdin.read() if text == "-" else text
        if kind == "secret" and not note:
            note = current.asked("The secret")
        elif kind == "secret" and text != "-":
            current.err.print("What is given on the command line stays in your shell's history; without it Mneme asks.")
        if not note.strip():
            raise BadInput("There is nothing to remember.", 'Like this: mneme remember "the spare key is at Ana\'s"')
        pasted = text == "-" and kind == "semantic" and not as_note
        result = current.run("remember", {"text": note, "kind": kind, "pasted": pasted})
        if not current.common.json:
            render.remembered(current, result)
        elif "turns" in result:
            current.print_json(result)
        return 0

    ending(work)


@app.command("import")
def import_(
    files: Annotated[list[Path], typer.Argument(help="Conversations, an archive, a folder.")],
    archive_passphrase_file: Annotated[Path | None, typer.Option(help="First line: the archive's passphrase.")] = None,
) -> None:
    """Take conversations, an archive or a folder in; the format is recognised."""
    arguments: JSON = {"files": [str(path.absolute()) for path in files]}

    def work(current: Session) -> int:
        secret = archive_secret(current, archive_passphrase_file, any(_is_archive(path) for path in files))
        result = current.run("import", arguments | ({"archive_passphrase": secret} if secret else {}))
        if current.common.json:
            current.print_json(result)
        else:
            render.imported(current, result)
            whose.asked(current, result)
        return 0

    ending(work)


def _is_archive(path: Path) -> bool:
    from core.store.archive import Wrapping, wrapping_of

    return path.is_file() and wrapping_of(path) is Wrapping.ENCRYPTED


def archive_secret(current: Session, file: Path | None, needed: bool) -> str | None:
    """The archive's passphrase: from its file, else typed; None when none is needed."""
    from app.cli.session import passphrase_from

    if file is not None:
        return passphrase_from(str(file))
    if needed and sys.stdin.isatty() and not current.common.yes:
        return current.asked("The archive's passphrase")
    return current.explicit_passphrase() if needed else None


@app.command()
def sleep(
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show what it would do, and do nothing.")] = False,
    if_due: Annotated[bool, typer.Option("--if-due", help="Only when a night is due by itself; says why not.")] = False,
    revert: Annotated[str | None, typer.Option(help="Take back a run (its id, night or 'last') or one entry.")] = None,
    with_later: Annotated[bool, typer.Option("--with-later", help="And all that was built on it since.")] = False,
    log: Annotated[bool, typer.Option("--log", help="What the last sleeps did.")] = False,
    every: Annotated[bool, typer.Option("--every", help="Every line, also those that say little.")] = False,
) -> None:
    """Consolidate and fade now, and tell what was done."""
    arguments = {"dry_run": dry_run or None, "revert": revert, "log": log or None}
    arguments |= {"if_due": if_due or None, "with_later": with_later or None}
    simple("sleep", arguments, partial(nights.slept, every=every))


@app.command()
def conflicts(
    settle: Annotated[int | None, typer.Option(help="The conflict to settle.")] = None,
    keep: Annotated[str | None, typer.Option(help="The memory that holds, or `both`.")] = None,
    reopen: Annotated[int | None, typer.Option(help="Take the decision about this conflict back.")] = None,
) -> None:
    """Contradictions that wait for you; settle one with --settle N --keep ID (or `both`)."""
    if (settle is None) != (keep is None):
        raise typer.BadParameter("--settle and --keep go together.")
    simple("conflicts", {"settle": settle, "keep": keep, "reopen": reopen}, render.conflicts)


@app.command("coming-up")
def coming_up() -> None:
    """Promises and appointments that are not past."""
    simple("coming-up", {}, render.coming_up)


@app.command()
def forget(
    id: Annotated[list[str] | None, typer.Option(help="These memories (repeatable).")] = None,
    last: Annotated[str | None, typer.Option(help="All that was saved in the last 15m, 2h, 3d.")] = None,
    app_: Annotated[str | None, typer.Option("--app", help="All from this application.")] = None,
    query: Annotated[str | None, typer.Option(help="All with these literal words.")] = None,
    source: Annotated[str | None, typer.Option(help="All from one conversation, application or channel.")] = None,
) -> None:
    """Forget for good, with the proof. Shows what it found and asks first."""
    arguments = {"ids": id, "last": last, "app": app_, "query": query, "source": source}
    arguments = {key: value for key, value in arguments.items() if value}

    def work(current: Session) -> int:
        found = current.run("forget", arguments | {"preview": True})["found"]
        if found and not current.common.yes:
            render.listed(current.err, found)
        many = "this memory" if len(found) == 1 else f"these {len(found)} memories"
        if found and not current.agreed(f"Forget {many}? There is no undo."):
            raise Cancelled("The forgetting")
        result = current.run("forget", {"ids": [one["memory"] for one in found]} if found else arguments)
        current.print_json(result) if current.common.json else render.forgotten(current, result)
        return 0

    ending(work)


@app.command()
def erase() -> None:
    """Make what was forgotten unrecoverable from old disk blocks too: new key, no backups."""

    def work(current: Session) -> int:
        if not current.agreed("Rewrite the vault under a new key and remove its backups?"):
            raise Cancelled("The erasing")
        result = current.run("erase", {})
        if current.common.json:
            current.print_json(result)
        else:
            current.out.print(f"Erased. {result['backups_removed']} own copies removed; exports are yours to delete.")
        return 0

    ending(work)


@app.command()
def export(
    file: Annotated[Path, typer.Argument(help="The archive to write.")],
    kind: Annotated[
        list[str] | None, typer.Option(help="Only this kind (repeatable); secrets only when named.")
    ] = None,
    from_: Annotated[str | None, typer.Option("--from", help="Only since this time.")] = None,
    to: Annotated[str | None, typer.Option("--to", help="Only until this time.")] = None,
    app_: Annotated[str | None, typer.Option("--app", help="Only from this application.")] = None,
    plain: Annotated[bool, typer.Option("--plain", help="Readable by anyone: not encrypted.")] = False,
    archive_passphrase_file: Annotated[Path | None, typer.Option(help="First line: the archive's passphrase.")] = None,
) -> None:
    """Write a portable archive, encrypted unless --plain."""

    def work(current: Session) -> int:
        secret = None if plain else archive_secret(current, archive_passphrase_file, needed=True)
        arguments: JSON = {"file": str(file.absolute()), "kinds": kind, "from": from_, "to": to, "app": app_}
        arguments = {key: value for key, value in arguments.items() if value}
        if file.exists():
            if not current.agreed(f"{file.name} is there already. Replace it?"):
                raise Cancelled("The export")
            arguments["replace"] = True
        if secret is None and not plain:
            raise BadInput("An archive needs a passphrase.", "Use --archive-passphrase-file, or --plain.")
        result = current.run("export", arguments | ({"plain": True} if plain else {"archive_passphrase": secret}))
        current.print_json(result) if current.common.json else render.exported(current, result)
        return 0

    ending(work)
