"""One row per gate: the exact decision that each verification and requirement gives."""

from dataclasses import dataclass, replace
from ipaddress import ip_address, ip_network

import pytest

from authz_sidecar.core.decision import Decision, Flow, Hint, evaluate, evidence_wanted
from authz_sidecar.core.demands import Claim, ClaimValue, Demand, Emails, Roles
from authz_sidecar.core.factors import COUNTED, DEVICE, PHONE
from authz_sidecar.core.levels import Element, Level, all_of, any_of, one_factor, two_factor
from authz_sidecar.core.patterns import HostPattern
from authz_sidecar.core.policy import (
    Access,
    Freshness,
    Match,
    OptionalAccess,
    Requirement,
    Response,
    Rule,
    Upstream,
    Verdict,
)
from authz_sidecar.core.reasons import DECISION_TABLE, Outcome, Reason
from authz_sidecar.core.request import Address
from authz_sidecar.core.session import (
    Absent,
    Active,
    Invalid,
    Session,
    Source,
    Unverifiable,
    Verification,
)

NOW = 1_800_000_000.0
LOGIN = "https://auth.example.com/login"
STEP_UP = "https://auth.example.com/step-up"
ORIGIN = "https://shop.example.com"
INSIDE, OUTSIDE = ip_address("192.0.2.7"), ip_address("198.51.100.7")
PAYMENTS = all_of("payments", [Element(frozenset({"password"})), Element(PHONE, 300)])


def session(
    held: dict[str, float | None] | None = None,
    *,
    expires_in: float = 3600.0,
    roles: frozenset[str] = frozenset(),
    emails: tuple[str, ...] = (),
    organizations: frozenset[str] = frozenset(),
    **claims: object,
) -> Active:
    """Evidence of now; factors are given by their age in seconds."""
    times = {
        name: None if age is None else NOW - age for name, age in (held or {"password": 60}).items()
    }
    facts = Session(
        "session-1", "user-1", NOW + expires_in, times, roles, emails, organizations, claims
    )
    return Active(facts, Source.STYTCH, NOW)


@dataclass(frozen=True)
class Row:
    verdict: Verdict
    verification: Verification
    reason: Reason
    hint: Hint | None = None
    valid_until: float | None = None
    client_ip: Address | None = None
    stale: Active | None = None
    anonymous: bool = False
    """Whether an allow tells nobody who it is."""


def require(level: Level, roles: Roles | None = None, verified_within: float = 30) -> Requirement:
    return Requirement((Demand(level, roles=roles),), Freshness(verified_within, 300))


def any_demand(*demands: Demand) -> Requirement:
    return Requirement(demands, Freshness())


def step_up(names: frozenset[str], level: str, max_age: int | None = None) -> Hint:
    return Hint(Flow.STEP_UP, STEP_UP, ORIGIN, tuple(sorted(names)), level, max_age)


def known(age: float, source: Source = Source.CACHE, expires_in: float = 3600.0) -> Active:
    """Evidence of some seconds ago."""
    return replace(session(expires_in=expires_in), as_of=NOW - age, source=source)


GRACE = Requirement((Demand(one_factor()),), Freshness(), allow_known_for=120)
ONE, TWO = require(one_factor()), require(two_factor())
TO_LOGIN = Hint(Flow.LOGIN, LOGIN, ORIGIN)
OFFICE = (ip_network("192.0.2.0/24"),)
IMPERSONATED = session({"impersonation": 5})
ADMINS = Roles(frozenset({"admin", "owner"}))
BOTH = Roles(frozenset({"admin", "owner"}), every=True)

