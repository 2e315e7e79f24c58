"""Results as one reads them in a terminal. Captured text is printed as text, never as markup."""

import os
import sys
from datetime import datetime
from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Table
from rich.text import Text

from app.cli.session import Session
from app.commands.request import JSON

if TYPE_CHECKING:
    from app.bench import Row
    from app.doctor import Check

_BARS = " ▁▂▃▄▅▆▇█"
_LONGEST = 300
_TABLE_WIDTH = 110
"""Fewer columns than this leave no room for the words beside the rest."""


def has_display() -> bool:
    """Whether a window can be shown."""
    if sys.platform in ("win32", "darwin"):
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def plain(text: str, longest: int = _LONGEST) -> str:
    """One line that no control character of captured text can disturb."""
    flat = "".join(c if c.isprintable() else " " for c in " ".join(text.split()))
    return flat if len(flat) <= longest else flat[: longest - 1] + "…"


def day(at: str | None) -> str:
    """An ISO time as a person writes it."""
    return "" if not at else f"{datetime.fromisoformat(at):%d %b %Y %H:%M}"


def who(one: JSON) -> str:
    """Who said it, else where it was."""
    return plain(one.get("speaker") or one.get("app") or one.get("kind", ""), 24)


def _shown(hit: JSON) -> str:
    """The text of a hit; of a long one the piece that answers."""
    if hit["piece"] is None:
        return str(hit["text"])
    begin, end = hit["piece"]
    shown = hit["text"][begin:end].strip()
    return f"{'… ' if begin else ''}{shown}{' …' if end < len(hit['text']) else ''}"


def recalled(session: Session, result: JSON) -> None:
    """Hits with their reasons."""
    out = session.out
    for one in result["understood"]:
        meaning = one["meaning"] if one["text"] in one["meaning"] else f"{one['text']}: {one['meaning']}"
        out.print(Text(f"understood: {one['kind']} {plain(meaning)}  ({plain(one['key'])})", style="dim"))
    for notice in result["notices"]:
        out.print(Text(notice, style="yellow"))
    if not result["hits"]:
        out.print("Nothing found.")
    for hit in result["hits"]:
        out.print(Text(f"{hit['rank']:>2}  {plain(_shown(hit))}"))
        why = hit["why"]
        reasons = [
            *([f"words: {', '.join(why['words'])}"] if why["words"] else []),
            *([f"meaning {why['meaning']:.2f}"] if why["meaning"] else []),
            *(part for part in (why["time"], why["person"]) if part),
            *([f"said {why['folded'] + 1} times"] if why["folded"] else []),
            *(["superseded"] if hit["state"] == "superseded" else []),
        ]
        out.print(Text(f"    {day(hit['at'])}  {who(hit)}  {plain(' · '.join(reasons), 120)}", style="dim"))
    out.print(Text(f"{result['route']}, {_took(result['took_ms'])}", style="dim"))


def _took(ms: float) -> str:
    return f"{ms:.0f} ms" if ms < 1000 else f"{ms / 1000:.1f} s"


def answered(session: Session, result: JSON) -> None:
    """The answer, sentence by sentence with its grounds."""
    out = session.out
    if result["abstained"] or not result["sentences"]:
        out.print(Text(plain(result["answer"], 2000), style="bold"))
    for sentence in result["sentences"]:
        line = Text(plain(sentence["text"], 2000))
        if sentence["span"]:
            begin, end = sentence["span"]
            line.stylize("bold", begin, end)
        if sentence["grounds"]:
            line.append(f"  [{', '.join(sentence['grounds'])}]", style="dim")
        out.print(line)
    for notice in result["notices"]:
        out.print(Text(notice, style="yellow"))
    model = result["model"] or "without a model"
    read = f", {result['prompt_tokens']} tokens read" if result["prompt_tokens"] else ""
    out.print(Text(f"{model}, {result['route']}{read}, {_took(result['took_ms'])}", style="dim"))


def prompted(session: Session, result: JSON) -> None:
    """What a model would be given, message by message."""
    for message in result["prompt"]:
        session.out.print(Text(message["role"], style="dim"))
        for line in message["text"].splitlines():
            session.out.print(Text(plain(line, 10_000)))
    left = f", {result['left_out']} memories left out for want of room" if result["left_out"] else ""
    session.out.print(Text(f"{result['prompt_tokens']} tokens{left}; no model was asked", style="dim"))


