"""The client's address: the right-most one that is no trusted hop."""

from ipaddress import ip_address, ip_network

import pytest
from multidict import CIMultiDict

from authz_sidecar.dialects.client_ip import ClientIpSource, read_client_ip

HOPS = ("10.0.0.0/8", "2001:db8::/32")
SOURCE = ClientIpSource("X-Forwarded-For", tuple(map(ip_network, HOPS)))


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (["192.0.2.1"], "192.0.2.1"),
        (["203.0.113.9, 192.0.2.1"], "192.0.2.1"),
        (["203.0.113.9, 192.0.2.1, 10.1.2.3,10.0.0.1"], "192.0.2.1"),
        (["203.0.113.9", "192.0.2.1\t,10.1.2.3"], "192.0.2.1"),
        (["192.0.2.1:4711, 10.1.2.3:80"], "192.0.2.1"),
        (["[2001:db9::1]:443, [2001:db8::7]"], "2001:db9::1"),
        (["2001:db9::1"], "2001:db9::1"),
        (["::ffff:192.0.2.1"], "192.0.2.1"),
        (["[::ffff:10.0.0.1], ::ffff:10.0.0.2"], None),
        (["10.0.0.1, 10.0.0.2"], None),
        (["unknown, 10.0.0.2"], None),
        (["192.0.2.1, unknown"], None),
        (["garbage, 192.0.2.1"], "192.0.2.1"),
        (["192.0.2.1, "], None),
        (["192.0.2.256"], None),
        (["192.0.2.01"], None),
        (["fe80::1%eth0"], None),
        (["[192.0.2.1]x"], None),
        ([""], None),
        (["10.0.0.1, " * 819 + "192.0.2.1"], None),
        (["1" * 8000, "192.0.2.1"], "192.0.2.1"),
        ([], None),
    ],
)
def test_the_right_most_address_outside_the_trusted_hops_is_the_clients(
    lines: list[str], expected: str | None
) -> None:
    headers = CIMultiDict([("X-Forwarded-For", line) for line in lines])
    address = read_client_ip(headers, SOURCE)
    assert address == (None if expected is None else ip_address(expected))


def test_without_a_source_there_is_no_address() -> None:
    assert read_client_ip(CIMultiDict({"X-Forwarded-For": "192.0.2.1"}), None) is None
