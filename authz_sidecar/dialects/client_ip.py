"""The client's address, from one configured header and past the hops that are known.

Each proxy appends the address it was asked from, so only the right-most addresses are a trusted
proxy's word; what stands left of them is whatever the client wrote (RFC 7239 section 8.1).
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Address, IPv6Network, ip_address

from authz_sidecar.core.demands import lies_in
from authz_sidecar.core.request import Address, Headers

_NONE: Sequence[str] = ()
MAX_LENGTH = 8192
"""Characters of the header in all; a longer chain of proxies is none."""
_BRACKETED = re.compile(r"\[(?P<host>[0-9A-Fa-f:.]+)\](?::[0-9]{1,5})?")
_IPV4_WITH_PORT = re.compile(r"(?P<host>[0-9.]+):[0-9]{1,5}")


@dataclass(frozen=True, slots=True)
class ClientIpSource:
    """Where the client's address is told."""

    header: str
    """For example `X-Forwarded-For`; whoever is trusted to ask sets or appends to it."""
    trusted_hops: tuple[IPv4Network | IPv6Network, ...] = ()
    """Proxies before the one that asks: their addresses are passed over from the right."""


def read_client_ip(headers: Headers, source: ClientIpSource | None) -> Address | None:
    """The right-most address outside the trusted hops.

    Args:
        headers: the fields of the proxy's subrequest.
        source: where to look; None: nowhere.

    Returns:
        The address, an IPv4-mapped one as IPv4. None where it is not told, where every hop is
        trusted, or where an element that must be read cannot be.
    """
    if source is None:
        return None
    lines = headers.getall(source.header, _NONE)
    if sum(map(len, lines)) > MAX_LENGTH:
        return None
    elements = ",".join(lines).split(",")
    for element in reversed(elements):
        address = _read(element.strip(" \t"))
        if address is None or not lies_in(address, source.trusted_hops):
            return address
    return None


def _read(text: str) -> Address | None:
    match = _BRACKETED.fullmatch(text) or _IPV4_WITH_PORT.fullmatch(text)
    try:
        address = ip_address(match["host"] if match else text)
    except ValueError:
        return None
    if isinstance(address, IPv6Address):
        # A zone means something on one machine only.
        return None if address.scope_id else address.ipv4_mapped or address
    return address
