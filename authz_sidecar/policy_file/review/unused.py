"""Names that the file defines and no rule uses."""

from collections.abc import Iterator

from authz_sidecar.located_yaml import Document, Problem, shown
from authz_sidecar.policy_file.review.places import demands_of
from authz_sidecar.policy_file.schema import PolicyModel


def review_names(model: PolicyModel, document: Document) -> Iterator[Problem]:
    """The warnings about levels and networks that no rule uses."""
    demands = [demand for _, demand in demands_of(model)]
    rules = [rule for upstream in model.upstreams for rule in upstream.rules]
    levels = {demand.level for demand in demands}
    networks = {ref for demand in demands for ref in demand.networks or ()}
    networks |= {ref for rule in rules for ref in rule.match.networks or ()}
    for name in model.levels:
        if name not in levels:
            message = f"no rule uses the level {shown(name)}; remove it"
            yield document.warning(("levels", name), message, at_key=True)
    for name in model.networks:
        if name not in networks:
            message = f"no rule uses the network {shown(name)}; remove it"
            yield document.warning(("networks", name), message, at_key=True)
