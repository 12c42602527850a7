"""The credentials of a request: session cookies, and what `Authorization` says."""

from collections.abc import Sequence

from authz_sidecar.core.reasons import Reason
from authz_sidecar.core.request import Credentials, Headers, Refusal

_NONE: Sequence[str] = ()
HEADERS = ("Cookie", "Authorization")
"""Every header that is read here."""
# Browsers hold two cookies of one name where their Domain or Path differs, and a site that changed
# either leaves both around; more than two is an attempt at something.
MAX_VALUES = 2
MAX_LENGTH = 40_960
"""Characters of all cookies, and of an `Authorization` field; proxies pass lines of 32 KB."""


def read_credentials(
    headers: Headers, session_cookie: str, jwt_cookie: str
) -> Credentials | Refusal:
    """Find what may identify the session.

    Args:
        headers: the fields of the proxy's subrequest; HTTP/2 proxies pass several `Cookie` fields
            (RFC 9113 section 8.2.3).
        session_cookie: the name of the cookie that holds Stytch's session token.
        jwt_cookie: the name of the cookie that holds the session JWT.

    Returns:
        The distinct, non-empty values of either cookie in the order they came, and the
        `Authorization` fields as they came; or a refusal.
    """
    cookies = headers.getall("Cookie", _NONE)
    authorization = tuple(headers.getall("Authorization", _NONE))
    if sum(map(len, cookies)) > MAX_LENGTH or sum(map(len, authorization)) > MAX_LENGTH:
        return Refusal(Reason.TOO_LARGE, "the cookies or Authorization are too large")
    found: dict[str, list[str]] = {session_cookie: [], jwt_cookie: []}
    for line in cookies:
        _add_cookies(line, found)
    if max(map(len, found.values())) > MAX_VALUES:
        return Refusal(Reason.TOO_MANY_CREDENTIALS, "more than two values of a session cookie")
    return Credentials(tuple(found[session_cookie]), tuple(found[jwt_cookie]), authorization)


def _add_cookies(line: str, found: dict[str, list[str]]) -> None:
    if not any(name in line for name in found):
        return
    for pair in line.split(";"):
        name, _, value = pair.strip(" \t").partition("=")
        values = found.get(name)
        if values is not None and value and value not in values:
            values.append(value)
