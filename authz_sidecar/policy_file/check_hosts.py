"""Hosts: each must belong to one upstream, whatever the order of the file."""

from collections.abc import Iterator
from typing import NamedTuple

from authz_sidecar.core.patterns import HostPattern
from authz_sidecar.located_yaml import Document, Path, Problem, shown
from authz_sidecar.policy_file.overlap import overlaps
from authz_sidecar.policy_file.schema import PolicyModel


class _Place(NamedTuple):
    path: Path
    upstream: int
    pattern: HostPattern


_Group = tuple[tuple[bool, int, bool], bool]
"""Patterns of one rank, with or without stars behind their beginning."""


def check_hosts(model: PolicyModel, document: Document) -> Iterator[Problem]:
    """The problems with hosts that could belong to two upstreams."""
    first: dict[str, _Place] = {}
    groups: dict[_Group, list[_Place]] = {}
    for place in _places(model):
        pattern = place.pattern
        if pattern.text in first:
            line = document.line_of(first[pattern.text].path)
            message = f"the host {shown(pattern.text)} is already on line {line}; remove one"
            yield document.problem(place.path, message)
            continue
        first[pattern.text] = place
        rival = _rival(place, groups)
        if rival is not None:
            line = document.line_of(rival.path)
            message = (
                f"{shown(pattern.text)} and {shown(rival.pattern.text)} on line {line} share hosts"
                " and neither is more exact; make one of them longer"
            )
            yield document.problem(place.path, message)
        groups.setdefault(_group(pattern), []).append(place)


def _places(model: PolicyModel) -> Iterator[_Place]:
    for u, upstream in enumerate(model.upstreams):
        for h, pattern in enumerate(upstream.hosts):
            yield _Place(("upstreams", u, "hosts", h), u, pattern)


def _group(pattern: HostPattern) -> _Group:
    return pattern.rank, "*" in pattern.text.lstrip("*")


def _rival(place: _Place, groups: dict[_Group, list[_Place]]) -> _Place | None:
    """A pattern of another upstream that has the same right to some host.

    Two patterns of one rank that only begin with stars, or have none, share a host only if they
    are the same text. So those are not compared with one another: there may be thousands.
    """
    rank, inner_star = _group(place.pattern)
    candidates = groups.get((rank, True), [])
    if inner_star:
        candidates = [*candidates, *groups.get((rank, False), [])]
    for other in candidates:
        if other.upstream != place.upstream and overlaps(other.pattern, place.pattern):
            return other
    return None
