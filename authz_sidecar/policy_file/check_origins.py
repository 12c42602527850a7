"""Origins: the way back must lead to the upstream that the visitor came from."""

from collections.abc import Iterator
from urllib.parse import urlsplit

from authz_sidecar.core.policy import Policy
from authz_sidecar.core.request_target import canonical_host
from authz_sidecar.located_yaml import Document, Problem, shown
from authz_sidecar.policy_file.schema import PolicyModel


def check_origins(model: PolicyModel, policy: Policy, document: Document) -> Iterator[Problem]:
    """The problems with origins that are not of their own upstream."""
    for u, upstream in enumerate(policy.upstreams):
        if not upstream.origin:
            continue
        host = canonical_host(urlsplit(upstream.origin).netloc)
        owner = policy.upstream_for(host) if isinstance(host, str) else None
        if owner is not upstream:
            whose = f"belongs to the upstream {shown(owner.id)}" if owner else "belongs to none"
            patterns = ", ".join(shown(pattern.text) for pattern in model.upstreams[u].hosts)
            message = f"this host {whose}; write one of {patterns}"
            yield document.problem(("upstreams", u, "origin"), message)
