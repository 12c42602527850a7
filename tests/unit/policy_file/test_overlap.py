"""Whether two host patterns share a host."""

import pytest

from authz_sidecar.core.patterns import HostPattern
from authz_sidecar.policy_file.overlap import overlaps


@pytest.mark.parametrize(
    ("one", "other", "shared"),
    [
        ("a.test", "a.test", True),
        ("a.test", "b.test", False),
        ("*.test", "a.test", True),
        ("*.test", "test", False),
        ("*.test", "a.b.test", False),
        ("*.test", "*.test", True),
        ("*", "[::1]", True),
        ("x-*.test", "*-y.test", True),
        ("x-*.test", "y-*.test", False),
        ("x-*.test", "x-.test", False),
        ("a*c.test", "abc.test", True),
        ("a*a.test", "a.test", False),
        ("**", "a.b.c", True),
        ("**", "**", True),
        ("**.test", "a.b.test", True),
        ("**.test", "test", False),
        ("**.test", "**.a.test", True),
        ("**.a.test", "**.b.test", False),
        ("**.a.test", "*.test", False),
        ("**.a.test", "*.*.test", True),
        ("a.*.test", "*.b.test", True),
        ("a.*.test", "b.*.test", False),
    ],
)
def test_patterns_share_a_host_in_either_order(one: str, other: str, *, shared: bool) -> None:
    assert overlaps(HostPattern(one), HostPattern(other)) is shared
    assert overlaps(HostPattern(other), HostPattern(one)) is shared
