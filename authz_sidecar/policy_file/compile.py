"""Models -> the frozen policy. Total: what the checks refuse compiles to a denial."""

from collections.abc import Mapping

from authz_sidecar.core import levels
from authz_sidecar.core.demands import Demand, Roles
from authz_sidecar.core.levels import Element, Level
from authz_sidecar.core.policy import Access, Match, Policy, Requirement, Rule, Upstream
from authz_sidecar.policy_file.schema import (
    ElementModel,
    EveryRoleModel,
    LevelModel,
    MatchModel,
    PolicyModel,
    RequireModel,
    RuleModel,
    UpstreamModel,
)

BUILT_IN_LEVELS = {"one_factor": levels.one_factor, "two_factor": levels.two_factor}
"""Each is made for a rule's `max_age`."""


def compile_policy(model: PolicyModel, revision: str) -> Policy:
    """Compile a policy file.

    Args:
        model: the file; checked, or only to be checked.
        revision: what identifies its text.
    """
    named = {name: compile_level(name, level) for name, level in model.levels.items()}
    upstreams = tuple(_upstream(upstream, model, named) for upstream in model.upstreams)
    return Policy(revision, upstreams)


def compile_level(name: str, level: LevelModel) -> Level:
    """Compile a named level."""
    if level.all_of is not None:
        return levels.all_of(name, map(_element, level.all_of))
    return levels.any_of(name, map(_element, level.any_of or ()))


def _element(element: ElementModel) -> Element:
    return Element(frozenset(element.names), element.max_age)


def _upstream(upstream: UpstreamModel, policy: PolicyModel, named: Mapping[str, Level]) -> Upstream:
    login_url = upstream.login_url or policy.login_url or ""
    return Upstream(
        id=upstream.id,
        hosts=upstream.hosts,
        rules=tuple(_rule(rule, policy, named) for rule in upstream.rules),
        login_url=login_url,
        step_up_url=upstream.step_up_url or policy.step_up_url or login_url,
    )


def _rule(rule: RuleModel, policy: PolicyModel, named: Mapping[str, Level]) -> Rule:
    verdict: Access | Requirement = rule.access or Access.DENY
    if rule.require is not None:
        default = policy.defaults.verified_within.token
        verdict = _requirement(rule.require, default, named)
    return Rule(rule.id, _match(rule.match), verdict)


def _match(match: MatchModel) -> Match:
    methods = frozenset(match.methods or ())
    # HEAD asks for what GET would answer (RFC 9110 section 9.3.2).
    return Match(match.paths or (), methods | {"HEAD"} if "GET" in methods else methods)


def _requirement(
    require: RequireModel, default: float, named: Mapping[str, Level]
) -> Requirement | Access:
    level = _level(require, named)
    if level is None:
        return Access.DENY
    within = default if require.verified_within is None else require.verified_within
    return Requirement((Demand(level, roles=_roles(require)),), within)


def _level(require: RequireModel, named: Mapping[str, Level]) -> Level | None:
    built_in = BUILT_IN_LEVELS.get(require.level)
    if built_in is not None:
        return built_in(require.max_age)
    level = named.get(require.level)
    if level is None or require.max_age is None:
        return level
    return levels.with_max_age(level, require.max_age)


def _roles(require: RequireModel) -> Roles | None:
    match require.roles:
        case None:
            return None
        case EveryRoleModel(all_of=names):
            return Roles(frozenset(names), every=True)
        case names:
            return Roles(frozenset(names))
