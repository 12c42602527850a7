"""The order of verification: a JWT here, what is remembered, else Stytch.

Active beats "cannot tell" beats no. A JWT that is forged, foreign or malformed costs no call;
one whose signature is good but which has expired, or speaks for a time too long ago, is a reason to
ask Stytch, about the opaque token first. What is remembered is a session's facts, never a decision,
and only active ones: a "cannot tell" must not outlive its cause.
"""

import hashlib
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Protocol

from cachetools import LRUCache

from authz_sidecar.core.observers import SessionObserver, VerificationResult
from authz_sidecar.core.reasons import Reason
from authz_sidecar.core.request import Credentials
from authz_sidecar.core.session import (
    Absent,
    Active,
    Invalid,
    NotBefore,
    Source,
    Unverifiable,
    Verification,
)
from authz_sidecar.sessions.session_jwt import SessionJwt, UnknownKey
from authz_sidecar.sessions.single_flight import SingleFlight, TooManyFlightsError
from authz_sidecar.sessions.stytch_api import Answer, Kind

# Stytch's tokens are 44 characters of base64url; what is far from that costs no call.
_PLAUSIBLE_TOKEN = re.compile(r"[A-Za-z0-9_=-]{32,128}")
_RESULTS = {
    Active: VerificationResult.ACTIVE,
    Invalid: VerificationResult.INVALID,
    Unverifiable: VerificationResult.UNVERIFIABLE,
}
_BETTER = (Absent, Invalid, Unverifiable)
"""Each beats those before it."""
MAX_FLIGHTS = 5000
"""Sessions that are asked about, or wait to be, at the same time."""


class SessionApi(Protocol):
    """Whoever can say whether a session lives."""

    async def authenticate(self, kind: Kind, value: str, sent_at: float) -> Answer:
        """Answer for a credential; never raises."""


class JwtReader(Protocol):
    """Whoever can read a session JWT without asking."""

    def read(self, text: str, now: float) -> SessionJwt | UnknownKey | None:
        """See `LocalJwts.read`."""


