"""Rules: one verdict each, of a level that exists, with an age that can be met."""

from collections.abc import Iterator

from authz_sidecar.core.policy import Access, Policy
from authz_sidecar.located_yaml import Document, Path, Problem, instead, shown
from authz_sidecar.policy_file.check_ids import check_ids
from authz_sidecar.policy_file.check_levels import MIN_MAX_AGE, TOO_SHORT
from authz_sidecar.policy_file.compile import BUILT_IN_LEVELS
from authz_sidecar.policy_file.schema import PolicyModel, RequireModel, RuleModel, UpstreamModel

_ANY_HOST = "**"


def check_rules(model: PolicyModel, policy: Policy, document: Document) -> Iterator[Problem]:
    """The problems with upstreams and their rules."""
    yield from check_ids(model.upstreams, ("upstreams",), document)
    for u, upstream in enumerate(model.upstreams):
        path: Path = ("upstreams", u)
        yield from check_ids(upstream.rules, (*path, "rules"), document)
        yield from _check_verdicts(upstream, path, document)
        needs_login = any(rule.require is not None for rule in upstream.rules)
        if needs_login and not policy.upstreams[u].login_url:
            message = "rules with `require` need a page to log in; write `login_url`"
            yield document.problem(path, message)
        for r, rule in enumerate(upstream.rules):
            if rule.require is not None:
                at: Path = (*path, "rules", r, "require")
                yield from _check_require(rule.require, at, model, document)


def _check_verdicts(upstream: UpstreamModel, path: Path, document: Document) -> Iterator[Problem]:
    any_host = any(pattern.text == _ANY_HOST for pattern in upstream.hosts)
    for r, rule in enumerate(upstream.rules):
        at: Path = (*path, "rules", r)
        yield from _check_verdict(rule, at, document)
        if any_host and rule.access is Access.PUBLIC:
            message = "an upstream for every host (`**`) must not be public; name the hosts"
            yield document.problem((*at, "access"), message)


def _check_verdict(rule: RuleModel, path: Path, document: Document) -> Iterator[Problem]:
    if rule.access is None and rule.require is None:
        yield document.problem(path, "the rule says nothing; write `require` or `access`")
    if rule.access is not None and rule.require is not None:
        message = "a rule has either `require` or `access`; remove one of them"
        yield document.problem((*path, "access"), message, at_key=True)


def _check_require(
    require: RequireModel, path: Path, model: PolicyModel, document: Document
) -> Iterator[Problem]:
    known = BUILT_IN_LEVELS.keys() | model.levels.keys()
    if require.level not in known:
        message = f"the level {shown(require.level)} is unknown; {instead(require.level, known)}"
        yield document.problem((*path, "level"), message)
    if require.max_age is not None and require.max_age < MIN_MAX_AGE:
        yield document.problem((*path, "max_age"), TOO_SHORT)
