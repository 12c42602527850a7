"""Session JWTs as requests bring them: each is verified once, and what it says is kept."""

from cachetools import LRUCache

from authz_sidecar.sessions.jwks import KeyStore
from authz_sidecar.sessions.session_jwt import (
    Issuer,
    SessionJwt,
    UnknownKey,
    verify_session_jwt,
)

MAX_JWTS = 10_000
"""Tokens that are kept, of some 10 KB each."""


class LocalJwts:
    """Reads session JWTs with the project's keys."""

    def __init__(self, keys: KeyStore, issuer: Issuer, cache_entries: int) -> None:
        self._keys = keys
        self._issuer = issuer
        self._verified: LRUCache[str, SessionJwt] = LRUCache(min(cache_entries, MAX_JWTS))

    def read(self, text: str, now: float) -> SessionJwt | UnknownKey | None:
        """Read a session JWT, which may have expired.

        Args:
            text: the compact serialization, as it came.
            now: Unix seconds.

        Returns:
            The session; `UnknownKey` while a key of that name may still be published; or None for
            what is certainly no session.
        """
        # By its whole text: a part of it, or another spelling, is another token.
        known = self._verified.get(text)
        if known is not None:
            return known
        read = verify_session_jwt(text, self._keys.keys, self._issuer, now)
        if isinstance(read, SessionJwt):
            self._verified[text] = read
        if isinstance(read, UnknownKey) and not self._keys.may_come(read.kid):
            return None
        return read
