"""A night in words, for the window and the terminal alike: what its lines are about, and its counts as a sentence."""

from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum

from core.memory import Entry, Operation


class Sort(StrEnum):
    """What a line of the journal is about, most telling first."""

    CONFLICT = "conflict"
    SUPERSEDED = "superseded"
    FACT = "fact"
    COMING = "coming"
    PROFILE = "profile"
    RESOURCE = "resource"
    PROCEDURE = "procedure"
    FOLDED = "folded"
    PROPOSED = "proposed"
    FADED = "faded"
    TOPIC = "topic"
    SUMMARY = "summary"
    LINK = "link"
    OTHER = "other"


TITLES: Mapping[Sort, str] = {
    Sort.CONFLICT: "To settle: two values, and time does not decide",
    Sort.SUPERSEDED: "Superseded",
    Sort.FACT: "Facts found",
    Sort.COMING: "Promises and appointments",
    Sort.PROFILE: "About you",
    Sort.RESOURCE: "Documents and pages",
    Sort.PROCEDURE: "How-tos and routines",
    Sort.FOLDED: "Folded into another",
    Sort.PROPOSED: "Proposed for forgetting",
    Sort.FADED: "Faded: no longer offered, still found",
    Sort.TOPIC: "Topics",
    Sort.SUMMARY: "Summaries",
    Sort.LINK: "Linked",
    Sort.OTHER: "Sorted and settled",
}
"""The words above the lines of each sort."""
COUNTS: Sequence[tuple[str, str, str]] = (
    ("conflicts", "{n} conflict", "{n} conflicts"),
    ("superseded", "{n} fact superseded", "{n} facts superseded"),
    ("facts", "{n} fact found", "{n} facts found"),
    ("promises", "{n} promise found", "{n} promises found"),
    ("appointments", "{n} appointment found", "{n} appointments found"),
    ("called off", "{n} called off", "{n} called off"),
    ("ended", "{n} fact ended", "{n} facts ended"),
    ("profile", "{n} line about you", "{n} lines about you"),
    ("resources", "{n} document or page", "{n} documents and pages"),
    ("procedures", "{n} how-to or routine", "{n} how-tos and routines"),
    ("folded", "{n} folded", "{n} folded"),
    ("episodes", "{n} episode", "{n} episodes"),
    ("topics", "{n} topic", "{n} topics"),
    ("summaries", "{n} summary", "{n} summaries"),
    ("digests", "{n} day summed up", "{n} days summed up"),
    ("weeks", "{n} week summed up", "{n} weeks summed up"),
    ("linked", "{n} link", "{n} links"),
    ("withdrawn", "{n} withdrawn: its source no longer says so", "{n} withdrawn: their sources no longer say so"),
    ("faded", "{n} faded", "{n} faded"),
    ("offered again", "{n} offered again", "{n} offered again"),
    ("proposed", "{n} proposed for forgetting", "{n} proposed for forgetting"),
    ("forgotten", "{n} forgotten by your rule", "{n} forgotten by your rule"),
    ("forgotten", "{n} forgotten, as it was proposed", "{n} forgotten, as they were proposed"),
    ("refused", "{n} lesser word kept out", "{n} lesser words kept out"),
    ("quarantined", "{n} set apart", "{n} set apart"),
    ("quarantined from the model", "{n} reply of the model set apart", "{n} replies of the model set apart"),
    ("requests to the model", "{n} request to the model", "{n} requests to the model"),
)
"""What a night counts and a person wants to know: (name, the words for one, the words for several)."""
_COMING = ("promise", "appointment")
_SUMMARIES = ("summary", "digest", "week")
_ITSELF = ("fact", "profile", "resource", "procedure", "topic")
_STATES = {"superseded": Sort.SUPERSEDED, "faded": Sort.FADED, "to_be_forgotten": Sort.PROPOSED}


def sentence(counts: Mapping[str, int]) -> str:
    """Like "12 folded, 3 facts superseded, 2 conflicts, 1 promise found."."""
    told = [(counts[name], one, many) for name, one, many in COUNTS if counts.get(name)]
    said = [(one if number == 1 else many).format(n=number) for number, one, many in told]
    return f"{', '.join(said)}." if said else "Nothing had to change."


def sort_of(entry: Entry) -> Sort:
    """What an entry is about."""
    after = entry.after
    if "+conflict" in after:
        return Sort.CONFLICT
    state = str(after.get("state") or "")
    if entry.operation is not Operation.ADD and state in _STATES:
        return _STATES[state]
    if after.get("folded_into"):
        return Sort.FOLDED
    about = str(after.get("facet") or entry.before.get("facet") or "")
    if about in _COMING:
        return Sort.COMING
    if about in _SUMMARIES:
        return Sort.SUMMARY
    if about in _ITSELF and entry.operation in (Operation.ADD, Operation.DELETE):
        return Sort(about)
    if entry.step == "topics":
        return Sort.TOPIC
    return Sort.LINK if "+link" in after else Sort.OTHER


def by_sort(entries: Iterable[Entry]) -> dict[Sort, list[Entry]]:
    """The lines under what they are about, most telling first; sorts without lines are left out."""
    found: dict[Sort, list[Entry]] = {sort: [] for sort in Sort}
    for entry in entries:
        found[sort_of(entry)].append(entry)
    return {sort: lines for sort, lines in found.items() if lines}
