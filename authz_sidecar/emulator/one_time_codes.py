"""The one-time codes in force.

Source: https://stytch.com/docs/api-reference/consumer/api/otp/authenticate
"""

import secrets
from dataclasses import dataclass

from authz_sidecar.emulator.bounded import Bounded
from authz_sidecar.emulator.errors import ApiError

CODE_DIGITS = 6
MAX_GUESSES = 5
MAX_CODES = 10_000


@dataclass(slots=True)
class OneTimeCode:
    """The one code that can be in force for an address, and how it was delivered."""

    code: str
    channel: str
    expires_at: float
    guesses_left: int = MAX_GUESSES
    used: bool = False


class OneTimeCodes:
    """The codes in force, by method id, at most `MAX_CODES`."""

    def __init__(self) -> None:
        self._codes: Bounded[OneTimeCode] = Bounded(MAX_CODES)

    def issue(self, method_id: str, code: OneTimeCode) -> None:
        """Put a code in force, instead of an earlier one of that address."""
        self._codes.put(method_id, code)

    def channel(self, method_id: str) -> str | None:
        """Return how the last code for an address was delivered, if there was one."""
        code = self._codes.get(method_id)
        return code.channel if code else None

    def redeem(self, method_id: str, code: str, now: float) -> str:
        """Use up a code, and return how it was delivered.

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
        return expected.channel


def new_code() -> str:
    """Return a random code of six digits."""
    return f"{secrets.randbelow(10**CODE_DIGITS):0{CODE_DIGITS}d}"
