"""A model's reply read strictly: one flat schema, or nothing of it."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

LONGEST = 20_000
"""Characters of a reply that is looked at; what is longer was not asked for."""

Relation = Literal["extends", "transforms", "implies"]
RELATIONS: tuple[Relation, ...] = ("extends", "transforms", "implies")


class Item(BaseModel):
    """One thing a model says it read. Nothing in it is believed before it has been found in its source."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    source: str = Field(pattern=r"^S[1-9]\d{0,2}$")
    kind: Literal["fact", "preference", "promise", "appointment", "extends", "transforms", "implies"]
    subject: str = Field(max_length=80)
    attribute: str = Field(max_length=60)
    value: str = Field(max_length=200)
    evidence: str = Field(max_length=500)
    when: str = Field(default="", pattern=r"^(\d{4}-\d\d-\d\d)?$")


class _Reply(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    items: list[Item] = Field(max_length=100)


def items(reply: str) -> list[Item] | None:
    """The items of a reply; None when it is not, from its first to its last sign, what was asked for."""
    if len(reply) > LONGEST:
        return None
    try:
        return _Reply.model_validate_json(reply.strip().encode("utf-8", "replace")).items
    except ValidationError:
        return None
