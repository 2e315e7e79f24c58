"""Where a sleep stands, as its run keeps it: the stage, the cursor in it, how far it reads, what time it has used."""

import json
from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What a run that was cut off goes on from."""

    stage: str = ""
    """The stage's name; empty: at the beginning; `END`: after the last one."""
    cursor: str = ""
    upto: int = 0
    """Observations saved later are left for the next round."""
    used: timedelta = timedelta()
    """How long the sleep has been at work in `night`."""
    night: str = ""

    def written(self) -> str:
        """For the run's `step`."""
        return json.dumps(
            {
                "stage": self.stage,
                "cursor": self.cursor,
                "upto": self.upto,
                "used_s": round(self.used.total_seconds(), 3),
                "night": self.night,
            }
        )


END = "end"


def standing(step: str) -> Standing:
    """What a run's `step` says; an older Mneme wrote `stage|cursor|upto`."""
    if step.startswith("{"):
        held = json.loads(step)
        return Standing(
            stage=held["stage"],
            cursor=held["cursor"],
            upto=held["upto"],
            used=timedelta(seconds=held["used_s"]),
            night=held["night"],
        )
    stage, _, rest = step.partition("|")
    cursor, _, upto = rest.rpartition("|")
    return Standing(stage=stage, cursor=cursor, upto=int(upto or 0))