class SessionVerifier:
    """Verifies the credentials of requests."""

    def __init__(
        self,
        api: SessionApi,
        jwts: JwtReader,
        observer: SessionObserver,
        *,
        cache_entries: int,
        clock: Callable[[], float],
    ) -> None:
        self._api = api
        self._jwts = jwts
        self._observer = observer
        self._clock = clock
        self._cache: LRUCache[bytes, Active] = LRUCache(cache_entries)
        # Ids of sessions that Stytch has said to be dead, whatever their JWTs say.
        self._dead: LRUCache[str, bool] = LRUCache(cache_entries)
        self._flights: SingleFlight[Answer] = SingleFlight(MAX_FLIGHTS, clock)

    async def close(self) -> None:
        """End the calls under way."""
        await self._flights.close()

    async def verify(self, credentials: Credentials, not_before: NotBefore) -> Verification:
        """Say whose session the credentials are.

        Args:
            credentials: the candidates, in the order they came; the first active one decides, a
                JWT before a token.
            not_before: from when evidence must be.
        """
        good, best = self._read_jwts(credentials)
        now = self._clock()
        for jwt in good.values():
            if jwt.expires_at > now and not_before.jwt <= jwt.issued_at <= now:
                self._observer.verified(Source.JWT, VerificationResult.ACTIVE)
                evidence = Active(jwt.session, Source.JWT, jwt.issued_at)
                return self._unless_contradicted(evidence, credentials)
        return await self._verify_remotely(credentials, good, best, not_before.token)

    def _read_jwts(
        self, credentials: Credentials
    ) -> tuple[dict[str, SessionJwt], Absent | Invalid | Unverifiable]:
        """The JWTs with a good signature, expired or not, and the best that is said of the rest."""
        good: dict[str, SessionJwt] = {}
        best: Absent | Invalid | Unverifiable = Absent()
        for text in credentials.session_jwts:
            read = self._jwts.read(text, self._clock())
            if isinstance(read, SessionJwt) and read.session.session_id not in self._dead:
                good[text] = read
                continue
            unknown_key = isinstance(read, UnknownKey)
            failure = Unverifiable(Reason.KEYS_UNAVAILABLE) if unknown_key else Invalid()
            self._observer.verified(Source.JWT, _RESULTS[type(failure)])
            best = _better(best, failure)
        return good, best

    async def _verify_remotely(
        self,
        credentials: Credentials,
        good: dict[str, SessionJwt],
        best: Absent | Invalid | Unverifiable,
        not_before: float,
    ) -> Verification:
        users = {jwt.session.user_id for jwt in good.values()}
        refused = False
        for kind, value in _remote_order(credentials, good):
            found = await self._recall_or_ask(kind, value, not_before)
            if isinstance(found, Active):
                if not users <= {found.session.user_id}:
                    return Invalid()
                # A new JWT is for who came with a good one in a cookie, and for nobody else.
                renew = users and not credentials.authorization
                return found if renew else replace(found, fresh_jwt="")
            if isinstance(found, Invalid) and kind is Kind.JWT:
                self._dead[good[value].session.session_id] = True
            refused = refused or isinstance(found, Invalid)
            best = _better(best, found)
        if isinstance(best, Unverifiable) and not refused:
            return replace(best, last_known=self.last_known(credentials))
        return best

    def last_known(self, credentials: Credentials) -> Active | None:
        """The newest evidence from before, of Stytch or of a JWT with a good signature.

        None where it speaks of more than one user, of a session that is known to be dead, or from
        the future.
        """
        now = self._clock()
        values = (*credentials.session_tokens, *credentials.session_jwts)
        known = [found for value in values if (found := self._cache.get(_key(value)))]
        for text in credentials.session_jwts:
            read = self._jwts.read(text, now)
            if isinstance(read, SessionJwt):
                known.append(Active(read.session, Source.JWT, read.issued_at))
        alive = [each for each in known if each.session.session_id not in self._dead]
        if len({each.session.user_id for each in alive}) > 1:
            return None
        past = (each for each in alive if each.as_of <= now)
        return max(past, key=lambda evidence: evidence.as_of, default=None)

    def _unless_contradicted(self, evidence: Active, credentials: Credentials) -> Active | Invalid:
        """A token beside a JWT that is known to be another user's makes both worthless."""
        for token in credentials.session_tokens:
            known = self._cache.get(_key(token))
            if known is not None and known.session.user_id != evidence.session.user_id:
                return Invalid()
        return evidence

    async def _recall_or_ask(self, kind: Kind, value: str, not_before: float) -> Answer:
        if kind is Kind.TOKEN and not _PLAUSIBLE_TOKEN.fullmatch(value):
            return Invalid()
        key = _key(value)
        known = self._recall(key, not_before)
        if known is not None:
            return known
        try:
            return await self._flights.ask(
                key, not_before, lambda sent_at: self._ask(key, kind, value, sent_at)
            )
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

    async def _ask(self, key: bytes, kind: Kind, value: str, sent_at: float) -> Answer:
        answer = await self._api.authenticate(kind, value, sent_at)
        if isinstance(answer, Active):
            self._cache[key] = replace(answer, source=Source.CACHE, fresh_jwt="")
        elif isinstance(answer, Invalid):
            forgotten = self._cache.pop(key, None)
            if forgotten is not None:
                self._dead[forgotten.session.session_id] = True
        self._observer.cache_holds(len(self._cache))
        self._observer.verified(Source.STYTCH, _RESULTS[type(answer)])
        return answer


def _key(value: str) -> bytes:
    return hashlib.sha256(value.encode("utf-8", "surrogatepass")).digest()


def _better(
    best: Absent | Invalid | Unverifiable, found: Invalid | Unverifiable
) -> Absent | Invalid | Unverifiable:
    return found if _BETTER.index(type(found)) > _BETTER.index(type(best)) else best


def _remote_order(
    credentials: Credentials, good: dict[str, SessionJwt]
) -> Iterator[tuple[Kind, str]]:
    """Tokens first: a swapped session's JWT may still look good where its token is dead."""
    for token in credentials.session_tokens:
        yield Kind.TOKEN, token
    for text in good:
        yield Kind.JWT, text
