"""Where a challenge sends a browser, read by a browser's rules for URLs (WHATWG), not by Python's.

The hint leads to the configured page and nowhere else, and the way back (`return_to`) is exactly
the original URL, on the host that the policy matched.
"""

import asyncio
import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from ipaddress import IPv6Address
from urllib.parse import parse_qsl

import ada_url
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from multidict import CIMultiDict

from authz_sidecar.authorizer import Authorizer
from authz_sidecar.core.policy import Policy
from authz_sidecar.core.request import Credentials, ProxyRequest
from authz_sidecar.core.session import (
    Absent,
    Active,
    Invalid,
    NotBefore,
    Session,
    Source,
    Verification,
)
from authz_sidecar.dialects import DIALECTS
from authz_sidecar.dialects.base import DialectConfig, Reply
from authz_sidecar.policy_file import load_policy

LOGIN = "https://auth.test/login"
STEP_UP = "https://auth.test/step-up?theme=dark&note=a%26b"
POLICY_TEXT = f"""\
version: 1
login_url: {LOGIN}
step_up_url: {STEP_UP}
upstreams:
  - {{id: pages, hosts: [auth.test], rules: [{{id: all, access: public}}]}}
  - id: shop
    hosts: HOSTS
    rules: [{{id: all, require: two_factor}}]
"""
LISTED = "[shop.test, '*.example.com', '**.deep.test', 192.0.2.7, '[2001:db8::7]']"
HINTS = ("Location", "X-Authz-Redirect", "X-Authz-Authenticate-Url")
DEFAULT_PORTS = {"http": "80", "https": "443"}
LONGEST = 16_384
"""Characters of an encoded `return_to`, by the documentation."""

# What may stand in a path without an argument about its meaning.
path_pieces = st.sampled_from(
    ["a", "Z", "0", "-", ".x", "_", "~", "!", "$", "&", "'", "(", ")", "*", "+", ",", ":", "=", "@",
     "%20", "%26", "%2B", "%C3%A9", "%E2%82%AC", "%61", '"', "<", "|", "^", "`", "{", "["]
)  # fmt: skip
segments = st.lists(path_pieces, min_size=1, max_size=4).map("".join)
paths = st.lists(segments, max_size=4).map(lambda each: "/" + "/".join(each))
query_pieces = st.binary(max_size=8) | st.sampled_from(
    [b"&return_to=https://evil.test/", b"#", b"%23", b"%", b"%zz", b"//evil.test", b"\\", b"\xff",
     b"?", b"+", b" ", b"=", b";", b"%0d%0aLocation:", b"\r\n", b"@evil.test", "é€".encode()]
)  # fmt: skip
queries = st.none() | st.lists(query_pieces, max_size=5).map(b"".join)
ports = st.none() | st.sampled_from(["80", "443", "8443", "1", "65535", "00443"])
labels = st.from_regex(r"[a-z0-9_]([a-z0-9_-]{0,5}[a-z0-9_])?", fullmatch=True)
hosts = st.one_of(
    st.sampled_from(["shop.test", "shop.test.", "192.0.2.7", "192.0.2.7.", "[2001:db8:0::7]"]),
    st.lists(labels, min_size=1, max_size=1).map(lambda each: ".".join([*each, "example.com"])),
    st.lists(labels, min_size=1, max_size=3).map(lambda each: ".".join([*each, "deep.test."])),
)
cases: st.SearchStrategy[Callable[[str], str]] = st.sampled_from([str, str.upper, str.title])
pieces_of_odd_hosts = st.sampled_from(
    ["shop.test", "evil.test", ".", "..", ":", "@", "/", "\\", "%", "%2e", "?", "#", "é", "\u3002",
     "\uff0e", "\u212a", "[", "]", "::1", "8443", "0x7f", "127", "1", " ", "\t", "xn--", "-", "\0"]
)  # fmt: skip
odd_hosts = st.lists(pieces_of_odd_hosts, min_size=1, max_size=5).map("".join) | st.text()
sessions = st.sampled_from(["absent", "invalid", "one factor"])
dialects = st.sampled_from(sorted(DIALECTS))


@dataclass(frozen=True, slots=True)
class Original:
    """The request that a browser made of the proxy."""

    scheme: str
    authority: str
    target: bytes

    @property
    def url(self) -> bytes:
        return f"{self.scheme}://{self.authority}".encode() + self.target


@st.composite
def originals(draw: st.DrawFn) -> Original:
    host = draw(cases)(draw(hosts))
    port = draw(ports)
    query = draw(queries)
    target = draw(paths).encode() + (b"" if query is None else b"?" + query)
    authority = host if port is None else f"{host}:{port}"
    return Original(draw(st.sampled_from(["http", "https"])), authority, target)


