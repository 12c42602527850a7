"""Is a browser loading a page? Only then is a challenge a redirect.

The thirty sub-resources of a page must not start thirty challenges, a POST must not become a GET,
and an API client wants a status. The User-Agent never decides.
"""

from collections.abc import Sequence

from authz_sidecar.core.request import Headers

_NONE: Sequence[str] = ()
_HTML = frozenset({"text/html", "application/xhtml+xml"})
_ON_A_PREFLIGHT = ("Origin", "Access-Control-Request-Method")
_ON_AN_UPGRADE = ("Upgrade", "Sec-WebSocket-Version")
_NEVER_ON_A_NAVIGATION = ("X-Requested-With", *_ON_AN_UPGRADE)
HEADERS = (
    "Accept",
    "Sec-Fetch-Mode",
    "Content-Type",
    *_NEVER_ON_A_NAVIGATION,
    *_ON_A_PREFLIGHT,
)
"""Every header that is read here."""


def is_navigation(method: str, headers: Headers) -> bool:
    """Whether a redirect would be followed and seen by a person.

    Args:
        method: the original request's method; only GET and HEAD navigate.
        headers: read are `Sec-Fetch-Mode` (W3C Fetch Metadata), or without it `Accept`, and
            `X-Requested-With`, `Upgrade`, `Sec-WebSocket-Version` and `Content-Type`.
    """
    if method not in {"GET", "HEAD"}:
        return False
    if any(headers.getall(name, _NONE) for name in _NEVER_ON_A_NAVIGATION):
        return False
    content_types = headers.getall("Content-Type", _NONE)
    if any(value.lower().startswith("application/grpc") for value in content_types):
        return False
    modes = headers.getall("Sec-Fetch-Mode", _NONE)
    if modes:
        return all(mode == "navigate" for mode in modes)
    return prefers_html(",".join(headers.getall("Accept", _NONE)))


def is_upgrade(headers: Headers) -> bool:
    """Whether the connection is to become another; proxies pass on one of the headers or both."""
    return any(headers.getall(name, _NONE) for name in _ON_AN_UPGRADE)


def is_preflight(method: str, headers: Headers) -> bool:
    """Whether a browser asks if it may send a cross-origin request.

    Args:
        method: the original request's method.
        headers: read are `Origin` and `Access-Control-Request-Method`, each exactly once
            (https://fetch.spec.whatwg.org/#cors-preflight-request).
    """
    return method == "OPTIONS" and all(
        len(headers.getall(name, _NONE)) == 1 for name in _ON_A_PREFLIGHT
    )


def prefers_html(accept: str) -> bool:
    """Whether HTML is the first of the media ranges with the highest weight.

    Args:
        accept: an `Accept` field (RFC 9110 section 12.5.1); a weight that cannot be read is 0.
    """
    best_range, best_weight = "", 0.0
    for element in accept.split(","):
        media_range, *parameters = (part.strip(" \t").lower() for part in element.split(";"))
        weight = _weight(parameters)
        if weight > best_weight:
            best_range, best_weight = media_range, weight
    return best_range in _HTML


def _weight(parameters: Sequence[str]) -> float:
    for parameter in parameters:
        if parameter.startswith("q="):
            try:
                return float(parameter[2:])
            except ValueError:
                return 0.0
    return 1.0
