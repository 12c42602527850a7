"""How each dialect writes each kind of decision."""

import json
from dataclasses import replace
from itertools import product

import pytest

from authz_sidecar.core.decision import Decision, Flow, Hint
from authz_sidecar.core.policy import Response
from authz_sidecar.core.reasons import Outcome, Reason
from authz_sidecar.core.request import AccessRequest, Credentials
from authz_sidecar.core.session import Active, Session, Source
from authz_sidecar.dialects import DIALECTS
from authz_sidecar.dialects.base import Dialect, DialectConfig
from authz_sidecar.dialects.challenge import MAX_RETURN_TO
from authz_sidecar.dialects.identity import (
    IDENTITY_HEADERS,
    IdentityHeaders,
    header_safe,
)

API = AccessRequest(
    "POST", "https", "shop.example.com", "shop.example.com", "/pay?a=1&b=ä", Credentials(), False
)
PAGE = AccessRequest(
    "GET", "http", "shop.example.com", "shop.example.com:8080", "/pay?a=1", Credentials(), True
)
LOGIN = Hint(Flow.LOGIN, "https://auth.example.com/login")
STEP_UP = Hint(
    Flow.STEP_UP,
    "https://auth.example.com/x?app=shop",
    "",
    ("sms_otp", "totp"),
    "payments",
    300,
)
SESSION = Session(
    "session-1",
    "user-1",
    2e9,
    {"password": 1.0, "sms_otp": 2.0, "unknown": 3.0},
    frozenset({"b,c", "a\nX-Evil: 1"}),
    ("ann@example.com", "b@example.com"),
)
EVIDENCE = Active(SESSION, Source.STYTCH, 1.0)
MARKS = {"Cache-Control": "no-store"}


def decision(
    reason: Reason, hint: Hint | None = None, response: Response = Response.AUTO
) -> Decision:
    until = 1_800_000_000.9
    return Decision(reason, "shop", "rule-1", EVIDENCE, until, hint, response, "detail")


@pytest.fixture(params=sorted(DIALECTS))
def dialect(request: pytest.FixtureRequest) -> Dialect:
    return DIALECTS[request.param](DialectConfig("stytch_session"))


@pytest.mark.parametrize("reason", [Reason.REQUIREMENT_MET, Reason.PUBLIC])
def test_an_allow_is_an_empty_200_with_every_identity_header(
    dialect: Dialect, reason: Reason
) -> None:
    reply = dialect.write(decision(reason), API)

    assert (reply.status, reply.body) == (200, b"")
    assert reply.headers == {
        "X-Authz-Decision": "allow",
        "X-Authz-Reason": reason,
        "Cache-Control": "no-store",
        "X-Authz-User": "user-1",
        "X-Authz-Email": "ann@example.com",
        "X-Authz-Roles": "a%0AX-Evil: 1,b%2Cc",
        "X-Authz-Factors": "password,sms_otp",
        "X-Authz-Amr": "mfa,otp,pwd,sms",
        "X-Authz-Valid-Until": "2027-01-15T08:00:00Z",
        "X-Authz-Stale": "",
    }


def test_an_allow_without_a_session_has_every_identity_header_empty(dialect: Dialect) -> None:
    reply = dialect.write(Decision(Reason.PUBLIC), API)
    assert {name: reply.headers[name] for name in IDENTITY_HEADERS} == dict.fromkeys(
        IDENTITY_HEADERS, ""
    )


def test_a_user_without_an_address_has_an_empty_one(dialect: Dialect) -> None:
    nobody = replace(EVIDENCE, session=replace(SESSION, emails=()))
    reply = dialect.write(replace(decision(Reason.REQUIREMENT_MET), evidence=nobody), API)
    assert reply.headers["X-Authz-Email"] == ""


UNREAD = [reason for reason in Reason if reason.outcome is not Outcome.CHALLENGE]


@pytest.mark.parametrize(
    ("reason", "request_read"),
    [*product(Reason, [API, PAGE]), *product(UNREAD, [None])],
)
def test_every_answer_is_marked_and_no_denial_tells_who_it_is(
    dialect: Dialect, reason: Reason, request_read: AccessRequest | None
) -> None:
    challenge = reason.outcome is Outcome.CHALLENGE
    reply = dialect.write(decision(reason, STEP_UP if challenge else None), request_read)

    assert reply.headers["X-Authz-Decision"] == reason.outcome
    assert reply.headers["X-Authz-Reason"] == reason
    assert reply.headers["Cache-Control"] == "no-store"
    if reason.outcome is not Outcome.ALLOW:
        assert not IDENTITY_HEADERS & reply.headers.keys()
        written = f"{reply.headers}{reply.body!r}"
        for secret in ("user-1", "session-1", "ann@", "rule-1", "detail"):
            assert secret not in written
    if not challenge:
        hints = {"Location", "X-Authz-Redirect", "X-Authz-Authenticate-Url", "WWW-Authenticate"}
        assert not hints & reply.headers.keys()


