"""A conversation that is pasted or comes on standard input: recognised, and kept as its turns."""

from datetime import datetime

from core.assistant.asking import Asking
from core.assistant.intake import Intake
from core.capture.conversation.pasted import Told, told_in
from core.capture.conversation.report import ImportContext
from core.errors import BadInput
from core.memory import Pasted, Saved


class Pasting(Asking):
    """What is pasted. Safe to use from any thread."""

    intake: Intake

    def conversation_in(self, text: str, now: datetime) -> Pasted | None:
        """What would be kept of a text that is surely a conversation; None for any other text. Keeps nothing."""
        told = self._told(text, now)
        if told is None:
            return None
        speakers = tuple(dict.fromkeys(turn.provenance.speaker for turn in told.turns))
        notices = told.notices
        if undated := sum(not turn.at_given for turn in told.turns):
            notices = (*notices, f"{undated} have no date of their own: they take a neighbour's, or this moment.")
        return Pasted(
            format=told.format,
            turns=len(told.turns),
            speakers=speakers,
            skipped=len(told.skipped),
            notices=notices,
        )

    def remember_conversation(self, text: str, now: datetime) -> Saved:
        """Keep each turn of a pasted conversation. Raises BadInput when there is none in it."""
        told = self._told(text, now)
        if told is None:
            raise BadInput("That is no conversation that Mneme is sure of.", "Keep it as a note instead.")
        kept = list(self.intake.keep(told.turns, now))
        return Saved(
            ids=tuple(id for one in kept for id in one.ids),
            known=sum(one.known for one in kept),
            versions=sum(one.versions for one in kept),
            refused=sum(one.refused for one in kept),
        )

    def _told(self, text: str, now: datetime) -> Told | None:
        return told_in(text, ImportContext.of(self.settings.person, now))
