"""Rules and paths that no request gets to, since earlier rules select all of theirs."""

from collections.abc import Iterator

from authz_sidecar.core.patterns import PathPattern
from authz_sidecar.core.policy import Rule, Upstream
from authz_sidecar.located_yaml import Document, Path, Problem, shown
from authz_sidecar.policy_file.review.examples import first_request
from authz_sidecar.policy_file.review.inclusion import patterns_of, takes
from authz_sidecar.policy_file.review.probe import Probe


def review_reach(probe: Probe, path: Path, document: Document) -> Iterator[Problem]:
    """The warnings about rules that are never reached.

    Args:
        probe: asks the upstream.
        path: where the upstream is.
        document: the file.
    """
    for r, rule in enumerate(probe.upstream.rules):
        patterns = patterns_of(rule)
        takers = [_taker(probe.upstream, r, pattern) for pattern in patterns]
        at: Path = (*path, "rules", r)
        if all(takers):
            names = " and ".join(dict.fromkeys(shown(taker.id) for taker in takers if taker))
            yield document.warning(at, _message("rule", names, probe, rule, patterns[0]))
            continue
        for p, taker in enumerate(takers):
            if taker is not None:
                message = _message("path", shown(taker.id), probe, rule, patterns[p])
                yield document.warning((*at, "match", "paths", p), message)


def _taker(upstream: Upstream, index: int, pattern: PathPattern) -> Rule | None:
    """The first earlier rule that leaves nothing of a pattern."""
    later = upstream.rules[index].match
    earlier = upstream.rules[:index]
    return next((rule for rule in earlier if takes(rule.match, later, pattern)), None)


def _message(what: str, names: str, probe: Probe, rule: Rule, pattern: PathPattern) -> str:
    example = first_request(probe, rule, pattern)
    told = probe.spelled(example, client=bool(rule.match.networks))
    return (
        f"this {what} is never reached: {told} and all the like are decided by {names} before it;"
        " move it up or remove it"
    )
