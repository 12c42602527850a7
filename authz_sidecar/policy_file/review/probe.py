"""Example requests, and the rule that the real matcher finds for each."""

import string
from dataclasses import dataclass, replace
from urllib.parse import quote

from authz_sidecar.core.patterns import HostPattern, PathPattern
from authz_sidecar.core.policy import Policy, Resource, Rule, Upstream
from authz_sidecar.core.request import Address, Refusal
from authz_sidecar.core.request_target import canonical_paths
from authz_sidecar.policy_file.clients import clients_of
from authz_sidecar.policy_file.review.inclusion import filled, is_subtree, patterns_of

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "PROPFIND")
"""Those to try; the last stands for all that nobody thinks of."""

_PLAIN = "/!$&'()*+,:=@~-._"
_LABELS = 3
"""How many to try for `**` in an example."""
_WORDS: tuple[str, ...] = (*"xyz", *string.ascii_lowercase, *string.digits)


@dataclass(frozen=True, slots=True)
class Example:
    """A request that could come."""

    path: str
    """Decoded."""
    method: str = "GET"
    client_ip: Address | None = None
    preflight: bool = False


class Probe:
    """Asks an upstream which rule it has for a request."""

    def __init__(self, policy: Policy, upstream: Upstream) -> None:
        """Prepare to ask.

        Args:
            policy: the whole policy; it says which hosts are the upstream's.
            upstream: the upstream to ask.
        """
        self.upstream = upstream
        self.host = _host_of(policy, upstream)
        self.clients = clients_of(upstream)
        self.word = _word_for(upstream)
        self._of_path: dict[str, Upstream | None] = {}

    def rule_for(self, example: Example) -> Rule | None:
        """The rule that decides; None where there is none, or where the request is refused."""
        if example.path not in self._of_path:
            self._of_path[example.path] = self._with_rules_for(example.path)
        upstream = self._of_path[example.path]
        return None if upstream is None else _matched(upstream, example)

    def rule_without(self, rule: Rule, example: Example) -> Rule | None:
        """The rule that would decide if one of them were not there."""
        others = tuple(each for each in self.upstream.rules if each is not rule)
        return _matched(replace(self.upstream, rules=others), example)

    def paths_of(self, pattern: PathPattern) -> tuple[str, ...]:
        """Paths that stand for all that a pattern matches: of a subtree one below, and its top."""
        stem = filled(pattern.text, self.word)
        return (f"{stem}/{self.word}", stem or "/") if is_subtree(pattern) else (stem,)

    def spelled(self, example: Example, *, client: bool = False) -> str:
        """How a message shows a request, with the client's address where that matters."""
        url = f"`{example.method} https://{self.host}{quote(example.path, safe=_PLAIN)}`"
        return f"{url} from {example.client_ip}" if client else url

    def _with_rules_for(self, path: str) -> Upstream | None:
        """The upstream with the rules alone that select by this path; None if it is refused."""
        paths = canonical_paths(quote(path, safe=_PLAIN), self.upstream.path_rules)
        if isinstance(paths, Refusal) or paths != (path,):
            return None
        rules = [
            rule
            for rule in self.upstream.rules
            if any(pattern.matches(path) for pattern in patterns_of(rule))
        ]
        return replace(self.upstream, rules=tuple(rules))


def _matched(upstream: Upstream, example: Example) -> Rule | None:
    found = upstream.match(
        Resource((example.path,), example.method, example.preflight, example.client_ip)
    )
    return found if isinstance(found, Rule) else None


def hosts_like(pattern: HostPattern, word: str, labels: int) -> tuple[str, ...]:
    """Hosts that a pattern matches.

    Args:
        pattern: the pattern.
        word: what to put for each star.
        labels: the most labels to put for `**`.
    """
    rest = pattern.text.removeprefix("**")
    if rest == pattern.text:
        return (rest.replace("*", word),)
    fronts = (".".join([word] * number) for number in range(1, labels + 1))
    return tuple(front + rest.replace("*", word) for front in fronts)


def _host_of(policy: Policy, upstream: Upstream) -> str:
    """A host of an upstream; a pattern of it where the example's hosts are all another's."""
    for pattern in upstream.hosts:
        for word in _WORDS:
            for host in hosts_like(pattern, word, _LABELS):
                if policy.upstream_for(host) is upstream:
                    return host
    return upstream.hosts[0].text


def _word_for(upstream: Upstream) -> str:
    """A segment that no pattern means in particular."""
    segments = {
        segment.lower()
        for rule in upstream.rules
        for pattern in rule.match.paths
        for segment in pattern.text.split("/")
    }
    return next((word for word in _WORDS if word not in segments), _WORDS[0])
