"""Scalars that name a place in the network: URLs and networks."""

import re
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from typing import Annotated
from urllib.parse import urlsplit

from authz_sidecar.core.request import Refusal
from authz_sidecar.core.request_target import canonical_host
from authz_sidecar.located_yaml.json_schema import text_schema
from authz_sidecar.located_yaml.scalars import scalar
from authz_sidecar.located_yaml.wording import shown

Network = IPv4Network | IPv6Network

# The characters of RFC 3986 section 2; what browsers forgive beyond them, each in its own way.
_URL_CHARACTERS = re.compile(r"[A-Za-z0-9._~:/?#\[\]@!$&'()*+,;=%-]+")
_URL_START = re.compile(r"https?://")
_NETWORK_CHARACTERS = re.compile(r"[0-9A-Fa-f.:]+(?:/[0-9]{1,3})?")
_MAPPED = IPv6Network("::ffff:0:0/96")
_MAPPED_PREFIX = 96


def read_url(text: str) -> str:
    """An absolute http or https URL that every reader takes for the same.

    What readers disagree about (backslashes, user names, raw spaces) is refused before parsing.
    """
    if not _URL_START.match(text):
        raise ValueError(f"{shown(text)} is no absolute URL; begin it with https://")
    if not _URL_CHARACTERS.fullmatch(text):
        raise ValueError(f"{shown(text)} has a character no URL has; percent-encode or remove it")
    if "#" in text:
        raise ValueError(f"{shown(text)} has a fragment; remove `#` and what follows")
    try:
        authority = urlsplit(text).netloc
    except ValueError:
        raise ValueError(f"{shown(text)} has no valid host") from None
    if "@" in authority:
        raise ValueError("the URL has a user name; remove it, up to the `@`")
    match canonical_host(authority):
        case Refusal():
            raise ValueError(f"{shown(text)} has no valid host")
        case _:
            return text


def read_network(text: str) -> Network:
    """A network in CIDR form, or one bare address."""
    if not _NETWORK_CHARACTERS.fullmatch(text):
        raise ValueError(f"{shown(text)} is no network; write for example `10.0.0.0/8`")
    try:
        network = ip_network(text, strict=False)
        address = ip_address(text.partition("/")[0])
    except ValueError:
        hint = "write for example `10.0.0.0/8` or `2001:db8::/32`"
        raise ValueError(f"{shown(text)} is no network; {hint}") from None
    if isinstance(network, IPv6Network) and network.subnet_of(_MAPPED):
        inner = int(network.network_address) & 0xFFFF_FFFF
        mapped = IPv4Network((inner, network.prefixlen - _MAPPED_PREFIX))
        raise ValueError(f"{shown(text)} is an IPv4 network in IPv6 form; write `{mapped}`")
    if address != network.network_address:
        raise ValueError(f"{shown(text)} has bits beyond its prefix; write `{network}`")
    return network


NETWORK_PATTERN = r"^[0-9A-Fa-f.:]+(?:/[0-9]{1,3})?$"

_URL_PATTERN = r"^https?://[A-Za-z0-9._~:/?\[\]@!$&'()*+,;=%-]+$"

Url = Annotated[str, scalar(read_url, text_schema("URL", _URL_PATTERN))]
Cidr = Annotated[
    Network,
    scalar(read_network, text_schema("network or address", NETWORK_PATTERN)),
]
