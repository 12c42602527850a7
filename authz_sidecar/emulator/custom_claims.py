"""Custom claims of a session, which go into its JWT.

Source: https://stytch.com/docs/consumer-auth/manage-sessions/custom-claims
"""

import msgspec

from authz_sidecar.emulator.errors import ApiError
from authz_sidecar.emulator.wire import Json

_MAX_BYTES = 4096
_RESERVED = frozenset({"iss", "sub", "aud", "exp", "nbf", "iat", "jti"})
_STYTCH_PREFIX = "https://stytch.com/"


def merge_claims(held: Json, given: Json | None) -> Json:
    """Return a session's claims after a call that gave some.

    Args:
        held: the claims so far.
        given: new values by name; null deletes one; reserved names are ignored.

    Raises:
        ApiError: 400 `stytch_claims_in_custom_claims` for a claim in Stytch's own name, 400
            `custom_claims_too_large` if all of them take more than four kilobytes.
    """
    if not given:
        return held
    if any(name.startswith(_STYTCH_PREFIX) for name in given):
        raise ApiError(
            400,
            "stytch_claims_in_custom_claims",
            f"session_custom_claims must not hold names that begin with {_STYTCH_PREFIX}.",
        )
    merged = {
        name: value
        for name, value in (held | given).items()
        if value is not None and name not in _RESERVED
    }
    if len(msgspec.json.encode(merged)) > _MAX_BYTES:
        raise ApiError(
            400, "custom_claims_too_large", f"Custom claims may take {_MAX_BYTES} bytes in all."
        )
    return merged
