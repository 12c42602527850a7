"""Reading X-Forwarded-*: one access request, or the exact refusal."""

from ipaddress import ip_address

import pytest
from multidict import CIMultiDict

from authz_sidecar.core.reasons import Reason
from authz_sidecar.core.request import AccessRequest, Credentials, Refusal
from authz_sidecar.dialects.base import DialectConfig
from authz_sidecar.dialects.client_ip import ClientIpSource
from authz_sidecar.dialects.forwarded import MAX_VALUE, read_forwarded

COOKIES = Credentials(("a",), ("j.w.t",))
CLIENT_IP = ClientIpSource("X-Forwarded-For")
FIELDS = {
    "X-Forwarded-Method": "GET",
    "X-Forwarded-Proto": "https",
    "X-Forwarded-Host": "Shop.example.com:8443",
    "X-Forwarded-Uri": "/a,b?c=%20,d",
    "Accept": "text/html",
    "Authorization": "Basic abc",
    "X-Forwarded-For": "192.0.2.7",
    "Cookie": "other=1; stytch_session=token-1",
}


def read(*changes: tuple[str, str | None]) -> AccessRequest | Refusal:
    """Read the fields with some replaced, removed (None) or, if given twice, repeated."""
    headers = CIMultiDict(FIELDS)
    for name, _ in changes:
        headers.popall(name, None)
    for name, value in changes:
        if value is not None:
            headers.add(name, value)
    return read_forwarded(headers, DialectConfig("stytch_session", client_ip=CLIENT_IP))


def test_the_original_request_is_read_as_it_was() -> None:
    assert read() == AccessRequest(
        method="GET",
        scheme="https",
        host="shop.example.com",
        authority="Shop.example.com:8443",
        target="/a,b?c=%20,d",
        credentials=Credentials(("token-1",), (), ("Basic abc",)),
        navigation=True,
        upgrade=False,
        preflight=False,
        client_ip=ip_address("192.0.2.7"),
    )


SINGLE = ["X-Forwarded-Method", "X-Forwarded-Proto", "X-Forwarded-Host", "X-Forwarded-Uri"]


@pytest.mark.parametrize("name", SINGLE)
def test_a_single_valued_header_must_be_there_once(name: str) -> None:
    value = FIELDS[name]
    assert read((name, None)) == Refusal(Reason.MISSING_HEADER, f"{name} is missing or empty")
    assert read((name, "")) == Refusal(Reason.MISSING_HEADER, f"{name} is missing or empty")
    twice = Refusal(Reason.DUPLICATE_HEADER, f"{name} has more than one value")
    assert read((name, value), (name, value)) == twice
    assert read((name, value), (name, "")) == twice


@pytest.mark.parametrize("name", SINGLE[:3])
def test_a_comma_joined_pair_is_a_duplicate(name: str) -> None:
    refusal = read((name, f"{FIELDS[name]}, {FIELDS[name]}"))
    assert refusal == Refusal(Reason.DUPLICATE_HEADER, f"{name} has more than one value")


@pytest.mark.parametrize(
    ("name", "value", "reason"),
    [
        ("X-Forwarded-Method", "GE T", Reason.BAD_METHOD),
        ("X-Forwarded-Method", "GET\n", Reason.BAD_METHOD),
        ("X-Forwarded-Method", "G" * 33, Reason.BAD_METHOD),
        ("X-Forwarded-Proto", "ftp", Reason.BAD_SCHEME),
        ("X-Forwarded-Proto", "HTTPS", Reason.BAD_SCHEME),
        ("X-Forwarded-Host", "a b", Reason.BAD_HOST),
        ("X-Forwarded-Uri", "/" * (MAX_VALUE + 1), Reason.TOO_LARGE),
        ("Cookie", "a" * (MAX_VALUE + 1), Reason.TOO_LARGE),
        ("Authorization", "a" * (MAX_VALUE + 1), Reason.TOO_LARGE),
    ],
)
def test_what_is_out_of_its_form_is_refused(name: str, value: str, reason: Reason) -> None:
    refusal = read((name, value))
    assert isinstance(refusal, Refusal)
    assert refusal.reason is reason
    assert value not in refusal.detail


@pytest.mark.parametrize(
    ("proto", "scheme"), [("http", "http"), ("https", "https"), ("ws", "http"), ("wss", "https")]
)
def test_an_upgrades_scheme_is_read_as_the_web_s(proto: str, scheme: str) -> None:
    request = read(("X-Forwarded-Proto", proto))
    assert isinstance(request, AccessRequest)
    assert request.scheme == scheme


