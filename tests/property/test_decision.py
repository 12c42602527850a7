"""What holds of every decision, whatever the policy and the session."""

from collections.abc import Mapping
from dataclasses import replace

from hypothesis import assume, given
from hypothesis import strategies as st

from authz_sidecar.core import factors
from authz_sidecar.core.decision import MAX_CLOCK_SKEW, Decision, Flow, evaluate
from authz_sidecar.core.demands import Demand
from authz_sidecar.core.levels import Element, two_factor
from authz_sidecar.core.policy import Access, Freshness, Match, Requirement, Rule, Upstream, Verdict
from authz_sidecar.core.reasons import Outcome, Reason
from authz_sidecar.core.request import Address
from authz_sidecar.core.session import Active, Session, Source, Unverifiable, Verification
from tests.strategies import (
    NOW,
    active,
    allowed,
    client_ips,
    factor_times,
    requirements,
    verifications,
)

UPSTREAM = Upstream("shop", (), (), "https://a.example/login", "https://a.example/step-up")


def decide(
    verdict: Verdict,
    verification: Verification,
    now: float = NOW,
    client_ip: Address | None = None,
) -> Decision:
    return evaluate(UPSTREAM, Rule("r", Match(), verdict), verification, now, client_ip)


def with_factors(evidence: Active, held: Mapping[str, float | None]) -> Active:
    return replace(evidence, session=replace(evidence.session, factors=held))


def allows(decision: Decision) -> bool:
    return decision.outcome is Outcome.ALLOW


@given(requirements, verifications, client_ips)
def test_only_a_living_session_with_every_demand_met_is_allowed(
    requirement: Requirement, verification: Verification, client_ip: Address | None
) -> None:
    """Allowed exactly if an independent reading of the requirement says so."""
    allowed_by_us = allows(decide(requirement, verification, NOW, client_ip))
    evidence = verification if isinstance(verification, Active) else None
    if isinstance(verification, Unverifiable) and _may_serve(requirement, verification):
        evidence = verification.last_known
    if evidence is None:
        assert not allowed_by_us
        return
    session = evidence.session
    alive = session.expires_at > NOW
    welcome = requirement.allow_impersonation or "impersonation" not in session.factors
    met = any(_is_met_by(demand, session, client_ip) for demand in requirement.alternatives)
    assert allowed_by_us is (alive and welcome and met)


def _may_serve(requirement: Requirement, outage: Unverifiable) -> bool:
    """Whether what was known before may serve: a grace, and a rule that does not ask anew."""
    last = outage.last_known
    if last is None or not requirement.allow_known_for:
        return False
    freshness = requirement.freshness
    within = freshness.jwt if last.source is Source.JWT else freshness.token
    return within > 0 and NOW - last.as_of < within + requirement.allow_known_for


def _is_met_by(demand: Demand, session: Session, client_ip: Address | None) -> bool:
    return (
        (not demand.networks or any(client_ip in net for net in demand.networks if client_ip))
        and (not demand.organizations or bool(demand.organizations & session.organizations))
        and (not demand.users or session.user_id in demand.users)
        and (demand.roles is None or demand.roles.held_by(session.roles))
        and (demand.emails is None or demand.emails.include(session.emails))
        and all(claim.met_by(session.claims) for claim in demand.claims)
        and not _is_skewed(demand, session)
        and any(
            all(_is_met(element, session) for element in alternative)
            for alternative in demand.level.alternatives
        )
    )


def _is_skewed(demand: Demand, session: Session) -> bool:
    times = [session.factors.get(name) for name in demand.level.aged_names()]
    return any(time is not None and time - NOW > MAX_CLOCK_SKEW for time in times)


def _is_met(element: Element, session: Session) -> bool:
    """An independent reading: some factor of the element is held, and young enough."""
    held = [(name, session.factors[name]) for name in element.names if name in session.factors]
    if element.max_age is None:
        return bool(held)
    return any(
        time is not None and -MAX_CLOCK_SKEW <= NOW - time < element.max_age for _, time in held
    )


@given(requirements, verifications)
def test_a_decision_says_what_its_outcome_needs(
    requirement: Requirement, verification: Verification
) -> None:
    decision = decide(requirement, verification)
    assert (decision.hint is not None) == (decision.outcome is Outcome.CHALLENGE)
    assert (decision.valid_until is not None) == allows(decision)
    if decision.hint is not None:
        page = UPSTREAM.login_url if decision.hint.flow is Flow.LOGIN else UPSTREAM.step_up_url
        assert decision.hint.url == page


@given(requirements, active, st.integers(0, 5000))
def test_time_only_takes_away(requirement: Requirement, evidence: Active, later: int) -> None:
    assume(not allows(decide(requirement, evidence)))
    skewed = any(_is_skewed(each, evidence.session) for each in requirement.alternatives)
    assume(not skewed)
    assert not allows(decide(requirement, evidence, NOW + later))


@given(allowed())
def test_an_allow_holds_until_it_says(met: tuple[Requirement, Active]) -> None:
    requirement, evidence = met
    decision = decide(requirement, evidence)
    assert allows(decision)
    assert decision.valid_until is not None
    assert decision.valid_until >= NOW
    just_before = max(NOW, decision.valid_until - 0.5)
    assert allows(decide(requirement, evidence, just_before))
    freshness = requirement.freshness
    within = freshness.jwt if evidence.source is Source.JWT else freshness.token
    assert decision.valid_until <= max(NOW, evidence.as_of + within)
    assert decision.valid_until <= evidence.session.expires_at


@given(requirements, active, st.data())
def test_meeting_a_challenge_with_any_factor_it_names_brings_the_session_on(
    requirement: Requirement, evidence: Active, data: st.DataObject
) -> None:
    """However many factors are lacking, following the hints ends in an allow."""
    decision = decide(requirement, evidence)
    for _ in range(6):
        if decision.hint is None or not decision.hint.factors:
            break
        proven = data.draw(st.sampled_from(decision.hint.factors))
        evidence = with_factors(evidence, {**evidence.session.factors, proven: NOW})
        decision = decide(requirement, evidence)
    assert decision.reason not in {Reason.FACTOR_MISSING, Reason.FACTOR_TOO_OLD}


@given(requirements, active, factor_times)
def test_a_factor_that_does_not_count_changes_nothing(
    requirement: Requirement, evidence: Active, more: dict[str, float | None]
) -> None:
    extra = {name: time for name, time in more.items() if name == "unknown"}
    richer = with_factors(evidence, {**evidence.session.factors, **extra})
    assert decide(requirement, richer).reason is decide(requirement, evidence).reason


@given(active, st.sampled_from([None, 300.0]))
def test_factors_of_one_category_are_never_two(evidence: Active, max_age: float | None) -> None:
    level = factors.COUNTED & evidence.session.factors.keys()
    categories = {factors.category_of(name) for name in level}
    assume(len(categories) < 2)
    requirement = Requirement((Demand(two_factor(max_age)),), Freshness())
    assert not allows(decide(requirement, evidence))


@given(verifications)
def test_a_rule_that_denies_denies_everybody(verification: Verification) -> None:
    assert decide(Access.DENY, verification).reason is Reason.FORBIDDEN
