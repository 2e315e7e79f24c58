"""Commands about recording: for a while, what would be recorded, its state, a pause."""

import base64
import time
from datetime import datetime
from typing import TYPE_CHECKING

from app.commands.forms import time_of
from app.commands.keeping import findable
from app.commands.request import JSON, Reply
from app.host import Host
from app.pausing import pause, resume
from app.recorder_state import recorder_form, recorder_state
from core.capture.gate import BY_PERSON
from core.errors import BadInput
from core.events import SettingChanged
from core.memory import MemoryId
from core.pauses import pause_ends

if TYPE_CHECKING:
    from app.recording import Recording

_POLL_S = 0.5
_ACTS_WITHIN_S = 5.0
_READ_WITHIN_S = 120.0


def capture(host: Host, arguments: JSON, now: datetime, reply: Reply) -> JSON:
    """Record for `seconds` (until cancelled without), or show what would be kept now."""
    # Imported here: what looks at the screen and at pictures is a tenth of any other command's start.
    from app.preview import look_once
    from app.recording import Recording
    from app.timetable import kept

    if arguments.get("preview"):
        listed, png, sentences = look_once(host)
        windows = [{"app": app, "title": title, "left_out": why} for app, title, why in listed]
        return {"preview": list(sentences), "windows": windows, "png": base64.b64encode(png).decode()}
    if host.recording is not None and host.recording.running:
        if recorder_state(host).state == "paused":
            raise BadInput("The recorder of the window is paused.", "`mneme resume` lets it go on.")
        raise BadInput("The screen is being recorded already.", "`mneme recorder` and the tray show its state.")
    recording = host.recording = Recording(host)
    told: set[MemoryId] = set()
    try:
        recording.start()
        until = None if arguments.get("seconds") is None else time.monotonic() + float(arguments["seconds"])
        with kept(host):
            while (until is None or time.monotonic() < until) and not reply.cancelled():
                if host.recording is not recording or host.state() != "open":
                    break  # a lock, or the switch in Settings, has ended it
                time.sleep(_POLL_S)
                _tell(recording, told, reply)
        ended_as = recorder_state(host)
        recording.stop_looking()
        recording.wait_until_read(_READ_WITHIN_S)
        _tell(recording, told, reply)
        unread = recording.waiting
    finally:
        if not host.covered:  # what waits is then read under the cover, and the host ends it
            recording.stop()
            _follow_settings(host, recording)
    findable(host, arguments, reply)
    account = recording.account()
    return {
        "state": ended_as.state,
        "reason": ended_as.reason,
        "looks": account.looks,
        "expected": account.expected,
        "frames": account.frames,
        "read": recording.reading.read,
        "unread": unread,
        "saved_count": len(told),
        "gaps": [
            {"begins": time_of(gap.begins), "ends": time_of(gap.ends), "reason": gap.reason} for gap in recording.gaps
        ],
    }


def _follow_settings(host: Host, ended: "Recording") -> None:
    """It may be another's by now; and who switched recording on meanwhile wants it to go on."""
    if host.recording is ended:
        host.recording = None
        if host.stays and host.state() == "open" and host.assistant.settings.capture.screen:
            host.events.tell(SettingChanged("capture.screen"))


def recorder(host: Host, arguments: JSON, now: datetime, reply: Reply) -> JSON:
    """The recorder's state; `pause` for a time or until it is ended, `resume`."""
    action = arguments.get("action", "state")
    if action == "pause":
        pause(host, pause_ends(str(arguments.get("length", "60")), host.clock()))
    elif action == "resume":
        resume(host)
        _until_it_acts(host)
    return recorder_form(host)


def _until_it_acts(host: Host) -> None:
    """Wait for the recorder's next tick: it only says that it records when it does."""
    ends = time.monotonic() + _ACTS_WITHIN_S
    while (
        host.recording is not None
        and host.recording.running
        and recorder_state(host).reason in BY_PERSON
        and time.monotonic() < ends
    ):
        time.sleep(_POLL_S)


def _tell(recording: "Recording", told: set[MemoryId], reply: Reply) -> None:
    for saved in tuple(recording.saved):
        new = tuple(id for id in saved.ids if id not in told)
        told.update(new)
        reply.saved(new)
