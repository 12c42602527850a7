"""Which peers may ask."""

import asyncio
import socket
from ipaddress import ip_network

import pytest

from authz_sidecar.server.peers import TrustedPeers


class Transport(asyncio.BaseTransport):
    """A transport that knows its peer alone."""

    def __init__(self, peer: tuple[str, int] | None) -> None:
        super().__init__({"peername": peer})


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("127.0.0.1", True),
        ("127.9.9.9", True),
        ("::1", True),
        ("10.1.2.3", True),
        ("10.2.0.0", False),
        ("::ffff:10.1.2.3", True),
        ("::ffff:10.2.0.0", False),
        ("fe80::1%eth0", True),
        ("fe81::1", False),
        ("192.0.2.1", False),
    ],
)
def test_a_peer_is_trusted_by_its_address(host: str, expected: bool) -> None:
    networks = ("127.0.0.0/8", "::1/128", "10.1.0.0/16", "fe80::/64")
    peers = TrustedPeers(tuple(map(ip_network, networks)))
    assert peers.trust(Transport((host, 1234))) is expected


def test_a_peer_that_is_gone_or_unknown_is_not_trusted() -> None:
    peers = TrustedPeers((ip_network("127.0.0.0/8"),))
    assert not peers.trust(None)
    assert not peers.trust(Transport(None))


async def test_a_peer_on_a_unix_socket_is_trusted() -> None:
    ours, theirs = socket.socketpair()
    _, writer = await asyncio.open_connection(sock=ours)
    assert TrustedPeers(()).trust(writer.transport)
    writer.close()
    await writer.wait_closed()
    theirs.close()
