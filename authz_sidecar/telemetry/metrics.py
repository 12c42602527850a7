"""Prometheus metrics. Labels come from configuration or closed sets only, and start at 0."""

from collections.abc import Iterable
from itertools import product

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    disable_created_metrics,
    generate_latest,
)
from prometheus_client.exposition import CONTENT_TYPE_LATEST

from authz_sidecar.core.observers import CallResult, DecisionEvent, VerificationResult
from authz_sidecar.core.policy import Access, Policy, Rule
from authz_sidecar.core.reasons import Outcome, Reason
from authz_sidecar.core.session import Source

CONTENT_TYPE = CONTENT_TYPE_LATEST
"""The media type of `Metrics.exposition`."""

_DECISION_BUCKETS = (0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.05, 0.1, 0.25, 0.5, 1.0)
_STYTCH_BUCKETS = (0.01, 0.025, 0.05, 0.1, 0.2, 0.3, 0.5, 0.75, 1.0, 2.5, 5.0)
_FIRST_SESSION_GATE = 6
_REASONS_OF_NO_UPSTREAM = (
    Reason.UNTRUSTED_PROXY,
    Reason.UNKNOWN_ENDPOINT,
    Reason.UNKNOWN_HOST,
    Reason.INTERNAL_ERROR,
)

# A second series for each, of when it was made, which nobody reads.
disable_created_metrics()  # type: ignore[no-untyped-call] # the library has no types here


