"""Addresses that stand for all clients which an upstream's rules treat alike."""

from ipaddress import ip_address

from authz_sidecar.core.demands import Network, lies_in
from authz_sidecar.core.policy import Upstream
from authz_sidecar.core.request import Address

# The documentation's networks (RFC 5737, RFC 3849), which no policy for real clients names.
_ANYWHERE = tuple(map(ip_address, ("203.0.113.7", "198.51.100.7", "192.0.2.7", "2001:db8::7")))


def clients_of(upstream: Upstream) -> tuple[Address, ...]:
    """Addresses outside all networks that rules select by, outside each rule's, and in each."""
    lists = [rule.match.networks for rule in upstream.rules]
    networks = [network for each in lists for network in each]
    elsewhere = [_outside(tuple(networks)), *map(_outside, lists)]
    known = [address for address in elsewhere if address is not None]
    return tuple(dict.fromkeys([*known, *map(_first_host, networks)]))


def _outside(networks: tuple[Network, ...]) -> Address | None:
    """An address in none of the networks; None where that is hard to find."""
    return next((address for address in _ANYWHERE if not lies_in(address, networks)), None)


def _first_host(network: Network) -> Address:
    return network[1] if network.num_addresses > 1 else network[0]
