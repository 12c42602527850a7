"""What the review concludes from a policy, against what its rules then do."""

from dataclasses import replace
from ipaddress import ip_address, ip_network
from itertools import product

from hypothesis import example, given
from hypothesis import strategies as st

from authz_sidecar.core.decision import evaluate
from authz_sidecar.core.demands import Demand
from authz_sidecar.core.levels import Level, two_factor
from authz_sidecar.core.patterns import PathPattern
from authz_sidecar.core.policy import (
    Access,
    Freshness,
    Match,
    Requirement,
    Resource,
    Rule,
    Upstream,
)
from authz_sidecar.core.reasons import Outcome
from authz_sidecar.core.request import Address
from authz_sidecar.core.session import Verification
from authz_sidecar.policy_file.review.inclusion import covers, patterns_of, takes
from authz_sidecar.policy_file.review.strictness import asks_less, implies
from tests import strategies as own

SEGMENTS = ["*", "a", "b", "ab", "a*", "*b", "a*b", "b*a", "%2A", "a%2a*"]
PATTERNS = st.builds(
    lambda segments, end: "".join(f"/{each}" for each in segments) + end or "/",
    st.lists(st.sampled_from(SEGMENTS), max_size=3),
    st.sampled_from(["", "/", "/**"]),
)
# Every kind of segment, and every number of them, that could tell two of these patterns apart.
_WORDS = ["".join(letters) for n in (1, 2, 3) for letters in product("abc*", repeat=n)]
_FEW = ["a", "b", "c", "ab", "ac", "cb", "bc", "ca", "acb", "bca", "*", "a*c"]
PATHS = [
    "/",
    *(f"/{word}{slash}" for word in _WORDS for slash in ("", "/")),
    *("/" + "/".join(pair) + slash for pair in product(_WORDS, _FEW) for slash in ("", "/")),
    *("/" + "/".join(pair) for pair in product(_FEW, _WORDS)),
    *("/" + "/".join(each) + slash for each in product(_FEW, repeat=3) for slash in ("", "/")),
    *("/" + "/".join(each) for each in product(_FEW[:4], repeat=4)),
]


@given(PATTERNS, PATTERNS)
@example("/a/**", "/a")
@example("/a/**", "/a/")
@example("/*", "/**")
@example("/**", "/")
def test_a_pattern_covers_another_where_every_path_of_that_is_its_own(one: str, other: str) -> None:
    first, second = PathPattern(one), PathPattern(other)
    included = all(first.matches(path) for path in PATHS if second.matches(path))
    assert covers(first, second) is included


@given(PATTERNS, PATTERNS, st.data())
def test_a_pattern_covers_another_in_any_case(one: str, other: str, data: st.DataObject) -> None:
    first = PathPattern(one.replace("%2A", "B").upper().replace("%2A", "%2a"), ignore_case=True)
    second = PathPattern(other.replace("%2A", "B"), ignore_case=True)
    if covers(first, second):
        path = data.draw(st.sampled_from(PATHS))
        assert first.matches(path) or not second.matches(path)


NETWORKS = [ip_network("192.0.2.0/24"), ip_network("192.0.2.0/28"), ip_network("2001:db8::/32")]
CLIENTS = [ip_address(each) for each in ("192.0.2.1", "192.0.2.99", "2001:db8::1", "203.0.113.1")]
MATCHES = st.builds(
    Match,
    st.lists(PATTERNS.map(PathPattern), max_size=2).map(tuple),
    st.frozensets(st.sampled_from(["GET", "POST", "OPTIONS"]), max_size=2),
    st.lists(st.sampled_from(NETWORKS), max_size=2).map(tuple),
    st.booleans(),
)
RESOURCES = st.builds(
    lambda path, method, client, preflight: Resource(
        (path,), "OPTIONS" if preflight else method, preflight, client
    ),
    st.sampled_from(PATHS),
    st.sampled_from(["GET", "POST", "OPTIONS", "PUT"]),
    st.sampled_from([None, *CLIENTS]),
    st.booleans(),
)


@given(MATCHES, MATCHES, st.lists(RESOURCES, min_size=20, max_size=20))
def test_no_request_gets_past_a_rule_that_takes_all_of_a_later_one(
    earlier: Match, later: Match, resources: list[Resource]
) -> None:
    first, second = Rule("first", earlier, Access.DENY), Rule("second", later, Access.DENY)
    upstream = Upstream("shop", (), (first, second), "", "")
    if all(takes(earlier, later, pattern) for pattern in patterns_of(second)):
        assert all(upstream.match(resource) is not second for resource in resources)


UPSTREAM = Upstream("shop", (), (), "https://auth.test/", "https://auth.test/")


def outcome(
    requirement: Requirement, verification: Verification, client_ip: Address | None
) -> Outcome:
    rule = Rule("r", Match(), requirement)
    return evaluate(UPSTREAM, rule, verification, own.NOW, client_ip).outcome


@given(own.requirements, own.requirements, own.verifications, own.client_ips)
def test_who_meets_a_requirement_meets_every_one_that_it_implies(
    strong: Requirement,
    weak: Requirement,
    verification: Verification,
    client_ip: Address | None,
) -> None:
    # A factor that the weaker one ages may lie in the future, where the stronger one has no age.
    lets_pass = {Outcome.ALLOW, Outcome.UNAVAILABLE}
    if implies(strong, weak) and outcome(strong, verification, client_ip) is Outcome.ALLOW:
        assert outcome(weak, verification, client_ip) in lets_pass


@given(own.requirements, own.demands, own.verifications, own.client_ips)
def test_one_more_alternative_never_asks_more(
    requirement: Requirement,
    demand: Demand,
    verification: Verification,
    client_ip: Address | None,
) -> None:
    wider = replace(requirement, alternatives=(*requirement.alternatives, demand))
    assert implies(requirement, wider)
    assert not asks_less(requirement, than=wider)
    if outcome(requirement, verification, client_ip) is Outcome.ALLOW:
        assert outcome(wider, verification, client_ip) is Outcome.ALLOW


@given(own.requirements)
def test_a_requirement_implies_itself_and_asks_no_less_than_itself(
    requirement: Requirement,
) -> None:
    assert implies(requirement, requirement)
    assert not asks_less(requirement, than=requirement)


@given(own.any_level)
def test_every_level_is_compared_with_two_factors_without_an_error(level: Level) -> None:
    one = Requirement((Demand(level),), Freshness())
    two = Requirement((Demand(two_factor()),), Freshness())
    assert not (asks_less(one, than=two) and asks_less(two, than=one))
