"""What every mapping of a file has in common: unknown keys are refused, with what to write."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from pydantic import BaseModel, ConfigDict, model_validator

from authz_sidecar.located_yaml.json_schema import Before
from authz_sidecar.located_yaml.wording import instead

NOT_YET = "not supported by this version; remove it"


def _refuse_empty_list(value: object) -> object:
    if value == []:
        raise ValueError("the list is empty; write at least one value")
    return value


def _refuse_empty_mapping(value: object) -> object:
    if value == {}:
        raise ValueError("the mapping is empty; write at least one key")
    return value


# pydantic's min_length counts sound items only, and would call a list of unsound ones empty.
NON_EMPTY = Before(_refuse_empty_list, change=lambda schema, _: schema | {"minItems": 1})
"""For fields that are lists with at least one item."""
NON_EMPTY_MAPPING = Before(
    _refuse_empty_mapping, change=lambda schema, _: schema | {"minProperties": 1}
)
"""For fields that are mappings with at least one key."""


@dataclass(frozen=True, slots=True)
class UnknownKey:
    """Stands for the value of an unknown key, so that the problem can say what the model knows."""

    message: str


class Model(BaseModel):
    """A mapping of a file, frozen. Every field is a key, and its docstring says what it does."""

    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        use_attribute_docstrings=True,
        model_title_generator=lambda model: model.__name__.removesuffix("Model"),
    )

    refused: ClassVar[Mapping[str, str]] = {}
    """Keys that are no slips of the pen, and what to say of each instead of "unknown"."""

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
        return cls.refused.get(key) or f"unknown key; {instead(key, cls.model_fields)}"