class Verifier:
    """Knows one thing about everybody."""

    def __init__(self, session: str) -> None:
        self._session = session

    async def verify(self, credentials: Credentials, not_before: NotBefore) -> Verification:
        assert not credentials.session_tokens
        if self._session == "absent":
            return Absent()
        if self._session == "invalid":
            return Invalid()
        then = not_before.token
        session = Session("s", "u", then + 3600, {"password": then}, frozenset())
        return Active(session, Source.STYTCH, then + 3600)

    def last_known(self, credentials: Credentials) -> Active | None:
        raise AssertionError(credentials)


def policy_for(hosts: str) -> Policy:
    policy = load_policy(POLICY_TEXT.replace("HOSTS", hosts).encode(), "policy.yaml")
    assert isinstance(policy, Policy), policy
    return policy


POLICY = policy_for(LISTED)
EVERY_HOST = policy_for("['**']")


def answer(
    original: Original,
    *,
    policy: Policy = POLICY,
    dialect: str = "traefik",
    session: str = "absent",
    navigation: bool = True,
) -> Reply:
    headers = {
        "X-Forwarded-Method": "GET",
        "X-Forwarded-Proto": original.scheme,
        "X-Forwarded-Host": original.authority,
        "X-Forwarded-Uri": original.target.decode("utf-8", "surrogateescape"),
        "Accept": "text/html" if navigation else "application/json",
    }
    authorizer = Authorizer(policy, Verifier(session), [], deadline=5.0)
    request = ProxyRequest(CIMultiDict(headers), "request-1", time.time())
    return asyncio.run(
        authorizer.answer(DIALECTS[dialect](DialectConfig("stytch_session")), request)
    )


def hint(reply: Reply) -> str:
    """The one URL of a challenge."""
    (found,) = (reply.headers[name] for name in HINTS if name in reply.headers)
    return found


def way_back(reply: Reply) -> bytes:
    """The one `return_to` of the hint, decoded once as a form would be."""
    query = hint(reply).partition("?")[2]
    fields = parse_qsl(query, keep_blank_values=True, strict_parsing=True, encoding="latin-1")
    (found,) = (value for name, value in fields if name == "return_to")
    return found.encode("latin-1")


def as_a_browser_reads(url: bytes) -> ada_url.URL:
    # A URL of bytes that are not UTF-8 reaches a browser's parser with replacement characters.
    return ada_url.URL(url.decode("utf-8", "replace"))


def same_host(read: str, told: str) -> bool:
    """Whether a browser goes to the host that the proxy told of."""
    if told.startswith("["):
        return IPv6Address(read[1:-1]) == IPv6Address(told[1:-1])
    return read.removesuffix(".") == told.lower().removesuffix(".")


def split(authority: str) -> tuple[str, str]:
    """Host and port."""
    host, _, port = authority.rpartition(":")
    return (authority, "") if not host or port.endswith("]") else (host, port)


def ends_in_a_number(authority: str) -> bool:
    """Whether a browser takes it for an IPv4 address, however odd."""
    last = split(authority)[0].removesuffix(".").rpartition(".")[2].lower()
    return last.isdecimal() or (last[:2] == "0x" and set(last[2:]) <= set("0123456789abcdef"))


@given(originals(), dialects, sessions, st.booleans())
def test_the_way_back_is_exactly_the_original_url(
    original: Original, dialect: str, session: str, navigation: bool
) -> None:
    reply = answer(original, dialect=dialect, session=session, navigation=navigation)
    assert reply.status == (302 if navigation and dialect == "traefik" else 401)
    assert way_back(reply) == original.url
    if reply.body:
        assert json.loads(reply.body)["authenticate_url"] == hint(reply)


@given(originals(), dialects, sessions)
def test_the_hint_leads_to_the_configured_page(
    original: Original, dialect: str, session: str
) -> None:
    reply = answer(original, dialect=dialect, session=session)
    page = ada_url.URL(STEP_UP if session == "one factor" else LOGIN)
    led = ada_url.URL(hint(reply))
    assert (led.origin, led.pathname, led.hash) == (page.origin, page.pathname, "")
    assert led.search.startswith(page.search)
    assert (led.username, led.password) == ("", "")


@given(originals(), dialects, sessions)
def test_a_browser_goes_back_to_the_very_origin(
    original: Original, dialect: str, session: str
) -> None:
    reply = answer(original, dialect=dialect, session=session)
    back = as_a_browser_reads(way_back(reply))
    host, port = split(original.authority)
    port = str(int(port)) if port else ""
    assert back.protocol == f"{original.scheme}:"
    assert same_host(back.hostname, host)
    assert back.port == ("" if port == DEFAULT_PORTS[original.scheme] else port)
    assert (back.username, back.password) == ("", "")


