"""Everything one emulated project knows."""

import time
from collections.abc import Callable

from authz_sidecar.emulator import sandbox
from authz_sidecar.emulator.ceremonies import Ceremonies
from authz_sidecar.emulator.errors import ApiError
from authz_sidecar.emulator.faults import Faults
from authz_sidecar.emulator.links import Links
from authz_sidecar.emulator.messages import new_outbox
from authz_sidecar.emulator.oauth_logins import OAuthLogins
from authz_sidecar.emulator.one_time_codes import OneTimeCodes
from authz_sidecar.emulator.rbac import default_policy
from authz_sidecar.emulator.session_jwt import SessionJwts
from authz_sidecar.emulator.sessions import Session, Sessions
from authz_sidecar.emulator.users import Users

DEFAULT_PROJECT_ID = "project-test-0e3a1a2b-5c7d-4e8f-9a0b-1c2d3e4f5a6b"
DEFAULT_SECRET = "secret-test-made-up-and-worthless"  # noqa: S105 - printed to whoever starts it
_LIVE_PREFIX = "project-live-"


class Emulator:
    """One emulated Stytch project, with its users, sessions, codes, keys and faults.

    Its clock may go wrong by `clock_offset` seconds, which every time it tells then shows.

    Args:
        project_id: the user name of HTTP Basic, and the audience of the JWTs.
        secret: the password of HTTP Basic.
        clock: returns the time in seconds since the epoch; tests move it.
        revoke_after: seconds a session still lives after another factor replaced it.

    Raises:
        ValueError: for the id of a live project, or a negative `revoke_after`.
    """

    def __init__(
        self,
        *,
        project_id: str = DEFAULT_PROJECT_ID,
        secret: str = DEFAULT_SECRET,
        clock: Callable[[], float] = time.time,
        revoke_after: float = 1.0,
    ) -> None:
        if project_id.startswith(_LIVE_PREFIX):
            raise ValueError(f"{project_id} is the id of a live project; this is a fake")
        if not revoke_after >= 0:
            raise ValueError(f"revoke_after must be 0 seconds or more, not {revoke_after}")
        self.project_id = project_id
        self.secret = secret
        self.revoke_after = revoke_after
        self.users = Users()
        self.sessions = Sessions()
        self.codes = OneTimeCodes()
        self.links = Links()
        self.ceremonies = Ceremonies()
        self.oauth_logins = OAuthLogins()
        self.outbox = new_outbox()
        self.policy = default_policy()
        self.clock_offset = 0.0
        self.jwts = SessionJwts(project_id)
        self.faults = Faults()
        self.calls: dict[str, int] = {}
        self._clock = clock
        self.users.add(sandbox.user(self.now()))

    def now(self) -> float:
        """Return the emulated project's time, in seconds since the epoch."""
        return self._clock() + self.clock_offset

    def find_session(self, token: str | None, jwt: str | None) -> Session | None:
        """Return the live session that a caller names, or none if it names none.

        Args:
            token: the opaque session token, if given.
            jwt: the session JWT, if given; it may have expired.

        Raises:
            ApiError: 400 `too_many_session_arguments` for both, 404 `session_not_found`, or
                what the JWT is refused for.
        """
        if token is not None and jwt is not None:
            raise ApiError(
                400,
                "too_many_session_arguments",
                "Only one of session_token and session_jwt may be given.",
            )
        if token == sandbox.SESSION_TOKEN:
            return sandbox.session(self.sessions, self.now())
        if token is not None:
            return self.sessions.with_token(token, self.now())
        if jwt is not None:
            return self.sessions.with_id(self.jwts.session_id(jwt), self.now())
        return None
