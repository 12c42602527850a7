"""Short spellings: a scalar for a mapping or a list, and words of a closed set."""

from enum import StrEnum
from typing import TypeVar

from pydantic import GetJsonSchemaHandler, PlainValidator
from pydantic.json_schema import JsonSchemaValue

from authz_sidecar.located_yaml import Before, instead, scalar, shown

W = TypeVar("W", bound=StrEnum)


_ABOUT_THE_KEY = frozenset({"default", "description"})


def short_for(*keys: str) -> Before:
    """Lets a scalar stand for a mapping in which each of these keys has it."""

    def change(mapping: JsonSchemaValue, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        of_key = handler.resolve_ref_schema(mapping)["properties"][keys[0]]
        scalar = {key: value for key, value in of_key.items() if key not in _ABOUT_THE_KEY}
        return {"anyOf": [scalar, mapping]}

    return Before(
        lambda value: dict.fromkeys(keys, value) if isinstance(value, str) else value,
        change=change,
    )


SHORT_LIST = Before(
    lambda value: [value] if isinstance(value, str) else value,
    change=lambda schema, _: {"anyOf": [schema["items"], schema]},
)
"""Lets a scalar stand for a list with this one item."""


def word(words: type[W], noun: str) -> PlainValidator:
    """The validator of a field that takes one of a few words.

    Args:
        words: the words.
        noun: what messages call one of them.
    """

    def read(text: str) -> W:
        if text not in set(words):
            raise ValueError(f"{shown(text)} is no {noun}; {instead(text, words)}")
        return words(text)

    return scalar(read, {"enum": [each.value for each in words]})
