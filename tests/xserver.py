"""A real X server of one's own for a test: Xvfb on a free display, with or without a window manager."""

import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from Xlib.display import Display
from Xlib.ext import randr
from Xlib.protocol import rq

PATIENCE_S = 20.0


class _SetMonitor(rq.Request):
    """RRSetMonitor (RandR 1.5), laid out flat: python-xlib's own cannot be packed."""

    _request = rq.Struct(
        rq.Card8("opcode"),
        rq.Opcode(43),
        rq.RequestLength(),
        rq.Window("window"),
        rq.Card32("name"),
        rq.Bool("primary"),
        rq.Bool("automatic"),
        rq.LengthOf("outputs", 2),
        rq.Int16("x"),
        rq.Int16("y"),
        rq.Card16("width"),
        rq.Card16("height"),
        rq.Card32("width_mm"),
        rq.Card32("height_mm"),
        rq.List("outputs", rq.Card32Obj),
    )


@dataclass
class Desk:
    """A running display and the programs started on it."""

    display: str
    home: Path
    running: list[subprocess.Popen[bytes]] = field(default_factory=list)

    @property
    def environment(self) -> dict[str, str]:
        clean = {k: v for k, v in os.environ.items() if k not in ("WAYLAND_DISPLAY", "XDG_SESSION_TYPE")}
        return {**clean, "DISPLAY": self.display, "HOME": str(self.home), "XDG_SESSION_TYPE": "x11"}

    def start(self, *command: str) -> subprocess.Popen[bytes]:
        """Start a program on this display; it is ended with the desk."""
        process = subprocess.Popen(
            command,
            env=self.environment,
            cwd=self.home,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        self.running.append(process)
        return process

    def run(self, *command: str) -> str:
        """Run a program to its end and give what it printed."""
        return subprocess.run(
            command, env=self.environment, capture_output=True, text=True, timeout=PATIENCE_S, check=True
        ).stdout

    def xterm(
        self,
        title: str,
        *,
        geometry: str = "80x24+20+20",
        shell: str = "exec cat",
        cls: str = "XTerm",
        size: int = 14,
        options: tuple[str, ...] = (),
    ) -> int:
        """A real terminal, waited for; gives its window's id. `shell` is what runs in it."""
        before = set(self.windows())
        self.start(
            "xterm", "-fa", "DejaVu Sans Mono", "-fs", str(size), "-geometry", geometry, "-title", title,
            "-class", cls, "-bg", "white", "-fg", "black", "-uc", *options, "-e", "sh", "-c", shell,
        )  # fmt: skip
        return int(self.wait(lambda: next(iter(set(self.windows()) - before), None), f"no window {title!r}"))

    def windows(self) -> list[int]:
        """Ids of the visible xterms."""
        found = subprocess.run(
            ["xdotool", "search", "--onlyvisible", "--class", "."],
            env=self.environment, capture_output=True, text=True, timeout=PATIENCE_S, check=False,
        )  # fmt: skip
        return [int(line) for line in found.stdout.split()]

    def split(self, *widths: int) -> None:
        """Cut the screen into monitors of these widths, from the left."""
        display = Display(self.display)
        root = display.screen().root
        for monitor in root.xrandr_get_monitors().monitors:
            if not monitor.automatic:
                root.xrandr_delete_monitor(monitor.name)
        known = root.xrandr_get_monitors().monitors
        outputs = [output for monitor in known for output in monitor.crtcs]
        height = max(monitor.height_in_pixels for monitor in known)
        left = 0
        for number, width in enumerate(widths):
            _SetMonitor(
                display=display.display,
                opcode=display.display.get_extension_major(randr.extname),
                window=root,
                name=display.intern_atom(f"part-{number}"),
                primary=number == 0,
                automatic=False,
                x=left,
                y=0,
                width=width,
                height=height,
                width_mm=100,
                height_mm=100,
                outputs=outputs if number == 0 else [],
            )
            left += width
        display.sync()
        display.close()

    def resize(self, width: int, height: int) -> None:
        """Another resolution, as a person sets one; at most that of the start."""
        display = Display(self.display)
        root = display.screen().root
        known = root.xrandr_get_screen_resources()
        crtc, output, now = known.crtcs[0], known.outputs[0], known.config_timestamp
        name = f"{width}x{height}_{len(known.modes)}"
        timing = (60 * width * height, width, width, width, 0, height, height, height, len(name), 0)
        mode = root.xrandr_create_mode((0, width, height, *timing), name).mode
        display.xrandr_add_output_mode(output, mode)
        display.xrandr_set_crtc_config(crtc, now, 0, 0, 0, randr.Rotate_0, [])
        root.xrandr_set_screen_size(width, height, 300, 200)
        display.xrandr_set_crtc_config(crtc, now, 0, 0, mode, randr.Rotate_0, [output])
        display.sync()
        display.close()

    def wait(self, look: object, otherwise: str) -> int:
        """Call `look` until it gives something true."""
        assert callable(look)
        until = time.monotonic() + PATIENCE_S
        while time.monotonic() < until:
            if found := look():
                return int(found)
            time.sleep(0.05)
        pytest.fail(otherwise)

    def close(self) -> None:
        for process in reversed(self.running):
            process.terminate()
        for process in reversed(self.running):
            try:
                process.wait(5)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait(5)


def missing() -> list[str]:
    """Programs that such a test needs and this machine lacks."""
    return [name for name in ("Xvfb", "openbox", "xterm", "xdotool") if shutil.which(name) is None]


@contextmanager
def desk(
    home: Path,
    *,
    screen: str = "1280x800x24",
    manager: bool = True,
    arguments: tuple[str, ...] = (),
    display: str = "",
) -> Iterator[Desk]:
    """Xvfb on a display it chooses itself (or `display`); `manager`: with openbox. Skips where they are missing."""
    if lacking := missing():
        pytest.skip(f"needs {', '.join(lacking)}")
    out, into = os.pipe()
    named = [display] if display else []
    server = subprocess.Popen(
        ["Xvfb", *named, "-displayfd", str(into), "-screen", "0", screen, "-nolisten", "tcp", "-noreset", *arguments],
        pass_fds=(into,),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    os.close(into)
    number = b""
    while not number.endswith(b"\n"):
        piece = os.read(out, 16)
        if not piece:
            server.wait(5)
            pytest.fail("Xvfb did not start")
        number += piece
    os.close(out)
    made = Desk(f":{number.decode().strip()}", home, [server])
    try:
        if manager:
            made.start("openbox", "--sm-disable")
            made.wait(lambda: "WINDOW" in made.run("xprop", "-root", "_NET_SUPPORTING_WM_CHECK"), "no openbox")
        yield made
    finally:
        made.close()
