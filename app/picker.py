"""What each model would do on this machine: fits, streams at so many tokens a second, or is too slow."""

import math
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from core.errors import Problem
from core.inference.catalog import Offer
from core.inference.planned import ModelFile, planned, read_model
from core.inference.recommend import MIB, Machine, memory_for_model, recommend
from core.inference.stream.costs import CONTEXT_TOKENS
from core.inference.stream.neurons.preparable import Neurons, preparable
from core.inference.stream.pages import can_stream
from core.inference.stream.plan import Plan, Way
from core.inference.stream.speeds import USUAL, Speeds
from core.inference.stream.verdict import Fit, Need, Verdict, verdict, verdict_of
from core.settings import Settings

_STEP_MB = 256
_USUAL_MB = Settings().model.memory_mb


class Picker:
    """Judges models for one machine, one share of its memory and the speeds measured on it. Pure but for the files."""

    def __init__(
        self,
        machine: Machine,
        *,
        memory_mb: int,
        speeds: Speeds = USUAL,
        streams: bool | None = None,
    ) -> None:
        self.machine, self.memory_mb = machine, memory_mb
        self.speeds = speeds
        self._can_stream = can_stream() if streams is None else streams

    def of_file(self, path: Path, measured: dict[str, Any] | None, *, drafter: Path | None = None) -> dict[str, Any]:
        """What a model file is and would do here, as JSON; what is wrong with it where it cannot be used.

        `drafter`: the model that drafts beside it.
        """
        try:
            model = read_model(path)
        except Problem as problem:
            return {"problem": str(problem)}
        facts = model.layout.facts
        said = {"title": facts.name, "architecture": facts.architecture, "parameters": facts.parameters}
        said |= {"quantisation": facts.quantisation, "licence": facts.licence, "embedder": facts.is_embedder}
        if facts.is_embedder:
            return said
        made = self._planned(model, drafter)
        found = said | self._json(verdict_of(made, self.speeds), measured)
        if made.way is Way.DENSE and (neurons := preparable(model.layout)):
            found["preparable"] = True
            found["by_choice"] = neurons is Neurons.GATED
        if model.prepared is not None and model.prepared.gated is not None:
            found["differs"] = model.prepared.gated.sentence
        if made.no_draft:
            found["no_draft"] = made.no_draft
        return found

    def why_no_draft(self, large: ModelFile, small: Path) -> str:
        """Why a model cannot draft for another with this memory, as a sentence; empty when it can."""
        return self._planned(large, small).no_draft

    def _planned(self, model: ModelFile, drafter: Path | None) -> Plan:
        beside, why = None, ""
        if drafter is not None:
            try:
                beside = read_model(drafter)
            except Problem as problem:
                why = f"{drafter.name} cannot draft. {problem.title}"
        made = planned(
            model,
            budget_bytes=self.memory_mb * MIB,
            speeds=self.speeds,
            streams=self._can_stream,
            drafter=beside,
        )
        return replace(made, no_draft=why) if why else made

    def of_offer(self, offer: Offer) -> dict[str, Any]:
        """What a model on offer would do here, as JSON."""
        return self._json(self._verdict(offer, self.memory_mb), None)

    def recommended(self, offers: Sequence[Offer]) -> dict[str, Any]:
        """The one offer that suits this machine, with the memory to give it, or why there is none."""
        memory_mb = memory_for_model(self.machine) // MIB
        found = recommend([(offer, self._verdict(offer, memory_mb)) for offer in offers], self.machine)
        if found.offer is None or found.verdict is None:
            return {"name": "", "sentence": found.sentence}
        return {
            "name": found.offer.name,
            "bytes": found.offer.bytes,
            "licence": found.offer.licence,
            "note": found.offer.note,
            "memory_mb": _given(found.verdict, memory_mb),
            **self._json(found.verdict, None),
        }

    def _verdict(self, offer: Offer, memory_mb: int) -> Verdict:
        need = Need(
            bytes=offer.bytes,
            parameters=offer.parameters,
            active=offer.active,
            layers=offer.layers,
            cache_bytes_per_token=offer.cache_bytes_per_token,
        )
        return verdict(
            need,
            budget_bytes=memory_mb * MIB,
            context_tokens=min(CONTEXT_TOKENS, offer.context),
            speeds=self.speeds,
            can_stream=self._can_stream,
        )

    def _json(self, found: Verdict, measured: dict[str, Any] | None) -> dict[str, Any]:
        """A verdict's figures; those of an actual run with the same memory take the place of the estimate."""
        told = measured or {}
        ran = told.get("memory_mb") == self.memory_mb and "tokens_per_s" in told and found.fit is not Fit.CANNOT
        if ran:
            fast, soon = told["tokens_per_s"], told.get("first_word_s", found.first_word_s)
            found = replace(found, tokens_per_s=fast, first_word_s=soon, sentence=_as_measured(found.fit, fast, soon))
        return {
            "fit": found.fit.value,
            "tokens_per_s": round(found.tokens_per_s, 2),
            "first_word_s": round(found.first_word_s, 1) if math.isfinite(found.first_word_s) else None,
            "memory_needed_mb": math.ceil(found.bytes_needed / MIB),
            "measured": ran,
            "sentence": found.sentence,
        }


def _given(found: Verdict, most_mb: int) -> int:
    """What to give a model: all it can use, and not less than is usual where the machine has it."""
    needed = math.ceil(found.bytes_needed / MIB / _STEP_MB) * _STEP_MB
    return most_mb if found.fit is not Fit.FITS else min(most_mb, max(_USUAL_MB, needed))


def _as_measured(fit: Fit, tokens_per_s: float, first_word_s: float) -> str:
    begin = {Fit.FITS: "fits", Fit.STREAMS: "streams"}.get(fit, "slow")
    return f"{begin}: {tokens_per_s:.1f} tokens/s and the first word after {first_word_s:.1f} s when it last answered"
