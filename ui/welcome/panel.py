"""The first start: what is kept and where, the key, the recovery key, a model or none, what to do first."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QCheckBox, QLabel, QLineEdit, QRadioButton, QStackedWidget, QWidget

from core.errors import Problem
from ui import icons
from ui.bridge import Bridge
from ui.long_work import LongWork
from ui.look import SPACE
from ui.parts.boxes import card, column, row
from ui.parts.buttons import Button, IconLabel
from ui.parts.text import label
from ui.welcome.model import ModelChoice
from ui.welcome.recovery import RecoveryKey
from ui.welcome.session import Door, Step, judge
from ui.words import translate

_WIDTH = 540


def mark(size: int = 56) -> QLabel:
    """The program's mark."""
    made = QLabel()
    made.setPixmap(icons.picture("mneme").pixmap(size, size))
    made.setFixedSize(size, size)
    return made


def in_the_middle(*parts: QWidget) -> QWidget:
    """A narrow column in the middle of the window."""
    inner = QWidget()
    inner.setFixedWidth(_WIDTH)
    inner.setLayout(column(*parts, gap=2 * SPACE))
    outer = QWidget()
    outer.setLayout(column(None, row(None, inner, None), None))
    return outer


def promise(icon: str, title: str, said: str) -> QWidget:
    """One line of what is promised."""
    made = QWidget()
    words = column(label(title, "strong"), label(said, "muted", wrap=True), gap=2)
    line = row(column(IconLabel(icon, 22, "accent"), None), words, gap=14)
    line.setStretch(1, 1)
    made.setLayout(line)
    return made


