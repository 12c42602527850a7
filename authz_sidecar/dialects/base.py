"""What a dialect is: how one proxy asks, and how it is answered. Pure: headers in, values out."""

from dataclasses import dataclass, field
from typing import Protocol

from authz_sidecar.core.decision import Decision
from authz_sidecar.core.request import AccessRequest, ProxyRequest, Refusal
from authz_sidecar.dialects.client_ip import ClientIpSource
from authz_sidecar.dialects.fresh_jwt import FreshJwtCookie
from authz_sidecar.dialects.identity import IdentityHeaders


@dataclass(frozen=True, slots=True)
class DialectConfig:
    """What the settings choose; the same for every dialect."""

    session_cookie: str
    """The name of the cookie that holds Stytch's session token."""
    jwt_cookie: str = "stytch_session_jwt"
    """The name of the cookie that holds Stytch's session JWT."""
    fresh_jwt: FreshJwtCookie | None = None
    """How a session JWT that Stytch renewed is handed back; None: not at all."""
    client_ip: ClientIpSource | None = None
    identity: IdentityHeaders = field(default_factory=IdentityHeaders)


@dataclass(frozen=True, slots=True)
class Reply:
    """The answer to a proxy's subrequest."""

    status: int
    headers: dict[str, str] = field(default_factory=dict, repr=False)
    body: bytes = b""


class Dialect(Protocol):
    """One proxy's way of asking and of being answered."""

    @property
    def name(self) -> str:
        """Its name in the settings, its endpoint's last segment, and a metric label."""

    @property
    def headers(self) -> tuple[str, ...]:
        """Every header that is read of a request; any other changes nothing."""

    def read(self, request: ProxyRequest) -> AccessRequest | Refusal:
        """Read the original request from the headers of this dialect's table, and no others."""

    def write(self, decision: Decision, request: AccessRequest | None) -> Reply:
        """Write a decision; `request` is None if it could not be read."""
