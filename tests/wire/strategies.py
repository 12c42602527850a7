"""What may come over the wire: requests of any bytes, clean ones, and spellings of one place."""

from typing import TypeVar

from hypothesis import strategies as st

from tests.wire import model
from tests.wire.raw import once_only, request

Field = tuple[bytes, bytes]
T = TypeVar("T")

LIVE = b"LIVE"
"""Stands for the token of the live session, which no strategy can know."""
ALIASES = [
    b"X_Forwarded_Uri", b"X.Forwarded.Uri", b"X_Forwarded_Host", b"X-Forwarded-Uri2", b"X-Uri",
    b"X-Original-URL", b"X-Original-Method", b"X-Rewrite-Url", b"X-HTTP-Method-Override",
    b"Forwarded", b"X-Forwarded-For", b"X-Forwarded-Port", b"X-Forwarded-Prefix", b"X-Real-IP",
    b"Origin", b"Authorization", b"X-Authz-User", b"Remote-User", b"Accept-Encoding", b"Range",
]  # fmt: skip
FRAMING = [
    b"Host", b"Content-Length", b"Transfer-Encoding", b"Connection", b"Upgrade", b"Expect", b"TE",
    b"Keep-Alive", b"Trailer", b"HTTP2-Settings", b"Content-Encoding", b"Sec-WebSocket-Key1",
]  # fmt: skip
NASTY = [
    b",", b";", b" ", b"\t", b"\r", b"\n", b"\r\n", b"\r\n ", b"\x00", b"\x01", b"\x0b", b"\x7f",
    b"\xff", b"\xc3\xa9", b"\xe2\x84\xaa", b"%", b"%2e", b"%2F", b"%00", b"%25", b"..", b"//",
    b"\\", b"#", b"?", b"@", b":", b"[", b"]", b".", b"/", b"http://", b"a" * 50_000, b"=", b'"',
    b"\r\nX-Forwarded-Uri: /public/1", b"\r\nHost: b", b"\r\n\r\n",
]  # fmt: skip
GOOD_VALUES: dict[bytes, list[bytes]] = {
    b"X-Forwarded-Method": [b"GET", b"POST", b"HEAD", b"get", b"M-SEARCH"],
    b"X-Forwarded-Proto": [b"https", b"https", b"http", b"ws", b"wss", b"HTTPS"],
    b"X-Forwarded-Host": [
        *[b"shop.test"] * 6, b"SHOP.test.:443", b"a.shop.test", b"a.b.shop.test", b"open.test:8443",
        b"192.0.2.7", b"[2001:DB8::7]:443", b"other.test", b"-.shop.test", b"open.test:65536",
    ],
    b"X-Forwarded-Uri": [
        b"/public/1", b"/public", b"/%70ublic/1?a=1", b"/publicity", b"/form", b"/locked/1",
        *[b"/account/1"] * 6, b"/account/%C3%A9", b"/admin/1", b"/public/../locked/1", b"/",
        b"public", b"/public/%2e%2e/locked/1", b"/public/..;/locked/1", b"//public/1",
        b"/nowhere",
    ],
    b"Cookie": [
        *[b"stytch_session=LIVE"] * 6, b"a=b; stytch_session=LIVE", b"stytch_session=dead",
        b"a=b", b"stytch_session=LIVE; stytch_session=dead", b"stytch_session=a; stytch_session=b",
        b"stytch_session=" + b"unknown-" * 5, b"stytch_session=", b"xstytch_session=LIVE",
        b"stytch_session=LIVE,other=1", b"stytch_session =LIVE", b"stytch_session=LIVE\t;b",
    ],
    b"Accept": [b"text/html", b"application/json", b"*/*;q=x", b"text/html;q=nan, */*;q=inf"],
    b"Sec-Fetch-Mode": [b"navigate", b"cors"],
    b"Content-Type": [b"application/grpc", b"text/plain"],
    b"X-Requested-With": [b"XMLHttpRequest"],
    b"Sec-WebSocket-Version": [b"13"],
}  # fmt: skip
METHODS = [b"GET", b"HEAD", b"POST", b"PUT", b"OPTIONS", b"TRACE", b"CONNECT", b"PURGE"]
TARGETS = [
    b"/authz", b"/authz/nginx", b"/authz/traefik", b"/authz?x=1", b"/authz/nginx?/authz/traefik",
    b"/authz/", b"/authz/caddy", b"/authz%2Fnginx", b"/authz/../authz", b"//authz", b"/", b"*",
    b"http://sidecar/authz", b"/authz#x", b"sidecar:80",
]  # fmt: skip


def mostly(
    usual: st.SearchStrategy[T], odd: st.SearchStrategy[T], one_in: int = 16
) -> st.SearchStrategy[T]:
    """The usual, since one fault is enough to refuse a request; now and then the odd."""
    return st.integers(1, one_in).flatmap(lambda number: odd if number == one_in else usual)


