"""Sessions: made, found, swapped for one with another factor, and ended.

Source: https://stytch.com/docs/api-reference/consumer/api/sessions/session-object
"""

from dataclasses import dataclass, field

from authz_sidecar.emulator.errors import session_not_found
from authz_sidecar.emulator.factors import Factor, with_factor
from authz_sidecar.emulator.wire import Json, new_id, new_session_token

MAX_SESSIONS = 10_000


@dataclass(slots=True, kw_only=True)
class Session:
    """A user's session; every time is in seconds since the epoch."""

    user_id: str
    factors: list[Factor]
    started_at: float
    expires_at: float
    last_accessed_at: float
    session_id: str = field(default_factory=lambda: new_id("session"))
    token: str = field(default_factory=new_session_token, repr=False)
    revoked_at: float | None = None
    custom_claims: Json = field(default_factory=dict)
    attributes: dict[str, str] = field(
        default_factory=lambda: {"ip_address": "", "user_agent": ""},
    )

    def alive(self, now: float) -> bool:
        """Tell whether the session still counts at `now`."""
        return now < self.expires_at and (self.revoked_at is None or now < self.revoked_at)


class Sessions:
    """Every session, at most `MAX_SESSIONS`; beyond that the oldest goes."""

    def __init__(self) -> None:
        self._by_id: dict[str, Session] = {}
        self._by_token: dict[str, Session] = {}

    def add(self, session: Session) -> Session:
        """Keep a new session."""
        while len(self._by_id) >= MAX_SESSIONS:
            self._forget(next(iter(self._by_id.values())))
        self._by_id[session.session_id] = session
        self._by_token[session.token] = session
        return session

    def with_token(self, token: str, now: float) -> Session:
        """Return the live session of an opaque token.

        Raises:
            ApiError: 404 `session_not_found`, whether it ended or never was.
        """
        return self._alive(self._by_token.get(token), now)

    def with_id(self, session_id: str, now: float) -> Session:
        """Return the live session of an id.

        Raises:
            ApiError: 404 `session_not_found`, whether it ended or never was.
        """
        return self._alive(self._by_id.get(session_id), now)

    def live(self, now: float, user_id: str | None = None) -> list[Session]:
        """Return the sessions alive at `now`, of one user or of all, oldest first."""
        return [
            session
            for session in self._by_id.values()
            if session.alive(now) and user_id in {None, session.user_id}
        ]

    def revoke_user(self, user_id: str, now: float, spared: Session | None) -> None:
        """Revoke every session of a user but one, if one is to be spared."""
        for session in self.live(now, user_id):
            if session is not spared:
                session.revoked_at = now

    def forget_user(self, user_id: str) -> None:
        """Forget every session of a user, dead or alive."""
        for session in list(self._by_id.values()):
            if session.user_id == user_id:
                self._forget(session)

    def swap(self, old: Session, proven: Factor, now: float, revoke_after: float) -> Session:
        """Replace a session by one that also holds a factor proven just now.

        Stytch gives a new id, token and JWT, and revokes the old session shortly after. That
        moment of grace lets requests already on their way finish.

        Args:
            old: the session the factor is added to.
            proven: the factor; one the session holds already is proven anew.
            now: seconds since the epoch.
            revoke_after: seconds the old session still lives.

        Returns:
            The new session, which ends when the old one would have.
        """
        doomed = now + revoke_after
        old.revoked_at = doomed if old.revoked_at is None else min(old.revoked_at, doomed)
        return self.add(
            Session(
                user_id=old.user_id,
                factors=with_factor(old.factors, proven),
                started_at=now,
                expires_at=old.expires_at,
                last_accessed_at=now,
                custom_claims=dict(old.custom_claims),
                attributes=dict(old.attributes),
            ),
        )

    def _alive(self, session: Session | None, now: float) -> Session:
        if session is None:
            raise session_not_found()
        if not session.alive(now):
            self._forget(session)
            raise session_not_found()
        return session

    def _forget(self, session: Session) -> None:
        del self._by_id[session.session_id]
        del self._by_token[session.token]
