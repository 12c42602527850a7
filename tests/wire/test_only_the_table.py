"""A decision depends on the headers of the dialect's table, and on nothing else that comes."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.integration.http_client import Answer
from tests.wire.raw import ASKED, about, connected, once_only, request
from tests.wire.service import DIALECTS, Service

Field = tuple[bytes, bytes]

TABLE = {
    b"x-forwarded-method", b"x-forwarded-proto", b"x-forwarded-host", b"x-forwarded-uri", b"cookie",
    b"authorization", b"accept", b"sec-fetch-mode", b"x-requested-with", b"origin", b"upgrade",
    b"access-control-request-method", b"sec-websocket-version", b"content-type",
}  # fmt: skip
OF_THE_CONNECTION = {
    b"host", b"connection", b"content-length", b"transfer-encoding", b"content-encoding",
    b"trailer", b"sec-websocket-key1",
}  # fmt: skip
FORGED = [
    b"X-Original-URL", b"X-Original-URI", b"X-Original-Method", b"X-Original-Host", b"Forwarded",
    b"X-Rewrite-Url", b"X-HTTP-Method-Override", b"X-Forwarded-For", b"X-Forwarded-Port",
    b"X-Forwarded-Prefix", b"X-Forwarded-Server", b"X-Forwarded-Ssl", b"X-Forwarded-Scheme",
    b"X-Real-IP", b"X_Forwarded_Uri", b"X.Forwarded.Uri", b"X_Forwarded_Host",
    b"X-Forwarded-Uri2", b"XX-Forwarded-Uri", b"X-Forwarded", b"X-Auth-Request-Redirect",
    b"Cookie2", b"X_Forwarded_Method", b"X-Authz-User", b"X-Authz-Decision",
    b"X-Authz-Reason", b"X_Authz_User", b"Remote-User", b"X-Forwarded-User",
    b"Set-Cookie", b"Proxy-Authorization", b"X-Request-Id", b"User-Agent",
    b"Sec-Fetch-Dest", b"Sec-Fetch-Site", b"Accept-Encoding", b"Accept-Language", b"Range", b"TE",
    b"If-None-Match", b"Referer", b"Expect", b"Via", b"Cache-Control", b"Max-Forwards", b"Location",
    b"X-Forwarded-Client-Cert", b"X-Envoy-Original-Path", b"HTTP2-Settings", b"Keep-Alive",
]  # fmt: skip
WORTH_HAVING = [
    b"/public/1", b"GET", b"POST", b"open.test", b"http://open.test/", b"127.0.0.1", b"admin",
    b"navigate", b"text/html", b"allow", b"100-continue", b"trailers", b"*", b"0", b"-1", b"",
]  # fmt: skip

names = st.sampled_from(FORGED) | st.from_regex(
    rb"[A-Za-z0-9!#$%&'*+.^_`|~-]{1,30}", fullmatch=True
).filter(lambda name: name.lower() not in TABLE | OF_THE_CONNECTION)
visible = st.integers(0x20, 0x7E) | st.integers(0x80, 0xFF) | st.just(0x09)
values = st.sampled_from(WORTH_HAVING) | st.lists(visible, max_size=40).map(bytes)
more_fields = st.lists(st.tuples(names, values), min_size=1, max_size=8).map(once_only)

HTML, JSON = (b"Accept", b"text/html"), (b"Accept", b"application/json")
LIVE, DEAD = b"stytch_session=LIVE", b"stytch_session=dead"
BASES: dict[str, tuple[Field, ...]] = {
    "public": ASKED,
    "denied": about(b"/locked/1"),
    "page without a session": (*about(b"/account/1"), HTML),
    "call without a session": (*about(b"/account/1"), JSON),
    "session": (*about(b"/account/1"), (b"Cookie", LIVE)),
    "dead session": (*about(b"/account/1"), (b"Cookie", DEAD), HTML),
    "step-up": (*about(b"/admin/1"), (b"Cookie", LIVE), HTML),
    "no rule": about(b"/nowhere"),
    "unknown host": (*ASKED[:3], (b"X-Forwarded-Host", b"other.test"), ASKED[4]),
    "no method": (ASKED[0], *ASKED[2:]),
    "no host": (*ASKED[:3], ASKED[4]),
    "no target": ASKED[:4],
    "two hosts": (*ASKED, ASKED[3]),
    "bad path": about(b"/public/../locked"),
}
SHOWN = ("X-Authz-Decision", "X-Authz-Reason", "X-Authz-User", "X-Authz-Redirect", "Location")


def ask(
    service: Service, dialect: str, token: bytes, questions: list[tuple[Field, ...]]
) -> list[Answer | None]:
    """Put questions, on one connection."""
    target = b"/authz/" + dialect.encode()
    data = b"".join(request(fields=fields, target=target) for fields in questions)
    with connected(service.port) as connection:
        connection.send(data.replace(b"LIVE", token))
        return [connection.answer() for _ in questions]


def seen(answer: Answer | None) -> tuple[object, ...]:
    """What may tell one decision from another."""
    assert answer is not None
    assert answer.decision != (None, None)
    return (answer.status, answer.body, *(answer.all(name) for name in SHOWN))


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(base=st.sampled_from(sorted(BASES)), more=more_fields, before=st.booleans())
@pytest.mark.parametrize("dialect", DIALECTS)
def test_a_header_outside_the_table_changes_nothing(
    service: Service, token: bytes, dialect: str, base: str, more: list[Field], before: bool
) -> None:
    host, *fields = BASES[base]
    added = (host, *more, *fields) if before else (host, *fields, *more)
    expected, got = ask(service, dialect, token, [BASES[base], added])
    assert seen(got) == seen(expected)


@pytest.mark.parametrize("base", sorted(BASES))
@pytest.mark.parametrize("dialect", DIALECTS)
def test_no_header_that_other_programs_trust_changes_anything(
    service: Service, token: bytes, dialect: str, base: str
) -> None:
    forged = [(name, value) for name in FORGED for value in (b"/public/1", b"POST", b"open.test")]
    questions = [BASES[base], *((*BASES[base], field) for field in forged)]
    expected, *got = ask(service, dialect, token, questions)
    changed = [
        field for field, answer in zip(forged, got, strict=True) if seen(answer) != seen(expected)
    ]
    assert changed == []
