"""JSON Schemas of models, for editors: what may be written, which is not what is read from it.

Editors read YAML 1.2, where digits alone are a number and `true` is a truth value. Here both are
text until a field reads them, so text takes numbers, too. What YAML takes for a truth value or for
nothing (`true`, `null`, `~`) needs quotes to be text to an editor; the loader does without.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, GetJsonSchemaHandler
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue, NoDefault

if TYPE_CHECKING:
    from pydantic_core import CoreSchema, core_schema

DIALECT = "https://json-schema.org/draft/2020-12/schema"

_UNITS = (("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1000), ("ms", 1))


def text_schema(
    title: str, pattern: str = r"\S", *, digits: bool = False, examples: Sequence[str] = ()
) -> JsonSchemaValue:
    """The schema of a scalar that is text.

    Args:
        title: what kind of text, in words.
        pattern: a regular expression, in the part of the syntax that Python and ECMAScript share.
        digits: whether it may be digits alone, which are a number to an editor.
        examples: what editors propose.
    """
    schema: JsonSchemaValue = {
        "title": title,
        "type": ["string", "number"] if digits else "string",
        "pattern": pattern,
    }
    return schema | ({"examples": [*examples]} if examples else {})


def exactly_one(*keys: str) -> ConfigDict:
    """The configuration of a model that has one of these keys and no other of them."""
    return ConfigDict(json_schema_extra={"oneOf": [{"required": [key]} for key in keys]})


@dataclass(frozen=True, slots=True, kw_only=True)
class Before(BeforeValidator):
    """A validator that comes before a field's own, and says in the schema what it does."""

    change: Callable[[JsonSchemaValue, GetJsonSchemaHandler], JsonSchemaValue]
    """Makes the schema of what may be written from that of what the field takes."""

    def __get_pydantic_json_schema__(
        self, core: "CoreSchema", handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        return self.change(handler(core), handler)


def schema_of(model: type[BaseModel]) -> JsonSchemaValue:
    """The JSON Schema (2020-12) of a model's file."""
    made = model.model_json_schema(schema_generator=_Written)
    return {"$schema": DIALECT, **_with_whole_lines(made)}


class _Written(GenerateJsonSchema):
    """pydantic's schemas, of what is written: a key that is absent is not null."""

    def nullable_schema(self, schema: "core_schema.NullableSchema") -> JsonSchemaValue:
        return self.generate_inner(schema["schema"])

    def dict_schema(self, schema: "core_schema.DictSchema") -> JsonSchemaValue:
        return {
            "type": "object",
            "propertyNames": self.generate_inner(schema["keys_schema"]),
            "additionalProperties": self.generate_inner(schema["values_schema"]),
        }

    def get_default_value(self, schema: "core_schema.WithDefaultSchema") -> object:
        default: object = super().get_default_value(schema)
        return NoDefault if default is None or isinstance(default, BaseModel) else default

    def encode_default(self, dft: object) -> object:
        return _as_written(dft)

    def field_title_should_be_set(self, _schema: object) -> bool:
        return False

    def sort(self, value: JsonSchemaValue, parent_key: str | None = None) -> JsonSchemaValue:
        del parent_key
        return value


def _as_written(value: object) -> object:
    match value:
        case bool() | int():
            return value
        case float():
            return _duration(value)
        case StrEnum():
            return value.value
        case tuple():
            return [_as_written(item) for item in value]
        case _:
            return str(value)


def _duration(seconds: float) -> str:
    rest, text = round(seconds * 1000), ""
    for unit, length in _UNITS:
        number, rest = divmod(rest, length)
        text += f"{number}{unit}" if number else ""
    return text or "0s"


def _with_whole_lines(schema: Any) -> Any:  # noqa: ANN401 - JSON
    """The same with descriptions on one line each; editors wrap them."""
    if isinstance(schema, list):
        return [_with_whole_lines(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    return {
        key: " ".join(value.split())
        if key == "description" and isinstance(value, str)
        else _with_whole_lines(value)
        for key, value in schema.items()
    }
