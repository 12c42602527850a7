"""What is fixed at start-up, as the program sees it: frozen, and no secret in a repr."""

from dataclasses import dataclass, field
from pathlib import Path

from authz_sidecar.dialects.client_ip import ClientIpSource
from authz_sidecar.dialects.fresh_jwt import FreshJwtCookie
from authz_sidecar.dialects.identity import IdentityHeaders
from authz_sidecar.located_yaml import Network


@dataclass(frozen=True, slots=True)
class TcpAddress:
    """A TCP port of one address of this machine."""

    host: str
    """Without brackets."""
    port: int
    """0 takes a free one."""

    def __str__(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{host}:{self.port}"


@dataclass(frozen=True, slots=True)
class UnixAddress:
    """A Unix socket."""

    path: str

    def __str__(self) -> str:
        return f"unix:{self.path}"


Listen = TcpAddress | UnixAddress


@dataclass(frozen=True, slots=True)
class StytchSettings:
    """How Stytch is asked."""

    project_id: str
    secret: str = field(repr=False)
    base_url: str | None
    """None: Stytch's own, by the kind of project."""
    timeout: float
    """Seconds for one call."""


@dataclass(frozen=True, slots=True)
class SessionSettings:
    """How sessions are recognised and remembered."""

    cookie: str
    """The name of the cookie with the session token."""
    jwt_cookie: str
    """The name of the cookie with the session JWT."""
    renew_jwt: FreshJwtCookie | None
    """How a renewed session JWT is handed back; None: not at all."""
    cache_entries: int


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything that is fixed at start-up."""

    policy: Path
    """Absolute."""
    listen: Listen
    """Decisions."""
    admin_listen: Listen
    """Metrics and health."""
    trusted_proxies: tuple[Network, ...]
    """Who may ask over TCP; peers on a Unix socket always may."""
    dialects: tuple[str, ...]
    default_dialect: str
    deadline: float
    """Seconds until a decision is due."""
    shutdown_timeout: float
    """Seconds for requests under way when the service stops."""
    client_ip: ClientIpSource | None
    """Where the client's address is told; None: nowhere."""
    identity_headers: IdentityHeaders
    stytch: StytchSettings
    session: SessionSettings
