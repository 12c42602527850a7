"""Rules on networks, where the settings do not say how to tell a client's address."""

from collections.abc import Iterator

from authz_sidecar.located_yaml import Document, Path, Problem
from authz_sidecar.policy_file.review.places import demands_of
from authz_sidecar.policy_file.schema import PolicyModel

_CURE = "write `client_ip` in the settings"


def review_addresses(model: PolicyModel, document: Document) -> Iterator[Problem]:
    """The warnings about rules that can never know what they ask."""
    for u, upstream in enumerate(model.upstreams):
        for r, rule in enumerate(upstream.rules):
            if rule.match.networks is not None:
                path: Path = ("upstreams", u, "rules", r, "match", "networks")
                message = (
                    "no client's address is known, so every request that gets to this rule is"
                    f" refused as `bad_client_ip`; {_CURE}"
                )
                yield document.warning(path, message, at_key=True)
    for path, demand in demands_of(model):
        if demand.networks is not None:
            message = (
                "no client's address is known, so that nobody meets this, and gets 403"
                f" `network_mismatch`; {_CURE}"
            )
            yield document.warning((*path, "networks"), message, at_key=True)
