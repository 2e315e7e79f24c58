"""What is coming up: appointments and promises in labelled sentences, shown until they are past and never after."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta

from app.bench.outside import Outside, outside
from app.bench.row import Row
from app.bench.sleep.facts import PRECISION, RECALL, imported, listed
from app.bench.sleep.labels import Tally, foreseen
from app.bench.sleep.setting import HALVES, Setting, half, labelled, slept
from app.commands.request import JSON

_FACETS = ("promise", "appointment")


def rows(setting: Setting) -> Iterable[Row]:
    """Precision and recall by half; how many are shown while they are to come, and after. Raises Problem."""
    lines = labelled("coming.jsonl")
    with outside() as place, setting.bar.over("Learning what is coming up", 1):
        imported(place, lines)
        slept(place, min(datetime.fromisoformat(line["at"]) for line in lines) + timedelta(days=1))
        kept = listed(place)
        yield from _halves(lines, kept)
        yield from _shown(place, [one for one in kept if one["facet"] in _FACETS and one["state"] != "superseded"])


def _halves(lines: Sequence[JSON], kept: Sequence[JSON]) -> Iterator[Row]:
    found = _by_line(kept)
    whole = Tally()
    for each in HALVES:
        tally = Tally()
        for line in lines:
            if half(line["id"]) == each:
                tally = tally.add(foreseen(found.get(line["id"], []), line))
        whole = whole.add(tally)
        yield from tally.rows("coming up", each, precision=PRECISION, recall=RECALL)
    yield from whole.rows("coming up", "all", precision=PRECISION, recall=RECALL)


def _by_line(kept: Sequence[JSON]) -> Mapping[str, list[JSON]]:
    ids = {one["memory"]: one["id"] for one in kept}
    found: dict[str, list[JSON]] = defaultdict(list)
    for one in kept:
        if one["facet"] in _FACETS:
            for source in one["sources"]:
                found[ids.get(source, "")].append(one)
    return found


def _shown(place: Outside, foreseen_ones: Sequence[JSON]) -> Iterator[Row]:
    """Asked an hour before the last moment of each and an hour after it."""
    before = after = 0
    for one in foreseen_ones:
        ends = datetime.fromisoformat(one["valid_to"])
        before += one["memory"] in _asked(place, ends - timedelta(minutes=1))
        after += one["memory"] in _asked(place, ends + timedelta(minutes=1))
    n = len(foreseen_ones)
    yield Row(name="shown a minute before it is past", value=before / max(1, n), unit="share", n=n, target=1.0)
    yield Row(name="shown a minute after", value=float(after), unit="entries", n=n, target=0.0)


def _asked(place: Outside, now: datetime) -> set[str]:
    said = [line for _, line in place.lines("coming-up", "--json", "--now", now.isoformat())][-1]
    return {str(one["memory"]) for one in said["coming_up"]}
