"""What a proxy asks: its request as it came, and what it says of the original request."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from ipaddress import IPv4Address, IPv6Address
from typing import Protocol

from authz_sidecar.core.reasons import Reason

Address = IPv4Address | IPv6Address


class Headers(Protocol):
    """Case-insensitive header fields that may repeat; aiohttp's multidict is one."""

    def getall(self, key: str, default: Sequence[str]) -> Sequence[str]:
        """All values of a field in the order they came, or `default`."""


@dataclass(slots=True)
class ProxyRequest:
    """The subrequest of a proxy, as it came."""

    headers: Headers = field(repr=False)
    request_id: str
    """Ties the decision log to the proxy's; it changes no decision."""
    arrived: float
    """Unix seconds; the one time that a decision knows."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """A request that is refused before any decision."""

    reason: Reason
    detail: str = ""
    """For the operator's log: which header, which part. Never a value of the request."""


@dataclass(frozen=True, slots=True)
class Credentials:
    """What identifies the session. Secret: it has no readable repr."""

    session_tokens: tuple[str, ...] = field(default=(), repr=False)
    """Values of the session cookie, in the order they came; at most two."""
    session_jwts: tuple[str, ...] = field(default=(), repr=False)
    """Values of the cookie with the session JWT, likewise."""
    authorization: tuple[str, ...] = field(default=(), repr=False)
    """Every `Authorization` field. Counts only where the upstream says so."""

    def chosen(self, *, bearer: bool) -> "Credentials | Refusal":
        """The credentials that count for an upstream.

        Args:
            bearer: whether the upstream takes Bearer tokens (RFC 6750 section 2.1). There one
                decides alone; without one, or with another scheme, the cookies count.

        Returns:
            What is to be verified, with `authorization` where that is a Bearer token; or a refusal
            of two values.
        """
        cookies = Credentials(self.session_tokens, self.session_jwts)
        if not bearer or not self.authorization:
            return cookies
        value = self.authorization[0]
        # Envoy joins fields by commas; a comma is also how Digest separates its parameters.
        schemes = [part.strip(" ").partition(" ")[0].lower() for part in value.split(",")]
        if len(self.authorization) > 1 or ("bearer" in schemes and len(schemes) > 1):
            return Refusal(Reason.DUPLICATE_HEADER, "Authorization has more than one value")
        if schemes[0] != "bearer":
            return cookies
        token = value.partition(" ")[2].strip(" ")
        # An opaque token has no dots, a compact JWS has two (RFC 7515 section 7.1).
        jwts, tokens = ((token,), ()) if "." in token else ((), (token,))
        return Credentials(tokens, jwts, self.authorization)


@dataclass(slots=True)
class AccessRequest:
    """Who wants to do what to which resource, as the proxy tells it."""

    method: str
    scheme: str
    """`http` or `https`."""
    host: str
    """For matching: lower case, without port and trailing dot."""
    authority: str
    """As the proxy told it, port included; for the way back."""
    target: str = field(repr=False)
    """The raw request target, query included; for the way back."""
    credentials: Credentials
    navigation: bool
    """Whether a browser is loading a page, so that a redirect would be followed and seen."""
    upgrade: bool = False
    """Whether the connection is to become another, as for WebSocket."""
    preflight: bool = False
    """Whether a browser asks if it may send a cross-origin request (CORS)."""
    client_ip: Address | None = None
    """None: not configured, not told, or not readable."""