class WelcomePanel(QWidget):
    """Five pages; `finished` tells what to do first: sample, import, record or nothing."""

    finished = Signal(str)

    def __init__(self, bridge: Bridge, work: LongWork) -> None:
        super().__init__()
        self._bridge = bridge
        self.model = ModelChoice(bridge, work)
        self.model.decided.connect(lambda: self.go(Step.READY))
        self.door = Door(bridge, self)
        self.stack = QStackedWidget()
        self.stack.addWidget(self._what())
        self.stack.addWidget(self._choose_key())
        self.stack.addWidget(self._recovery())
        self.stack.addWidget(self._model())
        self.stack.addWidget(self._ready())
        self.setLayout(column(self.stack))
        self.setFocusProxy(self.begin)
        self.door.made.connect(self._made)
        self.door.refused.connect(self._refused)
        self.door.busy.connect(self._busy)
        bridge.off_thread(lambda desk: desk.keyring(), self, self._know_keyring, lambda _: self._know_keyring(""))

    def _what(self) -> QWidget:
        place = translate("Welcome", "Everything is kept in one folder: {path}").format(path=self._bridge.desk.profile)
        self.begin = Button(translate("Welcome", "Begin"), lambda: self.go(Step.KEY), look="primary")
        return in_the_middle(
            mark(),
            label(translate("Welcome", "A memory of your own"), "title"),
            label(
                translate(
                    "Welcome",
                    "Mneme remembers conversations and what was on your screen, and answers from them.",
                ),
                "muted",
                wrap=True,
            ),
            promise("lock", translate("Welcome", "Encrypted, on this machine only"), place),
            promise(
                "network",
                translate("Welcome", "No network"),
                translate("Welcome", "Nothing is sent anywhere. A model is fetched only when you ask for one."),
            ),
            promise(
                "off",
                translate("Welcome", "Recording is off"),
                translate(
                    "Welcome",
                    "Until you switch it on. Password managers and private windows are excluded from the start.",
                ),
            ),
            promise(
                "forget",
                translate("Welcome", "Forgetting is real"),
                translate("Welcome", "What you forget is gone from the disk, and Mneme shows you the proof."),
            ),
            _actions(self.begin),
        )

    def _choose_key(self) -> QWidget:
        self.with_passphrase = QRadioButton(translate("Welcome", "Ask me for a passphrase"))
        self.with_keyring = QRadioButton(translate("Welcome", "Open with my login (keyring)"))
        self.with_passphrase.setChecked(True)
        self._keyring_said = label(translate("Welcome", "Looking for a keyring …"), "small", wrap=True)
        self.with_keyring.setEnabled(False)
        self.passphrase = _secret(translate("Welcome", "Passphrase"))
        self.again = _secret(translate("Welcome", "The same again"))
        self._wrong = label("", "problem", wrap=True)
        self._wrong.hide()
        self.make = Button(translate("Welcome", "Make my profile"), self._create, look="primary")
        self.again.returnPressed.connect(self._create)
        self.passphrase.returnPressed.connect(self.again.setFocus)
        self.with_keyring.toggled.connect(self._keyring_chosen)
        back = Button(translate("Welcome", "Back"), lambda: self.go(Step.WHAT), look="quiet")
        return in_the_middle(
            label(translate("Welcome", "Who may open it?"), "title"),
            label(
                translate(
                    "Welcome",
                    "The key is made on this machine. Choose what unlocks it; you can add the other later.",
                ),
                "muted",
                wrap=True,
            ),
            card(
                self.with_passphrase,
                self.passphrase,
                self.again,
                SPACE,
                self.with_keyring,
                self._keyring_said,
                gap=10,
            ),
            self._wrong,
            _actions(back, self.make),
        )

    def _recovery(self) -> QWidget:
        self.recovery = RecoveryKey(self._bridge)
        self.written = QCheckBox(translate("Welcome", "I have written it down or saved it elsewhere"))
        self.onward = Button(translate("Welcome", "Continue"), lambda: self.go(Step.MODEL), look="primary")
        self.onward.setEnabled(False)
        self.written.toggled.connect(self.onward.setEnabled)
        return in_the_middle(
            label(translate("Welcome", "Your recovery key"), "title"),
            label(
                translate(
                    "Welcome",
                    "It opens the profile when everything else is lost. It is shown only now. "
                    "Keep it on paper or on another device.",
                ),
                "muted",
                wrap=True,
            ),
            self.recovery,
            self.written,
            _actions(self.onward),
        )

    def _model(self) -> QWidget:
        return in_the_middle(
            label(translate("Welcome", "A model for whole answers?"), "title"),
            label(
                translate(
                    "Welcome",
                    "Mneme answers without one, in your memories' own words. A model writes whole answers from them, "
                    "on this machine. Fetching it is the only time Mneme goes to the network; its hash is checked. "
                    "You can choose later, in Settings.",
                ),
                "muted",
                wrap=True,
            ),
            self.model,
        )

    def _ready(self) -> QWidget:
        sample = translate("Welcome", "Try it with sample memories")
        self.sample = Button(sample, lambda: self._finish("sample"), icon="memories", look="primary")
        bring = Button(translate("Welcome", "Import my conversations …"), lambda: self._finish("import"), icon="import")
        record = Button(translate("Welcome", "Set up recording …"), lambda: self._finish("record"), icon="record")
        done = Button(translate("Welcome", "Start empty"), lambda: self._finish("nothing"), look="quiet")
        choices = QWidget()
        choices.setLayout(column(self.sample, bring, record, gap=10))
        return in_the_middle(
            label(translate("Welcome", "Ready"), "title"),
            label(
                translate(
                    "Welcome",
                    "Some weeks of an invented person's conversations show what Mneme can do; you can forget them "
                    "in one step. Or begin with your own.",
                ),
                "muted",
                wrap=True,
            ),
            choices,
            _actions(done),
        )

    def go(self, step: Step) -> None:
        """Show a page."""
        self.stack.setCurrentIndex(step)
        if step is Step.MODEL:
            self.model.load()
        first = {
            Step.WHAT: self.begin,
            Step.KEY: self.passphrase,
            Step.RECOVERY: self.written,
            Step.MODEL: self.model.skip,
            Step.READY: self.sample,
        }
        first[step].setFocus()

    def _know_keyring(self, name: str) -> None:
        self.with_keyring.setEnabled(bool(name))
        if name:
            said = translate("Welcome", "{keyring} keeps the key while you are logged in; nothing is asked at start.")
            self._keyring_said.setText(said.format(keyring=name))
        else:
            self._keyring_said.setText(
                translate("Welcome", "This session has no keyring that Mneme trusts, so a passphrase is needed.")
            )

    def _keyring_chosen(self, on: bool) -> None:
        self.passphrase.setEnabled(not on)
        self.again.setEnabled(not on)
        self._wrong.hide()

    def _create(self) -> None:
        keyring = self.with_keyring.isChecked()
        wrong = "" if keyring else judge(self.passphrase.text(), self.again.text())
        if wrong:
            self._complain(wrong)
            return
        self._wrong.hide()
        self.door.create(None if keyring else self.passphrase.text(), keyring)

    def _made(self, key: str) -> None:
        self.passphrase.clear()
        self.again.clear()
        self.recovery.show_key(key)
        self.go(Step.RECOVERY)

    def _refused(self, problem: Problem) -> None:
        self._complain(f"{problem.title} {problem.remedy}")

    def _complain(self, text: str) -> None:
        self._wrong.setText(text)
        self._wrong.show()

    def _busy(self, on: bool) -> None:
        self.make.setEnabled(not on)
        text = translate("Welcome", "Making the key …") if on else translate("Welcome", "Make my profile")
        self.make.setText(text)

    def _finish(self, first: str) -> None:
        self.recovery.show_key("")
        self.finished.emit(first)


def _actions(*buttons: QWidget) -> QWidget:
    made = QWidget()
    made.setLayout(row(None, *buttons))
    return made


def _secret(name: str) -> QLineEdit:
    line = QLineEdit()
    line.setEchoMode(QLineEdit.EchoMode.Password)
    line.setPlaceholderText(name)
    line.setAccessibleName(name)
    line.setAlignment(Qt.AlignmentFlag.AlignLeft)
    return line
