"""Which verdict asks clearly less than another."""

import pytest

from authz_sidecar.core.demands import Claim, Demand, Emails, Roles
from authz_sidecar.core.factors import COUNTED
from authz_sidecar.core.levels import Element, all_of, one_factor, two_factor
from authz_sidecar.core.policy import Access, Freshness, OptionalAccess, Requirement, Verdict
from authz_sidecar.policy_file.review.strictness import asks_less, implies

FRESH = Freshness(30.0, 300.0)


def requirement(*demands: Demand, freshness: Freshness = FRESH) -> Requirement:
    return Requirement(demands, freshness)


ONE = requirement(Demand(one_factor()))
ADMIN = Roles(frozenset({"admin"}))
# From what asks most to what asks least.
LADDER: list[Verdict] = [
    Access.DENY,
    requirement(Demand(two_factor(60.0), roles=ADMIN, users=frozenset({"u"}))),
    requirement(Demand(two_factor(300.0), roles=ADMIN)),
    requirement(Demand(two_factor(300.0))),
    requirement(Demand(two_factor())),
    ONE,
    requirement(Demand(one_factor()), freshness=Freshness(60.0, 300.0)),
    OptionalAccess(FRESH),
    Access.PUBLIC,
]


@pytest.mark.parametrize("high", range(len(LADDER)))
@pytest.mark.parametrize("low", range(len(LADDER)))
def test_what_is_lower_on_the_ladder_asks_less(high: int, low: int) -> None:
    assert asks_less(LADDER[low], than=LADDER[high]) is (low > high)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (Demand(two_factor()), Demand(one_factor(), roles=ADMIN)),
        (Demand(one_factor(60.0)), Demand(two_factor())),
        (Demand(one_factor(), users=frozenset({"a"})), Demand(one_factor(), roles=ADMIN)),
        (
            Demand(one_factor(), organizations=frozenset({"a"})),
            Demand(one_factor(), organizations=frozenset({"b"})),
        ),
        (
            Demand(one_factor(), emails=Emails(frozenset({"ann@a.test"}))),
            Demand(one_factor(), emails=Emails(domains=frozenset({"b.test"}))),
        ),
        (
            Demand(one_factor(), claims=(Claim("plan", ("gold", True)),)),
            Demand(one_factor(), claims=(Claim("plan", ("gold", 1)),)),
        ),
    ],
)
def test_what_lets_others_pass_does_not_ask_less(one: Demand, other: Demand) -> None:
    assert not asks_less(requirement(one), than=requirement(other))
    assert not asks_less(requirement(other), than=requirement(one))


@pytest.mark.parametrize(
    ("strong", "weak", "implied"),
    [
        (Roles(frozenset("ab"), every=True), Roles(frozenset("b")), True),
        (Roles(frozenset("ab"), every=True), Roles(frozenset("b"), every=True), True),
        (Roles(frozenset("ab")), Roles(frozenset("abc")), True),
        (Roles(frozenset("ab")), Roles(frozenset("b")), False),
        (Roles(frozenset("a")), Roles(frozenset("a"), every=True), True),
        (Roles(frozenset("ab")), Roles(frozenset("ab"), every=True), False),
        (Roles(frozenset("ab"), every=True), Roles(frozenset("c")), False),
        (None, Roles(frozenset("a")), False),
    ],
)
def test_roles_that_are_held_for_certain_imply_others(
    strong: Roles | None, weak: Roles, *, implied: bool
) -> None:
    one, other = (requirement(Demand(one_factor(), roles=roles)) for roles in (strong, weak))
    assert implies(one, other) is implied


def test_an_address_of_a_domain_is_one_of_that_domain() -> None:
    ann = Emails(frozenset({"ann@a.test"}))
    anybody = Emails(domains=frozenset({"a.test"}))
    one, other = (requirement(Demand(one_factor(), emails=each)) for each in (ann, anybody))
    assert asks_less(other, than=one)


def test_impersonation_is_one_more_way_to_pass() -> None:
    lenient = Requirement(
        (Demand(one_factor(impersonation=True)),), FRESH, allow_impersonation=True
    )
    assert asks_less(lenient, than=ONE)


def test_levels_of_too_many_combinations_are_only_alike_or_not() -> None:
    huge = all_of("huge", [Element(COUNTED)] * 4)
    one, alike = requirement(Demand(huge)), requirement(Demand(all_of("x", huge.alternatives[0])))
    assert not asks_less(ONE, than=one)
    assert implies(one, alike)
