"""Session JWTs, verified here: RS256 by a key of the project, and nothing that is merely similar.

joserfc decodes strictly and checks the signature. What it lets through is refused here: members
that name a key or an extension (`crit`, `jku`, `jwk`, `x5c`, ...), another `typ`, a token without
`kid`, doubled members, NaN. A header member that nobody knows is no reason to refuse.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from joserfc.errors import JoseError
from joserfc.jwk import RSAKey
from joserfc.jws import JWSRegistry, deserialize_compact
from joserfc.util import urlsafe_b64decode

from authz_sidecar.core.session import Session
from authz_sidecar.sessions.facts import UnreadableSessionError, read_session_claims

MAX_LENGTH = 8192
"""Characters: Stytch's own claims, and at most 4 KB of custom ones."""
LEEWAY = 30.0
"""Seconds by which the clock of whoever signed may be ahead of ours."""

_REGISTRY = JWSRegistry(algorithms=["RS256"], strict_check_header=False)
# RFC 7515 section 4.1: an extension that must be understood is not, and a key that a token brings
# along proves nothing. `cty`: a token in a token is no session.
_REFUSED_MEMBERS = frozenset({"b64", "crit", "cty", "jku", "jwk", "x5c", "x5t", "x5t#S256", "x5u"})


@dataclass(frozen=True, slots=True)
class Issuer:
    """Who must have signed a session JWT, and for whom."""

    project_id: str
    base_url: str
    """Where Stytch is asked; custom domains sign with it."""

    def names(self) -> frozenset[str]:
        """The exact values that `iss` may have."""
        return frozenset({f"stytch.com/{self.project_id}", self.base_url.rstrip("/")})


@dataclass(frozen=True, slots=True)
class SessionJwt:
    """A session JWT with a good signature."""

    session: Session
    issued_at: float
    """Unix seconds; what it says was true then."""
    expires_at: float
    """Unix seconds, of the token; the session mostly lives longer."""


@dataclass(frozen=True, slots=True)
class UnknownKey:
    """Nobody can say now: the key that a token names is not among those that are known."""

    kid: str


class _RefusedError(Exception):
    """The token is certainly no session of this project."""


def verify_session_jwt(
    token: str, keys: Mapping[str, RSAKey], issuer: Issuer, now: float
) -> SessionJwt | UnknownKey | None:
    """Verify a session JWT, but for its expiry.

    Args:
        token: the compact serialization.
        keys: the project's public keys by `kid`.
        issuer: who must have signed it.
        now: Unix seconds.

    Returns:
        The session and the times of the token, which may have expired; `UnknownKey`; or None,
        where it is forged, foreign or malformed. No call to Stytch would make that good.
    """
    if len(token) > MAX_LENGTH or token.count(".") != 2:  # noqa: PLR2004 - RFC 7515 section 3.1
        return None
    try:
        kid = _kid_of(token.partition(".")[0])
        key = keys.get(kid)
        if key is None:
            return UnknownKey(kid)
        signed = deserialize_compact(token, key, registry=_REGISTRY)
        return _read_claims(_json(signed.payload), issuer, now)
    except (
        JoseError,
        UnreadableSessionError,
        _RefusedError,
        ValueError,
        ArithmeticError,
        RecursionError,
    ):
        return None


@lru_cache(maxsize=64)
def _kid_of(segment: str) -> str:
    """The `kid` of a protected header; Stytch's tokens share one header for months."""
    header = _json(urlsafe_b64decode(segment.encode("ascii")))
    kid = header.get("kid")
    if header.get("alg") != "RS256" or not isinstance(kid, str) or not kid:
        raise _RefusedError
    if header.get("typ", "JWT") != "JWT" or _REFUSED_MEMBERS & header.keys():
        raise _RefusedError
    return kid


def _read_claims(claims: Mapping[str, object], issuer: Issuer, now: float) -> SessionJwt:
    audience = claims.get("aud")
    audiences = audience if isinstance(audience, list) else [audience]
    signed_by = claims.get("iss")
    if not isinstance(signed_by, str) or signed_by not in issuer.names():
        raise _RefusedError
    if issuer.project_id not in audiences:
        raise _RefusedError
    issued_at, not_before, expires_at = (_time(claims, name) for name in ("iat", "nbf", "exp"))
    if max(issued_at, not_before) > now + LEEWAY:
        raise _RefusedError
    return SessionJwt(read_session_claims(claims), min(issued_at, now), expires_at)


def _time(claims: Mapping[str, object], name: str) -> float:
    value = claims.get(name)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise _RefusedError
    return float(value)


def _json(data: bytes) -> dict[str, object]:
    """A JSON object without doubled members, NaN or infinities (RFC 7515 section 4)."""
    value = json.loads(data, object_pairs_hook=_once, parse_constant=_refuse)
    if not isinstance(value, dict):
        raise _RefusedError
    return value


def _once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    value = dict(pairs)
    if len(value) != len(pairs):
        raise _RefusedError
    return value


def _refuse(_: str) -> object:
    raise _RefusedError