@pytest.mark.parametrize(
    ("lines", "tokens"),
    [
        ([], ()),
        (["other=1"], ()),
        (["stytch_session="], ()),
        (["stytch_session"], ()),
        (["xstytch_session=a; stytch_session_jwt=b"], ()),
        (["stytch_session=a"], ("a",)),
        (["stytch_session=a=b=="], ("a=b==",)),
        (["stytch_session = a"], ()),
        (["a=1;stytch_session=b\t;c=2"], ("b",)),
        (["stytch_session=a; stytch_session=b"], ("a", "b")),
        (["stytch_session=a", "stytch_session=b"], ("a", "b")),
        (["stytch_session=a; stytch_session=a; stytch_session=a"], ("a",)),
    ],
)
def test_session_cookies_are_found_on_every_line(lines: list[str], tokens: tuple[str, ...]) -> None:
    request = read(("Cookie", None), *(("Cookie", line) for line in lines))
    assert isinstance(request, AccessRequest)
    assert request.credentials.session_tokens == tokens


def test_session_jwts_are_found_in_a_cookie_of_their_own() -> None:
    request = read(("Cookie", "stytch_session_jwt=a.b.c; stytch_session=t"))
    assert isinstance(request, AccessRequest)
    assert request.credentials.session_tokens == ("t",)
    assert request.credentials.session_jwts == ("a.b.c",)
    many = "; ".join(f"stytch_session_jwt={name}" for name in "abc")
    refusal = read(("Cookie", many))
    assert isinstance(refusal, Refusal)
    assert refusal.reason is Reason.TOO_MANY_CREDENTIALS


def test_more_than_two_session_cookies_are_refused() -> None:
    refusal = read(("Cookie", "stytch_session=a; stytch_session=b; stytch_session=c"))
    assert refusal == Refusal(
        Reason.TOO_MANY_CREDENTIALS, "more than two values of a session cookie"
    )


@pytest.mark.parametrize("name", ["Upgrade", "Sec-WebSocket-Version"])
def test_an_upgrade_is_read(name: str) -> None:
    request = read((name, "13"))
    assert isinstance(request, AccessRequest)
    assert request.upgrade


def test_a_preflight_is_read() -> None:
    asked = ("Access-Control-Request-Method", "POST")
    request = read(("X-Forwarded-Method", "OPTIONS"), ("Origin", "https://a.example"), asked)
    assert isinstance(request, AccessRequest)
    assert request.preflight


@pytest.mark.parametrize(
    ("cookies", "authorization", "bearer", "chosen"),
    [
        (("a",), (), True, COOKIES),
        (("a",), ("Bearer b",), False, COOKIES),
        (("a",), ("Bearer b.c.d",), True, Credentials((), ("b.c.d",), ("Bearer b.c.d",))),
        (("a",), ("Bearer b",), True, Credentials(("b",), (), ("Bearer b",))),
        (("a",), ("bEARER  b ",), True, Credentials(("b",), (), ("bEARER  b ",))),
        (("a",), ("Bearer",), True, Credentials(("",), (), ("Bearer",))),
        (("a",), ('Digest username="b", realm="c"',), True, COOKIES),
        (("a",), ("Basic b",), True, COOKIES),
        ((), ("Basic b",), True, Credentials((), ("j.w.t",))),
    ],
)
def test_a_bearer_token_decides_alone_where_the_upstream_takes_it(
    cookies: tuple[str, ...], authorization: tuple[str, ...], bearer: bool, chosen: Credentials
) -> None:
    assert Credentials(cookies, ("j.w.t",), authorization).chosen(bearer=bearer) == chosen


@pytest.mark.parametrize(
    "authorization",
    [
        ("Bearer a", "Bearer b"),
        ("Bearer a,Bearer b",),
        ("Basic a, Bearer b",),
        ("Basic a", "Bearer b"),
    ],
)
def test_two_authorizations_are_refused_where_they_count(authorization: tuple[str, ...]) -> None:
    credentials = Credentials(("a",), (), authorization)
    refused = Refusal(Reason.DUPLICATE_HEADER, "Authorization has more than one value")
    assert credentials.chosen(bearer=True) == refused
    assert credentials.chosen(bearer=False) == Credentials(("a",))


def test_a_token_does_not_show_when_a_request_is_printed() -> None:
    assert "token-1" not in repr(read())
