"""The JSON Schemas that editors get: of what is written, and no looser than they must be."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from authz_sidecar.located_yaml import Document, Duration, Model, compose, schema_of, validate
from authz_sidecar.policy_file.schema import PolicyModel
from tests.editors import OF_POLICIES, OF_SETTINGS, POLICIES, ROOT, SETTINGS, complaints, seen

BROKEN = [
    path
    for path in sorted((ROOT / "tests/unit/policy_file/broken").glob("*.yaml"))
    if isinstance(compose(path.read_bytes(), path.name), Document)
]
# What no pattern says well: an escape of a sign by which some servers cut paths.
BEYOND_PATTERNS = {"escaped_cut_signs"}
# Combinations that are judged after the models, and that the schema knows all the same.
KNOWN_COMBINATIONS = {
    "alternatives_that_are_none",
    "element_with_both",
    "inline_levels_that_are_wrong",
    "level_with_both",
    "level_with_neither",
    "require_with_level_and_factors",
    "require_without_a_level",
    "rule_with_two_verdicts",
    "rule_without_a_verdict",
    "unknown_factor",
}
PUBLIC = "version: 1\nupstreams: [{id: a, hosts: [a.test], rules: [{id: r, access: public}]}]\n"


def document(text: str | bytes) -> Document:
    """Sound YAML."""
    read = compose(text.encode() if isinstance(text, str) else text, "f.yaml")
    assert isinstance(read, Document), read
    return read


def of_policy(text: str | bytes) -> list[str]:
    """What an editor says of a policy."""
    return [error.message for error in complaints(OF_POLICIES, seen(document(text)))]


def of_settings(text: str | bytes) -> list[str]:
    """What an editor says of settings."""
    return [error.message for error in complaints(OF_SETTINGS, seen(document(text)))]


def of_require(require: str) -> list[str]:
    """What an editor says of a policy whose only rule requires this."""
    return of_policy(PUBLIC.replace("access: public", f"require: {require}"))


def parts(schema: Any) -> Iterator[dict[str, Any]]:  # noqa: ANN401 - JSON
    """Every mapping of a JSON document."""
    if isinstance(schema, dict):
        yield schema
        schema = [*schema.values()]
    if isinstance(schema, list):
        for each in schema:
            yield from parts(each)


@pytest.mark.parametrize("validator", [OF_POLICIES, OF_SETTINGS], ids=["policy", "settings"])
def test_a_schema_is_one_and_its_patterns_mean_the_same_to_every_editor(
    validator: Draft202012Validator,
) -> None:
    Draft202012Validator.check_schema(validator.schema)
    assert isinstance(validator.schema, dict)
    assert validator.schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    patterns = {part["pattern"] for part in parts(validator.schema) if "pattern" in part}
    assert patterns
    for pattern in patterns:
        assert isinstance(pattern, str)
        re.compile(pattern)
        assert not re.search(r"\(\?(?![:=])|\\[AZzbBdwu<]|\\-", pattern), pattern


@pytest.mark.parametrize("validator", [OF_POLICIES, OF_SETTINGS], ids=["policy", "settings"])
def test_every_key_of_a_schema_says_what_it_does(validator: Draft202012Validator) -> None:
    assert isinstance(validator.schema, dict)
    for part in parts(validator.schema):
        for name, key in part.get("properties", {}).items():
            of_its_own = "description" in key
            assert of_its_own or "$ref" in key, name


@pytest.mark.parametrize(
    ("file", "validator"),
    [(path, OF_POLICIES) for path in POLICIES] + [(path, OF_SETTINGS) for path in SETTINGS],
    ids=lambda value: str(value.relative_to(ROOT)) if isinstance(value, Path) else "",
)
def test_a_shipped_file_names_its_schema_and_is_what_that_says(
    file: Path, validator: Draft202012Validator
) -> None:
    first = file.read_text("utf-8").splitlines()[0]
    named = first.removeprefix("# yaml-language-server: $schema=")
    assert named != first
    assert json.loads((file.parent / named).read_text("utf-8")) == validator.schema
    assert complaints(validator, seen(document(file.read_bytes()))) == []


@pytest.mark.parametrize("file", BROKEN, ids=lambda path: path.stem)
def test_what_the_models_refuse_the_schema_refuses_as_well(file: Path) -> None:
    read = document(file.read_bytes())
    refused_by_models = isinstance(validate(read, PolicyModel), list)
    if file.stem in KNOWN_COMBINATIONS or (refused_by_models and file.stem not in BEYOND_PATTERNS):
        assert of_policy(file.read_bytes()) != []


@pytest.mark.parametrize(
    "require",
    [
        "two_factor",
        "{level: two_factor, max_age: 1h30m, verified_within: '0s', allow_impersonation: 'true'}",
        "{level: 2, roles: [admin, 7]}",
        "{level: one_factor, roles: {all_of: [a, b]}, on_unavailable: deny}",
        "{level: one_factor, on_unavailable: {allow_known_for: 2m}}",
        "{any_of: [{level: one_factor, networks: [office, 192.0.2.0/24, '::1']}, two_factor]}",
        "{factors: {all_of: [password, {any_of: [totp], max_age: 5m}, {factor: sso}]}}",
        "{level: one_factor, claims: {plan: gold, seats: [1, 2.5, true]}}",
    ],
)
def test_every_spelling_that_is_read_is_fine(require: str) -> None:
    assert of_require(require) == []


@pytest.mark.parametrize(
    "require",
    [
        "[two_factor]",
        "{level: one_factor, max_age: 5}",
        "{level: one_factor, max_age: ''}",
        "{level: one_factor, max_age: 30m1h}",
        "{level: one_factor, roles: admin}",
        "{level: one_factor, roles: []}",
        "{level: one_factor, roles: {any_of: [a]}}",
        "{level: one_factor, on_unavailable: allow}",
        "{level: one_factor, mfa: true}",
        "{level: one_factor, claims: {}}",
        "{any_of: two_factor}",
        "{max_age: 5m}",
        "{factors: {all_of: [passwort]}}",
        "",
    ],
)
def test_what_is_not_read_is_underlined(require: str) -> None:
    assert of_require(require) != []


def test_text_that_yaml_takes_for_something_else_needs_quotes_in_an_editor_only() -> None:
    for word in ("true", "null", "~"):
        text = PUBLIC.replace("access: public", f"require: {{level: one_factor, roles: [{word}]}}")
        read = validate(document(text), PolicyModel)
        assert isinstance(read, PolicyModel)
        assert of_policy(text) != []
        assert of_policy(text.replace(word, f"'{word}'")) == []


@pytest.mark.parametrize(
    ("text", "good"),
    [
        ("listen: unix:/run/a.sock", True),
        ("listen: '[::1]:9000'", True),
        ("listen: 9000", False),
        ("listen: 127.0.0.1", False),
        ("dialects: [nginx]", True),
        ("dialects: [apache]", False),
        ("session: {cache_entries: 1}", True),
        ("session: {cache_entries: '1'}", True),
        ("session: {cache_entries: 0}", False),
        ("session: {cache_entries: 1000001}", False),
        ("session: {cache_entries: many}", False),
        ("session: {cookie: 'a b'}", False),
        ("client_ip: {header: X-Forwarded-For}", True),
        ("client_ip: {}", False),
        ("client_ip: {header: X_Forwarded_For}", False),
        ("identity_headers: {presets: [authelia], claims: {X-Plan: plan}}", True),
        ("identity_headers: {claims: {X_Plan: plan}}", False),
        ("deadline: 1s", True),
        ("deadline: 1", False),
        ("stytch: {secret: abc}", False),
        ("stytch:", False),
    ],
)
def test_settings_are_underlined_where_they_are_wrong(text: str, good: bool) -> None:
    assert (of_settings(f"version: 1\n{text}\n") == []) is good


def test_defaults_are_shown_as_one_would_write_them() -> None:
    schema = OF_SETTINGS.schema
    assert isinstance(schema, dict)
    defaults = {key: part.get("default") for key, part in schema["properties"].items()}
    assert defaults["listen"] == "127.0.0.1:9000"
    assert defaults["trusted_proxies"] == ["127.0.0.0/8", "::1/128"]
    assert defaults["deadline"] == "1s"
    assert "client_ip" in defaults
    assert "default" not in schema["properties"]["client_ip"]
    assert "default" not in schema["properties"]["stytch"]


@pytest.mark.parametrize(
    ("seconds", "written"),
    [
        (0.0, "0s"),
        (0.25, "250ms"),
        (1.5, "1s500ms"),
        (30.0, "30s"),
        (300.0, "5m"),
        (5400.0, "1h30m"),
        (90_000.0, "1d1h"),
    ],
)
def test_a_duration_is_shown_with_units(seconds: float, written: str) -> None:
    class Waiting(Model):
        wait: Duration = seconds

    assert schema_of(Waiting)["properties"]["wait"]["default"] == written
    assert validate(document(f"wait: {written}"), Waiting) == Waiting()
