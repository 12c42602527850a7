"""What several control calls take: which sessions, and factors made up."""

from typing import Annotated

import msgspec

from authz_sidecar.emulator.endpoints import none_of, too_many
from authz_sidecar.emulator.errors import session_not_found
from authz_sidecar.emulator.factors import Factor
from authz_sidecar.emulator.sessions import Session
from authz_sidecar.emulator.shapes import session_json
from authz_sidecar.emulator.state import Emulator
from authz_sidecar.emulator.wire import Json

_YEAR = 366 * 24 * 3600
Seconds = Annotated[float, msgspec.Meta(ge=-_YEAR, le=_YEAR)]
_Word = Annotated[str, msgspec.Meta(min_length=1, max_length=100)]


class Which(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """Which live sessions are meant: one, or all of a user's."""

    session_token: str | None = None
    session_id: str | None = None
    user_id: str | None = None


class ProvenFactor(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """A factor of any kind, known to Stytch or not."""

    type: _Word
    delivery_method: _Word
    details: dict[str, Json] = {}


class MadeUpFactor(ProvenFactor, kw_only=True):
    """A factor proven some time ago; at no known time if its age is null."""

    age_seconds: Seconds | None = 0.0

    def at(self, now: float) -> Factor:
        """Return the factor as it is at `now`, in seconds since the epoch."""
        proven_at = None if self.age_seconds is None else now - self.age_seconds
        details: Json = dict(self.details)
        return Factor(self.type, self.delivery_method, proven_at, now, now, details)


def chosen_sessions(emulator: Emulator, which: Which) -> list[Session]:
    """Return the live sessions that are meant, at least one.

    Raises:
        ApiError: 404 `session_not_found`, or 400 unless exactly one way of choosing is given.
    """
    names = ("session_token", "session_id", "user_id")
    given = [name for name in names if getattr(which, name) is not None]
    if len(given) > 1:
        raise too_many("bad_request", *names)
    now = emulator.now()
    if which.session_token is not None:
        session = emulator.find_session(which.session_token, None)
        return [session] if session else []
    if which.session_id is not None:
        return [emulator.sessions.with_id(which.session_id, now)]
    if which.user_id is None:
        raise none_of("bad_request", *names)
    sessions = emulator.sessions.live(now, emulator.users.get(which.user_id).user_id)
    if not sessions:
        raise session_not_found()
    return sessions


def sessions_answer(emulator: Emulator, sessions: list[Session]) -> Json:
    """Return the answer about sessions, each with its opaque token."""
    return {
        "sessions": [
            session_json(session, emulator.users.get(session.user_id))
            | {"session_token": session.token}
            for session in sessions
        ],
    }
