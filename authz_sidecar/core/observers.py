"""What observers are told. The rooms that do the work know these protocols, not Prometheus."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from authz_sidecar.core.decision import Decision
from authz_sidecar.core.request import AccessRequest, ProxyRequest
from authz_sidecar.core.session import Source


@dataclass(frozen=True, slots=True)
class DecisionEvent:
    """A request was answered."""

    dialect: str
    """The dialect that answered."""
    request: ProxyRequest
    access_request: AccessRequest | None
    """None if it could not be read."""
    decision: Decision
    seconds: float
    """How long the decision took."""


class DecisionObserver(Protocol):
    """Is told of every decision, before it is answered."""

    def decided(self, event: DecisionEvent) -> None:
        """Take note of a decision."""


class VerificationResult(StrEnum):
    """How a verification ended; a metric label."""

    ACTIVE = "active"
    INVALID = "invalid"
    UNVERIFIABLE = "unverifiable"


class CallResult(StrEnum):
    """How a call to Stytch ended; a metric label."""

    OK = "ok"
    DEAD_SESSION = "dead_session"
    """Stytch says that the session is no good."""
    MISCONFIGURED = "misconfigured"
    """The operator's fault: credentials, project, address."""
    RATE_LIMITED = "rate_limited"
    SERVER_ERROR = "server_error"
    BAD_ANSWER = "bad_answer"
    """An answer that cannot be read, or says nothing known."""
    UNREACHABLE = "unreachable"
    TIMEOUT = "timeout"


class SessionObserver(Protocol):
    """Is told how sessions are verified."""

    def verified(self, source: Source, result: VerificationResult) -> None:
        """Take note of where a verification came from, and how it ended."""

    def stytch_called(self, endpoint: str, result: CallResult, seconds: float) -> None:
        """Take note of a call to Stytch's API."""

    def keys_fetched(self, begun: float | None) -> None:
        """Take note of a fetch of signing keys: when it was begun, or None if it failed."""

    def circuit_is(self, state: int) -> None:
        """Take note of the circuit to Stytch: 0 closed, 1 open, 2 half open."""

    def cache_asked(self, *, hit: bool) -> None:
        """Take note of a look into the cache of verified sessions."""

    def cache_holds(self, entries: int) -> None:
        """Take note of how many sessions the cache holds."""
