"""Models -> the frozen policy. Total: what the checks refuse compiles to a denial."""

from collections.abc import Mapping
from dataclasses import replace

from authz_sidecar.core.demands import Network
from authz_sidecar.core.patterns import PathPattern
from authz_sidecar.core.policy import (
    Access,
    Freshness,
    Match,
    OptionalAccess,
    Policy,
    Rule,
    Upstream,
    Verdict,
)
from authz_sidecar.core.request_target import PathRules
from authz_sidecar.policy_file.compile_require import (
    Default,
    Names,
    compile_level,
    compile_requirement,
)
from authz_sidecar.policy_file.network_names import networks_of
from authz_sidecar.policy_file.schema import (
    AccessWord,
    MatchModel,
    PolicyModel,
    RuleModel,
    UpstreamModel,
)


def compile_policy(model: PolicyModel, revision: str) -> Policy:
    """Compile a policy file.

    Args:
        model: the file; checked, or only to be checked.
        revision: what identifies its text.
    """
    levels = {name: compile_level(name, level) for name, level in model.levels.items()}
    names = Names(levels, model.networks)
    return Policy(revision, tuple(_upstream(each, model, names) for each in model.upstreams))


def _upstream(upstream: UpstreamModel, policy: PolicyModel, names: Names) -> Upstream:
    login_url = upstream.login_url or policy.login_url or ""
    within = policy.defaults.verified_within
    default = Default(
        Freshness(within.token, within.jwt), policy.defaults.on_unavailable.allow_known_for
    )
    rules = (_rule(rule, default, names, upstream) for rule in upstream.rules)
    return Upstream(
        id=upstream.id,
        hosts=upstream.hosts,
        rules=tuple(rules),
        login_url=login_url,
        step_up_url=upstream.step_up_url or policy.step_up_url or login_url,
        origin=upstream.origin or "",
        bearer=upstream.bearer,
        path_rules=PathRules(upstream.allow_path_parameters, upstream.allow_encoded_slash),
    )


def _rule(rule: RuleModel, default: Default, names: Names, upstream: UpstreamModel) -> Rule:
    match = _match(rule.match, names.networks, ignore_case=upstream.ignore_case)
    return Rule(rule.id, match, _verdict(rule, default, names), rule.response)


def _match(
    match: MatchModel, named: Mapping[str, tuple[Network, ...]], *, ignore_case: bool
) -> Match:
    methods = frozenset(match.methods or ())
    return Match(
        tuple(_path(pattern, ignore_case=ignore_case) for pattern in match.paths or ()),
        # HEAD asks for what GET would answer (RFC 9110 section 9.3.2).
        methods | {"HEAD"} if "GET" in methods else methods,
        networks_of(match.networks or (), named),
        match.cors_preflight,
    )


def _path(pattern: PathPattern, *, ignore_case: bool) -> PathPattern:
    return replace(pattern, ignore_case=True) if ignore_case else pattern


def _verdict(rule: RuleModel, default: Default, names: Names) -> Verdict:
    if rule.require is not None:
        return compile_requirement(rule.require, rule.id, default, names)
    match rule.access:
        case AccessWord.PUBLIC:
            return Access.PUBLIC
        case AccessWord.OPTIONAL:
            return OptionalAccess(default.freshness)
        case _:
            return Access.DENY
