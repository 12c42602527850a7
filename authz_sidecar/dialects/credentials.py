"""The session cookies of a request."""

from collections.abc import Sequence

from authz_sidecar.core.reasons import Reason
from authz_sidecar.core.request import Credentials, Refusal

# Browsers hold two cookies of one name where their Domain or Path differs, and a site that changed
# either leaves both around; more than two is an attempt at something.
MAX_VALUES = 2


def read_credentials(cookie_lines: Sequence[str], session_cookie: str) -> Credentials | Refusal:
    """Find the session among the cookies.

    Args:
        cookie_lines: every `Cookie` field; HTTP/2 proxies pass several (RFC 9113 section 8.2.3).
        session_cookie: the name of the cookie that holds Stytch's session token.

    Returns:
        The distinct, non-empty values of the session cookie in the order they came; or a
        `too_many_credentials` refusal.
    """
    values: list[str] = []
    for line in cookie_lines:
        if session_cookie not in line:
            continue
        for pair in line.split(";"):
            name, _, value = pair.strip(" \t").partition("=")
            if name == session_cookie and value and value not in values:
                values.append(value)
    if len(values) > MAX_VALUES:
        return Refusal(Reason.TOO_MANY_CREDENTIALS, f"{len(values)} different session cookies")
    return Credentials(tuple(values))