STATUSES = {
    "nginx": {Outcome.ALLOW: 200, Outcome.DENY: 403, Outcome.MALFORMED: 403},
    "traefik": {Outcome.ALLOW: 200, Outcome.DENY: 403, Outcome.MALFORMED: 400},
}


@pytest.mark.parametrize("reason", UNREAD)
@pytest.mark.parametrize("request_read", [API, PAGE, None])
def test_each_outcome_has_the_status_its_proxy_understands(
    dialect: Dialect, reason: Reason, request_read: AccessRequest | None
) -> None:
    reply = dialect.write(Decision(reason), request_read)
    assert reply.status == STATUSES[dialect.name].get(reason.outcome, 503)
    assert ("Retry-After" in reply.headers) == (reason.outcome is Outcome.UNAVAILABLE)


RETURN_TO_PAGE = "http%3A%2F%2Fshop.example.com%3A8080%2Fpay%3Fa%3D1"
RETURN_TO_API = "https%3A%2F%2Fshop.example.com%2Fpay%3Fa%3D1%26b%3D%C3%A4"
TO_LOGIN = f"https://auth.example.com/login?return_to={RETURN_TO_PAGE}&reason=no_session"
TO_STEP_UP = (
    f"https://auth.example.com/x?app=shop&return_to={RETURN_TO_API}"
    "&reason=factor_too_old&factors=sms_otp%2Ctotp&max_age=300"
)


def test_nginx_is_told_where_to_redirect_a_navigation() -> None:
    reply = DIALECTS["nginx"](DialectConfig("c")).write(decision(Reason.NO_SESSION, LOGIN), PAGE)
    assert (reply.status, reply.body) == (401, b"")
    assert reply.headers["X-Authz-Redirect"] == TO_LOGIN
    assert reply.headers["WWW-Authenticate"] == "Bearer"
    assert "X-Authz-Authenticate-Url" not in reply.headers


def test_traefik_redirects_a_navigation_itself() -> None:
    reply = DIALECTS["traefik"](DialectConfig("c")).write(decision(Reason.NO_SESSION, LOGIN), PAGE)
    assert (reply.status, reply.body) == (302, b"")
    assert reply.headers["Location"] == TO_LOGIN


def test_anything_but_a_navigation_is_told_the_url_and_never_redirected(dialect: Dialect) -> None:
    reply = dialect.write(decision(Reason.FACTOR_TOO_OLD, STEP_UP), API)
    assert reply.status == 401
    assert reply.headers["X-Authz-Authenticate-Url"] == TO_STEP_UP
    assert not {"Location", "X-Authz-Redirect"} & reply.headers.keys()


@pytest.mark.parametrize(
    ("response", "request_read", "redirected"),
    [
        (Response.AUTO, PAGE, True),
        (Response.AUTO, API, False),
        (Response.API, PAGE, False),
        (Response.BROWSER, PAGE, True),
        (Response.BROWSER, replace(PAGE, navigation=False), True),
        (Response.BROWSER, API, False),
    ],
)
def test_a_rule_may_say_whom_its_answers_are_for(
    dialect: Dialect, response: Response, request_read: AccessRequest, redirected: bool
) -> None:
    reply = dialect.write(decision(Reason.NO_SESSION, LOGIN, response), request_read)
    assert bool({"Location", "X-Authz-Redirect"} & reply.headers.keys()) is redirected


def test_the_way_back_begins_with_the_upstreams_own_origin() -> None:
    hint = replace(LOGIN, origin="https://shop.example.com")
    reply = DIALECTS["traefik"](DialectConfig("c")).write(decision(Reason.NO_SESSION, hint), PAGE)
    assert "return_to=https%3A%2F%2Fshop.example.com%2Fpay%3Fa%3D1&" in reply.headers["Location"]


@pytest.mark.parametrize(
    ("reason", "hint", "expected"),
    [
        (Reason.NO_SESSION, LOGIN, "Bearer"),
        (Reason.SESSION_INVALID, LOGIN, 'Bearer error="invalid_token"'),
        (Reason.SESSION_EXPIRED, LOGIN, 'Bearer error="invalid_token"'),
        (
            Reason.FACTOR_MISSING,
            replace(STEP_UP, max_age=None),
            'Bearer error="insufficient_user_authentication", acr_values="payments"',
        ),
        (
            Reason.FACTOR_TOO_OLD,
            STEP_UP,
            'Bearer error="insufficient_user_authentication", acr_values="payments", max_age="300"',
        ),
    ],
)
def test_www_authenticate_says_what_is_missing(
    dialect: Dialect, reason: Reason, hint: Hint, expected: str
) -> None:
    reply = dialect.write(decision(reason, hint), API)
    assert reply.headers["WWW-Authenticate"] == expected


