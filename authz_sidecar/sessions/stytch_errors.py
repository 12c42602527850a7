"""What Stytch's errors mean.

The error type decides, not the status: a 404 may be a dead session or a wrong address.
https://stytch.com/docs/api/errors
"""

import re
from collections.abc import Mapping

from authz_sidecar.core.observers import CallResult

_ERROR_TYPE = re.compile(r"[a-z0-9_]{1,64}")
_DEAD_SESSION = frozenset(
    {
        "invalid_session_token",
        "jwt_invalid_audience",
        "jwt_invalid_claims",
        "jwt_invalid_issuer",
        "session_not_found",
        "unable_to_parse_session_jwt",
    }
)
_MISCONFIGURED = frozenset(
    {
        "captcha_required",
        "invalid_b2b_endpoint",
        "invalid_consumer_endpoint",
        "invalid_project_id_authentication",
        "invalid_secret_authentication",
        "organization_suspended",
        "route_not_found",
        "unauthorized_credentials",
        "use_https",
    }
)
_TOO_MANY_REQUESTS = 429
_SERVER_ERRORS = 500


def error_type_of(body: object) -> str:
    """Stytch's `error_type`, or an empty text where the body has nothing that could be one."""
    value = body.get("error_type") if isinstance(body, Mapping) else None
    return value if isinstance(value, str) and _ERROR_TYPE.fullmatch(value) else ""


def meaning_of(status: int, error_type: str) -> CallResult:
    """What an answer of 400 or more means.

    Args:
        status: the HTTP status.
        error_type: Stytch's `error_type`; empty where the body had none.
    """
    if error_type in _DEAD_SESSION:
        return CallResult.DEAD_SESSION
    if error_type in _MISCONFIGURED:
        return CallResult.MISCONFIGURED
    if status == _TOO_MANY_REQUESTS:
        return CallResult.RATE_LIMITED
    if status >= _SERVER_ERRORS:
        return CallResult.SERVER_ERROR
    return CallResult.BAD_ANSWER
