"""Strict scalars: how text becomes a typed value, and what to write where it does not.

A reader takes the text and returns the value or raises a ValueError with the message for the
person who wrote it. The annotated types are for fields of models.
"""

import re
from collections.abc import Callable
from typing import Annotated, TypeVar

from pydantic import PlainValidator, WithJsonSchema
from pydantic.json_schema import JsonSchemaValue

from authz_sidecar.located_yaml.json_schema import text_schema
from authz_sidecar.located_yaml.tree import NO_VALUE, Empty, kind_of
from authz_sidecar.located_yaml.wording import shown

T = TypeVar("T")

TEXT_SCHEMA = text_schema("text", digits=True)
ID_PATTERN = "^[a-z0-9_-]{1,64}$"

_INTEGER = re.compile(r"0|[1-9][0-9]{0,17}")
_ID = re.compile(r"[a-z0-9_-]{1,64}")
_UNITS = {"d": 86_400.0, "h": 3600.0, "m": 60.0, "s": 1.0, "ms": 0.001}
_DURATION = re.compile("".join(f"(?:([0-9]{{1,9}}){unit})?" for unit in _UNITS))
_FLAGS = {"true": True, "false": False}
_LOOK_LIKE_FLAGS = {
    **dict.fromkeys(("yes", "on", "y", "1"), "true"),
    **dict.fromkeys(("no", "off", "n", "0"), "false"),
}


def scalar(read: Callable[[str], T], schema: JsonSchemaValue | None = None) -> PlainValidator:
    """The validator of a field whose text a reader turns into a value.

    Args:
        read: the reader.
        schema: what it takes, for editors; it may take less. None: any text.
    """

    def validate(value: object) -> T:
        match value:
            case str():
                return read(str(value))
            case Empty():
                raise ValueError(NO_VALUE)
            case _:
                raise ValueError(f"text is expected here, not {kind_of(value)}")

    written = Annotated[str, WithJsonSchema(schema or TEXT_SCHEMA)]
    return PlainValidator(validate, json_schema_input_type=written)


def read_text(text: str) -> str:
    """Text on one line that says something."""
    if not text.strip():
        raise ValueError("the text is empty")
    if not text.isprintable():
        raise ValueError(f"{shown(text)} has a control character or a line break; remove it")
    return text


def read_integer(text: str) -> int:
    """A whole number that is not negative, in plain digits."""
    if not _INTEGER.fullmatch(text):
        raise ValueError(f"{shown(text)} is no whole number; write digits only, such as 10")
    return int(text)


def read_flag(text: str) -> bool:
    """`true` or `false`."""
    if text in _FLAGS:
        return _FLAGS[text]
    meant = _LOOK_LIKE_FLAGS.get(text.lower(), text.lower())
    hint = f"write `{meant}`" if meant in _FLAGS else "write `true` or `false`"
    raise ValueError(f"{shown(text)} is neither `true` nor `false`; {hint}")


def read_duration(text: str) -> float:
    """A duration in seconds, from numbers with units in falling order: `5m`, `1h30m`, `250ms`."""
    match = _DURATION.fullmatch(text)
    if match is None or not text:
        hint = f"write `{text}s`" if _INTEGER.fullmatch(text) else "write for example `30s` or `5m`"
        raise ValueError(f"{shown(text)} is no duration; {hint}")
    numbers = (int(number or 0) for number in match.groups())
    return sum(number * unit for number, unit in zip(numbers, _UNITS.values(), strict=True))


def read_id(text: str) -> str:
    """An identifier that is fit to be a metric label."""
    if not _ID.fullmatch(text):
        allowed = "write 1 to 64 of a-z, 0-9, `_` and `-`"
        raise ValueError(f"{shown(text)} is no identifier; {allowed}")
    return text


def read_version(text: str) -> int:
    """The version of a file's format; there is only one yet."""
    if text != "1":
        raise ValueError(f"version {shown(text)} is unknown to this program; write `version: 1`")
    return 1


Text = Annotated[str, scalar(read_text)]
Integer = Annotated[
    int,
    scalar(
        read_integer,
        {"title": "whole number", "type": ["integer", "string"], "pattern": "^[0-9]+$"},
    ),
]
FLAG_SCHEMA: JsonSchemaValue = {
    "title": "`true` or `false`",
    "type": ["boolean", "string"],
    "pattern": "^(?:true|false)$",
}
Flag = Annotated[bool, scalar(read_flag, FLAG_SCHEMA)]
DURATION_SCHEMA = text_schema(
    "duration",
    "^(?=.)" + "".join(f"(?:[0-9]{{1,9}}{unit})?" for unit in _UNITS) + "$",
)
Duration = Annotated[float, scalar(read_duration, DURATION_SCHEMA)]
"""Seconds."""
Id = Annotated[
    str,
    scalar(read_id, text_schema("identifier", ID_PATTERN, digits=True)),
]
Version = Annotated[int, scalar(read_version, {"title": "`1`", "enum": [1, "1"]})]