ROWS = {
    "a rule that denies": Row(Access.DENY, Absent(), Reason.FORBIDDEN),
    "a public rule": Row(Access.PUBLIC, Absent(), Reason.PUBLIC),
    "an optional rule without a credential": Row(
        OptionalAccess(Freshness()), Absent(), Reason.OPTIONAL
    ),
    "an optional rule with a dead session": Row(
        OptionalAccess(Freshness()), Invalid(), Reason.OPTIONAL
    ),
    "an optional rule while Stytch is out of reach": Row(
        OptionalAccess(Freshness()), Unverifiable(), Reason.OPTIONAL
    ),
    "an optional rule with an expired session": Row(
        OptionalAccess(Freshness()), session(expires_in=0), Reason.OPTIONAL, anonymous=True
    ),
    "an optional rule with an impersonated session": Row(
        OptionalAccess(Freshness()), IMPERSONATED, Reason.OPTIONAL, anonymous=True
    ),
    "an optional rule with a session": Row(
        OptionalAccess(Freshness()), session(expires_in=20), Reason.OPTIONAL, valid_until=NOW + 20
    ),
    "a client outside the networks": Row(
        any_demand(Demand(one_factor(), OFFICE)),
        session(),
        Reason.NETWORK_MISMATCH,
        client_ip=OUTSIDE,
    ),
    "a client whose address is not known": Row(
        any_demand(Demand(one_factor(), OFFICE)), session(), Reason.NETWORK_MISMATCH
    ),
    "a client inside the networks": Row(
        any_demand(Demand(one_factor(), OFFICE)),
        session(),
        Reason.REQUIREMENT_MET,
        valid_until=NOW + 30,
        client_ip=INSIDE,
    ),
    "no credential": Row(ONE, Absent(), Reason.NO_SESSION, TO_LOGIN),
    "Stytch out of reach": Row(ONE, Unverifiable(), Reason.STYTCH_UNAVAILABLE),
    "the signing keys out of reach": Row(
        ONE, Unverifiable(Reason.KEYS_UNAVAILABLE), Reason.KEYS_UNAVAILABLE
    ),
    "an outage where nothing is known from before": Row(
        GRACE, Unverifiable(), Reason.STYTCH_UNAVAILABLE
    ),
    "an outage and a rule that knows no grace": Row(
        ONE, Unverifiable(last_known=known(31)), Reason.STYTCH_UNAVAILABLE
    ),
    "an outage, and a session known from before": Row(
        GRACE,
        Unverifiable(last_known=known(31)),
        Reason.REQUIREMENT_MET,
        valid_until=NOW + 119,
        stale=known(31),
    ),
    "an outage, and a JWT known from before": Row(
        GRACE,
        Unverifiable(last_known=known(310, Source.JWT)),
        Reason.REQUIREMENT_MET,
        valid_until=NOW + 110,
        stale=known(310, Source.JWT),
    ),
    "an outage, and a session known too long ago": Row(
        GRACE, Unverifiable(last_known=known(150)), Reason.STYTCH_UNAVAILABLE
    ),
    "an outage, and a rule that asks anew": Row(
        Requirement((Demand(one_factor()),), Freshness(0, 0), allow_known_for=120),
        Unverifiable(last_known=known(1)),
        Reason.STYTCH_UNAVAILABLE,
    ),
    "an outage, and a known session that has expired": Row(
        GRACE, Unverifiable(last_known=known(31, expires_in=0)), Reason.STYTCH_UNAVAILABLE
    ),
    "an outage, and a known factor that is too old by now": Row(
        Requirement((Demand(one_factor(60)),), Freshness(), allow_known_for=120),
        Unverifiable(last_known=known(31)),
        Reason.STYTCH_UNAVAILABLE,
    ),
    "a session JWT, until it speaks for a time too long ago": Row(
        ONE, known(100, Source.JWT), Reason.REQUIREMENT_MET, valid_until=NOW + 200
    ),
    "a dead session": Row(ONE, Invalid(), Reason.SESSION_INVALID, TO_LOGIN),
    "an expired session": Row(ONE, session(expires_in=0), Reason.SESSION_EXPIRED, TO_LOGIN),
    "an impersonated session": Row(
        ONE, session({"password": 9, "impersonation": 5}), Reason.IMPERSONATED
    ),
    "an impersonated session where that is allowed": Row(
        Requirement(
            (Demand(one_factor(impersonation=True)),), Freshness(), allow_impersonation=True
        ),
        IMPERSONATED,
        Reason.REQUIREMENT_MET,
        valid_until=NOW + 30,
    ),
    "an impersonated session has one factor at most": Row(
        Requirement((Demand(two_factor()),), Freshness(), allow_impersonation=True),
        IMPERSONATED,
        Reason.FACTOR_MISSING,
        Hint(Flow.LOGIN, LOGIN, ORIGIN, tuple(sorted(COUNTED)), "two_factor"),
    ),
    "an impersonator cannot be asked to impersonate again": Row(
        Requirement(
            (Demand(one_factor(60, impersonation=True)),), Freshness(), allow_impersonation=True
        ),
        session({"impersonation": 90}),
        Reason.FACTOR_TOO_OLD,
        step_up(COUNTED, "one_factor", 60),
    ),
    "another organization": Row(
        any_demand(Demand(one_factor(), organizations=frozenset({"org-1", "acme"}))),
        session(organizations=frozenset({"org-2", "other"})),
        Reason.ORGANIZATION_MISMATCH,
    ),
    "the organization by its slug": Row(
        any_demand(Demand(one_factor(), organizations=frozenset({"acme"}))),
        session(organizations=frozenset({"org-1", "acme"})),
        Reason.REQUIREMENT_MET,
        valid_until=NOW + 30,
    ),
    "another user": Row(
        any_demand(Demand(one_factor(), users=frozenset({"user-2"}))),
        session(),
        Reason.USER_MISMATCH,
    ),
    "the very user": Row(
        any_demand(Demand(one_factor(), users=frozenset({"user-1", "user-2"}))),
        session(),
        Reason.REQUIREMENT_MET,
        valid_until=NOW + 30,
    ),
    "an address of another domain": Row(
        any_demand(Demand(one_factor(), emails=Emails(domains=frozenset({"example.com"})))),
        session(emails=("ann@sub.example.com", "ann@example.com.evil.test")),
        Reason.EMAIL_MISMATCH,
    ),
    "an address of the domain": Row(
        any_demand(Demand(one_factor(), emails=Emails(domains=frozenset({"example.com"})))),
        session(emails=("ann@other.test", '"a@b"@Example.com')),
        Reason.REQUIREMENT_MET,
        valid_until=NOW + 30,
    ),
    "the very address": Row(
        any_demand(Demand(one_factor(), emails=Emails(frozenset({"ann@example.com"})))),
        session(emails=("Ann@Example.com",)),
        Reason.REQUIREMENT_MET,
        valid_until=NOW + 30,
    ),
    "a claim of another value": Row(
        any_demand(Demand(one_factor(), claims=(Claim("plan", ("gold", 1, True)),))),
        session(plan=["silver", False, 2]),
        Reason.CLAIM_MISMATCH,
    ),
    "one of two claims is not there": Row(
        any_demand(Demand(one_factor(), claims=(Claim("a", (1,)), Claim("b", (1,))))),
        session(a=1),
        Reason.CLAIM_MISMATCH,
    ),
    "a claim that lists the value": Row(
        any_demand(Demand(one_factor(), claims=(Claim("plan", ("gold",)),))),
        session(plan=["silver", "gold"]),
        Reason.REQUIREMENT_MET,
        valid_until=NOW + 30,
    ),
    "the first alternative that is met decides": Row(
        any_demand(Demand(two_factor()), Demand(one_factor(60)), Demand(one_factor())),
        session({"password": 50}),
        Reason.REQUIREMENT_MET,
        valid_until=NOW + 10,
    ),
    "a challenge that can help comes before a denial": Row(
        any_demand(Demand(one_factor(), roles=ADMINS), Demand(two_factor())),
        session(roles=frozenset({"user"})),
        Reason.FACTOR_MISSING,
        step_up(PHONE | DEVICE, "two_factor"),
    ),
    "of two that got as far the first speaks": Row(
        any_demand(Demand(PAYMENTS), Demand(two_factor())),
        session(),
        Reason.FACTOR_MISSING,
        step_up(PHONE, "payments"),
    ),
    "an alternative from another network leaves the rest": Row(
        any_demand(Demand(one_factor(), OFFICE), Demand(two_factor())),
        Absent(),
        Reason.NO_SESSION,
        TO_LOGIN,
        client_ip=OUTSIDE,
    ),
    "none of the roles": Row(
        require(one_factor(), ADMINS), session(roles=frozenset({"user"})), Reason.ROLE_MISSING
    ),
    "one of two roles that must both be held": Row(
        require(one_factor(), BOTH), session(roles=frozenset({"admin"})), Reason.ROLE_MISSING
    ),
    "no factor that counts": Row(
        TWO,
        session({"unknown": 1, "imported": 1}),
        Reason.FACTOR_MISSING,
        Hint(Flow.LOGIN, LOGIN, ORIGIN, tuple(sorted(COUNTED)), "two_factor"),
    ),
    "one factor where two are asked": Row(
        TWO,
        session({"password": 60}),
        Reason.FACTOR_MISSING,
        step_up(PHONE | DEVICE, "two_factor"),
    ),
    "password and an e-mail code are one category": Row(
        TWO,
        session({"password": 60, "email_otp": 5}),
        Reason.FACTOR_MISSING,
        step_up(PHONE | DEVICE, "two_factor"),
    ),
    "a named level's missing factor": Row(
        require(PAYMENTS), session(), Reason.FACTOR_MISSING, step_up(PHONE, "payments")
    ),
    "a factor from the future where an age is asked": Row(
        require(two_factor(300)), session({"password": 60, "totp": -31}), Reason.CLOCK_SKEW
    ),
    "the second factor is too old": Row(
        require(two_factor(300)),
        session({"password": 60, "sms_otp": 300}),
        Reason.FACTOR_TOO_OLD,
        step_up(PHONE | DEVICE, "two_factor", 300),
    ),
    "a factor without a time is never fresh": Row(
        require(PAYMENTS),
        session({"password": 1, "sms_otp": None}),
        Reason.FACTOR_TOO_OLD,
        step_up(PHONE, "payments", 300),
    ),
    "the only factor is too old": Row(
        require(one_factor(60)),
        session({"password": 60}),
        Reason.FACTOR_TOO_OLD,
        step_up(COUNTED, "one_factor", 60),
    ),
    "one factor, until the evidence is too old": Row(
        ONE, session(), Reason.REQUIREMENT_MET, valid_until=NOW + 30
    ),
    "until the session expires": Row(
        ONE, session(expires_in=10), Reason.REQUIREMENT_MET, valid_until=NOW + 10
    ),
    "until the factor is too old": Row(
        require(PAYMENTS),
        session({"password": 9000, "sms_otp": 290}),
        Reason.REQUIREMENT_MET,
        valid_until=NOW + 10,
    ),
    "for this request alone": Row(
        require(one_factor(), verified_within=0),
        session(),
        Reason.REQUIREMENT_MET,
        valid_until=NOW,
    ),
    "three factors are fine, and the freshest counts": Row(
        require(two_factor(300), verified_within=900),
        session({"password": 900, "sms_otp": 900, "totp": 100}),
        Reason.REQUIREMENT_MET,
        valid_until=NOW + 200,
    ),
    "a factor a little in the future is fresh": Row(
        require(two_factor(60), verified_within=900),
        session({"password": 60, "totp": -30}),
        Reason.REQUIREMENT_MET,
        valid_until=NOW + 90,
    ),
    "a factor from the future where no age is asked": Row(
        TWO, session({"password": 60, "totp": -3600}), Reason.REQUIREMENT_MET, None, NOW + 30
    ),
    "any of a named level": Row(
        require(any_of("strong", [Element(frozenset({"passkey"})), Element(PHONE, 60)])),
        session({"password": 1, "passkey": 5000}),
        Reason.REQUIREMENT_MET,
        valid_until=NOW + 30,
    ),
    "one of the roles": Row(
        require(one_factor(), ADMINS),
        session(roles=frozenset({"admin"})),
        Reason.REQUIREMENT_MET,
        valid_until=NOW + 30,
    ),
    "exactly the roles": Row(
        require(one_factor(), BOTH),
        session(roles=frozenset({"admin", "owner"})),
        Reason.REQUIREMENT_MET,
        valid_until=NOW + 30,
    ),
    "every role": Row(
        require(one_factor(), BOTH),
        session(roles=frozenset({"admin", "owner", "user"})),
        Reason.REQUIREMENT_MET,
        valid_until=NOW + 30,
    ),
}


