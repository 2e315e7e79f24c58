"""A real window whose program tells of itself over AT-SPI: Qt's with our own PySide6, or GTK's by the system's Python.

`python -m tests.told_window TITLE FILE` shows the file's text, a button, a status line and a masked password.
"""

import sys
from pathlib import Path

from PySide6.QtWidgets import (
    QApplication,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QTextEdit,
    QVBoxLayout,
    QWidget,
)

PASSWORD = "correcthorse"
BUTTON, STATUS = "Print preview", "Everything is saved"

GTK = f"""
import sys, gi
gi.require_version("Gtk", "3.0")
from gi.repository import Gtk
window = Gtk.Window(title=sys.argv[1])
window.set_default_size(900, 560)
window.move(60, 60)
box = Gtk.Box(orientation=Gtk.Orientation.VERTICAL)
bar = Gtk.Box()
bar.pack_start(Gtk.Button(label={BUTTON!r}), False, False, 0)
secret = Gtk.Entry()
secret.set_visibility(False)
secret.set_text({PASSWORD!r})
bar.pack_start(secret, False, False, 0)
box.pack_start(bar, False, False, 0)
view, scrolled = Gtk.TextView(), Gtk.ScrolledWindow()
view.set_wrap_mode(Gtk.WrapMode.WORD)
view.get_buffer().set_text(open(sys.argv[2], encoding="utf-8").read())
scrolled.add(view)
box.pack_start(scrolled, True, True, 0)
box.pack_start(Gtk.Label(label={STATUS!r}), False, False, 0)
window.add(box)
window.connect("destroy", Gtk.main_quit)
window.show_all()
Gtk.main()
"""


def main() -> None:
    app = QApplication(sys.argv)
    window = QWidget()
    window.setWindowTitle(sys.argv[1])
    bar, column = QHBoxLayout(), QVBoxLayout(window)
    secret = QLineEdit(PASSWORD)
    secret.setEchoMode(QLineEdit.EchoMode.Password)
    bar.addWidget(QPushButton(BUTTON))
    bar.addWidget(secret)
    column.addLayout(bar)
    text = QTextEdit()
    text.setPlainText(Path(sys.argv[2]).read_text(encoding="utf-8"))
    text.setReadOnly(True)
    column.addWidget(text)
    column.addWidget(QLabel(STATUS))
    window.setGeometry(60, 60, 900, 560)
    window.show()
    app.exec()


if __name__ == "__main__":
    main()
