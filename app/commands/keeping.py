"""Commands that bring something in or look after it: remember, import, sleep, forget, erase, export, backup."""

import time
from collections.abc import Sequence
from dataclasses import asdict, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from app.commands.forms import forgotten_form, memory_form, run_form, time_of
from app.commands.request import JSON, Reply, read_moment
from app.host import Host
from app.importing import reading_pictures
from core.assistant import Assistant
from core.assistant.files import found
from core.capture.conversation.report import ImportReport
from core.errors import BadInput, Cancelled, ModelProblem
from core.memory import EntryId, Forgotten, Kind, Memory, MemoryId, Pasted, RunId, Selection
from core.store.backup import Backup
from core.urgency import Urgency


def kind_of(name: str) -> Kind:
    """A kind by its name. Raises BadInput."""
    try:
        return Kind(name)
    except ValueError as error:
        raise BadInput(f"There is no kind {name!r}.", f"Choose one of {', '.join(Kind)}.") from error


def remember(host: Host, arguments: JSON, now: datetime, reply: Reply) -> JSON:
    """Keep a note of the person's own, or with `pasted` the turns of a text that is surely a conversation."""
    assistant = host.assistant
    if arguments.get("pasted") and (told := assistant.conversation_in(arguments["text"], now)) is not None:
        return _remember_turns(host, arguments, now, told, reply)
    saved = assistant.remember(arguments["text"], now, kind_of(arguments.get("kind", "semantic")))
    reply.saved(saved.ids)
    findable(host, arguments, reply)
    return {"saved": list(saved.ids), "known": saved.known, "refused": saved.refused}


def _remember_turns(host: Host, arguments: JSON, now: datetime, told: Pasted, reply: Reply) -> JSON:
    saved = host.assistant.remember_conversation(arguments["text"], now)
    reply.saved(saved.ids)
    findable(host, arguments, reply)
    return {
        "saved": list(saved.ids),
        "known": saved.known,
        "refused": saved.refused,
        "format": told.format,
        "turns": told.turns,
        "speakers": list(told.speakers),
        "skipped": told.skipped,
        "notices": list(told.notices),
    }


def import_(host: Host, arguments: JSON, now: datetime, reply: Reply) -> JSON:
    """Take conversations, an archive or pictures in; what was seen is told file by file."""
    sorted_files = found([Path(path) for path in arguments["files"]])
    result: JSON = {}
    for path in sorted_files.archives:
        result = _merged(host, path, arguments, now, reply)
    reports: list[ImportReport] = []
    if sorted_files.conversations:
        reports.append(_conversations(host, sorted_files.conversations, now, reply))
    if sorted_files.pictures and not (reports and reports[-1].cancelled):
        reports.append(_pictures(host, sorted_files.pictures, now, reply))
    if reports:
        report = reports[0] if len(reports) == 1 else reports[0].plus(reports[1])
        if report.cancelled:
            raise _stopped(report)
        report = report.beside(sorted_files.left, sorted_files.notices)
        result |= {
            "format": report.format,
            "taken": report.taken,
            "new": report.new,
            "known": report.known,
            "versions": report.versions,
            "refused": report.refused,
            "skipped": report.skipped_count,
            "skipped_lines": [asdict(one) for one in report.skipped],
            "files": [asdict(one) for one in report.files],
            "notices": list(report.notices),
            "people": [asdict(one) for one in report.people],
            "mine": report.mine,
            "unvouched": report.unvouched,
            "who_is_it": list(report.who_is_it),
        }
    findable(host, arguments, reply)
    return result


def _stopped(report: ImportReport) -> Cancelled:
    """What is said of an import that was stopped: what is in, and how it goes on."""
    stopped = Cancelled("The import")
    came = "Nothing of it is in yet" if not report.new else f"{report.new:,} of its memories are in and stay"
    stopped.remedy = f"{came}. The same command takes up the rest; nothing comes in twice."
    return stopped


def _conversations(host: Host, paths: Sequence[Path], now: datetime, reply: Reply) -> ImportReport:
    report: ImportReport = host.work(
        lambda assistant: assistant.importing(
            paths,
            now,
            told=lambda done, total: reply.progress("importing", done, total),
            on_saved=lambda saved: reply.saved(saved.ids),
            cancelled=reply.cancelled,
        ),
        Urgency.CAPTURE,
    )
    return report


