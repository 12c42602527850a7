"""Upstreams and rules: distinct ids, one verdict each, and criteria that can hold together."""

from collections.abc import Iterator

from authz_sidecar.core.policy import Policy
from authz_sidecar.located_yaml import Document, Path, Problem
from authz_sidecar.policy_file.check_ids import check_ids
from authz_sidecar.policy_file.check_require import check_network_refs, check_require
from authz_sidecar.policy_file.schema import (
    AccessWord,
    MatchModel,
    PolicyModel,
    RuleModel,
    UpstreamModel,
)

_ANY_HOST = "**"


def check_rules(model: PolicyModel, policy: Policy, document: Document) -> Iterator[Problem]:
    """The problems with upstreams and their rules."""
    yield from check_ids(model.upstreams, ("upstreams",), document)
    for u, upstream in enumerate(model.upstreams):
        path: Path = ("upstreams", u)
        yield from check_ids(upstream.rules, (*path, "rules"), document)
        yield from _check_any_host(upstream, path, document)
        needs_login = any(rule.require is not None for rule in upstream.rules)
        if needs_login and not policy.upstreams[u].login_url:
            message = "rules with `require` need a page to log in; write `login_url`"
            yield document.problem(path, message)
        for r, rule in enumerate(upstream.rules):
            yield from _check_rule(rule, (*path, "rules", r), model, document)


def _check_any_host(upstream: UpstreamModel, path: Path, document: Document) -> Iterator[Problem]:
    if all(pattern.text != _ANY_HOST for pattern in upstream.hosts):
        return
    for r, rule in enumerate(upstream.rules):
        if rule.access in {AccessWord.PUBLIC, AccessWord.OPTIONAL}:
            message = f"an upstream for every host (`**`) must not be {rule.access}; name the hosts"
            yield document.problem((*path, "rules", r, "access"), message)


def _check_rule(
    rule: RuleModel, path: Path, model: PolicyModel, document: Document
) -> Iterator[Problem]:
    if rule.access is None and rule.require is None:
        yield document.problem(path, "the rule says nothing; write `require` or `access`")
    if rule.access is not None and rule.require is not None:
        message = "a rule has either `require` or `access`; remove one of them"
        yield document.problem((*path, "access"), message, at_key=True)
    yield from _check_match(rule.match, (*path, "match"), model, document)
    if rule.require is not None:
        yield from check_require(rule.require, (*path, "require"), model, document)


def _check_match(
    match: MatchModel, path: Path, model: PolicyModel, document: Document
) -> Iterator[Problem]:
    yield from check_network_refs(match.networks, (*path, "networks"), model, document)
    if match.cors_preflight and match.methods is not None:
        hint = "remove `methods`" if "OPTIONS" in match.methods else "remove one of the two"
        message = f"a preflight's method is always `OPTIONS`; {hint}"
        yield document.problem((*path, "methods"), message, at_key=True)
