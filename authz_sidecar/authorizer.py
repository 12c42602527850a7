"""THE decision point: read, policy, verifier, evaluate (at most once more), write, observers."""

import asyncio
import logging
import time
from collections.abc import Sequence
from typing import Protocol

from authz_sidecar.core.decision import Decision, evaluate
from authz_sidecar.core.observers import DecisionEvent, DecisionObserver
from authz_sidecar.core.policy import Access, Policy, Requirement, Rule, Upstream
from authz_sidecar.core.reasons import Reason
from authz_sidecar.core.request import AccessRequest, Credentials, ProxyRequest, Refusal
from authz_sidecar.core.request_target import canonical_path
from authz_sidecar.core.session import Absent, Active, Unverifiable, Verification
from authz_sidecar.dialects.base import Dialect, Reply

_log = logging.getLogger(__name__)

SECOND_LOOK_GAP = 2.0
"""Seconds; evidence that is younger is not asked for again before a challenge or a denial."""


class Verifier(Protocol):
    """Whoever can say whose session a credential is."""

    async def verify(self, credentials: Credentials, not_before: float) -> Verification:
        """Verify, with evidence that speaks for `not_before` (Unix seconds) or later."""


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
        path = canonical_path(asked.target)
        if isinstance(path, Refusal):
            return Decision(path.reason, upstream.id, detail=path.detail)
        rule = upstream.match(path, asked.method)
        if rule is None:
            return Decision(Reason.NO_RULE, upstream.id)
        match rule.verdict:
            case Access():
                return evaluate(upstream, rule, Absent(), now)
            case Requirement(verified_within=seconds):
                return await self._verify(asked.credentials, seconds, upstream, rule, now)

    async def _verify(
        self,
        credentials: Credentials,
        verified_within: float,
        upstream: Upstream,
        rule: Rule,
        now: float,
    ) -> Decision:
        """Decide on a verification; no challenge and no attribute denial rests on old evidence."""
        try:
            async with asyncio.timeout(self._deadline):
                verification = await self._verifier.verify(credentials, now - verified_within)
                decision = evaluate(upstream, rule, verification, now)
                if decision.reason.row.second_look and _is_old(decision.evidence, now):
                    verification = await self._verifier.verify(credentials, now)
                    decision = evaluate(upstream, rule, verification, now)
        except TimeoutError:
            # The call goes on and serves the retry.
            return evaluate(upstream, rule, Unverifiable(), now)
        return decision

    def _tell(self, event: DecisionEvent) -> None:
        for observer in self._observers:
            try:
                observer.decided(event)
            except Exception:  # noqa: BLE001 - an observer never changes an answer
                _log.exception("an observer failed (request %s)", event.request.request_id)


def _is_old(evidence: Active | None, now: float) -> bool:
    """Whether a refusal on this evidence should not stand before Stytch was asked again."""
    return evidence is not None and evidence.as_of < now - SECOND_LOOK_GAP
