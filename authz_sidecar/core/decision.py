"""The decision: what a rule's requirement makes of a verification. Pure; gates 6 to 15 in order."""

from dataclasses import dataclass
from enum import StrEnum
from math import inf
from typing import assert_never

from authz_sidecar.core.factors import COUNTED
from authz_sidecar.core.levels import FactorTimes
from authz_sidecar.core.policy import Access, Requirement, Rule, Upstream
from authz_sidecar.core.reasons import Outcome, Reason
from authz_sidecar.core.session import Absent, Active, Invalid, Unverifiable, Verification

MAX_CLOCK_SKEW = 30.0
"""Seconds by which Stytch's clock may be ahead of ours."""


class Flow(StrEnum):
    """Which page a challenge points to."""

    LOGIN = "login"
    STEP_UP = "step_up"


@dataclass(frozen=True, slots=True)
class Hint:
    """How a challenge can be met."""

    flow: Flow
    url: str
    """The page, without the parameters that the dialect adds."""
    factors: tuple[str, ...] = ()
    """Any one of these, proven now, brings the session furthest."""
    level: str = ""
    """The level asked for (`acr_values`, RFC 9470)."""
    max_age: int | None = None
    """Seconds; only where a factor was too old."""


@dataclass(frozen=True, slots=True)
class Decision:
    """The answer about a request. What is not said is denied: a reason has one outcome."""

    reason: Reason
    upstream: str = "none"
    rule: str = "none"
    evidence: Active | None = None
    """What it rests on. Never shown to a client unless the outcome is allow."""
    valid_until: float | None = None
    """Until when an allow holds, Unix seconds; None: as long as the policy stands."""
    hint: Hint | None = None
    detail: str = ""
    """For the operator's log."""

    @property
    def outcome(self) -> Outcome:
        """The kind of answer."""
        return self.reason.outcome


def evaluate(upstream: Upstream, rule: Rule, verification: Verification, now: float) -> Decision:
    """Decide a request that a rule has selected.

    Args:
        upstream: the upstream of the request, for the pages a challenge points to.
        rule: the rule that selected it; `access` rules need no verification, so any will do.
        verification: the answer about the session.
        now: Unix seconds, read once when the request arrived.

    Returns:
        The decision of the first gate that fails, or `requirement_met`.
    """
    reason, hint, until = _judge(upstream, rule.verdict, verification, now)
    evidence = verification if isinstance(verification, Active) else None
    return Decision(reason, upstream.id, rule.id, evidence, until, hint)


_Judgement = tuple[Reason, Hint | None, float | None]


def _judge(
    upstream: Upstream, verdict: Access | Requirement, verification: Verification, now: float
) -> _Judgement:
    match verdict, verification:
        case Access.DENY, _:
            return Reason.FORBIDDEN, None, None
        case Access.PUBLIC, _:
            return Reason.PUBLIC, None, None
        case Requirement(), Absent():
            return Reason.NO_SESSION, _login(upstream), None
        case Requirement(), Unverifiable(reason):
            return reason, None, None
        case Requirement(), Invalid():
            return Reason.SESSION_INVALID, _login(upstream), None
        case Requirement() as requirement, Active() as evidence:
            return _judge_session(upstream, requirement, evidence, now)
        case _ as never:
            assert_never(never)


def _judge_session(
    upstream: Upstream, requirement: Requirement, evidence: Active, now: float
) -> _Judgement:
    session = evidence.session
    if session.expires_at <= now:
        return Reason.SESSION_EXPIRED, _login(upstream), None
    if session.impersonated:
        return Reason.IMPERSONATED, None, None
    if requirement.roles is not None and not requirement.roles.held_by(session.roles):
        return Reason.ROLE_MISSING, None, None
    reason, held_until = _judge_factors(requirement, session.factors, now)
    if reason in {Reason.FACTOR_MISSING, Reason.FACTOR_TOO_OLD}:
        return reason, _step_up(upstream, requirement, evidence, reason, now), None
    if reason is not Reason.REQUIREMENT_MET:
        return reason, None, None
    evidence_until = evidence.as_of + requirement.verified_within
    return reason, None, min(held_until, session.expires_at, max(evidence_until, now))


def _judge_factors(requirement: Requirement, held: FactorTimes, now: float) -> tuple[Reason, float]:
    held_until = requirement.level.held_until(held)
    if held_until == -inf:
        return Reason.FACTOR_MISSING, held_until
    times = (held.get(name) for name in requirement.level.aged_names())
    if any(time is not None and time > now + MAX_CLOCK_SKEW for time in times):
        return Reason.CLOCK_SKEW, held_until
    if held_until <= now:
        return Reason.FACTOR_TOO_OLD, held_until
    return Reason.REQUIREMENT_MET, held_until


def _login(upstream: Upstream) -> Hint:
    return Hint(Flow.LOGIN, upstream.login_url)


def _step_up(
    upstream: Upstream, requirement: Requirement, evidence: Active, reason: Reason, now: float
) -> Hint:
    """Point to the step-up page, or to the login page if the session holds nothing that counts."""
    level, held = requirement.level, evidence.session.factors
    lacking = level.lacking(held, now)
    names = tuple(sorted({name for element in lacking for name in element.names}))
    ages = [element.max_age for element in lacking if element.max_age is not None]
    max_age = int(min(ages)) if ages and reason is Reason.FACTOR_TOO_OLD else None
    counts = (COUNTED | level.names()) & held.keys()
    flow, url = (Flow.STEP_UP, upstream.step_up_url) if counts else (Flow.LOGIN, upstream.login_url)
    return Hint(flow, url, names, level.name, max_age)
