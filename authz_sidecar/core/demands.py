"""What a rule may demand of who asks, besides factors."""

from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network

from authz_sidecar.core.levels import Level
from authz_sidecar.core.reasons import Reason
from authz_sidecar.core.request import Address
from authz_sidecar.core.session import Session

Network = IPv4Network | IPv6Network
ClaimValue = str | int | float | bool


def lies_in(address: Address | None, networks: tuple[Network, ...]) -> bool:
    """Whether an address is known and lies in one of the networks."""
    return address is not None and any(address in network for network in networks)


@dataclass(frozen=True, slots=True)
class Roles:
    """Roles that a user must hold: any of them, or every one."""

    names: frozenset[str]
    every: bool = False

    def held_by(self, roles: frozenset[str]) -> bool:
        """Whether a user with these roles holds what is asked."""
        return self.names <= roles if self.every else bool(self.names & roles)


@dataclass(frozen=True, slots=True)
class Emails:
    """Addresses of which a user must have verified one."""

    addresses: frozenset[str] = frozenset()
    """Whole addresses, in lower case."""
    domains: frozenset[str] = frozenset()
    """Any address at one of these domains, in lower case."""

    def include(self, emails: tuple[str, ...]) -> bool:
        """Whether one of the addresses is asked for; case does not matter."""
        return any(
            email in self.addresses or email.rpartition("@")[2] in self.domains
            for email in map(str.lower, emails)
        )


@dataclass(frozen=True, slots=True)
class Claim:
    """A custom claim that must be, or be a list that holds, one of the values."""

    name: str
    values: tuple[ClaimValue, ...]

    def met_by(self, claims: Mapping[str, object]) -> bool:
        """Whether the claims have it. A truth value is no number, and text is neither."""
        held = claims.get(self.name)
        candidates = held if isinstance(held, list) else [held]
        return any(_alike(value, candidate) for value in self.values for candidate in candidates)


def _alike(value: ClaimValue, candidate: object) -> bool:
    if isinstance(value, bool) or isinstance(candidate, bool):
        return value is candidate
    return value == candidate


@dataclass(frozen=True, slots=True)
class Demand:
    """One way to meet a requirement; everything that is given must hold."""

    level: Level
    networks: tuple[Network, ...] = ()
    organizations: frozenset[str] = frozenset()
    """Ids or slugs."""
    users: frozenset[str] = frozenset()
    roles: Roles | None = None
    emails: Emails | None = None
    claims: tuple[Claim, ...] = ()

    def is_open_to(self, client_ip: Address | None) -> bool:
        """Whether a client with this address could meet the demand at all."""
        return not self.networks or lies_in(client_ip, self.networks)

    def attribute_fault(self, session: Session) -> Reason | None:
        """The first attribute that the session's user lacks; no authentication brings it."""
        if self.organizations and not self.organizations & session.organizations:
            return Reason.ORGANIZATION_MISMATCH
        if self.users and session.user_id not in self.users:
            return Reason.USER_MISMATCH
        if self.roles is not None and not self.roles.held_by(session.roles):
            return Reason.ROLE_MISSING
        if self.emails is not None and not self.emails.include(session.emails):
            return Reason.EMAIL_MISMATCH
        if not all(claim.met_by(session.claims) for claim in self.claims):
            return Reason.CLAIM_MISMATCH
        return None
