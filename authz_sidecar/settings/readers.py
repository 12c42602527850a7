"""Reading the scalars of the settings: addresses, names and bounds."""

import re
from collections.abc import Callable

from authz_sidecar.core.request import Refusal
from authz_sidecar.core.request_target import canonical_host
from authz_sidecar.dialects import DIALECTS
from authz_sidecar.dialects.identity import PRESETS
from authz_sidecar.located_yaml import instead, shown
from authz_sidecar.settings.values import Listen, TcpAddress, UnixAddress

_TCP = re.compile(r"(?P<host>\[[0-9A-Fa-f:.]+\]|[0-9A-Za-z._-]+):(?P<port>[0-9]{1,5})")
_MAX_PORT = 65535
_MAX_SOCKET_PATH = 107  # sun_path of unix(7), without its NUL
_COOKIE_PATH = re.compile(r"/[!-:<-~]*")  # path-value, RFC 6265 section 4.1.1
_COOKIE = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")  # token, RFC 6265 section 4.1.1
MAX_CACHE_ENTRIES = 1_000_000


def read_listen(text: str) -> Listen:
    """An address to listen on: `127.0.0.1:9000`, `[::1]:9000` or `unix:/run/authz.sock`."""
    scheme, colon, path = text.partition("unix:")
    if colon and not scheme:
        if not path.startswith("/") or not path.isprintable():
            raise ValueError(f"{shown(text)} has no absolute path; write `unix:/path/to/socket`")
        if len(path.encode()) > _MAX_SOCKET_PATH:
            raise ValueError(f"{shown(text)} is longer than the {_MAX_SOCKET_PATH} bytes it may be")
        return UnixAddress(path)
    match = _TCP.fullmatch(text)
    if match is None or int(match["port"]) > _MAX_PORT:
        hint = "write for example `127.0.0.1:9000`, `[::1]:9000` or `unix:/path`"
        raise ValueError(f"{shown(text)} is no address to listen on; {hint}")
    host = canonical_host(match["host"])
    if isinstance(host, Refusal):
        raise ValueError(f"{shown(text)} has no host name or IP address before its port")  # noqa: TRY004 - the text is at fault
    return TcpAddress(host.strip("[]"), int(match["port"]))


def read_dialect(text: str) -> str:
    """The name of a dialect."""
    if text not in DIALECTS:
        raise ValueError(f"the dialect {shown(text)} is unknown; {instead(text, DIALECTS)}")
    return text


def read_preset(text: str) -> str:
    """The name of a preset of identity headers."""
    if text not in PRESETS:
        raise ValueError(f"the preset {shown(text)} is unknown; {instead(text, PRESETS)}")
    return text


def read_cookie(text: str) -> str:
    """The name of a cookie."""
    if not _COOKIE.fullmatch(text):
        raise ValueError(f"{shown(text)} is no name of a cookie; use letters, digits, `_` and `-`")
    return text


def read_domain(text: str) -> str:
    """The domain of a cookie (RFC 6265 section 5.2.3: a dot in front means nothing)."""
    domain = text.removeprefix(".")
    host = canonical_host(domain)
    if host != domain or domain.startswith("["):
        hint = "write a host in lower case"
        raise ValueError(f"{shown(text)} is no domain; {hint}")
    return domain


def read_cookie_path(text: str) -> str:
    """The path of a cookie."""
    if not _COOKIE_PATH.fullmatch(text):
        raise ValueError(f"{shown(text)} is no path of a cookie; write for example `/`")
    return text


def at_most(longest: float) -> Callable[[float], float]:
    """A check that something is waited for, and for so many seconds at most."""

    def check(seconds: float) -> float:
        if not 0 < seconds <= longest:
            raise ValueError(f"write more than 0s and at most {longest:g}s")
        return seconds

    return check


def check_entries(entries: int) -> int:
    """A number of things to keep in memory."""
    if not 1 <= entries <= MAX_CACHE_ENTRIES:
        raise ValueError(f"write a number from 1 to {MAX_CACHE_ENTRIES}")
    return entries
