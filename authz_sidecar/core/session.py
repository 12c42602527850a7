"""Who is asking: a Stytch session's facts, and the four answers of a verification."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from authz_sidecar.core.factors import IMPERSONATION
from authz_sidecar.core.levels import FactorTimes
from authz_sidecar.core.reasons import Reason


@dataclass(frozen=True, slots=True)
class Session:
    """What Stytch says of a session, in our words. Times are Unix seconds."""

    session_id: str
    user_id: str
    expires_at: float
    factors: FactorTimes
    """The newest time of each factor, by our name; a factor without a time maps to None."""
    roles: frozenset[str] = frozenset()
    emails: tuple[str, ...] = ()
    """Verified addresses only, in Stytch's order."""
    organizations: frozenset[str] = frozenset()
    """The id and the slug of the organization; Stytch's consumer sessions have none."""
    claims: Mapping[str, object] = field(default_factory=dict)
    """Custom claims, as JSON."""

    @property
    def impersonated(self) -> bool:
        """Whether somebody else is acting as this user."""
        return IMPERSONATION in self.factors


class Source(StrEnum):
    """Where evidence about a session comes from; a metric label."""

    STYTCH = "stytch"
    CACHE = "cache"
    JWT = "jwt"
    STALE = "stale"
    """Known from before, while Stytch is out of reach; only where a rule allows it."""


@dataclass(frozen=True, slots=True)
class NotBefore:
    """From when evidence must be to count, Unix seconds."""

    token: float
    """For what Stytch said."""
    jwt: float
    """For what a session JWT says, which speaks for the time it was issued."""


@dataclass(frozen=True, slots=True)
class Active:
    """The session lives, as of a moment: the evidence a decision rests on."""

    session: Session
    source: Source
    as_of: float
    """Unix seconds: when the question was sent, not when the answer came; of a JWT, its `iat`."""
    fresh_jwt: str = field(default="", repr=False)
    """The new session JWT that came with Stytch's answer. Secret, and not kept in memory."""


@dataclass(frozen=True, slots=True)
class Absent:
    """There is no credential."""


@dataclass(frozen=True, slots=True)
class Invalid:
    """There is a credential, and it is certainly no good."""


@dataclass(frozen=True, slots=True)
class Unverifiable:
    """Nobody can say now. Never cached, never clears a session, never becomes a login redirect."""

    reason: Reason = Reason.STYTCH_UNAVAILABLE
    last_known: Active | None = None
    """The newest evidence from before."""


Verification = Active | Absent | Invalid | Unverifiable
