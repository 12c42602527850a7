"""When a request may be allowed: a small second opinion, made from the documentation alone.

It reads the very bytes that go over the wire, shares no code with the service, and prefers loops
to cleverness. Whatever it cannot read strictly may not be allowed.
"""

from dataclasses import dataclass
from ipaddress import IPv6Address

TOKEN_BYTES = frozenset(
    b"!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
)
LABEL_BYTES = frozenset(b"0123456789abcdefghijklmnopqrstuvwxyz-_")
HEXADECIMAL = frozenset(b"0123456789abcdefABCDEF")
ENDPOINTS = (b"/authz", b"/authz/nginx", b"/authz/traefik")
REQUIRED = (b"x-forwarded-method", b"x-forwarded-proto", b"x-forwarded-host", b"x-forwarded-uri")
OPEN_HOSTS = ("open.test", "192.0.2.7")
LONGEST = 40_960
LONGEST_METHOD = 32
MOST_SESSIONS = 2
JWT_COOKIE = b"stytch_session_jwt"
NEVER_ENCODED = frozenset(b"/\\.\x7f") | frozenset(range(0x20))
NEVER_RAW = frozenset(b"\\;#")


@dataclass(frozen=True, slots=True)
class Asked:
    """A request that is well-formed by RFC 9112."""

    target: bytes
    fields: tuple[tuple[bytes, bytes], ...]
    """Names in lower case."""

    def all(self, name: bytes) -> list[bytes]:
        """Every value of a header."""
        return [value for key, value in self.fields if key == name]


def read(data: bytes) -> Asked | None:
    """The first request in these bytes, or None if two readers could differ about it."""
    head, end, _ = data.lstrip(b"\r\n").partition(b"\r\n\r\n")
    start, *lines = head.split(b"\r\n")
    words = start.split()
    if not end or len(words) < len(("method", "target")):
        return None
    fields = []
    for line in lines:
        name, colon, value = line.partition(b":")
        if not colon or not name or not TOKEN_BYTES.issuperset(name):
            return None
        if any(byte in value for byte in (b"\r", b"\n", b"\x00")):
            return None
        fields.append((name.lower(), value.strip(b" \t")))
    return Asked(words[1], tuple(fields))


def may_be_allowed(asked: Asked, token: bytes) -> bool:
    """Whether the documentation lets this pass.

    Args:
        asked: the request of the proxy.
        token: the one live session, which holds one factor.
    """
    if asked.target.partition(b"?")[0] not in ENDPOINTS:
        return False
    values = [asked.all(name) for name in REQUIRED]
    if any(len(each) != 1 or not each[0] or size(each[0]) > LONGEST for each in values):
        return False
    method, scheme, authority, target = (each[0] for each in values)
    if any(b"," in value for value in (method, scheme, authority)):
        return False
    if len(method) > LONGEST_METHOD or not TOKEN_BYTES.issuperset(method):
        return False
    if scheme not in {b"http", b"https", b"ws", b"wss"}:
        return False
    cookies = asked.all(b"cookie")
    tokens, jwts = cookies_named(b"stytch_session", cookies), cookies_named(JWT_COOKIE, cookies)
    if sum(map(size, cookies)) > LONGEST or max(len(tokens), len(jwts)) > MOST_SESSIONS:
        return False
    path = plain_path(target)
    if path is None:
        return False
    if is_open_host(authority):
        return True
    rules = {shop_rule(reading, method) for reading in readings(path)}
    allowing = {"public", "form", "account"} if token in tokens else {"public", "form"}
    return is_shop(authority) and len(rules) == 1 and rules <= allowing


def readings(path: str) -> list[str]:
    """The path, and what is left of it for who cuts it at a sign that was encoded."""
    cut = [path[: path.index(sign)] for sign in "?#;" if sign in path]
    return [path, *cut, "/".join(segment.partition(";")[0] for segment in path.split("/"))]


def shop_rule(path: str, method: bytes) -> str:
    """The rule of the shop that this is for."""
    for name in ("public", "locked", "admin", "account"):
        if path == f"/{name}" or path.startswith(f"/{name}/"):
            return name
    return "form" if path == "/form" and method == b"POST" else "none"


def size(value: bytes) -> int:
    """Characters of a value as the service counts them."""
    return len(value.decode("utf-8", "surrogateescape"))


def cookies_named(wanted: bytes, lines: list[bytes]) -> set[bytes]:
    """The distinct values of a cookie."""
    pairs = [pair.strip(b" \t").partition(b"=") for line in lines for pair in line.split(b";")]
    return {value for name, _, value in pairs if name == wanted and value}


def host_of(authority: bytes) -> str | None:
    """The host of an authority without its port and one trailing dot, or None."""
    if not authority.isascii():
        return None
    text = authority.decode("ascii").lower()
    host, colon, port = text.rpartition(":")
    if not colon or text.endswith("]"):
        host, port = text, "0"
    if not port.isdecimal() or len(port) > len("65535") or int(port) > 0xFFFF:
        return None
    return host if host.startswith("[") else host.removesuffix(".")


def is_open_host(authority: bytes) -> bool:
    """Whether this is a host of the brochure."""
    host = host_of(authority)
    if host is not None and host.startswith("[") and host.endswith("]") and "%" not in host:
        try:
            return IPv6Address(host[1:-1]) == IPv6Address("2001:db8::7")
        except ValueError:
            return False
    return host in OPEN_HOSTS


def is_shop(authority: bytes) -> bool:
    """Whether this is the shop's host, or one label before it."""
    host = host_of(authority)
    if host is None or not host.endswith("shop.test"):
        return False
    label = host.removesuffix("shop.test")
    if not label:
        return True
    name = label[:-1].encode()
    return (
        label.endswith(".")
        and 0 < len(name) < 64
        and LABEL_BYTES.issuperset(name)
        and name[:1] != b"-"
        and name[-1:] != b"-"
    )


def plain_path(target: bytes) -> str | None:
    """The path that every reader reads alike, decoded; or None."""
    raw = target.partition(b"?")[0]
    decoded = bytearray()
    position = 0
    while position < len(raw):
        byte = raw[position]
        if byte == ord("%"):
            digits = raw[position + 1 : position + 3]
            if len(digits) != len("2F") or not HEXADECIMAL.issuperset(digits):
                return None
            byte = int(digits, 16)
            if byte in NEVER_ENCODED:
                return None
            position += len("2F")
        elif byte in NEVER_RAW or not 0x20 < byte < 0x7F:
            return None
        decoded.append(byte)
        position += 1
    try:
        path = decoded.decode("utf-8")
    except UnicodeDecodeError:
        return None
    front, *segments = path.split("/")
    if front or not segments or {".", ".."} & set(segments) or "" in segments[:-1]:
        return None
    if any("\x80" <= character <= "\x9f" for character in path):
        return None
    if any(climbs_or_has_a_hole(reading) for reading in readings(path)):
        return None
    return None if has_an_escape(path) else path


def climbs_or_has_a_hole(path: str) -> bool:
    """Whether a path has a dot segment, or an empty one that is not the last."""
    segments = path.split("/")[1:]
    return bool({".", ".."} & set(segments)) or "" in segments[:-1]


def has_an_escape(path: str) -> bool:
    """Whether a decoded path could be decoded once more."""
    after = [part[:2].encode() for part in path.split("%")[1:]]
    return any(len(part) == len("2F") and HEXADECIMAL.issuperset(part) for part in after)
