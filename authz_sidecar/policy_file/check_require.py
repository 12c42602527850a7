"""What a rule requires: levels and networks that exist, and combinations that can be met."""

from collections.abc import Iterator

from authz_sidecar.located_yaml import Document, Path, Problem, instead, listed, shown
from authz_sidecar.policy_file.check_levels import MIN_MAX_AGE, TOO_SHORT, check_level
from authz_sidecar.policy_file.compile_require import BUILT_IN_LEVELS, ONE_FACTOR
from authz_sidecar.policy_file.network_names import NetworkRefs
from authz_sidecar.policy_file.schema import DemandModel, PolicyModel, RequireModel

_NO_LEVEL = "there is no level; write `level: one_factor`, which any login meets, or a stronger one"
_FEWEST_ALTERNATIVES = 2


def check_require(
    require: RequireModel, path: Path, model: PolicyModel, document: Document
) -> Iterator[Problem]:
    """The problems with what a rule requires.

    Args:
        require: what it requires.
        path: where that is.
        model: the whole file.
        document: the file's places.
    """
    if require.any_of is None:
        yield from _check_demand(require, path, model, document)
    else:
        yield from _check_alternatives(require, path, document)
        for index, demand in enumerate(require.any_of):
            yield from _check_demand(demand, (*path, "any_of", index), model, document)
    grace = require.on_unavailable is not None and require.on_unavailable.allow_known_for
    if grace and require.verified_within == 0:
        message = "a rule that asks Stytch every time lets nobody pass without; remove this"
        yield document.problem((*path, "on_unavailable"), message, at_key=True)
    demands = require.any_of or (require,)
    with_a_level = all(demand.level or demand.factors for demand in demands)
    one_factor = any(demand.level == ONE_FACTOR for demand in demands)
    if require.allow_impersonation and with_a_level and not one_factor:
        message = (
            "who acts as the user holds only the factor `impersonation`, which meets nothing but"
            f" {shown(ONE_FACTOR)}, and that is not asked for here; remove this"
        )
        yield document.problem((*path, "allow_impersonation"), message, at_key=True)


def check_network_refs(
    refs: NetworkRefs | None, path: Path, model: PolicyModel, document: Document
) -> Iterator[Problem]:
    """The problems with names of networks.

    Args:
        refs: names and networks.
        path: where the list is.
        model: the whole file.
        document: the file's places.
    """
    for index, ref in enumerate(refs or ()):
        if isinstance(ref, str) and ref not in model.networks:
            hint = instead(ref, model.networks)
            message = f"the network {shown(ref)} is unknown; {hint}"
            yield document.problem((*path, index), message)


def _check_alternatives(require: RequireModel, path: Path, document: Document) -> Iterator[Problem]:
    beside = [key for key in DemandModel.model_fields if getattr(require, key) is not None]
    if beside:
        message = f"beside `any_of` stands {listed(beside)}; write it in each of the alternatives"
        yield document.problem((*path, "any_of"), message, at_key=True)
    if len(require.any_of or ()) < _FEWEST_ALTERNATIVES:
        message = "one alternative is none; write at least two, or this one without `any_of`"
        yield document.problem((*path, "any_of"), message)


def _check_demand(
    demand: DemandModel, path: Path, model: PolicyModel, document: Document
) -> Iterator[Problem]:
    known = BUILT_IN_LEVELS | model.levels.keys()
    if demand.level is None and demand.factors is None:
        yield document.problem(path, _NO_LEVEL)
    elif demand.level is not None and demand.factors is not None:
        message = "there are both `level` and `factors`; remove one of them"
        yield document.problem((*path, "factors"), message, at_key=True)
    if demand.level is not None and demand.level not in known:
        message = f"the level {shown(demand.level)} is unknown; {instead(demand.level, known)}"
        yield document.problem((*path, "level"), message)
    if demand.factors is not None:
        yield from check_level(demand.factors, (*path, "factors"), document)
    if demand.max_age is not None and demand.max_age < MIN_MAX_AGE:
        yield document.problem((*path, "max_age"), TOO_SHORT)
    yield from check_network_refs(demand.networks, (*path, "networks"), model, document)