def test_traefik_gives_programs_problem_json() -> None:
    reply = DIALECTS["traefik"](DialectConfig("c")).write(
        decision(Reason.FACTOR_TOO_OLD, STEP_UP), API
    )
    assert reply.headers["Content-Type"] == "application/problem+json"
    assert json.loads(reply.body) == {
        "type": "about:blank",
        "title": "Unauthorized",
        "status": 401,
        "decision": "challenge",
        "reason": "factor_too_old",
        "authenticate_url": TO_STEP_UP,
        "factors": ["sms_otp", "totp"],
        "max_age": 300,
    }


@pytest.mark.parametrize("reason", [Reason.ROLE_MISSING, Reason.STYTCH_UNAVAILABLE])
def test_traefik_gives_people_a_page(reason: Reason) -> None:
    reply = DIALECTS["traefik"](DialectConfig("c")).write(decision(reason), PAGE)
    assert reply.headers["Content-Type"] == "text/html; charset=utf-8"
    assert reply.body.startswith(b"<!doctype html>")
    assert reason.encode() in reply.body


def test_a_return_url_that_no_proxy_could_buffer_is_cut_to_the_front_page() -> None:
    long = replace(PAGE, target="/" + "a" * MAX_RETURN_TO)
    reply = DIALECTS["traefik"](DialectConfig("c")).write(decision(Reason.NO_SESSION, LOGIN), long)
    assert reply.headers["Location"] == (
        "https://auth.example.com/login"
        "?return_to=http%3A%2F%2Fshop.example.com%3A8080%2F&reason=no_session"
    )


def test_bytes_that_are_no_utf_8_return_as_they_came() -> None:
    raw = replace(PAGE, target="/?q=\udcff")
    reply = DIALECTS["traefik"](DialectConfig("c")).write(decision(Reason.NO_SESSION, LOGIN), raw)
    assert "%2F%3Fq%3D%FF&reason" in reply.headers["Location"]


def test_a_challenge_without_a_hint_is_a_fault_and_not_an_answer(dialect: Dialect) -> None:
    with pytest.raises(ValueError, match="fault of the program"):
        dialect.write(decision(Reason.NO_SESSION), PAGE)
    with pytest.raises(ValueError, match="fault of the program"):
        dialect.write(decision(Reason.NO_SESSION, LOGIN), None)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("plain text/ok=1", "plain text/ok=1"),
        ("100%,", "100%25%2C"),
        ("a\r\nb\x00", "a%0D%0Ab%00"),
        ("ä", "%C3%A4"),
        ("\ud800", "%ED%A0%80"),
    ],
)
def test_header_values_are_escaped(value: str, expected: str) -> None:
    assert header_safe(value) == expected


def test_each_dialect_knows_its_name() -> None:
    assert {name: make(DialectConfig("c")).name for name, make in DIALECTS.items()} == {
        "nginx": "nginx",
        "traefik": "traefik",
    }


def test_other_servers_headers_repeat_ours() -> None:
    config = DialectConfig("c", identity=IdentityHeaders(("authelia", "oauth2_proxy")))
    headers = DIALECTS["nginx"](config).write(decision(Reason.REQUIREMENT_MET), API).headers
    assert {name: headers[name] for name in config.identity.names()[7:]} == {
        "Remote-User": "user-1",
        "Remote-Email": "ann@example.com",
        "Remote-Groups": headers["X-Authz-Roles"],
        "X-Auth-Request-User": "user-1",
        "X-Auth-Request-Email": "ann@example.com",
        "X-Auth-Request-Groups": headers["X-Authz-Roles"],
    }


@pytest.mark.parametrize(
    ("claim", "expected"),
    [
        ("gold", "gold"),
        (True, "true"),
        (1.5, "1.5"),
        (["a,b", 2, False, None, {}], "a%2Cb,2,false"),
        ("a\r\nX-Evil: 1", "a%0D%0AX-Evil: 1"),
        (None, ""),
        ({"nested": 1}, ""),
    ],
)
def test_a_custom_claim_can_be_a_header(claim: object, expected: str) -> None:
    config = DialectConfig("c", identity=IdentityHeaders(claims=(("X-Authz-Plan", "plan"),)))
    evidence = replace(EVIDENCE, session=replace(SESSION, claims={"plan": claim}))
    allowed = replace(decision(Reason.REQUIREMENT_MET), evidence=evidence)
    headers = DIALECTS["nginx"](config).write(allowed, API).headers
    assert headers["X-Authz-Plan"] == expected


def test_every_configured_header_is_there_when_nobody_is_known() -> None:
    identity = IdentityHeaders(("authelia",), (("X-Authz-Plan", "plan"),))
    config = DialectConfig("c", identity=identity)
    headers = DIALECTS["traefik"](config).write(Decision(Reason.PUBLIC), API).headers
    assert {name: headers[name] for name in identity.names()} == dict.fromkeys(identity.names(), "")


def test_evidence_from_before_an_outage_is_marked(dialect: Dialect) -> None:
    stale = replace(EVIDENCE, source=Source.STALE)
    reply = dialect.write(replace(decision(Reason.REQUIREMENT_MET), evidence=stale), API)
    assert reply.headers["X-Authz-Stale"] == "true"
