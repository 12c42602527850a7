"""Stytch's JSON -> Session, tolerant of what it does not know and strict about what it needs.

The SDK's response models refuse a factor type they have never heard of, which would sign everybody
out on the day that Stytch adds one. Here such a factor is kept as `unknown` and never counts.
"""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime

from authz_sidecar.core.factors import name_of
from authz_sidecar.core.session import Session


class UnreadableSessionError(Exception):
    """An answer that does not say who the session belongs to, or until when. Says which field."""


def read_session(body: Mapping[str, object]) -> Session:
    """Read the facts of an authenticated session.

    Args:
        body: the JSON body of a 200 of `POST /v1/sessions/authenticate`.

    Returns:
        The session.

    Raises:
        UnreadableSessionError: without `session_id`, `user_id` or a readable `expires_at` it cannot
            be told whose session this is or how long it lasts.

    https://stytch.com/docs/api/session-auth
    """
    session = body.get("session")
    if not isinstance(session, dict):
        raise UnreadableSessionError("session is missing")
    return Session(
        session_id=_identifier(session, "session_id"),
        user_id=_identifier(session, "user_id"),
        expires_at=_expiry(session),
        factors=_factor_times(session),
        roles=_roles(session),
        emails=tuple(_verified_emails(body)),
        organizations=frozenset(_organization(body)),
        claims=_mapping(session.get("custom_claims")),
    )


_LATEST = datetime(9999, 1, 1, tzinfo=UTC).timestamp()
"""What a clock can still be asked for, whatever is added to it."""
_SESSION_CLAIM = "https://stytch.com/session"
_STYTCH_CLAIMS = "https://stytch.com/"
_REGISTERED_CLAIMS = frozenset({"aud", "exp", "iat", "iss", "jti", "nbf", "sub"})


def read_session_claims(claims: Mapping[str, object]) -> Session:
    """Read the facts of a session from the claims of its JWT.

    Args:
        claims: the payload of a session JWT whose signature was good.

    Returns:
        The session; a JWT has no addresses.

    Raises:
        UnreadableSessionError: other tokens of the project (M2M, Connected Apps) are signed by the
            same keys and may name the same audience; without the session claim it is one of them.

    https://stytch.com/docs/guides/sessions/using-jwts
    """
    session = claims.get(_SESSION_CLAIM)
    if not isinstance(session, dict):
        raise UnreadableSessionError("the session claim is missing")
    return Session(
        session_id=_identifier(session, "id"),
        user_id=_identifier(claims, "sub"),
        expires_at=_expiry(session),
        factors=_factor_times(session),
        roles=_roles(session),
        claims={
            name: value
            for name, value in claims.items()
            if name not in _REGISTERED_CLAIMS and not name.startswith(_STYTCH_CLAIMS)
        },
    )


def _identifier(session: Mapping[str, object], name: str) -> str:
    value = session.get(name)
    if not isinstance(value, str) or not value:
        raise UnreadableSessionError(f"{name} is missing or no text")
    return value


def _expiry(session: Mapping[str, object]) -> float:
    expires_at = _timestamp(session.get("expires_at"))
    if expires_at is None:
        raise UnreadableSessionError("session.expires_at is missing or no time")
    return expires_at


def _roles(session: Mapping[str, object]) -> frozenset[str]:
    return frozenset(role for role in _list(session, "roles") if isinstance(role, str))


def _factor_times(session: Mapping[str, object]) -> dict[str, float | None]:
    """The newest time of each factor; an answer without any list of them is not to be trusted."""
    if not isinstance(session.get("authentication_factors"), list):
        raise UnreadableSessionError("authentication_factors is missing or no list")
    newest: dict[str, float | None] = {}
    for factor in _dicts(session, "authentication_factors"):
        name = name_of(str(factor.get("type")), str(factor.get("delivery_method")))
        time = _timestamp(factor.get("last_authenticated_at"))
        known = newest.get(name)
        newest[name] = time if known is None or (time is not None and time > known) else known
    return newest


def _verified_emails(body: Mapping[str, object]) -> Iterator[str]:
    for entry in _dicts(_mapping(body.get("user")), "emails"):
        address = entry.get("email")
        if entry.get("verified") is True and isinstance(address, str):
            yield address


def _organization(body: Mapping[str, object]) -> Iterator[str]:
    organization = _mapping(body.get("organization"))
    for name in ("organization_id", "organization_slug"):
        value = organization.get(name)
        if isinstance(value, str) and value:
            yield value


def _mapping(value: object) -> Mapping[str, object]:
    return value if isinstance(value, dict) else {}


def _dicts(mapping: Mapping[str, object], name: str) -> Iterator[Mapping[str, object]]:
    return (entry for entry in _list(mapping, name) if isinstance(entry, dict))


def _list(mapping: Mapping[str, object], name: str) -> list[object]:
    value = mapping.get(name)
    return value if isinstance(value, list) else []


def _timestamp(value: object) -> float | None:
    """Unix seconds of an RFC 3339 time; Stytch sends up to nine fractional digits."""
    if not isinstance(value, str):
        return None
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        return None
    if moment.tzinfo is None:
        return None
    return min(max(moment.timestamp(), 0.0), _LATEST)