def remembered(session: Session, result: JSON) -> None:
    """A note, or a conversation from standard input: what it was taken for goes to stderr."""
    if "turns" not in result:
        session.out.print("Saved." if result["saved"] else "It was there already.")
        return
    new, who = len(result["saved"]), ", ".join(plain(one) for one in result["speakers"][:6])
    session.err.print(Text(f"Taken for a conversation ({result['format']}) of {who}; --as-note keeps it as one note."))
    session.out.print(f"{result['turns']} turns: {new} new, {result['known']} known, {result['skipped']} skipped.")
    for notice in result["notices"]:
        session.err.print(Text(plain(notice)))


def imported(session: Session, result: JSON) -> None:
    """What an import recognised, took and skipped."""
    out = session.out
    if "added" in result:
        out.print(
            f"A Mneme archive: {result['added']} new, {result['known']} known, {result['versions']} newer versions, "
            f"{result['refused']} forgotten here before, {result['pictures']} pictures."
        )
    if "taken" in result:
        out.print(
            f"{result['format']}: {result['taken']} read, {result['new']} new, {result['known']} known, "
            f"{result['versions']} newer versions, {result['refused']} forgotten here before, "
            f"{result['skipped']} skipped."
        )
        for one in result["files"] if len(result["files"]) > 1 else ():
            out.print(Text(f"  {plain(one['file'])}: {one['format']}, {one['taken']} read, {one['skipped']} skipped"))
        for one in result["skipped_lines"][:20]:
            where = [plain(one["file"])] if one["file"] else []
            where += [f"no. {one['line']}"] if one["line"] else []
            out.print(Text(f"  {', '.join(where)}: {plain(one['reason'])}" if where else f"  {plain(one['reason'])}"))
        if result["skipped"] > 20:
            out.print(Text(f"  and {result['skipped'] - 20:,} more; --json names up to 1,000"))
        if result["mine"]:
            own = [plain(one["name"]) for one in result["people"] if one["mine"]]
            called = f" ({', '.join(own)})" if own else ""
            out.print(Text(f"{result['mine']:,} of them are your own words{called}."))
    for notice in result["notices"]:
        out.print(Text(notice, style="yellow"))


def bar(strength: float) -> str:
    """A strength as three blocks of its height."""
    return _BARS[round(min(max(strength, 0.0), 1.0) * 8)] * 3


def listed(console: Console, found: list[JSON]) -> None:
    """Memories in a table; in a narrow terminal each has its words on a line of its own."""
    if console.width < _TABLE_WIDTH:
        for one in found:
            strength = one.get("strength")
            held = "" if strength is None else f"  {bar(strength)} {strength:.2f}"
            console.print(Text(f"{one['memory']}  {day(one['at'])}  {one['kind']}/{one['facet']}{held}", style="dim"))
            console.print(Text(f"  {plain(one['text'], 100)}"))
        return
    table = Table(box=None, pad_edge=False, header_style="dim")
    for name in ("id", "when", "kind", "strength", "text"):
        table.add_column(name, no_wrap=name != "text")
    for one in found:
        strength = one.get("strength")
        table.add_row(
            one["memory"],
            day(one["at"]),
            f"{one['kind']}/{one['facet']}",
            "" if strength is None else f"{bar(strength)} {strength:.2f}",
            Text(plain(one["text"], 100)),
        )
    console.print(table)


def conflicts(session: Session, result: JSON) -> None:
    """Contradictions with both sides, and who said each."""
    if not result["conflicts"]:
        session.out.print("No contradictions wait for you.")
    for one in result["conflicts"]:
        fact = one["one"]
        session.out.print(Text(f"{one['conflict']:>3}  {plain(fact['subject'])}, {plain(fact['attribute'])}:"))
        for side in (one["one"], one["other"]):
            session.out.print(Text(f"     {plain(side['value']):<30} {side['memory']}", style="bold"))
            for said in side["says"]:
                session.out.print(Text(f"       {day(said['at'])} {who(said)}: {plain(said['text'], 90)}", style="dim"))
    if result["conflicts"]:
        words = "     Settle one: mneme conflicts --settle NUMBER --keep ID (or --keep both)"
        session.out.print(Text(words, style="dim"))


