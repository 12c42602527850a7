"""One row per gate: the exact decision that each verification and requirement gives."""

from dataclasses import dataclass

import pytest

from authz_sidecar.core.decision import Decision, Flow, Hint, evaluate
from authz_sidecar.core.factors import COUNTED, DEVICE, PHONE
from authz_sidecar.core.levels import Element, Level, all_of, any_of, one_factor, two_factor
from authz_sidecar.core.patterns import HostPattern
from authz_sidecar.core.policy import Access, Match, Requirement, Roles, Rule, Upstream
from authz_sidecar.core.reasons import DECISION_TABLE, Outcome, Reason
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
PAYMENTS = all_of("payments", [Element(frozenset({"password"})), Element(PHONE, 300)])


def session(
    held: dict[str, float | None] | None = None,
    *,
    expires_in: float = 3600.0,
    roles: frozenset[str] = frozenset(),
) -> Active:
    """Evidence of now; factors are given by their age in seconds."""
    times = {
        name: None if age is None else NOW - age for name, age in (held or {"password": 60}).items()
    }
    facts = Session("session-1", "user-1", NOW + expires_in, times, roles)
    return Active(facts, Source.STYTCH, NOW)


@dataclass(frozen=True)
class Row:
    verdict: Access | Requirement
    verification: Verification
    reason: Reason
    hint: Hint | None = None
    valid_until: float | None = None


def require(level: Level, roles: Roles | None = None, verified_within: float = 30) -> Requirement:
    return Requirement(level, verified_within, roles)


def step_up(names: frozenset[str], level: str, max_age: int | None = None) -> Hint:
    return Hint(Flow.STEP_UP, STEP_UP, tuple(sorted(names)), level, max_age)


ONE, TWO = require(one_factor()), require(two_factor())
TO_LOGIN = Hint(Flow.LOGIN, LOGIN)
ADMINS = Roles(frozenset({"admin", "owner"}))
BOTH = Roles(frozenset({"admin", "owner"}), every=True)

ROWS = {
    "a rule that denies": Row(Access.DENY, Absent(), Reason.FORBIDDEN),
    "a public rule": Row(Access.PUBLIC, Absent(), Reason.PUBLIC),
    "no credential": Row(ONE, Absent(), Reason.NO_SESSION, TO_LOGIN),
    "Stytch out of reach": Row(ONE, Unverifiable(), Reason.STYTCH_UNAVAILABLE),
    "a dead session": Row(ONE, Invalid(), Reason.SESSION_INVALID, TO_LOGIN),
    "an expired session": Row(ONE, session(expires_in=0), Reason.SESSION_EXPIRED, TO_LOGIN),
    "an impersonated session": Row(
        ONE, session({"password": 9, "impersonation": 5}), Reason.IMPERSONATED
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
        Hint(Flow.LOGIN, LOGIN, tuple(sorted(COUNTED)), "two_factor"),
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
    rule = Rule("the-rule", Match(), row.verdict)
    upstream = Upstream("shop", (HostPattern("shop.example.com"),), (rule,), LOGIN, STEP_UP)

    decision = evaluate(upstream, rule, row.verification, NOW)

    evidence = row.verification if isinstance(row.verification, Active) else None
    expected = Decision(row.reason, "shop", "the-rule", evidence, row.valid_until, row.hint)
    assert decision == expected


def test_every_reason_has_a_row_of_the_decision_table() -> None:
    assert set(DECISION_TABLE) == set(Reason)


def test_every_reason_of_a_session_is_covered_by_a_row_here() -> None:
    judged = {reason for reason in Reason if reason.row.gate >= 4}
    assert {row.reason for row in ROWS.values()} == judged


def test_only_allowing_reasons_allow() -> None:
    allowing = {reason for reason in Reason if reason.outcome is Outcome.ALLOW}
    assert allowing == {Reason.PUBLIC, Reason.REQUIREMENT_MET}


def test_a_second_look_belongs_to_the_gates_nine_to_fourteen() -> None:
    looked_at_twice = {reason for reason in Reason if reason.row.second_look}
    assert looked_at_twice == {reason for reason in Reason if 9 <= reason.row.gate <= 14}
