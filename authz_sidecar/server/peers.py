"""Which peers may ask: a proxy that is not trusted could claim any request to be anybody's."""

import asyncio
import socket
from functools import lru_cache
from ipaddress import IPv4Network, IPv6Address, IPv6Network, ip_address


class TrustedPeers:
    """The proxies that may ask, by their addresses; Unix sockets are guarded by the file system."""

    def __init__(self, networks: tuple[IPv4Network | IPv6Network, ...]) -> None:
        self._networks = networks
        self._is_trusted = lru_cache(maxsize=1024)(self._lies_in_networks)

    def trust(self, transport: asyncio.BaseTransport | None) -> bool:
        """Whether the other end of a connection may ask; one that is gone may not."""
        if transport is None:
            return False
        connection = transport.get_extra_info("socket")
        if connection is not None and connection.family == socket.AF_UNIX:
            return True
        peer = transport.get_extra_info("peername")
        return bool(peer) and self._is_trusted(str(peer[0]))

    def _lies_in_networks(self, host: str) -> bool:
        # A link-local peer has a zone that networks do not.
        address = ip_address(host.partition("%")[0])
        if isinstance(address, IPv6Address) and address.ipv4_mapped is not None:
            address = address.ipv4_mapped
        return any(address in network for network in self._networks)
