"""Bytes -> a pydantic model, or every problem with its place."""

from typing import TYPE_CHECKING, TypeVar

from pydantic import ValidationError

from authz_sidecar.located_yaml.compose import compose
from authz_sidecar.located_yaml.model import Model, UnknownKey
from authz_sidecar.located_yaml.problem import Problem
from authz_sidecar.located_yaml.tree import NO_VALUE, Document, Empty, Scalar, kind_of
from authz_sidecar.located_yaml.wording import shown

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

M = TypeVar("M", bound=Model)


def load(data: bytes, file: str, model: type[M]) -> M | list[Problem]:
    """Read a file's bytes as a model.

    Args:
        data: the content of the file.
        file: the name that problems carry.
        model: what the file should be.

    Returns:
        The model, or what is wrong, sorted: the faults of YAML, or else every fault against the
        model at once. Nothing is raised, whatever the bytes.
    """
    document = compose(data, file)
    return document if isinstance(document, list) else validate(document, model)


def validate(document: Document, model: type[M]) -> M | list[Problem]:
    """Read a document as a model; `load` for callers that need the places of values later."""
    try:
        return model.model_validate(document.root)
    except ValidationError as error:
        return sorted({_located(document, details) for details in error.errors(include_url=False)})


def _located(document: Document, details: "ErrorDetails") -> Problem:
    at_key = details["type"] == "extra_forbidden" or details["loc"][-1:] == ("[key]",)
    return document.problem(details["loc"], _message(details), at_key=at_key)


def _message(details: "ErrorDetails") -> str:
    value = details["input"]
    match details["type"]:
        case "missing":
            return f"the key {shown(str(details['loc'][-1]))} is missing"
        case "value_error":
            return str(details["ctx"]["error"])
        case _ if isinstance(value, UnknownKey):
            return value.message
        case _ if isinstance(value, Empty):
            return NO_VALUE
        case "tuple_type":
            hint = f"; write {shown(f'[{value}]')}" if isinstance(value, Scalar) else ""
            return f"a list is expected here{hint}"
        case "model_type" | "dict_type":
            return f"a mapping (`key: value`) is expected here, not {kind_of(value)}"
        case _:
            return details["msg"]
