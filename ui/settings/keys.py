"""Keys and archives: the passphrase, the recovery key, taking memories along and bringing them in."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFileDialog, QLineEdit, QWidget

from core.errors import Problem
from core.memory import ExportReport, MergeReport
from ui import words
from ui.bridge import Bridge
from ui.long_work import LongWork
from ui.look import SPACE
from ui.parts.boxes import card, column, row
from ui.parts.buttons import Button
from ui.parts.text import label
from ui.passphrase import ask_again
from ui.welcome.recovery import RecoveryKey
from ui.words import counted, translate


def secret_line(name: str) -> QLineEdit:
    """A line that does not show what is typed."""
    line = QLineEdit()
    line.setEchoMode(QLineEdit.EchoMode.Password)
    line.setPlaceholderText(name)
    line.setAccessibleName(name)
    line.setMaximumWidth(320)
    return line


class Keys(QWidget):
    """The passphrase and the recovery key."""

    def __init__(self, bridge: Bridge) -> None:
        super().__init__()
        self._bridge = bridge
        self._old = secret_line(translate("Keys", "Passphrase now (empty: there is none)"))
        self._new = secret_line(translate("Keys", "New passphrase"))
        self._again = secret_line(translate("Keys", "New passphrase again"))
        self._said = label("", "problem", wrap=True)
        change = Button(translate("Keys", "Change the passphrase"), self._change)
        self._recovery = RecoveryKey(bridge)
        self._recovery.hide()
        renew = Button(translate("Keys", "Make a new recovery key"), self._renew, icon="key")
        self.setLayout(
            column(
                card(
                    label(translate("Keys", "Passphrase"), "heading"),
                    label(translate("Keys", "It opens this profile. Nobody can look it up for you."), "muted"),
                    self._old,
                    self._new,
                    self._again,
                    self._said,
                    row(change, None),
                    gap=10,
                ),
                card(
                    label(translate("Keys", "Recovery key"), "heading"),
                    label(
                        translate("Keys", "Opens the profile when the passphrase is lost. A new one ends the old."),
                        "muted",
                        wrap=True,
                    ),
                    self._recovery,
                    row(renew, None),
                    gap=10,
                ),
                gap=2 * SPACE,
            )
        )
        self._said.hide()

    def clear(self) -> None:
        """Hold nothing."""
        for line in (self._old, self._new, self._again):
            line.clear()
        self._recovery.show_key("")
        self._recovery.hide()

    def _change(self) -> None:
        if self._new.text() != self._again.text():
            self._complain(translate("Keys", "The two new ones are not the same."))
            return
        if len(self._new.text()) < 8:
            self._complain(translate("Keys", "Eight characters at least; a few words are best."))
            return
        old, new = self._old.text() or None, self._new.text()

        def done(_: object) -> None:
            self.clear()
            self._said.hide()
            self._bridge.tell(translate("Keys", "The passphrase is changed."))

        def failed(problem: Problem) -> None:
            self._complain(f"{problem.title} {problem.remedy}")

        self._bridge.off_thread(lambda desk: desk.change_passphrase(old, new), self, done, failed)

    def _complain(self, text: str) -> None:
        self._said.setText(text)
        self._said.show()

    def _renew(self) -> None:
        def done(key: str) -> None:
            self._recovery.show_key(key)
            self._recovery.show()

        def verified(passphrase: str | None) -> None:
            self._bridge.off_thread(lambda desk: desk.new_recovery_key(passphrase), self, done)

        why = translate("Keys", "A new recovery key opens this profile and ends the old one.")
        ask_again(self._bridge, self, why, self.window(), verified)


class Archives(QWidget):
    """Export and import, with progress."""

    imported = Signal()

    def __init__(self, bridge: Bridge, work: LongWork) -> None:
        super().__init__()
        self._bridge, self._work = bridge, work
        self.passphrase = secret_line(translate("Archives", "Passphrase of the archive"))
        export = Button(translate("Archives", "Export everything …"), self._choose_target, icon="export")
        bring = Button(translate("Archives", "Import an archive …"), self._choose_archive, icon="import")
        chats = Button(translate("Archives", "Import conversations …"), self._choose_chats, icon="import")
        self.setLayout(
            column(
                card(
                    label(translate("Archives", "Archive"), "heading"),
                    label(
                        translate(
                            "Archives",
                            "One encrypted file with everything, to keep or to take to another machine. "
                            "Secrets stay here. Bringing it in twice adds nothing twice.",
                        ),
                        "muted",
                        wrap=True,
                    ),
                    self.passphrase,
                    row(export, bring, None),
                    gap=10,
                ),
                card(
                    label(translate("Archives", "Conversations"), "heading"),
                    label(
                        translate(
                            "Archives",
                            "Exports as downloaded (ChatGPT, Claude, Gemini, WhatsApp, Telegram, Signal, Slack, "
                            "Discord), meeting transcripts, mail, plain text. The same file twice adds nothing. A "
                            "folder that takes in what is dropped into it: under Recording.",
                        ),
                        "muted",
                        wrap=True,
                    ),
                    row(chats, None),
                    gap=10,
                ),
                gap=2 * SPACE,
            )
        )

    def export(self, path: Path, passphrase: str) -> None:
        """Write an archive there, encrypted under this passphrase."""
        now = self._bridge.now()

        def done(report: ExportReport) -> None:
            one, many = (
                translate("Archives", "{n} memory exported."),
                translate("Archives", "{n} memories exported."),
            )
            said = translate("Archives", "{size}, written and read back.").format(size=words.size(report.bytes))
            self._bridge.tell(counted(report.memories, one, many), said)
            self.passphrase.clear()

        self._work.begin(
            translate("Archives", "Exporting"),
            lambda assistant, progress, stopped: assistant.export(
                path, now, passphrase=passphrase, replace_file=True, told=progress, cancelled=stopped
            ),
            done,
        )

    def bring(self, path: Path, passphrase: str | None) -> None:
        """Merge an archive."""
        now = self._bridge.now()

        def done(report: MergeReport) -> None:
            one, many = (
                translate("Archives", "{n} memory added."),
                translate("Archives", "{n} memories added."),
            )
            known = translate("Archives", "{n} were here already.").format(n=report.known)
            self._bridge.tell(counted(report.added, one, many), known)
            self.passphrase.clear()
            self.imported.emit()

        self._work.begin(
            translate("Archives", "Importing an archive"),
            lambda assistant, progress, stopped: assistant.import_archive(
                path, now, passphrase=passphrase, told=progress, cancelled=stopped
            ),
            done,
        )

    def _choose_target(self) -> None:
        if not self.passphrase.text():
            self.passphrase.setFocus()
            self._bridge.tell(
                translate("Archives", "An archive needs a passphrase."),
                translate("Archives", "Write one in the field above; the archive opens with it anywhere."),
            )
            return
        name, _ = QFileDialog.getSaveFileName(
            self.window(),
            translate("Archives", "Export"),
            "mneme.mneme",
            translate("Archives", "Archives (*.mneme)"),
        )
        if name:
            self.export(Path(name), self.passphrase.text())

    def _choose_archive(self) -> None:
        name, _ = QFileDialog.getOpenFileName(
            self.window(),
            translate("Archives", "Import"),
            "",
            translate("Archives", "Archives (*.mneme);;All files (*)"),
        )
        if name:
            self.bring(Path(name), self.passphrase.text() or None)

    def _choose_chats(self) -> None:
        names, _ = QFileDialog.getOpenFileNames(self.window(), translate("Archives", "Import conversations"))
        self._work.import_files([Path(name) for name in names], self.imported.emit)
