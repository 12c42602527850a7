"""Addresses that stand for all clients which an upstream's rules treat alike."""

from collections.abc import Iterator
from ipaddress import ip_address

from authz_sidecar.core.demands import Network, lies_in
from authz_sidecar.core.policy import Upstream
from authz_sidecar.core.request import Address

# The documentation's networks (RFC 5737, RFC 3849), which no policy for real clients names.
_ANYWHERE = tuple(map(ip_address, ("203.0.113.7", "198.51.100.7", "192.0.2.7", "2001:db8::7")))


def outside(networks: tuple[Network, ...]) -> Address | None:
    """An address in none of the networks; None where that is hard to find."""
    return next((address for address in _ANYWHERE if not lies_in(address, networks)), None)


def clients_of(upstream: Upstream) -> tuple[Address, ...]:
    """An address in each network that a rule selects by, after one that is in none of them."""
    networks = tuple(dict.fromkeys(_selecting(upstream)))
    elsewhere = outside(networks)
    inside = (network.network_address for network in networks)
    return tuple(dict.fromkeys([*([elsewhere] if elsewhere else []), *inside]))


def _selecting(upstream: Upstream) -> Iterator[Network]:
    for rule in upstream.rules:
        yield from rule.match.networks
