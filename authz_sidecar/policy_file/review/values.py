"""Values that are allowed and hardly meant: networks, ages, and pages without https."""

from collections.abc import Iterator
from ipaddress import IPv4Network, ip_address
from urllib.parse import urlsplit

from authz_sidecar.core.demands import Network
from authz_sidecar.located_yaml import Document, Path, Problem, shown
from authz_sidecar.policy_file.review.places import demands_of, levels_of
from authz_sidecar.policy_file.schema import PolicyModel

_FLOOR = 30.0
"""Seconds; nobody is back from a login page sooner."""
# RFC 1918. A fraction of one is odd where it is nearly all of it: smaller ones are real networks.
_PRIVATE = tuple(map(IPv4Network, ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16")))
_ODD_BITS = 3
_WIDEST = 7
"""Whoever writes a shorter prefix means half the world."""
_PAGES = ("login_url", "step_up_url")


def review_values(model: PolicyModel, document: Document) -> Iterator[Problem]:
    """The warnings about single values."""
    yield from _review_networks(model, document)
    yield from _review_ages(model, document)
    owners: list[tuple[Path, object]] = [((), model)]
    owners += [(("upstreams", u), upstream) for u, upstream in enumerate(model.upstreams)]
    for path, owner in owners:
        for key in _PAGES:
            url = getattr(owner, key)
            if url is not None and not _is_safe(url):
                message = (
                    f"{shown(url)} is not https, so that anybody on the way can read or change it;"
                    " write https://"
                )
                yield document.warning((*path, key), message)


def _review_networks(model: PolicyModel, document: Document) -> Iterator[Problem]:
    for path, network in _networks(model):
        oddity = _oddity(network) if isinstance(network, IPv4Network) else None
        if oddity is not None:
            yield document.warning(path, oddity)


def _networks(model: PolicyModel) -> Iterator[tuple[Path, str | Network]]:
    for name, networks in model.networks.items():
        for index, network in enumerate(networks):
            yield ("networks", name, index), network
    for u, upstream in enumerate(model.upstreams):
        for r, rule in enumerate(upstream.rules):
            for index, ref in enumerate(rule.match.networks or ()):
                yield ("upstreams", u, "rules", r, "match", "networks", index), ref
    for path, demand in demands_of(model):
        for index, ref in enumerate(demand.networks or ()):
            yield (*path, "networks", index), ref


def _oddity(network: IPv4Network) -> str | None:
    for private in _PRIVATE:
        if _WIDEST <= network.prefixlen < private.prefixlen and private.subnet_of(network):
            public = f"`{network.network_address}` to `{network.broadcast_address}`"
            return (
                f"{shown(str(network))} is {public}, which has public addresses besides the private"
                f" {shown(str(private))}; write that, if it is meant"
            )
        starts_alike = network.network_address == private.network_address
        if starts_alike and 0 < network.prefixlen - private.prefixlen <= _ODD_BITS:
            return (
                f"{shown(str(network))} ends at `{network.broadcast_address}`, and is only a part"
                f" of the private {shown(str(private))}; write that, if it is meant"
            )
    return None


def _review_ages(model: PolicyModel, document: Document) -> Iterator[Problem]:
    for path, age in _ages(model):
        if age < _FLOOR:
            message = (
                "under 30s hardly anybody is back from the page in time, and is sent there again;"
                " write `30s` or more"
            )
            yield document.warning((*path, "max_age"), message)


def _ages(model: PolicyModel) -> Iterator[tuple[Path, float]]:
    for path, level in levels_of(model):
        for key, elements in (("all_of", level.all_of), ("any_of", level.any_of)):
            for index, element in enumerate(elements or ()):
                if element.max_age is not None:
                    yield (*path, key, index), element.max_age
    for path, demand in demands_of(model):
        if demand.max_age is not None:
            yield path, demand.max_age


def _is_safe(url: str) -> bool:
    parts = urlsplit(url)
    host = (parts.hostname or "").removesuffix(".")
    if parts.scheme == "https" or host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
