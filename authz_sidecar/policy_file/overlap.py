"""Whether two host patterns share a host: then it would be chance which upstream it belongs to."""

from authz_sidecar.core.patterns import HostPattern


def overlaps(one: HostPattern, other: HostPattern) -> bool:
    """Whether some host matches both patterns.

    A name is counted as a host whatever its length, so that of two patterns that only a name
    longer than DNS allows could match, the answer is yes.
    """
    ones, one_is_open = _labels(one)
    others, other_is_open = _labels(other)
    shared = min(len(ones), len(others))
    # `**` takes one label or more from the front, so labels are aligned at the end.
    if not all(map(_labels_overlap, _last(ones, shared), _last(others, shared))):
        return False
    if one_is_open and other_is_open:
        return True
    if one_is_open:
        return len(others) > len(ones)
    if other_is_open:
        return len(ones) > len(others)
    return len(ones) == len(others)


def _last(labels: list[str], count: int) -> list[str]:
    return labels[len(labels) - count :]


def _labels(pattern: HostPattern) -> tuple[list[str], bool]:
    """The labels behind `**`, and whether there is one."""
    labels = pattern.text.split(".")
    return (labels[1:], True) if labels[0] == "**" else (labels, False)


def _labels_overlap(one: str, other: str) -> bool:
    """Whether some label matches both; `*` stands for one or more characters."""
    if "*" not in one:
        return _covers(other, one)
    if "*" not in other:
        return _covers(one, other)
    before, _, after = one.partition("*")
    other_before, _, other_after = other.partition("*")
    begin = before.startswith(other_before) or other_before.startswith(before)
    end = after.endswith(other_after) or other_after.endswith(after)
    return begin and end


def _covers(pattern: str, label: str) -> bool:
    before, star, after = pattern.partition("*")
    if not star:
        return pattern == label
    long_enough = len(label) > len(before) + len(after)
    return long_enough and label.startswith(before) and label.endswith(after)
