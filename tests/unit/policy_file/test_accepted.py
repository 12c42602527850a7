"""What looks odd and is right: patterns and combinations that must not be refused."""

import pytest

from authz_sidecar.core.patterns import HostPattern, PathPattern
from authz_sidecar.core.policy import Policy
from authz_sidecar.policy_file import load_policy
from authz_sidecar.policy_file.host_patterns import read_host
from authz_sidecar.policy_file.path_patterns import read_method, read_path

PUBLIC = "rules: [{id: a, access: public}]"
LOGIN = "rules: [{id: a, require: one_factor}]"


@pytest.mark.parametrize(
    "text",
    [
        "localhost",
        "shop.example.com",
        "xn--bcher-kva.example",
        "_dmarc.example.com",
        "192.0.2.7",
        "[2001:db8::1]",
        "*",
        "*.example.com",
        "x-*.example.com",
        "*-x.*.example.com",
        "**",
        "**.example.com",
        "**.*.example.com",
        f"{'x' * 63}.example.com",
        ".".join(["x" * 63] * 3 + ["x" * 61]),
    ],
)
def test_a_host_pattern_is_taken_as_it_is(text: str) -> None:
    assert read_host(text) == HostPattern(text)


@pytest.mark.parametrize(
    "text",
    [
        "/",
        "/x",
        "/x/",
        "/*",
        "/*/",
        "/**",
        "/x/*/y/**",
        "/img/*.png",
        "/img-*",
        "/.well-known/**",
        "/a b/café",
        "/%2A/100%",
        "/items(1)/$value/x",
        "/a+b=c&d@e!~'",
    ],
)
def test_a_path_pattern_is_taken_as_it_is(text: str) -> None:
    assert read_path(text) == PathPattern(text)


@pytest.mark.parametrize("text", ["GET", "PROPFIND", "purge", "X-Y!"])
def test_a_method_is_any_token(text: str) -> None:
    assert read_method(text) == text


@pytest.mark.parametrize(
    "upstreams",
    [
        # Of two patterns that share hosts the longer one decides.
        f"[{{id: a, hosts: ['*.test'], {PUBLIC}}}, {{id: b, hosts: ['**.test'], {PUBLIC}}}]",
        # As long as each other, but without a host in common.
        f"[{{id: a, hosts: ['*.ab.test'], {PUBLIC}}}, {{id: b, hosts: ['*.ba.test'], {PUBLIC}}}]",
        # With hosts in common, but of one upstream.
        f"[{{id: a, hosts: ['a*.test', '*b.test'], {PUBLIC}}}]",
        # The same rule ids in two upstreams.
        f"[{{id: a, hosts: [a.test], {LOGIN}}}, {{id: b, hosts: [b.test], {LOGIN}}}]",
        # The login page is on another port, where there may be another server.
        f"[{{id: a, hosts: [a.test], login_url: 'http://a.test:3000/login', {LOGIN}}}]",
        # The login page is let through before the rest.
        (
            "[{id: a, hosts: [a.test], login_url: 'https://a.test/login?x=/y', rules:"
            " [{id: a, match: {paths: [/login], methods: [GET]}, access: public},"
            " {id: b, require: one_factor}]}]"
        ),
        # The login page is at the root, which an empty path means.
        (
            "[{id: a, hosts: [a.test], login_url: 'https://a.test', rules:"
            " [{id: a, match: {paths: [/]}, access: public}, {id: b, require: one_factor}]}]"
        ),
        # Every host is denied.
        "[{id: any, hosts: ['**'], rules: [{id: a, access: deny}]}]",
    ],
)
def test_a_sound_combination_is_no_problem(upstreams: str) -> None:
    text = f"version: 1\nlogin_url: https://auth.example.com:8443/\nupstreams: {upstreams}\n"
    policy = load_policy(text.encode(), "policy.yaml")
    assert isinstance(policy, Policy), policy