def _pictures(host: Host, paths: Sequence[Path], now: datetime, reply: Reply) -> ImportReport:
    report: ImportReport = host.work(
        lambda assistant: reading_pictures(
            assistant,
            paths,
            now,
            told=lambda done, total: reply.progress("reading pictures", done, total),
            on_saved=lambda saved: reply.saved(saved.ids),
            cancelled=reply.cancelled,
        ),
        Urgency.CAPTURE,
    )
    return report


def _merged(host: Host, path: Path, arguments: JSON, now: datetime, reply: Reply) -> JSON:
    def merge(assistant: Assistant) -> Any:
        return assistant.import_archive(
            path,
            now,
            passphrase=arguments.get("archive_passphrase"),
            told=lambda done, total: reply.progress("merging", done, total),
            cancelled=reply.cancelled,
        )

    report = host.work(merge, Urgency.CAPTURE)
    return {
        "format": "Mneme archive",
        "added": report.added,
        "known": report.known,
        "versions": report.versions,
        "refused": report.refused,
        "pictures": report.pictures,
        "notices": list(report.notices),
    }


def findable(host: Host, arguments: JSON, reply: Reply) -> None:
    """Wait until all that was saved can be found by meaning too, unless told not to."""
    if arguments.get("no_wait"):
        return
    assistant = host.assistant
    total = assistant.intake.waiting()
    done = 0
    try:
        for made in assistant.embedding(cancelled=reply.cancelled):
            done += made
            reply.progress("reading for meaning", done, max(total, done))
        if reply.cancelled() and (left := assistant.intake.waiting()):
            said = f"{left:,} memories are found by their words until then."
            reply.notice("What was saved is in; reading it for meaning was stopped and goes on another time.", said)
    except ModelProblem as problem:
        reply.notice(problem.title, f"{problem.remedy} What was saved is found by its words until then.")


def sleep(host: Host, arguments: JSON, now: datetime, reply: Reply) -> JSON:
    """Sleep now or only when it is due, show what it would do, take one back, or list the last ones."""
    assistant = host.assistant
    if arguments.get("log"):
        nights = assistant.nights(int(arguments.get("limit", 14)))
        wanted = arguments.get("run")
        return {"runs": [run_form(assistant.night(run.id), assistant) for run in nights if wanted in (None, run.id)]}
    if arguments.get("revert"):
        name = str(arguments["revert"])
        what = EntryId(int(name)) if name.isdigit() else _run_named(assistant, name)
        later = bool(arguments.get("with_later"))
        return {"reverted": host.work(lambda a: a.revert(what, now, with_later=later), Urgency.CAPTURE)}
    night: str | None = None
    spent = _Spent(reply)
    if arguments.get("if_due"):
        # Imported here: what looks at the screen is a tenth of any other command's start.
        from app.presence import Watch
        from app.timetable import power_now, presence_now

        watch = Watch()
        try:
            due = assistant.sleep_due(now, presence_now(host, watch), power_now())
        finally:
            watch.close()
        if due.night is None:
            return {"slept": False, "why": due.why}
        night = due.night
    run = host.work(
        lambda a: a.sleeping(
            now,
            night_name=night,
            dry_run=bool(arguments.get("dry_run")),
            staged=spent,
            cancelled=reply.cancelled,
        ),
        Urgency.UPKEEP,
    )
    if not arguments.get("dry_run"):
        findable(host, arguments, reply)
    return run_form(run, assistant) | {"dry_run": bool(arguments.get("dry_run")), "stages": spent.seconds()}


class _Spent:
    """Tells how far a sleep is, and how long each of its stages took."""

    def __init__(self, reply: Reply) -> None:
        self._reply, self._at = reply, time.perf_counter()
        self._seconds: dict[str, float] = {}

    def __call__(self, stage: str, share: float) -> None:
        since, self._at = self._at, time.perf_counter()
        self._seconds[stage] = self._seconds.get(stage, 0.0) + self._at - since
        self._reply.progress(f"sleeping ({stage})", round(100 * share), 100)

    def seconds(self) -> JSON:
        """Wall seconds by stage, what passed in between (a question) included."""
        return {stage: round(seconds, 3) for stage, seconds in self._seconds.items()}


def _run_named(assistant: Assistant, name: str) -> RunId:
    nights = assistant.nights(1000)
    if name == "last" and nights:
        return nights[0].id
    for run in nights:
        if name in (run.id, run.night):
            return run.id
    raise BadInput(f"There is no sleep {name!r}.", "`mneme sleep --log` lists them.")


