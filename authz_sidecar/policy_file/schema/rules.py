"""Rules, the upstreams they belong to, and the whole file."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated, ClassVar

from pydantic import Field

from authz_sidecar.core.patterns import HostPattern, PathPattern
from authz_sidecar.core.policy import Response
from authz_sidecar.located_yaml import (
    NON_EMPTY,
    Cidr,
    Duration,
    Flag,
    Id,
    Model,
    Url,
    Version,
    exactly_one,
    read_flag,
    scalar,
    text_schema,
)
from authz_sidecar.policy_file import unsupported
from authz_sidecar.policy_file.host_patterns import read_host
from authz_sidecar.policy_file.network_names import NetworkRefs
from authz_sidecar.policy_file.origins import read_origin
from authz_sidecar.policy_file.path_patterns import read_method, read_path
from authz_sidecar.policy_file.schema.levels import LevelModel
from authz_sidecar.policy_file.schema.require import (
    OnUnavailable,
    OnUnavailableModel,
    RequireModel,
)
from authz_sidecar.policy_file.schema.spelling import short_for, word

_LABEL = "[a-z0-9_*-]+"
_HOST = text_schema(
    "host pattern",
    rf"^(?:\[[0-9a-f:.]+\]|{_LABEL}(?:\.{_LABEL})*)$",
    digits=True,
)
_PATH = text_schema("path pattern", r"^/[^?#;\\^]*$")
_METHOD = text_schema(
    "method",
    "^[!#$%&'*+.^_`|~0-9A-Za-z-]+$",
    digits=True,
    examples=("GET", "POST", "PUT", "PATCH", "DELETE"),
)
_ORIGIN = text_schema("scheme, host and maybe port", "^https?://[^/?#@A-Z]+$")

Hosts = Annotated[tuple[Annotated[HostPattern, scalar(read_host, _HOST)], ...], NON_EMPTY]
Paths = Annotated[tuple[Annotated[PathPattern, scalar(read_path, _PATH)], ...], NON_EMPTY]
Methods = Annotated[tuple[Annotated[str, scalar(read_method, _METHOD)], ...], NON_EMPTY]


class AccessWord(StrEnum):
    """What a rule says that requires nothing."""

    PUBLIC = "public"
    OPTIONAL = "optional"
    DENY = "deny"


_ONLY_TRUE = {"title": "`true`", "enum": [True, "true"]}


def _read_preflight(text: str) -> bool:
    if not read_flag(text):
        raise ValueError("a rule without this takes preflights like all else; remove it")
    return True


class VerifiedWithinModel(Model):
    """How old our knowledge of a session may be. A duration alone holds for both."""

    token: Duration = 30.0
    """What Stytch said of it; a session that was revoked passes for so long."""
    jwt: Duration = 300.0
    """What its JWT says, counted from when that was issued; a JWT lives five minutes."""


class DefaultsModel(Model):
    """What a rule gets that does not say otherwise."""

    verified_within: Annotated[VerifiedWithinModel, short_for("token", "jwt")] = (
        VerifiedWithinModel()
    )
    """How old our knowledge of a session may be."""
    on_unavailable: OnUnavailable = OnUnavailableModel()
    """What becomes of sessions while Stytch is out of reach."""


class MatchModel(Model):
    """What a rule selects; every criterion that is there must hold, by any of its values."""

    refused: ClassVar[Mapping[str, str]] = unsupported.MATCH

    paths: Paths | None = None
    """`/x` is that path alone, `/x/*` one segment below it, `/x/**` the subtree and `/x` itself.
    Written decoded, and no regular expressions."""
    methods: Methods | None = None
    """Case-sensitive; `GET` includes `HEAD`."""
    networks: NetworkRefs | None = None
    """Where the client is. Needs `client_ip` in the settings: while the client's address is not
    known, requests that get to this rule are refused."""
    cors_preflight: Annotated[bool, scalar(_read_preflight, _ONLY_TRUE)] = False
    """`true` selects only the `OPTIONS` requests by which a browser asks whether it may send
    another."""


class RuleModel(Model):
    """One rule of an upstream. It has either `access` or `require`."""

    model_config = exactly_one("access", "require")

    refused: ClassVar[Mapping[str, str]] = unsupported.RULE

    id: Id
    """Its name in metrics and logs; unique in its upstream."""
    match: MatchModel = MatchModel()
    """What it selects; every request if absent."""
    access: Annotated[AccessWord, word(AccessWord, "access")] | None = None
    """`public` lets everybody pass, `deny` nobody, `optional` everybody, and tells the application
    who it is where that is known."""
    require: Annotated[RequireModel, short_for("level")] | None = None
    """What must hold for the request to pass."""
    response: Annotated[Response, word(Response, "response")] = Response.AUTO
    """Whom the answers are for: `browser` gets redirects and pages, `api` never, `auto` by how the
    request looks."""


class UpstreamModel(Model):
    """A protected service: its hosts and its rules."""

    id: Id
    """Its name in metrics and logs; unique."""
    hosts: Hosts
    """Host names or IP literals. `*` stands for one label or a part of one, `**` in front for one
    or more; neither covers the name behind it."""
    origin: Annotated[str, scalar(read_origin, _ORIGIN)] | None = None
    """`https://host[:port]`: what `return_to` begins with; as the request came if absent."""
    login_url: Url | None = None
    """The login page of this upstream; that of the file if absent."""
    step_up_url: Url | None = None
    """The step-up page of this upstream; that of the file, or else the login page, if absent."""
    bearer: Flag = False
    """Whether a Bearer token in `Authorization` may stand for the session cookie."""
    allow_path_parameters: Flag = False
    """Whether `;...` in a path is stripped before matching, instead of refused."""
    allow_encoded_slash: Flag = False
    """Whether `%2F` may stand in a path, if it leads to the same rule read either way."""
    ignore_case: Flag = False
    """Whether paths match without regard to case, for a service that takes them so."""
    rules: Annotated[tuple[RuleModel, ...], NON_EMPTY]
    """The first one that matches decides; if none does, the request is denied."""


class PolicyModel(Model):
    """The whole file."""

    refused: ClassVar[Mapping[str, str]] = unsupported.POLICY

    version: Version
    """The version of this format: 1."""
    login_url: Url | None = None
    """Where a browser is sent to log in; it gets `return_to`."""
    step_up_url: Url | None = None
    """Where a browser is sent to prove one more factor; the login page if absent."""
    levels: dict[Id, LevelModel] = Field(default_factory=dict)
    """Levels by name, beside the built-in `one_factor` and `two_factor`."""
    networks: dict[Id, Annotated[tuple[Cidr, ...], NON_EMPTY]] = Field(default_factory=dict)
    """Lists of networks by name; an address alone is one host."""
    defaults: DefaultsModel = DefaultsModel()
    """What a rule gets that does not say otherwise."""
    upstreams: Annotated[tuple[UpstreamModel, ...], NON_EMPTY]
    """The protected services; a host of none of them is denied."""
