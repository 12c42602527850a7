"""What an editor sees of a YAML file, and what it says of it by a JSON Schema."""

import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jsonschema import Draft202012Validator

from authz_sidecar.located_yaml import Document, schema_of
from authz_sidecar.located_yaml.tree import Entries, Items, Scalar, Value
from authz_sidecar.policy_file.schema import PolicyModel
from authz_sidecar.settings import SettingsModel

if TYPE_CHECKING:
    from jsonschema import ValidationError

ROOT = Path(__file__).parents[1]
POLICIES = [
    ROOT / "config/policy.yaml",
    *sorted((ROOT / "config/policies").glob("*.yaml")),
    ROOT / "deploy/demo/policy.yaml",
]
SETTINGS = [ROOT / "config/sidecar.yaml", ROOT / "deploy/demo/sidecar.yaml"]

OF_POLICIES = Draft202012Validator(schema_of(PolicyModel))
OF_SETTINGS = Draft202012Validator(schema_of(SettingsModel))

# The core schema of YAML 1.2.2, section 10.3.2, by which yaml-language-server reads.
_INTEGER = re.compile(r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+")
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")
_WORDS = {"": None, "~": None} | {
    spelled: value
    for word, value in (("null", None), ("true", True), ("false", False))
    for spelled in (word, word.capitalize(), word.upper())
}


def seen(value: Document | Value) -> Any:  # noqa: ANN401 - JSON
    """A document as an editor sees it: scalars without quotes may be no text."""
    match value:
        case Document():
            return seen(value.root)
        case Entries():
            return {str(key): seen(item) for key, item in value.items()}
        case Items():
            return [seen(item) for item in value]
        case Scalar():
            return _scalar(str(value)) if value.plain else str(value)
        case _:
            return None


def _scalar(text: str) -> object:
    if text in _WORDS:
        return _WORDS[text]
    if _INTEGER.fullmatch(text):
        return int(text, 0 if text[:2] in {"0o", "0x"} else 10)
    return float(text) if _FLOAT.fullmatch(text) else text


def complaints(validator: Draft202012Validator, instance: object) -> list["ValidationError"]:
    """What a schema says against a file, down to the reasons of each alternative."""
    return [*_leaves(validator.iter_errors(instance))]


def _leaves(errors: Iterable["ValidationError"]) -> Iterator["ValidationError"]:
    for error in errors:
        yield error
        yield from _leaves(error.context or ())
