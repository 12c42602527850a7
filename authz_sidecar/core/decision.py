"""The decision: what a rule's verdict makes of a verification. Pure; gates 4 to 15 in order."""

from dataclasses import dataclass, replace
from enum import StrEnum
from math import inf
from typing import assert_never

from authz_sidecar.core.demands import Demand
from authz_sidecar.core.factors import COUNTED, IMPERSONATION
from authz_sidecar.core.levels import FactorTimes, Level
from authz_sidecar.core.policy import (
    Access,
    Freshness,
    OptionalAccess,
    Requirement,
    Response,
    Rule,
    Upstream,
    Verdict,
)
from authz_sidecar.core.reasons import Outcome, Reason
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
    origin: str = ""
    """What the way back begins with; empty: as the request told it."""
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
    response: Response = Response.AUTO
    detail: str = ""
    """For the operator's log."""

    @property
    def outcome(self) -> Outcome:
        """The kind of answer."""
        return self.reason.outcome


@dataclass(frozen=True, slots=True)
class _Judgement:
    reason: Reason
    hint: Hint | None = None
    until: float | None = None
    evidence: Active | None = None


def evaluate(
    upstream: Upstream,
    rule: Rule,
    verification: Verification,
    now: float,
    client_ip: Address | None = None,
) -> Decision:
    """Decide a request that a rule has selected.

    Args:
        upstream: the upstream of the request, for the pages a challenge points to.
        rule: the rule that selected it.
        verification: the answer about the session; Absent where none is needed.
        now: Unix seconds, read once when the request arrived.
        client_ip: the client's address, for `require.networks`.

    Returns:
        The decision of the first gate that fails, or an allow.
    """
    judgement = _judge_verdict(upstream, rule.verdict, verification, now, client_ip)
    return Decision(
        judgement.reason,
        upstream.id,
        rule.id,
        judgement.evidence,
        judgement.until,
        judgement.hint,
        rule.response,
    )


def evidence_wanted(rule: Rule, client_ip: Address | None) -> Freshness | None:
    """How old evidence for a session may be; None where no session would matter."""
    match rule.verdict:
        case Access():
            return None
        case OptionalAccess(freshness):
            return freshness
        case Requirement(alternatives, freshness):
            can_be_met = any(demand.is_open_to(client_ip) for demand in alternatives)
            return freshness if can_be_met else None
        case _ as never:
            assert_never(never)


def _judge_verdict(
    upstream: Upstream,
    verdict: Verdict,
    verification: Verification,
    now: float,
    client_ip: Address | None,
) -> _Judgement:
    match verdict:
        case Access.DENY:
            return _Judgement(Reason.FORBIDDEN)
        case Access.PUBLIC:
            return _Judgement(Reason.PUBLIC)
        case OptionalAccess(freshness):
            return _judge_optional(verification, freshness, now)
        case Requirement() as requirement:
            return _judge_requirement(upstream, requirement, verification, now, client_ip)
        case _ as never:
            assert_never(never)


def _judge_optional(evidence: Verification, freshness: Freshness, now: float) -> _Judgement:
    """Allow; and say who it is, where that is certain."""
    if not isinstance(evidence, Active):
        return _Judgement(Reason.OPTIONAL)
    if evidence.session.expires_at <= now or evidence.session.impersonated:
        return _Judgement(Reason.OPTIONAL)
    until = _evidence_until(evidence, freshness, now)
    return _Judgement(Reason.OPTIONAL, until=until, evidence=evidence)


def _judge_requirement(
    upstream: Upstream,
    requirement: Requirement,
    verification: Verification,
    now: float,
    client_ip: Address | None,
) -> _Judgement:
    """The first alternative that is met; else the one that got furthest through the gates."""
    judgements = [
        _judge_demand(upstream, requirement, demand, verification, now)
        if demand.is_open_to(client_ip)
        else _Judgement(Reason.NETWORK_MISMATCH)
        for demand in requirement.alternatives
    ]
    return max(judgements, key=lambda judgement: judgement.reason.row.gate)


