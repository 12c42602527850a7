"""Reading `X-Forwarded-{Method,Proto,Host,Uri}`, as nginx (by our file) and Traefik send them.

Read besides: the credentials, the configured client address, and what tells a navigation or a CORS
preflight. Any other header changes nothing. Each of the four must be there exactly once: none, two,
or a comma-joined pair is a proxy that passed on what its client wrote.
"""

import re
from collections.abc import Sequence

from authz_sidecar.core.reasons import Reason
from authz_sidecar.core.request import AccessRequest, Headers, Refusal
from authz_sidecar.core.request_target import canonical_host
from authz_sidecar.dialects import credentials, navigation
from authz_sidecar.dialects.base import DialectConfig
from authz_sidecar.dialects.client_ip import read_client_ip

# RFC 9110 section 5.6.2; no method of any registry comes near 32 characters.
_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]{1,32}")
# Traefik calls an upgrade's scheme ws.
_SCHEMES = {"http": "http", "https": "https", "ws": "http", "wss": "https"}
_NONE: Sequence[str] = ()
# Name, and whether a comma in it joins two values: it is an ordinary character of a URI
# (RFC 3986 section 2.2).
_SINGLE_VALUED = (
    ("X-Forwarded-Method", True),
    ("X-Forwarded-Proto", True),
    ("X-Forwarded-Host", True),
    ("X-Forwarded-Uri", False),
)
HEADERS = (
    *(name for name, _ in _SINGLE_VALUED),
    *credentials.HEADERS,
    *navigation.HEADERS,
)
"""Every header that is read, but for the configured one with the client's address."""
MAX_VALUE = 40_960
"""Characters in one header value; proxies pass lines of 32 KB."""


def read_forwarded(headers: Headers, config: DialectConfig) -> AccessRequest | Refusal:
    """Read the original request.

    Args:
        headers: the fields of the proxy's subrequest.
        config: the names and sources that the settings choose.

    Returns:
        The access request, or a refusal that names the header, never its value.
    """
    values = _single_values(headers)
    if isinstance(values, Refusal):
        return values
    method, proto, authority, target = values
    if not _TOKEN.fullmatch(method):
        return Refusal(Reason.BAD_METHOD, "X-Forwarded-Method is no token")
    scheme = _SCHEMES.get(proto)
    if scheme is None:
        return Refusal(Reason.BAD_SCHEME, "X-Forwarded-Proto is neither http nor https")
    host = canonical_host(authority)
    if isinstance(host, Refusal):
        return host
    candidates = credentials.read_credentials(headers, config.session_cookie, config.jwt_cookie)
    if isinstance(candidates, Refusal):
        return candidates
    return AccessRequest(
        method,
        scheme,
        host,
        authority,
        target,
        candidates,
        navigation.is_navigation(method, headers),
        navigation.is_upgrade(headers),
        navigation.is_preflight(method, headers),
        read_client_ip(headers, config.client_ip),
    )


def _single_values(headers: Headers) -> list[str] | Refusal:
    found = []
    for name, comma_joins in _SINGLE_VALUED:
        values = headers.getall(name, _NONE)
        if not values or not values[0]:
            return Refusal(Reason.MISSING_HEADER, f"{name} is missing or empty")
        if len(values) > 1 or (comma_joins and "," in values[0]):
            return Refusal(Reason.DUPLICATE_HEADER, f"{name} has more than one value")
        if len(values[0]) > MAX_VALUE:
            return Refusal(Reason.TOO_LARGE, f"{name} is too large")
        found.append(values[0])
    return found
