"""One canonical form of a host and a path, or a refusal."""

import time

import pytest

from authz_sidecar.core.reasons import Reason
from authz_sidecar.core.request import Refusal
from authz_sidecar.core.request_target import (
    PathRules,
    canonical_host,
    canonical_paths,
)

NUMBERS = ["127.1", "0x7f000001", "0X7F.1:80", "192.0.2.07", "192.0.2.256", "a.0x", "a.1.", "0"]


@pytest.mark.parametrize(
    ("authority", "host"),
    [
        ("shop.example.com", "shop.example.com"),
        ("SHOP.Example.COM:8443", "shop.example.com"),
        ("shop.example.com.", "shop.example.com"),
        ("shop.example.com.:80", "shop.example.com"),
        ("my_service", "my_service"),
        ("192.0.2.1:80", "192.0.2.1"),
        ("192.0.2.1.", "192.0.2.1"),
        ("1a.example", "1a.example"),
        ("a.1b", "a.1b"),
        ("a.x0", "a.x0"),
        ("[2001:DB8:0::1]:443", "[2001:db8::1]"),
        ("a" * 63 + ".example", "a" * 63 + ".example"),
        ("a." * 126 + "a", "a." * 126 + "a"),
        ("a.example:65535", "a.example"),
        ("a.example:0", "a.example"),
    ],
)
def test_a_host_has_one_form(authority: str, host: str) -> None:
    assert canonical_host(authority) == host


@pytest.mark.parametrize(
    "authority",
    [
        "",
        ".",
        "shop..example.com",
        "shop.example.com..",
        ".example.com",
        "-shop.example.com",
        "shop-.example.com",
        "shop.example.com:",
        "shop.example.com:65536",
        "shop.example.com:80:80",
        "user@shop.example.com",
        "shop.example.com/path",
        "shop.example.com\\evil.test",
        "shop example.com",
        "shop.example.com\n",
        "shöp.example.com",
        "\u212aelvin.example.com",
        "[::1",
        "[::1%25eth0]",
        "[1.2.3.4]",
        "2001:db8::1",
        "*.example.com",
        "_",
        "_:80",
        "a" * 64 + ".example",
        "a." * 127 + "a",
        *NUMBERS,
    ],
)
def test_what_is_no_host_is_refused(authority: str) -> None:
    detail = "the host is no host name or IP literal"
    if authority.startswith("["):
        detail = "the host is no IPv6 literal" if authority.endswith("]") else detail
    if authority.endswith(":65536"):
        detail = "the host's port is no port number"
    if authority in NUMBERS:
        detail = "the host ends in a number and is no IPv4 address"
    if "%" in authority:
        detail = "the host is no host name or IP literal"
    assert canonical_host(authority) == Refusal(Reason.BAD_HOST, detail)


@pytest.mark.parametrize(
    ("target", "path"),
    [
        ("/", "/"),
        ("/?", "/"),
        ("/a/b/", "/a/b/"),
        ("/a?next=//evil/../x", "/a"),
        ("/a%20b", "/a b"),
        ("/%61dmin", "/admin"),
        ("/caf%C3%A9", "/café"),
        ("/100%25", "/100%"),
        ("/a/..b/c..", "/a/..b/c.."),
        ("/a+b&c=d@e:f,g!$'()*~", "/a+b&c=d@e:f,g!$'()*~"),
        ('/"<>[]{}|^`', '/"<>[]{}|^`'),
    ],
)
def test_a_path_has_one_form(target: str, path: str) -> None:
    assert canonical_paths(target) == (path,)


@pytest.mark.parametrize(
    "target",
    [
        "",
        "*",
        "?x=1",
        "admin",
        "http://shop.example.com/",
        "//admin",
        "/a//b",
        "/a//",
        "/.",
        "/..",
        "/public/../admin",
        "/public/..",
        "/public/./admin",
        "/public/%2e%2e/admin",
        "/public/%2E./admin",
        "/file%2etxt",
        "/public/..;/admin",
        "/a;v=1",
        "/a%2Fb",
        "/a%2fb",
        "/a\\b",
        "/a%5cb",
        "/a#b",
        "/a%00",
        "/a%0a",
        "/a%1F",
        "/a%7F",
        "/a%C2%85",
        "/a\x00",
        "/a\n",
        "/a b",
        "/a\x7f",
        "/café",
        "/a%",
        "/a%2",
        "/a%zz",
        "/a%FF",
        "/a%C3",
        "/a%252e",
        "/a%25%32%65",
        "/a%C0%AF",
    ],
)
def test_what_can_be_read_in_two_ways_is_refused(target: str) -> None:
    refusal = canonical_paths(target)
    assert isinstance(refusal, Refusal)
    assert refusal.reason is Reason.BAD_PATH