def forget_selection(arguments: JSON, now: datetime) -> Selection:
    """What a forget names. Raises BadInput when it names nothing."""
    words = tuple(str(arguments.get("query") or "").split())
    chosen = Selection(
        ids=tuple(MemoryId(id) for id in arguments.get("ids") or ()),
        app=arguments.get("app") or "",
        source=arguments.get("source") or "",
        words=words,
        saved_after=now - span_of(arguments["last"]) if arguments.get("last") else None,
    )
    if chosen == Selection():
        raise BadInput("Nothing was named to forget.", "Use --id, --last 15m, --app, --query or --source.")
    # What came in by mistake just now may be a secret too; anywhere else secrets must be named by their id.
    return replace(chosen, kinds=tuple(Kind)) if chosen.saved_after else chosen


def named(assistant: Assistant, name: str) -> Memory:
    """A memory by its id, the id it was imported with, or an unambiguous beginning of its id. Raises BadInput."""
    matches = assistant.named(name)
    if len(matches) == 1:
        return matches[0]
    if matches:
        raise BadInput(f"{name!r} means {len(matches)} memories.", "Give more of the id.")
    raise BadInput(f"There is no memory {name!r}.", "`mneme memories list` shows their ids.")


def span_of(text: str) -> timedelta:
    """ "15m", "2h", "3d" as a time span. Raises BadInput."""
    units = {"m": "minutes", "h": "hours", "d": "days", "w": "weeks"}
    number, unit = text[:-1], text[-1:].lower()
    if unit not in units or not number.isdigit() or not 0 < int(number) < 100_000:
        raise BadInput(f"{text!r} is not a span of time.", "Write it like 15m, 2h or 3d.")
    return timedelta(**{units[unit]: int(number)})


def forget(host: Host, arguments: JSON, now: datetime, reply: Reply) -> JSON:
    """Show what would be forgotten (`preview`), or forget it, with the proof."""
    ids = [named(host.assistant, str(name)).id for name in arguments.get("ids") or ()]
    chosen = forget_selection(arguments | {"ids": ids}, now)
    found = host.assistant.preview_forget(chosen)
    if arguments.get("preview"):
        return {"found": [memory_form(memory) for memory in found]}
    if not found:
        return forgotten_form(host.assistant.forget([]))
    return forgotten_form(forgotten(host, [memory.id for memory in found], reply))


def forgotten(host: Host, ids: Sequence[MemoryId], reply: Reply) -> Forgotten:
    """Forget these, telling how far it has come; nothing is forgotten where it is called off. Raises Problem."""

    def work(assistant: Assistant) -> Forgotten:
        return assistant.forget(
            ids, told=lambda done, total: reply.progress("forgetting", done, total), cancelled=reply.cancelled
        )

    gone: Forgotten = host.work(work, Urgency.QUESTION)
    return gone


def erase(host: Host, arguments: JSON, now: datetime, reply: Reply) -> JSON:
    """Make what was forgotten unrecoverable from old disk blocks too."""
    gone = host.erase()
    return {"erased": True, "backups_removed": gone}


def export(host: Host, arguments: JSON, now: datetime, reply: Reply) -> JSON:
    """Write an archive."""
    kinds = tuple(kind_of(name) for name in arguments.get("kinds") or ())
    after, before = (read_moment(t, host.clock) if (t := arguments.get(end)) else None for end in ("from", "to"))
    chosen = Selection(kinds=kinds, app=arguments.get("app") or "", after=after, before=before)

    def pack(assistant: Assistant) -> Any:
        return assistant.export(
            Path(arguments["file"]),
            now,
            passphrase=arguments.get("archive_passphrase"),
            selection=None if chosen == Selection() else chosen,
            plain=bool(arguments.get("plain")),
            replace_file=bool(arguments.get("replace")),
            told=lambda done, total: reply.progress("exporting", done, total),
            cancelled=reply.cancelled,
        )

    with host.long_work.going_on():
        report = pack(host.assistant)
    return {
        "file": arguments["file"],
        "memories": report.memories,
        "pictures": report.pictures,
        "bytes": report.bytes,
        "sha256": report.sha256,
        "notices": list(report.notices),
    }


def backup(host: Host, arguments: JSON, now: datetime, reply: Reply) -> JSON:
    """List the vault's copies, or make one."""
    assistant = host.assistant
    if arguments.get("make"):
        host.work(lambda a: a.back_up(now), Urgency.UPKEEP)
    aside = assistant.list_set_aside()
    return {"backups": _listed(assistant.list_backups()), "set_aside": _listed(aside)}


def _listed(copies: Sequence[Backup]) -> list[JSON]:
    return [{"name": one.name, "at": time_of(one.at), "bytes": one.bytes} for one in copies]
