"""Which upstream a host belongs to, and which rule a request."""

import pytest

from authz_sidecar.core.patterns import HostPattern, PathPattern
from authz_sidecar.core.policy import Access, Match, Policy, Rule, Upstream

GET = frozenset({"GET", "HEAD"})


def upstream(name: str, *hosts: str, rules: tuple[Rule, ...] = ()) -> Upstream:
    return Upstream(name, tuple(map(HostPattern, hosts)), rules, "", "")


POLICY = Policy(
    "r1",
    (
        upstream("anything", "**"),
        upstream("deep", "**.example.com"),
        upstream("label", "*.example.com"),
        upstream("part", "x-*.example.com"),
        upstream("shop", "shop.example.com", "[2001:db8::1]"),
        upstream("below-shop", "*.shop.example.com"),
    ),
)


@pytest.mark.parametrize(
    ("host", "name"),
    [
        ("shop.example.com", "shop"),
        ("[2001:db8::1]", "shop"),
        ("x-1.example.com", "part"),
        ("x-.example.com", "label"),
        ("other.example.com", "label"),
        ("a.shop.example.com", "below-shop"),
        ("a.b.shop.example.com", "deep"),
        ("a.b.example.com", "deep"),
        ("example.com", "anything"),
        ("evilexample.com", "anything"),
        ("shop.example.com.evil.test", "anything"),
        ("localhost", "anything"),
    ],
)
def test_the_most_precise_host_pattern_wins(host: str, name: str) -> None:
    found = POLICY.upstream_for(host)
    assert found is not None
    assert found.id == name


def test_a_host_of_no_upstream_has_none() -> None:
    assert Policy("r1", (upstream("shop", "shop.example.com"),)).upstream_for("example.com") is None


@pytest.mark.parametrize(
    ("pattern", "matching", "others"),
    [
        ("/x", ["/x"], ["/x/", "/X", "/xy", "/"]),
        ("/x/", ["/x/"], ["/x", "/x/y"]),
        ("/x/**", ["/x", "/x/", "/x/y", "/x/y/z"], ["/xy", "/"]),
        ("/**", ["/", "/x", "/x/y"], []),
        ("/x/*", ["/x/y", "/x/."], ["/x/", "/x", "/x/y/z", "/x/y/"]),
        ("/*/edit", ["/1/edit"], ["//edit", "/1/2/edit"]),
        ("/img/*.png", ["/img/a.png"], ["/img/.png", "/img/a/b.png", "/img/aXpng"]),
        ("/a%2Ab", ["/a*b"], ["/axb", "/a%2Ab"]),
        ("/a.b", ["/a.b"], ["/axb"]),
        ("/x/*/**", ["/x/y", "/x/y/z"], ["/x", "/x/"]),
    ],
)
def test_a_path_pattern_matches_whole_paths(
    pattern: str, matching: list[str], others: list[str]
) -> None:
    compiled = PathPattern(pattern)
    assert [path for path in matching + others if compiled.matches(path)] == matching


def test_the_first_rule_that_selects_the_request_wins() -> None:
    health = Rule("health", Match((PathPattern("/healthz"),), GET), Access.PUBLIC)
    writes = Rule("writes", Match(methods=frozenset({"POST"})), Access.DENY)
    rest = Rule("rest", Match((PathPattern("/a"), PathPattern("/healthz"))), Access.PUBLIC)
    shop = upstream("shop", "shop.example.com", rules=(health, writes, rest))

    assert shop.match("/healthz", "HEAD") is health
    assert shop.match("/healthz", "POST") is writes
    assert shop.match("/healthz", "get") is rest
    assert shop.match("/a", "GET") is rest
    assert shop.match("/b", "GET") is None
