"""The shelf's answer as the window shows it."""

from typing import Any

from core.errors import BadInput
from core.inference.download import Published
from core.inference.preparing import Costs
from core.inference.recommend import MIB
from ui.desk import LeftFile, ModelLine, ModelShelf, PublishedModel
from ui.preparing_desk import ModelCosts, ShareCost

_JUDGED = ("fit", "tokens_per_s", "first_word_s", "measured", "problem")


def shown_shelf(listed: dict[str, Any]) -> ModelShelf:
    """Models that are here, then those on offer that are not."""
    here = [
        ModelLine(
            name=one["name"],
            bytes=one["bytes"],
            title=one.get("title", ""),
            used_for=next(iter(one["used_for"]), ""),
            licence=one.get("licence", ""),
            spent=one.get("spent", {}).get("sentence", ""),
            preparable=one.get("preparable", False),
            by_choice=one.get("by_choice", False),
            differs=one.get("differs", ""),
            drafts=one.get("drafts", False),
            no_draft=one.get("no_draft", ""),
            **_judged(one),
        )
        for one in listed["models"]
    ]
    hashes = {one["sha256"] for one in listed["models"]}
    offers = [_offer(one) for one in listed["offers"] if one["sha256"] not in hashes or not one["sha256"]]
    best = listed["recommended"]
    return ModelShelf(
        models=(*here, *offers),
        memory_mb=listed["memory_mb"],
        machine_mb=listed["machine"]["memory_bytes"] // MIB,
        busy=listed["machine"]["measured_while_busy"],
        best=_offer(best) if best["name"] else None,
        best_memory_mb=best.get("memory_mb", 0),
        why_none="" if best["name"] else best["sentence"],
        left=tuple(LeftFile(name=one["name"], bytes=one["bytes"]) for one in listed["left"]),
    )


def shown_costs(name: str, costs: Costs | None) -> ModelCosts:
    """The curve of a model as the window shows it. BadInput where there is nothing to choose."""
    if costs is None:
        raise BadInput("Leaving this model's silent neurons out changes nothing.", "It is prepared without a choice.")
    shares = tuple(
        ShareCost(
            keep=one.keep,
            perplexity=one.perplexity,
            error=one.error,
            same=one.same,
            read_bytes=one.read_bytes,
            tokens_per_s=one.tokens_per_s,
        )
        for one in costs.shares
    )
    whole = costs.whole
    return ModelCosts(
        name=name,
        tokens=costs.tokens,
        read_bytes=whole.read_bytes,
        tokens_per_s=whole.tokens_per_s,
        shares=shares,
    )


def promise(said: PublishedModel) -> Published:
    """What a host said, as it was shown and agreed to."""
    return Published(url=said.url, file=said.file, bytes=said.bytes, sha256=said.sha256, revision=said.revision)


def _offer(one: dict[str, Any]) -> ModelLine:
    return ModelLine(
        name=one["name"],
        bytes=one["bytes"],
        offered=True,
        licence=one["licence"],
        note=one["note"],
        hashed=bool(one.get("sha256", True)),
        **_judged(one),
    )


def _judged(one: dict[str, Any]) -> dict[str, Any]:
    return {name: one[name] for name in _JUDGED if name in one} | {"needed_mb": one.get("memory_needed_mb", 0)}
