"""Scalars that mean what JSON means by them: text, a number or a truth value.

Only here does it matter how a scalar is written: in quotes it is text, whatever it says.
"""

import re
from typing import Annotated

from pydantic import PlainValidator, WithJsonSchema

from authz_sidecar.located_yaml.scalars import read_text
from authz_sidecar.located_yaml.tree import NO_VALUE, Empty, Scalar, kind_of
from authz_sidecar.located_yaml.wording import shown

_FLAGS = {"true": True, "false": False}
_NOTHING = {"null", "~"}
_LOOK_LIKE_FLAGS = {"yes": "true", "on": "true", "no": "false", "off": "false"} | {
    flag: flag for flag in _FLAGS
}
# 15 digits are exact in every JSON reader.
_INTEGER = re.compile(r"-?(?:0|[1-9][0-9]{0,14})")
_DECIMAL = re.compile(r"-?(?:0|[1-9][0-9]{0,14})\.[0-9]{1,15}")
_LOOKS_LIKE_A_NUMBER = re.compile(
    r"[+-]?(?:0[xob][0-9a-f_]+|[0-9][0-9_]*\.?[0-9_]*(?:e[+-]?[0-9]+)?|\.[0-9]+|\.inf|\.nan)"
)


def read_json_scalar(text: str, *, plain: bool) -> str | int | float | bool:
    """A value as JSON has it.

    Args:
        text: what is written.
        plain: whether it is written without quotes; in quotes it is text.

    Returns:
        A truth value for `true` and `false`, a number for plain digits, text for all else.

    Raises:
        ValueError: it is one thing to some readers of YAML and another to others.
    """
    if not plain:
        return read_text(text)
    if text in _FLAGS:
        return _FLAGS[text]
    if _INTEGER.fullmatch(text):
        return int(text)
    if _DECIMAL.fullmatch(text):
        return float(text)
    lower, quoted = text.lower(), shown(f"'{text}'")
    if lower in _NOTHING:
        raise ValueError(f"{shown(text)} is no value; write {quoted} if the text is meant")
    if lower in _LOOK_LIKE_FLAGS:
        meant = f"`{_LOOK_LIKE_FLAGS[lower]}`, or {quoted} if the text is meant"
        raise ValueError(
            f"{shown(text)} is a truth value to some and text to others; write {meant}"
        )
    if _LOOKS_LIKE_A_NUMBER.fullmatch(lower):
        hint = f"write at most 15 plain digits, or {quoted} if the text is meant"
        raise ValueError(f"{shown(text)} is a number to some and text to others; {hint}")
    return read_text(text)


def _validate(value: object) -> str | int | float | bool:
    match value:
        case Scalar():
            return read_json_scalar(str(value), plain=value.plain)
        case Empty():
            raise ValueError(NO_VALUE)
        case _:
            hint = "text, a number or a truth value is expected here"
            raise ValueError(f"{hint}, not {kind_of(value)}")


_SCHEMA = {"title": "text, number or truth value", "type": ["string", "number", "boolean"]}

JsonScalar = Annotated[
    str | int | float | bool,
    PlainValidator(_validate, json_schema_input_type=Annotated[str, WithJsonSchema(_SCHEMA)]),
]
