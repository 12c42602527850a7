"""The keys of a file, from its JSON Schema: which there are, what each takes, and an example."""

from collections.abc import Iterator, Mapping
from typing import Any

from authz_sidecar.located_yaml import Model, schema_of

_Schema = Mapping[str, Any]
_TOP = "### At the top\n\n"


def reference(model: type[Model], examples: Mapping[str, str]) -> str:
    """Every key of a file, as Markdown.

    Args:
        model: the file's.
        examples: by the path of the key, YAML that begins with it; one for each key.

    Raises:
        KeyError: a key has no example, or an example no key.
    """
    keys, left = _Keys(schema_of(model)), dict(examples)
    text = "".join(keys.explained(left)).rstrip("\n") + "\n"
    if left:
        raise KeyError(f"examples without a key: {sorted(left)}")
    return text


class _Keys:
    """Walks a schema; every mapping is explained where it occurs first."""

    def __init__(self, top: _Schema) -> None:
        self._top = top
        self._places: dict[str, str] = {}
        self._sections = [*self._found(top, "")]

    def explained(self, examples: dict[str, str]) -> Iterator[str]:
        """A section for each mapping; takes the examples that it uses out of `examples`."""
        for path, owner in self._sections:
            yield f"### In `{path}`\n\n{owner['description']}\n\n" if path else _TOP
            for name, key in owner["properties"].items():
                at = _below(path, name)
                required = name in owner.get("required", ())
                yield self._key(key, at, required=required, example=examples.pop(at))

    def _found(self, owner: _Schema, path: str) -> Iterator[tuple[str, _Schema]]:
        """A mapping, and all that are in it and were not found before."""
        self._places[owner["title"]] = path
        yield path, owner
        for name, key in owner["properties"].items():
            for inner, place in self._mappings(key, _below(path, name)):
                if self._place_of(inner) is None:
                    yield from self._found(inner, place)

    def _key(self, key: _Schema, path: str, *, required: bool, example: str) -> str:
        facts = [self._words(key, path)]
        if required:
            facts.append("required")
        elif "default" in key:
            facts.append(f"default: `{_shown(key['default'])}`")
        about = key.get("description") or self._resolved(key)["description"]
        return f"#### `{path}`\n\n*{'; '.join(facts)}*\n\n{about}\n\n```yaml\n{example}\n```\n\n"

    def _words(self, schema: _Schema, path: str) -> str:
        """What may be written, in words."""
        if "$ref" in schema:
            place = self._place_of(self._resolved(schema))
            return "mapping, see below" if place == path else f"mapping, as in `{place}`"
        if "anyOf" in schema or "oneOf" in schema:
            choices = schema.get("anyOf") or schema["oneOf"]
            return ", or ".join(self._words(choice, path) for choice in choices)
        if "items" in schema:
            return f"list, each: {self._words(schema['items'], f'{path}[]')}"
        if "additionalProperties" in schema:
            value = self._words(schema["additionalProperties"], f"{path}.NAME")
            return (
                f"mapping, each key: {self._words(schema['propertyNames'], path)}, value: {value}"
            )
        if "enum" in schema and "title" not in schema:
            *names, last = (f"`{name}`" for name in schema["enum"])
            return f"{', '.join(names)} or {last}" if names else last
        return str(schema["title"])

    def _mappings(self, schema: _Schema, path: str) -> Iterator[tuple[_Schema, str]]:
        """The mappings with keys of their own that a value may have in it, with their places."""
        if "$ref" in schema:
            yield self._resolved(schema), path
        for choice in (*schema.get("anyOf", ()), *schema.get("oneOf", ())):
            yield from self._mappings(choice, path)
        if "items" in schema:
            yield from self._mappings(schema["items"], f"{path}[]")
        if isinstance(schema.get("additionalProperties"), dict):
            yield from self._mappings(schema["additionalProperties"], f"{path}.NAME")

    def _resolved(self, schema: _Schema) -> _Schema:
        found: _Schema = self._top["$defs"][schema["$ref"].rpartition("/")[2]]
        return found

    def _place_of(self, mapping: _Schema) -> str | None:
        """Where a mapping with these keys is explained, or one that has them all and more."""
        keys = mapping["properties"].items()
        for definition in self._top["$defs"].values():
            place = self._places.get(definition["title"])
            if place is not None and all(definition["properties"].get(k) == v for k, v in keys):
                return place
        return None


def _below(path: str, key: str) -> str:
    return f"{path}.{key}" if path else key


def _shown(default: object) -> str:
    match default:
        case bool():
            return str(default).lower()
        case list():
            return f"[{', '.join(map(_shown, default))}]"
        case "":
            return "''"
        case _:
            return str(default)
