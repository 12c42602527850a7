"""Which upstream a host belongs to, and which rule a request."""

from dataclasses import replace
from ipaddress import ip_address, ip_network

import pytest

from authz_sidecar.core.patterns import HostPattern, PathPattern
from authz_sidecar.core.policy import Access, Match, Policy, Resource, Rule, Upstream
from authz_sidecar.core.reasons import Reason
from authz_sidecar.core.request import Refusal

GET = frozenset({"GET", "HEAD"})


def upstream(name: str, *hosts: str, rules: tuple[Rule, ...] = ()) -> Upstream:
    return Upstream(name, tuple(map(HostPattern, hosts)), rules, "", "")


@pytest.fixture
def policy() -> Policy:
    return Policy(
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
def test_the_most_precise_host_pattern_wins(policy: Policy, host: str, name: str) -> None:
    found = policy.upstream_for(host)
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


def resource(path: str, method: str = "GET", *readings: str, **more: object) -> Resource:
    return replace(Resource((path, *readings), method), **more)  # type: ignore[arg-type] # fields


def test_the_first_rule_that_selects_the_request_wins() -> None:
    health = Rule("health", Match((PathPattern("/healthz"),), GET), Access.PUBLIC)
    writes = Rule("writes", Match(methods=frozenset({"POST"})), Access.DENY)
    rest = Rule("rest", Match((PathPattern("/a"), PathPattern("/healthz"))), Access.PUBLIC)
    shop = upstream("shop", "shop.example.com", rules=(health, writes, rest))

    assert shop.match(resource("/healthz", "HEAD")) is health
    assert shop.match(resource("/healthz", "POST")) is writes
    assert shop.match(resource("/healthz", "get")) is rest
    assert shop.match(resource("/a")) is rest
    assert shop.match(resource("/b")) is None


def test_a_preflight_rule_selects_preflights_alone() -> None:
    preflight = Rule("preflight", Match(cors_preflight=True), Access.PUBLIC)
    shop = upstream("shop", "shop.example.com", rules=(preflight,))
    assert shop.match(resource("/a", "OPTIONS")) is None
    assert shop.match(resource("/a", "OPTIONS", preflight=True)) is preflight


def test_a_rule_on_networks_selects_by_the_clients_address() -> None:
    office = Rule(
        "office",
        Match((PathPattern("/a"),), networks=(ip_network("192.0.2.0/24"),)),
        Access.PUBLIC,
    )
    rest = Rule("rest", Match(), Access.DENY)
    shop = upstream("shop", "shop.example.com", rules=(office, rest))
    assert shop.match(resource("/a", client_ip=ip_address("192.0.2.1"))) is office
    assert shop.match(resource("/a", client_ip=ip_address("198.51.100.1"))) is rest
    assert shop.match(resource("/b")) is rest
    unknown = shop.match(resource("/a"))
    assert unknown == Refusal(Reason.BAD_CLIENT_IP, "rule office selects by networks")


def test_readings_of_a_path_must_lead_to_one_rule() -> None:
    files = Rule("files", Match((PathPattern("/files/**"),), GET), Access.PUBLIC)
    rest = Rule("rest", Match(), Access.DENY)
    shop = upstream("shop", "shop.example.com", rules=(files, rest))
    assert shop.match(resource("/files/a?b", "GET", "/files/a")) is files
    assert shop.match(resource("/files/a/b", "GET", "/files/a%2Fb")) is files
    ambiguous = Refusal(Reason.BAD_PATH, "the path's readings lead to different rules")
    assert shop.match(resource("/files/a", "GET", "/files%2Fa")) == ambiguous
    assert shop.match(resource("/x", "GET", "/files")) == ambiguous


def test_case_is_ignored_where_the_upstream_ignores_it() -> None:
    pattern = PathPattern("/Admin/*", ignore_case=True)
    assert pattern.matches("/aDMIN/x")
    assert PathPattern("/ädmin", ignore_case=True).matches("/ÄDMIN")
    assert not PathPattern("/Admin/*").matches("/admin/x")
