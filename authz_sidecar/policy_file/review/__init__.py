"""What a sound policy may mean and hardly does. Pure; every warning names an example."""

from collections.abc import Iterator

from authz_sidecar.core.policy import Policy
from authz_sidecar.located_yaml import Document, Path, Problem
from authz_sidecar.policy_file.review.addresses import review_addresses
from authz_sidecar.policy_file.review.fallthrough import review_fallthrough
from authz_sidecar.policy_file.review.inclusion import patterns_of
from authz_sidecar.policy_file.review.probe import Probe
from authz_sidecar.policy_file.review.rules import review_rule
from authz_sidecar.policy_file.review.unreached import review_reach
from authz_sidecar.policy_file.review.unused import review_names
from authz_sidecar.policy_file.review.upstreams import review_hosts, review_rest
from authz_sidecar.policy_file.review.values import review_values
from authz_sidecar.policy_file.schema import PolicyModel

MAX_PATTERNS = 1000
"""Of one upstream; every pair is compared, so beyond these it would take too long."""


def review(
    model: PolicyModel, policy: Policy, document: Document, *, client_ip: bool
) -> list[Problem]:
    """Every warning about what a policy means.

    Args:
        model: the file; it has no problems.
        policy: what it compiles to.
        document: where its values are.
        client_ip: whether the client's address can be told.

    Returns:
        The warnings, sorted, each once.
    """
    return sorted({*_warnings(model, policy, document, client_ip=client_ip)})


def _warnings(
    model: PolicyModel, policy: Policy, document: Document, *, client_ip: bool
) -> Iterator[Problem]:
    yield from review_values(model, document)
    yield from review_names(model, document)
    yield from review_hosts(policy, document)
    if not client_ip:
        yield from review_addresses(model, document)
    for u, upstream in enumerate(policy.upstreams):
        path: Path = ("upstreams", u)
        if sum(len(patterns_of(rule)) for rule in upstream.rules) > MAX_PATTERNS:
            message = f"more than {MAX_PATTERNS} paths; how they work together is not reviewed"
            yield document.warning((*path, "rules"), message, at_key=True)
            continue
        probe = Probe(policy, upstream)
        yield from review_reach(probe, path, document)
        yield from review_fallthrough(probe, path, document)
        yield from review_rest(probe, path, document)
        for r in range(len(upstream.rules)):
            yield from review_rule(probe, r, (*path, "rules", r), document)
