"""Strict scalars: what each reader takes, and what it says to write instead of the rest."""

from collections.abc import Callable
from ipaddress import ip_network

import pytest

from authz_sidecar.located_yaml import (
    read_duration,
    read_flag,
    read_id,
    read_integer,
    read_network,
    read_text,
    read_url,
)


@pytest.mark.parametrize(
    ("read", "text", "value"),
    [
        (read_text, "no", "no"),
        (read_text, "crème brûlée", "crème brûlée"),
        (read_integer, "0", 0),
        (read_integer, "10", 10),
        (read_integer, "9" * 18, 999_999_999_999_999_999),
        (read_flag, "true", True),
        (read_flag, "false", False),
        (read_id, "shop-1_x", "shop-1_x"),
        (read_id, "x" * 64, "x" * 64),
        (read_duration, "0s", 0.0),
        (read_duration, "250ms", 0.25),
        (read_duration, "30s", 30.0),
        (read_duration, "5m", 300.0),
        (read_duration, "1h30m", 5400.0),
        (read_duration, "90m", 5400.0),
        (read_duration, "1d2h3m4s5ms", 93_784.005),
        (read_url, "https://auth.example.com", "https://auth.example.com"),
        (read_url, "http://[::1]:8080/a%20b?c=d&e", "http://[::1]:8080/a%20b?c=d&e"),
        (read_url, "https://auth.example.com/@ann", "https://auth.example.com/@ann"),
        (read_network, "10.0.0.0/8", ip_network("10.0.0.0/8")),
        (read_network, "0.0.0.0/0", ip_network("0.0.0.0/0")),
        (read_network, "192.0.2.7", ip_network("192.0.2.7/32")),
        (read_network, "2001:DB8::/32", ip_network("2001:db8::/32")),
        (read_network, "::1", ip_network("::1/128")),
    ],
)
def test_a_sound_spelling_becomes_its_value(
    read: Callable[[str], object], text: str, value: object
) -> None:
    assert read(text) == value


@pytest.mark.parametrize(
    ("read", "text", "message"),
    [
        (read_text, "", "the text is empty"),
        (read_text, "  ", "the text is empty"),
        (read_text, "a\nb", r"`a\nb` has a control character or a line break; remove it"),
        (read_integer, "", "`` is no whole number; write digits only, such as 10"),
        (read_integer, "-1", "`-1` is no whole number; write digits only, such as 10"),
        (read_integer, "1_0", "`1_0` is no whole number; write digits only, such as 10"),
        (read_integer, "0777", "`0777` is no whole number; write digits only, such as 10"),
        (read_integer, "0x1f", "`0x1f` is no whole number; write digits only, such as 10"),
        (read_integer, "1e3", "`1e3` is no whole number; write digits only, such as 10"),
        (read_integer, "\u0661", "`\u0661` is no whole number; write digits only, such as 10"),
        (read_flag, "yes", "`yes` is neither `true` nor `false`; write `true`"),
        (read_flag, "On", "`On` is neither `true` nor `false`; write `true`"),
        (read_flag, "no", "`no` is neither `true` nor `false`; write `false`"),
        (read_flag, "off", "`off` is neither `true` nor `false`; write `false`"),
        (read_flag, "False", "`False` is neither `true` nor `false`; write `false`"),
        (read_flag, "~", "`~` is neither `true` nor `false`; write `true` or `false`"),
        (read_id, "", "`` is no identifier; write 1 to 64 of a-z, 0-9, `_` and `-`"),
        (read_id, "Shop", "`Shop` is no identifier; write 1 to 64 of a-z, 0-9, `_` and `-`"),
        (read_duration, "", "`` is no duration; write for example `30s` or `5m`"),
        (read_duration, "300", "`300` is no duration; write `300s`"),
        (read_duration, "0300", "`0300` is no duration; write for example `30s` or `5m`"),
        (read_duration, "1:30", "`1:30` is no duration; write for example `30s` or `5m`"),
        (read_duration, "5M", "`5M` is no duration; write for example `30s` or `5m`"),
        (read_duration, "5s1m", "`5s1m` is no duration; write for example `30s` or `5m`"),
        (read_duration, "\u0661s", "`\u0661s` is no duration; write for example `30s` or `5m`"),
        (read_url, "", "`` is no absolute URL; begin it with https://"),
        (read_url, "//a.test/", "`//a.test/` is no absolute URL; begin it with https://"),
        (read_url, "ftp://a.test/", "`ftp://a.test/` is no absolute URL; begin it with https://"),
        (
            read_url,
            "https://a.test\\b",
            r"`https://a.test\b` has a character no URL has; percent-encode or remove it",
        ),
        (
            read_url,
            "https://a.test/\x00",
            r"`https://a.test/\x00` has a character no URL has; percent-encode or remove it",
        ),
        (
            read_url,
            "https://a.test/#b",
            "`https://a.test/#b` has a fragment; remove `#` and what follows",
        ),
        (read_url, "https://ann:pw@a.test/", "the URL has a user name; remove it, up to the `@`"),
        (read_url, "https://:443/", "`https://:443/` has no valid host"),
        (read_url, "https://[::1", "`https://[::1` has no valid host"),
        (read_url, "https://[v1.x]/", "`https://[v1.x]/` has no valid host"),
        (
            read_network,
            "10.0.0.0/255.0.0.0",
            "`10.0.0.0/255.0.0.0` is no network; write for example `10.0.0.0/8`",
        ),
        (
            read_network,
            "fe80::1%eth0",
            "`fe80::1%eth0` is no network; write for example `10.0.0.0/8`",
        ),
        (
            read_network,
            "010.0.0.0/8",
            "`010.0.0.0/8` is no network; write for example `10.0.0.0/8` or `2001:db8::/32`",
        ),
        (
            read_network,
            "10.0.0.0/33",
            "`10.0.0.0/33` is no network; write for example `10.0.0.0/8` or `2001:db8::/32`",
        ),
        (
            read_network,
            "10.1.2.3/8",
            "`10.1.2.3/8` has bits beyond its prefix; write `10.0.0.0/8`",
        ),
        (
            read_network,
            "2001:db8::1/32",
            "`2001:db8::1/32` has bits beyond its prefix; write `2001:db8::/32`",
        ),
        (
            read_network,
            "::ffff:192.0.2.0/120",
            "`::ffff:192.0.2.0/120` is an IPv4 network in IPv6 form; write `192.0.2.0/24`",
        ),
        (
            read_network,
            "::ffff:192.0.2.1",
            "`::ffff:192.0.2.1` is an IPv4 network in IPv6 form; write `192.0.2.1/32`",
        ),
    ],
)
def test_every_other_spelling_is_refused_with_what_to_write(
    read: Callable[[str], object], text: str, message: str
) -> None:
    with pytest.raises(ValueError, match=r".") as caught:
        read(text)
    assert str(caught.value) == message


def test_a_long_value_is_cut_in_messages() -> None:
    with pytest.raises(ValueError, match=r"^`X{60}` is no identifier"):
        read_id("X" * 60)
    with pytest.raises(ValueError, match=r"^`X{60}\.\.\.` is no identifier"):
        read_id("X" * 61)
