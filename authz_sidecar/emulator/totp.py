"""Time-based one-time passwords, as an authenticator app shows them (RFC 6238).

Source: https://stytch.com/docs/consumer-auth/authentication/totps/api
"""

import hmac
import secrets
import string
from base64 import b32decode, b32encode
from dataclasses import dataclass, field

from authz_sidecar.emulator.errors import ApiError
from authz_sidecar.emulator.wire import new_id

STEP_SECONDS = 30
CODE_DIGITS = 6
RECOVERY_CODES = 10
_SECRET_BYTES = 20
_RECOVERY_ALPHABET = string.ascii_lowercase + string.digits


def code_at(secret: str, moment: float) -> str:
    """Return the code of a moment.

    Args:
        secret: in base 32, as the app was given it.
        moment: seconds since the epoch.
    """
    return _code_of_step(secret, _step(moment))


def _recovery_codes() -> dict[str, str]:
    return {new_id("totp-recovery-code"): _recovery_code() for _ in range(RECOVERY_CODES)}


def _recovery_code() -> str:
    parts = ("".join(secrets.choice(_RECOVERY_ALPHABET) for _ in range(4)) for _ in range(3))
    return "-".join(parts)


@dataclass(slots=True)
class Totp:
    """A user's authenticator app.

    Attributes:
        expires_at: until when its first code must come, in seconds since the epoch.
        last_step: the newest time step whose code was taken, which works no second time.
        recovery_codes: by their ids; each works once.
    """

    expires_at: float
    totp_id: str = field(default_factory=lambda: new_id("totp"))
    secret: str = field(
        default_factory=lambda: b32encode(secrets.token_bytes(_SECRET_BYTES)).decode(), repr=False
    )
    recovery_codes: dict[str, str] = field(default_factory=_recovery_codes, repr=False)
    verified: bool = False
    last_step: int = -1

    def authenticate(self, code: str, now: float) -> None:
        """Take a code of the present time step, the one before or the one after, once.

        Args:
            code: six digits.
            now: seconds since the epoch.

        Raises:
            ApiError: 401 `expired_totp`, `totp_code_already_authenticated` or
                `unable_to_authenticate_totp`.
        """
        if self.expired(now):
            raise ApiError(401, "expired_totp", "The TOTP was not authenticated in time.")
        step = _step(now)
        steps = [s for s in (step - 1, step, step + 1) if self._is_code_of(code, s)]
        if not steps:
            raise ApiError(401, "unable_to_authenticate_totp", "The TOTP code is wrong.")
        if steps[-1] <= self.last_step:
            raise ApiError(
                401, "totp_code_already_authenticated", "This TOTP code was used already."
            )
        self.last_step = steps[-1]
        self.verified = True

    def recover(self, code: str) -> str:
        """Use up a recovery code, and return its id.

        Raises:
            ApiError: 401 `unable_to_authenticate_recovery_code`.
        """
        for code_id, expected in self.recovery_codes.items():
            if self.verified and secrets.compare_digest(expected.encode(), code.encode()):
                del self.recovery_codes[code_id]
                return code_id
        raise ApiError(
            401,
            "unable_to_authenticate_recovery_code",
            "The recovery code is wrong or used, or the TOTP is not verified.",
        )

    def expired(self, now: float) -> bool:
        """Tell whether the first code did not come in time."""
        return not self.verified and now >= self.expires_at

    def _is_code_of(self, code: str, step: int) -> bool:
        return secrets.compare_digest(_code_of_step(self.secret, step), code)


def _step(moment: float) -> int:
    return int(moment) // STEP_SECONDS


def _code_of_step(secret: str, step: int) -> str:
    digest = hmac.digest(b32decode(secret), step.to_bytes(8, "big"), "sha1")
    offset = digest[-1] & 0x0F
    number = int.from_bytes(digest[offset : offset + 4], "big") & 0x7FFFFFFF
    return f"{number % 10**CODE_DIGITS:0{CODE_DIGITS}d}"
