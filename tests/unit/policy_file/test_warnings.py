"""Odd policies beside the exact text of their warnings: `warnings/NAME.yaml` and `NAME.txt`."""

from pathlib import Path

import pytest

from authz_sidecar.core.policy import Policy
from authz_sidecar.policy_file import load_policy, review_policy

WARNINGS = Path(__file__).parent / "warnings"
POLICIES = sorted(WARNINGS.glob("*.yaml"))
ROOT = Path(__file__).parents[3]
SHIPPED = [ROOT / "config/policy.yaml", *sorted((ROOT / "config/policies").glob("*.yaml"))]


@pytest.mark.parametrize("policy", POLICIES, ids=lambda policy: policy.stem)
def test_an_odd_policy_is_good_and_told_what_is_odd_and_where(policy: Path) -> None:
    data = policy.read_bytes()
    assert isinstance(load_policy(data, policy.name), Policy)
    client_ip = not policy.stem.startswith("no_client_ip")
    warnings = review_policy(data, policy.name, client_ip=client_ip)
    assert warnings == sorted(set(warnings))
    assert "".join(f"{each}\n" for each in warnings) == policy.with_suffix(".txt").read_text(
        "utf-8"
    )


def test_every_odd_policy_has_its_text_and_the_other_way_round() -> None:
    texts = {text.stem for text in WARNINGS.glob("*.txt")}
    assert texts == {policy.stem for policy in POLICIES}
    assert texts


def test_a_policy_with_problems_has_no_warnings() -> None:
    assert review_policy(b"version: 1", "policy.yaml") == []


@pytest.mark.parametrize("policy", SHIPPED, ids=lambda policy: policy.stem)
def test_a_shipped_policy_has_neither_problems_nor_warnings(policy: Path) -> None:
    data = policy.read_bytes()
    assert isinstance(load_policy(data, policy.name), Policy)
    assert review_policy(data, policy.name) == []


def rules(*lines: str) -> bytes:
    """A policy of one upstream with these rules."""
    head = "version: 1\nlogin_url: https://auth.example.com/login\nupstreams:\n"
    body = "".join(f"      - {line}\n" for line in lines)
    return f"{head}  - id: shop\n    hosts: [shop.example.com]\n    rules:\n{body}".encode()


REST = "{id: rest, require: one_factor}"


@pytest.mark.parametrize(
    "lines",
    [
        # What is weaker names the path as exactly as what is stricter: it is meant.
        (
            "{id: writes, match: {paths: [/api/**], methods: [POST]}, require: two_factor}",
            "{id: reads, match: {paths: [/api/**]}, require: one_factor}",
            REST,
        ),
        (
            "{id: reads, match: {paths: [/api/**], methods: [GET]}, access: public}",
            "{id: writes, match: {paths: [/api/**]}, require: two_factor}",
            REST,
        ),
        (
            "{id: reads, match: {methods: [GET]}, require: one_factor}",
            "{id: writes, require: two_factor}",
        ),
        (
            "{id: office, match: {networks: [192.0.2.0/24]}, require: two_factor}",
            REST,
        ),
        (
            "{id: admin, match: {paths: [/admin]}, require: two_factor}",
            "{id: slash, match: {paths: [/admin/]}, require: one_factor}",
            REST,
        ),
        # What is decided otherwise asks more, or is not clearly less.
        (
            "{id: office, match: {paths: [/a/**], networks: [192.0.2.0/24]}, require: one_factor}",
            "{id: rest, require: two_factor}",
        ),
        (
            "{id: a, match: {methods: [PUT]}, require: {level: one_factor, roles: [staff]}}",
            "{id: rest, require: two_factor}",
        ),
        (
            "{id: writes, match: {paths: [/a/**], methods: [PUT]}, access: deny}",
            "{id: b, access: deny}",
        ),
        # Everybody is let through, so nothing asks less.
        ("{id: health, match: {paths: [/healthz], methods: [GET]}, access: public}", REST),
        ("{id: preflight, match: {cors_preflight: true}, access: public}", REST),
        # The top of a public subtree is public anyway, or not written to.
        (
            "{id: a, match: {paths: [/a/**], methods: [GET, POST]}, access: public}",
            REST,
        ),
        ("{id: a, match: {paths: [/a/**]}, access: public}", "{id: rest, access: optional}"),
        ("{id: all, match: {paths: [/**]}, access: public}",),
        # Together these take everything.
        ("{id: a, match: {paths: [/*, /, '/*/', /*/*/**]}, require: one_factor}",),
    ],
)
def test_what_is_meant_is_not_warned_of(lines: tuple[str, ...]) -> None:
    assert list(map(str, review_policy(rules(*lines), "policy.yaml"))) == []


def test_so_many_paths_that_every_pair_would_take_too_long_are_not_compared() -> None:
    def warnings(number: int) -> list[str]:
        paths = ", ".join(f"/{n}" for n in range(number))
        data = rules(f"{{id: a, match: {{paths: [{paths}]}}, access: deny}}")
        return list(map(str, review_policy(data, "policy.yaml")))

    assert warnings(1001) == [
        (
            "policy.yaml:6:5: warning: upstreams[0].rules: more than 1000 paths;"
            " how they work together is not reviewed"
        )
    ]
    (about_the_rest,) = warnings(1000)
    assert "no rule takes" in about_the_rest
