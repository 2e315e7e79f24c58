"""What the recorder says of itself, for the tray, Health, the terminal and the doctor alike: counted, not assumed."""

from typing import Any, cast

from app.host import Host
from app.pausing import kept_pause
from core.capture.gate import PAUSED, PRIVATE
from ui.desk import RecorderState, RecorderStatus

JSON = dict[str, Any]
_STATES = ("recording", "paused", "locked", "problem")
_BEGINS = "it is about to begin"


def recorder_state(host: Host) -> RecorderStatus:
    """The state now. What the person has just said counts, though the recorder acts on it at its next tick."""
    recording = host.recording
    if host.state() != "open":
        return RecorderStatus(state="locked", reason="locked")
    if recording is None:
        wanted = host.assistant.settings.capture.screen
        reason = "No Mneme is running that records." if wanted else "Recording the screen is switched off."
        return RecorderStatus(state="off", reason=reason)
    account, pace, gate = recording.account(), recording.pace(), recording.recorder.gate_state
    state, reason = account.state, account.reason
    if state not in _STATES:
        state, reason = "off", _BEGINS
    paused = gate.paused_until is not None and host.clock() < gate.paused_until
    if gate.private or paused:
        state, reason = "paused", PRIVATE if gate.private else PAUSED
    return RecorderStatus(
        state=cast(RecorderState, state),
        reason=reason,
        frames=pace.looks,
        expected=max(pace.expected, pace.looks),
        until=gate.paused_until if paused and not gate.private else None,
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
        return True, f"{state}: {form['reason']}" if form["reason"] else str(state)
    waits = "1 picture waits" if form["waiting"] == 1 else f"{form['waiting']} pictures wait"
    looks = "1 look" if form["looks"] == 1 else f"{form['looks']} looks"
    due = "1 was" if form["expected"] == 1 else f"{form['expected']} were"
    counted = f"{looks} in the last minute, {due} due; {waits} to be read"
    if state == "problem":
        return False, f"{form['reason']} {counted}"
    return 2 * form["looks"] >= form["expected"], f"recording: {counted}"
