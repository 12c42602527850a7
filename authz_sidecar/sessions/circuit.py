"""A circuit breaker for the calls to Stytch: in an outage an answer costs no waiting.

Closed, every call goes. After some failures in a row it opens, and calls fail at once. When the
pause is over one call is let through: if it succeeds the circuit closes, if it fails the pause
doubles. `Retry-After` of a 429 is honoured (RFC 9110 section 10.2.3). Pure: time is a parameter.
"""

from collections.abc import Callable
from enum import IntEnum

FAILURES = 5
"""Failures in a row that open the circuit."""
FIRST_PAUSE = 1.0
MAX_PAUSE = 30.0
MAX_RETRY_AFTER = 300.0


class State(IntEnum):
    """A metric's value."""

    CLOSED = 0
    OPEN = 1
    HALF_OPEN = 2
    """One call is under way to see whether Stytch is back."""


class Circuit:
    """Counts how calls end, and says whether the next one may go."""

    def __init__(self, jitter: Callable[[], float]) -> None:
        """Start closed.

        Args:
            jitter: a factor about 1, drawn for each pause, so that replicas do not return at once.
        """
        self._jitter = jitter
        self._failures = 0
        self._pause = FIRST_PAUSE
        self._retry_at: float | None = None
        self._probing = False

    def state(self, now: float) -> State:
        """The state at a time."""
        if self._retry_at is None:
            return State.CLOSED
        return State.HALF_OPEN if self._probing or now >= self._retry_at else State.OPEN

    def allows(self, now: float) -> bool:
        """Whether a call may go now. Who gets a yes must tell how it ended."""
        if self._retry_at is None:
            return True
        if self._probing or now < self._retry_at:
            return False
        self._probing = True
        return True

    def succeeded(self) -> None:
        """A call was answered, whatever the answer."""
        self._failures, self._pause = 0, FIRST_PAUSE
        self._retry_at, self._probing = None, False

    def failed(self, now: float, retry_after: float | None = None) -> None:
        """A call failed.

        Args:
            now: a time, of any clock that `allows` is asked with.
            retry_after: seconds that Stytch asked to be left alone; opens the circuit at once.
        """
        self._failures += 1
        if retry_after is not None:
            self._open(now + min(retry_after, MAX_RETRY_AFTER))
        elif self._probing:
            self._pause = min(self._pause * 2, MAX_PAUSE)
            self._open(now + self._pause * self._jitter())
        elif self._retry_at is None and self._failures >= FAILURES:
            self._open(now + self._pause * self._jitter())

    def _open(self, until: float) -> None:
        self._retry_at, self._probing = until, False
