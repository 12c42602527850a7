"""What keys and values that are each sound may get wrong together. Reported all at once."""

from collections.abc import Iterator

from authz_sidecar.core.policy import Policy
from authz_sidecar.located_yaml import Document, Problem
from authz_sidecar.policy_file.check_hosts import check_hosts
from authz_sidecar.policy_file.check_levels import check_named_levels
from authz_sidecar.policy_file.check_origins import check_origins
from authz_sidecar.policy_file.check_pages import check_pages
from authz_sidecar.policy_file.check_rules import check_rules
from authz_sidecar.policy_file.schema import PolicyModel


def check(model: PolicyModel, policy: Policy, document: Document) -> list[Problem]:
    """Every problem with what a policy means.

    Args:
        model: the file, sound by its schema.
        policy: what it compiles to.
        document: where its values are.

    Returns:
        The problems, sorted.
    """
    return sorted(_problems(model, policy, document))


def _problems(model: PolicyModel, policy: Policy, document: Document) -> Iterator[Problem]:
    yield from check_named_levels(model, document)
    yield from check_hosts(model, document)
    yield from check_rules(model, policy, document)
    yield from check_origins(model, policy, document)
    yield from check_pages(model, policy, document)
