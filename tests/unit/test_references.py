"""The references of policy and settings: every example in them is loaded as a part of a file."""

import re
from collections.abc import Callable, Mapping
from pathlib import Path
from textwrap import indent

import pytest

from authz_sidecar.core.policy import Policy
from authz_sidecar.policy_file import load_policy
from authz_sidecar.settings import Settings, load_settings

DOCS = Path(__file__).parents[2] / "docs"
KEY = re.compile(r"^#### `([^`]+)`\n(?:(?!#).*\n)*?```yaml\n((?:.*\n)*?)```$", re.MULTILINE)

# Keys of which a mapping has one.
EITHER = (
    {"all_of", "any_of"},
    {"factor", "any_of"},
    {"access", "require"},
    {"level", "factors", "any_of"},
)
RULES = "upstreams[].rules[]"


def examples(page: str) -> dict[str, str]:
    """The examples of a reference, by the paths of their keys."""
    text = (DOCS / page).read_text("utf-8")
    found = {path: example.rstrip("\n") for path, example in KEY.findall(text)}
    assert len(found) == text.count("\n#### ") == text.count("```yaml")
    return found


def top_keys(block: str) -> set[str]:
    """The keys of a mapping in block style."""
    return set(re.findall(r"^([a-z_]+):", block, re.MULTILINE))


def filled(block: str, *lines: str) -> str:
    """A mapping with the keys that it must have beside those of the example."""
    there = top_keys(block)
    for group in EITHER:
        there |= group if there & group else set()
    return "\n".join([block, *(line for line in lines if not top_keys(line) & there)])


def under(key: str, block: str) -> str:
    """A mapping as the value of a key."""
    return f"{key}:\n{indent(block, '  ')}"


def item(block: str) -> str:
    """A mapping as an item of a list."""
    return f"  - {indent(block, '    ').lstrip()}"


def whole(block: str) -> str:
    """A whole policy."""
    return filled(
        block,
        "version: 1",
        "login_url: https://auth.example.com/login",
        "levels: {payments: {all_of: [password, totp]}}",
        "networks: {office: [192.0.2.0/24]}",
        "upstreams: [{id: a, hosts: [a.example.com], rules: [{id: a, access: deny}]}]",
    )


def of_level(block: str) -> str:
    """A policy with a level."""
    return whole(under("levels", under("payments", filled(block, "all_of: [password, totp]"))))


def of_upstream(block: str) -> str:
    """A policy with an upstream."""
    rest = ("id: shop", "hosts: [shop.example.com]", "rules: [{id: a, access: deny}]")
    return whole(f"upstreams:\n{item(filled(block, *rest))}")


def of_rule(block: str) -> str:
    """A policy with a rule."""
    return of_upstream(f"rules:\n{item(filled(block, 'id: a', 'access: deny'))}")


def of_require(block: str) -> str:
    """A policy with a requirement."""
    return of_rule(under("require", filled(block, "level: one_factor")))


POLICIES: Mapping[str, Callable[[str], str]] = {
    "": whole,
    "levels.NAME": of_level,
    "levels.NAME.all_of[]": lambda block: of_level(
        f"all_of:\n  - password\n{item(filled(block, 'factor: totp'))}"
    ),
    "defaults": lambda block: whole(under("defaults", block)),
    "defaults.verified_within": lambda block: whole(
        under("defaults", under("verified_within", block))
    ),
    "defaults.on_unavailable": lambda block: whole(
        under("defaults", under("on_unavailable", block))
    ),
    "upstreams[]": of_upstream,
    RULES: of_rule,
    f"{RULES}.match": lambda block: of_rule(under("match", block)),
    f"{RULES}.require": of_require,
    f"{RULES}.require.roles": lambda block: of_require(under("roles", block)),
}


def of_settings(path: str, block: str) -> str:
    """Settings with a mapping at a place."""
    if path == "client_ip":
        block = filled(block, "header: X-Real-Ip")
    for key in reversed(path.split(".") if path else ()):
        block = under(key, block)
    return filled(block, "version: 1")


@pytest.mark.parametrize(("path", "example"), examples("policy-reference.md").items())
def test_an_example_is_part_of_a_good_policy(path: str, example: str) -> None:
    place, _, key = path.rpartition(".")
    assert key in top_keys(example)
    policy = POLICIES[place](example)
    loaded = load_policy(policy.encode(), path)
    assert isinstance(loaded, Policy), (policy, loaded)


@pytest.mark.parametrize(("path", "example"), examples("settings-reference.md").items())
def test_an_example_is_part_of_good_settings(path: str, example: str, tmp_path: Path) -> None:
    place, _, key = path.rpartition(".")
    assert key in top_keys(example)
    environ = {
        "STYTCH_PROJECT_ID": "project-test-11111111-1111-1111-1111-111111111111",
        "STYTCH_SECRET": "secret-test-1",
    }
    if key == "project_id":
        del environ["STYTCH_PROJECT_ID"]
    if key == "secret_file":
        (tmp_path / example.partition(": ")[2]).write_text(environ.pop("STYTCH_SECRET"), "utf-8")
    file = tmp_path / "sidecar.yaml"
    file.write_text(of_settings(place, example), "utf-8")
    loaded = load_settings(file, environ)
    assert isinstance(loaded, Settings), (file.read_text("utf-8"), loaded)
