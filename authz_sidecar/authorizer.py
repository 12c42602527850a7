"""THE decision point: read, policy, verifier, evaluate (at most once more), write, observers."""

import asyncio
import logging
import time
from collections.abc import Callable, Sequence
from math import inf
from typing import Protocol

from authz_sidecar.core.decision import Decision, evaluate, evidence_wanted
from authz_sidecar.core.observers import DecisionEvent, DecisionObserver
from authz_sidecar.core.policy import Freshness, Policy, Resource, Rule, Upstream
from authz_sidecar.core.reasons import Reason
from authz_sidecar.core.request import AccessRequest, Credentials, ProxyRequest, Refusal
from authz_sidecar.core.request_target import canonical_paths
from authz_sidecar.core.session import (
    Absent,
    Active,
    NotBefore,
    Source,
    Unverifiable,
    Verification,
)
from authz_sidecar.dialects.base import Dialect, Reply

_log = logging.getLogger(__name__)

SECOND_LOOK_GAP = 2.0
"""Seconds; what Stytch said is not asked again so soon before a challenge or a denial."""


class Verifier(Protocol):
    """Whoever can say whose session a credential is."""

    async def verify(self, credentials: Credentials, not_before: NotBefore) -> Verification:
        """Verify, with evidence that is young enough."""

    def last_known(self, credentials: Credentials) -> Active | None:
        """The newest evidence from before, at once."""


class Authorizer:
    """Answers requests, and tells the observers. Holds the policy in force."""

    def __init__(
        self,
        policy: Policy,
        verifier: Verifier,
        observers: Sequence[DecisionObserver],
        deadline: float,
    ) -> None:
        """Make a decision point.

        Args:
            policy: the policy in force.
            verifier: says whose session a credential is.
            observers: are told of every decision.
            deadline: seconds that verifying may take; below the proxies' own timeouts.
        """
        self.policy = policy
        self._verifier = verifier
        self._observers = tuple(observers)
        self._deadline = deadline

    async def answer(
        self, dialect: Dialect, request: ProxyRequest, refused: Reason | None = None
    ) -> Reply:
        """Answer a proxy: the straight path from its request to our reply.

        Args:
            dialect: how this proxy asks and is answered.
            request: its request.
            refused: the reason of gate 1, if the request is not even to be read.

        Returns:
            The reply. An exception anywhere becomes `internal_error` here, and is never an allow.
        """
        started = time.perf_counter()
        access_request: AccessRequest | None = None
        try:
            asked = Refusal(refused) if refused else dialect.read(request)
            access_request = asked if isinstance(asked, AccessRequest) else None
            decision = await self.decide(asked, request.arrived)
            reply = dialect.write(decision, access_request)
        except Exception:  # noqa: BLE001 - whatever it is, it denies
            _log.exception("a decision failed (request %s)", request.request_id)
            decision = Decision(Reason.INTERNAL_ERROR)
            reply = dialect.write(decision, None)
        seconds = time.perf_counter() - started
        self._tell(DecisionEvent(dialect.name, request, access_request, decision, seconds))
        return reply

    async def decide(self, asked: AccessRequest | Refusal, now: float) -> Decision:
        """Decide what was asked at a time (Unix seconds)."""
        if isinstance(asked, Refusal):
            return Decision(asked.reason, detail=asked.detail)
        upstream = self.policy.upstream_for(asked.host)
        if upstream is None:
            return Decision(Reason.UNKNOWN_HOST)
        rule = _rule_for(upstream, asked)
        if rule is None:
            return Decision(Reason.NO_RULE, upstream.id)
        if isinstance(rule, Refusal):
            return Decision(rule.reason, upstream.id, detail=rule.detail)
        wanted = evidence_wanted(rule, asked.client_ip)
        if wanted is None:
            return evaluate(upstream, rule, Absent(), now, asked.client_ip)
        credentials = asked.credentials.chosen(bearer=upstream.bearer)
        if isinstance(credentials, Refusal):
            return Decision(credentials.reason, upstream.id, rule.id, detail=credentials.detail)

        def decide_on(verification: Verification) -> Decision:
            return evaluate(upstream, rule, verification, now, asked.client_ip)

        return await self._verify(credentials, wanted, now, decide_on)

    async def _verify(
        self,
        credentials: Credentials,
        freshness: Freshness,
        now: float,
        decide_on: Callable[[Verification], Decision],
    ) -> Decision:
        """Decide on a verification; no challenge and no attribute denial rests on old evidence."""
        try:
            async with asyncio.timeout(self._deadline):
                not_before = NotBefore(now - freshness.token, _jwts_from(freshness, now))
                decision = decide_on(await self._verifier.verify(credentials, not_before))
                if decision.reason.row.second_look and _is_old(decision.evidence, now):
                    # Stytch's word, since a JWT has no addresses and may be the one before MFA.
                    second_look = NotBefore(now - SECOND_LOOK_GAP, inf)
                    decision = decide_on(await self._verifier.verify(credentials, second_look))
        except TimeoutError:
            # The call goes on and serves the retry.
            last_known = self._verifier.last_known(credentials)
            return decide_on(Unverifiable(last_known=last_known))
        return decision

    def _tell(self, event: DecisionEvent) -> None:
        for observer in self._observers:
            try:
                observer.decided(event)
            except Exception:  # noqa: BLE001 - an observer never changes an answer
                _log.exception("an observer failed (request %s)", event.request.request_id)


def _rule_for(upstream: Upstream, asked: AccessRequest) -> Rule | Refusal | None:
    paths = canonical_paths(asked.target, upstream.path_rules)
    if isinstance(paths, Refusal):
        return paths
    return upstream.match(Resource(paths, asked.method, asked.preflight, asked.client_ip))


def _is_old(evidence: Active | None, now: float) -> bool:
    """Whether a refusal on this evidence should not stand before Stytch was asked again."""
    if evidence is None:
        return False
    return evidence.source is Source.JWT or evidence.as_of < now - SECOND_LOOK_GAP


def _jwts_from(freshness: Freshness, now: float) -> float:
    """No JWT, not even one from a clock ahead of ours, was asked for after the request arrived."""
    return now - freshness.jwt if freshness.jwt else inf
