"""What `require` says -> a requirement of the core, or a denial where it says nothing sound."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from authz_sidecar.core import levels
from authz_sidecar.core.demands import Claim, Demand, Emails, Network, Roles
from authz_sidecar.core.levels import Element, Level
from authz_sidecar.core.policy import Access, Freshness, Requirement
from authz_sidecar.policy_file.emails import ANY_AT
from authz_sidecar.policy_file.network_names import networks_of
from authz_sidecar.policy_file.schema import (
    DemandModel,
    ElementModel,
    EveryRoleModel,
    LevelModel,
    RequireModel,
)

ONE_FACTOR, TWO_FACTOR = "one_factor", "two_factor"
BUILT_IN_LEVELS = frozenset({ONE_FACTOR, TWO_FACTOR})


@dataclass(frozen=True, slots=True)
class Names:
    """What the names that a file defines stand for."""

    levels: Mapping[str, Level]
    networks: Mapping[str, tuple[Network, ...]]


@dataclass(frozen=True, slots=True)
class Default:
    """What holds for a rule that does not say otherwise."""

    freshness: Freshness
    allow_known_for: float


def compile_level(name: str, level: LevelModel) -> Level:
    """Compile a level.

    Args:
        name: its name, or that of the rule it is written in.
        level: what it demands.
    """
    if level.all_of is not None:
        return levels.all_of(name, map(_element, level.all_of))
    return levels.any_of(name, map(_element, level.any_of or ()))


def compile_requirement(
    require: RequireModel, rule: str, default: Default, names: Names
) -> Requirement | Access:
    """Compile what a rule requires.

    Args:
        require: what is written.
        rule: the rule's id, the name of a level that is only written here.
        default: what holds where the rule does not say.
        names: the levels and networks of the file.

    Returns:
        The requirement; a denial if one of its levels is not known.
    """
    impersonation = require.allow_impersonation
    demands = []
    for written in require.any_of or (require,):
        level = _level(written, rule, names, impersonation=impersonation)
        if level is None:
            return Access.DENY
        demands.append(_demand(written, level, names))
    within = require.verified_within
    freshness = default.freshness if within is None else Freshness(within, within)
    known_for = default.allow_known_for
    if require.on_unavailable is not None:
        known_for = require.on_unavailable.allow_known_for
    return Requirement(tuple(demands), freshness, impersonation, known_for)


def _element(element: ElementModel) -> Element:
    return Element(frozenset(element.names), element.max_age)


def _level(demand: DemandModel, rule: str, names: Names, *, impersonation: bool) -> Level | None:
    if demand.level == ONE_FACTOR:
        return levels.one_factor(demand.max_age, impersonation=impersonation)
    if demand.level == TWO_FACTOR:
        return levels.two_factor(demand.max_age)
    if demand.factors is not None:
        level: Level | None = compile_level(rule, demand.factors)
    else:
        level = names.levels.get(demand.level or "")
    if level is None or demand.max_age is None:
        return level
    return levels.with_max_age(level, demand.max_age)


def _demand(demand: DemandModel, level: Level, names: Names) -> Demand:
    return Demand(
        level,
        networks_of(demand.networks or (), names.networks),
        frozenset(demand.organizations or ()),
        frozenset(demand.users or ()),
        _roles(demand),
        _emails(demand.emails) if demand.emails is not None else None,
        tuple(Claim(name, values) for name, values in (demand.claims or {}).items()),
    )


def _roles(demand: DemandModel) -> Roles | None:
    match demand.roles:
        case None:
            return None
        case EveryRoleModel(all_of=names):
            return Roles(frozenset(names), every=True)
        case names:
            return Roles(frozenset(names))


def _emails(emails: Iterable[str]) -> Emails:
    anybody_at = {each for each in emails if each.startswith(ANY_AT)}
    domains = frozenset(each.removeprefix(ANY_AT) for each in anybody_at)
    return Emails(frozenset(emails) - anybody_at, domains)
