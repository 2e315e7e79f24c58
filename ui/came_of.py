"""What an import says afterwards in the window: what was known, what was left out and why."""

from collections import Counter
from collections.abc import Sequence
from typing import Protocol

from ui.words import counted, translate

_REASONS = 3
_NOTICES = 4


class LeftOut(Protocol):
    """A place that was not taken."""

    @property
    def reason(self) -> str:
        """In words."""
        ...


class Came(Protocol):
    """What the window needs of an import's report."""

    @property
    def new(self) -> int:
        """Memories that were not there before."""
        ...

    @property
    def known(self) -> int:
        """Read and there already."""
        ...

    @property
    def skipped(self) -> Sequence[LeftOut]:
        """The first of what was not taken."""
        ...

    @property
    def skipped_count(self) -> int:
        """How many places that were."""
        ...

    @property
    def notices(self) -> Sequence[str]:
        """What else is to be known, in sentences."""
        ...

    @property
    def who_is_it(self) -> Sequence[str]:
        """Who of those who speak the person may be, where that is not known."""
        ...

    @property
    def cancelled(self) -> bool:
        """Whether it was stopped."""
        ...


def came_of(report: Came) -> str:
    """A few sentences about an import."""
    said: list[str] = []
    if report.cancelled:
        said.append(
            translate(
                "CameOf",
                "It was stopped; what came before is kept. The same files again bring the rest, nothing twice.",
            )
        )
    if report.new:
        said.append(translate("CameOf", "They can be found now."))
    if report.known:
        one = translate("CameOf", "{n} was there already.")
        said.append(counted(report.known, one, translate("CameOf", "{n} were there already.")))
    if report.skipped_count:
        reasons = Counter(one.reason for one in report.skipped).most_common(_REASONS)
        one = translate("CameOf", "{n} place was not taken")
        left = counted(report.skipped_count, one, translate("CameOf", "{n} places were not taken"))
        said.append(f"{left}: {'; '.join(reason for reason, _ in reasons)}.")
    said.extend(report.notices[:_NOTICES])
    return " ".join(said)
