"""The settings file as pydantic models: its keys, their defaults, and what each of them takes."""

from ipaddress import IPv4Network, IPv6Network
from typing import Annotated

from pydantic import AfterValidator, Field

from authz_sidecar.dialects import DIALECTS
from authz_sidecar.dialects.identity import PRESETS
from authz_sidecar.located_yaml import (
    Cidr,
    Duration,
    Integer,
    Model,
    Text,
    Url,
    Version,
    scalar,
    text_schema,
)
from authz_sidecar.settings.header_names import read_claim_header, read_client_ip_header
from authz_sidecar.settings.readers import (
    MAX_CACHE_ENTRIES,
    at_most,
    check_entries,
    read_cookie,
    read_cookie_path,
    read_dialect,
    read_domain,
    read_listen,
    read_preset,
)
from authz_sidecar.settings.values import Listen, TcpAddress

_MAX_WAIT = 30.0
_MAX_SHUTDOWN = 600.0

_LISTEN = text_schema(
    "address and port, or `unix:/path`",
    r"^(?:unix:/.+|(?:\[[0-9A-Fa-f:.]+\]|[0-9A-Za-z._-]+):[0-9]{1,5})$",
)
_HEADER = text_schema("name of a header", "^[A-Za-z0-9]+(?:-[A-Za-z0-9]+)*$", digits=True)
_COOKIE = text_schema("name of a cookie", "^[!#$%&'*+.^_`|~0-9A-Za-z-]+$", digits=True)
_DOMAIN = text_schema("host name", r"^\.?[a-z0-9_-]+(?:\.[a-z0-9_-]+)*\.?$", digits=True)

Address = Annotated[Listen, scalar(read_listen, _LISTEN)]
Cookie = Annotated[str, scalar(read_cookie, _COOKIE)]
Dialect = Annotated[str, scalar(read_dialect, {"enum": [*DIALECTS]})]
Preset = Annotated[str, scalar(read_preset, {"enum": [*PRESETS]})]
_ENTRIES = Field(json_schema_extra={"minimum": 1, "maximum": MAX_CACHE_ENTRIES})
Wait = Annotated[Duration, AfterValidator(at_most(_MAX_WAIT))]
Shutdown = Annotated[Duration, AfterValidator(at_most(_MAX_SHUTDOWN))]


class StytchModel(Model):
    """How Stytch is asked."""

    project_id: Text | None = None
    """The project; `STYTCH_PROJECT_ID` if absent."""
    secret_file: Text | None = None
    """A file with the project's secret, relative to this one; `STYTCH_SECRET` if absent."""
    base_url: Url | None = None
    """A stand-in for Stytch: https, or http on a loopback address. Stytch itself if absent."""
    timeout: Wait = 5.0
    """How long one call may take; at most 30s. It may outlive the deadline of a decision."""


class RenewJwtModel(Model):
    """The attributes of the cookie; they must be those that Stytch's browser SDK is set up with."""

    domain: Annotated[str, scalar(read_domain, _DOMAIN)] = ""
    """The domain of which all hosts get the cookie; the host alone if absent."""
    path: Annotated[str, scalar(read_cookie_path, text_schema("path", "^/"))] = "/"
    """The path below which the cookie is sent."""


class SessionModel(Model):
    """How sessions are recognised and remembered."""

    cookie: Cookie = "stytch_session"
    """The name of the cookie that holds the session token."""
    jwt_cookie: Cookie = "stytch_session_jwt"
    """The name of the cookie that holds the session JWT."""
    renew_jwt: RenewJwtModel | None = None
    """Hands a session JWT that Stytch renewed back to the browser, as such a cookie. Off if absent;
    the proxy's files must pass it on."""
    cache_entries: Annotated[Integer, AfterValidator(check_entries), _ENTRIES] = 10_000
    """How many verified sessions are kept in memory; at most 1000000."""


class ClientIpModel(Model):
    """Where the client's address is told, for rules on networks."""

    header: Annotated[str, scalar(read_client_ip_header, _HEADER)]
    """The header with the addresses, such as `X-Forwarded-For`. Your proxies must set it or append
    to it."""
    trusted_hops: tuple[Cidr, ...] = ()
    """Proxies before the one that asks. Their addresses are passed over, from the right."""


class IdentityHeadersModel(Model):
    """Headers of an allow, beside `X-Authz-User` and its kin, that tell who it is."""

    presets: tuple[Preset, ...] = ()
    """The headers of other forward-auth servers, for applications that know them: `authelia` or
    `oauth2_proxy`."""
    claims: dict[Annotated[str, scalar(read_claim_header, _HEADER)], Text] = Field(
        default_factory=dict
    )
    """Headers of your own, each with the custom claim whose value it has."""


class SettingsModel(Model):
    """The whole file."""

    version: Version
    """The version of this format: 1."""
    policy: Text = "policy.yaml"
    """The policy file, relative to this one."""
    listen: Address = TcpAddress("127.0.0.1", 9000)
    """Where proxies ask: an address and port, or `unix:/path`."""
    admin_listen: Address = TcpAddress("127.0.0.1", 9001)
    """Metrics and health; apart, so that no proxy's route can expose them."""
    trusted_proxies: tuple[Cidr, ...] = (IPv4Network("127.0.0.0/8"), IPv6Network("::1/128"))
    """Which peers may ask, by network. Whoever may ask is believed in all it says of a request. A
    peer on a Unix socket always may."""
    dialects: tuple[Dialect, ...] = ("nginx", "traefik")
    """Which proxies ask; each dialect answers at its own path, such as `/authz/nginx`."""
    default_dialect: Dialect = "nginx"
    """The one that answers at `/authz` as well."""
    deadline: Wait = 1.0
    """Until when a decision is due; what is not known by then is answered 503. Keep it below the
    proxy's own timeout. At most 30s."""
    shutdown_timeout: Shutdown = 10.0
    """How long requests under way may take when the service stops; at most 10m."""
    client_ip: ClientIpModel | None = None
    """Where the client's address is told; without it, rules on networks let nobody pass."""
    identity_headers: IdentityHeadersModel = IdentityHeadersModel()
    """More headers that tell the application who it is."""
    stytch: StytchModel = StytchModel()
    """How Stytch is asked."""
    session: SessionModel = SessionModel()
    """How sessions are recognised and remembered."""
