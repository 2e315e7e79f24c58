"""Seconds since the last input on Windows and macOS: written from their manuals, never run, so switched off."""

import ctypes
import ctypes.util
import sys

_SESSION_STATE, _ANY_INPUT = 0, 0xFFFFFFFF
"""kCGEventSourceStateCombinedSessionState, kCGAnyInputEventType."""

if sys.platform == "win32":

    class _LastInput(ctypes.Structure):
        _fields_ = (("size", ctypes.c_uint), ("tick", ctypes.c_uint))

    def windows_input_age() -> float | None:
        """GetLastInputInfo against GetTickCount, whose 32 bits of milliseconds wrap after 49 days."""
        info = _LastInput(size=ctypes.sizeof(_LastInput))
        if not ctypes.windll.user32.GetLastInputInfo(ctypes.byref(info)):
            return None
        return float((ctypes.windll.kernel32.GetTickCount() - info.tick) & 0xFFFFFFFF) / 1000

else:

    def windows_input_age() -> float | None:
        """There is no Windows here."""
        return None


def mac_input_age() -> float | None:
    """CGEventSourceSecondsSinceLastEventType of the combined session; None where there is no macOS."""
    if sys.platform != "darwin":
        return None
    found = ctypes.util.find_library("ApplicationServices")
    if found is None:
        return None
    seconds = ctypes.CDLL(found).CGEventSourceSecondsSinceLastEventType
    seconds.restype = ctypes.c_double
    seconds.argtypes = (ctypes.c_int32, ctypes.c_uint32)
    return float(seconds(_SESSION_STATE, _ANY_INPUT))