@given(originals(), dialects, sessions, st.booleans())
def test_no_header_of_a_challenge_has_a_character_out_of_place(
    original: Original, dialect: str, session: str, navigation: bool
) -> None:
    reply = answer(original, dialect=dialect, session=session, navigation=navigation)
    url = hint(reply)
    assert url.isascii()
    assert url.isprintable()
    assert not set(url) & set(" \\\"<>'^`{|}")
    for value in reply.headers.values():
        assert value.isascii()
        assert value.isprintable()


@given(odd_hosts, dialects)
def test_an_odd_host_is_refused_or_is_the_host_that_a_browser_goes_to(
    authority: str, dialect: str
) -> None:
    assume(not ends_in_a_number(authority))
    original = Original("https", authority, b"/")
    reply = answer(original, policy=EVERY_HOST, dialect=dialect)
    if reply.status in {400, 403}:
        assert not set(HINTS) & set(reply.headers)
        return
    back = as_a_browser_reads(way_back(reply))
    assert same_host(back.hostname, split(authority)[0])
    assert back.pathname == "/"


@pytest.mark.parametrize(
    "authority",
    [
        "shop.test\\.evil.test",
        "shop.test@evil.test",
        "evil.test\\@shop.test",
        "evil.test#.example.com",
        "evil.test?.example.com",
        "evil.test/.example.com",
        "evil.test%2f.example.com",
        "%65vil.example.com",
        "evil.test\t.example.com",
        "evil.test\x00.example.com",
        "\u212aelvin.example.com",
        "evil\u3002test",
        "ev\u00adil.example.com",
        "shop.test..",
        "shop.test:",
        "shop.test:443:443",
        "shop.test:65536",
        "[2001:db8::7%25eth0]",
        "[2001:db8::7",
        "2001:db8::7",
        "[::ffff:192.0.2.7].example.com",
    ],
)
@pytest.mark.parametrize("policy", [POLICY, EVERY_HOST], ids=["listed", "every"])
def test_a_host_that_two_readers_read_in_two_ways_is_refused(
    policy: Policy, authority: str
) -> None:
    reply = answer(Original("https", authority, b"/"), policy=policy)
    assert (reply.status, reply.headers["X-Authz-Reason"]) == (400, "bad_host")


NUMBERS = [
    "127.1", "0x7f.1", "0x7f.0.0.1", "0X7F000001", "017700000001", "2130706433", "0x", "0",
    "192.0.02.7", "192.0.2.07", "192.0.519", "192.0.2.7.0x", "192.0.2.256", "192.0.2.7.1", "09",
    "shop.test.0x7f000001", "shop.1", "4294967296", "0x7f.1.", "127.1:8443",
]  # fmt: skip


@pytest.mark.parametrize("authority", NUMBERS)
def test_another_spelling_of_an_ipv4_address_gets_into_no_listed_host(authority: str) -> None:
    reply = answer(Original("https", authority, b"/"))
    assert reply.status in {400, 403}
    assert not set(HINTS) & set(reply.headers)


@pytest.mark.parametrize("authority", NUMBERS)
def test_another_spelling_of_an_ipv4_address_is_refused_where_every_host_is_listed(
    authority: str,
) -> None:
    reply = answer(Original("https", authority, b"/"), policy=EVERY_HOST)
    assert (reply.status, reply.headers["X-Authz-Reason"]) == (400, "bad_host")


@pytest.mark.parametrize(
    "authority", ["192.0.2.7", "192.0.2.7.", "192.0.2.7:8443", "[2001:DB8::7]:8443"]
)
@pytest.mark.parametrize("policy", [POLICY, EVERY_HOST], ids=["listed", "every"])
def test_an_ip_address_in_its_plain_spelling_is_a_host(policy: Policy, authority: str) -> None:
    original = Original("https", authority, b"/x?y")
    assert way_back(answer(original, policy=policy)) == original.url


@pytest.mark.parametrize("dialect", sorted(DIALECTS))
def test_a_way_back_that_is_too_long_leads_to_the_front_page(dialect: str) -> None:
    fixed = "https://shop.test:8443/?"
    room = LONGEST - (len(fixed) + 2 * len("::///?"))
    original = Original("https", "shop.test:8443", b"/?" + b"x" * room)
    assert way_back(answer(original, dialect=dialect)) == original.url
    longer = Original("https", "shop.test:8443", original.target + b"x")
    assert way_back(answer(longer, dialect=dialect)) == b"https://shop.test:8443/"
