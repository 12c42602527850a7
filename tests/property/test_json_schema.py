"""What the program takes, an editor takes, too: shipped files with values changed."""

import re
from collections.abc import Iterator
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from authz_sidecar.core.policy import Policy
from authz_sidecar.located_yaml import Document, Model, compose, validate
from authz_sidecar.located_yaml.tree import Value
from authz_sidecar.policy_file import load_policy
from authz_sidecar.policy_file.schema import PolicyModel
from authz_sidecar.settings import SettingsModel
from tests.editors import OF_POLICIES, OF_SETTINGS, POLICIES, SETTINGS, complaints, seen

Place = tuple[str | int, ...]

LOST = object()
_PLAIN = re.compile(r"[A-Za-z0-9/._~:+-]*[A-Za-z0-9/._~+-]|")
WORDS = """
    0 1 007 -1 1.5 1e3 0x1f 0o7 .inf true True false no null ~ 1:30 0s 4s 5m 90s 1h30m 250ms 1d 2
    one_factor two_factor payments office deny public optional browser auto a a-b_c A 192.0.2.7
    192.0.2.0/24 10.0.0.0/8 ::1 2001:db8::/32 [::1] * ** *.example.com a.example.com x-*.test / /x
    /x/ /x/* /x/** /a*b /{} GET get OPTIONS purge ann@example.com *@example.com a@b password totp
    passkey https://a.example.com https://a.example.com/x?y http://[::1]:8080/ nginx traefik
    authelia X-Plan X-Forwarded-For 127.0.0.1:9000 unix:/run/a.sock [::1]:0 a.sock .example.com é
""".split()  # noqa: SIM905 - a list of one word a line would be long


def plain(value: Value) -> object:
    """The values of a tree: mappings, lists, and scalars as (text, whether without quotes)."""
    match value:
        case dict():
            return {str(key): plain(item) for key, item in value.items()}
        case list():
            return [plain(item) for item in value]
        case str():
            return (str(value), value.plain)
        case _:
            return ("", True)


def written(value: object) -> str:
    """Values as YAML in flow style."""
    match value:
        case dict():
            pairs = (f"{_scalar(key, bare=True)}: {written(item)}" for key, item in value.items())
            return "{" + ", ".join(pairs) + "}"
        case list():
            return "[" + ", ".join(map(written, value)) + "]"
        case (str(text), bool(bare)):
            return _scalar(text, bare=bare)
        case _:
            raise TypeError(value)


def _scalar(text: str, *, bare: bool) -> str:
    quoted = text.replace("'", "''")
    return text if bare and _PLAIN.fullmatch(text) else f"'{quoted}'"


def places(value: object, path: Place = ()) -> Iterator[tuple[Place, object]]:
    """A value and all values in it, each with its place."""
    yield path, value
    items = value.items() if isinstance(value, dict) else ()
    for key, item in enumerate(value) if isinstance(value, list) else items:
        yield from places(item, (*path, key))


def changed(value: object, path: Place, new: object) -> object:
    """The same with another value at a place, or without the one that was there."""
    if not path:
        return new
    match value:
        case dict():
            here = {
                key: changed(item, path[1:], new) if key == path[0] else item
                for key, item in value.items()
            }
            return {key: item for key, item in here.items() if item is not LOST}
        case list():
            there = [
                changed(item, path[1:], new) if index == path[0] else item
                for index, item in enumerate(value)
            ]
            return [item for item in there if item is not LOST]
        case _:
            raise TypeError(value)


def original(file: Path) -> object:
    """The values of a shipped file."""
    document = compose(file.read_bytes(), file.name)
    assert isinstance(document, Document)
    return plain(document.root)


def mutated(files: list[Path], model: type[Model]) -> st.SearchStrategy[bytes]:
    """Shipped files with one to three values lost, replaced, added or quoted."""
    parts = [part for file in files for _, part in places(original(file))]
    keys = sorted({*model.model_fields, *(key for part in parts for key in keys_of(part))})
    scalars = st.tuples(st.sampled_from(WORDS), st.booleans())
    few = scalars | st.lists(scalars, max_size=2)
    values = few | st.sampled_from(parts) | st.dictionaries(st.sampled_from(keys), few, max_size=2)
    changes = st.sampled_from(["lose", "replace", "quote", "add"])

    @st.composite
    def draw(data: st.DrawFn) -> bytes:
        tree = original(data(st.sampled_from(files)))
        for _ in range(data(st.integers(1, 3))):
            place, value = data(st.sampled_from([*places(tree)]))
            match data(changes), value:
                case "lose", _ if place:
                    new: object = LOST
                case "add", dict():
                    new = {**value, data(st.sampled_from(keys)): data(values)}
                case "add", list():
                    new = [*value, data(values)]
                case "quote", (str(text), bool(bare)):
                    new = (text, not bare)
                case _:
                    new = data(values)
            tree = changed(tree, place, new)
        return written(tree).encode()

    return draw()


def keys_of(value: object) -> list[str]:
    """The keys of a mapping."""
    return [*value] if isinstance(value, dict) else []


def assert_an_editor_takes(validator: Draft202012Validator, data: bytes) -> None:
    """An editor has nothing to say, save that what looks like no text should be quoted."""
    document = compose(data, "f.yaml")
    assert isinstance(document, Document)
    said = complaints(validator, seen(document))
    unquoted = any(isinstance(error.instance, bool | None) for error in said)
    assert unquoted or [error.message for error in said] == []


@settings(max_examples=500)
@given(mutated(POLICIES, PolicyModel))
def test_what_is_a_policy_is_one_to_an_editor(data: bytes) -> None:
    if isinstance(load_policy(data, "policy.yaml"), Policy):
        assert_an_editor_takes(OF_POLICIES, data)


@settings(max_examples=500)
@given(mutated(SETTINGS, SettingsModel))
def test_what_are_settings_are_some_to_an_editor(data: bytes) -> None:
    document = compose(data, "sidecar.yaml")
    if isinstance(document, Document) and isinstance(
        validate(document, SettingsModel), SettingsModel
    ):
        assert_an_editor_takes(OF_SETTINGS, data)
