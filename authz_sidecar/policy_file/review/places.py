"""Where in a file demands and levels are, named or not."""

from collections.abc import Iterator

from authz_sidecar.located_yaml import Path
from authz_sidecar.policy_file.schema import DemandModel, LevelModel, PolicyModel


def demands_of(model: PolicyModel) -> Iterator[tuple[Path, DemandModel]]:
    """Every demand of a rule, each alternative by itself, with its place."""
    for u, upstream in enumerate(model.upstreams):
        for r, rule in enumerate(upstream.rules):
            path: Path = ("upstreams", u, "rules", r, "require")
            if rule.require is not None and rule.require.any_of is None:
                yield path, rule.require
            elif rule.require is not None:
                for index, demand in enumerate(rule.require.any_of or ()):
                    yield (*path, "any_of", index), demand


def levels_of(model: PolicyModel) -> Iterator[tuple[Path, LevelModel]]:
    """Every level, named or written in a rule, with its place."""
    for name, level in model.levels.items():
        yield ("levels", name), level
    for path, demand in demands_of(model):
        if demand.factors is not None:
            yield (*path, "factors"), demand.factors
