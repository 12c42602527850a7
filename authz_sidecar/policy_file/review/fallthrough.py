"""Paths of a stricter rule that a weaker one decides for some requests.

A weaker rule that names the path as exactly as the stricter one does was written for that, and is
passed over.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from authz_sidecar.core.demands import lies_in
from authz_sidecar.core.patterns import PathPattern
from authz_sidecar.core.policy import Rule
from authz_sidecar.located_yaml import Document, Path, Problem, shown
from authz_sidecar.policy_file.review.examples import request_decided_by
from authz_sidecar.policy_file.review.inclusion import covers, is_subtree, patterns_of
from authz_sidecar.policy_file.review.probe import METHODS, Example, Probe
from authz_sidecar.policy_file.review.strictness import asks_less

_ONLY_OPTIONS = frozenset({"OPTIONS"})
_FOR_NETWORKS = "demand `networks` under `require` instead, so that all others are denied"
_FOR_METHODS = "remove `methods`, or write a rule for the other methods of this path"
_FOR_PREFLIGHTS = "remove `cors_preflight`, or write a rule for the other requests to this path"
_FOR_ORDER = "move this one up, and let it take every method"


@dataclass(frozen=True, slots=True)
class _Case:
    """One rule by one of its patterns, and a request that it decides."""

    probe: Probe
    rule: Rule
    pattern: PathPattern
    decided: Example


_Variations = Callable[[_Case], Iterator[Example]]


def review_fallthrough(probe: Probe, path: Path, document: Document) -> Iterator[Problem]:
    """The warnings about requests that get past a stricter rule to a weaker one.

    Args:
        probe: asks the upstream.
        path: where the upstream is.
        document: the file.
    """
    for r, rule in enumerate(probe.upstream.rules):
        cases = [*_cases(probe, rule)]
        at: Path = (*path, "rules", r, "match")
        for key, vary in _CRITERIA.items():
            message = next(filter(None, (_message(case, vary, key) for case in cases)), None)
            if message is not None:
                yield document.warning((*at, key), message, at_key=True)
        for case in cases:
            message = _message(case, _other_slash, "paths")
            if message is not None:
                index = rule.match.paths.index(case.pattern)
                yield document.warning((*at, "paths", index), message)


def _cases(probe: Probe, rule: Rule) -> Iterator[_Case]:
    for pattern in patterns_of(rule):
        decided = request_decided_by(probe, rule, pattern)
        if decided is not None:
            yield _Case(probe, rule, pattern, decided)


def _other_methods(case: _Case) -> Iterator[Example]:
    if not case.rule.match.cors_preflight:
        yield from (replace(case.decided, method=method) for method in METHODS)


def _other_clients(case: _Case) -> Iterator[Example]:
    networks = case.rule.match.networks
    for client in case.probe.clients if networks else ():
        if not lies_in(client, networks):
            yield replace(case.decided, client_ip=client)


def _no_preflight(case: _Case) -> Iterator[Example]:
    if case.rule.match.cors_preflight:
        yield replace(case.decided, method="GET", preflight=False)


def _other_slash(case: _Case) -> Iterator[Example]:
    if not is_subtree(case.pattern) and case.decided.path != "/":
        yield replace(case.decided, path=_toggled(case.decided.path))


_CRITERIA: dict[str, _Variations] = {
    "methods": _other_methods,
    "networks": _other_clients,
    "cors_preflight": _no_preflight,
}


def _message(case: _Case, vary: _Variations, key: str) -> str | None:
    for example in vary(case):
        found = case.probe.rule_for(example)
        if found is None or found is case.rule or _is_meant(case, found, example.path):
            continue
        if asks_less(found.verdict, case.rule.verdict):
            told = case.probe.spelled(example, client=key == "networks")
            rules = case.probe.upstream.rules
            if rules.index(found) < rules.index(case.rule):
                how, hint = f"goes to {shown(found.id)} before this rule", _FOR_ORDER
            else:
                how, hint = f"gets past this rule to {shown(found.id)}", _hint(case, key)
            return f"{told} {how}, which asks less; {hint}"
    return None


def _is_meant(case: _Case, found: Rule, path: str) -> bool:
    """Whether the other rule names the path as exactly as this one, or is only about `OPTIONS`."""
    if found.match.methods == _ONLY_OPTIONS:
        return True
    pattern = case.pattern
    if path != case.decided.path:
        pattern = replace(pattern, text=_toggled(pattern.text))
    return any(covers(pattern, each) for each in patterns_of(found) if each.matches(path))


def _toggled(text: str) -> str:
    return text.removesuffix("/") if text.endswith("/") else f"{text}/"


def _hint(case: _Case, key: str) -> str:
    match key:
        case "networks":
            return _FOR_NETWORKS
        case "cors_preflight":
            return _FOR_PREFLIGHTS
        case "methods":
            return _FOR_METHODS
        case _:
            other = shown(_toggled(case.pattern.text))
            subtree = shown(case.pattern.text.removesuffix("/") + "/**")
            return f"write {other} as well, or {subtree} for all below"
