"""Metrics: counted once, labelled from closed sets, there from the start."""

import re

import pytest
from multidict import CIMultiDict

from authz_sidecar.core.decision import Decision
from authz_sidecar.core.demands import Demand
from authz_sidecar.core.levels import one_factor
from authz_sidecar.core.observers import CallResult, DecisionEvent, VerificationResult
from authz_sidecar.core.policy import Access, Freshness, Match, Policy, Requirement, Rule, Upstream
from authz_sidecar.core.reasons import Outcome, Reason
from authz_sidecar.core.request import ProxyRequest
from authz_sidecar.core.session import Source
from authz_sidecar.telemetry.metrics import Metrics

RULES = (
    Rule("open", Match(), Access.PUBLIC),
    Rule("closed", Match(), Access.DENY),
    Rule("mine", Match(), Requirement((Demand(one_factor()),), Freshness())),
)
POLICY = Policy("abc123", (Upstream("shop", (), RULES, "", ""),))


@pytest.fixture
def metrics() -> Metrics:
    made = Metrics("1.2.3", ["nginx", "traefik"], ["sessions/authenticate"])
    made.policy_loaded(POLICY)
    return made


def value(metrics: Metrics, name: str, **labels: str) -> float | None:
    return metrics.registry.get_sample_value(name, labels)


def event(decision: Decision) -> DecisionEvent:
    return DecisionEvent("nginx", ProxyRequest(CIMultiDict(), "r", 1.0), None, decision, 0.002)


def test_a_decision_is_counted_and_timed(metrics: Metrics) -> None:
    metrics.decided(event(Decision(Reason.FACTOR_MISSING, "shop", "mine")))
    labels = {"upstream": "shop", "rule": "mine"}
    name = "authz_decisions_total"
    assert value(metrics, name, **labels, decision="challenge", reason="factor_missing") == 1
    assert value(metrics, "authz_decision_duration_seconds_count", decision="challenge") == 1
    assert value(metrics, "authz_decision_duration_seconds_sum", decision="challenge") == 0.002


def test_a_malformed_request_is_counted_by_its_dialect_and_is_no_decision(
    metrics: Metrics,
) -> None:
    before = metrics.exposition().count(b"\nauthz_decisions_total{")
    metrics.decided(event(Decision(Reason.BAD_PATH, "shop")))
    name = "authz_malformed_requests_total"
    assert value(metrics, name, dialect="nginx", reason="bad_path") == 1
    assert metrics.exposition().count(b"\nauthz_decisions_total{") == before


def test_sessions_stytch_and_cache_are_counted(metrics: Metrics) -> None:
    metrics.verified(Source.STYTCH, VerificationResult.INVALID)
    metrics.stytch_called("sessions/authenticate", CallResult.TIMEOUT, 0.5)
    metrics.cache_asked(hit=True)
    metrics.cache_asked(hit=False)
    metrics.cache_holds(7)
    name = "authz_session_verifications_total"
    assert value(metrics, name, source="stytch", result="invalid") == 1
    called = {"endpoint": "sessions/authenticate"}
    assert value(metrics, "authz_stytch_requests_total", **called, result="timeout") == 1
    assert value(metrics, "authz_stytch_request_duration_seconds_sum", **called) == 0.5
    assert value(metrics, "authz_cache_requests_total", cache="sessions", result="hit") == 1
    assert value(metrics, "authz_cache_requests_total", cache="sessions", result="miss") == 1
    assert value(metrics, "authz_cache_entries", cache="sessions") == 7


def test_the_version_and_the_policy_in_force_are_told(metrics: Metrics) -> None:
    assert value(metrics, "authz_build_info", version="1.2.3") == 1
    assert value(metrics, "authz_policy_info", revision="abc123") == 1


def test_every_series_that_can_be_known_starts_at_zero(metrics: Metrics) -> None:
    before = set(_series(metrics))
    for rule, reasons in {
        "open": [Reason.PUBLIC],
        "closed": [Reason.FORBIDDEN],
        "mine": [reason for reason in Reason if reason.row.gate >= 6],
    }.items():
        for reason in reasons:
            metrics.decided(event(Decision(reason, "shop", rule)))
    for reason in Reason:
        if reason.outcome is Outcome.MALFORMED:
            metrics.decided(event(Decision(reason)))
    metrics.decided(event(Decision(Reason.NO_RULE, "shop")))
    for reason in (Reason.UNKNOWN_HOST, Reason.UNKNOWN_ENDPOINT, Reason.UNTRUSTED_PROXY):
        metrics.decided(event(Decision(reason)))
    metrics.decided(event(Decision(Reason.INTERNAL_ERROR)))
    for result in VerificationResult:
        metrics.verified(Source.STYTCH, result)
    metrics.verified(Source.CACHE, VerificationResult.ACTIVE)
    for call_result in CallResult:
        metrics.stytch_called("sessions/authenticate", call_result, 0.1)
    assert set(_series(metrics)) == before


def _series(metrics: Metrics) -> list[str]:
    lines = metrics.exposition().decode().splitlines()
    return [re.sub(r" [^ ]+$", "", line) for line in lines if not line.startswith("#")]
