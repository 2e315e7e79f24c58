"""A program that tells of its window over AT-SPI as it is told to: honestly, too much, in circles, or not at all.

Run as its own process: `python -m tests.played_tree`, a JSON tree on standard input. It prints its name on the bus.
"""

import json
import sys
import threading
from typing import Any

from jeepney import DBusAddress, HeaderFields, Message, MessageType, new_error, new_method_call, new_method_return
from jeepney.io.blocking import DBusConnection, open_dbus_connection
from Xlib import Xatom
from Xlib.display import Display

ROOT = "/org/a11y/atspi/accessible/root"
UNKNOWN = "org.freedesktop.DBus.Error.UnknownMethod"


def say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


class Played:
    """Answers from a tree: {path: {"role", "name", "text", "at": [l, t, w, h], "children": [path], "faces": [...]}}.

    "letter": width of a letter, so that words stand where they are drawn; "shift": the text lies about its place by so
    much; "bomb": says that it has so many children; "asked" is printed when a member is called on a path.
    """

    def __init__(self, tree: dict[str, dict[str, Any]], connection: DBusConnection) -> None:
        self.tree, self.connection = tree, connection

    def serve(self) -> None:
        while True:
            try:
                asked = self.connection.receive()
            except (OSError, ConnectionResetError):
                return
            if asked.header.message_type is MessageType.method_call:
                self.connection.send(self.answer(asked))

    def answer(self, asked: Message) -> Message:
        fields = asked.header.fields
        path, member = str(fields[HeaderFields.path]), str(fields[HeaderFields.member])
        say(f"{path} {member}")
        one = self.tree.get(path)
        if one is None or member == "Mark":
            return new_error(asked, UNKNOWN)
        mine = str(self.connection.unique_name)
        match member:
            case "GetChildren":
                if bomb := one.get("bomb"):
                    return new_method_return(asked, "a(so)", ([(mine, f"/x/{n}") for n in range(bomb)],))
                listed = [(one.get("of", mine), child) for child in one.get("children", [])]
                return new_method_return(asked, "a(so)", (listed,))
            case "GetState":
                return new_method_return(
                    asked, "au", ([(one.get("shows", True) << 25) | (one.get("active", False) << 1), 0],)
                )
            case "GetRole":
                return new_method_return(asked, "u", (one.get("role", 23),))
            case "GetInterfaces":
                faces = [f"org.a11y.atspi.{face}" for face in ("Accessible", "Component", *one.get("faces", []))]
                return new_method_return(asked, "as", (faces,))
            case "GetExtents":
                return new_method_return(asked, "(iiii)", (tuple(one["at"]),))
            case "GetAttributeValue":
                return new_method_return(asked, "s", (one.get("url", "") if asked.body[0] == "DocURL" else "",))
            case "GetAttributes":
                return new_method_return(asked, "a{ss}", (one.get("about", {}),))
            case "GetText":
                begin, end = asked.body
                text = one["text"]
                return new_method_return(asked, "s", (text[begin : len(text) if end < 0 else end],))
            case "GetRangeExtents":
                begin, end, _ = asked.body
                return new_method_return(asked, "iiii", self.word(one, begin, end))
            case "Get":
                return new_method_return(asked, "v", (self.property(one, asked.body[1]),))
        return new_error(asked, UNKNOWN)

    def word(self, one: dict[str, Any], begin: int, end: int) -> tuple[int, int, int, int]:
        left, top, _, height = one["at"]
        letter, shift = one.get("letter", 8), one.get("shift", 0)
        return left + int(begin * letter) + shift, top + shift, max(1, int((end - begin) * letter)), height

    def property(self, one: dict[str, Any], name: str) -> tuple[str, Any]:
        if name == "Name":
            return "s", one.get("name", "")
        if name == "CharacterCount":
            return "i", len(one.get("text", ""))
        return "i", one.get("count", one.get("bomb", len(one.get("children", []))))


class Registry:
    """What the desktop has for it: the bus's launcher and the list of programs, both on the bus of the tests."""

    def __init__(self, address: str) -> None:
        self.address = address
        self.programs: list[str] = []
        self.connection = open_dbus_connection("SESSION")
        for name in ("org.a11y.Bus", "org.a11y.atspi.Registry"):
            whom = DBusAddress("/org/freedesktop/DBus", "org.freedesktop.DBus", "org.freedesktop.DBus")
            self.connection.send_and_get_reply(new_method_call(whom, "RequestName", "su", (name, 4)))

    def serve(self) -> None:
        while True:
            try:
                asked = self.connection.receive()
            except (OSError, ValueError):
                return
            if asked.header.message_type is not MessageType.method_call:
                continue
            member = str(asked.header.fields[HeaderFields.member])
            if member == "GetAddress":
                self.connection.send(new_method_return(asked, "s", (self.address,)))
            elif member == "GetChildren":
                listed = [(name, ROOT) for name in self.programs]
                self.connection.send(new_method_return(asked, "a(so)", (listed,)))
            elif member == "Get":
                self.connection.send(new_method_return(asked, "v", (("b", True),)))
            else:
                self.connection.send(new_error(asked, UNKNOWN))


def shown(tree: dict[str, dict[str, Any]], title: str, cls: str) -> Display:
    """A real window of this process at the place it tells, with a bar for each letter of its texts."""
    left, top, width, height = tree["/window"]["at"]
    display = Display()
    root = display.screen().root
    window = root.create_window(left, top, width, height, 0, display.screen().root_depth)
    paper = root.create_pixmap(width, height, display.screen().root_depth)
    pen = paper.create_gc(foreground=0xFFFFFF)
    paper.fill_rectangle(pen, 0, 0, width, height)
    pen.change(foreground=0)
    for one in tree.values():
        for n, letter in enumerate(one.get("text", "")):
            if letter != " ":
                paper.fill_rectangle(pen, one["at"][0] - left + 8 * n + 1, one["at"][1] - top + 4, 6, 12)
    window.change_attributes(background_pixmap=paper)
    window.set_wm_name(title)
    window.set_wm_class(cls, cls.title())
    if cls == "chromium":  # as Chromium calls its windows of pages: `xprop` on version 156
        window.change_property(display.intern_atom("WM_WINDOW_ROLE"), Xatom.STRING, 8, b"browser")
    window.map()
    display.sync()
    return display


def told_otherwise(tree: dict[str, dict[str, Any]]) -> None:
    """Each further line on standard input changes the tree."""
    for line in sys.stdin:
        for path, more in json.loads(line).items():
            tree[path] |= more
        say("changed")


def main() -> None:
    connection = open_dbus_connection("SESSION")
    tree = json.loads(sys.stdin.readline())
    display = shown(tree, *tree[ROOT]["window"]) if "window" in tree[ROOT] else None
    threading.Thread(target=told_otherwise, args=(tree,), daemon=True).start()
    say(str(connection.unique_name))
    Played(tree, connection).serve()
    if display is not None:
        display.close()


if __name__ == "__main__":
    main()