@pytest.mark.parametrize("name", ROWS)
def test_each_verification_has_its_exact_decision(name: str) -> None:
    row = ROWS[name]
    rule = Rule("the-rule", Match(), row.verdict, Response.API)
    hosts = (HostPattern("shop.example.com"),)
    upstream = Upstream("shop", hosts, (rule,), LOGIN, STEP_UP, ORIGIN)

    decision = evaluate(upstream, rule, row.verification, NOW, row.client_ip)

    evidence = row.verification if isinstance(row.verification, Active) else None
    if row.stale is not None:
        evidence = replace(row.stale, source=Source.STALE)
    if row.anonymous or row.reason is Reason.NETWORK_MISMATCH:
        evidence = None
    expected = Decision(
        row.reason, "shop", "the-rule", evidence, row.valid_until, row.hint, Response.API
    )
    assert decision == expected


def test_every_reason_has_a_row_of_the_decision_table() -> None:
    assert set(DECISION_TABLE) == set(Reason)


def test_every_reason_of_a_session_is_covered_by_a_row_here() -> None:
    judged = {reason for reason in Reason if reason.row.gate >= 4}
    assert {row.reason for row in ROWS.values()} == judged


def test_only_allowing_reasons_allow() -> None:
    allowing = {reason for reason in Reason if reason.outcome is Outcome.ALLOW}
    assert allowing == {Reason.PUBLIC, Reason.OPTIONAL, Reason.REQUIREMENT_MET}


