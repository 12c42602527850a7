"""Whether one verdict asks clearly less than another. In doubt it does not."""

from itertools import product
from math import inf, prod
from typing import assert_never

from authz_sidecar.core.demands import Claim, Demand, Emails, Roles
from authz_sidecar.core.levels import Element, Level
from authz_sidecar.core.policy import Access, OptionalAccess, Requirement, Verdict
from authz_sidecar.policy_file.review.inclusion import lie_within

_MAX_CHOICES = 2000
"""Ways to meet one alternative of a level; beyond these the comparison is given up."""

_Names = frozenset[str]


def asks_less(verdict: Verdict, than: Verdict) -> bool:
    """Whether whoever `than` lets pass would pass, and others, too."""
    match than:
        case Access.PUBLIC:
            return False
        case Access.DENY:
            return verdict is not Access.DENY
        case OptionalAccess():
            return verdict is Access.PUBLIC
        case Requirement() if isinstance(verdict, Requirement):
            return implies(than, verdict) and not implies(verdict, than)
        case Requirement():
            return verdict is not Access.DENY
        case _ as never:
            assert_never(never)


def implies(strong: Requirement, weak: Requirement) -> bool:
    """Whether it is certain that a request which meets `strong` meets `weak`."""
    return (
        weak.freshness.token >= strong.freshness.token
        and weak.freshness.jwt >= strong.freshness.jwt
        and weak.allow_known_for >= strong.allow_known_for
        and weak.allow_impersonation >= strong.allow_impersonation
        and all(
            any(_demand_implies(one, other) for other in weak.alternatives)
            for one in strong.alternatives
        )
    )


def _demand_implies(strong: Demand, weak: Demand) -> bool:
    return (
        lie_within(strong.networks, weak.networks)
        and _one_of_implies(strong.organizations, weak.organizations)
        and _one_of_implies(strong.users, weak.users)
        and (weak.roles is None or _roles_imply(strong.roles, weak.roles))
        and (weak.emails is None or _emails_imply(strong.emails, weak.emails))
        and all(any(_claim_implies(one, other) for one in strong.claims) for other in weak.claims)
        and _level_implies(strong.level, weak.level)
    )


def _one_of_implies(strong: _Names, weak: _Names) -> bool:
    """Lists of which one must hold; an empty one asks nothing."""
    return not weak or bool(strong and strong <= weak)


def _roles_imply(strong: Roles | None, weak: Roles) -> bool:
    if strong is None:
        return False
    held_for_certain = strong.names if strong.every or len(strong.names) == 1 else frozenset()
    if weak.every:
        return weak.names <= held_for_certain
    return bool(held_for_certain & weak.names) or strong.names <= weak.names


def _emails_imply(strong: Emails | None, weak: Emails) -> bool:
    return (
        strong is not None
        and strong.domains <= weak.domains
        and all(weak.include((address,)) for address in strong.addresses)
    )


def _claim_implies(strong: Claim, weak: Claim) -> bool:
    return strong.name == weak.name and all(
        weak.met_by({weak.name: value}) for value in strong.values
    )


def _level_implies(strong: Level, weak: Level) -> bool:
    """Whether each way to meet the one level, down to single factors, meets the other."""
    ways = sum(prod(len(element.names) for element in each) for each in strong.alternatives)
    if ways > _MAX_CHOICES:
        return strong.alternatives == weak.alternatives
    return all(
        _is_met_by(tuple(zip(names, alternative, strict=True)), weak)
        for alternative in strong.alternatives
        for names in product(*(sorted(element.names) for element in alternative))
    )


def _is_met_by(held: tuple[tuple[str, Element], ...], level: Level) -> bool:
    """Whether these factors, each as old as its element allows, meet a level."""
    return any(
        all(
            any(
                name in element.names and (source.max_age or inf) <= (element.max_age or inf)
                for name, source in held
            )
            for element in alternative
        )
        for alternative in level.alternatives
    )
