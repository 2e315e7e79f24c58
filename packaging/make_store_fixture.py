"""Writes tests/data/stores/vN: a small profile as schema N stores it, for every later version to open."""

import json
import shutil
import sys
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(PROJECT))

from core.memory import Channel, Draft, Facet, Kind, Provenance  # noqa: E402 - the project is not installed
from core.paths import ProfilePaths  # noqa: E402
from core.store import memories  # noqa: E402
from core.store.keys import Cost  # noqa: E402
from core.store.migrations import NEWEST  # noqa: E402
from core.store.profile import Profile  # noqa: E402

PASSPHRASE = "a passphrase for tests"
BEGAN = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
TEXTS = (
    "The boiler was serviced on Monday.",
    "Grüße aus Köln: der Zug kommt um 17:42.",
    "買い物: 牛乳と卵",
    "🙂 see you at eight",
    "\n\n".join(
        f"{room}: " + "measure the walls and the windows, write both down. " * 9 for room in ("Hall", "Attic", "Cellar")
    ),
)


def drafts() -> list[Draft]:
    """Turns of one invented conversation, a quarter of an hour apart."""
    return [
        Draft(
            text=text,
            at=BEGAN + timedelta(minutes=15 * number),
            facet=Facet.TURN,
            kind=Kind.EPISODIC,
            provenance=Provenance(
                channel=Channel.CONVERSATION, conversation="fixture", external_id=f"t{number}", speaker="Robin"
            ),
        )
        for number, text in enumerate(TEXTS)
    ]


def main() -> None:
    """Refuses to replace a version that is already there: those files are history."""
    target = PROJECT / "tests" / "data" / "stores" / f"v{NEWEST}"
    if target.exists() and "--replace" not in sys.argv[1:]:
        sys.exit(f"{target.name} is there; --replace only while its schema has not been released.")
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder) / "profile"
        quick = Cost(memory_kib=1024, passes=1, lanes=1)
        profile, _ = Profile.create(ProfilePaths(root), passphrase=PASSPHRASE, cost=quick)
        vault = profile.open_vault(clock=lambda: BEGAN.timestamp())
        memories.save(vault, drafts(), BEGAN + timedelta(hours=2))
        vault.close()
        shutil.rmtree(target, ignore_errors=True)
        target.mkdir(parents=True)
        for name in ("vault.db", "profile.json", "commits.bin"):
            shutil.copyfile(root / name, target / name)
    expected = {"passphrase": PASSPHRASE, "schema": NEWEST, "texts": TEXTS}
    (target / "expected.json").write_text(json.dumps(expected, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    print(f"wrote {target.relative_to(PROJECT)}")


if __name__ == "__main__":
    main()
