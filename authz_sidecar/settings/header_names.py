"""Which header may tell the client's address, and which may carry a claim to the application."""

import re

from authz_sidecar.dialects import DIALECTS
from authz_sidecar.dialects.base import DialectConfig
from authz_sidecar.dialects.identity import IDENTITY_HEADERS
from authz_sidecar.located_yaml import shown

_NAME = re.compile(r"[A-Za-z0-9]+(?:-[A-Za-z0-9]+)*")

# What dialects read of a request, in lower case: each has one meaning already.
_READ = frozenset(
    {
        "host",
        "x-original-method",
        "x-original-url",
        "x-request-id",
        *(
            name.lower()
            for make in DIALECTS.values()
            for name in make(DialectConfig("any name of a cookie")).headers
        ),
    }
)
# What our answers say besides the identity.
_ANSWERED = frozenset(
    {
        "x-authz-authenticate-url",
        "x-authz-decision",
        "x-authz-reason",
        "x-authz-redirect",
        *map(str.lower, IDENTITY_HEADERS),
    }
)
# What HTTP and proxies understand (RFC 9110, RFC 9111, RFC 9112, RFC 6265, RFC 6797, nginx).
_UNDERSTOOD = frozenset(
    {
        "age",
        "allow",
        "alt-svc",
        "connection",
        "cache-control",
        "date",
        "etag",
        "expect",
        "expires",
        "forwarded",
        "from",
        "keep-alive",
        "last-modified",
        "link",
        "location",
        "max-forwards",
        "pragma",
        "range",
        "referer",
        "refresh",
        "retry-after",
        "server",
        "set-cookie",
        "strict-transport-security",
        "te",
        "trailer",
        "transfer-encoding",
        "user-agent",
        "vary",
        "via",
        "warning",
        "www-authenticate",
        "x-real-ip",
    }
)
_UNDERSTOOD_PREFIXES = (
    "accept-",
    "access-control-",
    "content-",
    "if-",
    "proxy-",
    "sec-",
    "x-accel-",
    "x-forwarded-",
    "x-original-",
)


def read_client_ip_header(text: str) -> str:
    """The name of a header that tells addresses and nothing else."""
    name = _read_name(text).lower()
    if name == "forwarded":
        hint = "write for example `X-Forwarded-For`, and let your proxies set it"
        raise ValueError(f"the syntax of {shown(text)} (RFC 7239) is not read; {hint}")
    if name in _READ | _ANSWERED:
        hint = "write for example `X-Forwarded-For`"
        raise ValueError(f"{shown(text)} has another meaning to the sidecar; {hint}")
    return text


def read_claim_header(text: str) -> str:
    """The name of a header that no one but the application behind the proxy understands."""
    name = _read_name(text).lower()
    if name in _ANSWERED:
        raise ValueError(f"{shown(text)} is a header of the sidecar's own; choose another name")
    if name in _READ | _UNDERSTOOD or name.startswith(_UNDERSTOOD_PREFIXES):
        hint = "choose a name of your own, such as `X-Authz-Plan`"
        raise ValueError(f"{shown(text)} means something to proxies; {hint}")
    return text


def _read_name(text: str) -> str:
    """A token (RFC 9110 section 5.6.2) without `_` and `.`, which proxies take for `-` or drop."""
    if not _NAME.fullmatch(text):
        hint = "use letters, digits and `-`, as in `X-Authz-Plan`"
        raise ValueError(f"{shown(text)} is no name of a header; {hint}")
    return text
