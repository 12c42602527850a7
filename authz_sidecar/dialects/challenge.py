"""How a challenge is told: the URL of the page that can meet it, and `WWW-Authenticate`."""

from urllib.parse import quote

from authz_sidecar.core.decision import Decision, Hint
from authz_sidecar.core.reasons import Reason
from authz_sidecar.core.request import AccessRequest

MAX_RETURN_TO = 16_384
"""Characters of an encoded `return_to`; proxies buffer the header that carries it."""

_ERRORS = {
    Reason.SESSION_INVALID: "invalid_token",  # RFC 6750 section 3.1
    Reason.SESSION_EXPIRED: "invalid_token",
    Reason.FACTOR_MISSING: "insufficient_user_authentication",  # RFC 9470 section 3
    Reason.FACTOR_TOO_OLD: "insufficient_user_authentication",
}


def authenticate_url(reason: Reason, hint: Hint, request: AccessRequest) -> str:
    """The absolute URL of the page that can meet a challenge.

    It carries `return_to` (the original URL with its raw target; the upstream's own origin, or
    scheme and authority as the proxy told them, port kept), `reason`, and where they
    apply `factors` (comma-joined) and `max_age` (seconds). Each value is percent-encoded once.
    """
    origin = hint.origin or f"{request.scheme}://{request.authority}"
    return_to = _encoded(origin + request.target)
    if len(return_to) > MAX_RETURN_TO:
        return_to = _encoded(f"{origin}/")
    parameters = [f"return_to={return_to}", f"reason={reason}"]
    if hint.factors:
        parameters.append(f"factors={_encoded(','.join(hint.factors))}")
    if hint.max_age is not None:
        parameters.append(f"max_age={hint.max_age}")
    return f"{hint.url}{'&' if '?' in hint.url else '?'}{'&'.join(parameters)}"


def _encoded(text: str) -> str:
    # aiohttp hands bytes that are not UTF-8 as surrogates; they go back as they came.
    return quote(text, safe="", errors="surrogateescape")


def www_authenticate(decision: Decision) -> str:
    """The `WWW-Authenticate` field of a challenge (RFC 6750 section 3, RFC 9470 section 3)."""
    error = _ERRORS.get(decision.reason)
    if error is None:
        return "Bearer"  # without a credential there is no error code, RFC 6750 section 3.1
    parameters = [f'error="{error}"']
    hint = decision.hint
    if hint is not None and hint.level:
        parameters.append(f'acr_values="{hint.level}"')
    if hint is not None and hint.max_age is not None:
        parameters.append(f'max_age="{hint.max_age}"')
    return f"Bearer {', '.join(parameters)}"