def coming_up(session: Session, result: JSON) -> None:
    """What is due, soonest first."""
    if not result["coming_up"]:
        session.out.print("Nothing is coming up.")
    for one in result["coming_up"]:
        session.out.print(Text(f"{day(one['due']):<18} {plain(one['text'])}"))


def forgotten(session: Session, result: JSON) -> None:
    """What went, with the proof."""
    out = session.out
    out.print(f"Forgotten: {len(result['forgotten'])}, and {len(result['derived'])} derived from them.")
    if cut := len(result["cut"]):
        many = "1 screen showed it and stays" if cut == 1 else f"{cut} screens showed it and stay"
        pictures = f"; {result['unshown']} of their pictures went" if result["unshown"] else ""
        out.print(f"{many}: the words are out of the text and black in the picture{pictures}.")
    for place, count in result["proof"]["places"].items():
        out.print(f"  {place:<24}{count['before']:>6} traces before, {count['after']} now")
    for place in result["proof"]["remaining"] if result["forgotten"] else ():
        out.print(
            Text(f"  still in {plain(place)} (until `mneme erase`, exports until you delete them)", style="yellow")
        )


def exported(session: Session, result: JSON) -> None:
    """What an export holds."""
    size = result["bytes"] / 2**20
    session.out.print(
        Text(f"{result['file']}: {result['memories']} memories, {result['pictures']} pictures, {size:.1f} MB.")
    )
    session.out.print(Text(f"SHA-256 {result['sha256']}", style="dim"))
    for notice in result["notices"]:
        session.out.print(Text(notice, style="yellow"))


def captured(session: Session, result: JSON) -> None:
    """How a recording went, or what would be kept."""
    for sentence in result.get("preview", []):
        session.out.print(Text(plain(sentence)))
    for window in result.get("windows", []):
        if not window["left_out"]:
            session.out.print(Text(f"  {plain(window['app'], 24):<24} {plain(window['title'], 90)}"))
    if "frames" in result:
        session.out.print(
            f"{result['looks']} looks of {result['expected']} due, {result['frames']} changed frames let through, "
            f"{result['read']} read, {result['unread']} left unread, {result['saved_count']} memories saved, "
            f"{len(result['gaps'])} gaps."
        )
        if result["state"] not in ("recording", "off"):
            session.out.print(Text(f"At the end it was not recording: {plain(result['reason'])}", style="yellow"))
        for gap in result["gaps"]:
            session.out.print(Text(f"  gap {day(gap['begins'])}: {plain(gap['reason'])}"))


def recorder(session: Session, result: JSON) -> None:
    """Whether the screen is being recorded, and what was counted."""
    state, until = result["state"], result["until"]
    why = plain(result["reason"]).rstrip(".")
    off = "it is switched off" if why.endswith("switched off") else why[:1].lower() + why[1:]
    said = {
        "recording": f"Recording: {why}." if why else "Recording.",
        "off": f"Not recording: {off}.",
        "locked": "Locked: not recording.",
    }
    words = said.get(state) or ("Paused" if state == "paused" else "Not recording")
    if state == "paused":
        ends = f" until {day(until)}" if until else ""
        words += f"{ends}." if ends and why == "paused" else f"{ends}: {why}."
    elif state == "problem":
        words += f": {plain(result['reason'])}"
    session.out.print(Text(words))
    if state in ("recording", "problem"):
        last = f", the last {day(result['last_look'])}" if result["last_look"] else ""
        looks = "1 look" if result["looks"] == 1 else f"{result['looks']} looks"
        due = "1 was" if result["expected"] == 1 else f"{result['expected']} were"
        waits = "1 picture waits" if result["waiting"] == 1 else f"{result['waiting']} pictures wait"
        session.out.print(f"{looks} in the last minute{last}; {due} due. {waits} to be read.")


def rules(session: Session, result: JSON) -> None:
    """The rules, or which one a title meets."""
    if "excluded" in result:
        said = f"is never kept: {plain(result['reason'])}." if result["excluded"] else "would be kept: no rule is met."
        session.out.print(Text(f"“{plain(result['title'])}” {said}"))
        return
    if before := result.get("kept_before", 0):
        newest = max(one["id"] for one in result["rules"] if not one["seeded"])
        said = "memory from before shows" if before == 1 else "memories from before show"
        session.out.print(f"{before:,} {said} such a window: `mneme rules forget {newest}` forgets what it names.")
    for one in result["rules"]:
        came = "  (came with Mneme)" if one["seeded"] else ""
        session.out.print(Text(f"{one['id']:>4}  {one['field']:<6} {plain(one['pattern'])}{came}"))


