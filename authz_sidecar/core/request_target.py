"""One canonical form of a host and of a path, or a refusal.

Proxies and upstreams disagree about how a path reads: whether `%2F` is a slash, what `..;` or `//`
means. A rule matched on one reading and an upstream serving another is the commonest bypass of the
field, so what can be read in two ways is refused here.
"""

import re
from ipaddress import IPv6Address
from urllib.parse import unquote_to_bytes

from authz_sidecar.core.reasons import Reason
from authz_sidecar.core.request import Refusal

# RFC 3986 section 3.2.2, restricted to names that DNS can carry; `_` occurs in real names.
_LABEL = r"(?!-)[a-z0-9_-]{1,63}(?<!-)"
_HOST_NAME = re.compile(rf"{_LABEL}(?:\.{_LABEL})*")
_AUTHORITY = re.compile(r"(?P<host>\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._-]+)(?::(?P<port>[0-9]{1,5}))?")
_MAX_HOST = 253
_MAX_PORT = 65535

# What may stand raw in a path: printable ASCII but for `\`, `;`, `#` and the `?` that ends it.
_PATH = re.compile(r"/(?:[!-\"$&-:<->@-\[\]-~]|%[0-9A-Fa-f]{2})*")
# Encoded forms of `/ \ . ; ? #` and of controls: each is one thing to a proxy and another to some
# upstream behind it.
_REFUSED_ESCAPE = re.compile(r"%(?:2[EeFf3]|3[BbFf]|5[Cc]|[01][0-9A-Fa-f]|7[Ff])")
# Looked for after decoding, so that `%25%32%66` does not hide it.
_DOUBLE_ENCODING = re.compile(r"%[0-9A-Fa-f]{2}")
_DOT_SEGMENT = re.compile(r"/\.{1,2}(?:/|$)")
_C1_CONTROL = re.compile("[\x80-\x9f]")


def canonical_host(authority: str) -> str | Refusal:
    """The host of an authority, for matching.

    Args:
        authority: `host[:port]` as a proxy tells it (RFC 3986 section 3.2, without userinfo).

    Returns:
        The host in lower case, without port and one trailing dot, an IPv6 literal in brackets and
        in its shortest spelling; or a `bad_host` refusal.
    """
    match = _AUTHORITY.fullmatch(authority)
    if match is None:
        return Refusal(Reason.BAD_HOST, "the host is no host name or IP literal")
    port = match["port"]
    if port is not None and int(port) > _MAX_PORT:
        return Refusal(Reason.BAD_HOST, "the host's port is no port number")
    host = match["host"].lower()
    if host.startswith("["):
        return _canonical_ipv6(host)
    host = host.removesuffix(".")
    if len(host) > _MAX_HOST or not _HOST_NAME.fullmatch(host):
        return Refusal(Reason.BAD_HOST, "the host is no host name or IP literal")
    return host


def _canonical_ipv6(literal: str) -> str | Refusal:
    try:
        return f"[{IPv6Address(literal[1:-1])}]"
    except ValueError:
        return Refusal(Reason.BAD_HOST, "the host is no IPv6 literal")


def canonical_path(target: str) -> str | Refusal:
    """The path of a request target, decoded once, for matching.

    Args:
        target: the raw target in origin form, `/path?query` (RFC 9112 section 3.2.1).

    Returns:
        The decoded path without the query; or a `bad_path` refusal for everything that two
        readers could take for two things.
    """
    raw = target.partition("?")[0]
    if not _PATH.fullmatch(raw):
        return Refusal(Reason.BAD_PATH, "the path has a character or escape that is not allowed")
    if "//" in raw or _DOT_SEGMENT.search(raw):
        return Refusal(Reason.BAD_PATH, "the path has an empty or dot segment")
    if "%" not in raw:
        return raw
    if _REFUSED_ESCAPE.search(raw):
        return Refusal(Reason.BAD_PATH, "the path has an ambiguous escape")
    try:
        path = unquote_to_bytes(raw).decode("utf-8")
    except UnicodeDecodeError:
        return Refusal(Reason.BAD_PATH, "the path's escapes are not UTF-8")
    if _DOUBLE_ENCODING.search(path) or _C1_CONTROL.search(path):
        return Refusal(Reason.BAD_PATH, "the path has a doubled escape or an encoded control")
    return path
