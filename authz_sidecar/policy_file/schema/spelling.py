"""Short spellings: a scalar for a mapping or a list, and words of a closed set."""

from enum import StrEnum
from typing import TypeVar

from pydantic import BeforeValidator, PlainValidator

from authz_sidecar.located_yaml import instead, scalar, shown

W = TypeVar("W", bound=StrEnum)


def short_for(key: str) -> BeforeValidator:
    """Lets a scalar stand for a mapping with this one key."""
    return BeforeValidator(lambda value: {key: value} if isinstance(value, str) else value)


def short_for_all(*keys: str) -> BeforeValidator:
    """Lets a scalar stand for a mapping in which each of these keys has it."""
    return BeforeValidator(
        lambda value: dict.fromkeys(keys, value) if isinstance(value, str) else value
    )


SHORT_LIST = BeforeValidator(lambda value: [value] if isinstance(value, str) else value)
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

    return scalar(read)
