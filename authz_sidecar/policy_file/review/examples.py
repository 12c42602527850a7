"""The requests that stand for what a rule selects."""

from collections.abc import Iterator

from authz_sidecar.core.demands import lies_in
from authz_sidecar.core.patterns import PathPattern
from authz_sidecar.core.policy import Rule
from authz_sidecar.policy_file.review.probe import METHODS, Example, Probe


def requests_of(probe: Probe, rule: Rule, pattern: PathPattern) -> Iterator[Example]:
    """Requests that a rule selects by one of its patterns; an earlier one may still decide them."""
    match = rule.match
    methods = [each for each in METHODS if each in match.methods] or sorted(match.methods)
    if match.cors_preflight:
        methods = ["OPTIONS"]
    clients = [
        each for each in probe.clients if not match.networks or lies_in(each, match.networks)
    ]
    for path in probe.paths_of(pattern):
        for method in methods or METHODS:
            for client in clients:
                yield Example(path, method, client, match.cors_preflight)


def first_request(probe: Probe, rule: Rule, pattern: PathPattern) -> Example:
    """The plainest request that a rule selects by one of its patterns."""
    return next(requests_of(probe, rule, pattern))


def request_decided_by(probe: Probe, rule: Rule, pattern: PathPattern) -> Example | None:
    """The plainest request of a pattern that the rule decides; None if earlier ones do."""
    examples = requests_of(probe, rule, pattern)
    return next((each for each in examples if probe.rule_for(each) is rule), None)