@pytest.mark.parametrize(
    ("target", "detail"),
    [
        ("/a\\b", "the path has a character or escape that is not allowed"),
        ("/a%zz", "the path has a character or escape that is not allowed"),
        ("/a%5cb", "the path has an ambiguous escape"),
        ("/a%2fb", "the path has an encoded slash"),
        ("/a%FF", "the path's escapes are not UTF-8"),
        ("/a%252e", "the path has a doubled escape or an encoded control"),
        ("/a%C2%85", "the path has a doubled escape or an encoded control"),
        ("/a//b", "the path has an empty or dot segment"),
        ("/%61//b", "the path has an empty or dot segment"),
        ("/a/..", "the path has an empty or dot segment"),
    ],
)
def test_a_refusal_says_what_is_ambiguous(target: str, detail: str) -> None:
    assert canonical_paths(target) == Refusal(Reason.BAD_PATH, detail)


PARAMETERS = PathRules(allow_path_parameters=True)
SLASH = PathRules(allow_encoded_slash=True)
BOTH = PathRules(allow_path_parameters=True, allow_encoded_slash=True)


@pytest.mark.parametrize(
    ("target", "rules", "paths"),
    [
        ("/a%3Fb", PathRules(), ("/a?b", "/a")),
        ("/..%3F", PathRules(), None),
        ("/a/..%3B/b", PathRules(), None),
        ("/a/%3B/b", PathRules(), None),
        ("/a/.%23/b", PathRules(), None),
        ("/a%23b/c", PathRules(), ("/a#b/c", "/a")),
        ("/a/%3Bv=1", PathRules(), ("/a/;v=1", "/a/")),
        ("/a%3Bb%3Fc", PathRules(), ("/a;b?c", "/a;b", "/a")),
        ("/a%3Bb/c", PathRules(), ("/a;b/c", "/a", "/a/c")),
        ("/%3F", PathRules(), ("/?", "/")),
        ("/a%3Fb%3Fc", PathRules(), ("/a?b?c", "/a")),
        ("/a;v=1/b;w", PARAMETERS, ("/a/b",)),
        ("/a;x=%20/b", PARAMETERS, ("/a/b",)),
        ("/a;", PARAMETERS, ("/a",)),
        ("/;v", PARAMETERS, ("/",)),
        ("/a%2Fb", SLASH, ("/a/b", "/a%2Fb")),
        ("/a%2fb", SLASH, ("/a/b", "/a%2Fb")),
        ("/a%2Fb%3Fc", SLASH, ("/a/b?c", "/a%2Fb?c", "/a/b", "/a%2Fb")),
        ("/a;v/b%2Fc", BOTH, ("/a/b/c", "/a/b%2Fc")),
    ],
)
def test_a_path_with_several_readings_has_them_all(
    target: str, rules: PathRules, paths: tuple[str, ...] | None
) -> None:
    """None: one of the readings climbs or has a hole, so that all are refused."""
    ambiguous = Refusal(Reason.BAD_PATH, "the path has an empty or dot segment")
    assert canonical_paths(target, rules) == (paths or ambiguous)


@pytest.mark.parametrize(
    ("target", "rules"),
    [
        ("/a/..;/b", PARAMETERS),
        ("/a/;v/b", PARAMETERS),
        ("/a/.;v/b", PARAMETERS),
        ("/a;x=%2e%2e/b", PARAMETERS),
        ("/a;x=\\/b", PARAMETERS),
        ("/a;x=%2F/b", PARAMETERS),
        ("/a%2F", PARAMETERS),
        ("/a%2F/b", SLASH),
        ("/%2Fb", SLASH),
        ("/a%2F..%2Fb", SLASH),
        ("/a%2F.", SLASH),
        ("/a%252Fb", SLASH),
        ("/a;v=1", SLASH),
        ("/a%5Cb", BOTH),
        ("/a%2F;/b", BOTH),
        ("/a;x=%2F/b", BOTH),
    ],
)
def test_what_an_upstream_takes_does_not_open_the_rest(target: str, rules: PathRules) -> None:
    refusal = canonical_paths(target, rules)
    assert isinstance(refusal, Refusal)
    assert refusal.reason is Reason.BAD_PATH


def test_a_path_of_semicolons_takes_no_longer_than_another() -> None:
    started = time.perf_counter()
    assert canonical_paths("/" + ";" * 40_000 + "%41", BOTH) == ("/",)
    assert time.perf_counter() - started < 0.2
