"""What sleep leaves out: boilerplate, navigation, repeated lines and menus. The originals stay as they are."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping

from core.consolidate.chrome import chrome, sent_to_all
from core.consolidate.sentences import instruction_shaped
from core.memory import OWN_OUTPUT, QUARANTINED, Channel, Facet, Kind, Memory, Trust

READ_AT_MOST = 20_000
"""Characters of one observation that a sleep reads; longer ones are documents, not messages."""
_REPEATED = 0.6
_FRAMES_TO_JUDGE = 5
_BOILERPLATE = re.compile(
    r"\W*|<media omitted>|this message was deleted\.?|you deleted this message\.?|missed (?:voice|video) call.*"
    r"|messages and calls are end-to-end.*"
    r"|(?:we use|this (?:web)?site uses) cookies.*|accept all cookies.*|skip to (?:main )?content|loading\W*"
    r"|(?:sent|gesendet) from my \w+.*|unsubscribe.*|https?://\S+",
    re.IGNORECASE | re.DOTALL,
)
_BY_NOBODY = re.compile(r".{1,60} (?:joined|left|was added|changed the (?:subject|group.{0,20}))\.?", re.IGNORECASE)
"""What a messenger writes itself, under nobody's name."""
_MENU = re.compile(
    r"^\W*(?:(?:file|edit|view|insert|format|tools|window|help|home|search|settings|menu|back|next|previous|share"
    r"|log ?(?:in|out)|sign (?:in|up|out)|close|cancel|ok|reply|forward|like|comment|subscribe|history|bookmarks"
    r"|profile|terminal|selection|go|run)\b\W*)+$",
    re.IGNORECASE,
)


def boilerplate(memory: Memory, common: frozenset[str] = frozenset()) -> bool:
    """Whether nothing is left to read once boilerplate and its application's `common` lines are taken out."""
    if memory.facet is Facet.NOTE:
        return not any(sign.isalnum() for sign in memory.text[:READ_AT_MOST]) and not memory.caption
    if _BOILERPLATE.fullmatch(memory.text[:READ_AT_MOST].strip()) and not memory.caption:
        return True
    if memory.facet not in (Facet.FRAME, Facet.PAGE):
        if not memory.provenance.speaker and not memory.provenance.mine and _BY_NOBODY.fullmatch(memory.text.strip()):
            return True
        return not memory.provenance.mine and sent_to_all(memory.text[:READ_AT_MOST])
    left = readable(memory.text, common)
    return len(left.split()) < 3 or chrome(left)


def readable(text: str, common: frozenset[str] = frozenset()) -> str:
    """The lines worth reading: no menus, no navigation, none of the `common` ones, none twice."""
    seen: set[str] = set()
    kept = []
    for line in text[:READ_AT_MOST].splitlines():
        bare = _bare(line)
        if not bare or bare in common or bare in seen or _MENU.match(line):
            continue
        seen.add(bare)
        kept.append(line.strip())
    return "\n".join(kept)


def common_lines(frames: Iterable[Memory]) -> Mapping[str, frozenset[str]]:
    """For each application, the lines that stand in most of its frames: navigation, toolbars, clocks."""
    seen: dict[str, Counter[str]] = {}
    totals: Counter[str] = Counter()
    for frame in frames:
        app = frame.provenance.app
        totals[app] += 1
        lines = {_bare(line) for line in frame.text[:READ_AT_MOST].splitlines()}
        seen.setdefault(app, Counter()).update(line for line in lines if line)
    return {
        app: frozenset(line for line, n in counter.items() if n >= _REPEATED * totals[app])
        for app, counter in seen.items()
        if totals[app] >= _FRAMES_TO_JUDGE
    }


def quarantined(memory: Memory) -> bool:
    """Whether it is an order to an assistant by someone else's hand; never derived from, never in a prompt."""
    return QUARANTINED in memory.tags or (
        memory.trust is Trust.CAPTURED
        and (not memory.provenance.mine or memory.provenance.channel is Channel.SCREEN)
        and instruction_shaped(f"{memory.text[:READ_AT_MOST]}\n{memory.caption[:READ_AT_MOST]}")
    )


def learnable(memory: Memory) -> bool:
    """Whether anything may be derived from it: never the app's own output, boilerplate, secrets, what was set apart."""
    return (
        memory.observed
        and memory.facet not in OWN_OUTPUT
        and memory.kind is not Kind.SECRET
        and memory.provenance.role not in ("assistant", "system", "tool")
        and not memory.boilerplate
        and QUARANTINED not in memory.tags
    )


def _bare(line: str) -> str:
    """A line without its digits and case: a ticking clock stays the same line."""
    return re.sub(r"[\d\W_]+", " ", line).strip().casefold()
