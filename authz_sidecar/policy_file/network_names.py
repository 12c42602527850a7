"""Networks as rules name them: by a name that the file defines, or literally."""

from collections.abc import Mapping
from ipaddress import IPv4Network
from typing import Annotated

from authz_sidecar.core.demands import Network
from authz_sidecar.located_yaml import (
    ID_PATTERN,
    NETWORK_PATTERN,
    NON_EMPTY,
    read_id,
    read_network,
    scalar,
    text_schema,
)

NOWHERE: tuple[Network, ...] = (IPv4Network("0.0.0.0/32"),)
"""What an unknown name stands for: no client has this address (RFC 1122 section 3.2.1.3)."""


def read_network_ref(text: str) -> str | Network:
    """A network, one address, or the name of a list of networks."""
    return read_network(text) if set(text) & set(".:/") else read_id(text)


def networks_of(
    refs: tuple[str | Network, ...], named: Mapping[str, tuple[Network, ...]]
) -> tuple[Network, ...]:
    """The networks that a rule means, each once.

    Args:
        refs: names and networks.
        named: the lists that the file defines.
    """
    lists = (named.get(ref, NOWHERE) if isinstance(ref, str) else (ref,) for ref in refs)
    return tuple(dict.fromkeys(network for each in lists for network in each))


_SCHEMA = text_schema(
    "network, address, or name from `networks`",
    f"(?:{ID_PATTERN})|(?:{NETWORK_PATTERN})",
    digits=True,
)

NetworkRefs = Annotated[
    tuple[Annotated[str | Network, scalar(read_network_ref, _SCHEMA)], ...],
    NON_EMPTY,
]
