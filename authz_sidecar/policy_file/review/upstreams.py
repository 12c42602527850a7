"""Upstreams: requests that no rule takes, hosts that were forgotten, and hosts that are taken."""

from collections.abc import Iterator

from authz_sidecar.core.patterns import HostPattern
from authz_sidecar.core.policy import Match, Policy, Upstream
from authz_sidecar.located_yaml import Document, Path, Problem, shown
from authz_sidecar.policy_file.review.inclusion import ANY_PATH, GENERIC, takes
from authz_sidecar.policy_file.review.probe import METHODS, Example, Probe, hosts_like


def review_rest(probe: Probe, path: Path, document: Document) -> Iterator[Problem]:
    """The warning about requests that no rule takes.

    Args:
        probe: asks the upstream.
        path: where the upstream is.
        document: the file.
    """
    if any(takes(rule.match, Match(), ANY_PATH) for rule in probe.upstream.rules):
        return
    examples = (
        Example(path, method, client)
        for path in probe.paths_of(ANY_PATH)
        for method in METHODS
        for client in probe.clients
    )
    example = next((each for each in examples if probe.rule_for(each) is None), None)
    if example is not None:
        told = probe.spelled(example, client=len(probe.clients) > 1)
        message = (
            f"no rule takes {told}, so it and all the like get 403 `no_rule`;"
            " end with a rule for everything else, `access: deny` if that is meant"
        )
        yield document.warning((*path, "rules"), message, at_key=True)


def review_hosts(policy: Policy, document: Document) -> Iterator[Problem]:
    """The warnings about hosts: an apex that was forgotten, an upstream that has no host left."""
    labels = 1 + max(
        pattern.text.count(".") + 1 for upstream in policy.upstreams for pattern in upstream.hosts
    )
    for u, upstream in enumerate(policy.upstreams):
        if not any(_is_reached(policy, upstream, pattern, labels) for pattern in upstream.hosts):
            message = "other upstreams have all of these hosts by more exact patterns; remove it"
            yield document.warning(("upstreams", u), message)
        for h, pattern in enumerate(upstream.hosts):
            star, _, apex = pattern.text.partition(".")
            if star in {"*", "**"} and apex and "*" not in apex:
                yield from _review_apex(policy, apex, ("upstreams", u, "hosts", h), document)


def _review_apex(policy: Policy, apex: str, path: Path, document: Document) -> Iterator[Problem]:
    if policy.upstream_for(apex) is None:
        message = (
            f"this leaves out {shown(apex)} itself: `GET https://{apex}/` gets 403 `unknown_host`;"
            " list that host, too"
        )
        yield document.warning(path, message)


def _is_reached(policy: Policy, upstream: Upstream, pattern: HostPattern, labels: int) -> bool:
    """Whether some host of a pattern is the upstream's.

    A star is read as a character that stands in no pattern, so what is true of it is true of
    whatever else it stands for. Beyond as many labels as any pattern has, all hosts are alike.
    """
    hosts = hosts_like(pattern, GENERIC, labels)
    return any(policy.upstream_for(host) is upstream for host in hosts)
