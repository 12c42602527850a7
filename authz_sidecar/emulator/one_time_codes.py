"""One-time codes and the messages that carry them, which nobody sends anywhere.

Source: https://stytch.com/docs/api-reference/consumer/api/otp/authenticate
"""

import secrets
from collections import deque
from dataclasses import asdict, dataclass

from authz_sidecar.emulator.errors import ApiError
from authz_sidecar.emulator.wire import Json, rfc3339

CODE_DIGITS = 6
MAX_GUESSES = 5
MAX_MESSAGES = 1000


@dataclass(slots=True)
class OneTimeCode:
    """The one code that can be in force for an address."""

    code: str
    expires_at: float
    guesses_left: int = MAX_GUESSES
    used: bool = False


@dataclass(frozen=True, slots=True)
class Message:
    """What a user would have received; times are in seconds since the epoch."""

    channel: str
    address: str
    user_id: str
    method_id: str
    code: str
    sent_at: float
    expires_at: float

    def json(self) -> Json:
        """Return the message as the control API shows it."""
        times = {"sent_at": rfc3339(self.sent_at), "expires_at": rfc3339(self.expires_at)}
        return asdict(self) | times


class OneTimeCodes:
    """The codes in force, by method id, and the outbox of the last `MAX_MESSAGES` messages."""

    def __init__(self) -> None:
        self._codes: dict[str, OneTimeCode] = {}
        self.outbox: deque[Message] = deque(maxlen=MAX_MESSAGES)

    def send(self, message: Message) -> None:
        """Put a message into the outbox; its code replaces an earlier one of that address."""
        self._codes[message.method_id] = OneTimeCode(message.code, message.expires_at)
        self.outbox.append(message)

    def redeem(self, method_id: str, code: str, now: float) -> None:
        """Use up a code, or refuse it.

        Args:
            method_id: the `email_id` or `phone_id` it was sent to.
            code: what the user typed.
            now: seconds since the epoch.

        Raises:
            ApiError: 404 `otp_code_not_found` for a wrong code, 401 `unable_to_auth_otp_code`
                for the right one that was used, has expired or was guessed at too often.
        """
        expected = self._codes.get(method_id)
        if expected is None or not secrets.compare_digest(expected.code.encode(), code.encode()):
            if expected:
                expected.guesses_left -= 1
            raise ApiError(404, "otp_code_not_found", "The passcode could not be found.")
        if expected.used or now >= expected.expires_at or expected.guesses_left <= 0:
            raise ApiError(
                401,
                "unable_to_auth_otp_code",
                "The passcode was already used, has expired, or was guessed at too often.",
            )
        expected.used = True


def new_code() -> str:
    """Return a random code of six digits."""
    return f"{secrets.randbelow(10**CODE_DIGITS):0{CODE_DIGITS}d}"
