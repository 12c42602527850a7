"""Identifiers: metrics and logs name upstreams and rules by them, so they must be distinct."""

from collections.abc import Iterator, Sequence

from authz_sidecar.located_yaml import Document, Path, Problem, shown
from authz_sidecar.policy_file.schema import RuleModel, UpstreamModel

_RESERVED = "none"


def check_ids(
    owners: Sequence[UpstreamModel | RuleModel], path: Path, document: Document
) -> Iterator[Problem]:
    """The problems with the ids of a list of things that need distinct ones.

    Args:
        owners: the things.
        path: where the list is.
        document: the file.
    """
    lines: dict[str, int] = {}
    for index, owner in enumerate(owners):
        at: Path = (*path, index, "id")
        if owner.id == _RESERVED:
            message = f"{shown(_RESERVED)} is reserved for requests without one; rename it"
            yield document.problem(at, message)
        elif owner.id in lines:
            message = f"{shown(owner.id)} is already on line {lines[owner.id]}; rename one"
            yield document.problem(at, message)
        else:
            lines[owner.id] = document.line_of(at)
