"""A regular expression that is compiled when it is first needed: most commands need none of the hundred there are."""

import re
import sys
from collections.abc import Callable, Iterator


class Pattern:
    """As `re.Pattern`, at the cost of a string until the first call. Safe to use from any thread."""

    __slots__ = ("_compiled", "flags", "pattern")

    def __init__(self, pattern: str, flags: int = 0) -> None:
        self.pattern = pattern
        self.flags = flags
        self._compiled: re.Pattern[str] | None = None

    @property
    def compiled(self) -> re.Pattern[str]:
        """The expression itself, for a loop that asks it very often."""
        found = self._compiled
        if found is None:
            found = self._compiled = re.compile(self.pattern, self.flags)
        return found

    def match(self, text: str, begin: int = 0) -> re.Match[str] | None:
        """Whether the text from `begin` on starts with it."""
        return self.compiled.match(text, begin)

    def search(self, text: str, begin: int = 0, end: int = sys.maxsize) -> re.Match[str] | None:
        """Where it stands first, from `begin` on and before `end`."""
        return self.compiled.search(text, begin, end)

    def finditer(self, text: str) -> Iterator[re.Match[str]]:
        """Everywhere it stands."""
        return self.compiled.finditer(text)

    def findall(self, text: str) -> list[str]:
        """Everything it finds, of an expression with at most one group."""
        return self.compiled.findall(text)

    def split(self, text: str) -> list[str]:
        """What stands between."""
        return self.compiled.split(text)

    def sub(self, by: str | Callable[[re.Match[str]], str], text: str, count: int = 0) -> str:
        """The text with each one replaced."""
        return self.compiled.sub(by, text, count)