class Metrics:
    """Every metric of the service, as an observer of all its rooms."""

    def __init__(
        self, version: str, dialects: Iterable[str], stytch_endpoints: Iterable[str]
    ) -> None:
        """Define the metrics.

        Args:
            version: the version of this program.
            dialects: the names of the enabled dialects.
            stytch_endpoints: the endpoints of Stytch's API that are called.
        """
        self.registry = CollectorRegistry(auto_describe=True)
        self._define_decisions()
        self._define_sessions()
        Gauge(
            "authz_build_info", "The version that runs", ["version"], registry=self.registry
        ).labels(version).set(1)
        self._policy_info = Gauge(
            "authz_policy_info", "The policy in force", ["revision"], registry=self.registry
        )
        self._start_at_zero(dialects, stytch_endpoints)

    def _define_decisions(self) -> None:
        self._decisions = Counter(
            "authz_decisions",
            "Decisions about requests",
            ["upstream", "rule", "decision", "reason"],
            registry=self.registry,
        )
        self._malformed = Counter(
            "authz_malformed_requests",
            "Requests that could not be read without ambiguity",
            ["dialect", "reason"],
            registry=self.registry,
        )
        self._decision_seconds = Histogram(
            "authz_decision_duration_seconds",
            "Time to decide a request, verification included",
            ["decision"],
            buckets=_DECISION_BUCKETS,
            registry=self.registry,
        )

    def _define_sessions(self) -> None:
        self._verifications = Counter(
            "authz_session_verifications",
            "Verifications of sessions, by where the answer came from",
            ["source", "result"],
            registry=self.registry,
        )
        self._stytch_requests = Counter(
            "authz_stytch_requests",
            "Calls to Stytch's API",
            ["endpoint", "result"],
            registry=self.registry,
        )
        self._stytch_seconds = Histogram(
            "authz_stytch_request_duration_seconds",
            "Duration of calls to Stytch's API",
            ["endpoint"],
            buckets=_STYTCH_BUCKETS,
            registry=self.registry,
        )
        self._cache_requests = Counter(
            "authz_cache_requests", "Looks into caches", ["cache", "result"], registry=self.registry
        )
        self._keys_at = Gauge(
            "authz_jwks_last_success_timestamp_seconds",
            "When signing keys were last fetched",
            registry=self.registry,
        )
        self._keys_refreshes = Counter(
            "authz_jwks_refreshes", "Fetches of signing keys", ["result"], registry=self.registry
        )
        self._circuit = Gauge(
            "authz_circuit_state",
            "Calls to Stytch: 0 go, 1 are held back, 2 one is tried",
            registry=self.registry,
        )
        self._cache_entries = Gauge(
            "authz_cache_entries", "Entries of caches", ["cache"], registry=self.registry
        )

    def _start_at_zero(self, dialects: Iterable[str], stytch_endpoints: Iterable[str]) -> None:
        """Make the series that can be known, so that a rate works from the first event."""
        for outcome in Outcome:
            self._decision_seconds.labels(outcome)
        malformed = [reason for reason in Reason if reason.outcome is Outcome.MALFORMED]
        for dialect, reason in product(dialects, malformed):
            self._malformed.labels(dialect, reason)
        for reason in _REASONS_OF_NO_UPSTREAM:
            self._decisions.labels("none", "none", reason.outcome, reason)
        for source in (Source.CACHE, Source.STALE):
            self._verifications.labels(source, VerificationResult.ACTIVE)
        for source, result in product((Source.STYTCH, Source.JWT), VerificationResult):
            self._verifications.labels(source, result)
        for outcome_of_fetch in ("success", "failure"):
            self._keys_refreshes.labels(outcome_of_fetch)
        for endpoint, call_result in product(stytch_endpoints, CallResult):
            self._stytch_requests.labels(endpoint, call_result)
            self._stytch_seconds.labels(endpoint)
        for hit in ("hit", "miss"):
            self._cache_requests.labels("sessions", hit)
        self._cache_entries.labels("sessions")

    def policy_loaded(self, policy: Policy) -> None:
        """Take note of the policy in force, and make the series of its rules."""
        self._policy_info.labels(policy.revision).set(1)
        for upstream in policy.upstreams:
            self._decisions.labels(upstream.id, "none", Outcome.DENY, Reason.NO_RULE)
            for rule in upstream.rules:
                for reason in _reasons_of(rule):
                    self._decisions.labels(upstream.id, rule.id, reason.outcome, reason)

    def decided(self, event: DecisionEvent) -> None:
        """Count a decision."""
        decision = event.decision
        if decision.outcome is Outcome.MALFORMED:
            self._malformed.labels(event.dialect, decision.reason).inc()
        else:
            self._decisions.labels(
                decision.upstream, decision.rule, decision.outcome, decision.reason
            ).inc()
        self._decision_seconds.labels(decision.outcome).observe(event.seconds)
        if decision.evidence is not None and decision.evidence.source is Source.STALE:
            self.verified(Source.STALE, VerificationResult.ACTIVE)

    def verified(self, source: Source, result: VerificationResult) -> None:
        """Count a verification."""
        self._verifications.labels(source, result).inc()

    def stytch_called(self, endpoint: str, result: CallResult, seconds: float) -> None:
        """Count and time a call to Stytch."""
        self._stytch_requests.labels(endpoint, result).inc()
        self._stytch_seconds.labels(endpoint).observe(seconds)

    def keys_fetched(self, begun: float | None) -> None:
        """Count a fetch of signing keys, and note when the last good one was."""
        self._keys_refreshes.labels("failure" if begun is None else "success").inc()
        if begun is not None:
            self._keys_at.set(begun)

    def circuit_is(self, state: int) -> None:
        """Note the circuit to Stytch."""
        self._circuit.set(state)

    def cache_asked(self, *, hit: bool) -> None:
        """Count a look into the cache of verified sessions."""
        self._cache_requests.labels("sessions", "hit" if hit else "miss").inc()

    def cache_holds(self, entries: int) -> None:
        """Set the size of the cache of verified sessions."""
        self._cache_entries.labels("sessions").set(entries)

    def exposition(self) -> bytes:
        """All metrics in Prometheus' text format, for `CONTENT_TYPE`."""
        return generate_latest(self.registry)


def _reasons_of(rule: Rule) -> Iterable[Reason]:
    """The reasons with which a rule can decide."""
    match rule.verdict:
        case Access.PUBLIC:
            return (Reason.PUBLIC,)
        case Access.DENY:
            return (Reason.FORBIDDEN,)
        case _:
            return (reason for reason in Reason if reason.row.gate >= _FIRST_SESSION_GATE)
