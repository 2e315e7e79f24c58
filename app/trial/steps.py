"""The trial's steps, each over the same commands as the terminal, each with what it should come to."""

import base64
import json
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path

from app.commands.request import JSON
from app.trial.place import Place
from core.memory import Facet, Selection
from core.paths import RESOURCES

NOW = "2026-09-19T20:00:00+01:00"
"""Shortly after the sample's end, so that the same comes out on every day."""
SAMPLE = RESOURCES / "sample"
_TOLD = ("facts", "fold", "fade", "profile", "filter", "summaries")
"""The steps of a sleep that are shown line by line; the others are counted."""
_ASKED_TO_FORGET = "How much did the repair of the kiln cost?"


@dataclass(slots=True, kw_only=True)
class Step:
    """What a step did: `said` in one sentence, `shown` for the eye, `facts` for machines."""

    name: str
    ok: bool
    said: str
    facts: JSON = field(default_factory=dict)
    shown: list[JSON] = field(default_factory=list)
    seconds: float = 0.0

    def as_json(self) -> JSON:
        """One element of `steps`."""
        return {
            "step": self.name,
            "ok": self.ok,
            "said": self.said,
            "seconds": round(self.seconds, 2),
            **self.facts,
            "shown": self.shown,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """What the steps work with."""

    first: Place
    second: Place
    folder: Path
    passphrase: str
    now: str

    @property
    def archive(self) -> Path:
        """Where the export goes."""
        return self.folder / "memory.mneme"


def _lines(name: str) -> list[JSON]:
    return [json.loads(line) for line in (SAMPLE / name).read_text(encoding="utf-8").splitlines() if line.strip()]


def take_in(course: Course) -> Step:
    """Import the conversations; every turn is there, with its vector."""
    turns = _lines("conversations.jsonl")
    result = course.first.run("import", {"files": [str(SAMPLE / "conversations.jsonl")]})
    status = course.first.run("status")
    ok = result["new"] == len(turns) and not result["skipped"] and not status["without_vector"]
    said = f"{result['new']} turns of {len({turn['conversation'] for turn in turns})} conversations are kept."
    facts = {"turns": result["new"], "without_vector": status["without_vector"]}
    return Step(name="Take in", ok=ok, said=said, facts=facts)


def read_screens(course: Course) -> Step:
    """Read the pictures of screens; each is kept as words and as an encrypted picture."""
    wanted = _lines("screens.jsonl")
    files = [str(SAMPLE / one["file"]) for one in wanted]
    result = course.first.run("import", {"files": files})
    frames = course.first.host.assistant.memories(Selection(facets=(Facet.FRAME,), newest_first=False))
    shown: list[JSON] = [
        {
            "app": frame.provenance.app,
            "window": frame.provenance.window,
            "at": frame.at.isoformat(),
            "words": len(frame.text.split()),
            "text": " ".join(frame.text.split())[:200],
            "masked": frame.masked,
            "picture_bytes": len(course.first.host.assistant.picture(frame.picture)) if frame.picture else 0,
        }
        for frame in frames
    ]
    ok = result["new"] == len(wanted) == len(frames) and all(one["picture_bytes"] for one in shown)
    words = sum(one["words"] for one in shown)
    said = f"{len(shown)} pictures of screens were read: {words} words, {sum(one['masked'] for one in shown)} masked."
    return Step(name="Read the screen", ok=ok, said=said, facts={"pictures": len(shown), "words": words}, shown=shown)


def sleep(course: Course) -> Step:
    """One sleep; what it did is shown as a diff and each line can be taken back."""
    run = course.first.run("sleep")
    steps = Counter(entry["step"] for entry in run["entries"])
    entries = [entry for entry in run["entries"] if entry["step"] in _TOLD]
    texts = {one.id: one.text for one in course.first.host.assistant.many([entry["memory"] for entry in entries])}
    shown = [
        {
            "operation": entry["operation"],
            "step": entry["step"],
            "text": " ".join(str(entry["after"].get("text") or texts.get(entry["memory"], "")).split())[:200],
            "what": str(entry["after"].get("facet") or entry["after"].get("state") or ""),
            "reason": entry["reason"],
            "rests_on": len(entry["sources"]),
        }
        for entry in entries
    ]
    made = [one for one in shown if one["what"] in (Facet.FACT, Facet.PROMISE, Facet.APPOINTMENT)]
    ok = run["state"] == "done" and bool(made) and run["counts"].get("episodes", 0) > 0
    said = f"One sleep: {len(run['entries'])} changes, each in the journal, each can be taken back."
    facts = {"run": run["run"], "counts": run["counts"], "entries_by_step": dict(steps)}
    return Step(name="Sleep on it", ok=ok, said=said, facts=facts, shown=shown)


def answer(course: Course) -> Step:
    """Five questions; the answer is as it should be, with its grounds, or there is honestly none."""
    shown: list[JSON] = []
    for line in _lines("questions.jsonl"):
        found = course.first.run("ask", {"question": line["question"]}, now=line.get("now") or course.now)
        text = found["answer"].casefold()
        right = (
            bool(found["abstained"] == line["abstained"])
            and all(str(word).casefold() in text for word in line["contains"])
            and not any(str(word).casefold() in text for word in line["without"])
            and (found["abstained"] or bool(found["grounds"]))
        )
        shown.append(
            {
                "question": line["question"],
                "about": line["about"],
                "answer": found["answer"],
                "abstained": found["abstained"],
                "grounds": found["grounds"],
                "rests_on": _grounds(course.first, found["grounds"]),
                "right": right,
                "took_ms": found["took_ms"],
            }
        )
    right = sum(one["right"] for one in shown)
    said = f"{right} of {len(shown)} questions were answered as they should be."
    return Step(name="Ask", ok=right == len(shown), said=said, facts={"right": right, "of": len(shown)}, shown=shown)


def _grounds(place: Place, ids: Iterable[str]) -> list[JSON]:
    named = [memory for id in ids for memory in place.host.assistant.named(id)]
    return [
        {
            "who": one.provenance.speaker or one.provenance.app,
            "at": one.at.isoformat(),
            "text": " ".join(one.text.split())[:160],
        }
        for one in named
    ]


def carry(course: Course) -> Step:
    """Export encrypted, import into an empty profile, compare both by content."""
    packed = course.first.run("export", {"file": str(course.archive), "archive_passphrase": course.passphrase})
    taken = course.second.run("import", {"files": [str(course.archive)], "archive_passphrase": course.passphrase})
    here, there = (place.run("status")["content_hash"] for place in (course.first, course.second))
    again = course.second.run("import", {"files": [str(course.archive)], "archive_passphrase": course.passphrase})
    ok = here == there and packed["memories"] == taken["added"] and not again["added"]
    same = "are the same" if here == there else "differ"
    said = (
        f"{packed['memories']} memories and {packed['pictures']} pictures went out in an encrypted archive and into "
        f"an empty profile; both {same}. A second import added {again['added']}."
    )
    facts = {
        "memories": packed["memories"],
        "pictures": packed["pictures"],
        "archive_bytes": packed["bytes"],
        "content_hash": here,
        "content_hash_there": there,
        "added_again": again["added"],
    }
    return Step(name="Carry it over", ok=ok, said=said, facts=facts)


def look_for_traces(course: Course) -> Step:
    """Search every file of both profiles and the archive for sentences that were kept."""
    sentences = _canaries(course.first)
    needles = [needle for sentence in sentences for needle in spellings(sentence)]
    files = [*course.first.files(), *course.second.files(), course.archive]
    hits = _found_in(files, needles)
    control = _found_in([SAMPLE / "conversations.jsonl"], needles)
    size = sum(file.stat().st_size for file in files)
    ok = hits == 0 and control >= 3
    said = (
        f"{len(sentences)} kept sentences in {len(needles)} spellings were looked for in {len(files)} files "
        f"({size / 2**20:.0f} MB): {hits} found. In the sample's own readable file: {control}."
    )
    return Step(name="Nothing readable", ok=ok, said=said, facts={"files": len(files), "bytes": size, "hits": hits})


def _found_in(files: Iterable[Path], needles: list[bytes]) -> int:
    return sum(data.count(needle) for file in files for data in (file.read_bytes(),) for needle in needles)


def _canaries(place: Place) -> list[str]:
    found = place.host.assistant.memories(Selection(facets=(Facet.TURN, Facet.FRAME)))
    longest = sorted((line for one in found for line in one.text.splitlines()), key=len, reverse=True)
    return longest[:6]


def spellings(text: str) -> list[bytes]:
    """How a text could lie in a file: UTF-8, UTF-16, and base64 at each of its three alignments."""
    plain = text.encode()
    shifted = (base64.b64encode(b"\0" * shift + plain)[4:-4] for shift in range(3))
    return [plain, text.encode("utf-16-le"), *shifted]


def forget(course: Course) -> Step:
    """Forget what one answer rests on; it is out of every place, and not answered any more."""
    found = course.first.run("ask", {"question": _ASKED_TO_FORGET})
    ids = [memory.id for id in found["grounds"] for memory in course.first.host.assistant.named(id)]
    text = course.first.host.assistant.memory(ids[0]).text if ids else ""
    gone = course.first.run("forget", {"ids": ids})
    places = gone["proof"]["places"]
    after = course.first.run("ask", {"question": _ASKED_TO_FORGET})
    back = course.first.run("import", {"files": [str(SAMPLE / "conversations.jsonl")]})
    ok = (
        bool(gone["forgotten"])
        and any(place["before"] for place in places.values())
        and not any(place["after"] for place in places.values())
        and not set(after["grounds"]) & set(found["grounds"])
        and back["refused"] == len(gone["forgotten"])
    )
    said = (
        f"{len(gone['forgotten'])} memory and {len(gone['derived'])} derived from it are gone; "
        f"the sample imported once more brings back {len(gone['forgotten']) - back['refused']}."
    )
    shown = [{"place": name, **counted} for name, counted in places.items()]
    facts = {
        "question": _ASKED_TO_FORGET,
        "forgotten_text": " ".join(text.split()),
        "answer_after": after["answer"],
        "remaining": gone["proof"]["remaining"],
        "derived": len(gone["derived"]),
    }
    return Step(name="Forget", ok=ok, said=said, facts=facts, shown=shown)


STEPS: tuple[tuple[str, Callable[[Course], Step]], ...] = (
    ("Take in", take_in),
    ("Read the screen", read_screens),
    ("Sleep on it", sleep),
    ("Ask", answer),
    ("Carry it over", carry),
    ("Nothing readable", look_for_traces),
    ("Forget", forget),
)