def settings(session: Session, result: JSON) -> None:
    """All settings or one."""
    if "settings" not in result:
        session.out.print(Text(f"{result['key']} = {_as_typed(result['value'])}"))
        return
    for key, value in result["settings"].items():
        session.out.print(Text(f"{key:<28} {_as_typed(value)}"))


def _as_typed(value: object) -> str:
    """A setting's value as `settings set` takes it."""
    if isinstance(value, bool):
        return str(value).lower()
    return ", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)


def keys(session: Session, result: JSON) -> None:
    """The ways in, or a new recovery key."""
    if "recovery" in result:
        session.out.print("Your recovery key. Write it down: it is shown only now, and an older one opens nothing.")
        session.out.print(Text(result["recovery"], style="bold"))
        return
    for one in result["slots"]:
        session.out.print(f"{one['slot']}  {one['kind']}")


def backups(session: Session, result: JSON) -> None:
    """The copies there are, and the vaults that a restore has set aside."""
    if not result["backups"]:
        session.out.print("No backups yet. `mneme backup make` makes one.")
    for one in (*result["backups"], *result["set_aside"]):
        what = "  set aside by a restore" if one in result["set_aside"] else ""
        session.out.print(f"{one['name']}  {day(one['at'])}  {one['bytes'] / 2**20:.1f} MB{what}")


def restored(session: Session, result: JSON) -> None:
    """What a restore did."""
    out = session.out
    out.print("Restored.")
    if result["set_aside"]:
        out.print(f"The vault as it was is set aside: `mneme backup restore {result['set_aside']}` puts it back.")
    if result["forgotten_again"]:
        out.print(f"Forgotten again, because you had forgotten it since: {result['forgotten_again']}")
    for name in result["unread"]:
        out.print(f"{name} cannot be read: what was forgotten only there may be back.", markup=False)


def status(session: Session, result: JSON) -> None:
    """The vault at a glance."""
    out = session.out
    out.print(Text(f"{result['profile']} (host: process {result['host']})"))
    if result["locked"]:
        out.print("Locked: not recording.")
        return
    kinds = ", ".join(f"{number} {name}" for name, number in result["by_kind"].items())
    states = ", ".join(f"{number} {name}" for name, number in result["by_state"].items())
    out.print(f"{result['memories']} memories: {kinds or 'none yet'}")
    out.print(f"states: {states or 'none yet'}; {result['conflicts']} conflicts; {result['pictures']} pictures")
    out.print(f"meaning: {result['index']} answers; {result['without_vector']} wait for their vector")
    out.print(f"content hash {result['content_hash']}")
    recorder(session, result["recorder"])
    for notice in result["notices"]:
        out.print(Text(notice, style="yellow"))


def doctor(session: Session, checks: "list[Check]") -> None:
    """What is well and what is not."""
    for check in checks:
        session.out.print(Text(f"{'ok ' if check.ok else 'NO '} {check.name:<22} {plain(check.said)}"))
        if not check.ok and check.remedy:
            session.out.print(Text(f"    {plain(check.remedy)}", style="yellow"))
        for line in check.drawn.splitlines():
            session.out.print(Text(f"    {line}", style="dim"))


def bench(session: Session, what: str, rows: "list[Row]") -> None:
    """Measured figures beside their targets."""
    table = Table(title=f"mneme bench {what}", box=None, title_justify="left")
    for name in ("what", "value", "unit", "n", "95 %", "baseline", "target"):
        table.add_column(name, justify="left" if name in ("what", "unit") else "right")
    for row in rows:
        sure = "" if row.low is None or row.high is None else f"{row.low:.3f} to {row.high:.3f}"
        table.add_row(
            row.name, f"{row.value:.4g}", row.unit, str(row.n), sure, _figure(row.baseline), _figure(row.target)
        )
    session.out.print(table)


def _figure(value: float | None) -> str:
    return "" if value is None else f"{value:.4g}"