def test_a_second_look_belongs_to_the_gates_nine_to_fourteen() -> None:
    looked_at_twice = {reason for reason in Reason if reason.row.second_look}
    assert looked_at_twice == {reason for reason in Reason if 9 <= reason.row.gate <= 14}


@pytest.mark.parametrize(
    ("verdict", "client_ip", "expected"),
    [
        (Access.PUBLIC, None, None),
        (Access.DENY, None, None),
        (OptionalAccess(Freshness(20)), None, Freshness(20)),
        (ONE, None, Freshness()),
        (any_demand(Demand(one_factor(), OFFICE)), OUTSIDE, None),
        (any_demand(Demand(one_factor(), OFFICE)), None, None),
        (any_demand(Demand(one_factor(), OFFICE)), INSIDE, Freshness()),
        (any_demand(Demand(one_factor(), OFFICE), Demand(two_factor())), OUTSIDE, Freshness()),
    ],
)
def test_a_session_is_wanted_only_where_it_matters(
    verdict: Verdict, client_ip: Address | None, expected: Freshness | None
) -> None:
    assert evidence_wanted(Rule("r", Match(), verdict), client_ip) == expected


@pytest.mark.parametrize(
    ("values", "held", "met"),
    [
        ((True,), True, True),
        ((True,), 1, False),
        ((1,), True, False),
        ((1,), 1.0, True),
        (("1",), 1, False),
        ((1,), "1", False),
        (("a",), ["b", "a"], True),
        (("a",), {"a": 1}, False),
        (("a",), "ab", False),
        ((0, ""), None, False),
        ((False,), None, False),
    ],
)
def test_a_claim_is_compared_by_type_and_value(
    values: tuple[ClaimValue, ...], held: object, met: bool
) -> None:
    assert Claim("c", values).met_by({"c": held}) is met
    assert not Claim("c", values).met_by({})
