"""The order of verification: what is remembered, else Stytch; active beats "cannot tell" beats no.

What is remembered is a session's facts, never a decision, under a hash of its token. Only active
verifications are kept: a "cannot tell" must not outlive its cause.
"""

import hashlib
import re
from collections.abc import Callable
from dataclasses import replace
from typing import Protocol

from cachetools import LRUCache

from authz_sidecar.core.observers import SessionObserver, VerificationResult
from authz_sidecar.core.request import Credentials
from authz_sidecar.core.session import (
    Absent,
    Active,
    Invalid,
    Source,
    Unverifiable,
    Verification,
)
from authz_sidecar.sessions.single_flight import SingleFlight, TooManyFlightsError

# Stytch's tokens are 44 characters of base64url; what is far from that costs no call.
_PLAUSIBLE_TOKEN = re.compile(r"[A-Za-z0-9_=-]{32,128}")
_RESULTS = {
    Active: VerificationResult.ACTIVE,
    Invalid: VerificationResult.INVALID,
    Unverifiable: VerificationResult.UNVERIFIABLE,
}
MAX_CALLS = 1000
"""Sessions about which Stytch is asked at the same time."""


class SessionApi(Protocol):
    """Whoever can say whether a session lives."""

    async def authenticate(
        self, session_token: str, sent_at: float
    ) -> Active | Invalid | Unverifiable:
        """Answer for a token; never raises."""


class SessionVerifier:
    """Verifies the credentials of requests."""

    def __init__(
        self,
        api: SessionApi,
        observer: SessionObserver,
        *,
        cache_entries: int,
        clock: Callable[[], float],
    ) -> None:
        self._api = api
        self._observer = observer
        self._clock = clock
        self._cache: LRUCache[bytes, Active] = LRUCache(cache_entries)
        self._flights: SingleFlight[Active | Invalid | Unverifiable] = SingleFlight(
            MAX_CALLS, clock
        )

    async def close(self) -> None:
        """End the calls under way."""
        await self._flights.close()

    async def verify(self, credentials: Credentials, not_before: float) -> Verification:
        """Say whose session the credentials are.

        Args:
            credentials: the candidates, in the order they came; the first active one decides.
            not_before: Unix seconds; evidence must speak for this time or a later one.
        """
        best: Absent | Invalid | Unverifiable = Absent()
        for token in credentials.session_tokens:
            found = await self._verify_token(token, not_before)
            if isinstance(found, Active):
                return found
            if isinstance(found, Unverifiable) or isinstance(best, Absent):
                best = found
        return best

    async def _verify_token(self, token: str, not_before: float) -> Active | Invalid | Unverifiable:
        if not _PLAUSIBLE_TOKEN.fullmatch(token):
            return Invalid()
        key = hashlib.sha256(token.encode("ascii")).digest()
        known = self._recall(key, not_before)
        if known is not None:
            return known
        try:
            return await self._flights.ask(key, not_before, lambda at: self._ask(key, token, at))
        except TooManyFlightsError:
            self._observer.verified(Source.STYTCH, VerificationResult.UNVERIFIABLE)
            return Unverifiable()

    def _recall(self, key: bytes, not_before: float) -> Active | None:
        known = self._cache.get(key)
        # Evidence from the future is the mark of a clock that was set back: not to be trusted.
        hit = known is not None and not_before <= known.as_of <= self._clock()
        self._observer.cache_asked(hit=hit)
        if hit:
            self._observer.verified(Source.CACHE, VerificationResult.ACTIVE)
        return known if hit else None

    async def _ask(self, key: bytes, token: str, sent_at: float) -> Active | Invalid | Unverifiable:
        answer = await self._api.authenticate(token, sent_at)
        if isinstance(answer, Active):
            self._cache[key] = replace(answer, source=Source.CACHE)
        elif isinstance(answer, Invalid):
            self._cache.pop(key, None)
        self._observer.cache_holds(len(self._cache))
        self._observer.verified(Source.STYTCH, _RESULTS[type(answer)])
        return answer
