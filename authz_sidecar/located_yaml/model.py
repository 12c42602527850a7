"""What every mapping of a file has in common: unknown keys are refused, with what to write."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, model_validator

from authz_sidecar.located_yaml.wording import instead

NOT_YET = "not supported by this version; remove it"


def _refuse_empty(value: object) -> object:
    if value == []:
        raise ValueError("the list is empty; write at least one value")
    return value


# pydantic's min_length counts sound items only, and would call a list of unsound ones empty.
NON_EMPTY = BeforeValidator(_refuse_empty)
"""For fields that are lists with at least one item."""


@dataclass(frozen=True, slots=True)
class UnknownKey:
    """Stands for the value of an unknown key, so that the problem can say what the model knows."""

    message: str


class Model(BaseModel):
    """A mapping of a file, frozen. Every field is a key."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    not_yet: ClassVar[frozenset[str]] = frozenset()
    """Keys of the language that this version refuses, as opposed to slips of the pen."""

    @model_validator(mode="before")
    @classmethod
    def _explain_unknown_keys(cls, value: object) -> object:
        if not isinstance(value, Mapping):
            return value
        return {
            key: item if key in cls.model_fields else UnknownKey(cls._message_for(key))
            for key, item in value.items()
        }

    @classmethod
    def _message_for(cls, key: str) -> str:
        if key in cls.not_yet:
            return NOT_YET
        return f"unknown key; {instead(key, cls.model_fields)}"