def values_of(
    good: list[bytes], nasty: list[bytes], anything: st.SearchStrategy[bytes]
) -> st.SearchStrategy[bytes]:
    """Good values, such with something nasty in them, two in one, and any bytes."""
    inserted = st.builds(
        lambda value, at, what: value[:at] + what + value[at:],
        st.sampled_from(good),
        st.integers(0, 12),
        st.sampled_from(nasty),
    )
    pairs = st.tuples(st.sampled_from(good), st.sampled_from(good)).map(b",".join)
    return mostly(st.sampled_from(good), inserted | pairs | anything)


def of_the_dialect(
    nasty: list[bytes], anything: st.SearchStrategy[bytes]
) -> st.SearchStrategy[list[Field]]:
    """Each header of the dialect: what is needed mostly once, sometimes not at all or twice."""
    each = []
    for name, good in GOOD_VALUES.items():
        field = st.tuples(st.just(name), values_of(good, nasty, anything))
        once, any_number = st.lists(field, min_size=1, max_size=1), st.lists(field, max_size=2)
        needed = name.lower() in model.REQUIRED
        each.append(mostly(once, any_number) if needed else any_number)
    return st.tuples(*each).map(lambda lists: [field for fields in lists for field in fields])


def fields_of(
    nasty: list[bytes], names: st.SearchStrategy[bytes], anything: st.SearchStrategy[bytes]
) -> st.SearchStrategy[list[Field]]:
    """Those of the dialect with any others among them."""
    other = st.tuples(names, values_of([b"1"], nasty, anything))
    others = mostly(st.just([]), st.lists(other, max_size=3), one_in=3)
    together = st.tuples(of_the_dialect(nasty, anything), others).flatmap(
        lambda both: st.permutations([*both[0], *both[1]])
    )
    return together.map(lambda fields: [(b"Host", b"sidecar"), *fields])


any_bytes = st.binary(max_size=60)
names = st.sampled_from([*ALIASES, *FRAMING, *GOOD_VALUES]) | st.binary(max_size=12)
methods = st.sampled_from(METHODS) | st.binary(max_size=8)
targets = mostly(st.just(b"/authz"), values_of(TARGETS, NASTY, any_bytes), one_in=8)
requests = st.builds(
    lambda fields, method, target: request(fields=fields, method=method, target=target),
    fields_of(NASTY, names, any_bytes),
    mostly(st.just(b"GET"), methods),
    targets,
)
# What passes through every HTTP parser: visible bytes, spaces within, and names that are tokens.
clean_bytes = st.lists(st.integers(0x21, 0x7E) | st.integers(0x80, 0xFF), max_size=30).map(bytes)
CLEAN_NASTY = [each for each in NASTY if not set(each) & {*range(0x20), 0x7F}]
clean_names = st.sampled_from(ALIASES) | st.from_regex(rb"X-[A-Za-z0-9_.!-]{1,9}", fullmatch=True)
clean_requests = st.builds(
    lambda fields, method, target: request(fields=fields, method=method, target=target),
    fields_of(CLEAN_NASTY, clean_names, clean_bytes).map(once_only),
    st.sampled_from(METHODS),
    mostly(
        st.sampled_from([b"/authz", b"/authz/nginx", b"/authz/traefik?x"]),
        st.sampled_from([b"/authz/", b"/authz/none", b"/"]),
    ),
)

PATH_PIECES = [
    b"/", b"/", b"public", b"account", b"locked", b"a", b".", b"..", b"//", b";", b"%", b"%2F",
    b"%2f", b"%5C", b"%2e", b"%00", b"%0a", b"%3B", b"%3F", b"%23", b"%25", b"%2561", b"%61",
    b"%7F", b"%C3%A9", b"%C3", b"%C2%85", b"%C0%AF", b"\\", b"#", b"?", b"?/../", b"\xc3\xa9",
    b"*", b"~", b"|",
]  # fmt: skip
HOST_PIECES = [
    b"shop", b".test", b".shop.test", b"open.test", b"a", b".", b"-", b"_", b"A", b":", b"443",
    b"0", b"65536", b"@", b"/", b"\\", b"%", b"[", b"]", b"2001:db8::7", b"::7", b"192.0.2.7",
    b"07", b"*", b"\xc3\xa9", b"\xe2\x84\xaa", b",", b"a" * 63,
]  # fmt: skip
spelt_paths = st.lists(st.sampled_from(PATH_PIECES), max_size=6).map(
    lambda pieces: b"/public" + b"".join(pieces)
)
spelt_hosts = st.lists(st.sampled_from(HOST_PIECES), min_size=1, max_size=5).map(b"".join)
at_home = st.sampled_from([b"shop.test", b"open.test"])
places = st.tuples(at_home, spelt_paths) | st.tuples(spelt_hosts, st.just(b"/public/1"))
"""Host and target, of which at most one is spelt oddly."""

COOKIE_PIECES = [
    b"stytch_session=LIVE", b"stytch_session=dead", b"stytch_session", b"Stytch_session=LIVE", b"=",
    b"LIVE", b";", b"; ", b"x", b",", b'"', b" ", b"\t", b"a=b", b"-", b"%3D", b"\xff", b";;",
]  # fmt: skip
cookie_lines = st.lists(
    st.lists(st.sampled_from(COOKIE_PIECES), max_size=6).map(b"".join), max_size=3
)
