"""One canonical form of a host and of a path, or a refusal.

Proxies and upstreams disagree about how a path reads: whether `%2F` is a slash, what `..;` or `//`
means. A rule matched on one reading and an upstream serving another is the commonest bypass of the
field, so what can be read in two ways is refused here, or must lead to one rule in all of them.
"""

import re
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address
from urllib.parse import unquote_to_bytes

from authz_sidecar.core.reasons import Reason
from authz_sidecar.core.request import Refusal

# RFC 3986 section 3.2.2, restricted to names that DNS can carry; `_` occurs in real names.
_LABEL = r"(?!-)[a-z0-9_-]{1,63}(?<!-)"
_HOST_NAME = re.compile(rf"{_LABEL}(?:\.{_LABEL})*")
_AUTHORITY = re.compile(r"(?P<host>\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._-]+)(?::(?P<port>[0-9]{1,5}))?")
# Browsers read such a host as an IPv4 address, in forms of their own: 127.1, 0x7f000001
# (https://url.spec.whatwg.org/#ends-in-a-number-checker).
_NUMERIC_END = re.compile(r"(?:^|\.)(?:[0-9]+|0x[0-9a-f]*)$")
_MAX_HOST = 253
_MAX_PORT = 65535
_NGINX_NO_HOST = "_"
"""What nginx's `$host` is for a request without one, by a common `server_name`."""

# What may stand raw in a path: printable ASCII but for `\`, `#` and the `?` that ends it; `;` only
# where the upstream strips path parameters.
_PATH = re.compile(r"/(?:[!-\"$&-:<->@-\[\]-~]|%[0-9A-Fa-f]{2})*")
_PATH_WITH_PARAMETERS = re.compile(r"/(?:[!-\"$&-;<->@-\[\]-~]|%[0-9A-Fa-f]{2})*")
_PARAMETERS = re.compile(r";[^/]*")
# Encoded `\ .` and controls: each is one thing to a proxy and another to some upstream behind it.
_REFUSED_ESCAPE = re.compile(r"%(?:2[Ee]|5[Cc]|[01][0-9A-Fa-f]|7[Ff])")
_ENCODED_SLASH = re.compile(r"%2[Ff]")
# From the last `;` on, so that a path of nothing else takes no longer than another.
_SLASH_IN_PARAMETER = re.compile(r";[^/;]*%2[Ff]")
# Looked for after decoding, so that `%25%32%66` does not hide it.
_DOUBLE_ENCODING = re.compile(r"%[0-9A-Fa-f]{2}")
_DOT_SEGMENT = re.compile(r"/\.{1,2}(?:/|$)")
_C1_CONTROL = re.compile("[\x80-\x9f]")
# They occur in the names of real files, and some upstreams cut a decoded path there, or strip
# what follows a `;` from its segment.
_CUTS = "?#;"
_LITERAL_SLASH = "\x00"
"""Stands for `%2F` while the rest is decoded; no path has a NUL."""


@dataclass(frozen=True, slots=True)
class PathRules:
    """What an upstream knows to read in one way only, and is therefore not refused."""

    allow_path_parameters: bool = False
    """`;...` is stripped from each segment before matching."""
    allow_encoded_slash: bool = False
    """`%2F` may stand in a path if it leads to the same rule as a slash and as itself."""


STRICT = PathRules()


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
    if _NUMERIC_END.search(host) and not _is_ipv4(host):
        return Refusal(Reason.BAD_HOST, "the host ends in a number and is no IPv4 address")
    if len(host) > _MAX_HOST or host == _NGINX_NO_HOST or not _HOST_NAME.fullmatch(host):
        return Refusal(Reason.BAD_HOST, "the host is no host name or IP literal")
    return host


def _is_ipv4(host: str) -> bool:
    try:
        IPv4Address(host)
    except ValueError:
        return False
    return True


def _canonical_ipv6(literal: str) -> str | Refusal:
    try:
        return f"[{IPv6Address(literal[1:-1])}]"
    except ValueError:
        return Refusal(Reason.BAD_HOST, "the host is no IPv6 literal")


def canonical_paths(target: str, rules: PathRules = STRICT) -> tuple[str, ...] | Refusal:
    """The path of a request target, decoded once, in every reading that an upstream may have.

    Args:
        target: the raw target in origin form, `/path?query` (RFC 9112 section 3.2.1).
        rules: what this upstream does not find ambiguous.

    Returns:
        The decoded path without the query first; then the readings that must lead to the same
        rule. Or a `bad_path` refusal for everything that is ambiguous all the same.
    """
    raw = target.partition("?")[0]
    allowed = _PATH_WITH_PARAMETERS if rules.allow_path_parameters else _PATH
    if not allowed.fullmatch(raw):
        return Refusal(Reason.BAD_PATH, "the path has a character or escape that is not allowed")
    if "%" in raw and _REFUSED_ESCAPE.search(raw):
        return Refusal(Reason.BAD_PATH, "the path has an ambiguous escape")
    refused_slash = _SLASH_IN_PARAMETER if rules.allow_encoded_slash else _ENCODED_SLASH
    if "%" in raw and refused_slash.search(raw):
        return Refusal(Reason.BAD_PATH, "the path has an encoded slash")
    if ";" in raw:
        raw = _PARAMETERS.sub("", raw)
    if "%" not in raw:
        return _segments_fault(raw) or (raw,)
    return _decoded_readings(raw)


def _decoded_readings(raw: str) -> tuple[str, ...] | Refusal:
    try:
        decoded = unquote_to_bytes(_ENCODED_SLASH.sub(_LITERAL_SLASH, raw)).decode("utf-8")
    except UnicodeDecodeError:
        return Refusal(Reason.BAD_PATH, "the path's escapes are not UTF-8")
    if _DOUBLE_ENCODING.search(decoded) or _C1_CONTROL.search(decoded):
        return Refusal(Reason.BAD_PATH, "the path has a doubled escape or an encoded control")
    whole = (decoded.replace(_LITERAL_SLASH, "/"), decoded.replace(_LITERAL_SLASH, "%2F"))
    cut = (each.partition(sign)[0] for each in whole for sign in _CUTS if sign in each)
    stripped = (_PARAMETERS.sub("", each) for each in whole)
    readings = tuple(dict.fromkeys((*whole, *cut, *stripped)))
    return next(filter(None, map(_segments_fault, readings)), readings)


def _segments_fault(path: str) -> Refusal | None:
    if "//" in path or ("/." in path and _DOT_SEGMENT.search(path)):
        return Refusal(Reason.BAD_PATH, "the path has an empty or dot segment")
    return None
