"""The policy as the request path sees it: upstreams by host, then the first rule that matches."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum

from authz_sidecar.core.demands import Demand, Network, lies_in
from authz_sidecar.core.patterns import HostPattern, PathPattern
from authz_sidecar.core.reasons import Reason
from authz_sidecar.core.request import Address, Refusal
from authz_sidecar.core.request_target import STRICT, PathRules


class Access(StrEnum):
    """What a rule without a requirement says."""

    PUBLIC = "public"
    DENY = "deny"


@dataclass(frozen=True, slots=True)
class Freshness:
    """How old evidence for a session may be, in seconds; 0: asked after the request arrived."""

    token: float = 30.0
    """For what Stytch said."""
    jwt: float = 300.0
    """For what a session JWT says."""


@dataclass(frozen=True, slots=True)
class OptionalAccess:
    """Everybody is allowed; who has a living session is told to the application."""

    freshness: Freshness


@dataclass(frozen=True, slots=True)
class Requirement:
    """What must hold of the session for a rule to allow."""

    alternatives: tuple[Demand, ...]
    """One must be met."""
    freshness: Freshness
    allow_impersonation: bool = False
    allow_known_for: float = 0.0
    """How much longer evidence may serve while Stytch is out of reach, in seconds."""


Verdict = Access | OptionalAccess | Requirement


class Response(StrEnum):
    """Whom the answers of a rule are for."""

    AUTO = "auto"
    """As the request looks."""
    API = "api"
    """Programs: never a redirect."""
    BROWSER = "browser"
    """People: a redirect for every GET and HEAD."""


@dataclass(frozen=True, slots=True)
class Resource:
    """What a request asks for, as far as rules select by it."""

    paths: tuple[str, ...]
    """The canonical path, then its other readings, which must lead to the same rule."""
    method: str
    preflight: bool = False
    client_ip: Address | None = None


@dataclass(frozen=True, slots=True)
class Match:
    """What a rule selects; every criterion that is given must hold, by any of its values."""

    paths: tuple[PathPattern, ...] = ()
    methods: frozenset[str] = frozenset()
    """Case-sensitive (RFC 9110 section 9.1)."""
    networks: tuple[Network, ...] = ()
    cors_preflight: bool = False
    """Only requests by which a browser asks whether it may send another."""

    def selects(self, path: str, resource: Resource) -> bool:
        """Whether everything but the networks selects the request, by this reading of its path."""
        if self.methods and resource.method not in self.methods:
            return False
        if self.cors_preflight and not resource.preflight:
            return False
        return not self.paths or any(pattern.matches(path) for pattern in self.paths)


@dataclass(frozen=True, slots=True)
class Rule:
    """One line of an upstream's policy."""

    id: str
    match: Match
    verdict: Verdict
    response: Response = Response.AUTO


@dataclass(frozen=True, slots=True)
class Upstream:
    """A protected service: its hosts, its rules, and where challenges point."""

    id: str
    hosts: tuple[HostPattern, ...]
    rules: tuple[Rule, ...]
    login_url: str
    step_up_url: str
    origin: str = ""
    """What the way back begins with; empty: scheme and authority as the proxy told them."""
    bearer: bool = False
    """Whether a Bearer token may stand for the session cookie."""
    path_rules: PathRules = STRICT

    def match(self, resource: Resource) -> Rule | Refusal | None:
        """The first rule that selects the request; None denies.

        Returns:
            A refusal where two readings of the path lead to different rules, or where a rule
            selects by networks and the client's address is not known.
        """
        path, *others = resource.paths
        found = self._first(path, resource)
        if any(self._first(other, resource) != found for other in others):
            return Refusal(Reason.BAD_PATH, "the path's readings lead to different rules")
        return found

    def _first(self, path: str, resource: Resource) -> Rule | Refusal | None:
        for rule in self.rules:
            if not rule.match.selects(path, resource):
                continue
            if not rule.match.networks:
                return rule
            if resource.client_ip is None:
                return Refusal(Reason.BAD_CLIENT_IP, f"rule {rule.id} selects by networks")
            if lies_in(resource.client_ip, rule.match.networks):
                return rule
        return None


@dataclass(frozen=True, slots=True)
class Policy:
    """All upstreams, and which of them a host belongs to."""

    revision: str
    """Identifies the text this was compiled from; a metric label."""
    upstreams: tuple[Upstream, ...]
    _exact: dict[str, Upstream] = field(init=False, repr=False, compare=False)
    _wildcards: tuple[tuple[HostPattern, Upstream], ...] = field(
        init=False, repr=False, compare=False
    )

    def __post_init__(self) -> None:
        ranked = sorted(self._pairs(), key=lambda pair: pair[0].rank)
        exact = {pattern.text: upstream for pattern, upstream in ranked if pattern.exact}
        object.__setattr__(self, "_exact", exact)
        object.__setattr__(self, "_wildcards", tuple(p for p in ranked if not p[0].exact))

    def _pairs(self) -> Iterable[tuple[HostPattern, Upstream]]:
        return ((pattern, upstream) for upstream in self.upstreams for pattern in upstream.hosts)

    def upstream_for(self, host: str) -> Upstream | None:
        """The upstream of a canonical host; None denies.

        Exact names come first, then the longest wildcard; `*` before `**`.
        """
        found = self._exact.get(host)
        if found is not None:
            return found
        for pattern, upstream in self._wildcards:
            if pattern.matches(host):
                return upstream
        return None
