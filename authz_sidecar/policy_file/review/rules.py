"""Single rules that open more, or let pass fewer, than one would think."""

from collections.abc import Iterator

from authz_sidecar.core.policy import Access, OptionalAccess, Requirement, Rule
from authz_sidecar.located_yaml import Document, Path, Problem, shown
from authz_sidecar.policy_file.review.inclusion import is_subtree
from authz_sidecar.policy_file.review.probe import Example, Probe

_OPTIONS = frozenset({"OPTIONS"})


def review_rule(probe: Probe, index: int, path: Path, document: Document) -> Iterator[Problem]:
    """The warnings about one rule by itself.

    Args:
        probe: asks the upstream.
        index: which rule.
        path: where the rule is.
        document: the file.
    """
    rule = probe.upstream.rules[index]
    if rule.match.methods == _OPTIONS and _is_open(rule):
        plain = Example(next(iter(_paths(probe, rule))), "OPTIONS")
        message = (
            f"this opens every `OPTIONS` request, such as {probe.spelled(plain)}, and not only"
            " what browsers ask before they send another; write `cors_preflight: true` instead"
        )
        yield document.warning((*path, "match", "methods"), message, at_key=True)
    if rule.match.cors_preflight and isinstance(rule.verdict, Requirement):
        plain = Example(next(iter(_paths(probe, rule))), "OPTIONS", preflight=True)
        message = (
            f"browsers send no session with a preflight such as {probe.spelled(plain)}, so none"
            " passes; write `access: public`, since the request that follows is judged by itself"
        )
        yield document.warning((*path, "require"), message, at_key=True)
    if rule.verdict is Access.PUBLIC:
        yield from _review_tops(probe, rule, path, document)


def _is_open(rule: Rule) -> bool:
    return rule.verdict is Access.PUBLIC or isinstance(rule.verdict, OptionalAccess)


def _paths(probe: Probe, rule: Rule) -> tuple[str, ...]:
    first = next(iter(rule.match.paths), None)
    return (f"/{probe.word}",) if first is None else probe.paths_of(first)


def _review_tops(probe: Probe, rule: Rule, path: Path, document: Document) -> Iterator[Problem]:
    """Whoever opens `/x/**` to readers may not think of `POST /x`, which makes a new one."""
    if rule.match.methods or rule.match.cors_preflight:
        return
    for p, pattern in enumerate(rule.match.paths):
        top = probe.paths_of(pattern)[-1]
        if not is_subtree(pattern) or top == "/":
            continue
        for client in probe.clients:
            example = Example(top, "POST", client)
            if probe.rule_for(example) is rule and not _is_open_without(probe, rule, example):
                told = probe.spelled(example, client=bool(rule.match.networks))
                message = (
                    f"{told} is public, too, since this is {shown(top)} itself"
                    " and every method; write `methods: [GET]`, or the methods that are meant"
                )
                yield document.warning((*path, "match", "paths", p), message)
                break


def _is_open_without(probe: Probe, rule: Rule, example: Example) -> bool:
    found = probe.rule_without(rule, example)
    return found is not None and _is_open(found)
