"""What the recorder says of itself, for the tray, Health, the terminal and the doctor alike: counted, not assumed."""

from datetime import datetime
from typing import Any, cast

from app.host import Host
from app.pausing import kept_pause
from core.capture.gate import BY_PERSON, PAUSED, PRIVATE, opens
from ui.desk import RecorderState, RecorderStatus

JSON = dict[str, Any]
_STATES = ("recording", "paused", "locked", "problem")
_BEGINS = "it is about to begin"
_NOBODY = "No Mneme is running that records."
_STOPPED = "The recorder does not run, though recording is switched on."


def recorder_state(host: Host) -> RecorderStatus:
    """The state now. What the person has just said counts, though the recorder acts on it at its next tick."""
    recording = host.recording
    if host.state() != "open":
        return RecorderStatus(state="locked", reason="locked")
    if recording is None:
        wanted = host.assistant.settings.capture.screen
        missing = _STOPPED if host.stays else _NOBODY
        return RecorderStatus(state="off", reason=missing if wanted else "Recording the screen is switched off.")
    account, pace, gate, now = recording.account(), recording.pace(), recording.recorder.gate_state, host.clock()
    state, reason = account.state, account.reason
    if state not in _STATES:
        state, reason = "off", _BEGINS
    elif state == "recording" and (trouble := recording.standstill()):
        state, reason = "problem", trouble
    if gate.private or (gate.paused_until is not None and now < gate.paused_until):
        state, reason = "paused", PRIVATE if gate.private else PAUSED
    return RecorderStatus(
        state=cast(RecorderState, state),
        reason=reason,
        frames=pace.looks,
        expected=max(pace.expected, pace.looks),
        until=opens(recording.settings(), now, gate) if state == "paused" else None,
        can_resume=state == "paused" and reason in BY_PERSON,
        last_look=account.heartbeat,
        waiting=recording.waiting,
    )


def recorder_form(host: Host) -> JSON:
    """As JSON: times with their zone, counts of the last minute."""
    found = recorder_state(host)
    private, until = found.reason == PRIVATE, found.until
    if host.recording is None and host.state() == "open":
        kept = kept_pause(host)
        private, until = kept.private, kept.paused_until
    return {
        "state": found.state,
        "reason": found.reason,
        "private": private,
        "until": until and until.isoformat(),
        "looks": found.frames,
        "expected": found.expected,
        "last_look": found.last_look and found.last_look.isoformat(),
        "waiting": found.waiting,
    }


def recorder_sentence(form: JSON) -> tuple[bool, str]:
    """Whether it is well, and what the doctor says of it."""
    state = form["state"]
    if state not in ("recording", "problem"):
        ends = form.get("until") if state == "paused" else None
        until = "" if ends is None else f" until {datetime.fromisoformat(ends):%d %b %Y %H:%M}"
        why = form["reason"] if form["reason"] not in (state, PAUSED) else ""
        said = f"{state}{until}" + (f": {why}" if why else "")
        return why not in (_NOBODY, _STOPPED), said
    waits = "1 picture waits" if form["waiting"] == 1 else f"{form['waiting']} pictures wait"
    looks = "1 look" if form["looks"] == 1 else f"{form['looks']} looks"
    due = "1 was" if form["expected"] == 1 else f"{form['expected']} were"
    counted = f"{looks} in the last minute, {due} due; {waits} to be read"
    if state == "problem":
        return False, f"{form['reason']} {counted}"
    but = f"; {form['reason']}" if form.get("reason") else ""
    return 2 * form["looks"] >= form["expected"], f"recording: {counted}{but}"