def _judge_demand(
    upstream: Upstream,
    requirement: Requirement,
    demand: Demand,
    verification: Verification,
    now: float,
) -> _Judgement:
    match verification:
        case Absent():
            return _Judgement(Reason.NO_SESSION, _login(upstream))
        case Unverifiable(reason, last_known):
            known = _judge_known(requirement, demand, last_known, now)
            return known or _Judgement(reason)
        case Invalid():
            return _Judgement(Reason.SESSION_INVALID, _login(upstream))
        case Active() as evidence:
            reason, until = _judge_session(requirement, demand, evidence.session, now)
            hint = _hint(upstream, demand.level, evidence.session.factors, reason, now)
            if until is not None:
                until = min(until, _evidence_until(evidence, requirement.freshness, now))
            return _Judgement(reason, hint, until, evidence)
        case _ as never:
            assert_never(never)


def _judge_session(
    requirement: Requirement, demand: Demand, session: Session, now: float
) -> tuple[Reason, float | None]:
    """The reason, and for an allow until when session and factors hold."""
    if session.expires_at <= now:
        return Reason.SESSION_EXPIRED, None
    if session.impersonated and not requirement.allow_impersonation:
        return Reason.IMPERSONATED, None
    lacking = demand.attribute_fault(session)
    if lacking is not None:
        return lacking, None
    held_until = demand.level.held_until(session.factors)
    if held_until == -inf:
        return Reason.FACTOR_MISSING, None
    times = (session.factors.get(name) for name in demand.level.aged_names())
    if any(time is not None and time > now + MAX_CLOCK_SKEW for time in times):
        return Reason.CLOCK_SKEW, None
    if held_until <= now:
        return Reason.FACTOR_TOO_OLD, None
    return Reason.REQUIREMENT_MET, min(held_until, session.expires_at)


def _judge_known(
    requirement: Requirement, demand: Demand, known: Active | None, now: float
) -> _Judgement | None:
    """An allow from before, where the rule lets that serve an outage and does not ask anew.

    No refusal rests on it: what is not allowed is not known.
    """
    if known is None or not requirement.allow_known_for:
        return None
    within = _within(known, requirement.freshness)
    until = known.as_of + within + requirement.allow_known_for
    if within == 0 or until <= now:
        return None
    reason, held_until = _judge_session(requirement, demand, known.session, now)
    if held_until is None:
        return None
    stale = replace(known, source=Source.STALE)
    return _Judgement(reason, until=min(held_until, until), evidence=stale)


def _within(evidence: Active, freshness: Freshness) -> float:
    return freshness.jwt if evidence.source is Source.JWT else freshness.token


def _evidence_until(evidence: Active, freshness: Freshness, now: float) -> float:
    """Until when the evidence is young enough; asked for anew, it is so for this request alone."""
    within = _within(evidence, freshness)
    return min(evidence.session.expires_at, max(evidence.as_of + within, now))


def _login(upstream: Upstream) -> Hint:
    return Hint(Flow.LOGIN, upstream.login_url, upstream.origin)


def _hint(
    upstream: Upstream, level: Level, held: FactorTimes, reason: Reason, now: float
) -> Hint | None:
    """Where a refusal of a session can be met, if it can.

    What is missing is proven at the step-up page, or by a login if nothing held counts at all.
    """
    if reason is Reason.SESSION_EXPIRED:
        return _login(upstream)
    if reason not in {Reason.FACTOR_MISSING, Reason.FACTOR_TOO_OLD}:
        return None
    lacking = level.lacking(held, now)
    names = tuple(sorted({name for element in lacking for name in element.names} - {IMPERSONATION}))
    ages = [element.max_age for element in lacking if element.max_age is not None]
    max_age = int(min(ages)) if ages and reason is Reason.FACTOR_TOO_OLD else None
    counts = (COUNTED | level.names()) & held.keys()
    flow, url = (Flow.STEP_UP, upstream.step_up_url) if counts else (Flow.LOGIN, upstream.login_url)
    return Hint(flow, url, upstream.origin, names, level.name, max_age)
