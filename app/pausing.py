"""A pause outlives the recorder and the program: it is kept in the vault until it is over or ended by hand."""

import json
from dataclasses import replace
from datetime import datetime

from app.host import Host
from core.capture.gate import GateState
from core.errors import BadInput
from core.store import preferences

_KEY = "recorder_pause"


def kept_pause(host: Host) -> GateState:
    """What the person said last, if it still holds."""
    with host.opened.vault.read() as db:
        said = preferences.noted(db, _KEY)
    if said is None:
        return GateState()
    kept = json.loads(said)
    until = datetime.fromisoformat(kept["until"]) if kept["until"] else None
    if until is not None and until <= host.clock():
        until = None
    return GateState(paused_until=until, private=bool(kept["private"]))


def pause(host: Host, until: datetime | None) -> GateState:
    """Record nothing until then (aware); None: private mode, until `resume`. Raises BadInput where nothing records."""
    if host.recording is None and not host.assistant.settings.capture.screen:
        raise BadInput("The screen is not being recorded.", "There is nothing to pause.")
    was = kept_pause(host)
    state = GateState(paused_until=until or was.paused_until, private=was.private or until is None)
    return _say(host, state)


def resume(host: Host) -> GateState:
    """End a pause or private mode."""
    return _say(host, GateState())


def _say(host: Host, state: GateState) -> GateState:
    recorder = host.recording.recorder if host.recording is not None else None
    if recorder is not None:
        recorder.say(replace(state, locked=recorder.gate_state.locked))
    until = state.paused_until.isoformat() if state.paused_until is not None else ""
    nothing = not until and not state.private
    with host.opened.vault.write() as db:
        preferences.note(db, _KEY, None if nothing else json.dumps({"until": until, "private": state.private}))
    return state
