"""The policy as the request path sees it: upstreams by host, then the first rule that matches."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum

from authz_sidecar.core.levels import Level
from authz_sidecar.core.patterns import HostPattern, PathPattern


class Access(StrEnum):
    """What a rule without a requirement says."""

    PUBLIC = "public"
    DENY = "deny"


@dataclass(frozen=True, slots=True)
class Roles:
    """Roles that a user must hold: any of them, or every one."""

    names: frozenset[str]
    every: bool = False

    def held_by(self, roles: frozenset[str]) -> bool:
        """Whether a user with these roles holds what is asked."""
        return self.names <= roles if self.every else bool(self.names & roles)


@dataclass(frozen=True, slots=True)
class Requirement:
    """What must hold of the session for a rule to allow."""

    level: Level
    verified_within: float
    """How old the evidence may be, in seconds; 0: asked after the request arrived."""
    roles: Roles | None = None


@dataclass(frozen=True, slots=True)
class Match:
    """What a rule selects; every criterion that is given must hold, by any of its values."""

    paths: tuple[PathPattern, ...] = ()
    methods: frozenset[str] = frozenset()
    """Case-sensitive (RFC 9110 section 9.1)."""

    def selects(self, path: str, method: str) -> bool:
        """Whether a request for this canonical path, by this method, is one of the rule's."""
        if self.methods and method not in self.methods:
            return False
        return not self.paths or any(pattern.matches(path) for pattern in self.paths)


@dataclass(frozen=True, slots=True)
class Rule:
    """One line of an upstream's policy."""

    id: str
    match: Match
    verdict: Access | Requirement


@dataclass(frozen=True, slots=True)
class Upstream:
    """A protected service: its hosts, its rules, and where challenges point."""

    id: str
    hosts: tuple[HostPattern, ...]
    rules: tuple[Rule, ...]
    login_url: str
    step_up_url: str

    def match(self, path: str, method: str) -> Rule | None:
        """The first rule that selects the request; None denies."""
        for rule in self.rules:
            if rule.match.selects(path, method):
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
