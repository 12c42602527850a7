"""What every successful proof ends in: a new session, a swapped one, or none at all.

Source: https://stytch.com/docs/consumer-auth/manage-sessions/overview
"""

import msgspec

from authz_sidecar.emulator.custom_claims import merge_claims
from authz_sidecar.emulator.errors import ApiError
from authz_sidecar.emulator.factors import Factor
from authz_sidecar.emulator.sessions import Session
from authz_sidecar.emulator.shapes import session_json, user_json
from authz_sidecar.emulator.state import Emulator
from authz_sidecar.emulator.user import User
from authz_sidecar.emulator.wire import Json

_MIN_MINUTES = 5
_MAX_MINUTES = 527_040  # 366 days


class Attributes(msgspec.Struct, kw_only=True):
    """Where the user is, as the caller says."""

    ip_address: str | None = None
    user_agent: str | None = None


class SessionArguments(msgspec.Struct, kw_only=True):
    """The fields about the session in an authenticating call; only codes come with attributes."""

    session_token: str | None = None
    session_jwt: str | None = None
    session_duration_minutes: int | None = None
    session_custom_claims: Json | None = None
    attributes: Attributes | None = None


def current_session(emulator: Emulator, user: User, arguments: SessionArguments) -> Session | None:
    """Return the session the caller wants to add a factor to.

    Everything about the session is checked here, before a code or a password is spent on it.

    Raises:
        ApiError: for a session that is dead or another user's, and as `check` does.
    """
    session = emulator.find_session(arguments.session_token, arguments.session_jwt)
    if session and session.user_id != user.user_id:
        raise ApiError(400, "user_id_mismatch", "The session belongs to another user.")
    check(arguments, session)
    return session


def check(arguments: SessionArguments, session: Session | None) -> None:
    """Refuse what the session cannot become.

    Raises:
        ApiError: 400 `invalid_session_duration`, or what the custom claims are refused for.
    """
    minutes = arguments.session_duration_minutes
    if minutes is not None and not _MIN_MINUTES <= minutes <= _MAX_MINUTES:
        raise ApiError(
            400,
            "invalid_session_duration",
            f"session_duration_minutes must be from {_MIN_MINUTES} to {_MAX_MINUTES}.",
        )
    merge_claims(session.custom_claims if session else {}, arguments.session_custom_claims)


def complete(
    emulator: Emulator,
    user: User,
    old: Session | None,
    proven: Factor,
    arguments: SessionArguments,
) -> Json:
    """Answer a proof: swap the caller's session, start one if a duration is given, or neither.

    Args:
        emulator: the project.
        user: who proved it.
        old: the session to add the factor to, from `current_session`.
        proven: what was proven just now.
        arguments: the session fields of the call, checked.

    Returns:
        user_id, user, session_token, session_jwt and session; without a session the two texts
        are empty and `session` is null, as with Stytch.
    """
    now = emulator.now()
    minutes = arguments.session_duration_minutes
    user.pending = False
    if old:
        session = emulator.sessions.swap(old, proven, now, emulator.revoke_after)
    elif minutes is not None:
        session = emulator.sessions.add(new_session(user, [proven], now, minutes))
    else:
        nothing: Json = {"session_token": "", "session_jwt": "", "session": None}
        return nothing | {"user_id": user.user_id, "user": user_json(user)}
    refresh(session, arguments, now)
    return {"user_id": user.user_id} | session_answer(emulator, session, session.token)


def new_session(user: User, factors: list[Factor], now: float, minutes: int) -> Session:
    """Return a session that begins at `now`, in seconds since the epoch, and lasts `minutes`."""
    return Session(
        user_id=user.user_id,
        factors=factors,
        started_at=now,
        expires_at=now + minutes * 60,
        last_accessed_at=now,
    )


def refresh(session: Session, arguments: SessionArguments, now: float) -> None:
    """Note an access to a session; only a duration moves its end.

    Args:
        session: what was accessed.
        arguments: the session fields of the call, checked.
        now: seconds since the epoch.
    """
    session.custom_claims = merge_claims(session.custom_claims, arguments.session_custom_claims)
    session.last_accessed_at = now
    if arguments.session_duration_minutes is not None:
        session.expires_at = now + arguments.session_duration_minutes * 60
    if arguments.attributes:
        session.attributes = {
            "ip_address": arguments.attributes.ip_address or "",
            "user_agent": arguments.attributes.user_agent or "",
        }


def session_answer(emulator: Emulator, session: Session, token: str) -> Json:
    """Return the part of an answer about a session, with a JWT signed just now.

    Args:
        emulator: the project.
        session: the session as it is.
        token: the opaque token to tell the caller; empty for a caller who came with a JWT.
    """
    user = emulator.users.get(session.user_id)
    return {
        "user": user_json(user),
        "session": session_json(session, user),
        "session_token": token,
        "session_jwt": emulator.jwts.sign(session, user, emulator.now()),
    }
