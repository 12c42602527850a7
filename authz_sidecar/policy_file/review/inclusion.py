"""Whether one pattern, or one rule's criteria, take in all that another does.

A star may stand for anything, so a pattern takes in another exactly if it matches the other with
each star read as a character that stands in no pattern.
"""

from authz_sidecar.core.demands import Network
from authz_sidecar.core.patterns import PathPattern
from authz_sidecar.core.policy import Match, Rule

GENERIC = "\ue000"
"""A character of private use, which no pattern may have."""
ANY_PATH = PathPattern("/**")


def filled(text: str, word: str) -> str:
    """The text of a path pattern, but for `/**` at its end, with a word for each star."""
    return text.removesuffix("/**").replace("*", word).replace("%2A", "*").replace("%2a", "*")


def is_subtree(pattern: PathPattern) -> bool:
    """Whether a pattern stands for all that is below it, too."""
    return pattern.text.endswith("/**")


def covers(one: PathPattern, other: PathPattern) -> bool:
    """Whether every path that `other` matches is one that `one` matches."""
    stem = filled(other.text, GENERIC)
    if not one.matches(stem or "/"):
        return False
    deeper = "/".join([stem, *GENERIC * one.text.count("/"), GENERIC])
    return not is_subtree(other) or one.matches(deeper)


def patterns_of(rule: Rule) -> tuple[PathPattern, ...]:
    """The paths that a rule selects by."""
    return rule.match.paths or (ANY_PATH,)


def takes(earlier: Match, later: Match, pattern: PathPattern) -> bool:
    """Whether a rule leaves nothing to a later one of what that selects by one of its patterns."""
    paths = not earlier.paths or any(covers(each, pattern) for each in earlier.paths)
    methods = not earlier.methods or bool(later.methods and later.methods <= earlier.methods)
    preflights = later.cors_preflight or not earlier.cors_preflight
    return paths and methods and preflights and lie_within(later.networks, earlier.networks)


def lie_within(networks: tuple[Network, ...], others: tuple[Network, ...]) -> bool:
    """Whether a client that is in the networks is in the others; no networks are all clients."""
    return not others or bool(networks and all(_within_one(each, others) for each in networks))


def _within_one(network: Network, others: tuple[Network, ...]) -> bool:
    return any(
        network.version == other.version
        and network.network_address in other
        and network.prefixlen >= other.prefixlen
        for other in others
    )
